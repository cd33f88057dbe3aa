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
    one side is empty. Source: Cliff 1993.

    Statistics (Segments):
    - `cliffs_delta`: share of pairs with group a in a higher class of the scale than b minus share in a lower one (item
      `a|b`). Awkward: nobody in one group: no row. Source: [Cliff]. Case: g07.
    """
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

    Statistics (Segments):
    - `fisher_freeman_halton_p`: exact p of groups × options, or groups × (top box, other). Awkward: empty rows and
      columns left out. Source: [Freeman]. Case: g07.
    - `fisher_freeman_halton_p_smallest`: probability of the least likely tables with these margins. Case: g07.
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return Outcome(1.0, 1.0, "nothing to compare")
    turned = table if len(table) <= table.shape[1] else table.T
    p, smallest = _exact_tables(turned.sum(axis=1), turned.sum(axis=0), float(_log_ways(turned.T).sum()))
    smallest = smallest or 1 / (1 + _draws(int(table.sum()), table.size))
    if p is not None:
        return Outcome(p, smallest, "Fisher–Freeman–Halton, exact")
    return _drawn_outcome("Fisher–Freeman–Halton", *_drawn_tables_reaching(table), smallest)


def _drawn_outcome(name: str, reached: float, draws: int, smallest: float, what: str = "permutations") -> Outcome:
    """p where `reached` of so many `draws` come up to what was observed, which counts as one more of them."""
    p = (1 + reached) / (1 + draws)
    error = math.sqrt(p * (1 - p) / draws)
    return Outcome(p, smallest, f"{name}, {draws} {what}, seed {SEED}, standard error {error:.1g}")


def _log_ways(columns: Integers) -> Floats:
    """Log of the number of ways to divide people into parts, a division a row."""
    return special.gammaln(columns.sum(axis=-1) + 1) - special.gammaln(columns + 1).sum(axis=-1)


def _exact_tables(rows: Integers, columns: Integers, observed: float) -> tuple[float | None, float | None]:
    """Chance of tables with these margins and at most `observed` log ways, and that of the least likely ones; None
    where too many steps between partial tables would be taken (known before any is), or too many stay undecided.

    Tables are filled column by column. A stage holds the places still open per row (sorted: rows of a size are alike);
    a partial table counts as soon as no filling, or every filling, of the rest makes it likelier than the observed one.
    """
    rows, columns = np.sort(rows)[::-1], np.sort(columns)[::-1]
    sizes = np.ones(1)  # in how many ways 0, 1, 2 … people find places in the rows
    for size in rows.tolist():
        until = np.cumsum(np.concatenate([sizes, np.zeros(size)]))
        sizes = until - np.concatenate([np.zeros(size + 1), until[: -size - 1]])
    left = np.concatenate([[rows.sum()], rows.sum() - np.cumsum(columns)])
    pairs = sum(sizes[total] * sizes[size] for total, size in zip(left, columns, strict=False))
    if pairs > 24 * MOST_STEPS or (rows.max() + 1.0) ** len(rows) >= 2**62:
        return None, None  # before sorting, which leaves out at most so many orders of up to four rows
    stages = [np.unique(np.sort(_fillings(rows, int(total)), axis=1)[:, ::-1], axis=0) for total in left]
    stages[0] = rows[None]
    if sum(len(stage) * sizes[size] for stage, size in zip(stages, columns.tolist(), strict=False)) > MOST_STEPS:
        return None, None
    base = int(rows.max() + 1) ** np.arange(len(rows))
    ways = [_log_ways(stage) for stage in stages]  # log number of fillings of what is open
    steps: list[list[tuple[Integers, Floats]]] = []  # from each state to those of the next, with the column's log ways
    longest, shortest, least = [np.zeros(1)], [np.zeros(1)], np.ones(1)  # log ways of the most and least likely filling
    for stage in range(len(columns) - 1, -1, -1):
        places = _fillings(rows, int(columns[stage]))
        weights, codes = _log_ways(places), stages[stage + 1] @ base
        order, own = np.argsort(codes), []
        for state in stages[stage]:
            fits = (places <= state).all(axis=1)
            after = np.sort(state - places[fits], axis=1)[:, ::-1] @ base
            own.append((order[np.searchsorted(codes[order], after)], weights[fits]))
        longest.insert(0, np.array([(column + longest[0][after]).max() for after, column in own]))
        totals = [(after, column + shortest[0][after]) for after, column in own]
        least = np.array([least[after[total <= total.min() + TOLERANCE]].sum() for after, total in totals])
        shortest.insert(0, np.array([total.min() for _, total in totals]))
        steps.insert(0, own)
    smallest = min(1.0, float(least[0]) * math.exp(shortest[0][0] - ways[0][0]))
    states, done, times = np.zeros(1, dtype=np.int64), np.zeros(1), np.ones(1)
    p, work, most = 0.0, 0, observed + TOLERANCE
    for stage in range(len(ways)):
        decided = done + longest[stage][states] <= most
        p += float(times[decided] @ np.exp(done[decided] + ways[stage][states[decided]] - ways[0][0]))
        still = ~decided & (done + shortest[stage][states] <= most)
        states, done, times = states[still], done[still], times[still]
        if not len(states):
            break
        found: list[tuple[Integers, Floats, Floats]] = []
        for state in np.unique(states).tolist():
            (after, column), mine = steps[stage][state], states == state
            work += len(after) * int(mine.sum())
            if work > MOST_UNDECIDED:
                return None, smallest
            summed = (done[mine][:, None] + column).ravel()
            found.append((np.tile(after, int(mine.sum())), summed, np.repeat(times[mine], len(after))))
        # Partial tables in the same state and with the same log ways become one entry with the sum of their number.
        states, done, times = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.lexsort((done, states))
        states, done, times = states[order], done[order], times[order]
        fresh = np.flatnonzero(np.r_[True, (np.diff(states) != 0) | (np.diff(done) > TOLERANCE)])
        states, done, times = states[fresh], done[fresh], np.add.reduceat(times, fresh)
    return min(1.0, p), smallest


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


def _drawn_tables_reaching(table: Integers) -> tuple[int, int]:
    """How many drawn tables are no more likely than this one, and how many are drawn."""
    logs = special.gammaln(np.arange(int(table.sum()) + 1) + 1.0)
    drawn = _drawn_tables(table.sum(axis=1), table.sum(axis=0))
    reached = sum(int((logs[some].sum(axis=(1, 2)) >= logs[table].sum() - 1e-7).sum()) for some in drawn)
    return reached, _draws(int(table.sum()), table.size)


def kruskal_wallis(values: Floats, groups: NDArray[np.str_]) -> Outcome:
    """Permutation test of the Kruskal–Wallis statistic (mid-ranks for ties).

    Parameters: one value and one group per person. Exact where the permutation distribution can be followed by its
    rank sums, else drawn. One group, or all values equal: p is 1. Source: Kruskal & Wallis 1952.

    Statistics (Segments):
    - `kruskal_wallis_p`: permutation p of the Kruskal–Wallis statistic (mid-ranks), shown groups on the classes of a
      scale. Awkward: all equal: 1. Source: [Kruskal]. Case: g07.
    - `kruskal_wallis_p_smallest`: smallest p these people could give: groups side by side in the best order. Case: g07.
    """
    _, place = np.unique(groups, return_inverse=True)
    sizes = np.bincount(place)
    doubled = np.rint(2 * midranks(values)).astype(np.int64)
    if len(sizes) < 2 or len(np.unique(doubled)) < 2:
        return Outcome(1.0, 1.0, "nothing to compare")
    ranks, ties = np.unique(doubled, return_counts=True)
    people, cells, name = len(values), len(sizes) * len(ranks), "Kruskal–Wallis"
    smallest = _smallest_kruskal(ranks, ties, sizes)

    def reaches(sums: NDArray[np.generic]) -> NDArray[np.bool_]:
        """Whether rank sums (one vector a row) give at least the observed statistic, which is this up to constants."""
        spread = (sums.astype(np.float64) ** 2 / sizes).sum(axis=1)
        return spread >= (np.bincount(place, weights=doubled) ** 2 / sizes).sum() * (1 - 1e-12)

    if len(sizes) == 2 and people <= MOST_FOLLOWED:
        ways = subset_sums(ranks, ties, int(sizes[0]))
        sums = np.arange(len(ways), dtype=np.float64)
        reached = reaches(np.column_stack([sums, people * (people + 1) - sums]))
        return Outcome(float(ways[reached].sum() / ways.sum()), smallest, f"{name}, exact permutation")
    few = float(_log_ways(sizes)) <= math.log(MOST_ARRANGEMENTS)
    if few and (counts := _rank_sum_ways(ranks, ties, sizes)) is not None:
        times = np.array([*counts.values()], dtype=np.float64)
        p = float(times[reaches(np.array([*counts]))].sum() / times.sum())
        return Outcome(p, smallest, f"{name}, exact permutation")
    draws = _draws(people, cells)
    if people > MOST_PERMUTED and cells <= MOST_CELLS:
        summed = (tables @ ranks for tables in _drawn_tables(sizes, ties))
    else:
        ends = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        summed = (np.add.reduceat(drawn, ends, axis=1) for drawn in _shuffled(np.sort(doubled), draws))
    return _drawn_outcome(name, sum(int(reaches(sums).sum()) for sums in summed), draws, smallest)


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

    Statistics (Segments):
    - `points_permutation_p`: labels of shown segments (people without a group are one where they are shown) permuted
      over all ballots, max-T over areas; with an item: adjusted p of that area. Awkward: all equal: 1. Source:
      [Westfall]. Case: planted difference.
    - `points_permutation_p_smallest`: 1 / number of ways to label the ballots: a lower bound.
    Statistics (Two rounds):
    - `change_p_max_t`: permutation of whole ballots between the rounds, single-step max-T over areas. Awkward: nobody
      differs: 1. Source: [Westfall]. Case: g11.
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
    name = "max-T over areas"
    # A permutation costs a walk through people for shuffling and one per group and area for summing.
    draws = min(PERMUTATIONS, MOST_SHUFFLED // (len(points) * (1 + points.shape[1] * len(names) // 40)))
    if draws < FEWEST_DRAWS:
        draws = FEWEST_DRAWS
        root, rng = root_of(np.corrcoef(centred[:, spread > 0], rowvar=False)), np.random.default_rng(SEED)
        between = (rng.standard_normal((draws, len(names) - 1, len(root))) @ root.T) ** 2
        largest = between.sum(axis=1).max(axis=1) / (len(points) - 1)
        reached = (largest[:, None] >= observed - 1e-9).sum(axis=0)
        limit = f"{name}, normal limit of the permutation test"
        outcome = _drawn_outcome(limit, reached.min(), draws, 1 / (1 + draws), "draws")
    else:
        reached = np.zeros(points.shape[1])
        # From labels in one fixed order: drawn from those people bear, the draws' noise would tell who bears which.
        for drawn in _shuffled(np.sort(place), draws):
            sums = ((drawn == g).astype(np.float64) @ centred for g in range(len(names)))
            between = sum(own**2 / size for own, size in zip(sums, sizes, strict=True)) / scale
            reached += (between.max(axis=1)[:, None] >= observed - 1e-9).sum(axis=0)
        outcome = _drawn_outcome(name, reached.min(), draws, math.exp(-float(_log_ways(sizes))))
    return (1 + reached) / (1 + draws), outcome


def contingency(groups: NDArray[np.str_], categories: NDArray[np.str_]) -> Integers:
    """Table of counts, groups × categories, both in alphabetical order."""
    (rows, a), (columns, b) = (np.unique(labels, return_inverse=True) for labels in (groups, categories))
    counts = np.bincount(a * len(columns) + b, minlength=len(rows) * len(columns))
    return counts.reshape(len(rows), len(columns))


Labels = NDArray[np.str_]


def equal_group_weights(groups: Labels) -> Floats:
    """Weight of each person such that every group weighs the same; the weights sum to 1."""
    _, place, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return 1 / (counts[place] * len(counts))


RAKING_ROUNDS, RAKING_TOLERANCE = 1000, 1e-12


def raked_weights(margins: Sequence[tuple[Labels, Mapping[str, float]]]) -> Floats:
    """Weights whose shares agree with every stated margin, by iterative proportional fitting; they sum to 1.

    Parameters: `margins`, per margin the category of each person and the target share per category. One margin is
    post-stratification. Raises: DataError where a category with a target has nobody, a person's category has no
    target, or no weights satisfy all margins. Source: Deville, Särndal & Sautory 1993.
    """
    weights = np.full(len(margins[0][0]), 1 / len(margins[0][0]))
    plans = []
    for labels, targets in margins:
        names, place = np.unique(labels, return_inverse=True)
        if odd := sorted(set(names.tolist()) ^ set(targets)):
            saw = f"a difference in {', '.join(odd)}"
            raise DataError("round.yml", "raking targets for the categories people are in", saw)
        share = np.array([targets[name] for name in names.tolist()], dtype=np.float64)
        plans.append((place, share / share.sum()))
    for _ in range(RAKING_ROUNDS):
        before = weights
        for place, target in plans:
            weights = weights * (target / np.bincount(place, weights=weights, minlength=len(target)))[place]
        if np.abs(weights - before).max() <= RAKING_TOLERANCE * weights.max():
            break
    sums = [np.bincount(place, weights=weights, minlength=len(target)) for place, target in plans]
    if all(np.allclose(sum_, target, rtol=0, atol=1e-9) for sum_, (_, target) in zip(sums, plans, strict=True)):
        return weights
    expected = "raking targets that can be met together"
    raise DataError("round.yml", expected, "no weights that meet all of them", at="raking")


def effective_n(weights: Floats) -> float:
    """Kish's effective number of people: (sum of weights)² over the sum of squared weights.

    Statistics (Segments):
    - `effective_n`: Kish: (Σw)² / Σw². Awkward: a target group with nobody in it: empty, with the reason; raked to
      other questions than the group: withheld. Source: [Kish]. Case: g08.
    """
    return float(weights.sum() ** 2 / (weights @ weights))
