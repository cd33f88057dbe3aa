"""An executed notebook becomes one HTML page that needs nothing else: fonts, styles, scripts and figures are inside."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from .. import __version__
from ..errors import DataError
from ..rounds import Round
from ..wording import (
    BESIDE,
    PLOTLY_MIME,
    REFERENCE,
    Evidence,
    Made,
    Picture,
    Source,
    answers,
    draft_mark,
    errata,
    german,
    notice,
    read_evidence,
    statistics_in,
    terms_in,
)
from .figure_unit import figure_unit
from .own import Own, bundle_needed, makes_programs, marked, own_output, with_formulas
from .page_sections import without_empty_sections

HERE = Path(__file__).parent
"""A figure as a notebook shows it: name, title, caption and alt text; then its drawings by type."""
LEFT_OUT = frozenset({"remove_cell", "remove-cell"})
NOT_SHOWN = LEFT_OUT | {"remove_output", "remove-output"}
"""Tags of cells that run and are not on the page, or whose outputs are not: nbconvert's own convention."""
FOOTER = "Erstellt mit Fachdialog-Analyse. Wie jede Zahl gerechnet wird, steht in docs/methodology.md des Projekts."
METHODS = ("01", "02", "05", "09")
"""Numbers of the pages that say how the results came about; every page's footer leads to them."""

MOST_INSIDE = 1_600_000
"""Bytes of a page's inside that leave room for scripts and fonts: a page of interactive figures stays under 3 MB."""


@dataclass
class Body:
    """The inside of a page: what stands first (`lead`, the summary box) and the rest. `charts` maps element ids to
    plotly specifications, `own_charts` those of an analyst's own; `undescribed` are cells with own pictures that nobody
    has described; `number` leads the numbers of its figures and tables (`3.` on the page of notebook 03), so
    that they can be referred to from anywhere; `figures` keeps by name what its figures consist of, for the first
    page. A page `is_empty` when the round has nothing for it; the lines of one that `is_set` break where they should
    (`german.set_lines`)."""

    title: str
    markup: Markup
    lead: Markup = field(default_factory=Markup)
    charts: dict[str, Any] = field(default_factory=dict)
    own_charts: dict[str, Any] = field(default_factory=dict)
    undescribed: list[int] = field(default_factory=list)
    contents: list[tuple[str, str]] = field(default_factory=list)
    has_code: bool = False
    number: str = ""
    figures: dict[str, Made] = field(default_factory=dict)
    is_empty: bool = False
    is_set: bool = False

    def set_lines(self) -> None:
        """Once is enough."""
        if self.is_set:
            return
        self.lead, self.markup = Markup(german.set_lines(self.lead)), Markup(german.set_lines(self.markup))
        self.is_set = True


def notebook_body(
    notebook: Any, round_: Round, figures: Path | None = None, name: str = "", source: Source | None = None
) -> Body:
    """Render the cells of an executed notebook called `name`. `figures` is the folder in which its figures were saved
    (default: the round's). A notebook that reads private tables comes with the `source` of its references, the only
    outputs of it that are taken, and its figures are saved here.

    Raises: DataError for an output that the page cannot or must not show, so that none is dropped silently.
    """
    body = Body("", Markup(), number=f"{int(name[:2])}." if name[:2].isdigit() else "")
    own = Own(body.number.replace(".", "-"), body.own_charts, body.undescribed)
    cells = [cell for cell in notebook.cells if not LEFT_OUT & set(cell.metadata.get("tags", []))]
    if source:
        source = replace(source, cells=tuple(cell.source for cell in notebook.cells if cell.cell_type == "code"))
    for number, cell in enumerate(notebook.cells, start=1):
        at = f"cell {number}"
        if source and cell.get("attachments") and cell in cells:
            raise _not_ours(name, at, "an attached picture")
        if cell.cell_type != "code":
            continue
        if {"parameters", *NOT_SHOWN} & set(cell.metadata.get("tags", [])):
            cell.outputs = []
        shown: list[tuple[bool, Markup]] = []
        for output in cell.outputs:
            if output.get("metadata") == BESIDE:
                continue
            if source:
                shown.append((True, _referred(output, source, body, round_, figures, name, at)))
            elif (unit := _ours(output, body, figures, round_)) is not None:
                shown.append((True, unit))
            else:
                try:
                    shown.append((False, own_output(output, cell.source, number, own)))
                except ValueError as fault:
                    remedy = "show it as a picture or a table, or give the cell the tag remove_output"
                    raise DataError(f"{name}.ipynb", "outputs that a page can hold", fault, at, remedy) from None
        cell.outputs = [_as_output(unit) for unit in _together(shown)]
    notebook.cells, body.is_empty = without_empty_sections(cells)
    places: dict[str, str] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.data = {"text/html": _kept(output.data["text/html"], places)}
    with _one_at_a_time:
        text, _ = _exporter().from_notebook_node(notebook)
    units = {place: unit for place, unit in places.items() if unit.startswith(_UNSEARCHED)}
    text = _put_back(text, {place: unit for place, unit in places.items() if place not in units})
    text = _number_tables(_headings(_files_aside(text), body), body.number)
    if box := re.search(r'<div class="summary">.*?</div>', text, flags=re.DOTALL):
        body.lead, text = Markup(box[0]), text[: box.start()] + text[box.end() :]
    text = _put_back(text, units)
    body.markup, body.has_code = Markup(_within_room(text)), 'class="code"' in text
    body.set_lines()
    return body


