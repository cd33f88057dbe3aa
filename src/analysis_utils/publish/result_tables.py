"""Result tables from rows of `estimates`."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question
from . import german
from .evidence import Evidence, shown, shown_interval
from .html import Html, table
from .labels import polled_wording
from .sentences import is_invented, sorted_means

TARGET = (
    "Die Punkte gelten genau für die Personen, die geantwortet haben. Die Unsicherheitsbereiche gelten für einen "
    "gedachten größeren Kreis ähnlicher Teilnehmender."
)


def ranking_table(evidence: Evidence, question: Question) -> Html:
    """Every area: rank, mean points with interval, givers."""
    lines = []
    for mean in sorted_means(evidence, question):
        rank = evidence.row(question, "rank", mean.item)
        givers = evidence.row(question, "givers", mean.item)
        share = evidence.row(question, "share_giving_points", mean.item)
        cells = [shown(rank), shown(mean), shown_interval(mean), shown(givers), shown(share), shown_interval(share)]
        lines.append([polled_wording(question, mean.item), *cells])
    head = ["Fokusbereich", "Rang", "Punkte", "95-%-Bereich", "geben Punkte", "Anteil", "95-%-Bereich"]
    n = german.number(evidence.row(question, "respondents").n)
    return table(
        f"{question.label}, n = {n} Stimmzettel",
        head,
        lines,
        name=f"tabelle_{question.id}",
        caveat=_caveat(evidence, question),
    )


def scale_table(evidence: Evidence, questions: list[Question]) -> Html:
    """One line per scale question: answers, top box, mean, median."""
    lines = []
    for question in questions:
        n, top = evidence.row(question, "respondents"), evidence.row(question, "top_box_share")
        mean, median = evidence.row(question, "mean"), evidence.row(question, "median")
        cells = [shown(n), shown(top), shown_interval(top), shown(mean), shown_interval(mean), shown(median)]
        lines.append([question.label, *cells])
    head = ["Frage", "Antworten", "oberste Stufen", "95-%-Bereich", "Mittelwert", "95-%-Bereich", "Median"]
    caveat = _caveat(evidence, questions[0], "top_box_share") if questions else ""
    return table("Skalenfragen im Überblick", head, lines, name="skalen", caveat=caveat)


def _caveat(evidence: Evidence, question: Question, statistic: str = "interval") -> str | Markup:
    if not is_invented(evidence, question, statistic):
        return TARGET
    kept = Markup("Nur die Zahl der Antworten ist veröffentlicht.")
    if "mean_points" in question.published:
        kept = Markup("Veröffentlicht sind die auf ganze Punkte gerundeten Mittelwerte und die Zahl der Antworten.")
    return Markup('{} Alles Übrige in dieser Tabelle ist <small class="invented">nachgebildet</small>. {}').format(
        kept, TARGET
    )
