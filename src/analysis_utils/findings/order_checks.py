"""Conditions on the order of items in the poll or in the notes: one above another, steps, the leading tier."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ..rounds import NOTES, Question
from ..wording import NOTES_QUESTION, Evidence, Row, name_of, short_label, shown, wanted
from .checks import (
    NOBODY,
    NOT_ASKED,
    TOLERANCE,
    Check,
    check,
    found_row,
    has_real_chance,
    undecided,
    why_groups_unknown,
    worst,
)
from .model import LEADING, Compared, Order, Tier, Verdict
from .reading import question_named


@check.register
def _compared(condition: Compared, evidence: Evidence) -> Check:
    pair = (condition.item, condition.than)
    steps = pair if condition.is_ == "above" else pair[::-1]
    return _ordered(evidence, condition.question, condition.by, [[steps[0]], [steps[1]]])


@check.register
def _order(condition: Order, evidence: Evidence) -> Check:
    question = question_named(evidence.round, condition.question)
    if question is None:
        return undecided(NOT_ASKED)
    if question.id == NOTES and (reason := why_groups_unknown(evidence)):
        return undecided(reason)
    by = condition.by or question.measure
    rows = {row.item: wanted(row) for row in evidence.rows(question, by) if row.item}
    named = {item for step in condition.steps if isinstance(step, list) for item in step}
    top = max(rows.values(), default=0.0)
    leading = [item for item, value in rows.items() if item not in named and value >= top - TOLERANCE]
    named |= set(leading) if LEADING in condition.steps else set()
    rest = [item for item in rows if item not in named]
    steps = [step if isinstance(step, list) else leading if step == LEADING else rest for step in condition.steps]
    if not rows:
        return undecided(NOBODY)
    if not all(steps):
        return _without_order(evidence, question, by)
    return _ordered(evidence, condition.question, by, steps)


def _without_order(evidence: Evidence, question: Question, by: str) -> Check:
    """Where everybody leads and no rest is left: one item only, or all the same."""
    rows = [row for row in evidence.rows(question, by) if row.item and row.estimate is not None]
    if len(rows) < 2:
        return undecided("Zur Wahl stand nur ein Bereich.")
    if not has_real_chance(evidence, question):
        return undecided("Die überlieferten Werte unterscheiden sich nicht.")
    return Check("widersprochen", Markup("Alle Werte sind gleich ({}).").format(shown(rows[0])), rows)


def _ordered(evidence: Evidence, name: str, by: str | None, steps: Sequence[Sequence[str]]) -> Check:
    """Every item of a step above every item of the later ones."""
    question = question_named(evidence.round, name) or NOTES_QUESTION
    by = by or question.measure
    rows: dict[str, Row] = {}
    for item in dict.fromkeys(item for step in steps for item in step):
        row = found_row(evidence, name, by, item)
        if isinstance(row, str):
            return undecided(f"{short_label(evidence.round, item)}: {row}")
        rows[item] = row
    pairs = [
        (rows[a], rows[b])
        for place, step in enumerate(steps)
        for later in steps[place + 1 :]
        for a in step
        for b in later
    ]
    verdicts = [_above(evidence, question, a, b) for a, b in pairs]
    verdict = worst(verdicts)
    told = {item: Markup("{} ({})").format(short_label(evidence.round, item), shown(row)) for item, row in rows.items()}
    listed = Markup(" vor ").join(
        Markup(", ").join(told[item] for item in sorted(step, key=lambda item: -rows[item].value)) for step in steps
    )
    first, second = (told[row.item] for row in pairs[verdicts.index(verdict)])
    notes: dict[Verdict, str] = {
        "belegt": "alle Paare sind getrennt" if question.id != NOTES else "so ist es in den Notizen",
        "vereinbar": "die Reihenfolge der Mittelwerte stimmt, gesichert ist sie nicht",
        "offen": "ob {} vor {} liegt, geben die überlieferten Werte nicht her",
        "widersprochen": "{} liegt nicht vor {}",
    }
    ending = Markup(notes[verdict]).format(first, second)
    why = Markup("Behauptete Reihenfolge nach „{}“: {}; {}.").format(name_of(by), listed, ending)
    brief = Markup("{}.").format(Markup(str(ending)[:1].upper() + str(ending)[1:]))
    return Check(verdict, why, list(rows.values()), brief=brief)


def _above(evidence: Evidence, question: Question, a: Row, b: Row) -> Verdict:
    """Is a above b? The pair's own test decides where there is one, else intervals that do not touch."""
    if question.id == NOTES:
        return "belegt" if wanted(a) > wanted(b) + TOLERANCE else "widersprochen"
    has_chance = has_real_chance(evidence, question)
    if not has_chance and round(a.value) == round(b.value):
        return "offen"  # published as the same rounded number
    if wanted(a) <= wanted(b) + TOLERANCE:
        return "widersprochen"
    return "belegt" if has_chance and _is_separated(evidence, question, a, b) else "vereinbar"


def _is_separated(evidence: Evidence, question: Question, a: Row, b: Row) -> bool:
    if a.statistic == "mean_points":
        pairs = {row.item: row.estimate for row in evidence.rows(question, "pair_separated")}
        return bool(pairs.get(f"{a.item}|{b.item}") or pairs.get(f"{b.item}|{a.item}"))
    first, second = (evidence.find(question, "rank", row.item) for row in (a, b))
    if first and second and a.statistic == question.measure:  # what people chose hangs together, one interval does not
        return (first.high or 0) < (second.low or 0)
    if a.statistic == "mean_rank":  # what was left out may lie anywhere, or there would be ranks
        return False
    ends = (a.high, b.low) if a.unit == "rank" else (b.high, a.low)
    return None not in ends and ends[0] < ends[1]  # type: ignore[operator]


@check.register
def _tier(condition: Tier, evidence: Evidence) -> Check:
    question = question_named(evidence.round, condition.question)
    rows: list[Row] = []
    for item in condition.items:
        row = found_row(evidence, condition.question, "tier", item)
        if isinstance(row, str) or question is None:
            return undecided(f"{short_label(evidence.round, item)}: {row}")
        rows.append(row)
    question = question or NOTES_QUESTION
    first = {row.item for row in evidence.rows(question, "tier") if row.low == 1}
    tops = {row.item for row in evidence.rows(question, "rank") if row.estimate == 1}
    names = Markup(", ").join(Markup("{}").format(short_label(evidence.round, item)) for item in condition.items)
    asked = set(condition.items)
    verdict: Verdict
    if condition.tier == "leading":
        verdict = "belegt" if asked == first else "vereinbar" if asked <= first else "widersprochen"
        why = Markup("In der führenden Stufe: {}.").format(names)
    else:
        verdict = "belegt" if not asked & first else "widersprochen" if asked & tops else "vereinbar"
        why = Markup("Sicher hinter dem ersten Platz: {}.").format(names)
    return Check(verdict, Markup("Behauptet: {}").format(why), rows)
