"""What the page on the next round opens with: what is open, what to talk about, what to ask."""

from __future__ import annotations

from markupsafe import Markup

from ..round_file import Question
from . import german
from .evidence import Evidence, shown
from .labels import short_label
from .next_round import never_asked, open_pairs, to_discuss, to_recut
from .sentences import INVENTED, is_invented
from .themes import code_label, has_codings

MOST_NAMED = 6
"""Themes named in a sentence; the table has all."""


def next_round_sentences(evidence: Evidence) -> list[Markup]:
    """A sentence per section of the page that has something to say."""
    sentences = [sentence for question in evidence.answered("points") for sentence in _orders(evidence, question)]
    if (
        areas := [short_label(evidence.round, row.area) for row in to_discuss(evidence)]
        if has_codings(evidence)
        else []
    ):
        sentences.append(Markup("Ein Gespräch lohnt über {}.").format(_named(areas)))
    if themes := [code_label(evidence, code.id) for _, code in never_asked(evidence)]:
        sentences.append(Markup("Die Umfrage fragte nicht nach {}.").format(_named(themes)))
    but = "; neu zuzuschneiden sind dabei einzelne Antwortmöglichkeiten" if to_recut(evidence) else ""
    text = "Damit sich die Runden vergleichen lassen, sollten die Fragen wortgleich bleiben{}."
    sentences.append(Markup(text).format(but))
    return sentences


def _orders(evidence: Evidence, question: Question) -> list[Markup]:
    """Which order would be the first to be decided."""
    pairs = open_pairs(evidence, question)
    if pairs is None:
        return []
    if not pairs:
        return [Markup("{}: Die Reihenfolge aller Paare ist gesichert.").format(question.label)]
    within_reach = [needed for _, needed in pairs if needed.estimate is not None]
    if not within_reach:
        text = "{}: Keine der offenen Reihenfolgen würde mit mehr Stimmzetteln entschieden."
        return [Markup(text).format(question.label)]
    first = min(within_reach, key=lambda row: row.value)
    names = german.listing([f"„{short_label(evidence.round, item)}“" for item in first.item.split("|")])
    mark = INVENTED if is_invented(evidence, question, "ballots_to_separate") else Markup("")
    text = "{}: Von den offenen Reihenfolgen ließe sich die von {} am ehesten entscheiden, mit {} Stimmzetteln{}."
    return [Markup(text).format(question.label, names, shown(first), mark)]


def _named(names: list[str]) -> str:
    return german.listing(names if len(names) <= MOST_NAMED else [*names[: MOST_NAMED - 1], "weiteren Themen"])
