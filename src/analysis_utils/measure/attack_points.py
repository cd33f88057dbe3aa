"""The outside reader's sums about points and the people who gave them."""

from __future__ import annotations

import math

import numpy as np

from .attack_facts import Facts, Goal, Segments, people_of
from .attack_model import Terms, Unknowns, summed


class PointsTable:
    """Points and givers per segment and area. Whole points; every ballot sums to the same total."""

    def __init__(self, facts: Facts, step: int, unknowns: Unknowns | None = None) -> None:
        """`step`: what all points are multiples of, see `steps`; `unknowns`: those of other tables, which something
        published ties to this one."""
        self.facts, self.segments, self.unknowns = facts, Segments(facts), unknowns or Unknowns()
        self.items, n = facts.items("mean_points"), facts.base["all"]
        sums = {item: facts.rows[("all", item, "mean_points")] * n for item in self.items}
        self.total, self.step = round(sum(sums.values()) / n), step
        self.points, self.givers = {}, {}
        for item in self.items:
            givers = facts.get("all", item, "givers")
            for leaf in self.segments.leaves:
                self.points[leaf, item] = self.unknowns.add(sums[item] / self.step + 1)
                self.givers[leaf, item] = self.unknowns.add(n if givers is None else givers)
            self._everyone(self.points, item, sums[item] / self.step)
            if givers is not None:
                self._everyone(self.givers, item, givers)
            self._bands(item)
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

    def leaf_sum(self, leaf: str, item: str) -> Terms:
        """Points of an area from a leaf."""
        return {self.points[leaf, item]: float(self.step)}

    def _everyone(self, places: dict[tuple[str, str], int], item: str, value: float) -> None:
        self.unknowns.equal(summed(places[leaf, item] for leaf in self.segments.leaves), value)

    def _bands(self, item: str) -> None:
        """All together show how many gave how much, in classes: so many givers of so much are in one leaf or other."""
        bands = {
            name.partition("|")[2]: count
            for (segment, name, statistic), count in self.facts.rows.items()
            if segment == "all" and statistic == "points_band_count" and name.startswith(f"{item}|") and "-" in name
        }
        if not bands:
            return
        ends = [[int(end) for end in label.split("-")] for label in bands]
        lows, highs = [float(-(-low // self.step)) for low, _ in ends], [float(high // self.step) for _, high in ends]
        places = {leaf: [self.unknowns.add(count) for count in bands.values()] for leaf in self.segments.leaves}
        for number, count in enumerate(bands.values()):
            self.unknowns.equal(summed(own[number] for own in places.values()), count)
        for leaf, own in places.items():
            self.unknowns.equal(summed([*own, self.givers[leaf, item]], [*([1.0] * len(own)), -1.0]), 0)
            self.unknowns.within(summed([*own, self.points[leaf, item]], [*lows, -1.0]), -np.inf, 0)
            self.unknowns.within(summed([*own, self.points[leaf, item]], [*highs, -1.0]), 0, np.inf)

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
        self.unknowns.within(summed(self.givers[leaf, item] for leaf in leaves for item in self.items), n, np.inf)
        for item in self.items:
            own = summed(self.givers[leaf, item] for leaf in leaves)
            self.unknowns.within(own, 0, n)
            mean = self.facts.get(segment, item, "mean_points")
            if mean is not None:
                self.unknowns.equal(summed(self.points[leaf, item] for leaf in leaves), mean * n / self.step)
            givers = people_of(self.facts, segment, item, "givers", "share_giving_points", n)
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


def steps(facts: Facts) -> list[int]:
    """What the points of single people may all be multiples of, judged by the published sums: the coarsest first."""
    means = [(segment, value) for (segment, _, name), value in facts.rows.items() if name == "mean_points"]
    sums = [value * facts.base[segment] for segment, value in means if segment in facts.base]
    total = round(sum(value for segment, value in means if segment == "all"))
    common = math.gcd(total, *(round(value) for value in sums))
    if any(abs(value - round(value)) > 1e-6 * max(1.0, abs(value)) for value in sums):
        return [1]
    return [step for step in range(common, 0, -1) if common % step == 0]
