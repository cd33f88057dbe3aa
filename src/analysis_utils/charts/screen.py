"""Charts on screen: the plan as a plotly specification, wide and narrow; what a mark tells shows on hovering.

Written as plain JSON: plotly's own objects take longer to load than everything else here. A trace whose coordinates
only place things says so under `meta`; all others draw the numbers they tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .chart import ACCENT, BAND, INK, MUTED, PAPER, Bars, Chart, Dots, Ranks, Slope, Value
from .plan import NARROW, Panel, Plan, Text, fits, ink_on, offsets, plan_of, side_of, spread

INCH = 84
"""Pixels for an inch of the plan: 14 pixels are then the 11.5 points of a drawing."""
Json = dict[str, Any]
_FIXED = {"visible": False, "fixedrange": True, "zeroline": False, "showgrid": False}


def spec(chart: Chart) -> Json:
    """The specification for a page. Below `least` pixels a page draws the one under `narrow` instead, which stretches
    with the page, and shrinks a little below its own width, but no further."""
    plan, small = plan_of(chart), plan_of(chart, NARROW)
    whole, narrow = _spec(plan), _spec(small)
    narrow["layout"]["meta"] = {"width": round(small.width * INCH * (0.98 if small.width <= NARROW else 1))}
    whole["layout"]["meta"] = {"least": round(plan.width * INCH * 0.93), "narrow": narrow}
    return {**whole, "config": {"displayModeBar": False, "responsive": True}}


def _spec(plan: Plan) -> Json:
    on_plan = {"xref": "x", "yref": "y"}
    band = {"type": "rect", "layer": "below", "fillcolor": BAND, "line": {"width": 0}, **on_plan}
    stroke = {"type": "line", **on_plan, "layer": "below"}
    layout: Json = {
        "height": round(plan.height * INCH),
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "separators": ",\u202f",
        "font": {"family": "'Source Sans 3', 'Segoe UI', system-ui, sans-serif", "size": 14, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": "rgba(0,0,0,0)",  # panels lie over the bands
        "showlegend": False,
        "barmode": "stack",
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": ACCENT, "font": {"color": INK}},
        "xaxis": {**_FIXED, "range": [0, plan.width]},
        "yaxis": {**_FIXED, "range": [plan.height, 0]},
        "annotations": [_annotation(text) for text in plan.texts],
        "shapes": [
            {**band, "x0": 0, "x1": plan.width, "y0": round(top, 3), "y1": round(bottom, 3)}
            for top, bottom in plan.bands
        ],
    }
    for one in plan.strokes:
        line = {"color": one.colour, "width": max(1, one.width), "dash": "dash" if one.dashed else "solid"}
        places = {name: round(getattr(one, name), 3) for name in ("x0", "y0", "x1", "y1")}
        layout["shapes"].append({**stroke, "line": line, **places})
    traces = [_spots(plan)] if plan.spots else []
    for number, panel in enumerate(plan.panels, start=2):
        # Bars on one pair of axes would be stacked on each other: every panel has axes of its own.
        x, y = _axes(panel, plan)
        layout[f"xaxis{number}"] = {**x, "anchor": f"y{number}"}
        layout[f"yaxis{number}"] = {**y, "anchor": f"x{number}"}
        traces += [{**trace, "xaxis": f"x{number}", "yaxis": f"y{number}"} for trace in _traces(panel)]
    # A chart of nothing but words still needs a trace for plotly to draw its axes.
    return {"data": traces or [{"type": "scatter", "x": [], "y": []}], "layout": layout}


def shown(text: str) -> str:
    """Text that plotly shows as it is (plotly reads a subset of HTML in labels)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")


