"""An outside reader with `estimates` and nothing else, who computes what the withheld numbers can be.

Uses totals, complements, nested groups, exact sums behind printed means, weighted results, ballots that sum to 100 and
several released versions of one round. The gate (`disclosure`) lets pass only what this reader cannot narrow too far.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from .attack_model import Terms, Unknowns, summed
from .segments import REST

WEIGHTED = ("equal_groups", "raked")
LEFT_OVER = "(left over)"
SIBLINGS = "(others)"
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
    `rounded`: the step that the mean of a segment is rounded to."""

    rows: dict[tuple[str, str, str], float]
    base: dict[str, int]
    hidden: list[str]
    group_sizes: Mapping[str, float]
    goals: list[Goal]
    small: set[Goal]
    weighted: dict[str, list[str]]
    rounded: dict[str, float] = field(default_factory=dict)

    def get(self, segment: str, item: str, statistic: str) -> float | None:
        return self.rows.get((segment, item, statistic))

    def items(self, statistic: str) -> list[str]:
        return [item for segment, item, name in self.rows if segment == "all" and name == statistic]


def attack(estimates: pd.DataFrame) -> pd.DataFrame:
    """Ranges of all withheld counts and sums, from one `estimates` table.

    Returns one row per withheld cell: question, segment, item, target (`count`, `top_box`, `givers` in people; `sum` of
    points or scale values), low, high.
    """
    sizes = group_sizes(estimates)
    rows = []
    for question, table in estimates.groupby("question", sort=False):
        facts = read_facts(table, sizes)
        for goal, (low, high) in ranges(facts):
            rows.append([question, *goal, low, high])
    return pd.DataFrame(rows, columns=["question", "segment", "item", "target", "low", "high"])


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
        segment: float(found[1])
        for segment, method in zip(means["segment"], means["method"], strict=True)
        if (found := re.search(r"rounded to ([\d.]+)", str(method)))
    }
    return Facts(rows, base, hidden, sizes, list(goals), small, weighted, steps)


def ranges(
    facts: Facts, goals: Iterable[Goal] | None = None, *, enough: Callable[[Goal], float] = lambda _: math.inf
) -> Iterator[tuple[Goal, tuple[float, float]]]:
    """Range of one goal after the other (default: all withheld cells of the question). A range shown to be as wide as
    `enough` of its goal comes back as wide as shown."""
    tables: dict[str, CountTable | PointsTable] = {}
    found: dict[tuple[str, float, tuple[tuple[int, float], ...]], tuple[float, float]] = {}
    for goal in facts.goals if goals is None else goals:
        if "all" not in facts.base:
            return
        child = goal[0] if goal[0] in facts.hidden else ""
        if child not in tables:
            tables[child] = _table(facts, child)
        terms = tables[child].terms(goal)
        key = (child, enough(goal), tuple(sorted(terms.items())))
        if key not in found:
            found[key] = tables[child].unknowns.range(terms, enough=enough(goal))
        yield goal, found[key]


def _table(facts: Facts, child: str) -> CountTable | PointsTable:
    """Everything known, with one group that is not shown by itself set apart from its siblings, or none."""
    if child:
        others = [facts.group_sizes.get(group) for group in facts.hidden if group not in (child, REST)]
        known = [size for size in others if size is not None]
        siblings = {SIBLINGS: sum(known)} if len(known) == len(others) else {}
        hidden = [child, SIBLINGS] if others else [child]
        facts = replace(facts, hidden=hidden, group_sizes={**facts.group_sizes, **siblings})
    else:
        facts = replace(facts, hidden=[])
    return PointsTable(facts) if facts.items("mean_points") else CountTable(facts)


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


