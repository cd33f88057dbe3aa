"""The priority ranking: mean points, people who gave points, ranks with their confidence sets, tiers."""

from __future__ import annotations

from functools import partial

import numpy as np

from .ballots import Ballots
from .choices import share_rows
from .intervals import Floats, Integers, bca_mean, percentile_mean
from .rank_sets import FEWEST_BALLOTS, MOST_RESAMPLED, SET_DRAWS, TOP, TOP_DRAWS, RankSets, tiers, top_shares
from .rows import NO_INTERVAL, SEED, Interval, Row, estimate_row

FEWEST_GIVERS = 10
"""Below so many givers the interval of a mean is not to be trusted (methodology.md) and is left out."""
BANDS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)
"""Upper ends of the classes of points, as parts of a ballot's total, that the distribution is published in."""


def competition_ranks(scores: Floats) -> Integers:
    """Rank 1 for the largest score; ties share the smaller rank (1, 2, 2, 4)."""
    return 1 + (scores[None, :] > scores[:, None]).sum(axis=1)


def weighted_quantiles(values: Floats, counts: Integers, levels: Floats) -> Floats:
    """Quantiles with linear interpolation (R's type 7) of values seen `counts` times, without repeating them."""
    order = np.argsort(values, kind="stable")
    ends = np.cumsum(counts[order])
    place = levels * (ends[-1] - 1)
    whole = np.floor(place)
    below = values[order][np.searchsorted(ends, whole + 1)]
    above = values[order][np.searchsorted(ends, np.minimum(whole + 2, ends[-1]))]
    return below + (place - whole) * (above - below)


def mean_interval(ballots: Ballots, column: int, *, kind: str = "BCa") -> tuple[Interval, str]:
    """Bootstrap interval ("BCa" or "percentile") of one area's mean points, or none with the reason."""
    if ballots.givers[column] < FEWEST_GIVERS:
        return NO_INTERVAL, f"no interval: fewer than {FEWEST_GIVERS} givers, see share_giving_points"
    method = bca_mean if kind == "BCa" else percentile_mean
    return method(ballots.points[:, column], ballots.counts)


def ranking_rows(ballots: Ballots, question: str, sets: RankSets, *, segment: str = "all", part: int = 1) -> list[Row]:
    """All rows of the ranking by mean points, area by area. Nobody answered: no rows.

    Parameters: `sets`, the ballots' rank sets; `part`, by which the number of draws is divided.
    """
    if ballots.n == 0:
        return []
    standing = standing_rows(ballots, question, sets, segment=segment, part=part)
    rows: list[Row] = []
    for column, item in enumerate(ballots.items):
        rows += amount_rows(ballots, column, question, segment=segment)
        rows += [row for row in standing if row["item"] == item]
    return rows


def amount_rows(ballots: Ballots, column: int, question: str, *, segment: str = "all") -> list[Row]:
    """How much one area got and from how many: mean with intervals, givers, mean of the givers, quartiles."""
    item, points, n = ballots.items[column], ballots.points[:, column], ballots.n
    row = partial(estimate_row, question, item=item, segment=segment)
    mean, givers = float(ballots.means[column]), int(ballots.givers[column])
    interval, method = mean_interval(ballots, column)
    percentile, percentile_method = mean_interval(ballots, column, kind="percentile")
    quarters = weighted_quantiles(points, ballots.counts, np.array([0.25, 0.5, 0.75]))
    names = ("lower_quartile_points", "median_points", "upper_quartile_points")
    rows = [
        row("mean_points", mean, interval=interval, n=n, method=method),
        row("mean_points_percentile", mean, interval=percentile, n=n, method=percentile_method),
        *share_rows(question, "givers", "share_giving_points", givers, n, item=item, segment=segment),
    ]
    if givers:
        few = f"no interval: fewer than {FEWEST_GIVERS} givers"
        given = points > 0
        interval, method = (
            (NO_INTERVAL, few) if givers < FEWEST_GIVERS else bca_mean(points[given], ballots.counts[given])
        )
        rows.append(row("mean_points_given", mean * n / givers, interval=interval, n=givers, method=method))
    return rows + [
        row(name, float(value), n=n, method="linear interpolation") for name, value in zip(names, quarters, strict=True)
    ]


def standing_rows(ballots: Ballots, question: str, sets: RankSets, *, segment: str = "all", part: int = 1) -> list[Row]:
    """`rank` with its simultaneous confidence set, `tier`, `could_be_top3` and `p_top3`, area by area.

    On a `tier` row, estimate and low are the first tier an area belongs to, high the last. `could_be_top3` is 1 when
    the rank set reaches rank 3.
    """
    first, last = tiers(ballots.means, sets.above)
    ranks, stability = competition_ranks(ballots.means), top_shares(ballots, draws=TOP_DRAWS // part)
    how = f"stepdown rank sets, {SET_DRAWS // part} draws, seed {SEED}"
    if ballots.n < FEWEST_BALLOTS:
        how = f"fewer than {FEWEST_BALLOTS} ballots order nothing"
    drawn = "bootstrap" if ballots.n <= MOST_RESAMPLED else "normal limit of the bootstrap"
    rows: list[Row] = []
    for column, item in enumerate(ballots.items):
        row = partial(estimate_row, question, item=item, segment=segment, n=ballots.n)
        low, high = float(sets.low[column]), float(sets.high[column])
        tier = (float(first[column]), float(last[column]))
        rows += [
            row("rank", int(ranks[column]), interval=(low, high), method=how),
            row("tier", tier[0], interval=tier, method=how),
            row("could_be_top3", float(low <= TOP), method=how),
            row(
                "p_top3", float(stability[column]), method=f"stability: {drawn}, {TOP_DRAWS // part} draws, seed {SEED}"
            ),
        ]
    return rows


def band_rows(ballots: Ballots, question: str, total: float) -> list[Row]:
    """`points_band_count`: people per area and class of points; the item is "area|0", "area|1-10" and so on.

    Small totals have fewer classes: those that would hold no whole number are left out.
    """
    rows: list[Row] = []
    ends = sorted({round(part * total) for part in BANDS})
    for column, area in enumerate(ballots.items):
        points = ballots.points[:, column]
        for below, end in zip([-1, *ends], ends, strict=False):
            label = str(end) if below + 1 == end else f"{below + 1}-{end}"
            people = int(ballots.counts[(points > below) & (points <= end)].sum())
            rows.append(
                estimate_row(question, "points_band_count", people, item=f"{area}|{label}", n=ballots.n, method="count")
            )
    return rows
