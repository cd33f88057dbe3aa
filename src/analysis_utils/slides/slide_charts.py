"""Native charts: editable where they are opened, with a workbook that holds what is printed and nothing else."""

from __future__ import annotations

import colorsys
import datetime
import io
from collections.abc import Sequence
from typing import Any

from ..charts import ACCENT, INK, LIGHT, PAPER as WHITE
from ..handout import repacked
from .slide import Bar, printed

_SIZE = 14 * 12700
_KINDS = {
    "bars": "BAR_CLUSTERED",
    "stacked": "BAR_STACKED",
    "shares": "BAR_STACKED_100",
    "columns": "COLUMN_CLUSTERED",
    "slope": "LINE_MARKERS",
}
_SPACES = " ".join(
    f'xmlns:{short}="http://schemas.openxmlformats.org/drawingml/2006/{name}"'
    for short, name in (("c", "chart"), ("a", "main"))
)
Colour = Sequence[float]
"""Red, green and blue from 0 to 1."""


def add_chart(slide: Any, bar: Bar, place: tuple[int, int, int, int]) -> None:
    """The chart with its own data, at `place`."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION

    numbers = [[printed(value, bar.is_share) for value in row] for row in bar.cells]
    decimals = max((number[3] for row in numbers for number in row), default=0)
    plain = f"0{'.' if decimals else ''}{'0' * decimals}{chr(0xA0) + '%' if bar.is_share else ''}"
    data = CategoryChartData(number_format=plain)
    data.categories = _categories(bar)
    for (name, _), row in zip(bar.series, numbers, strict=True):
        data.add_series(name, [number[0] for number in row])
    kind = "shares" if bar.kind == "stacked" and bar.is_share else bar.kind
    frame = slide.shapes.add_chart(getattr(XL_CHART_TYPE, _KINDS[kind]), *place, data)
    frame.name = "Diagramm"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", bar.alt)
    chart = frame.chart
    chart.has_title = False
    chart.font.size = _SIZE
    chart.has_legend = len(bar.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = _SIZE
    _axes(chart, bar)
    _series(chart, bar, plain)
    # One column after the other: labels, numbers, then of each series its interval and the lengths of its error bars.
    columns: list[list[Any]] = [[None, *_categories(bar)]]
    columns += [[name, *(number[0] for number in row)] for (name, _), row in zip(bar.series, numbers, strict=True)]
    if bar.kind == "bars" and any(number[1] is not None for row in numbers for number in row):
        for (name, _), row, series in zip(bar.series, numbers, chart.plots[0].series, strict=True):
            up, down = ([_length(number, end) for number in row] for end in (2, 1))
            columns.append([f"{name}: 95 % von", *(number[1] for number in row)])
            columns.append([f"{name}: 95 % bis", *(number[2] for number in row)])
            _error_bars(series._element, up, down, len(columns))
            columns += [[f"{name}: nach oben", *up], [f"{name}: nach unten", *down]]
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(columns))


def _categories(bar: Bar) -> list[str]:
    """Labels; a withheld or missing number stands there, since a bar that is not there has no label."""
    found = []
    for at, label in enumerate(bar.categories):
        signs = {value.text for row in bar.cells if (value := row[at]) is not None and value.value is None}
        found.append(f"{label} {min(signs)}" if signs and bar.kind != "slope" else label)
    return found


def _axes(chart: Any, bar: Bar) -> None:
    category, value = chart.category_axis, chart.value_axis
    value.has_major_gridlines = False
    category.tick_labels.font.size = value.tick_labels.font.size = _SIZE
    if bar.kind in ("bars", "stacked"):
        category.reverse_order = True
    if bar.kind == "slope":
        value.reverse_order, value.minimum_scale, value.major_unit = True, 1, 1
        value.tick_labels.number_format, value.tick_labels.number_format_is_linked = "0", False
        category._element.get_or_add_txPr().find("{*}bodyPr").set("rot", "0")
        return
    value.visible = False
    drawn = [one for row in bar.cells for one in row if one is not None and one.value is not None]
    value.minimum_scale = min([0.0, *(one.low if one.low is not None else one.value or 0.0 for one in drawn)])
    if bar.end and not (bar.is_share and bar.kind == "stacked"):
        value.maximum_scale = bar.end * (1.0 if bar.is_share else 1.02)


def _series(chart: Any, bar: Bar, plain: str) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION

    plot, theme = chart.plots[0], _theme_of(chart)
    if bar.kind != "slope":
        plot.gap_width = 45 if bar.kind != "columns" else 30
        plot.overlap = 100 if bar.kind == "stacked" else -5
    for series, (_, colour) in zip(plot.series, bar.series, strict=True):
        if bar.kind == "slope":
            series.smooth = False
            _paint(series.format.line.fill, colour)
            series.format.line.width = 28575
            _paint(series.marker.format.fill, colour)
            continue
        # A single row of bars is light, so that numbers and error bars can be read on it.
        shown = LIGHT if colour == ACCENT and bar.kind == "bars" and len(bar.series) == 1 else colour
        _paint(series.format.fill, shown)
        labels = series.data_labels
        labels.show_value, labels.font.size, labels.font.bold = True, _SIZE, True
        labels.number_format, labels.number_format_is_linked = plain, False
        if bar.kind == "columns":
            labels.position = XL_LABEL_POSITION.OUTSIDE_END
            continue
        labels.position = XL_LABEL_POSITION.INSIDE_BASE
        if bar.kind == "stacked":
            _paint(series.format.line.fill, WHITE)  # neighbours of one colour stay apart
            labels.number_format = f'[>=0.05]{plain};""' if bar.is_share else f"{plain};;;"
            labels.position = XL_LABEL_POSITION.CENTER
        _paint(labels.font.fill, _readable_on(shown, theme))
    for at, colour in enumerate(bar.point_colours):
        _paint(plot.series[0].points[at].format.fill, colour)


def _paint(fill: Any, colour: str) -> None:
    fill.solid()
    fill.fore_color.theme_color, brightness = _in_theme(colour)
    fill.fore_color.brightness = round(brightness, 2)


def _in_theme(colour: str) -> tuple[Any, float]:
    """A colour of ours as one of the template's theme: the accent of about its hue or the background made darker, as
    light as the colour."""
    from pptx.enum.dml import MSO_THEME_COLOR as THEME

    named = {ACCENT: (THEME.ACCENT_1, 0.0), LIGHT: (THEME.ACCENT_1, 0.6)}
    named |= {WHITE: (THEME.BACKGROUND_1, 0.0), INK: (THEME.TEXT_1, 0.0)}
    if colour in named:
        return named[colour]
    parts = _parts(colour)
    hue, light, _ = colorsys.rgb_to_hls(*parts)
    if max(parts) - min(parts) < 30 / 255:
        return THEME.BACKGROUND_1, 1.4 * (light - 1)
    hues = ((0.2, THEME.ACCENT_2), (0.45, THEME.ACCENT_3), (0.72, THEME.ACCENT_1), (0.92, THEME.ACCENT_4))
    accent = next((accent for most, accent in hues if hue <= most), THEME.ACCENT_2)
    return accent, max(-0.5, min(0.85, (light - 0.35) * 1.4))


def _parts(colour: str) -> Colour:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def _theme_of(chart: Any) -> dict[str, Colour]:
    """The colours of the template's theme by their names in charts."""
    from lxml import etree

    parts = sorted((part for part in chart.part.package.iter_parts() if "/theme/theme" in part.partname), key=str)
    scheme = etree.fromstring(parts[0].blob).find(".//{*}clrScheme")
    found = {etree.QName(one).localname: _parts(f"#{one[0].get('lastClr') or one[0].get('val')}") for one in scheme}
    return found | {"bg1": found["lt1"], "tx1": found["dk1"]}


