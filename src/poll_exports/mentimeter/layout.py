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
from ..containers import EXPORT_AGAIN, Sheet
from ..export import Block, Export, Voters
from ..faults import FileError, Problem
from ..flat import checked, transposed, width_of
from .blocks import MAX_SESSION, at, blocks, check_sessions, starts

GENERATIONS = ("Date", "Date (UTC)")
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
        problems.append(Problem("voter_number", sheet.title, message, f"{lost} rows", "set aside", sheet.file))
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
    if tool := _other_tool(found.others):
        remedy = "no file of it was ever seen, so there is no reader: name the columns under `columns` in round.yml"
        raise FileError(path, "an export that can be read", f"what looks like an export of {tool}", remedy=remedy)
    raise FileError(path, "a Voters sheet (header Date | Session | Voter)", "no such header", remedy=EXPORT_AGAIN)


_WITHOUT_READER = {
    "SurveyMonkey": ("respondent id", "collector id"),
    "Slido": ("poll type", "slido", "submission id"),
    "Kahoot": ("kahoot!", "final scores", "correct answers"),
    "Zoom": ("poll report", "user email", "submitted date and time"),
}


def _other_tool(sheets: list[Sheet]) -> str:
    """Another tool whose export this looks like; empty where nothing tells."""
    words = {text_of(cell).strip().casefold() for sheet in sheets for row in sheet.rows[:12] for cell in row[:30]}
    return next((tool for tool, signs in _WITHOUT_READER.items() if words & set(signs)), "")


def is_meant(sheets: list[Sheet]) -> bool:
    """Whether the sheets are, or once were, an export of Mentimeter, or of a tool that no reader knows."""
    tops = {text_of(row[0]).strip() for sheet in sheets for row in sheet.rows[:4] if row}
    is_noted = any(top.startswith("Note: there are more sheets") for top in tops) or bool(tops & {*GENERATIONS})
    return is_noted or any(starts(sheet.rows) for sheet in sheets) or bool(_other_tool(sheets))


def _voters(path: Path, sheet: Sheet, header: int) -> tuple[Voters, str, int, list[Problem]]:
    names = [text_of(cell) for cell in sheet.rows[header]]
    plain = [name.strip() for name in names]
    session_at, voter_at = plain.index("Session"), plain.index("Voter")
    first = voter_at + 1
    problems: list[Problem] = []
    while first < len(plain) and plain[first] in _NAME_HEADERS:
        message = "a column with participants' names was not read: the analysis needs none"
        place = f"{sheet.title}, column {column_letters(first)}"
        problems.append(Problem("participant_names", place, message, file=sheet.file))
        first += 1
    body, rows, above = _body(sheet, header, voter_at)
    if above:
        message = (
            f"{above} rows with a session and a voter stand above the header, as after sorting in a spreadsheet; they "
            "were read like those below it"
        )
        problems.append(Problem("rows_above_header", sheet.title, message, f"{above} rows", file=sheet.file))
    columns = transposed(body, width_of(path, names, body, "the Voters sheet"))
    strange = [c for c in range(1, voter_at) if c != session_at and (columns[c] != "").any()]
    for c in strange:
        message = "expected Date | Session | Voter side by side; a column between them was not read"
        cells, place = int((columns[c] != "").sum()), f"{sheet.title}, column {column_letters(c)}"
        problems.append(Problem("column_unmatched", place, message, f"{cells} cells", "set aside", sheet.file))
    sessions, numbers = whole_column(columns[session_at]), whole_column(columns[voter_at])
    good, faults = _usable(sheet, rows, sessions, numbers)
    lost = sum(int((column[~good] != "").sum()) for column in columns[first:])
    lost += sum(int((columns[c] != "").sum()) for c in strange)
    if not good.all():
        columns = [column[good] for column in columns]
        rows = [row for row, is_good in zip(rows, good, strict=True) if is_good]
    kinds = [checked(path, sheet, columns[c], c) for c in range(first, len(columns))]
    voters = Voters(
        sheet=sheet.title,
        first=first,
        headers=[text_of(at(names, c)) for c in range(first, len(columns))],
        columns=columns[first:],
        rows=rows,
        dates=dates_of(columns[0]),
        sessions=sessions[good].astype(np.int64).tolist(),
        numbers=numbers[good].astype(np.int64).tolist(),
        numeric={c: finite(columns[first + c].astype(float)) for c, own in enumerate(kinds) if own == {float}},
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
        ("voter_number", ~numbered, "has no session or voter number"),
        ("voter_twice", twice, "repeats an earlier voter"),
    ):
        if bad.any():
            count = int(bad.sum())
            message = f"{count} of the rows below the header: {text}; their cells were set aside"
            where = f"row {some(rows[i] for i in np.flatnonzero(bad))}"
            problems.append(Problem(rule, sheet.title, message, f"{count} rows", "set aside", sheet.file, where))
    return numbered & ~twice, problems


def _unknown_sheet(sheet: Sheet) -> Problem:
    message = "expected Voters, Questions from audience or Session n; this sheet was not read"
    return Problem("unknown_sheet", "", message, action="set aside", file=sheet.file, private=shown(sheet.title))
