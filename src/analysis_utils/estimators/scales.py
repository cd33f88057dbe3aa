"""Choice and scale questions: counts, shares, the middle, and how far people agree."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .intervals import Floats, Integers
from .rows import NO_INTERVAL, SEED, Interval, Row, estimate_row

INTERVAL_DRAWS = 10_000
MOST_CODED = 62
"""Values of a scale up to which a layer of zeros and ones fits into one whole number."""
BLOCK = 4_000_000
"""Entries that layers are computed for at a time."""


def consensus(counts: Integers) -> float:
    """Tastle & Wierman's consensus of a scale distribution (people per value, from the lowest).

    1 + Σ p_i log2(1 − |x_i − mean| / width). 1: everyone equal (one respondent too); 0: half at either end; evenly
    spread over ten values: 0.49, which therefore is no "medium agreement". Nobody answered: nan. Source: Tastle &
    Wierman 2007.
    """
    return float(consensus_of(counts[None])[0]) if counts.sum() else math.nan


def consensus_of(distributions: Integers) -> Floats:
    """Consensus of each row of people per value."""
    size, n = distributions.shape[1], distributions.sum(axis=1, keepdims=True)
    values = np.arange(size, dtype=np.float64)
    distance = np.abs(values - distributions @ values[:, None] / n) / (size - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(distributions > 0, distributions / n * np.log2(1 - distance), 0.0)
    return 1 + parts.sum(axis=1)


def agreement_a(counts: Integers) -> float:
    """Van der Eijk's agreement A of a scale distribution (people per value, from the lowest).

    The distribution is cut into layers of equal height; A is the mean of the layers' agreement, weighted by the
    people in them. 1: one value only; 0: evenly spread; −1: half at either end. Polarisation is (1 − A) / 2. Nobody
    answered, or a scale of fewer than three values: nan. Source: van der Eijk 2001.
    """
    return float(agreement_of(counts[None])[0]) if counts.sum() and len(counts) >= 3 else math.nan


def agreement_of(distributions: Integers) -> Floats:
    """Van der Eijk's A of each row of people per value (three values or more)."""
    size = distributions.shape[1]
    block = max(1, BLOCK // size**2)
    parts = [_agreement_of(distributions[start : start + block]) for start in range(0, len(distributions), block)]
    return np.concatenate(parts)


def _agreement_of(distributions: Integers) -> Floats:
    tops = np.sort(distributions, axis=1)
    heights = np.diff(tops, axis=1, prepend=0)
    row, layer = np.nonzero(heights)
    patterns = distributions[row] >= tops[row, layer][:, None]
    people = heights[row, layer] * patterns.sum(axis=1)
    summed = np.bincount(row, weights=people * _layer_agreements(patterns), minlength=len(distributions))
    return summed / distributions.sum(axis=1)


def _layer_agreements(patterns: NDArray[np.bool_]) -> Floats:
    """Agreement of each layer, computed once for layers that are alike."""
    if patterns.shape[1] > MOST_CODED:
        return _layer_agreement(patterns.astype(np.int64))
    codes = patterns @ (1 << np.arange(patterns.shape[1], dtype=np.int64))
    _, first, place = np.unique(codes, return_index=True, return_inverse=True)
    return _layer_agreement(patterns[first].astype(np.int64))[place]


def _layer_agreement(patterns: Integers) -> Floats:
    """Agreement of each layer of zeros and ones: unimodality times (1 − (ones − 1) / (values − 1))."""
    size, ones = patterns.shape[1], patterns.sum(axis=1, keepdims=True)
    before = np.cumsum(patterns, axis=1) - patterns
    after, empty = ones - before - patterns, 1 - patterns
    gaps_before = np.cumsum(empty, axis=1) - empty
    gaps_after = size - ones - gaps_before - empty
    unimodal = (patterns * (before * gaps_after + gaps_before * after)).sum(axis=1)
    bimodal = (empty * before * after).sum(axis=1)
    # One value alone, or all of them, have no such triples.
    triples = np.maximum(unimodal + bimodal, 1)
    unimodality = ((size - 2) * unimodal - (size - 1) * bimodal) / ((size - 2) * triples)
    return np.where(ones[:, 0] == 1, 1.0, unimodality * (1 - (ones[:, 0] - 1) / (size - 1)))


def bootstrap_interval(
    counts: Integers, index: Callable[[Integers], Floats], *, draws: int = INTERVAL_DRAWS, level: float = 0.95
) -> tuple[Interval, str]:
    """Percentile bootstrap interval of an index of distributions, and the method's name.

    Parameters: `index`, from rows of people per value to numbers. Fewer than two people, or all alike: no interval.
    """
    n = int(counts.sum())
    if n < 2 or (counts > 0).sum() == 1:
        return NO_INTERVAL, "no interval: one answer" if n < 2 else "no interval: all answers equal"
    drawn = np.random.default_rng(SEED).multinomial(n, counts / n, size=draws)
    low, high = np.quantile(index(drawn), [(1 - level) / 2, (1 + level) / 2])
    return (float(low), float(high)), f"percentile, {draws} bootstrap draws, seed {SEED}"


def agreement_rows(counts: Integers, question: str, *, segment: str = "all") -> list[Row]:
    """`consensus` (Tastle & Wierman) and `agreement_a` (van der Eijk; scales of three values or more), both with a
    bootstrap interval. Parameters: people per value of the scale, from the lowest. Nobody answered: no rows."""
    if not counts.sum():
        return []
    row = partial(estimate_row, question, segment=segment, n=int(counts.sum()))
    interval, method = bootstrap_interval(counts, consensus_of)
    rows = [row("consensus", consensus(counts), interval=interval, method=method)]
    if len(counts) >= 3:
        interval, method = bootstrap_interval(counts, agreement_of)
        rows.append(
            row("agreement_a", agreement_a(counts), interval=interval, method=f"van der Eijk's layers; {method}")
        )
    return rows
