"""Two rounds compared: differences of shares and means with intervals, and tests of change and of equivalence.

Pure functions on counts and values of two independent samples. Voters cannot be linked between rounds and some took
part twice; `overlap_error` says how much smaller the standard error could then be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

from .group_tests import subset_sums
from .intervals import MOST_DRAWN, Floats, Interval, clopper_pearson, lattice, wilson
from .ranking import root_of
from .rows import SEED

REDRAWN = 10_000
POWER = 0.8
MOST_PEOPLE = 600
"""Up to so many people in both rounds together the permutation test is exact …"""
MOST_SUMMED = 2_500_000_000
"""… unless a long scale makes their sums too many: people³ times the width of the scale."""


def newcombe_interval(x1: int, n1: int, x2: int, n2: int, *, level: float = 0.95) -> Interval:
    """Interval for the share x1/n1 minus the share x2/n2 (hybrid score). nan where a round has no answers.

    Source: Newcombe 1998, Statistics in Medicine 17, 873–890, method 10.

    Statistics (Two rounds):
    - `change_top_box_share`, `change_share`: difference of the shares. Interval: Newcombe, method 10. Source:
      [Newcombe]. Case: g11.
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

    Statistics (Two rounds):
    - `change_p`: exact two-sample permutation test of the means. Awkward: above 600 people: normal limit. Source:
      [Fisher]. Case: g11.
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


def share_permutation_p(x1: int, n1: int, x2: int, n2: int) -> float:
    """`permutation_p` for the shares x1/n1 and x2/n2, at any size. nan where a round has no answers.

    Statistics (Two rounds):
    - `change_p_top_box_share`, `change_p_share`: exact two-sample permutation test of the shares; options adjusted
      (Holm). Awkward: two options of which everybody chose one: one hypothesis, not adjusted. Source: [Fisher]. Case:
      `permutation_p`.
    """
    return float(_share_p(n1, n2, x1 + x2)[x1 - max(0, x1 + x2 - n2)]) if n1 and n2 else math.nan


@lru_cache(maxsize=4_096)
def _share_p(n1: int, n2: int, total: int) -> Floats:
    """p of every way to split `total` hits over the two rounds, from the fewest possible hits in the first upwards."""
    first = np.arange(max(0, total - n2), min(n1, total) + 1)
    logs = sum(
        special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
        for n, x in ((n1, first), (n2, total - first))
    )
    chances = np.exp(logs - logs.max())
    distance = np.abs(first / n1 - (total - first) / n2)
    order = np.argsort(distance)
    nearer = np.concatenate([[0.0], np.cumsum(chances[order])])
    reached = nearer[-1] - nearer[np.searchsorted(distance[order], distance - 1e-9, side="left")]
    return np.minimum(1.0, reached / chances.sum())


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


def welch(x: Floats, y: Floats) -> Welch | None:
    """Second mean minus first, as independent samples; None for fewer than two answers on a side, or without any
    spread.

    Statistics (Two rounds):
    - `equivalence_p_holm`: larger p of "not below −margin" and "not above margin", by Welch and by the studentised
      bootstrap at half its level, Holm over areas. Awkward: no spread, fewer than 10 givers in a round, or fewer
      ballots than `equivalence_fewest`: 1. Source: [Lakens]. Case: g11.
    - `change_mean`: difference of the means. Interval: Welch. Awkward: no spread: no interval. Source: [Lakens]. Case:
      g11.
    """
    if min(len(x), len(y)) < 2 or not (np.ptp(x) or np.ptp(y)):
        return None
    a, b = float(np.var(x, ddof=1)) / len(x), float(np.var(y, ddof=1)) / len(y)
    freedom = (a + b) ** 2 / (a**2 / (len(x) - 1) + b**2 / (len(y) - 1))
    return Welch(float(np.mean(y) - np.mean(x)), math.sqrt(a + b), freedom)


