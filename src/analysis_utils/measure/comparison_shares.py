"""Shares of two rounds compared: each change with its interval, its test, the test of equivalence, and what could be
found. The counts suffice, so that this also works where a round's answers were deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from .change import detectable_share, newcombe_interval, share_equivalence_p, share_permutation_p
from .intervals import wilson
from .pairwise import holm
from .rows import Row, estimate_row


@dataclass(frozen=True)
class Counts:
    """People of either round who chose an item, of all who answered."""

    item: str
    x1: int
    n1: int
    x2: int
    n2: int


def top_box_rows(question: str, counts: Counts, margin: float) -> list[Row]:
    """The top box of a scale question, which speaks for itself."""
    return [
        *_change_rows(question, "top_box_share", counts),
        *_verdict_rows(question, "top_box_share", [counts], margin),
    ]


def option_rows(question: str, options: Sequence[Counts], margin: float | None) -> list[Row]:
    """The options of a choice question, judged together; without a margin (who answered) they are not judged."""
    rows = [row for counts in options for row in _change_rows(question, "share", counts)]
    return rows if margin is None else rows + _verdict_rows(question, "share", options, margin)


def _change_rows(question: str, name: str, counts: Counts) -> list[Row]:
    x1, n1, x2, n2 = counts.x1, counts.n1, counts.x2, counts.n2
    row = partial(estimate_row, question, item=counts.item)
    return [
        row(f"{name}_before", x1 / n1, interval=wilson(x1, n1), n=n1, method="Wilson"),
        row(f"{name}_after", x2 / n2, interval=wilson(x2, n2), n=n2, method="Wilson"),
        row(
            f"change_{name}",
            round(x2 / n2 - x1 / n1, 12),
            interval=newcombe_interval(x2, n2, x1, n1),
            n=n1 + n2,
            method="later minus earlier; Newcombe",
        ),
    ]


def _verdict_rows(question: str, name: str, options: Sequence[Counts], margin: float) -> list[Row]:
    """Tests of change and of equivalence, adjusted over the options (Holm), and the detectable difference at the
    strictest of their levels, so that what is promised holds after the adjustment."""
    if not options:
        return []
    adjusted = ", Holm over options" if name == "share" else ""
    level = 0.05 / len(options)
    changed = holm(np.array([share_permutation_p(o.x1, o.n1, o.x2, o.n2) for o in options]))
    same = holm(np.array([share_equivalence_p(o.x1, o.n1, o.x2, o.n2, margin) for o in options]))
    rows: list[Row] = []
    for place, counts in enumerate(options):
        row = partial(estimate_row, question, item=counts.item, n=counts.n1 + counts.n2)
        size = detectable_share(counts.x1 / counts.n1, counts.n1, counts.n2, level=level)
        rows += [
            row(f"change_p_{name}", float(changed[place]), method=f"exact permutation test{adjusted}"),
            row(f"equivalence_p_{name}", float(same[place]), method=f"TOST (Newcombe), margin {margin:g}{adjusted}"),
            row(f"detectable_{name}", size, method="exact power 0.8 of test and interval, from the earlier share"),
        ]
    return rows
