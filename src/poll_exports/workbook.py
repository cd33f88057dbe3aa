"""xlsx → sheets. Bounds come first: a workbook is refused before a bomb in it can go off.

Each part that holds cells, or says where they are, is unpacked once, looked at, mended and stored in a copy. The parser
sees the copy alone: no part that nobody looked at, outer blanks kept, formulas without a stored value as text.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
import zlib
from pathlib import Path

from .containers import EXPORT_AGAIN, Sheet
from .faults import FileError, Problem

MAX_SHEETS = 500
MAX_CELLS = 4_000_000
MAX_TEXT = 100 * 2**20  # bytes of text in cells that share strings
MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 250
MAX_MEMBERS = 2_000
MAX_OTHER_PART = 20 * 2**20
_STRINGS = "xl/sharedstrings.xml"
_UNNEEDED = re.compile(r"externalLink|drawing|media|theme|docProps|comments|metadata|customXml|vml", re.IGNORECASE)
_FORMULA_CELL = re.compile(
    rb"<c\b([^>]*)>\s*<f\b[^>]*?(?:/>|>([^<]*)</f>)\s*(<v>[^<]+</v>)?[^<]*(?:<v\s*/>|<v></v>)?\s*</c>"
)
_FAR = re.compile(rb'<c(?=[\s/>])(?! r="[A-Z][0-9]{1,5}")')
"""A cell that does not say in the usual way that it stands within the first 26 columns and 99,999 rows."""
_PREFIXED = re.compile(rb":c[\s/>]")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']\s*\$?([A-Za-z]{1,9})\$?([0-9]{1,12})""")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
_UNPLACED = re.compile(rb'<(?:\w+:)?c(?=[\s/>])(?!(?:\s+[\w:]+="[^"]*")*?\s+r=")')
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']\s*([0-9]{1,12})""")
_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
_SHARED_INDEX = re.compile(rb"""\st\s*=\s*["']s["'][^>]*>\s*<v>\s*([0-9]{1,9})\s*</v>""")


def read_workbook(path: Path) -> tuple[list[Sheet], list[Problem]]:
    """All worksheets in order. Raises: FileError for anything that is no sound, bounded workbook."""
    from python_calamine import CalamineError, CalamineWorkbook

    broken = FileError(path, "a whole xlsx workbook", "a damaged or cut-off file", remedy=EXPORT_AGAIN)
    try:
        with zipfile.ZipFile(path) as source:
            checked, formulas = _checked_copy(path, source)
        book = CalamineWorkbook.from_filelike(checked)
        if len(book.sheet_names) > MAX_SHEETS:
            raise FileError(path, f"at most {MAX_SHEETS} sheets", f"{len(book.sheet_names)}", remedy=EXPORT_AGAIN)
        sheets, cells = list[Sheet](), 0
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            cells += sheet.total_height * sheet.total_width
            if cells > MAX_CELLS:
                raise FileError(path, f"sheets of at most {MAX_CELLS:,} cells together", "more", remedy=EXPORT_AGAIN)
            rows: list = sheet.to_python(skip_empty_area=False)
            sheets.append(Sheet(path.name, name, rows, range(1, len(rows) + 1)))
    except FileError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise broken from None
    except CalamineError:
        raise broken from None
    except BaseException as fault:  # a panic of the parser derives from BaseException alone
        if type(fault).__name__ != "PanicException":
            raise
        raise broken from None
    message = (
        f"Mentimeter writes no formulas, this workbook has {formulas} cells with one: their stored values were read, "
        "and where none is stored the formula was kept as text"
    )
    note = Problem("formula", "workbook", message, seen=f"{formulas} formulas", file=path.name)
    return sheets, [note] if formulas else []


