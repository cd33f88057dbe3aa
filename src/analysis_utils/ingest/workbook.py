"""xlsx → sheets. Bounds come first: a workbook is refused before a bomb in it can go off."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path

import numpy as np

from ..errors import DataError
from .containers import EXPORT_AGAIN, Sheet
from .problems import Problem

MAX_UNPACKED = 400 * 2**20
MAX_RATIO = 250
MAX_MEMBERS = 2_000
MAX_CELLS = 10_000_000
_CHUNK = 2**17

_FORMULA_CELL = re.compile(
    rb"<c\b([^>]*)>\s*<f\b[^>]*?(?:/>|>([^<]*)</f>)\s*(<v>[^<]+</v>)?[^<]*(?:<v\s*/>|<v></v>)?\s*</c>"
)
_REFERENCE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{1,9})([0-9]{1,12})""")


def read_workbook(path: Path) -> tuple[list[Sheet], list[Problem]]:
    """All worksheets in order. Raises: DataError for anything that is no sound, bounded workbook."""
    from python_calamine import CalamineError, CalamineWorkbook

    copy, notes = _bounded_copy(path)
    try:
        book = CalamineWorkbook.from_filelike(copy)
        sheets = [
            _sheet(path, name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        ]
    except (CalamineError, ValueError, OSError):
        raise _broken(path) from None
    except BaseException as fault:  # a panic of the parser derives from BaseException alone
        if type(fault).__name__ != "PanicException":
            raise
        raise _broken(path) from None
    return sheets, notes


def _broken(path: Path) -> DataError:
    return DataError(path, "a whole xlsx workbook", "a damaged or cut-off file", remedy=EXPORT_AGAIN)


def _sheet(path: Path, name: str, rows: list) -> Sheet:
    return Sheet(path.name, name, rows, range(1, len(rows) + 1))


def _bounded_copy(path: Path) -> tuple[io.BytesIO, list[Problem]]:
    """The parts of the workbook that hold cells, unpacked within bounds and stored without compression."""
    notes: list[Problem] = []
    target = io.BytesIO()
    try:
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
            _check_members(path, source.infolist())
            for member in source.infolist():
                if not _is_needed(member.filename):
                    continue
                data = source.read(member)
                _check_xml(path, member.filename, data)
                if member.filename.startswith("xl/worksheets/") or member.filename.endswith("sharedStrings.xml"):
                    data = data.replace(b"<t>", b'<t xml:space="preserve">')  # else the parser trims blanks
                if member.filename.startswith("xl/worksheets/") and b"<f" in data:
                    data, count = _FORMULA_CELL.subn(_formula_as_text, data)
                    notes += [_formula_note(path, count)] if count else []
                copy.writestr(member.filename, data)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, zlib.error) as fault:
        if isinstance(fault, DataError):
            raise
        raise _broken(path) from None
    target.seek(0)
    return target, notes


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if "xl/workbook.xml" not in names:
        raise DataError(path, "an xlsx workbook", "a zip archive of another kind", remedy=EXPORT_AGAIN)
    if len(names) > MAX_MEMBERS or len(set(names)) < len(names):
        raise DataError(path, f"at most {MAX_MEMBERS} parts, each once", f"{len(names)} parts", remedy=EXPORT_AGAIN)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MAX_UNPACKED or (unpacked > 10 * 2**20 and unpacked > MAX_RATIO * max(packed, 1)):
        saw = f"{unpacked // 2**20} MiB packed into {packed // 2**10} KiB"
        limit = f"at most {MAX_UNPACKED // 2**20} MiB of content, packed at most {MAX_RATIO} : 1"
        raise DataError(path, limit, saw, remedy="this is no file that Mentimeter wrote")
    if any(member.flag_bits & 1 for member in members):
        raise DataError(path, "a workbook without a password", "an encrypted one", remedy="save it without a password")


def _is_needed(name: str) -> bool:
    is_xml = name.endswith((".xml", ".rels"))
    return is_xml and not re.search(r"externalLink|drawing|media|theme|docProps|comments|metadata|customXml|vml", name)


def _check_xml(path: Path, name: str, data: bytes) -> None:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise DataError(path, "XML without document types or entities", "such a declaration", at=name)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(path, "XML in UTF-8", "UTF-16", at=name)
    if name.startswith("xl/worksheets/") and _may_be_far(data):
        pairs = set(_REFERENCE.findall(data))
        depth = max((int(row) for _, row in pairs), default=0)
        width = max((_column_number(column) for column, _ in pairs), default=0)
        if depth * width > MAX_CELLS:
            saw = f"{depth:,} rows × {width:,} columns"
            raise DataError(path, f"a sheet of at most {MAX_CELLS:,} cells", saw, at=name)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + letter - 64
    return number


def _may_be_far(data: bytes) -> bool:
    """Whether a cell may lie right of column Z or below row 399,999, without which no sheet exceeds MAX_CELLS;
    also where references are written in an unusual way. A scan of bytes, because this runs on every workbook."""
    codes = np.frombuffer(data, dtype=np.uint8)
    return any(_has_far_reference(codes[start : start + _CHUNK + 16]) for start in range(0, len(codes), _CHUNK))


def _has_far_reference(codes: np.ndarray) -> bool:
    """`_may_be_far` for a part of the bytes that fits into the processor's cache."""
    size = len(codes) - 12
    if size < 2:
        return False

    def after(offset: int) -> np.ndarray:
        """The bytes that stand so many places after the `r` of a possible reference."""
        return codes[1 + offset : size + offset]

    is_name = (after(0) == ord("r")) & (after(-1) <= ord(" "))
    is_equals = after(1) == ord("=")
    is_plain = is_name & is_equals & (after(2) == ord('"'))
    is_odd = is_name & ~is_plain & (is_equals | (after(1) <= ord(" ")))
    is_cell = is_plain & (after(3) >= ord("A"))
    is_wide = is_cell & (after(4) >= ord("A"))
    is_digit = (codes >= ord("0")) & (codes <= ord("9"))
    is_deep = is_cell & ((after(4) >= ord("4")) | is_digit[11 : size + 10])
    for offset in range(4, 10):
        is_deep &= is_digit[1 + offset : size + offset]
    return bool(is_odd.any() or is_wide.any() or is_deep.any())


def _formula_as_text(match: re.Match[bytes]) -> bytes:
    """A cell with a formula: the stored value where there is one, else the formula as text."""
    attributes, formula, value = match.group(1), match.group(2) or b"", match.group(3)
    if value:
        return b"<c" + attributes + b">" + value + b"</c>"
    attributes = re.sub(rb"""\st=["'][a-zA-Z]+["']""", b"", attributes)
    return b"<c" + attributes + b' t="inlineStr"><is><t>=' + formula + b"</t></is></c>"


def _formula_note(path: Path, count: int) -> Problem:
    message = (
        f"Mentimeter writes no formulas, this workbook has {count} cells with one: their stored values were read, and "
        "where none is stored the formula was kept as text"
    )
    return Problem("formula", "workbook", message, seen=f"{count} formulas", file=path.name)
