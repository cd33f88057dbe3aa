"""Who answered, and ballots of a points question as distinct ballots with counts: the form every ranking method works
on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from ..errors import DataError
from ..rounds import Question
from .intervals import Floats, Integers, distinct
from .rows import Row, estimate_row

VOTER = ["session", "voter"]


@dataclass(frozen=True, eq=False)
class Ballots:
    """`points` has one row per distinct ballot and one column per area (points, 0–total); `counts` says how many
    people cast each. Rows are in ascending order of the areas' ids, so that the order of voters or of options changes
    nothing, not even a last bit."""

    items: tuple[str, ...]
    points: Floats
    counts: Integers

    @cached_property
    def n(self) -> int:
        return int(self.counts.sum())

    @cached_property
    def order(self) -> Integers:
        """Columns in alphabetical order of the areas' ids."""
        return np.argsort(np.array(self.items))

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
    order = np.argsort(np.array(items))
    points = points[:, order]
    base = int(points.max()) + 1 if len(points) else 2**63
    if base ** len(items) < 2**63 and (points >= 0).all() and (points == np.rint(points)).all():
        # One whole number per ballot that sorts as the ballots do.
        packed = points.astype(np.int64) @ (base ** np.arange(len(items) - 1, -1, -1, dtype=np.int64))
        _, first, counts = np.unique(packed, return_index=True, return_counts=True)
        rows = points[first]
    else:
        rows, counts = np.unique(points, axis=0, return_counts=True)
    return Ballots(tuple(items), rows[:, np.argsort(order)], counts.astype(np.int64))


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
    """Quantiles with linear interpolation (R's type 7) of values seen `counts` times, without repeating them.

    Statistics (Points: the ranking):
    - `median_points`: median, zeros kept. Awkward: even n: midpoint. Source: R type 7. Case: g10.
    - `lower_quartile_points`: 25 % quantile, linear interpolation. Source: R type 7. Case: numpy.
    - `upper_quartile_points`: 75 % quantile, linear interpolation. Source: R type 7. Case: numpy.
    """
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


def silence_rows(
    voters: pd.DataFrame,
    answers: pd.DataFrame,
    question: Question,
    participants: int | None = None,
    declined: pd.DataFrame | None = None,
) -> list[Row]:
    """`nonrespondents`, `not_asked`, `no_answer` (where a scale offers such a label) and, where `round.yml` states the
    participants, `not_in_poll` of a question.

    Parameters: `voters`, all voters of the round; `answers`, the rows of this question that say something; `declined`,
    those of people who chose a label that is no answer. Voters of a session in which nobody did either were not asked
    the question; the others without a row are nonrespondents. Raises: DataError when fewer participants are stated
    than people voted.

    Statistics (Everybody):
    - `nonrespondents`: voters of a session that was asked, without an answer. Case: hand-counted.
    - `no_answer`: people who chose a label of a scale that is no answer (*weiß nicht*, *keine Angabe*); outside the
      base of all its other numbers. Awkward: a row of all together only, and only where the scale offers such a label.
      Case: hand-counted.
    - `not_asked`: voters of sessions in which nobody answered the question. Awkward: nobody answered at all: everybody.
      Case: hand-counted.
    - `not_in_poll`: stated participants minus voters. Awkward: fewer participants than voters: error. Case:
      hand-counted.
    """
    declined = answers[:0] if declined is None else declined
    everyone, answered, without = (count_voters(frame) for frame in (voters, answers, declined))
    asked = count_voters(voters[voters["session"].isin({*answers["session"], *declined["session"]})])
    row = partial(estimate_row, question.id, n=everyone, method="count")
    rows = [row("nonrespondents", asked - answered - without if asked else 0), row("not_asked", everyone - asked)]
    if question.scale and question.scale.no_answers:
        rows.append(row("no_answer", without))
    if participants is None:
        return rows
    if participants < everyone:
        raise DataError(
            "round.yml",
            "at least as many participants as people voted",
            f"{participants} participants and {everyone} voters",
            at="participants",
            remedy="people may have voted on two devices, or in a test session",
        )
    return [*rows, row("not_in_poll", participants - everyone)]


def room_rows(rows: list[Row], question: Question, participants: int) -> list[Row]:
    """Worst-case bounds for all `participants` of the room, from the rows of those who answered.

    The bounds take every silent participant to have answered lowest, then highest; they have no estimate. Where all
    answered, both ends are the value itself. Source: Manski 2003.

    Statistics (Everybody):
    - `room_share`: (count + 0 or silent) / participants. Interval: bounds, no estimate. Awkward: all answered: both
      ends equal. Source: [Manski]. Case: hand-counted.
    Statistics (Points: the ranking):
    - `room_mean_points`: (n · mean + silent · 0 or total) / participants. Interval: bounds, no estimate. Source:
      [Manski]. Case: hand-counted.
    - `room_share_giving_points`: (givers + 0 or silent) / participants. Interval: bounds, no estimate. Source:
      [Manski]. Case: hand-counted.
    Statistics (Scales):
    - `room_top_box_share`: (count + 0 or silent) / participants. Interval: bounds, no estimate. Source: [Manski]. Case:
      hand-counted.
    - `room_mean`: (n · mean + silent · lowest or highest value) / participants. Interval: bounds, no estimate. Source:
      [Manski]. Case: hand-counted.
    """
    scale = (question.scale.low, question.scale.high) if question.scale else (0, 1)
    lowest_and_highest = {
        "share": (0, 1),
        "mean_points": (0, question.total),
        "share_giving_points": (0, 1),
        "top_box_share": (0, 1),
        "mean": scale,
    }
    found: list[Row] = []
    for row in rows:
        if ends := lowest_and_highest.get(name := str(row["statistic"])):
            n, item, told = int(str(row["n"])), str(row["item"]), f"worst case for {participants} participants"
            known = n * float(str(row["estimate"]))
            low, high = ((known + (participants - n) * end) / participants for end in ends)
            bounds = partial(estimate_row, question.id, f"room_{name}", math.nan, interval=(low, high))
            found.append(bounds(item=item, n=n, method=told))
    return found
