"""Cells → answers: one row per voter × question × item, made column by column.

A draft is a frame of one question's answers before or after the rules: `voter_at` (position in `Voters`), `column`
(position among the question columns; −1 for what no cell says), `item`, `value` (NaN for none), `text` ("" for none),
`order` (0 for none) and `known` (False where the cell is not one of those the question offers).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from poll_exports import Cell, Plan, Use, Voters, number_of, parts_of, text_of, whole_of

from ..rounds import NO_ANSWER, normalise
from .matching import Match

_NO_TEXT = pd.CategoricalDtype([""])


def draft(match: Match, voters: Voters) -> pd.DataFrame:
    """All answers of one question, before any rule."""
    ids = match.option_ids()
    columns = [use for use in match.uses if use.part != "upvotes"]
    if ids or match.question.type == "scale":
        named = [ids[wording] for use in columns if (wording := normalise(use.item)) in ids] + [*ids.values()]
    else:
        named = [use.item or use.part for use in columns] + ["score", "answer"]
    items = pd.CategoricalDtype([*dict.fromkeys((*named, "", NO_ANSWER))])
    parts = [_part(match, use, voters, items) for use in columns] or [rows_of(items, [], -1)]
    if match.question.type == "points":
        # An option left empty on a ballot that has points elsewhere has 0 points.
        whole = pd.concat(parts)
        voted = np.unique(whole["voter_at"])
        for item in ids.values():
            left = np.setdiff1d(voted, whole.loc[whole["item"] == item, "voter_at"])
            parts.append(rows_of(items, left, -1, item=item, value=0.0))
    return pd.concat(parts, ignore_index=True)


def rows_of(
    items: Any,
    at: np.ndarray | Sequence[int],
    column: int,
    *,
    item: np.ndarray | str = "",
    value: np.ndarray | float = np.nan,
    text: np.ndarray | None = None,
    order: np.ndarray | int = 0,
    known: np.ndarray | bool = True,
) -> pd.DataFrame:
    """Rows of a draft for the voters `at`; a single value stands for all of them. `items`: the type of its items."""
    size = len(at)
    every = np.zeros(size, dtype=np.int8)
    return pd.DataFrame(
        {
            "voter_at": np.asarray(at, dtype=np.int32),
            "column": np.full(size, column, dtype=np.int32),
            "item": pd.Categorical([item], dtype=items).take(every) if isinstance(item, str) else
            pd.Categorical(item, dtype=items),
            "value": np.broadcast_to(np.asarray(value, dtype=float), size),
            "text": pd.Categorical.from_codes(every, dtype=_NO_TEXT) if text is None else text,
            "order": np.broadcast_to(np.asarray(order, dtype=np.int32), size),
            "known": np.broadcast_to(known, size),
        }
    )  # fmt: skip


def cells_of(rows: pd.DataFrame) -> int:
    """How many cells of the export the rows of a draft come from."""
    rows = rows[rows["column"] >= 0]
    return len(rows.drop_duplicates(["voter_at", "column"])) if (rows["order"] > 1).any() else len(rows)


def _part(match: Match, use: Use, voters: Voters, items: pd.CategoricalDtype) -> pd.DataFrame:
    """The answers in one column."""
    at, cells = voters.filled(use.column)
    kind = match.question.type

    def rows(at: np.ndarray = at, **given: Any) -> pd.DataFrame:
        return rows_of(items, at, use.column, **given)

    if kind == "scale":
        return rows(**_rated(match, use, voters))
    if kind in ("single_choice", "multiple_choice") or (kind == "ranking" and not use.item):
        ids, order = match.option_ids(), np.full(len(at), use.order if kind != "single_choice" else 0)
        if use.mark and kind != "single_choice":
            at, cells, order = _parted(at, cells, lambda cell: parts_of(cell, use.mark, ids))
        item = _looked_up(cells, lambda word: ids.get(word, ""))
        text = _odd(cells, item != "")
        # In a ranking their place is the rank.
        value = order if kind == "ranking" else np.nan
        return rows(at, item=item, value=value, text=text, order=order, known=item != "")
    numbers = voters.numbers_in(use.column)
    known = ~np.isnan(numbers)
    if kind in ("points", "ranking"):
        option = match.option_ids()[normalise(use.item)]
        return rows(item=option, value=numbers, text=_odd(cells, known), known=known)
    texts = np.array([text_of(cell) for cell in cells], dtype=object)
    if use.part == "entry":  # entries of a word cloud are separated by blanks, blanks inside an entry are `_`
        at, texts, order = _parted(at, texts, lambda cell: [one.replace("_", " ") for one in cell.split() or [""]])
        return rows(at, text=texts, order=order)
    if use.part == "response" and use.mark:
        at, texts, order = _parted(at, cells, lambda cell: parts_of(cell, use.mark))
        return rows(at, text=texts, order=order)
    if use.part == "response" or kind in ("open", "wordcloud"):
        return rows(text=texts, value=_upvotes(match, use, voters, at), order=use.order)
    if use.part == "score":
        return rows(at[known], item="score", value=numbers[known])
    is_answer = match.plan.type.startswith("quiz") and use.part == "choice"
    return rows(item="answer" if is_answer else use.item or use.part, text=texts, order=use.order)


def _rated(match: Match, use: Use, voters: Voters) -> dict[str, Any]:
    """Values of a scale: numbers, or the values of the labels people chose; the item says where that is no answer."""
    cells, numbers = voters.filled(use.column)[1], voters.numbers_in(use.column)
    if not match.labels:
        known = ~np.isnan(numbers)
        return {"value": numbers, "text": _odd(cells, known), "known": known}
    found = _looked_up(cells, match.labels.get)
    known, is_none = pd.notna(found), found == NO_ANSWER
    value = np.where(known & ~is_none, found, np.nan).astype(float)
    item = np.where(is_none, NO_ANSWER, "")
    return {"item": item, "value": value, "text": _odd(cells, known), "known": known}


def _looked_up(cells: np.ndarray, find: Callable[[str], object]) -> np.ndarray:
    """What is found for the wording of each cell; each distinct cell is looked at once."""
    found = {cell: find(normalise(text_of(cell))) for cell in {*cells}}
    return np.array([found[cell] for cell in cells], dtype=object)


def _parted(
    at: np.ndarray, cells: np.ndarray, split: Callable[[Any], Sequence[str]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Several answers in one cell, each on its own: whose it is, what it says, and its place in the cell."""
    parts = [
        (voter, part, place)
        for voter, cell in zip(at, cells, strict=True)
        for place, part in enumerate(split(cell), start=1)
    ]
    voters, texts, places = zip(*parts, strict=True) if parts else ((), (), ())
    return np.array(voters, np.int32), np.array(texts, object), np.array(places, np.int32)