class CountTable:
    """People per segment and answer: a scale or choice question."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.segments, self.unknowns = facts, Segments(facts), Unknowns()
        self.items = facts.items("count")
        totals = [facts.rows[("all", item, "count")] for item in self.items]
        self.place = {
            (leaf, item): self.unknowns.add(total)
            for leaf in self.segments.leaves
            for item, total in zip(self.items, totals, strict=True)
        }
        for item, total in zip(self.items, totals, strict=True):
            self.unknowns.equal(summed(self.place[leaf, item] for leaf in self.segments.leaves), total)
        self.one_answer = sum(totals) == facts.base["all"]
        self.top = self._top_items(totals)
        self._sizes()
        for segment in self.segments.whole:
            self._published(segment)
        self._equal_groups()
        self._deltas()

    def terms(self, goal: Goal) -> Terms:
        segment, item, target = goal
        leaves = self.segments.parts.get(segment, [])
        if target == "count":
            return summed(self.place[leaf, item] for leaf in leaves)
        if target == "top_box":
            return summed(self.place[leaf, value] for leaf in leaves for value in self.top)
        return self._total(leaves)

    def _total(self, leaves: list[str]) -> Terms:
        cells = [(leaf, item) for leaf in leaves for item in self.items]
        return summed((self.place[cell] for cell in cells), (float(item) for _, item in cells))

    def _top_items(self, totals: list[float]) -> list[str]:
        """The run of scale values whose counts make up the published top box (by the usual 7–10 where it fits)."""
        top = self.facts.get("all", "", "top_box_count")
        if top is None:
            return []
        runs = [
            self.items[start:end] for start in range(len(self.items)) for end in range(start + 1, len(self.items) + 1)
        ]
        counts = dict(zip(self.items, totals, strict=True))
        fitting = [run for run in runs if sum(counts[item] for item in run) == top]
        usual = [item for item in self.items if 7 <= float(item) <= 10]
        return usual if usual in fitting or not fitting else max(fitting, key=len)

    def _sizes(self) -> None:
        for segment in self.segments.whole:
            people = summed(self.place[leaf, item] for leaf in self.segments.parts[segment] for item in self.items)
            n = self.segments.sizes[segment]
            if self.one_answer:
                self.unknowns.equal(people, n)
            else:
                for item in self.items:
                    cells = summed(self.place[leaf, item] for leaf in self.segments.parts[segment])
                    self.unknowns.within(cells, 0, n)
        for leaf in self.segments.leaves:
            if leaf in self.facts.group_sizes and leaf not in self.segments.sizes and self.one_answer:
                everyone = summed(self.place[leaf, item] for item in self.items)
                self.unknowns.within(everyone, 0, self.facts.group_sizes[leaf])

    def _published(self, segment: str) -> None:
        n, leaves = self.segments.sizes[segment], self.segments.parts[segment]
        for item in self.items:
            count = _people(self.facts, segment, item, "count", "share", n)
            if count is not None:
                self.unknowns.equal(summed(self.place[leaf, item] for leaf in leaves), count)
        top = _people(self.facts, segment, "", "top_box_count", "top_box_share", n)
        if top is not None:
            self.unknowns.equal(summed(self.place[leaf, item] for leaf in leaves for item in self.top), top)
        mean = self.facts.get(segment, "", "mean")
        if mean is not None and segment in self.facts.rounded:
            half = self.facts.rounded[segment] / 2 + 1e-9
            self.unknowns.within(self._total(leaves), (mean - half) * n, (mean + half) * n)
        elif mean is not None:
            self.unknowns.equal(self._total(leaves), mean * n)

    def _equal_groups(self) -> None:
        groups = [g for g in self.facts.weighted.get("equal_groups", []) if g in self.segments.sizes]
        for statistic in ("mean", "top_box_share"):
            value = self.facts.get("equal_groups", "", statistic)
            if value is None or not groups:
                continue
            terms: dict[int, float] = {}
            for group in groups:
                for leaf in self.segments.parts[group]:
                    for item in self.items if statistic == "mean" else self.top:
                        factor = float(item) if statistic == "mean" else 1.0
                        terms[self.place[leaf, item]] = factor / self.segments.sizes[group] / len(groups)
            self.unknowns.equal(terms, value)

    def _deltas(self) -> None:
        """Cliff's delta of two segments that make up everybody is a sum over the cells of the first."""
        for item in self.facts.items("cliffs_delta"):
            a, b = item.split("|")
            if set(self.segments.whole) != {a, b}:
                continue
            totals = np.array([self.facts.rows[("all", value, "count")] for value in self.items])
            lean = np.cumsum(totals) * 2 - totals - totals.sum()
            cells = [
                (self.place[leaf, value], step)
                for leaf in self.segments.parts[a]
                for value, step in zip(self.items, lean.tolist(), strict=True)
            ]
            pairs = self.segments.sizes[a] * self.segments.sizes[b]
            won = self.facts.rows[("all", item, "cliffs_delta")] * pairs
            self.unknowns.equal(summed(*zip(*cells, strict=True)), won)


