"""Emptied rows of groups that are not shown by themselves, so that a reader sees that something is withheld."""

from __future__ import annotations

from .rows import Row, estimate_row

NAMES = {
    "points": ("mean_points", "share_giving_points"),
    "scale": ("top_box_share", "mean"),
    "single_choice": ("share",),
    "multiple_choice": ("share",),
}
"""Statistics shown as withheld. How many of the group answered is no secret (the poll shows who took part), so no row
claims that it is."""


def withheld_rows(question: str, type_: str, items: list[str], segment: str, status: str) -> list[Row]:
    """One row without numbers per statistic (and item, where the question has `items`)."""
    kept = {"n": float("nan"), "status": status}
    return [
        estimate_row(question, name, float("nan"), item=item, segment=segment, n=0) | kept
        for item in (dict.fromkeys(items) if type_ != "scale" else [""])
        for name in NAMES.get(type_, ())
    ]
