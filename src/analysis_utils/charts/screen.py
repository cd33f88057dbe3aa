"""Charts on screen: the plan as a plotly specification, wide and narrow; what a mark tells shows on hovering.

Written as plain JSON: plotly's own objects take longer to load than everything else here. A trace whose coordinates
only place things says so under `meta`; all others draw the numbers they tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .chart import ACCENT, BAND, INK, MUTED, PAPER, Bars, Chart, Dots, Ranks, Slope, Value
from .paper import axis_of, offsets
from .plan import NARROW, Panel, Plan, Text, fits, ink_on, plan_of, side_of, spread

INCH = 84
"""Pixels for an inch of the plan: 14 pixels are then the 11.5 points of a drawing."""
_FIXED = {"visible": False, "fixedrange": True, "zeroline": False, "showgrid": False}


def spec(chart: Chart) -> dict[str, Any]:
    """The specification for a page. Below `least` pixels a page draws the one under `narrow` instead."""
    plan = plan_of(chart)
    whole = _spec(plan)
    whole["layout"]["meta"] = {"least": round(plan.width * INCH * 0.93), "narrow": _narrow(chart)}
    return {**whole, "config": {"displayModeBar": False, "responsive": True}}


def _narrow(chart: Chart) -> dict[str, Any]:
    """Stretches with the page, and shrinks a little below its own width, but no further."""
    plan = plan_of(chart, NARROW)
    found = _spec(plan)
    found["layout"]["meta"] = {"width": round(plan.width * INCH * (0.98 if plan.width <= NARROW else 1))}
    return found


def _spec(plan: Plan) -> dict[str, Any]:
    height = round(plan.height * INCH)
    layout: dict[str, Any] = {
        "height": height,
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
        "annotations": [_annotation(text, plan) for text in plan.texts],
        "shapes": [_band(top, bottom, plan) for top, bottom in plan.bands] + [_stroke(one) for one in plan.strokes],
    }
    traces = [_spots(plan)] if plan.spots else []
    for number, panel in enumerate(plan.panels, start=2):
        layout[f"xaxis{number}"], layout[f"yaxis{number}"] = _axes(panel, plan)
        # Bars on one pair of axes would be stacked on each other: every panel has axes of its own.
        at = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        layout[f"xaxis{number}"]["anchor"], layout[f"yaxis{number}"]["anchor"] = at["yaxis"], at["xaxis"]
        traces += [{**trace, **at} for trace in _traces(panel)]
    # A chart of nothing but words still needs a trace for plotly to draw its axes.
    return {"data": traces or [{"type": "scatter", "x": [], "y": []}], "layout": layout}


def shown(text: str) -> str:
    """Text that plotly shows as it is (plotly reads a subset of HTML in labels)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")


def _told(value: Value) -> str:
    first, _, others = value.told.partition("\n")
    return f"<b>{shown(first)}</b>" + (f"<br>{shown(others)}" if others else "")


def _annotation(text: Text, plan: Plan) -> dict[str, Any]:
    more: dict[str, Any] = {"textangle": -text.turned} if text.turned else {}
    if text.whole not in ("", text.words):
        more["name"] = text.whole  # plotly shows no names; `verify` reads labels there, whatever lines they stand in
    x, across = text.x, text.across
    if text.turned:
        across = "center"  # turned words stand on their place
    return {
        "x": round(x, 3),
        "y": round(text.y, 3),
        "xref": "x",
        "yref": "y",
        "text": f"<b>{shown(text.words)}</b>" if text.bold else shown(text.words),
        "showarrow": False,
        "xanchor": across,
        "yanchor": text.down,
        "align": text.across,
        "borderpad": 0,
        "font": {"size": round(14 * text.size / 11.5, 1), "color": text.colour},
        **more,
    }


