"""What the bytes of a workbook's part give away before anything parses them: a quick look that may cry wolf, and the
exact counts where it does. The look is made of comparisons of whole arrays, because it runs on every workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Flag, auto

import numpy as np

MAX_CELLS = 4_000_000
_NEAR = 99_999, 26  # rows and columns that need no second look
MAX_TEXT = 100 * 2**20  # bytes of text in cells that share strings
_TESTS = 24
_REACH = 18  # bytes from the first to the last one that a sign is made of
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']\s*\$?([A-Za-z]{1,9})\$?([0-9]{1,12})""")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])[^>]*")
_PLACED = re.compile(rb'<(?:\w+:)?c(?:\s+[\w:]+="[^"]*")*?\s+r="')
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']\s*([0-9]{1,12})""")
_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
_SHARED_INDEX = re.compile(rb"""\st\s*=\s*["']s["'][^>]*>\s*<v>\s*([0-9]{1,9})\s*</v>""")


class Odd(Flag):
    """What a part may hold. `FAR`: cells so far right and down that the sheet may exceed MAX_CELLS. `LOOSE`: cells that
    do not say in the usual way where they stand. `TRIMMED`: texts whose outer blanks a parser would drop. `WIDE`:
    characters that take four bytes."""

    NOTHING = 0
    DECLARATION = auto()
    FORMULA = auto()
    TRIMMED = auto()
    WIDE = auto()
    FAR = auto()
    LOOSE = auto()
    NO_XML = auto()


# What makes a first suspicion certain.
_CERTAIN = {
    Odd.DECLARATION: re.compile(rb"<!"),
    Odd.FORMULA: re.compile(rb"<f[\s/>]"),
    Odd.TRIMMED: re.compile(rb"<t>\s|\s</t>"),
    Odd.WIDE: re.compile(rb"[\xf0-\xff]|&#"),
    Odd.LOOSE: re.compile(rb"""<c(?=[\s/>])(?! r=)|:c(?=[\s/>])|\sr(?:\s+=|=[^"])"""),
}


def look(chunks: Iterable[bytes], *, with_wide: bool = True) -> Odd:
    """Everything odd in a part that comes chunk by chunk; `WIDE` only where asked for."""
    found, tail, room = Odd.NOTHING, b" ", np.empty((0, 0), dtype=bool)
    depth, width = _NEAR
    for number, chunk in enumerate(_with_end(chunks)):
        if not number and not _is_xml(chunk[:64]):
            found |= Odd.NO_XML
        data = tail + chunk
        if room.shape[1] < len(data):
            room = np.empty((_TESTS, len(data) + _REACH), dtype=bool)  # memory to work in, taken once
        new = _look(data, room, with_wide)
        if Odd.FAR in new:
            row, column = _extent_in(data)
            depth, width = max(depth, row), max(width, column)
        found |= new
        tail = data[-2 * _REACH :]
    return found if depth * width > MAX_CELLS else found & ~Odd.FAR


