"""Is a condition met? One function per kind; each gives a verdict, the rows it looked at and words for the reader.

The rules (docs/findings.md): what a round without originals does not know is undecided; what does not hold for the
estimate is contradicted; what holds for the whole interval is supported; the rest is compatible.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from itertools import product

from markupsafe import Markup

from ..rounds import NOTES, Question
from ..wording import (
    NO_NOTES,
    NOTES_QUESTION,
    Evidence,
    Row,
    has_codings,
    has_themes,
    name_of,
    plain,
    short_label,
    shown,
    shown_interval,
    so_far,
)
from .expressions import TOLERANCE, WORDS
from .model import Comparison, Condition, Interval, Readings, Value, Verdict
from .reading import question_named

NOT_ASKED = "Danach wurde in dieser Runde nicht gefragt."
NOBODY = "Darauf hat niemand geantwortet."
WITHHELD = "Die Zahl wird zum Schutz einzelner Personen zurückgehalten."
NOT_SHOWN = "Für diese Teilnehmergruppe wird die Zahl nicht einzeln gezeigt."
UNDEFINED = "Die Zahl ist mit diesen Antworten nicht bestimmt."
LOST = "Die Zahl ist nicht überliefert."
UNREADABLE = "Die gedruckte Zahl ist unleserlich."
UNCODED = "Die Aussagen der Gruppen sind noch keinem Thema zugeordnet."


@dataclass(frozen=True)
class Check:
    """`why` says in German what was looked at, `brief` in a sentence what is open or speaks against it, where that is
    less; `given` are numbers that the analyst's file states."""

    verdict: Verdict
    why: Markup
    rows: list[Row] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    brief: Markup | None = None

    @property
    def reason(self) -> Markup:
        return self.brief or self.why


@singledispatch
def check(condition: Condition, evidence: Evidence) -> Check:
    raise TypeError(f"expected a condition, saw {type(condition).__name__}")


def undecided(reason: str, rows: Sequence[Row] = ()) -> Check:
    return Check("offen", Markup("{}").format(reason), list(rows))


def is_known(evidence: Evidence, question: Question, statistic: str, item: str = "") -> bool:
    """False for a number of a reconstructed round that was never published (`statistic` or `statistic/item` under
    `published` in round.yml); ranks follow from published means."""
    if question.id == NOTES or evidence.round.file.provenance != "reconstructed":
        return True
    source = question.measure if statistic == "rank" else statistic
    return source in (*question.published, *question.inferred) or f"{source}/{item}" in question.published


def has_real_chance(evidence: Evidence, question: Question) -> bool:
    """False where intervals and tests rest on ballots that were reconstructed."""
    return question.id == NOTES or evidence.round.file.provenance != "reconstructed"


def found_row(evidence: Evidence, name: str, statistic: str, item: str = "", segment: str = "all") -> Row | str:
    """The row, or the German reason why there is none to decide by."""
    question = question_named(evidence.round, name)
    if question is None:
        return NOT_ASKED
    if question.id == NOTES and (reason := why_groups_unknown(evidence) or _why_counting_goes_on(evidence, statistic)):
        return reason
    row = evidence.find(question, statistic, item, segment=segment)
    if row is None:
        return _why_missing(evidence, question, item, segment)
    if not row.is_published:
        return WITHHELD
    if row.estimate is None:
        return UNDEFINED
    return row if is_known(evidence, question, statistic, item) else LOST


def why_groups_unknown(evidence: Evidence) -> str:
    """Why nothing can be said about the groups; empty where their statements were coded."""
    return NO_NOTES if not has_themes(evidence) else "" if has_codings(evidence) else UNCODED


_CODED = ("statement_count", "groups_covered", "dots", "stance_count", "stance_groups", "cooccurrence",
          "cooccurrence_groups")  # fmt: skip
"""Statistics of the groups that grow while statements are coded."""


def _why_counting_goes_on(evidence: Evidence, statistic: str) -> str:
    return so_far(evidence) if statistic in _CODED else ""


def _why_missing(evidence: Evidence, question: Question, item: str, segment: str) -> str:
    """Why there is no such row: the segment is withheld, nobody answered, it was not asked, or it is not defined."""
    bases = evidence.rows(question, "respondents", segment=segment)
    if any(not row.is_published for row in bases):
        return WITHHELD
    if bases and not any(row.estimate for row in bases):
        return NOBODY
    if segment != "all" and evidence.rows(question, "respondents"):
        return NOT_SHOWN
    return NOT_ASKED if item or (question.id != NOTES and not bases) else UNDEFINED


def judge(row: Row, test: Callable[[float], bool], *, is_exact: bool, has_chance: bool) -> Verdict:
    """The rule of verdicts for one number; `is_exact` where only those who answered are meant."""
    return judge_all([row], lambda values: test(values[0]), is_exact=is_exact, has_chance=has_chance)


