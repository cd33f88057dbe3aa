"""Is a condition met? One function per kind; each gives a verdict, the rows it looked at and words for the reader.

The rules (docs/findings.md): what a round without originals does not know is undecided; what does not hold for the
estimate is contradicted; what holds for the whole interval is supported; the rest is compatible. On the groups' side
counts are exact; silence is undecided.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatch
from itertools import combinations, product

from markupsafe import Markup

from ..errors import DataError
from ..rounds import NOTES, Question
from ..wording import (
    FEWEST,
    MOSTLY,
    NO_NOTES,
    NOTES_QUESTION,
    Evidence,
    Row,
    german,
    groups_of,
    has_codings,
    has_themes,
    join,
    left_to_code,
    name_of,
    open_groups,
    short_label,
    so_far,
    stance_rows,
    stance_word,
    stated,
    wanted,
)
from .expressions import MIRRORED, SUMS, TOLERANCE, WORDS, Term, parse, term_of, terms_in
from .model import (
    LEADING,
    Compared,
    Comparison,
    Condition,
    Coverage,
    Expression,
    Inside,
    Interval,
    Key,
    Order,
    Readings,
    Stance,
    Tier,
    Value,
    Verdict,
)
from .reading import question_named

NOT_ASKED = "Danach wurde in dieser Runde nicht gefragt."
NOBODY = "Darauf hat niemand geantwortet."
WITHHELD = "Die Zahl wird zum Schutz einzelner Personen zurückgehalten."
NOT_SHOWN = "Für diese Teilnehmergruppe wird die Zahl nicht einzeln gezeigt."
UNDEFINED = "Die Zahl ist mit diesen Antworten nicht bestimmt."
LOST = "Die Zahl ist nicht überliefert."
UNREADABLE = "Die gedruckte Zahl ist unleserlich."
UNCODED = "Die Aussagen der Gruppen sind noch keinem Thema zugeordnet."
ORDER: tuple[Verdict, ...] = ("widersprochen", "offen", "vereinbar", "belegt")


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


class UndecidedError(Exception):
    """Says in German why a condition cannot be decided, with the rows that were looked at."""

    def __init__(self, reason: str, rows: Iterable[Row] = ()) -> None:
        super().__init__(reason)
        self.reason, self.rows = Markup("{}").format(reason), list(rows)


def check(condition: Condition, evidence: Evidence) -> Check:
    """Whether a condition is met."""
    return _or_open(_checked, condition, evidence)


def _or_open(make: Callable[..., Check], *arguments: object) -> Check:
    try:
        return make(*arguments)
    except UndecidedError as why:
        return Check("offen", why.reason, why.rows)


@singledispatch
def _checked(condition: Condition, evidence: Evidence) -> Check:
    raise TypeError(f"expected a condition, saw {type(condition).__name__}")


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of several conditions that must all hold; what is contradicted once is contradicted."""
    return min(verdicts, key=ORDER.index)


# --- what is known ----------------------------------------------------------------------------------------------------


def is_known(evidence: Evidence, question: Question, statistic: str, item: str = "") -> bool:
    """False for a number of a reconstructed round that was never published (`statistic` or `statistic/item` under
    `published` in round.yml); ranks follow from published means."""
    source = question.measure if statistic == "rank" else statistic
    printed = source in (*question.published, *question.inferred) or f"{source}/{item}" in question.published
    return printed or has_real_chance(evidence, question)


def has_real_chance(evidence: Evidence, question: Question) -> bool:
    """False where intervals and tests rest on ballots that were reconstructed."""
    return question.id == NOTES or evidence.round.file.provenance != "reconstructed"


def found_row(evidence: Evidence, name: str, statistic: str, item: str = "", segment: str = "all") -> Row:
    """The row to decide by. Raises: UndecidedError with the German reason why there is none."""
    question = question_named(evidence.round, name)
    if question is None:
        raise UndecidedError(NOT_ASKED)
    if question.id == NOTES:
        _need_codings(evidence)
        if statistic in _CODED and (reason := so_far(evidence)):
            raise UndecidedError(reason)
    row = evidence.find(question, statistic, item, segment=segment)
    if row is None:
        raise UndecidedError(_why_missing(evidence, question, item, segment))
    if not row.is_published:
        raise UndecidedError(WITHHELD)
    if row.estimate is None:
        raise UndecidedError(UNDEFINED)
    if not is_known(evidence, question, statistic, item):
        raise UndecidedError(LOST)
    return row


