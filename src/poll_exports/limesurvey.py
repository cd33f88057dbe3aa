"""LimeSurvey: a CSV with codes, texts or both as headings, and columns about the filling in before the questions."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from .cells import number_of
from .containers import Sheet
from .export import Export, Use
from .faults import Problem
from .flat import Rows, Tool, days, is_personal, statements

_SUBMITTED = {"submitdate", "date submitted", "datum abgeschickt", "datum der absendung"}
_SIGNS = _SUBMITTED | {"lastpage", "last page", "letzte seite", "startlanguage", "start language", "start-sprache",
                       "startsprache", "seed", "zufallsstartwert", "zufallsgenerator"}  # fmt: skip
_ABOUT = _SIGNS | {"id", "response id", "antwort id", "antwort-id", "startdate", "date started", "datum gestartet",
                   "datestamp", "date last action", "datum letzte aktivität", "refurl", "referrer url", "referrer-url",
                   "interviewtime", "total time", "gesamtzeit"}  # fmt: skip
_TIMES = re.compile(r"(group|question)?time\w*|(gruppenzeit|fragenzeit|group time|question time)\b.*", re.IGNORECASE)
_CODED = re.compile(r"([A-Za-z]\w*(?:\[\w+\])*)\. (.+)", re.DOTALL)
_RANKED = re.compile(r"(?:rang|rank|ranking|platz)?\s*(\d{1,3})", re.IGNORECASE)
_TICKED = {"y", "yes", "ja"}
_NOT_TICKED = {"n", "no", "nein", "n/a", "nicht gewählt", "not selected"}
_WRITTEN = re.compile(r".*(comment|kommentar)|other|sonstiges|andere", re.IGNORECASE | re.DOTALL)
"""Parts of a question in which people typed."""


def _text(name: str) -> str:
    """A heading without the code that stands before its text."""
    found = _CODED.fullmatch(name)
    return found[2] if found else name


def _signs(headings: list[str]) -> str:
    found = [name for name in headings if _text(name).casefold() in _SIGNS]
    return f"the headings {', '.join(found)}" if len(found) > 1 else ""


def _read(path: Path, sheet: Sheet, sheets: list[Sheet], problems: list[Problem], signs: str) -> Export:
    """Parts of a question are headings `Question [Part]`: options that were ticked, statements, numbers, ranks."""
    rows = Rows(path, "LimeSurvey", sheet, problems, signs)
    both = [_CODED.fullmatch(name) for name in rows.headings if name]
    has_both = all(both[1:])
    if has_both:
        rows.headings = [_text(name) for name in rows.headings]
    names = [name.casefold() for name in rows.headings]
    about = [at for at, name in enumerate(names) if name in _ABOUT or is_personal(name) or _TIMES.fullmatch(name)]
    for column in (at for at, name in enumerate(names) if name in _SUBMITTED):
        written = days(rows.columns[column])
        rows.days = ["" if day.startswith("1980") else day for day in written]  # anonymous
        if open_ := sum(cell == "" for cell in rows.columns[column]):
            message = f"{open_} answers were begun and not sent off; they were kept"
            rows.note("not_submitted", message, f"{open_} people")
    rows.leave(about)
    for title, columns in statements(["" if at in about else name for at, name in enumerate(rows.headings)]):
        for is_written, run in groupby(columns, key=lambda one: bool(_WRITTEN.fullmatch(one[1]))):
            own = list(run)
            if is_written:
                for column, part in own:
                    rows.ask(f"{title} [{part}]", "open", [Use(column, "response")])
            elif title and any(rows.filled(column) for column, _ in own):
                _ask(rows, title, own)
    is_coded = not has_both and all(re.fullmatch(r"[A-Za-z]\w{0,19}(\[\w+\])*", name) for name in rows.headings if name)
    if is_coded:
        message = (
            "the headings are codes, so wordings are not in the file: export with “question code & question text”, or "
            "say under `columns` in round.yml which question each is"
        )
        rows.note("codes", message)
    rows.guesses = ["the types of questions"]
    return rows.export("codes and texts" if has_both else "codes" if is_coded else "texts")


def _ask(rows: Rows, title: str, columns: list[tuple[int, str]]) -> None:
    for column, _ in columns:
        rows.relabel(column, {"-oth-": "Sonstiges"})
    if len(columns) == 1:
        column, part = columns[0]
        rows.ask(f"{title} [{part}]" if part else title, "unknown", [rows.use(column)])
        return
    cells = {word for column, _ in columns for word in rows.words(column)} - {""}
    ranks = [_RANKED.fullmatch(part) for _, part in columns]
    if cells <= _TICKED | _NOT_TICKED and cells & _TICKED:
        rows.ask(title, "choices", rows.ticks(columns), [part for _, part in columns])
    elif all(ranks) and not all(number_of(cell) == number_of(cell) for cell in cells):
        places = [(column, rank) for (column, _), rank in zip(columns, ranks, strict=True) if rank]
        rows.ask(title, "ranking", [Use(column, "place", order=int(rank[1])) for column, rank in places])
    else:
        uses = [replace(rows.use(column), item=part) for column, part in columns]
        rows.ask(title, "points" if rows.is_one_sum([column for column, _ in columns]) else "unknown", uses)


LIMESURVEY = Tool(_signs, _read)
