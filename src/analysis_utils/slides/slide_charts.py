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
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_KINDS = {
    "bars": "BAR_CLUSTERED",
    "stacked": "BAR_STACKED",
    "shares": "BAR_STACKED_100",
    "columns": "COLUMN_CLUSTERED",
    "slope": "LINE_MARKERS",
}


def add_chart(slide: Any, bar: Bar, place: tuple[int, int, int, int]) -> None:
    """The chart with its own data, at `place`."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    numbers = [[printed(value, bar.is_share) for value in row] for row in bar.cells]
    decimals = max((number[3] for row in numbers for number in row), default=0)
    plain = ("0" if not decimals else "0." + "0" * decimals) + ("\u00a0%" if bar.is_share else "")
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
        _legend(chart)
    _axes(chart, bar)
    _series(chart, bar, plain)
    has_errors = bar.kind == "bars" and any(number[1] is not None for row in numbers for number in row)
    if has_errors:
        for at, row in enumerate(numbers):
            _error_bars(chart, at, row, len(bar.series))
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(bar, numbers, has_errors))


def _categories(bar: Bar) -> list[str]:
    """Labels; a withheld or missing number stands there, since a bar that is not there has no label."""
    found = []
    for at, label in enumerate(bar.categories):
        signs = {value.text for row in bar.cells if (value := row[at]) is not None and value.value is None}
        found.append(f"{label} {min(signs)}" if signs and bar.kind != "slope" else label)
    return found


def _legend(chart: Any) -> None:
    from pptx.enum.chart import XL_LEGEND_POSITION

    chart.legend.position = XL_LEGEND_POSITION.BOTTOM
    chart.legend.include_in_layout = False
    chart.legend.font.size = _SIZE


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
            paint(series.format.line, colour)
            series.format.line.width = 28575
            series.marker.format.fill.solid()
            _paint_fill(series.marker.format.fill, colour)
            continue
        shown = _LIGHTER.get(colour, colour) if bar.kind == "bars" and len(bar.series) == 1 else colour
        series.format.fill.solid()
        _paint_fill(series.format.fill, shown)
        labels = series.data_labels
        labels.show_value, labels.font.size, labels.font.bold = True, _SIZE, True
        labels.number_format, labels.number_format_is_linked = plain, False
        if bar.kind == "stacked":
            paint(series.format.line, WHITE)  # neighbours of one colour stay apart
            labels.number_format = f'[>=0.05]{plain};""' if bar.is_share else f"{plain};;;"
            labels.position = XL_LABEL_POSITION.CENTER
            _paint_fill(labels.font.fill, _readable_on(shown, theme), solid=True)
        elif bar.kind == "columns":
            labels.position = XL_LABEL_POSITION.OUTSIDE_END
        else:
            labels.position = XL_LABEL_POSITION.INSIDE_BASE
            _paint_fill(labels.font.fill, _readable_on(shown, theme), solid=True)
    for at, colour in enumerate(bar.point_colours):
        point = plot.series[0].points[at]
        point.format.fill.solid()
        _paint_fill(point.format.fill, colour)


_LIGHTER = {ACCENT: LIGHT}
"""A single row of bars is light, so that numbers and error bars can be read on it."""


def paint(line: Any, colour: str) -> None:
    line.fill.solid()
    _paint_fill(line.fill, colour)


def _paint_fill(fill: Any, colour: str, *, solid: bool = False) -> None:
    """Our colours as those of the template's theme: its accents, lighter ones of the first, greys of its background."""
    from pptx.enum.dml import MSO_THEME_COLOR as THEME

    if solid:
        fill.solid()
    named = {ACCENT: (THEME.ACCENT_1, 0.0), LIGHT: (THEME.ACCENT_1, 0.6), WHITE: (THEME.BACKGROUND_1, 0.0),
             INK: (THEME.TEXT_1, 0.0)}  # fmt: skip
    theme, brightness = named.get(colour) or _in_theme(colour)
    fill.fore_color.theme_color = theme
    fill.fore_color.brightness = round(brightness, 2)


def _in_theme(colour: str) -> tuple[Any, float]:
    """The accent of about this hue, or the background made darker; as light as the colour."""
    from pptx.enum.dml import MSO_THEME_COLOR as THEME

    hue, light, _ = colorsys.rgb_to_hls(*(part / 255 for part in _parts(colour)))
    if max(_parts(colour)) - min(_parts(colour)) < 30:
        return THEME.BACKGROUND_1, 1.4 * (light - 1)
    accent = THEME.ACCENT_1 if 0.45 < hue < 0.72 else THEME.ACCENT_3 if 0.2 < hue <= 0.45 else (
        THEME.ACCENT_4 if 0.72 <= hue < 0.92 else THEME.ACCENT_2
    )  # fmt: skip
    return accent, max(-0.5, min(0.85, (light - 0.35) * 1.4))