def simultaneous_intervals(
    x: Floats, y: Floats, *, level: float = 0.95, critical: float | None = None
) -> list[Interval]:
    """Intervals for the differences of column means (second minus first) that hold for all columns at once.

    Parameters: `x`, `y`, people × columns of two independent samples. Whole rows are drawn again; the largest
    studentised difference of a draw gives the one width all columns use (max-T; `critical` where it is known already).
    Nobody varies in a column, or a sample of fewer than two: nan. Source: Romano & Wolf 2005; Hall 1992 (studentising).

    Statistics (Two rounds):
    - `change_mean_points`: difference of the means. Interval: for all areas at once that enough gave points to: the 95
      % quantile of the largest studentised difference over 10,000 redrawn rounds (less than 5 % where other areas need
      a share of it). Awkward: fewer than 10 givers in one round: its limits as if each gave nothing or the most anybody
      gave (Clopper–Pearson), joined with the other's; in both: no interval. Source: [Romano]. Case: simulated.
    """
    if min(len(x), len(y)) < 2:
        return [(math.nan, math.nan)] * x.shape[1]
    observed, errors = y.mean(axis=0) - x.mean(axis=0), standard_errors(x, y)
    half = errors * (critical or critical_value(x, y, level=level))
    return [
        (float(d - h), float(d + h)) if error > 0 else (math.nan, math.nan)
        for d, h, error in zip(observed, half, errors, strict=True)
    ]


def sparse_interval(x: Floats, y: Floats, *, critical: float, columns: int) -> Interval:
    """Interval for the difference of one column's means (second minus first) where few gave anything in one round.

    A mean carried by a few answers has no trustworthy standard error, and none at all where nobody gave anything. The
    sparser round's limits are therefore those it would have if each gave nothing or the most that anybody gave in
    either round (Clopper–Pearson, at 5 % over all `columns`): no mean can spread wider. The other's lie `critical`
    standard errors from its mean. Both are joined as in Newcombe's interval. Source: Zou & Donner 2008.
    """
    sparse, most = min((x, y), key=np.count_nonzero), float(max(x.max(), y.max()))
    whole = clopper_pearson(float(sparse.sum()) / most, len(sparse), level=1 - 0.05 / columns)
    sides = []
    for values in (x, y):
        mean, reach = float(values.mean()), critical * float(values.std(ddof=1)) / math.sqrt(len(values))
        limits = (whole[0] * most, whole[1] * most) if values is sparse else (mean - reach, mean + reach)
        sides.append((mean, *limits))
    (m1, low1, high1), (m2, low2, high2) = sides
    return m2 - m1 - math.hypot(m2 - low2, high1 - m1), m2 - m1 + math.hypot(high2 - m2, m1 - low1)


def standard_errors(x: Floats, y: Floats) -> Floats:
    """Standard error of each difference of column means."""
    return np.sqrt(x.var(axis=0, ddof=1) / len(x) + y.var(axis=0, ddof=1) / len(y))


def critical_value(x: Floats, y: Floats, *, level: float = 0.95) -> float:
    """The standard errors that the largest of all studentised differences stays within, with probability `level`."""
    distance, error = _redrawn_differences(x, y)
    with np.errstate(divide="ignore", invalid="ignore"):
        studentised = np.where((error > 1e-12) & (standard_errors(x, y) > 0), np.abs(distance) / error, 0.0)
    return float(np.quantile(studentised.max(axis=1), level))


