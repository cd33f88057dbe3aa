"""Slides into a presentation: placeholders by type, native charts and tables, notes, texts for those who do not see."""

from __future__ import annotations

import copy
import io
import math
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..rounds import Round
from ..wording import draft_mark
from .slide import Bar, Body, Grid, Picture, Points, Slide
from .slide_package import opened, saved

LEAST = 14
"""Points of the smallest text on a slide."""
_EMU = 12700
"""Units of a point."""
_LETTER, _LINE = 0.56, 1.22
"""Width of a letter and height of a line, as parts of the size of the text."""
CONTINUED = " (Fortsetzung)"


class Deck:
    """A presentation while it is made. Raises: DataError for a template without the layouts that are needed."""

    def __init__(self, round_: Round, template: Path | None, foot: str) -> None:
        self.round, self.foot, self.marks = round_, foot, [mark] if (mark := draft_mark(round_)) else []
        self.file: Any = opened(template)
        name = template or "template"
        self._cover = self._layout(name, {"TITLE", "CENTER_TITLE"}, {"SUBTITLE", "BODY", "OBJECT"}, is_cover=True)
        self._inside = self._layout(name, {"TITLE", "CENTER_TITLE"}, {"BODY", "OBJECT"}, is_cover=False)

    def bytes(self, title: str, about: str) -> bytes:
        return saved(self.file, title, self.round.file.date, about)

    def _layout(self, name: Path | str, heads: set[str], rooms: set[str], *, is_cover: bool) -> Any:
        """For the cover the first layout with title and subtitle, else the one with a title and the most room below."""
        found = []
        for layout in self.file.slide_layouts:
            types = {shape.placeholder_format.type.name for shape in layout.placeholders}
            room = self._room(layout)
            if not types & heads or not types & rooms:
                continue
            if is_cover and "SUBTITLE" in types:
                return layout
            count = sum(shape.placeholder_format.type.name in rooms for shape in layout.placeholders)
            found.append((count == 1, room[2] * room[3] if room else 0, layout))
        if not found:
            need = "a subtitle" if is_cover else "one placeholder for text or content"
            remedy = "add such a layout in the slide master, or leave --template out"
            raise DataError(name, f"a layout with a title and {need}", "none", remedy=remedy)
        return max(found, key=lambda one: one[:2])[2]

    @staticmethod
    def _room(layout: Any) -> tuple[int, int, int, int] | None:
        """Place of the largest placeholder for text or content."""
        places = [(shape.left, shape.top, shape.width, shape.height) for shape in layout.placeholders
                  if shape.placeholder_format.type.name in ("BODY", "OBJECT", "SUBTITLE")]  # fmt: skip
        return max((place for place in places if None not in place), key=lambda one: one[2] * one[3], default=None)

    def cover(self, title: str, lines: Sequence[str], notes: str) -> None:
        slide = self.file.slides.add_slide(self._cover)
        self._title(slide, title)
        rest = self._others(slide)
        shape = rest[0]
        words = [*self.marks, *lines]
        size = _fitting(words, shape.width / _EMU, shape.height / _EMU, 20)
        _write(shape.text_frame, words, size, bullets=False)
        self._end(slide, rest[1:], notes, foot="")

    def add(self, slide: Slide) -> None:
        """One slide, or several where it does not fit on one."""
        room = self._room(self._inside) or (0, 0, 0, 0)
        width, foot = room[2] / _EMU, self._foot(slide)
        height = room[3] / _EMU - _foot_height(foot, width) - (28 if slide.subtitle else 0)
        for number, body in enumerate(_parts(slide.body, width, height)):
            title = slide.title + (CONTINUED if number else "")
            self._add(replace(slide, title=title, body=body), room, foot)

    def _add(self, one: Slide, room: tuple[int, int, int, int], foot: str) -> None:
        slide = self.file.slides.add_slide(self._inside)
        self._title(slide, one.title)
        rest = self._others(slide)
        left, top, width, height = room
        used = 0
        if one.subtitle:
            used = 28 * _EMU * (1 if _lines(one.subtitle, width / _EMU, 16) == 1 else 2)
            box = slide.shapes.add_textbox(left, top, width, used)
            box.name = "Untertitel"
            _write(box.text_frame, [one.subtitle], 16 if used < 40 * _EMU else LEAST, bullets=False)
        place = left, top + used, width, height - used - _foot_height(foot, width / _EMU) * _EMU
        if isinstance(one.body, Points) and rest:
            shape = rest.pop(0)
            shape.left, shape.top, shape.width, shape.height = place
            size = _fitting(one.body.sentences, width / _EMU, place[3] / _EMU, 22)
            _write(shape.text_frame, one.body.sentences, size, bullets=True)
            slide.shapes._spTree.append(shape._element)  # read after the subtitle
        elif isinstance(one.body, Bar):
            from .slide_charts import add_chart

            add_chart(slide, one.body, place)
        elif isinstance(one.body, Grid):
            _table(slide, one.body, place, one.title)
        elif isinstance(one.body, Picture):
            _picture(slide, one.body, place)
        self._end(slide, rest, one.spoken, foot)

    def _foot(self, one: Slide) -> str:
        file = self.round.file
        marks = list(self.marks)
        if "poll" in one.about and file.provenance != "original":
            marks.append(f"{'erfunden' if file.provenance == 'illustrative' else 'nachgebildet'}, nicht zitierbar")
        if "notes" in one.about and file.notes and file.notes.provenance != "original":
            marks.append("Notizen erfunden" if "poll" in one.about else "Notizen erfunden, nicht zitierbar")
        return " · ".join([self.foot, *marks])

    def _title(self, slide: Any, text: str) -> None:
        shape = slide.shapes.title
        short = text if len(text) <= 170 else f"{text[:168].rpartition(' ')[0]} …"
        shape.text_frame.text = short
        if short != text:
            shape._element.nvSpPr.cNvPr.set("descr", text)
        width = shape.width / _EMU
        run = shape.text_frame.paragraphs[0].runs[0]
        fits = [size for size in (28, 24, 20, 18, 16) if _lines(short, width, size * 1.06) <= 2]
        run.font.size = (fits[0] if fits else 16) * _EMU

    @staticmethod
    def _others(slide: Any) -> list[Any]:
        """The placeholders beside the title, the largest first."""
        shapes = [shape for shape in slide.placeholders if shape.placeholder_format.idx != 0]
        return sorted(shapes, key=lambda shape: -(shape.width or 0) * (shape.height or 0))

    def _end(self, slide: Any, unused: Sequence[Any], notes: str, foot: str) -> None:
        """Source line, number, notes; placeholders nobody filled are taken away."""
        for shape in unused:
            shape._element.getparent().remove(shape._element)
        room = self._room(self._inside) or (0, 0, 0, 0)
        if foot:
            height = _foot_height(foot, room[2] / _EMU) * _EMU
            box = slide.shapes.add_textbox(room[0], room[1] + room[3] - height, room[2], height)
            box.name = "Quelle"
            _write(box.text_frame, [foot], LEAST, bullets=False)
            if " … · " in self.foot:  # the title of the round is cut: it stands whole beside
                whole = f"{self.round.file.title} · {self.foot.rpartition(' · ')[2]}"
                box._element.nvSpPr.cNvPr.set("descr", foot.replace(self.foot, whole))
        for shape in slide.slide_layout.placeholders:
            if shape.placeholder_format.type.name == "SLIDE_NUMBER":
                number = copy.deepcopy(shape._element)
                slide.shapes._spTree.append(number)
                for about in number.iter("{*}rPr", "{*}defRPr"):
                    about.set("sz", str(LEAST * 100))
        if notes:
            slide.notes_slide.notes_text_frame.text = notes


