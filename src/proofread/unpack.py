"""Every piece of text and every array of numbers in a file, however it is packed: what a text search would miss."""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import io
import re
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

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


JPEG, PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_PLAIN_JPEG = {0xDB, 0xC4, 0xDD, 0xDA, *range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)}
"""Segments a decoder needs: tables, frames, the scan."""
_PLAIN_PNG = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"pHYs", b"gAMA", b"sRGB", b"cHRM", b"sBIT", b"bKGD"}


@dataclass(frozen=True)
class Piece:
    """`place` says where in the file, for people; `text` as found; `numbers` the arrays in it; `fault` what is wrong
    with it whatever it says."""

    place: str
    text: str
    numbers: tuple[np.ndarray, ...] = ()
    fault: str = ""


class Explained:
    """Numbers that need no search, because everybody may read them; none, unless a subclass knows some."""

    def without(self, text: str) -> str:
        """A page or table without them."""
        return text

    def without_rows(self, sheet: str, texts: list[str]) -> str:
        """A sheet of a workbook without them; `texts`: its shared strings."""
        return sheet

    def explains(self, numbers: np.ndarray) -> bool:
        """Whether these numbers, in any order, are some of them."""
        return False


@dataclass
class Unpacker:
    """Opens files. Embedded content that was `seen` is left out: pages hold the same pictures again and again. Arrays
    are those of numbers `but` for explained ones; `assets` are large scripts that pages embed unchanged."""

    but: Explained = field(default_factory=Explained)
    assets: Sequence[str] = ()
    seen: set[bytes] = field(default_factory=set)

    def pieces(self, content: bytes, name: str = "", depth: int = 0) -> Iterator[Piece]:
        """All pieces of a file, containers opened. One that cannot be read yields a piece whose text is empty."""
        mark = hashlib.sha256(content).digest()
        if depth > DEEPEST or (depth and mark in self.seen):
            return
        self.seen.add(mark)
        riff = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
        if riff or content[4:8] == b"ftyp" or content.startswith((b"GIF8", b"II*\0", b"MM\0*", b"BM")):
            # WebP, GIF, TIFF, HEIC, BMP: nobody looks into them.
            yield Piece(name, _readable(content), fault="a picture that is neither JPEG nor PNG")
        elif content.startswith((JPEG, PNG)):
            yield from _picture(content, f"{name}, picture metadata")
        elif content.startswith(b"PK\x03\x04"):
            yield from self._zip(content, name, depth)
        elif content.startswith(b"\x1f\x8b"):
            yield from self.pieces(_inflated(content, zlib.MAX_WBITS | 16), name, depth + 1)
        elif content.startswith(b"%PDF"):
            # Titles and other strings; text drawn in fonts of a PDF is checked in the page it is printed from.
            yield Piece(name, _readable(content))
            for number, found in enumerate(re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL), start=1):
                if data := _inflated(found[1]):
                    yield Piece(f"{name}, stream {number}", _readable(data))
        elif not content.startswith((b"wOF2", b"wOFF")):
            marks = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
            encoding = next((encoding for mark, encoding in marks if content.startswith(mark)), "utf-8")
            yield from self._text(content.decode(encoding, errors="replace"), name, depth)

    def _text(self, text: str, name: str, depth: int) -> Iterator[Piece]:
        for asset in self.assets:
            text = text.replace(asset, " ")
        packed = [(f"embedded file {at}", one[1]) for at, one in enumerate(_DATA_URI.finditer(text), start=1)]
        text = _SHAPE.sub(" ", _DATA_URI.sub(" ", text))
        if '"nbformat"' in text[-2000:] or '"cells"' in text[:2000] or depth == 0:
            packed += [(f"attachment {at}", one[1]) for at, one in enumerate(_BASE64.finditer(text), start=1)]
        for place, found in packed:
            if (content := _unpacked(re.sub(r"\s|\\n", "", found))) is not None:
                yield from self.pieces(content, f"{name}, {place}", depth + 1)
        plain = _unescaped(text)
        yield Piece(name, plain, tuple(_arrays(text, self.but.without(plain))))

    def _zip(self, content: bytes, name: str, depth: int) -> Iterator[Piece]:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as box:
                names = [*box.namelist(), box.comment.decode("utf-8", "replace")]
                yield Piece(f"{name}, names and comment", " ".join(names))
                texts = []  # of a workbook, by the numbers under which its cells name them
                if "xl/sharedStrings.xml" in names:
                    strings = box.read("xl/sharedStrings.xml").decode("utf-8", "replace")
                    texts = [html.unescape(_TAG.sub("", one)) for one in re.findall(r"(?s)<si>(.*?)</si>", strings)]
                for entry in box.infolist():
                    if not entry.is_dir() and entry.file_size < 2**28:
                        inside = box.read(entry)
                        if texts and entry.filename.startswith("xl/worksheets/"):
                            inside = self.but.without_rows(inside.decode("utf-8", "replace"), texts).encode()
                        yield from self.pieces(inside, f"{name}, {entry.filename}", depth + 1)
        except (zipfile.BadZipFile, RuntimeError, zlib.error):
            yield Piece(f"{name}, unreadable container", "", fault="a container that cannot be searched")


