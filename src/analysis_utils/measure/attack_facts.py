"""What an outside reader takes from a table of estimates before he computes: numbers, bases, who is made of whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from .segments import REST

WEIGHTED = ("equal_groups", "raked")
LEFT_OVER = "(left over)"
Target = Literal["count", "top_box", "sum", "givers"]
TARGET_OF: dict[str, Target] = {
    "count": "count",
    "share": "count",
    "top_box_count": "top_box",
    "top_box_share": "top_box",
    "mean": "sum",
    "mean_points": "sum",
    "givers": "givers",
    "share_giving_points": "givers",
}
"""Withheld statistics whose number the attacker goes for, and what that number is made of."""
Goal = tuple[str, str, Target]


@dataclass
class Facts:
    """Published numbers of one question. `base`: respondents by segment; `hidden`: segments without a published base;
    `group_sizes`: people per group as the poll itself shows them; `small`: goals said to be withheld for themselves;
    `rounded`: the step that the mean of a segment is rounded to; `rank_sums`: what is granted to a reader of a test
    that is made of them; `top_box`: its lowest and highest value as pages print them, to be guessed where not given."""

    rows: dict[tuple[str, str, str], float]
    base: dict[str, int]
    hidden: list[str]
    group_sizes: Mapping[str, float]
    goals: list[Goal]
    small: set[Goal]
    weighted: dict[str, list[str]]
    rounded: dict[str, float] = field(default_factory=dict)
    rank_sums: Mapping[str, float] = field(default_factory=dict)
    top_box: tuple[int, int] | None = None

    def get(self, segment: str, item: str, statistic: str) -> float | None:
        return self.rows.get((segment, item, statistic))

    def items(self, statistic: str) -> list[str]:
        return [item for segment, item, name in self.rows if segment == "all" and name == statistic]


def group_sizes(estimates: pd.DataFrame) -> dict[str, float]:
    """People per participant group, where a choice question of the poll shows them."""
    counts = estimates[(estimates["segment"] == "all") & (estimates["statistic"] == "count")]
    segments = set(estimates["segment"])
    for _, table in counts.groupby("question", sort=False):
        if segments & set(table["item"]):
            return dict(zip(table["item"], table["estimate"], strict=True))
    return {}


def read_facts(table: pd.DataFrame, sizes: Mapping[str, float]) -> Facts:
    """The rows of one question as the attacker uses them."""
    published = table[(table["status"] == "published") & table["estimate"].notna()]
    keys = zip(published["segment"], published["item"], published["statistic"], strict=True)
    rows = dict(zip(keys, published["estimate"].astype(float), strict=True))
    people = published[published["statistic"] == "respondents"]
    base = {s: int(n) for s, n in zip(people["segment"], people["estimate"], strict=True) if n > 0}
    withheld = table[(table["status"] != "published") & ~table["segment"].isin(WEIGHTED)]
    goals: dict[Goal, str] = {}
    columns = (withheld[name] for name in ("segment", "item", "statistic", "status"))
    for segment, item, statistic, status in zip(*columns, strict=True):
        if statistic in TARGET_OF and segment != "all":
            goals[(segment, item, TARGET_OF[statistic])] = status
    small = {goal for goal, status in goals.items() if status == "suppressed_small_base"}
    hidden = [s for s in dict.fromkeys(withheld["segment"]) if s not in base and s != "all"]
    weighted = {}
    for segment, method in zip(published["segment"], published["method"], strict=True):
        if segment == "equal_groups" and (found := re.search(r"equal weight for ([^;]+)", str(method))):
            weighted[segment] = found[1].split(", ")
    means = published[published["statistic"] == "mean"]
    steps = {
        segment: step
        for segment, method in zip(means["segment"], means["method"], strict=True)
        if (step := rounding_step(str(method)))
    }
    return Facts(rows, base, hidden, sizes, list(goals), small, weighted, steps)


def rounding_step(method: str) -> float:
    """What a row says that its number was rounded to; 0 where it was not."""
    found = re.search(r"rounded to ([\d.]+)", method)
    return float(found[1]) if found else 0.0


class Segments:
    """Who is made of whom: `leaves` are disjoint sets of people, `parts` the leaves of each segment."""

    def __init__(self, facts: Facts) -> None:
        shown = [segment for segment in facts.base if segment not in ("all", *WEIGHTED)]
        rest = facts.base["all"] - sum(facts.base[segment] for segment in shown)
        nested = REST if REST in shown else LEFT_OVER
        children = [segment for segment in facts.hidden if segment not in (REST, *WEIGHTED)]
        self.sizes = {segment: facts.base[segment] for segment in shown}
        self.parts = {segment: [segment] for segment in shown}
        if rest > 0:
            self.sizes[LEFT_OVER], self.parts[LEFT_OVER] = rest, [LEFT_OVER]
        if children and nested in self.parts:
            self.parts[nested] = children
        self.parts |= {child: [child] for child in children if children == self.parts.get(nested)}
        self.leaves = list(dict.fromkeys(leaf for parts in self.parts.values() for leaf in parts))
        # Children are leaves of their own, but no segment with a published base.
        self.whole = [segment for segment in self.parts if segment in self.sizes]


def people_of(facts: Facts, segment: str, item: str, counted: str, shared: str, n: int) -> float | None:
    """A number of people, published as such or as a share."""
    count, share = facts.get(segment, item, counted), facts.get(segment, item, shared)
    return count if count is not None else None if share is None else share * n
