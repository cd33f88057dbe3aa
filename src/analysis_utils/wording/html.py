"""Pieces of page as notebook outputs. All text goes through `Markup`, which escapes whatever is not markup of ours."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from ..rounds import Question
from . import german
from .definitions import listed
from .evidence import Numbers, Row
from .labels import breakable

PLOTLY_MIME = "application/vnd.plotly.v1+json"
BESIDE = {"fachdialog": {"beside": "figure"}}
"""Metadata of outputs that stand beside a chart in a notebook and are left out of a page."""
# The basic bundle of plotly.js draws these; any other trace type would be drawn wrongly and without a word.
TRACE_TYPES = frozenset({"scatter", "bar", "pie"})
NOT_ASKED = "In dieser Runde wurde keine solche Frage gestellt."
ONLY_ORDERS = "Von den Gruppen liegen nur Rangfolgen vor, keine Notizen oder Tafeln."
NO_NOTES = "Zu dieser Runde liegen keine Notizen oder Tafeln von Gruppen vor."
SAYINGS = {"not_asked": NOT_ASKED, "only_orders": ONLY_ORDERS, "no_notes": NO_NOTES}
"""Sentences that stand for a whole section, by the name under which a page refers to them (`references`)."""
MOST_COLUMNS = 9
"""A table with more columns is printed across its page, in small letters."""


Made = tuple[dict[str, str], dict[str, Any]]
"""Name, title, subtitle, caption and alt text of a picture; its drawings by type."""


class Picture:
    """What a page shows as a figure (`charts.chart`): its words and drawings, and how it can be made anew."""

    reference: Any = None

    def save(self, folder: Path) -> Picture:
        """Write its files."""
        raise NotImplementedError

    @property
    def of_round(self) -> str:
        """Folder name of the round it shows."""
        raise NotImplementedError

    def made(self) -> Made:
        raise NotImplementedError


def saved(picture: Picture, folder: Path) -> Made:
    """What a page makes of a picture whose files are written to `folder`."""
    return picture.save(folder).made()


@dataclass(frozen=True)
class Html:
    """Markup that a notebook shows. Build it from `Markup(...).format(...)`, never from strings of others.

    `reference` says how a page makes the same anew; a notebook that reads private tables shows nothing without one."""

    markup: Markup
    reference: Any = field(default=None, compare=False)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from .references import REFERENCE, words_hash

        said = {**self.reference, "text": words_hash(self.markup)} if self.reference else {}
        return {"text/html": str(self.markup), REFERENCE: said}

    def _repr_html_(self) -> str:
        return str(self.markup)

    def __html__(self) -> Markup:
        return self.markup

    def save(self, folder: Path) -> Html:
        """Nothing to write: a remark that stands where a figure would."""
        return self


def join(parts: Iterable[str | Html], between: str = "") -> Markup:
    return Markup(between).join(parts)


def listing(parts: Iterable[str | Markup], last: str = "und") -> Markup:
    """`A, B und C`."""
    return Markup(german.listing([*map(escape, parts)], last))


def paragraphs(sentences: Sequence[Markup], heading: str = "") -> Html:
    """Sentences as one paragraph each, under a heading of their own where one is given."""
    head = Markup("<h3>{}</h3>").format(heading) if heading else ""
    return Html(head + join(Markup("<p>{}</p>").format(sentence) for sentence in sentences))


def each(questions: Sequence[Question], make: Callable[[Question], object]) -> None:
    """Show what `make` returns for every question; say so where there is none."""
    from IPython.display import display

    for question in questions:
        display(make(question))
    if not questions:
        display(absent(NOT_ASKED))


def show(*things: object) -> None:
    """Show charts, tables and sentences. Under the runner the files of a chart are written, too."""
    from IPython.display import display

    for thing in things:
        if isinstance(thing, Picture) and (folder := os.environ.get("FACHDIALOG_REPORTS")):
            thing.save(Path(folder, thing.of_round, "figures"))
        display(thing)


def show_published() -> None:
    """From now on a frame that `publish` gave is shown as its table, wherever a cell ends with it."""
    from IPython.core.getipython import get_ipython
    from pandas import DataFrame

    def bundle(frame: DataFrame, include: object = None, exclude: object = None) -> dict[str, Any] | None:
        from ..pages import table as shown_rows

        return shown_rows(frame, plain=True)._repr_mimebundle_() if frame.attrs.get("published") else None  # type: ignore[operator]

    get_ipython().display_formatter.mimebundle_formatter.for_type(DataFrame, bundle)  # type: ignore[union-attr]


def summary(sentences: Sequence[Markup]) -> Html:
    """The box with the main results that a page opens with."""
    if not sentences:
        return absent(NOT_ASKED)
    body = join(Markup("<p>{}</p>").format(sentence) for sentence in sentences)
    return Html(Markup('<div class="summary"><p class="summary-title"><b>Das Wichtigste</b></p>{}</div>').format(body))


def counted(count: int | None, source: str) -> Markup:
    """A count that does not come from estimates, tied to what was counted (`reading`: files as they were read)."""
    if count is None or count != count:
        return Markup("{}").format(german.NONE)
    return Markup('<data value="{}" data-source="{}">{}</data>').format(count, source, german.number(count))


def in_words(count: int, *, capital: bool = False) -> Markup:
    """A count of things that the page lists, in words where it is small, tied to its value."""
    words = german.spelled(count)
    words = words[:1].upper() + words[1:] if capital else words
    return Markup('<data value="{}" data-source="count">{}</data>').format(count, words)


def note(text: str | Markup) -> Html:
    """A remark that stands beside the results."""
    return Html(Markup('<p class="note">{}</p>').format(text))


def absent(text: str, identifier: str = "") -> Html:
    """Says that the round has nothing of a kind. A page leaves out the sections that say no more than this."""
    name = Markup(' id="{}"').format(identifier) if identifier else ""
    saying = next((key for key, words in SAYINGS.items() if words == text), "")
    return Html(Markup('<p class="note absent"{}>{}</p>').format(name, text), {"says": saying} if saying else None)


Cell = str | Markup | Row | None
_NUMBER = re.compile(r"[−+]?[\d\u202f]+(?:,(\d+))?(\u00a0%)?")
LONG = 12
"""Letters from which words in a column of numbers may be broken into lines."""
LEGEND = Markup('<p class="legend"><span aria-hidden="true">•</span> {}</p>').format(
    "Zum Schutz einzelner Personen zurückgehalten."
)


def table(
    caption: str | Markup,
    head: Sequence[str | Markup],
    rows: Iterable[Sequence[Cell]],
    *,
    name: str,
    caveat: str | Markup = "",
    numeric_from: int = 1,
) -> Html:
    """An accessible table: caption, scoped headers, caveat directly above, withheld cells explained below; a column of
    which all is withheld is only named there. A cell is text, a row of numbers or nothing; the first is the header of
    its row, columns from `numeric_from` on are numbers. `name` must be unique on the page."""
    lines = [[escape(german.NONE if cell is None else cell) for cell in row] for row in rows]
    if not lines:
        return absent(f"{Markup(caption).striptags()}: keine Angaben.", f"t-{name}")
    empty = [at for at in range(1, len(head)) if all('class="withheld"' in line[at] for line in lines)]
    kept = [at for at in range(len(head)) if at not in empty]
    short = [[line[at] for at in kept] for line in lines]
    inside = _page_table(caption, [head[at] for at in kept], short, name=name, numeric_from=numeric_from)
    above = Markup('<p class="caveat">{}</p>').format(caveat) if caveat else ""
    below = LEGEND if 'class="withheld"' in inside else ""
    if empty:
        lost = german.listing([f"„{Markup(head[at]).striptags()}“" for at in empty])
        below += Markup('<p class="legend">Zum Schutz einzelner Personen ganz zurückgehalten: {}.</p>').format(lost)
    region = '{}<div class="scroll" role="region" aria-labelledby="t-{}" tabindex="0">{}</div>{}'
    whole = Markup(region).format(above, name, inside, below)
    return Html(Markup('<div class="wide">{}</div>').format(whole) if len(head) > MOST_COLUMNS else whole)


def numbers_table(
    kind: str, caption: str | Markup, lines: Iterable[tuple[str | Markup, Numbers]], **options: Any
) -> Html:
    """A table whose columns `tables.txt` lists under its kind: in each line the label and the numbers that the columns
    name. A column with `?` is left out where no line has a number for it."""
    first, *columns = listed("tables.txt")[kind]
    heads, fields = zip(*(column.split(" = ") for column in columns), strict=True)
    found = [(label, [numbers.cell(name.lstrip("?")) for name in fields]) for label, numbers in lines]
    kept = [at for at, name in enumerate(fields) if name[0] != "?" or any(cells[at] is not None for _, cells in found)]
    rows = [[label, *(cells[at] for at in kept)] for label, cells in found]
    return table(caption, [first, *(heads[at] for at in kept)], rows, **options)


def _page_table(
    caption: str, head: Sequence[str], rows: Sequence[Sequence[Markup]], *, name: str, numeric_from: int
) -> Markup:
    """Caption, scoped headers, cells; columns from `numeric_from` on are numbers, aligned at the decimal comma."""
    import pandas as pd

    frame = pd.DataFrame([list(row) for row in rows], columns=range(len(head)), dtype=object)
    formats: dict[Any, Any] = {
        place: _aligned(list(frame[place])) if place >= numeric_from else escape for place in range(1, len(head))
    }
    formats[0] = _header
    style = _styler()(frame).hide(axis="index").format(formats)
    style = style.format_index(lambda place: _header(head[place]), axis="columns")
    return Markup(style.to_html(exclude_styles=True, caption=escape(caption), name=name, numeric_from=numeric_from))


@cache
def _styler() -> Any:
    from pandas.io.formats.style import Styler

    return Styler.from_custom_template(str(Path(__file__).parent), html_table="table.html.j2")


def _header(cell: str) -> Markup:
    """A header whose long words may be broken, so that numbers keep their room."""
    parts = re.split("(<[^>]*>|&[^;]*;)", escape(cell))
    return Markup("".join(part if place % 2 else breakable(part) for place, part in enumerate(parts)))


def _aligned(column: Sequence[Markup]) -> Callable[[Markup], Markup]:
    """A format that leaves room for missing decimals and unit to the right of a number, so that commas stand in line.

    The room is generated content of the style sheet: it is not read aloud, not copied and not searched.
    """
    parts = [found.groups("") for cell in column if (found := _number(cell))]
    digits = max((len(decimals) for decimals, _ in parts), default=0)
    unit = max((unit for _, unit in parts), default="")

    def shown(cell: Markup) -> Markup:
        found = _number(cell)
        if not found:
            is_long = len(cell) > LONG and not any(letter.isdigit() for letter in cell)
            return Markup('<span class="words">{}</span>').format(cell) if is_long else cell
        decimals, own = found.groups("")
        room = ("," if digits and not decimals else "") + "0" * (digits - len(decimals)) + (unit if not own else "")
        return cell + (Markup('<i data-room="{}"></i>').format(room) if room else "")

    return shown


def _number(cell: Markup) -> re.Match[str] | None:
    return _NUMBER.fullmatch(re.sub("<[^>]*>", "", cell))
