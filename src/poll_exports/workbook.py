"""xlsx → sheets. Bounds come first: a workbook is refused before a bomb in it can go off.

Each part is unpacked once, chunk by chunk, and looked at. A workbook in which nothing is odd is then parsed as it is;
from any other a copy is made, in which outer blanks are kept and formulas without a stored value are text.
"""

from __future__ import annotations

import copy
import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .containers import EXPORT_AGAIN, Sheet
from .faults import FileError, Problem
from .sheet_scan import MAX_CELLS, MAX_TEXT, Odd, extent, look, loose_extent, shared_text

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MAX_SHEETS = 500
MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 250
MAX_MEMBERS = 2_000
CHUNK = 2**17
_END = struct.Struct("<4s4H2LH")  # the last record of an archive: signature, disks, counts, directory, comment
MAX_SECONDS = 60  # of the processor, over all sheets
MAX_OTHER_PART = 20 * 2**20
_STRINGS = "xl/sharedstrings.xml"
_FORMULA_CELL = re.compile(
    rb"<c\b([^>]*)>\s*<f\b[^>]*?(?:/>|>([^<]*)</f>)\s*(<v>[^<]+</v>)?[^<]*(?:<v\s*/>|<v></v>)?\s*</c>"
)


def _opened(path: Path) -> CalamineWorkbook:
    """The library goes by the ending, which may be another one."""
    from python_calamine import CalamineWorkbook

    is_named = path.suffix.lower() in (".xlsx", ".xlsm")
    return (
        CalamineWorkbook.from_path(path) if is_named else CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    )


