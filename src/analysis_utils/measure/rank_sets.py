"""What a ranking of few ballots can show: simultaneous confidence sets for ranks, tiers, and stability of the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .ballots import Ballots
from .intervals import Floats, Integers
from .rows import SEED

Flags = NDArray[np.bool_]

SET_DRAWS = 100_000
TOP_DRAWS = 50_000
SEGMENT_PART = 4
"""Segments are given this part of the draws everybody is given."""
TOP = 3
FEWEST_BALLOTS = 10
"""Below so many ballots the normal law behind the sets is too far off (methodology.md): nothing is ordered."""
MOST_RESAMPLED = 300
"""Up to so many ballots `p_top3` resamples ballots; above, it draws means from their normal limit."""


@dataclass(frozen=True)
class RankSets:
    """`low` and `high` rank per area; `above[j, k]` says that area j is shown to have the larger mean."""

    low: Integers
    high: Integers
    above: Flags


def mean_covariance(ballots: Ballots) -> Floats:
    """Covariance matrix of the mean points: sample covariance of the ballots (n − 1) over n. Needs two ballots."""
    n, totals = ballots.n, ballots.counts @ ballots.points
    squares = ballots.points.T @ (ballots.counts[:, None] * ballots.points)
    return (squares - np.outer(totals, totals) / n) / (n - 1) / n


def rank_sets(ballots: Ballots, *, level: float = 0.95, draws: int = SET_DRAWS, seed: int = SEED) -> RankSets:
    """Simultaneous confidence sets for the ranks of all areas by mean points.

    All ordered pairs of areas form one family of one-sided tests with studentised differences; the critical value is
    the quantile of the largest difference under the joint normal law with the full covariance; rejected pairs leave
    the family and the test is repeated (stepdown). Rank 1 is the largest mean. Equal means share their bounds (the
    wider ones). A pair whose difference is the same on every ballot has no standard error: it counts as ordered when
    2^-n times the number of ordered pairs is at most 1 − level, else as open. Fewer than ten ballots order nothing.
    Source: Mogstad, Romano, Shaikh & Wilhelm 2024.
    """
    above = ordered_pairs(ballots, level=level, draws=draws, seed=seed)
    low, high = 1 + above.sum(axis=0), len(ballots.items) - above.sum(axis=1)
    for mean in np.unique(ballots.means):
        tied = ballots.means == mean
        low[tied], high[tied] = low[tied].min(), high[tied].max()
    return RankSets(low, high, above)


def ordered_pairs(ballots: Ballots, *, level: float, draws: int, seed: int) -> Flags:
    """above[j, k]: the stepdown test shows that area j has a larger mean than area k."""
    size = len(ballots.items)
    above = np.zeros((size, size), dtype=bool)
    if ballots.n < FEWEST_BALLOTS or size < 2:
        return above
    first, second = _pairs(ballots)
    covariance = mean_covariance(ballots)
    variance = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
    difference = ballots.means[first] - ballots.means[second]
    constant = variance <= 1e-9 / ballots.n
    if size * (size - 1) * 0.5**ballots.n <= 1 - level:
        _mark(above, first, second, np.where(constant, difference, 0.0))
    error = np.sqrt(np.where(constant, 1.0, variance))
    statistic = np.where(constant, 0.0, difference / error)
    order = np.argsort(np.array(ballots.items))
    normal, place = normal_draws(covariance[np.ix_(order, order)], draws, seed), np.argsort(order)
    pairs = [(normal[place[a]], normal[place[b]], e) for a, b, e in zip(first, second, error, strict=True)]
    _mark(above, first, second, _stepdown(statistic, pairs, ~constant, level))
    return above


def _pairs(ballots: Ballots) -> tuple[Integers, Integers]:
    """Index pairs of areas in alphabetical order of their ids, so that the order of options changes no draw."""
    order = np.argsort(np.array(ballots.items))
    upper = np.triu_indices(len(order), 1)
    return order[upper[0]], order[upper[1]]


def normal_draws(covariance: Floats, draws: int, seed: int) -> Floats:
    """areas × draws from the centred normal law with a covariance that may be singular."""
    root = root_of(covariance)
    return root @ np.random.default_rng(seed).standard_normal((len(root), draws))


def root_of(covariance: Floats) -> Floats:
    """A matrix R with R Rᵀ = covariance, which may be singular."""
    values, vectors = np.linalg.eigh(np.atleast_2d(covariance))
    return vectors * np.sqrt(np.maximum(values, 0.0))


def _stepdown(statistic: Floats, pairs: Sequence[tuple[Floats, Floats, float]], usable: Flags, level: float) -> Floats:
    """The statistic where the two-sided family rejects, else 0. `pairs`: drawn means of either area, and the standard
    error of their difference; all pairs together would fill the memory."""
    shown, drawn = np.zeros(len(statistic), dtype=bool), np.empty(len(pairs[0][0]))
    while (still := usable & ~shown).any():
        largest = np.zeros(len(drawn))
        for place in np.flatnonzero(usable).tolist():
            first, second, error = pairs[place]
            np.subtract(first, second, out=drawn)
            np.divide(drawn, error, out=drawn)
            # A rejected pair leaves in the direction shown only; the opposite direction stays in the family.
            (np.abs if still[place] else np.negative if statistic[place] > 0 else np.positive)(drawn, out=drawn)
            np.maximum(largest, drawn, out=largest)
        fresh = still & (np.abs(statistic) > np.quantile(largest, level))
        if not fresh.any():
            break
        shown |= fresh
    return np.where(shown, statistic, 0.0)


def _mark(above: Flags, first: Integers, second: Integers, signed: Floats) -> None:
    above[first[signed > 0], second[signed > 0]] = True
    above[second[signed < 0], first[signed < 0]] = True


def tiers(means: Floats, above: Flags) -> tuple[Integers, Integers]:
    """First and last tier of each area.

    Areas are lined up by their mean (equal means together). A tier is a longest run of neighbours whose first and
    last the data do not put in order. Two areas whose order is open thus always share a tier; an area may belong to
    several tiers in a row, because "not separable" does not carry over (a ~ b and b ~ c do not make a ~ c). Tiers
    are numbered from the top. Two areas without a common tier are always shown to differ.
    """
    levels = np.unique(means)[::-1]
    blocks = [np.flatnonzero(means == level) for level in levels]
    ends: list[int] = []
    for upper in blocks:
        open_to = [b for b, lower in enumerate(blocks) if not above[np.ix_(upper, lower)].all()]
        ends.append(max([*ends[-1:], *open_to]))
    starts = [b for b in range(len(blocks)) if b == 0 or ends[b] > ends[b - 1]]
    low, high = np.zeros(len(means), dtype=np.int64), np.zeros(len(means), dtype=np.int64)
    for b, block in enumerate(blocks):
        member = [number for number, start in enumerate(starts, 1) if start <= b <= ends[start]]
        low[block], high[block] = member[0], member[-1]
    return low, high


def top_shares(ballots: Ballots, *, top: int = TOP, draws: int = TOP_DRAWS, seed: int = SEED) -> Floats:
    """Share of bootstrap samples in which an area is among the first `top` (equal means share the smaller rank).

    A figure of stability under resampling, not a probability of being best.
    """
    order = np.argsort(np.array(ballots.items))
    rng = np.random.default_rng(seed)
    if ballots.n <= MOST_RESAMPLED:
        voters = np.repeat(ballots.points[:, order], ballots.counts, axis=0)
        # Two ballots are drawn at a time, from the table of all pairs.
        pairs = (voters[:, None, :] + voters[None, :, :]).reshape(-1, len(order))
        summed = voters[rng.integers(0, ballots.n, draws)] if ballots.n % 2 else np.zeros((draws, len(order)))
        for _ in range(ballots.n // 2):
            summed += pairs[rng.integers(0, len(pairs), draws)]
        totals = np.ascontiguousarray(summed.T)
    else:
        covariance = mean_covariance(ballots)[np.ix_(order, order)]
        totals = ballots.means[order][:, None] + normal_draws(covariance, draws, seed)
    totals = np.round(totals, 9)
    shares = np.empty(len(order))
    for place, column in enumerate(order):
        shares[column] = np.mean((totals > totals[place]).sum(axis=0) < top)
    return shares
