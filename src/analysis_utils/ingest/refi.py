"""Reading REFI-QDA: projects (`.qdpx`) and codebooks (`.qdc`), which programs for qualitative analysis exchange.

Only what this project can use is read: codes, coders and coded passages of text. The rest is counted in `problems`.
Nothing is unpacked to disk. Source: REFI-QDA standard 1.5, https://www.qdasoftware.org.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poll_exports import shown

from ..errors import DataError
from .notes_files import check_zip, clean
from .problems import Problem

_OTHER_SELECTIONS = {
    "PDFSelection": "regions of a PDF",
    "PictureSelection": "regions of a picture",
    "AudioSelection": "stretches of sound",
    "VideoSelection": "stretches of video",
    "TranscriptSelection": "stretches of a transcript",
}


@dataclass(frozen=True)
class RefiCode:
    """A code; `path` holds the names from the outermost code down to this one."""

    guid: str
    path: tuple[str, ...]
    description: str = ""
    is_codable: bool = True

    @property
    def name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True)
class Segment:
    """A coded stretch of a source's text, `start` to `end` (exclusive) in its characters. `notes` are memos on it."""

    name: str
    start: int
    end: int
    code: str
    coder: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RefiSource:
    """A text with its coded stretches; line ends are LF."""

    name: str
    text: str
    segments: list[Segment]


@dataclass(frozen=True)
class RefiProject:
    """`codes` by guid, in the order of the file, outer before inner."""

    name: str
    codes: dict[str, RefiCode]
    sources: list[RefiSource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_project(path: Path) -> RefiProject:
    """Read a `.qdpx`. Raises: DataError where it is no whole project, or its XML is unsound."""
    _check_file(path)
    check_zip(path, r"(?:.*/)?[^/]+\.qde")
    with zipfile.ZipFile(path) as archive:
        inside = {name.casefold(): name for name in archive.namelist()}
        root = _xml(path, archive.read(next(name for name in archive.namelist() if name.endswith(".qde"))))
        if _tag(root) != "Project":
            raise DataError(path, "a REFI-QDA project", f"the element {shown(_tag(root), 30)}")
        users = {one.get("guid", ""): one.get("name") or one.get("id") or "" for one in _all(root, "User")}
        codes = {code.guid: code for code in _codes(next(_all(root, "Codes"), None), ())}
        notes = {note.get("guid", ""): _note_text(archive, inside, note) for note in _all(root, "Note")}
        problems: list[Problem] = []
        sources = []
        for holder, name in _texts(root):
            text = _text(archive, inside, holder)
            marks = [mark for mark in holder if _tag(mark) == "PlainTextSelection"]
            if text is None:
                lost = sum(len(list(_all(mark, "Coding"))) for mark in marks)
                message = "the text of this source is not in the project"
                problems.append(Problem("no_text", shown(name), message, f"{lost} codings", "set aside", path.name))
                continue
            sources.append(_source(name, text, marks, users, notes))
        problems += _unread(path, root)
    return RefiProject(root.get("name") or path.stem, codes, sources, problems)


def read_codebook_exchange(path: Path) -> RefiProject:
    """Read a `.qdc`: codes alone. Raises: DataError where it is none."""
    _check_file(path)
    root = _xml(path, path.read_bytes())
    if _tag(root) != "CodeBook":
        raise DataError(path, "a REFI-QDA codebook", f"the element {shown(_tag(root), 30)}")
    return RefiProject(path.stem, {code.guid: code for code in _codes(next(_all(root, "Codes"), None), ())})


def _check_file(path: Path) -> None:
    if path.is_symlink() or not path.is_file():
        raise DataError(path, "this file to exist", "nothing", at=str(path.parent), remedy="check name and folder")


def _xml(path: Path, data: bytes) -> Any:
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise DataError(path, "XML without document types or entities", "such a declaration") from None
    except (ParseError, ValueError, LookupError):
        remedy = "export it again from the program it comes from"
        raise DataError(path, "sound XML", "a broken file", remedy=remedy) from None


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: Any, name: str) -> Iterator[Any]:
    return (one for one in element.iter() if _tag(one) == name)


def _child_text(element: Any, name: str) -> str:
    return next(((one.text or "") for one in element if _tag(one) == name), "")


def _codes(parent: Any, above: tuple[str, ...]) -> Iterator[RefiCode]:
    for one in parent if parent is not None else []:
        if _tag(one) == "Code":
            path = (*above, clean(one.get("name") or ""))
            codable = (one.get("isCodable") or "true").casefold() in ("true", "1")
            yield RefiCode(_guid(one.get("guid")), path, clean(_child_text(one, "Description")), codable)
            yield from _codes(one, path)


def _guid(written: str | None) -> str:
    return (written or "").strip("{}").casefold()


def _texts(root: Any) -> Iterator[tuple[Any, str]]:
    """Elements that hold a text, with the source's name: text sources, and texts of PDF, sound and film."""
    for source in (one for one in root.iter() if _tag(one).endswith("Source")):
        for holder in source.iter():
            if _tag(holder) in ("TextSource", "Representation", "Transcript"):
                name = source.get("name") or holder.get("name")
                yield holder, name or f"Quelle {_guid(source.get('guid'))[:8]}".strip()


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


def _source(name: str, raw: str, marks: list[Any], users: dict[str, str], notes: dict[str, str]) -> RefiSource:
    spans = [(_number(mark.get("startPosition")), _number(mark.get("endPosition"))) for mark in marks]
    place = _positions(raw, [(mark.get("name") or "", start) for mark, (start, _) in zip(marks, spans, strict=True)])
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    segments = []
    for mark, (start, end) in zip(marks, spans, strict=True):
        for coding in (one for one in mark if _tag(one) == "Coding"):
            reference = next(_all(coding, "CodeRef"), None)
            code = _guid(reference.get("targetGUID")) if reference is not None else ""
            user = coding.get("creatingUser") or mark.get("creatingUser") or ""
            memos = tuple(notes.get(one.get("targetGUID", ""), "") for one in _all(coding, "NoteRef"))
            segments.append(Segment(mark.get("name") or "", place(start), place(end), code, users.get(user, ""), memos))
    return RefiSource(name, text, segments)


def _number(written: str | None) -> int:
    return int(written) if written and re.fullmatch(r"\d{1,9}", written.strip()) else 0


def _positions(raw: str, named: list[tuple[str, int]]) -> Any:
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
    words = clean(name)[:20]
    here = text[place : place + 80]
    return len(words) >= 4 and not here[:1].isspace() and clean(here).startswith(words)


def _unread(path: Path, root: Any) -> list[Problem]:
    """Codings of what is no text, counted."""
    counts: Counter[str] = Counter()
    for one in root.iter():
        if _tag(one) in _OTHER_SELECTIONS:
            counts[_OTHER_SELECTIONS[_tag(one)]] += sum(_tag(child) == "Coding" for child in one)
        elif _tag(one).endswith("Source"):
            counts["whole sources"] += sum(_tag(child) == "Coding" for child in one)
    message = "only codings of stretches of text are read"
    return [
        Problem("not_text", what, message, f"{count} codings", "set aside", path.name)
        for what, count in sorted(counts.items())
        if count
    ]
