"""Distributions as stacked bars: the points an area received, and all scale questions side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..round_file import Question, Scale
from . import german
from .evidence import Evidence, Row, plain, plain_interval
from .figure import (
    INK,
    MUTED,
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
from .labels import LINE_SPACING, class_label, segment_label, short_label, wrapped
from .protection import shown_segments, withheld_segments
from .sentences import is_invented, sorted_means, top_box_range

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure as Drawing

WIDTH = 8.6  # inches
NEUTRAL = "#dfe4e9"
LIGHT_TO_DARK = ("#c3d7e4", "#95bbd3", "#3d7ca4", "#23699a", "#0a4f79", "#062f49")


@dataclass(frozen=True)
class Part:
    """A piece of a bar: its name, colour, the row behind its length, and whether its number is written in it."""

    name: str
    colour: str
    row: Row


@dataclass(frozen=True)
class Bar:
    label: str
    parts: list[Part]
    remark: str = ""

    @property
    def total(self) -> float:
        return sum(part.row.value for part in self.parts)


def distribution_chart(evidence: Evidence, question: Question) -> Figure:
    """How the points for each area are spread over people: one bar per area, one part per band of points."""
    bands: dict[str, list[tuple[str, Row]]] = {}
    for row in evidence.rows(question, "points_band_count"):
        area, band = row.item.split("|")
        bands.setdefault(area, []).append((band, row))
    bars = []
    for mean in sorted_means(evidence, question):
        colours = (NEUTRAL, *LIGHT_TO_DARK)
        parts = [
            Part(_band(band), colours[min(place, len(colours) - 1)], row)
            for place, (band, row) in enumerate(bands.get(mean.item, []))
        ]
        bars.append(Bar(short_label(evidence.round, mean.item), parts))
    n = evidence.row(question, "respondents").n
    caption = f"Zahl der Personen nach vergebenen Punkten, n = {german.number(n)}. {source_line(evidence.round)}"
    title = _honest("Wie viele Punkte gaben einzelne Personen?", evidence, question)
    rows = evidence.frame(question, ["points_band_count"])
    return stacked_bars(f"verteilung_{question.id}", title, caption, bars, rows)


def _band(band: str) -> str:
    return "keine" if band == "0" else band.replace("-", "–")


def scales_chart(evidence: Evidence, questions: list[Question]) -> Figure:
    """All scale questions as bars of 100 %: below the top box in greys, the top box in blues, its share beside it."""
    import pandas as pd

    bars = []
    for question in questions:
        scale = question.scale
        if scale is None:
            raise ValueError(f"{question.id}: expected a question of type scale, saw {question.type}")
        rows = evidence.rows(question, "share")
        low = [row for row in rows if int(row.item) < scale.top_box[0]]
        top = [row for row in rows if scale.top_box[0] <= int(row.item) <= scale.top_box[1]]
        blues = LIGHT_TO_DARK[1 : 1 + len(top)] if len(top) <= 5 else (LIGHT_TO_DARK[4],) * len(top)
        high = [row for row in rows if int(row.item) > scale.top_box[1]]
        colours = [*_greys(len(low))[::-1], *blues, *_greys(len(high))]
        names = {row.item: scale.label_of(int(row.item)) if scale.is_verbal else row.item for row in rows}
        parts = [Part(names[row.item], colour, row) for row, colour in zip([*low, *top, *high], colours, strict=True)]
        share = evidence.row(question, "top_box_share")
        remark = f"{top_box_range(scale)}: {plain(share)}\n({plain_interval(share)})"
        bars.append(Bar(f"{question.label} (n = {german.number(share.n)})", parts, remark))
    invented = any(is_invented(evidence, question, "share") for question in questions)
    title = "Alle Skalenfragen im Vergleich" + (" (Lage der Balken nachgebildet)" if invented else "")
    caption = (
        f"Anteile der Antworten je Skalenwert, vom niedrigsten zum höchsten; blau die Stufen, die vorab als Zustimmung "
        f"festgelegt wurden, in Klammern ihr 95-%-Unsicherheitsbereich. {source_line(evidence.round)}"
    )
    frames = [evidence.frame(question, ["share", "top_box_share"]) for question in questions]
    return stacked_bars("skalen_vergleich", title, caption, bars, pd.concat(frames, ignore_index=True))


def scale_groups_chart(evidence: Evidence, question: Question) -> Figure:
    """One scale question by participant group, as bars of 100 % in the classes that groups are shown in; the top box in
    blues, its share beside it."""
    import pandas as pd

    scale = question.scale
    if scale is None:
        raise ValueError(f"{question.id}: expected a question of type scale, saw {question.type}")
    segments = ["all", *shown_segments(evidence, question)]
    bars = []
    for segment in segments:
        share = evidence.row(question, "top_box_share", segment=segment)
        parts = _class_parts(evidence, question, scale, segment)
        remark = f"{top_box_range(scale)}: {plain(share)}\n({plain_interval(share)})"
        bars.append(Bar(f"{segment_label(evidence.round, segment)}\n(n = {german.number(share.n)})", parts, remark))
    withheld = [segment_label(evidence.round, name) for name in withheld_segments(evidence, question)]
    reason = f"Zum Schutz einzelner Personen nicht einzeln gezeigt: {german.listing(withheld)}. " if withheld else ""
    caption = (
        f"Anteile der Antworten je Klasse von Stufen, von der niedrigsten ({scale.low_label}) zur höchsten "
        f"({scale.high_label}); blau die Stufen, die vorab als Zustimmung festgelegt wurden (ihr "
        f"95-%-Unsicherheitsbereich steht in der Tabelle). {reason}{source_line(evidence.round)}"
    )
    invented = is_invented(evidence, question, "segments")
    title = f"{question.label} nach Teilnehmergruppen" + (" (nachgebildet)" if invented else "")
    names = ["respondents", "class_share", "top_box_share"]
    rows = pd.concat([evidence.frame(question, names, segment=segment) for segment in segments], ignore_index=True)
    return stacked_bars(f"gruppen_{question.id}", title, caption, bars, rows)


def _class_parts(evidence: Evidence, question: Question, scale: Scale, segment: str) -> list[Part]:
    rows = [evidence.row(question, "class_share", item, segment=segment) for item in scale.class_items()]
    first, last = scale.top_box
    inside = [first <= low and high <= last for low, high in scale.shown_classes()]
    blues = iter(LIGHT_TO_DARK[2 : 2 + sum(inside)] if sum(inside) < 4 else (LIGHT_TO_DARK[4],) * sum(inside))
    before = inside.index(True)
    greys = iter([*_greys(before)[::-1], *_greys(len(inside) - before - sum(inside))])
    return [
        Part(class_label(row.item), next(blues) if is_top else next(greys), row)
        for row, is_top in zip(rows, inside, strict=True)
    ]


def _greys(count: int) -> list[str]:
    """Shades of grey that grow darker, however many, and stay light enough for dark letters."""
    step = min(14.0, 56 / max(1, count))
    values = [round(238 - step * place) for place in range(count)]
    return [f"#{value:02x}{value + 4:02x}{value + 9:02x}" for value in values]


def _honest(title: str, evidence: Evidence, question: Question) -> str:
    return f"{title} (nachgebildet)" if is_invented(evidence, question, "points_band_count") else title


def stacked_bars(name: str, title: str, caption: str, bars: list[Bar], rows) -> Figure:
    """The figure of these bars; `rows` are the estimates behind it."""
    words = []
    for bar in bars:
        filled = [f"{part.name}: {plain(part.row)}" for part in bar.parts if part.row.value]
        words.append(f"{' '.join(bar.label.split())}: {', '.join(filled)}")
    return Figure(
        name=name,
        title=title,
        caption=caption,
        alt=f"Gestapelte Balken. {'; '.join(words)}.",
        rows=rows,
        draw=lambda: _draw(bars),
        interactive=_interactive(bars),
    )


def ink_on(colour: str) -> str:
    """The colour of letters on a filled bar: 4.5 : 1 on all colours of ours, also where page.css inverts them."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "white" if 0.3 * red + 0.59 * green + 0.11 * blue < 140 else INK


