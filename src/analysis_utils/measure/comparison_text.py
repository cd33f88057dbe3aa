"""The comparison of rounds as a short table for the terminal."""

from __future__ import annotations

from ..rounds import Round
from ..tables import read_table
from .comparison import JOINED

_SHOWN = {
    "change_mean_points": "points",
    "change_mean": "scale",
    "change_top_box_share": "top box",
    "change_share": "share",
}


def comparison_text(round_: Round) -> str:
    """One line per compared number: the earlier round, question, item, difference and interval."""
    table = read_table("changes", round_.table("changes"))
    lines = []
    for name, own in table[table["statistic"].isin(_SHOWN)].groupby("round", sort=False):
        lines.append(f"{str(name).replace(JOINED, ' → ')} (later minus earlier, 95 % interval)")
        for record in own.to_dict("records"):
            what = " ".join(filter(None, (record["question"], record["item"], f"({_SHOWN[record['statistic']]})")))
            ends = "no interval" if record["low"] != record["low"] else f"{record['low']:+.2f} … {record['high']:+.2f}"
            lines.append(f"  {what:<58} {record['estimate']:+7.2f}   {ends}")
    return "\n".join(lines) or "nothing to compare"
