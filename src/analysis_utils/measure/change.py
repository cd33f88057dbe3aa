"""Two rounds compared: differences of shares and means with intervals, and tests of change and of equivalence.

Pure functions on counts and values of two independent samples. Voters cannot be linked between rounds and some took
part twice; `overlap_error` says how much smaller the standard error could then be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from .group_tests import subset_sums
from .intervals import Floats, Interval, lattice, wilson
from .rows import SEED

REDRAWN = 10_000
POWER = 0.8
MOST_PEOPLE = 600
"""Up to so many people in both rounds together the permutation test is exact."""


def newcombe_interval(x1: int, n1: int, x2: int, n2: int, *, level: float = 0.95) -> Interval:
    """Interval for the share x1/n1 minus the share x2/n2 (hybrid score). nan where a round has no answers.

    Source: Newcombe 1998, Statistics in Medicine 17, 873–890, method 10.
    """
    if not n1 or not n2:
        return math.nan, math.nan
    (low1, high1), (low2, high2) = wilson(x1, n1, level=level), wilson(x2, n2, level=level)
    p1, p2 = x1 / n1, x2 / n2
    below, above = math.hypot(p1 - low1, high2 - p2), math.hypot(high1 - p1, p2 - low2)
    return p1 - p2 - below, p1 - p2 + above


def permutation_p(x: Floats, y: Floats) -> float:
    """Two-sided exact permutation test of equal means: share of relabellings with at least the observed difference.

    Values must lie on a lattice of three decimals. Source: Fisher 1935; R exactRankTests. Raises: ValueError for values
    without a lattice, an empty side, or more than 600 people.
    """
    pooled = np.concatenate([x, y])
    found = lattice(pooled) if len(x) and len(y) else None
    if found is None or len(pooled) > MOST_PEOPLE:
        raise ValueError(f"permutation_p: expected values on a lattice from 1–{MOST_PEOPLE} people, saw {len(pooled)}.")
    values, ties = np.unique(found[0], return_counts=True)
    ways = subset_sums(values, ties, len(x))
    sums, total = np.arange(len(ways), dtype=np.float64), float(found[0].sum())
    distance = np.abs(sums / len(x) - (total - sums) / len(y))
    observed = distance[int(found[0][: len(x)].sum())]
    return float(ways[distance >= observed - 1e-9].sum() / ways.sum())


@dataclass(frozen=True)
class Welch:
    """Difference of means (second minus first), its standard error and degrees of freedom (unequal variances)."""

    difference: float
    error: float
    freedom: float

    def interval(self, *, level: float = 0.95) -> Interval:
        half = self.error * float(special.stdtrit(self.freedom, (1 + level) / 2))
        return self.difference - half, self.difference + half

    def equivalence_p(self, margin: float) -> float:
        """TOST: the larger p of "not below −margin" and "not above +margin". Source: Lakens 2017."""
        below = special.stdtr(self.freedom, -(self.difference + margin) / self.error)
        above = special.stdtr(self.freedom, (self.difference - margin) / self.error)
        return float(max(below, above))


def welch(x: Floats, y: Floats) -> Welch:
    """Second mean minus first, as independent samples. Raises: ValueError for fewer than two answers on a side, or
    without any spread."""
    if min(len(x), len(y)) < 2 or not (np.ptp(x) or np.ptp(y)):
        raise ValueError(f"welch: expected two answers and some spread on each side, saw {len(x)} and {len(y)}.")
    a, b = float(np.var(x, ddof=1)) / len(x), float(np.var(y, ddof=1)) / len(y)
    freedom = (a + b) ** 2 / (a**2 / (len(x) - 1) + b**2 / (len(y) - 1))
    return Welch(float(np.mean(y) - np.mean(x)), math.sqrt(a + b), freedom)


def simultaneous_intervals(x: Floats, y: Floats, *, level: float = 0.95) -> list[Interval]:
    """Intervals for the differences of column means (second minus first) that hold for all columns at once.

    Parameters: `x`, `y`, people × columns of two independent samples. Whole rows are drawn again; the largest
    studentised difference of a draw gives the one width all columns use (max-T). Nobody varies in a column, or a sample
    of fewer than two: nan. Source: Romano & Wolf 2005; Hall 1992 for studentising.
    """
    columns = x.shape[1]
    if min(len(x), len(y)) < 2:
        return [(math.nan, math.nan)] * columns
    observed = y.mean(axis=0) - x.mean(axis=0)
    errors = np.sqrt(x.var(axis=0, ddof=1) / len(x) + y.var(axis=0, ddof=1) / len(y))
    rng = np.random.default_rng(SEED)
    (first, first_error), (second, second_error) = (_redrawn(sample, rng) for sample in (x, y))
    spread = np.sqrt(first_error + second_error)
    usable = errors > 0
    distance = np.abs(second - first - observed)
    with np.errstate(divide="ignore", invalid="ignore"):
        studentised = np.where((spread > 1e-12) & usable, distance / spread, 0.0)
    half = errors * float(np.quantile(studentised.max(axis=1), level))
    return [
        (float(d - h), float(d + h)) if known else (math.nan, math.nan)
        for d, h, known in zip(observed, half, usable, strict=True)
    ]


def _redrawn(sample: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Column means of samples drawn again from the rows, and the variance of each of these means."""
    rows, counts = np.unique(sample, axis=0, return_counts=True)
    n = len(sample)
    drawn = rng.multinomial(n, counts / n, REDRAWN).astype(np.float64)
    means = drawn @ rows / n
    return means, np.maximum(drawn @ rows**2 / n - means**2, 0.0) / (n - 1)


def detectable_difference(sd1: float, n1: int, sd2: float, n2: int) -> float:
    """The true difference of two means that a two-sided test at 5 % finds with 80 % power (normal approximation).

    Source: Cohen 1988, chapter 2.
    """
    return float(special.ndtri(0.975) + special.ndtri(POWER)) * math.sqrt(sd1**2 / n1 + sd2**2 / n2)


def share_equivalence_p(x1: int, n1: int, x2: int, n2: int, margin: float) -> float:
    """Smallest level at which the two-sided 1 − 2·level interval of the difference lies within ±margin (TOST by
    Newcombe's interval). Source: Lakens 2017; Newcombe 1998."""
    low, high = 0.0, 0.5
    for _ in range(50):
        middle = (low + high) / 2
        ends = newcombe_interval(x2, n2, x1, n1, level=1 - 2 * middle)
        inside = -margin < ends[0] and ends[1] < margin
        low, high = (low, middle) if inside else (middle, high)
    return high


def overlap_error(sd1: float, n1: int, sd2: float, n2: int, *, both: int, correlation: float) -> float:
    """Standard error of a difference of means when `both` people are in both rounds and their answers correlate.

    `both` and `correlation` cannot be known without links; independent samples (0) are the cautious side as long as
    the correlation is not negative.
    """
    shared = 2 * both * correlation * sd1 * sd2 / (n1 * n2)
    return math.sqrt(max(0.0, sd1**2 / n1 + sd2**2 / n2 - shared))