def _draw(bars: list[Bar]) -> Drawing:
    from matplotlib.figure import Figure as Drawing
    from matplotlib.patches import Patch

    labels = wrapped([bar.label for bar in bars], 32)
    above, below, step = 0.5, 0.15, row_inches(labels, 0.52)
    remarks = any(bar.remark for bar in bars)
    with drawing_style():
        drawing = Drawing(figsize=(WIDTH, above + below + step * len(bars)))
        axes = plot_area(drawing, 2.5, below, 4.7 if remarks else 5.8, step * len(bars))
        for place, bar in enumerate(bars):
            start = 0.0
            for part in bar.parts:
                length = part.row.value
                axes.barh(place, length, left=start, height=0.72, color=part.colour, edgecolor="white", lw=0.8)
                if length >= 0.055 * bar.total:
                    text = german.number(100 * length) if part.row.unit == "share" else plain(part.row)
                    axes.text(
                        start + length / 2,
                        place,
                        text,
                        ha="center",
                        va="center",
                        color=ink_on(part.colour),
                        fontsize=10,
                    )
                start += length
            if bar.remark:
                axes.text(1.02 * bar.total, place, bar.remark, va="center", fontsize=10, linespacing=1.1)
        widest = max(bars, key=lambda bar: bar.total)
        axes.set(ylim=(len(bars) - 0.5, -0.5), xticks=[], yticks=range(len(bars)), xlim=(0, widest.total))
        axes.set_yticklabels(labels, va="center", linespacing=LINE_SPACING)
        handles = [Patch(color=part.colour, label=part.name) for part in widest.parts]
        axes.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(-0.01, 1.0),
            ncols=len(handles),
            frameon=False,
            fontsize=9.5,
            handlelength=1,
            handletextpad=0.4,
            columnspacing=0.9,
            labelcolor=MUTED,
        )
    return drawing