def why_groups_unknown(evidence: Evidence) -> str:
    """Why nothing can be said about the groups; empty where their statements were coded."""
    return NO_NOTES if not has_themes(evidence) else "" if has_codings(evidence) else UNCODED


def _need_codings(evidence: Evidence) -> None:
    if reason := why_groups_unknown(evidence):
        raise UndecidedError(reason)


_CODED = ("statement_count", "groups_covered", "dots", "stance_count", "stance_groups", "cooccurrence",
          "cooccurrence_groups")  # fmt: skip
"""Statistics of the groups that grow while statements are coded."""


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


# --- numbers ----------------------------------------------------------------------------------------------------------


def _judged(
    rows: Sequence[Row], test: Callable[[Sequence[float]], bool], *, is_exact: bool, has_chance: bool
) -> Verdict:
    """The rule of verdicts: supported is what holds wherever each number lies in its interval; `is_exact` where only
    those who answered are meant."""
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


@_checked.register
def _value(condition: Value, evidence: Evidence) -> Check:
    word, sign = _WORDS[condition.is_]
    than, is_exact = condition.than, condition.target == "answered"
    return _measured(condition, evidence, lambda x: WORDS[sign][1](x, than), f"{word} {{}}", than, is_exact=is_exact)


@_checked.register
def _interval(condition: Interval, evidence: Evidence) -> Check:
    low, high = condition.low, condition.high
    return _measured(
        condition, evidence, lambda x: low - TOLERANCE <= x <= high + TOLERANCE, "zwischen {} und {}", low, high
    )


def _measured(
    key: Key,
    evidence: Evidence,
    holds: Callable[[float], bool],
    claimed: str,
    *limits: float,
    is_exact: bool = False,
) -> Check:
    row = found_row(evidence, key.question, key.statistic, key.item, key.segment)
    question = question_named(evidence.round, key.question) or NOTES_QUESTION
    is_exact, has_chance = is_exact or question.id == NOTES, has_real_chance(evidence, question)
    verdict = _judged([row], lambda values: holds(values[0]), is_exact=is_exact, has_chance=has_chance)
    bounds = _bounds(row) if has_chance and not is_exact else ""
    why = Markup(f"{{}}: {{}}{{}}; behauptet: {claimed}.").format(
        about(evidence, row), row, bounds, *(stated(row, limit) for limit in limits)
    )
    return Check(verdict, why, [row], [f"{limit:g}" for limit in limits])


def _bounds(row: Row) -> Markup:
    return Markup(" (Bereich {:interval})").format(row) if row.low is not None else Markup("")


def about(evidence: Evidence, row: Row) -> Markup:
    """What a row is about, in words."""
    question = question_named(evidence.round, row.key.split("/")[1]) or NOTES_QUESTION
    parts = [short_label(evidence.round, part) for part in row.item.split("|") if part]
    return Markup("{}, {}").format(", ".join(parts) or question.label, name_of(row.statistic))


@_checked.register
def _readings(condition: Readings, evidence: Evidence) -> Check:
    question = question_named(evidence.round, condition.question)
    try:
        row = found_row(evidence, condition.question, condition.statistic, condition.item)
    except UndecidedError as why:
        reason = UNREADABLE if why.reason == LOST else why.reason
        words = Markup("{} Denkbar sind {}.").format(reason, readings_words(condition, evidence))
        return Check("offen", words, given=[f"{reading.count}/{reading.of}" for reading in condition.readings])
    base = evidence.row(question or NOTES_QUESTION, "respondents")
    if any(base.estimate == reading.of and row.value == reading.count for reading in condition.readings):
        return Check("belegt", Markup("Mit den Originaldaten trifft eine Lesart zu: {}.").format(row), [row])
    return Check("widersprochen", Markup("Keine der Lesarten trifft zu; gezählt: {}.").format(row), [row])


