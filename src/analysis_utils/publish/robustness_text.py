"""German sentences on whether the order of the areas survives other rules of counting."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question
from . import german
from .evidence import Evidence, Row, shown_interval
from .labels import short_label
from .sentences import _bold, _mark, is_invented, leaders, sorted_means


def steady_leader(evidence: Evidence, question: Question) -> Row | None:
    """The rank_over_rules row of an area that is first under every rule, if there is one."""
    for row in evidence.rows(question, "rank_over_rules"):
        if row.low == row.high == 1:
            return row
    return None


def rules_headline(evidence: Evidence, question: Question) -> str:
    """One line of plain text: does one area lead under every rule?"""
    invented = " (nachgebildet)" if is_invented(evidence, question, "rank_over_rules") else ""
    steady = steady_leader(evidence, question)
    if steady is not None and len(evidence.rows(question, "rank_over_rules")) == 1:
        return f"Nur „{short_label(evidence.round, steady.item)}“ stand zur Wahl"
    if steady is not None:
        return f"„{short_label(evidence.round, steady.item)}“ steht nach jeder Zählregel vorn{invented}"
    return f"Wer vorn steht, hängt von der Zählregel ab{invented}"


def robustness_sentences(evidence: Evidence, question: Question) -> list[Markup]:
    """Which areas keep their place over all rules and over leaving out any one ballot, and which move how far."""
    over = {row.item: row for row in evidence.rows(question, "rank_over_rules")}
    if not over:
        return [Markup("Ein Vergleich der Zählregeln ist mit diesen Stimmzetteln nicht möglich.")]
    mark = _mark(evidence, question, "rank_over_rules")
    steady = steady_leader(evidence, question)
    if steady is not None:
        first = Markup("{} steht nach jeder der Zählregeln auf dem ersten Platz{}.").format(
            _bold(evidence, steady.item), mark
        )
    else:
        names = [str(_bold(evidence, row.item)) for row in leaders(evidence, question)]
        first = Markup(
            "Nach dem Mittelwert steht {} vorn, nach mindestens einer anderen Zählregel ein anderer Bereich{}."
        ).format(Markup(german.listing(names)), mark)
    ordered = [over[row.item] for row in sorted_means(evidence, question)]
    ranges = Markup("; ").join(
        Markup("{} {}").format(_bold(evidence, row.item), shown_interval(row)) for row in ordered
    )
    spread = Markup("Über alle Zählregeln liegen die Ränge zwischen folgenden Grenzen: {}.").format(ranges)
    return [first, spread, _leave_one_out(evidence, question)]


def _leave_one_out(evidence: Evidence, question: Question) -> Markup:
    rows = evidence.rows(question, "rank_leave_one_out")
    mark = _mark(evidence, question, "rank_leave_one_out")
    moving = [row for row in rows if row.low != row.high]
    if not moving:
        return Markup("Lässt man je einen Stimmzettel weg, bleibt jeder Rang gleich{}.").format(mark)
    parts = [Markup("{} ({})").format(_bold(evidence, row.item), shown_interval(row)) for row in moving]
    return Markup("Schon ein einzelner weggelassener Stimmzettel kann den Rang dieser Bereiche ändern: {}{}.").format(
        Markup(", ").join(parts), mark
    )
