"""Tables that people keep in a spreadsheet (notes, boards, codings): rows with named columns, from CSV or xlsx.

Columns are found by name in one of the first rows, in any order, in German or English.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from poll_exports import FileError, read_container, shown, text_of

from ..errors import DataError
from .files import clean, head_of, text_of_file
from .problems import Problem

Names = dict[str, tuple[str, ...]]
"""Name of a column in this project → other names it may bear."""
Rows = list[list[object]]
# What spreadsheets write in place of an entry such as 3-4 or 1.2 once they took it for a date.
_DATE_TEXT = re.compile(
    r"(?:\d{1,2}\.\s?(?:\d{1,2}|Jan|Feb|Mrz|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)\.?(?:\s?\d{2,4})?"
    r"|\d{1,2}-(?:Jan|Feb|Mar|Mrz|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez)"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{2}|\d{4}-\d{2}-\d{2}(?:[T ]00:00:00)?)",
    re.IGNORECASE,
)
DATE_REMEDY = "format the column as text and type the entry again"
HIGHEST = 10
"""The headings stand in one of so many first rows; what lies above them is no table."""


@dataclass(frozen=True)
class Record:
    """One row: where it stands and its cells by column name; a column the table lacks is empty."""

    place: str
    cells: dict[str, object]

    def text(self, name: str) -> str:
        """The cell as clean text on one line. An apostrophe that keeps a spreadsheet from running the cell is gone."""
        words = clean(text_of(self.cells.get(name, "")))
        return words[1:] if re.match(r"'[=+\-@]", words) else words

    def is_date(self, name: str) -> bool:
        """True where the cell holds a date, which no column of these tables asks for."""
        cell = self.cells.get(name, "")
        return isinstance(cell, datetime.date | datetime.time) or bool(_DATE_TEXT.fullmatch(clean(text_of(cell))))


def read_columns(path: Path, names: Names, required: tuple[str, ...]) -> tuple[list[Record], list[Problem]]:
    """All rows of all sheets of a table, empty rows left out, and what was not read.

    Raises: DataError where the file is no table or lacks a required column.
    """
    head = head_of(path)
    known = {_name(alias): name for name, aliases in names.items() for alias in (name, *aliases)}
    if head.startswith(b"PK") or path.suffix.lower() in (".xlsx", ".xlsm"):
        sheets, problems = _workbook(path, head)
    else:
        text, problems = text_of_file(path)
        sheets = [("", _csv_rows(path, text, known))]
    sheets = [sheet for sheet in sheets if any(map(_filled, sheet[1]))] or sheets[:1]
    records: list[Record] = []
    read = 0
    headings = f"name the columns in the first row: {', '.join(names)}"
    for number, (title, rows) in enumerate(sheets, start=1):
        at, columns = _header(path, rows, known)
        missing = next((name for name in required if name not in columns.values()), "")
        if missing and len(sheets) == 1:
            seen = [shown(cell, 30) for cell in (rows[at] if rows else []) if text_of(cell).strip()]
            close = get_close_matches(missing, seen, n=1)
            hint = f"rename the column “{close[0]}” to “{missing}”" if close else headings
            german = f" ({names[missing][0]})" if names[missing] else ""
            saw = f"the columns {', '.join(seen)}" if seen else "no header"
            raise DataError(path, f"a column “{missing}”{german}", saw, at="row 1", remedy=hint)
        if missing:
            message = f"a sheet without the column {missing} is not read"
            place = f"sheet {number}"
            problems.append(Problem("sheet_not_read", place, message, "", "set aside", private=shown(title)))
            continue
        read += 1
        body, beyond = _records(rows, at, columns, "" if len(sheets) == 1 else f"sheet {number}, ")
        records += body
        problems += beyond
    if sheets and not read:
        raise DataError(path, f"a sheet with the columns {', '.join(required)}", "none", remedy=headings)
    return records, problems


def _workbook(path: Path, head: bytes) -> tuple[list[tuple[str, Rows]], list[Problem]]:
    remedy = "save it again as .xlsx or .csv in the spreadsheet"
    if not head.startswith(b"PK"):
        raise DataError(path, "an xlsx workbook", "another kind of file", remedy=remedy)
    try:
        sheets, notes = read_container(path)
    except FileError as fault:
        raise DataError(path, fault.expected, fault.saw, at=fault.at, remedy=remedy) from None
    message = "cells with a formula: the value stored with it was read, or the formula as text where none is stored"
    problems = [Problem("formula", "workbook", message, seen=note.seen) for note in notes if note.rule == "formula"]
    return [(sheet.name, [list(row) for row in sheet.rows]) for sheet in sheets], problems


def _csv_rows(path: Path, text: str, known: Mapping[str, str]) -> Rows:
    """The rows of a text; a row that spans lines counts once, as a spreadsheet shows it."""
    lines = text.split("\n", HIGHEST)
    marked = re.fullmatch(r'"?sep=(.)"?', lines[0].strip())
    scores = {mark: max(sum(_name(cell) in known for cell in line.split(mark)) for line in lines) for mark in ";,\t|"}
    delimiter = marked[1] if marked else max(scores, key=lambda mark: scores[mark])
    text = text.split("\n", 1)[1] if marked else text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [[*row] for row in reader]
    except csv.Error:
        at = f"line {reader.line_num + bool(marked)}"
        raise DataError(path, "CSV with every quote closed", "a broken row", at=at, remedy="save it again") from None


def _name(cell: object) -> str:
    """A heading as far as it tells: letters and digits, without case."""
    return re.sub(r"[\W_]", "", clean(text_of(cell)).casefold())


def _filled(row: list[object]) -> set[int]:
    return {place for place, cell in enumerate(row) if text_of(cell).strip()}


def _header(path: Path, rows: Rows, known: Mapping[str, str]) -> tuple[int, dict[int, str]]:
    """Which of the first rows holds most of the headings, and the name of each known column by its place."""
    found = [[known.get(_name(cell), "") for cell in row] for row in rows[:HIGHEST]]
    at = max(range(len(found)), key=lambda row: (len({*found[row]} - {""}), -row), default=0)
    columns = {place: name for place, name in enumerate(found[at] if found else []) if name}
    if twice := [name for name, count in Counter(columns.values()).items() if count > 1]:
        remedy = "delete or rename one of them"
        raise DataError(path, f"one column “{twice[0]}”", "two", at=f"row {at + 1}", remedy=remedy)
    return at, columns


def _records(rows: Rows, at: int, columns: dict[int, str], sheet: str) -> tuple[list[Record], list[Problem]]:
    """The rows below the headings, and what of the sheet was not read."""
    records = []
    ignored: Counter[int] = Counter()
    for number, row in enumerate(rows[at + 1 :], at + 2):
        filled = _filled(row)
        ignored.update(filled - set(columns))
        if filled & set(columns):
            cells = {name: row[place] if place < len(row) else "" for place, name in columns.items()}
            records.append(Record(f"{sheet}row {number}", cells))
    head, above = rows[at] if rows else [], sum(map(bool, map(_filled, rows[:at])))
    message = "rows above the headings were not read"
    first = [Problem("above_headings", f"{sheet}row 1", message, f"{above} rows", "set aside")] if above else []
    message = "no column of this table bears that name, so its cells were not read"
    names = {place: shown(head[place], 40) if place < len(head) else "" for place in ignored}
    return records, first + [
        Problem("column_not_read", f"{sheet}column {at + 1}", message, f"{n} cells", "set aside", private=names[at])
        for at, n in sorted(ignored.items())
    ]
