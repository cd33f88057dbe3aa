"""A condition as one readable expression over published rows: `rank_high(industrieparks) == 1`,
`mean_points(synergien) > mean_points(andere)`, `top_box_share(of=fokussierung) >= 0.5`.

A name is a statistic, alone or with `_low` or `_high` for an end of its interval and `_n` for the people behind it; its
argument is an item, `of=` the question (an id or a role) and `segment=` a segment. Numbers may be added and subtracted,
compared (also `0.2 <= … <= 0.3`), and comparisons joined with `and`. Nothing else is understood, and nothing is run.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..contracts import STATISTICS
from ..errors import DataError, nearest

TOLERANCE = 1e-9

ENDS = {"low": "low", "high": "high", "n": "n"}
WORDS: dict[type[ast.cmpop], tuple[str, Callable[[float, float], bool]]] = {
    ast.Lt: ("kleiner als", lambda a, b: a < b - TOLERANCE),
    ast.LtE: ("höchstens", lambda a, b: a <= b + TOLERANCE),
    ast.Gt: ("größer als", lambda a, b: a > b + TOLERANCE),
    ast.GtE: ("mindestens", lambda a, b: a >= b - TOLERANCE),
    ast.Eq: ("gleich", lambda a, b: abs(a - b) <= TOLERANCE),
    ast.NotEq: ("nicht gleich", lambda a, b: abs(a - b) > TOLERANCE),
}
MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    **{ast.Lt: ast.Gt, ast.Gt: ast.Lt},
    **{ast.LtE: ast.GtE, ast.GtE: ast.LtE},
}
SUMS: dict[type[ast.operator], tuple[str, Callable[[float, float], float]]] = {
    ast.Add: (" plus ", operator.add),
    ast.Sub: (" minus ", operator.sub),
}


@dataclass(frozen=True)
class Term:
    """One number of an expression: a statistic, which part of its row, and where it stands."""

    statistic: str
    part: str
    item: str
    of: str
    segment: str


@dataclass(frozen=True)
class Parsed:
    """`comparisons`: left side, operator, right side; a side is a tree of terms, numbers, sums and differences."""

    text: str
    comparisons: tuple[tuple[ast.expr, type[ast.cmpop], ast.expr], ...]

    def terms(self) -> Iterator[Term]:
        for left, _, right in self.comparisons:
            yield from (*terms_in(left), *terms_in(right))


def parse(text: str) -> Parsed:
    """Raises: DataError for what the language does not have, with what was expected."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise _unknown(text, "something that is no expression") from None
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    found = []
    for part in parts:
        if not isinstance(part, ast.Compare):
            raise _unknown(text, "a part without a comparison")
        sides = [part.left, *part.comparators]
        for side in sides:
            _check_side(side, text)
        found += [(a, type(op), b) for a, op, b in zip(sides, part.ops, sides[1:], strict=False)]
    if bad := next((op for _, op, _ in found if op not in WORDS), None):
        raise _unknown(text, f"the comparison {bad.__name__}")
    parsed = Parsed(text, tuple(found))
    if not list(parsed.terms()):
        raise _unknown(text, "no statistic")
    return parsed


def one_term(text: str) -> Term:
    """The one number that a field of a sentence names. Raises: DataError as above."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise _unknown(text, "something that is no expression") from None
    if not isinstance(tree, ast.Call):
        raise _unknown(text, "no statistic", "write {mean_points(industrieparks)}")
    term = term_of(tree, text)
    if term.part in ("low", "high"):
        raise _unknown(text, "one end of an interval", "write {…_interval(…)} for both")
    return term


def _check_side(side: ast.expr, text: str) -> None:
    if isinstance(side, ast.Constant) and type(side.value) in (int, float):
        return
    if isinstance(side, ast.UnaryOp) and isinstance(side.op, ast.USub):
        return _check_side(side.operand, text)
    if isinstance(side, ast.BinOp) and type(side.op) in SUMS:
        _check_side(side.left, text)
        return _check_side(side.right, text)
    if isinstance(side, ast.Call):
        term_of(side, text)
        return None
    raise _unknown(text, f"“{ast.unparse(side)[:60]}”")


def term_of(call: ast.Call, text: str = "") -> Term:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    stem, _, end = name.rpartition("_")
    statistic, part = (stem, ENDS[end]) if end in ENDS and stem in STATISTICS else (name, "estimate")
    if statistic not in STATISTICS:
        raise _unknown(text, f"“{name or ast.unparse(call)[:60]}”", nearest(name, STATISTICS) or "")
    named = {one.arg: _word(one.value, text) for one in call.keywords}
    if len(call.args) > 1 or set(named) - {"of", "segment"}:
        raise _unknown(text, f"“{ast.unparse(call)[:60]}”", f"{name}(item, of=question, segment=segment)")
    item = _word(call.args[0], text) if call.args else ""
    return Term(statistic, part, item, named.get("of", ""), named.get("segment", "all"))


def _word(node: ast.expr, text: str) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
        return str(node.value)
    raise _unknown(text, f"“{ast.unparse(node)[:60]}”")


def _unknown(text: str, saw: str, hint: str = "") -> DataError:
    expected = "a condition like rank_high(industrieparks) == 1 (docs/findings.md)"
    return DataError("condition", expected, saw, at=text[:120], remedy=hint)


def terms_in(side: ast.expr) -> Iterator[Term]:
    for node in ast.walk(side):
        if isinstance(node, ast.Call):
            yield term_of(node)
