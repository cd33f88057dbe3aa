"""`make attack`: the outside reader against the released estimates of every round, alone and all together."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..crosswalk import compared_rounds
from ..rounds import Round, open_round, round_names
from ..tables import read_table
from .attack import left_open, ranges
from .attack_changes import Comparison, attack_together
from .attack_facts import Facts, Goal, group_sizes, read_facts
from .comparison import JOINED
from .disclosure import demanded_width


def narrowed(name: str) -> tuple[int, list[str]]:
    """Number of withheld cells of a round, and those whose range is narrower than the rule demands."""
    round_ = open_round(name)
    estimates = read_table("estimates", round_.table("estimates"))
    sizes, cells, found = group_sizes(estimates), 0, []
    for question, table in estimates.groupby("question", sort=False):
        asked = next((one for one in round_.file.questions if one.id == question), None)
        facts = replace(read_facts(table, sizes), top_box=asked.scale.top_box if asked and asked.scale else None)
        for goal, (low, high) in ranges(facts):
            cells += 1
            enough = high - low >= demanded_width(facts, goal, round_.file.disclosure)
            if not enough and not high - low >= left_open(facts, goal):
                found.append("/".join((str(question), *goal)))
    return cells, found


def narrowed_together(rounds: Sequence[Round]) -> tuple[int, list[str]]:
    """Number of withheld cells of all compared questions, and those that every `changes.csv` together narrow beyond
    what the rule demands and the rounds leave open without them."""
    comparisons = [one for later in rounds for one in _comparisons(later, rounds)]
    estimates = {round_.name: read_table("estimates", round_.table("estimates")) for round_ in rounds}

    def demanded(facts: Facts, goal: Goal) -> float:
        return max(demanded_width(facts, goal, round_.file.disclosure) for round_ in rounds)

    silent = [replace(one, changes=one.changes.iloc[:0]) for one in comparisons]
    alone, together = (attack_together(estimates, known, enough=demanded) for known in (silent, comparisons))
    width, before = (found["high"] - found["low"] for found in (together, alone))
    lost = together[~(width >= together["demanded"]) & ~(width >= before)]
    return len(together), ["/".join(row) for row in lost[["round", "question", "segment", "item", "target"]].to_numpy()]


def _comparisons(later: Round, rounds: Sequence[Round]) -> Iterator[Comparison]:
    if not later.table("changes").is_file():
        return
    changes = read_table("changes", later.table("changes"))
    for earlier in rounds:
        mine = changes[changes["round"] == f"{earlier.name}{JOINED}{later.name}"]
        if len(mine):
            yield Comparison(compared_rounds(later.codebook, earlier, later), mine)


def main() -> int:
    rounds = [open_round(name) for name in round_names()]
    rounds = [round_ for round_ in rounds if round_.table("estimates").is_file()]
    worst = 0
    for round_ in rounds:
        cells, found = narrowed(round_.name)
        print(f"{round_.name}: {cells} withheld cells, {len(found)} narrowed beyond the rule", *found, sep="\n  ")
        worst = max(worst, int(bool(found)))
    cells, found = narrowed_together(rounds)
    print(f"compared rounds: {cells} withheld cells, {len(found)} narrowed by comparing", *found, sep="\n  ")
    return max(worst, int(bool(found)))


if __name__ == "__main__":
    sys.exit(main())