def _together(shown: list[tuple[bool, Markup]]) -> Iterator[Markup]:
    """The outputs of a cell, own ones that follow each other under one mark."""
    for is_ours, group in itertools.groupby(shown, key=lambda one: one[0]):
        parts = [unit for _, unit in group]
        yield from parts if is_ours else [marked(parts)]


def _as_output(unit: Markup) -> Any:
    from nbformat.v4 import new_output

    return new_output("display_data", data={"text/html": str(unit)})


def _referred(
    output: Any, source: Source, body: Body, round_: Round, figures: Path | None, name: str, at: str
) -> Markup:
    """What an output of a notebook that reads private tables refers to, made anew from tables."""
    reference = output.get("data", {}).get(REFERENCE)
    if not reference:
        raise _not_ours(name, at, _kind(output))
    try:
        made = source.render(reference)
    except (LookupError, TypeError, ValueError, AttributeError) as fault:
        why = fault.args[0] if type(fault) is LookupError and fault.args else "something that no table holds"
        raise _not_ours(name, at, why) from None
    if isinstance(made, Picture):
        return add_figure(body, source.draw(made, figures or round_.figures), round_, figures)
    return Markup(made.markup)


def _not_ours(name: str, at: str, what: str) -> DataError:
    expected = "a notebook that reads private tables to show only what publish makes of tables"
    remedy = "take it out, or give the cell the tag remove_output: it then runs and is on no page"
    return DataError(f"{name}.ipynb", expected, what, at, remedy)


def _kind(output: Any) -> str:
    """What an output is, without saying what it holds."""
    if output.output_type == "stream":
        return "a printed text" if output.name == "stdout" else "a warning or message"
    if output.output_type == "error":
        return "an error"
    kinds = sorted(output.get("data", {}), key=lambda kind: (kind == "text/plain", kind == REFERENCE, kind))
    return f"an output of type {kinds[0] if kinds else 'unknown'}"


_one_at_a_time = threading.Lock()
_PLACE = re.compile("<!--output [0-9]+-->")
_UNSEARCHED = ("<figure", '<div class="own">')
"""How units begin whose headings and tables are not those of the page."""


def _kept(markup: str, places: dict[str, str]) -> str:
    """The place of an output until its cell is rendered: nbconvert parses anew what it is given, drawings too."""
    place = f"<!--output {len(places) + 1}-->"
    places[place] = markup
    return place


def _put_back(text: str, places: dict[str, str]) -> str:
    """Comments that are no places of ours stay as they are."""
    return _PLACE.sub(lambda found: places.get(found[0], found[0]), text)


@cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="bericht", extra_template_basedirs=[str(HERE / "template")], exclude_anchor_links=True
    )
    exporter.register_filter("with_formulas", with_formulas)
    return exporter


def get_ready() -> None:
    """Read and compile the templates, which takes longer than a page does, before the first page needs them."""
    import nbformat

    with _one_at_a_time:
        _exporter().from_notebook_node(nbformat.v4.new_notebook())
    _template("page.html.j2")


def add_figure(body: Body, made: Made, round_: Round, figures: Path | None = None) -> Markup:
    """The unit of a figure whose files lie in `figures` (default: the round's), entered in the body."""
    about, data = made
    body.figures[about["name"]] = made
    body.charts[f"chart-{about['name']}"] = data[PLOTLY_MIME]
    return figure_unit(about, data, figures or round_.figures, round_, number=f"{body.number}{len(body.charts)}")


def _ours(output: Any, body: Body, figures: Path | None, round_: Round) -> Markup | None:
    """What `pages` made in a report notebook; None for an analyst's own output."""
    data, about = output.get("data", {}), output.get("metadata", {}).get("fachdialog")
    if PLOTLY_MIME in data and about:
        return add_figure(body, (dict(about), dict(data)), round_, figures)
    return Markup(data["text/html"]) if REFERENCE in data else None