def _annotation(text: Text) -> Json:
    found: Json = {
        "x": round(text.x, 3),
        "y": round(text.y, 3),
        "xref": "x",
        "yref": "y",
        "text": f"<b>{shown(text.words)}</b>" if text.bold else shown(text.words),
        "showarrow": False,
        "xanchor": "center" if text.turned else text.across,  # turned words stand on their place
        "yanchor": text.down,
        "align": text.across,
        "borderpad": 0,
        "font": {"size": round(14 * text.size / 11.5, 1), "color": text.colour},
    }
    if text.turned:
        found["textangle"] = -text.turned
    if text.whole not in ("", text.words):
        found["name"] = text.whole  # plotly shows no names; `verify` reads labels there, whatever lines they stand in
    return found


def _axes(panel: Panel, plan: Plan) -> tuple[Json, Json]:
    """A panel's axes; the one that has ticks shows them, and nothing else of itself."""

    def part(start: float, end: float, whole: float) -> list[float]:
        return [round(max(0.0, start / whole), 5), round(min(1.0, end / whole), 5)]

    column, is_slope = panel.column, isinstance(panel.column, Slope)
    x: Json = {**_FIXED, "domain": part(panel.x0, panel.x1, plan.width), "range": list(panel.axis)}
    y: Json = {**_FIXED, "domain": part(plan.height - panel.y1, plan.height - panel.y0, plan.height)}
    if not panel.upright:
        y["range"] = [panel.y1, panel.y0]
    else:
        y["range"] = [0, column.end] if isinstance(column, Bars) else [len(column.cells) + 0.5, 0.5]
    if panel.ticks:
        one = y if is_slope else x
        one |= {"visible": True, "showline": False, "ticks": "", "tickangle": 0, "tickmode": "array"}
        one |= {"tickvals": [value for value, _ in panel.ticks], "ticktext": [shown(words) for _, words in panel.ticks]}
        one["tickfont"] = {"size": 14 if is_slope else 11.6, "color": MUTED}
        one |= {"ticklabelstandoff": 14} if is_slope else {}
    return x, y


def _traces(panel: Panel) -> list[Json]:
    column = panel.column
    if isinstance(column, Ranks):  # its squares are spots; a point that cannot be seen keeps its axis
        return [{"type": "scatter", "meta": {"places": "xy"}, "mode": "markers", "x": [], "y": [], "hoverinfo": "skip"}]
    if isinstance(column, Dots):
        return _dots(column, panel)
    if isinstance(column, Slope):
        return _slope(column)
    return [_columns(column)] if panel.upright else _bars(column, panel)


def _trace(kind: str, places: str, values: Sequence[Value], **more: Any) -> Json:
    """What all traces say; `places` are the coordinates that are no numbers of the chart."""
    told = [shown(value.told).split("<br>", 1) for value in values]
    words = [f"<b>{first}</b>" + "".join(f"<br>{rest}" for rest in others) for first, *others in told]
    hover = {"hovertext": words, "hoverinfo": "text", "cliponaxis": False}
    return {"type": kind, "meta": {"places": places}, **more, **hover}


def _spots(plan: Plan) -> Json:
    spots = plan.spots
    edges = {"width": [1 if spot.edge else 0 for spot in spots], "color": [spot.edge or PAPER for spot in spots]}
    trace = _trace(
        "scatter",
        "xy",
        [spot.value for spot in spots],
        mode="markers+text",
        x=[round(spot.x, 3) for spot in spots],
        y=[round(spot.y, 3) for spot in spots],
        marker={
            "size": [round(INCH * spot.size, 1) for spot in spots],
            "symbol": [spot.shape for spot in spots],
            "color": [PAPER if spot.fill == "none" else spot.fill for spot in spots],
            "opacity": 1,
            "line": edges,
        },
        text=[shown(spot.text) for spot in spots],
        textfont={"color": [spot.ink for spot in spots], "size": 13},
    )
    return {**trace, "hoverinfo": ["text" if spot.value.told else "skip" for spot in spots]}


