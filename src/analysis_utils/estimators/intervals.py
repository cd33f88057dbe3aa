"""Intervals for a share and for a mean, as functions of counts and values alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import fft, special

from .rows import NO_INTERVAL, SEED, Interval, Maker, Row

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DRAWS = 20_000
MOST_GATHERED = 500
LONGEST_TRANSFORM = 2**24
MOST_DRAWN = 40_000_000
"""Values times draws at most; a mean of more is as good as normal."""


def wilson(x: float, n: float, *, level: float = 0.95) -> Interval:
    """Wilson score interval for a share: `x` of `n` people. (nan, nan) where nobody answered. Source: Wilson 1927."""
    if n == 0:
        return math.nan, math.nan
    z = float(special.ndtri((1 + level) / 2))
    centre = (x + z * z / 2) / (n + z * z)
    half = z * math.sqrt(x * (n - x) / n + z * z / 4) / (n + z * z)
    return (0.0 if x == 0 else centre - half), (1.0 if x == n else centre + half)


def clopper_pearson(x: float, n: int, *, level: float = 0.95) -> Interval:
    """Interval of guaranteed level for a share, from beta quantiles; `x` may be a fraction of people. (nan, nan) where
    nobody answered."""
    if n == 0:
        return math.nan, math.nan
    tail = (1 - level) / 2
    low = 0.0 if x == 0 else float(special.betaincinv(x, n - x + 1, tail))
    high = 1.0 if x == n else float(special.betaincinv(x + 1, n - x, 1 - tail))
    return low, high


def bootstrap_mean(
    values: Floats,
    counts: Integers | None = None,
    *,
    kind: str = "BCa",
    level: float = 0.95,
    bias_ties: str = "half",
    freedom: int | None = None,
) -> tuple[Interval, str]:
    """Bootstrap interval of a mean ("BCa", or "percentile" for comparison), and the method's name.

    Parameters: `values` with `counts` people behind each (one each by default), any unit. `bias_ties` says how draws
    equal to the observed mean enter the bias correction: counted "half", or not at all ("strict", as R's boot does).
    The bootstrap distribution is not drawn but computed: it is the n-fold convolution of the answers on the lattice
    they lie on. The end of the interval is the smallest attainable mean whose cumulative probability reaches the
    level. Values without a lattice are drawn with a fixed seed. One answer, or all equal: no interval (nan, nan).
    `freedom`: the level is that of Student's t with so many degrees of freedom, times √(n / (n − 1)), where few answers
    carry the spread. Source: Efron 1987; DiCiccio & Efron 1996; Hesterberg 2015 (the widening).
    """
    values, counts = distinct(values, counts)
    n = int(counts.sum())
    if n < 2 or len(values) == 1:
        return NO_INTERVAL, f"no interval: {('nobody answered', 'one answer')[n] if n < 2 else 'all answers equal'}"
    means, chances, observed, method = bootstrap_distribution(values, counts)
    levels = np.array([(1 - level) / 2, (1 + level) / 2])
    if kind == "BCa":
        below = float(chances[:observed].sum() + (chances[observed] / 2 if bias_ties == "half" else 0))
        deviations = values - np.average(values, weights=counts)
        acceleration = float(counts @ deviations**3 / (6 * (counts @ deviations**2) ** 1.5))
        z0, reach = float(special.ndtri(below)), float(special.ndtri((1 + level) / 2))
        if freedom is not None:
            reach = math.sqrt(n / (n - 1)) * float(special.stdtrit(freedom, (1 + level) / 2))
            method += f", widened as Student's t of {freedom + 1} givers"
        z = z0 + np.array([-reach, reach])
        levels = special.ndtr(z0 + z / (1 - acceleration * z))
    low, high = means[np.minimum(np.searchsorted(np.cumsum(chances), levels), len(means) - 1)].tolist()
    return (low, high), f"{kind}, {method}"


FEWEST_GIVERS, FEW_GIVERS = 10, 15
"""Below so many givers the interval of mean points is left out; below the second it is widened (coverage.md)."""


def points_mean(values: Floats, counts: Integers | None = None, *, kind: str = "BCa") -> tuple[Interval, str]:
    """Bootstrap interval ("BCa" or "percentile") of mean points, zeros kept, or none with the reason.

    Statistics (Points: the ranking):
    - `mean_points`: mean points of an area, zeros kept. Interval: BCa; widened below 15 givers. Awkward: fewer than 10
      givers, one ballot, all equal: none. Source: [Efron], [DiCiccio], [Hesterberg]. Case: g02.
    """
    values, counts = distinct(values, counts)
    givers = int(counts[values > 0].sum())
    if givers < FEWEST_GIVERS:
        return NO_INTERVAL, f"no interval: fewer than {FEWEST_GIVERS} givers, see share_giving_points"
    freedom = givers - 1 if givers < FEW_GIVERS and kind == "BCa" else None
    return bootstrap_mean(values, counts, kind=kind, freedom=freedom)


def distinct(values: Floats, counts: Integers | None = None) -> tuple[Floats, Integers]:
    """Different values in ascending order, and how many people hold each."""
    values = np.asarray(values, dtype=np.float64)
    counts = np.ones(len(values), dtype=np.int64) if counts is None else np.asarray(counts, dtype=np.int64)
    steps = lattice(values) if len(values) > MOST_GATHERED else None
    if steps is not None and steps[0].max() <= len(values):  # counted without sorting
        held = np.bincount(steps[0], weights=counts)
        places = np.flatnonzero(held)
        first = np.zeros(len(held), dtype=np.int64)
        first[steps[0]] = np.arange(len(values))
        return values[first[places]], held[places].astype(np.int64)
    found, place = np.unique(values, return_inverse=True)
    return found, np.bincount(place, weights=counts, minlength=len(found)).astype(np.int64)


def bootstrap_distribution(values: Floats, counts: Integers) -> tuple[Floats, Floats, int, str]:
    """The bootstrap distribution of the mean of distinct `values` seen `counts` times: attainable means in order, their
    probabilities, the index of the observed mean among them, and how it was obtained."""
    n, total, found = int(counts.sum()), counts @ values, lattice(values)
    if found is None and len(values) * DRAWS <= MOST_DRAWN:
        rng = np.random.default_rng(SEED)
        if n <= MOST_GATHERED:
            drawn = np.repeat(values, counts)[rng.integers(0, n, size=(DRAWS, n))].mean(axis=1)
        else:
            drawn = rng.multinomial(n, counts / n, size=DRAWS) @ values / n
        mean = round(float(total / n), 9)
        means, seen = np.unique(np.append(np.round(drawn, 9), mean), return_counts=True)
        place = int(np.searchsorted(means, mean))
        seen[place] -= 1
        return means, seen / DRAWS, place, f"{DRAWS} bootstrap draws, seed {SEED}"
    if found is not None:
        steps, origin, step = found
        widest, observed = int(steps.max()), int(counts @ steps)
        spread = float(np.average((steps - np.average(steps, weights=counts)) ** 2, weights=counts))
        # Farther from the observed total a bootstrap total lies with a probability below 1e-18 (Bernstein).
        reach = min(n * widest, math.ceil(14 * widest + math.sqrt(196 * widest**2 + 84 * n * spread)))
        if 2 * reach + 1 <= LONGEST_TRANSFORM:
            first, last = max(0, observed - reach), min(n * widest, observed + reach)
            size = fft.next_fast_len(max(last - first, widest) + 1, real=True)
            single = np.zeros(size)
            single[steps] = counts / n
            around, totals = fft.irfft(fft.rfft(single) ** n, size), np.arange(first, last + 1)
            chances = np.maximum(around[totals % size], 0.0)
            return origin + step * totals / n, chances, observed - first, "exact bootstrap distribution"
    mean, grid = float(np.average(values, weights=counts)), np.linspace(-8, 8, 100_001)
    error = math.sqrt(float(np.average((values - mean) ** 2, weights=counts)) / n)
    density = np.exp(-(grid**2) / 2)
    told = "normal approximation of the bootstrap distribution"
    return mean + error * grid, density / density.sum(), 50_000, told


def lattice(values: Floats) -> tuple[Integers, float, float] | None:
    """Integers s and numbers (origin, step) with values = origin + step · s, or None where three decimals do not do."""
    for scale in (1, 10, 100, 1000):
        scaled = np.rint(values * scale)
        if np.allclose(values * scale, scaled, rtol=0, atol=1e-7):
            offsets = (scaled - scaled.min()).astype(np.int64)
            step = int(np.gcd.reduce(offsets)) or 1
            return offsets // step, float(scaled.min()) / scale, step / scale
    return None


def shares(row: Maker, names: Sequence[str], count: int, n: int, **item: str) -> list[Row]:
    """A number of people and the share they are of n, with its Wilson interval, under the two statistics named."""
    counted = row(names[0], count, n=n, method="count", **item)
    return [counted, row(names[1], count / n, interval=wilson(count, n), n=n, method="Wilson", **item)]
