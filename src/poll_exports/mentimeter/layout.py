"""The layout of an export: the `Voters` sheet with one row per voter, and `Session` sheets with one block per question
or slide, stacked, each with a few lines and a table.

Knows where things stand, nothing of what question types mean.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import compress
from pathlib import Path

import numpy as np

from ..cells import Cell, column_letters, finite, shown, some, text_of, whole_column, whole_of
from ..containers import EXPORT_AGAIN, Sheet
from ..export import Block, Export, Voters
from ..faults import Action, FileError, Problem
from ..flat import checked, transposed, width_of

MAX_BLOCKS = 20_000
MAX_SESSION = 100_000  # a longer number may be an answer that got there
MAX_DATE = 40  # characters
_DATES = ("Date", "Date (UTC)")
_NAME_HEADERS = ("Name", "Participant", "Participant name", "Participant Name", "Email")  # guessed, never seen
_BLOCK = re.compile(r"(Question|Slide) ([0-9]{1,6})")
_LINES = {"Date": "date", "Date (UTC)": "date", "Session": "session", "Type": "type", "Question": "title",
          "Title": "title", "Respondents": "respondents"}  # fmt: skip
_WITHOUT_READER = {
    "SurveyMonkey": ("respondent id", "collector id"),
    "Slido": ("poll type", "slido", "submission id"),
    "Kahoot": ("kahoot!", "final scores", "correct answers"),
    "Zoom": ("poll report", "user email", "submitted date and time"),
}


def laid_out(path: Path, sheets: list[Sheet], problems: list[Problem]) -> Export:
    """The sheets of one export sorted, without questions yet. Raises: FileError unless there is one `Voters` sheet."""
    kinds: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        kinds[_kind(sheet)].append(sheet)
    voters, generation, lost, faults = _voters(path, _only_voters(path, kinds))
    problems = [*problems, *faults]
    for other in kinds["other"]:
        message = "expected Voters, Questions from audience or Session n; this sheet was not read"
        private = shown(other.title)
        problems.append(Problem("unknown_sheet", "", message, action="set aside", file=other.file, private=private))
    blocks = [
        block for number, session in enumerate(kinds["session"], 1) for block in _blocks(session, number, problems)
    ]
    _check_sessions(path, blocks)
    audience = [row for sheet in kinds["audience"] for row in _questions(sheet, problems)]
    return Export(path, generation, voters, [], audience, problems, lost, blocks)


def is_meant(sheets: list[Sheet]) -> bool:
    """Whether the sheets are, or once were, an export of Mentimeter, or of a tool that no reader knows."""
    tops = {text_of(row[0]).strip() for sheet in sheets for row in sheet.rows[:4] if row}
    is_noted = any(top.startswith("Note: there are more sheets") for top in tops) or bool(tops & {*_DATES})
    return is_noted or any(_starts(sheet.rows) for sheet in sheets) or bool(_other_tool(sheets))


def _kind(sheet: Sheet) -> str:
    if _header_row(sheet) is not None:
        return "voters"
    if _starts(sheet.rows):
        return "session"
    if any(map(_heads_audience, sheet.rows)):
        return "audience"
    return "other" if any(cell != "" for row in sheet.rows for cell in row) else "empty"


def _header_row(sheet: Sheet) -> int | None:
    dated = (at for at, row in enumerate(sheet.rows) if row and isinstance(row[0], str) and row[0].strip() in _DATES)
    return next(
        (at for at in dated if {"Session", "Voter"} <= {text_of(cell).strip() for cell in sheet.rows[at][:8]}), None
    )


def _heads_audience(row: Sequence[Cell]) -> bool:
    return bool(row) and row[0] in _DATES and list(row[1:3]) == ["Session", "Participant"]


def _questions(sheet: Sheet, problems: list[Problem]) -> list[Sequence[Cell]]:
    """Rows of the sheet of questions from the audience that belong to a participant; others are said to be lost."""
    body = [row for row in sheet.rows if not _heads_audience(row) and any(cell != "" for cell in row[1:])]
    good = [row for row in body if None not in (whole_of(_at(row, 1)), whole_of(_at(row, 2)))]
    if lost := len(body) - len(good):
        message = f"{lost} rows without a session or participant number were set aside"
        problems.append(Problem("voter_number", sheet.title, message, f"{lost} rows", "set aside", sheet.file))
    return good


def _only_voters(path: Path, kinds: dict[str, list[Sheet]]) -> Sheet:
    found = kinds["voters"]
    if len(found) == 1:
        return found[0]
    expected, saw, remedy = "a Voters sheet (header Date | Session | Voter)", "no such header", EXPORT_AGAIN
    if found:
        expected, saw = "one Voters sheet", f"{len(found)} ({some(shown(sheet.title) for sheet in found)})"
        remedy = "put the sheets of each export into a folder of their own"
    elif kinds["session"]:
        saw = "a Session sheet alone"
        remedy = "the answers of single voters are in the Voters sheet; export or save that one too"
    elif tool := _other_tool(kinds["other"]):
        expected, saw = "an export that can be read", f"what looks like an export of {tool}"
        remedy = "no file of it was ever seen, so there is no reader: name the columns under `columns` in round.yml"
    raise FileError(path, expected, saw, remedy=remedy)


def _other_tool(sheets: list[Sheet]) -> str:
    """Another tool whose export this looks like; empty where nothing tells."""
    words = {text_of(cell).strip().casefold() for sheet in sheets for row in sheet.rows[:12] for cell in row[:30]}
    return next((tool for tool, signs in _WITHOUT_READER.items() if words & set(signs)), "")


def _voters(path: Path, sheet: Sheet) -> tuple[Voters, str, int, list[Problem]]:
    """The `Voters` sheet, the heading of its dates, how many cells are lost with their rows, and what was odd."""
    problems: list[Problem] = []

    def note(rule: str, message: str, seen: str = "", *, column: int = -1, private: str = "") -> None:
        place = sheet.title if column < 0 else f"{sheet.title}, column {column_letters(column)}"
        is_lost = rule not in ("participant_names", "rows_above_header")
        action: Action = "set aside" if is_lost else "kept"
        problems.append(Problem(rule, place, message, seen, action, sheet.file, private))

    header = _header_row(sheet) or 0
    names = [text_of(cell) for cell in sheet.rows[header]]
    plain = [name.strip() for name in names]
    session_at, voter_at = plain.index("Session"), plain.index("Voter")
    first = voter_at + 1
    while first < len(plain) and plain[first] in _NAME_HEADERS:
        message = "a column with participants' names was not read: the analysis needs none"
        note("participant_names", message, column=first)
        first += 1
    body, rows, above = _body(sheet, header, voter_at)
    if above:
        message = (
            f"{above} rows with a session and a voter stand above the header, as after sorting in a spreadsheet; they "
            "were read like those below it"
        )
        note("rows_above_header", message, f"{above} rows")
    columns = transposed(body, width_of(path, names, body, "the Voters sheet"))
    strange = [c for c in range(1, voter_at) if c != session_at and (columns[c] != "").any()]
    for c in strange:
        message = "expected Date | Session | Voter side by side; a column between them was not read"
        note("column_unmatched", message, f"{int((columns[c] != '').sum())} cells", column=c)
    sessions, numbers = whole_column(columns[session_at]), whole_column(columns[voter_at])
    numbered = (sessions >= 0) & (sessions < MAX_SESSION) & ~np.isnan(numbers)
    at = np.flatnonzero(numbered)
    good = np.zeros_like(numbered)
    good[at[np.unique(sessions[at] + 1j * numbers[at], return_index=True)[1]]] = True
    for rule, bad, text in (
        ("voter_number", ~numbered, "has no session or voter number"),
        ("voter_twice", numbered & ~good, "repeats an earlier voter"),
    ):
        if count := int(bad.sum()):
            message = f"{count} of the rows below the header: {text}; their cells were set aside"
            where = f"row {some(rows[i] for i in np.flatnonzero(bad))}"
            note(rule, message, f"{count} rows", private=where)
    lost = sum(int((column[~good] != "").sum()) for column in columns[first:])
    lost += sum(int((columns[c] != "").sum()) for c in strange)
    if not good.all():
        columns, rows = [column[good] for column in columns], list(compress(rows, good))
    kinds = [checked(path, sheet, columns[c], c) for c in range(first, len(columns))]
    dates = {cell: text_of(cell)[:MAX_DATE] for cell in {*columns[0]}}
    voters = Voters(
        sheet=sheet.title,
        first=first,
        headers=[text_of(_at(names, c)) for c in range(first, len(columns))],
        columns=columns[first:],
        rows=rows,
        dates=[dates[cell] for cell in columns[0]],
        sessions=sessions[good].astype(np.int64).tolist(),
        numbers=numbers[good].astype(np.int64).tolist(),
        numeric={c: finite(columns[first + c].astype(float)) for c, own in enumerate(kinds) if own == {float}},
    )
    return voters, plain[0], lost, problems


def _body(sheet: Sheet, header: int, voter_at: int) -> tuple[list[Sequence[Cell]], list[int], int]:
    """The rows of the sheet that are not wholly empty, but for the header and the notes above it; their numbers in the
    file; and how many of them stand above the header, where a sheet sorted in a spreadsheet has voters."""
    above = [index for index in range(header) if any(cell != "" for cell in sheet.rows[index][1:])]
    rows, numbers = sheet.rows[header + 1 :], sheet.numbers[header + 1 :]
    kept = [bool(row) and (row[0] != "" or any(cell != "" for cell in row)) for row in rows]
    if not all(kept):
        rows, numbers = list(compress(rows, kept)), list(compress(numbers, kept))
    has_voter = sum(whole_of(_at(sheet.rows[index], voter_at)) is not None for index in above)
    return [sheet.rows[i] for i in above] + rows, [*(sheet.numbers[i] for i in above), *numbers], has_voter


def _at(row: Sequence[Cell], column: int) -> Cell:
    """The cell in this column, empty behind the end of a row."""
    return row[column] if column < len(row) else ""


def _starts(rows: list[Sequence[Cell]]) -> list[int]:
    """Indices of the rows that begin a block: `Question 2` or `Slide 1`, with the block's own lines below."""
    return [
        index
        for index, row in enumerate(rows)
        if isinstance(_at(row, 0), str)
        and _BLOCK.fullmatch(str(_at(row, 0)).strip())
        and sum(text_of(_at(line, 0)).strip() in _LINES for line in rows[index + 1 : index + 6]) >= 3
    ]


