"""Reading projects (`.qdpx`) and codebooks (`.qdc`). Nothing is unpacked to disk. Source: REFI-QDA standard 1.5,
https://www.qdasoftware.org."""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .model import Code, Coding, Passage, Project, RefiError, Source, Unread

MAX_UNPACKED = 200 * 2**20
MAX_PARTS = 5_000
_OTHER_SELECTIONS = {
    "PDFSelection": "regions of a PDF",
    "PictureSelection": "regions of a picture",
    "AudioSelection": "stretches of sound",
    "VideoSelection": "stretches of video",
    "TranscriptSelection": "stretches of a transcript",
}


def read(path: Path | str) -> Project:
    """Read a `.qdpx`, or a `.qdc`, which has codes alone. Raises: RefiError where it is none, or its XML is unsound."""
    path = Path(path)
    if path.is_symlink() or not path.is_file():
        raise RefiError(path, "this file to exist", "nothing", "check name and folder")
    if path.suffix.lower() == ".qdc":
        root = _xml(path, path.read_bytes(), "CodeBook")
        return Project(path.stem, {code.guid: code for code in _codes(next(_all(root, "Codes"), None))})
    _check_zip(path)
    with zipfile.ZipFile(path) as archive:
        inside = {name.casefold(): name for name in archive.namelist()}
        root = _xml(path, archive.read(next(name for name in archive.namelist() if name.endswith(".qde"))), "Project")
        users = {one.get("guid", ""): one.get("name") or one.get("id") or "" for one in _all(root, "User")}
        codes = {code.guid: code for code in _codes(next(_all(root, "Codes"), None))}
        notes = {note.get("guid", ""): _note_text(archive, inside, note) for note in _all(root, "Note")}
        sources, unread = [], []
        for holder, guid, name in _texts(root):
            text = _text(archive, inside, holder)
            marks = [mark for mark in holder if _tag(mark) == "PlainTextSelection"]
            if text is None:
                lost = sum(len(list(_all(mark, "Coding"))) for mark in marks)
                unread.append(Unread("texts that are not in the project", lost, Source(guid, name, "").called))
            else:
                sources.append(_source(guid, name, text, marks, users, notes))
    return Project(root.get("name") or path.stem, codes, sources, [*unread, *_unread(root)])


