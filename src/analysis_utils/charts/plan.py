"""Where everything of a chart stands, in inches from the upper left: one plan for screen and paper.

A plan is wide (columns beside the labels) or narrow (each label above its marks, numbers below them), so that nothing
needs scrolling sideways on a phone. Words, lines, bands and spots are placed here; what is measured on an axis stands
in panels, and renderers draw it there by its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
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
    Series,
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


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    words: str
    across: str = "left"
    down: str = "middle"
    size: float = NORMAL
    colour: str = INK
    bold: bool = False
    turned: int = 0
    whole: str = ""
    """What `words` break into lines or cut."""


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


@dataclass
class Plan:
    width: float
    height: float = 0.0
    texts: list[Text] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    bands: list[tuple[float, float]] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)

    def add(self, x: float, y: float, words: str, whole: str = "", **how: Any) -> None:
        if words:
            self.texts.append(Text(x, y, words, whole=flat(whole), **how))


def plan_of(chart: Chart, width: float = WIDE, *, framed: bool = False, height: float = 0.0) -> Plan:
    """The plan of a chart; up to `NARROW` it stacks. `framed`: with title, subtitle and caption, to travel alone.
    `height` is filled where that makes lines no more than half as high again."""
    plan = _Planner(chart, width, framed).whole()
    spare = (height - plan.height) / max(1, len(chart.lines))
    if spare > 0:
        plan = _Planner(chart, width, framed, min(spare, 0.22)).whole()
        plan.height = height
    return plan


class _Planner:
    def __init__(self, chart: Chart, width: float, framed: bool, stretch: float = 0.0) -> None:
        self.chart, self.framed, self.stretch, self.narrow = chart, framed, stretch, width <= NARROW
        self.plan = Plan(width)
        self.y, self.axis = 0.08, 0.0

    def whole(self) -> Plan:
        plan, chart = self.plan, self.chart
        if self.framed:
            self._paragraph(chart.title, LARGE, INK, bold=True)
            self._paragraph(chart.subtitle, NORMAL, MUTED)
            self.y += 0.08
        column = chart.columns[0]
        if isinstance(column, Slope) and (letters := self._letters(column)):
            self._slope(column, letters)
        elif isinstance(column, Slope):
            self.chart = replace(chart, columns=[_in_words(column)])
            self._stacked()
        elif chart.upright and isinstance(column, Bars):
            self._upright(column)
        elif self.narrow:
            self._stacked()
        else:
            self._beside()
        if self.framed:
            self.y += 0.1
            self._paragraph(chart.caption, 9, MUTED)
        plan.height = round(self.y + 0.06, 3)
        return plan

    def _paragraph(self, words: str, size: float, colour: str, *, bold: bool = False) -> None:
        import textwrap

        lines = textwrap.wrap(words, int((self.plan.width - 2 * EDGE) / (0.072 * size / NORMAL)))
        height = len(lines) * LEADING * size / NORMAL * 1.08
        self.plan.add(EDGE, self.y, "\n".join(lines), down="top", size=size, colour=colour, bold=bold)
        self.y += height + 0.05

    # Lines with their columns beside them

    def _beside(self) -> None:
        chart, plan = self.chart, self.plan
        longest = max([len(part) for line in chart.lines for part in line.label.split("\n")], default=1)
        left = min(2.75, EDGE + LETTER * min(longest, 30) + GAP)
        names = wrapped([line.label for line in chart.lines], int((left - EDGE - GAP) / LETTER) + 1)
        fixed = [_width(column, chart) for column in chart.columns]
        free = plan.width - left - EDGE - sum(fixed) - GAP * len(fixed)
        wide = [column for column, taken in zip(chart.columns, fixed, strict=True) if not taken]
        least = 1.05 * len(wide)
        if free < least:
            plan.width += least - free
            free = least
        places, x = [], left
        for taken in fixed:
            places.append((x, x + (taken or free / len(wide))))
            x = places[-1][1] + GAP
        self._legend(0)
        self._heads(places)
        height = self._row_height(names)
        centres, self.top = [], self.y
        for at, name in enumerate(names):
            self._block(at)
            if at % 2 == 0:
                plan.bands.append((self.y, self.y + height))
            plan.add(EDGE, self.y + height / 2, name, chart.lines[at].label)
            centres.append(self.y + height / 2)
            self.y += height
        edges = [(centre - height / 2, centre + height / 2) for centre in centres]
        for column, (x0, x1) in zip(chart.columns, places, strict=True):
            self._column(column, x0, x1, centres, edges, height)
        self.y += self.axis

    def _row_height(self, names: Sequence[str]) -> float:
        several = max([len(c.series) for c in self.chart.columns if isinstance(c, Dots)], default=1)
        printed = any(isinstance(c, Dots) and c.prints for c in self.chart.columns)
        has_bars = any(isinstance(c, Bars) for c in self.chart.columns)
        least = 0.5 if has_bars else 0.46 if printed else 0.4
        deepest = max([depth(names)] + [depth(c.texts) for c in self.chart.columns if isinstance(c, Words)])
        return max(least, 0.16 + 0.17 * several, 0.215 * (deepest + 0.3)) + self.stretch

    def _block(self, at: int) -> None:
        """Heading above the first line of a block, and the legend of its bars where it is another than that above."""
        lines = self.chart.lines
        if lines[at].block and (at == 0 or lines[at].block != lines[at - 1].block):
            self.y += 0.1 if at else 0
            self.plan.add(EDGE, self.y + 0.15, lines[at].block, bold=True, colour=MUTED)
            self.y += 0.32
        if at:
            self._legend(at)

    def _legend(self, at: int) -> None:
        """What the colours of dots stand for, and those of bars where they are others than in the line above."""
        for column in self.chart.columns:
            if isinstance(column, Dots) and at == 0 and len(column.series) > 1:
                self._entries([(one, "circle") for one in column.series])
            if isinstance(column, Bars) and (at == 0 or column.series[at] != column.series[at - 1]):
                self._entries([(one, "square") for one in column.series[at]])

    def _entries(self, entries: Sequence[tuple[Series, str]]) -> None:
        """Names of colours, in as many lines as they need."""
        x, plan = EDGE, self.plan
        entries = [(one, shape) for one, shape in entries if one.name]
        for one, shape in entries:
            room = 0.32 + 0.066 * len(one.name)
            if x + room > plan.width and x > EDGE:
                x, self.y = EDGE, self.y + 0.22
            fill = PAPER if one.hollow else one.colour
            plan.spots.append(Spot(x + 0.08, self.y + 0.12, 0.12, fill, Value(None, ""), shape, edge=one.colour))
            plan.add(x + 0.2, self.y + 0.12, one.name, size=SMALL, colour=MUTED)
            x += room
        self.y += 0.28 if entries else 0

    def _heads(self, places: Sequence[tuple[float, float]]) -> None:
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
            how: dict[str, Any] = {"across": "center"} if level else {"turned": 90}
            self.plan.add(x, self.y - 0.07, name, head, down="bottom", size=SMALL, colour=MUTED, **how)

    def _column(
        self,
        column: Column,
        x0: float,
        x1: float,
        centres: Sequence[float],
        edges: Sequence[tuple[float, float]],
        height: float,
    ) -> None:
        plan, middle = self.plan, (x0 + x1) / 2
        if isinstance(column, Dots | Bars):
            pad = 0.1 if isinstance(column, Dots) else 0.0
            self._panel(column, x0 + pad, x1 - pad, centres, edges, height)
        elif isinstance(column, Circles):
            self._circles(column, x0, x1, centres)
        elif isinstance(column, Ranks):
            self._ranks(column, x0, x1, centres)
            count = len(column.cells)
            ends = _steps(x0, x1, count)
            half = (ends[1] - ends[0]) / 2 if count > 1 else 0.1
            names = [(float(rank), str(rank)) for rank in sorted({1, count})]
            foot = edges[-1][1]  # for its axis only: what lies over the squares would keep the pointer from them
            panel = Panel(column, ends[0] - half, ends[-1] + half, foot - 0.02, foot, centres, height, ticks=names)
            plan.panels.append(panel)
        elif isinstance(column, Brackets):
            self._brackets(column, x0, x1, edges)
        elif isinstance(column, Words):
            for y, words in zip(centres, column.texts, strict=True):
                colour = INK if column.strong else MUTED
                plan.add(middle, y, words, across="center", bold=column.strong, colour=colour)

    def _panel(
        self,
        column: Dots | Bars,
        x0: float,
        x1: float,
        centres: Sequence[float],
        edges: Sequence[tuple[float, float]],
        height: float,
        *,
        has_axis: bool = True,
    ) -> None:
        plan = self.plan
        top, bottom = edges[0][0], edges[-1][1]
        # In a narrow plan words stand between the marks, and lines of the axis would run through them.
        runs = [(y - 0.17, y + 0.17) for y in centres] if self.narrow else [(top, bottom)]
        marks: list[tuple[float, str]] = []
        if isinstance(column, Dots):
            scale = (x1 - x0) / (column.end - column.start)
            if has_axis:
                found = ticks(column.start, column.end, int((x1 - x0) / 0.4))
                texts = [f"{100 * tick:.0f}\u00a0%" if column.is_share else f"{tick:g}" for tick in found]
                marks = [(tick, text.translate(_GERMAN)) for tick, text in zip(found, texts, strict=True)]
                axis = wrapped([column.axis], int((x1 - x0 + 0.5) / 0.066), 3)[0]
                self.axis = max(self.axis, 0.28 + 0.17 * depth([axis]) * bool(axis))
                how: dict[str, Any] = {"across": "center", "down": "top", "size": SMALL, "colour": MUTED}
                plan.add((x0 + x1) / 2, bottom + 0.26, axis, column.axis, **how)
            lines = [(x0 + (tick - column.start) * scale, RULE, 0.8) for tick, _ in marks]
            if column.mark_at:
                lines.append((x0 + (column.mark_at[0] - column.start) * scale, MUTED, 1.0))
            plan.strokes += [
                Stroke(x, y0, x, y1, colour, width, colour == MUTED) for x, colour, width in lines for y0, y1 in runs
            ]
        elif column.axis:
            plan.add((x0 + x1) / 2, bottom + 0.06, column.axis, across="center", down="top", size=SMALL, colour=MUTED)
            self.axis = max(self.axis, 0.24)
        plan.panels.append(Panel(column, x0, x1, top, bottom, centres, height, ticks=marks))

    def _circles(self, column: Circles, x0: float, x1: float, centres: Sequence[float]) -> None:
        step = (x1 - x0) / max(1, len(column.heads))
        for y, row in zip(centres, column.cells, strict=True):
            for at, cell in enumerate(row):
                x = x0 + step * (at + 0.5)
                if not cell.value:
                    self.plan.spots.append(Spot(x, y, 0.02, "none", cell, text=cell.text, ink=MUTED))
                    continue
                part = 0.0 if column.largest <= 1 else max(0.0, cell.value - 1) / (column.largest - 1)
                size = 2 * (0.115**2 + part * (0.185**2 - 0.115**2)) ** 0.5
                fill, ink = (ACCENT, PAPER) if cell.value >= 0.4 * column.largest else (LIGHT, INK)
                self.plan.spots.append(Spot(x, y, size, fill, cell, text=cell.text, ink=ink))

    def _ranks(self, column: Ranks, x0: float, x1: float, centres: Sequence[float]) -> None:
        count = len(column.cells)
        xs = _steps(x0, x1, count)
        size = 0.82 * min(0.2, (x1 - x0) / count)
        for y, cell in zip(centres, column.cells, strict=True):
            for rank, x in enumerate(xs, start=1):
                possible = (cell.low or 1) <= rank <= (cell.high or count)
                fill = ACCENT if rank == cell.value else POSSIBLE if possible else "none"
                edge = fill if possible or rank == cell.value else RULE
                self.plan.spots.append(Spot(x, y, size, fill, cell, "square", edge))

    def _brackets(self, column: Brackets, x0: float, x1: float, edges: Sequence[tuple[float, float]]) -> None:
        columns = column.columns
        step = min(0.16, (x1 - x0) / (max(columns, default=0) + 1))
        start = (x0 + x1) / 2 - step * max(columns, default=0) / 2
        for place, (first, last) in zip(columns, column.spans, strict=True):
            x = start + step * place
            self.plan.strokes.append(Stroke(x, edges[first][0] + 0.07, x, edges[last][1] - 0.07, ACCENT, 2.5))

    # Lines one below the other, for phones

    def _stacked(self) -> None:
        chart, plan = self.chart, self.plan
        graphics = [c for c in chart.columns if isinstance(c, Dots | Bars | Circles)]
        right = plan.width - EDGE - (0.3 if any(isinstance(c, Brackets) for c in chart.columns) else 0.05)
        start = EDGE + (1.25 if len(graphics) > 1 else 0)
        self._legend(0)
        for column in chart.columns:
            if isinstance(column, Brackets):
                plan.add(
                    plan.width - EDGE,
                    self.y + 0.1,
                    f"Klammer: {' '.join(column.head.splitlines())}",
                    across="right",
                    size=SMALL,
                    colour=MUTED,
                )
                self.y += 0.24
            if isinstance(column, Circles):
                self._heads([(start, right)] * len(chart.columns))
        names = wrapped([line.label for line in chart.lines], int((right - EDGE) / LETTER))
        ys: dict[int, list[float]] = {at: [] for at in range(len(chart.columns))}
        edges = []
        for at, name in enumerate(names):
            self._block(at)
            top = self.y
            plan.add(EDGE, self.y + 0.05, name, chart.lines[at].label, down="top", bold=True)
            self.y += 0.07 + 0.218 * (name.count("\n") + 1)
            for place, column in enumerate(chart.columns):
                room = self._sub_row(column, at, start, right, several=len(graphics) > 1)
                # A number that stands above its dot needs the upper half.
                low = isinstance(column, Dots) and column.prints
                ys[place].append(self.y + (room - 0.16 if low else room / 2))
                self.y += room
            self._words_below(at, right)
            self.y += 0.06
            edges.append((top, self.y))
            if at % 2 == 0:
                plan.bands.append((top, self.y))
        for place, column in enumerate(chart.columns):
            if isinstance(column, Dots | Bars):
                height = 0.42 if isinstance(column, Bars) else 0.3
                self._panel(column, start + 0.15, right - 0.15, ys[place], edges, height, has_axis=len(graphics) == 1)
            elif isinstance(column, Circles):
                self._circles(column, start, right, ys[place])
            elif isinstance(column, Ranks):
                self._ranks(column, EDGE + 1.25, right, ys[place])
            elif isinstance(column, Brackets):
                self._brackets(column, right + 0.05, plan.width - EDGE, edges)
        self.y += self.axis

    def _sub_row(self, column: Column, at: int, start: float, right: float, *, several: bool) -> float:
        """Height of what a column shows of a line below its label; its head stands to the left of it."""
        if isinstance(column, Dots):
            room = max(0.34 if not column.prints else 0.46, 0.16 * len(column.series) + 0.1)
        elif isinstance(column, Bars | Circles):
            room = 0.42
        elif isinstance(column, Ranks):
            room = 0.26
        else:
            return 0.0
        if several or isinstance(column, Ranks):
            head = column.head if "\n(" in column.head else column.head.replace("\n", " ")
            words = wrapped([head], 20, 2)[0]
            self.plan.add(EDGE, self.y + room / 2, words, head, size=SMALL, colour=MUTED)
        return room

    def _words_below(self, at: int, right: float) -> None:
        parts = [text for c in self.chart.columns if isinstance(c, Words) and (text := (c.below or c.texts)[at])]
        if parts:
            whole = "\u00a0· ".join(part.replace("\n", " ") for part in parts)
            words = wrapped([whole], int((right - EDGE) / 0.063), 9)[0]
            self.plan.add(EDGE, self.y + 0.02, words, whole, down="top", size=SMALL + 0.5, colour=MUTED)
            self.y += 0.04 + 0.175 * (words.count("\n") + 1)

    # Bars that stand on their lines

    def _upright(self, column: Bars) -> None:
        plan, count = self.plan, len(self.chart.lines)
        x0, x1 = EDGE + 0.1, plan.width - EDGE - 0.1
        xs = _steps(x0, x1, count, fill=True)
        step = (x1 - x0) / count
        for bracket in self.chart.columns[1:]:
            if isinstance(bracket, Brackets):
                (first, last), *_ = bracket.spans
                left, right = xs[first] - 0.42 * step, xs[last] + 0.42 * step
                half = LETTER * len(bracket.head) / 2
                x = min(max((left + right) / 2, x0 + half), x1 - half)
                plan.add(x, self.y + 0.1, bracket.head, across="center", bold=True, colour=ACCENT)
                plan.strokes.append(Stroke(left, self.y + 0.27, right, self.y + 0.27, ACCENT, 2))
                self.y += 0.35
        top, height = self.y + 0.2, 2.3 + self.stretch * count
        bottom = top + height
        every = max(1, -(-count // int((x1 - x0) / 0.3)))
        labels = wrapped([line.label for line in self.chart.lines], max(3, int(step * every / 0.08)), 4)
        for x, label, line in list(zip(xs, labels, self.chart.lines, strict=True))[::every]:
            plan.add(x, bottom + 0.06, label, line.label, across="center", down="top", colour=MUTED)
        plan.panels.append(Panel(column, x0, x1, top, bottom, xs, step, upright=True))
        plan.strokes.append(Stroke(x0, bottom, x1, bottom))
        self.y = bottom + 0.1 + LEADING * depth(labels)
        letters = int((x1 - x0) / 2 / 0.078)
        words = [wrapped([end], letters)[0] for end in self.chart.ends]
        for x, across, text, end in zip((x0, x1), ("left", "right"), words, self.chart.ends, strict=True):
            plan.add(x, self.y, text, end, across=across, down="top", colour=MUTED)
        self.y += 0.05 + LEADING * depth(words) * any(words)
        axis = wrapped([column.axis], int((x1 - x0) / 0.07))[0]
        plan.add((x0 + x1) / 2, self.y, axis, column.axis, across="center", down="top", size=SMALL, colour=MUTED)
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
        return self.plan.width - EDGE - LETTER * min(letters, max(len(s) for name in names for s in name.split("\n")))

    def _slope(self, column: Slope, letters: int) -> None:
        plan, count = self.plan, len(self.chart.lines)
        names, right = wrapped([line.label for line in self.chart.lines], letters, 2), self._right(letters)
        x0, x1 = (EDGE + 0.5, right - 0.24) if self.narrow else (EDGE + 0.6, right - 0.35)
        step = (x1 - x0) / max(1, len(column.heads) - 1)
        xs = [x0 + step * at for at in range(len(column.heads))]
        level = step > LEVEL
        heads = wrapped(column.heads, max(8, int(step / 0.068))) if level else [flat(head) for head in column.heads]
        self.y += 0.1 + (0.165 * depth(heads) if level else 0.074 * max(map(len, heads)))
        for x, head, whole in zip(xs, heads, column.heads, strict=True):
            how: dict[str, Any] = {"across": "center"} if level else {"turned": 90}
            plan.add(x, self.y, head, whole, down="bottom", size=SMALL, colour=MUTED, **how)
        room = max(0.42, 0.4 if depth(names) < 2 else 0.46) + self.stretch
        top, bottom = self.y + 0.08, self.y + 0.08 + room * count
        for rank in range(1, count + 1):
            y = top + room * (rank - 0.5)
            if rank % 2:
                plan.bands.append((y - room / 2, y + room / 2))
        plan.add(EDGE, self.y - 0.06, column.axis, down="bottom", size=SMALL, colour=MUTED)
        names_ = [(float(rank), str(rank)) for rank in range(1, count + 1)]
        plan.panels.append(Panel(column, x0, x1, top, bottom, xs, room, upright=True, ticks=names_))
        ends = [top + room * (at - 0.5) for at in spread([row[-1].value or 0 for row in column.cells])]
        places = _apart(ends, names, bottom)
        for line, series, name, y, place in zip(self.chart.lines, column.series, names, ends, places, strict=True):
            if abs(place - y) > 0.02:
                plan.strokes.append(Stroke(x1 + 0.1, y, x1 + 0.22, place, series.colour))
            plan.add(x1 + 0.26, place, name, line.label, colour=_readable(series.colour), size=10.5)
        self.y = bottom


def _in_words(column: Slope) -> Words:
    """Each line told head by head, where there is no room to draw it."""
    heads = [flat(head) for head in column.heads]
    told = ["; ".join(f"{head} {cell.text}" for head, cell in zip(heads, row, strict=True)) for row in column.cells]
    return Words("", told)


def spread(values: Sequence[float]) -> list[float]:
    """Where lines that share a rank stand: side by side, never so far apart that one would be read as the next rank."""
    places = []
    for at, value in enumerate(values):
        sharing = [other for other, same in enumerate(values) if same == value]
        apart = min(0.16, 0.9 / len(sharing))
        places.append(value + (sharing.index(at) - (len(sharing) - 1) / 2) * apart)
    return places


def _apart(ends: Sequence[float], names: Sequence[str], bottom: float) -> list[float]:
    """Where each name stands: beside the end of its line, moved away from its neighbours where too close."""
    heights = [0.205 * (name.count("\n") + 1) for name in names]
    order = sorted(range(len(names)), key=lambda at: (ends[at], at))
    places, edge = dict.fromkeys(order, 0.0), -float("inf")
    for at in order:
        places[at] = max(ends[at], edge + heights[at] / 2)
        edge = places[at] + heights[at] / 2
    edge = bottom
    for at in reversed(order):
        places[at] = min(places[at], edge - heights[at] / 2)
        edge = places[at] - heights[at] / 2
    return [places[at] for at in range(len(names))]


def _steps(x0: float, x1: float, count: int, *, fill: bool = False) -> list[float]:
    """Middles of so many places from `x0` to `x1`, no wider than a square of ranks unless they are to `fill` it."""
    step = (x1 - x0) / max(1, count) if fill else min(0.2, (x1 - x0) / max(1, count))
    start = (x0 + x1 - step * count) / 2
    return [start + step * (at + 0.5) for at in range(count)]


def _width(column: Column, chart: Chart) -> float:
    """Inches a column needs beside the labels; 0 for those that take what is left."""
    if isinstance(column, Words):
        lines = [part for text in [*column.texts, *column.head.split()] for part in text.split("\n")]
        return max([len(line) for line in lines], default=0) * 0.075 + 0.1
    if isinstance(column, Ranks):
        return min(1.6, max(0.75, 0.17 * len(column.cells)))
    if isinstance(column, Brackets):
        return max(0.85, 0.16 * (max(column.columns, default=0) + 1))
    if isinstance(column, Circles) and any(isinstance(other, Dots | Bars) for other in chart.columns):
        return 0.66 * len(column.heads)
    return 0.0


def ticks(start: float, end: float, most: int) -> list[float]:
    """Round values from `start` to `end`, at most about `most` steps."""
    span = end - start
    steps = [base * 10.0**power for power in range(-3, 7) for base in (1, 2, 5)]
    step = next((one for one in steps if span / one <= max(2, most)), span)
    first = -(-start // step)
    return [round((first + at) * step, 6) for at in range(int((end - first * step) / step + 1e-9) + 1)]


def side_of(value: Value, column: Dots, inches: float) -> str:
    """On which side of its dot a number stands above it: away from the ends of the axis and from the marked value."""
    at = value.value or 0.0
    part = (at - column.start) / (column.end - column.start)
    if part < 0.05 or part > 0.95:
        return "right" if part < 0.05 else "left"
    near = column.mark_at is not None and abs(at - column.mark_at[0]) / (column.end - column.start) * inches < 0.2
    if near and column.mark_at is not None:
        return "right" if at >= column.mark_at[0] else "left"
    return "center"


def fits(text: str, inches: float) -> bool:
    return bool(text) and 0.08 * len(text) + 0.04 <= inches


def ink_on(colour: str) -> str:
    """The colour of letters on a filled ground: 4.5 : 1 on all colours of ours, also where page.css inverts them."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#ffffff" if 0.3 * red + 0.59 * green + 0.11 * blue < 140 else INK


def flat(head: str) -> str:
    """A head on one line."""
    return head.replace("-\n", "").replace("\n", " ")


def _readable(colour: str) -> str:
    return MUTED if colour == SOFT else colour
