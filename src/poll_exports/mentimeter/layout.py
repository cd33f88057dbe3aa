"""The layout of an export: the `Voters` sheet with one row per voter, and `Session` sheets with one block per question.

Knows where things stand, nothing of what question types mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path

import numpy as np

from ..cells import Cell, column_letters, dates_of, finite, shown, some, text_of, whole_column, whole_of
from ..containers import EXPORT_AGAIN, MAX_CELL, Sheet
from ..export import Block, Export, Voters
from ..faults import FileError, Problem
from .blocks import MAX_SESSION, at, blocks, check_sessions, starts

GENERATIONS = ("Date", "Date (UTC)")
MAX_COLUMNS = 4_000
_NAME_HEADERS = ("Name", "Participant", "Participant name", "Participant Name", "Email")  # guessed, never seen


@dataclass
class _Found:
    voters: list[tuple[Sheet, int]] = field(default_factory=list)
    sessions: list[Sheet] = field(default_factory=list)
    audience: list[Sheet] = field(default_factory=list)
    others: list[Sheet] = field(default_factory=list)


def laid_out(path: Path, sheets: list[Sheet], problems: list[Problem]) -> Export:
    """The sheets of one export sorted, without questions yet. Raises: FileError unless there is one `Voters` sheet."""
    found = _sort(sheets)
    sheet, header = _only_voters(path, found)
    voters, generation, lost, faults = _voters(path, sheet, header)
    problems = [*problems, *faults, *(_unknown_sheet(other) for other in found.others)]
    all_blocks: list[Block] = []
    for number, session in enumerate(found.sessions, start=1):
        all_blocks += blocks(session, number, problems)
    check_sessions(path, all_blocks)
    audience = [row for sheet in found.audience for row in _questions(sheet, problems)]
    return Export(path, generation, voters, [], audience, problems, lost, all_blocks)


def _sort(sheets: list[Sheet]) -> _Found:
    found = _Found()
    for sheet in sheets:
        header = _header_row(sheet)
        if header is not None:
            found.voters.append((sheet, header))
        elif starts(sheet.rows):
            found.sessions.append(sheet)
        elif any(map(_heads_audience, sheet.rows)):
            found.audience.append(sheet)
        elif any(cell != "" for row in sheet.rows for cell in row):
            found.others.append(sheet)
    return found


def _heads_audience(row: Sequence[Cell]) -> bool:
    return bool(row) and row[0] in GENERATIONS and list(row[1:3]) == ["Session", "Participant"]


def _questions(sheet: Sheet, problems: list[Problem]) -> list[Sequence[Cell]]:
    """Rows of the sheet of questions from the audience that belong to a participant; others are said to be lost."""
    body = [row for row in sheet.rows if not _heads_audience(row) and any(cell != "" for cell in row[1:])]
    good = [row for row in body if None not in (whole_of(at(row, 1)), whole_of(at(row, 2)))]
    if lost := len(body) - len(good):
        message = f"{lost} rows without a session or participant number were set aside"
        problems.append(Problem("voter-number", sheet.title, message, f"{lost} rows", "set aside", sheet.file))
    return good


def _header_row(sheet: Sheet) -> int | None:
    for index, row in enumerate(sheet.rows):
        if row and isinstance(row[0], str) and row[0].strip() in GENERATIONS:
            names = [text_of(cell).strip() for cell in row[:8]]
            if "Session" in names and "Voter" in names:
                return index
    return None


def _only_voters(path: Path, found: _Found) -> tuple[Sheet, int]:
    if len(found.voters) == 1:
        return found.voters[0]
    if found.voters:
        names = some(shown(sheet.title) for sheet, _ in found.voters)
        remedy = "put the sheets of each export into a folder of their own"
        raise FileError(path, "one Voters sheet", f"{len(found.voters)} ({names})", remedy=remedy)
    if found.sessions:
        remedy = "the answers of single voters are in the Voters sheet; export or save that one too"
        raise FileError(path, "a Voters sheet (header Date | Session | Voter)", "a Session sheet alone", remedy=remedy)
    saw = _other_tool(found.others) or "no such header"
    raise FileError(path, "a Voters sheet (header Date | Session | Voter)", saw, remedy=EXPORT_AGAIN)


_OTHER_TOOLS = {
    "Google Forms": ("timestamp", "zeitstempel"),
    "Microsoft Forms": ("start time", "startzeit", "completion time", "fertigstellungszeit"),
    "LimeSurvey": ("submitdate", "datum abgeschickt", "seed", "startlanguage", "start-sprache"),
    "SurveyMonkey": ("respondent id", "collector id"),
    "Slido": ("poll type", "slido", "submission id"),
    "Kahoot": ("kahoot!", "final scores", "correct answers"),
    "Zoom": ("poll report", "user email", "submitted date and time"),
    "Poll Everywhere": ("response via", "received at", "poll everywhere"),
}


def _other_tool(sheets: list[Sheet]) -> str:
    """Another tool whose export this looks like; empty where nothing tells."""
    words = {text_of(cell).strip().casefold() for sheet in sheets for row in sheet.rows[:12] for cell in row[:30]}
    tool = next((tool for tool, signs in _OTHER_TOOLS.items() if words & set(signs)), "")
    return f"what looks like an export of {tool}" if tool else ""


def _voters(path: Path, sheet: Sheet, header: int) -> tuple[Voters, str, int, list[Problem]]:
    names = [text_of(cell) for cell in sheet.rows[header]]
    plain = [name.strip() for name in names]
    session_at, voter_at = plain.index("Session"), plain.index("Voter")
    first = voter_at + 1
    problems: list[Problem] = []
    while first < len(plain) and plain[first] in _NAME_HEADERS:
        message = "a column with participants' names was not read: the analysis needs none"
        place = f"{sheet.title}, column {column_letters(first)}"
        problems.append(Problem("participant-names", place, message, file=sheet.file))
        first += 1
    body, rows, above = _body(sheet, header, voter_at)
    if above:
        message = (
            f"{above} rows with a session and a voter stand above the header, as after sorting in a spreadsheet; they "
            "were read like those below it"
        )
        problems.append(Problem("rows-above-header", sheet.title, message, f"{above} rows", file=sheet.file))
    columns = _transposed(body, _width(path, names, body))
    strange = [c for c in range(1, voter_at) if c != session_at and (columns[c] != "").any()]
    for c in strange:
        message = "expected Date | Session | Voter side by side; a column between them was not read"
        cells, place = int((columns[c] != "").sum()), f"{sheet.title}, column {column_letters(c)}"
        problems.append(Problem("column-unmatched", place, message, f"{cells} cells", "set aside", sheet.file))
    sessions, numbers = whole_column(columns[session_at]), whole_column(columns[voter_at])
    good, faults = _usable(sheet, rows, sessions, numbers)
    lost = sum(int((column[~good] != "").sum()) for column in columns[first:])
    lost += sum(int((columns[c] != "").sum()) for c in strange)
    if not good.all():
        columns = [column[good] for column in columns]
        rows = [row for row, is_good in zip(rows, good, strict=True) if is_good]
    checked = [_checked(path, sheet, columns[c], c) for c in range(first, len(columns))]
    voters = Voters(
        sheet=sheet.title,
        first=first,
        headers=[text_of(at(names, c)) for c in range(first, len(columns))],
        columns=columns[first:],
        rows=rows,
        dates=dates_of(columns[0]),
        sessions=sessions[good].astype(np.int64).tolist(),
        numbers=numbers[good].astype(np.int64).tolist(),
        numeric={c: finite(columns[first + c].astype(float)) for c, kinds in enumerate(checked) if kinds == {float}},
    )
    return voters, plain[0], lost, problems + faults


def _body(sheet: Sheet, header: int, voter_at: int) -> tuple[list[Sequence[Cell]], list[int], int]:
    """The rows of the sheet that are not wholly empty, but for the header and the notes above it; their numbers in the
    file; and how many of them stand above the header, where a sheet sorted in a spreadsheet has voters."""
    above = [index for index in range(header) if any(cell != "" for cell in sheet.rows[index][1:])]
    rows, numbers = sheet.rows[header + 1 :], sheet.numbers[header + 1 :]
    kept = [bool(row) and (row[0] != "" or _is_filled(row)) for row in rows]
    if not all(kept):
        rows, numbers = list(compress(rows, kept)), list(compress(numbers, kept))
    if above:
        rows = [*(sheet.rows[index] for index in above), *rows]
        numbers = [*(sheet.numbers[index] for index in above), *numbers]
    has_voter = sum(whole_of(at(sheet.rows[index], voter_at)) is not None for index in above)
    return rows, list(numbers), has_voter


def _is_filled(row: Sequence[Cell]) -> bool:
    return any(cell != "" for cell in row)


def _width(path: Path, names: list[str], body: list[Sequence[Cell]]) -> int:
    """Columns up to the last one with a header or a cell."""
    named = max((i + 1 for i, name in enumerate(names) if name != ""), default=0)
    width = max({*map(len, body), named})
    while width > named and all(at(row, width - 1) == "" for row in body):
        width -= 1
    if width > MAX_COLUMNS:
        raise FileError(path, f"at most {MAX_COLUMNS:,} columns", f"{width:,}", at="the Voters sheet")
    return width


def _transposed(body: list[Sequence[Cell]], width: int) -> list[np.ndarray]:
    """The rows as columns of objects; short rows end in empty cells."""
    if {*map(len, body)} - {width}:
        body = [row[:width] if len(row) >= width else (*row, *[""] * (width - len(row))) for row in body]
    table = np.empty((width, len(body)), dtype=object)
    if len(body):
        table.T[:] = body
    return list(table)


def _usable(
    sheet: Sheet, rows: list[int], sessions: np.ndarray, numbers: np.ndarray
) -> tuple[np.ndarray, list[Problem]]:
    """Rows that belong to a voter: a session number and a voter number that no earlier row has."""
    numbered = (sessions >= 0) & (sessions < MAX_SESSION) & ~np.isnan(numbers)
    twice = numbered.copy()
    at = np.flatnonzero(numbered)
    twice[at[np.unique(sessions[at] + 1j * numbers[at], return_index=True)[1]]] = False
    problems = []
    for rule, bad, text in (
        ("voter-number", ~numbered, "has no session or voter number"),
        ("voter-twice", twice, "repeats an earlier voter"),
    ):
        if bad.any():
            count = int(bad.sum())
            message = f"{count} of the rows below the header: {text}; their cells were set aside"
            where = f"row {some(rows[i] for i in np.flatnonzero(bad))}"
            problems.append(Problem(rule, sheet.title, message, f"{count} rows", "set aside", sheet.file, where))
    return numbered & ~twice, problems


def _checked(path: Path, sheet: Sheet, cells: np.ndarray, index: int) -> set[type]:
    """Make every cell of a column text or a number, within the length spreadsheets allow. Returns the kinds it had."""
    kinds = {*map(type, cells)}
    if kinds - {str, float}:
        for at, cell in enumerate(cells):
            if not isinstance(cell, str | float):
                cells[at] = text_of(cell)
    has_text = kinds - {float} and sheet.name  # the CSV reader stops at longer cells itself
    if has_text and max((len(cell) for cell in set(cells) if isinstance(cell, str)), default=0) > MAX_CELL:
        at_column = f"{sheet.title}, column {column_letters(index)}"
        raise FileError(path, f"cells of at most {MAX_CELL:,} characters", "a longer one", at=at_column)
    return kinds


def _unknown_sheet(sheet: Sheet) -> Problem:
    message = "expected Voters, Questions from audience or Session n; this sheet was not read"
    return Problem("unknown-sheet", "", message, action="set aside", file=sheet.file, private=shown(sheet.title))
