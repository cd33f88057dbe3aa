"""Markdown and plain text → passages: headings are sections, each list item, paragraph and table row is a statement."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from poll_exports import shown

from ..clean import Problem, clean, text_of_file
from ..errors import DataError

_BULLET = re.compile(r"^(\s*)[•–—·▪◦‣●]\s+", re.MULTILINE)
_ITEM = re.compile(r"^\s*(?:[-*+]|(\d{1,3})[.)])\s+(.*)$")
_COMMENT = re.compile(r"^<!--.*-->$", re.DOTALL)
LONGEST_HEADING = 80
WIDEST = 100
SECTION_JOINT = " › "


@dataclass(frozen=True)
class Passage:
    """A statement as it stands in a file. `place` is the paragraph, line or row; `group` and `identifier` are filled
    where a table names them."""

    text: str
    section: str
    place: str
    group: str = ""
    identifier: str = ""


_BOX = re.compile(r"^(?:\[[ xX]?\]|[☐☑☒□■])\s*")


def without_box(text: str) -> str:
    """A statement without the box to tick that stands before it."""
    return _BOX.sub("", text)


class Sections:
    """The headings above a place."""

    def __init__(self) -> None:
        self._stack: list[tuple[int, str]] = []

    def enter(self, level: int, title: str) -> None:
        self._stack = [entry for entry in self._stack if entry[0] < level] + [(level, title)]

    def path(self, *more: str) -> str:
        return SECTION_JOINT.join([title for _, title in self._stack if title] + [part for part in more if part])


SETTINGS = {
    "group": ("gruppe", None),
    "headings": ("überschriften", {"styles": ("formatvorlagen", "nur formatvorlagen")}),
    "tables": ("tabellen", {"rows": ("zeilenweise", "zeilen"), "cells": ("zellenweise", "zellen")}),
    "lines": ("zeilen", {"single": ("einzeln",), "paragraphs": ("absätze", "absatzweise")}),
}
"""What the top of a file may say, in English or German: whose it is, and how it is to be read where its looks mislead.
"""


def set_at_the_top(path: Path, line: str, settings: dict[str, str]) -> bool:
    """Whether a line is one of `SETTINGS`; it is added to those found. Raises: DataError for a value there is not."""
    key, colon, value = line.partition(":")
    name = next((name for name, (german, _) in SETTINGS.items() if key.strip().casefold() in (name, german)), "")
    if not (name and colon and value.strip()):
        return False
    known = SETTINGS[name][1]
    if known is None:
        settings[name] = value.strip()
        return True
    said = clean(value).casefold()
    if found := next((one for one, words in known.items() if said in (one, *words)), ""):
        settings[name] = found
        return True
    if name == "lines" or len(said) > 30:  # a statement that begins like that
        return False
    listed = " or ".join(f"“{key.strip()}: {words[0].capitalize()}”" for words in known.values())
    raise DataError(path, listed, f"“{shown(value.strip(), 30)}”", at="the top of the file")


def front_matter(path: Path, text: str) -> tuple[dict[str, str], str, list[Problem]]:
    """The `SETTINGS` at the top of a text, the text with that part blanked (lines keep their numbers), and problems.

    They stand in a YAML block between two lines `---`, or in first lines such as `Gruppe: …`.
    """
    lines, settings = text.split("\n"), dict[str, str]()
    if lines[0].strip() == "---" and "---" in (line.strip() for line in lines[1:]):
        end = next(place for place, line in enumerate(lines[1:], 1) if line.strip() == "---")
        keys = _yaml(path, "\n".join(lines[1:end]))
        said = {key: f"{key}: {value or ''}" for key, value in keys.items()}
        others = [str(key) for key, line in said.items() if not set_at_the_top(path, line, settings)]
        message = f"only the keys {', '.join(SETTINGS)} are read, these are not: {', '.join(others)}"
        problems = [Problem("front_matter", f"lines 1–{end + 1}", message)] if others else []
        return settings, "\n".join([""] * (end + 1) + lines[end + 1 :]), problems
    for place, line in enumerate(lines):
        if set_at_the_top(path, line, settings):
            lines[place] = ""
        elif line.strip():
            break
    return settings, "\n".join(lines), []


def _yaml(path: Path, text: str) -> dict[Any, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="safe").load(io.StringIO(text))
    except YAMLError:
        content = None
    if not isinstance(content, dict):
        raise DataError(path, "front matter of the form “group: name”", "something else", at="line 1")
    return {str(key).casefold(): value for key, value in content.items()}


def read_markdown(path: Path) -> tuple[str, list[Passage], list[Problem]]:
    """Group named in the file, its passages, and problems. Raises: DataError where the file is no text."""
    from markdown_it import MarkdownIt

    text, problems = text_of_file(path)
    settings, text, more = front_matter(path, text)
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(_BULLET.sub(r"\1- ", text))
    passages: list[Passage] = []
    for passage in _markdown_passages(tokens):
        if _COMMENT.match(passage.text):
            problems.append(Problem("comment", passage.place, "a comment is no statement", action="set aside"))
        elif passage.text:
            passages.append(passage)
    return settings.get("group", ""), passages, problems + more


def _markdown_passages(tokens: list[Any]) -> Iterator[Passage]:
    sections, heading, number = Sections(), 0, ""
    row: list[str] = []
    columns, line, in_head, in_cell = "", 0, False, False
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        if token.type == "heading_open":
            heading = int(token.tag[1])
        elif token.type == "ordered_list_open":
            number = f"{token.attrs['start']}{token.markup} " if "start" in token.attrs else ""
        elif token.type == "thead_open":
            in_head = True
        elif token.type in ("td_open", "th_open", "td_close", "th_close"):
            in_cell = token.type.endswith("open")
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            filled = " | ".join(cell for cell in row if cell)
            if in_head:
                columns, in_head = filled, False
            elif filled:
                yield Passage(filled, sections.path(columns), f"line {line}")
        elif token.type in ("fence", "code_block"):
            yield Passage(clean(token.content), sections.path(), f"line {line}")
        elif token.type == "inline":
            words = clean(_inline_text(token.children))
            if heading:
                sections.enter(heading, words)
                heading = 0
            elif in_cell:
                row.append(words)
            else:
                yield Passage(number + without_box(words), sections.path(), f"line {line}")
                number = ""


def _inline_text(children: list[Any]) -> str:
    parts: list[str] = []
    links: list[str] = []
    for child in children:
        if child.type == "link_open":
            links.append(str(child.attrs["href"]))
        elif child.type == "link_close":
            target = links.pop()
            parts.append(f" ({target})" if not "".join(parts).endswith(target.removeprefix("mailto:")) else "")
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        else:
            parts.append(child.content)
    return "".join(parts)


def read_plain_text(path: Path) -> tuple[str, list[Passage], list[Problem]]:
    """Group named in the file, its passages, and problems. Raises: DataError where the file is no text.

    Sections are lines `# …`, lines underlined by `===` or `---`, and short lines that end with a colon and stand
    above a list or an empty line. Lines without an empty line between them are one statement where the text is wrapped
    (`is_wrapped`), else each line is one; an indented line always goes on with the line above.
    """
    text, problems = text_of_file(path)
    settings, text, more = front_matter(path, text)
    lines = _BULLET.sub(r"\1- ", text).split("\n")
    wrapped = {"single": False, "paragraphs": True}.get(settings.get("lines", ""), is_wrapped(lines))
    return settings.get("group", ""), list(_plain_passages(lines, wrapped)), problems + more


def is_wrapped(lines: list[str]) -> bool:
    """True where someone broke lines to a width: none is longer than 100 letters, and empty lines part the text."""
    filled = [bool(line.strip()) for line in "\n".join(lines).strip().split("\n")]
    return not all(filled) and any(a and b for a, b in pairwise(filled)) and max(map(len, lines)) <= WIDEST


def _plain_passages(lines: list[str], wrapped: bool) -> Iterator[Passage]:
    sections = Sections()
    words: list[str] = []
    began, last_number = 0, 0

    def flush() -> list[Passage]:
        text = without_box(clean(" ".join(words)))
        words.clear()
        return [Passage(text, sections.path(), f"line {began}")] if text else []

    for place, line in enumerate(lines, 1):
        after = lines[place].strip() if place < len(lines) else ""
        if set(line.strip()) in ({"="}, {"-"}, {"_"}, {"*"}) and len(line.strip()) > 2:
            yield from flush()
            continue
        if title := _heading(line, after):
            yield from flush()
            sections.enter(*title)
            last_number = 0
            continue
        item = _ITEM.match(line)
        if item and item[1]:
            is_next = int(item[1]) in (1, last_number + 1)
            last_number = int(item[1]) if is_next else last_number
            item = item if is_next else None
        if item or not line.strip() or not (wrapped or line[0].isspace()):
            yield from flush()
        if line.strip():
            began = began if words else place
            words.append(item[2] if item else line)
    yield from flush()


def _heading(line: str, after: str) -> tuple[int, str] | None:
    bare = line.strip()
    if marked := re.match(r"^(#{1,6})\s+(.+?)\s*#*$", bare):
        return len(marked[1]), clean(marked[2])
    if not bare or _ITEM.match(line) or len(bare) > LONGEST_HEADING:
        return None
    if len(after) > 2 and set(after) in ({"="}, {"-"}):
        return (1 if after[0] == "=" else 2), clean(bare)
    if bare.endswith(":") and (not after or _ITEM.match(after)):
        return 3, clean(bare.rstrip(":"))
    return None
