"""Cells → answers: one row per voter × question × item, made column by column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from poll_exports import Cell, Plan, Use, Voters, number_of, parts_of, text_of, whole_of

from ..rounds import NO_ANSWER, normalise
from .drafts import Draft, draft_of, joined
from .matching import Match


def draft(match: Match, voters: Voters) -> Draft:
    """All answers of one question, before any rule."""
    parts = [_part(match, use, voters) for use in match.uses if use.part != "upvotes"]
    if match.question.type == "points" and parts:
        parts.append(_zeros(match, parts))
    return joined(parts)


def _part(match: Match, use: Use, voters: Voters) -> Draft:
    at, cells = voters.filled(use.column)
    kind = match.question.type
    if kind == "scale":
        return _rated(match, use, voters)
    if kind in ("single_choice", "multiple_choice") or (kind == "ranking" and not use.item):
        return _chosen(match, use, at, cells)
    if kind in ("points", "ranking"):
        item = match.option_ids()[normalise(use.item)]
        numbers = voters.numbers_in(use.column)
        known = ~np.isnan(numbers)
        return draft_of(at, use.column, items=(item,), value=numbers, text=_odd(cells, known), known=known)
    if use.part == "entry":
        return _entries(at, cells, use)
    texts = np.array([text_of(cell) for cell in cells], dtype=object)
    if use.part == "response" and use.mark:
        at, texts, order = _parted(at, cells, use.mark)
        return draft_of(at, use.column, text=texts, order=order)
    if use.part == "response" or kind in ("open", "wordcloud"):
        return draft_of(at, use.column, text=texts, value=_upvotes(match, use, voters, at), order=use.order)
    if use.part == "score":
        numbers = voters.numbers_in(use.column)
        known = ~np.isnan(numbers)
        return draft_of(at[known], use.column, items=("score",), value=numbers[known])
    item = "answer" if match.plan.type.startswith("quiz") and use.part == "choice" else use.item or use.part
    return draft_of(at, use.column, items=(item,), text=texts, order=use.order)


def _rated(match: Match, use: Use, voters: Voters) -> Draft:
    """Values of a scale: numbers, or the values of the labels people chose; the item says where that is no answer."""
    at, cells = voters.filled(use.column)
    scale = match.question.scale
    labels = {normalise(label): value for label, value in scale.labels.items()} if scale else {}
    numbers = voters.numbers_in(use.column)
    item = np.zeros(len(at), dtype=np.int16)
    known = ~np.isnan(numbers)
    if labels and match.plan.type != "scales":
        codes, unique = pd.factorize(cells)
        found = [labels.get(normalise(text_of(cell))) for cell in unique]
        values = np.array([np.nan if one in (None, NO_ANSWER) else float(one) for one in found])  # type: ignore[arg-type]
        numbers = values[codes] if len(unique) else numbers
        known = np.array([one is not None for one in found], dtype=bool)[codes]
        item = np.array([one == NO_ANSWER for one in found], dtype=np.int16)[codes]
    text = _odd(cells, known)
    return draft_of(at, use.column, items=("", NO_ANSWER), item=item, value=numbers, text=text, known=known)


def _parted(
    at: np.ndarray, cells: np.ndarray, mark: str, known: Iterable[str] = ()
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Several answers in one cell, each on its own: whose it is, what it says, and its place in the cell."""
    parts = [
        (voter, part, place)
        for voter, cell in zip(at, cells, strict=True)
        for place, part in enumerate(parts_of(cell, mark, known), start=1)
    ]
    voters, texts, places = zip(*parts, strict=True) if parts else ((), (), ())
    return np.array(voters, np.int32), np.array(texts, object), np.array(places, np.int32)


