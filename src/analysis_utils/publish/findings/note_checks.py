"""Conditions on the groups' side: coverage, stances, themes inside areas. Counts are exact; silence is undecided."""

from __future__ import annotations

from markupsafe import Markup

from ..evidence import Evidence, Row, shown, shown_n
from ..labels import short_label
from ..theme_sentences import FEWEST, MOSTLY
from ..themes import NOTES_QUESTION, groups_of, has_themes, stance_rows
from .checks import SILENT, Check, check, undecided, worst
from .model import Coverage, Inside, Stance, Verdict


@check.register
def _coverage(condition: Coverage, evidence: Evidence) -> Check:
    if not has_themes(evidence):
        return undecided(SILENT)
    total = len(groups_of(evidence))
    wanted = total if condition.groups == "all" else condition.groups
    rows = [evidence.row(NOTES_QUESTION, "groups_covered", code) for code in condition.codes]
    tests = {
        "at_least": lambda value: value >= wanted,
        "at_most": lambda value: value <= wanted,
        "exactly": lambda value: value == wanted,
    }
    met = all(tests[condition.is_](row.value) for row in rows)
    parts = Markup(", ").join(
        Markup("{} in {} von {}").format(short_label(evidence.round, row.item), shown(row), shown_n(row))
        for row in rows
    )
    return Check("belegt" if met else "widersprochen", Markup("Angesprochen: {} Gruppen.").format(parts), rows)


@check.register
def _stance(condition: Stance, evidence: Evidence) -> Check:
    if not has_themes(evidence):
        return undecided(SILENT)
    verdicts: list[Verdict] = []
    rows: list[Row] = []
    words = []
    for code in condition.codes:
        own = stance_rows(evidence, code)
        if not own:
            verdicts.append("belegt" if condition.how_often == "never" else "offen")
            words.append(Markup("{}: nicht angesprochen").format(short_label(evidence.round, code)))
            continue
        asked = [own[stance] for stance in condition.stances]
        rows += asked
        verdicts.append(_stance_verdict(asked, condition.how_often))
        counts = Markup(", ").join(
            Markup("{} {}").format(stance, shown(row)) for stance, row in zip(condition.stances, asked, strict=True)
        )
        words.append(
            Markup("{}: {} von {} Aussagen").format(short_label(evidence.round, code), counts, shown_n(asked[0]))
        )
    often = {"mostly": "überwiegend", "sometimes": "mindestens einmal", "never": "nie"}[condition.how_often]
    why = Markup("Haltung {} {}: {}.").format(" oder ".join(condition.stances), often, Markup("; ").join(words))
    return Check(worst(verdicts), why, rows)


def _stance_verdict(asked: list[Row], how_often: str) -> Verdict:
    count, of = sum(row.value for row in asked), asked[0].n or 0
    if how_often == "never":
        return "belegt" if not count else "widersprochen"
    if how_often == "sometimes":
        return "belegt" if count else "widersprochen"
    if of < FEWEST:
        return "offen"
    return "belegt" if count > MOSTLY * of else "widersprochen"


@check.register
def _inside(condition: Inside, evidence: Evidence) -> Check:
    if not has_themes(evidence):
        return undecided(SILENT)
    areas = condition.areas or [code.id for code in evidence.round.codebook.focus_areas]
    both = {row.item: row for row in evidence.rows(NOTES_QUESTION, "cooccurrence")}
    found, missing, rows = [], [], []
    for theme in condition.themes:
        own = [both[f"{theme}|{area}"] for area in areas if f"{theme}|{area}" in both]
        most = max(own, key=lambda row: row.value, default=None)
        if most is None or not most.value:
            missing.append(short_label(evidence.round, theme))
            continue
        rows.append(most)
        area = short_label(evidence.round, most.item.split("|")[1])
        found.append(Markup("{} am meisten in {} ({})").format(short_label(evidence.round, theme), area, shown(most)))
    met = len(found) >= (condition.at_least or len(condition.themes))
    why = Markup("Innerhalb von Fokusbereichen angesprochen: {}.").format(Markup("; ").join(found) or "keines")
    if missing:
        why += Markup(" Nicht: {}.").format(", ".join(missing))
    return Check("belegt" if met else "widersprochen", why, rows)
