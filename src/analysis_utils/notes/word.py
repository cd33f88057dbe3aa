"""Word (.docx) → passages: headings are sections, each other paragraph, list item and table row is a statement.

The document is walked as XML, because what Word keeps in content controls, text boxes and tracked changes is not among
the paragraphs a library lists.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poll_exports import some

from ..clean import Problem, check_zip, clean
from ..errors import DataError
from .text import LONGEST_HEADING, Passage, Sections, set_at_the_top, without_box

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"(?:heading|überschrift|berschrift)\s*(\d)", re.IGNORECASE)
_GONE = {f"{_W}del", f"{_W}moveFrom", f"{_W}pPrChange", f"{_W}rPrChange", _FALLBACK}
_BLANKS = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}ptab": " "}
_MARKED = re.compile(r"^\s*(?:[-–—•*·]\s+|\[[ xX]?\]|[☐☑☒□■]|\(?\d{1,2}[.)]\s+|[a-z]\)\s+)")
_NUMBERED = re.compile(r"\s*\(?(\d{1,2})[.)]\s+")
_ASIDE = {"footnotes": "footnotes", "endnotes": "endnotes", "comments": "comments", "header": "headers"}


def read_word(path: Path) -> tuple[str, list[Passage], list[Problem]]:
    """Group named in the file (among its first paragraphs, `Gruppe: …`), its passages, and problems.

    Tracked changes are read as accepted: insertions count, deletions do not. What is no style but looks like a title, a
    heading or a table of lists is taken for it, and said; the first paragraphs can overrule it (`notes_text.SETTINGS`).
    Raises: DataError where the file is no whole, open .docx.
    """
    check_zip(path, r"word/document\d*\.xml")
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        return _read(path)
    except DataError:
        raise
    except (OpcError, LxmlError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        # What libraries raise on a package whose parts do not fit each other.
        remedy = "open it in Word and save it again as .docx"
        raise DataError(path, "a Word document (.docx)", "a damaged one", remedy=remedy) from None


def _read(path: Path) -> tuple[str, list[Passage], list[Problem]]:
    import docx

    document = docx.Document(str(path))
    body = document.element.body
    blocks = list(_blocks(body))
    settings: dict[str, str] = {}
    spoken = [block for block in blocks[:20] if block.tag == f"{_W}p" and clean(_text(block))][:6]
    heads = [block for block in spoken if set_at_the_top(path, clean(_text(block)), settings)]
    layout = _Layout(_heading_levels(document.styles.element), settings)
    found = list(layout.passages(blocks, heads))
    return settings.get("group", ""), found, [*layout.said(), *_tracked(body), *_left_out(document)]


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


class _Layout:
    """A walk through a document, and what on the way was taken for what."""

    def __init__(self, levels: dict[str, int], settings: dict[str, str]) -> None:
        self.levels, self.sections = levels, Sections()
        self.by_looks = settings.get("headings") != "styles"
        self.tables, self.lines = settings.get("tables", ""), settings.get("lines", "")
        self.taken: dict[str, list[str]] = {}
        self.numbered: list[Any] = []

    def said(self) -> list[Problem]:
        return [
            Problem("taken_for", some(places, 5), _TAKEN[what][0], f"{len(places)} {_TAKEN[what][1]}")
            for what, places in self.taken.items()
        ]

    def take(self, what: str, place: str) -> None:
        self.taken.setdefault(what, []).append(place)

    def passages(self, blocks: list[Any], heads: list[Any]) -> Iterator[Passage]:
        """`heads`: paragraphs at the top that say how the file is read."""
        paragraph = table = 0
        has_headings = any((self.level(line) or 0) > 0 for block in blocks for line in block.iter(f"{_W}p"))
        spoken = [block for block in blocks if block not in heads and (block.tag != f"{_W}p" or clean(_text(block)))]
        counts = [int(found[1]) if (found := _NUMBERED.match(_text(block))) else 0 for block in spoken]
        self.numbered = [
            block
            for at, (block, own) in enumerate(zip(spoken, counts, strict=True))
            if own and ([own - 1] == counts[max(at - 1, 0) : at] or [own + 1] == counts[at + 1 : at + 2])
        ]
        title = (
            spoken[0]
            if len(spoken) > 1
            and self.level(spoken[0]) is None
            and _is_title(*spoken[:2], is_followed=not all(map(_looks, spoken)))
            else None
        )
        by_looks = [] if has_headings else self.headings([block for block in spoken if block is not title])
        for block in blocks:
            if block.tag != f"{_W}p":
                table += 1
                yield from self.table(block, f"table {table}")
                continue
            paragraph += 1
            place = f"paragraph {paragraph}"
            text, level = without_box(clean(_text(block))), self.level(block)
            if not text or block in heads:
                continue
            if level is None and self.by_looks and block is title:
                level = 0
                self.take("title", place)
            elif level is None and block in by_looks:
                level = 3
                self.take("heading", place)
            if level is not None:
                self.sections.enter(level, text)
            else:
                lines = self.own_lines(block)
                for number, line in enumerate(lines, 1):
                    at = place + (f", line {number}" if len(lines) > 1 else "")
                    yield Passage(line.text, self.sections.path(line.section), at)
                if len(lines) > 1:
                    self.take("lines", place)
            for number, boxed in enumerate(_boxed(block), 1):
                yield Passage(boxed, self.sections.path(), f"{place}, text box line {number}")

    def headings(self, spoken: list[Any]) -> list[Any]:
        """Paragraphs that look like headings and have something below them: of three in a row only the last has, and
        those at the end have nothing."""
        looks = [self.by_looks and _looks(block) for block in spoken]
        found = []
        for at in (at for at, is_one in enumerate(looks) if is_one):
            before = next((one for one in range(at, -1, -1) if not looks[one]), -1)
            after = next((one for one in range(at, len(looks)) if not looks[one]), None)
            if after is not None and (after == at + 1 or after - before <= 3):
                found.append(spoken[at])
        return found

    def level(self, paragraph: Any) -> int | None:
        outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        if outline is not None and int(outline.get(f"{_W}val", "9")) < 9:
            return int(outline.get(f"{_W}val")) + 1
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        return self.levels.get(style.get(f"{_W}val")) if style is not None else None

    def own_lines(self, paragraph: Any) -> list[_Line]:
        """The statements of a paragraph: its lines where each is numbered by hand or begins with a dash (the first may
        lead in), else the paragraph as a whole; without its number where paragraphs are numbered by hand."""
        lines = [line for line in _text(paragraph).split("\n") if clean(line)]
        if not lines:
            return []
        marked = [bool(_MARKED.match(line)) for line in lines]
        is_list = len(lines) > 1 and all(marked[1:]) and sum(marked) > 1 and self.lines != "paragraphs"
        if not is_list and self.lines != "single":
            lines, marked = [" ".join(lines)], marked[:1]
        section = ""
        if is_list and not marked[0] and clean(lines[0]).endswith(":"):
            section, lines, marked = clean(lines[0]).rstrip(": "), lines[1:], marked[1:]
        is_item = paragraph.find(f"{_W}pPr/{_W}numPr") is not None or _style(paragraph).startswith(("List", "Aufz"))
        is_head = self.level(paragraph) is not None or (self.by_looks and _is_heading(paragraph))
        words = [
            without_box(clean(_MARKED.sub("", line) if is_list or paragraph in self.numbered else line))
            for line in lines
        ]
        return [
            _Line(text, section, is_item or mark, is_head) for text, mark in zip(words, marked, strict=True) if text
        ]

    def table(self, table: Any, place: str) -> Iterator[Passage]:
        """A row is a statement, its cells joined by a bar; where cells hold lists, each item is one. The header goes
        into the section, and in a table of lists also the first cell of a row and what leads in the list of a cell."""
        rows = [row for row in table.iter(f"{_W}tr") if _nearest_table(row) is table]
        cells = [_cells(row, table) for row in rows if row.find(f"{_W}trPr/{_W}del") is None]
        lists = [self.items(cell) for row in cells for cell in row.values()]
        is_column = len({at for row in cells for at in row}) == 1
        has_lists = any(sum(line.is_item for line in lines) > 1 for lines in lists)
        is_layout = has_lists or (is_column and any(len(lines) > 1 for lines in lists)) or self.tables == "cells"
        is_layout = is_layout and self.tables != "rows"
        has_header = bool(rows) and rows[0].find(f"{_W}trPr/{_W}tblHeader") is not None
        first = [self.items(cell) for cell in cells[0].values()] if len(cells) > 1 else []
        may_be = len(first) > 1 and all(len(lines) < 2 and not any(one.is_item for one in lines) for lines in first)
        names_lists = has_lists and all(len(line.text) <= SHORT for lines in first for line in lines)
        if not has_header and self.by_looks and self.tables != "rows" and may_be and (names_lists or _is_header(cells)):
            has_header = True
            self.take("header", f"{place}, row 1")
        heads = {at: clean(_words(cell)) for at, cell in cells[0].items()} if has_header else {}
        columns = " | ".join(filter(None, heads.values()))
        if is_layout:
            self.take("cells", place)
        name, are_named = "", is_layout and any(self.row_name(row, "") for row in cells[has_header:])
        for number, row in enumerate(cells, 1):
            if not row or (number == 1 and has_header):
                continue
            at = f"{place}, row {number}"
            if is_layout:
                name = self.row_name(row, name, are_named=are_named)
                yield from self.of_cells(row, heads, name, at)
            elif joined := " | ".join(filter(None, (clean(_words(cell)) for cell in row.values()))):
                yield Passage(joined, self.sections.path(columns), at)

    def row_name(self, row: dict[int, Any], above: str, *, are_named: bool = False) -> str:
        """What the first cell of a row calls the lists beside it (or whatever is beside it, where rows `are_named`); a
        cell joined to the one above has its name."""
        first, *others = map(self.items, row.values())
        if not first:
            return above if row[min(row)].find(f"{_W}tcPr/{_W}vMerge") is not None else ""
        beside = [line for own in others for line in own]
        is_name = len(first) == 1 and not first[0].is_item and len(first[0].text) <= LONGEST_HEADING
        is_name = is_name and (any(line.is_item for line in beside) or (are_named and bool(beside)))
        return first[0].text.rstrip(": ") if is_name else ""

    def of_cells(self, row: dict[int, Any], heads: dict[int, str], name: str, place: str) -> Iterator[Passage]:
        for at, cell in row.items():
            lines, lead = self.items(cell), ""
            if name and at == min(row):
                continue
            for number, line in enumerate(lines, 1):
                leads = number < len(lines) and lines[number].is_item and not line.text.endswith((".", "!"))
                if (line.is_head and number < len(lines)) or (leads and not line.is_item):
                    lead = line.text.rstrip(": ")
                    continue
                where = f"{place}, column {at + 1}" + (f", line {number}" if len(lines) > 1 else "")
                yield Passage(line.text, self.sections.path(heads.get(at, ""), name, lead, line.section), where)

    def items(self, cell: Any) -> list[_Line]:
        return [line for paragraph in cell.iter(f"{_W}p") for line in self.own_lines(paragraph)]


_STYLES, _ROWS = (f"; if not, write “{words}” at the top" for words in ("Überschriften: Formatvorlagen",
                                                                        "Tabellen: zeilenweise"))  # fmt: skip
_TAKEN = {
    "title": (f"a line at the top was taken for the title of the document, not for a statement{_STYLES}", "lines"),
    "heading": (
        f"short lines in bold, underlined or in capitals were taken for headings{_STYLES}",
        "lines",
    ),
    "lines": (
        "numbered or dashed lines of one paragraph were taken for statements of their own; if not, write “Zeilen: "
        "Absätze” at the top",
        "paragraphs",
    ),
    "header": (f"a first row that looks like it was taken for the header of its table{_ROWS}", "rows"),
    "cells": (f"cells hold lists: each item was taken for a statement, what leads in for a section{_ROWS}", "tables"),
}


@dataclass(frozen=True)
class _Line:
    """A line of a paragraph: its words, the line of the same paragraph that leads in, and what it looks like."""

    text: str
    section: str
    is_item: bool
    is_head: bool


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, also those inside content controls."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins", f"{_W}smartTag", f"{_W}moveTo"):
            yield from _blocks(child)


def _style(paragraph: Any) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return str(style.get(f"{_W}val") or "") if style is not None else ""


def _looks(block: Any) -> bool:
    return bool(block.tag == f"{_W}p" and _is_heading(block))


def _is_heading(paragraph: Any) -> bool:
    """Whether a short paragraph is bold, underlined or in capitals as a whole: a heading typed by hand."""
    words = clean(_text(paragraph))
    if paragraph.find(f"{_W}pPr/{_W}numPr") is not None or words.endswith((".", "!")) or len(words) > LONGEST_HEADING:
        return False
    return _is_bold(paragraph) or (len(words) > 3 and words.isupper())


def _is_bold(paragraph: Any) -> bool:
    runs = [run for run in paragraph.iter(f"{_W}r") if clean(_text(run))]
    marks = [[run.find(f"{_W}rPr/{_W}{name}") for run in runs] for name in ("b", "u")]
    off = ("0", "false", "none")
    return bool(runs) and any(
        all(mark is not None and mark.get(f"{_W}val") not in off for mark in own) for own in marks
    )


def _is_title(block: Any, following: Any, *, is_followed: bool) -> bool:
    """Whether the first paragraph of a document is its title: worded as one, large, centred, or a heading above one."""
    words = clean(_text(block)) if block.tag == f"{_W}p" else ""
    if not words or len(words) > LONGEST_HEADING or words.endswith((".", "!", "?")) or _MARKED.match(words):
        return False
    aligned = block.find(f"{_W}pPr/{_W}jc")
    is_centred = aligned is not None and aligned.get(f"{_W}val") == "center"
    is_large = max((int(size.get(f"{_W}val") or 0) for size in block.iter(f"{_W}sz")), default=0) >= LARGE
    is_above = (
        is_followed
        and _is_heading(block)
        and following.tag == f"{_W}p"
        and (_is_heading(following) or bool(_style(following)))
    )
    return bool(is_centred or is_large or is_above or _TITLE.match(words))


SHORT = 40
LARGE = 28
"""Half points: letters from 14 pt on are no running text."""
_TITLE = re.compile(r"(protokoll|notizen|mitschrift|ergebnisse|dokumentation|workshop|arbeitsgruppe)\b", re.IGNORECASE)
_HEADERS = frozenset(
    """nr thema themen aussage aussagen frage antwort inhalt punkt idee ideen beitrag stichwort ergebnis ergebnisse
    maßnahme maßnahmen bemerkung anmerkung notiz wer was wann wo warum verantwortlich priorität bereich gruppe person
    kategorie chancen risiken stärken schwächen probleme lösungen wünsche ziele hemmnisse vorschlag vorschläge
    kommentar topic statement comment who what when question answer idea""".split()  # noqa: SIM905
)


def _is_header(rows: list[dict[int, Any]]) -> bool:
    """Whether the first of several rows names the columns: short in every cell and bold, shaded or worded as such, or
    of one or two words above sentences."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    words = [clean(_words(cell)) for cell in rows[0].values()]
    if not all(words[1:]) or any(len(text) > SHORT or (text.endswith((".", "!")) and len(text) > 5) for text in words):
        return False
    first, second = ([_stands_out(cell) for cell in row.values() if clean(_words(cell))] for row in rows[:2])
    known = [bool(set(re.findall(r"\w+", text.casefold())) & _HEADERS) for text in words if text]
    below = {at: [clean(_words(row[at])) for row in rows[1:] if at in row] for at in rows[0]}
    above = len(rows) > 2 and any(
        len(clean(_words(cell)).split()) <= 2 and min((len(text.split()) for text in below[at]), default=0) > 3
        for at, cell in rows[0].items()
    )
    return (all(first) and not all(second)) or 2 * sum(known) > len(known) or above


def _stands_out(cell: Any) -> bool:
    shade = cell.find(f"{_W}tcPr/{_W}shd")
    is_shaded = shade is not None and shade.get(f"{_W}fill", "auto").lower() not in ("auto", "ffffff")
    return is_shaded or all(_is_bold(line) for line in cell.iter(f"{_W}p") if clean(_text(line)))


def _cells(row: Any, table: Any) -> dict[int, Any]:
    """The cells of a row by their first column."""
    found, at = {}, 0
    for cell in (cell for cell in row.iter(f"{_W}tc") if _nearest_table(cell) is table):
        found[at] = cell
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        at += int(span.get(f"{_W}val") or 1) if span is not None else 1
    return found


def _words(cell: Any) -> str:
    return " ".join(_text(line) for line in cell.iter(f"{_W}p"))


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