def _parts(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _theme_of(chart: Any) -> dict[str, tuple[float, float, float]]:
    """The colours of the template's theme by their names in charts, each as red, green and blue from 0 to 1."""
    from lxml import etree

    parts = sorted((part for part in chart.part.package.iter_parts() if "/theme/theme" in part.partname), key=str)
    scheme = etree.fromstring(parts[0].blob).find(".//{*}clrScheme")
    found = {}
    for one in scheme:
        value = one[0].get("lastClr") or one[0].get("val")
        red, green, blue = (part / 255 for part in _parts(f"#{value}"))
        found[etree.QName(one).localname] = (red, green, blue)
    return found | {"bg1": found["lt1"], "tx1": found["dk1"]}


def _readable_on(colour: str, theme: dict[str, tuple[float, float, float]]) -> str:
    """White or ink, whichever stands out more from what the theme makes of a colour: one of both always does."""
    from pptx.enum.dml import MSO_THEME_COLOR as THEME

    named = {ACCENT: (THEME.ACCENT_1, 0.0), LIGHT: (THEME.ACCENT_1, 0.6)}
    name, brightness = named.get(colour) or _in_theme(colour)
    hue, light, strong = colorsys.rgb_to_hls(*theme[THEME.to_xml(name)])
    light = light * (1 - brightness) + brightness if brightness > 0 else light * (1 + brightness)
    fill = colorsys.hls_to_rgb(hue, light, strong)
    return max((WHITE, INK), key=lambda text: contrast(fill, theme["bg1" if text == WHITE else "tx1"]))


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """Contrast ratio of two colours (WCAG 2), 1 to 21."""
    linear = [
        [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
        for colour in (one, other)
    ]
    light, dark = sorted((0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in linear), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _column(at: int) -> str:
    return chr(ord("A") + at)


def _error_bars(chart: Any, at: int, row: Sequence[tuple], series: int) -> None:
    """Intervals as error bars whose lengths stand in the chart's workbook; where there is none, a blank."""
    from lxml import etree

    element = chart.plots[0].series[at]._element
    bars = etree.SubElement(element, f"{_CHART}errBars")
    for name, value in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "0")):
        etree.SubElement(bars, f"{_CHART}{name}").set("val", value)
    for offset, (name, place) in enumerate((("plus", 2), ("minus", 1))):
        column = _column(1 + series + 4 * at + 2 + offset)
        reference = etree.SubElement(etree.SubElement(bars, f"{_CHART}{name}"), f"{_CHART}numRef")
        etree.SubElement(reference, f"{_CHART}f").text = f"Sheet1!${column}$2:${column}${len(row) + 1}"
        cache = etree.SubElement(reference, f"{_CHART}numCache")
        etree.SubElement(cache, f"{_CHART}formatCode").text = "General"
        etree.SubElement(cache, f"{_CHART}ptCount").set("val", str(len(row)))
        for number, cells in enumerate(row):
            if (length := _length(cells, place)) is not None:
                point = etree.SubElement(cache, f"{_CHART}pt")
                point.set("idx", str(number))
                etree.SubElement(point, f"{_CHART}v").text = f"{length:g}"
    look = etree.SubElement(bars, f"{_CHART}spPr")
    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    line = etree.SubElement(look, f"{drawing}ln")
    line.set("w", "22225")
    fill = etree.SubElement(line, f"{drawing}solidFill")
    etree.SubElement(fill, f"{drawing}schemeClr").set("val", "tx1")
    element.find(f"{_CHART}cat").addprevious(bars)


def _length(cells: tuple, place: int) -> float | None:
    return None if cells[0] is None or cells[place] is None else round(abs(cells[place] - cells[0]), 6)


def _workbook(bar: Bar, numbers: Sequence[Sequence[tuple]], has_errors: bool) -> bytes:
    """The data behind the chart: labels and printed numbers, their intervals, and the lengths of the error bars."""
    from xlsxwriter import Workbook

    made = io.BytesIO()
    plain = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
    with Workbook(made, {"in_memory": True, **plain}) as book:
        book.set_properties({"created": datetime.datetime(2000, 1, 1), "author": "Fachdialog-Analyse"})
        sheet = book.add_worksheet("Sheet1")
        for row, label in enumerate(_categories(bar), start=1):
            sheet.write_string(row, 0, label)
        for at, ((name, _), cells) in enumerate(zip(bar.series, numbers, strict=True)):
            columns = [(1 + at, name, [cell[0] for cell in cells])]
            if has_errors:
                first = 1 + len(bar.series) + 4 * at
                columns += [(first, f"{name}: 95 % von", [cell[1] for cell in cells]),
                            (first + 1, f"{name}: 95 % bis", [cell[2] for cell in cells]),
                            (first + 2, f"{name}: nach oben", [_length(cell, 2) for cell in cells]),
                            (first + 3, f"{name}: nach unten", [_length(cell, 1) for cell in cells])]  # fmt: skip
            for place, head, values in columns:
                sheet.write_string(0, place, head)
                for row, value in enumerate(values, start=1):
                    if value is not None:
                        sheet.write_number(row, place, value)
    return repacked(made.getvalue())
