"""Files → sheets of plain cells: which kind a file is, and how a text file reads. Sizes are checked before anything is
read; workbooks are read in `workbook`."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from .cells import Cell, shown
from .faults import FileError, Problem

MAX_FILE = 300 * 2**20
MAX_CELL = 32_767  # characters, the limit of spreadsheets
MAX_TEXT = 150 * 2**20
MAX_CELLS = 20_000_000
MAX_WORDS = 3_000_000

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
_BOOKS, _TEXTS = (".xlsx", ".xlsm"), (".csv", ".tsv", ".txt")
EXPORT_AGAIN = (
    "export it again (Mentimeter: View results → Download → Spreadsheet); of a table of another origin, say what its "
    "columns are under `columns` in round.yml"
)


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

    Raises: FileError where the file is missing, empty, too large, of another kind or broken.
    """
    try:
        return _read(path)
    except OSError as fault:
        saw = fault.strerror or "an error of the file system"
        raise FileError(path, "a file that can be read", saw, remedy="check who may read it") from None


def _read(path: Path) -> tuple[list[Sheet], list[Problem]]:
    check_place(path)
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in _TEXTS and not file.is_dir())
        books = sorted(file.name for file in path.iterdir() if file.suffix.lower() in _BOOKS)
        if books:
            remedy = f"name the one that counts: {' or '.join(f'{path.name}/{shown(name, 60)}' for name in books[:4])}"
            saw = "a workbook in it" if len(books) == 1 else f"{len(books)} workbooks in it"
            raise FileError(path, "a file, or a folder with the CSV sheets of one export alone", saw, remedy=remedy)
        if not files:
            raise FileError(path, "a folder with the CSV sheets of one export", "no CSV file", at=str(path.name))
        parts = [_read(file) for file in files]
        return [sheet for sheets, _ in parts for sheet in sheets], [note for _, notes in parts for note in notes]
    size = path.stat().st_size
    if size == 0:
        raise FileError(path, "a Mentimeter export", "an empty file", remedy=EXPORT_AGAIN)
    if size > MAX_FILE:
        raise FileError(path, f"at most {MAX_FILE // 2**20} MiB", f"{size // 2**20} MiB")
    with path.open("rb") as stream:
        head = stream.read(4096)
    if kind := next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), ""):
        raise FileError(path, "a Mentimeter export (xlsx or CSV)", kind, remedy=EXPORT_AGAIN)
    if head.startswith(b"PK"):
        from .workbook import read_workbook

        return read_workbook(path)
    if path.suffix.lower() in _BOOKS:
        raise FileError(path, "an xlsx workbook (a zip archive)", "another kind of file", remedy=EXPORT_AGAIN)
    return _read_text(path, head)


def check_place(path: Path) -> None:
    if path.is_symlink():
        raise FileError(path, "a file, not a symbolic link", "a symbolic link", remedy="name the file it points to")
    if not path.exists():
        raise FileError(path, "this file to exist", "nothing", at=str(path.parent), remedy="check name and folder")
    if not path.is_dir() and not path.is_file():
        raise FileError(path, "a regular file", "a device or pipe")


def _read_text(path: Path, head: bytes) -> tuple[list[Sheet], list[Problem]]:
    """The sheet in a text file, and a note where its encoding is a guess. `head`: its first bytes.

    Raises: FileError for text in no known encoding, other delimiters, open quotes, and more than memory should hold.
    """
    data, limit = path.read_bytes(), MAX_TEXT
    if len(data) > limit // 2 and np.frombuffer(data, dtype=np.uint8).max() >= 0xF0:
        limit //= 2  # characters that take four bytes each in memory
    if len(data) > limit:
        raise FileError(path, f"at most {limit // 2**20} MiB of text", f"{len(data) // 2**20} MiB", remedy=EXPORT_AGAIN)
    for encoding in encodings(head):
        try:
            sheet = _parse(path, data, encoding)
        except UnicodeError:
            continue
        message = (
            "expected UTF-8; the bytes are none, so the file was read as Windows-1252: check umlauts, or save it as "
            "“CSV UTF-8”"
        )
        note = Problem("encoding", "whole file", message, seen="Windows-1252", file=path.name)
        return [sheet], [note] if encoding == "cp1252" else []
    raise FileError(path, "text in UTF-8, UTF-16 or Windows-1252", "other bytes", remedy="save it as “CSV UTF-8”")


