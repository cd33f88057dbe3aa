"""`make attack`: the outside reader against the released estimates of every round."""

from __future__ import annotations

import sys

from ..rounds import open_round, round_names
from ..tables import read_table
from .attack import attack, left_open
from .attack_facts import group_sizes, read_facts
from .disclosure import demanded_width


def narrowed(name: str) -> tuple[int, list[str]]:
    """Number of withheld cells of a round, and those whose range is narrower than the rule demands."""
    round_ = open_round(name)
    estimates = read_table("estimates", round_.table("estimates"))
    sizes, cells, found = group_sizes(estimates), 0, []
    for question, table in estimates.groupby("question", sort=False):
        facts = read_facts(table, sizes)
        for segment, item, target, low, high in attack(table)[["segment", "item", "target", "low", "high"]].to_numpy():
            cells, goal = cells + 1, (segment, item, target)
            enough = high - low >= demanded_width(facts, goal, round_.file.disclosure)
            if not enough and not high - low >= left_open(facts, goal):
                found.append("/".join((str(question), *goal)))
    return cells, found


def main() -> int:
    worst = 0
    for name in round_names():
        if not open_round(name).table("estimates").is_file():
            continue
        cells, found = narrowed(name)
        print(f"{name}: {cells} withheld cells, {len(found)} narrowed beyond the rule", *found, sep="\n  ")
        worst = max(worst, int(bool(found)))
    return worst


if __name__ == "__main__":
    sys.exit(main())
