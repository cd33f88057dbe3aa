"""Rating scales: distribution, top box, mean, median, quartiles and how far people agree."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from ..round_file import Question, Scale
from .choices import share_rows
from .consensus import INTERVAL_DRAWS, agreement_a, agreement_interval, consensus, consensus_interval
from .intervals import Integers, bca_mean
from .rank_sets import SEGMENT_PART
from .rankings import weighted_quantiles
from .rows import Row, estimate_row


def scale_counts(answers: pd.DataFrame, scale: Scale) -> Integers:
    """People per scale value from `low` to `high`, zeros included; empty answers are left out."""
    values = answers["value"].dropna().to_numpy(dtype=np.float64)
    return np.array([np.count_nonzero(values == value) for value in scale.values()], dtype=np.int64)


def scale_rows(answers: pd.DataFrame, question: Question, *, segment: str = "all") -> list[Row]:
    """`count` and `share` per scale value, and the rows of `class_rows`, `middle_rows` and `agreement_rows`.

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
    rows += class_rows(answers, question, segment=segment)
    return (
        rows + middle_rows(counts, question.id, scale, segment=segment) + agreement_rows(counts, question.id, segment)
    )


def class_rows(answers: pd.DataFrame, question: Question, *, segment: str = "all") -> list[Row]:
    """`class_count` and `class_share` per class of the scale, `top_box_count` and `top_box_share`: all that is shown of
    a participant group."""
    scale = question.scale
    if scale is None:
        return []
    counts, values = scale_counts(answers, scale), np.array(scale.values())
    parts = {
        item: int(counts[(values >= low) & (values <= high)].sum())
        for item, (low, high) in zip(scale.class_items(), scale.shown_classes(), strict=True)
    }
    low, high = scale.top_box
    top, n = int(counts[(values >= low) & (values <= high)].sum()), int(counts.sum())
    rows = [
        row
        for item, count in parts.items()
        for row in share_rows(question.id, "class_count", "class_share", count, n, item=item, segment=segment)
    ]
    return rows + share_rows(question.id, "top_box_count", "top_box_share", top, n, segment=segment)


def middle_rows(counts: Integers, question: str, scale: Scale, *, segment: str = "all") -> list[Row]:
    """`mean` (BCa), `median` and quartiles of a scale distribution, in the values as polled."""
    points, n = np.array(scale.values(), dtype=np.float64), int(counts.sum())
    row = partial(estimate_row, question, segment=segment, n=n)
    interval, method = bca_mean(points[counts > 0], counts[counts > 0])
    method += "; steps of a verbal scale taken as equal" if scale.is_verbal else ""
    low, median, high = weighted_quantiles(points, counts, np.array([0.25, 0.5, 0.75])).tolist()
    return [
        row("mean", float(counts @ points / n), interval=interval, method=method),
        row("median", median, method="midpoint of the central values"),
        row("lower_quartile", low, method="linear interpolation"),
        row("upper_quartile", high, method="linear interpolation"),
        row("iqr", high - low, method="linear interpolation"),
    ]


def agreement_rows(counts: Integers, question: str, segment: str = "all") -> list[Row]:
    """`consensus` (Tastle & Wierman) and `agreement_a` (van der Eijk; scales of three values or more), both with a
    bootstrap interval."""
    row = partial(estimate_row, question, segment=segment, n=int(counts.sum()))
    draws = INTERVAL_DRAWS // (1 if segment == "all" else SEGMENT_PART)
    interval, method = consensus_interval(counts, draws=draws)
    rows = [row("consensus", consensus(counts), interval=interval, method=method)]
    if len(counts) >= 3:
        interval, method = agreement_interval(counts, draws=draws)
        rows.append(
            row("agreement_a", agreement_a(counts), interval=interval, method=f"van der Eijk's layers; {method}")
        )
    return rows