def _odd(cells: np.ndarray, known: np.ndarray) -> np.ndarray | None:
    """The text of the cells that are not what the question offers, for rounds that keep such answers."""
    if known.all():
        return None
    return np.array(["" if ok else text_of(cell) for cell, ok in zip(cells, known, strict=True)], dtype=object)


def _upvotes(match: Match, use: Use, voters: Voters, at: np.ndarray) -> np.ndarray | float:
    if not any(other.part == "upvotes" and other.column == use.column + 1 for other in match.uses):
        return np.nan
    return np.array([number_of(cell) for cell in voters.columns[use.column + 1][at]], dtype=float)


def upvotes_of(voters: Voters, matches: list[Match]) -> int:
    """How many cells with upvotes stand beside an answer and hold a number."""
    uses = [(match, use) for match in matches for use in match.uses if use.part == "response"]
    counts = [np.isfinite(_upvotes(match, use, voters, voters.filled(use.column)[0])) for match, use in uses]
    return int(sum(count.sum() for count in counts))


def reactions(plan: Plan, voters: Voters) -> pd.DataFrame:
    """Reactions to a content slide: one row per voter, the reaction as text."""
    items = pd.CategoricalDtype(["reaction"])
    parts = [rows_of(items, [], -1, item="reaction")]
    for use in plan.uses:
        at, cells = voters.filled(use.column)
        texts = np.array([text_of(cell) for cell in cells], dtype=object)
        parts.append(rows_of(items, at, use.column, item="reaction", text=texts))
    return pd.concat(parts, ignore_index=True)


def audience(rows: list[Sequence[Cell]]) -> pd.DataFrame:
    """Questions from the audience: text and upvotes. `voter` is the sheet's own participant number, which is no voter
    number of the other sheets."""
    found: list[list[object]] = []
    for row in rows:
        cells = [*row, *[""] * 6]
        found.append([whole_of(cells[1]), whole_of(cells[2]), text_of(cells[3]), number_of(cells[4]), len(found) + 1])
    return pd.DataFrame(found, columns=["session", "voter", "text", "value", "pick_order"]).assign(item="")
