"""Charts on paper: the plan drawn with seaborn and matplotlib; SVG with selectable text, PNG for projectors."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .chart import BAND, INK, MUTED, PAPER, Bars, Chart, Dots, Ranks, Slope
from .plan import Panel, Plan, Text, fits, ink_on, plan_of, side_of, spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

FONTS = Path(__file__).parents[1] / "pages" / "fonts"
PROJECTOR = (1920, 1080)
"""Pixels of a PNG: the shape of a projector's picture."""


def drawn(plan: Plan) -> Drawing:
    """The drawing of a plan."""
    from matplotlib.figure import Figure as Drawing

    with style():
        drawing = Drawing(figsize=(plan.width, plan.height))
        paper = _axes(drawing, plan, 0, plan.width, "paper")
        paper.set(xlim=(0, plan.width), ylim=(plan.height, 0))
        for top, bottom in plan.bands:
            paper.axhspan(top, bottom, color=BAND, lw=0, zorder=0)
        for stroke in plan.strokes:
            dashes: Any = (0, (4, 3)) if stroke.dashed else "-"
            paper.plot(
                [stroke.x0, stroke.x1],
                [stroke.y0, stroke.y1],
                color=stroke.colour,
                lw=stroke.width,
                ls=dashes,
                solid_capstyle="butt",
                zorder=1,
            )
        for panel in plan.panels:
            _draw_panel(drawing, plan, panel, paper)
        _draw_spots(paper, plan)
        for text in plan.texts:
            _write(paper, text)
    return drawing


def svg_inside(chart: Chart) -> str:
    """The drawing for a page, which has title and font itself."""
    return _svg(drawn(plan_of(chart)), chart)


def svg_alone(chart: Chart) -> bytes:
    """The drawing that travels: framed, with `<title>`, language, and the font its selectable text is set in."""
    text = _svg(drawn(plan_of(chart, framed=True)), chart)
    head = f"<title>{escape(chart.title)}</title>\n<desc>{escape(chart.alt)}</desc>\n<style>{_font_faces()}</style>"
    text = re.sub(r"<svg ", '<svg lang="de" xml:lang="de" role="img" ', text, count=1)
    return re.sub(r"(<svg [^>]*>)", lambda found: f"{found[1]}\n{head}", text, count=1).encode()


def png(chart: Chart) -> bytes:
    """The framed drawing at 16:9, its letters as large as its lines allow."""
    width, height = PROJECTOR
    whole = plan_of(chart, framed=True)
    wide = max(whole.width, whole.height * width / height)
    plan = plan_of(chart, wide, framed=True, height=wide * height / width)
    plan.height = plan.width * height / width
    return _pixels(drawn(plan), width / plan.width)


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib and seaborn settings of all drawings: fixed fonts, fixed ids, no mathematics in labels. Letters that
    our fonts lack need no warning: an SVG holds text, which readers' fonts draw."""
    import warnings

    from matplotlib import rc_context

    warnings.filterwarnings("ignore", r"Glyph .* missing from font")  # for good: pictures are drawn side by side
    with rc_context(_settings()):
        yield


@cache
def _settings() -> Any:
    import seaborn as sns

    _register_fonts()
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


def _register_fonts() -> None:
    """Make the fonts of the package known to matplotlib; the semibold file serves as the bold of the family."""
    from matplotlib.font_manager import FontEntry, fontManager

    known = {entry.fname for entry in fontManager.ttflist}
    for weight, grade in (("normal", 400), ("bold", 600)):
        path = str(FONTS / f"source-sans-3-latin-{grade}-normal.ttf")
        if path not in known:
            entry = FontEntry(path, 0, "Source Sans 3", "normal", "normal", weight, "normal", "scalable")
            fontManager.ttflist.insert(0, entry)  # found first: matplotlib looks no further than an exact match


@cache
def _font_faces() -> str:
    import base64

    faces = []
    for weight, grade in ((400, 400), (700, 600)):
        font = base64.b64encode((FONTS / f"source-sans-3-latin-{grade}-normal.woff2").read_bytes()).decode()
        source = f'url(data:font/woff2;base64,{font}) format("woff2")'
        faces.append(f'@font-face{{font-family:"Source Sans 3";font-weight:{weight};src:{source}}}')
    return "".join(faces)


def _axes(drawing: Drawing, plan: Plan, x0: float, x1: float, label: str, y0: float = 0, y1: float = 0) -> Axes:
    """Axes over a part of the plan, without any furniture."""
    bottom = y1 or plan.height
    place = (x0 / plan.width, 1 - bottom / plan.height, (x1 - x0) / plan.width, (bottom - y0) / plan.height)
    axes = drawing.add_axes(place, label=f"{label} {len(drawing.axes)}")
    axes.set_axis_off()
    axes.patch.set_alpha(0)
    return axes


