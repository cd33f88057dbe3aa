"""Which columns of `Voters` belong to which question: a walk along the blocks, and what to do when it breaks."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import groupby

from ..cells import key_of, shown
from ..containers import EXPORT_AGAIN
from ..export import Block, Export, Plan, Use
from ..faults import FileError, Problem
from .question_types import NOTHING, QUIZ_PARTS, Span, Spans, answer, items_of, kind_of

MAX_STEPS = 2_000_000
MAX_PAIRS = 1_000_000


def plans_of(blocks: Sequence[Block]) -> list[Plan]:
    """One plan per question, in slide order; blocks of different sessions with one number, type and title are one."""
    plans: dict[tuple[int, str, str], Plan] = {}
    for block in blocks:
        key = (block.number, block.type, key_of(block.title))
        plan = plans.setdefault(key, Plan(block.number, block.type, block.title))
        if any(block.session == other.session for other in plan.blocks):
            plan = plans[(*key[:2], f"{key[2]}\0{len(plans)}")] = Plan(block.number, block.type, block.title)
        plan.blocks.append(block)
        plan.items = plan.items or items_of(block)
    return sorted(plans.values(), key=lambda plan: plan.number)


def join(export: Export, plans: list[Plan], declared: list[Plan]) -> tuple[list[int], list[Problem]]:
    """Give every plan its columns. Returns the columns that nobody takes, and what was matched how.

    The walk addresses columns by position. Only where it cannot use every column are headers matched by their wording,
    and then only those that exactly one column carries and exactly one question expects; questions between two of those
    take the columns between them where the walk uses each. `declared` are questions that have no block: they are
    matched to what the blocks leave over.
    """
    headers = [key_of(header) for header in export.voters.headers]
    if (len(plans) + len(declared)) * len(headers) > MAX_PAIRS:
        saw = f"{len(plans)} questions and {len(headers)} columns"
        raise FileError(export.path, "questions and columns of one deck", saw, remedy=EXPORT_AGAIN)
    filled = {column for column in range(len(headers)) if len(export.voters.filled(column)[0])}
    patience = Patience()
    for empty in (filled, set[int]()):  # a printed "0 respondents" may be what was changed
        if (spans := _walk(plans, headers, empty, patience)) is not None:
            for plan, uses in zip(plans, spans, strict=True):
                plan.uses = uses
            return [], []
    left = _match_by_header(plans, headers, list(range(len(headers))))
    left = _walk_gaps(plans, headers, left, patience)
    by_blocks = len(headers) - len(left)
    left = _match_by_header(declared, headers, left)
    return left, _report(export, [*plans, *declared], left, by_blocks)


class Patience:
    """How many columns the walk may still look at. Sound files need a few per column; a file that was made so that
    everything fits everywhere would keep the walk busy for hours."""

    def __init__(self) -> None:
        self.left = MAX_STEPS

    def is_over(self, steps: int) -> bool:
        self.left -= steps
        return self.left < 0


def _walk(plans: list[Plan], headers: list[str], filled: Set[int], patience: Patience) -> list[list[Use]] | None:
    """The first choice of spans that uses every column exactly once, found by backtracking; None if there is none.
    Questions that nobody answered get no column in `filled`."""
    if not plans:
        return None if headers else []
    dead: set[tuple[int, int]] = set()
    chosen: list[Span] = []
    starts = [0]
    open_spans = [_spans(plans[0], headers, 0, filled, patience)]
    while open_spans and not patience.is_over(1):
        span = next(open_spans[-1], None)
        level = len(open_spans)
        if span is None:
            dead.add((level - 1, starts.pop()))
            open_spans.pop()
            del chosen[-1:]
            continue
        at = starts[-1] + span.size
        if level < len(plans) and (level, at) not in dead:
            chosen.append(span)
            starts.append(at)
            open_spans.append(_spans(plans[level], headers, at, filled, patience))
        elif level == len(plans) and at == len(headers):
            return [one.taken() for one in (*chosen, span)]
    return None


def _spans(plan: Plan, headers: list[str], start: int, filled: Set[int], patience: Patience) -> Spans:
    uses, empty = None, 0
    for span in kind_of(plan.type).spans(plan, headers, start):
        if span.uses is not uses:
            uses = span.uses
            empty = next((i for i, use in enumerate(uses) if use.column in filled), len(uses))
            if patience.is_over(len(uses)):
                return
        if plan.has_votes or span.size <= empty:
            yield span


def _match_by_header(plans: list[Plan], headers: list[str], free: list[int]) -> list[int]:
    """Columns that stay free after each plan took those that it alone expects and whose header stands once."""
    where: dict[str, list[int]] = defaultdict(list)
    for column in free:
        where[headers[column]].append(column)
    claims: dict[int, list[tuple[Plan, Use]]] = defaultdict(list)
    for plan in plans:
        for use in _wanted(plan, headers, where):
            claims[use.column].append((plan, use))
    sure = {column: claim[0] for column, claim in sorted(claims.items()) if len(claim) == 1}
    for plan, use in sure.values():
        plan.uses.append(use)
    return [column for column in free if column not in sure]


def _walk_gaps(plans: list[Plan], headers: list[str], free: list[int], patience: Patience) -> list[int]:
    """Columns that stay free after each run of questions without a column walked those between its neighbours."""
    for has_columns, run in groupby(enumerate(plans), key=lambda numbered: bool(numbered[1].uses)):
        gap = [number for number, _ in run]
        before, after = plans[: gap[0]], plans[gap[-1] + 1 :]
        start = max((use.column + 1 for use in before[-1].uses), default=0) if before else 0
        end = min((use.column for use in after[0].uses), default=0) if after else len(headers)
        if has_columns or start >= end or not set(range(start, end)) <= set(free):
            continue
        spans = _walk([plans[number] for number in gap], headers[start:end], set(), patience)
        for number, uses in zip(gap, spans or [], strict=False):
            plans[number].uses = [replace(use, column=use.column + start) for use in uses]
        if spans:
            free = [column for column in free if not start <= column < end]
    return free


def _wanted(plan: Plan, headers: list[str], where: dict[str, list[int]]) -> list[Use]:
    """Columns a plan could take by the wording of their header, each header standing once."""
    uses: list[Use] = []
    kind = kind_of(plan.type)
    for header, (column, *others) in where.items():
        if others or not header.startswith(plan.key):
            continue
        items = [item for item in plan.items if f"{plan.key}:{key_of(item)}" == header]  # as if it had only this one
        items = items or (["\0"] if plan.items and plan.type != "choices" else [])
        single = Plan(plan.number, plan.type, plan.title, plan.blocks, items)
        span = next(kind.spans(single, headers[: column + 2], column), NOTHING)
        number = header.removeprefix(f"{plan.key}:")
        if span.size:
            uses += [use for use in span.taken() if use.column == column or use.part == "upvotes"]
        elif kind.part in ("choice", "response") and number.isdigit() and header != number:
            own = answer(plan, column, int(number[:6]))
            uses += own if headers[column + 1 : column + 2] == ["Upvotes"] else own[:1]
    return [use for use in uses if use.column in where[headers[use.column]]]


def _report(export: Export, plans: list[Plan], left: list[int], by_blocks: int) -> list[Problem]:
    voters = export.voters
    if export.blocks:
        reason = (
            "the columns do not follow the blocks of the Session sheets, so the file was changed by hand; columns were "
            "matched by headers that stand once, repeated headers by their place between those"
        )
    else:
        reason = "there is no Session sheet; columns were matched to round.yml by their headers"
    seen = f"{by_blocks} of {len(voters.headers)} columns by Session blocks, {len(left)} without a match"
    problems = [Problem("matched_by_header", voters.sheet, reason, seen)]
    for column in left:
        cells = f"{int((voters.columns[column] != '').sum())} cells"
        rule = f"expected the column of exactly one question, saw the header “{shown(voters.headers[column])}”"
        message = f"{rule}; its {cells} were set aside"
        problems.append(Problem("column_unmatched", voters.place(column), message, cells, "set aside"))
    for plan in plans:
        if plan.blocks and plan.has_votes and not plan.uses and plan.type != "slide":
            message = f"no column was found for the question “{shown(plan.title)}”"
            problems.append(Problem("question_without_column", plan.place, message))
        if not plan.blocks and plan.uses and export.blocks:
            message = f"expected a Session block for “{shown(plan.title)}”, saw none; read with the type of round.yml"
            problems.append(Problem("session_block_missing", voters.place(plan.uses[0].column), message))
    return problems


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
    headers = export.voters.headers
    found = {column: plan for column in left if (plan := _single(export, column)).type == "slide"}
    return [replace(plan, number=1 + c, title=headers[c].rstrip(" :")) for c, plan in found.items()]


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
