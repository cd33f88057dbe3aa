"""Result tables from rows of `estimates`."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question
from . import german
from .evidence import Evidence, Row, shown, shown_interval, shown_n
from .html import NOT_ASKED, Html, absent, note, table
from .labels import polled_wording, short_label
from .sentences import INVENTED, is_invented, sorted_means

EXACT = "Die Werte gelten genau für die Personen, die geantwortet haben."
_WHOM = "gelten für einen gedachten größeren Kreis ähnlicher Teilnehmender, die unabhängig voneinander antworten."
TARGET, TESTED = f"{EXACT} Die Unsicherheitsbereiche {_WHOM}", f"{EXACT} Die p-Werte {_WHOM}"
ROOM = " In den Grenzen für alle im Saal läge der Wert, wie auch immer die geantwortet hätten, die es nicht taten."
"""For whom the numbers of a table hold; every table says it."""


def ranking_table(evidence: Evidence, question: Question) -> Html:
    """Every area: mean points with interval, the ranks the data allow, givers."""
    lines = []
    room = {row.item: row for row in evidence.rows(question, "room_mean_points")}
    for mean in sorted_means(evidence, question):
        rank = evidence.row(question, "rank", mean.item)
        givers = evidence.row(question, "givers", mean.item)
        share = evidence.row(question, "share_giving_points", mean.item)
        ranks = [shown(rank), shown_interval(rank)]
        cells = [shown(mean), shown_interval(mean), *ranks, shown(givers), shown(share), shown_interval(share)]
        lines.append(
            [polled_wording(question, mean.item), *cells, *([shown_interval(room[mean.item])] if room else [])]
        )
    head = [
        "Fokusbereich",
        "Punkte",
        "95-%-Bereich",
        "Rang",
        "mögliche Ränge",
        "geben Punkte",
        "Anteil",
        "95-%-Bereich",
    ]
    if room:
        head.append("Punkte, alle im Saal")
    caveat = origin_caveat(evidence, question, "rank") + _why_no_interval(evidence, question) + (ROOM if room else "")
    return table(_caption(evidence, question), head, lines, name=f"tabelle_{question.id}", caveat=caveat)


def _why_no_interval(evidence: Evidence, question: Question) -> str:
    """Why some means have no interval, in words; nothing where all have one."""
    bare = [row.method for row in evidence.rows(question, "mean_points") if row.low is None]
    words = ""
    if any("fewer than" in method for method in bare):
        words += " Wo weniger als zehn Personen Punkte gaben, tritt ihr Anteil an die Stelle des Unsicherheitsbereichs."
    if any("all answers equal" in method for method in bare):
        words += " Wo alle dasselbe gaben, gibt es keinen Unsicherheitsbereich."
    return words


def robustness_table(evidence: Evidence, question: Question) -> Html:
    """Best and worst rank over the rules and over leaving out one ballot; stability of being among the first three."""
    if not evidence.rows(question, "rank_over_rules"):
        return note("Ein Vergleich der Zählregeln ist mit diesen Stimmzetteln nicht möglich.")
    lines = []
    for mean in sorted_means(evidence, question):
        over, left_out, stable = (
            evidence.find(question, name, mean.item) for name in ("rank_over_rules", "rank_leave_one_out", "p_top3")
        )
        cells = [shown(evidence.row(question, "rank", mean.item)), _interval(over), _interval(left_out)]
        lines.append([short_label(evidence.round, mean.item), *cells, shown(stable) if stable else german.NONE])
    head = [
        "Fokusbereich",
        "Rang",
        "Ränge nach allen Regeln",
        "Ränge ohne je einen Stimmzettel",
        "unter den ersten drei",
    ]
    name, caveat = f"robust_{question.id}", origin_caveat(evidence, question, "rank_over_rules", target=EXACT)
    return table(_caption(evidence, question), head, lines, name=name, caveat=caveat)


def pairs_table(evidence: Evidence, question: Question) -> Html:
    """The pairs of areas whose order the data decide, with difference and p-values."""
    lines = []
    for separated in evidence.rows(question, "pair_separated"):
        if not separated.estimate:
            continue
        difference = evidence.find(question, "pair_difference", separated.item)  # of rankings there is none
        labels = [short_label(evidence.round, item) for item in separated.item.split("|")]
        first, second = labels if difference is None or difference.value >= 0 else labels[::-1]
        p = [_p(evidence.find(question, name, separated.item)) for name in ("pair_p_max_t", "pair_p_holm")]
        amount = [shown(difference, german.number(abs(difference.value), 1), part="size")] if difference else []
        lines.append([Markup("{} vor {}").format(first, second), *amount, *p])
    if not lines:
        return note("Kein Paar von Bereichen lässt sich mit diesen Stimmzetteln trennen.")
    measured = ["Unterschied in Punkten"] if evidence.rows(question, "pair_difference") else []
    head = ["Paar", *measured, "p (alle Paare zugleich)", "p (nach Holm)"]
    name, caveat = f"paare_{question.id}", origin_caveat(evidence, question, "pair_separated", target=TESTED)
    caveat += " Getrennt sind Paare nach den möglichen Rängen; die p-Werte prüfen auf anderem Weg und können abweichen."
    return table(f"{question.label}: getrennte Paare", head, lines, name=name, caveat=caveat)


def choice_table(evidence: Evidence, question: Question) -> Html:
    """Counts and shares of a choice question, in the order polled; of a question of priority the most chosen first,
    with the ranks the data allow."""
    ranks = {row.item: row for row in evidence.rows(question, "rank")}
    lines = []
    for share in sorted_means(evidence, question) if ranks else evidence.rows(question, "share"):
        count = evidence.row(question, "count", share.item)
        cells = [shown(count), shown(share), shown_interval(share)]
        cells += [shown(ranks[share.item]), shown_interval(ranks[share.item])] if ranks else []
        lines.append([polled_wording(question, share.item), *cells])
    n = shown_n(evidence.row(question, "respondents"))
    caption = Markup("{}, n = {}").format(question.label, n)
    caveat = origin_caveat(evidence, question, "count", target=TARGET if ranks else EXACT)
    head = ["Antwort", "Personen", "Anteil", "95-%-Bereich", *(["Rang", "mögliche Ränge"] if ranks else [])]
    return table(caption, head, lines, name=f"wahl_{question.id}", caveat=caveat)


def scale_table(evidence: Evidence, questions: list[Question]) -> Html:
    """One line per scale question: answers, top box, mean, median, consensus."""
    lines = []
    for question in questions:
        n, top = evidence.row(question, "respondents"), evidence.row(question, "top_box_share")
        mean, median = evidence.row(question, "mean"), evidence.row(question, "median")
        cells = [shown(n), shown(top), shown_interval(top), shown(mean), shown_interval(mean), shown(median)]
        room = [shown_interval(row) for row in evidence.rows(question, "room_top_box_share")]
        lines.append([question.label, *cells, shown(evidence.row(question, "consensus")), *room])
    if not lines:
        return absent(NOT_ASKED)
    head = ["Frage", "Antworten", "zustimmende Stufen", "95-%-Bereich"]
    head += ["Mittelwert", "95-%-Bereich", "Median", "Einigkeit"]
    caveat = origin_caveat(evidence, questions[0], "top_box_share")
    if len(lines[0]) > len(head):
        head.append("zustimmende Stufen, alle im Saal")
        caveat += ROOM
    return table("Skalenfragen im Überblick", head, lines, name="skalen", caveat=caveat)


def _interval(row: Row | None) -> Markup | str:
    return shown_interval(row) if row else german.NONE


def _p(row: Row | None) -> Markup | str:
    return shown(row, german.p_value(row.value)) if row and row.estimate is not None else german.NONE


def _caption(evidence: Evidence, question: Question) -> Markup:
    n = shown_n(evidence.row(question, "respondents"))
    return Markup("{}, n = {} Stimmzettel").format(question.label, n)


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
