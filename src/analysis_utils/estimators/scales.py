"""Choice and scale questions: counts, shares, the middle, and how far people agree."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from .intervals import Floats, Integers
from .rows import NO_INTERVAL, SEED, Interval, Maker, Row

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

    Statistics (Scales):
    - `consensus`: 1 + Σ pᵢ log₂(1 − |xᵢ − x̄| / width). Interval: percentile bootstrap, 10,000 draws. Awkward: all
      equal: 1, no interval. Source: [Tastle]. Case: g09.
    Statistics (Two rounds):
    - `consensus_before`, `consensus_after`: see `consensus`: how far people of one round agree says nothing about
      change. Interval: bootstrap. Awkward: see `consensus`. Source: [Tastle]. Case: g09.
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

    Statistics (Scales):
    - `agreement_a`: van der Eijk's A: mean agreement of the layers of the distribution. Interval: percentile bootstrap,
      10,000 draws. Awkward: all equal: 1, no interval; fewer than three values: no row. Source: [Eijk]. Case: g09.
    """
    return float(agreement_of(counts[None])[0]) if counts.sum() and len(counts) >= 3 else math.nan


def agreement_of(distributions: Integers) -> Floats:
    """Van der Eijk's A of each row of people per value (three values or more)."""
    size, found = distributions.shape[1], []
    block = max(1, BLOCK // size**2)
    for start in range(0, len(distributions), block):
        part = distributions[start : start + block]
        tops = np.sort(part, axis=1)
        heights = np.diff(tops, axis=1, prepend=0)
        row, layer = np.nonzero(heights)
        patterns = part[row] >= tops[row, layer][:, None]
        first, place = np.arange(len(patterns)), np.arange(len(patterns))
        if size <= MOST_CODED:  # layers that are alike are computed once
            codes = patterns @ (1 << np.arange(size, dtype=np.int64))
            _, first, place = np.unique(codes, return_index=True, return_inverse=True)
        agreements = _layer_agreement(patterns[first].astype(np.int64))[place]
        people = heights[row, layer] * patterns.sum(axis=1)
        summed = np.bincount(row, weights=people * agreements, minlength=len(part))
        found.append(summed / part.sum(axis=1))
    return np.concatenate(found)


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


def bootstrap_interval(counts: Integers, index: Callable[[Integers], Floats]) -> tuple[Interval, str]:
    """Percentile bootstrap interval of an index of distributions, and the method's name.

    Parameters: `index`, from rows of people per value to numbers. Fewer than two people, or all alike: no interval.
    """
    n = int(counts.sum())
    if n < 2 or (counts > 0).sum() == 1:
        return NO_INTERVAL, "no interval: one answer" if n < 2 else "no interval: all answers equal"
    drawn = np.random.default_rng(SEED).multinomial(n, counts / n, size=INTERVAL_DRAWS)
    low, high = np.quantile(index(drawn), [0.025, 0.975]).tolist()
    return (low, high), f"percentile, {INTERVAL_DRAWS} bootstrap draws, seed {SEED}"


def agreement_rows(counts: Integers, row: Maker) -> list[Row]:
    """`consensus` (Tastle & Wierman) and `agreement_a` (van der Eijk; scales of three values or more), both with a
    bootstrap interval. Parameters: people per value of the scale, from the lowest. Nobody answered: no rows."""
    rows: list[Row] = []
    parts = [("consensus", consensus_of, "")]
    parts += [("agreement_a", agreement_of, "van der Eijk's layers; ")] if len(counts) >= 3 else []
    for name, index, told in parts if counts.sum() else ():
        interval, method = bootstrap_interval(counts, index)
        made = float(index(counts[None])[0])
        rows.append(row(name, made, interval=interval, n=int(counts.sum()), method=told + method))
    return rows