def judge_all(
    rows: Sequence[Row], test: Callable[[Sequence[float]], bool], *, is_exact: bool, has_chance: bool
) -> Verdict:
    """The same for several numbers together: supported is what holds wherever each lies in its interval."""
    if not test([row.value for row in rows]):
        return "widersprochen"
    if is_exact:
        return "belegt"
    ends = [(row.low, row.high) for row in rows] if has_chance else [(None, None)]
    if any(end is None for pair in ends for end in pair):
        return "vereinbar"
    return "belegt" if all(test(corner) for corner in product(*ends)) else "vereinbar"  # type: ignore[arg-type]


_WORDS: dict[Comparison, tuple[str, type[ast.cmpop]]] = {
    "above": ("über", ast.Gt),
    "at_least": ("mindestens", ast.GtE),
    "below": ("unter", ast.Lt),
    "at_most": ("höchstens", ast.LtE),
}


@check.register
def _value(condition: Value, evidence: Evidence) -> Check:
    row = found_row(evidence, condition.question, condition.statistic, condition.item, condition.segment)
    if isinstance(row, str):
        return undecided(row)
    question = question_named(evidence.round, condition.question) or NOTES_QUESTION
    exact = condition.target == "answered" or question.id == NOTES
    chance = has_real_chance(evidence, question)
    word, sign = _WORDS[condition.is_]
    holds = WORDS[sign][1]
    verdict = judge(row, lambda x: holds(x, condition.than), is_exact=exact, has_chance=chance)
    limit, given = stated(evidence, row, condition.than)
    why = Markup("{}: {}{}; behauptet: {} {}.").format(
        about(evidence, question, row), shown(row), _bounds(row, chance and not exact), word, limit
    )
    return Check(verdict, why, [row], given)


@check.register
def _interval(condition: Interval, evidence: Evidence) -> Check:
    row = found_row(evidence, condition.question, condition.statistic, condition.item, condition.segment)
    if isinstance(row, str):
        return undecided(row)
    question = question_named(evidence.round, condition.question) or NOTES_QUESTION
    chance = has_real_chance(evidence, question)

    def lies_between(value: float) -> bool:
        return condition.low - TOLERANCE <= value <= condition.high + TOLERANCE

    verdict = judge(row, lies_between, is_exact=question.id == NOTES, has_chance=chance)
    (low, first), (high, second) = (stated(evidence, row, end) for end in (condition.low, condition.high))
    why = Markup("{}: {}{}; behauptet: zwischen {} und {}.").format(
        about(evidence, question, row), shown(row), _bounds(row, chance), low, high
    )
    return Check(verdict, why, [row], [*first, *second])


def stated(evidence: Evidence, row: Row, value: float) -> tuple[Markup, list[str]]:
    """A number of the analyst's file, printed as the row's unit asks for and marked as stated, not measured."""
    from dataclasses import replace

    text = plain(replace(row, estimate=value))
    element = Markup('<data value="{}" data-key="{}" data-part="stated">{}</data>').format(f"{value:g}", row.key, text)
    return element, [f"{value:g}"]


def _bounds(row: Row, is_shown: bool) -> Markup:
    return Markup(" (Bereich {})").format(shown_interval(row)) if is_shown and row.low is not None else Markup("")


def about(evidence: Evidence, question: Question, row: Row) -> Markup:
    """What a row is about, in words."""
    parts = [short_label(evidence.round, part) for part in row.item.split("|") if part]
    subject = ", ".join(parts) if parts else question.label
    return Markup("{}, {}").format(subject, name_of(row.statistic))


ORDER: tuple[Verdict, ...] = ("widersprochen", "offen", "vereinbar", "belegt")


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of several conditions that must all hold; what is contradicted once is contradicted."""
    return min(verdicts, key=ORDER.index)


@check.register
def _readings(condition: Readings, evidence: Evidence) -> Check:
    question = question_named(evidence.round, condition.question)
    given = [f"{reading.count}/{reading.of}" for reading in condition.readings]
    row = found_row(evidence, condition.question, condition.statistic, condition.item)
    if question is None or isinstance(row, str):
        reason = NOT_ASKED if not isinstance(row, str) else UNREADABLE if row == LOST else row
        words = Markup("{} Denkbar sind {}.").format(reason, readings_words(condition, evidence))
        return Check("offen", words, [], given)
    base = evidence.row(question, "respondents")
    for reading in condition.readings:
        if base.estimate == reading.of and row.value == reading.count:
            return Check("belegt", Markup("Mit den Originaldaten trifft eine Lesart zu: {}.").format(shown(row)), [row])
    return Check("widersprochen", Markup("Keine der Lesarten trifft zu; gezählt: {}.").format(shown(row)), [row])


def readings_words(condition: Readings, evidence: Evidence) -> Markup:
    """`25 von 34 (74 %) oder 27 von 34 (79 %)`, each number marked as stated."""
    from ..wording import german

    question = question_named(evidence.round, condition.question) or NOTES_QUESTION
    key = "/".join((evidence.round.name, question.id, "all", condition.item, condition.statistic))
    one = Markup('<data value="{}/{}" data-key="{}" data-part="stated">{} von {} ({})</data>')
    return Markup(" oder ").join(
        one.format(r.count, r.of, key, german.number(r.count), german.number(r.of), german.percent(r.count / r.of, 1))
        for r in condition.readings
    )
