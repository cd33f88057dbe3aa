"""Two areas compared on the same ballots: paired tests for all pairs at once, and how many ballots would order them."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from .ballots import Ballots
from .intervals import Floats, Integers, bootstrap_mean, distinct, lattice
from .ranking import FEWEST_BALLOTS, mean_covariance, normal_means, pair_variances, root_of, sets_of
from .rows import NO_INTERVAL, SEED, Maker, Row, estimate_row

FLIPS = 400_000
CHUNK = 20_000
MOST_FLIPPED = 8_000_000_000
"""Signs × pairs that are flipped at most: with very many pairs fewer patterns are drawn."""
MOST_EXACT = 300
"""Up to so many ballots signs are flipped; above, the normal limit takes their place."""
MOST_ENUMERATED = 14
"""Up to so many ballots max-T runs through all sign patterns; above, it draws them."""


def sign_flip_p(differences: Floats, counts: Integers) -> tuple[float, str]:
    """Two-sided paired sign-flip test: share of the 2^n sign patterns with |sum| ≥ |observed sum|.

    Parameters: `differences` (points) and the people behind each. Exact by dynamic programming for up to 300 people
    whose differences lie on a lattice, else by the normal limit. Exact under the hypothesis that differences are
    symmetric around zero. All differences zero, or nobody: 1. Source: Fisher 1935; golden case from R.

    Statistics (Points: two areas compared):
    - `pair_p`: paired sign-flip test, two-sided: share of the 2ⁿ sign patterns with at least the observed difference.
      Awkward: all differences zero: 1. Source: [Fisher]. Case: g04.
    """
    held = differences != 0
    sizes, counts, observed = np.abs(differences[held]), counts[held], abs(float(counts @ differences))
    if not len(sizes):
        return 1.0, "all differences zero"
    found = lattice(np.append(0.0, sizes))
    if found is None or counts.sum() > MOST_EXACT:
        z = observed / float(np.sqrt(counts @ sizes**2))
        return float(2 * special.ndtr(-z)), "normal limit of the sign-flip test"
    steps, _, unit = found
    chances = np.ones(1)  # of the sums −total … total when each difference takes either sign
    for step in np.repeat(steps[1:], counts).tolist():
        wider = np.zeros(len(chances) + 2 * step)
        wider[: len(chances)] += chances / 2
        wider[2 * step :] += chances / 2
        chances = wider
    distance = np.abs(np.arange(len(chances)) - len(chances) // 2)
    return min(1.0, float(chances[distance >= round(observed / unit)].sum())), "exact sign-flip test"


FEWEST_LINKED = 10
"""Fewer people are not shown: a mean of their differences would be close to single answers."""


def paired_rows(
    question: str,
    first: pd.DataFrame,
    second: pd.DataFrame,
    pairs: Sequence[tuple[Hashable, Hashable]],
    *,
    minimum: int,
    is_points: bool,
    how: str,
) -> list[Row]:
    """`linked_people`, `linked_change_…` (paired t interval) and `linked_p` (paired sign-flip test) of people who
    answered twice.

    Parameters: `first`, `second`, people × values; `pairs`, who is whom in their indexes; `minimum`, people who must be
    left over on either side, if anybody is. No rows where these or the pairs are too few to be shown, or where all of
    them changed alike in an area that not everybody gave the same: that would tell each one's answer.

    Statistics (Two rounds):
    - `linked_people`: people who gave the same self-made code in both rounds (a code given twice in a round links
      nobody), or who answered a question twice in one round. Awkward: fewer than 10, or fewer left over than the
      smallest base: no row. Case: by hand.
    - `linked_change_mean_points`, `linked_change_mean`, `linked_p`: mean of their own differences, and the paired
      sign-flip test. Interval: paired t. Awkward: see `linked_people`. Source: [Fisher]. Case: by hand.
    """
    pairs = [(one, other) for one, other in pairs if one in first.index and other in second.index]
    if len(pairs) < FEWEST_LINKED or any(0 < len(frame) - len(pairs) < minimum for frame in (first, second)):
        return []
    x, y = (frame.loc[[pair[side] for pair in pairs]].to_numpy(float) for side, frame in enumerate((first, second)))
    if ((np.ptp(y - x, axis=0) == 0) & (np.ptp(np.vstack([first, second]), axis=0) > 0)).any():
        return []
    n, statistic = len(pairs), "linked_change_mean_points" if is_points else "linked_change_mean"
    rows = [estimate_row(question, "linked_people", n, n=n, method=how)]
    for column, differences in zip(first.columns, (y - x).T, strict=True):
        row = partial(estimate_row, question, item=str(column) if is_points else "", n=n)
        mean, error = float(differences.mean()), float(differences.std(ddof=1)) / n**0.5
        half = error * float(special.stdtrit(n - 1, 0.975))
        interval = (mean - half, mean + half) if error else NO_INTERVAL
        p, test = sign_flip_p(differences, np.ones(n, dtype=np.int64))
        rows.append(row(statistic, round(mean, 12), interval=interval, method="paired t"))
        rows.append(row("linked_p", p, method=f"paired {test}"))
    return rows


def holm(p: Floats) -> Floats:
    """Holm's step-down adjustment of p values. Source: Holm 1979.

    Statistics (Points: two areas compared):
    - `pair_p_holm`: the same, adjusted over all pairs. Source: [Holm]. Case: g04.
    Statistics (Segments):
    - `kruskal_wallis_p_holm`: adjusted over the family in `round.yml`. Awkward: tests that cannot be done count as p =
      1. Source: [Holm]. Case: g04.
    - `fisher_freeman_halton_p_holm`: the same. Awkward: the same. Source: [Holm]. Case: g04.
    - `points_permutation_p_holm`: the same. Awkward: the same. Source: [Holm]. Case: g04.
    """
    order = np.argsort(p, kind="stable")
    adjusted = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return adjusted[np.argsort(order)]


def max_t_p(ballots: Ballots, pairs: Sequence[tuple[int, int]]) -> tuple[Floats, str]:
    """Westfall–Young step-down max-T p values for all pairs of columns, from the same sign flips of whole ballots.

    T = |sum| / √(sum of squares) of the differences. All 2^n patterns for up to 14 ballots, drawn ones with a fixed
    seed (observed pattern counted) above; above 300 their normal limit, by the moments of the areas alone.
    Source: Westfall & Young 1993; Romano & Wolf 2005.

    Statistics (Points: two areas compared):
    - `pair_p_max_t`: step-down max-T over all pairs with common flips, T = |Σd|/√Σd². Awkward: up to 14 ballots: all
      patterns. Source: [Westfall], [Romano]. Case: g04.
    """
    (first, second), n = np.array(pairs).T, ballots.n
    flips = max(CHUNK, min(FLIPS, MOST_FLIPPED // (len(pairs) * min(n, MOST_EXACT))))
    if n > MOST_EXACT:
        apart = np.eye(len(ballots.items))[first] - np.eye(len(ballots.items))[second]
        moments = apart @ (ballots.points.T @ (ballots.counts[:, None] * ballots.points)) @ apart.T
        scale = np.sqrt(np.diag(moments))
        observed = np.abs(apart @ (ballots.counts @ ballots.points)) / np.where(scale > 0, scale, 1.0)
    else:
        differences = ballots.points[:, first] - ballots.points[:, second]
        scale = np.sqrt(ballots.counts @ differences**2)
        scaled = differences / np.where(scale > 0, scale, 1.0)
        observed = np.abs(ballots.counts @ scaled)
    order = np.argsort(-observed, kind="stable")
    observed, reached, drawn = observed[order], np.zeros(len(pairs)), 0
    if n > MOST_EXACT:
        scale = np.where(scale > 0, scale, 1.0)
        root = root_of((moments / np.outer(scale, scale))[np.ix_(order, order)])
        root = root[:, np.abs(root).max(axis=0) > 1e-7]  # pairs of areas move in no more directions than areas do
        blocks, how = _normal_blocks(root, flips), f"normal limit, {flips} draws, seed {SEED}"
    else:
        signed = np.repeat(scaled[:, order], ballots.counts, axis=0).T.astype(np.float32)
        how = "all sign patterns" if n <= MOST_ENUMERATED else f"{flips} sign flips, seed {SEED}"
        blocks = (signed @ (bits.astype(np.float32) * 2 - 1) for bits in _sign_bits(n, flips))
    for statistics in blocks:  # pairs × patterns: from the smallest observed one upwards, the largest of those left
        largest = np.zeros(statistics.shape[1], dtype=statistics.dtype)
        for place in range(len(observed) - 1, -1, -1):
            largest = np.maximum(largest, np.abs(statistics[place]))
            reached[place] += np.count_nonzero(largest >= observed[place] - 1e-5)
        drawn += statistics.shape[1]
    p = reached / drawn if how == "all sign patterns" else (1 + reached) / (1 + drawn)
    return np.maximum.accumulate(p)[np.argsort(order)], f"max-T stepdown, {how}"


def _normal_blocks(root: Floats, draws: int) -> Iterator[NDArray[np.floating]]:
    rng = np.random.default_rng(SEED)
    for start in range(0, draws, CHUNK):
        yield root @ rng.standard_normal((root.shape[1], min(CHUNK, draws - start)))


def _sign_bits(n: int, flips: int) -> Iterator[NDArray[np.integer]]:
    """Blocks of 0 and 1, ballots × patterns: all there are, or as many as `flips`."""
    if n <= MOST_ENUMERATED:
        yield (np.arange(2**n, dtype=np.int64) >> np.arange(n)[:, None]) & 1
        return
    rng = np.random.default_rng(SEED)
    for _ in range(flips // CHUNK):
        yield np.unpackbits(rng.integers(0, 256, size=(n, CHUNK // 8), dtype=np.uint8), axis=1)


def _ordered_pairs(ballots: Ballots, row: Maker) -> tuple[list[tuple[int, int]], list[Maker]]:
    """All pairs of columns, the larger mean first (the earlier id where they are equal), and what makes their rows."""
    order = sorted(range(len(ballots.items)), key=lambda column: (-ballots.means[column], ballots.items[column]))
    pairs = list(combinations(order, 2))
    return pairs, [partial(row, item=f"{ballots.items[a]}|{ballots.items[b]}", n=ballots.n) for a, b in pairs]


def pair_rows(ballots: Ballots, row: Maker) -> list[Row]:
    """Per pair of areas: `pair_difference` (BCa), `pair_separated`, `pair_p`, `pair_p_holm`, `pair_p_max_t`.

    The item is "a|b", a being the area with the larger mean (the earlier id where they are equal), so that no
    difference is negative. `pair_separated` is 1 where the rank sets put the two in order. Nobody answered: no rows.

    Statistics (Points: two areas compared):
    - `pair_difference`: mean of a minus mean of b on the same ballots. Interval: BCa. Awkward: all differences equal:
      none. Source: [Efron]. Case: g04.
    """
    if ballots.n == 0 or len(ballots.items) < 2:
        return []
    above, (pairs, makers) = sets_of(ballots).above, _ordered_pairs(ballots, row)
    held = [distinct(ballots.points[:, a] - ballots.points[:, b], ballots.counts) for a, b in pairs]
    single = [sign_flip_p(*differences) for differences in held]
    adjusted, (joint, joint_method) = holm(np.array([p for p, _ in single])), max_t_p(ballots, pairs)
    rows: list[Row] = []
    for place, ((a, b), row, (p, how)) in enumerate(zip(pairs, makers, single, strict=True)):
        interval, method = bootstrap_mean(*held[place])
        mean = round(float(ballots.means[a] - ballots.means[b]), 12)
        rows += [
            row("pair_difference", mean, interval=interval, method=method),
            row("pair_separated", float(above[a, b]), method="stepdown rank sets"),
            row("pair_p", p, method=how),
            row("pair_p_holm", float(adjusted[place]), method=f"{how}, Holm"),
            row("pair_p_max_t", float(joint[place]), method=joint_method),
        ]
    return rows


ENOUGH_POWER = 0.8
SAMPLES = 1_000
CRITICAL_DRAWS = 20_000
MOST_TRIED = 2_000
MOST_BALLOTS = 300
"""A poll with more ballots needs no such plan, and gets none."""
STEP = 1.1
"""Ratio of neighbouring sizes tried; the answer is one of them."""
ASSUMED = (
    "simulated: ballots drawn from those observed, so that the true differences equal the observed ones; all pairs at "
    f"once at 5 %, {SAMPLES} samples per size, seed {SEED}"
)


def sizes_tried() -> list[int]:
    """Numbers of ballots tried, in steps of ten percent."""
    sizes, size = [], float(FEWEST_BALLOTS)
    while size <= MOST_TRIED:
        sizes.append(round(size))
        size *= STEP
    return list(dict.fromkeys(sizes))


def power_rows(ballots: Ballots, row: Maker) -> list[Row]:
    """Per pair of areas (item "a|b", larger mean first): `separation_power` with as many ballots as now, and
    `ballots_to_separate`, the smallest size tried with power 0.8.

    Power is the share of simulated polls that put the two in their order, all pairs tested at once (largest
    studentised difference, without stepdown: a little less power than the rank sets). New ballots are drawn from the
    observed ones. The observed differences are taken for true, which flatters the largest. A size beyond 2,000, or
    equal means: estimate empty, `method` says so. Fewer than ten or more than 300 ballots: no rows.

    Statistics (Points: two areas compared):
    - `separation_power`: share of simulated polls with as many ballots as now that put the two in their observed order.
      Awkward: equal means: empty. Case: hand-counted.
    - `ballots_to_separate`: smallest number of ballots tried (10 to 2,000 in steps of 10 %) with a `separation_power`
      of 0.8. Awkward: beyond 2,000, or equal means: empty; below 10 or above 300 ballots: no row. Case: hand-counted.
    """
    pairs, makers = _ordered_pairs(ballots, row)
    if not FEWEST_BALLOTS <= ballots.n <= MOST_BALLOTS or not pairs:
        return []
    critical, (first, second) = _critical_value(ballots), np.array(pairs).T
    differences = ballots.points[:, first] - ballots.points[:, second]
    now = simulated_power(differences, ballots.counts, ballots.n, critical)
    needed = np.zeros(len(pairs), dtype=np.int64)
    means = np.average(differences, axis=0, weights=ballots.counts)
    spread = np.average((differences - means) ** 2, axis=0, weights=ballots.counts)
    for size in sizes_tried():
        # Pairs that by the normal law do not find their order in half of the polls of a size are not simulated there.
        left = np.flatnonzero((needed == 0) & (means > critical * np.sqrt(spread / size)))
        if len(left):
            enough = simulated_power(differences[:, left], ballots.counts, size, critical) >= ENOUGH_POWER
            needed[left[enough]] = size
    rows: list[Row] = []
    for (a, b), row, size, share in zip(pairs, makers, needed.tolist(), now.tolist(), strict=True):
        if ballots.means[a] == ballots.means[b]:
            size, share, how = 0, math.nan, "equal means: no order to find"
        else:
            how = ASSUMED if size else f"not within {MOST_TRIED} ballots; {ASSUMED}"
        rows.append(row("separation_power", share, method=how if math.isnan(share) else ASSUMED))
        rows.append(row("ballots_to_separate", size or math.nan, method=how))
    return rows


def _critical_value(ballots: Ballots) -> float:
    """95 % quantile of the largest studentised difference of any two areas under equal means."""
    first, second = np.triu_indices(len(ballots.items), 1)
    variance, drawn = pair_variances(mean_covariance(ballots), first, second), normal_means(ballots, CRITICAL_DRAWS)
    usable = variance > 1e-12
    if not usable.any():
        return 0.0  # nobody differs: no sample has any spread, and none will be separated
    studentised = np.abs(drawn[first] - drawn[second])[usable] / np.sqrt(variance[usable])[:, None]
    return float(np.quantile(studentised.max(axis=0), 0.95))


def simulated_power(differences: Floats, counts: Integers, size: int, critical: float) -> Floats:
    """Share of samples of `size` ballots in which each difference is found to be above zero.

    Parameters: `differences`, distinct ballots × pairs (points); `counts`, people behind each ballot.
    """
    rng = np.random.default_rng([SEED, size])
    drawn = rng.multinomial(size, counts / counts.sum(), SAMPLES).astype(np.float64)
    means = drawn @ differences / size
    variance = (drawn @ differences**2 / size - means**2) / (size - 1)
    # A sample without any spread says nothing about its error: it counts as not separated.
    error = np.sqrt(np.maximum(variance, 0.0))
    found = (means > critical * error) & (variance > 1e-12)
    return found.mean(axis=0)