def _write(frame: Any, texts: Sequence[str], size: int, *, bullets: bool) -> None:
    frame.word_wrap = True
    for number, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = text
        run.font.size = size * _EMU
        if bullets:
            paragraph.space_after = 8 * _EMU


def _lines(text: str, width: float, size: float) -> int:
    """Lines a text takes in a width of points."""
    letters = max(4, int((width - 15) / (size * _LETTER)))
    return sum(max(1, len(textwrap.wrap(part, letters))) for part in text.split("\n"))


def _foot_height(text: str, width: float) -> int:
    """Points that the source line takes."""
    return 9 + 17 * _lines(text, width, LEAST)


def _height(texts: Sequence[str], width: float, size: float) -> float:
    return sum(_lines(text, width - 45, size) * size * _LINE + 8 for text in texts)


def _fitting(texts: Sequence[str], width: float, height: float, largest: int) -> int:
    """The largest size in which texts fit; never below what can be read."""
    sizes = range(largest, LEAST - 1, -1)
    return next((size for size in sizes if _height(texts, width, size) <= height), LEAST)


def _parts(body: Body | None, width: float, height: float) -> list[Body | None]:
    """A body in as many pieces as need a slide."""
    if isinstance(body, Points):
        return [Points(part) for part in _filled(body.sentences, lambda text: _height([text], width, 16), height)]
    if isinstance(body, Grid):
        widths = column_widths(body, width, LEAST)
        head = _row_height(body.heads, widths, LEAST)
        rows = _filled(body.rows, lambda row: _row_height(row, widths, LEAST), height - head)
        return [Grid(body.heads, part) for part in rows]
    if isinstance(body, Bar) and body.kind in ("bars", "stacked"):
        extra = 40 if len(body.series) > 1 else 8
        at = range(len(body.categories))

        def needed(place: int) -> float:
            thick = 10 + 18 * (len(body.series) if body.kind == "bars" else 1)
            return max(thick, _lines(body.categories[place], 0.36 * width, LEAST) * LEAST * _LINE + 10)

        return [
            replace(body, categories=[body.categories[place] for place in part],
                    cells=[[series[place] for place in part] for series in body.cells])
            for part in _filled(at, needed, height - extra)
        ]  # fmt: skip
    return [body]


