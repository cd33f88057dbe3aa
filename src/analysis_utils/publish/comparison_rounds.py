"""All compared rounds side by side, for any number of them: a table of means, and a picture where there are three."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..rounds import Round
from . import german
from .comparison import Comparison, headed
from .comparison_figure import LEAST
from .evidence import Row, plain, plain_interval, shown
from .figure import (
    ACCENT,
    BAND,
    INK,
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
from .html import Html, note, table
from .labels import wrapped

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure as Drawing

LEFT, PLOT, STEP = 2.45, 5.2, 0.19
FIRST_SHADE = "#9aaaba"
"""The earliest round is drawn in this, the latest in the accent; those between in between."""
Lines = dict[str, list[Row | None]]
"""For each label the row of every round, oldest first."""


def compared_in(comparisons: list[Comparison]) -> list[Round]:
    """All rounds of the comparisons, oldest first."""
    return [*(c.rounds.earlier for c in comparisons), comparisons[0].rounds.later]


def lines_of(comparisons: list[Comparison], *kinds: str) -> Lines:
    """The mean of each area or scale in every round. Where a scale was turned round, the pair has a line of its own in
    the direction of its earlier round."""
    lines: Lines = {}
    for place, comparison in enumerate(comparisons):
        for compared in comparison.questions(*kinds):
            points = compared.after.type == "points"
            names = ("mean_points_before", "mean_points_after") if points else ("mean_before", "mean_after")
            for item in compared.items if points else [None]:
                label = f"{headed(compared.after.label)} {item.label}" if item else compared.after.label
                label += ", gespiegelt auf die Richtung der früheren Runde" if compared.reversed else ""
                cells = lines.setdefault(label, [None] * (len(comparisons) + 1))
                cells[place] = comparison.row(compared, names[0], item.id if item else "")
                cells[-1] = comparison.row(compared, names[1], item.id if item else "")
    return lines


def rounds_table(comparisons: list[Comparison]) -> Html:
    """Means of every round side by side, oldest first, for any number of rounds."""
    if not comparisons:
        return note("Für diese Runde ist kein Vergleich vorgesehen.")
    head = ["Frage und Bereich", *(german.date(round_.file.date) for round_ in compared_in(comparisons))]
    rows = [
        [label, *(german.NONE if row is None else shown(row) for row in cells)]
        for label, cells in lines_of(comparisons, "points", "scale").items()
    ]
    caveat = (
        "Ein Strich heißt, dass eine Runde nicht oder nicht vergleichbar danach fragte. Ob sich etwas verändert hat, "
        "sagen die Urteile weiter oben und nicht diese Zahlen."
    )
    return table("Mittelwerte aller Runden", head, rows, name="alle_runden", caveat=caveat)


def rounds_overview(comparisons: list[Comparison], folder: Path) -> None:
    """Show the table, and above it a picture per points question where there are three rounds or more."""
    from IPython.display import display

    if len(comparisons) > 1:
        for question in {q.after.id: None for c in comparisons for q in c.questions("points")}:
            display(rounds_chart(comparisons, question).save(folder))
    display(rounds_table(comparisons))


def rounds_chart(comparisons: list[Comparison], question: str) -> Figure:
    """A dot with its interval per area and round; the areas in the order of the latest means."""
    named = {q.after.id: q.after for c in comparisons for q in c.questions("points")}[question]
    prefix = f"{headed(named.label)} "
    lines = {label.removeprefix(prefix): rows for label, rows in lines_of(comparisons, "points").items()
             if label.startswith(prefix)}  # fmt: skip
    lines = dict(sorted(lines.items(), key=lambda line: -(line[1][-1].value if line[1][-1] else 0)))
    rounds = compared_in(comparisons)
    dates = [german.date(round_.file.date) for round_ in rounds]
    title = f"Mittlere Punkte in {german.spelled(len(rounds))} Runden: {named.label}"
    caption = (
        f"Mittlere Punkte von {named.total}. Linien: 95-%-Unsicherheitsbereiche je Runde; ob sich etwas verändert hat, "
        f"sagen sie nicht. {' '.join(dict.fromkeys(source_line(round_) for round_ in rounds))}"
    )
    names = ["mean_points_before", "mean_points_after"]
    tables = [c.changes[(c.changes["question"] == question) & c.changes["statistic"].isin(names)] for c in comparisons]
    return Figure(
        name=f"alle_runden_{question}",
        title=title,
        caption=caption,
        alt=f"Punktdiagramm: {'; '.join(_words(label, rows, dates) for label, rows in lines.items())}.",
        rows=pd.concat(tables, ignore_index=True),
        draw=lambda: _draw(lines, dates),
        interactive=_interactive(lines, dates),
    )


def _words(label: str, rows: list[Row | None], dates: list[str]) -> str:
    told = [f"{date} {plain(row)}" for row, date in zip(rows, dates, strict=True) if row]
    return f"{label}: {', '.join(told)}"


def _shades(count: int) -> list[str]:
    ends = [[int(shade[k : k + 2], 16) for k in (1, 3, 5)] for shade in (FIRST_SHADE, ACCENT)]
    mixed = [[round(a + (b - a) * k / (count - 1)) for a, b in zip(*ends, strict=True)] for k in range(count)]
    return ["#" + "".join(f"{part:02x}" for part in shade) for shade in mixed]


def _end(lines: Lines) -> float:
    rows = [row for own in lines.values() for row in own if row]
    return 5 * (max(max(row.high or 0, row.value) for row in rows) // 5 + 1)


def _shift(place: int, count: int) -> float:
    """Where the dot of a round stands within the band of its area, which is one high."""
    return (place - (count - 1) / 2) / (count + 1)


def _draw(lines: Lines, dates: list[str]) -> Drawing:
    from matplotlib.figure import Figure as Drawing

    top, bottom = 0.65, 0.6
    with drawing_style():
        labels = wrapped(list(lines), 30)
        row = row_inches(labels, STEP * (len(dates) + 1))
        drawing = Drawing(figsize=(8.6, top + bottom + row * len(lines)))
        axes = plot_area(drawing, LEFT, bottom, PLOT, row * len(lines))
        axes.set(xlim=(0, _end(lines)), ylim=(len(lines) - 0.5, -0.5), yticks=range(len(lines)))
        axes.set_yticklabels(labels, va="center", linespacing=0.95)
        axes.set_xlabel("mittlere Punkte")
        axes.grid(axis="x", color=RULE, lw=0.8)
        for place, own in enumerate(lines.values()):
            if place % 2 == 0:
                axes.axhspan(place - 0.5, place + 0.5, color=BAND, lw=0)
            for at, (one, shade) in enumerate(zip(own, _shades(len(dates)), strict=True)):
                if one:
                    y = place + _shift(at, len(dates))
                    if one.low is not None and one.high is not None:
                        axes.plot([one.low, one.high], [y, y], color=shade, lw=2.5, solid_capstyle="butt")
                    axes.plot(one.value, y, "o", color=shade, ms=6, mec="white", mew=0.6, clip_on=False)
        beside = axes.get_yaxis_transform()
        for at, (date, shade) in enumerate(zip(dates, _shades(len(dates)), strict=True)):
            x, y = (at % 4) / 4, -0.6 - 0.28 * ((len(dates) - 1) // 4 - at // 4)
            axes.text(x, y, "●", color=shade, transform=beside, va="bottom")
            axes.text(x + 0.03, y, date, transform=beside, va="bottom", fontsize=10)
    return drawing


def _interactive(lines: Lines, dates: list[str]) -> go.Figure:
    import plotly.graph_objects as go

    chart, labels = go.Figure(), plotly_labels(list(lines), 32)
    for at, (date, shade) in enumerate(zip(dates, _shades(len(dates)), strict=True)):
        own = [(place, label, rows[at]) for place, (label, rows) in enumerate(lines.items()) if rows[at]]
        rows = [row for _, _, row in own if row]
        chart.add_scatter(
            x=[row.value for row in rows],
            y=[place + _shift(at, len(dates)) for place, _, _ in own],
            meta={"places": "y"},
            mode="markers",
            name=date,
            marker={"size": 10, "color": shade},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [(row.high or row.value) - row.value for row in rows],
                "arrayminus": [row.value - (row.value if row.low is None else row.low) for row in rows],
                "color": shade,
                "thickness": 3,
                "width": 0,
            },
            cliponaxis=False,
            hovertext=[
                f"<b>{plotly_text(label)}</b>, {date}<br>{plain(row)} Punkte ({plain_interval(row)})"
                for _, label, row in own
                if row
            ],
            hoverinfo="text",
        )
    chart.update_layout(
        plotly_layout(
            least=LEAST,
            height=150 + row_pixels(labels, 22 * (len(dates) + 1)) * len(lines),
            margin={"l": 10, "r": 20, "t": 50, "b": 50},
            showlegend=True,
            legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "itemclick": False,
                    "itemdoubleclick": False},
            xaxis={"range": [0, _end(lines)], "gridcolor": RULE, "zeroline": False, "fixedrange": True,
                   "title": {"text": "mittlere Punkte"}},
            yaxis={"range": [len(lines) - 0.5, -0.5], "tickvals": list(range(len(lines))),
                   "ticktext": labels, "automargin": True, "fixedrange": True,
                   "showgrid": False, "zeroline": False, "tickfont": {"color": INK}},
        )
    )  # fmt: skip
    return chart
