"""Pieces of page as notebook outputs. All text goes through `Markup`, which escapes whatever is not markup of ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ..rounds import Question
from . import german

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
        from ..pages import table

        return table(frame, plain=True)._repr_mimebundle_() if frame.attrs.get("published") else None  # type: ignore[misc]

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


def table(
    caption: str | Markup,
    head: Sequence[str | Markup],
    rows: Sequence[Sequence[str | Markup]],
    *,
    name: str,
    caveat: str | Markup = "",
    numeric_from: int = 1,
) -> Html:
    """An accessible table: caption, scoped headers, caveat directly above, withheld cells explained below; a column of
    which all is withheld is only named there. The first cell of a row is its header; columns from `numeric_from` on are
    numbers. `name` must be unique on the page."""
    from .page_table import LEGEND, page_table

    if not rows:
        return absent(f"{Markup(caption).striptags()}: keine Angaben.", f"t-{name}")
    empty = [at for at in range(1, len(head)) if all('class="withheld"' in row[at] for row in rows)]
    kept = [at for at in range(len(head)) if at not in empty]
    short = [[row[at] for at in kept] for row in rows]
    inside = page_table(caption, [head[at] for at in kept], short, name=name, numeric_from=numeric_from)
    above = Markup('<p class="caveat">{}</p>').format(caveat) if caveat else ""
    below = LEGEND if 'class="withheld"' in inside else ""
    if empty:
        lost = german.listing([f"„{Markup(head[at]).striptags()}“" for at in empty])
        below += Markup('<p class="legend">Zum Schutz einzelner Personen ganz zurückgehalten: {}.</p>').format(lost)
    region = Markup('<div class="scroll" role="region" aria-labelledby="t-{}" tabindex="0">{}</div>').format(
        name, inside
    )
    whole = above + region + below
    return Html(Markup('<div class="wide">{}</div>').format(whole) if len(head) > MOST_COLUMNS else whole)
