"""Poll Everywhere: a CSV with a row per response, laid out anew with a row per person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .cells import Cell, text_of
from .containers import Sheet
from .export import Export, Part, Use
from .faults import Problem
from .flat import Rows, Tool, days, head, padded

_NEEDED = ("Participant ID", "Response", "Activity title", "Activity type")


def _signs(headings: list[str]) -> str:
    return f"the headings {', '.join(_NEEDED)}" if set(_NEEDED) <= set(headings) else ""


def _read(path: Path, sheet: Sheet, sheets: list[Sheet], problems: list[Problem], signs: str) -> Export:
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
    spread += [
        [cell for title, width in widths.items() for cell in padded(own.get(title, []), width)]
        for own in answers.values()
    ]
    whole = Sheet(sheet.file, sheet.name, spread, [1, *rows_of.values()])
    wide = Rows(path, "Poll Everywhere", whole, problems, signs)
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
        wide.note("voter_number", message, f"{nobody} cells", "set aside")
        wide.lost = nobody
    return wide.export(f"{len(runs)} runs")


def _ask(rows: Rows, title: str, type_: str, columns: list[int]) -> None:
    kind, several = type_.casefold(), len(columns) > 1
    part: Part = "verbatim"
    if kind == "multiple choice":
        part = "pick" if several else "choice"
    elif kind == "open ended":
        part = "response"
    numbers = [0] if part == "choice" else range(1, len(columns) + 1)
    if kind == "ranking" and not several:
        rows.ask(title, "ranking", [Use(columns[0], "verbatim", mark=", ")])
    else:
        named = {"multiple choice": "choices", "open ended": "open"}.get(kind, "unknown")
        rows.ask(title, named, [Use(column, part, order=n) for column, n in zip(columns, numbers, strict=True)])


POLL_EVERYWHERE = Tool(_signs, _read)
