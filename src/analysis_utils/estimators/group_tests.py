"""Do groups differ? Exact or permutation tests, the smallest p they can reach, effect sizes; weights of groups."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..errors import DataError
from .intervals import Floats, Integers
from .judges import midranks
from .ranking import root_of
from .rows import SEED

PERMUTATIONS = 100_000
MOST_SHUFFLED = 100_000_000
"""People × permutations at most; beyond (more than 1,000 people) fewer permutations are drawn."""
MOST_PERMUTED, MOST_CELLS, MOST_FILLED = 2_000, 2_000, 5_000_000
"""Beyond so many people, tables of up to so many cells are drawn instead of permutations: so many cells in all."""
FEWEST_DRAWS = 10_000
MOST_STATES = 20_000
"""Exact tests follow at most so many intermediate states; beyond, permutations are drawn."""
MOST_STEPS = 1_000_000
"""Exact tests of a table take at most so many steps from partial table to partial table …"""
MOST_UNDECIDED = 10_000_000
"""… and carry at most so many partial tables along them."""
TOLERANCE = 1e-9
"""Logs of chances this close are equal."""
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
    ordered = np.sort(y)
    larger = int(np.searchsorted(ordered, x, side="left").sum())
    smaller = len(x) * len(y) - int(np.searchsorted(ordered, x, side="right").sum())
    return (larger - smaller) / (len(x) * len(y))


def fisher_freeman_halton(table: Integers) -> Outcome:
    """Exact test of independence in a table of counts (groups × categories), margins fixed.

    p is the share of tables that are no more likely than the observed one. Rows and columns without anybody are left
    out; fewer than two of either: p is 1. Exact where the partial tables can be followed (counted before they are),
    else tables are drawn, and the smallest p is that of the drawing. Source: Freeman & Halton 1951; Mehta & Patel 1983.
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return Outcome(1.0, 1.0, "nothing to compare")
    people, cells = int(table.sum()), table.size
    turned = table if len(table) <= table.shape[1] else table.T
    network = _table_network(turned.sum(axis=1), turned.sum(axis=0))
    p = network.p(float(_log_ways(turned.T).sum())) if network else None
    smallest = network.smallest() if network else 1 / (1 + _draws(people, cells))
    if p is not None:
        return Outcome(p, smallest, "Fisher–Freeman–Halton, exact")
    return Outcome(_drawn_table_p(table), smallest, f"Fisher–Freeman–Halton, {_drawn_label(people, cells)}")


def _log_ways(columns: Integers) -> Floats:
    """Log of the number of ways to divide people into parts, a division a row."""
    return special.gammaln(columns.sum(axis=-1) + 1) - special.gammaln(columns + 1).sum(axis=-1)


@dataclass(frozen=True)
class _Network:
    """All tables with fixed margins, filled column by column. A stage holds the places still open per row (sorted: rows
    of a size are alike); `ways` their log number of fillings; `steps` leads from each state of a stage to those of the
    next, with the log ways of the column between; `longest` and `shortest`: log ways of the most and the least likely
    filling, `least` how many fillings are as unlikely as that."""

    ways: list[Floats]
    steps: list[list[tuple[Integers, Floats]]]
    longest: list[Floats]
    shortest: list[Floats]
    least: float

    def smallest(self) -> float:
        return min(1.0, self.least * math.exp(self.shortest[0][0] - self.ways[0][0]))

    def p(self, observed: float) -> float | None:
        """Chance of tables with at most `observed` log ways, or None where too many partial tables stay undecided."""
        states, done, times = np.zeros(1, dtype=np.int64), np.zeros(1), np.ones(1)
        p, work, most = 0.0, 0, observed + TOLERANCE
        for stage in range(len(self.ways)):
            decided = done + self.longest[stage][states] <= most
            rest = done[decided] + self.ways[stage][states[decided]] - self.ways[0][0]
            p += float(times[decided] @ np.exp(rest))
            still = ~decided & (done + self.shortest[stage][states] <= most)
            states, done, times = states[still], done[still], times[still]
            if not len(states):
                return min(1.0, p)
            found: list[tuple[Integers, Floats, Floats]] = []
            for state in np.unique(states).tolist():
                (after, column), mine = self.steps[stage][state], states == state
                work += len(after) * int(mine.sum())
                if work > MOST_UNDECIDED:
                    return None
                summed = (done[mine][:, None] + column).ravel()
                found.append((np.tile(after, int(mine.sum())), summed, np.repeat(times[mine], len(after))))
            states, done, times = _merged(*(np.concatenate(part) for part in zip(*found, strict=True)))
        return min(1.0, p)


