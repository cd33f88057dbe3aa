"""The picture of a comparison: mean points of both rounds per area, with intervals, the difference and the tiers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..crosswalk import ComparedQuestion
from ..round_file import Question
from . import german
from .comparison import Comparison
from .comparison_words import OTHER_CHOICE, signed, verdict_of
from .evidence import Evidence, Row, plain, plain_interval
from .figure import (
    ACCENT,
    BAND,
    INK,
    MUTED,
    RULE,
    Figure,
    drawing_style,
    plot_area,
    plotly_labels,
    plotly_layout,
    plotly_text,
    row_inches,
    row_pixels,
    source_line,
)
from .html import Html, note
from .labels import wrapped

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

LEFT, PLOT, ROW, SHIFT = 2.45, 3.3, 0.52, 0.13
LEAST = 480
"""Pixels below which the interactive picture is scrolled: labels and dots side by side."""
STATISTICS = ["mean_points_before", "mean_points_after", "change_mean_points", "change_p_max_t", "equivalence_p_holm"]


@dataclass(frozen=True)
class Line:
    """One compared area: its rows in `changes` and its tier or tiers in either round, where it has one."""

    label: str
    before: Row
    after: Row
    change: Row | None
    tiers: tuple[str, str]


def change_chart(comparison: Comparison, compared: ComparedQuestion) -> Figure:
    """Two dots per area, the earlier round above the later one, the largest later mean first."""
    lines = []
    for item in compared.items:
        before, after = (comparison.row(compared, f"mean_points_{side}", item.id) for side in ("before", "after"))
        if before is None or after is None:
            continue
        tiers = (
            _tier(comparison.earlier, compared.before, item.before),
            _tier(comparison.later, compared.after, item.after),
        )
        lines.append(Line(item.label, before, after, comparison.row(compared, "change_mean_points", item.id), tiers))
    lines.sort(key=lambda line: (-line.after.value, line.label))
    title = _title(comparison, compared)
    dates = tuple(german.date(side.file.date) for side in (comparison.rounds.earlier, comparison.rounds.later))
    caption = (
        f"Mittlere Punkte von {compared.after.total}. Linien: 95-%-Unsicherheitsbereiche je Runde. "
        f"Stufe: Bereiche einer Runde, deren Reihenfolge offen ist. "
        f"{OTHER_CHOICE + ' ' if comparison.has_other_choice(compared) else ''}"
        f"{source_line(comparison.rounds.earlier)} {source_line(comparison.rounds.later)}"
    )
    mine = (comparison.changes["question"] == compared.after.id) & comparison.changes["statistic"].isin(STATISTICS)
    return Figure(
        name=f"veraenderung_{comparison.rounds.earlier.name.replace('-', '_')}_{compared.after.id}",
        title=title,
        caption=caption,
        alt=f"Punktdiagramm der mittleren Punkte in zwei Runden: {'; '.join(_words(line) for line in lines)}.",
        rows=pd.DataFrame(comparison.changes[mine]).reset_index(drop=True),
        draw=lambda: _draw(lines, dates),
        interactive=_interactive(lines, dates),
    )


def points_changes(comparison: Comparison, folder: Path) -> list[Figure | Html]:
    """The picture and the table of every points question both rounds asked; a remark where there is none."""
    from .comparison_tables import points_change_table

    found: list[Figure | Html] = []
    for compared in comparison.questions("points"):
        found += [change_chart(comparison, compared).save(folder), points_change_table(comparison, compared)]
    return found or [note("Keine Punktefrage wurde in beiden Runden vergleichbar gestellt.")]


def _title(comparison: Comparison, compared: ComparedQuestion) -> str:
    changed = [item for item in compared.items if verdict_of(comparison, compared, item.id) == "changed"]
    if not changed:
        return "Für keinen Bereich ist eine Veränderung belegt"
    names = german.listing([f"„{item.label}“" for item in changed])
    return f"Verändert hat sich {names}" if len(changed) == 1 else f"Verändert haben sich {names}"


def _tier(evidence: Evidence, question: Question, ids: tuple[str, ...]) -> str:
    tier = evidence.find(question, "tier", ids[0]) if len(ids) == 1 else None
    return plain_interval(tier) if tier else german.NONE


def _words(line: Line) -> str:
    change = f", Unterschied {signed(line.change.value)}" if line.change else ""
    area = f" (Bereich {plain_interval(line.change)})" if line.change and line.change.low is not None else ""
    return f"{line.label} vorher {plain(line.before)}, nachher {plain(line.after)}{change}{area}"


def _end(lines: list[Line]) -> float:
    return 5 * (max(max(row.high or 0, row.value) for line in lines for row in (line.before, line.after)) // 5 + 1)


def _draw(lines: list[Line], dates: tuple[str, ...]) -> Drawing:
    from matplotlib.figure import Figure as Drawing

    top, bottom = 0.75, 0.6
    width = 8.6
    with drawing_style():
        labels = wrapped([line.label for line in lines], 30)
        row = row_inches(labels, ROW)
        drawing = Drawing(figsize=(width, top + bottom + row * len(lines)))
        axes = plot_area(drawing, LEFT, bottom, PLOT, row * len(lines))
        axes.set(xlim=(0, _end(lines)), ylim=(len(lines) - 0.5, -0.5), yticks=range(len(lines)))
        axes.set_yticklabels(labels, va="center", linespacing=0.95)
        axes.set_xlabel("mittlere Punkte")
        axes.grid(axis="x", color=RULE, lw=0.8)
        beside = axes.get_yaxis_transform()
        for place, line in enumerate(lines):
            if place % 2 == 0:
                axes.axhspan(place - 0.5, place + 0.5, color=BAND, lw=0)
            _dot(axes, place - SHIFT, line.before, MUTED, hollow=True)
            _dot(axes, place + SHIFT, line.after, ACCENT, hollow=False)
            change = signed(line.change.value) if line.change else german.NONE
            axes.text(1.12, place, change, transform=beside, ha="center", va="center", weight="bold")
            axes.text(1.42, place, f"{line.tiers[0]} → {line.tiers[1]}", transform=beside, ha="center", va="center")
        for x, head in ((1.12, "Unterschied"), (1.42, "Stufe")):
            axes.text(x, -0.62, head, transform=beside, ha="center", va="bottom", color=MUTED, fontsize=10)
        axes.text(0, -0.62, f"○ {dates[0]}   ", color=MUTED, va="bottom", fontsize=10)
        axes.text(0.5, -0.62, f"● {dates[1]}", transform=beside, color=ACCENT, va="bottom", fontsize=10)
    return drawing


def _dot(axes: Axes, place: float, row: Row, colour: str, *, hollow: bool) -> None:
    if row.low is not None and row.high is not None:
        axes.plot([row.low, row.high], [place, place], color=colour, lw=3, alpha=0.4, solid_capstyle="butt")
    axes.plot(row.value, place, "o", color=colour, mfc="white" if hollow else colour, mew=1.8, ms=7.5, clip_on=False)


def _interactive(lines: list[Line], dates: tuple[str, ...]) -> go.Figure:
    import plotly.graph_objects as go

    chart = go.Figure()
    labels = plotly_labels([line.label for line in lines], 32)
    for side, colour, symbol, shift in (("before", MUTED, "circle-open", -SHIFT), ("after", ACCENT, "circle", SHIFT)):
        rows: list[Row] = [getattr(line, side) for line in lines]
        chart.add_scatter(
            x=[row.value for row in rows],
            y=[place + shift for place in range(len(lines))],
            meta={"places": "y"},
            mode="markers",
            name=dates[side == "after"],
            marker={"size": 12, "color": colour, "symbol": symbol, "line": {"width": 2, "color": colour}},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [(row.high or row.value) - row.value for row in rows],
                "arrayminus": [row.value - (row.value if row.low is None else row.low) for row in rows],
                "color": colour,
                "thickness": 3,
                "width": 0,
            },
            cliponaxis=False,
            hovertext=[_hover(line, row, dates[side == "after"]) for line, row in zip(lines, rows, strict=True)],
            hoverinfo="text",
        )
    chart.update_layout(
        plotly_layout(
            least=LEAST,
            height=150 + row_pixels(labels, 58) * len(lines),
            margin={"l": 10, "r": 20, "t": 50, "b": 50},
            showlegend=True,
            legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "itemclick": False,
                    "itemdoubleclick": False},
            xaxis={"range": [0, _end(lines)], "gridcolor": RULE, "zeroline": False, "fixedrange": True,
                   "title": {"text": "mittlere Punkte"}},
            yaxis={"range": [len(lines) - 0.5, -0.5], "tickvals": list(range(len(lines))), "ticktext": labels,
                   "automargin": True, "fixedrange": True, "showgrid": False, "zeroline": False,
                   "tickfont": {"color": INK}},
        )
    )  # fmt: skip
    return chart


def _hover(line: Line, row: Row, date: str) -> str:
    parts = [f"<b>{plotly_text(line.label)}</b>, {date}", f"{plain(row)} Punkte"]
    if row.low is not None:
        parts.append(f"95-%-Unsicherheitsbereich {plain_interval(row)}")
    if line.change:
        parts.append(f"Unterschied {signed(line.change.value)}")
    return "<br>".join(parts)
