"""Questions that are neither points nor scales: tables of choices and rankings, and which questions have no result."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question
from . import german
from .evidence import Evidence, in_number, shown, shown_interval, shown_n
from .html import Html, join, table
from .labels import polled_wording
from .result_tables import choice_table, origin_caveat
from .sentences import sorted_means

_WHY_NOT = {
    "open": "freie Antworten werden erst ausgezählt, wenn sie kodiert sind, und nie wörtlich gezeigt",
    "wordcloud": "Stichworte werden erst ausgezählt, wenn sie kodiert sind, und nie wörtlich gezeigt",
    "quiz": "ein Quiz fragt Wissen ab und keine Meinung",
    "other": "für diese Art von Frage gibt es keine Auszählung",
}


def result_of(evidence: Evidence, question: Question) -> Html:
    """The table of a choice or a ranking."""
    return order_table(evidence, question) if question.type == "ranking" else choice_table(evidence, question)


def order_table(evidence: Evidence, question: Question) -> Html:
    """Every option of a ranking, the best mean rank first: who puts it first, mean rank, the ranks the data allow."""
    lines, is_partial = [], bool(evidence.rows(question, "rank_given"))
    for mean in sorted_means(evidence, question):
        first, top, given, rank = (
            evidence.find(question, name, mean.item)
            for name in ("share_first", "share_top_three", "mean_rank_given", "rank")
        )
        cells = [shown(first), shown_interval(first)] if first else [german.NONE] * 2
        cells += [shown(top) if top else german.NONE, shown(mean), shown_interval(mean)]
        cells += [shown(given) if given else german.NONE]
        cells += [shown(rank), shown_interval(rank)] if rank else [german.NONE] * 2
        if is_partial:
            other = evidence.find(question, "rank_given", mean.item)
            cells += [shown(other), shown_interval(other)] if other else [german.NONE] * 2
        lines.append([polled_wording(question, mean.item), *cells])
    head = ["Antwort", "an erster Stelle", "95-%-Bereich", "unter den ersten drei", "mittlerer Rang", "95-%-Bereich"]
    head += ["mittlerer Rang, wo genannt", "Rang", "mögliche Ränge"]
    head += ["Rang, wo genannt", "mögliche Ränge, wo genannt"] if is_partial else []
    n = shown_n(evidence.row(question, "respondents"))
    caveat = Markup("{}Was jemand nicht ordnete, teilt sich beim mittleren Rang die übrigen Plätze. ").format(
        ""
        if question.unranked == "last"
        else "Nicht Geordnetes gilt als fehlend, deshalb gibt es keine Rangfolge aller. "
    )
    caveat += origin_caveat(evidence, question, "mean_rank")
    return table(
        Markup("{}, n = {}").format(question.label, n), head, lines, name=f"reihung_{question.id}", caveat=caveat
    )


def without_result(evidence: Evidence) -> Html | None:
    """Every question of which no result is shown: how many answered, and why there is none. None where all have one."""
    parts = []
    for question in evidence.round.file.questions:
        if question.type in _WHY_NOT:
            n = evidence.row(question, "respondents")
            who = (
                in_number(n, "{} Person antwortete", "{} Personen antworteten") if n.estimate else "niemand antwortete"
            )
            parts.append(Markup("<li>„{}“: {}; {}.</li>").format(question.full_wording, who, _WHY_NOT[question.type]))
    return Html(Markup("<ul>{}</ul>").format(join(parts))) if parts else None
