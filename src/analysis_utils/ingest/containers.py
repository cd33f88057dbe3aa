"""Files → sheets of plain cells. Knows xlsx and CSV, their dialects and their dangers; nothing about Mentimeter.

Sizes are checked before anything is unpacked. A workbook is unpacked once, by Python's bounded reader, and handed to
the parser as a stored copy in which white space is kept and formulas without a stored value are text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError
from .cells import Cell
from .problems import Problem

MAX_FILE = 300 * 2**20
MAX_CELL = 32_767  # characters, the limit of spreadsheets

_MAGIC = {
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old .xls or password-protected Office file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"<htm": "a web page",
    b"<!DO": "a web page",
    b"<!do": "a web page",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
}
EXPORT_AGAIN = "export it again from Mentimeter (View results → Download → Spreadsheet) and do not rename other files"


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows` hold text and numbers, the empty cell is ""; `numbers` says in which row of the file
    each stands (from 1). `name` is empty for a CSV."""

    file: str
    name: str
    rows: list[Sequence[Cell]]
    numbers: list[int] | range

    @property
    def title(self) -> str:
        return self.name or self.file


def read_container(path: Path) -> tuple[list[Sheet], list[Problem]]:
    """All sheets of a workbook, of one CSV file or of a folder of CSV files, and what was odd about the container.

    Raises: DataError where the file is missing, empty, too large, of another kind or broken.
    """
    _check_place(path)
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in (".csv", ".tsv", ".txt"))
        if not files:
            raise DataError(path, "a folder with the CSV sheets of one export", "no CSV file", at=str(path.name))
        parts = [read_container(file) for file in files]
        return [sheet for sheets, _ in parts for sheet in sheets], [note for _, notes in parts for note in notes]
    head = _head(path)
    if head.startswith(b"PK"):
        from .workbook import read_workbook

        return read_workbook(path)
    return _read_text(path, head)


def _check_place(path: Path) -> None:
    if path.is_symlink():
        raise DataError(path, "a file, not a symbolic link", "a symbolic link", remedy="name the file it points to")
    if not path.exists():
        raise DataError(path, "this file to exist", "nothing", at=str(path.parent), remedy="check name and folder")
    if not path.is_dir() and not path.is_file():
        raise DataError(path, "a regular file", "a device or pipe")


def _head(path: Path) -> bytes:
    size = path.stat().st_size
    if size == 0:
        raise DataError(path, "a Mentimeter export", "an empty file", remedy=EXPORT_AGAIN)
    if size > MAX_FILE:
        raise DataError(path, f"at most {MAX_FILE // 2**20} MiB", f"{size // 2**20} MiB")
    with path.open("rb") as stream:
        head = stream.read(4096)
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise DataError(path, "a Mentimeter export (xlsx or CSV)", kind, remedy=EXPORT_AGAIN)
    if path.suffix.lower() in (".xlsx", ".xlsm") and not head.startswith(b"PK"):
        raise DataError(path, "an xlsx workbook (a zip archive)", "another kind of file", remedy=EXPORT_AGAIN)
    return head


def _read_text(path: Path, head: bytes) -> tuple[list[Sheet], list[Problem]]:
    data = path.read_bytes()
    encodings = _encodings(head)
    for encoding in encodings:
        try:
            sheet = _parse(path, data, encoding)
        except UnicodeError:
            continue
        note = Problem(
            "encoding",
            "whole file",
            "expected UTF-8; the bytes are none, so the file was read as Windows-1252: check umlauts, or save it as "
            "“CSV UTF-8”",
            seen="Windows-1252",
            file=path.name,
        )
        return [sheet], [note] if encoding == "cp1252" else []
    raise DataError(path, "text in UTF-8, UTF-16 or Windows-1252", "other bytes", remedy="save it as “CSV UTF-8”")


def _encodings(head: bytes) -> tuple[str, ...]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if head.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    if head.count(0) > len(head) // 4:
        return ("utf-16-le",) if head[1:2] == b"\0" else ("utf-16-be",)
    return ("utf-8", "cp1252")


def _parse(path: Path, data: bytes, encoding: str) -> Sheet:
    delimiter = _delimiter(path, data, encoding)
    rows: list[Sequence[Cell]] = []  # tuples, which the garbage collector soon leaves alone
    numbers: list[int] = []
    share: dict[str, str] = {}
    stream = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    csv.field_size_limit(MAX_CELL)
    try:
        for number, row in enumerate(reader, start=1):
            if any(row):
                rows.append(tuple(map(share.setdefault, row, row)))
                numbers.append(number)
    except csv.Error as fault:
        at = f"line {reader.line_num}"
        if "field larger" in str(fault):
            raise DataError(path, f"cells of at most {MAX_CELL} characters", "a longer one", at=at) from None
        raise DataError(path, "CSV with every quote closed", "a broken row", at=at, remedy="save it again") from None
    if "\0" in "".join(str(cell) for row in rows[:50] for cell in row):
        raise DataError(path, "text", "binary data", remedy=EXPORT_AGAIN)
    return Sheet(path.name, "", rows, numbers)


def _delimiter(path: Path, data: bytes, encoding: str) -> str:
    """The delimiter with which the first lines look like a sheet of the export."""
    end = len(data) if len(data) < 400_000 else 400_000
    text = data[: end - end % 4].decode(encoding, errors="strict" if end == len(data) else "ignore")
    if "\0" in text:
        raise DataError(path, "text", "binary data", remedy=EXPORT_AGAIN)
    scores = {delimiter: _likeness(text, delimiter) for delimiter in (",", ";", "\t")}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    if scores[best] == 0:
        for other in ("|", ":", " "):
            if _likeness(text, other):
                remedy = "save it with one of these"
                raise DataError(path, "cells separated by comma, semicolon or tab", f"“{other}”", remedy=remedy)
    return best


def _likeness(text: str, delimiter: str) -> int:
    """How many rows near the top look like the `Voters` header or the first lines of a block."""
    score = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            first, second = (*(cell.strip() for cell in row[:2]), "", "")[:2]
            is_header = first in ("Date", "Date (UTC)") and second == "Session" and len(row) > 2
            score += 100 * is_header + (first in ("Type", "Session", "Respondents") and second != "")
            if number > 200:
                break
    except csv.Error:
        pass
    return score
