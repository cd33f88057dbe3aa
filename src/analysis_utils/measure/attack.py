"""An outside reader with `estimates` and nothing else, who computes what the withheld numbers can be.

Uses totals, complements, nested groups, exact sums behind printed means, weighted results, ballots that sum to 100 and
several released versions of one round. The gate (`disclosure`) lets pass only what this reader cannot narrow too far.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pandas as pd

from .attack_counts import CountTable
from .attack_facts import Facts, Goal, group_sizes, read_facts
from .attack_points import PointsTable, steps
from .segments import REST

SIBLINGS = "(others)"


def attack(estimates: pd.DataFrame) -> pd.DataFrame:
    """Ranges of all withheld counts and sums, from one `estimates` table.

    Returns one row per withheld cell: question, segment, item, target (`count`, `top_box`, `givers` in people; `sum` of
    points or scale values), low, high.
    """
    sizes = group_sizes(estimates)
    rows = []
    for question, table in estimates.groupby("question", sort=False):
        facts = read_facts(table, sizes)
        for goal, (low, high) in ranges(facts):
            rows.append([question, *goal, low, high])
    return pd.DataFrame(rows, columns=["question", "segment", "item", "target", "low", "high"])


def ranges(
    facts: Facts,
    goals: Iterable[Goal] | None = None,
    *,
    enough: Callable[[Goal], float] = lambda _: math.inf,
    step: int = 0,
) -> Iterator[tuple[Goal, tuple[float, float]]]:
    """Range of one goal after the other (default: all withheld cells of the question). A range shown to be as wide as
    `enough` of its goal comes back as wide as shown. `step`: see `point_step`, which finds it where it is 0."""
    tables: dict[str, CountTable | PointsTable] = {}
    step = step or point_step(facts)
    found: dict[tuple[str, float, tuple[tuple[int, float], ...]], tuple[float, float]] = {}
    for goal in facts.goals if goals is None else goals:
        if "all" not in facts.base:
            return
        child = goal[0] if goal[0] in facts.hidden else ""
        if child not in tables:
            tables[child] = _table(facts, child, step)
        terms = tables[child].terms(goal)
        key = (child, enough(goal), tuple(sorted(terms.items())))
        if key not in found:
            found[key] = tables[child].unknowns.range(terms, enough=enough(goal))
        yield goal, found[key]


def _table(facts: Facts, child: str, step: int) -> CountTable | PointsTable:
    """Everything known, with one group that is not shown by itself set apart from its siblings, or none."""
    if child:
        others = [facts.group_sizes.get(group) for group in facts.hidden if group not in (child, REST)]
        known = [size for size in others if size is not None]
        siblings = {SIBLINGS: sum(known)} if len(known) == len(others) else {}
        hidden = [child, SIBLINGS] if others else [child]
        facts = replace(facts, hidden=hidden, group_sizes={**facts.group_sizes, **siblings})
    else:
        facts = replace(facts, hidden=[])
    return PointsTable(facts, step) if facts.items("mean_points") else CountTable(facts)


def point_step(facts: Facts) -> int:
    """What all points are multiples of: the coarsest step that the published numbers allow."""
    if not facts.items("mean_points"):
        return 1
    whole = replace(facts, hidden=[])
    return next(step for step in steps(facts) if step == 1 or PointsTable(whole, step).unknowns.is_possible())


def left_open(facts: Facts, goal: Goal) -> float:
    """Width of the goal's range for a reader of the results of all and of the segments' sizes only."""
    known = {key: value for key, value in facts.rows.items() if key[0] == "all" and key[2] != "cliffs_delta"}
    blank = Facts(known, facts.base, facts.hidden, facts.group_sizes, [goal], set(), {}, top_box=facts.top_box)
    [(_, (low, high))] = ranges(blank, step=point_step(facts))
    return high - low
