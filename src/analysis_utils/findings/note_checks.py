"""Conditions on the groups' side: coverage, stances, themes inside areas. Counts are exact; silence is undecided."""

from __future__ import annotations

import operator

from markupsafe import Markup

from ..wording import (
    FEWEST,
    MOSTLY,
    NOTES_QUESTION,
    Evidence,
    Row,
    groups_of,
    left_to_code,
    open_groups,
    short_label,
    shown,
    shown_n,
    so_far,
    stance_rows,
    stance_word,
)
from .checks import Check, check, undecided, why_groups_unknown, worst
from .model import Coverage, Inside, Stance, Verdict


@check.register
def _coverage(condition: Coverage, evidence: Evidence) -> Check:
    if reason := why_groups_unknown(evidence):
        return undecided(reason)
    total = len(groups_of(evidence))
    wanted = total if condition.groups == "all" else condition.groups
    rows = [evidence.row(NOTES_QUESTION, "groups_covered", code) for code in condition.codes]
    verdicts = []
    for row in rows:
        fits = [_FITS[condition.is_](count, wanted) for count in range(int(row.value), _most(evidence, row) + 1)]
        verdicts.append(_decided(fits))
    verdict = worst(verdicts)
    parts = Markup(", ").join(
        Markup("{} in {} von {}").format(short_label(evidence.round, row.item), shown(row), shown_n(row))
        for row in rows
    )
    why = Markup("Angesprochen: {} {}.").format(parts, "Gruppen" if total > 1 else "Gruppe")
    return Check(verdict, why, rows) if verdict != "offen" else undecided(so_far(evidence), rows)


_FITS = {"at_least": operator.ge, "at_most": operator.le, "exactly": operator.eq}


def _most(evidence: Evidence, covered: Row) -> int:
    """In how many groups a code may turn out to be once everything is coded."""
    own = (evidence.find(NOTES_QUESTION, "statement_count", covered.item, segment=one) for one in open_groups(evidence))
    return int(covered.value) + sum(row is None or not row.value for row in own)


def _decided(fits: list[bool]) -> Verdict:
    """What holds however the coding goes on."""
    return "belegt" if all(fits) else "offen" if any(fits) else "widersprochen"


@check.register
def _stance(condition: Stance, evidence: Evidence) -> Check:
    if reason := why_groups_unknown(evidence):
        return undecided(reason)
    found = [_stance_of(code, condition, evidence) for code in condition.codes]
    verdict = worst([one.verdict for one in found])
    if verdict == "offen":
        words = Markup(" ").join(dict.fromkeys(one.why for one in found if one.verdict == "offen"))
        return Check(verdict, words, [row for one in found for row in one.rows])
    stances = " oder ".join(f"„{stance_word(stance)}“" for stance in condition.stances)
    why = Markup("{}: {}.").format(_CLAIMS[condition.how_often].format(stances), _joined(found))
    return Check(verdict, why, [row for one in found for row in one.rows])


_CLAIMS = {
    "mostly": "Überwiegende Haltung {}",
    "sometimes": "Haltung {} mindestens einmal",
    "never": "Haltung {} nie",
    "every_group": "Haltung {} in jeder Gruppe",
}


def _joined(found: list[Check]) -> Markup:
    return Markup("; ").join(one.why for one in found)


def _stance_of(code: str, condition: Stance, evidence: Evidence) -> Check:
    """What the groups' statements on one code say; `why` is a part of a sentence, or a sentence where undecided."""
    label, own = short_label(evidence.round, code), stance_rows(evidence, code)
    if not own:
        if so_far(evidence):
            return undecided(so_far(evidence))
        if condition.how_often == "never":
            return Check("belegt", Markup("{} nicht angesprochen").format(label))
        return undecided(f"Über „{label}“ hat keine Gruppe gesprochen.")
    asked = [own[stance] for stance in condition.stances]
    if condition.how_often == "mostly" and (asked[0].n or 0) < FEWEST:
        words = "Zu „{}“ gibt es mit {} Aussagen zu wenige, als dass eine Haltung überwiegen könnte."
        words = words if asked[0].n != 1 else "Zu „{}“ gibt es nur {} Aussage; eine Haltung kann da nicht überwiegen."
        return Check("offen", Markup(words).format(label, shown_n(asked[0])), asked)
    if condition.how_often == "every_group":
        return _in_every_group(code, condition, evidence)
    counts = _counts(condition, asked)
    of = "Aussagen" if asked[0].n != 1 else "Aussage"
    why = Markup("{}: {} von {} {}").format(label, counts, shown_n(asked[0]), of)
    verdict = _stance_verdict(asked, condition.how_often, evidence)
    return Check(verdict, why, asked) if verdict != "offen" else undecided(so_far(evidence), asked)


def _counts(condition: Stance, rows: list[Row]) -> Markup:
    return Markup(", ").join(
        Markup("{} {}").format(stance_word(stance), shown(row))
        for stance, row in zip(condition.stances, rows, strict=True)
    )


def _in_every_group(code: str, condition: Stance, evidence: Evidence) -> Check:
    """Whether each group takes one of the stances. Of several stances only the groups with each are known: the largest
    count decides for, too small a sum against, and between them nothing is decided."""
    rows = [evidence.row(NOTES_QUESTION, "stance_groups", f"{code}|{stance}") for stance in condition.stances]
    label, covered = short_label(evidence.round, code), evidence.row(NOTES_QUESTION, "groups_covered", code)
    total = covered.n or 0
    if max(row.value for row in rows) >= total:
        verdict: Verdict = "belegt"
    elif so_far(evidence):
        return undecided(so_far(evidence), rows)
    elif sum(row.value for row in rows) < total:
        verdict = "widersprochen"
    else:
        return undecided(f"Ob sich jede Gruppe so zu „{label}“ äußert, geht aus den Zahlen nicht hervor.", rows)
    counts = Markup(", ").join(
        Markup("{} in {} von {}").format(stance_word(stance), shown(row), shown_n(covered))
        for stance, row in zip(condition.stances, rows, strict=True)
    )
    why = Markup("{} ({} {})").format(label, counts, "Gruppen" if total > 1 else "Gruppe")
    return Check(verdict, why, rows)


def _stance_verdict(asked: list[Row], how_often: str, evidence: Evidence) -> Verdict:
    """What the counts say whichever codes the statements get that have none yet."""
    count, of = sum(row.value for row in asked), asked[0].n or 0
    left = max(left_to_code(evidence), 1 if so_far(evidence) else 0)
    fits = {
        "never": [not count, not count + left],
        "sometimes": [bool(count), bool(count + left)],
        "mostly": [count > MOSTLY * (of + left), count + left > MOSTLY * (of + left)],
    }
    return _decided(fits[how_often])


@check.register
def _inside(condition: Inside, evidence: Evidence) -> Check:
    if reason := why_groups_unknown(evidence):
        return undecided(reason)
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
    parts = [Markup("Innerhalb von Fokusbereichen angesprochen: {}.").format(Markup("; ").join(found))] if found else []
    if missing:
        parts.append(Markup("Innerhalb von Fokusbereichen nicht angesprochen: {}.").format(", ".join(missing)))
    why = Markup(" ").join(parts)
    if not met and so_far(evidence):
        return undecided(so_far(evidence), rows)
    return Check("belegt" if met else "widersprochen", why, rows)
