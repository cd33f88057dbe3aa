"""Charts on paper: the plan drawn with seaborn and matplotlib; SVG with selectable text, PNG for projectors."""

from __future__ import annotations

import base64
import io
import re
import warnings
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .chart import BAND, INK, MUTED, PAPER, Bars, Chart, Dots, Slope
from .plan import Panel, Plan, fits, ink_on, offsets, plan_of, side_of, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

FONTS = Path(__file__).parents[1] / "pages" / "fonts"
PROJECTOR = (1920, 1080)
"""Pixels of a PNG: the shape of a projector's picture."""
_MIDDLE: dict[str, Any] = {"ha": "center", "va": "center"}
_SMALL: dict[str, Any] = {"color": MUTED, "fontsize": 9.5}


def drawn(plan: Plan) -> Drawing:
    """The drawing of a plan, in inches from the upper left."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Drawing

    with rc_context({**style(), "font.family": families(plan)}):
        drawing = Drawing(figsize=(plan.width, plan.height))
        paper = drawing.add_axes((0, 0, 1, 1), xlim=(0, plan.width), ylim=(plan.height, 0), autoscale_on=False)
        paper.set_axis_off()
        for top, bottom in plan.bands:
            paper.axhspan(top, bottom, color=BAND, lw=0, zorder=0)
        for one in plan.strokes:
            dashes: Any = (0, (4, 3)) if one.dashed else "-"
            _line(paper, one.x0, one.x1, one.y0, one.y1, color=one.colour, lw=one.width, ls=dashes, zorder=1)
        for panel in plan.panels:
            _draw_ticks(paper, panel)
            if isinstance(panel.column, Dots):
                _draw_dots(paper, panel, panel.column)
            elif isinstance(panel.column, Bars):
                _draw_bars(paper, panel, panel.column)
            elif isinstance(panel.column, Slope):
                _draw_slope(paper, panel, panel.column)
        for spot in plan.spots:
            if spot.fill != "none" or spot.edge:
                look: dict[str, Any] = {"markeredgecolor": spot.edge or spot.fill, "markeredgewidth": 0.8, "zorder": 2}
                shape = "o" if spot.shape == "circle" else "s"
                paper.plot(spot.x, spot.y, shape, ms=72 * spot.size, color=spot.fill, clip_on=False, **look)
            if spot.text:
                paper.text(spot.x, spot.y, spot.text, color=spot.ink, fontsize=10, zorder=4, **_MIDDLE)
        for text in plan.texts:
            paper.text(
                text.x,
                text.y,
                text.words,
                ha=text.across,
                va={"middle": "center_baseline", "top": "top", "bottom": "baseline"}[text.down],
                color=text.colour,
                fontsize=text.size,
                weight="bold" if text.bold else "normal",
                linespacing=1.0,
                rotation=text.turned,
                rotation_mode="anchor" if text.turned else "default",
                zorder=4,
            )
    return drawing


def _line(paper: Axes, x0: float, x1: float, y0: float, y1: float, **look: Any) -> None:
    paper.plot([x0, x1], [y0, y1], solid_capstyle="butt", clip_on=False, **look)


def _draw_ticks(paper: Axes, panel: Panel) -> None:
    for value, words in panel.ticks:
        if isinstance(panel.column, Slope):
            y = _level(panel, value)
            paper.text(panel.x0 - 0.25, y, words, ha="right", va="center_baseline", color=MUTED)
        else:
            paper.text(panel.x(value), panel.y1 + 0.06, words, ha="center", va="top", **_SMALL)


def _level(panel: Panel, rank: float) -> float:
    """Where a rank stands in a slope."""
    return panel.y0 + (rank - 0.5) * panel.room


def _draw_dots(paper: Axes, panel: Panel, column: Dots) -> None:
    import seaborn as sns

    for at, (series, shift) in enumerate(zip(column.series, offsets(panel, len(column.series)), strict=True)):
        cells = [(y, row[at]) for y, row in zip(panel.places, column.cells, strict=True)]
        places = [(panel.x(cell.value), y + shift) for y, cell in cells if cell and cell.value is not None]
        for y, cell in cells:
            if cell and cell.value is None:
                paper.text((panel.x0 + panel.x1) / 2, y, cell.text, color=MUTED, size=13, **_MIDDLE)
            elif cell and cell.low is not None and cell.high is not None:
                ends = panel.x(cell.low), panel.x(cell.high)
                _line(paper, *ends, y + shift, y + shift, color=series.colour, lw=3.5, alpha=0.4)
            if cell and cell.value is not None and column.prints:
                side = {"right": "left", "left": "right"}.get(side_of(cell, panel), "center")
                paper.text(panel.x(cell.value), y - 0.08, cell.text, ha=side, va="bottom", fontsize=9.5)
        sns.scatterplot(
            x=[x for x, _ in places],
            y=[y for _, y in places],
            ax=paper,
            s=58,
            color=PAPER if series.hollow else series.colour,
            edgecolor=series.colour,
            linewidth=1.8 if series.hollow else 0,
            clip_on=False,
            zorder=3,
        )


def _draw_bars(paper: Axes, panel: Panel, column: Bars) -> None:
    if panel.upright:
        heights = [(row[0].value or 0.0) / column.end * (panel.y1 - panel.y0) for row in column.cells]
        colours = [series[0].colour for series in column.series]
        upwards = [-height for height in heights]
        paper.bar(panel.places, upwards, bottom=panel.y1, width=0.78 * panel.room, color=colours, lw=0)
        above = panel.y1 - 0.02 * (panel.y1 - panel.y0)
        for x, row, height in zip(panel.places, column.cells, heights, strict=True) if len(heights) <= 24 else ():
            paper.text(x, above - height, row[0].text, ha="center", va="bottom")
        return
    for y, row, series in zip(panel.places, column.cells, column.series, strict=True):
        start = 0.0
        for cell, one in zip(row, series, strict=True):
            x0, x1 = panel.x(start), panel.x(start + (cell.value or 0.0))
            paper.barh(y, x1 - x0, left=x0, height=0.68 * panel.room, color=one.colour, edgecolor="white", lw=0.8)
            if cell.value and fits(cell.text, x1 - x0):
                paper.text((x0 + x1) / 2, y, cell.text, color=ink_on(one.colour), fontsize=10, **_MIDDLE)
            if len(row) == 1 and cell.low is not None and cell.high is not None:
                _line(paper, panel.x(cell.low), panel.x(cell.high), y, y, color=INK, lw=1.2)
            start += cell.value or 0.0


def _draw_slope(paper: Axes, panel: Panel, column: Slope) -> None:
    import seaborn as sns

    levels = [spread([cell.value or 0 for cell in cells]) for cells in zip(*column.cells, strict=True)]
    for series, ranks in reversed(list(zip(column.series, zip(*levels, strict=True), strict=True))):
        sns.lineplot(
            x=panel.places,
            y=[_level(panel, rank) for rank in ranks],
            ax=paper,
            color=series.colour,
            lw=2.5,
            marker="o",
            ms=7,
            markeredgewidth=0,
            estimator=None,
            clip_on=False,
        )


def svg_inside(chart: Chart) -> str:
    """The drawing for a page, which has title and font itself."""
    return _svg(plan_of(chart), chart)


def svg_alone(chart: Chart) -> bytes:
    """The drawing that travels: framed, with `<title>`, language, and the font its selectable text is set in."""
    text = _svg(plan_of(chart, framed=True), chart)
    head = f"<title>{escape(chart.title)}</title>\n<desc>{escape(chart.alt)}</desc>\n<style>{_font_faces()}</style>"
    tag = '<svg lang="de" xml:lang="de" role="img" '
    return re.sub(r"<svg ([^>]*>)", lambda found: f"{tag}{found[1]}\n{head}", text, count=1).encode()


def _svg(plan: Plan, chart: Chart) -> str:
    from matplotlib import rc_context

    buffer = io.BytesIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with rc_context({**style(), "svg.hashsalt": chart.name}):  # the ids inside an SVG are made while saving
        drawn(plan).savefig(buffer, format="svg", metadata=nothing)
    # Readers without the font get one of their own system's.
    return buffer.getvalue().decode().replace("'DejaVu Sans'", "'Segoe UI', 'Helvetica Neue', Arial, sans-serif")


def png(chart: Chart) -> bytes:
    """The framed drawing at 16:9, its letters as large as its lines allow; 128 colours are enough for flat drawings and
    make a third of the size. White and the grey of bands, most of any picture, stay as they are; the others are chosen
    for what is drawn on them."""
    import numpy as np
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    width, height = PROJECTOR
    whole = plan_of(chart, framed=True)
    wide = max(whole.width, whole.height * width / height)
    plan = plan_of(chart, wide, framed=True, height=wide * height / width)
    plan.height = plan.width * height / width
    drawing, dpi = drawn(plan), width / plan.width
    drawing.set_dpi(dpi)
    canvas = FigureCanvasAgg(drawing)
    with rc_context(style()):
        canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba()).view("<u4")[..., 0]
    grounds = [bytes.fromhex(colour[1:]) for colour in (PAPER, BAND)]
    is_paper, is_band = (pixels == int.from_bytes(colour + b"\xff", "little") for colour in grounds)
    others = pixels[~(is_paper | is_band)]
    few = Image.frombytes("RGBA", (others.size, 1), others.tobytes()).convert("RGB")
    few = few.quantize(colors=126, method=Image.Quantize.MAXCOVERAGE)
    places = is_band.astype(np.uint8)
    places[~(is_paper | is_band)] = len(grounds) + np.asarray(few)[0]
    picture = Image.fromarray(places)
    picture.putpalette(b"".join(grounds) + bytes(few.getpalette() or ()))
    buffer = io.BytesIO()
    picture.save(buffer, "png", compress_level=6, dpi=(dpi, dpi))
    return buffer.getvalue()


def families(plan: Plan) -> list[str]:
    """Our fonts, and behind them those of this machine that have letters which ours lack. Where none has them, a PNG
    shows boxes; an SVG holds text, which readers' fonts draw."""
    from matplotlib.font_manager import findfont, fontManager

    found = list(style()["font.family"])
    told = {ord(letter) for text in plan.texts for letter in text.words if letter != "\n"}
    missing = told - _letters(findfont(found[-1]))
    if missing:
        known = [entry for entry in fontManager.ttflist if not entry.name.startswith("Last Resort")]  # boxes, too
        for entry in sorted(known, key=lambda one: (one.style != "normal", one.name, one.fname)):
            if there := missing & _letters(entry.fname):
                found.append(entry.name)
                missing -= there
    return found


