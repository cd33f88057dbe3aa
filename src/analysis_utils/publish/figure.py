"""The figure unit: one result as interactive chart, static drawing, words for those who cannot see it, and its numbers.

A chart module builds a `Figure` from rows of `estimates`. Shown in a notebook it is interactive; `save` writes the
files an analyst lifts into slides; the page template (`pages`) turns the same object into one accessible unit.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from .. import wall
from ..rounds import Round
from ..tables import to_csv
from .labels import room, wrapped

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

FONTS = Path(__file__).parent / "fonts"
PLOTLY_MIME = "application/vnd.plotly.v1+json"
BESIDE = {"fachdialog": {"beside": "figure"}}
"""Metadata of outputs that stand beside a chart in a notebook and are left out of a page."""
# The vendored plotly.js bundle draws these; any other trace type would be drawn wrongly and without a word.
TRACE_TYPES = frozenset({"scatter", "bar", "pie"})
_DPI = 200  # of PNG files

INK, MUTED, RULE, PAPER = "#1b2733", "#52616f", "#d5dbe1", "#ffffff"
ORANGE, GREEN = "#b5541c", "#2e7d5b"  # beside ACCENT only, and never as the only sign
ACCENT, SOFT, BAND = (
    "#0b5c8c",
    "#a9b7c4",
    "#f2f5f8",
)  # blue and grey: distinct in grey print and for colour-blind readers


@dataclass(frozen=True)
class Figure:
    """`draw()` returns the static drawing. A page sets title and source beside it; drawings that travel alone get both
    into their margins, from the same drawing: it is made once."""

    name: str
    title: str
    caption: str
    alt: str
    rows: pd.DataFrame
    draw: Callable[[], Drawing]
    interactive: go.Figure
    reference: Any = field(default=None, compare=False)

    def save(self, folder: Path) -> Figure:
        """Write `name.svg`, `name.png` and `name.csv` (the rows of `estimates` behind the picture) and return self.
        Where private tables are read, they are written when the page is made (`references`)."""
        if wall.is_open():
            return self
        folder.mkdir(parents=True, exist_ok=True)
        _, framed = self._drawings
        (folder / f"{self.name}.svg").write_bytes(self._svg(framed))
        (folder / f"{self.name}.png").write_bytes(_png(framed))
        (folder / f"{self.name}.csv").write_text(to_csv(self.rows), encoding="utf-8", newline="\n")
        return self

    def made(self) -> tuple[dict[str, str], dict[str, Any]]:
        """What a page makes its unit of: name, title, caption and alt text; the drawings by type."""
        data, metadata = self._repr_mimebundle_()
        return metadata["fachdialog"], data

    def _ipython_display_(self) -> None:
        """In a notebook: title, chart, and below it caption and description. A page takes the chart alone and builds
        its unit from it (`export`)."""
        from IPython.display import display

        data, metadata = self._repr_mimebundle_()
        title = Markup("<b>{}</b>").format(self.title)
        below = Markup("<p>{}</p><details><summary>Beschreibung</summary>{}</details>").format(self.caption, self.alt)
        display({"text/html": str(title)}, raw=True, metadata=BESIDE)
        display(data, raw=True, metadata=metadata)
        display({"text/html": str(below)}, raw=True, metadata=BESIDE)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        from .references import REFERENCE

        spec = self.spec()
        embedded = self._drawings[0]
        about = {"name": self.name, "title": self.title, "caption": self.caption, "alt": self.alt}
        bundle = {PLOTLY_MIME: spec, "image/svg+xml": embedded, "text/plain": f"{self.title}\n{self.alt}"}
        if self.reference:
            bundle[REFERENCE] = self.reference
        return bundle, {"fachdialog": about}

    @cached_property
    def _drawings(self) -> tuple[str, Drawing]:
        """The drawing for a page, as SVG; the same drawing once it has got its frame."""
        drawing = self.draw()
        embedded = self._svg(drawing, fonttype="none").decode()
        _frame(drawing, self.title, self.caption)
        return embedded, drawing

    def _svg(self, drawing: Drawing, fonttype: str = "path") -> bytes:
        """SVG with letters as paths (to travel alone) or as text (inside a page, which brings the font)."""
        settings = {"svg.hashsalt": self.name, "svg.fonttype": fonttype}
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        return _saved(drawing, settings, format="svg", metadata=nothing)

    def spec(self) -> dict[str, Any]:
        """The interactive chart as plain JSON. Raises: ValueError for a trace type the page's plotly.js cannot draw."""
        import json

        spec = json.loads(self.interactive.to_json(engine="json"))
        spec["layout"].pop("template", None)
        spec["config"] = {"displayModeBar": False, "responsive": True}
        for trace in spec["data"]:
            if trace.get("type", "scatter") not in TRACE_TYPES:
                raise ValueError(f"{self.name}: expected traces of {sorted(TRACE_TYPES)}, saw {trace['type']}")
        return spec


@contextmanager
def drawing_style():
    """Matplotlib and seaborn settings of all static drawings: fixed fonts, fixed ids, no mathematics in labels."""
    from matplotlib import rc_context

    with rc_context(_drawing_settings()):
        yield