def _blocks(sheet: Sheet, number: int, problems: list[Problem]) -> list[Block]:
    """All blocks of a sheet, the `number`-th one with blocks; what stands above them is added to `problems`."""
    begins = _starts(sheet.rows)
    named = re.search(r"([0-9]{1,9})\s*$", sheet.name)
    if begins and any(cell != "" for row in sheet.rows[: begins[0]] for cell in row):
        message = "expected a block at the top of the sheet; the rows above the first one were not read"
        problems.append(Problem("session_top", f"{shown(sheet.title)}, row 1", message, file=sheet.file))
    ends = [*begins[1:], len(sheet.rows)]
    fallback = int(named[1]) if named else number
    return [_block(sheet, start, end, fallback) for start, end in zip(begins, ends, strict=True)]


def _block(sheet: Sheet, start: int, end: int, fallback: int) -> Block:
    kind, number = str(sheet.rows[start][0]).split()
    lines: dict[str, Cell] = {}
    line = start + 1
    while line < end and (name := text_of(_at(sheet.rows[line], 0)).strip()) in _LINES:
        lines[_LINES[name]] = _at(sheet.rows[line], 1)
        line += 1
    session = whole_of(lines.get("session", ""))
    table, *others = [*_tables(sheet, line, end)] or [[]]
    is_board = [[text_of(_at(row, i)) for i in (0, 1)] == ["Position", "Name"] for row in table]
    if True in is_board:  # the empty row before the leaderboard is gone
        table, others = table[: is_board.index(True)], [table[is_board.index(True) :]]
    return Block(
        kind=kind,
        number=int(number),
        date=text_of(lines.get("date", ""))[:MAX_DATE],
        session=fallback if session is None or not 0 <= session < MAX_SESSION else session,
        type=text_of(lines.get("type", "")).strip(),
        title=text_of(lines.get("title", "")),
        respondents=whole_of(lines.get("respondents", "")),
        table=[] if table and table[0][0] == "No votes for this session" else table,
        sheet=shown(sheet.title),
        row=sheet.numbers[start],
        board=others[0] if others else [],
    )