def _draw_panel(drawing: Drawing, plan: Plan, panel: Panel, paper: Axes) -> None:
    column = panel.column
    small: dict[str, Any] = {"color": MUTED, "fontsize": 9.5, "zorder": 4}
    for value, words in panel.ticks:
        if isinstance(column, Slope):
            y = panel.y0 + (value - 0.5) / len(column.cells) * (panel.y1 - panel.y0)
            paper.text(panel.x0 - 0.25, y, words, ha="right", va="center_baseline", **{**small, "fontsize": 11.5})
        else:
            start, end = axis_of(panel)
            x = panel.x0 + (value - start) / (end - start) * (panel.x1 - panel.x0)
            paper.text(x, panel.y1 + 0.06, words, ha="center", va="top", **small)
    if isinstance(column, Ranks):
        return
    if panel.upright:
        axes = _axes(drawing, plan, panel.x0, panel.x1, "panel", panel.y0, panel.y1)
    else:
        axes = _axes(drawing, plan, panel.x0, panel.x1, "panel")
        axes.set_ylim(plan.height, 0)
    if isinstance(column, Dots):
        axes.set_xlim(column.start, column.end)
        _draw_dots(axes, column, panel)
    elif isinstance(column, Slope):
        _draw_slope(axes, column)
    elif panel.upright:
        _draw_columns(axes, column)
    else:
        axes.set_xlim(0, column.end)
        _draw_bars(axes, column, panel)


def axis_of(panel: Panel) -> tuple[float, float]:
    """Start and end of the axis from left to right."""
    column = panel.column
    if isinstance(column, Dots):
        return column.start, column.end
    if isinstance(column, Slope):
        return 0.0, max(1.0, len(column.heads) - 1.0)
    if isinstance(column, Ranks):
        return 0.5, len(column.cells) + 0.5
    return (-0.5, len(panel.places) - 0.5) if panel.upright else (0.0, column.end)


def offsets(count: int, room: float) -> list[float]:
    """Where the dots of several series stand around the middle of a line."""
    step = min(0.17, room / (count + 1))
    return [step * (at - (count - 1) / 2) for at in range(count)]


def _draw_dots(axes: Axes, column: Dots, panel: Panel) -> None:
    import seaborn as sns

    for at, (series, shift) in enumerate(zip(column.series, offsets(len(column.series), panel.room), strict=True)):
        xs, ys = [], []
        for y, row in zip(panel.places, column.cells, strict=True):
            cell = row[at]
            if cell is None:
                continue
            if cell.value is None:
                axes.text((column.start + column.end) / 2, y, cell.text, ha="center", va="center", color=MUTED, size=13)
                continue
            if cell.low is not None and cell.high is not None:
                axes.plot(
                    [cell.low, cell.high],
                    [y + shift] * 2,
                    color=series.colour,
                    lw=3.5,
                    alpha=0.4,
                    solid_capstyle="butt",
                    clip_on=False,
                )
            xs.append(cell.value)
            ys.append(y + shift)
            if column.prints:
                side = {"right": "left", "left": "right"}.get(side_of(cell, column, panel.x1 - panel.x0), "center")
                axes.text(cell.value, y - 0.08, cell.text, ha=side, va="bottom", fontsize=9.5)
        face = PAPER if series.hollow else series.colour
        sns.scatterplot(
            x=xs,
            y=ys,
            ax=axes,
            s=58,
            color=face,
            edgecolor=series.colour,
            linewidth=1.8 if series.hollow else 0,
            legend=False,
            clip_on=False,
            zorder=3,
        )


def _draw_bars(axes: Axes, column: Bars, panel: Panel) -> None:
    inch = (panel.x1 - panel.x0) / column.end
    for y, row, series in zip(panel.places, column.cells, column.series, strict=True):
        start = 0.0
        for cell, one in zip(row, series, strict=True):
            length = cell.value or 0.0
            axes.barh(y, length, left=start, height=0.68 * panel.room, color=one.colour, edgecolor="white", lw=0.8)
            text = cell.text
            if length and fits(text, length * inch):
                axes.text(start + length / 2, y, text, ha="center", va="center", color=ink_on(one.colour), fontsize=10)
            if len(row) == 1 and cell.low is not None and cell.high is not None:
                axes.plot([cell.low, cell.high], [y, y], color=INK, lw=1.2)
            start += length


