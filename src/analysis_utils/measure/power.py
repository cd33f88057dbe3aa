"""How many ballots would put two areas in order: power by simulation, for preparing the next round."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import numpy as np

from .ballots import Ballots
from .intervals import Floats, Integers
from .rank_sets import FEWEST_BALLOTS, mean_covariance, normal_draws
from .rows import SEED, Row, estimate_row

POWER = 0.8
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


def power_rows(ballots: Ballots, question: str) -> list[Row]:
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
        row = partial(estimate_row, question, item=f"{ballots.items[a]}|{ballots.items[b]}", n=ballots.n)
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
            enough = simulated_power(differences[:, left], ballots.counts, size, critical) >= POWER
            needed[left[enough]] = size
    return needed.tolist()
