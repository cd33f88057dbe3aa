"""Counts in a grid: a circle per cell whose area grows with the count, the number inside, a dash for none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .evidence import Row, plain
from .figure import (
    ACCENT,
    BAND,
    INK,
    MUTED,
    drawing_style,
    plot_area,
    plotly_labels,
    plotly_layout,
    plotly_text,
    row_inches,
    row_pixels,
)
from .labels import clipped, depth, wrapped

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

LEFT, LINE, RIGHT = 2.55, 0.4, 1.45  # inches: labels, height of a line, remarks
SMALLEST, LARGEST = 0.115, 0.185  # inches: radius of a circle for one and for the largest count
LIGHT = "#9dc3dc"
MOST_LEVEL = 4
"""Up to so many columns their labels stand level, more stand aslant."""


@dataclass(frozen=True)
class Line:
    """A line of the grid: its label, one row of `estimates` per column, and a remark behind them."""

    label: str
    cells: list[Row]
    remark: str = ""


@dataclass(frozen=True)
class Grid:
    """`blocks` are lines under a heading each (empty for none); `remark_head` names the remarks."""

    columns: list[str]
    blocks: list[tuple[str, list[Line]]]
    remark_head: str = ""

    @property
    def lines(self) -> list[Line]:
        return [line for _, block in self.blocks for line in block]

    @property
    def largest(self) -> float:
        return max([cell.value for line in self.lines for cell in line.cells] + [1.0])

    def places(self) -> list[tuple[float, str, Line | None]]:
        """Vertical place, heading and line of everything in the grid, from the top."""
        found: list[tuple[float, str, Line | None]] = []
        place = 0.0
        for heading, block in self.blocks:
            if heading:
                found.append((place, heading, None))
                place += 0.9
            for line in block:
                found.append((place, "", line))
                place += 1
        return found


def grid_drawing(grid: Grid) -> Drawing:
    """The static picture."""
    from matplotlib.figure import Figure as Drawing

    places = grid.places()
    rows = places[-1][0] + 1 if places else 1
    is_level = len(grid.columns) <= MOST_LEVEL
    right = RIGHT if any(line.remark for line in grid.lines) else (0.2 if is_level else 1.0)
    names = wrapped([line.label for line in grid.lines], 30)
    height = row_inches(names, LINE)
    inside = 8.6 - LEFT - right
    heads = wrapped(grid.columns, max(12, int(11 * inside / len(grid.columns)))) if is_level else clipped(grid.columns)
    head = 0.16 + 0.19 * depth(heads) if is_level else 1.2
    above, below = head + 0.15, 0.12
    with drawing_style():
        drawing = Drawing(figsize=(8.6, above + below + height * rows))
        axes = plot_area(drawing, LEFT, below, inside, height * rows)
        axes.set(xlim=(-0.5, len(grid.columns) - 0.5), ylim=(rows - 0.5, -0.5), xticks=[], yticks=[])
        per_column = inside / len(grid.columns)
        striped = 0
        for place, heading, line in places:
            if line is None:
                axes.text(
                    -LEFT / per_column - 0.5 + 0.2 / per_column, place, heading, va="center", color=MUTED, weight="bold"
                )
                continue
            striped += 1
            size = (per_column, height)
            _draw_line(axes, place, line, names[striped - 1], size, right, grid.largest, striped % 2 == 1)
        for column, text in enumerate(heads):
            turned: dict[str, Any] = {"ha": "center"} if is_level else {"ha": "left", "rotation": 32}
            axes.text(column - 0.12, -0.6, text, va="bottom", fontsize=10, color=MUTED, linespacing=0.95, **turned)
        if right == RIGHT:
            x = len(grid.columns) - 0.5 + 0.1 / per_column
            axes.text(x, -0.6, grid.remark_head, va="bottom", fontsize=10, color=MUTED)
    return drawing


def _draw_line(
    axes: Axes,
    place: float,
    line: Line,
    name: str,
    cell_size: tuple[float, float],
    right: float,
    largest: float,
    is_striped: bool,
) -> None:
    from matplotlib.patches import Ellipse

    per_column, height = cell_size
    start, end = -0.5 - (LEFT - 0.1) / per_column, len(line.cells) - 0.5 + (right - 0.1) / per_column
    if is_striped:
        axes.fill([start, end, end, start], [place - 0.5] * 2 + [place + 0.5] * 2, color=BAND, lw=0, clip_on=False)
    axes.text(start + 0.1 / per_column, place, name, va="center", color=INK, linespacing=0.95)
    for column, cell in enumerate(line.cells):
        radius = radius_of(cell.value, largest)
        if not cell.value:
            axes.text(column, place, "–", ha="center", va="center", color=MUTED)
            continue
        colour, ink = _colours(cell.value, largest)
        size = (2 * radius / per_column, 2 * radius / height)
        axes.add_patch(Ellipse((column, place), *size, color=colour, lw=0, zorder=2))
        axes.text(column, place, plain(cell), ha="center", va="center", color=ink, fontsize=10, zorder=3)
    axes.text(len(line.cells) - 0.5 + 0.1 / per_column, place, line.remark, va="center", color=INK, fontsize=10.5)


def radius_of(value: float, largest: float) -> float:
    """Radius in inches; the area grows evenly from one to the largest count."""
    part = 0.0 if largest <= 1 else max(value - 1, 0) / (largest - 1)
    return float((SMALLEST**2 + part * (LARGEST**2 - SMALLEST**2)) ** 0.5)


def _colours(value: float, largest: float) -> tuple[str, str]:
    return (ACCENT, "white") if value >= 0.4 * largest else (LIGHT, INK)


def grid_chart(grid: Grid, hover: Callable[[Line, str, Row], str]) -> go.Figure:
    """The interactive picture; `hover` says what a cell means (line, column label, row)."""
    import plotly.graph_objects as go

    places = grid.places()
    cells = [
        (column, place, label, line, line.cells[column])
        for place, _, line in places
        if line is not None
        for column, label in enumerate(grid.columns)
    ]
    colours = [_colours(cell.value, grid.largest) if cell.value else ("#ffffff", MUTED) for *_, cell in cells]
    marks = go.Scatter(
        x=[column for column, *_ in cells],
        y=[place for _, place, *_ in cells],
        meta={"places": "xy"},
        mode="markers+text",
        marker={
            "size": [176 * radius_of(cell.value, grid.largest) if cell.value else 1 for *_, cell in cells],
            "color": [colour for colour, _ in colours],
            "opacity": 1,
            "line": {"width": 0},
        },
        text=[plain(cell) if cell.value else "–" for *_, cell in cells],
        textfont={"color": [ink for _, ink in colours]},
        hovertext=[hover(line, label, cell) for _, _, label, line, cell in cells],
        hoverinfo="text",
        cliponaxis=False,
    )
    names = plotly_labels([line.label for line in grid.lines], 30)
    return go.Figure(marks, _layout(grid, names))


def _layout(grid: Grid, names: list[str]) -> dict[str, Any]:
    places = grid.places()
    is_level = len(grid.columns) <= MOST_LEVEL
    labels = plotly_labels(grid.columns, 18) if is_level else [plotly_text(label) for label in clipped(grid.columns)]
    longest = max((len(line) for label in labels for line in label.split("<br>")), default=0)
    rows = places[-1][0] + 1 if places else 1
    return plotly_layout(
        annotations=_beside(places, names),
        least=int(370 + max(62, 7.5 * longest if is_level else 0) * len(labels)),
        height=int((90 if is_level else 140) + row_pixels(names, 38) * rows),
        margin={
            "l": 220,
            "r": 130 if any(line.remark for line in grid.lines) else (20 if is_level else 90),
            "t": 34 + 18 * depth(wrapped(grid.columns, 18)) if is_level else 130,
            "b": 10,
        },
        xaxis={
            "side": "top",
            "tickmode": "array",
            "tickvals": list(range(len(labels))),
            "ticktext": labels,
            "ticklabeloverflow": "allow",
            "tickangle": 0 if is_level else -32,
            "range": [-0.5, len(labels) - 0.5],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={"visible": False, "range": [rows - 0.5, -0.6], "fixedrange": True},
    )


def _beside(places: list[tuple[float, str, Line | None]], names: list[str]) -> list[dict[str, Any]]:
    """Names and headings to the left of the picture, remarks to its right."""
    words: list[dict[str, Any]] = []
    named = iter(names)
    for place, heading, line in places:
        at = {"xref": "paper", "y": place, "showarrow": False}
        text, ink = (f"<b>{plotly_text(heading)}</b>", MUTED) if line is None else (next(named), INK)
        left = {"x": 0, "xanchor": "right", "xshift": -8, "align": "right"}
        words.append({**at, **left, "text": text, "font": {"color": ink}})
        if line is not None and line.remark:
            words.append({**at, "x": 1, "xanchor": "left", "xshift": 8, "text": plotly_text(line.remark)})
    return words
