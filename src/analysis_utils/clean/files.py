"""What a file of group notes is, before anyone reads it: its kind by its first bytes, its size, its encoding."""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from pathlib import Path

from poll_exports import encodings

from ..errors import DataError
from .problems import Problem

MAX_FILE = 50 * 2**20
MAX_UNPACKED = 200 * 2**20
MAX_PARTS = 5_000
KINDS = "Word (.docx), Markdown (.md), plain text (.txt) or a table (.csv, .xlsx)"

_OLE = b"\xd0\xcf\x11\xe0"
_OTHERS = {
    b"%PDF": ("a PDF document", "save the notes as .docx or copy their text into a .txt"),
    b"{\\rtf": ("an RTF document", "open it in the word processor and save it as .docx"),
    b"\x89PNG": ("a picture", "put photos into photos/ and transcribe them"),
    b"\xff\xd8\xff": ("a picture", "put photos into photos/ and transcribe them"),
    b"<htm": ("a web page", "save it as .docx or .txt"),
    b"<!do": ("a web page", "save it as .docx or .txt"),
}


def clean(text: str) -> str:
    """Text on one line: composed characters, single blanks, no control, direction, soft-hyphen or zero-width marks."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c for c in composed if c.isspace() or unicodedata.category(c)[0] != "C").split())


def head_of(path: Path) -> bytes:
    """The first bytes of a regular file of bearable size that is none of the kinds nobody can read as notes.

    Raises: DataError for a link, an empty or huge file, a PDF, a picture, an old or password-protected Word file.
    """
    if path.is_symlink() or not path.is_file():
        raise DataError(path, "a regular file", "a link or a device", remedy="put the file itself here")
    size = path.stat().st_size
    if size == 0:
        raise DataError(path, "notes of a group", "an empty file", remedy="save it again, or delete it")
    if size > MAX_FILE:
        raise DataError(path, f"at most {MAX_FILE // 2**20} MiB", f"{size // 2**20} MiB", remedy="remove its pictures")
    with path.open("rb") as stream:
        head = stream.read(8192)
        rest = stream.read() if head.startswith(_OLE) else b""
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in head + rest:
            raise DataError(path, KINDS, "a password-protected Office file", remedy="save it without a password")
        raise DataError(path, KINDS, "an old Office file (.doc or .xls)", remedy="save it as .docx or .xlsx")
    for magic, (kind, remedy) in _OTHERS.items():
        if head[:5].lower().startswith(magic.lower()):
            raise DataError(path, KINDS, kind, remedy=remedy)
    return head


def check_zip(path: Path, needed: str) -> None:
    """Refuse a container that is broken, encrypted or unpacks to too much; `needed` is a part it must have.

    Raises: DataError.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if archive.testzip() is not None:
                raise zipfile.BadZipFile
    except RuntimeError:
        raise DataError(path, "a file without a password", "an encrypted one", remedy="save it without one") from None
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, zlib.error):
        saw = "a damaged or cut-off file"
        raise DataError(path, f"a whole {path.suffix} file", saw, remedy="copy or save it again") from None
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise DataError(path, f"at most {MAX_UNPACKED // 2**20} MiB unpacked", "more", remedy="remove its pictures")
    if not any(re.fullmatch(needed, part.filename) for part in parts):
        raise DataError(
            path, f"a {path.suffix} file", "a zip archive of another kind", remedy="check the file's ending"
        )


def text_of_file(path: Path) -> tuple[str, list[Problem]]:
    """The text of a file in UTF-8, UTF-16 or (with a problem row) Windows-1252 or MacRoman, line ends as LF.

    Raises: DataError.
    """
    data = path.read_bytes()
    for encoding in encodings(data[:4096]):
        # ä, ö and ü are other bytes on old Macs, which Windows knows as Š, š and Ÿ.
        mac, windows = (len(re.findall(umlauts, data)) for umlauts in (rb"[\x8a\x9a\x9f]", rb"[\xe4\xf6\xfc]"))
        is_mac = encoding == "cp1252" and mac > windows
        try:
            text = data.decode("mac_roman" if is_mac else encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        name = "MacRoman" if is_mac else "Windows-1252"
        message = f"expected UTF-8; the file was read as {name}: check umlauts, or save it as UTF-8"
        found = [Problem("encoding", "whole file", message, seen=name)] if encoding == "cp1252" else []
        return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), found
    raise DataError(path, "text in UTF-8, UTF-16 or Windows-1252", "other bytes", remedy="save it as UTF-8")