def _checked_copy(path: Path, source: zipfile.ZipFile) -> tuple[io.BytesIO, int]:
    """The parts of the workbook that are needed, each looked at, stored without compression; and how many formulas
    there are. Raises: FileError for content beyond the bounds and for declarations in XML."""
    if "xl/workbook.xml" not in source.NameToInfo:
        raise FileError(path, "an xlsx workbook", "a zip archive of another kind", remedy=EXPORT_AGAIN)
    members = source.infolist()
    _check_members(path, members)
    strings = b"".join(_whole(source, member) for member in members if member.filename.lower() == _STRINGS)
    if strings.count(b"<") > 4 * MAX_CELLS:
        raise FileError(path, f"at most {MAX_CELLS:,} texts", "more", at=_STRINGS)
    is_large, formulas, target = sum(member.file_size for member in members) > MAX_UNPACKED // 2, 0, io.BytesIO()
    with zipfile.ZipFile(target, "w") as whole:
        for member in members:
            name = member.filename
            if not name.lower().endswith((".xml", ".rels")) or _UNNEEDED.search(name):
                continue
            data, is_sheet = _whole(source, member), name.lower().startswith("xl/worksheets/")
            if is_large and re.search(rb"[\xf0-\xff]|&#", data):
                saw = "more, with characters that take four bytes each"
                raise FileError(path, f"at most {MAX_UNPACKED // 2**21} MiB of content", saw, remedy=EXPORT_AGAIN)
            _check_xml(path, name, data)
            if is_sheet:
                _check_sheet(path, name, data, strings)
                if b"<f" in data:
                    data, count = _FORMULA_CELL.subn(_formula_as_text, data)
                    formulas += count
            elif name.lower() != _STRINGS and len(data) > MAX_OTHER_PART:
                raise FileError(path, f"at most {MAX_OTHER_PART // 2**20} MiB", "more", at=name)
            if is_sheet or name.lower() == _STRINGS:
                data = data.replace(b"<t>", b'<t xml:space="preserve">')  # else the parser trims blanks
            whole.writestr(name, data)
    target.seek(0)
    return target, formulas


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Raises: FileError for more content than may be unpacked, told by the directory, and for parts that are encrypted
    or stand twice."""
    names = {member.filename.casefold() for member in members}
    if len(members) > MAX_MEMBERS or len(names) < len(members):
        raise FileError(path, f"at most {MAX_MEMBERS} parts, each once", f"{len(members)} parts", remedy=EXPORT_AGAIN)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MAX_UNPACKED or (unpacked > 10 * 2**20 and unpacked > MAX_RATIO * max(packed, 1)):
        saw = f"{unpacked // 2**20} MiB packed into {packed // 2**10} KiB"
        limit = f"at most {MAX_UNPACKED // 2**20} MiB of content, packed at most {MAX_RATIO} : 1"
        raise FileError(path, limit, saw, remedy="this is no file that a poll tool wrote")
    if any(member.flag_bits & 1 for member in members):
        raise FileError(path, "a workbook without a password", "an encrypted one", remedy="save it without a password")


def _whole(source: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The content of a part. Raises: BadZipFile where it is longer than the directory says, or otherwise damaged."""
    told = copy.copy(member)
    told.file_size += 1  # one byte more than promised, so that the reader meets the true end
    with source.open(told) as stream:
        data = stream.read(told.file_size)
        stream.read(1)  # the checksum is compared at the end
    if len(data) != member.file_size:
        raise zipfile.BadZipFile("a part has another size than the directory says")
    return data


def _check_xml(path: Path, name: str, data: bytes) -> None:
    """Raises: FileError for what is no XML in an encoding that writes ASCII as ASCII, and for declarations in it."""
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data and (start[:1] != b"<" or b"\0" in start):
        raise FileError(path, "XML in UTF-8", "something else", at=name)
    if re.search(rb"<!(?!--|\[CDATA\[)", data):
        raise FileError(path, "XML without document types or entities", "such a declaration", at=name)


def _check_sheet(path: Path, name: str, data: bytes, strings: bytes) -> None:
    """Raises: FileError for a sheet whose cells stand so far apart, or share such long texts, that the parser would
    fill the memory."""
    if _FAR.search(data) or _PREFIXED.search(data):
        is_unplaced = bool(_UNPLACED.search(data))
        if is_unplaced and len(data) > MAX_OTHER_PART:
            raise FileError(path, "cells that say where they stand", "others", at=name, remedy=EXPORT_AGAIN)
        depth, width = _extent(data, is_unplaced=is_unplaced)
        if depth * width > MAX_CELLS:
            saw = f"{depth:,} rows × {width:,} columns"
            raise FileError(path, f"a sheet of at most {MAX_CELLS:,} cells", saw, at=name)
    if strings and _shared_text(strings, data) > MAX_TEXT:
        raise FileError(path, f"at most {MAX_TEXT // 2**20} MiB of text in a sheet", "more", at=name)


def _extent(data: bytes, *, is_unplaced: bool) -> tuple[int, int]:
    """At most so many rows and columns a sheet has; `is_unplaced`: some of its cells do not say where they stand."""
    letters, numbers = set[bytes](), {b"0"}
    for found in _REFERENCE.finditer(data):
        letters.add(found[1])
        numbers.add(found[2])
    depth, width = max(map(int, numbers)), max(map(_column, letters), default=0)
    if is_unplaced:
        parts = _ROW.split(data)
        depth = max(depth, *(int(row) for row in (0, *_ROW_NUMBER.findall(data)))) + len(parts)
        width += max(len(_CELL.findall(part)) for part in parts)
    return depth, width


def _column(letters: bytes) -> int:
    """The number of a column: A → 1, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _shared_text(strings: bytes, sheet: bytes) -> int:
    """At most so many bytes the cells of a sheet take that share strings, each with a copy of its own."""
    lengths = [len(part) for part in strings.split(b"</si>")]
    uses, longest = len(_SHARED.findall(sheet)), max(lengths)
    if uses * longest <= MAX_TEXT:
        return uses * longest
    known = [int(index) for index in _SHARED_INDEX.findall(sheet)]
    return sum(lengths[min(index, len(lengths) - 1)] for index in known) + (uses - len(known)) * longest


def _formula_as_text(match: re.Match[bytes]) -> bytes:
    """A cell with a formula: the stored value where there is one, else the formula as text."""
    attributes, formula, value = match.group(1), match.group(2) or b"", match.group(3)
    if value:
        return b"<c" + attributes + b">" + value + b"</c>"
    attributes = re.sub(rb"""\st=["'][a-zA-Z]+["']""", b"", attributes)
    return b"<c" + attributes + b' t="inlineStr"><is><t>=' + formula + b"</t></is></c>"
