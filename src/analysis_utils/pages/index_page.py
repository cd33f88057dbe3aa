"""The first page of a report: the main results in sentences, the picture of the ranking, the way to the pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from ..rounds import Question, Round
from ..wording import Evidence, Made, join, note, ranking_name, ranking_sentences, scale_sentences, without_result
from .export import METHODS, Body, add_figure
from .first_page import executive_summary

DECISIONS = "10"
"""Number of the page on what to decide for the next round."""
WHOLE = "Gesamtbericht: alle Seiten in einem Dokument, zum Drucken und Versenden"
TABLES = {
    "folien.pptx": "Folien mit bearbeitbaren Diagrammen und Notizen (PowerPoint, LibreOffice)",
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
    cards: list[tuple[str, str, Markup]],
    figures: Mapping[str, Made] | None = None,
    left_out: Sequence[str] = (),
) -> Body:
    """The main results, the picture of the ranking, sentences built from `estimates` (priorities first, then the
    scales), a card per page, and the titles of pages for which the round has nothing.

    `cards`: link, title and the result of each page in one line. `figures` of the pages by name: the picture of a
    ranking is that of its page."""
    body = Body("Ergebnisse im Überblick", Markup(), lead=executive_summary(evidence).markup)
    for question in evidence.priorities:
        made = (figures or {}).get(ranking_name(question))
        picture = add_figure(body, made, round_) if made else None
        _section(body, question, ranking_sentences(evidence, question), picture)
    for question in evidence.answered("scale"):
        _section(body, question, scale_sentences(evidence, question))
    if silent := without_result(evidence):
        body.markup += Markup('<h2 id="ohne-ergebnis">Fragen ohne Ergebnis</h2>{}').format(silent.markup)
        body.contents.append(("ohne-ergebnis", "Fragen ohne Ergebnis"))
    card = Markup('<li><a href="{}"><b>{}</b><span>{}</span></a></li>')
    links = join(card.format(link, title, result) for link, title, result in cards)
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


def reading_order(names: Iterable[str]) -> list[str]:
    """The pages of notebooks as they are read: results, then decisions, then how the results came about."""
    places = {DECISIONS: 1} | dict.fromkeys(METHODS, 2)
    return sorted(names, key=lambda name: (places.get(name[:2], 0), name))


def result_line(body: Body) -> Markup:
    """The result of a page in one line: the title of its first figure, else the first sentence of its summary box.
    Titles are plain text: one with a number would stand here without its source."""
    title = next(iter(body.figures.values()))[0]["title"] if body.figures else ""
    if title and not any(character.isdigit() for character in title):
        return Markup("{}").format(title)
    found = re.search(r"<p(?! class=\"summary-title)[^>]*>(.*?)</p>", str(body.lead), flags=re.DOTALL)
    return Markup(found[1]) if found else Markup("")


def _section(body: Body, question: Question, sentences: list[Markup], picture: Markup | None = None) -> None:
    heading = Markup('<h2 id="frage-{}">{}</h2><p class="note">„{}“</p>{}')
    body.markup += heading.format(question.id, question.label, question.full_wording, picture or "")
    body.markup += join(Markup("<p>{}</p>").format(sentence) for sentence in sentences)
    body.contents.append((f"frage-{question.id}", question.label))
