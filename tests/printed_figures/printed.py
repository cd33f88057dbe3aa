"""Small printed questions, and the slow and obvious way to solve them."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pandas as pd

from printed_figures import Published, Question, audit

SOURCE = "invented for a test"


def question(bars, printed: str = "percent", **more) -> Question:
    return Question(id="q", printed=printed, bars=bars, **more)


def audited(bars, printed: str = "percent", *, file: dict | None = None, **more) -> pd.DataFrame:
    """The audit of one question."""
    return table_of(Published(source=SOURCE, questions=[question(bars, printed, **more)], **(file or {})))


def table_of(published: Published) -> pd.DataFrame:
    return pd.DataFrame(audit(published))


def row(table: pd.DataFrame, quantity: str, item: str = "", *, n: int | None = None, question: str = "q") -> dict:
    """The one row of a quantity."""
    mine = table[(table["question"] == question) & (table["quantity"] == quantity) & (table["item"] == item)]
    if n is not None:
        mine = mine[mine["n"] == n]
    (found,) = mine.to_dict("records")
    return found


def rounded(value: Fraction, rule: str) -> int:
    """A number rounded to a whole one, by the definition of each rule."""
    whole, rest = divmod(value, 1)
    if rule == "truncate" or rest < Fraction(1, 2):
        return int(whole)
    if rest > Fraction(1, 2) or rule == "half_up":
        return int(whole) + 1
    return int(whole) + int(whole) % 2


def brute_force(labels, n: int, rule: str, unit: int = 1) -> list[tuple[int, ...]]:
    """Every vector of counts with the sum n that prints as these labels (None: unread)."""
    options = [
        [k for k in range(n + 1) if label is None or rounded(Fraction(100 * unit * k, n), rule) == label]
        for label in labels
    ]
    return [counts for counts in product(*options) if sum(counts) == n]
