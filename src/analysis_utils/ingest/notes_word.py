"""Word (.docx) → passages: heading styles are sections, each other paragraph, list item and table row is a statement.

The document is walked as XML, because what Word keeps in content controls, text boxes and tracked changes is not among
the paragraphs a library lists.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import DataError
from .notes_files import Passage, check_zip, clean
from .notes_text import GROUP_LINE, LONGEST_HEADING, Sections, without_box
from .problems import Problem

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"(?:heading|überschrift|berschrift)\s*(\d)", re.IGNORECASE)
_GONE = {f"{_W}del", f"{_W}moveFrom", f"{_W}pPrChange", f"{_W}rPrChange", _FALLBACK}
_BLANKS = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}ptab": " "}
_MARKED = re.compile(r"^\s*(?:[-–—•*·]\s+|\(?\d{1,2}[.)]\s+|[a-z]\)\s+)")
_ASIDE = {"footnotes": "footnotes", "endnotes": "endnotes", "comments": "comments", "header": "headers"}


def read_word(path: Path) -> tuple[str, list[Passage], list[Problem]]:
    """Group named in the file (first paragraph `Gruppe: …`), its passages, and problems.

    Tracked changes are read as accepted: insertions count, deletions do not. Raises: DataError where the file is no
    whole, open .docx.
    """
    check_zip(path, r"word/document\d*\.xml")
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        return _read(path)
    except (OpcError, LxmlError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        # What libraries raise on a package whose parts do not fit each other.
        remedy = "open it in Word and save it again as .docx"
        raise DataError(path, "a Word document (.docx)", "a damaged one", remedy=remedy) from None


def _read(path: Path) -> tuple[str, list[Passage], list[Problem]]:
    import docx

    document = docx.Document(str(path))
    body = document.element.body
    found = list(_passages(body, _heading_levels(document.styles.element)))
    group = ""
    if found and (named := GROUP_LINE.match(found[0].text)):
        group, found = named[1], found[1:]
    return group, found, _tracked(body) + _left_out(document)


def _heading_levels(styles: Any) -> dict[str, int]:
    """Style id → heading level, following what a style is based on; titles are level 0."""
    own: dict[str, int] = {}
    base: dict[str, str] = {}
    for style in styles.iter(f"{_W}style"):
        identifier = style.get(f"{_W}styleId") or ""
        name = style.find(f"{_W}name")
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        label = (name.get(f"{_W}val") if name is not None else "") or ""
        if marked := _HEADING.match(label):
            own[identifier] = int(marked[1])
        elif label.casefold() in ("title", "titel"):
            own[identifier] = 0
        elif outline is not None and int(outline.get(f"{_W}val", "9")) < 9:
            own[identifier] = int(outline.get(f"{_W}val")) + 1
        parent = style.find(f"{_W}basedOn")
        if parent is not None:
            base[identifier] = parent.get(f"{_W}val") or ""
    for identifier in base:
        seen, current = {identifier}, identifier
        while current not in own and base.get(current) and base[current] not in seen:
            current = base[current]
            seen.add(current)
        if current in own:
            own.setdefault(identifier, own[current])
    return own


def _passages(body: Any, levels: dict[str, int]) -> Iterator[Passage]:
    sections = Sections()
    paragraph = table = 0
    has_headings = any(_level(block, levels) is not None for block in body.iter(f"{_W}p"))
    for block in _blocks(body):
        if block.tag == f"{_W}p":
            paragraph += 1
            text, level = without_box(clean(_text(block))), _level(block, levels)
            if text and level is None and not has_headings and _is_bold(block) and len(text) <= LONGEST_HEADING:
                level = 3
            if text and level is not None:
                sections.enter(level, text)
            elif text:
                lines = _own_lines(_text(block))
                for number, line in enumerate(lines, 1):
                    place = f"paragraph {paragraph}" + (f", line {number}" if len(lines) > 1 else "")
                    yield Passage(line, sections.path(), place)
            for number, boxed in enumerate(_boxed(block), 1):
                yield Passage(boxed, sections.path(), f"paragraph {paragraph}, text box line {number}")
        else:
            table += 1
            yield from _table(block, table, sections)


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, also those inside content controls."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins", f"{_W}smartTag", f"{_W}moveTo"):
            yield from _blocks(child)


def _level(paragraph: Any, levels: dict[str, int]) -> int | None:
    outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
    if outline is not None and int(outline.get(f"{_W}val", "9")) < 9:
        return int(outline.get(f"{_W}val")) + 1
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return levels.get(style.get(f"{_W}val")) if style is not None else None


def _own_lines(text: str) -> list[str]:
    """The statements of a paragraph: its lines where each is numbered by hand or begins with a dash (the first may lead
    in), else the paragraph as a whole."""
    lines = [line for line in text.split("\n") if clean(line)]
    marked = [bool(_MARKED.match(line)) for line in lines]
    if len(lines) > 1 and all(marked[1:]) and sum(marked) > 1:
        return [without_box(clean(_MARKED.sub("", line))) for line in lines]
    return [without_box(clean(text))]


def _is_bold(paragraph: Any) -> bool:
    """Whether every run with words in a paragraph is bold, or all its letters are capitals: a heading typed by hand."""
    runs = [run for run in paragraph.iter(f"{_W}r") if clean(_text(run))]
    words = clean(_text(paragraph))
    if paragraph.find(f"{_W}pPr/{_W}numPr") is not None or words.endswith((".", "!")):
        return False
    bold = [run.find(f"{_W}rPr/{_W}b") for run in runs]
    is_bold = bool(runs) and all(mark is not None and mark.get(f"{_W}val") not in ("0", "false") for mark in bold)
    return is_bold or (len(words) > 3 and words.isupper())


def _text(element: Any) -> str:
    """The words of a paragraph as if all changes were accepted, without those of text boxes inside it."""
    parts: list[str] = []
    for child in element:
        if child.tag in _GONE or child.tag == f"{_W}txbxContent":
            continue
        if child.tag in (f"{_W}t", f"{_M}t"):
            parts.append(child.text or "")
        else:
            parts.append(_BLANKS.get(child.tag, ""))
            parts.append(_text(child))
    return "".join(parts)


def _boxed(paragraph: Any) -> Iterator[str]:
    for box in paragraph.iter(f"{_W}txbxContent"):
        if not any(above.tag == _FALLBACK for above in box.iterancestors()):
            for inner in _blocks(box):
                lines = inner.iter(f"{_W}p") if inner.tag == f"{_W}tbl" else [inner]
                yield from filter(None, (clean(_text(line)) for line in lines))


def _table(table: Any, number: int, sections: Sections) -> Iterator[Passage]:
    """A row is a statement, its cells joined by a bar; a first row marked as header goes into the section."""
    columns = ""
    for place, row in enumerate((row for row in table.iter(f"{_W}tr") if _nearest_table(row) is table), 1):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            continue
        texts = [
            clean(" ".join(_text(line) for line in cell.iter(f"{_W}p")))
            for cell in row.iter(f"{_W}tc")
            if _nearest_table(cell) is table
        ]
        joined = " | ".join(filter(None, texts))
        if place == 1 and row.find(f"{_W}trPr/{_W}tblHeader") is not None:
            columns = joined
        elif joined:
            yield Passage(joined, sections.path(columns), f"table {number}, row {place}")


def _nearest_table(element: Any) -> Any:
    return next(above for above in element.iterancestors() if above.tag == f"{_W}tbl")


def _tracked(body: Any) -> list[Problem]:
    inserted = len(list(body.iter(f"{_W}ins", f"{_W}moveTo")))
    deleted = len(list(body.iter(f"{_W}del", f"{_W}moveFrom")))
    if not inserted + deleted:
        return []
    seen = f"{inserted} insertions, {deleted} deletions"
    message = (
        "the document has tracked changes; they were read as accepted: insertions count as text, deletions do not. "
        "Accept or reject them in Word to decide otherwise"
    )
    return [Problem("tracked_changes", "whole file", message, seen=seen)]


def _left_out(document: Any) -> list[Problem]:
    """Footnotes, comments, headers and footers are no statements; said where they hold words."""
    counts: Counter[str] = Counter()
    for part in document.part.package.iter_parts():
        name = re.sub(r"\d*\.xml$", "", str(part.partname).rsplit("/", 1)[-1]).replace("footer", "header")
        if name in _ASIDE:
            counts[_ASIDE[name]] += len(re.findall(rb"<w:t[ >][^<]*[^<\s]", part.blob))
    message = "only the body of a document is read; move what is a statement into the body"
    return [
        Problem("not_body", what, message, seen=f"{count} pieces of text", action="set aside")
        for what, count in sorted(counts.items())
        if count
    ]