def _unpacked(packed: str) -> bytes | None:
    """What stands in Base64; None where it does not."""
    try:
        return base64.b64decode(packed)
    except (binascii.Error, ValueError):
        return None


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
        with suppress(ValueError):  # no whole number of numbers
            content = _unpacked(found[1].replace("\\", "")) or b""
            yield np.frombuffer(content, dtype=code if code in _DTYPES else "f8").astype(np.float64)
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
        with suppress(ValueError):
            found.append(float(cell))
    return np.array(found)


def _picture(content: bytes, place: str) -> Iterator[Piece]:
    """What a JPEG or PNG file holds besides its pixels: camera, place, time, previews, comments."""
    is_plain = _is_plain_jpeg(content) if content.startswith(JPEG) else _is_plain_png(content)
    if not is_plain:
        yield Piece(place, "", fault="a picture with metadata")
    if content.startswith(JPEG):
        yield Piece(place, _readable(content))
        return
    for kind, data, _ in _chunks(content):
        if kind in (b"tEXt", b"iTXt", b"eXIf"):
            yield Piece(place, data.replace(b"\0", b" ").decode("utf-8", errors="replace"))
        elif kind == b"zTXt":
            key, _, packed = data.partition(b"\0")
            yield Piece(place, (key + b" " + _inflated(packed[1:])).decode("utf-8", "replace"))


def _is_plain_jpeg(content: bytes) -> bool:
    """Whether every segment is needed to draw it; nothing may follow the end of the picture."""
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        kind, (size,) = content[place + 1], struct.unpack(">H", content[place + 2 : place + 4])
        data = content[place + 4 : place + 2 + size]
        is_plain_head = kind == 0xE0 and data[:5] == b"JFIF\0" and data[12:14] == b"\0\0"
        is_adobe_colour = kind == 0xEE and data[:5] == b"Adobe" and size == 14
        if not (kind in _PLAIN_JPEG or is_plain_head or is_adobe_colour):
            return False
        if kind == 0xDA:
            # In a scan a byte FF is followed by 00 or a restart mark, so that any other mark is one.
            is_at_end = content.endswith(b"\xff\xd9") and content.count(b"\xff\xd9", place) == 1
            return is_at_end and not re.search(rb"\xff[\xe0-\xef\xfe]", content[place + 2 :])
        place += 2 + size
    return False


def _is_plain_png(content: bytes) -> bool:
    chunks = list(_chunks(content))
    last = chunks[-1][2] if chunks and chunks[-1][0] == b"IEND" else len(content)
    return last >= len(content) and all(kind in _PLAIN_PNG for kind, _, _ in chunks)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Kind, data and end of each part of a PNG file, up to the one that says it is the last."""
    place, kind = len(PNG), b""
    while place + 8 <= len(content) and kind != b"IEND":
        (size,), kind = struct.unpack(">I", content[place : place + 4]), content[place + 4 : place + 8]
        yield kind, content[place + 8 : place + 8 + size], (place := place + size + 12)


def _inflated(packed: bytes, bits: int = zlib.MAX_WBITS) -> bytes:
    try:
        return zlib.decompressobj(bits).decompress(packed, 2**28)
    except zlib.error:
        return b""


def _readable(content: bytes) -> str:
    """Runs of printable characters of a binary file."""
    runs = re.findall(rb"[\x20-\x7e\xa0-\xff\n]{6,}", content)
    return b" ".join(runs).decode("utf-8", errors="replace")


def traces(text: str) -> Iterator[str]:
    """Types of the Plotly traces in JSON text."""
    for found in re.finditer(r'\\?"type\\?"\s*:\s*\\?"(\w+)\\?"', text):
        yield found[1]
