"""Findings of an earlier round looked at again with the numbers of a later one."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pandas as pd

from ..findings import (
    VERDICTS,
    Check,
    Coverage,
    Finding,
    Inside,
    Order,
    Readings,
    Stance,
    Tier,
    Verdict,
    check,
    filled,
    names_in,
    question_named,
    read_findings,
    worst,
)
from ..rounds import NOTES, Scale
from ..wording import Evidence, Html, german, has_themes, note, table
from .rounds_compared import Comparison

Again = Literal[
    "bestätigt", "abgeschwächt", "widerrufen", "erst jetzt gestützt", "weiterhin offen", "nicht erneut gefragt"
]
MEANING: dict[Again, str] = {
    "bestätigt": "Die neue Runde trägt die Aussage mindestens so fest wie die frühere.",
    "abgeschwächt": "Die neue Runde trägt die Aussage weniger fest.",
    "widerrufen": "Die Zahlen der neuen Runde erfüllen die Aussage nicht.",
    "erst jetzt gestützt": "Die frühere Runde trug die Aussage nicht, die neue trägt sie.",
    "weiterhin offen": "Auch die neue Runde trägt die Aussage nicht, ohne ihr zu widersprechen.",
    "nicht erneut gefragt": "Die neue Runde hat nach dem, worauf die Aussage beruht, nicht oder anders gefragt.",
}


def findings_again_table(comparison: Comparison) -> Html:
    """Each finding of the earlier round: its verdict then, that on the later round's numbers, and what follows."""
    lines = []
    for finding in read_findings(comparison.rounds.earlier).all:
        then = _verdict(finding, comparison.earlier)
        now = _verdict(finding, _as_earlier(comparison)) if _asked_again(finding, comparison) else None
        title = filled(german.quoted(finding.claim), finding, comparison.earlier)
        lines.append([title, then, now or "–", follows(then, now)])
    if not lines:
        return note("Für die frühere Runde sind keine Befunde formuliert.")
    caveat = " ".join(f"{name[0].upper()}{name[1:]}: {words}" for name, words in MEANING.items())
    head = ["Befund der früheren Runde", "Urteil damals", "Urteil mit den neuen Zahlen", "Ergebnis"]
    name = f"befunde_erneut_{comparison.rounds.earlier.name.replace('-', '_')}"
    return table(
        "Befunde der früheren Runde, erneut geprüft", head, lines, name=name, caveat=caveat, numeric_from=len(head)
    )


def follows(then: Verdict, now: Verdict | None) -> Again:
    """What a second look says. Only what the earlier data supported can be confirmed; what both contradict stays
    revoked."""
    if now is None:
        return "nicht erneut gefragt"
    if now == "widersprochen":
        return "widerrufen"
    if then in ("offen", "widersprochen"):
        return "weiterhin offen" if now == "offen" else "erst jetzt gestützt"
    return "bestätigt" if VERDICTS.index(now) <= VERDICTS.index(then) else "abgeschwächt"


def _verdict(finding: Finding, evidence: Evidence) -> Verdict:
    checks: list[Check] = [check(condition, evidence) for condition in finding.conditions]
    return worst([one.verdict for one in checks])


def _asked_again(finding: Finding, comparison: Comparison) -> bool:
    """Whether every question and item a finding names was asked again, unsplit; a turned scale is mirrored. What was
    printed about the earlier round says nothing about another one, and what groups wrote needs notes of this round."""
    if any(isinstance(condition, Readings) for condition in finding.conditions):
        return False
    if _rests_on_notes(finding) and not has_themes(comparison.later):
        return False
    same = {q.before.id: {i.before[0] for i in q.items if (len(i.before), len(i.after)) == (1, 1)}
            for q in comparison.rounds.questions}  # fmt: skip
    items = set().union(*same.values()) if same else set()
    options = {i for q in comparison.rounds.earlier.file.questions for i in q.options.values()}
    for name, is_question in names_in(finding):
        if is_question and name != NOTES:
            question = question_named(comparison.rounds.earlier, name)
            if question is None or question.id not in same:
                return False
            if _ranks_all(finding) and _other_choice(comparison, question.id, same[question.id]):
                return False
        elif not is_question and name in options and name not in items and not _rests_on_notes(finding):
            return False
    return bool(finding.conditions)


def _rests_on_notes(finding: Finding) -> bool:
    """Whether a finding speaks of what the groups wrote."""
    named = any(name == NOTES for name, is_question in names_in(finding) if is_question)
    return named or any(isinstance(condition, Coverage | Stance | Inside) for condition in finding.conditions)


def _other_choice(comparison: Comparison, question: str, kept: set[str]) -> bool:
    """Whether areas were added, dropped or cut otherwise, so that an order is one of other areas."""
    compared = next(q for q in comparison.rounds.questions if q.before.id == question)
    sizes = {len(compared.before.options), len(compared.after.options), len(kept)}
    return len(sizes) > 1


def _ranks_all(finding: Finding) -> bool:
    """Whether a finding speaks of the order of all areas, which other areas would change."""
    return any(isinstance(condition, Order | Tier) for condition in finding.conditions)


def _as_earlier(comparison: Comparison) -> Evidence:
    """The later round's estimates under the ids and in the direction of the earlier round, so that its findings can be
    read on them. What is known and what was invented is the later round's matter."""
    estimates = comparison.later.estimates.copy()
    for compared in comparison.rounds.questions:
        if compared.reversed and compared.after.scale:
            estimates = _mirrored(estimates, compared.after.id, compared.after.scale)
    questions = {q.after.id: q.before.id for q in comparison.rounds.questions}
    items = {i.after[0]: i.before[0] for q in comparison.rounds.questions for i in q.items
             if (len(i.before), len(i.after)) == (1, 1)}  # fmt: skip
    groups = {g.after[0]: g.before[0] for g in comparison.rounds.groups if (len(g.before), len(g.after)) == (1, 1)}
    estimates["question"] = estimates["question"].replace(questions)
    estimates["segment"] = estimates["segment"].replace(groups)
    estimates["item"] = estimates["item"].map(
        lambda item: "|".join((items | groups).get(part, part) for part in item.split("|"))
    )
    later = comparison.rounds.later.file
    told = {"provenance": later.provenance, "provenance_note": later.provenance_note, "notes": later.notes}
    round_ = replace(comparison.earlier.round, file=comparison.earlier.round.file.model_copy(update=told))
    return Evidence(round_, estimates)


_POSITIONS = ("mean", "room_mean", "median", "lower_quartile", "upper_quartile")
"""Statistics that are places on a scale; top boxes and consensus do not know its direction."""


def _mirrored(estimates: pd.DataFrame, question: str, scale: Scale) -> pd.DataFrame:
    """The estimates with one scale question turned round: places on the scale, and the values that people chose."""
    mine, ends = estimates["question"] == question, scale.low + scale.high
    places = mine & estimates["statistic"].isin(_POSITIONS)
    turned = estimates.copy()
    for name, source in (("estimate", "estimate"), ("low", "high"), ("high", "low")):
        turned.loc[places, name] = ends - estimates.loc[places, source]
    quartiles = {"lower_quartile": "upper_quartile", "upper_quartile": "lower_quartile"}
    turned.loc[mine, "statistic"] = turned.loc[mine, "statistic"].replace(quartiles)
    values = {str(value): str(ends - value) for value in scale.values()}
    turned.loc[mine, "item"] = turned.loc[mine, "item"].replace(values)
    return turned
