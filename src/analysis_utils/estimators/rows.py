"""One row of `estimates`, as every estimator of this room returns it."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from ..contracts import STATISTICS

Row = dict[str, object]
Maker = Callable[..., Row]
"""Makes rows of one question and segment: `estimate_row` with some of its parameters given."""
Interval = tuple[float, float]

SEED = 20251112
"""Seed of every generator in this room, so that the same round gives the same bytes. Named in the `method` column."""

NO_INTERVAL: Interval = (math.nan, math.nan)


def estimate_row(
    question: str,
    statistic: str,
    estimate: float,
    *,
    item: str = "",
    segment: str = "all",
    interval: Interval = NO_INTERVAL,
    n: int,
    method: str = "",
) -> Row:
    """A published row; `round` and `provenance` are filled in by `estimate_round`.

    Interval ends that lie beyond the estimate (rounding, or BCa on a handful of answers) are drawn to it, because
    a row promises low ≤ estimate ≤ high.
    """
    low, high = interval
    if not math.isnan(estimate):
        low, high = min(low, estimate), max(high, estimate)
    return {
        "question": question,
        "segment": segment,
        "item": item,
        "statistic": statistic,
        "estimate": estimate,
        "low": low,
        "high": high,
        "unit": STATISTICS[statistic],
        "n": n,
        "method": method,
        "status": "published",
    }


def as_rows(frame: pd.DataFrame, **changed: str) -> list[Row]:
    """The rows of a long frame, with other entries in the columns named."""
    return [{str(name): value for name, value in row.items()} for row in frame.assign(**changed).to_dict("records")]
