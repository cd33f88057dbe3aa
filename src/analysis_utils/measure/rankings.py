"""The priority ranking: mean points, people who gave points, and ranks."""

from __future__ import annotations

from .ballots import Ballots
from .choices import share_rows
from .intervals import Floats, Integers, bca_mean
from .rows import NO_INTERVAL, Interval, Row, estimate_row

FEWEST_GIVERS = 10
"""Below so many givers the interval of a mean is not to be trusted (methodology.md) and is left out."""


def competition_ranks(scores: Floats) -> Integers:
    """Rank 1 for the largest score; ties share the smaller rank (1, 2, 2, 4)."""
    return 1 + (scores[None, :] > scores[:, None]).sum(axis=1)


def mean_interval(ballots: Ballots, column: int) -> tuple[Interval, str]:
    """BCa interval of one area's mean points, or none with the reason."""
    if ballots.givers[column] < FEWEST_GIVERS:
        return NO_INTERVAL, f"no interval: fewer than {FEWEST_GIVERS} givers, see share_giving_points"
    return bca_mean(ballots.points[:, column], ballots.counts)


def ranking_rows(ballots: Ballots, question: str, *, segment: str = "all") -> list[Row]:
    """`mean_points` (BCa), `givers`, `share_giving_points` (Wilson) and `rank` per area, in the order of the ballots.

    Nobody answered: no rows.
    """
    if ballots.n == 0:
        return []
    rows: list[Row] = []
    ranks = competition_ranks(ballots.means)
    for column, item in enumerate(ballots.items):
        mean, (interval, method) = float(ballots.means[column]), mean_interval(ballots, column)
        rows += [
            estimate_row(
                question,
                "mean_points",
                mean,
                item=item,
                segment=segment,
                interval=interval,
                n=ballots.n,
                method=method,
            ),
            *share_rows(
                question,
                "givers",
                "share_giving_points",
                int(ballots.givers[column]),
                ballots.n,
                item=item,
                segment=segment,
            ),
            estimate_row(
                question,
                "rank",
                int(ranks[column]),
                item=item,
                segment=segment,
                n=ballots.n,
                method="rank of the mean, ties share the smaller rank",
            ),
        ]
    return rows
