"""Comparison with a round whose answers were deleted: what its released estimates still allow.

Shares are compared by their counts as ever. Means stand side by side without a difference: its interval and its test
need the answers.
"""

from __future__ import annotations

import pandas as pd

from ..crosswalk import ComparedQuestion, ComparedRounds
from ..round_file import Compare
from ..tables import read_table
from .comparison import Sides, as_changes, change_table, compare_settings, share_margin
from .comparison_shares import Counts, option_rows, top_box_rows
from .rows import NO_INTERVAL, Row, estimate_row

_AFTER = ("mean_points_after", "mean_after", "consensus_after", "top_box_share_after", "share_after")


def forgotten_changes(rounds: ComparedRounds, after: pd.DataFrame) -> pd.DataFrame:
    """The table `changes` from the earlier round's estimates and the later one's answers.

    Every row of the earlier round is copied from its estimates; options that were merged have one only where points
    add up.
    """
    released = read_table("estimates", rounds.earlier.table("estimates"))
    released = released[(released["segment"] == "all") & (released["status"] == "published")]
    key = ["question", "item", "statistic"]
    known = {tuple(record[name] for name in key): record for record in released.to_dict("records")}
    now = _after_rows(rounds, after)
    rows: list[Row] = []
    for compared in rounds.questions:
        own = [row for row in now if row["question"] == compared.after.id]
        if compared.after.type == "scale":
            rows += _scale(compared, known, own, compare_settings(rounds))
        else:
            rows += _by_item(compared, known, own, compare_settings(rounds))
    return as_changes(rounds, rows)


def _after_rows(rounds: ComparedRounds, after: pd.DataFrame) -> list[Row]:
    """The later round's side, computed as in any comparison: the later round is put on both sides."""
    mirrored = change_table(Sides(rounds, _as_earlier(rounds, after), after))
    return [
        {str(name): value for name, value in record.items() if name not in ("round", "provenance")}
        for record in mirrored[mirrored["statistic"].isin(_AFTER)].to_dict("records")
    ]


def _as_earlier(rounds: ComparedRounds, after: pd.DataFrame) -> pd.DataFrame:
    """The later answers under the ids of the earlier round, so that both sides are there; only the later is used."""
    questions = {compared.after.id: compared.before.id for compared in rounds.questions}
    items = {new: item.before[0] for compared in rounds.questions for item in compared.items for new in item.after}
    return after.assign(
        question=after["question"].map(questions).fillna(""), item=after["item"].map(items).fillna(after["item"])
    )


def _scale(compared: ComparedQuestion, known: dict, own: list[Row], settings: Compare) -> list[Row]:
    rows = [row for row in own if row["statistic"] in ("mean_after", "consensus_after")]
    for name in ("mean", "consensus"):
        if (found := known.get((compared.before.id, "", name))) is not None:
            rows.append(_copied(compared, f"{name}_before", found, ""))
    count = known.get((compared.before.id, "", "top_box_count"))
    top = [row for row in own if row["statistic"] == "top_box_share_after"]
    if count is not None and top:
        rows += top_box_rows(compared.after.id, _counts("", count, top[0]), settings.margins.share)
    return rows


def _by_item(compared: ComparedQuestion, known: dict, own: list[Row], settings: Compare) -> list[Row]:
    rows: list[Row] = []
    options: list[Counts] = []
    for item in compared.items:
        mine = {str(row["statistic"]): row for row in own if row["item"] == item.id}
        if "mean_points_after" in mine:
            means = [known.get((compared.before.id, old, "mean_points")) for old in item.before]
            if None not in means:
                rows.append(_copied(compared, "mean_points_before", _summed([m for m in means if m]), item.id))
            rows.append(mine["mean_points_after"])
        count = known.get((compared.before.id, item.before[0], "count"))
        if "share_after" in mine and count is not None and len(item.before) == 1:
            options.append(_counts(item.id, count, mine["share_after"]))
    return rows + option_rows(compared.after.id, options, share_margin(compared, settings))


def _summed(records: list[dict]) -> dict:
    """Means that add up; the interval of a sum is not known."""
    if len(records) == 1:
        return records[0]
    total = round(sum(record["estimate"] for record in records), 12)
    return {**records[0], "estimate": total, "low": None, "high": None, "method": "sum of released means"}


def _copied(compared: ComparedQuestion, statistic: str, record: dict, item: str) -> Row:
    """A released row under the name it has in the comparison; a scale that now runs the other way stays as it was."""
    ends = NO_INTERVAL if pd.isna(record["low"]) else (record["low"], record["high"])
    n, method = int(record["n"]), f"released estimate; {record['method']}"
    return estimate_row(compared.after.id, statistic, record["estimate"], item=item, interval=ends, n=n, method=method)


def _counts(item: str, count: dict, after: Row) -> Counts:
    n2 = int(str(after["n"]))
    return Counts(item, int(count["estimate"]), int(count["n"]), round(float(str(after["estimate"])) * n2), n2)
