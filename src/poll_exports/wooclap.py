"""Wooclap: a workbook with all answers on its main sheet, wording and counts of each question on one of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from .cells import key_of, text_of, whole_of
from .containers import Sheet
from .export import Export, Use
from .faults import Problem
from .flat import Rows, Tool, parts_of, plain

_QUESTION = re.compile(r"(Q\d{1,4})\b.*")
_SCORED = re.compile(r"\s*[VX] - ")


def _signs(headings: list[str]) -> str:
    is_it = headings[:2] == ["#", "Username"] or (headings[:1] == ["#"] and any(map(_QUESTION.fullmatch, headings)))
    return "a sheet with the headings # and Q1 …" if is_it else ""


def _read(path: Path, main: Sheet, sheets: list[Sheet], problems: list[Problem], signs: str) -> Export:
    """`/` is no answer; a scored one begins with `V - ` or `X - `; several are parted by `, `, open ones by ` / `."""
    numbered = zip(main.rows[1:], main.numbers[1:], strict=True)
    people = [(row, number) for row, number in numbered if whole_of(row[0]) is not None]
    own_rows, numbers = [row for row, _ in people], [number for _, number in people]
    whole = replace(main, rows=[main.rows[0], *own_rows], numbers=[main.numbers[0], *numbers])
    rows = Rows(path, "Wooclap", whole, problems, signs)
    if others := len(main.rows) - 1 - len(people):
        message = f"{others} rows without a number (shares of right answers) are no people and were not read"
        rows.note("voter_number", message, f"{others} rows", "set aside")
    own = {sheet.name: sheet for sheet in sheets}
    found_in = [(at, _QUESTION.fullmatch(one)) for at, one in enumerate(rows.headings)]
    asked = [(at, str(name[1])) for at, name in found_in if name]
    rows.leave(at for at in range(len(rows.headings)) if at not in dict(asked))
    for column, name in asked:
        title, votes = _printed(own.get(name))
        rows.headings[column] = title or rows.headings[column]
        _ask(rows, column, votes, has_sheet=name in own)
    return rows.export(f"{len(asked)} questions")


def _printed(sheet: Sheet | None) -> tuple[str, dict[str, int]]:
    """Wording and votes per option on the sheet of a question."""
    if sheet is None or not sheet.rows:
        return "", {}
    start = next((at for at, row in enumerate(sheet.rows) if text_of(row[0]).strip() == "Choice"), None)
    votes: dict[str, int] = {}
    for row in sheet.rows[start + 1 :] if start is not None else []:
        if not text_of(row[0]).strip():
            break
        votes[plain(row[0])] = whole_of(row[1] if len(row) > 1 else "") or 0
    return plain(sheet.rows[0][0]), votes


def _ask(rows: Rows, column: int, votes: dict[str, int], *, has_sheet: bool) -> None:
    title, number = rows.headings[column], len(rows.questions) + 1
    rows.silence(column, "/")
    cells = rows.columns[column]
    cells[:] = [_SCORED.sub("", cell) if isinstance(cell, str) else cell for cell in cells]
    if not votes:
        use = Use(column, "response", mark=" / ") if has_sheet else Use(column, "verbatim", mark=", ")
        rows.ask(title, "open" if has_sheet else "unknown", [use])
        return
    parts = [parts_of(cell, ", ", votes) for cell in rows.filled(column)]
    is_several = any(len(own) > 1 for own in parts)
    rows.ask(title, "choices", [Use(column, "pick", mark=", ") if is_several else Use(column, "choice")], list(votes))
    counted = [key_of(part) for own in parts for part in own]
    for label, printed in votes.items():
        count = counted.count(key_of(label))
        if count != printed:
            message = f"votes for “{label}”: the sheet of the question prints {printed}, the main sheet gives {count}"
            seen = f"{printed} printed, {count} counted"
            rows.note("votes", message, seen, place=f"question {number}")


WOOCLAP = Tool(_signs, _read, beside=re.compile(r"Q\d{1,4}"))
