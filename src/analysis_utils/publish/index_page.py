"""The first page of a report: the main results in sentences, the picture of the ranking, the way to the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from ..round_file import Question
from ..rounds import Round
from .evidence import Evidence
from .export import Body, Made, add_figure
from .first_page import executive_summary
from .html import join, note
from .ranking_figure import ranking_name
from .sentences import ranking_sentences, scale_sentences

WHOLE = "Gesamtbericht: alle Seiten in einem Dokument, zum Drucken und Versenden"
TABLES = {
    "tabellen.xlsx": "Alle Ergebnisse als Tabellen mit deutschen Bezeichnungen (Excel, LibreOffice)",
    "zahlen.csv": "Alle Zahlen in einer Tabelle mit deutschen Bezeichnungen (CSV mit Semikolon und Dezimalkomma)",
    "estimates.csv": "Alle veröffentlichten Schätzwerte, maschinenlesbar (CSV mit Komma und Dezimalpunkt; die Spalten "
    "erklärt das Blatt „Datenwörterbuch“ in tabellen.xlsx)",
    "changes.csv": "Alle Veränderungen gegenüber früheren Runden, maschinenlesbar (CSV)",
    "findings.csv": "Befunde mit ihren Urteilen als Tabelle (CSV)",
    "audit.csv": "Nachrechnung der veröffentlichten Zahlen als Tabelle (CSV)",
}
"""Files of a report beside its pages, in the order in which the first page offers them."""


def index_body(
    round_: Round,
    evidence: Evidence,
    cards: list[tuple[str, str]],
    figures: Mapping[str, Made] | None = None,
    left_out: Sequence[str] = (),
) -> Body:
    """The executive summary, sentences built from `estimates` (priorities first, then the scales), a card per page, and
    the titles of pages for which the round has nothing.

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
    if left_out:
        words = "Zu diesen Fragen hat die Runde nichts, deshalb fehlen ihre Seiten: {}"
        body.markup += note(words.format(" ".join(left_out))).markup
    files = [("bericht.html", WHOLE)]
    files += [(name, words) for name, words in TABLES.items() if (round_.reports / name).is_file()]
    items = join(Markup('<li><a href="{}">{}</a></li>').format(name, words) for name, words in files)
    body.markup += Markup('<h2 id="dateien">Zum Weitergeben</h2><ul>{}</ul>').format(items)
    body.contents.append(("dateien", "Zum Weitergeben"))
    return body


def _section(body: Body, question: Question, sentences: list[Markup]) -> None:
    heading = Markup('<h2 id="frage-{}">{}</h2><p class="note">„{}“</p>')
    body.markup += heading.format(question.id, question.label, question.full_wording)
    body.markup += join(Markup("<p>{}</p>").format(sentence) for sentence in sentences)
    body.contents.append((f"frage-{question.id}", question.label))
