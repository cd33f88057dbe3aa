"""Any table with one row per person, of which somebody says what its columns are: paper ballots, unknown tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from .cells import Cell, shown, whole_of
from .containers import Sheet
from .export import Export, Plan, Use
from .faults import FileError, Problem
from .flat import Rows, head, is_numbers, is_personal, plain, repeated, statements

TOOL = "no known tool"
_COUNTERS = {"nr", "nr.", "id", "#", "no", "no.", "lfd. nr.", "lfd.nr.", "nummer", "stimmzettel", "zettel", "ballot"}


@dataclass(frozen=True)
class Named:
    """What a column is: a question (none: it is left out), and the option, statement or rank its cells are of."""

    title: str = ""
    type: str = "unknown"
    item: str = ""
    order: int = 0


def read(path: Path, sheets: list[Sheet], problems: list[Problem], columns: Mapping[str, Named]) -> Export:
    """The table with these `columns`, by heading. Raises: FileError where a heading is missing, stands twice, or has
    cells and is not among them."""
    wanted = {plain(heading): named for heading, named in columns.items()}
    rows = Rows(path, TOOL, _headed(path, sheets, set(wanted)))
    rows.problems += problems
    known = [heading for heading in rows.headings if heading]
    for heading in wanted:
        if known.count(heading) != 1:
            saw = "no such column" if heading not in known else "two of them"
            remedy = "give each column a heading of its own" if heading in known else _nearest(heading, known)
            raise FileError(path, f"a column “{shown(heading)}”", saw, rows.sheet.title, remedy)
    plans: dict[str, Plan] = {}
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
            plan.uses.append(_use(rows, column, named))
    rows.questions = list(plans.values())
    return rows.export()


def _use(rows: Rows, column: int, named: Named) -> Use:
    if named.order:
        return Use(column, "place", order=named.order)
    if named.type == "choices" and named.item:
        return rows.tick(column, named.item)
    return replace(rows.use(column), item=named.item)


def propose(path: Path, sheets: list[Sheet], problems: list[Problem]) -> Export | None:
    """The table as far as headings and cells tell what it is; None where it is none."""
    try:
        sheet = _headed(path, sheets, set())
    except FileError:
        return None
    names = head(sheet)
    width = max(map(len, sheet.rows))
    unnamed = [c for c in range(width) if c >= len(names) or not names[c]]
    if len(sheet.rows) < 2 or repeated(names) or any(c < len(r) and r[c] != "" for r in sheet.rows for c in unnamed):
        return None
    rows = Rows(path, TOOL, sheet)
    rows.problems += problems
    rows.leave(c for c, name in enumerate(names) if name and (is_personal(name) or _counts(name, rows.filled(c))))
    points = _points(rows)
    for title, columns in statements(names):
        group = next((run for run in points if columns[0][0] in run), [])
        if group:
            if columns[0][0] == group[0]:
                uses = [Use(column, "verbatim", rows.headings[column]) for column in group]
                rows.ask("Punkteverteilung", "points", uses, [use.item for use in uses])
        elif title and any(rows.filled(column) for column, _ in columns):
            uses = [replace(rows.use(column), item=statement) for column, statement in columns]
            rows.ask(title, "unknown", uses)
    if not rows.questions:
        return None
    rows.guesses = ["that each row is a person, and the type of every question"]
    return rows.export()


def _counts(name: str, cells: Sequence[Cell]) -> bool:
    return name.casefold() in _COUNTERS and all(whole_of(cell) is not None for cell in cells)


def _points(rows: Rows) -> list[list[int]]:
    """Runs of neighbouring columns of numbers that add up to the same in nearly every row."""
    runs: list[list[int]] = []
    run: list[int] = []
    for column in range(len(rows.columns) + 1):
        if column < len(rows.columns) and is_numbers(rows.filled(column)):
            run.append(column)
            continue
        for start in range(len(run) - 1):
            if len(run) - start > 1 and rows.is_one_sum(run[start:]):
                runs.append(run[start:])
                break
        run = []
    return runs


def _headed(path: Path, sheets: list[Sheet], wanted: set[str]) -> Sheet:
    """The sheet from its row of headings on: the one that holds most of those wanted, else the first with two cells."""
    found = [
        (len(wanted & set(names)), -at, -number, replace(sheet, rows=sheet.rows[at:], numbers=sheet.numbers[at:]))
        for number, sheet in enumerate(sheets)
        for at in range(min(len(sheet.rows), 30))
        if len(names := [name for name in head(replace(sheet, rows=sheet.rows[at : at + 1])) if name]) > (not wanted)
    ]
    if not found:
        raise FileError(path, "a table with headings in a row and a row per person", "none")
    return max(found, key=lambda one: one[:3] if wanted else (one[2], one[1]))[3]


def _nearest(heading: str, known: Sequence[str] | Mapping[str, Named]) -> str:
    found = get_close_matches(heading, list(known), n=1, cutoff=0.5)
    return f"the nearest is “{shown(found[0])}”" if found else ""
