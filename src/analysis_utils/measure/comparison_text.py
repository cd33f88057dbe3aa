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
    """One line per compared number: the earlier round, question, item, difference and interval. No verdicts: an
    interval without zero is not enough for one, so the page that has them is named."""
    table = read_table("changes", round_.table("changes"))
    table = table[table["statistic"].isin(_SHOWN)]
    if table.empty:
        return "nothing to compare"
    lines = []
    told = [f"{r['question']} {r['item']}".strip() + f" ({_SHOWN[r['statistic']]})" for r in table.to_dict("records")]
    width = max(map(len, told))
    for name, own in table.assign(told=told).groupby("round", sort=False):
        lines.append(f"{str(name).replace(JOINED, ' → ')} (later minus earlier, 95 % interval)")
        for record in own.to_dict("records"):
            ends = "no interval" if record["low"] != record["low"] else f"{record['low']:+.2f} … {record['high']:+.2f}"
            lines.append(f"  {record['told']:<{width}} {record['estimate']:+7.2f}   {ends}")
    page = round_.reports / "html" / "11_compare_rounds.html"
    return "\n".join([*lines, f"what may be said of these numbers: {page}"])