def readings_words(condition: Readings, evidence: Evidence) -> Markup:
    """`25 von 34 (74 %) oder 27 von 34 (79 %)`, each number marked as stated."""
    question = question_named(evidence.round, condition.question) or NOTES_QUESTION
    key = "/".join((evidence.round.name, question.id, "all", condition.item, condition.statistic))
    one = Markup('<data value="{}/{}" data-key="{}" data-part="stated">{} von {} ({})</data>')
    return Markup(" oder ").join(
        one.format(r.count, r.of, key, german.number(r.count), german.number(r.of), german.percent(r.count / r.of, 1))
        for r in condition.readings
    )


# --- expressions ------------------------------------------------------------------------------------------------------

_END_WORDS = {"low": "unteres Ende des Bereichs", "high": "oberes Ende des Bereichs", "n": "n"}
_Rows = dict[Term, Row]


@_checked.register
def _expression(condition: Expression, evidence: Evidence) -> Check:
    parsed, rows = parse(condition.expression), dict[Term, Row]()
    for term in parsed.terms():
        row = found_row(evidence, question_of(term, condition, evidence), term.statistic, term.item, term.segment)
        if getattr(row, term.part) is None:
            raise UndecidedError("Zu dieser Zahl gibt es keinen Bereich.", [row])
        rows[term] = row
    verdicts: list[Verdict] = []
    why: list[Markup] = []
    given: list[str] = []
    for left, op, right in parsed.comparisons:
        verdicts.append(_compared_sides(left, right, WORDS[op][1], rows, evidence))
        if not list(terms_in(left)):  # a number in front: said the other way round
            left, right, op = right, left, MIRRORED.get(op, op)
        first = next(terms_in(left), None) or next(parsed.terms())
        measured = replace(rows[first], unit="people") if first.part == "n" else rows[first]
        words = [_told(side, rows, evidence, measured, given) for side in (left, right)]
        why.append(Markup("{}; behauptet: {} {}.").format(words[0], WORDS[op][0], words[1]))
    return Check(worst(verdicts), join(why, " "), list(rows.values()), given)


def _number(node: ast.expr, rows: _Rows, at: dict[Row, float]) -> float:
    """A side of a comparison where the rows in `at` have these estimates."""
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.UnaryOp):
        return -_number(node.operand, rows, at)
    if isinstance(node, ast.BinOp):
        return SUMS[type(node.op)][1](_number(node.left, rows, at), _number(node.right, rows, at))
    term = term_of(node)  # type: ignore[arg-type]
    row = rows[term]
    return at.get(row, row.value) if term.part == "estimate" else float(getattr(row, term.part))


def _compared_sides(
    left: ast.expr, right: ast.expr, holds: Callable[[float, float], bool], rows: _Rows, evidence: Evidence
) -> Verdict:
    """Only estimates move within their intervals: ends of intervals and numbers of people are what they are."""
    terms = (*terms_in(left), *terms_in(right))
    moving = list(dict.fromkeys(rows[term] for term in terms if term.part == "estimate"))
    questions = [question_named(evidence.round, row.key.split("/")[1]) for row in moving]

    def test(values: Sequence[float]) -> bool:
        at = dict(zip(moving, values, strict=True))
        return holds(_number(left, rows, at), _number(right, rows, at))

    chance = all(question is not None and has_real_chance(evidence, question) for question in questions)
    return _judged(moving, test, is_exact=not moving, has_chance=chance)


def _told(node: ast.expr, rows: _Rows, evidence: Evidence, measured: Row, given: list[str]) -> Markup:
    """A side in words; a number of the expression is printed like `measured`, and `given` collects it."""
    if isinstance(node, ast.BinOp):
        parts = [_told(part, rows, evidence, measured, given) for part in (node.left, node.right)]
        return join(parts, SUMS[type(node.op)][0])
    if isinstance(node, ast.Call):
        term = term_of(node)
        row = rows[term]
        if term.part in _END_WORDS:
            return Markup("{}, {}: {}").format(about(evidence, row), _END_WORDS[term.part], row.part(term.part))
        return Markup("{}: {}{}").format(about(evidence, row), row, _bounds(row))
    number = _number(node, rows, {})
    given.append(f"{number:g}")
    return stated(measured, number)


