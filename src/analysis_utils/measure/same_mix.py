"""Change with both rounds weighted to the same mix of groups: who answered, apart from what they think.

Made of nothing but group means that both rounds publish (and of everybody else), so that it says nothing new about a
group. Sensitivity only: no interval.
"""

from __future__ import annotations

import pandas as pd

from ..crosswalk import ComparedQuestion, ComparedRounds
from ..rounds import Round
from ..tables import read_table
from .ballots import VOTER
from .rows import Row, estimate_row

REST = "(others)"


def same_mix_rows(
    rounds: ComparedRounds,
    compared: ComparedQuestion,
    first: pd.DataFrame,
    second: pd.DataFrame,
    before: pd.DataFrame,
    after: pd.DataFrame,
) -> list[Row]:
    """`same_mix_change_mean_points` per area, or `same_mix_change_mean`.

    Parameters: `first`, `second`, people × values of either round (index session, voter); `before`, `after`, all
    answers, in which the group of each person is found. The mix is that of both rounds together. No rows without a
    group that both rounds show, or where the others are fewer than the minimum base.
    """
    is_points = compared.after.type == "points"
    statistic = "mean_points" if is_points else "mean"
    rows: list[Row] = []
    for column in first.columns:
        items = next(((i.before, i.after) for i in compared.items if i.id == column), (("",), ("",)))
        labels = _labels(rounds, compared, statistic, items, before, after, first, second)
        if labels is None:
            continue
        means, sizes = zip(
            *(_by_group(v[column], own) for v, own in zip((first, second), labels, strict=True)), strict=True
        )
        shared = [name for name in means[0] if name in means[1]]
        people = [sum(side[name] for name in shared) for side in sizes]
        small = min(side.get(REST, minimum_base(rounds)) for side in sizes) < minimum_base(rounds)
        if small or not set(shared) - {REST}:
            continue
        weights = {name: (sizes[0][name] + sizes[1][name]) / sum(people) for name in shared}
        change = sum(weights[name] * (means[1][name] - means[0][name]) for name in shared)
        named = ", ".join(name for name in shared if name != REST) + (" and all others" if REST in shared else "")
        rows.append(
            estimate_row(
                compared.after.id,
                f"same_mix_change_{statistic}",
                round(float(change), 12),
                item=str(column) if is_points else "",
                n=sum(people),
                method=f"both rounds with the mix of groups of both together: {named}; sensitivity only",
            )
        )
    return rows


def minimum_base(rounds: ComparedRounds) -> int:
    return max(side.file.disclosure.minimum_base for side in (rounds.earlier, rounds.later))


def _by_group(values: pd.Series, labels: pd.Series) -> tuple[dict[str, float], dict[str, int]]:
    grouped = values.groupby(labels.to_numpy())
    means = {str(name): float(mean) for name, mean in grouped.mean().items()}
    return means, {str(name): int(size) for name, size in grouped.size().items()}


def _labels(
    rounds: ComparedRounds,
    compared: ComparedQuestion,
    statistic: str,
    items: tuple[tuple[str, ...], tuple[str, ...]],
    before: pd.DataFrame,
    after: pd.DataFrame,
    first: pd.DataFrame,
    second: pd.DataFrame,
) -> tuple[pd.Series, pd.Series] | None:
    """The group of each person on the common level, "(others)" where a round does not show it; None without groups."""
    sides = [
        (rounds.earlier, compared.before.id, items[0]),
        (rounds.later, compared.after.id, items[1]),
    ]
    shown = [_published(round_, question, statistic, own) for round_, question, own in sides]
    names: list[dict[str, str]] = [{}, {}]
    for group in rounds.groups:
        if set(group.before) <= shown[0] and set(group.after) <= shown[1]:
            names[0] |= dict.fromkeys(group.before, group.id)
            names[1] |= dict.fromkeys(group.after, group.id)
    if not names[0]:
        return None
    found = []
    for (round_, *_), answers, values, known in zip(sides, (before, after), (first, second), names, strict=True):
        asked = round_.with_role("participant_group")[0].id
        own = answers[answers["question"] == asked].drop_duplicates(VOTER).set_index(VOTER)["item"].astype(object)
        found.append(own.reindex(values.index).map(known).fillna(REST))
    return found[0], found[1]


def _published(round_: Round, question: str, statistic: str, items: tuple[str, ...]) -> set[str]:
    """Groups of which a round publishes this mean, for each of the items; a rounded one is not what is used here."""
    table = read_table("estimates", round_.table("estimates"))
    exact = (table["status"] == "published") & ~table["method"].str.contains("rounded to")
    mine = table[(table["question"] == question) & (table["statistic"] == statistic) & exact]
    groups = [set(mine.loc[mine["item"] == item, "segment"]) for item in items]
    return set.intersection(*groups) if groups else set()
