"""Which columns of `Voters` belong to which question: a walk along the blocks, and what to do when it breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .cells import key_of, shown
from .layout import Block, Export
from .problems import Problem
from .question_types import Plan, Use, items_of, kind_of


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


def join(export: Export, plans: list[Plan]) -> tuple[list[int], list[Problem]]:
    """Give every plan its columns. Returns the columns that nobody takes, and what was matched how.

    The walk addresses columns by position. Only where it cannot use every column are headers matched by their wording,
    and then only those that exactly one column carries and exactly one question expects.
    """
    headers = [key_of(header) for header in export.voters.headers]
    spans = _walk(plans, headers)
    if spans is not None:
        for plan, uses in zip(plans, spans, strict=True):
            plan.uses, plan.matched = uses, "position"
        return [], []
    return _match_by_header(export, plans, headers)


def _walk(plans: list[Plan], headers: list[str]) -> list[list[Use]] | None:
    """The first choice of spans that uses every column exactly once, found by backtracking; None if there is none."""
    if not plans:
        return None if headers else []
    dead: set[tuple[int, int]] = set()
    chosen: list[list[Use]] = []
    starts = [0]
    open_spans = [kind_of(plans[0].type).spans(plans[0], headers, 0)]
    while open_spans:
        uses = next(open_spans[-1], None)
        level = len(open_spans)
        if uses is None:
            dead.add((level - 1, starts.pop()))
            open_spans.pop()
            del chosen[-1:]
            continue
        at = starts[-1] + len(uses)
        if level < len(plans) and (level, at) not in dead:
            chosen.append(uses)
            starts.append(at)
            open_spans.append(kind_of(plans[level].type).spans(plans[level], headers, at))
        elif level == len(plans) and at == len(headers):
            return [*chosen, uses]
    return None


def _match_by_header(export: Export, plans: list[Plan], headers: list[str]) -> tuple[list[int], list[Problem]]:
    where: dict[str, list[int]] = defaultdict(list)
    for column, header in enumerate(headers):
        where[header].append(column)
    claims: dict[int, list[tuple[Plan, Use]]] = defaultdict(list)
    for plan in plans:
        for use in _wanted(plan, headers, where):
            claims[use.column].append((plan, use))
    taken: set[int] = set()
    for column, claim in sorted(claims.items()):
        if len(claim) == 1:
            plan, use = claim[0]
            plan.uses.append(use)
            plan.matched = "header"
            taken.add(column)
    left = [column for column in range(len(headers)) if column not in taken]
    return left, _report(export, plans, left, claims)


def _wanted(plan: Plan, headers: list[str], where: dict[str, list[int]]) -> list[Use]:
    """Columns a plan could take by the wording of their header, each header standing once."""
    uses: list[Use] = []
    for column, header in enumerate(headers):
        if not header.startswith(plan.key):
            continue
        for span in kind_of(plan.type).spans(_single(plan, header), headers, column):
            uses += [use for use in span if use.column == column or use.part == "upvotes"]
            break
        else:
            order = header.removeprefix(f"{plan.key}:")
            if (
                plan.type in ("choices", "choices_images", "open")
                and order.isdigit()
                and header.startswith(plan.key + ":")
            ):
                uses += _numbered(plan, headers, column, int(order[:6]))
    return [use for use in uses if len(where[headers[use.column]]) == 1 or use.part == "upvotes"]


def _single(plan: Plan, header: str) -> Plan:
    """The plan as if it had only the item this header names."""
    items = [item for item in plan.items if f"{plan.key}:{key_of(item)}" == header]
    known = plan.items and plan.type != "choices"
    return Plan(plan.number, plan.type, plan.title, plan.blocks, items or (["\0"] if known else []))


def _numbered(plan: Plan, headers: list[str], column: int, order: int) -> list[Use]:
    if plan.type != "open":
        return [Use(column, "pick", order=order)]
    if headers[column + 1 : column + 2] != ["Upvotes"]:
        return [Use(column, "response", order=order)]
    return [Use(column, "response", order=order), Use(column + 1, "upvotes", order=order)]


def _report(export: Export, plans: list[Plan], left: list[int], claims: dict) -> list[Problem]:
    voters = export.voters
    problems = [
        Problem(
            "matched-by-header",
            voters.sheet,
            "the columns do not follow the order of the Session blocks, so the file was changed by hand; columns were "
            f"matched by headers that stand once ({sum(len(plan.uses) for plan in plans)} of {len(voters.headers)})",
            seen=f"{len(left)} columns without a match",
        )
    ]
    for column in left:
        filled = sum(cell != "" for cell in voters.columns[column])
        why = (
            "more than one question fits" if len(claims.get(column, [])) > 1 else "no question fits, or it stands twice"
        )
        problems.append(
            Problem(
                "column-unmatched",
                voters.place(column),
                f"expected the column of one question, saw the header “{shown(voters.headers[column])}”: {why}; "
                f"{filled} cells were set aside",
                seen=f"{filled} cells",
                action="set aside",
            )
        )
    for plan in plans:
        if plan.has_votes and not plan.uses and plan.type != "slide":
            message = f"no column was found for the question “{shown(plan.title)}”"
            problems.append(Problem("question-without-column", plan.place, message))
    return problems
