"""Microsoft Forms: an xlsx with the times of filling in, name and address, and a column per question or statement."""

from __future__ import annotations

import re
from pathlib import Path

from .containers import Sheet
from .export import Export, Use
from .faults import Problem
from .flat import Rows, head, is_personal

TOOL = "Microsoft Forms"
_STARTS = {"start time", "startzeit"}
_ENDS = {"completion time", "fertigstellungszeit", "abschlusszeit", "beendigungszeit"}
_ABOUT = {"id", *_STARTS, *_ENDS, "last modified time", "uhrzeit der letzten änderung", "letzte änderung",
          "zeitpunkt der letzten änderung", "language", "sprache", "total points", "gesamtpunktzahl",
          "quiz feedback", "quiz_feedback", "grade posted time"}  # fmt: skip
_GRADE = re.compile(r"(?:points|feedback|punkte)\s*[–:-]\s+(.+)", re.IGNORECASE)


def signs(sheets: list[Sheet]) -> tuple[Sheet, str] | None:
    """The sheet with the answers and what gave it away."""
    for sheet in sheets:
        names = [name.casefold() for name in head(sheet)]
        if _STARTS.intersection(names) and _ENDS.intersection(names):
            return sheet, "the headings of start and completion time"
    return None


def _is_grade(name: str, names: list[str]) -> bool:
    """Points or feedback of a quiz, beside the question they are for."""
    found = _GRADE.fullmatch(name)
    return bool(found) and found[1] in names  # type: ignore[index]


def read(path: Path, sheet: Sheet, problems: list[Problem], found: str) -> Export:
    """Every statement of a Likert question is a question of its own, since the file does not hold its title. Answers of
    which several could be chosen, and ranks, end in a semicolon."""
    rows = Rows(path, TOOL, sheet)
    rows.problems += problems
    names = [name.casefold() for name in rows.headings]
    rows.date(next(at for at, name in enumerate(names) if name in _ENDS))
    first = 1 + max(at for at, name in enumerate(names[:8]) if name in _ENDS | {"name", "email", "e-mail", "id"})
    about = [at for at, name in enumerate(names) if name in _ABOUT or _is_grade(name, names)]
    personal = [at for at, name in enumerate(names) if is_personal(name) and at not in about]
    rows.leave(sorted({*about, *personal, *range(first)}))
    for column, name in enumerate(rows.headings):
        cells = rows.filled(column)
        if column in about or column in personal or column < first or not (name or cells):
            continue
        is_list = bool(cells) and all(isinstance(cell, str) and cell.rstrip().endswith(";") for cell in cells)
        rows.ask(name or f"Frage {column + 1}", "unknown", [Use(column, "verbatim", mark=";" if is_list else "")])
    rows.guesses = ["the types of questions; titles of Likert questions are not in the file"]
    is_german = not {"start time"}.intersection(names)
    if is_german:
        rows.guesses.append("German headings, which were not seen in a real file")
    return rows.export("German" if is_german else "English", found)
