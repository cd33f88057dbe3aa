"""The first page's results: one sentence that leads, then at most five findings, grouped by their verdict."""

from __future__ import annotations

from markupsafe import Markup

from ..findings import EXAMPLE, MEANING, VERDICTS, Judged, joint_sentences, judged_findings
from ..wording import (
    NOTES_QUESTION,
    Evidence,
    Html,
    alike_warning,
    has_codings,
    has_themes,
    join,
    ranking_headline,
    scale_summary,
    so_far,
)

MOST_FINDINGS = 5


def executive_summary(evidence: Evidence) -> Html:
    """The lead sentence, the findings meant for the first page, as many as fit, and what all of it rests on."""
    judged = judged_findings(evidence)
    lead = next((one for one in judged if one.finding.audience == "lead" and one.verdict != "offen"), None)
    wanted = [one for one in judged if is_for_first_page(one) and one is not lead]
    kept = wanted[:MOST_FINDINGS]
    groups = join(_group(verdict, [one for one in kept if one.verdict == verdict]) for verdict in VERDICTS)
    warned = [alike_warning(evidence, question) for question in evidence.asked("points")]
    also = [*_apart(evidence, kept), *(sentence for sentence in warned if sentence)]
    apart = join(Markup("<p>{}</p>").format(sentence) for sentence in also)
    more = "Weitere Befunde stehen auf der Seite der Befunde." if len(kept) < len(wanted) else ""
    return Html(
        Markup(
            '<section class="first" aria-label="Das Wichtigste"><p class="result">{}</p>'
            '<div class="verdict-groups">{}</div>{}<p class="note">{} {}</p></section>'
        ).format(lead.sentence if lead else _lead(evidence), groups, apart, basis(evidence), more)
    )


def is_for_first_page(one: Judged) -> bool:
    """Findings of the first page and changed ones; what only the package asserts is left out while it is open."""
    if one.finding.role is not None and one.verdict == "offen":
        return False
    return one.finding.audience == "summary" or one.has_changed


def _lead(evidence: Evidence) -> Markup:
    """Where no finding leads: the first ranking's result, else the first scale's, else where the results stand."""
    for question in evidence.round.priorities:
        return Markup("{}.").format(ranking_headline(evidence, question))
    for question in evidence.asked("scale"):
        return scale_summary(evidence, question)[0]
    return Markup("Was die Umfrage ergab, steht auf den Seiten dieses Berichts.")


def _group(verdict: str, found: list[Judged]) -> Markup:
    if not found:
        return Markup("")
    earlier = Markup(" <small>(zuletzt: {})</small>")
    items = join(
        Markup("<li>{}{}{}</li>").format(
            one.sentence, EXAMPLE if one.is_illustrative else "", earlier.format(one.earlier) if one.has_changed else ""
        )
        for one in found
    )
    box = Markup('<section class="group-{}"><h2>{}</h2><p class="note">{}</p><ul class="findings">{}</ul></section>')
    return box.format(verdict, verdict.capitalize(), MEANING[verdict], items)


def _apart(evidence: Evidence, kept: list[Judged]) -> list[Markup]:
    """Where poll and groups go apart, unless a finding that sets them side by side stands there already."""
    sides = [{row.key.split("/")[1] == NOTES_QUESTION.id for check in one.checks for row in check.rows} for one in kept]
    return [] if {True, False} in sides else joint_sentences(evidence, only=("divergent",))


def basis(evidence: Evidence) -> Markup:
    """How many answered the priority question and how many statements of groups were coded."""
    parts = []
    for question in evidence.round.with_role("priority"):
        told = evidence.numbers(question)
        ballots = {0: "kein Stimmzettel", 1: "ein Stimmzettel"}.get(told["respondents"].estimate)
        parts.append(told.say(f"{ballots or '{respondents} Stimmzettel'} zur Frage nach den Prioritäten"))
    if has_codings(evidence):
        told = evidence.numbers(NOTES_QUESTION)
        words = "{statements_coded} Aussagen und Karten der Gruppen"
        if told["statements_coded"].estimate == 1:
            words = "{statements_coded} Aussage oder Karte der Gruppen"
        notes = evidence.round.file.notes
        invented = EXAMPLE if notes is not None and notes.provenance != "original" else ""
        parts.append(told.say(words + (" (bisher kodiert)" if so_far(evidence) else "")) + invented)
    elif has_themes(evidence):
        parts.append(Markup("noch nicht zugeordnete Aussagen der Gruppen"))
    if not parts:
        return Markup("Grundlage sind die Antworten der Umfrage.")
    return Markup("Grundlage: {}.").format(join(parts, " und "))
