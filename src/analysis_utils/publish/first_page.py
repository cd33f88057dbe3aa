"""The executive summary: the findings of the first page in order, each with its verdict, on at most one page."""

from __future__ import annotations

from markupsafe import Markup

from .evidence import Evidence, shown
from .findings.page import badge
from .findings.verdicts import Judged, judged_findings
from .html import Html, join
from .joint_display import joint_sentences
from .themes import NOTES_QUESTION, has_codings, has_themes

MOST_WORDS = 330
"""Words that fit on a printed page beside title, notice and verdicts."""


def executive_summary(evidence: Evidence) -> Html:
    """What the round rests on, then the findings meant for the first page, as many as fit; the rest is pointed to."""
    judged = [one for one in judged_findings(evidence) if is_for_first_page(one)]
    kept = fitting(judged)
    parts = [Markup("<p>{}</p>").format(basis(evidence))]
    parts += [Markup("<li>{} {}{}</li>").format(one.sentence, badge(one), _changed(one)) for one in kept]
    items = Markup('<ol class="findings">{}</ol>').format(join(parts[1:])) if kept else Markup("")
    more = Markup("<p>Weitere Befunde stehen auf der Seite der Befunde.</p>") if len(kept) < len(judged) else Markup("")
    apart = join(Markup("<p>{}</p>").format(sentence) for sentence in joint_sentences(evidence, only=("divergent",)))
    return Html(
        Markup(
            '<section class="summary" aria-label="Das Wichtigste">'
            '<p class="summary-title">Das Wichtigste</p>{}{}{}{}</section>'
        ).format(parts[0], items, apart, more)
    )


def is_for_first_page(one: Judged) -> bool:
    """Findings of the first page and changed ones; what only the package asserts is left out while it is open."""
    if one.finding.role is not None and one.verdict == "offen":
        return False
    return one.finding.audience == "summary" or one.has_changed


def fitting(judged: list[Judged]) -> list[Judged]:
    """The first findings whose sentences together stay within a page."""
    kept, words = [], 0
    for one in judged:
        words += len(one.sentence.striptags().split())
        if words > MOST_WORDS:
            break
        kept.append(one)
    return kept


def _changed(one: Judged) -> Markup:
    return Markup(" <small>(zuletzt: {})</small>").format(one.earlier) if one.has_changed else Markup("")


def basis(evidence: Evidence) -> Markup:
    """How many answered the priority question and how many statements of groups were coded."""
    parts = []
    for question in evidence.round.with_role("priority"):
        row = evidence.row(question, "respondents")
        ballots = "ein Stimmzettel" if row.estimate == 1 else Markup("{} Stimmzettel").format(shown(row))
        parts.append(
            Markup("{} zur Frage nach den Prioritäten").format(ballots if row.estimate else "kein Stimmzettel")
        )
    if has_codings(evidence):
        coded = evidence.row(NOTES_QUESTION, "statements_coded")
        words = "{} Aussage oder Karte der Gruppen" if coded.estimate == 1 else "{} Aussagen und Karten der Gruppen"
        parts.append(Markup(words).format(shown(coded)))
    elif has_themes(evidence):
        parts.append(Markup("noch nicht zugeordnete Aussagen der Gruppen"))
    if not parts:
        return Markup("Grundlage sind die Antworten der Umfrage.")
    return Markup("Grundlage: {}.").format(Markup(" und ").join(parts))
