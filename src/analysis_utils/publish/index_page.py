"""The first page of a report: the main results in sentences, the picture of the ranking, the way to the pages."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Round
from .evidence import Evidence
from .export import Body
from .html import join
from .sentences import ranking_sentences, scale_sentences


def index_body(round_: Round, evidence: Evidence, cards: list[tuple[str, str]]) -> Body:
    """Sentences built from `estimates` for every priority and scale question, and a card per page (link, title)."""
    parts = [Markup("<h1>Ergebnisse im Überblick</h1>")]
    contents = []
    for question in round_.file.questions:
        if question.type == "points":
            sentences = ranking_sentences(evidence, question)
        elif question.type == "scale":
            sentences = scale_sentences(evidence, question)
        else:
            continue
        contents.append((f"frage-{question.id}", question.label))
        body = join(Markup("<p>{}</p>").format(sentence) for sentence in sentences)
        heading = Markup('<h2 id="frage-{}">{}</h2><p class="note">„{}“</p>')
        parts.append(heading.format(question.id, question.label, question.wording) + body)
    links = join(Markup('<li><a href="{}"><b>{}</b></a></li>').format(link, title) for link, title in cards)
    parts.append(Markup('<h2 id="seiten">Die Seiten dieses Berichts</h2><ul class="cards">{}</ul>').format(links))
    return Body("Ergebnisse im Überblick", join(parts), contents=contents)
