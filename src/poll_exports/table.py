"""Any table with one row per person: paper ballots, unknown tools. Somebody says what its columns are, or headings and
cells let one propose it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path

from .cells import number_of, shown, whole_of
from .containers import Sheet
from .export import Export, Plan, Use
from .faults import FileError, Problem
from .flat import Rows, head, is_numbers, is_personal, plain, statements

TOOL = "no known tool"
NONE_OF_THEM = "none of them"
"""What `FileError.saw` says where a table has no heading that was named."""
_COUNTERS = {"nr", "nr.", "id", "#", "no", "no.", "lfd. nr.", "lfd.nr.", "nummer", "stimmzettel", "zettel", "ballot"}
_ORDER = "wahl|rang|rank|platz|präferenz|priorität|choice"
_RANK = re.compile(rf"(\d{{1,2}})\.? ?(?:{_ORDER})|(?:{_ORDER}) ?(\d{{1,2}})", re.IGNORECASE)
_TICKS = {"x", "✓", "✔", "☑", "☒", "☐"}


@dataclass(frozen=True)
class Named:
    """What a column is: a question (none: it is left out), and the option, statement or rank its cells are of."""

    title: str = ""
    type: str = "unknown"
    item: str = ""
    order: int = 0


def read(path: Path, sheets: list[Sheet], problems: list[Problem], columns: Mapping[str, Named], whole: bool) -> Export:
    """The table with these `columns`, by heading. Raises: FileError where a heading is missing (one of them if the
    table is to hold the `whole` of them, else all), stands twice, or has cells and is not among them."""
    wanted = {plain(heading): named for heading, named in columns.items()}
    rows = Rows(path, TOOL, _headed(path, sheets, set(wanted)), problems)
    known = [heading for heading in rows.headings if heading]
    if not whole and not set(known) & set(wanted):
        raise FileError(path, "columns that are named under columns in round.yml", NONE_OF_THEM, rows.sheet.title)
    for heading in wanted if whole else [one for one in wanted if one in known]:
        if known.count(heading) != 1:
            saw = "no such column" if heading not in known else "two of them"
            remedy = "give each column a heading of its own" if heading in known else _nearest(heading, known)
            raise FileError(path, f"a column “{shown(heading)}”", saw, rows.sheet.title, remedy)
    plans: dict[str, Plan] = {}
    ticked: dict[str, list[tuple[int, str]]] = {}
    for column, heading in enumerate(rows.headings):
        named = wanted.get(heading)
        if named is None:
            if rows.filled(column):
                remedy = f"write “{shown(heading)}: left_out” there, or the question it is; {_nearest(heading, wanted)}"
                raise FileError(path, "every column to be named under columns in round.yml", f"“{shown(heading)}”",
                                f"{rows.sheet.title}, row {rows.sheet.numbers[0]}", remedy.strip("; "))  # fmt: skip
        elif not named.title:
            rows.leave([column])
        else:
            plan = plans.setdefault(named.title, Plan(len(plans) + 1, named.type, named.title))
            if named.type == "choices" and named.item:
                ticked.setdefault(named.title, []).append((column, named.item))
            else:
                place = Use(column, "place", order=named.order)
                plan.uses.append(place if named.order else replace(rows.use(column), item=named.item))
    for title, own in ticked.items():
        plans[title].uses += rows.ticks(own)
    rows.questions = list(plans.values())
    return rows.export()


def _headed(path: Path, sheets: list[Sheet], wanted: set[str]) -> Sheet:
    """The sheet from its row of headings on: the one that holds most of those wanted, else the first with two cells."""
    found = [
        (len(wanted & set(names)), -at, -number, replace(sheet, rows=sheet.rows[at:], numbers=sheet.numbers[at:]))
        for number, sheet in enumerate(sheets)
        for at in range(min(len(sheet.rows), 30))
        if len(names := [name for name in map(plain, sheet.rows[at]) if name]) > (not wanted)
    ]
    if not found:
        raise FileError(path, "a table with headings in a row and a row per person", "none")
    return max(found, key=lambda one: one[:3] if wanted else (one[2], one[1]))[3]


def _nearest(heading: str, known: Sequence[str] | Mapping[str, Named]) -> str:
    found = get_close_matches(heading, list(known), n=1, cutoff=0.5)
    return f"the nearest is “{shown(found[0])}”" if found else ""


def propose(path: Path, sheets: list[Sheet], problems: list[Problem]) -> Export | None:
    """The table as far as headings and cells tell what it is, for somebody to confirm; None where it is none, where
    headings are missing or stand twice, and where answers stand in their place."""
    try:
        sheet = _headed(path, sheets, set())
    except FileError:
        return None
    names = head(sheet)
    unnamed = [c for c in range(max(map(len, sheet.rows))) if c >= len(names) or not names[c]]
    is_double = max(Counter(filter(None, names)).values()) > 1
    if len(sheet.rows) < 2 or is_double or any(c < len(row) and row[c] != "" for row in sheet.rows for c in unnamed):
        return None
    if any(number_of(name) == number_of(name) for name in names):
        return None
    rows = Rows(path, TOOL, sheet, problems)
    rows.leave(c for c, name in enumerate(names) if name and (is_personal(name) or _counts(rows, c)))
    groups = {run[0]: (title, type_, run) for title, type_, run in _groups(rows)}
    grouped = {column for _, _, run in groups.values() for column in run}
    for title, columns in statements(names):
        first = columns[0][0]
        if first in groups:
            _ask(rows, *groups[first])
        elif first not in grouped and title and any(rows.filled(column) for column, _ in columns):
            uses = [replace(rows.use(column), item=statement) for column, statement in columns]
            rows.ask(title, "unknown", uses)
    rows.guesses = ["that each row is a person, and the type of every question"]
    return rows.export() if rows.questions else None


def _counts(rows: Rows, column: int) -> bool:
    """Whether a column only numbers the rows."""
    numbers = [whole_of(cell) for cell in rows.filled(column)]
    is_running = column == 0 and len(numbers) > 2 and numbers == list(range(1, len(numbers) + 1))
    return is_running or (rows.headings[column].casefold() in _COUNTERS and None not in numbers)


def _groups(rows: Rows) -> Iterator[tuple[str, str, list[int]]]:
    """Neighbouring columns that together are one question: points, ranks, or options to tick."""
    for run in _runs(rows, lambda column: bool(_RANK.fullmatch(rows.headings[column]))):
        yield "Rangfolge", "ranking", run
    for run in _runs(rows, lambda column: {""} != {*rows.words(column), ""} <= {*_TICKS, ""}):
        yield "Mehrfachauswahl", "choices", run
    for run in _runs(rows, lambda column: is_numbers(rows.filled(column))):
        parts = [run[start:end] for start in range(len(run)) for end in range(start + 2, len(run) + 1)][:500]
        if sums := [part for part in parts if rows.is_one_sum(part)]:
            yield "Punkteverteilung", "points", max(sums, key=len)


def _runs(rows: Rows, is_one: Callable[[int], bool]) -> list[list[int]]:
    runs = [list(run) for fits, run in groupby(range(len(rows.columns)), is_one) if fits]
    return [run for run in runs if len(run) > 1]


def _ask(rows: Rows, title: str, type_: str, run: list[int]) -> None:
    names = [rows.headings[column] for column in run]
    named = list(zip(run, names, strict=True))
    if type_ == "choices":
        rows.ask(title, type_, rows.ticks(named), names)
    elif type_ == "points":
        rows.ask(title, type_, [Use(column, "verbatim", name) for column, name in named], names)
    else:
        places = [(column, found) for column, name in named if (found := _RANK.fullmatch(name))]
        rows.ask(title, type_, [Use(column, "place", order=int(one[1] or one[2])) for column, one in places])