def _tables(sheet: Sheet, start: int, end: int) -> Iterator[list[list[Cell]]]:
    """Runs of rows between empty ones, without the empty cells at their ends."""
    table: list[list[Cell]] = []
    for index in range(start, end):
        row = sheet.rows[index]
        width = max((i + 1 for i, cell in enumerate(row) if cell != ""), default=0)
        is_apart = sheet.numbers[index] != sheet.numbers[index - 1] + 1
        if table and (not width or is_apart):
            yield table
            table = []
        if width:
            table.append([cell if isinstance(cell, str | float) else text_of(cell) for cell in row[:width]])
    if table:
        yield table


def _check_sessions(path: Path, blocks: list[Block]) -> None:
    """Raises: FileError where a session has two sheets, which are then parts of two exports, and for more blocks than a
    deck can have."""
    if len(blocks) > MAX_BLOCKS:
        raise FileError(path, f"at most {MAX_BLOCKS:,} questions in all Session sheets", f"{len(blocks):,}")
    owners: dict[int, set[str]] = defaultdict(set)
    for block in blocks:
        owners[block.session].add(block.sheet)
    for session, names in owners.items():
        if len(names) > 1:
            remedy = "keep the sheets of one export together and nothing else"
            raise FileError(path, "one sheet per session", f"session {session} in {some(sorted(names))}", remedy=remedy)