def _merged(states: Integers, done: Floats, times: Floats) -> tuple[Integers, Floats, Floats]:
    """Partial tables in the same state and with the same log ways become one entry with the sum of their number."""
    order = np.lexsort((done, states))
    states, done, times = states[order], done[order], times[order]
    fresh = np.flatnonzero(np.r_[True, (np.diff(states) != 0) | (np.diff(done) > TOLERANCE)])
    return states[fresh], done[fresh], np.add.reduceat(times, fresh)


def _table_network(rows: Integers, columns: Integers) -> _Network | None:
    """None where it would have more than `MOST_STEPS` steps, which is known before any is made."""
    rows, columns = np.sort(rows)[::-1], np.sort(columns)[::-1]
    sizes = np.ones(1)  # in how many ways 0, 1, 2 … people find places in the rows
    for size in rows.tolist():
        until = np.cumsum(np.concatenate([sizes, np.zeros(size)]))
        sizes = until - np.concatenate([np.zeros(size + 1), until[: -size - 1]])
    left = np.concatenate([[rows.sum()], rows.sum() - np.cumsum(columns)])
    pairs = sum(sizes[total] * sizes[size] for total, size in zip(left, columns, strict=False))
    if pairs > 24 * MOST_STEPS:  # before sorting, which leaves out at most so many orders of up to four rows
        return None
    stages = [np.unique(np.sort(_fillings(rows, int(total)), axis=1)[:, ::-1], axis=0) for total in left]
    stages[0] = rows[None]
    if sum(len(stage) * sizes[size] for stage, size in zip(stages, columns.tolist(), strict=False)) > MOST_STEPS:
        return None
    base = int(rows.max() + 1) ** np.arange(len(rows)) if (rows.max() + 1.0) ** len(rows) < 2**62 else None
    if base is None:
        return None
    ways = [_log_ways(stage) for stage in stages]
    steps: list[list[tuple[Integers, Floats]]] = []
    longest, shortest, least = [np.zeros(1)], [np.zeros(1)], np.ones(1)
    for stage in range(len(columns) - 1, -1, -1):
        places = _fillings(rows, int(columns[stage]))
        weights, codes = _log_ways(places), stages[stage + 1] @ base
        order, own = np.argsort(codes), []
        for state in stages[stage]:
            fits = (places <= state).all(axis=1)
            after = np.sort(state - places[fits], axis=1)[:, ::-1] @ base
            own.append((order[np.searchsorted(codes[order], after)], weights[fits]))
        longest.insert(0, np.array([(column + longest[0][after]).max() for after, column in own]))
        totals = [column + shortest[0][after] for after, column in own]
        shortest.insert(0, np.array([total.min() for total in totals]))
        least = np.array(
            [
                least[after[total <= total.min() + TOLERANCE]].sum()
                for (after, _), total in zip(own, totals, strict=True)
            ]
        )
        steps.insert(0, own)
    return _Network(ways, steps, longest, shortest, float(least[0]))