def _headings(text: str, body: Body) -> str:
    """Give every h2 an id and enter it in the contents; h1 becomes the title, which the frame of the page shows."""

    def name(match: re.Match[str]) -> str:
        level, words = match[1], html.unescape(re.sub("<[^>]+>", "", match[2])).strip()
        if level == "1":
            body.title = body.title or words
            return ""
        short = re.sub(r"\W+", "-", words.casefold()).strip("-")[:50]
        identifier = f"a{body.number.replace('.', '-')}{len(body.contents) + 1}-{short}"
        body.contents.append((identifier, words))
        return f'<h2 id="{identifier}">{match[2]}</h2>'

    return re.sub(r"<h([12])[^>]*>(.*?)</h\1>", name, text, flags=re.DOTALL)


def _within_room(text: str) -> str:
    """A page of very many figures links their SVG files, which lie in the report, instead of holding them."""
    if len(text.encode()) <= MOST_INSIDE:
        return text
    held = r'(<a download="([^"]+\.svg)" href=")data:image/svg\+xml;base64,[^"]*"'
    return re.sub(held, r'\1../figures/\2"', text)


def _files_aside(text: str) -> str:
    """Which files a notebook reads and writes goes with its code: behind the same switch."""
    aside = r'<details class="code"><summary>Dateien</summary>\1</details>'
    return re.sub(r"(<p><strong>Gelesen w(?:ird|erden)</strong>.*?</p>)", aside, text, flags=re.DOTALL)


def _number_tables(text: str, number: str) -> str:
    """Number the captions of tables; the tables inside a figure belong to the figure's number."""
    count = itertools.count(1)
    return re.sub(
        r'(<caption id="t-(?!zahlen-)[^"]*">)', lambda match: f"{match[1]}Tabelle {number}{next(count)}: ", text
    )


def render_page(
    round_: Round, body: Body, *, pages: list[tuple[str, str, bool]], home: str, evidence: Evidence | None = None
) -> str:
    """The finished page. `pages` lists (link, title, is this page) of the round's pages, `home` leads to its index,
    `evidence` spares reading the round's once more for every page."""
    here = next((place for place, page in enumerate(pages) if page[2]), None)
    return _framed(
        body,
        round_title=round_.file.title,
        date=german.date(round_.file.date),
        answers=answers(evidence or read_evidence(round_)),
        notice=notice(round_),
        versions=versions(round_),
        draft=draft_mark(round_),
        released="" if round_.is_draft else round_.data_stamp,
        errata=errata(round_),
        pages=pages,
        methods=[page for page in pages if Path(page[0]).name[:2] in METHODS and not page[2]],
        before=pages[here - 1] if here else None,
        after=pages[here + 1] if here is not None and here + 1 < len(pages) else None,
        home=home,
        terms=terms_in((body.lead + body.markup).striptags()),
        statistics=statistics_in(body.lead + body.markup),
        charts=_json(body.charts) if body.charts else "",
        own_charts=_json(body.own_charts) if body.own_charts else "",
        plotly=_plotly(body),
        evaluates=makes_programs(body.own_charts),
    )


def _json(value: Any) -> Markup:
    return Markup(json.dumps(value, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c"))


def _plotly(body: Body) -> Markup | str:
    """The smallest plotly.js that draws the charts of a page: ours need the basic one, others that of the package."""
    if bundle_needed(body.own_charts):
        import plotly

        return Markup((Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8"))
    return _file("plotly-basic-4.1.1.min.js") if body.charts or body.own_charts else ""


def render_landing(markup: Markup) -> str:
    """The page above all rounds, in the same frame."""
    return _framed(Body("Alle Fachdialoge", markup), round_title="Fachdialog-Analyse")


def _framed(body: Body, *, round_title: str, **special: Any) -> str:
    """A body in the frame of all pages; what a page does not bring (date, notice, charts …) is left out of it."""
    absent = dict.fromkeys(
        (
            *("date", "answers", "notice", "versions", "pages", "methods", "before", "after", "home"),
            *("draft", "released", "errata"),
            *("terms", "statistics", "charts", "own_charts", "plotly", "evaluates"),
        ),
        "",
    )
    body.set_lines()
    return _template("page.html.j2").render(
        title=body.title,
        round_title=round_title,
        contents=body.contents,
        lead=body.lead,
        body=body.markup,
        has_code=body.has_code,
        footer=FOOTER,
        fonts=[(400, _font(400)), (600, _font(600))],
        css=_file("page.css"),
        js=_file("page.js"),
        **{**absent, **special},
    )


def versions(round_: Round) -> str:
    """Which numbers and which program made a page: short hashes of `estimates.csv` and of the package's files."""
    return f"Datenstand {round_.data_stamp} · Programm {__version__}-{program_hash(HERE.parent)}"


@cache
def program_hash(package: Path) -> str:
    """Short hash of all files of the package: code, styles, and data that decide what a page says."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:8]


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
