"""Do groups differ? Exact or permutation tests, the smallest p they can reach, and an effect size."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from .agreement import midranks
from .intervals import Floats, Integers
from .rows import SEED

PERMUTATIONS = 100_000
MOST_SHUFFLED = 200_000_000
"""People × permutations at most; beyond (more than 2,000 people) fewer permutations are drawn."""
MOST_STATES = 20_000
"""Exact tests follow at most so many intermediate states; beyond, permutations are drawn."""
MOST_FOLLOWED = 150
"""Two groups of up to so many people in all are compared with all arrangements."""
MOST_ARRANGEMENTS = 500_000
"""With three groups or more, rank sums are followed up to so many arrangements of people."""


@dataclass(frozen=True)
class Outcome:
    """p value, the smallest p these numbers of people could give, and how both were found."""

    p: float
    smallest: float
    method: str


def cliffs_delta(x: Floats, y: Floats) -> float:
    """Share of pairs in which x is larger minus share in which y is; 1 when all of x lie above all of y. nan where
    one side is empty. Source: Cliff 1993."""
    if not len(x) or not len(y):
        return math.nan
    return float(np.sign(x[:, None] - y[None, :]).mean())


def fisher_freeman_halton(table: Integers) -> Outcome:
    """Exact test of independence in a table of counts (groups × categories), margins fixed.

    p is the share of tables that are no more likely than the observed one. Rows and columns without anybody are left
    out; fewer than two of either: p is 1. Exact in whole numbers; tables drawn by permutation where they are too many.
    Source: Freeman & Halton 1951; R fisher.test.
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return Outcome(1.0, 1.0, "nothing to compare")
    rows, columns = tuple(table.sum(axis=1).tolist()), sorted(table.sum(axis=0).tolist(), reverse=True)
    total = _multinomial(rows)
    smallest = _least_likely(rows, columns)
    observed = math.prod(_multinomial(tuple(column)) for column in table.T.tolist())
    ways = _table_ways(rows, columns)
    if ways is not None:
        p = sum(count * weight for weight, count in ways.items() if weight <= observed)
        return Outcome(p / total, smallest / total, "Fisher–Freeman–Halton, exact")
    return Outcome(_drawn_table_p(table), smallest / total, f"Fisher–Freeman–Halton, {_drawn_label(sum(rows))}")