def _fillings(caps: Integers, size: int) -> Integers:
    """All ways to place `size` people into rows that have `caps` places, one a row."""
    found = np.zeros((1, 0), dtype=np.int64)
    for place, cap in enumerate(caps.tolist()):
        later = int(caps[place + 1 :].sum())
        missing = size - found.sum(axis=1)
        added = [
            np.column_stack([found[fits], np.full(int(fits.sum()), own)])
            for own in range(min(cap, size) + 1)
            if (fits := (missing - own >= 0) & (missing - own <= later)).any()
        ]
        found = np.concatenate(added) if added else np.zeros((0, place + 1), dtype=np.int64)
    return found


def _draws(people: int, cells: int) -> int:
    """Permutations drawn, or tables of so many `cells` where people are too many to permute."""
    if people > MOST_PERMUTED and cells <= MOST_CELLS:
        return max(1_000, min(PERMUTATIONS, MOST_FILLED // cells))
    return max(1_000, min(PERMUTATIONS, MOST_SHUFFLED // people))


def _drawn_label(people: int, cells: int) -> str:
    return f"{_draws(people, cells)} permutations, seed {SEED}"


def _shuffled(row: Integers, draws: int) -> Iterator[Integers]:
    """Blocks of shuffled copies of `row`, as many as are drawn in all."""
    rng, left = np.random.default_rng(SEED), draws
    while left:
        block = min(left, max(1, 2_000_000 // len(row)))
        left -= block
        yield rng.permuted(np.tile(row, (block, 1)), axis=1)


def _drawn_tables(rows: Integers, columns: Integers) -> Iterator[Integers]:
    """Blocks of tables (draws × rows × columns) with these margins, as shuffling people would give them."""
    people, cells = int(rows.sum()), len(rows) * len(columns)
    draws = _draws(people, cells)
    if people > MOST_PERMUTED and cells <= MOST_CELLS:
        rng = np.random.default_rng(SEED)
        tables, left = np.zeros((draws, len(rows), len(columns)), dtype=np.int64), np.tile(columns, (draws, 1))
        for row, size in enumerate(rows[:-1].tolist()):
            missing = np.full(draws, size)
            for column in range(len(columns)):
                others = left[:, column + 1 :].sum(axis=1)
                own = rng.hypergeometric(left[:, column], others, missing) if column + 1 < len(columns) else missing
                tables[:, row, column] = own
                missing = missing - own
            left -= tables[:, row]
        tables[:, -1] = left
        yield tables
        return
    groups, categories = (np.repeat(np.arange(len(margin)), margin) for margin in (rows, columns))
    for drawn in _shuffled(groups, draws):
        place = drawn * len(columns) + categories + np.arange(len(drawn))[:, None] * cells
        yield np.bincount(place.ravel(), minlength=len(drawn) * cells).reshape(-1, len(rows), len(columns))


def _drawn_table_p(table: Integers) -> float:
    logs, reached = special.gammaln(np.arange(int(table.sum()) + 1) + 1.0), 0
    for drawn in _drawn_tables(table.sum(axis=1), table.sum(axis=0)):
        reached += int((logs[drawn].sum(axis=(1, 2)) >= logs[table].sum() - 1e-7).sum())
    return (1 + reached) / (1 + _draws(int(table.sum()), table.size))


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
    people, cells = len(values), len(sizes) * len(ranks)
    smallest = _smallest_kruskal(ranks, ties, sizes)
    if len(sizes) == 2 and people <= MOST_FOLLOWED:
        p = _two_group_p(ranks, ties, sizes, observed)
        return Outcome(p, smallest, "Kruskal–Wallis, exact permutation")
    total = float(_log_ways(sizes))
    ways = _rank_sum_ways(ranks, ties, sizes) if total <= math.log(MOST_ARRANGEMENTS) else None
    if ways is not None:
        p = sum(count for sums, count in ways.items() if _spread(np.array(sums), sizes) >= observed * (1 - 1e-12))
        return Outcome(p / sum(ways.values()), smallest, "Kruskal–Wallis, exact permutation")
    draws, reached = _draws(people, cells), 0
    if people > MOST_PERMUTED and cells <= MOST_CELLS:
        summed = (tables @ ranks for tables in _drawn_tables(sizes, ties))
    else:
        ends = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        summed = (np.add.reduceat(drawn, ends, axis=1) for drawn in _shuffled(np.sort(doubled), draws))
    for sums in summed:
        reached += int(((sums.astype(np.float64) ** 2 / sizes).sum(axis=1) >= observed * (1 - 1e-12)).sum())
    return Outcome((1 + reached) / (1 + draws), smallest, f"Kruskal–Wallis, {_drawn_label(people, cells)}")


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
            for column in _fillings(np.array(left), size).tolist():
                after = tuple(a - b for a, b in zip(left, column, strict=True))
                summed = tuple(a + b * rank for a, b in zip(sums, column, strict=True))
                following[after, summed] += count * math.factorial(size) // math.prod(map(math.factorial, column))
            if len(following) > MOST_STATES:
                return None
        states = following
    return Counter({sums: count for (_, sums), count in states.items()})


def _smallest_kruskal(ranks: Integers, ties: Integers, sizes: Integers) -> float:
    """Chance of the largest statistic: groups side by side in the best order.

    The statistic is convex in the rank sums, so that its largest value lies where groups take consecutive ranks. The
    orders are not gone through: how good the groups placed so far can be depends only on which they are, and groups of
    a size are alike. Where even that is too much, the smallest p that drawing can give.
    """
    distinct, times = np.unique(sizes, return_counts=True)
    if math.prod((times + 1).tolist()) > MOST_STATES:
        return 1 / (1 + _draws(int(sizes.sum()), len(sizes) * len(ranks)))
    ends = np.concatenate([[0], np.cumsum(ties)])
    until = np.concatenate([[0.0], np.cumsum(ranks * ties, dtype=np.float64)])
    whole = np.concatenate([[0.0], np.cumsum(special.gammaln(ties + 1))])
    # Used groups per size -> the best statistic, and by how many groups lie inside the present block of equal values
    # the log ways to reach it: those groups could stand in any order.
    best: dict[tuple[int, ...], tuple[float, dict[int, float]]] = {(0,) * len(distinct): (0.0, {0: 0.0})}
    for used in product(*(range(count + 1) for count in times.tolist())):
        spread, runs = best[used]
        start = int(np.dot(used, distinct))
        first = int(np.searchsorted(ends, start, side="right")) - 1
        for kind, size in enumerate(distinct.tolist()):
            if used[kind] == times[kind]:
                continue
            last = int(np.searchsorted(ends, start + size, side="left")) - 1
            inside = first == last
            parts = [size] if inside else [int(ends[first + 1]) - start, start + size - int(ends[last])]
            placed = -sum(math.lgamma(part + 1) for part in parts)
            placed -= 0.0 if inside else float(whole[last] - whole[first + 1])
            sums = float(until[last] - until[first])
            sums += float((start + size - ends[last]) * ranks[last] - (start - ends[first]) * ranks[first])
            reached = spread + sums**2 / size
            target = (*used[:kind], used[kind] + 1, *used[kind + 1 :])
            known, following = best.get(target, (-1.0, {}))
            if reached < known * (1 - 1e-12):
                continue
            if reached > known * (1 + 1e-12):
                known, following = reached, {}
            ended = start + size == ends[last + 1]
            for run, ways in runs.items():
                run = run + 1 if inside else 0
                ways += placed + math.log(times[kind] - used[kind]) - math.log(max(run, 1))
                run = 0 if ended else run
                following[run] = float(np.logaddexp(following.get(run, -math.inf), ways))
            best[target] = (known, following)
    _, runs = best[tuple(times.tolist())]
    return math.exp(float(whole[-1]) + runs[0] - float(_log_ways(sizes)))


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
    reached, smallest = np.zeros(points.shape[1]), math.exp(-float(_log_ways(sizes)))
    # A permutation costs a walk through people for shuffling and one per group and area for summing.
    draws = min(PERMUTATIONS, MOST_SHUFFLED // (len(points) * (1 + points.shape[1] * len(names) // 40)))
    if draws < FEWEST_DRAWS:
        draws = FEWEST_DRAWS
        root, rng = root_of(np.corrcoef(centred[:, spread > 0], rowvar=False)), np.random.default_rng(SEED)
        between = (rng.standard_normal((draws, len(names) - 1, len(root))) @ root.T) ** 2
        largest = between.sum(axis=1).max(axis=1) / (len(points) - 1)
        reached = (largest[:, None] >= observed - 1e-9).sum(axis=0)
        label = f"normal limit of the permutation test, {draws} draws, seed {SEED}"
        p = (1 + reached) / (1 + draws)
        return p, Outcome(float(p.min()), 1 / (1 + draws), f"max-T over areas, {label}")
    # From labels in one fixed order: drawn from those people bear, the noise of the draws would tell who bears which.
    for drawn in _shuffled(np.sort(place), draws):
        between = sum(((drawn == g).astype(np.float64) @ centred) ** 2 / sizes[g] for g in range(len(names))) / scale
        reached += (between.max(axis=1)[:, None] >= observed - 1e-9).sum(axis=0)
    p = (1 + reached) / (1 + draws)
    return p, Outcome(float(p.min()), smallest, f"max-T over areas, {draws} permutations, seed {SEED}")


def contingency(groups: NDArray[np.str_], categories: NDArray[np.str_]) -> Integers:
    """Table of counts, groups × categories, both in alphabetical order."""
    rows, columns = np.unique(groups), np.unique(categories)
    pairs = Counter(zip(groups.tolist(), categories.tolist(), strict=True))
    counts = [pairs[a, b] for a, b in product(rows.tolist(), columns.tolist())]
    return np.array(counts, dtype=np.int64).reshape(len(rows), len(columns))


Labels = NDArray[np.str_]


def equal_group_weights(groups: Labels) -> Floats:
    """Weight of each person such that every group weighs the same; the weights sum to 1."""
    _, place, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return 1 / (counts[place] * len(counts))


def raked_weights(
    margins: Sequence[tuple[Labels, Mapping[str, float]]], *, tolerance: float = 1e-12, rounds: int = 1000
) -> Floats:
    """Weights whose shares agree with every stated margin, by iterative proportional fitting; they sum to 1.

    Parameters: `margins`, per margin the category of each person and the target share per category. One margin is
    post-stratification. Raises: DataError where a category with a target has nobody, a person's category has no
    target, or no weights satisfy all margins. Source: Deville, Särndal & Sautory 1993.
    """
    size = len(margins[0][0])
    weights = np.full(size, 1 / size)
    plans = [_margin(labels, targets) for labels, targets in margins]
    for _ in range(rounds):
        before = weights
        for place, target in plans:
            weights = weights * (target / np.bincount(place, weights=weights, minlength=len(target)))[place]
        if np.abs(weights - before).max() <= tolerance * weights.max():
            break
    sums = [np.bincount(place, weights=weights, minlength=len(target)) for place, target in plans]
    if all(np.allclose(sum_, target, rtol=0, atol=1e-9) for sum_, (_, target) in zip(sums, plans, strict=True)):
        return weights
    raise DataError(
        "round.yml", "raking targets that can be met together", "no weights that meet all of them", at="raking"
    )


def _margin(labels: Labels, targets: Mapping[str, float]) -> tuple[NDArray[np.intp], Floats]:
    names, place = np.unique(labels, return_inverse=True)
    if set(names.tolist()) != set(targets):
        odd = ", ".join(sorted(set(names.tolist()) ^ set(targets)))
        raise DataError("round.yml", "raking targets for the categories people are in", f"a difference in {odd}")
    share = np.array([targets[name] for name in names.tolist()], dtype=np.float64)
    return place, share / share.sum()


def effective_n(weights: Floats) -> float:
    """Kish's effective number of people: (sum of weights)² over the sum of squared weights."""
    return float(weights.sum() ** 2 / (weights @ weights))
