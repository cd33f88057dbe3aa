"""The outside reader with two versions of one round: what the people between them must have said."""

from __future__ import annotations

import pandas as pd

COUNTED = ("count", "top_box_count", "givers", "points_band_count")


def between(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Differences of two `estimates` tables of a round, segment by segment.

    Returns one row per question, segment, statistic and item that changed: `change` in people (sums: in points or
    scale values), and `people`, the fewest who can be behind the changes of that question and segment.
    """
    merged = _sums(earlier).merge(
        _sums(later), on=["question", "segment", "statistic", "item"], suffixes=("", "_later")
    )
    merged["change"] = (merged["value_later"] - merged["value"]).round(6)
    changed = merged[merged["change"] != 0].copy()
    people = changed[changed["statistic"].isin([*COUNTED, "respondents"])].groupby(["question", "segment"])["change"]
    fewest = people.agg(lambda moved: max(moved.clip(lower=0).max(), -moved.clip(upper=0).min()))
    changed["people"] = changed.set_index(["question", "segment"]).index.map(fewest.to_dict()).astype(float)
    return changed[["question", "segment", "statistic", "item", "change", "people"]].reset_index(drop=True)


def _sums(estimates: pd.DataFrame) -> pd.DataFrame:
    """Published counts, and means times the people they rest on."""
    shown = estimates[(estimates["status"] == "published") & estimates["estimate"].notna()]
    shown = shown[shown["statistic"].isin([*COUNTED, "respondents", "mean", "mean_points"])]
    is_mean = shown["statistic"].isin(["mean", "mean_points"])
    value = shown["estimate"].where(~is_mean, shown["estimate"] * shown["n"].astype(float))
    return shown.assign(value=value)[["question", "segment", "statistic", "item", "value"]]
