"""Wooclap: a workbook with all answers on its main sheet, wording and counts of each question on one of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from .cells import key_of, text_of, whole_of
from .containers import Sheet
from .export import Export, Use
from .faults import Problem
from .flat import Rows, head, parts_of, plain

TOOL = "Wooclap"
_QUESTION = re.compile(r"(Q\d{1,4})\b.*")
_SCORED = re.compile(r"\s*[VX] - ")


def signs(sheets: list[Sheet]) -> tuple[Sheet, str] | None:
    """The main sheet and what gave it away."""
    for sheet in sheets:
        names = head(sheet)
        if names[:2] == ["#", "Username"] or (names[:1] == ["#"] and any(map(_QUESTION.fullmatch, names))):
            return sheet, "a sheet with the headings # and Q1 …"
    return None


def read(path: Path, sheets: list[Sheet], main: Sheet, problems: list[Problem], found: str) -> Export:
    """`/` is no answer; a scored one begins with `V - ` or `X - `; several are parted by `, `, open ones by ` / `."""
    people = [whole_of(row[0]) is not None for row in main.rows]
    main_rows = replace(
        main,
        rows=[main.rows[0], *(row for row, is_one in zip(main.rows[1:], people[1:], strict=True) if is_one)],
        numbers=[main.numbers[0], *(n for n, is_one in zip(main.numbers[1:], people[1:], strict=True) if is_one)],
    )
    rows = Rows(path, TOOL, main_rows)
    rows.problems += problems
    if others := len(people) - 1 - sum(people):
        message = f"{others} rows without a number (shares of right answers) are no people and were not read"
        rows.problems.append(Problem("voter_number", main.title, message, f"{others} rows", "set aside"))
    own = {sheet.name: sheet for sheet in sheets}
    found_in = [(at, _QUESTION.fullmatch(one)) for at, one in enumerate(rows.headings)]
    asked = [(at, str(name[1])) for at, name in found_in if name]
    rows.leave(at for at in range(len(rows.headings)) if at not in dict(asked))
    for column, name in asked:
        title, votes = _printed(own.get(name))
        rows.headings[column] = title or rows.headings[column]
        _ask(rows, column, votes, has_sheet=name in own)
    known = {main.name, *(name for _, name in asked)}
    unread = [sheet for sheet in sheets if sheet.name not in known and any(any(row) for row in sheet.rows)]
    if unread:
        message = f"{len(unread)} sheets beside the answers (messages on the wall, for instance) were not read"
        rows.problems.append(Problem("unknown_sheet", "", message, f"{len(unread)} sheets", "set aside", main.file))
    return rows.export(f"{len(asked)} questions", found)


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
    rows.columns[column][:] = [
        _SCORED.sub("", cell) if isinstance(cell, str) else cell for cell in rows.columns[column]
    ]
    if not votes:
        use = Use(column, "response", mark=" / ") if has_sheet else Use(column, "verbatim", mark=", ")
        rows.ask(title, "open" if has_sheet else "unknown", [use])
        return
    parts = [parts_of(cell, ", ", votes) for cell in rows.filled(column)]
    several = any(len(own) > 1 for own in parts)
    rows.ask(
        title, "choices", [Use(column, "pick" if several else "choice", mark=", " if several else "")], list(votes)
    )
    counted = [key_of(part) for own in parts for part in own]
    for label, printed in votes.items():
        count = counted.count(key_of(label))
        if count != printed:
            message = f"votes for “{label}”: the sheet of the question prints {printed}, the main sheet gives {count}"
            seen = f"{printed} printed, {count} counted"
            rows.problems.append(Problem("votes", f"question {number}", message, seen))