def _intervals(values: Sequence[Value], colour: str, **more: Any) -> Json:
    def reach(value: float | None, end: float | None) -> float:
        return 0.0 if value is None or end is None else end - value

    return {
        "type": "data",
        "symmetric": False,
        "array": [reach(cell.value, cell.high) for cell in values],
        "arrayminus": [-reach(cell.value, cell.low) for cell in values],
        "color": colour,
        **more,
        "width": 0,
    }


def _dots(column: Dots, panel: Panel) -> list[Json]:
    traces = []
    for at, (series, shift) in enumerate(zip(column.series, offsets(panel, len(column.series)), strict=True)):
        found = [(y, cell) for y, row in zip(panel.places, column.cells, strict=True) if (cell := row[at]) is not None]
        values = [cell for _, cell in found]
        has = [cell.value is not None for cell in values]
        middle = (column.start + column.end) / 2
        red, green, blue = (int(series.colour[place : place + 2], 16) for place in (1, 3, 5))
        sides = [
            f"top {side_of(cell, panel)}" if one else "middle center" for cell, one in zip(values, has, strict=True)
        ]
        trace = _trace(
            "scatter",
            "y",
            values,
            mode="markers+text",
            x=[middle if cell.value is None else cell.value for cell in values],
            y=[round(y + shift, 3) for y, _ in found],
            marker={
                "size": [11 if one else 0.1 for one in has],
                "color": PAPER if series.hollow else series.colour,
                "line": {"color": series.colour, "width": 2 if series.hollow else 0},
                "opacity": 1,
            },
            text=["" if one and not column.prints else shown(cell.text) for cell, one in zip(values, has, strict=True)],
            textfont={"size": [12 if one else 19 for one in has]},
            textposition=sides,
            error_x=_intervals(values, f"rgba({red},{green},{blue},0.4)", thickness=4),
        )
        traces.append(trace)
    return traces


def _bars(column: Bars, panel: Panel) -> list[Json]:
    traces = []
    for at in range(max(map(len, column.cells))):
        lines = zip(panel.places, column.cells, column.series, strict=True)
        own = [(y, row[at], series[at].colour) for y, row, series in lines if at < len(row)]
        values = [cell for _, cell, _ in own]
        inch = (panel.x1 - panel.x0) / column.end
        bars = _intervals(values, INK)
        bars["visible"] = len(column.cells[0]) == 1 and any(cell.low is not None for cell in values)
        trace = _trace(
            "bar",
            "y",
            values,
            orientation="h",
            y=[round(y, 3) for y, *_ in own],
            x=[cell.value or 0.0 for cell in values],
            width=0.68 * panel.room,
            marker={"color": [colour for *_, colour in own], "line": {"color": PAPER, "width": 1}},
            text=[cell.text if fits(cell.text, (cell.value or 0) * inch) else "" for cell in values],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            insidetextfont={"color": [ink_on(colour) for *_, colour in own], "size": 12},
            error_x=bars,
        )
        traces.append(trace)
    return traces


def _columns(column: Bars) -> Json:
    values = [row[0] for row in column.cells]
    return _trace(
        "bar",
        "x",
        values,
        x=list(range(len(values))),
        y=[cell.value or 0.0 for cell in values],
        width=0.78,
        marker={"color": [series[0].colour for series in column.series]},
        text=[cell.text for cell in values] if len(values) <= 24 else [],
        textposition="outside",
    )


def _slope(column: Slope) -> list[Json]:
    levels = [spread([cell.value or 0 for cell in cells]) for cells in zip(*column.cells, strict=True)]
    lines = list(zip(column.series, zip(*levels, strict=True), column.cells, strict=True))
    return [
        _trace(
            "scatter",
            "x",
            row,
            mode="lines+markers",
            x=list(range(len(column.heads))),
            y=list(places),
            line={"color": series.colour, "width": 3},
            marker={"size": 10, "color": series.colour},
        )
        for series, places, row in reversed(lines)
    ]