def _readable_on(colour: str, theme: dict[str, Colour]) -> str:
    """White or ink, whichever stands out more from what the theme makes of a colour: one of both always does."""
    from pptx.enum.dml import MSO_THEME_COLOR as THEME

    name, brightness = _in_theme(colour)
    hue, light, strong = colorsys.rgb_to_hls(*theme[THEME.to_xml(name)])
    light = light * (1 - abs(brightness)) + max(brightness, 0)
    fill = colorsys.hls_to_rgb(hue, light, strong)
    return max((WHITE, INK), key=lambda text: contrast(fill, theme["bg1" if text == WHITE else "tx1"]))


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two colours (WCAG 2), 1 to 21."""
    linear = [
        [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
        for colour in (one, other)
    ]
    light, dark = sorted((0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in linear), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _error_bars(series: Any, up: Sequence[float | None], down: Sequence[float | None], place: int) -> None:
    """Intervals as error bars whose lengths stand in the chart's workbook, in two columns from `place` on; where there
    is none, a blank."""
    from pptx.oxml import parse_xml

    lengths = ""
    for offset, (name, row) in enumerate((("plus", up), ("minus", down))):
        column = chr(ord("A") + place + offset)
        points = "".join(
            f'<c:pt idx="{at}"><c:v>{length:g}</c:v></c:pt>' for at, length in enumerate(row) if length is not None
        )
        lengths += (
            f"<c:{name}><c:numRef><c:f>Sheet1!${column}$2:${column}${len(row) + 1}</c:f>"
            f'<c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="{len(row)}"/>{points}</c:numCache>'
            f"</c:numRef></c:{name}>"
        )
    look = '<a:ln w="22225"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill></a:ln>'
    kind = '<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
    bars = f"<c:errBars {_SPACES}>{kind}{lengths}<c:spPr>{look}</c:spPr></c:errBars>"
    series.find("{*}cat").addprevious(parse_xml(bars))


def _length(cells: tuple, place: int) -> float | None:
    return None if cells[0] is None or cells[place] is None else round(abs(cells[place] - cells[0]), 6)


def _workbook(columns: Sequence[Sequence[Any]]) -> bytes:
    """The data behind the chart: labels and printed numbers, their intervals, and the lengths of the error bars."""
    from xlsxwriter import Workbook

    made = io.BytesIO()
    plain = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
    with Workbook(made, {"in_memory": True, **plain}) as book:
        book.set_properties({"created": datetime.datetime(2000, 1, 1), "author": "Fachdialog-Analyse"})
        sheet = book.add_worksheet("Sheet1")
        for place, cells in enumerate(columns):
            sheet.write_column(0, place, cells)
    return repacked(made.getvalue())