def question_of(term: Term, condition: Expression, evidence: Evidence) -> str:
    """The question a term is about: as it says, else the one of the rows, else the only one with such an item."""
    if term.of or condition.question:
        return term.of or condition.question
    asked = evidence.round.file.questions
    found = [one.id for one in asked if term.item in one.options.values() and evidence.rows(one, term.statistic)]
    if len(found) == 1:
        return found[0]
    saw = f"{len(found)} questions with {term.statistic} of {term.item or 'the question as a whole'}"
    raise DataError("condition", "to know which question is meant", saw, remedy=f"{term.statistic}(…, of=QUESTION)")


# --- orders -----------------------------------------------------------------------------------------------------------


@_checked.register
def _compared(condition: Compared, evidence: Evidence) -> Check:
    pair = [[condition.item], [condition.than]]
    return _ordered(evidence, condition, pair if condition.is_ == "above" else pair[::-1])


@_checked.register
def _order(condition: Order, evidence: Evidence) -> Check:
    question = question_named(evidence.round, condition.question)
    if question is None:
        raise UndecidedError(NOT_ASKED)
    if question.id == NOTES:
        _need_codings(evidence)
    found = [row for row in evidence.rows(question, condition.by or question.measure) if row.item]
    if not found:
        raise UndecidedError(NOBODY)
    rows = {row.item: wanted(row) for row in found}
    named = {item for step in condition.steps if isinstance(step, list) for item in step}
    top = max(rows.values())
    leading = [item for item, value in rows.items() if item not in named and value >= top - TOLERANCE]
    named |= set(leading) if LEADING in condition.steps else set()
    rest = [item for item in rows if item not in named]
    steps = [step if isinstance(step, list) else leading if step == LEADING else rest for step in condition.steps]
    if all(steps):
        return _ordered(evidence, condition, steps)
    known = [row for row in found if row.estimate is not None]  # everybody leads: one item only, or all the same
    if len(known) < 2:
        raise UndecidedError("Zur Wahl stand nur ein Bereich.")
    if not has_real_chance(evidence, question):
        raise UndecidedError("Die überlieferten Werte unterscheiden sich nicht.")
    return Check("widersprochen", Markup("Alle Werte sind gleich ({}).").format(known[0]), known)


def _rows_of(evidence: Evidence, name: str, statistic: str, items: Iterable[str]) -> dict[str, Row]:
    rows = {}
    for item in items:
        try:
            rows[item] = found_row(evidence, name, statistic, item)
        except UndecidedError as why:
            raise UndecidedError(f"{short_label(evidence.round, item)}: {why}") from None
    return rows


def _ordered(evidence: Evidence, condition: Compared | Order, steps: Sequence[Sequence[str]]) -> Check:
    """Every item of a step above every item of the later ones."""
    question = question_named(evidence.round, condition.question) or NOTES_QUESTION
    by = condition.by or question.measure
    rows = _rows_of(evidence, condition.question, by, dict.fromkeys(item for step in steps for item in step))
    pairs = [(rows[a], rows[b]) for step, later in combinations(steps, 2) for a, b in product(step, later)]
    verdicts = [_above(evidence, question, a, b) for a, b in pairs]
    verdict = worst(verdicts)
    told = {item: Markup("{} ({})").format(short_label(evidence.round, item), row) for item, row in rows.items()}
    listed = [join([told[item] for item in sorted(step, key=lambda item: -rows[item].value)], ", ") for step in steps]
    first, second = (told[row.item] for row in pairs[verdicts.index(verdict)])
    notes: dict[Verdict, str] = {
        "belegt": "alle Paare sind getrennt" if question.id != NOTES else "so ist es in den Notizen",
        "vereinbar": "die Reihenfolge der Mittelwerte stimmt, gesichert ist sie nicht",
        "offen": "ob {} vor {} liegt, geben die überlieferten Werte nicht her",
        "widersprochen": "{} liegt nicht vor {}",
    }
    ending = Markup(notes[verdict]).format(first, second)
    why = Markup("Behauptete Reihenfolge nach „{}“: {}; {}.").format(name_of(by), join(listed, " vor "), ending)
    return Check(verdict, why, list(rows.values()), brief=ending[:1].upper() + ending[1:] + ".")