def _check_zip(path: Path) -> None:
    """Refuse a container that is broken, encrypted, holds no project or unpacks to too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) <= MAX_UNPACKED and archive.testzip() is not None:
                raise zipfile.BadZipFile
    except RuntimeError:
        raise RefiError(path, "a file without a password", "an encrypted one", "save it without one") from None
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, zlib.error):
        raise RefiError(path, "a whole .qdpx file", "a damaged or cut-off file", "copy or save it again") from None
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise RefiError(path, f"at most {MAX_UNPACKED // 2**20} MiB unpacked", "more", "export it without pictures")
    if not any(part.filename.endswith(".qde") for part in parts):
        raise RefiError(path, "a .qdpx file", "a zip archive of another kind", "check the file's ending")


def _xml(path: Path, data: bytes, tag: str) -> Any:
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise RefiError(path, "XML without document types or entities", "such a declaration") from None
    except (ParseError, ValueError, LookupError):
        remedy = "export it again from the program it comes from"
        raise RefiError(path, "sound XML", "a broken file", remedy) from None
    if _tag(root) != tag:
        kind = "project" if tag == "Project" else "codebook"
        raise RefiError(path, f"a REFI-QDA {kind}", f"the element {_tag(root)[:30]}")
    return root


def _clean(text: str) -> str:
    """Text on one line, without what cannot be seen."""
    return " ".join(
        "".join(
            sign
            for sign in unicodedata.normalize("NFC", text)
            if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        ).split()
    )


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: Any, name: str) -> Iterator[Any]:
    return (one for one in element.iter() if _tag(one) == name)


def _child_text(element: Any, name: str) -> str:
    return next(((one.text or "") for one in element if _tag(one) == name), "")


def _codes(parent: Any, above: tuple[str, ...] = (), of: str = "") -> Iterator[Code]:
    for one in parent if parent is not None else []:
        if _tag(one) == "Code":
            path, guid = (*above, _clean(one.get("name") or "")), _guid(one.get("guid"))
            codable = (one.get("isCodable") or "true").casefold() in ("true", "1")
            yield Code(guid, path, _clean(_child_text(one, "Description")), codable, of)
            yield from _codes(one, path, guid)


def _guid(written: str | None) -> str:
    return (written or "").strip("{}").casefold()


def _texts(root: Any) -> Iterator[tuple[Any, str, str]]:
    """Elements that hold a text, with id and name of the source: text sources, texts of PDF, sound and film."""
    for source in (one for one in root.iter() if _tag(one).endswith("Source")):
        for holder in source.iter():
            if _tag(holder) in ("TextSource", "Representation", "Transcript"):
                yield holder, _guid(source.get("guid")), source.get("name") or holder.get("name") or ""


def _text(archive: zipfile.ZipFile, inside: dict[str, str], holder: Any) -> str | None:
    content = next((one.text for one in holder if _tag(one) == "PlainTextContent"), None)
    if content is not None:
        return content
    written = holder.get("plainTextPath") or ""
    name = re.sub(r"^(?:internal|relative)://?", "", written).lstrip("/")
    for place in (f"sources/{name}", name):
        if place.casefold() in inside:
            return archive.read(inside[place.casefold()]).decode("utf-8", errors="replace")
    return None


def _note_text(archive: zipfile.ZipFile, inside: dict[str, str], note: Any) -> str:
    return (_text(archive, inside, note) or _child_text(note, "Description") or "").strip()


def _source(guid: str, name: str, raw: str, marks: list[Any], users: dict[str, str], notes: dict[str, str]) -> Source:
    spans = [(_number(mark.get("startPosition")), _number(mark.get("endPosition"))) for mark in marks]
    place = _positions(raw, [(mark.get("name") or "", start) for mark, (start, _) in zip(marks, spans, strict=True)])
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    passages = []
    for mark, (start, end) in zip(marks, spans, strict=True):
        codings = []
        for coding in (one for one in mark if _tag(one) == "Coding"):
            reference = next(_all(coding, "CodeRef"), None)
            code = _guid(reference.get("targetGUID")) if reference is not None else ""
            user = coding.get("creatingUser") or mark.get("creatingUser") or ""
            memos = tuple(notes.get(one.get("targetGUID", ""), "") for one in _all(coding, "NoteRef"))
            codings.append(Coding(code, users.get(user, ""), memos))
        said = mark.get("name") or ""
        passages.append(Passage(said, place(start), place(end), tuple(codings), _child_text(mark, "Description")))
    return Source(guid, name, text, passages)


def _number(written: str | None) -> int:
    return int(written) if written and re.fullmatch(r"\d{1,9}", written.strip()) else 0


def _positions(raw: str, named: list[tuple[str, int]]) -> Callable[[int], int]:
    """How positions in this file count, as a function to positions in the clean text.

    Programs count characters, line ends as one or two, or UTF-16 units, with or without the byte order mark. Most
    name a selection after its words: the way of counting that puts most names where they say they are is taken.
    """
    mark = raw.startswith("\ufeff")
    bare = raw.removeprefix("\ufeff")
    plain = bare.replace("\r\n", "\n").replace("\r", "\n")
    whole: list[int] = []
    units: list[int] = []
    at = 0
    for place, letter in enumerate(bare):
        whole.append(at)
        units += [at] * (2 if ord(letter) > 0xFFFF else 1)
        at += not (letter == "\r" and bare[place + 1 : place + 2] == "\n")
    short = [place for place, letter in enumerate(plain) for _ in range(2 if ord(letter) > 0xFFFF else 1)]
    ways = {"characters": whole, "line ends as one": list(range(len(plain))), "UTF-16": units, "both": short}
    best: tuple[float, list[int], int] = (-1.0, whole, 0)
    for way in ways.values():
        for shift in (0, 1) if mark else (0,):
            hits = sum(_starts(plain, _at(way, start - shift, len(plain)), name) for name, start in named)
            if hits > best[0]:
                best = (hits, way, shift)
    _, way, shift = best
    return lambda position: _at(way, position - shift, len(plain))


def _at(way: list[int], position: int, end: int) -> int:
    return way[position] if 0 <= position < len(way) else (0 if position < 0 else end)


def _starts(text: str, place: int, name: str) -> bool:
    words = _clean(name)[:20]
    here = text[place : place + 80]
    return len(words) >= 4 and not here[:1].isspace() and _clean(here).startswith(words)


def _unread(root: Any) -> Iterator[Unread]:
    """Codings of what is no text, counted."""
    counts: Counter[str] = Counter()
    for one in root.iter():
        if _tag(one) in _OTHER_SELECTIONS:
            counts[_OTHER_SELECTIONS[_tag(one)]] += sum(_tag(child) == "Coding" for child in one)
        elif _tag(one).endswith("Source"):
            counts["whole sources"] += sum(_tag(child) == "Coding" for child in one)
    return (Unread(what, count) for what, count in sorted(counts.items()) if count)