@cache
def _letters(path: str) -> frozenset[int]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(path).get_charmap())


@cache
def style() -> Any:
    """Matplotlib and seaborn settings of all drawings: our fonts (the semibold file as the bold of the family), no
    mathematics in labels, no warning of letters that no font has."""
    import seaborn as sns
    from matplotlib.font_manager import FontEntry, fontManager

    warnings.filterwarnings("ignore", r"Glyph .* missing from font")  # for good: pictures are drawn side by side
    for weight, grade in (("normal", 400), ("bold", 600)):
        path = str(FONTS / f"source-sans-3-latin-{grade}-normal.ttf")
        entry = FontEntry(path, 0, "Source Sans 3", "normal", "normal", weight, "normal", "scalable")
        fontManager.ttflist.insert(0, entry)  # found first: matplotlib looks no further than an exact match
    return {
        **sns.axes_style("white"),
        "font.family": ["Source Sans 3", "DejaVu Sans"],
        "font.size": 11.5,
        "text.color": INK,
        "text.parse_math": False,
        "text.hinting": "none",  # letters of a PNG as wide as those of the SVG, and drawn faster
        "svg.fonttype": "none",
        "figure.dpi": 100,
    }


@cache
def _font_faces() -> str:
    faces = []
    for weight, grade in ((400, 400), (700, 600)):
        font = base64.b64encode((FONTS / f"source-sans-3-latin-{grade}-normal.woff2").read_bytes()).decode()
        source = f'url(data:font/woff2;base64,{font}) format("woff2")'
        faces.append(f'@font-face{{font-family:"Source Sans 3";font-weight:{weight};src:{source}}}')
    return "".join(faces)
