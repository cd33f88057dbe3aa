"""Questions of a `Voters` sheet that stands alone, without blocks and without a round: what its headers give away."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from ..cells import key_of
from ..export import Export, Plan, Use
from ..faults import Problem
from .question_types import NOTHING, QUIZ_PARTS, kind_of


def guessed_plans(export: Export, left: list[int]) -> list[Plan]:
    """Questions of a `Voters` sheet that stands alone, by what headers give away: open answers have `Upvotes`, quizzes
    four columns, slides nothing but reactions. All else is `unknown`, one question per column. Only those in columns
    that are `left`."""
    headers = [key_of(header) for header in export.voters.headers]
    plans: list[Plan] = []
    at = 0
    while at < len(headers):
        plan = _run(headers, at) or _single(export, at)
        plan.number, plan.title = len(plans) + 1, _title(export.voters.headers[at], plan.title)
        plans.append(plan)
        at += len(plan.uses)
    free = set(left)
    return [plan for plan in plans if free.issuperset(use.column for use in plan.uses)]


def slides(export: Export, left: list[int]) -> list[Plan]:
    """Content slides among columns nobody takes."""
    found = [_single(export, column) for column in left]
    headers = export.voters.headers
    return [
        replace(plan, number=1 + column, title=headers[column].rstrip(" :"))
        for plan, column in zip(found, left, strict=True)
        if plan.type == "slide"
    ]


def _title(header: str, key: str) -> str:
    """The beginning of the header that, without blanks, is `key`."""
    left = len(key)
    for position, sign in enumerate(header):
        if not left and not unicodedata.combining(sign):
            return header[:position]
        left -= bool(key_of(sign)) and not unicodedata.combining(sign)
    return header


def _run(headers: list[str], at: int) -> Plan | None:
    """The open question or the quiz that begins in this column."""
    for type_, ending in (("open", ":1"), ("open", ":"), ("open", ""), ("quiz", ":Name")):
        plan = Plan(0, type_, headers[at].removesuffix(ending))
        span = next(kind_of(type_).spans(plan, headers, at), NOTHING) if headers[at].endswith(ending) else NOTHING
        parts = [use.part for use in span.taken()]
        if parts[1:2] == ["upvotes"] or parts == [*QUIZ_PARTS.values()]:
            return replace(plan, uses=span.taken())
    return None


def _single(export: Export, at: int) -> Plan:
    """A content slide, which has a header with a colon at its end and no cell but `Thumbs up`; else a question."""
    header = key_of(export.voters.headers[at])
    is_slide = header.endswith(":") and set(export.voters.columns[at]) <= {"", "Thumbs up"}
    type_, uses = ("slide", [Use(at, "reaction")]) if is_slide else ("unknown", [Use(at, "verbatim")])
    return Plan(0, type_, header.removesuffix(":"), uses=uses)


def only_voters_note(export: Export) -> Problem:
    message = (
        "expected Session sheets beside it, saw none: types were guessed from the headers and answers of unknown types "
        "kept verbatim; with a round, round.yml says the types"
    )
    return Problem("no_session_sheet", export.voters.sheet, message, seen=f"{len(export.voters.headers)} columns")
