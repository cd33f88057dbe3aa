"""What a table of no known tool may be, by its headings and cells: a proposal that somebody confirms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from .cells import Cell, number_of, text_of, whole_of
from .containers import Sheet
from .export import Export, Use
from .faults import FileError, Problem
from .flat import Rows, head, is_numbers, is_personal, repeated, statements
from .table import TOOL, headed

_COUNTERS = {"nr", "nr.", "id", "#", "no", "no.", "lfd. nr.", "lfd.nr.", "nummer", "stimmzettel", "zettel", "ballot"}
_ORDER = "wahl|rang|rank|platz|präferenz|priorität|choice"
_RANK = re.compile(rf"(\d{{1,2}})\.? ?(?:{_ORDER})|(?:{_ORDER}) ?(\d{{1,2}})", re.IGNORECASE)


def propose(path: Path, sheets: list[Sheet], problems: list[Problem]) -> Export | None:
    """The table as far as headings and cells tell what it is; None where it is none."""
    try:
        sheet = headed(path, sheets, set())
    except FileError:
        return None
    names = head(sheet)
    width = max(map(len, sheet.rows))
    unnamed = [c for c in range(width) if c >= len(names) or not names[c]]
    if any(number_of(name) == number_of(name) for name in names):
        return None  # answers where headings should be: the first person would be lost
    if len(sheet.rows) < 2 or repeated(names) or any(c < len(r) and r[c] != "" for r in sheet.rows for c in unnamed):
        return None
    rows = Rows(path, TOOL, sheet)
    rows.problems += problems
    rows.leave(c for c, name in enumerate(names) if name and (is_personal(name) or _counts(c, name, rows.filled(c))))
    groups = {run[0]: (title, type_, run) for title, type_, run in _groups(rows)}
    grouped = {column for _, _, run in groups.values() for column in run}
    for title, columns in statements(names):
        first = columns[0][0]
        if first in groups:
            _ask(rows, *groups[first])
        elif first not in grouped and title and any(rows.filled(column) for column, _ in columns):
            uses = [replace(rows.use(column), item=statement) for column, statement in columns]
            rows.ask(title, "unknown", uses)
    if not rows.questions:
        return None
    rows.guesses = ["that each row is a person, and the type of every question"]
    return rows.export()


def _counts(column: int, name: str, cells: Sequence[Cell]) -> bool:
    """Whether a column only numbers the rows."""
    numbers = [whole_of(cell) for cell in cells]
    is_running = column == 0 and len(cells) > 2 and numbers == list(range(1, len(cells) + 1))
    return is_running or (name.casefold() in _COUNTERS and None not in numbers)


def _groups(rows: Rows) -> Iterator[tuple[str, str, list[int]]]:
    """Neighbouring columns that together are one question: points, ranks, or options to tick."""
    for run in _runs(rows, lambda column: bool(_RANK.fullmatch(rows.headings[column]))):
        yield "Rangfolge", "ranking", run
    for run in _runs(rows, lambda column: _is_ticked(rows.filled(column))):
        yield "Mehrfachauswahl", "choices", run
    for run in _runs(rows, lambda column: is_numbers(rows.filled(column))):
        parts = [run[start:end] for start in range(len(run)) for end in range(start + 2, len(run) + 1)][:500]
        if sums := [part for part in parts if rows.is_one_sum(part)]:
            yield "Punkteverteilung", "points", max(sums, key=len)


def _runs(rows: Rows, is_one: Callable[[int], bool]) -> list[list[int]]:
    runs = [list(run) for fits, run in groupby(range(len(rows.columns)), is_one) if fits]
    return [run for run in runs if len(run) > 1]


def _is_ticked(cells: Sequence[Cell]) -> bool:
    return bool(cells) and {text_of(cell).strip().casefold() for cell in cells} <= {"x", "✓", "✔", "☑", "☒", "☐"}


def _ask(rows: Rows, title: str, type_: str, run: list[int]) -> None:
    names = [rows.headings[column] for column in run]
    if type_ == "choices":
        rows.ask(title, type_, rows.ticks(list(zip(run, names, strict=True))), names)
    elif type_ == "points":
        rows.ask(title, type_, [Use(column, "verbatim", name) for column, name in zip(run, names, strict=True)], names)
    else:
        order = [int(found[1] or found[2]) for name in names if (found := _RANK.fullmatch(name))]
        rows.ask(title, type_, [Use(column, "place", order=n) for column, n in zip(run, order, strict=True)])
