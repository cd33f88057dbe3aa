"""Poll Everywhere: a CSV with a row per response, laid out anew with a row per person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .cells import Cell, text_of
from .containers import Sheet
from .export import Export, Use
from .faults import Problem
from .flat import Rows, days, head

TOOL = "Poll Everywhere"
_NEEDED = ("Participant ID", "Response", "Activity title", "Activity type")


def signs(sheets: list[Sheet]) -> tuple[Sheet, str] | None:
    """The sheet with the answers and what gave it away."""
    for sheet in sheets:
        if set(_NEEDED) <= set(head(sheet)):
            return sheet, f"the headings {', '.join(_NEEDED)}"
    return None


def read(path: Path, sheet: Sheet, problems: list[Problem], found: str) -> Export:
    """A person is a participant id within a run; several responses to one activity are several answers."""
    names = head(sheet)
    place = {name: names.index(name) for name in names if name}
    when = next((at for at, name in enumerate(names) if name.startswith("Received at")), None)

    def cell(row: Sequence[Cell], name: str) -> Cell:
        at = place.get(name, len(row))
        return row[at] if at < len(row) else ""

    answers: dict[tuple[str, str], dict[str, list[Cell]]] = {}
    rows_of: dict[tuple[str, str], int] = {}
    times: dict[tuple[str, str], Cell] = {}
    types: dict[str, str] = {}
    nobody = 0
    for number, row in zip(sheet.numbers[1:], sheet.rows[1:], strict=True):
        response, title = cell(row, "Response"), text_of(cell(row, "Activity title"))
        person = text_of(cell(row, "Prior run name")), text_of(cell(row, "Participant ID"))
        if response == "" or not person[1]:
            nobody += response != ""
            continue
        types.setdefault(title, text_of(cell(row, "Activity type")))
        rows_of.setdefault(person, number)
        times.setdefault(person, row[when] if when is not None and when < len(row) else "")
        answers.setdefault(person, {}).setdefault(title, []).append(response)
    widths = {title: max(len(own.get(title, [])) for own in answers.values()) for title in types}
    spread: list[Sequence[Cell]] = [[title for title, width in widths.items() for _ in range(width)]]
    spread += [_line(own, widths) for own in answers.values()]
    wide = Rows(path, TOOL, Sheet(sheet.file, sheet.name, spread, [1, *rows_of.values()]))
    wide.problems += problems
    runs = sorted({run for run, _ in answers}, key=lambda run: (run == "", run))
    wide.sessions = [1 + runs.index(run) for run, _ in answers]
    wide.days = days(times.values(), month_first=True)
    at = 0
    for title, width in widths.items():
        _ask(wide, title, types[title], list(range(at, at + width)))
        at += width
    wide.left_out = [name for name in names if name and name not in _NEEDED]
    if nobody:
        message = f"{nobody} responses of nobody (without a participant id) were set aside"
        wide.problems.append(Problem("voter_number", sheet.title, message, f"{nobody} cells", "set aside"))
        wide.lost = nobody
    return wide.export(f"{len(runs)} runs", found)


def _line(own: dict[str, list[Cell]], widths: dict[str, int]) -> list[Cell]:
    """The answers of one person, as many cells per activity as anybody needs."""
    return [cell for title, width in widths.items() for cell in [*own.get(title, []), *[""] * width][:width]]


def _ask(rows: Rows, title: str, type_: str, columns: list[int]) -> None:
    kind = type_.casefold()
    several = len(columns) > 1
    if kind == "multiple choice":
        uses = [Use(c, "pick" if several else "choice", order=n if several else 0) for n, c in enumerate(columns, 1)]
        rows.ask(title, "choices", uses)
    elif kind == "ranking" and not several:
        rows.ask(title, "ranking", [Use(columns[0], "verbatim", mark=", ")])
    elif kind == "open ended":
        rows.ask(title, "open", [Use(column, "response", order=n) for n, column in enumerate(columns, 1)])
    else:
        rows.ask(title, "unknown", [Use(column, "verbatim", order=n) for n, column in enumerate(columns, 1)])
