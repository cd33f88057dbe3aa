"""The picture of the ranking: mean points with intervals, sorted, the ranks the data allow, and who gave points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..rounds import Question
from . import german
from .evidence import Evidence, Row, plain, plain_interval
from .figure import (
    ACCENT,
    BAND,
    INK,
    MUTED,
    RULE,
    Figure,
    drawing_style,
    frame_drawing,
    plot_area,
    plotly_labels,
    plotly_layout,
    plotly_text,
    row_inches,
    row_pixels,
    source_line,
)
from .labels import short_label, wrapped
from .sentences import ranking_headline, sorted_means

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

STATISTICS = ["mean_points", "givers", "share_giving_points", "rank", "tier"]
LEFT, PLOT, ROW = 2.45, 2.95, 0.42  # inches: labels, plot, height of a line


@dataclass(frozen=True)
class Line:
    """One area of the picture, with the rows of `estimates` it shows."""

    label: str
    mean: Row
    rank: Row
    givers: Row
    tier: Row | None


def ranking_chart(evidence: Evidence, question: Question) -> Figure:
    """Dot and interval per area, highest mean first; beside it points, possible ranks and givers."""
    tiers = {row.item: row for row in evidence.rows(question, "tier")}
    lines = [
        Line(
            short_label(evidence.round, mean.item),
            mean,
            evidence.row(question, "rank", mean.item),
            evidence.row(question, "givers", mean.item),
            tiers.get(mean.item),
        )
        for mean in sorted_means(evidence, question)
    ]
    n = evidence.row(question, "respondents").n
    ranks = ""
    if _has_ranks(lines):
        ranks = " Rang: Plätze, die mit den Daten vereinbar sind. Stufe: Bereiche, deren Reihenfolge offen ist."
    caption = (
        f"Mittlere Punkte von {question.total}, n = {german.number(n)} Stimmzettel. Linie: 95-%-Unsicherheitsbereich "
        f"für einen gedachten größeren Kreis ähnlicher Teilnehmender.{ranks} {source_line(evidence.round)}"
    )
    title = ranking_headline(evidence, question)
    return Figure(
        name=ranking_name(question),
        title=title,
        caption=caption,
        alt=_alt(lines, n),
        rows=evidence.frame(question, STATISTICS),
        draw=lambda standalone: _draw(lines, n, question.total, (title, caption) if standalone else None),
        interactive=_interactive(lines, n, question.total),
    )


def ranking_name(question: Question) -> str:
    return f"rangfolge_{question.id}"


def _has_ranks(lines: list[Line]) -> bool:
    return any(line.rank.low is not None for line in lines)


def _alt(lines: list[Line], n: int | None) -> str:
    parts = []
    for line in lines:
        ranks = f", Rang {plain_interval(line.rank)}" if line.rank.low is not None else ""
        area = f" (Bereich {plain_interval(line.mean)}{ranks})" if line.mean.low is not None else ""
        parts.append(f"{line.label} {plain(line.mean)} Punkte{area}")
    return f"Punktdiagramm der mittleren Punkte aus {german.number(n)} Stimmzetteln, absteigend: {'; '.join(parts)}."


def _axis_end(lines: list[Line], total: int) -> float:
    top = max(max(line.mean.high or 0, line.mean.value) for line in lines)
    return min(total * 1.02, 5 * (top // 5 + 1))


def _draw(lines: list[Line], n: int | None, total: int, frame: tuple[str, str] | None) -> Drawing:
    from matplotlib.figure import Figure as Drawing

    top, bottom = (1.0 if frame else 0.5), (1.3 if frame else 0.6)
    labels = wrapped([line.label for line in lines], 30)
    row = row_inches(labels, ROW)
    width, height = 8.6, top + bottom + row * len(lines)
    with drawing_style():
        drawing = Drawing(figsize=(width, height))
        axes = plot_area(drawing, LEFT, bottom, PLOT, row * len(lines))
        axes.set(xlim=(0, _axis_end(lines, total)), ylim=(len(lines) - 0.5, -0.5), yticks=range(len(lines)))
        axes.set_yticklabels(labels, va="center", linespacing=0.95)
        axes.set_xlabel(f"mittlere Punkte (von {total})")
        axes.grid(axis="x", color=RULE, lw=0.8)
        for place, line in enumerate(lines):
            _draw_line(axes, place, line)
        _draw_columns(axes, lines, n, width)
        _draw_tiers(axes, lines)
        if frame:
            frame_drawing(drawing, *frame)
    return drawing


def _draw_line(axes: Axes, place: int, line: Line) -> None:
    mean = line.mean
    if mean.low is not None and mean.high is not None:
        axes.plot([mean.low, mean.high], [place, place], color=ACCENT, lw=3.5, alpha=0.4, solid_capstyle="butt")
    axes.plot(mean.value, place, "o", color=ACCENT, ms=8, clip_on=False)


def _draw_columns(axes: Axes, lines: list[Line], n: int | None, width: float) -> None:
    """Bands across the picture and, right of the plot, one column of numbers per statistic."""
    beside = axes.get_yaxis_transform()
    columns = [("Punkte", 0.35, lambda line: plain(line.mean)), ("95 %", 1.0, lambda line: plain_interval(line.mean))]
    if _has_ranks(lines):
        columns.append(("Rang", 1.65, lambda line: plain_interval(line.rank)))
    columns.append((f"geben\n(von {german.number(n)})", 2.25, lambda line: plain(line.givers)))
    left, right = (0.15 - LEFT) / PLOT, (width - 0.1 - LEFT) / PLOT
    for place, line in enumerate(lines):
        if place % 2 == 0:
            band = [(left, place - 0.5), (right, place - 0.5), (right, place + 0.5), (left, place + 0.5)]
            axes.fill(*zip(*band, strict=True), color=BAND, lw=0, transform=beside, clip_on=False, zorder=0)
        for head, inches, text in columns:
            style: dict[str, Any] = {"weight": "bold"} if head == "Punkte" else {"color": MUTED}
            axes.text(1 + inches / PLOT, place, text(line), transform=beside, ha="center", va="center", **style)
    for head, inches, _ in columns:
        x = 1 + inches / PLOT
        axes.text(
            x, -0.6, head, transform=beside, ha="center", va="bottom", fontsize=9.5, color=MUTED, linespacing=1.05
        )


def tier_spans(lines: list[Line]) -> list[tuple[int, int, int]]:
    """(tier, first line, last line) for every tier; a tier is a run of neighbours, and runs may overlap."""
    members: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        if line.tier is not None and line.tier.low is not None and line.tier.high is not None:
            for tier in range(int(line.tier.low), int(line.tier.high) + 1):
                members.setdefault(tier, []).append(place)
    return [(tier, min(places), max(places)) for tier, places in sorted(members.items())]


def _draw_tiers(axes: Axes, lines: list[Line]) -> None:
    """A bracket per tier at the right edge, overlapping tiers side by side."""
    spans = tier_spans(lines)
    for tier, first, last in spans:
        x = 1 + (2.62 + 0.16 * ((tier - 1) % 3)) / PLOT
        axes.plot(
            [x, x],
            [first - 0.32, last + 0.32],
            color=ACCENT,
            lw=2.5,
            transform=axes.get_yaxis_transform(),
            clip_on=False,
            solid_capstyle="butt",
        )
    if spans:
        x = 1 + 2.78 / PLOT
        style: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": 9.5, "color": MUTED}
        axes.text(x, -0.6, "Stufe", transform=axes.get_yaxis_transform(), **style)


def _hover(line: Line, n: int | None) -> str:
    parts = [f"<b>{plotly_text(line.label)}</b>", f"{plain(line.mean)} Punkte im Mittel"]
    if line.mean.low is not None:
        parts.append(f"95-%-Unsicherheitsbereich: {plain_interval(line.mean)}")
    if line.rank.low is not None:
        parts.append(f"mögliche Ränge: {plain_interval(line.rank)}")
    if line.tier is not None and line.tier.estimate is not None:
        parts.append(f"Stufe {plain_interval(line.tier)}")
    return "<br>".join([*parts, f"{plain(line.givers)} von {german.number(n)} geben Punkte"])


def _interactive(lines: list[Line], n: int | None, total: int) -> go.Figure:
    import plotly.graph_objects as go

    means = [line.mean for line in lines]
    above = [(mean.high if mean.high is not None else mean.value) - mean.value for mean in means]
    below = [mean.value - (mean.low if mean.low is not None else mean.value) for mean in means]
    labels = plotly_labels([line.label for line in lines], 26)
    dots = go.Scatter(
        x=[mean.value for mean in means],
        y=labels,
        mode="markers+text",
        marker={"size": 13, "color": ACCENT},
        text=[f"<b>{plain(mean)}</b>" for mean in means],
        textposition="top center",
        cliponaxis=False,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": above,
            "arrayminus": below,
            "color": "rgba(11,92,140,0.4)",
            "thickness": 5,
            "width": 0,
        },
        hovertext=[_hover(line, n) for line in lines],
        hoverinfo="text",
    )
    axis = {"range": [0, _axis_end(lines, total)], "gridcolor": RULE, "zeroline": False, "fixedrange": True}
    layout = plotly_layout(
        height=110 + row_pixels(labels, 52) * len(lines),
        margin={"l": 10, "r": 20, "t": 20, "b": 50},
        xaxis={**axis, "title": {"text": f"mittlere Punkte (von {total})"}},
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True, "tickfont": {"color": INK}},
    )
    return go.Figure(dots, layout)