def _above(evidence: Evidence, question: Question, a: Row, b: Row) -> Verdict:
    """Is a above b? The pair's own test decides where there is one, else intervals that do not touch."""
    has_chance, is_above = has_real_chance(evidence, question), wanted(a) > wanted(b) + TOLERANCE
    if not has_chance and round(a.value) == round(b.value):
        return "offen"  # published as the same rounded number
    if not is_above:
        return "widersprochen"
    is_sure = question.id == NOTES or (has_chance and _is_separated(evidence, question, a, b))
    return "belegt" if is_sure else "vereinbar"


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


@_checked.register
def _tier(condition: Tier, evidence: Evidence) -> Check:
    rows = _rows_of(evidence, condition.question, "tier", condition.items)
    question, asked = question_named(evidence.round, condition.question) or NOTES_QUESTION, set(condition.items)
    first = {row.item for row in evidence.rows(question, "tier") if row.low == 1}
    tops = {row.item for row in evidence.rows(question, "rank") if row.estimate == 1}
    names = ", ".join(short_label(evidence.round, item) for item in condition.items)
    verdict: Verdict
    if condition.tier == "leading":
        verdict = "belegt" if asked == first else "vereinbar" if asked <= first else "widersprochen"
        why = "Behauptet: In der führenden Stufe: {}."
    else:
        verdict = "belegt" if not asked & first else "widersprochen" if asked & tops else "vereinbar"
        why = "Behauptet: Sicher hinter dem ersten Platz: {}."
    return Check(verdict, Markup(why).format(names), list(rows.values()))


# --- the groups -------------------------------------------------------------------------------------------------------

_FITS = {"at_least": operator.ge, "at_most": operator.le, "exactly": operator.eq}
_CLAIMS = {
    "mostly": "Überwiegende Haltung {}",
    "sometimes": "Haltung {} mindestens einmal",
    "never": "Haltung {} nie",
    "every_group": "Haltung {} in jeder Gruppe",
}


def _decided(fits: Sequence[bool]) -> Verdict:
    """What holds however the coding goes on."""
    return "belegt" if all(fits) else "offen" if any(fits) else "widersprochen"


def _or_so_far(evidence: Evidence, found: Check) -> Check:
    """What was found; where that is open, with what is left to code as the reason."""
    if found.verdict == "offen":
        raise UndecidedError(so_far(evidence), found.rows)
    return found


@_checked.register
def _coverage(condition: Coverage, evidence: Evidence) -> Check:
    _need_codings(evidence)
    total, open_ = len(groups_of(evidence)), open_groups(evidence)
    wanted_ = total if condition.groups == "all" else condition.groups
    rows = [evidence.row(NOTES_QUESTION, "groups_covered", code) for code in condition.codes]
    verdicts = []
    for row in rows:
        own = [evidence.find(NOTES_QUESTION, "statement_count", row.item, segment=group) for group in open_]
        most = int(row.value) + sum(one is None or not one.value for one in own)  # once everything is coded
        verdicts.append(_decided([_FITS[condition.is_](n, wanted_) for n in range(int(row.value), most + 1)]))
    parts = [Markup("{} in {} von {:n}").format(short_label(evidence.round, row.item), row, row) for row in rows]
    why = Markup("Angesprochen: {} {}.").format(join(parts, ", "), "Gruppen" if total > 1 else "Gruppe")
    return _or_so_far(evidence, Check(worst(verdicts), why, rows))


@_checked.register
def _stance(condition: Stance, evidence: Evidence) -> Check:
    _need_codings(evidence)
    found = [_or_open(_stance_of, code, condition, evidence) for code in condition.codes]
    verdict, rows = worst([one.verdict for one in found]), [row for one in found for row in one.rows]
    if verdict == "offen":
        why = join(dict.fromkeys(one.why for one in found if one.verdict == "offen"), " ")
        return Check(verdict, why, rows)
    stances = " oder ".join(f"„{stance_word(stance)}“" for stance in condition.stances)
    claimed = _CLAIMS[condition.how_often].format(stances)
    return Check(verdict, Markup("{}: {}.").format(claimed, join((one.why for one in found), "; ")), rows)


