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


def overlap_error(sd1: float, n1: int, sd2: float, n2: int, *, both: int, correlation: float) -> float:
    """Standard error of a difference of means when `both` people are in both rounds and their answers correlate.

    `both` and `correlation` cannot be known without links; independent samples (0) are the cautious side as long as
    the correlation is not negative.
    """
    shared = 2 * both * correlation * sd1 * sd2 / (n1 * n2)
    return math.sqrt(max(0.0, sd1**2 / n1 + sd2**2 / n2 - shared))
