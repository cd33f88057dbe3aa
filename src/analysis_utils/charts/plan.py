"""Where everything of a chart stands, in inches from the upper left: one plan for screen and paper.

A plan is wide (columns beside the labels) or narrow (each label above its marks, numbers below them), so that nothing
needs scrolling sideways on a phone. Words, lines, bands and spots are placed here; what is measured on an axis stands
in panels, and renderers draw it there by its value.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..wording import clipped, depth, wrapped
from .chart import (
    ACCENT,
    INK,
    LIGHT,
    MUTED,
    PAPER,
    RULE,
    SOFT,
    Bars,
    Brackets,
    Chart,
    Circles,
    Column,
    Dots,
    Ranks,
    Slope,
    Value,
    Words,
)

WIDE, NARROW = 8.6, 3.35
"""Inches of a plan for a page and for a phone."""
LETTER, LEADING = 0.082, 0.19  # inches that a letter takes at most on average, and a line of them
SMALL, NORMAL, LARGE = 9.5, 11.5, 15.0  # points
EDGE, GAP = 0.12, 0.16
_GERMAN = str.maketrans("-.", "−,")
POSSIBLE = "#a5c3d6"
LEVEL = 0.62
"""Inches that a head needs to stand level; it is turned where there is less."""
Spans = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Text:
    """`whole` is what `words` break into lines or cut."""

    x: float
    y: float
    words: str
    whole: str = ""
    across: str = "left"
    down: str = "middle"
    size: float = SMALL
    colour: str = MUTED
    bold: bool = False
    turned: int = 0


@dataclass(frozen=True)
class Stroke:
    x0: float
    y0: float
    x1: float
    y1: float
    colour: str = RULE
    width: float = 0.8
    dashed: bool = False


@dataclass(frozen=True)
class Spot:
    """A circle or square with what it tells; `text` stands in it."""

    x: float
    y: float
    size: float
    fill: str
    value: Value
    shape: str = "circle"
    edge: str = ""
    text: str = ""
    ink: str = INK


@dataclass(frozen=True)
class Panel:
    """Ground on which values are measured: along x (`places` are the y of the lines) or, `upright`, along y (x of the
    lines). `room` is how much of it a line takes across the axis; `ticks` are the values at its foot or side."""

    column: Dots | Bars | Ranks | Slope
    x0: float
    x1: float
    y0: float
    y1: float
    places: Sequence[float]
    room: float
    upright: bool = False
    ticks: Sequence[tuple[float, str]] = ()

    @property
    def axis(self) -> tuple[float, float]:
        """Start and end of the axis from left to right."""
        column = self.column
        if isinstance(column, Dots):
            return column.start, column.end
        if isinstance(column, Slope):
            return 0.0, max(1.0, len(column.heads) - 1.0)
        if isinstance(column, Ranks):
            return 0.5, len(column.cells) + 0.5
        return (-0.5, len(self.places) - 0.5) if self.upright else (0.0, column.end)

    def x(self, value: float) -> float:
        """Where a value of the axis stands."""
        start, end = self.axis
        return self.x0 + (value - start) / (end - start) * (self.x1 - self.x0)


def plan_of(chart: Chart, width: float = WIDE, *, framed: bool = False, height: float = 0.0) -> Plan:
    """The plan of a chart; up to `NARROW` it stacks. `framed`: with title, subtitle and caption, to travel alone.
    `height` is filled where that makes lines no more than half as high again."""
    plan = Plan(chart, width, framed)
    spare = (height - plan.height) / max(1, len(chart.lines))
    if spare > 0:
        plan = Plan(chart, width, framed, min(spare, 0.22))
        plan.height = height
    return plan


class Plan:
    """What stands where. It is filled from the top, and `y` is how far it has come; `stretch` makes lines higher."""

    def __init__(self, chart: Chart, width: float, framed: bool, stretch: float = 0.0) -> None:
        self.chart, self.width, self.stretch, self.narrow = chart, width, stretch, width <= NARROW
        self.texts: list[Text] = []
        self.strokes: list[Stroke] = []
        self.bands: list[tuple[float, float]] = []
        self.spots: list[Spot] = []
        self.panels: list[Panel] = []
        self.y, self.axis = 0.08, 0.0
        if framed:
            self._paragraph(chart.title, LARGE, INK, bold=True)
            self._paragraph(chart.subtitle, NORMAL)
            self.y += 0.08
        column = chart.columns[0]
        if isinstance(column, Slope) and (letters := self._letters(column)):
            self._slope(column, letters)
        elif chart.upright and isinstance(column, Bars):
            self._upright(column)
        else:
            if isinstance(column, Slope):  # each line told head by head, where there is no room to draw it
                heads = [flat(head) for head in column.heads]
                told = [[f"{head} {cell.text}" for head, cell in zip(heads, row, strict=True)] for row in column.cells]
                self.chart = replace(chart, columns=[Words("", ["; ".join(parts) for parts in told])])
            (self._stacked if self.narrow else self._beside)()
        if framed:
            self.y += 0.1
            self._paragraph(chart.caption, 9)
        self.height = round(self.y + 0.06, 3)

    def _add(self, x: float, y: float, words: str, whole: str = "", **how: Any) -> None:
        if words:
            self.texts.append(Text(x, y, words, flat(whole), **how))

    def _paragraph(self, words: str, size: float, colour: str = MUTED, *, bold: bool = False) -> None:
        lines = textwrap.wrap(words, int((self.width - 2 * EDGE) / (0.072 * size / NORMAL)))
        self._add(EDGE, self.y, "\n".join(lines), down="top", size=size, colour=colour, bold=bold)
        self.y += len(lines) * LEADING * size / NORMAL * 1.08 + 0.05

    # Lines with their columns beside them

    def _beside(self) -> None:
        lines, columns = self.chart.lines, self.chart.columns
        longest = max([len(part) for line in lines for part in line.label.split("\n")], default=1)
        left = min(2.75, EDGE + LETTER * min(longest, 30) + GAP)
        names = wrapped([line.label for line in lines], int((left - EDGE - GAP) / LETTER) + 1)
        fixed = [self._width(column) for column in columns]
        wide = sum(not taken for taken in fixed)
        free = self.width - left - EDGE - sum(fixed) - GAP * len(fixed)
        if free < 1.05 * wide:
            self.width += 1.05 * wide - free
            free = 1.05 * wide
        places, x = [], left
        for taken in fixed:
            places.append((x, x + (taken or free / wide)))
            x = places[-1][1] + GAP
        self._legend(0)
        self._heads(places)
        height, edges = self._row_height(names), []
        for at, (name, line) in enumerate(zip(names, lines, strict=True)):
            self._block(at)
            edges.append((self.y, self.y + height))
            self._add(EDGE, self.y + height / 2, name, line.label, size=NORMAL, colour=INK)
            self.y += height
        self.bands += edges[::2]
        for column, (x0, x1) in zip(columns, places, strict=True):
            pad = 0.1 if isinstance(column, Dots) else 0.0
            self._column(column, x0 + pad, x1 - pad, [top + height / 2 for top, _ in edges], edges, height)
        self.y += self.axis

    def _width(self, column: Column) -> float:
        """Inches a column needs beside the labels; 0 for those that take what is left."""
        if isinstance(column, Words):
            lines = [part for text in [*column.texts, *column.head.split()] for part in text.split("\n")]
            return max(map(len, lines), default=0) * 0.075 + 0.1
        if isinstance(column, Ranks):
            return min(1.6, max(0.75, 0.17 * len(column.cells)))
        if isinstance(column, Brackets):
            return max(0.85, 0.16 * (max(column.columns, default=0) + 1))
        if isinstance(column, Circles) and any(isinstance(other, Dots | Bars) for other in self.chart.columns):
            return 0.66 * len(column.heads)
        return 0.0

    def _row_height(self, names: Sequence[str]) -> float:
        least, deepest = 0.4, depth(names)
        for column in self.chart.columns:
            if isinstance(column, Dots):
                least = max(least, 0.46 * column.prints, 0.16 + 0.17 * len(column.series))
            elif isinstance(column, Bars):
                least = max(least, 0.5)
            elif isinstance(column, Words):
                deepest = max(deepest, depth(column.texts))
        return max(least, 0.215 * (deepest + 0.3)) + self.stretch

    def _block(self, at: int) -> None:
        """Heading above the first line of a block, and the legend of its bars where it is another than that above."""
        lines = self.chart.lines
        if lines[at].block and (at == 0 or lines[at].block != lines[at - 1].block):
            self.y += 0.1 if at else 0
            self._add(EDGE, self.y + 0.15, lines[at].block, size=NORMAL, bold=True)
            self.y += 0.32
        if at:
            self._legend(at)

    def _legend(self, at: int) -> None:
        """What the colours of dots stand for, and those of bars where they are others than in the line above; in as
        many lines as they need."""
        for column in self.chart.columns:
            if isinstance(column, Dots) and at == 0 and len(column.series) > 1:
                entries, shape = column.series, "circle"
            elif isinstance(column, Bars) and (at == 0 or column.series[at] != column.series[at - 1]):
                entries, shape = column.series[at], "square"
            else:
                continue
            x = EDGE
            for one in filter(lambda entry: entry.name, entries):
                room = 0.32 + 0.066 * len(one.name)
                if x + room > self.width and x > EDGE:
                    x, self.y = EDGE, self.y + 0.22
                fill = PAPER if one.hollow else one.colour
                self.spots.append(Spot(x + 0.08, self.y + 0.12, 0.12, fill, Value(None, ""), shape, one.colour))
                self._add(x + 0.2, self.y + 0.12, one.name)
                x += room
            self.y += 0.28 if any(one.name for one in entries) else 0

    def _heads(self, places: Spans) -> None:
        """Heads of columns, their last lines level; those of many circles turned."""
        heads: list[tuple[float, str, str, bool]] = []
        for column, (x0, x1) in zip(self.chart.columns, places, strict=True):
            if isinstance(column, Circles):
                step = (x1 - x0) / max(1, len(column.heads))
                level = step > LEVEL
                names = wrapped(column.heads, int(step / 0.068)) if level else clipped(column.heads, 24)
                pairs = zip(names, column.heads, strict=True)
                heads += [(x0 + step * (at + 0.5), name, head, level) for at, (name, head) in enumerate(pairs)]
            elif column.head and not self.narrow:
                name = wrapped([column.head], max(7, int((x1 - x0) / 0.07)), 4)[0]
                heads.append(((x0 + x1) / 2, name, column.head, True))
        rooms = [0.165 * depth([name]) if level else 0.068 * len(name) for _, name, _, level in heads]
        self.y += max(rooms, default=0) + 0.08
        for x, name, head, level in heads:
            self._head(x, self.y - 0.07, name, head, level)

    def _head(self, x: float, y: float, words: str, whole: str, level: bool) -> None:
        self._add(x, y, words, whole, down="bottom", **({"across": "center"} if level else {"turned": 90}))

    def _column(
        self, column: Column, x0: float, x1: float, ys: Sequence[float], edges: Spans, height: float, axis: bool = True
    ) -> None:
        if isinstance(column, Dots | Bars):
            self._panel(column, x0, x1, ys, edges, height, axis)
        elif isinstance(column, Circles):
            step = (x1 - x0) / max(1, len(column.heads))
            for y, row in zip(ys, column.cells, strict=True):
                self.spots += [_circle(column, cell, x0 + step * (at + 0.5), y) for at, cell in enumerate(row)]
        elif isinstance(column, Ranks):
            self._ranks(column, x0, x1, ys, edges[-1][1], height)
        elif isinstance(column, Brackets):
            columns = column.columns
            step = min(0.16, (x1 - x0) / (max(columns, default=0) + 1))
            start = (x0 + x1) / 2 - step * max(columns, default=0) / 2
            for place, (first, last) in zip(columns, column.spans, strict=True):
                x = start + step * place
                self.strokes.append(Stroke(x, edges[first][0] + 0.07, x, edges[last][1] - 0.07, ACCENT, 2.5))
        elif isinstance(column, Words) and not self.narrow:
            look: dict[str, Any] = {"bold": column.strong, "colour": INK if column.strong else MUTED, "size": NORMAL}
            for y, words in zip(ys, column.texts, strict=True):
                self._add((x0 + x1) / 2, y, words, across="center", **look)

    def _panel(
        self, column: Dots | Bars, x0: float, x1: float, ys: Sequence[float], edges: Spans, height: float, axis: bool
    ) -> None:
        top, bottom = edges[0][0], edges[-1][1]
        under: dict[str, Any] = {"across": "center", "down": "top"}
        marks: list[tuple[float, str]] = []
        if isinstance(column, Dots):
            if axis:
                found = ticks(column.start, column.end, int((x1 - x0) / 0.4))
                texts = [f"{100 * tick:.0f}\u00a0%" if column.is_share else f"{tick:g}" for tick in found]
                marks = [(tick, text.translate(_GERMAN)) for tick, text in zip(found, texts, strict=True)]
                words = wrapped([column.axis], int((x1 - x0 + 0.5) / 0.066), 3)[0]
                self.axis = max(self.axis, 0.28 + 0.17 * depth([words]) * bool(words))
                self._add((x0 + x1) / 2, bottom + 0.26, words, column.axis, **under)
            at = [(tick, RULE, 0.8) for tick, _ in marks]
            at += [(column.mark_at[0], MUTED, 1.0)] if column.mark_at else []
            # In a narrow plan words stand between the marks, and lines of the axis would run through them.
            runs = [(y - 0.17, y + 0.17) for y in ys] if self.narrow else [(top, bottom)]
            for value, colour, width in at:
                x = x0 + (value - column.start) * ((x1 - x0) / (column.end - column.start))
                self.strokes += [Stroke(x, y0, x, y1, colour, width, colour == MUTED) for y0, y1 in runs]
        elif column.axis:
            self._add((x0 + x1) / 2, bottom + 0.06, column.axis, **under)
            self.axis = max(self.axis, 0.24)
        self.panels.append(Panel(column, x0, x1, top, bottom, ys, height, ticks=marks))

    def _ranks(self, column: Ranks, x0: float, x1: float, ys: Sequence[float], foot: float, height: float) -> None:
        count = len(column.cells)
        xs = _steps(x0, x1, count)
        size = 0.82 * min(0.2, (x1 - x0) / count)
        for y, cell in zip(ys, column.cells, strict=True):
            for rank, x in enumerate(xs, start=1):
                possible = (cell.low or 1) <= rank <= (cell.high or count)
                fill = ACCENT if rank == cell.value else POSSIBLE if possible else "none"
                edge = fill if possible or rank == cell.value else RULE
                self.spots.append(Spot(x, y, size, fill, cell, "square", edge))
        if not self.narrow:
            half = (xs[1] - xs[0]) / 2 if count > 1 else 0.1
            names = [(float(rank), str(rank)) for rank in sorted({1, count})]
            # for its axis only: what lies over the squares would keep the pointer from them
            panel = Panel(column, xs[0] - half, xs[-1] + half, foot - 0.02, foot, ys, height, ticks=names)
            self.panels.append(panel)

    # Lines one below the other, for phones

    def _stacked(self) -> None:
        columns, lines = self.chart.columns, self.chart.lines
        graphics = sum(isinstance(column, Dots | Bars | Circles) for column in columns)
        right = self.width - EDGE - (0.3 if any(isinstance(column, Brackets) for column in columns) else 0.05)
        start = EDGE + (1.25 if graphics > 1 else 0)
        self._legend(0)
        for column in columns:
            if isinstance(column, Brackets):
                self._add(self.width - EDGE, self.y + 0.1, f"Klammer: {' '.join(column.head.split())}", across="right")
                self.y += 0.24
            if isinstance(column, Circles):
                self._heads([(start, right)] * len(columns))
        names = wrapped([line.label for line in lines], int((right - EDGE) / LETTER))
        ys: list[list[float]] = [[] for _ in columns]
        edges = []
        for at, (name, line) in enumerate(zip(names, lines, strict=True)):
            self._block(at)
            top = self.y
            self._add(EDGE, self.y + 0.05, name, line.label, down="top", size=NORMAL, colour=INK, bold=True)
            self.y += 0.07 + 0.218 * (name.count("\n") + 1)
            for column, places in zip(columns, ys, strict=True):
                room = _room_below(column)
                if room and (graphics > 1 or isinstance(column, Ranks)):
                    head = column.head if "\n(" in column.head else column.head.replace("\n", " ")
                    self._add(EDGE, self.y + room / 2, wrapped([head], 20, 2)[0], head)
                # A number that stands above its dot needs the upper half.
                places.append(self.y + (room - 0.16 if isinstance(column, Dots) and column.prints else room / 2))
                self.y += room
            self._words_below(at, right)
            self.y += 0.06
            edges.append((top, self.y))
        self.bands += edges[::2]
        for column, places in zip(columns, ys, strict=True):
            x0, x1 = start, right
            if isinstance(column, Dots | Bars):
                x0, x1 = start + 0.15, right - 0.15
            elif isinstance(column, Ranks):
                x0 = EDGE + 1.25
            elif isinstance(column, Brackets):
                x0, x1 = right + 0.05, self.width - EDGE
            self._column(column, x0, x1, places, edges, 0.42 if isinstance(column, Bars) else 0.3, graphics == 1)
        self.y += self.axis

    def _words_below(self, at: int, right: float) -> None:
        found = [(c.below or c.texts)[at] for c in self.chart.columns if isinstance(c, Words)]
        if parts := [text.replace("\n", " ") for text in found if text]:
            whole = "\u00a0· ".join(parts)
            words = wrapped([whole], int((right - EDGE) / 0.063), 9)[0]
            self._add(EDGE, self.y + 0.02, words, whole, down="top", size=SMALL + 0.5)
            self.y += 0.04 + 0.175 * (words.count("\n") + 1)

    # Bars that stand on their lines

    def _upright(self, column: Bars) -> None:
        lines, count = self.chart.lines, len(self.chart.lines)
        x0, x1 = EDGE + 0.1, self.width - EDGE - 0.1
        xs = _steps(x0, x1, count, fill=True)
        step = (x1 - x0) / count
        for bracket in self.chart.columns[1:]:
            if isinstance(bracket, Brackets):
                (first, last), *_ = bracket.spans
                left, right = xs[first] - 0.42 * step, xs[last] + 0.42 * step
                half = LETTER * len(bracket.head) / 2
                x = min(max((left + right) / 2, x0 + half), x1 - half)
                look: dict[str, Any] = {"size": NORMAL, "colour": ACCENT, "bold": True}
                self._add(x, self.y + 0.1, bracket.head, across="center", **look)
                self.strokes.append(Stroke(left, self.y + 0.27, right, self.y + 0.27, ACCENT, 2))
                self.y += 0.35
        top = self.y + 0.2
        bottom = top + (2.3 + self.stretch * count)
        every = max(1, -(-count // int((x1 - x0) / 0.3)))
        labels = wrapped([line.label for line in lines], max(3, int(step * every / 0.08)), 4)
        under: dict[str, Any] = {"down": "top", "size": NORMAL}
        for x, label, line in list(zip(xs, labels, lines, strict=True))[::every]:
            self._add(x, bottom + 0.06, label, line.label, across="center", **under)
        self.panels.append(Panel(column, x0, x1, top, bottom, xs, step, upright=True))
        self.strokes.append(Stroke(x0, bottom, x1, bottom))
        self.y = bottom + 0.1 + LEADING * depth(labels)
        letters = int((x1 - x0) / 2 / 0.078)
        words = [wrapped([end], letters)[0] for end in self.chart.ends]
        for x, across, text, end in zip((x0, x1), ("left", "right"), words, self.chart.ends, strict=True):
            self._add(x, self.y, text, end, across=across, **under)
        self.y += 0.05 + LEADING * depth(words) * any(words)
        axis = wrapped([column.axis], int((x1 - x0) / 0.07))[0]
        self._add((x0 + x1) / 2, self.y, axis, column.axis, across="center", down="top")
        self.y += 0.2 if axis else 0

    # Lines over several heads

    def _letters(self, column: Slope) -> int:
        """How many letters of a name leave turned heads a line each; 0 on a phone that is too narrow for them."""
        if not self.narrow:
            return 30
        return next((few for few in (15, 12) if self._right(few) - 0.86 >= 0.15 * (len(column.heads) - 1)), 0)

    def _right(self, letters: int) -> float:
        """Where names of so many letters begin."""
        names = wrapped([line.label for line in self.chart.lines], letters, 2)
        return self.width - EDGE - LETTER * min(letters, max(len(s) for name in names for s in name.split("\n")))

    def _slope(self, column: Slope, letters: int) -> None:
        count, right = len(self.chart.lines), self._right(letters)
        names = wrapped([line.label for line in self.chart.lines], letters, 2)
        x0, x1 = (EDGE + 0.5, right - 0.24) if self.narrow else (EDGE + 0.6, right - 0.35)
        step = (x1 - x0) / max(1, len(column.heads) - 1)
        xs = [x0 + step * at for at in range(len(column.heads))]
        level = step > LEVEL
        heads = wrapped(column.heads, max(8, int(step / 0.068))) if level else [flat(head) for head in column.heads]
        self.y += 0.1 + (0.165 * depth(heads) if level else 0.074 * max(map(len, heads)))
        for x, head, whole in zip(xs, heads, column.heads, strict=True):
            self._head(x, self.y, head, whole, level)
        room = (0.42 if depth(names) < 2 else 0.46) + self.stretch
        top, bottom = self.y + 0.08, self.y + 0.08 + room * count
        middles = [top + room * (rank - 0.5) for rank in range(1, count + 1)]
        self.bands += [(y - room / 2, y + room / 2) for y in middles[::2]]
        self._add(EDGE, self.y - 0.06, column.axis, down="bottom")
        ranks = [(float(rank), str(rank)) for rank in range(1, count + 1)]
        self.panels.append(Panel(column, x0, x1, top, bottom, xs, room, upright=True, ticks=ranks))
        ends = [top + room * (at - 0.5) for at in spread([row[-1].value or 0 for row in column.cells])]
        places = _apart(ends, names, bottom)
        for line, series, name, y, place in zip(self.chart.lines, column.series, names, ends, places, strict=True):
            if abs(place - y) > 0.02:
                self.strokes.append(Stroke(x1 + 0.1, y, x1 + 0.22, place, series.colour))
            colour = MUTED if series.colour == SOFT else series.colour  # which can be read
            self._add(x1 + 0.26, place, name, line.label, colour=colour, size=10.5)
        self.y = bottom


def _circle(column: Circles, cell: Value, x: float, y: float) -> Spot:
    """Its area grows with the count; a small dash for none."""
    if not cell.value:
        return Spot(x, y, 0.02, "none", cell, text=cell.text, ink=MUTED)
    part = 0.0 if column.largest <= 1 else max(0.0, cell.value - 1) / (column.largest - 1)
    fill, ink = (ACCENT, PAPER) if cell.value >= 0.4 * column.largest else (LIGHT, INK)
    return Spot(x, y, 2 * (0.115**2 + part * (0.185**2 - 0.115**2)) ** 0.5, fill, cell, text=cell.text, ink=ink)


def _room_below(column: Column) -> float:
    """Height of what a column shows of a line below its label."""
    if isinstance(column, Dots):
        return max(0.46 if column.prints else 0.34, 0.16 * len(column.series) + 0.1)
    return 0.42 if isinstance(column, Bars | Circles) else 0.26 if isinstance(column, Ranks) else 0.0


def spread(values: Sequence[float]) -> list[float]:
    """Where lines that share a rank stand: side by side, never so far apart that one would be read as the next rank."""
    places = []
    for at, value in enumerate(values):
        sharing = [other for other, same in enumerate(values) if same == value]
        places.append(value + (sharing.index(at) - (len(sharing) - 1) / 2) * min(0.16, 0.9 / len(sharing)))
    return places


def _apart(ends: Sequence[float], names: Sequence[str], bottom: float) -> list[float]:
    """Where each name stands: beside the end of its line, moved away from its neighbours where too close."""
    half = [0.205 * (name.count("\n") + 1) / 2 for name in names]
    order = sorted(range(len(names)), key=lambda at: (ends[at], at))
    places, edge = list(ends), -float("inf")
    for at in order:
        places[at] = max(places[at], edge + half[at])
        edge = places[at] + half[at]
    edge = bottom
    for at in reversed(order):
        places[at] = min(places[at], edge - half[at])
        edge = places[at] - half[at]
    return places


def _steps(x0: float, x1: float, count: int, *, fill: bool = False) -> list[float]:
    """Middles of so many places from `x0` to `x1`, no wider than a square of ranks unless they are to `fill` it."""
    step = (x1 - x0) / max(1, count)
    step = step if fill else min(0.2, step)
    start = (x0 + x1 - step * count) / 2
    return [start + step * (at + 0.5) for at in range(count)]


def ticks(start: float, end: float, most: int) -> list[float]:
    """Round values from `start` to `end`, at most about `most` steps."""
    steps = [base * 10.0**power for power in range(-3, 7) for base in (1, 2, 5)]
    step = next((one for one in steps if (end - start) / one <= max(2, most)), end - start)
    first = -(-start // step)
    return [round((first + at) * step, 6) for at in range(int((end - first * step) / step + 1e-9) + 1)]


def side_of(value: Value, panel: Panel) -> str:
    """On which side of its dot a number stands above it: away from the ends of the axis and from the marked value."""
    column, at = panel.column, value.value or 0.0
    start, end = panel.axis
    part = (at - start) / (end - start)
    if part < 0.05 or part > 0.95:
        return "right" if part < 0.05 else "left"
    mark = column.mark_at if isinstance(column, Dots) else None
    if mark is not None and abs(at - mark[0]) / (end - start) * (panel.x1 - panel.x0) < 0.2:
        return "right" if at >= mark[0] else "left"
    return "center"


def offsets(panel: Panel, count: int) -> list[float]:
    """Where the dots of several series stand around the middle of a line."""
    step = min(0.17, panel.room / (count + 1))
    return [step * (at - (count - 1) / 2) for at in range(count)]


def fits(text: str, inches: float) -> bool:
    return bool(text) and 0.08 * len(text) + 0.04 <= inches


def ink_on(colour: str) -> str:
    """The colour of letters on a filled ground: 4.5 : 1 on all colours of ours, also where page.css inverts them."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#ffffff" if 0.3 * red + 0.59 * green + 0.11 * blue < 140 else INK


def flat(head: str) -> str:
    """A head on one line."""
    return head.replace("-\n", "").replace("\n", " ")
