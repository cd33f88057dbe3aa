"""The outside reader with several rounds and the tables that compare them, all at once.

Results of everybody are exact in each round by itself. What only a comparison can add is the change at the same mix of
groups: one equation between the groups' sums of both rounds, which ties the unknowns of the rounds together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ..crosswalk import ComparedItem, ComparedQuestion, ComparedRounds
from .attack import point_step
from .attack_counts import CountTable
from .attack_facts import Facts, Goal, group_sizes, read_facts
from .attack_model import Unknowns
from .attack_points import PointsTable
from .segments import REST

Node = tuple[str, str]
"""Round and question."""
Table = CountTable | PointsTable
MIX = re.compile(r"mix of groups of both together: (?P<groups>.*?)(?P<others> and all others)?; ")


@dataclass(frozen=True)
class Comparison:
    """Two rounds and the rows of `changes` about them."""

    rounds: ComparedRounds
    changes: pd.DataFrame


def attack_together(
    estimates: Mapping[str, pd.DataFrame],
    comparisons: Sequence[Comparison],
    *,
    enough: Callable[[Facts, Goal], float] = lambda *_: math.inf,
) -> pd.DataFrame:
    """Ranges of the withheld cells of all compared questions for a reader of every round.

    Parameters: `estimates` by round; a range shown to be as wide as `enough` of its cell comes back as wide as shown.
    Returns one row per cell: round, question, segment, item, target, low, high, demanded (what was enough).
    """
    rows: list[list[object]] = []
    for nodes in _compared_together(comparisons):
        unknowns = Unknowns()
        facts = {node: _facts(estimates[node[0]], node[1]) for node in nodes}
        tables = {node: _table(one, unknowns) for node, one in facts.items() if "all" in one.base}
        for comparison in comparisons:
            _same_mix(comparison, tables, unknowns)
        for node, table in tables.items():
            for goal in facts[node].goals:
                demanded = enough(facts[node], goal)
                rows.append([*node, *goal, *unknowns.range(table.terms(goal), enough=demanded), demanded])
    return pd.DataFrame(rows, columns=["round", "question", "segment", "item", "target", "low", "high", "demanded"])


def _compared_together(comparisons: Sequence[Comparison]) -> list[list[Node]]:
    """Questions that are compared with each other, over however many rounds."""
    found: list[list[Node]] = []
    for comparison in comparisons:
        for before, after in (_nodes(comparison, question) for question in comparison.rounds.questions):
            joined = [nodes for nodes in found if before in nodes or after in nodes]
            found = [nodes for nodes in found if nodes not in joined]
            found.append(list(dict.fromkeys([*(node for nodes in joined for node in nodes), before, after])))
    return found


def _nodes(comparison: Comparison, question: ComparedQuestion) -> tuple[Node, Node]:
    rounds = comparison.rounds
    return (rounds.earlier.name, question.before.id), (rounds.later.name, question.after.id)


def _facts(estimates: pd.DataFrame, question: str) -> Facts:
    facts = read_facts(estimates[estimates["question"] == question], group_sizes(estimates))
    return replace(facts, hidden=[segment for segment in facts.hidden if segment != REST])


def _table(facts: Facts, unknowns: Unknowns) -> Table:
    if facts.items("mean_points"):
        return PointsTable(facts, point_step(facts), unknowns)
    return CountTable(facts, unknowns)


def _same_mix(comparison: Comparison, tables: Mapping[Node, Table], unknowns: Unknowns) -> None:
    """What the rows at the same mix say about sums of groups whose people can be counted."""
    rounds, table = comparison.rounds, comparison.changes
    rows = table[table["statistic"].str.startswith("same_mix_change") & table["estimate"].notna()]
    for question in rounds.questions:
        ends = _nodes(comparison, question)
        if not set(ends) <= tables.keys():
            continue
        for row in rows[rows["question"] == question.after.id].itertuples():
            found = MIX.search(str(row.method))
            groups = [group for group in rounds.groups if found and group.id in found["groups"].split(", ")]
            if found is None or not groups:
                continue
            item = next((one for one in question.items if one.id == row.item), None)
            sides = [
                list(_sums(tables[node], side, groups, item, others=bool(found["others"])))
                for side, node in enumerate(ends)
            ]
            people = [
                first[0] + second[0] for first, second in zip(*sides, strict=True) if first is not None and second
            ]
            if len(people) == len(sides[0]) and sum(people) == row.n:
                _add_equation(question, sides, people, float(str(row.estimate)), unknowns)


def _sums(
    table: Table, side: int, groups: Sequence[ComparedItem], item: ComparedItem | None, *, others: bool
) -> Iterator[tuple[int, dict[int, float]] | None]:
    """Of each group, and of all others together: people, and the terms of what they gave. None where the people of a
    group cannot be counted."""
    left, rest = table.facts.base["all"], _terms(table, table.segments.leaves, side, item)
    for group in groups:
        names = (group.before, group.after)[side]
        sizes = [table.segments.sizes.get(name, table.facts.group_sizes.get(name)) for name in names]
        leaves = [leaf for name in names for leaf in table.segments.parts.get(name, [])]
        if None in sizes or not leaves:
            yield None
            continue
        people = round(sum(size for size in sizes if size is not None))
        terms = _terms(table, leaves, side, item)
        left, rest = left - people, {place: value for place, value in rest.items() if place not in terms}
        yield people, terms
    if others:
        yield left, rest


def _terms(table: Table, leaves: Sequence[str], side: int, item: ComparedItem | None) -> dict[int, float]:
    found: dict[int, float] = {}
    for name in (item.before, item.after)[side] if item else ("",):
        for leaf in leaves:
            found.update(table.leaf_sum(leaf, name))
    return found


def _add_equation(
    question: ComparedQuestion,
    sides: Sequence[Sequence[tuple[int, dict[int, float]] | None]],
    people: Sequence[int],
    change: float,
    unknowns: Unknowns,
) -> None:
    """Change = what the groups' means changed by, weighted by their people in both rounds."""
    terms: dict[int, float] = {}
    value, scale = change * sum(people), question.after.scale
    turned = -1.0 if question.reversed and scale else 1.0
    if question.reversed and scale:
        value -= (scale.low + scale.high) * sum(people)
    for sign, groups in zip((-1.0, turned), sides, strict=True):
        for group, weight in zip(groups, people, strict=True):
            size, own = group or (0, {})
            for place, factor in own.items():
                terms[place] = terms.get(place, 0.0) + sign * weight * factor / size
    unknowns.equal(terms, value)
