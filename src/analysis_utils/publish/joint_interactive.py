"""Poll and groups side by side as an interactive chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import german
from .evidence import Row, plain, plain_interval
from .figure import ACCENT, INK, MUTED, PAPER, RULE, plotly_labels, plotly_layout, plotly_text, row_pixels
from .grid_figure import LIGHT, radius_of
from .joint_drawing import SIGNS, Picture
from .labels import depth, wrapped

if TYPE_CHECKING:
    import plotly.graph_objects as go

_FIXED = {"zeroline": False, "fixedrange": True}


def joint_interactive(picture: Picture) -> go.Figure:
    """Points with intervals on the left, a circle per group on the right, the class beside them."""
    import plotly.graph_objects as go

    names = plotly_labels(picture.labels, 24)
    chart = go.Figure(_poll_trace(picture, names))
    if picture.heads:
        chart.add_trace(_group_trace(picture, names))
    dashed = {"color": MUTED, "dash": "dash", "width": 1}
    if picture.has_poll:
        chart.add_shape(
            type="line", xref="x", yref="paper", x0=picture.share, x1=picture.share, y0=0, y1=1, line=dashed
        )
    for name, row in zip(names, picture.rows, strict=True):
        words = f"{SIGNS[row.integration]} {row.integration}"
        chart.add_annotation(text=words, x=0.85, xref="paper", xanchor="left", y=name, showarrow=False)
    chart.update_layout(_layout(picture, names))
    return chart


def _layout(picture: Picture, names: list[str]) -> dict[str, Any]:
    layout = plotly_layout(
        least=620 + 60 * max(0, len(picture.heads) - 3),
        height=130 + row_pixels(names, 52) * len(names),
        margin={"l": 10, "r": 10, "t": 24 + 18 * depth(wrapped(picture.heads, 7)), "b": 50},
        xaxis={
            **_FIXED,
            "gridcolor": RULE,
            "domain": [0, 0.5 if picture.heads else 0.72],
            "range": [0, picture.end],
            "title": {"text": "mittlere Punkte der Umfrage"},
            "visible": picture.has_poll,
        },
        yaxis={
            "autorange": "reversed",
            "automargin": True,
            "fixedrange": True,
            "tickfont": {"color": INK},
            "categoryorder": "array",
            "categoryarray": names,
        },
    )
    return {**layout, **({"xaxis2": _groups_axis(picture.heads)} if picture.heads else {})}


def _groups_axis(heads: list[str]) -> dict[str, Any]:
    return {
        **_FIXED,
        "domain": [0.55, 0.82],
        "range": [-0.5, len(heads) - 0.5],
        "side": "top",
        "tickmode": "array",
        "tickvals": list(range(len(heads))),
        "ticktext": plotly_labels(heads, 7),
        "tickangle": 0,
        "ticklabeloverflow": "allow",
        "showgrid": False,
    }


def span_words(mean: Row) -> str:
    """The interval as it is told beside a number; empty where there is none."""
    return f" (Bereich {plain_interval(mean)})" if mean.low is not None else ""


def _poll_trace(picture: Picture, names: list[str]) -> go.Scatter:
    import plotly.graph_objects as go

    whole = zip(names, picture.labels, picture.rows, strict=True)
    shown = [(name, row.mean, row, label) for name, label, row in whole if row.mean]
    return go.Scatter(
        x=[mean.value for _, mean, *_ in shown],
        y=[name for name, *_ in shown],
        mode="markers+text",
        marker={"size": 12, "color": ACCENT},
        text=[plain(mean) for _, mean, *_ in shown],
        textposition="top center",
        cliponaxis=False,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [(mean.high if mean.high is not None else mean.value) - mean.value for _, mean, *_ in shown],
            "arrayminus": [mean.value - (mean.low if mean.low is not None else mean.value) for _, mean, *_ in shown],
            "color": "rgba(11,92,140,0.4)",
            "thickness": 5,
            "width": 0,
        },
        hovertext=[
            f"<b>{plotly_text(label)}</b><br>{plain(mean)} Punkte{span_words(mean)}<br>{row.integration}"
            for _, mean, row, label in shown
        ],
        hoverinfo="text",
    )


def _group_trace(picture: Picture, names: list[str]) -> go.Scatter:
    import plotly.graph_objects as go

    cells = [
        (number, name, f"<b>{plotly_text(label)}</b><br>{plotly_text(picture.heads[number])}", cell)
        for name, label, row in zip(names, picture.labels, picture.rows, strict=True)
        for number, cell in enumerate(row.by_group)
    ]
    colours = [_colours(cell, picture) for *_, cell in cells]
    return go.Scatter(
        x=[number for number, *_ in cells],
        y=[name for _, name, *_ in cells],
        xaxis="x2",
        meta={"places": "x"},
        mode="markers+text",
        marker={
            "size": [176 * radius_of(cell.value, picture.largest) if cell.value else 1 for *_, cell in cells],
            "color": [ground for ground, _ in colours],
            "opacity": 1,
            "line": {"width": 0},
        },
        text=[plain(cell) if cell.value else german.NONE for *_, cell in cells],
        textfont={"color": [ink for _, ink in colours]},
        hovertext=[f"{told}: {_statements(cell)}" for *_, told, cell in cells],
        hoverinfo="text",
        cliponaxis=False,
    )


def _colours(cell: Row, picture: Picture) -> tuple[str, str]:
    """Of a circle and of the number in it."""
    if not cell.value:
        return PAPER, INK
    return (ACCENT, PAPER) if picture.is_strong(cell) else (LIGHT, INK)


def _statements(cell: Row) -> str:
    return f"{plain(cell)} {'Aussage' if cell.value == 1 else 'Aussagen'}"
