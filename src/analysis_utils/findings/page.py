"""Findings on a page: the sentence, its verdict, what was looked at, and the way to figure, table and statements."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from ..rounds import NOTES
from ..wording import Evidence, Html, code_label, counted, group_label, join, note, shown_n
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
    finding = one.finding
    changed = (
        Markup('<p class="note">Geändert seit der letzten Ausgabe: dort „{}“.</p>').format(one.earlier)
        if one.has_changed
        else Markup("")
    )
    parts = [part for part in one.checks if part.reason not in one.sentence]  # it gives the reasons of what is open
    checks = join(dict.fromkeys(Markup("<li>{}{}</li>").format(_outcome(part, one), told(part)) for part in parts))
    listed = Markup('<ul class="checks">{}</ul>').format(checks) if parts else Markup("")
    said = (
        Markup('<p class="note">Einordnung des Auswertungsteams: {}</p>').format(meaning)
        if (meaning := finding.interpretation_for(one.verdict))
        else Markup("")
    )
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
    n = Markup(" n = {}.").format(shown_n(next(iter(bases.values())))) if len(bases) == 1 else Markup("")
    return Markup("{}{}").format(part.why, n)


def _ways(one: Judged, evidence: Evidence) -> Markup:
    """Links to the pages with figure and table, and the places of the statements it rests on."""
    questions = dict.fromkeys(row.key.split("/")[1] for part in one.checks for row in part.rows)
    links = [link for question in questions for link in _links(question, evidence)]
    parts = [Markup("Nachlesen: {}.").format(join(links, ", "))] if links else []
    if one.finding.sources:
        parts.append(_sources(one.finding.sources, evidence))
    return Markup('<p class="note">{}</p>').format(join(parts, " ")) if parts else Markup("")


def _links(name: str, evidence: Evidence) -> list[Markup]:
    link = Markup('<a href="{}">{}</a>')
    if name == NOTES:
        page = "07_group_themes.html"
        return [
            link.format(f"{page}#gruppen_abdeckung", "Abbildung der Gruppenthemen"),
            link.format(f"{page}#t-fundstellen", "Fundstellen"),
        ]
    question = evidence.round.question(name)
    if question in evidence.round.priorities:
        page = "03_priority_ranking.html"
        return [
            link.format(f"{page}#rangfolge_{name}", "Abbildung der Rangfolge"),
            link.format(f"{page}#t-tabelle_{name}", "Tabelle der Rangfolge"),
        ]
    if question.scale is None:
        return []
    return [link.format("04_agreement_scales.html#t-skalen", f"Tabelle zu „{question.label}“")]


def _sources(names: list[str], evidence: Evidence) -> Markup:
    """Codes by their label and statements by their place, never their words; how many this round does not have."""
    path = evidence.round.table("coded_statements")
    coded = evidence.coded if path.is_file() else None
    found = [_source(name, evidence, coded) for name in names]
    there = [part for part in found if part]
    lost = Markup("{} der angegebenen Stellen in den Notizen {} in dieser Runde nicht kodiert").format(
        counted(len(found) - len(there), "findings"), "ist" if len(found) - len(there) == 1 else "sind"
    )
    parts = [Markup("Belege aus den Gruppen: {}.").format(join(there, "; "))] if there else []
    return join([*parts, *([Markup("{}.").format(lost)] if len(there) < len(found) else [])], " ")


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
    counts = _verdict_counts(judged)
    changed = [one.title for one in judged if one.has_changed]
    sentences = [Markup("Urteile über die Befunde: {}.").format(counts)] if judged else []
    if changed:
        sentences.append(Markup("Seit der letzten Ausgabe geändert: {}.").format(join(changed, "; ")))
    return sentences or [Markup("Für diese Runde sind keine Befunde formuliert.")]


def _verdict_counts(judged: list[Judged]) -> Markup:
    counts = {verdict: sum(one.verdict == verdict for one in judged) for verdict in MEANING}
    return join((Markup("{} {}").format(counted(n, "findings"), verdict) for verdict, n in counts.items() if n), ", ")
