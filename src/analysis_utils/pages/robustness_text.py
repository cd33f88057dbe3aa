"""German sentences on whether the order of the areas survives other rules of counting."""

from __future__ import annotations

from markupsafe import Markup

from ..round_file import Question
from . import german
from .evidence import Evidence, Row, shown_interval
from .labels import short_label
from .sentences import _bold, _names, is_invented, leaders, origin, sorted_means


def steady_leaders(evidence: Evidence, question: Question) -> list[Row]:
    """The rank_over_rules rows of the areas that are first under every rule: several where they always tie."""
    return [row for row in evidence.rows(question, "rank_over_rules") if row.low == row.high == 1]


def first_under_some(evidence: Evidence, question: Question) -> list[Row]:
    """The rank_over_rules rows of areas that are first under some rules only."""
    rows = evidence.rows(question, "rank_over_rules")
    return [row for row in rows if row.low == 1 and row.high is not None and row.high > 1]


def rules_headline(evidence: Evidence, question: Question) -> str:
    """One line of plain text: does one area lead under every rule?"""
    invented = " (nachgebildet)" if is_invented(evidence, question, "rank_over_rules") else ""
    steady = [f"„{short_label(evidence.round, row.item)}“" for row in steady_leaders(evidence, question)]
    if len(steady) == 1 and len(evidence.rows(question, "rank_over_rules")) == 1:
        return f"Nur {steady[0]} stand zur Wahl"
    if not steady:
        return f"Wer vorn steht, hängt von der Zählregel ab{invented}"
    if len(steady) > 1:
        return f"{german.listing(steady)} stehen nach jeder Zählregel gleichauf vorn{invented}"
    shared = ", nicht immer allein" if first_under_some(evidence, question) else ""
    return f"{steady[0]} steht nach jeder Zählregel vorn{shared}{invented}"


def robustness_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """Which areas keep their place over all rules and over leaving out any one ballot, and which move how far."""
    over = {row.item: row for row in evidence.rows(question, "rank_over_rules")}
    if not over:
        return [Markup("Ein Vergleich der Zählregeln ist mit diesen Stimmzetteln nicht möglich.")]
    mark = origin(evidence, question, "rank_over_rules")
    ordered = [over[row.item] for row in sorted_means(evidence, question)]
    ranges = Markup("; ").join(
        Markup("{} {}").format(_bold(evidence, row.item), shown_interval(row)) for row in ordered
    )
    spread = Markup("Über alle Zählregeln liegen die Ränge zwischen folgenden Grenzen: {}.").format(ranges)
    return [_first_place(evidence, question, mark), spread, *_leave_one_out(evidence, question)]


def _first_place(evidence: Evidence, question: Question, mark: Markup) -> Markup:
    """Who is first under every rule, and whether alone; else who is by the mean, and that it is not so by another."""
    steady = steady_leaders(evidence, question)
    if len(steady) > 1:
        names = _names(evidence, steady)
        return Markup("{} teilen sich nach jeder der Zählregeln den ersten Platz{}.").format(names, mark)
    if steady:
        sharing, shared = first_under_some(evidence, question), Markup("")
        if sharing:
            words = (
                "; {} teilt ihn sich nach mindestens einer davon"
                if len(sharing) == 1
                else ("; {} teilen ihn sich nach mindestens einer davon")
            )
            shared = Markup(words).format(_names(evidence, sharing))
        sentence = Markup("{} steht nach jeder der Zählregeln auf dem ersten Platz{}{}.")
        return sentence.format(_bold(evidence, steady[0].item), shared, mark)
    ahead = leaders(evidence, question)
    if len(ahead) > 1:
        sentence = Markup(
            "Nach dem Mittelwert stehen {} gleichauf vorn, nach mindestens einer anderen Zählregel nicht{}."
        )
    else:
        sentence = Markup(
            "Nach dem Mittelwert steht {} vorn, nach mindestens einer anderen Zählregel ein anderer Bereich{}."
        )
    return sentence.format(_names(evidence, ahead), mark)


def _leave_one_out(evidence: Evidence, question: Question) -> list[Markup]:
    """Which ranks hang on a single ballot; nothing where there is only one."""
    rows = evidence.rows(question, "rank_leave_one_out")
    mark = origin(evidence, question, "rank_leave_one_out")
    moving = [row for row in rows if row.low != row.high]
    if not rows:
        return []
    if not moving:
        return [Markup("Lässt man je einen Stimmzettel weg, bleibt jeder Rang gleich{}.").format(mark)]
    parts = [Markup("{} ({})").format(_bold(evidence, row.item), shown_interval(row)) for row in moving]
    whose = "dieses Bereichs" if len(moving) == 1 else "dieser Bereiche"
    sentence = Markup("Schon ein einzelner weggelassener Stimmzettel kann den Rang {} ändern: {}{}.")
    return [sentence.format(whose, Markup(", ").join(parts), mark)]
