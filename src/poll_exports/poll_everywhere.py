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
    when = next((name for name in names if name.startswith("Received at")), "")
    people: dict[tuple[str, str], tuple[int, Cell, dict[str, list[Cell]]]] = {}  # row, time, responses by activity
    types: dict[str, str] = {}
    nobody = 0
    for number, row in zip(sheet.numbers[1:], sheet.rows[1:], strict=True):
        cells = dict(zip(reversed(names), reversed(padded(row, len(names))), strict=True))
        title, who = text_of(cells["Activity title"]), text_of(cells["Participant ID"])
        if cells["Response"] == "" or not who:
            nobody += cells["Response"] != ""
            continue
        types.setdefault(title, text_of(cells["Activity type"]))
        person = text_of(cells.get("Prior run name", "")), who
        _, _, own = people.setdefault(person, (number, cells.get(when, ""), {}))
        own.setdefault(title, []).append(cells["Response"])
    widths = {title: max(len(own.get(title, [])) for _, _, own in people.values()) for title in types}
    spread: list[Sequence[Cell]] = [[title for title, width in widths.items() for _ in range(width)]]
    for _, _, own in people.values():
        spread.append([cell for title, width in widths.items() for cell in padded(own.get(title, []), width)])
    whole = Sheet(sheet.file, sheet.name, spread, [1, *(number for number, _, _ in people.values())])
    wide = Rows(path, "Poll Everywhere", whole, problems, signs)
    runs = sorted({run for run, _ in people}, key=lambda run: (run == "", run))
    wide.sessions = [1 + runs.index(run) for run, _ in people]
    wide.days = days([time for _, time, _ in people.values()], month_first=True)
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
