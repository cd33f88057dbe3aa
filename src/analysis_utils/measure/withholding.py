"""A simple guard until the disclosure gate of its own lands: segment numbers on too few people are withheld.

One call on the whole frame of a round, so that a fuller gate can take its place.
"""

from __future__ import annotations

import pandas as pd

from ..rounds import Disclosure
from .rows import Row, estimate_row

WEIGHTED = ("equal_groups", "raked")
"""Segments that hold everybody, only weighted."""
SKELETON = ("respondents", "mean_points", "share_giving_points", "rank", "top_box_share", "mean")
"""Statistics whose rows stay, emptied, where a segment is withheld, so that a reader sees that something is."""
CELLS = ("count", "share")


def withhold(frame: pd.DataFrame, disclosure: Disclosure) -> pd.DataFrame:
    """The rows of `estimates`, with what rests on too few people emptied or left out.

    A segment's results in a question are withheld when fewer than `minimum_base` of it answered (what remains of
    them are the emptied rows of `SKELETON`), and so are those of the smallest shown segment while the people who
    answered but are in no shown segment are one to `minimum_base` − 1. The distribution of a segment over options or
    scale values is withheld when one of its cells holds one to `minimum_cell` − 1 people.
    """
    status = pd.Series("", index=frame.index)
    for _, rows in frame.groupby("question", sort=False):
        for segment, why in _withheld_segments(rows, disclosure.minimum_base).items():
            status[rows.index[rows["segment"] == segment]] = why
    dropped = (status != "") & ~frame["statistic"].isin(SKELETON)
    parts = frame[frame["statistic"].isin(CELLS) & (frame["segment"] != "all")]
    for _, rows in parts.groupby(["question", "segment"], sort=False):
        counts = rows.loc[rows["statistic"] == "count", "estimate"]
        if ((counts > 0) & (counts < disclosure.minimum_cell)).any():
            status[rows.index] = status[rows.index].where(status[rows.index] != "", "suppressed_small_base")
    return emptied(frame, status)[~dropped].reset_index(drop=True)


def _withheld_segments(rows: pd.DataFrame, minimum: int) -> dict[str, str]:
    """Segments of one question to withhold, and the status to give them."""
    people = rows[rows["statistic"] == "respondents"].set_index("segment")["estimate"].dropna()
    total = people.get("all", 0)
    people = people.drop(["all", *WEIGHTED], errors="ignore")
    small = people[people < minimum]
    shown = people.drop(small.index).sort_values(kind="stable")
    withheld = dict.fromkeys(map(str, small.index), "suppressed_small_base")
    while len(shown) and 0 < total - shown.sum() < minimum:
        withheld[str(shown.index[0])] = "suppressed_complementary"
        shown = shown.iloc[1:]
    return withheld


def emptied(frame: pd.DataFrame, status: pd.Series) -> pd.DataFrame:
    """The frame with numbers and method taken out of the rows that have a `status` other than ""."""
    frame, hidden = frame.copy(), status != ""
    frame.loc[hidden, ["estimate", "low", "high", "n"]] = float("nan")
    frame.loc[hidden, "method"] = ""
    frame.loc[hidden, "status"] = status[hidden]
    return frame


def withheld_rows(question: str, type_: str, items: list[str], segment: str, status: str) -> list[Row]:
    """Empty rows for a group that is not shown by itself: `items` are the areas of a points question."""
    names = {"points": ("mean_points", "share_giving_points", "rank"), "scale": ("top_box_share", "mean")}
    rows = [estimate_row(question, "respondents", float("nan"), segment=segment, n=0)]
    for item in items if type_ == "points" else [""]:
        rows += [
            estimate_row(question, name, float("nan"), item=item, segment=segment, n=0) for name in names.get(type_, ())
        ]
    return [row | {"n": float("nan"), "status": status} for row in rows]