def _redrawn_differences(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Differences of column means of rounds drawn again, from the observed one (draws × columns), and their standard
    errors. Rounds of very many different rows are drawn from the normal limit of their means."""
    rng, observed = np.random.default_rng(SEED), y.mean(axis=0) - x.mean(axis=0)
    means, errors = [], []
    for sample in (x, y):
        rows, counts = np.unique(sample, axis=0, return_counts=True)
        n = len(sample)
        if len(rows) * REDRAWN > MOST_DRAWN:
            # Means of so many are as good as normal, and their errors as good as known.
            root = root_of(np.cov(sample, rowvar=False, bias=True) / n)
            means.append(sample.mean(axis=0) + rng.standard_normal((REDRAWN, len(root))) @ root.T)
            errors.append(sample.var(axis=0)[None] / (n - 1))
        else:
            drawn = rng.multinomial(n, counts / n, REDRAWN).astype(np.float64)
            means.append(drawn @ rows / n)
            errors.append(np.maximum(drawn @ rows**2 / n - means[-1] ** 2, 0.0) / (n - 1))
    return means[1] - means[0] - observed, np.sqrt(errors[0] + errors[1])


def studentised(x: Floats, y: Floats) -> Floats:
    """Differences of redrawn means from the observed one, in their own standard errors."""
    distance, error = (values[:, 0] for values in _redrawn_differences(x[:, None], y[:, None]))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(error > 1e-12, distance / error, np.sign(distance) * math.inf)


def detectable_mean(
    x: Floats, y: Floats, ends: Interval, *, critical: float | None = None, floor: float = -math.inf
) -> float:
    """The true difference from the earlier mean that is found with 80 % power, rising or falling, whichever takes more;
    rounded up to tenths, as it is printed.

    `ends` are the lowest and the highest value an answer can have: answers spread as observed, and the more, the more
    room a new mean leaves them. `critical`: standard errors a difference must exceed (default: Welch's test at 5 %).
    `floor`: a later mean below which this test is not used, so that only a fall to the end is promised. Fewer than two
    answers, or no spread: nan. Source: Cohen 1988, chapter 2, with t for the normal law.

    Statistics (Two rounds):
    - `detectable_mean_points`, `detectable_mean`: true difference from the earlier mean, rising or falling (whichever
      takes more), that is called a change with power 0.8; areas by the critical value of all areas at once, scales by
      the stricter one of Welch and bootstrap; answers spread as observed, and more where the new mean leaves more room;
      where a fall would leave too few givers, the fall to nothing; rounded up to tenths. Awkward: fewer than two
      answers, no spread, fewer than 10 givers: empty. Source: [Cohen]. Case: simulated.
    """
    test = welch(x, y)
    if test is None:
        return math.nan
    needed = (critical or special.stdtrit(test.freedom, 0.975)) + special.stdtrit(test.freedom, POWER)
    variances, mean = (float(np.var(x, ddof=1)), float(np.var(y, ddof=1))), float(np.mean(x))

    def room(of: float) -> float:
        """The largest variance answers between the two ends can have around a mean."""
        return max(0.0, (of - ends[0]) * (ends[1] - of))

    found = []
    for way in (1, -1):
        size = 0.0
        for _ in range(30):
            grown = max(1.0, room(mean + way * size) / (room(mean) or math.inf))
            size = float(needed) * math.sqrt(variances[0] / len(x) + variances[1] * grown / len(y))
        if ends[0] <= mean + way * size < floor:
            size = mean - ends[0]
        found += [size] if ends[0] <= mean + way * size <= ends[1] else []
    return math.ceil(10 * max(found) - 1e-9) / 10 if found else math.nan


@lru_cache(maxsize=4_096)
def detectable_share(p1: float, n1: int, n2: int, *, level: float = 0.05) -> float:
    """The smallest true difference from a share `p1`, in steps of a hundredth, that is called a change with 80 % power
    whether the share rises or falls by it; where only one way is possible, that way. nan where neither is.

    The power is exact: every pair of counts is gone through. Above 600 people the normal law takes its place.

    Statistics (Two rounds):
    - `detectable_top_box_share`, `detectable_share`: the same from the earlier share, in hundredths: exact power of
      test and interval over all pairs of counts; options at the strictest level of Holm. Awkward: above 600 people:
      normal law. Source: [Cohen]. Case: enumerated.
    """
    found = []
    for way in (1, -1):
        steps = ((step / 100, round(p1 + way * step / 100, 12)) for step in range(1, 101))
        powers = (size for size, p2 in steps if 0 <= p2 <= 1 and _share_power(p1, n1, p2, n2, level) >= POWER)
        found += [size] if (size := next(powers, None)) else []
    return max(found, default=math.nan)


def _share_power(p1: float, n1: int, p2: float, n2: int, level: float) -> float:
    """Chance that shares p1 and p2 are called changed."""
    if n1 + n2 <= MOST_PEOPLE:
        return float(_binomial(n1, p1) @ _called_changed(n1, n2, level) @ _binomial(n2, p2))
    error = math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    return float(special.ndtr(abs(p2 - p1) / error - special.ndtri(1 - level / 2))) if error else 1.0


def _binomial(n: int, p: float) -> Floats:
    counts = np.arange(n + 1)
    logs = special.gammaln(n + 1) - special.gammaln(counts + 1) - special.gammaln(n - counts + 1)
    return np.exp(logs + special.xlogy(counts, p) + special.xlog1py(n - counts, -p))


@lru_cache(maxsize=16)
def _called_changed(n1: int, n2: int, level: float) -> Floats:
    """1 where the counts x1 (rows) and x2 (columns) are called a change: by the test and by the interval."""
    called = np.zeros((n1 + 1, n2 + 1))
    for x1, x2 in np.ndindex(called.shape):
        if share_permutation_p(x1, n1, x2, n2) <= level:
            low, high = newcombe_interval(x2, n2, x1, n1)
            called[x1, x2] = low > 0 or high < 0
    return called


def equivalence(x: Floats, y: Floats, margin: float) -> tuple[float, float]:
    """p of "the means differ by the margin or more", of Welch's TOST and twice that of the studentised bootstrap; means
    are called unchanged where both say so, hence the larger p decides.

    Welch's TOST alone calls up to 12 % of pairs that differ by the margin unchanged where answers crowd at an end of a
    scale; redrawn rounds know their skewness, though in small samples not all of it (hence half the level). No spread,
    or fewer than two answers: 1. Source: Lakens 2017; Hall 1992.

    Statistics (Two rounds):
    - `equivalence_p`: the same for the mean of a scale: Welch's TOST and that of the studentised bootstrap at half its
      level, the larger p. Awkward: no spread, or fewer answers than `equivalence_fewest`: 1. Source: [Lakens]. Case:
      g11, simulated.
    - `equivalence_p_welch`, `equivalence_p_bootstrap`: the two tests `equivalence_p` is the larger of, in points before
      Holm: Welch's TOST; twice the p of the studentised bootstrap. The sentence names the one that decides. Awkward: no
      test: empty, `method` says why. Source: [Lakens]. Case: g11, simulated.
    """
    test = welch(x, y)
    if test is None:
        return 1.0, 1.0
    drawn = studentised(x, y)
    above = np.mean(drawn <= (test.difference - margin) / test.error)
    below = np.mean(drawn >= (test.difference + margin) / test.error)
    return test.equivalence_p(margin), min(1.0, 2 * float(max(above, below)))


def bootstrap_p(x: Floats, y: Floats) -> float:
    """Two-sided p of equal means by the studentised bootstrap, which neither unequal spread nor skewness misleads: the
    permutation test is wrong in 17 % of pairs where the smaller round spreads much wider. No spread, or fewer than two
    answers: 1. Source: Hall 1992.

    Statistics (Two rounds):
    - `change_p_bootstrap`: studentised bootstrap of the difference, for rounds that spread unequally. Awkward: no
      spread: 1. Source: [Romano]. Case: simulated.
    """
    test = welch(x, y)
    if test is None:
        return 1.0
    drawn = np.abs(studentised(x, y))
    return float(1 + np.count_nonzero(drawn >= abs(test.difference) / test.error - 1e-9)) / (1 + len(drawn))


def fewest_for_equivalence(margin: float, span: float) -> int:
    """Answers a round needs before a mean may be called unchanged: with fewer, all of them may miss a part of the room
    that alone, by the widest possible distance `span`, moves the mean by the margin (chance above 5 %).

    Statistics (Two rounds):
    - `equivalence_fewest`: answers a round needs before a mean may be called unchanged: log 0.05 / log(1 − margin /
      width of the scale). Case: simulated.
    """
    return math.ceil(math.log(0.05) / math.log1p(-margin / span)) if margin < span else 1


def share_equivalence_p(x1: int, n1: int, x2: int, n2: int, margin: float) -> float:
    """Smallest level at which the two-sided 1 − 2·level interval of the difference lies within ±margin (TOST by
    Newcombe's interval). Source: Lakens 2017; Newcombe 1998.

    Statistics (Two rounds):
    - `equivalence_p_top_box_share`, `equivalence_p_share`: smallest level at which Newcombe's interval lies within the
      margin; options adjusted (Holm). Awkward: two options of which everybody chose one: one hypothesis, not adjusted.
      Source: [Lakens]. Case: g11.
    """
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

    Statistics (Two rounds):
    - `overlap_change_mean_points`, `overlap_change_mean`: the difference, with the interval it would have if so many
      people had answered twice and alike; the item is "area|people|correlation". Interval: Welch with the smaller
      error. Awkward: assumed, never observed. Source: golden case. Case: g11.
    """
    shared = 2 * both * correlation * sd1 * sd2 / (n1 * n2)
    return math.sqrt(max(0.0, sd1**2 / n1 + sd2**2 / n2 - shared))
