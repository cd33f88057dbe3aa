"""Text files → one sheet: encodings, delimiters, quotes, and how much of each is too much."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from .cells import Cell
from .containers import EXPORT_AGAIN, MAX_CELL, Sheet
from .faults import FileError, Problem

MAX_TEXT = 150 * 2**20
MAX_LINE = 2**22
MAX_LINES_OF_A_ROW = 100_000
MAX_ROWS = 2_000_000
MAX_CELLS = 20_000_000
MAX_WORDS = 3_000_000


def read_text(path: Path, head: bytes) -> tuple[list[Sheet], list[Problem]]:
    """The sheet in a text file, and a note where its encoding is a guess. `head`: its first bytes.

    Raises: FileError for text in no known encoding, other delimiters, open quotes, and more than memory should hold.
    """
    data = path.read_bytes()
    _check_size(path, data)
    for encoding in encodings(head):
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
    rows: list[Sequence[Cell]] = []
    numbers: list[int] = []
    lines = _Lines(path, io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    csv.field_size_limit(MAX_CELL)
    try:
        for number, row in enumerate(reader, start=1):
            lines.of_this_row = 0
            if number > MAX_ROWS:
                raise lines.refusal(f"at most {MAX_ROWS:,} rows")
            if any(row) and not (number == 1 and row[0].casefold().startswith("sep=")):
                rows.append(lines.shared(row))
                numbers.append(number)
    except csv.Error as fault:
        at = f"line {reader.line_num}"
        if "field larger" in str(fault):
            raise FileError(path, f"cells of at most {MAX_CELL} characters", "a longer one", at=at) from None
        raise FileError(path, "CSV with every quote closed", "a broken row", at=at, remedy="save it again") from None
    if "\0" in "".join(str(cell) for row in rows[:50] for cell in row):
        raise FileError(path, "text", "binary data", remedy=EXPORT_AGAIN)
    return Sheet(path.name, "", rows, numbers)


class _Lines:
    """The lines of a text, as long as they, their rows and their cells stay within bounds."""

    def __init__(self, path: Path, stream: io.TextIOWrapper) -> None:
        self.path, self.stream = path, stream
        self.of_this_row = self.cells = 0
        self.words: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        while line := self.stream.readline(MAX_LINE):
            self.of_this_row += 1
            if len(line) == MAX_LINE or self.of_this_row > MAX_LINES_OF_A_ROW:
                raise self.refusal(f"rows of at most {MAX_LINES_OF_A_ROW:,} lines and {MAX_LINE:,} characters in each")
            yield line

    def shared(self, row: list[str]) -> tuple[str, ...]:
        """The row with each distinct text held once (a tuple, which the garbage collector soon leaves alone)."""
        self.cells += len(row)
        if self.cells > MAX_CELLS or len(self.words) > MAX_WORDS:
            raise self.refusal(f"at most {MAX_CELLS:,} cells with {MAX_WORDS:,} different texts")
        return tuple(map(self.words.setdefault, row, row))

    def refusal(self, expected: str) -> FileError:
        return FileError(self.path, expected, "more", remedy=EXPORT_AGAIN)


def _check_size(path: Path, data: bytes) -> None:
    limit = MAX_TEXT
    if len(data) > limit // 2 and np.frombuffer(data, dtype=np.uint8).max() >= 0xF0:
        limit //= 2  # characters that take four bytes each in memory
    if len(data) > limit:
        raise FileError(path, f"at most {limit // 2**20} MiB of text", f"{len(data) // 2**20} MiB", remedy=EXPORT_AGAIN)


def _delimiter(path: Path, data: bytes, encoding: str) -> str:
    """The delimiter with which the first lines look like a sheet of Mentimeter, else like rows of one length."""
    is_whole = len(data) < 400_000
    text = data[:400_000].decode(encoding, errors="strict" if is_whole else "ignore")
    text = text if is_whole else text[: text.rfind("\n") + 1] or text
    if "\0" in text:
        raise FileError(path, "text", "binary data", remedy=EXPORT_AGAIN)
    if text[:4].casefold() == "sep=":
        return text[4:5] or ","
    scores = {delimiter: _likeness(text, delimiter) for delimiter in (",", ";", "\t")}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    if scores[best] == 0:
        widths = {delimiter: _width(text, delimiter) for delimiter in (",", ";", "\t")}
        best = max(widths, key=lambda delimiter: widths[delimiter])
        for other in ("|", ":", " ") if widths[best] < 2 else ():
            if _likeness(text, other):
                remedy = "save it with one of these"
                raise FileError(path, "cells separated by comma, semicolon or tab", f"“{other}”", remedy=remedy)
    return best


def _width(text: str, delimiter: str) -> int:
    """How many cells nearly all of the first rows have; 0 where they differ or quotes do not close."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        widths = [len(row) for row in islice(rows, 50) if any(row)]
    except csv.Error:
        return 0
    usual = max(set(widths), key=widths.count, default=0)
    return usual if widths.count(usual) > 0.8 * len(widths) else 0


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