class PointsTable:
    """Points and givers per segment and area. Whole points; every ballot sums to the same total."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.segments, self.unknowns = facts, Segments(facts), Unknowns()
        self.items, n = facts.items("mean_points"), facts.base["all"]
        sums = {item: facts.rows[("all", item, "mean_points")] * n for item in self.items}
        self.total = round(sum(sums.values()) / n)
        self.step = 10 if all(_is_multiple(value, 10) for value in self._sums(sums)) else 1
        self.points, self.givers = {}, {}
        for item in self.items:
            givers = facts.get("all", item, "givers")
            for leaf in self.segments.leaves:
                self.points[leaf, item] = self.unknowns.add(sums[item] / self.step + 1)
                self.givers[leaf, item] = self.unknowns.add(n if givers is None else givers)
            self._everyone(self.points, item, sums[item] / self.step)
            if givers is not None:
                self._everyone(self.givers, item, givers)
        for leaf in self.segments.leaves:
            self._leaf(leaf)
        for segment in self.segments.whole:
            self._published(segment)
        self._equal_groups()

    def terms(self, goal: Goal) -> Terms:
        segment, item, target = goal
        leaves = self.segments.parts.get(segment, [])
        if target == "givers":
            return summed(self.givers[leaf, item] for leaf in leaves)
        return summed((self.points[leaf, item] for leaf in leaves), [float(self.step)] * len(leaves))

    def _sums(self, sums: dict[str, float]) -> list[float]:
        means = [(s, i, v) for (s, i, name), v in self.facts.rows.items() if name == "mean_points"]
        return [*sums.values(), *(v * self.facts.base[s] for s, i, v in means if s in self.facts.base)]

    def _everyone(self, places: dict[tuple[str, str], int], item: str, value: float) -> None:
        self.unknowns.equal(summed(places[leaf, item] for leaf in self.segments.leaves), value)

    def _leaf(self, leaf: str) -> None:
        """A giver gives at least one step and at most a ballot."""
        for item in self.items:
            points, givers = self.points[leaf, item], self.givers[leaf, item]
            self.unknowns.within({points: 1.0, givers: -1.0}, 0, np.inf)
            self.unknowns.within({points: -1.0, givers: self.total / self.step}, 0, np.inf)
        size = self.facts.group_sizes.get(leaf)
        if size is not None and leaf not in self.segments.sizes:
            everything = summed(self.points[leaf, item] for item in self.items)
            self.unknowns.within(everything, 0, size * self.total / self.step)
            for item in self.items:
                self.unknowns.within({self.givers[leaf, item]: 1.0}, 0, size)

    def _published(self, segment: str) -> None:
        n, leaves = self.segments.sizes[segment], self.segments.parts[segment]
        spent = summed(self.points[leaf, item] for leaf in leaves for item in self.items)
        self.unknowns.equal(spent, n * self.total / self.step)
        for item in self.items:
            own = summed(self.givers[leaf, item] for leaf in leaves)
            self.unknowns.within(own, 0, n)
            mean = self.facts.get(segment, item, "mean_points")
            if mean is not None:
                self.unknowns.equal(summed(self.points[leaf, item] for leaf in leaves), mean * n / self.step)
            givers = _people(self.facts, segment, item, "givers", "share_giving_points", n)
            if givers is not None:
                self.unknowns.equal(own, givers)
            given = self.facts.get(segment, item, "mean_points_given")
            if given is not None:
                ratio = {place: float(self.step) for leaf in leaves for place in [self.points[leaf, item]]}
                ratio |= {self.givers[leaf, item]: -given for leaf in leaves}
                self.unknowns.within(ratio, -1e-4, 1e-4)

    def _equal_groups(self) -> None:
        groups = [g for g in self.facts.weighted.get("equal_groups", []) if g in self.segments.sizes]
        for item in self.items:
            value = self.facts.get("equal_groups", item, "mean_points")
            if value is None or not groups:
                continue
            terms: dict[int, float] = {}
            for group in groups:
                for leaf in self.segments.parts[group]:
                    terms[self.points[leaf, item]] = self.step / self.segments.sizes[group] / len(groups)
            self.unknowns.equal(terms, value)


def _people(facts: Facts, segment: str, item: str, counted: str, shared: str, n: int) -> float | None:
    """A number of people, published as such or as a share."""
    count, share = facts.get(segment, item, counted), facts.get(segment, item, shared)
    return count if count is not None else None if share is None else share * n


def _is_multiple(value: float, step: int) -> bool:
    return abs(value / step - round(value / step)) < 1e-6 * max(1.0, abs(value))


def left_open(facts: Facts, goal: Goal) -> float:
    """Width of the goal's range for a reader of the results of all and of the segments' sizes only."""
    known = {key: value for key, value in facts.rows.items() if key[0] == "all" and key[2] != "cliffs_delta"}
    blank = Facts(known, facts.base, facts.hidden, facts.group_sizes, [goal], set(), {})
    [(_, (low, high))] = ranges(blank)
    return high - low
