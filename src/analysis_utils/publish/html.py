"""Pieces of page as notebook outputs. All text goes through `Markup`, which escapes whatever is not markup of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ..rounds import Question
from . import german


@dataclass(frozen=True)
class Html:
    """Markup that a notebook shows. Build it from `Markup(...).format(...)`, never from strings of others."""

    markup: Markup

    def _repr_html_(self) -> str:
        return str(self.markup)

    def __html__(self) -> Markup:
        return self.markup


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
        display(note("Zu dieser Runde liegen keine Antworten auf eine solche Frage vor."))


def summary(sentences: Sequence[Markup]) -> Html:
    """The box with the main results that a page opens with."""
    body = join(Markup("<p>{}</p>").format(sentence) for sentence in sentences)
    return Html(Markup('<div class="summary"><p class="summary-title">Das Wichtigste</p>{}</div>').format(body))


def counted(count: int | None, source: str) -> Markup:
    """A count that does not come from estimates, tied to what was counted (`reading`: files as they were read)."""
    if count is None or count != count:
        return Markup("{}").format(german.NONE)
    return Markup('<data value="{}" data-source="{}">{}</data>').format(count, source, german.number(count))


def note(text: str | Markup) -> Html:
    """A remark that stands beside the results."""
    return Html(Markup('<p class="note">{}</p>').format(text))


def table(
    caption: str | Markup,
    head: Sequence[str | Markup],
    rows: Sequence[Sequence[str | Markup]],
    *,
    name: str,
    caveat: str | Markup = "",
    numeric_from: int = 1,
) -> Html:
    """An accessible table: caption, scoped headers, the caveat directly above; columns from `numeric_from` on align
    right. The first cell of a row is its header. `name` must be unique on the page."""
    heads = [
        Markup('<th scope="col"{}>{}</th>').format(_numeric(place, numeric_from), cell)
        for place, cell in enumerate(head)
    ]
    lines = []
    for first, *cells in rows:
        body = [
            Markup("<td{}>{}</td>").format(_numeric(place, numeric_from), _brief(cell))
            for place, cell in enumerate(cells, 1)
        ]
        lines.append(Markup('<tr><th scope="row">{}</th>{}</tr>').format(first, join(body)))
    above = Markup('<p class="caveat">{}</p>').format(caveat) if caveat else ""
    return Html(
        Markup(
            '{}<div class="scroll" role="region" aria-labelledby="t-{}" tabindex="0">'
            '<table><caption id="t-{}">{}</caption>'
            "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
        ).format(above, name, name, caption, join(heads), join(lines))
    )


def _brief(cell: str | Markup) -> str | Markup:
    """A cell without what its numbers tell on demand: in a table interval and n stand beside them."""
    return Markup(re.sub(r' data-about="[^"]*"', "", cell)) if isinstance(cell, Markup) else cell


def _numeric(place: int, numeric_from: int) -> Markup:
    return Markup(' class="num"') if place >= numeric_from else Markup("")
