"""What the page on the next round opens with: what is open, what to talk about, what to ask."""

from __future__ import annotations

from markupsafe import Markup

from ..rounds import Question
from ..wording import (
    INVENTED,
    Evidence,
    code_label,
    german,
    has_codings,
    is_invented,
    leaders,
    ranking_headline,
    short_label,
    shown,
)
from .decisions import never_asked, open_pairs, to_discuss, to_recut

REACHABLE = 4
"""A next round has at most so many times the ballots of this one."""
MOST_NAMED = 6
"""Themes named in a sentence; the table has all."""


def next_round_sentences(evidence: Evidence) -> list[Markup]:
    """A sentence per section of the page that has something to say."""
    sentences = [sentence for question in evidence.priorities for sentence in _orders(evidence, question)]
    if (
        areas := [short_label(evidence.round, row.area) for row in to_discuss(evidence)]
        if has_codings(evidence)
        else []
    ):
        sentences.append(Markup("Zu besprechen sind diese Bereiche: {}.").format(_named(areas)))
    if themes := [code_label(evidence, code.id) for _, code in never_asked(evidence)]:
        sentences.append(Markup("Nach diesen Themen fragte die Umfrage nicht: {}.").format(_named(themes)))
    but = "; neu gefasst werden sollten nur einzelne Antwortmöglichkeiten" if to_recut(evidence) else ""
    text = "Damit sich die Runden vergleichen lassen, sollten die Fragen wortgleich bleiben{}."
    sentences.append(Markup(text).format(but))
    return sentences


def _orders(evidence: Evidence, question: Question) -> list[Markup]:
    """What it would take to know the first place."""
    pairs = open_pairs(evidence, question)
    if pairs is None:  # of points without a simulation, and of choices and rankings
        return [] if question.type == "points" else [Markup("{}.").format(ranking_headline(evidence, question))]
    if not pairs:
        return [Markup("{}: Die Reihenfolge aller Paare ist gesichert.").format(question.label)]
    leading = {row.item for row in leaders(evidence, question)}
    at_top = [needed for _, needed in pairs if leading & set(needed.item.split("|"))]
    if len(leading) > 1:
        return [Markup("{}: Auf dem ersten Platz stehen mehrere Bereiche gleichauf.").format(question.label)]
    if not at_top:
        return [Markup("{}: Offen ist nur die Reihenfolge hinter dem ersten Platz.").format(question.label)]
    mark = INVENTED if is_invented(evidence, question, "ballots_to_separate") else Markup("")
    unknown = [row for row in at_top if row.estimate is None]
    if unknown:
        text = "{}: Wer vorn liegt, klären auch mehr Stimmzettel nicht; darüber sollte gesprochen werden{}."
        return [Markup(text).format(question.label, mark)]
    most = max(at_top, key=lambda row: row.value)
    text = "{}: Um den ersten Platz zu klären, wären {} Stimmzettel nötig{}."
    if most.value > REACHABLE * (evidence.row(question, "respondents").estimate or 0):
        text = "{}: Den ersten Platz klärt keine weitere Umfrage. Nötig wären {} Stimmzettel{}."
    return [Markup(text).format(question.label, shown(most), mark)]


def _named(names: list[str]) -> str:
    return german.listing(names if len(names) <= MOST_NAMED else [*names[: MOST_NAMED - 1], "weitere"])
