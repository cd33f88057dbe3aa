"""Questions without a Session block: those `round.yml` declares."""

from __future__ import annotations

from ..codebook import normalise
from ..round_file import Question
from ..rounds import Round
from .joining import join
from .layout import Export
from .problems import Problem
from .question_types import Plan, Use

# How the types of round.yml are called in the Session sheets; for the others the name stands for itself.
_PRINTED = {"single_choice": "choices", "multiple_choice": "choices", "scale": "scales", "points": "100 points"}


def declared_plans(round_: Round, plans: list[Plan]) -> list[Plan]:
    """Plans of the round's questions whose wording no block of the export carries."""
    present = {normalise(plan.title) for plan in plans}
    wanted: dict[str, list[Question]] = {}
    for question in round_.file.questions:
        if normalise(question.wording) not in present:
            wanted.setdefault(normalise(question.wording), []).append(question)
    return [_declared(number, questions) for number, questions in enumerate(wanted.values(), start=1)]


def _declared(number: int, questions: list[Question]) -> Plan:
    first = questions[0]
    statements = [question.statement for question in questions if question.statement]
    options = list(first.options) if first.type in ("points", "ranking") else []
    return Plan(number, _PRINTED.get(first.type, first.type), first.wording, items=statements or options)


def join_round(round_: Round, export: Export, plans: list[Plan]) -> tuple[list[Plan], list[int], list[Problem]]:
    """Join with the help of `round.yml`. Returns all plans, the columns that nobody takes, and what to report."""
    declared = declared_plans(round_, plans)
    left, problems = join(export, plans, declared)
    slides = [] if export.blocks else _slides(export, left)
    taken = {use.column for slide in slides for use in slide.uses}
    problems = [p for p in problems if p.rule != "column-unmatched" or p.place not in map(export.voters.place, taken)]
    used = [plan for plan in declared if plan.uses]
    return [*plans, *used, *slides], [column for column in left if column not in taken], problems


def _slides(export: Export, left: list[int]) -> list[Plan]:
    """Content slides among columns nobody takes: a header with a colon at its end, no cell but `Thumbs up`."""
    voters = export.voters
    return [
        Plan(1 + column, "slide", voters.headers[column].rstrip(" :"), uses=[Use(column, "reaction")])
        for column in left
        if voters.headers[column].rstrip().endswith(":") and set(voters.columns[column]) <= {"", "Thumbs up"}
    ]
