"""Answers on their way from cells to the table: one row per voter × item, as plain arrays that are quick to handle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Draft:
    """Rows of one question. Arrays of one length: `voter_at` (position in `Voters`), `column` (position among the
    question columns; −1 for what no cell says), `item` (position in `items`), `value` (NaN for none), `text`
    ("" for none), `order` (0 for none) and `known` (False where the cell is not one of those the question offers)."""

    items: tuple[str, ...]
    voter_at: np.ndarray
    column: np.ndarray
    item: np.ndarray
    value: np.ndarray
    text: np.ndarray | None
    order: np.ndarray
    known: np.ndarray

    def __len__(self) -> int:
        return len(self.voter_at)

    def take(self, rows: np.ndarray) -> Draft:
        """The rows a mask or positions choose."""
        return Draft(
            self.items,
            self.voter_at[rows],
            self.column[rows],
            self.item[rows],
            self.value[rows],
            None if self.text is None else self.text[rows],
            self.order[rows],
            self.known[rows],
        )

    def item_words(self) -> np.ndarray:
        return np.array(self.items, dtype=object)[self.item]

    def voters(self) -> np.ndarray:
        """Positions of the voters with a row, each once."""
        return np.flatnonzero(np.bincount(self.voter_at)).astype(np.int32)

    def cells(self) -> int:
        """How many cells of the export the rows come from."""
        from_cells = self.column >= 0
        if from_cells.all() and not (self.order > 1).any():
            return len(self)
        pairs = self.voter_at[from_cells].astype(np.int64) << 32 | self.column[from_cells]
        return len(np.unique(pairs))


def draft_of(
    at: np.ndarray | Sequence[int],
    column: int,
    *,
    items: tuple[str, ...] = ("",),
    item: np.ndarray | None = None,
    value: np.ndarray | float = np.nan,
    text: np.ndarray | None = None,
    order: np.ndarray | int = 0,
    known: np.ndarray | bool = True,
) -> Draft:
    """Rows for the voters `at`; a single value stands for all of them."""
    size = len(at)
    return Draft(
        items,
        np.asarray(at, dtype=np.int32),
        np.full(size, column, dtype=np.int32),
        np.zeros(size, dtype=np.int16) if item is None else item.astype(np.int16),
        np.full(size, value) if np.ndim(value) == 0 else np.asarray(value),
        text,
        np.full(size, order, dtype=np.int32) if np.ndim(order) == 0 else np.asarray(order, dtype=np.int32),
        np.full(size, known) if np.ndim(known) == 0 else np.asarray(known),
    )


def joined(parts: Sequence[Draft]) -> Draft:
    """All rows of several drafts, in order."""
    if not parts:
        return draft_of([], -1)
    if len(parts) == 1:
        return parts[0]
    items = tuple(dict.fromkeys(word for part in parts for word in part.items))
    place = {word: position for position, word in enumerate(items)}
    codes = [np.array([place[word] for word in part.items], dtype=np.int16)[part.item] for part in parts]
    has_text = any(part.text is not None for part in parts)
    return Draft(
        items,
        np.concatenate([part.voter_at for part in parts]),
        np.concatenate([part.column for part in parts]),
        np.concatenate(codes),
        np.concatenate([part.value for part in parts]),
        _texts(parts) if has_text else None,
        np.concatenate([part.order for part in parts]),
        np.concatenate([part.known for part in parts]),
    )


def _texts(parts: Sequence[Draft]) -> np.ndarray:
    return np.concatenate([np.full(len(part), "", dtype=object) if part.text is None else part.text for part in parts])


def texts_of(parts: Sequence[Draft], order: np.ndarray) -> pd.Series:
    """The texts of several drafts in a new order."""
    if all(part.text is None for part in parts):
        return one_word("", len(order))
    return pd.Series(_texts(parts)[order])


def items_of(parts: Sequence[Draft], order: np.ndarray) -> pd.Series:
    """The items of several drafts in a new order."""
    starts = np.cumsum([0, *(len(part.items) for part in parts)])
    codes = np.concatenate([part.item + np.int16(start) for part, start in zip(parts, starts, strict=False)])
    return words([word for part in parts for word in part.items], codes[order])


def words(labels: Sequence[str], codes: np.ndarray) -> pd.Series:
    """A text column from a few labels, each held once (categorical)."""
    distinct = list(dict.fromkeys(labels))
    place = np.array([distinct.index(label) for label in labels], dtype=np.int16)
    codes = place[codes] if len(distinct) < len(labels) else codes
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(distinct, dtype="str")))


def one_word(label: str, size: int) -> pd.Series:
    """A text column with the same word in every row."""
    return words([label], np.zeros(size, dtype=np.int8))


def whole_numbers(values: np.ndarray, *, none: int | None = None) -> pd.api.extensions.ExtensionArray:
    """A column of whole numbers; `none` is the number that stands for no value."""
    mask = np.zeros(len(values), dtype=bool) if none is None else values == none
    return pd.arrays.IntegerArray(values.astype(np.int64, copy=False), mask)
