"""The outside reader's sums about people per answer: choice and scale questions."""

from __future__ import annotations

import numpy as np

from .attack_facts import Facts, Goal, Segments, people_of
from .attack_model import Terms, Unknowns, summed


class CountTable:
    """People per segment and answer: a scale or choice question."""

    def __init__(self, facts: Facts, unknowns: Unknowns | None = None) -> None:
        """`unknowns`: those of other tables, which something published ties to this one."""
        self.facts, self.segments, self.unknowns = facts, Segments(facts), unknowns or Unknowns()
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
        self._rank_sums()

    def terms(self, goal: Goal) -> Terms:
        segment, item, target = goal
        leaves = self.segments.parts.get(segment, [])
        if target == "count":
            return summed(self.place[leaf, item] for leaf in leaves)
        if target == "top_box":
            return summed(self.place[leaf, value] for leaf in leaves for value in self.top)
        return self._total(leaves)

    def leaf_sum(self, leaf: str, _: str) -> Terms:
        """Sum of a leaf's scale values."""
        return self._total([leaf])

    def _total(self, leaves: list[str]) -> Terms:
        cells = [(leaf, item) for leaf in leaves for item in self.items]
        return summed((self.place[cell] for cell in cells), (float(item) for _, item in cells))

    def _top_items(self, totals: list[float]) -> list[str]:
        """The scale values of the top box; where nobody says which they are, a run whose counts make up the published
        top box: the highest values where they would do, else the lowest, else others."""
        top = self.facts.get("all", "", "top_box_count")
        if top is None:
            return []
        if self.facts.top_box:
            low, high = self.facts.top_box
            return [item for item in self.items if low <= float(item) <= high]
        size = len(self.items)
        runs = [range(start, size) for start in range(size)] + [range(end) for end in range(size, 0, -1)]
        runs += [range(start, end) for start in range(size) for end in range(start + 1, size)]
        fitting = [run for run in runs if sum(totals[place] for place in run) == top]
        return [self.items[place] for place in fitting[0]] if fitting else []

    def _sizes(self) -> None:
        for segment in self.segments.whole:
            people = summed(self.place[leaf, item] for leaf in self.segments.parts[segment] for item in self.items)
            n = self.segments.sizes[segment]
            if self.one_answer:
                self.unknowns.equal(people, n)
            else:
                # Whoever answered chose something, and nothing twice.
                self.unknowns.within(people, n, np.inf)
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
            count = people_of(self.facts, segment, item, "count", "share", n)
            if count is not None:
                self.unknowns.equal(summed(self.place[leaf, item] for leaf in leaves), count)
        top = people_of(self.facts, segment, "", "top_box_count", "top_box_share", n)
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

    def _rank_sums(self) -> None:
        """Mid-ranks of the values follow from the counts of all together."""
        totals = np.array([self.facts.rows[("all", value, "count")] for value in self.items])
        ranks = (np.cumsum(totals) - (totals - 1) / 2).tolist()
        for segment, known in self.facts.rank_sums.items():
            cells = [
                (self.place[leaf, value], rank)
                for leaf in self.segments.parts[segment]
                for value, rank in zip(self.items, ranks, strict=True)
            ]
            self.unknowns.equal(summed(*zip(*cells, strict=True)), known)