def read_workbook(path: Path) -> tuple[list[Sheet], list[Problem]]:
    """All worksheets in order. Raises: FileError for anything that is no sound, bounded workbook."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(path) as source:
            found = _look_at_parts(path, source)
            is_sound = is_plain(path, len(found)) and not any(_is_to_mend(name, odd) for name, odd in found.items())
            mended, notes = (None, []) if is_sound else _mended(path, source)
        book = CalamineWorkbook.from_filelike(mended) if mended else _opened(path)
        del mended
        return list(_sheets(path, book)), notes
    except FileError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise _broken(path) from None
    except CalamineError:
        raise _broken(path) from None
    except BaseException as fault:  # a panic of the parser derives from BaseException alone
        if type(fault).__name__ != "PanicException":
            raise
        raise _broken(path) from None


def _broken(path: Path) -> FileError:
    return FileError(path, "a whole xlsx workbook", "a damaged or cut-off file", remedy=EXPORT_AGAIN)


def _sheets(path: Path, book: CalamineWorkbook) -> Iterator[Sheet]:
    start, cells = time.process_time(), 0
    if len(book.sheet_names) > MAX_SHEETS:
        raise FileError(path, f"at most {MAX_SHEETS} sheets", f"{len(book.sheet_names)}", remedy=EXPORT_AGAIN)
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        cells += sheet.total_height * sheet.total_width
        if cells > MAX_CELLS or time.process_time() - start > MAX_SECONDS:
            raise FileError(path, f"sheets of at most {MAX_CELLS:,} cells together", "more", remedy=EXPORT_AGAIN)
        rows: list = sheet.to_python(skip_empty_area=False)
        yield Sheet(path.name, name, rows, range(1, len(rows) + 1))


def _look_at_parts(path: Path, source: zipfile.ZipFile) -> dict[str, Odd]:
    """What is odd in each part. Raises: FileError for content beyond the bounds and for declarations in XML."""
    members = source.infolist()
    if "xl/workbook.xml" not in source.NameToInfo:
        raise FileError(path, "an xlsx workbook", "a zip archive of another kind", remedy=EXPORT_AGAIN)
    check_members(path, members, EXPORT_AGAIN)
    is_large = sum(member.file_size for member in members) > MAX_UNPACKED // 2
    found = {member.filename: look(chunks(source, member), with_wide=is_large) for member in members}
    if any(Odd.WIDE in odd for odd in found.values()):
        saw = "more, with characters that take four bytes each"
        raise FileError(path, f"at most {MAX_UNPACKED // 2**21} MiB of content", saw, remedy=EXPORT_AGAIN)
    strings = next((source.read(member) for member in members if member.filename.lower() == _STRINGS), b"")
    if strings.count(b"<") > 4 * MAX_CELLS:
        raise FileError(path, f"at most {MAX_CELLS:,} texts", "more", at=_STRINGS)
    for member in members:
        if _is_needed(member.filename):
            _check_part(path, source, member, found[member.filename], strings)
    return found


def _check_part(path: Path, source: zipfile.ZipFile, member: zipfile.ZipInfo, odd: Odd, strings: bytes) -> None:
    name = member.filename
    if Odd.NO_XML in odd and member.file_size:
        raise FileError(path, "XML in UTF-8", "something else", at=name)
    is_sheet = _is_sheet(name)
    if not is_sheet and name.lower() != _STRINGS and member.file_size > MAX_OTHER_PART:
        raise FileError(path, f"at most {MAX_OTHER_PART // 2**20} MiB", "more", at=name)
    if Odd.FAR in odd:
        _check_extent(path, name, *extent(chunks(source, member)))
    if not (odd & (Odd.DECLARATION | Odd.LOOSE) or (is_sheet and strings)):
        return
    data = source.read(member)
    if re.search(rb"<!(?!--|\[CDATA\[)", data):
        raise FileError(path, "XML without document types or entities", "such a declaration", at=name)
    if Odd.LOOSE in odd:
        if len(data) > MAX_OTHER_PART:
            raise FileError(path, "cells that say where they stand", "others", at=name, remedy=EXPORT_AGAIN)
        _check_extent(path, name, *loose_extent(data))
    if strings and shared_text(strings, data) > MAX_TEXT:
        raise FileError(path, f"at most {MAX_TEXT // 2**20} MiB of text in a sheet", "more", at=name)


def _check_extent(path: Path, name: str, depth: int, width: int) -> None:
    if depth * width > MAX_CELLS:
        saw = f"{depth:,} rows × {width:,} columns"
        raise FileError(path, f"a sheet of at most {MAX_CELLS:,} cells", saw, at=name)


def _is_sheet(name: str) -> bool:
    return name.lower().startswith("xl/worksheets/")


def _is_needed(name: str) -> bool:
    unneeded = r"externalLink|drawing|media|theme|docProps|comments|metadata|customXml|vml"
    return name.lower().endswith((".xml", ".rels")) and not re.search(unneeded, name, re.IGNORECASE)


def _is_to_mend(name: str, odd: Odd) -> bool:
    """Whether the parser would lose something here, or should not see it."""
    if not _is_needed(name):
        return bool(odd & (Odd.DECLARATION | Odd.FAR | Odd.LOOSE | Odd.NO_XML))
    return Odd.TRIMMED in odd or (Odd.FORMULA in odd and _is_sheet(name))


def _mended(path: Path, source: zipfile.ZipFile) -> tuple[io.BytesIO, list[Problem]]:
    """The parts of the workbook that hold cells, mended and stored without compression."""
    notes: list[Problem] = []
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as whole:
        for member in source.infolist():
            name = member.filename
            if not _is_needed(name):
                continue
            data = source.read(member)
            if _is_sheet(name) or name.lower() == _STRINGS:
                data = data.replace(b"<t>", b'<t xml:space="preserve">')  # else the parser trims blanks
            if _is_sheet(name) and b"<f" in data:
                data, count = _FORMULA_CELL.subn(_formula_as_text, data)
                notes += [_formula_note(path, count)] if count else []
            whole.writestr(name, data)
    target.seek(0)
    return target, notes


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


def check_members(path: Path, members: list[zipfile.ZipInfo], remedy: str) -> None:
    """Raises: FileError for more content than may be unpacked, told by the directory, and for parts that are encrypted
    or stand twice."""
    names = {member.filename.casefold() for member in members}
    if len(members) > MAX_MEMBERS or len(names) < len(members):
        raise FileError(path, f"at most {MAX_MEMBERS} parts, each once", f"{len(members)} parts", remedy=remedy)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MAX_UNPACKED or (unpacked > 10 * 2**20 and unpacked > MAX_RATIO * max(packed, 1)):
        saw = f"{unpacked // 2**20} MiB packed into {packed // 2**10} KiB"
        limit = f"at most {MAX_UNPACKED // 2**20} MiB of content, packed at most {MAX_RATIO} : 1"
        raise FileError(path, limit, saw, remedy="this is no file that a poll tool wrote")
    if any(member.flag_bits & 1 for member in members):
        raise FileError(path, "a workbook without a password", "an encrypted one", remedy="save it without a password")


def chunks(source: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a part. Raises: BadZipFile where it is longer than the directory says, or otherwise damaged."""
    told = copy.copy(member)
    told.file_size += 1  # one byte more than promised, so that the reader meets the true end
    size = 0
    with source.open(told) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            yield chunk
    if size != member.file_size:
        raise zipfile.BadZipFile("a part has another size than the directory says")


def is_plain(path: Path, count: int) -> bool:
    """Whether every reader finds the same directory: it ends where its last record begins, and nothing follows."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - 4 * _END.size))
        tail = stream.read()
    if len(tail) < _END.size or b"PK\6\7" in tail:
        return False
    signature, _, _, here, total, length, start, comment = _END.unpack(tail[-_END.size :])
    is_last = signature == b"PK\5\6" and not comment and tail.count(b"PK\5\6") == 1
    return is_last and here == total == count and start + length == size - _END.size