def _stance_of(code: str, condition: Stance, evidence: Evidence) -> Check:
    """What the groups' statements on one code say, as a part of a sentence. Raises: UndecidedError."""
    label, own = short_label(evidence.round, code), stance_rows(evidence, code)
    if not own:
        if not so_far(evidence) and condition.how_often == "never":
            return Check("belegt", Markup("{} nicht angesprochen").format(label))
        raise UndecidedError(so_far(evidence) or f"Über „{label}“ hat keine Gruppe gesprochen.")
    asked = [own[stance] for stance in condition.stances]
    of = asked[0].n or 0
    if condition.how_often == "mostly" and of < FEWEST:
        words = "Zu „{}“ gibt es mit {:n} Aussagen zu wenige, als dass eine Haltung überwiegen könnte."
        if of == 1:
            words = "Zu „{}“ gibt es nur {:n} Aussage; eine Haltung kann da nicht überwiegen."
        raise UndecidedError(Markup(words).format(label, asked[0]), asked)
    if condition.how_often == "every_group":
        return _in_every_group(code, condition, evidence)
    stances = zip(condition.stances, asked, strict=True)
    counts = join((Markup("{} {}").format(stance_word(stance), row) for stance, row in stances), ", ")
    noun = "Aussage" if of == 1 else "Aussagen"
    why = Markup("{}: {} von {:n} {}").format(label, counts, asked[0], noun)
    count, left = sum(row.value for row in asked), max(left_to_code(evidence), 1 if so_far(evidence) else 0)
    fits = {  # what the counts say whichever codes the statements get that have none yet
        "never": [not count, not count + left],
        "sometimes": [bool(count), bool(count + left)],
        "mostly": [count > MOSTLY * (of + left), count + left > MOSTLY * (of + left)],
    }
    return _or_so_far(evidence, Check(_decided(fits[condition.how_often]), why, asked))


def _in_every_group(code: str, condition: Stance, evidence: Evidence) -> Check:
    """Whether each group takes one of the stances. Of several stances only the groups with each are known: the largest
    count decides for, too small a sum against, and between them nothing is decided."""
    rows = [evidence.row(NOTES_QUESTION, "stance_groups", f"{code}|{stance}") for stance in condition.stances]
    label, covered = short_label(evidence.round, code), evidence.row(NOTES_QUESTION, "groups_covered", code)
    total = covered.n or 0
    is_met = max(row.value for row in rows) >= total
    if not is_met and so_far(evidence):
        raise UndecidedError(so_far(evidence), rows)
    if not is_met and sum(row.value for row in rows) >= total:
        raise UndecidedError(f"Ob sich jede Gruppe so zu „{label}“ äußert, geht aus den Zahlen nicht hervor.", rows)
    stances = zip(condition.stances, rows, strict=True)
    parts = (Markup("{} in {} von {:n}").format(stance_word(stance), row, covered) for stance, row in stances)
    why = Markup("{} ({} {})").format(label, join(parts, ", "), "Gruppen" if total > 1 else "Gruppe")
    return Check("belegt" if is_met else "widersprochen", why, rows)


@_checked.register
def _inside(condition: Inside, evidence: Evidence) -> Check:
    _need_codings(evidence)
    areas = condition.areas or [code.id for code in evidence.round.codebook.focus_areas]
    both = {row.item: row for row in evidence.rows(NOTES_QUESTION, "cooccurrence") if row.value}
    found: list[Markup] = []
    missing: list[str] = []
    rows: list[Row] = []
    for theme in condition.themes:
        own = [both[f"{theme}|{area}"] for area in areas if f"{theme}|{area}" in both]
        label = short_label(evidence.round, theme)
        if not own:
            missing.append(label)
            continue
        rows.append(max(own, key=lambda row: row.value))
        area = short_label(evidence.round, rows[-1].item.split("|")[1])
        found.append(Markup("{} am meisten in {} ({})").format(label, area, rows[-1]))
    is_met = len(found) >= (condition.at_least or len(condition.themes))
    if not is_met and so_far(evidence):
        raise UndecidedError(so_far(evidence), rows)
    told = {"": join(found, "; "), "nicht ": ", ".join(missing)}
    words = Markup("Innerhalb von Fokusbereichen {}angesprochen: {}.")
    why = join((words.format(how, which) for how, which in told.items() if which), " ")
    return Check("belegt" if is_met else "widersprochen", why, rows)
