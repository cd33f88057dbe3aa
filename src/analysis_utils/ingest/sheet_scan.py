"""What the bytes of a workbook's part give away before anything parses them: a quick look that may cry wolf, and the
exact counts where it does. The look is made of comparisons of whole arrays, because it runs on every workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Flag, auto

import numpy as np

MAX_CELLS = 6_000_000
MAX_TEXT = 100 * 2**20  # bytes of text in cells that share strings
_TESTS = 24
_REACH = 14  # bytes from the first to the last one that a sign is made of
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']\s*\$?([A-Za-z]{1,9})\$?([0-9]{1,12})""")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])[^>]*")
_PLACED = re.compile(rb'<(?:\w+:)?c(?:\s+[\w:]+="[^"]*")*?\s+r="')
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']\s*([0-9]{1,12})""")
_TRIMMED = re.compile(rb"<t>\s|\s</t>")
_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
_SHARED_INDEX = re.compile(rb"""\st\s*=\s*["']s["'][^>]*>\s*<v>\s*([0-9]{1,9})\s*</v>""")


class Odd(Flag):
    """What a part may hold. `FAR`: cells beyond column Z or row 199,999, or that do not say where they stand, without
    which no sheet exceeds MAX_CELLS. `TRIMMED`: texts whose outer blanks a parser would drop. `WIDE`: characters that
    take four bytes."""

    NOTHING = 0
    DECLARATION = auto()
    FORMULA = auto()
    TRIMMED = auto()
    WIDE = auto()
    FAR = auto()
    NO_XML = auto()


# What makes a first suspicion certain.
_CERTAIN = {
    Odd.DECLARATION: re.compile(rb"<!"),
    Odd.FORMULA: re.compile(rb"<f[\s/>]"),
    Odd.TRIMMED: re.compile(rb"<t>\s|\s</t>"),
    Odd.WIDE: re.compile(rb"[\xf0-\xff]|&#"),
    Odd.FAR: re.compile(
        rb"""[<:]c(?=[\s/>])(?! r=)"""  # no reference as its first attribute
        rb"""|\sr(?:\s+=|=[^"])"""  # a reference written in an unusual way
        rb"""|\sr="[^0-9](?:[^0-9]|[2-9][0-9]{5}|[0-9]{7})"""
    ),
}


def look(chunks: Iterable[bytes]) -> Odd:
    """Everything odd in a part that comes chunk by chunk."""
    found, tail, room = Odd.NOTHING, b" ", np.empty((0, 0), dtype=bool)
    for number, chunk in enumerate(chunks):
        if not number and not _is_xml(chunk[:64]):
            found |= Odd.NO_XML
        data = tail + chunk
        if room.shape[1] < len(data):
            room = np.empty((_TESTS, len(data) + _REACH), dtype=bool)  # memory to work in, taken once
        found |= _look(data, room)
        tail = data[-2 * _REACH :]
    return found | _look(tail + b" " * _REACH, np.empty((_TESTS, 3 * _REACH), dtype=bool))


def _is_xml(start: bytes) -> bool:
    """Whether a part begins as XML in an encoding that writes ASCII as ASCII."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" and b"\0" not in start


def _look(data: bytes, room: np.ndarray) -> Odd:
    """The oddities that begin between the second byte and the last few, which the next chunk shows again."""
    found = Odd.NOTHING
    if len(data) > _REACH:
        for odd, where in _suspicions(np.frombuffer(data, dtype=np.uint8), room).items():
            if where.any() and _CERTAIN[odd].search(data):
                found |= odd
    return found


def _suspicions(codes: np.ndarray, room: np.ndarray) -> dict[Odd, np.ndarray]:
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
    deep |= names
    begins, colon = test(np.equal, 1, "c"), test(np.equal, 0, ":")
    colon |= opens
    begins &= colon
    np.greater(begins[:-2], plain[2:], out=begins[:-2])  # a reference stands behind its name
    deep[:-2] |= begins[:-2]
    declared, formula = test(np.equal, 1, "!"), test(np.equal, 1, "f")
    declared &= opens
    formula &= opens
    wide, number = test(np.equal, 0, "&"), test(np.equal, 1, "#")
    wide &= number
    wide |= test(np.greater_equal, 0, "\xf0")
    blank[:-1] &= opens[1:]
    next_blank &= test(np.equal, 0, ">")
    blank[:-1] |= next_blank[:-1]
    return {Odd.DECLARATION: declared, Odd.FORMULA: formula, Odd.WIDE: wide, Odd.TRIMMED: blank[:-1], Odd.FAR: deep}


def cells_of(data: bytes) -> tuple[int, int]:
    """At most so many rows and columns has the sheet in these bytes."""
    references = set(_REFERENCE.findall(data))
    depth = max((int(row) for _, row in references), default=0)
    width = max((_column_number(column) for column, _ in references), default=0)
    if not all(map(_PLACED.match, _CELL.findall(data))):
        parts = _ROW.split(data)
        depth = max(depth, *(int(row) for row in (0, *_ROW_NUMBER.findall(data)))) + len(parts)
        width += max(len(_CELL.findall(part)) for part in parts)
    return depth, width


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + letter - 64
    return number


def shared_text(strings: bytes, sheet: bytes) -> int:
    """At most so many bytes the cells of a sheet take that share strings, each with a copy of its own."""
    lengths = [len(part) for part in strings.split(b"</si>")]
    uses, longest = len(_SHARED.findall(sheet)), max(lengths)
    if uses * longest <= MAX_TEXT:
        return uses * longest
    known = [int(index) for index in _SHARED_INDEX.findall(sheet)]
    return sum(lengths[min(index, len(lengths) - 1)] for index in known) + (uses - len(known)) * longest