def _interactive(bars: list[Bar]) -> go.Figure:
    import plotly.graph_objects as go

    widest = max(bars, key=lambda bar: len(bar.parts))
    labels = plotly_labels([bar.label for bar in bars], 28)
    chart = go.Figure()
    for place, named in enumerate(widest.parts):
        own = [
            (label, bar.label, bar.parts[place])
            for label, bar in zip(labels, bars, strict=True)
            if place < len(bar.parts)
        ]
        shares = [part.row.unit == "share" for *_, part in own]
        chart.add_bar(
            name=named.name,
            orientation="h",
            y=[label for label, *_ in own],
            x=[
                100 * part.row.value if share else part.row.value for share, (*_, part) in zip(shares, own, strict=True)
            ],
            marker={"color": [part.colour for *_, part in own], "line": {"color": "white", "width": 1}},
            text=[plain(part.row) if part.row.value else "" for *_, part in own],
            textposition="inside",
            insidetextanchor="middle",
            insidetextfont={"color": [ink_on(part.colour) for *_, part in own]},
            textangle=0,
            hovertext=[f"{plotly_text(name)}<br>{named.name}: {plain(part.row)}" for _, name, part in own],
            hoverinfo="text",
        )
    chart.update_layout(
        plotly_layout(
            barmode="stack",
            height=120 + row_pixels(labels, 52) * len(bars),
            bargap=0.25,
            margin={"l": 10, "r": 10, "t": 50, "b": 10},
            xaxis={"visible": False, "fixedrange": True},
            yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True},
            uniformtext={"minsize": 11, "mode": "hide"},
            legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        )
    )
    chart.update_layout(showlegend=True)
    return chart
