"""Ballots of a points question as distinct ballots with counts: the form every ranking method works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..rounds import Question
from .intervals import Floats, Integers, distinct

VOTER = ["session", "voter"]


@dataclass(frozen=True)
class Ballots:
    """`points` has one row per distinct ballot and one column per area (points, 0–total); `counts` says how many
    people cast each. Rows are in ascending order of the areas' ids, so that the order of voters or of options changes
    nothing, not even a last bit."""

    items: tuple[str, ...]
    points: Floats
    counts: Integers

    @property
    def n(self) -> int:
        return int(self.counts.sum())

    @cached_property
    def means(self) -> Floats:
        """Mean points per area, zeros kept; rounded to 12 decimals so that equal totals compare as equal."""
        return np.round(self.counts @ self.points / self.n, 12)

    @cached_property
    def held(self) -> list[tuple[Floats, Integers]]:
        """Per area the different amounts of points, and how many people gave each."""
        return [distinct(points, self.counts) for points in self.points.T]

    @cached_property
    def givers(self) -> Integers:
        """People who gave the area at least a point."""
        return (self.counts @ (self.points > 0)).astype(np.int64)


def distinct_ballots(points: Floats, items: Sequence[str]) -> Ballots:
    """Ballots from a matrix with one row per voter and one column per area."""
    points = np.asarray(points, dtype=np.float64).reshape(-1, len(items))
    sorted_items = np.argsort(np.array(items))
    points = points[:, sorted_items]
    packed = _packed(points)
    if packed is None:
        rows, counts = np.unique(points, axis=0, return_counts=True)
    else:
        _, first, counts = np.unique(packed, return_index=True, return_counts=True)
        rows = points[first]
    return Ballots(tuple(items), rows[:, np.argsort(sorted_items)], counts.astype(np.int64))


def _packed(points: Floats) -> Integers | None:
    """One integer per ballot that sorts as the ballots do, where whole points fit into 63 bits."""
    if not len(points) or (points < 0).any() or (points != np.rint(points)).any():
        return None
    base = int(points.max()) + 1
    if base ** points.shape[1] >= 2**63:
        return None
    return points.astype(np.int64) @ (base ** np.arange(points.shape[1] - 1, -1, -1, dtype=np.int64))


def voter_keys(frame: pd.DataFrame) -> Integers:
    """One whole number per row that is the same for, and only for, rows of the same voter."""
    sessions, voters = (frame[name].to_numpy(dtype=np.int64) for name in VOTER)
    return sessions * 2**32 + voters


def count_voters(frame: pd.DataFrame) -> int:
    """Different voters in a table."""
    return len(np.unique(voter_keys(frame)))


def points_matrix(answers: pd.DataFrame, question: Question) -> pd.DataFrame:
    """One row per voter who answered (index: session, voter), one column per area in the order of `round.yml`.

    An area a respondent left empty has 0 points. Voters without any number did not answer and have no row.
    """
    items = list(dict.fromkeys(question.options.values()))
    given = answers[answers["value"].notna() & answers["item"].isin(items)]
    keys, place = np.unique(voter_keys(given), return_inverse=True)
    points = np.zeros((len(keys), len(items)))
    areas = pd.Index(items).get_indexer(pd.Index(given["item"].astype(object)))
    points[place, areas] = given["value"].to_numpy(dtype=np.float64)
    index = pd.MultiIndex.from_arrays([keys // 2**32, keys % 2**32], names=VOTER)
    return pd.DataFrame(points, index=index, columns=items)


def competition_ranks(scores: Floats) -> Integers:
    """Rank 1 for the largest score; ties share the smaller rank (1, 2, 2, 4)."""
    return 1 + (scores[None, :] > scores[:, None]).sum(axis=1)


def weighted_quantiles(values: Floats, counts: Integers, levels: Floats) -> Floats:
    """Quantiles with linear interpolation (R's type 7) of values seen `counts` times, without repeating them."""
    order = np.argsort(values, kind="stable")
    ends = np.cumsum(counts[order])
    place = levels * (ends[-1] - 1)
    whole = np.floor(place)
    below = values[order][np.searchsorted(ends, whole + 1)]
    above = values[order][np.searchsorted(ends, np.minimum(whole + 2, ends[-1]))]
    return below + (place - whole) * (above - below)


def is_answer(answers: pd.DataFrame) -> pd.Series:
    """Rows that say something: an item chosen, a number or a text (an empty cell is no answer)."""
    chosen = (answers["item"] != "") & ~answers["type"].isin(["points", "scale"])
    return answers["value"].notna() | chosen | (answers["text"] != "")