def _draws(people: int) -> int:
    return max(1_000, min(PERMUTATIONS, MOST_SHUFFLED // people))


def _drawn_label(people: int) -> str:
    return f"{_draws(people)} permutations, seed {SEED}"


def _shuffled(row: Integers) -> Iterator[Integers]:
    """Blocks of shuffled copies of `row`, as many as are drawn in all."""
    rng, left = np.random.default_rng(SEED), _draws(len(row))
    while left:
        block = min(left, max(1, 2_000_000 // len(row)))
        left -= block
        yield rng.permuted(np.tile(row, (block, 1)), axis=1)


def _multinomial(parts: tuple[int, ...]) -> int:
    return math.factorial(sum(parts)) // math.prod(map(math.factorial, parts))


def _columns(left: tuple[int, ...], size: int) -> list[tuple[int, ...]]:
    """All ways to place `size` people into rows that have `left` places."""
    if len(left) == 1:
        return [(size,)] if size <= left[0] else []
    return [(own, *rest) for own in range(min(left[0], size) + 1) for rest in _columns(left[1:], size - own)]


def _table_ways(rows: tuple[int, ...], columns: list[int]) -> Counter[int] | None:
    """How many tables have which weight (product of the columns' multinomials), or None when too many to follow."""
    states: dict[tuple[int, ...], Counter[int]] = {rows: Counter({1: 1})}
    for size in columns:
        following: dict[tuple[int, ...], Counter[int]] = {}
        for left, ways in states.items():
            for column in _columns(left, size):
                after = tuple(a - b for a, b in zip(left, column, strict=True))
                target, weight = following.setdefault(after, Counter()), _multinomial(column)
                for before, count in ways.items():
                    target[before * weight] += count
        states = following
        if sum(map(len, states.values())) > MOST_STATES:
            return None
    return states[tuple(0 for _ in rows)]


def _least_likely(rows: tuple[int, ...], columns: list[int]) -> int:
    """Summed weight of the least likely tables with these margins."""
    states: dict[tuple[int, ...], tuple[int, int]] = {rows: (1, 1)}
    for size in columns:
        following: dict[tuple[int, ...], tuple[int, int]] = {}
        for left, (least, count) in states.items():
            for column in _columns(left, size):
                after = tuple(a - b for a, b in zip(left, column, strict=True))
                weight = least * _multinomial(column)
                known, times = following.get(after, (weight + 1, 0))
                if weight <= known:
                    following[after] = (weight, count + (times if weight == known else 0))
        states = following
    least, count = states[tuple(0 for _ in rows)]
    return least * count


def _drawn_table_p(table: Integers) -> float:
    groups = np.repeat(np.arange(table.shape[0]), table.sum(axis=1))
    categories = np.repeat(np.arange(table.shape[1]), table.sum(axis=0))
    logs = np.array([math.lgamma(k + 1) for k in range(int(table.sum()) + 1)])
    cells, size, reached = table.size, table.shape[1], 0
    for drawn in _shuffled(groups):
        place = drawn * size + categories + np.arange(len(drawn))[:, None] * cells
        counts = np.bincount(place.ravel(), minlength=len(drawn) * cells).reshape(-1, cells)
        reached += int((logs[counts].sum(axis=1) >= logs[table].sum() - 1e-7).sum())
    return (1 + reached) / (1 + _draws(len(groups)))


def kruskal_wallis(values: Floats, groups: NDArray[np.str_]) -> Outcome:
    """Permutation test of the Kruskal–Wallis statistic (mid-ranks for ties).

    Parameters: one value and one group per person. Exact where the permutation distribution can be followed by its
    rank sums, else drawn. One group, or all values equal: p is 1. Source: Kruskal & Wallis 1952.
    """
    _, place = np.unique(groups, return_inverse=True)
    sizes = np.bincount(place)
    doubled = np.rint(2 * midranks(values)).astype(np.int64)
    if len(sizes) < 2 or len(np.unique(doubled)) < 2:
        return Outcome(1.0, 1.0, "nothing to compare")
    ranks, ties = np.unique(doubled, return_counts=True)
    observed = _spread(np.bincount(place, weights=doubled), sizes)
    total = _multinomial(tuple(sizes.tolist()))
    smallest = _smallest_kruskal(ranks, ties, sizes) / total
    if len(sizes) == 2 and sizes.sum() <= MOST_FOLLOWED:
        p = _two_group_p(ranks, ties, sizes, observed)
        return Outcome(p, smallest, "Kruskal–Wallis, exact permutation")
    ways = _rank_sum_ways(ranks, ties, sizes) if total <= MOST_ARRANGEMENTS else None
    if ways is not None:
        p = sum(count for sums, count in ways.items() if _spread(np.array(sums), sizes) >= observed * (1 - 1e-12))
        return Outcome(p / total, smallest, "Kruskal–Wallis, exact permutation")
    ends, reached = np.cumsum(sizes)[:-1], 0
    for drawn in _shuffled(np.sort(doubled)):
        sums = np.stack([part.sum(axis=1) for part in np.split(drawn, ends, axis=1)], axis=1)
        reached += int(((sums**2 / sizes).sum(axis=1) >= observed * (1 - 1e-12)).sum())
    p = (1 + reached) / (1 + _draws(len(values)))
    return Outcome(p, smallest, f"Kruskal–Wallis, {_drawn_label(len(values))}")


def _two_group_p(ranks: Integers, ties: Integers, sizes: Integers, observed: float) -> float:
    """Exact p for two groups, from the ways to choose the first group's people by their doubled rank sum."""
    people, ways = int(sizes.sum()), subset_sums(ranks, ties, int(sizes[0]))
    sums = np.arange(len(ways), dtype=np.float64)
    spread = sums**2 / sizes[0] + (people * (people + 1) - sums) ** 2 / sizes[1]
    return float(ways[spread >= observed * (1 - 1e-12)].sum() / ways.sum())


def subset_sums(values: Integers, ties: Integers, size: int) -> Floats:
    """ways[s]: in how many ways `size` people can be chosen so that their values sum to s; `ties` people hold each
    distinct value (0 or more)."""
    ways = np.zeros((size + 1, int((values * ties).sum()) + 1))
    ways[0, 0] = 1.0
    for value, people in zip(values.tolist(), ties.tolist(), strict=True):
        following = ways.copy()
        for taken in range(1, min(people, size) + 1):
            shift = taken * value
            following[taken:, shift:] += math.comb(people, taken) * ways[:-taken, : ways.shape[1] - shift]
        ways = following
    return ways[size]


def _spread(sums: NDArray[np.generic], sizes: Integers) -> float:
    """Sum of squared rank sums over group sizes: the Kruskal–Wallis statistic up to constants."""
    return float((sums.astype(np.float64) ** 2 / sizes).sum())


def _rank_sum_ways(ranks: Integers, ties: Integers, sizes: Integers) -> Counter[tuple[int, ...]] | None:
    """Number of assignments of people to groups for each vector of doubled rank sums, or None when too many."""
    start = (tuple(sizes.tolist()), (0,) * len(sizes))
    states: Counter[tuple[tuple[int, ...], tuple[int, ...]]] = Counter({start: 1})
    for rank, size in zip(ranks.tolist(), ties.tolist(), strict=True):
        following: Counter[tuple[tuple[int, ...], tuple[int, ...]]] = Counter()
        for (left, sums), count in states.items():
            for column in _columns(left, size):
                after = tuple(a - b for a, b in zip(left, column, strict=True))
                summed = tuple(a + b * rank for a, b in zip(sums, column, strict=True))
                following[after, summed] += count * _multinomial(column)
            if len(following) > MOST_STATES:
                return None
        states = following
    return Counter({sums: count for (_, sums), count in states.items()})


def _smallest_kruskal(ranks: Integers, ties: Integers, sizes: Integers) -> int:
    """Number of assignments that reach the largest statistic: groups side by side in the best order.

    The statistic is convex in the rank sums, so that its largest value lies where groups take consecutive ranks.
    """
    best, ways = -1.0, 0
    tables: set[tuple[tuple[int, ...], ...]] = set()
    for order in permutations(range(len(sizes))):
        table, left = [], ties.copy()
        for group in order:
            taken, missing = np.zeros(len(ties), dtype=np.int64), int(sizes[group])
            for category in range(len(ties)):
                taken[category] = min(int(left[category]), missing)
                missing -= int(taken[category])
            left = left - taken
            table.append((group, taken))
        sums = np.array([float(taken @ ranks) for _, taken in sorted(table, key=lambda entry: entry[0])])
        spread = _spread(sums, sizes)
        key = tuple(tuple(taken.tolist()) for _, taken in sorted(table, key=lambda entry: entry[0]))
        if key in tables or spread < best * (1 - 1e-12):
            continue
        count = math.prod(_multinomial(tuple(column)) for column in zip(*key, strict=True))
        ways = count + (ways if spread <= best * (1 + 1e-12) else 0)
        best = max(best, spread)
        tables.add(key)
    return ways


def points_permutation(points: Floats, groups: NDArray[np.str_]) -> tuple[Floats, Outcome]:
    """Permutation of group labels over whole ballots: adjusted p per area (single-step max-T) and for all areas.

    Parameters: `points`, people × areas; `groups`, one label per person. The statistic of an area is the part of its
    variation that lies between groups; permuting whole ballots keeps their sum. The smallest p is a lower bound.
    """
    order = np.lexsort((groups, *points.T[::-1]))
    points, groups = points[order], groups[order]
    names, place = np.unique(groups, return_inverse=True)
    sizes = np.bincount(place)
    centred = points - points.mean(axis=0)
    spread = (centred**2).sum(axis=0)
    if len(names) < 2 or not spread.any():
        return np.ones(points.shape[1]), Outcome(1.0, 1.0, "nothing to compare")
    scale = np.where(spread > 0, spread, np.inf)
    observed = sum(centred[place == g].sum(axis=0) ** 2 / sizes[g] for g in range(len(names))) / scale
    reached = np.zeros(points.shape[1])
    # From labels in one fixed order: drawn from those people bear, the noise of the draws would tell who bears which.
    for drawn in _shuffled(np.sort(place)):
        between = sum(((drawn == g).astype(np.float64) @ centred) ** 2 / sizes[g] for g in range(len(names))) / scale
        reached += (between.max(axis=1)[:, None] >= observed - 1e-9).sum(axis=0)
    p = (1 + reached) / (1 + _draws(len(points)))
    smallest = 1 / _multinomial(tuple(sizes.tolist()))
    return p, Outcome(float(p.min()), smallest, f"max-T over areas, {_drawn_label(len(points))}")


def contingency(groups: NDArray[np.str_], categories: NDArray[np.str_]) -> Integers:
    """Table of counts, groups × categories, both in alphabetical order."""
    rows, columns = np.unique(groups), np.unique(categories)
    pairs = Counter(zip(groups.tolist(), categories.tolist(), strict=True))
    counts = [pairs[a, b] for a, b in product(rows.tolist(), columns.tolist())]
    return np.array(counts, dtype=np.int64).reshape(len(rows), len(columns))
