"""A finished page taken apart: `<data>` elements with what they claim, text that must hold no number, figures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

# What a reader does not take for a result: code, drawings (their labels are paths), places in files, words of others.
_DROPPED = re.compile(r"<(script|style|svg)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_SILENT_CLASSES = frozenset({"code", "files", "place", "series", "wording", "glossary", "own"})
_SILENT_TAGS = frozenset({"pre", "code", "blockquote", "footer", "title", "nav"})
_VOID = frozenset(
    {"br", "hr", "img", "meta", "link", "input", "col", "wbr", "source", "area", "base", "embed", "track"}
)
_BLOCKS = frozenset(
    {"p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "caption", "figcaption", "dt", "dd", "div", "summary"}
)


@dataclass
class Datum:
    """A `<data>` element: the row it names, which part of it, its value and what is printed."""

    key: str
    part: str
    value: str
    source: str
    line: int
    about: str = ""
    text: str = ""


@dataclass
class Passage:
    """Running text outside `<data>` elements, each of which is a `\ufffc`; `figure` is the id of the figure it belongs
    to, if any."""

    text: str
    line: int
    figure: str = ""
    data: list[Datum] = field(default_factory=list)


@dataclass
class Cell:
    """A cell of a table. `data`: the numbers in it that have a source."""

    is_header: bool
    text: str = ""
    data: list[Datum] = field(default_factory=list)


@dataclass
class Page:
    name: str
    data: list[Datum] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    own: int = 0
    """Evaluations of an analyst's own, which say on the page that nobody checked their numbers."""
    tables: list[list[list[Cell]]] = field(default_factory=list)
    """Tables as lines of cells."""


def read_page(name: str, text: str) -> Page:
    """Take a page apart. Line numbers are those of the file."""
    reader = _Reader(name)
    reader.feed(_DROPPED.sub(lambda match: "\n" * match[0].count("\n"), text))
    reader.close()
    reader.end_passage()
    return reader.page


class _Reader(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page(name)
        self._open: list[tuple[str, bool]] = []
        self._datum: Datum | None = None
        self._figure = ""
        self._parts: list[str] = []
        self._among: list[Datum] = []
        self._cell: Cell | None = None
        self._line = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self.end_passage()
        if tag == "table":
            self.page.tables.append([])
        elif tag == "tr" and self.page.tables:
            self.page.tables[-1].append([])
        elif tag in ("th", "td") and self.page.tables and self.page.tables[-1]:
            self._cell = Cell(tag == "th")
            self.page.tables[-1][-1].append(self._cell)
        self.page.own += values.get("class") == "own"
        if tag == "figure" and "id" in values:
            self._figure = values.get("id", "")
            self.page.figures.append(self._figure)
        # A number's title is checked with it; a formula says how something is computed.
        is_read_elsewhere = tag == "data" or values.get("class") == "formula"
        for name in ("aria-label", "title", "alt") if not is_read_elsewhere else ():
            if values.get(name) and not self._is_silent():
                self.page.passages.append(Passage(values[name], self.getpos()[0], self._figure))
        if tag == "data":
            key, part = values.get("data-key") or values.get("data-audit", ""), values.get("data-part", "")
            line = self.getpos()[0]
            self._datum = Datum(key, part, values.get("value", ""), values.get("data-source", ""), line)
            self._datum.about = values.get("title", "")
        if tag not in _VOID:
            silent = tag in _SILENT_TAGS or bool(_SILENT_CLASSES & set(values.get("class", "").split()))
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_passage()
        if tag == "data" and self._datum is not None:
            for found in (self.page.data, self._among, *([self._cell.data] if self._cell else [])):
                found.append(self._datum)
            self._datum = None
            self._parts.append("\ufffc")  # keeps what stands before and after apart
        if tag in ("th", "td"):
            self._cell = None
        if tag == "figure":
            self._figure = ""
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break

    def handle_data(self, data: str) -> None:
        if self._datum is not None:
            self._datum.text += data
        elif not self._is_silent():
            if not self._parts:
                self._line = self.getpos()[0]
            self._parts.append(data.replace("\u00ad", ""))  # soft hyphens of headers
        if self._cell is not None and self._datum is None:
            self._cell.text += data.replace("\u00ad", "")

    def _is_silent(self) -> bool:
        return any(silent for _, silent in self._open)

    def end_passage(self) -> None:
        """Close the running text where a block begins or ends."""
        text = "".join(self._parts).strip()
        if text.strip("\ufffc "):
            self.page.passages.append(Passage(text, self._line, self._figure, self._among))
        self._parts, self._among = [], []