def encodings(head: bytes) -> tuple[str, ...]:
    """The encodings a file that begins so may have, the likeliest first."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if head.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    if head.count(0) > len(head) // 4:
        return ("utf-16-le",) if head[1:2] == b"\0" else ("utf-16-be",)
    return ("utf-8", "cp1252")


def _parse(path: Path, data: bytes, encoding: str) -> Sheet:
    delimiter = _delimiter(path, data, encoding)
    too_much = FileError(
        path, f"at most {MAX_CELLS:,} cells with {MAX_WORDS:,} different texts", "more", remedy=EXPORT_AGAIN
    )
    if sum(data.count(sign.encode()) for sign in (delimiter, "\n", "\r")) > MAX_CELLS:
        raise too_much
    rows: list[Sequence[Cell]] = []
    numbers: list[int] = []
    words: dict[str, str] = {}
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding, newline=""), delimiter=delimiter, strict=True)
    csv.field_size_limit(MAX_CELL)
    try:
        for number, row in enumerate(reader, start=1):
            if any(row) and not (number == 1 and row[0].casefold().startswith("sep=")):
                rows.append(tuple(map(words.setdefault, row, row)))  # each distinct text is held once
                numbers.append(number)
            if len(words) > MAX_WORDS:
                raise too_much
    except csv.Error as fault:
        at = f"line {reader.line_num}"
        if "field larger" in str(fault):
            raise FileError(path, f"cells of at most {MAX_CELL} characters", "a longer one", at=at) from None
        raise FileError(path, "CSV with every quote closed", "a broken row", at=at, remedy="save it again") from None
    if any("\0" in cell for row in rows[:50] for cell in row if isinstance(cell, str)):
        raise FileError(path, "text", "binary data", remedy=EXPORT_AGAIN)
    return Sheet(path.name, "", rows, numbers)


def _delimiter(path: Path, data: bytes, encoding: str) -> str:
    """The delimiter with which the first lines look like a sheet of Mentimeter, else like rows of one length."""
    is_whole = len(data) < 400_000
    text = data[:400_000].decode(encoding, errors="strict" if is_whole else "ignore")
    text = text if is_whole else text[: text.rfind("\n") + 1] or text
    if "\0" in text:
        raise FileError(path, "text", "binary data", remedy=EXPORT_AGAIN)
    if text[:4].casefold() == "sep=":
        return text[4:5] or ","
    best = max((",", ";", "\t"), key=lambda delimiter: _likeness(text, delimiter))
    if _likeness(text, best) < (0, 2):
        for other in ("|", ":", " "):
            if _likeness(text, other)[0]:
                remedy = "save it with one of these"
                raise FileError(path, "cells separated by comma, semicolon or tab", f"“{other}”", remedy=remedy)
    return best


def _likeness(text: str, delimiter: str) -> tuple[int, int]:
    """How many rows near the top look like the `Voters` header or the first lines of a block; and how many cells nearly
    all of the first rows have, 0 where they differ."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        top = list(islice(reader, 200))
    except csv.Error:
        return 0, 0
    score = 0
    for row in top:
        first, second = (*(cell.strip() for cell in row[:2]), "", "")[:2]
        is_header = first in ("Date", "Date (UTC)") and second == "Session" and len(row) > 2
        score += 100 * is_header + (first in ("Type", "Session", "Respondents") and second != "")
    widths = [len(row) for row in top[:50] if any(row)]
    usual = max(set(widths), key=widths.count, default=0)
    return score, usual if widths.count(usual) > 0.8 * len(widths) else 0
