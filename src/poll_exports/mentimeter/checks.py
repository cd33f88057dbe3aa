"""Checksums: what the Session sheets print is recomputed from `Voters`; and cells that are not what their type says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..cells import key_of, number_of, shown, shown_number, some, text_of, whole_of
from ..export import Block, Export, Part, Plan, Use
from ..faults import Problem
from ..redaction import type_without
from .question_types import QUIZ_PARTS, is_known, items_of, kind_of, scale_values

NUMERIC: tuple[Part, ...] = ("scale", "rank", "upvotes", "score")


def check_blocks(export: Export, plans: list[Plan]) -> list[Problem]:
    """Differences between printed and recomputed respondents, votes and weighted averages, each with both numbers."""
    sessions = np.array(export.voters.sessions, dtype=np.int64)
    problems: list[Problem] = []
    for plan in plans:
        for block in plan.blocks:
            parts = _parts(export, plan, sessions == block.session)
            problems += _respondents(block, parts)
            if kind_of(block.type).part == "choice" or block.type == "quiz":
                problems += _votes(block, parts)
            if block.type == "scales":
                problems += _averages(block, parts)
            if block.type == "open":
                problems += _responses(block, parts)
        problems += _lost_parts(plan)
    return problems


class _Part(NamedTuple):
    """The filled cells of one column of a question in one session: positions of voters, cells, and numbers in them."""

    use: Use
    at: np.ndarray
    cells: np.ndarray
    numbers: np.ndarray


def _parts(export: Export, plan: Plan, in_session: np.ndarray) -> list[_Part]:
    found = []
    for use in plan.uses:
        at, cells = export.voters.filled(use.column)
        numbers = export.voters.numbers_in(use.column) if use.part == "scale" else at
        chosen = in_session[at]
        own = (at, cells, numbers) if chosen.all() else (at[chosen], cells[chosen], numbers[chosen])
        found.append(_Part(use, *own))
    return found


def _differs(rule: str, block: Block, what: str, printed: object, counted: object) -> Problem:
    first, second = shown_number(printed), shown_number(counted)
    message = f"{what}: the Session sheet prints {first}, the Voters sheet gives {second}"
    return Problem(rule, block.place, message, seen=f"{first} printed, {second} counted")


def _respondents(block: Block, parts: list[_Part]) -> Iterator[Problem]:
    """Printed respondents are voters with a cell. Scales also count people who skipped every statement, choices those
    who chose an option without a label, whose cell is empty; for types whose layout is a guess nothing is known."""
    if block.respondents is None or not is_known(block.type) or block.type in ("quiz", "ranking"):
        return
    people = int(np.count_nonzero(np.bincount(np.concatenate([part.at for part in parts])))) if parts else 0
    unseen = sum(whole_of(row[1]) or 0 for row in block.table[1:] if len(row) > 1 and not key_of(row[0]))
    if block.type == "scales":
        unseen = block.respondents
    if not people <= block.respondents <= people + unseen:
        yield _differs("respondents", block, "people who answered", block.respondents, people)


def _votes(block: Block, parts: list[_Part]) -> Iterator[Problem]:
    if not items_of(block) or text_of(block.table[0][1] if len(block.table[0]) > 1 else "") != "Votes":
        return
    chosen = Counter(cell for part in parts if part.use.part in ("choice", "pick") for cell in part.cells.tolist())
    counted: Counter[str] = Counter()
    for value, count in chosen.items():
        counted[key_of(value)] += count
    printed: Counter[str] = Counter()
    rows = block.table[1 : 1 + len(items_of(block))]
    for row in rows:
        printed[key_of(row[0])] += (whole_of(row[1]) or 0) if len(row) > 1 else 0
    for row in rows:
        label = key_of(row[0])
        if label and label in printed and printed[label] != counted[label]:
            yield _differs("votes", block, f"votes for “{shown(row[0])}”", printed[label], counted[label])
        printed.pop(label, None)
        counted.pop(label, None)
    if counted.total():
        message = f"{counted.total()} answers are none of the options that the Session sheet prints"
        yield Problem("option_not_printed", block.place, message, seen=f"{counted.total()} answers")


def _responses(block: Block, parts: list[_Part]) -> Iterator[Problem]:
    """Open answers that only one of the two sheets has, counted."""
    if not block.table or text_of(block.table[0][0]) != "Responses":
        return
    cells = (key_of(cell) for part in parts if part.use.part == "response" for cell in part.cells.tolist())
    counted = Counter(filter(None, cells))
    printed = Counter(key_of(row[0]) for row in block.table[1:] if row and key_of(row[0]))
    here, there = (counted - printed).total(), (printed - counted).total()
    if here or there:
        message = f"answers: {there} only on the Session sheet, {here} only on the Voters sheet"
        yield Problem("responses", block.place, message, seen=f"{here + there} answers")


def _lost_parts(plan: Plan) -> Iterator[Problem]:
    """A quiz of whose four columns some were not found."""
    lost = [name for name, part in QUIZ_PARTS.items() if part not in {use.part for use in plan.uses}]
    if plan.type == "quiz" and plan.uses and lost:
        message = f"no column was found for {', '.join(lost)} of the quiz “{shown(plan.title)}”"
        yield Problem("question_without_column", plan.place, message, seen=f"{len(lost)} columns")


def _averages(block: Block, parts: list[_Part]) -> Iterator[Problem]:
    columns: dict[str, list[np.ndarray]] = {}
    for part in parts:
        columns.setdefault(key_of(part.use.item), []).append(part.numbers)
    values = scale_values(block)
    for row in block.table[1 : 1 + len(items_of(block))]:
        own = columns.get(key_of(row[0]))
        if not own:
            continue
        numbers = own.pop(0)
        numbers = numbers[~np.isnan(numbers)]
        label = f"“{shown(row[0])}”"
        # Means were printed in full until July 2024 and with two decimals since.
        mean, average = number_of(row[1] if len(row) > 1 else ""), float(numbers.mean()) if len(numbers) else 0.0
        within = 0.005 + 1e-9 if abs(mean * 100 - np.round(mean * 100)) < 1e-9 else 1e-6
        if abs(mean - average) > within or (mean != mean and len(numbers)):
            yield _differs("weighted_average", block, f"mean of {label}", mean, round(average, 4))
        counts = dict(zip(*(part.tolist() for part in np.unique(numbers, return_counts=True)), strict=True))
        for value, cell in zip(values, row[2:], strict=False):
            if (whole_of(cell) or 0) != counts.get(value, 0):
                yield _differs("votes", block, f"answers {value} to {label}", cell, counts.get(value, 0))
        off = sum(count for number, count in counts.items() if number not in values) if values else 0
        if off:
            message = f"{off} answers to {label} are not on the printed scale {values[0]} … {values[-1]}"
            yield Problem("value_not_printed", block.place, message, seen=f"{off} answers")


def check_cells(export: Export, plans: list[Plan], parts: tuple[Part, ...] = NUMERIC) -> tuple[int, list[Problem]]:
    """Cells that should hold a number and do not: how many were set aside, and where."""
    problems, total = [], 0
    for plan, use in ((own, use) for own in plans for use in own.uses if use.part in parts):
        at = export.voters.filled(use.column)[0]
        bad = at[np.isnan(export.voters.numbers_in(use.column))]
        if use.part == "upvotes":  # of an answer that is not there
            answered = export.voters.filled(use.column - 1)[0]
            bad = np.union1d(bad, np.setdiff1d(at, answered, assume_unique=True))
        if len(bad):
            total += len(bad)
            saw = f"saw something else in {len(bad)} cells"
            message = f"expected a number that belongs to an answer, {saw}; they were set aside"
            where = f"{export.voters.place(use.column)}, row {some(export.voters.rows[i] for i in bad)}"
            problems.append(Problem("no_number", plan.place, message, f"{len(bad)} cells", "set aside", private=where))
    return total, problems


def check_types(export: Export, plans: list[Plan]) -> list[Problem]:
    """One row for each question whose type has a layout that is only a guess, or was never seen before."""
    problems = []
    for plan in plans:
        if is_known(plan.type) or not any(len(export.voters.filled(use.column)[0]) for use in plan.uses):
            continue
        message = (
            f"the layout of the type “{type_without(plan.type)}” was never seen in a real file; the answers to "
            f"“{shown(plan.title)}” were kept verbatim as text"
        )
        problems.append(Problem("guessed_layout", plan.place, message, seen=f"{len(plan.uses)} columns"))
    return problems
