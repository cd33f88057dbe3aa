"""Dots with intervals in panels side by side over the same rows: breadth against amount, and one panel per group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..round_file import Question
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
    plot_area,
    plotly_labels,
    plotly_layout,
    plotly_text,
    row_inches,
    row_pixels,
    source_line,
)
from .html import Html, note
from .labels import depth, segment_label, short_label, wrapped
from .protection import shown_segments, withheld_segments
from .sentences import is_invented, sorted_means
from .stacked_figure import scale_groups_chart

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

NO_GROUP = "Keine Teilnehmergruppe hat genug Antworten, um für sich gezeigt zu werden."
STEP = 0.42  # inches per row


@dataclass(frozen=True)
class Panel:
    """A column of the picture: one row of `estimates` per line, None where there is none; `end` closes the axis."""

    title: str
    rows: list[Row | None]
    end: float

    def mark(self, row: Row | None) -> str:
        """The sign in place of a number: withheld, or nobody gave one."""
        return german.NONE if row is None else german.WITHHELD

    def words(self, row: Row | None) -> str:
        """The number with its interval, or why there is none."""
        if row is None or row.estimate is None:
            return "keine Angabe" if self.mark(row) == german.NONE else "zurückgehalten"
        return plain(row) + (f" ({plain_interval(row)})" if row.low is not None else "")


def giving_chart(evidence: Evidence, question: Question) -> Figure:
    """Breadth and amount per area: the share of people who gave it points, and the mean of what those people gave."""
    items = [row.item for row in sorted_means(evidence, question)]
    share = {row.item: row for row in evidence.rows(question, "share_giving_points")}
    given = {row.item: row for row in evidence.rows(question, "mean_points_given")}
    panels = [
        Panel("Anteil der Personen, die Punkte gaben", [share[item] for item in items], 1),
        _panel("Punkte im Mittel je gebender Person", [given.get(item) for item in items]),
    ]
    n = german.number(evidence.row(question, "respondents").n)
    caption = (
        f"Links der Anteil derer, die dem Bereich Punkte gaben (n = {n}), rechts wie viele Punkte sie ihm im Mittel "
        f"gaben. Linie: 95-%-Unsicherheitsbereich, wo genug Personen Punkte gaben. {source_line(evidence.round)}"
    )
    title = _marked("Viele geben etwas oder wenige viel?", evidence, question, "share_giving_points")
    labels = [short_label(evidence.round, item) for item in items]
    rows = evidence.frame(question, ["share_giving_points", "mean_points_given"])
    return _figure(f"breite_{question.id}", title, caption, labels, panels, rows)


def segment_chart(evidence: Evidence, question: Question) -> Figure | Html:
    """What each participant group said, beside all together. Points: one panel per group with mean points per area.
    Scales: one bar per group, in the classes of the scale. The caption names groups not shown by themselves."""
    import pandas as pd

    if not shown_segments(evidence, question):
        return note(NO_GROUP)
    if question.type == "scale":
        return scale_groups_chart(evidence, question)
    statistic, items = "mean_points", [row.item for row in sorted_means(evidence, question)]
    labels = [short_label(evidence.round, item) for item in items]
    segments = ["all", *shown_segments(evidence, question)]
    found: list[tuple[str, list[Row | None]]] = []
    for segment in segments:
        own = {row.item: row for row in evidence.rows(question, statistic, segment=segment)}
        n = evidence.row(question, "respondents", segment=segment)
        head = f"{segment_label(evidence.round, segment)}\n(n = {german.number(n.n)})"
        found.append((head, [own.get(item) for item in items]))
    end = max(_panel(head, rows).end for head, rows in found)
    panels = [Panel(head, rows, end) for head, rows in found]
    withheld = [segment_label(evidence.round, segment) for segment in withheld_segments(evidence, question)]
    reason = f" Zum Schutz einzelner Personen nicht einzeln gezeigt: {german.listing(withheld)}." if withheld else ""
    line = "Linie: 95-%-Unsicherheitsbereich, bei den Gruppen berechnet mit der Streuung aller Stimmzettel."
    caption = f"Mittlere Punkte je Teilnehmergruppe. {line}{reason} {source_line(evidence.round)}"
    title = _marked(f"{question.label} nach Teilnehmergruppen", evidence, question, "segments")
    rows = pd.concat([evidence.frame(question, ["respondents", statistic], segment=segment) for segment in segments])
    name = f"gruppen_{question.id}"
    return _figure(name, title, caption, labels, panels, rows.reset_index(drop=True))


def _marked(title: str, evidence: Evidence, question: Question, statistic: str) -> str:
    return f"{title} (nachgebildet)" if is_invented(evidence, question, statistic) else title


def _panel(title: str, rows: list[Row | None]) -> Panel:
    tops = [max(row.high or 0, row.value) for row in rows if row is not None and row.estimate is not None]
    return Panel(title, rows, 5 * (max(tops, default=1) // 5 + 1))


def _figure(name: str, title: str, caption: str, labels: list[str], panels: list[Panel], rows) -> Figure:
    words = []
    for panel in panels:
        values = [f"{label} {panel.words(row)}" for label, row in zip(labels, panel.rows, strict=True)]
        words.append(f"{' '.join(panel.title.split())}: {', '.join(values)}")
    fields = "einem Feld" if len(panels) == 1 else f"{german.spelled(len(panels))} Feldern"
    return Figure(
        name=name,
        title=title,
        caption=caption,
        alt=f"Punktdiagramm in {fields}. {'; '.join(words)}.",
        rows=rows,
        draw=lambda: _draw(labels, panels),
        interactive=_interactive(labels, panels),
    )


def _width(panels: list[Panel], whole: float, gap: float) -> float:
    return (whole - gap * (len(panels) - 1)) / len(panels)


def _draw(labels: list[str], panels: list[Panel]) -> Drawing:
    from matplotlib.figure import Figure as Drawing

    labels = wrapped(labels, 30)
    whole = max(8.6, 2.75 + 1.25 * len(panels))
    width = _width(panels, whole - 2.75, 0.22)
    heads = wrapped([panel.title for panel in panels], max(9, int(13 * width)))
    above, below, left = 0.2 + 0.17 * depth(heads), 0.4, 2.45
    height = row_inches(labels, STEP) * len(labels)
    with drawing_style():
        drawing = Drawing(figsize=(whole, above + below + height))
        for panel, head in zip(panels, heads, strict=True):
            axes = plot_area(drawing, left, below, width, height)
            first = left == 2.45
            left += width + 0.22
            for place in range(0, len(labels), 2):
                axes.axhspan(place - 0.5, place + 0.5, color=BAND, lw=0, zorder=0)
            _draw_panel(axes, panel)
            axes.set(ylim=(len(labels) - 0.5, -0.5), yticks=range(len(labels)))
            axes.set_yticklabels(labels if first else [], va="center", linespacing=0.95)
            axes.set_title(head, fontsize=10, color=MUTED, linespacing=1.0, pad=4)
    return drawing


def _draw_panel(axes: Axes, panel: Panel) -> None:
    axes.set(xlim=(0, panel.end), xticks=[])
    for place, row in enumerate(panel.rows):
        if row is None or not row.is_published or row.estimate is None:
            axes.text(panel.end / 2, place, panel.mark(row), ha="center", va="center", color=MUTED, fontsize=14)
            continue
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [place, place], color=ACCENT, lw=3, alpha=0.4, solid_capstyle="butt")
        axes.plot(row.value, place, "o", color=ACCENT, ms=6.5, clip_on=False)
        part = row.value / panel.end
        side = "left" if part < 0.08 else "right" if part > 0.94 else "center"
        axes.text(row.value, place - 0.17, plain(row), ha=side, va="bottom", fontsize=8.5, clip_on=False)


def _interactive(labels: list[str], panels: list[Panel]) -> go.Figure:
    import plotly.graph_objects as go

    names = plotly_labels(labels, 24)
    heads = wrapped([panel.title for panel in panels], 15)
    above = 24 + 17 * depth(heads)
    chart = go.Figure()
    axis = {"gridcolor": RULE, "zeroline": False, "fixedrange": True, "showticklabels": False, "nticks": 4}
    layout = plotly_layout(
        least=int(215 + 114 * len(panels)),
        height=above + 50 + row_pixels(names, 50) * len(labels),
        margin={"l": 10, "r": 20, "t": above, "b": 10},
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True, "tickfont": {"color": INK}},
    )
    left, width = 0.0, _width(panels, 1.0, 0.03)
    for number, panel in enumerate(panels, start=1):
        suffix = "" if number == 1 else str(number)
        layout[f"xaxis{suffix}"] = {**axis, "domain": [left, min(1.0, left + width)], "range": [0, panel.end]}
        chart.add_trace(_trace(labels, names, panel, f"x{suffix}"))
        chart.add_annotation(
            text=plotly_text(heads[number - 1]).replace("\n", "<br>"),
            x=left + width / 2,
            y=1,
            xref="paper",
            yref="paper",
            xanchor="center",
            yanchor="bottom",
            showarrow=False,
            font={"color": MUTED, "size": 13},
        )
        left += width + 0.03
    chart.update_layout(layout)
    return chart


def _trace(labels: list[str], names: list[str], panel: Panel, axis: str) -> go.Scatter:
    import plotly.graph_objects as go

    shown = [row if row is not None and row.is_published and row.estimate is not None else None for row in panel.rows]
    return go.Scatter(
        x=[row.value if row else panel.end / 2 for row in shown],
        y=names,
        xaxis=axis,
        mode="markers+text",
        marker={"size": [11 if row else 0.1 for row in shown], "color": ACCENT},
        text=[plain(row) if row else panel.mark(given) for row, given in zip(shown, panel.rows, strict=True)],
        textposition=["top center" if row else "middle center" for row in shown],
        cliponaxis=False,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [row.high - row.value if row and row.high is not None else 0 for row in shown],
            "arrayminus": [row.value - row.low if row and row.low is not None else 0 for row in shown],
            "color": "rgba(11,92,140,0.4)",
            "thickness": 4,
            "width": 0,
        },
        hovertext=[
            f"<b>{plotly_text(label)}</b><br>{' '.join(plotly_text(panel.title).split())}: {panel.words(row)}"
            for label, row in zip(labels, panel.rows, strict=True)
        ],
        hoverinfo="text",
    )
