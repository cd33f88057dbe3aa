"""Rating scales: distribution, top box, mean and median."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..rounds import Question, Scale
from .choices import share_rows
from .intervals import Integers, bca_mean
from .rows import Row, estimate_row


def scale_counts(answers: pd.DataFrame, scale: Scale) -> Integers:
    """People per scale value from `low` to `high`, zeros included; empty answers are left out."""
    values = answers["value"].dropna().to_numpy(dtype=np.float64)
    return np.array([np.count_nonzero(values == value) for value in scale.values()], dtype=np.int64)


def scale_rows(answers: pd.DataFrame, question: Question, *, segment: str = "all") -> list[Row]:
    """`count` and `share` per scale value, `top_box_count`, `top_box_share`, `mean` (BCa), `median`.

    Parameters: `answers`, one row per voter of this question, `value` in scale units. The top box is the range of
    values `round.yml` fixes, whichever end of the scale means agreement. Nobody answered: no rows.
    """
    scale = question.scale
    if scale is None:
        return []
    counts, values = scale_counts(answers, scale), scale.values()
    n = int(counts.sum())
    if n == 0:
        return []
    rows: list[Row] = []
    for value, count in zip(values, counts.tolist(), strict=True):
        rows += share_rows(question.id, "count", "share", count, n, item=str(value), segment=segment)
    low, high = scale.top_box
    top = int(sum(count for value, count in zip(values, counts, strict=True) if low <= value <= high))
    rows += share_rows(question.id, "top_box_count", "top_box_share", top, n, segment=segment)
    points = np.array(values, dtype=np.float64)
    mean, (interval, method) = float(counts @ points / n), bca_mean(points[counts > 0], counts[counts > 0])
    middle = float(np.median(np.repeat(points, counts)))
    return [
        *rows,
        estimate_row(question.id, "mean", mean, segment=segment, interval=interval, n=n, method=method),
        estimate_row(question.id, "median", middle, segment=segment, n=n, method="midpoint of the central values"),
    ]
