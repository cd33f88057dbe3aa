"""What single segments hold in one question, and which of it would give a person or a whole group away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..round_file import Question
from .ballots import VOTER, points_matrix
from .intervals import Integers

Cell = tuple[str, str]
"""Segment and item."""


@dataclass(frozen=True)
class Truth:
    """True numbers of one question. `segments` with their `sizes` (respondents); `counts` segments × items: people per
    answer, or givers where `is_points`; `equal` segments × items: everybody gave the same points. `is_scale`: the items
    are values of a scale."""

    segments: tuple[str, ...]
    items: tuple[str, ...]
    sizes: Integers
    counts: Integers
    equal: np.ndarray
    is_points: bool = False
    is_scale: bool = False

    def size_of(self, segment: str) -> int:
        return int(self.sizes[self.segments.index(segment)])


def read_truth(answers: pd.DataFrame, question: Question, segments: Sequence[str]) -> Truth:
    """The truth of one question; `answers` holds its rows with the column `shown`. Segments in which nobody answered
    are left out."""
    if question.type == "points":
        return _points_truth(answers, question, segments)
    numbers = question.type == "scale" and question.scale is not None
    items = _scale_items(question) if numbers else list(dict.fromkeys(question.options.values()))
    said = answers["value"].map(_plain) if numbers else answers["item"]
    people = answers.assign(said=said).drop_duplicates([*VOTER, "said"])
    table = pd.crosstab(people["shown"], people["said"]).reindex(index=list(segments), columns=items, fill_value=0)
    sizes = answers.drop_duplicates(VOTER)["shown"].value_counts().reindex(list(segments), fill_value=0)
    counts, equal = table.to_numpy(), np.zeros(table.shape, dtype=bool)
    return _truth(list(segments), items, np.asarray(sizes, dtype=np.int64), counts, equal, is_scale=numbers)


def _points_truth(answers: pd.DataFrame, question: Question, segments: Sequence[str]) -> Truth:
    wide = points_matrix(answers, question)
    shown = answers.drop_duplicates(VOTER).set_index(VOTER)["shown"].reindex(wide.index).to_numpy(dtype=str)
    own = [wide.to_numpy(dtype=np.float64)[shown == segment] for segment in segments]
    givers = np.array([(points > 0).sum(axis=0) for points in own]).reshape(len(own), wide.shape[1])
    equal = np.array([(points == points[:1]).all(axis=0) for points in own], dtype=bool)
    sizes: Integers = np.array([len(points) for points in own], dtype=np.int64)
    return _truth(
        list(segments), [str(item) for item in wide.columns], sizes, givers, equal.reshape(givers.shape), is_points=True
    )


def _truth(
    segments: list[str],
    items: list[str],
    sizes: Integers,
    counts: Integers,
    equal: np.ndarray,
    *,
    is_points: bool = False,
    is_scale: bool = False,
) -> Truth:
    there = sizes > 0
    kept = tuple(segment for segment, is_there in zip(segments, there, strict=True) if is_there)
    return Truth(
        kept, tuple(map(str, items)), sizes[there], counts[there].astype(np.int64), equal[there], is_points, is_scale
    )


def _scale_items(question: Question) -> list[str]:
    return [] if question.scale is None else [str(value) for value in question.scale.values()]


def _plain(value: float) -> str:
    return "" if pd.isna(value) else str(int(value)) if float(value).is_integer() else str(value)


def small_cells(truth: Truth, minimum: int) -> set[Cell]:
    """Cells of one to `minimum` − 1 people, and cells that hold everybody of their segment: both tell about single
    people. Answers everybody in the poll gave, or nobody, are public anyway and never among them."""
    everyone = truth.counts.sum(axis=0) == truth.sizes.sum()
    found = ((truth.counts > 0) & (truth.counts < minimum)) | (truth.counts == truth.sizes[:, None])
    return _cells(truth, found & ~everyone)


def near_ends(truth: Truth, minimum: int) -> set[Cell]:
    """As `small_cells`, and cells that all but one to `minimum` − 1 people, or nobody at all, belong to: yes-or-no
    numbers such as the givers of an area, where the others are a cell as well."""
    total = truth.counts.sum(axis=0)
    others = truth.sizes[:, None] - truth.counts
    low = (truth.counts < minimum) & (total > 0)
    return _cells(truth, (low | (others < minimum)) & (total < truth.sizes.sum()) & (total > 0))


def telling_sums(truth: Truth, minimum: int) -> set[Cell]:
    """Sums of points that rest on one to `minimum` − 1 givers, or to which everybody of the segment gave the same."""
    few = (truth.counts > 0) & (truth.counts < minimum)
    public = truth.counts.sum(axis=0) == 0
    return _cells(truth, (few | truth.equal) & ~public)


def box(truth: Truth, question: Question) -> Truth:
    """The same segments with the top box as the only item."""
    low, high = question.scale.top_box if question.scale else (0, 0)
    inside = [low <= float(item) <= high for item in truth.items]
    counts = truth.counts[:, inside].sum(axis=1, keepdims=True)
    return Truth(truth.segments, ("",), truth.sizes, counts, np.zeros(counts.shape, dtype=bool))


def _cells(truth: Truth, found: np.ndarray) -> set[Cell]:
    return {
        (segment, item)
        for row, segment in zip(found, truth.segments, strict=True)
        for is_in, item in zip(row, truth.items, strict=True)
        if is_in
    }