def _chosen(match: Match, use: Use, at: np.ndarray, cells: np.ndarray) -> Draft:
    """Options as codebook ids; the empty id for a text that is no option. In a ranking their place is the rank."""
    ids, kind = match.option_ids(), match.question.type
    places: np.ndarray | int = use.order if kind != "single_choice" else 0
    if use.mark and kind != "single_choice":
        at, cells, places = _parted(at, cells, use.mark, ids)
    items = ("", *ids.values())
    codes, unique = pd.factorize(cells)
    found = [items.index(ids.get(normalise(text_of(cell)), "")) for cell in unique]
    item = np.array(found, dtype=np.int16)[codes] if len(unique) else np.empty(0, np.int16)
    known = item != 0
    ranks = places if kind == "ranking" else np.nan
    text = _odd(cells, known)
    return draft_of(at, use.column, items=items, item=item, value=ranks, text=text, order=places, known=known)


def _odd(cells: np.ndarray, known: np.ndarray) -> np.ndarray | None:
    """The text of the cells that are not what the question offers, for rounds that keep such answers."""
    if known.all():
        return None
    return np.array(["" if ok else text_of(cell) for cell, ok in zip(cells, known, strict=True)], dtype=object)


def _zeros(match: Match, parts: list[Draft]) -> Draft:
    """An option left empty on a ballot that has points elsewhere has 0 points."""
    whole = joined(parts)
    voted = whole.voters()
    given = np.zeros((len(whole.items), 1 + int(whole.voter_at.max(initial=0))), dtype=bool)
    given[whole.item, whole.voter_at] = True
    rows = {item: given[position] for position, item in enumerate(whole.items)}
    nobody = np.zeros(given.shape[1], dtype=bool)
    return joined(
        [
            draft_of(voted[~rows.get(item, nobody)[voted]], -1, items=(item,), value=0.0)
            for item in match.option_ids().values()
        ]
    )


def _entries(at: np.ndarray, cells: np.ndarray, use: Use) -> Draft:
    """One row per entry of a word cloud: entries are separated by blanks, blanks inside an entry are `_`."""
    rows = [
        (voter, order, entry.replace("_", " "))
        for voter, cell in zip(at, cells, strict=True)
        for order, entry in enumerate(text_of(cell).split() or [""], start=1)
    ]
    texts = np.array([row[2] for row in rows], dtype=object)
    order = np.array([row[1] for row in rows], dtype=np.int32)
    return draft_of([row[0] for row in rows], use.column, text=texts, order=order)


def _upvotes(match: Match, use: Use, voters: Voters, at: np.ndarray) -> np.ndarray:
    for other in match.uses:
        if other.part == "upvotes" and other.column == use.column + 1:
            cells = voters.columns[other.column]
            return np.array([number_of(cells[i]) for i in at], dtype=float)
    return np.full(len(at), np.nan)


def upvotes_of(voters: Voters, matches: list[Match]) -> int:
    """How many cells with upvotes stand beside an answer and hold a number."""
    return sum(
        int((~np.isnan(_upvotes(match, use, voters, voters.filled(use.column)[0]))).sum())
        for match in matches
        for use in match.uses
        if use.part == "response"
    )


def reactions(plan: Plan, voters: Voters) -> Draft:
    """Reactions to a content slide: one row per voter, the reaction as text."""
    parts = []
    for use in plan.uses:
        at, cells = voters.filled(use.column)
        texts = np.array([text_of(cell) for cell in cells], dtype=object)
        parts.append(draft_of(at, use.column, items=("reaction",), text=texts))
    return joined(parts)


def audience(rows: list[Sequence[Cell]]) -> pd.DataFrame:
    """Questions from the audience: text and upvotes. `voter` is the sheet's own participant number, which is no voter
    number of the other sheets."""
    found: list[list[object]] = []
    for row in rows:
        cells = [*row, *[""] * 6]
        found.append([whole_of(cells[1]), whole_of(cells[2]), text_of(cells[3]), number_of(cells[4]), len(found) + 1])
    frame = pd.DataFrame(found, columns=["session", "voter", "text", "value", "pick_order"])
    return frame.assign(item="")