def _filled(items: Sequence[Any], needed: Any, height: float) -> list[list[Any]]:
    """Items on pages of equal length: none fuller than it can be, none with a single leftover."""
    sizes = [needed(item) for item in items]
    pages = max(1, math.ceil(sum(sizes) / height))
    while True:
        found: list[list[Any]] = [[]]
        used, left = 0.0, sum(sizes)
        goal = left / pages
        for item, size in zip(items, sizes, strict=True):
            if found[-1] and (used + size > height or (used + size / 2 > goal and len(found) < pages)):
                found.append([])
                used, goal = 0.0, left / max(1, pages - len(found) + 1)
            found[-1].append(item)
            used, left = used + size, left - size
        if len(found) <= pages:
            return found
        pages += 1


def column_widths(grid: Grid, width: float, size: int) -> list[float]:
    """Of a table's columns, by what they hold: short ones as wide as their longest word, the rest shared."""
    columns = list(zip(grid.heads, *grid.rows, strict=True))
    longest = [max(max((len(word) for word in text.split()), default=1) for text in column) for column in columns]
    wanted = [min(max(map(len, column)), 60) for column in columns]
    least = [(most + 2.5) * size * 0.62 + 16 for most in longest]
    want = [max(low, (most + 2) * size * _LETTER + 16) for low, most in zip(least, wanted, strict=True)]
    spare = width - sum(least)
    if spare <= 0:
        return [width * low / sum(least) for low in least] if size == LEAST else least
    part = min(1.0, spare / (sum(want) - sum(least) or 1))
    found = [low + part * (top - low) for low, top in zip(least, want, strict=True)]
    return [found[0] + width - sum(found), *found[1:]]


def _row_height(row: Sequence[str], widths: Sequence[float], size: int) -> float:
    return max(_lines(text, width, size) for text, width in zip(row, widths, strict=True)) * size * _LINE + 9


def _table(slide: Any, grid: Grid, place: tuple[int, int, int, int], title: str) -> None:
    left, top, width, height = place
    for size in (20, 18, 16, LEAST):  # as large as there is room for
        widths = column_widths(grid, width / _EMU, size)
        heights = [_row_height(row, widths, size) for row in (grid.heads, *grid.rows)]
        if sum(heights) * _EMU <= height and sum(widths) <= width / _EMU + 1:
            break
    frame = slide.shapes.add_table(len(grid.rows) + 1, len(grid.heads), left, top, width, int(sum(heights) * _EMU))
    frame.name = "Tabelle"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", f"Tabelle: {title}")
    table = frame.table
    for column, points in zip(table.columns, widths, strict=True):
        column.width = int(points * _EMU)
    for number, (row, texts) in enumerate(zip(table.rows, (grid.heads, *grid.rows), strict=True)):
        row.height = int(heights[number] * _EMU)
        for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.margin_top = cell.margin_bottom = 3 * _EMU
            _write(cell.text_frame, [text], size, bullets=False)
            cell.text_frame.paragraphs[0].runs[0].font.bold = number == 0 or None
            if at and _is_number(text):
                cell.text_frame.paragraphs[0].alignment = 3  # right


def _is_number(text: str) -> bool:
    return len(text) < 16 and text[:1] in "0123456789−•–<"


def _picture(slide: Any, picture: Picture, place: tuple[int, int, int, int]) -> None:
    left, top, width, height = place
    shape = slide.shapes.add_picture(io.BytesIO(picture.content), left, top)
    scale = min(width / shape.width, height / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    shape.left = left + (width - shape.width) // 2
    shape._element.nvPicPr.cNvPr.set("descr", picture.alt)
