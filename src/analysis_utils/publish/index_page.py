"""The first page of a report: the main results in sentences, the picture of the ranking, the way to the pages."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from ..rounds import Question, Round
from .evidence import Evidence
from .export import Body, Made, add_figure
from .first_page import executive_summary
from .html import join
from .ranking_figure import ranking_name
from .sentences import ranking_sentences, scale_sentences


def index_body(
    round_: Round, evidence: Evidence, cards: list[tuple[str, str]], figures: Mapping[str, Made] | None = None
) -> Body:
    """The executive summary, sentences built from `estimates` (priorities first, then the scales), a card per page.

    `figures` of the pages by name: the picture of a ranking is that of its page."""
    body = Body("Ergebnisse im Überblick", Markup(), lead=executive_summary(evidence).markup)
    for question in evidence.answered("points"):
        _section(body, question, ranking_sentences(evidence, question))
        if made := (figures or {}).get(ranking_name(question)):
            body.markup += add_figure(body, made, round_)
    for question in evidence.answered("scale"):
        _section(body, question, scale_sentences(evidence, question))
    links = join(Markup('<li><a href="{}"><b>{}</b></a></li>').format(link, title) for link, title in cards)
    body.markup += Markup('<h2 id="seiten">Die Seiten dieses Berichts</h2><ul class="cards">{}</ul>').format(links)
    body.contents.append(("seiten", "Die Seiten dieses Berichts"))
    return body


def _section(body: Body, question: Question, sentences: list[Markup]) -> None:
    heading = Markup('<h2 id="frage-{}">{}</h2><p class="note">„{}“</p>')
    body.markup += heading.format(question.id, question.label, question.wording)
    body.markup += join(Markup("<p>{}</p>").format(sentence) for sentence in sentences)
    body.contents.append((f"frage-{question.id}", question.label))