def _band(top: float, bottom: float, plan: Plan) -> dict[str, Any]:
    at = {"xref": "x", "yref": "y", "x0": 0, "x1": plan.width, "y0": round(top, 3), "y1": round(bottom, 3)}
    return {"type": "rect", "layer": "below", "fillcolor": BAND, "line": {"width": 0}, **at}


def _stroke(one: Any) -> dict[str, Any]:
    places = {name: round(getattr(one, name), 3) for name in ("x0", "y0", "x1", "y1")}
    line = {"color": one.colour, "width": max(1, one.width), "dash": "dash" if one.dashed else "solid"}
    return {"type": "line", "xref": "x", "yref": "y", "layer": "below", "line": line, **places}


def _axes(panel: Panel, plan: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    """A panel's axes; the one that has ticks shows them, and nothing else of itself."""
    x: dict[str, Any] = {**_FIXED, "domain": _part(panel.x0, panel.x1, plan.width), "range": list(axis_of(panel))}
    y: dict[str, Any] = {**_FIXED, "domain": _part(plan.height - panel.y1, plan.height - panel.y0, plan.height)}
    column = panel.column
    if not panel.upright:
        y["range"] = [panel.y1, panel.y0]
    else:
        y["range"] = [len(column.cells) + 0.5, 0.5] if isinstance(column, Slope) else [0, getattr(column, "end", 1)]
    if panel.ticks:
        one = y if isinstance(column, Slope) else x
        one |= {"visible": True, "showline": False, "ticks": "", "tickangle": 0, "tickmode": "array"}
        one |= {"tickvals": [value for value, _ in panel.ticks], "ticktext": [shown(words) for _, words in panel.ticks]}
        one["tickfont"] = {"size": 14 if isinstance(column, Slope) else 11.6, "color": MUTED}
        if isinstance(column, Slope):
            one["ticklabelstandoff"] = 14
    return x, y


def _part(start: float, end: float, whole: float) -> list[float]:
    return [round(max(0.0, start / whole), 5), round(min(1.0, end / whole), 5)]


def _traces(panel: Panel) -> list[dict[str, Any]]:
    column = panel.column
    if isinstance(column, Ranks):  # its squares are spots; a point that cannot be seen keeps its axis
        return [{"type": "scatter", "meta": {"places": "xy"}, "mode": "markers", "x": [], "y": [], "hoverinfo": "skip"}]
    if isinstance(column, Dots):
        return _dots(column, panel)
    if isinstance(column, Slope):
        return _slope(column)
    return _columns(column) if panel.upright else _bars(column, panel)


def _spots(plan: Plan) -> dict[str, Any]:
    spots = plan.spots
    return {
        "type": "scatter",
        "meta": {"places": "xy"},
        "mode": "markers+text",
        "x": [round(spot.x, 3) for spot in spots],
        "y": [round(spot.y, 3) for spot in spots],
        "marker": {
            "size": [round(INCH * spot.size, 1) for spot in spots],
            "symbol": [spot.shape for spot in spots],
            "color": [PAPER if spot.fill == "none" else spot.fill for spot in spots],
            "opacity": 1,
            "line": {
                "width": [1 if spot.edge else 0 for spot in spots],
                "color": [spot.edge or PAPER for spot in spots],
            },
        },
        "text": [shown(spot.text) for spot in spots],
        "textfont": {"color": [spot.ink for spot in spots], "size": 13},
        **_hover([spot.value for spot in spots]),
        "hoverinfo": ["text" if spot.value.told else "skip" for spot in spots],
    }


def _hover(values: Sequence[Value]) -> dict[str, Any]:
    return {"hovertext": [_told(value) for value in values], "hoverinfo": "text", "cliponaxis": False}


def _dots(column: Dots, panel: Panel) -> list[dict[str, Any]]:
    traces = []
    for at, (series, shift) in enumerate(zip(column.series, offsets(len(column.series), panel.room), strict=True)):
        cells = [(y, row[at]) for y, row in zip(panel.places, column.cells, strict=True)]
        found = [(y, cell) for y, cell in cells if cell is not None]
        values = [cell for _, cell in found]
        middle = (column.start + column.end) / 2
        has = [cell.value is not None for cell in values]
        prints = [column.prints or not one for one in has]
        edge = {"color": series.colour, "width": 2 if series.hollow else 0}
        traces.append(
            {
                "type": "scatter",
                "meta": {"places": "y"},
                "mode": "markers+text",
                "x": [middle if cell.value is None else cell.value for cell in values],
                "y": [round(y + shift, 3) for y, _ in found],
                "marker": {
                    "size": [11 if one else 0.1 for one in has],
                    "color": PAPER if series.hollow else series.colour,
                    "line": edge,
                    "opacity": 1,
                },
                "text": [shown(cell.text) if one else "" for cell, one in zip(values, prints, strict=True)],
                "textfont": {"size": [12 if one else 19 for one in has]},
                "textposition": [_side(cell, column, panel) for cell in values],
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [_reach(cell.value, cell.high) for cell in values],
                    "arrayminus": [-_reach(cell.value, cell.low) for cell in values],
                    "color": _pale(series.colour),
                    "thickness": 4,
                    "width": 0,
                },
                **_hover(values),
            }
        )
    return traces


