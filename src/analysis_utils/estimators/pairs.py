"""Two areas compared on the same ballots: paired tests for all pairs at once, and how many ballots would order them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from .ballots import Ballots
from .intervals import Floats, Integers, bca_mean, distinct, lattice
from .ranking import FEWEST_BALLOTS, mean_covariance, normal_draws, remembered_sets, root_of
from .rows import NO_INTERVAL, SEED, Row, estimate_row

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
    """
    held = differences != 0
    sizes, counts, observed = np.abs(differences[held]), counts[held], abs(float(counts @ differences))
    if not len(sizes):
        return 1.0, "all differences zero"
    found = lattice(np.append(0.0, sizes))
    if found is None or counts.sum() > MOST_EXACT:
        z = observed / float(np.sqrt(counts @ sizes**2))
        return float(2 * special.ndtr(-z)), "normal limit of the sign-flip test"
    steps, _, step = found
    chances = _flip_sums(np.repeat(steps[1:], counts))
    middle = len(chances) // 2
    far = round(observed / step)
    return min(1.0, float(chances[np.abs(np.arange(len(chances)) - middle) >= far].sum())), "exact sign-flip test"


def _flip_sums(steps: Integers) -> Floats:
    """Chances of the sums −total … total when each step takes either sign at random."""
    chances = np.ones(1)
    for step in steps.tolist():
        wider = np.zeros(len(chances) + 2 * step)
        wider[: len(chances)] += chances / 2
        wider[2 * step :] += chances / 2
        chances = wider
    return chances


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
    """
    pairs = [(one, other) for one, other in pairs if one in first.index and other in second.index]
    left = [len(frame) - len(pairs) for frame in (first, second)]
    if len(pairs) < FEWEST_LINKED or any(0 < count < minimum for count in left):
        return []
    x = first.loc[[one for one, _ in pairs]].to_numpy(dtype=np.float64)
    y = second.loc[[other for _, other in pairs]].to_numpy(dtype=np.float64)
    told = (np.ptp(y - x, axis=0) == 0) & (np.ptp(np.vstack([first, second]), axis=0) > 0)
    if told.any():
        return []
    n, statistic = len(pairs), "linked_change_mean_points" if is_points else "linked_change_mean"
    rows = [estimate_row(question, "linked_people", n, n=n, method=how)]
    for place, column in enumerate(first.columns):
        item = str(column) if is_points else ""
        differences = y[:, place] - x[:, place]
        mean, error = float(differences.mean()), float(differences.std(ddof=1)) / n**0.5
        half = error * float(special.stdtrit(n - 1, 0.975))
        interval = (mean - half, mean + half) if error else NO_INTERVAL
        p, test = sign_flip_p(differences, np.ones(n, dtype=np.int64))
        rows += [
            estimate_row(question, statistic, round(mean, 12), item=item, interval=interval, n=n, method="paired t"),
            estimate_row(question, "linked_p", p, item=item, n=n, method=f"paired {test}"),
        ]
    return rows


def holm(p: Floats) -> Floats:
    """Holm's step-down adjustment of p values. Source: Holm 1979."""
    order = np.argsort(p, kind="stable")
    adjusted = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return adjusted[np.argsort(order)]


def max_t_p(differences: Floats, counts: Integers, *, flips: int = FLIPS) -> tuple[Floats, str]:
    """Westfall–Young step-down max-T p values for all pairs, from the same sign flips of whole ballots.

    Parameters: `differences`, distinct ballots × pairs (points); T = |sum| / √(sum of squares). All 2^n patterns for
    up to 14 ballots, `flips` drawn ones with a fixed seed (observed pattern counted) above, normal limit above 300.
    Source: Westfall & Young 1993; Romano & Wolf 2005.
    """
    if counts.sum() > MOST_EXACT:
        return _max_t_limit(differences.T @ (counts[:, None] * differences), counts @ differences, flips)
    scale = np.sqrt(counts @ differences**2)
    scaled = differences / np.where(scale > 0, scale, 1.0)
    order = np.argsort(-np.abs(counts @ scaled), kind="stable")
    ballots = np.repeat(scaled[:, order], counts, axis=0).T.astype(np.float32)
    observed, n = np.abs(counts @ scaled)[order], ballots.shape[1]
    flips = _affordable(flips, len(order) * n)
    complete = n <= MOST_ENUMERATED
    reached, drawn = _reached(observed, _flipped(ballots, flips))
    p = reached / drawn if complete else (1 + reached) / (1 + drawn)
    how = "all sign patterns" if complete else f"{flips} sign flips, seed {SEED}"
    return np.maximum.accumulate(p)[np.argsort(order)], f"max-T stepdown, {how}"


