"""Change with both rounds weighted to the same mix of groups: who answered, apart from what they think.

Computed from the numbers that both rounds publish and from nothing else, as any reader could, so that it says nothing
new about a group. Sensitivity only: no interval.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..crosswalk import ComparedQuestion, ComparedRounds
from ..tables import read_table
from .rows import Row, estimate_row

REST = "(others)"
Means = dict[str, tuple[float, int]]
"""Mean and people of each group."""


def released_means(rounds: ComparedRounds) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The published means and top boxes of either round, as its `estimates.csv` has them."""
    found = []
    for round_ in (rounds.earlier, rounds.later):
        table = read_table("estimates", round_.table("estimates"))
        kept = table["statistic"].isin(["top_box_share", "mean_points"]) & (table["status"] == "published")
        found.append(table[kept & table["estimate"].notna()])
    return found[0], found[1]


def same_mix_rows(rounds: ComparedRounds, compared: ComparedQuestion, released: Sequence[pd.DataFrame]) -> list[Row]:
    """`same_mix_change_mean_points` per area, or `same_mix_change_top_box_share`: what both rounds publish of groups.

    Parameters: `released`, see `released_means`. The mix is that of both rounds together. No rows without a group that
    both rounds show, or where the others are fewer than the minimum base.
    """
    is_points = compared.after.type == "points"
    statistic = "mean_points" if is_points else "top_box_share"
    if not is_points and not _same_top_box(compared):
        return []
    rows: list[Row] = []
    for item in compared.items if is_points else [None]:
        ids = (item.before, item.after) if item else (("",), ("",))
        questions = (compared.before.id, compared.after.id)
        first, second = (_means(*side, statistic) for side in zip(released, questions, ids, strict=True))
        sides = _on_one_level(rounds, first, second)
        if sides is None:
            continue
        shared = [name for name in sides[0] if name in sides[1]]
        people = {name: sides[0][name][1] + sides[1][name][1] for name in shared}
        change = sum(people[name] * (sides[1][name][0] - sides[0][name][0]) for name in shared) / sum(people.values())
        named = ", ".join(name for name in shared if name != REST) + (" and all others" if REST in shared else "")
        rows.append(
            estimate_row(
                compared.after.id,
                f"same_mix_change_{statistic}",
                round(float(change), 12),
                item=item.id if item else "",
                n=sum(people.values()),
                method=f"both rounds with the mix of groups of both together: {named}; sensitivity only",
            )
        )
    return rows


def _same_top_box(compared: ComparedQuestion) -> bool:
    """Whether both rounds fixed the same answers as the top box, on a scale that may have been turned."""
    before, after = compared.before.scale, compared.after.scale
    if before is None or after is None:
        return False
    ends = after.low + after.high
    low, high = after.top_box
    return before.top_box == ((ends - high, ends - low) if compared.reversed else (low, high))


def _means(released: pd.DataFrame, question: str, ids: tuple[str, ...], statistic: str) -> Means:
    """Of every segment for which each id is published: the sum of the means (or the share), and the people."""
    mine = released[(released["question"] == question) & (released["statistic"] == statistic)]
    own = mine[mine["item"].isin(ids)]
    return {
        str(segment): (float(rows["estimate"].sum()), int(rows["n"].iloc[0]))
        for segment, rows in own.groupby("segment", sort=False)
        if len(rows) == len(ids)
    }


def _on_one_level(rounds: ComparedRounds, first: Means, second: Means) -> tuple[Means, Means] | None:
    """Groups that both rounds show, and everybody else as one; None without such a group, or where the others are too
    few to be spoken of."""
    if "all" not in first or "all" not in second:
        return None
    sides: tuple[Means, Means] = ({}, {})
    for group in rounds.groups:
        if set(group.before) <= first.keys() and set(group.after) <= second.keys():
            sides[0][group.id] = _together([first[name] for name in group.before])
            sides[1][group.id] = _together([second[name] for name in group.after])
    if not sides[0]:
        return None
    least = max(side.file.disclosure.minimum_base for side in (rounds.earlier, rounds.later))
    for side, (mean, n) in zip(sides, (first["all"], second["all"]), strict=True):
        left = n - sum(people for _, people in side.values())
        if 0 < left < least:
            return None
        if left:
            side[REST] = (mean * n - sum(own * people for own, people in side.values())) / left, left
    return sides


def _together(parts: Sequence[tuple[float, int]]) -> tuple[float, int]:
    people = sum(n for _, n in parts)
    return sum(mean * n for mean, n in parts) / people, people