def _draw_columns(axes: Axes, column: Bars) -> None:
    import seaborn as sns

    names = [str(at) for at in range(len(column.cells))]
    heights = [row[0].value or 0.0 for row in column.cells]
    colours = {name: series[0].colour for name, series in zip(names, column.series, strict=True)}
    sns.barplot(
        x=names, y=heights, hue=names, palette=colours, legend=False, saturation=1, width=0.78, errorbar=None, ax=axes
    )
    axes.set(ylim=(0, column.end), xlim=(-0.5, len(names) - 0.5))
    if len(names) <= 24:
        for place, (row, height) in enumerate(zip(column.cells, heights, strict=True)):
            axes.text(place, height + column.end * 0.02, row[0].text, ha="center", va="bottom")


def _draw_slope(axes: Axes, column: Slope) -> None:
    import seaborn as sns

    count, heads = len(column.cells), range(len(column.heads))
    ys = list(zip(*[spread([row[at].value or 0 for row in column.cells]) for at in heads], strict=True))
    for series, places in reversed(list(zip(column.series, ys, strict=True))):
        sns.lineplot(
            x=list(heads),
            y=list(places),
            ax=axes,
            color=series.colour,
            lw=2.5,
            marker="o",
            ms=7,
            markeredgewidth=0,
            errorbar=None,
            estimator=None,
            sort=False,
            clip_on=False,
        )
    axes.set(ylim=(count + 0.5, 0.5), xlim=(0, max(1, len(column.heads) - 1)))


def _draw_spots(paper: Axes, plan: Plan) -> None:
    for shape, marker in (("circle", "o"), ("square", "s")):
        mine = [spot for spot in plan.spots if spot.shape == shape and (spot.fill != "none" or spot.edge)]
        if mine:
            paper.scatter(
                [spot.x for spot in mine],
                [spot.y for spot in mine],
                s=[(72 * spot.size) ** 2 for spot in mine],
                marker=marker,
                c=[spot.fill for spot in mine],
                edgecolors=[spot.edge or spot.fill for spot in mine],
                linewidths=0.8,
                clip_on=False,
                zorder=2,
            )
    for spot in plan.spots:
        if spot.text:
            paper.text(spot.x, spot.y, spot.text, ha="center", va="center", color=spot.ink, fontsize=10, zorder=4)


def _write(paper: Axes, text: Text) -> None:
    down = {"middle": "center_baseline", "top": "top", "bottom": "baseline"}[text.down]
    turned: dict[str, Any] = {"rotation": text.turned, "rotation_mode": "anchor"} if text.turned else {}
    paper.text(
        text.x,
        text.y,
        text.words,
        ha=text.across,
        va=down,
        color=text.colour,
        fontsize=text.size,
        weight="bold" if text.bold else "normal",
        linespacing=1.0,
        zorder=4,
        **turned,
    )


def _svg(drawing: Drawing, chart: Chart) -> str:
    from matplotlib import rc_context

    buffer = io.BytesIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with style(), rc_context({"svg.hashsalt": chart.name}):  # the ids inside an SVG are made while saving
        drawing.savefig(buffer, format="svg", metadata=nothing)
    # Readers without the font get one of their own system's.
    return buffer.getvalue().decode().replace("'DejaVu Sans'", "'Segoe UI', 'Helvetica Neue', Arial, sans-serif")


def _pixels(drawing: Drawing, dpi: float) -> bytes:
    """PNG; 128 colours are enough for flat drawings and make a third of the size. White and the grey of bands, most of
    any picture, stay as they are; the others are chosen for what is drawn on them."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    drawing.set_dpi(dpi)
    canvas = FigureCanvasAgg(drawing)
    with style():
        canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba()).view("<u4")[..., 0]
    grounds = [bytes.fromhex(colour[1:]) for colour in (PAPER, BAND)]
    is_paper, is_band = (pixels == int.from_bytes(colour + b"\xff", "little") for colour in grounds)
    is_drawn = ~(is_paper | is_band)
    drawn_ = Image.frombytes("RGBA", (int(is_drawn.sum()), 1), pixels[is_drawn].tobytes()).convert("RGB")
    others = drawn_.quantize(colors=126, method=Image.Quantize.MAXCOVERAGE)
    places = is_band.astype(np.uint8)
    places[is_drawn] = len(grounds) + np.asarray(others)[0]
    picture = Image.fromarray(places)
    picture.putpalette(b"".join(grounds) + bytes(others.getpalette() or ()))
    buffer = io.BytesIO()
    picture.save(buffer, "png", compress_level=6, dpi=(dpi, dpi))
    return buffer.getvalue()
