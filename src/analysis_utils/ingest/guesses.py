"""Questions of a `Voters` sheet that stands alone, without blocks and without a round: what its headers give away."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from .blocks import Block
from .cells import key_of
from .layout import Export
from .problems import Problem
from .question_types import QUIZ_PARTS, Plan, Use


def guessed_plans(export: Export) -> list[Plan]:
    """Questions of a `Voters` sheet that stands alone, by what headers give away: open answers have `Upvotes`, quizzes
    four columns, slides nothing but reactions. All else is `unknown`, one question per column."""
    headers = [key_of(header) for header in export.voters.headers]
    readers: list[Callable[[list[str], int], tuple[str, str, list[Use]] | None]] = [_open_run, _quiz_run]
    plans: list[Plan] = []
    at = 0
    while at < len(headers):
        found = next((run for reader in readers if (run := reader(headers, at))), None)
        type_, title, uses = found or _single(export, at)
        plan = Plan(len(plans) + 1, type_, _title(export.voters.headers[at], title), uses=uses)
        plan.blocks = [_stand_in(export, plan, session) for session in export.sessions]
        plans.append(plan)
        at += len(uses)
    return plans


def _title(header: str, key: str) -> str:
    """The beginning of the header that, without blanks, is `key`."""
    left = len(key)
    for position, sign in enumerate(header):
        if not left and not unicodedata.combining(sign):
            return header[:position]
        left -= bool(key_of(sign)) and not unicodedata.combining(sign)
    return header


def _open_run(headers: list[str], at: int) -> tuple[str, str, list[Use]] | None:
    if headers[at + 1 : at + 2] != ["Upvotes"] or headers[at] == "Upvotes":
        return None
    title, _, number = headers[at].rpartition(":")
    if number != "1":
        return "open", headers[at].removesuffix(":"), [Use(at, "response", order=1), Use(at + 1, "upvotes", order=1)]
    uses: list[Use] = []
    while headers[(place := at + len(uses)) : place + 2] == [f"{title}:{len(uses) // 2 + 1}", "Upvotes"]:
        order = len(uses) // 2 + 1
        uses += [Use(place, "response", order=order), Use(place + 1, "upvotes", order=order)]
    return "open", title, uses


def _quiz_run(headers: list[str], at: int) -> tuple[str, str, list[Use]] | None:
    title, _, last = headers[at].rpartition(":")
    if last != "Name" or headers[at : at + 4] != [f"{title}:{name}" for name in QUIZ_PARTS]:
        return None
    return "quiz", title, [Use(at + i, part) for i, part in enumerate(QUIZ_PARTS.values())]


def _single(export: Export, at: int) -> tuple[str, str, list[Use]]:
    header = key_of(export.voters.headers[at])
    is_slide = header.endswith(":") and set(export.voters.columns[at]) <= {"", "Thumbs up"}
    title = header.removesuffix(":")
    return ("slide", title, [Use(at, "reaction")]) if is_slide else ("unknown", title, [Use(at, "verbatim")])


def _stand_in(export: Export, plan: Plan, session: int) -> Block:
    return Block("Question", plan.number, "", session, plan.type, plan.title, None, [], export.voters.sheet, 0)


def only_voters_note(export: Export) -> Problem:
    message = (
        "expected Session sheets beside it, saw none: types were guessed from the headers and answers of unknown types "
        "kept verbatim; with a round, round.yml says the types"
    )
    return Problem("no-session-sheet", export.voters.sheet, message, seen=f"{len(export.voters.headers)} columns")
