"""Findings on a page: the sentence, its verdict, what was looked at, and the way to figure, table and statements."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from ..rounds import NOTES
from ..wording import Evidence, Html, code_label, counted, group_label, join, note
from .checks import Check
from .reading_tables import place_words
from .verdicts import Judged, judged_findings

MEANING = {
    "belegt": "Gilt für die Antwortenden genau oder im ganzen Unsicherheitsbereich.",
    "vereinbar": "Die Zahlen sprechen dafür, schließen anderes aber nicht aus.",
    "offen": "Mit dem, was vorliegt, nicht zu entscheiden.",
    "widersprochen": "Die Zahlen sprechen dagegen.",
}
EXAMPLE = Markup(' <small class="invented">an erfundenen Beispieldaten</small>')


def checks_list(items: Sequence[Markup]) -> Markup:
    """What was looked at, as a list; nothing where there is nothing to add."""
    listed = join(Markup("<li>{}</li>").format(item) for item in dict.fromkeys(items))
    return Markup('<ul class="checks">{}</ul>').format(listed) if listed else Markup("")


def badge(one: Judged) -> Markup:
    """The verdict as a word, with its meaning for whoever asks; marked where it rests on made-up data."""
    mark = EXAMPLE if one.is_illustrative else Markup("")
    return Markup('<strong class="verdict verdict-{}" title="{}">{}</strong>{}').format(
        one.verdict, MEANING[one.verdict], one.verdict, mark
    )


def findings_list(evidence: Evidence) -> Html:
    """Every finding with sentence, verdict, checks, sources and links; changed verdicts first."""
    judged = judged_findings(evidence)
    if not judged:
        return note("Für diese Runde sind keine Befunde formuliert.")
    return Html(join(_article(one, evidence) for one in judged))


def verdict_key() -> Html:
    """What the four verdicts mean."""
    parts = [Markup("<dt>{}</dt><dd>{}</dd>").format(verdict, words) for verdict, words in MEANING.items()]
    return Html(Markup('<dl class="verdicts">{}</dl>').format(join(parts)))


def _article(one: Judged, evidence: Evidence) -> Markup:
    finding, parts = one.finding, [part for part in one.checks if part.reason not in one.sentence]  # said once
    notes = {
        "Geändert seit der letzten Ausgabe: dort „{}“.": one.earlier if one.has_changed else "",
        "Einordnung des Auswertungsteams: {}": finding.interpretation_for(one.verdict),
    }
    changed, said = (Markup(f'<p class="note">{words}</p>').format(it) if it else "" for words, it in notes.items())
    listed = checks_list([_outcome(part, one) + told(part) for part in parts])
    return Markup('<article class="finding" id="befund-{}"><h3>{} {}</h3>{}<p>{}</p>{}{}{}</article>').format(
        finding.id, badge(one), one.title, changed, one.sentence, listed, said, _ways(one, evidence)
    )


def _outcome(part: Check, one: Judged) -> str:
    """Whether a condition of several is met, where the finding as a whole does not hold."""
    if one.verdict not in ("offen", "widersprochen") or len(one.checks) < 2:
        return ""
    return {"widersprochen": "Nicht erfüllt: ", "offen": "Offen: "}.get(part.verdict, "Erfüllt: ")


def told(part: Check) -> Markup:
    """What was looked at, with the people behind it."""
    bases = {row.n: row for row in part.rows if row.n is not None and f"/{NOTES}/" not in row.key}
    return part.why + (Markup(" n = {:n}.").format(*bases.values()) if len(bases) == 1 else "")


def _ways(one: Judged, evidence: Evidence) -> Markup:
    """Links to the pages with figure and table, and the places of the statements it rests on."""
    questions = dict.fromkeys(row.key.split("/")[1] for part in one.checks for row in part.rows)
    links = [Markup('<a href="{}">{}</a>').format(*way) for name in questions for way in _links(name, evidence)]
    parts = [Markup("Nachlesen: {}.").format(join(links, ", "))] if links else []
    parts += [_sources(one.finding.sources, evidence)] if one.finding.sources else []
    return Markup('<p class="note">{}</p>').format(join(parts, " ")) if parts else Markup("")


def _links(name: str, evidence: Evidence) -> list[tuple[str, str]]:
    """Places of a report on a question, with what stands there."""
    if name == NOTES:
        page = "07_group_themes.html"
        return [(f"{page}#gruppen_abdeckung", "Abbildung der Gruppenthemen"), (f"{page}#t-fundstellen", "Fundstellen")]
    question = evidence.round.question(name)
    if question in evidence.round.priorities:
        page = "03_priority_ranking.html"
        picture, numbers = "Abbildung der Rangfolge", "Tabelle der Rangfolge"
        return [(f"{page}#rangfolge_{name}", picture), (f"{page}#t-tabelle_{name}", numbers)]
    table = "04_agreement_scales.html#t-skalen"
    return [(table, f"Tabelle zu „{question.label}“")] if question.scale else []


def _sources(names: list[str], evidence: Evidence) -> Markup:
    """Codes by their label and statements by their place, never their words; how many this round does not have."""
    coded = evidence.coded if evidence.round.table("coded_statements").is_file() else None
    there = [part for name in names if (part := _source(name, evidence, coded))]
    parts = [Markup("Belege aus den Gruppen: {}.").format(join(there, "; "))] if there else []
    if lost := len(names) - len(there):
        words = Markup("{} der angegebenen Stellen in den Notizen {} in dieser Runde nicht kodiert.")
        parts.append(words.format(counted(lost, "findings"), "ist" if lost == 1 else "sind"))
    return join(parts, " ")


def _source(name: str, evidence: Evidence, coded: pd.DataFrame | None) -> Markup:
    """One source in words; empty where this round has no such statement."""
    if coded is None or coded.empty:
        return Markup("")
    if name in evidence.round.codebook.by_id():
        is_spoken_of = (coded["code"] == name).any()
        words = "alle Aussagen zu „{}“" if is_spoken_of else "zu „{}“ keine Aussage"
        return Markup(words).format(code_label(evidence, name))
    own = coded[(coded["statement"] == name) & (coded["code"] != "")]
    if own.empty:
        return Markup("")
    row = own.iloc[0]
    return Markup('{}, <span class="place">{}, {}</span>').format(
        group_label(evidence, row["group"]), row["file"], place_words(row["place"])
    )


def findings_summary(evidence: Evidence) -> list[Markup]:
    """How many findings have which verdict, in words."""
    judged = judged_findings(evidence)
    counts = {verdict: sum(one.verdict == verdict for one in judged) for verdict in MEANING}
    words = join((Markup("{} {}").format(counted(n, "findings"), name) for name, n in counts.items() if n), ", ")
    sentences = [Markup("Urteile über die Befunde: {}.").format(words)] if judged else []
    if changed := [one.title for one in judged if one.has_changed]:
        sentences.append(Markup("Seit der letzten Ausgabe geändert: {}.").format(join(changed, "; ")))
    return sentences or [Markup("Für diese Runde sind keine Befunde formuliert.")]
