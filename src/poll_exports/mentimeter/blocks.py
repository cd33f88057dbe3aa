"""The blocks of a Session sheet: one per question or slide, stacked, each with a few lines and a table.

Knows where things stand, nothing of what question types mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..cells import Cell, shown, some, text_of, whole_of
from ..containers import Sheet
from ..export import Block
from ..faults import FileError, Problem

MAX_BLOCKS = 20_000
MAX_SESSION = 100_000  # a longer number may be an answer that got there
_BLOCK = re.compile(r"(Question|Slide) ([0-9]{1,6})")
_LINES = {"Date": "date", "Date (UTC)": "date", "Session": "session", "Type": "type", "Question": "title",
          "Title": "title", "Respondents": "respondents"}  # fmt: skip


def at(row: Sequence[Cell], column: int) -> Cell:
    """The cell in this column, empty behind the end of a row."""
    return row[column] if column < len(row) else ""


def starts(rows: list[Sequence[Cell]]) -> list[int]:
    """Indices of the rows that begin a block: `Question 2` or `Slide 1`, with the block's own lines below."""
    return [
        index
        for index, row in enumerate(rows)
        if isinstance(at(row, 0), str)
        and _BLOCK.fullmatch(str(at(row, 0)).strip())
        and sum(text_of(at(line, 0)).strip() in _LINES for line in rows[index + 1 : index + 6]) >= 3
    ]


def blocks(sheet: Sheet, number: int, problems: list[Problem]) -> list[Block]:
    """All blocks of a sheet, the `number`-th one with blocks; what stands above them is added to `problems`."""
    begins = starts(sheet.rows)
    named = re.search(r"([0-9]{1,9})\s*$", sheet.name)
    fallback = int(named.group(1)) if named else number
    found = [
        _block(sheet, start, end, fallback) for start, end in zip(begins, [*begins[1:], len(sheet.rows)], strict=True)
    ]
    if begins and any(cell != "" for row in sheet.rows[: begins[0]] for cell in row):
        message = "expected a block at the top of the sheet; the rows above the first one were not read"
        problems.append(Problem("session_top", f"{shown(sheet.title)}, row 1", message, file=sheet.file))
    return found


def _block(sheet: Sheet, start: int, end: int, fallback: int) -> Block:
    kind, number = str(sheet.rows[start][0]).split()
    lines: dict[str, Cell] = {}
    line = start + 1
    while line < end and (name := text_of(at(sheet.rows[line], 0)).strip()) in _LINES:
        lines[_LINES[name]] = at(sheet.rows[line], 1)
        line += 1
    session = whole_of(lines.get("session", ""))
    found = list(_tables(sheet, line, end))
    table, others = found[0] if found else [], found[1:]
    is_board = [[text_of(at(row, i)) for i in (0, 1)] == ["Position", "Name"] for row in table]
    if True in is_board:  # the empty row before the leaderboard is gone
        table, others = table[: is_board.index(True)], [table[is_board.index(True) :]]
    return Block(
        kind=kind,
        number=int(number),
        date=text_of(lines.get("date", ""))[:40],
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


def check_sessions(path: Path, blocks: list[Block]) -> None:
    """Raises: FileError where a session has two sheets, which are then parts of two exports, and for more blocks than a
    deck can have."""
    if len(blocks) > MAX_BLOCKS:
        raise FileError(path, f"at most {MAX_BLOCKS:,} questions in all Session sheets", f"{len(blocks):,}")
    owners: dict[int, set[str]] = {}
    for block in blocks:
        owners.setdefault(block.session, set()).add(block.sheet)
    for session, names in owners.items():
        if len(names) > 1:
            remedy = "keep the sheets of one export together and nothing else"
            raise FileError(path, "one sheet per session", f"session {session} in {some(sorted(names))}", remedy=remedy)
