"""Every piece of text and every array of numbers in a file, however it is packed: what a text search would miss."""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import importlib.util
import io
import re
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from .pictures import JPEG, PNG, has_metadata, is_other_picture
from .published import NOTHING, Published

DEEPEST = 6
_DATA_URI = re.compile(r"data:[\w/+.-]*(?:;[\w=-]+)*;base64,\s*([A-Za-z0-9+/=]{8,})(?=[\"'\s)<&]|$)")
_BDATA = re.compile(r'\\?"bdata\\?"\s*:\s*\\?"([A-Za-z0-9+/=\\]+?)\\?"')
_DTYPE = re.compile(r'\\?"dtype\\?"\s*:\s*\\?"([<>|]?[a-z]\d)\\?"')
_LIST = re.compile(r"\[\s*(?:-?\d[\d.eE+-]*|null)(?:\s*,\s*(?:-?\d[\d.eE+-]*|null))+\s*\]")
_TABLE_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", re.DOTALL | re.IGNORECASE)
_SHEET_CELL = re.compile(r'<c r="([A-Z]+)(\d+)"(?![^>]*\bt="s")[^>]*><v>([^<]*)</v>')
_CHART_SERIES = re.compile(r"<c:numCache>.*?</c:numCache>", re.DOTALL)
_CHART_VALUE = re.compile(r"<c:v>([^<]*)</c:v>")
_TAG = re.compile(r"<[^>]{0,2000}>")
_BASE64 = re.compile(r'"([A-Za-z0-9+/]{64,}={0,2}(?:\\n)?)"')
_SHAPE = re.compile(r'\sd="[MmLlHhVvCcSsQqTtAaZz\d .,eE\n+-]*"')  # most of a drawing, and neither words nor a list
_DRAWN = re.compile(r"<(script|style|svg)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_BLOCK = re.compile(r"<(pre|code|ul|ol|dl|textarea|template)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_LISTS = ("ul", "ol", "dl")
_ATTRIBUTE = re.compile(r"=\s*[\"']([^\"'<>]*\d[^\"'<>]*)[\"']")
_PRINTED = re.compile(r"(?<![\w.,])-?\d+(?:[.,]\d+)?(?![\w])")
_LETTER = re.compile(r"[^\W\d_]")
MOST_COLUMNS = 12
"""Columns from either side of a printed table that are looked at."""
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_DTYPES = {"f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1"}


@dataclass(frozen=True)
class Piece:
    """`place` says where in the file, for people; `text` as found; `numbers` the arrays in it; `fault` what is wrong
    with it whatever it says."""

    place: str
    text: str
    numbers: tuple[np.ndarray, ...] = ()
    fault: str = ""


def unpack(
    content: bytes, name: str, depth: int = 0, seen: set[bytes] | None = None, but: Published = NOTHING
) -> Iterator[Piece]:
    """All pieces of a file, containers opened. A container that cannot be read yields a piece whose text is empty.

    Embedded content whose hash is in `seen` is left out: pages hold the same pictures again and again. Arrays are those
    of numbers `but` for published ones.
    """
    seen = set() if seen is None else seen
    mark = hashlib.sha256(content).digest()
    if depth > DEEPEST or (depth and mark in seen):
        return
    seen.add(mark)
    if content.startswith(JPEG) or content.startswith(PNG) or is_other_picture(content):
        yield from _picture(content, name)
    elif content.startswith(b"PK\x03\x04"):
        yield from _zip(content, name, depth, seen, but)
    elif content.startswith((b"\x1f\x8b", b"wOF2", b"wOFF")):
        yield from _gzip(content, name, depth, seen, but)
    elif content.startswith(b"%PDF"):
        yield from _pdf(content, name)
    else:
        yield from _text(_decoded(content), name, depth, seen, but)


def _decoded(content: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    return content.decode("utf-8", errors="replace")


def _text(text: str, name: str, depth: int, seen: set[bytes], but: Published) -> Iterator[Piece]:
    for asset in _assets():
        text = text.replace(asset, " ")
    inside = list(_DATA_URI.finditer(text))
    for number, found in enumerate(inside, start=1):
        yield from _base64_piece(found[1], f"{name}, embedded file {number}", depth, seen, but)
    text = _SHAPE.sub(" ", _DATA_URI.sub(" ", text))
    if '"nbformat"' in text[-2000:] or '"cells"' in text[:2000] or depth == 0:
        for number, found in enumerate(_BASE64.finditer(text), start=1):
            yield from _base64_piece(found[1].replace("\\n", ""), f"{name}, attachment {number}", depth, seen, but)
    plain = _unescaped(text)
    yield Piece(name, plain, tuple(_arrays(text, but.without(plain))))


def _base64_piece(packed: str, place: str, depth: int, seen: set[bytes], but: Published) -> Iterator[Piece]:
    try:
        content = base64.b64decode(re.sub(r"\s", "", packed))
    except (binascii.Error, ValueError):
        return
    yield from unpack(content, place, depth + 1, seen, but)


def _unescaped(text: str) -> str:
    """Text with HTML entities and JSON escapes resolved."""
    text = html.unescape(html.unescape(text)) if "&" in text else text
    text = text.replace('\\"', '"').replace("\\n", " ").replace("\\t", " ").replace("\\/", "/")
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def without_tags(text: str) -> str:
    """What a reader sees of markup."""
    return _TAG.sub("", text) if "<" in text else text


def _arrays(raw: str, plain: str) -> Iterator[np.ndarray]:
    """Base64 arrays of Plotly, lists in brackets, rows of tables, printed numbers, rows and columns of CSV and
    spreadsheets, series of charts."""
    for found in _BDATA.finditer(raw):
        near = raw[max(0, found.start() - 120) : found.end() + 120]
        kind = _DTYPE.search(near)
        code = kind[1].lstrip("<>|") if kind else "f8"
        try:
            content = base64.b64decode(found[1].replace("\\", ""))
            yield np.frombuffer(content, dtype=code if code in _DTYPES else "f8").astype(np.float64)
        except (binascii.Error, ValueError):
            continue
    for found in _LIST.finditer(plain):
        yield _numbers(found[0].strip("[]").split(","))
    for found in _TABLE_ROW.finditer(plain):
        yield _numbers([_TAG.sub("", cell[1]).replace(",", ".") for cell in _CELL.finditer(found[0])])
    if "<" in plain and not plain.lstrip().startswith("<?xml"):
        yield from _printed_arrays(_DRAWN.sub(" ", plain))
    elif "<" not in plain:
        yield from _bare_runs(plain)
    yield from _office_arrays(raw)
    yield from _csv_arrays(plain)


def _printed_arrays(page: str) -> Iterator[np.ndarray]:
    """Numbers of printed tables, listings, lists and comments, line by line, column by column and as they follow each
    other; and numbers with nothing but marks between them, wherever they stand, also in attributes."""
    for found in _BLOCK.finditer(page):
        inside = re.sub(r"<!--|-->", "", found[0])
        lines = [_found(line) for line in _TAG.sub("\n" if found[1] in _LISTS else " ", inside).splitlines()]
        lines = [line for line in lines if line]
        places = range(-MOST_COLUMNS, MOST_COLUMNS)
        columns = [[line[place] for line in lines if -len(line) <= place < len(line)] for place in places]
        for numbers in (*lines, *columns, [number for line in lines for number in line]):
            yield np.array(numbers)
            yield np.array(numbers[1:])  # what names a row or a column may be a number, too
    for value in _ATTRIBUTE.findall(page):
        yield from _bare_runs(value)
    yield from _bare_runs(_TAG.sub(" ", re.sub(r"<!--|-->", " ", page)))


def _bare_runs(text: str) -> Iterator[np.ndarray]:
    """Numbers in a row with no letter between them."""
    run: list[float] = []
    end = 0
    for found in _PRINTED.finditer(text):
        if _LETTER.search(text, end, found.start()):
            if len(run) > 2:
                yield np.array(run)
            run = []
        run.append(float(found[0].replace(",", ".")))
        end = found.end()
    if len(run) > 2:
        yield np.array(run)


def _found(line: str) -> list[float]:
    return [float(found[0].replace(",", ".")) for found in _PRINTED.finditer(line)]


def _office_arrays(text: str) -> Iterator[np.ndarray]:
    lines: dict[str, list[str]] = defaultdict(list)
    for column, row, value in _SHEET_CELL.findall(text):
        lines[column].append(value)
        lines[row].append(value)
    for cells in lines.values():
        yield _numbers(cells)
    for series in _CHART_SERIES.findall(text):
        yield _numbers(_CHART_VALUE.findall(series))


def _csv_arrays(text: str) -> Iterator[np.ndarray]:
    lines = [line for line in text.splitlines() if line]
    separator = next((mark for mark in (";", ",", "\t") if lines and mark in lines[0]), "")
    if not separator or "<" in lines[0] or len(lines) > 20_000:
        return
    cells = [(line.replace(",", ".") if separator == ";" else line).split(separator) for line in lines]
    for row in cells:
        yield _numbers(row)
    width = len(cells[0])
    for column in range(width):
        yield _numbers([row[column] for row in cells[1:] if len(row) == width])


def _numbers(cells: list[str]) -> np.ndarray:
    """The cells that are numbers, in order."""
    found = []
    for cell in cells:
        try:
            found.append(float(cell))
        except ValueError:
            continue
    return np.array(found)


def _picture(content: bytes, name: str) -> Iterator[Piece]:
    if is_other_picture(content):
        yield Piece(name, _readable(content), fault="a picture that is neither JPEG nor PNG")
        return
    if has_metadata(content):
        yield Piece(f"{name}, picture metadata", "", fault="a picture with metadata")
    if content.startswith(JPEG):
        yield Piece(f"{name}, picture metadata", _readable(content))
    else:
        yield from _png(content, name)


def _png(content: bytes, name: str) -> Iterator[Piece]:
    place = 8
    while place + 8 <= len(content):
        (size,), kind = struct.unpack(">I", content[place : place + 4]), content[place + 4 : place + 8]
        data = content[place + 8 : place + 8 + size]
        if kind in (b"tEXt", b"iTXt", b"eXIf"):
            yield Piece(f"{name}, picture metadata", data.replace(b"\0", b" ").decode("utf-8", errors="replace"))
        elif kind == b"zTXt":
            key, _, packed = data.partition(b"\0")
            yield Piece(f"{name}, picture metadata", (key + b" " + _inflated(packed[1:])).decode("utf-8", "replace"))
        place += size + 12


def _zip(content: bytes, name: str, depth: int, seen: set[bytes], but: Published) -> Iterator[Piece]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            yield Piece(
                f"{name}, names and comment", " ".join([*box.namelist(), box.comment.decode("utf-8", "replace")])
            )
            texts = _shared_strings(box)
            for entry in box.infolist():
                if not entry.is_dir() and entry.file_size < 2**28:
                    inside = box.read(entry)
                    if texts and entry.filename.startswith("xl/worksheets/"):
                        inside = but.without_rows(inside.decode("utf-8", "replace"), texts).encode()
                    yield from unpack(inside, f"{name}, {entry.filename}", depth + 1, seen, but)
    except (zipfile.BadZipFile, RuntimeError, zlib.error):
        yield Piece(f"{name}, unreadable container", "", fault="a container that cannot be searched")


def _shared_strings(box: zipfile.ZipFile) -> list[str]:
    """The texts of a workbook, by the numbers under which its cells name them."""
    if "xl/sharedStrings.xml" not in box.namelist():
        return []
    entries = re.findall(r"<si>(.*?)</si>", box.read("xl/sharedStrings.xml").decode("utf-8", "replace"), re.DOTALL)
    return [html.unescape(_TAG.sub("", entry)) for entry in entries]


def _gzip(content: bytes, name: str, depth: int, seen: set[bytes], but: Published) -> Iterator[Piece]:
    if content.startswith(b"\x1f\x8b"):
        yield from unpack(_inflated(content, zlib.MAX_WBITS | 16), name, depth + 1, seen, but)


def _pdf(content: bytes, name: str) -> Iterator[Piece]:
    """Titles and other strings; text drawn in fonts of a PDF is checked in the page it is printed from."""
    yield Piece(name, _readable(content))
    for number, found in enumerate(re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL), start=1):
        if data := _inflated(found[1]):
            yield Piece(f"{name}, stream {number}", _readable(data))


def _inflated(packed: bytes, bits: int = zlib.MAX_WBITS) -> bytes:
    try:
        return zlib.decompressobj(bits).decompress(packed, 2**28)
    except zlib.error:
        return b""


def _readable(content: bytes) -> str:
    """Runs of printable characters of a binary file."""
    runs = re.findall(rb"[\x20-\x7e\xa0-\xff\n]{6,}", content)
    return b" ".join(runs).decode("utf-8", errors="replace")


@cache
def _assets() -> tuple[str, ...]:
    """Large scripts that pages embed unchanged: nothing to find in them."""
    files = sorted((Path(__file__).resolve().parents[1] / "pages" / "template").glob("*.min.js"))
    plotly = importlib.util.find_spec("plotly")
    places = plotly.submodule_search_locations if plotly else None
    files += [Path(place, "package_data", "plotly.min.js") for place in places or ()]
    return tuple(path.read_text(encoding="utf-8") for path in files if path.is_file())


def traces(text: str) -> Iterator[str]:
    """Types of the Plotly traces in JSON text."""
    for found in re.finditer(r'\\?"type\\?"\s*:\s*\\?"(\w+)\\?"', text):
        yield found[1]