def _affordable(flips: int, entries: int) -> int:
    return max(CHUNK, min(flips, MOST_FLIPPED // max(1, entries)))


def _max_t_limit(moments: Floats, totals: Floats, flips: int) -> tuple[Floats, str]:
    """The normal limit of `max_t_p`. Parameters: sums of products and sums of the differences of all pairs."""
    scale = np.sqrt(np.diag(moments))
    scale = np.where(scale > 0, scale, 1.0)
    observed = np.abs(totals) / scale
    order = np.argsort(-observed, kind="stable")
    flips = _affordable(flips, len(order) * MOST_EXACT)
    root, rng = root_of((moments / np.outer(scale, scale))[np.ix_(order, order)]), np.random.default_rng(SEED)
    root = root[:, np.abs(root).max(axis=0) > 1e-7]  # pairs of areas move in no more directions than areas do
    blocks = (
        root @ rng.standard_normal((root.shape[1], min(CHUNK, flips - start))) for start in range(0, flips, CHUNK)
    )
    reached, drawn = _reached(observed[order], blocks)
    p = np.maximum.accumulate((1 + reached) / (1 + drawn))
    return p[np.argsort(order)], f"max-T stepdown, normal limit, {flips} draws, seed {SEED}"


def _reached(observed: Floats, blocks: Iterable[NDArray[np.floating]]) -> tuple[Floats, int]:
    """How many patterns reach the observed statistics (largest first), and how many there were: from the smallest
    observed one upwards, the largest among those not yet taken out. `blocks`: pairs × patterns under random signs."""
    reached, drawn = np.zeros(len(observed)), 0
    for statistics in blocks:
        largest = np.zeros(statistics.shape[1], dtype=statistics.dtype)
        for place in range(len(observed) - 1, -1, -1):
            largest = np.maximum(largest, np.abs(statistics[place]))
            reached[place] += np.count_nonzero(largest >= observed[place] - 1e-5)
        drawn += statistics.shape[1]
    return reached, drawn


def _flipped(ballots: NDArray[np.float32], flips: int) -> Iterator[NDArray[np.floating]]:
    n = ballots.shape[1]
    if n <= MOST_ENUMERATED:
        yield ballots @ _signs((np.arange(2**n, dtype=np.int64) >> np.arange(n)[:, None]) & 1)
        return
    rng = np.random.default_rng(SEED)
    for _ in range(flips // CHUNK):
        bits = np.unpackbits(rng.integers(0, 256, size=(n, CHUNK // 8), dtype=np.uint8), axis=1)
        yield ballots @ _signs(bits)


def _signs(bits: NDArray[np.integer]) -> NDArray[np.float32]:
    return bits.astype(np.float32) * 2 - 1


def pair_rows(ballots: Ballots, question: str, *, segment: str = "all") -> list[Row]:
    """Per pair of areas: `pair_difference` (BCa), `pair_separated`, `pair_p`, `pair_p_holm`, `pair_p_max_t`.

    The item is "a|b", a being the area with the larger mean (the earlier id where they are equal), so that no
    difference is negative. `pair_separated` is 1 where the rank sets put the two in order. Nobody answered: no rows.
    """
    if ballots.n == 0 or len(ballots.items) < 2:
        return []
    above = remembered_sets(ballots).above
    order = sorted(range(len(ballots.items)), key=lambda column: (-ballots.means[column], ballots.items[column]))
    pairs = list(combinations(order, 2))
    held = [distinct(ballots.points[:, a] - ballots.points[:, b], ballots.counts) for a, b in pairs]
    single = [sign_flip_p(*differences) for differences in held]
    adjusted = holm(np.array([p for p, _ in single]))
    joint, joint_method = _max_t(ballots, pairs)
    rows: list[Row] = []
    for pair, (a, b) in enumerate(pairs):
        row = partial(
            estimate_row, question, item=f"{ballots.items[a]}|{ballots.items[b]}", segment=segment, n=ballots.n
        )
        interval, method = bca_mean(*held[pair])
        mean, (p, p_method) = round(float(ballots.means[a] - ballots.means[b]), 12), single[pair]
        rows += [
            row("pair_difference", mean, interval=interval, method=method),
            row("pair_separated", float(above[a, b]), method="stepdown rank sets"),
            row("pair_p", p, method=p_method),
            row("pair_p_holm", float(adjusted[pair]), method=f"{p_method}, Holm"),
            row("pair_p_max_t", float(joint[pair]), method=joint_method),
        ]
    return rows


def _max_t(ballots: Ballots, pairs: list[tuple[int, int]]) -> tuple[Floats, str]:
    """`max_t_p` of all pairs; of many ballots by the moments of the areas alone."""
    first, second = np.array(pairs).T
    if ballots.n <= MOST_EXACT:
        return max_t_p(ballots.points[:, first] - ballots.points[:, second], ballots.counts)
    apart = np.eye(len(ballots.items))[first] - np.eye(len(ballots.items))[second]
    moments = ballots.points.T @ (ballots.counts[:, None] * ballots.points)
    return _max_t_limit(apart @ moments @ apart.T, apart @ (ballots.counts @ ballots.points), FLIPS)


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


def power_rows(ballots: Ballots, question: str, *, segment: str = "all") -> list[Row]:
    """Per pair of areas (item "a|b", larger mean first): `separation_power` with as many ballots as now, and
    `ballots_to_separate`, the smallest size tried with power 0.8.

    Power is the share of simulated polls that put the two in their order, all pairs tested at once (largest
    studentised difference, without stepdown: a little less power than the rank sets). New ballots are drawn from the
    observed ones. The observed differences are taken for true, which flatters the largest. A size beyond 2,000, or
    equal means: estimate empty, `method` says so. Fewer than ten or more than 300 ballots: no rows.
    """
    order = sorted(range(len(ballots.items)), key=lambda column: (-ballots.means[column], ballots.items[column]))
    pairs = list(combinations(order, 2))
    if not FEWEST_BALLOTS <= ballots.n <= MOST_BALLOTS or not pairs:
        return []
    critical = _critical_value(ballots)
    differences = ballots.points[:, [a for a, _ in pairs]] - ballots.points[:, [b for _, b in pairs]]
    now = simulated_power(differences, ballots.counts, ballots.n, critical)
    needed = _smallest_sizes(differences, ballots, critical)
    rows: list[Row] = []
    for pair, (a, b) in enumerate(pairs):
        row = partial(
            estimate_row, question, item=f"{ballots.items[a]}|{ballots.items[b]}", segment=segment, n=ballots.n
        )
        size, share = needed[pair], float(now[pair])
        how = ASSUMED if size else f"not within {MOST_TRIED} ballots; {ASSUMED}"
        if ballots.means[a] == ballots.means[b]:
            size, share, how = 0, np.nan, "equal means: no order to find"
        rows.append(row("separation_power", share, method=how if np.isnan(share) else ASSUMED))
        rows.append(row("ballots_to_separate", size or np.nan, method=how))
    return rows


def _critical_value(ballots: Ballots) -> float:
    """95 % quantile of the largest studentised difference of any two areas under equal means."""
    order = np.argsort(np.array(ballots.items))
    covariance = mean_covariance(ballots)[np.ix_(order, order)]
    drawn = normal_draws(covariance, CRITICAL_DRAWS, SEED)
    first, second = np.triu_indices(len(order), 1)
    variance = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
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


def _smallest_sizes(differences: Floats, ballots: Ballots, critical: float) -> list[int]:
    """Per pair the smallest size tried with enough power, 0 where none has it.

    Pairs that by the normal law do not find their order in half of the polls of a size are not simulated there.
    """
    needed = np.zeros(differences.shape[1], dtype=np.int64)
    means = np.average(differences, axis=0, weights=ballots.counts)
    spread = np.average((differences - means) ** 2, axis=0, weights=ballots.counts)
    for size in sizes_tried():
        left = np.flatnonzero((needed == 0) & (means > critical * np.sqrt(spread / size)))
        if len(left):
            enough = simulated_power(differences[:, left], ballots.counts, size, critical) >= ENOUGH_POWER
            needed[left[enough]] = size
    return needed.tolist()
