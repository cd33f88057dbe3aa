"""Cells → answers: one row per voter × question × item, made column by column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..codebook import normalise
from .cells import Cell, number_of, text_of, whole_of
from .layout import Voters
from .matching import Match
from .question_types import Plan, Use

# A draft has the columns voter_at (position in Voters), column (position among the question columns; −1 for what no
# cell says), item, value, text, pick_order, and is_known: False where the cell is not one of those the question offers.
DRAFT = ("voter_at", "column", "item", "value", "text", "pick_order", "is_known")


def filled(cells: list[Cell]) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the cells that are not empty, and those cells."""
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    at = np.flatnonzero(values != "")
    return at.astype(np.int32), values[at]


def draft(match: Match, voters: Voters) -> pd.DataFrame:
    """All answers of one question, before any rule. Columns as in DRAFT."""
    parts = [_part(match, use, voters) for use in match.uses if use.part not in ("upvotes",)]
    if match.question.type == "points":
        parts.append(_zeros(match, parts))
    return pd.concat(parts, ignore_index=True) if parts else frame_of([], -1)


def frame_of(at: Any, column: int, *, item: Any = "", value: Any = np.nan, text: Any = "", order: Any = pd.NA,
             known: Any = True) -> pd.DataFrame:  # fmt: skip
    """A draft of the voters `at`; one value stands for all of them."""
    size = len(at)
    items = _constant(item, size) if isinstance(item, str) else item
    texts = _constant(text, size) if isinstance(text, str) else text
    return pd.DataFrame(
        {
            "voter_at": np.asarray(at, dtype=np.int32),
            "column": np.int32(column),
            "item": items,
            "value": value,
            "text": texts,
            "pick_order": pd.array([order] * size, dtype="Int64") if np.ndim(order) == 0 else order,
            "is_known": known,
        },
        columns=DRAFT,
    )


def _constant(word: str, size: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.zeros(size, np.int8), categories=pd.Index([word], dtype=object))


def _part(match: Match, use: Use, voters: Voters) -> pd.DataFrame:
    at, cells = filled(voters.columns[use.column])
    kind = match.question.type
    codes, unique = pd.factorize(cells) if len(cells) else (np.empty(0, np.intp), np.empty(0, object))
    if kind in ("scale", "points", "ranking"):
        numbers = np.array([number_of(cell) for cell in unique], dtype=float)[codes]
        item = match.option_ids()[normalise(use.item)] if kind != "scale" else ""
        known = ~np.isnan(numbers)
        return frame_of(at, use.column, item=item, value=numbers, text=_odd(cells, known), known=known)
    if kind in ("single_choice", "multiple_choice"):
        ids = match.option_ids()
        found = [ids.get(normalise(text_of(cell)), "") for cell in unique]
        items = pd.Categorical(np.array(found, dtype=object)[codes], categories=sorted({*ids.values(), ""}))
        order = use.order or pd.NA if kind == "multiple_choice" else pd.NA
        known = np.array(items != "")
        return frame_of(at, use.column, item=items, order=order, text=_odd(cells, known), known=known)
    if use.part == "entry":
        return _entries(at, cells, use)
    texts = np.array([text_of(cell) for cell in cells], dtype=object)
    if use.part == "response":
        return frame_of(at, use.column, text=texts, value=_upvotes(match, use, voters, at), order=use.order or pd.NA)
    if use.part == "score":
        numbers = np.array([number_of(cell) for cell in cells], dtype=float)
        at, numbers = at[~np.isnan(numbers)], numbers[~np.isnan(numbers)]
        return frame_of(at, use.column, item="score", value=numbers)
    item = "answer" if match.plan.type.startswith("quiz") and use.part == "choice" else use.item or use.part
    return frame_of(at, use.column, item=item, text=texts, order=use.order or pd.NA)


def _odd(cells: np.ndarray, known: np.ndarray) -> Any:
    """The text of the cells that are not what the question offers, for rounds that keep such answers."""
    if known.all():
        return ""
    return np.array(["" if ok else text_of(cell) for cell, ok in zip(cells, known, strict=True)], dtype=object)


def _zeros(match: Match, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """An option left empty on a ballot that has points elsewhere has 0 points."""
    voted = np.unique(np.concatenate([part["voter_at"].to_numpy() for part in parts]))
    ids = match.option_ids()
    items = [str(part["item"].cat.categories[0]) for part in parts]
    filled_in = [
        frame_of(np.setdiff1d(voted, part["voter_at"]), -1, item=item, value=0.0)
        for item, part in zip(items, parts, strict=True)
    ]
    missing = set(ids.values()) - set(items)
    filled_in += [frame_of(voted, -1, item=item, value=0.0) for item in sorted(missing)]
    return pd.concat(filled_in, ignore_index=True)


def _entries(at: np.ndarray, cells: np.ndarray, use: Use) -> pd.DataFrame:
    """One row per entry of a word cloud: entries are separated by blanks, blanks inside an entry are `_`."""
    rows = [(voter, order, entry.replace("_", " "))
            for voter, cell in zip(at, cells, strict=True)
            for order, entry in enumerate(text_of(cell).split() or [""], start=1)]  # fmt: skip
    texts = np.array([row[2] for row in rows], dtype=object)
    order = pd.array([row[1] for row in rows], dtype="Int64")
    return frame_of([row[0] for row in rows], use.column, text=texts, order=order)


def _upvotes(match: Match, use: Use, voters: Voters, at: np.ndarray) -> np.ndarray:
    for other in match.uses:
        if other.part == "upvotes" and other.column == use.column + 1:
            cells = voters.columns[other.column]
            return np.array([np.nan if (n := whole_of(cells[i])) is None else n for i in at], dtype=float)
    return np.full(len(at), np.nan)


def reactions(plan: Plan, voters: Voters) -> pd.DataFrame:
    """Reactions to a content slide: one row per voter, the reaction as text."""
    parts = []
    for use in plan.uses:
        at, cells = filled(voters.columns[use.column])
        texts = np.array([text_of(cell) for cell in cells], dtype=object)
        parts.append(frame_of(at, use.column, item="reaction", text=texts))
    return pd.concat(parts, ignore_index=True) if parts else frame_of([], -1)


def audience(rows: list[list[Cell]]) -> pd.DataFrame:
    """Questions from the audience: text and upvotes. `voter` is the sheet's own participant number, which is no voter
    number of the other sheets."""
    found: list[list[object]] = []
    for row in rows:
        cells = [*row, *[""] * 6]
        session, participant = whole_of(cells[1]), whole_of(cells[2])
        if session is not None and participant is not None:
            found.append([session, participant, text_of(cells[3]), number_of(cells[4]), len(found) + 1])
    frame = pd.DataFrame(found, columns=["session", "voter", "text", "value", "pick_order"])
    return frame.assign(item="")
