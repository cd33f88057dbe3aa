"""The audit as text for the terminal."""

from __future__ import annotations

import pandas as pd

_HEADINGS = {
    "n": "answers that fit",
    "n_by_rule": "answers that fit, by rule of rounding",
    "n_without_label": "answers that fit if one label was misread",
    "count_vectors": "vectors of counts",
    "vector": "counts",
    "arrangements": "orders of the bars",
    "bar_count": "people behind a label",
    "total": "total",
    "total_in_steps": "total if given in steps",
    "points_spent": "points spent in all",
    "vectors_in_steps": "vectors of totals in steps",
    "order": "lead of the first over the second",
    "top_box_count": "people in the top box",
    "top_box_share": "top-box share",
    "modal_share": "share of the largest bar",
    "unused_values": "values nobody chose",
    "mean": "mean",
    "median": "median",
    "consensus": "consensus",
    "mean_of_givers": "mean points of the givers",
    "room_mean": "mean over the room, worst cases",
    "room_mean_of_print": "the same, printed number taken as exact",
    "standard_error": "standard error",
    "claim": "claim",
    "reproduced": "reproduced by the estimates",
}


def report(table: pd.DataFrame, *, n_shown: int = 3) -> str:
    """What the audit found, question by question; a quantity with several n or items takes one line each."""
    lines = [_rule_line(row) for row in table[table["question"] == "all"].to_dict("records")]
    for question in dict.fromkeys(table["question"]):
        if question == "all":
            continue
        mine = table[table["question"] == question]
        sizes = list(dict.fromkeys(int(n) for n in mine["n"].dropna()))
        lines += ["", str(question)]
        for row in mine.to_dict("records"):
            if pd.isna(row["n"]) or int(row["n"]) in sizes[:n_shown]:
                lines.append(_line(row, several=len(sizes) > 1))
        if len(sizes) > n_shown:
            lines.append(f"  … and the same for n = {', '.join(map(str, sizes[n_shown:]))} (--csv has them all)")
    return "\n".join(lines)


def _rule_line(row: dict) -> str:
    note = f" ({row['note']})" if row["note"] else ""
    return f"rounding {row['item'].replace('_', ' ')}: {row['verdict']}{note}"


def _line(row: dict, *, several: bool) -> str:
    name = _HEADINGS[row["quantity"]] + (f" “{row['item']}”" if row["item"] else "")
    at = f" [n = {row['n']}]" if several and not pd.isna(row["n"]) else ""
    values = row["values"] or _span(row)
    note = f"  ({row['note']})" if row["note"] else ""
    return f"  {name}{at}: {values + ' – ' if values else ''}{row['verdict']}{note}"


def _span(row: dict) -> str:
    if pd.isna(row["low"]):
        return ""
    low, high = (f"{row[end]:.0f}" if abs(row[end]) >= 1000 else f"{row[end]:.4g}" for end in ("low", "high"))
    return low if low == high else f"{low} to {high}"
