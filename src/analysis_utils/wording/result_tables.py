"""Result tables from rows of `estimates`, and which questions have none. `tables.txt` lists their columns."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question
from .evidence import INVENTED, Evidence, is_invented
from .html import NOT_ASKED, Html, absent, join, note, numbers_table
from .labels import polled_wording, short_label
from .sentences import sorted_means

EXACT = "Die Werte gelten genau für die Personen, die geantwortet haben."
_WHOM = "gelten für einen gedachten größeren Kreis ähnlicher Teilnehmender, die unabhängig voneinander antworten."
TARGET, TESTED = f"{EXACT} Die Unsicherheitsbereiche {_WHOM}", f"{EXACT} Die p-Werte {_WHOM}"
ROOM = " In den Grenzen für alle im Saal läge der Wert, wie auch immer die geantwortet hätten, die es nicht taten."
"""For whom the numbers of a table hold; every table says it."""
_WHY_NOT = {
    "open": "freie Antworten werden erst ausgezählt, wenn sie kodiert sind, und nie wörtlich gezeigt",
    "wordcloud": "Stichworte werden erst ausgezählt, wenn sie kodiert sind, und nie wörtlich gezeigt",
    "quiz": "ein Quiz fragt Wissen ab und keine Meinung",
    "other": "für diese Art von Frage gibt es keine Auszählung",
}
_WHY_NO_INTERVAL = {
    "fewer than": " Wo weniger als zehn Personen Punkte gaben, tritt ihr Anteil an die Stelle des "
    "Unsicherheitsbereichs.",
    "all answers equal": " Wo alle dasselbe gaben, gibt es keinen Unsicherheitsbereich.",
}


def ranking_table(evidence: Evidence, question: Question) -> Html:
    """Every area: mean points with interval, the ranks the data allow, givers."""
    bare = " ".join(row.method for row in evidence.rows(question, "mean_points") if row.low is None)
    why = "".join(words for method, words in _WHY_NO_INTERVAL.items() if method in bare)
    room = ROOM if evidence.rows(question, "room_mean_points") else ""
    caveat = origin_caveat(evidence, question, "rank") + why + room
    return _areas_table("ranking", evidence, question, name=f"tabelle_{question.id}", caveat=caveat, polled=True)


def robustness_table(evidence: Evidence, question: Question) -> Html:
    """Best and worst rank over the rules and over leaving out one ballot; stability of being among the first three."""
    if not evidence.rows(question, "rank_over_rules"):
        return note("Ein Vergleich der Zählregeln ist mit diesen Stimmzetteln nicht möglich.")
    caveat = origin_caveat(evidence, question, "rank_over_rules", target=EXACT)
    return _areas_table("robustness", evidence, question, name=f"robust_{question.id}", caveat=caveat)


def alike_table(evidence: Evidence, question: Question) -> Html:
    """Intervals and possible ranks as they are, and as they would be had people answered alike."""
    caveat, caption = origin_caveat(evidence, question, "alike_rank"), f"{question.label}: {IF_ALIKE}"
    return _areas_table("alike", evidence, question, name=f"unabhaengig_{question.id}", caveat=caveat, caption=caption)


IF_ALIKE = "was bliebe, wenn Personen gleich geantwortet hätten"


def _areas_table(
    kind: str,
    evidence: Evidence,
    question: Question,
    *,
    name: str,
    caveat: str,
    caption: str = "",
    polled: bool = False,
) -> Html:
    """A line for each option, the most wanted first where the question puts them in an order; `polled`: as polled."""
    about = evidence.numbers(question, label=question.label)
    has_order = kind != "choice" or evidence.rows(question, "rank")
    rows = sorted_means(evidence, question) if has_order else evidence.rows(question, "share")
    lines = [
        (polled_wording(question, row.item) if polled else short_label(evidence.round, row.item), about.of(row.item))
        for row in rows
    ]
    ballots = "" if kind in ("choice", "order") else " Stimmzettel"
    caption = caption or about.say(f"{{label}}, n = {{respondents:n}}{ballots}")
    return numbers_table(kind, caption, lines, name=name, caveat=caveat)


def pairs_table(evidence: Evidence, question: Question) -> Html:
    """The pairs of areas whose order the data decide, with difference and p-values."""
    about, lines = evidence.numbers(question), []
    for separated in evidence.rows(question, "pair_separated"):
        if separated.estimate:
            difference = evidence.find(question, "pair_difference", separated.item)  # of rankings there is none
            labels = [short_label(evidence.round, item) for item in separated.item.split("|")]
            first, second = labels if difference is None or difference.value >= 0 else labels[::-1]
            lines.append((f"{first} vor {second}", about.of(separated.item)))
    if not lines:
        return note("Kein Paar von Bereichen lässt sich mit diesen Stimmzetteln trennen.")
    caveat = origin_caveat(evidence, question, "pair_separated", target=TESTED)
    caveat += " Getrennt sind Paare nach den möglichen Rängen; die p-Werte prüfen auf anderem Weg und können abweichen."
    caption = f"{question.label}: getrennte Paare"
    return numbers_table("pairs", caption, lines, name=f"paare_{question.id}", caveat=caveat)


def result_of(evidence: Evidence, question: Question) -> Html:
    """The table of a choice or a ranking."""
    return order_table(evidence, question) if question.type == "ranking" else choice_table(evidence, question)


def choice_table(evidence: Evidence, question: Question) -> Html:
    """Counts and shares of a choice question, in the order polled; of a question of priority the most chosen first,
    with the ranks the data allow."""
    ranks = evidence.rows(question, "rank")
    caveat = origin_caveat(evidence, question, "count", target=TARGET if ranks else EXACT)
    return _areas_table("choice", evidence, question, name=f"wahl_{question.id}", caveat=caveat, polled=True)


def order_table(evidence: Evidence, question: Question) -> Html:
    """Every option of a ranking, the best mean rank first: who puts it first, mean rank, the ranks the data allow."""
    is_partial = question.unranked != "last"
    caveat = "Nicht Geordnetes gilt als fehlend, deshalb gibt es keine Rangfolge aller. " if is_partial else ""
    caveat += "Was jemand nicht ordnete, teilt sich beim mittleren Rang die übrigen Plätze. "
    caveat += origin_caveat(evidence, question, "mean_rank")
    return _areas_table("order", evidence, question, name=f"reihung_{question.id}", caveat=caveat, polled=True)


def scale_table(evidence: Evidence, questions: list[Question]) -> Html:
    """One line per scale question: answers, top box, mean, median, consensus."""
    if not questions:
        return absent(NOT_ASKED)
    has_room = any(evidence.rows(question, "room_top_box_share") for question in questions)
    caveat = origin_caveat(evidence, questions[0], "top_box_share") + (ROOM if has_room else "")
    lines = [(question.label, evidence.numbers(question)) for question in questions]
    return numbers_table("scales", "Skalenfragen im Überblick", lines, name="skalen", caveat=caveat)


def origin_caveat(evidence: Evidence, question: Question, statistic: str, *, target: str = TARGET) -> Markup:
    """For whom the numbers hold and, in a round without original ballots, which of them were published."""
    if not is_invented(evidence, question, statistic):
        return Markup(target)
    if "mean_points" in question.published:
        kept = "Veröffentlicht sind die auf ganze Punkte gerundeten Mittelwerte und die Zahl der Antworten."
    elif "respondents" in question.published:
        kept = "Veröffentlicht ist nur die Zahl der Antworten."
    elif "respondents" in question.inferred:
        kept = "Aus den gedruckten Balken errechnet ist nur die Zahl der Antworten."
    else:
        return Markup("Alle Werte dieser Tabelle sind{}. {}").format(INVENTED, target)
    return Markup("{} Alles Übrige in dieser Tabelle ist{}. {}").format(kept, INVENTED, target)


def without_result(evidence: Evidence) -> Html | None:
    """Every question of which no result is shown: how many answered, and why there is none. None where all have one."""
    parts = []
    for question in evidence.round.file.questions:
        if question.type in _WHY_NOT:
            told = evidence.numbers(question, asked=question.full_wording, why=_WHY_NOT[question.type])
            answered = "{respondents:# Person antwortete|# Personen antworteten}"
            who = answered if told["respondents"].estimate else "niemand antwortete"
            parts.append(told.say(f"<li>„{{asked}}“: {who}; {{why}}.</li>"))
    return Html(Markup("<ul>{}</ul>").format(join(parts))) if parts else None