@cache
def _drawing_settings() -> Any:
    import seaborn as sns

    _register_fonts()
    return {
        **sns.axes_style("white"),
        "font.family": ["Source Sans 3", "DejaVu Sans"],
        "font.size": 11.5,
        "text.color": INK,
        "axes.labelcolor": MUTED,
        "xtick.color": MUTED,
        "ytick.color": INK,
        "axes.edgecolor": RULE,
        "text.parse_math": False,
        "text.hinting": "none",  # letters of a PNG as wide as those of the SVG, and drawn faster
        "svg.hashsalt": "fachdialog",
        "svg.fonttype": "path",
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


def plot_area(drawing: Drawing, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place given in inches, without spines and ticks."""
    whole_width, whole_height = drawing.get_size_inches()
    axes = drawing.add_axes((left / whole_width, bottom / whole_height, width / whole_width, height / whole_height))
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
    return axes


def _frame(drawing: Drawing, title: str, caption: str) -> None:
    """Give a drawing margins, and write title and source into them."""
    import textwrap

    width, height = drawing.get_size_inches()
    titles, captions = textwrap.wrap(title, int(width * 9)), textwrap.wrap(caption, int(width * 15))
    above, below = 0.2 + 0.29 * len(titles), 0.2 + 0.178 * len(captions)
    whole = height + above + below
    drawing.set_size_inches(width, whole)
    for axes in drawing.axes:
        place = axes.get_position()
        axes.set_position((place.x0, (place.y0 * height + below) / whole, place.width, place.height * height / whole))
    left, right = 0.25 / width, 0.14 / whole
    with drawing_style():
        title, caption = "\n".join(titles), "\n".join(captions)
        drawing.text(left, 1 - right, title, fontsize=15, weight="bold", va="top", linespacing=1.15)
        drawing.text(left, right, caption, fontsize=9, color=MUTED, va="bottom")


def source_line(round_: Round) -> str:
    """Where the numbers come from, for the foot of a picture that may travel alone."""
    from . import german
    from .errata import draft_mark

    source = f"Quelle: Mentimeter-Umfrage, {german.date(round_.file.date)}."
    warning = {
        "original": "",
        "reconstructed": " Rekonstruierte Daten – Verteilungen und Unsicherheiten nicht zitieren.",
        "illustrative": " Erfundene Daten zur Illustration – nicht zitieren.",
    }
    mark = draft_mark(round_)
    return f"{source}{warning[round_.file.provenance]}{f' {mark}.' if mark else ''}"


def plotly_text(text: str) -> str:
    """Text that plotly shows as it is (plotly reads a subset of HTML in labels)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plotly_labels(labels: Sequence[str], width: int) -> list[str]:
    """Labels in lines of about `width` letters, as plotly shows them."""
    return [plotly_text(label).replace("\n", "<br>") for label in wrapped(labels, width)]


def row_pixels(labels: Sequence[str], least: int) -> int:
    """Height of a row of an interactive chart that labels made by `plotly_labels` fit into."""
    return int(room([label.replace("<br>", "\n") for label in labels], least, 19))


LABEL_LINE = 0.215
"""Height of a line of a label in a static drawing, in inches, with `linespacing=0.95`."""


def row_inches(labels: Sequence[str], least: float) -> float:
    """Height of a row of a static drawing that wrapped labels fit into."""
    return room(labels, least, LABEL_LINE)


def plotly_layout(*, least: int = 0, **special: Any) -> dict[str, Any]:
    """Common layout of the interactive charts: German separators, one typeface, white ground. Below `least` pixels a
    page lets the chart be scrolled instead of squeezing its columns into each other."""
    return {
        "meta": {"least": least},
        "separators": ",\u202f",
        "font": {"family": "'Source Sans 3', 'Segoe UI', system-ui, sans-serif", "size": 14, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "showlegend": False,
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": ACCENT, "font": {"color": INK}},
        **special,
    }


def _png(drawing: Drawing) -> bytes:
    """PNG for slides; 128 colours are enough for flat drawings and make a third of the size. White and the grey of
    bands, most of any picture, stay as they are; the others are chosen for what is drawn on them."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    drawing.set_dpi(_DPI)
    canvas = FigureCanvasAgg(drawing)
    with drawing_style():
        canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba()).view("<u4")[..., 0]
    grounds = [bytes.fromhex(colour[1:]) for colour in (PAPER, BAND)]
    is_paper, is_band = (pixels == int.from_bytes(colour + b"\xff", "little") for colour in grounds)
    is_drawn = ~(is_paper | is_band)
    drawn = Image.frombytes("RGBA", (int(is_drawn.sum()), 1), pixels[is_drawn].tobytes()).convert("RGB")
    others = drawn.quantize(colors=126, method=Image.Quantize.MAXCOVERAGE)
    places = is_band.astype(np.uint8)
    places[is_drawn] = len(grounds) + np.asarray(others)[0]
    picture = Image.fromarray(places)
    picture.putpalette(b"".join(grounds) + bytes(others.getpalette() or ()))
    buffer = io.BytesIO()
    picture.save(buffer, "png", compress_level=6, dpi=(_DPI, _DPI))
    return buffer.getvalue()


def _saved(drawing: Drawing, settings: Any = None, **how: Any) -> bytes:
    from matplotlib import rc_context

    buffer = io.BytesIO()
    with drawing_style(), rc_context(settings):  # the ids inside an SVG are made while saving
        drawing.savefig(buffer, **how)
    return buffer.getvalue()