def _with_end(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks, and blanks after them for what looks ahead."""
    yield from chunks
    yield b" " * _REACH


def _is_xml(start: bytes) -> bool:
    """Whether a part begins as XML in an encoding that writes ASCII as ASCII."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" and b"\0" not in start


def _look(data: bytes, room: np.ndarray, with_wide: bool) -> Odd:
    """The oddities that begin between the second byte and the last few, which the next chunk shows again."""
    found = Odd.NOTHING
    if len(data) > _REACH:
        for odd, where in _suspicions(np.frombuffer(data, dtype=np.uint8), room, with_wide).items():
            if where.any() and (odd is Odd.FAR or _CERTAIN[odd].search(data)):
                found |= odd
    return found


def _suspicions(codes: np.ndarray, room: np.ndarray, with_wide: bool) -> dict[Odd, np.ndarray]:
    """Where each oddity may stand: far quicker than the patterns that tell for certain, and hardly ever wrong."""
    size, rows = len(codes) - _REACH, iter(room)

    def test(compare: np.ufunc, offset: int, sign: str) -> np.ndarray:
        return compare(codes[offset : size + offset], ord(sign), out=next(rows)[:size])

    opens, blank, next_blank = test(np.equal, 0, "<"), test(np.less_equal, 0, " "), test(np.less_equal, 1, " ")
    names, equals, plain = test(np.equal, 1, "r"), test(np.equal, 2, "="), test(np.equal, 3, '"')
    names &= blank
    plain &= equals
    plain &= names
    deep, is_digit = test(np.greater_equal, 10, "0"), test(np.less_equal, 10, "9")
    deep &= is_digit
    deep |= test(np.greater, 5, "9")
    deep &= test(np.greater, 4, "9")
    deep &= plain
    names ^= plain
    equals |= test(np.less_equal, 2, " ")
    names &= equals
    begins, colon = test(np.equal, 1, "c"), test(np.equal, 0, ":")
    colon |= opens
    begins &= colon
    np.greater(begins[:-2], plain[2:], out=begins[:-2])  # a reference stands behind its name
    names[:-2] |= begins[:-2]
    declared, formula = test(np.equal, 1, "!"), test(np.equal, 1, "f")
    declared &= opens
    formula &= opens
    blank[:-1] &= opens[1:]
    next_blank &= test(np.equal, 0, ">")
    blank[:-1] |= next_blank[:-1]
    found = {
        Odd.DECLARATION: declared,
        Odd.FORMULA: formula,
        Odd.TRIMMED: blank[:-1],
        Odd.FAR: deep,
        Odd.LOOSE: names,
    }
    if with_wide:
        found[Odd.WIDE] = test(np.equal, 0, "&")
        found[Odd.WIDE] &= test(np.equal, 1, "#")
        found[Odd.WIDE] |= test(np.greater_equal, 0, "\xf0")
    return found


def extent(chunks: Iterable[bytes]) -> tuple[int, int]:
    """The last row and the last column that a cell names, where cells say so in the usual way."""
    depth, width, tail = 0, 0, b" "
    for chunk in _with_end(chunks):
        data = tail + chunk
        row, column = _extent_in(data)
        depth, width = max(depth, row), max(width, column)
        tail = data[-2 * _REACH :]
    return depth, width


def _extent_in(data: bytes) -> tuple[int, int]:
    codes = np.frombuffer(data, dtype=np.uint8)
    starts = np.flatnonzero(codes[:-_REACH] <= ord(" "))
    for offset, sign in enumerate(b'r="', start=1):
        starts = starts[codes[starts + offset] == sign]
    return _named(codes[starts[:, None] + np.arange(4, _REACH)])


def _named(references: np.ndarray) -> tuple[int, int]:
    """The last row and column in references, one per row of bytes: letters, then digits, then anything."""
    rows, columns = np.zeros((2, len(references)), dtype=np.int64)
    is_letter = is_digit = np.ones(len(references), dtype=bool)
    for byte in references.T.astype(np.int64):
        is_letter = is_letter & (byte > ord("9"))
        columns = np.where(is_letter, columns * 26 + (byte & 31), columns)
        is_digit = is_letter | (is_digit & (byte >= ord("0")) & (byte <= ord("9")))
        rows = np.where(is_digit & ~is_letter, rows * 10 + byte - ord("0"), rows)
    named = columns > 0  # else the number of a row
    return int(rows[named].max(initial=0)), int(columns.max(initial=0))


def loose_extent(data: bytes) -> tuple[int, int]:
    """At most so many rows and columns has a sheet in which cells do not all say where they stand."""
    references = set(_REFERENCE.findall(data))
    depth = max((int(row) for _, row in references), default=0)
    width = max((_named(np.frombuffer(column, np.uint8)[None])[1] for column, _ in references), default=0)
    if not all(map(_PLACED.match, _CELL.findall(data))):
        parts = _ROW.split(data)
        depth = max(depth, *(int(row) for row in (0, *_ROW_NUMBER.findall(data)))) + len(parts)
        width += max(len(_CELL.findall(part)) for part in parts)
    return depth, width


def shared_text(strings: bytes, sheet: bytes) -> int:
    """At most so many bytes the cells of a sheet take that share strings, each with a copy of its own."""
    lengths = [len(part) for part in strings.split(b"</si>")]
    uses, longest = len(_SHARED.findall(sheet)), max(lengths)
    if uses * longest <= MAX_TEXT:
        return uses * longest
    known = [int(index) for index in _SHARED_INDEX.findall(sheet)]
    return sum(lengths[min(index, len(lengths) - 1)] for index in known) + (uses - len(known)) * longest
