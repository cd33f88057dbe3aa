"""Forms of Microsoft and of Google: times of filling in and addresses, then a column per question or statement."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from .containers import Sheet
from .export import Export, Use
from .faults import Problem
from .flat import Rows, Tool, days, is_personal, statements

_STARTS = {"start time", "startzeit"}
_ENDS = {"completion time", "fertigstellungszeit", "abschlusszeit", "beendigungszeit"}
_ABOUT_MICROSOFT = {"id", *_STARTS, *_ENDS, "last modified time", "uhrzeit der letzten änderung", "letzte änderung",
                    "zeitpunkt der letzten änderung", "language", "sprache", "total points", "gesamtpunktzahl",
                    "quiz feedback", "quiz_feedback", "grade posted time"}  # fmt: skip
_GRADE = re.compile(r"(?:points|feedback|punkte)\s*[–:-]\s+(.+)", re.IGNORECASE)
_TIMESTAMPS = {
    "timestamp", "zeitstempel", "tidstämpel", "tidsstempel", "tijdstempel", "horodateur", "marca temporal",
    "marca de tiempo", "carimbo de data/hora", "informazioni cronologiche", "sygnatura czasowa", "aikaleima",
    "časové razítko", "időbélyeg", "отметка времени", "позначка часу", "zaman damgası",
}  # fmt: skip
_ABOUT_GOOGLE = {"score", "punktzahl", "gesamtpunktzahl"}


def _signs_of_microsoft(headings: list[str]) -> str:
    names = {name.casefold() for name in headings}
    return "the headings of start and completion time" if _STARTS & names and _ENDS & names else ""


def _read_microsoft(path: Path, sheet: Sheet, sheets: list[Sheet], problems: list[Problem], signs: str) -> Export:
    """Every statement of a Likert question is a question of its own, since the file does not hold its title. Answers of
    which several could be chosen, and ranks, end in a semicolon. Points or feedback of a quiz stand beside the question
    they are for."""
    rows = Rows(path, "Microsoft Forms", sheet, problems, signs)
    names = [name.casefold() for name in rows.headings]
    rows.days = days(rows.columns[next(at for at, name in enumerate(names) if name in _ENDS)])
    first = 1 + max(at for at, name in enumerate(names[:8]) if name in _ENDS | {"name", "email", "e-mail", "id"})
    grades = {name for name in names if (found := _GRADE.fullmatch(name)) and found[1] in names}
    about = [at for at, name in enumerate(names) if at < first or name in _ABOUT_MICROSOFT | grades
             or is_personal(name)]  # fmt: skip
    rows.leave(about)
    for column, name in enumerate(rows.headings):
        cells = rows.filled(column)
        if column in about or not (name or cells):
            continue
        is_list = bool(cells) and all(isinstance(cell, str) and cell.rstrip().endswith(";") for cell in cells)
        rows.ask(name or f"Frage {column + 1}", "unknown", [Use(column, "verbatim", mark=";" if is_list else "")])
    is_english = "start time" in names
    rows.guesses = ["the types of questions; titles of Likert questions are not in the file"]
    rows.guesses += [] if is_english else ["German headings, which were not seen in a real file"]
    return rows.export("English" if is_english else "German")


def _signs_of_google(headings: list[str]) -> str:
    is_it = len(headings) > 1 and headings[0].casefold() in _TIMESTAMPS
    return f"the first heading “{headings[0]}”" if is_it else ""


def _read_google(path: Path, sheet: Sheet, sheets: list[Sheet], problems: list[Problem], signs: str) -> Export:
    """Grids are headings `Title [Statement]`; several answers of a person stand in one cell."""
    rows = Rows(path, "Google Forms", sheet, problems, signs)
    rows.days = days(rows.columns[0])
    names = enumerate(rows.headings)
    rows.leave([0, *(c for c, name in names if is_personal(name) or name.casefold() in _ABOUT_GOOGLE)])
    for title, columns in statements(rows.headings):
        if any(rows.filled(column) for column, _ in columns):
            rows.ask(title, "unknown", [replace(rows.use(column), item=statement) for column, statement in columns])
    rows.guesses = ["the types of questions, and where several answers in a cell are parted"]
    return rows.export("grids " + ("seen" if any(plan.uses[0].item for plan in rows.questions) else "none"))


MICROSOFT, GOOGLE = Tool(_signs_of_microsoft, _read_microsoft), Tool(_signs_of_google, _read_google)