def _side(cell: Value, column: Dots, panel: Panel) -> str:
    return "middle center" if cell.value is None else f"top {side_of(cell, column, panel.x1 - panel.x0)}"


def _reach(value: float | None, end: float | None) -> float:
    return 0.0 if value is None or end is None else end - value


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.4)"


def _bars(column: Bars, panel: Panel) -> list[dict[str, Any]]:
    inch = (panel.x1 - panel.x0) / column.end
    traces = []
    for at in range(max(len(row) for row in column.cells)):
        lines = zip(panel.places, column.cells, column.series, strict=True)
        own = [(y, row[at], series[at]) for y, row, series in lines if at < len(row)]
        values = [cell for _, cell, _ in own]
        printed = [fits(cell.text, (cell.value or 0) * inch) for cell in values]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "meta": {"places": "y"},
                "y": [round(y, 3) for y, *_ in own],
                "x": [cell.value or 0.0 for cell in values],
                "width": 0.68 * panel.room,
                "marker": {"color": [one.colour for *_, one in own], "line": {"color": PAPER, "width": 1}},
                "text": [cell.text if one else "" for cell, one in zip(values, printed, strict=True)],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "insidetextfont": {"color": [ink_on(one.colour) for *_, one in own], "size": 12},
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [_reach(cell.value, cell.high) for cell in values],
                    "arrayminus": [-_reach(cell.value, cell.low) for cell in values],
                    "color": INK,
                    "width": 0,
                    "visible": len(column.cells[0]) == 1 and any(cell.low is not None for cell in values),
                },
                **_hover(values),
            }
        )
    return traces


def _columns(column: Bars) -> list[dict[str, Any]]:
    values = [row[0] for row in column.cells]
    return [
        {
            "type": "bar",
            "meta": {"places": "x"},
            "x": list(range(len(values))),
            "y": [cell.value or 0.0 for cell in values],
            "width": 0.78,
            "marker": {"color": [series[0].colour for series in column.series]},
            "text": [cell.text for cell in values] if len(values) <= 24 else [],
            "textposition": "outside",
            **_hover(values),
        }
    ]


def _slope(column: Slope) -> list[dict[str, Any]]:
    heads = range(len(column.heads))
    ys = list(zip(*[spread([row[at].value or 0 for row in column.cells]) for at in heads], strict=True))
    return [
        {
            "type": "scatter",
            "meta": {"places": "x"},
            "mode": "lines+markers",
            "x": list(heads),
            "y": list(places),
            "line": {"color": series.colour, "width": 3},
            "marker": {"size": 10, "color": series.colour},
            **_hover(row),
        }
        for series, places, row in reversed(list(zip(column.series, ys, column.cells, strict=True)))
    ]
