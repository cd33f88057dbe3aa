"""How far the answers on a rating scale agree: two indices that must not be read on one another's scale."""

from __future__ import annotations

import math

import numpy as np

from .intervals import Integers
from .rows import NO_INTERVAL, SEED, Interval

INTERVAL_DRAWS = 10_000


def consensus(counts: Integers) -> float:
    """Tastle & Wierman's consensus of a scale distribution (people per value, from the lowest).

    1 + Σ p_i log2(1 − |x_i − mean| / width). 1: everyone equal (one respondent too); 0: half at either end; evenly
    spread over ten values: 0.49, which therefore is no "medium agreement". Nobody answered: nan. Source: Tastle &
    Wierman 2007.
    """
    n = int(counts.sum())
    if n == 0:
        return math.nan
    values = np.arange(len(counts), dtype=np.float64)
    distance = np.abs(values - counts @ values / n) / (len(counts) - 1)
    held = counts > 0
    return float(1 + counts[held] / n @ np.log2(1 - distance[held]))


def agreement_a(counts: Integers) -> float:
    """Van der Eijk's agreement A of a scale distribution (people per value, from the lowest).

    The distribution is cut into layers of equal height; A is the mean of the layers' agreement, weighted by the
    people in them. 1: one value only; 0: evenly spread; −1: half at either end. Polarisation is (1 − A) / 2. Nobody
    answered, or a scale of fewer than three values: nan. Source: van der Eijk 2001.
    """
    n = int(counts.sum())
    if n == 0 or len(counts) < 3:
        return math.nan
    total, left = 0.0, counts.astype(np.int64)
    while (pattern := left > 0).any():
        height = int(left[pattern].min())
        total += height * int(pattern.sum()) / n * _layer_agreement(pattern.astype(np.int64))
        left = left - height * pattern
    return total


def _layer_agreement(pattern: Integers) -> float:
    """Agreement of one layer of zeros and ones: unimodality times (1 − (ones − 1) / (values − 1))."""
    size, ones = len(pattern), int(pattern.sum())
    if ones in (1, size):
        return 1.0 if ones == 1 else 0.0
    before, after = np.cumsum(pattern) - pattern, pattern.sum() - np.cumsum(pattern)
    empty = 1 - pattern
    gaps_before, gaps_after = np.cumsum(empty) - empty, empty.sum() - np.cumsum(empty)
    unimodal = int((pattern * (before * gaps_after + gaps_before * after)).sum())
    bimodal = int((empty * before * after).sum())
    unimodality = ((size - 2) * unimodal - (size - 1) * bimodal) / ((size - 2) * (unimodal + bimodal))
    return unimodality * (1 - (ones - 1) / (size - 1))


def consensus_interval(counts: Integers, *, level: float = 0.95) -> tuple[Interval, str]:
    """Percentile bootstrap interval of the consensus, from drawn distributions; none for fewer than two people."""
    n = int(counts.sum())
    if n < 2 or (counts > 0).sum() == 1:
        return NO_INTERVAL, "no interval: one answer" if n < 2 else "no interval: all answers equal"
    drawn = np.random.default_rng(SEED).multinomial(n, counts / n, size=INTERVAL_DRAWS)
    values = np.arange(len(counts), dtype=np.float64)
    distance = np.abs(values - drawn @ values[:, None] / n) / (len(counts) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(drawn > 0, drawn / n * np.log2(1 - distance), 0.0)
    low, high = np.quantile(1 + parts.sum(axis=1), [(1 - level) / 2, (1 + level) / 2])
    return (float(low), float(high)), f"percentile, {INTERVAL_DRAWS} bootstrap draws, seed {SEED}"
