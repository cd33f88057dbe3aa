"""The picture of the ranking as an interactive chart: dots with intervals, the strip of possible ranks, brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import german
from .evidence import plain, plain_interval
from .figure import ACCENT, INK, RULE, plotly_labels, plotly_layout, plotly_text, row_pixels
from .ranking_lines import POSSIBLE, Line, axis_end, bracket_columns, has_ranks, tier_spans

if TYPE_CHECKING:
    import plotly.graph_objects as go


def _hover(line: Line, n: int | None) -> str:
    parts = [f"<b>{plotly_text(line.label)}</b>", f"{plain(line.mean)} Punkte im Mittel"]
    if line.mean.low is not None:
        parts.append(f"95-%-Unsicherheitsbereich: {plain_interval(line.mean)}")
    if line.rank.low is not None:
        parts.append(f"mögliche Ränge: {plain_interval(line.rank)}")
    if line.tier is not None and line.tier.estimate is not None:
        parts.append(f"Stufe {plain_interval(line.tier)}")
    return "<br>".join([*parts, f"{plain(line.givers)} von {german.number(n)} geben Punkte"])


def interactive_ranking(lines: list[Line], n: int | None, total: int) -> go.Figure:
    """One dot per area, first area on top; `n` ballots of `total` points."""
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
    layout = plotly_layout(
        least=620,
        height=130 + row_pixels(labels, 52) * len(lines),
        margin={"l": 10, "r": 20, "t": 20, "b": 70},
        xaxis={
            "range": [0, axis_end(lines, total)],
            "gridcolor": RULE,
            "zeroline": False,
            "fixedrange": True,
            "title": {"text": f"mittlere Punkte<br>(von {total})", "font": {"size": 13}},
        },
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True, "tickfont": {"color": INK}},
    )
    chart = go.Figure(dots, layout)
    if has_ranks(lines):
        _add_ranks(chart, lines, n)
    return chart


def _add_ranks(chart: go.Figure, lines: list[Line], n: int | None) -> None:
    """The strip of places and the brackets of the drawing beside the dots."""
    import plotly.graph_objects as go

    labels = chart.data[0].y
    cells = [
        (label, rank, line)
        for label, line in zip(labels, lines, strict=True)
        for rank in range(int(line.rank.low or 1), int(line.rank.high or len(lines)) + 1)
    ]
    strip = go.Bar(
        orientation="h",
        y=[label for label, *_ in cells],
        x=[0.86] * len(cells),
        base=[rank - 0.43 for _, rank, _ in cells],
        width=0.4,
        marker={"color": [ACCENT if rank == line.rank.value else POSSIBLE for _, rank, line in cells]},
        hovertext=[_hover(line, n) for *_, line in cells],
        hoverinfo="text",
        xaxis="x2",
        meta={"places": "x"},
    )
    chart.add_trace(strip)
    brackets = _brackets(lines)
    chart.update_layout(
        barmode="overlay",
        shapes=brackets,
        xaxis={"domain": [0, 0.66]},
        xaxis2={
            "domain": [0.72, 1],
            "range": [0.5, len(lines) + 0.5],
            "tickvals": [1, len(lines)],
            "title": {"text": "mögliche<br>Ränge", "font": {"size": 13}},
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        margin={"r": 20 + max([int(one["x0"]) for one in brackets], default=0)},
    )


def _brackets(lines: list[Line]) -> list[dict[str, Any]]:
    """The brackets of the tiers right of the plot, as lines a few pixels apart."""
    spans = tier_spans(lines)
    line = {"color": ACCENT, "width": 3}
    return [
        {
            "type": "line",
            "xref": "paper",
            "xsizemode": "pixel",
            "xanchor": 1,
            "x0": 12 + 11 * column,
            "x1": 12 + 11 * column,
            "y0": first - 0.32,
            "y1": last + 0.32,
            "line": line,
        }
        for column, (_, first, last) in zip(bracket_columns(spans), spans, strict=True)
    ]
