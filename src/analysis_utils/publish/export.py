"""An executed notebook becomes one HTML page that needs nothing else: fonts, styles, scripts and figures are inside."""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ..rounds import Round
from . import german
from .figure import PLOTLY_MIME, Figure
from .pages import figure_unit, notice

HERE = Path(__file__).parent
SHOWABLE = frozenset({"text/html", "text/plain", "text/markdown"})
FOOTER = "Erstellt mit Fachdialog-Analyse. Wie gerechnet wurde, steht in docs/methodology.md des Projekts."


@dataclass
class Body:
    """The inside of a page. `charts` maps element ids to plotly specifications."""

    title: str
    markup: Markup
    charts: dict[str, Any] = field(default_factory=dict)
    contents: list[tuple[str, str]] = field(default_factory=list)
    has_code: bool = False


def notebook_body(notebook: Any, figures: Path) -> Body:
    """Render the cells of an executed notebook. `figures` is the folder in which its figures were saved.

    Raises: ValueError for an output that the page cannot show, so that none is dropped silently.
    """
    from nbconvert import HTMLExporter

    body = Body("", Markup())
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []) and cell.cell_type == "code":
            cell.outputs = []
        for output in cell.get("outputs", []):
            _prepare(output, body, figures)
    exporter = HTMLExporter(
        template_name="bericht", extra_template_basedirs=[str(HERE / "template")], exclude_anchor_links=True
    )
    text, _ = exporter.from_notebook_node(notebook)
    text, body.title, body.contents = _headings(text)
    body.markup, body.has_code = Markup(text), 'class="code"' in text
    return body


def add_figure(body: Body, figure: Figure, figures: Path) -> None:
    """Append a figure unit to a body; its files must have been saved in `figures`."""
    data, metadata = figure._repr_mimebundle_()
    body.markup += _unit(body, metadata["fachdialog"], data, figures)


def _unit(body: Body, about: dict[str, str], data: dict[str, Any], figures: Path) -> Markup:
    body.charts[f"chart-{about['name']}"] = data[PLOTLY_MIME]
    return figure_unit(about, data, figures, number=len(body.charts))


def _prepare(output: Any, body: Body, figures: Path) -> None:
    """Turn a figure output into its unit; refuse what would vanish."""
    if output.output_type not in ("display_data", "execute_result"):
        return
    if PLOTLY_MIME in output.data:
        about = output.metadata.get("fachdialog")
        if not about:
            raise ValueError("expected every chart to come from publish, saw a plotly output without description")
        output.data = {"text/html": str(_unit(body, about, output.data, figures))}
    elif not SHOWABLE & set(output.data):
        raise ValueError(f"expected an output of type {sorted(SHOWABLE)}, saw {sorted(output.data)}")


def _headings(text: str) -> tuple[str, str, list[tuple[str, str]]]:
    """Give every heading an id; return the text, the words of h1 and the h2 headings for the contents."""
    contents: list[tuple[str, str]] = []
    title = ""

    def name(match: re.Match[str]) -> str:
        nonlocal title
        level, words = match[1], html.unescape(re.sub("<[^>]+>", "", match[2])).strip()
        identifier = f"a{len(contents) + 1}-" + re.sub(r"\W+", "-", words.casefold()).strip("-")[:50]
        if level == "1":
            title = title or words
            return f"<h1>{match[2]}</h1>"
        if level == "2":
            contents.append((identifier, words))
            return f'<h2 id="{identifier}">{match[2]}</h2>'
        return match[0]

    text = re.sub(r"<h([123])[^>]*>(.*?)</h\1>", name, text, flags=re.DOTALL)
    return text, title, contents


def render_page(round_: Round, body: Body, *, pages: list[tuple[str, str, bool]], home: str) -> str:
    """The finished page. `pages` lists (link, title, is this page) of the round's pages, `home` leads to its index."""
    charts = (
        Markup(json.dumps(body.charts, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c"))
        if body.charts
        else ""
    )
    return _template("page.html.j2").render(
        title=body.title,
        round_title=round_.file.title,
        date=german.date(round_.file.date),
        notice=notice(round_),
        contents=body.contents,
        pages=pages,
        home=home,
        body=body.markup,
        has_code=body.has_code,
        footer=FOOTER,
        charts=charts,
        plotly=_file("plotly-basic-4.1.1.min.js") if body.charts else "",
        fonts=[(400, _font(400)), (600, _font(600))],
        css=_file("page.css"),
        js=_file("page.js"),
    )


@cache
def _template(name: str) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(HERE / "template")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template(name)


@cache
def _file(name: str) -> Markup:
    return Markup((HERE / "template" / name).read_text(encoding="utf-8"))


@cache
def _font(weight: int) -> str:
    return base64.b64encode((HERE / "fonts" / f"source-sans-3-latin-{weight}-normal.woff2").read_bytes()).decode()
