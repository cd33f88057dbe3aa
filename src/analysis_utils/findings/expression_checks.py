"""Is a condition met that is written as an expression? And `claim`: a sentence in a notebook with its verdict."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from markupsafe import Markup

from ..errors import DataError
from ..wording import INVENTED, Evidence, Html, Row, evidence_of, join, shown, shown_interval, shown_n
from .checks import Check, about, check, found_row, has_real_chance, is_known, judge_all, stated, undecided, worst
from .expressions import MIRRORED, SUMS, WORDS, Term, one_term, parse, term_of, terms_in
from .model import Expression, Finding, Verdict
from .reading import check_names, question_named

_END_WORDS = {"low": "unteres Ende des Bereichs", "high": "oberes Ende des Bereichs"}
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class _Side:
    """A side of a comparison with the rows it needs."""

    tree: ast.expr
    rows: dict[Term, Row]

    def value(self, at: dict[Row, float], node: ast.expr | None = None) -> float:
        """The number where the rows in `at` have these estimates."""
        node = node or self.tree
        if isinstance(node, ast.Constant):
            return float(node.value)  # type: ignore[arg-type]
        if isinstance(node, ast.UnaryOp):
            return -self.value(at, node.operand)
        if isinstance(node, ast.BinOp):
            return SUMS[type(node.op)][1](self.value(at, node.left), self.value(at, node.right))
        term = term_of(node)  # type: ignore[arg-type]
        row = self.rows[term]
        return at.get(row, row.value) if term.part == "estimate" else float(getattr(row, term.part))

    @cached_property
    def moving(self) -> list[Row]:
        """Rows whose estimate is meant, which has an interval."""
        return list(dict.fromkeys(self.rows[term] for term in terms_in(self.tree) if term.part == "estimate"))


@check.register
def _expression(condition: Expression, evidence: Evidence) -> Check:
    parsed = parse(condition.expression)
    rows: dict[Term, Row] = {}
    for term in parsed.terms():
        row = found_row(evidence, _question_of(term, condition, evidence), term.statistic, term.item, term.segment)
        if isinstance(row, str):
            return undecided(row)
        if getattr(row, term.part) is None:
            return undecided("Zu dieser Zahl gibt es keinen Bereich.", [row])
        rows[term] = row
    verdicts: list[Verdict] = []
    why: list[Markup] = []
    given: list[str] = []
    for left, op, right in parsed.comparisons:
        sides = _Side(left, rows), _Side(right, rows)
        verdicts.append(_verdict(sides, WORDS[op][1], evidence))
        if not list(terms_in(left)):  # a number in front: said the other way round
            sides, op = sides[::-1], MIRRORED.get(op, op)
        first = next(terms_in(sides[0].tree), None) or next(parsed.terms())
        measured = replace(rows[first], unit="people") if first.part == "n" else rows[first]
        words = [_told(side.tree, side, evidence, measured, given) for side in sides]
        why.append(Markup("{}; behauptet: {} {}.").format(words[0], WORDS[op][0], words[1]))
    return Check(worst(verdicts), Markup(" ").join(why), list(rows.values()), given)


def _verdict(sides: tuple[_Side, _Side], holds: Callable[[float, float], bool], evidence: Evidence) -> Verdict:
    left, right = sides
    moving = list(dict.fromkeys([*left.moving, *right.moving]))
    questions = [question_named(evidence.round, row.key.split("/")[1]) for row in moving]
    chance = all(question is not None and has_real_chance(evidence, question) for question in questions)

    def test(values: Sequence[float]) -> bool:
        at = dict(zip(moving, values, strict=True))
        return holds(left.value(at), right.value(at))

    is_exact = not moving  # ends of intervals and numbers of people are what they are
    return judge_all(moving, test, is_exact=is_exact, has_chance=chance)


def _told(node: ast.expr, side: _Side, evidence: Evidence, measured: Row, given: list[str]) -> Markup:
    """A side in words; a number of the expression is printed like `measured`."""
    if isinstance(node, ast.BinOp):
        parts = [_told(part, side, evidence, measured, given) for part in (node.left, node.right)]
        return Markup(SUMS[type(node.op)][0]).join(parts)
    if isinstance(node, ast.Call):
        term = term_of(node)
        row = side.rows[term]
        question = question_named(evidence.round, row.key.split("/")[1])
        subject = about(evidence, question, row) if question else Markup("")
        if term.part == "n":
            return Markup("{}, n: {}").format(subject, shown_n(row))
        if term.part != "estimate":
            return Markup("{}, {}: {}").format(subject, _END_WORDS[term.part], row.part(term.part))
        between = Markup(" (Bereich {})").format(shown_interval(row)) if row.low is not None else Markup("")
        return Markup("{}: {}{}").format(subject, shown(row), between)
    number, said = stated(evidence, measured, side.value({}, node))
    given += said
    return number


def _question_of(term: Term, condition: Expression, evidence: Evidence) -> str:
    """The question a term is about: as it says, else the one of the rows, else the only one with such an item."""
    if term.of or condition.question:
        return term.of or condition.question
    asked = evidence.round.file.questions
    found = [one.id for one in asked if term.item in one.options.values() and evidence.rows(one, term.statistic)]
    if len(found) == 1:
        return found[0]
    saw = f"{len(found)} questions with {term.statistic} of {term.item or 'the question as a whole'}"
    raise DataError("condition", "to know which question is meant", saw, remedy=f"{term.statistic}(…, of=QUESTION)")


def filled_from_rows(text: str, on: Any) -> Html:
    """A sentence whose fields are numbers of published rows: `{mean_points(a)}` the estimate, `{mean_points_n(a)}` the
    people behind it, `{mean_points_interval(a)}` its interval; the names are those of conditions.

    Raises: DataError for a field that cannot be read or of which the round has no row.
    """
    evidence, asked = evidence_of(on), Expression(expression=text or " ", question=_only_question(on))
    unknown = False

    def number(field: re.Match[str]) -> Markup:
        nonlocal unknown
        is_interval = bool(re.match(r"\s*\w+_interval\b", field[1]))
        term = one_term(field[1].replace("_interval", "", 1) if is_interval else field[1])
        question = question_named(evidence.round, _question_of(term, asked, evidence))
        row = evidence.find(question, term.statistic, term.item, segment=term.segment) if question else None
        if question is None or row is None:
            raise DataError("say", "fields that name a row of the round", field[0], remedy="see docs/workbench.md, say")
        is_of_all = term.segment == "all" or evidence.round.file.provenance != "reconstructed"
        unknown = unknown or not (is_of_all and is_known(evidence, question, term.statistic, term.item))
        if not row.is_published:
            return shown(row)
        return shown_interval(row) if is_interval else shown_n(row) if term.part == "n" else shown(row)

    parts = _FIELD.split(text)
    fields = [number(found) for found in _FIELD.finditer(text)]
    words = [Markup("{}").format(part) for part in parts[::2]]
    said = Markup("").join(one for pair in zip(words, [*fields, Markup("")], strict=True) for one in pair)
    return Html(Markup("<p>{}{}</p>").format(said, INVENTED if unknown else ""))


def _only_question(rows: Any) -> str:
    questions = list(dict.fromkeys(rows["question"]))
    return questions[0] if len(questions) == 1 else ""


def claim(text: str, condition: str, on: Any = None) -> Html:
    """A sentence with its verdict: `claim("…", "rank_high(industrieparks) == 1", on=rows)`. `text` is said as it stands
    only where the rows support it. `on`: published rows; where they are of one question, conditions need not name it.

    Raises: DataError for a condition that cannot be read, and for names that the round does not have.
    """
    from .page import badge, told as told_check
    from .verdicts import judged

    if on is None:
        raise DataError("claim", "on=, the published rows that the claim is about", "none")
    evidence = evidence_of(on)
    one = Expression(expression=condition, question=_only_question(on))
    words = text.rstrip(". ")
    finding = Finding(id="behauptung", order=1, title=words, sentence=f"{words}.", conditions=[one])
    check_names(finding, evidence.round, "claim")
    found = judged(finding, evidence)
    listed_ = [part for part in found.checks if part.verdict != "offen" and part.why not in found.sentence]
    checks = join(Markup("<li>{}</li>").format(told_check(part)) for part in listed_)
    listed = Markup('<ul class="checks">{}</ul>').format(checks) if checks else Markup("")
    unit = Markup('<div class="finding" data-condition="{}"><p>{} {}</p>{}</div>')
    return Html(unit.format(condition, badge(found), found.sentence, listed))
