"""Whether the estimates of a round would print as what was printed."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pandas as pd

from .published import PrintedQuestion, Published
from .quantities import Fact
from .rounding import EACH_ALONE, box
from .sizes import scaling


def reproduction(question: PrintedQuestion, published: Published, estimates: pd.DataFrame) -> list[Fact]:
    """Facts `reproduced` for the number of answers, the bars and the givers: `yes`, `no`, or `not compared` where the
    estimates lack the numbers (not asked, or one of them withheld). `text` holds what the estimates would print."""
    mine = estimates[(estimates["question"] == question.id) & (estimates["segment"] == "all")]
    withheld = set(mine.loc[mine["status"] != "published", "statistic"])
    mine = mine[~mine["statistic"].isin(withheld)]
    facts = [_bars(question, published, mine)]
    if question.n is not None:
        n = _numbers(mine, "respondents").get("")
        facts.insert(0, _compared("n", n, question.n))
    givers = _numbers(mine, "givers")
    return facts + [_compared(f"givers|{item}", givers.get(item), count) for item, count in question.givers.items()]


def _compared(item: str, seen: Fraction | None, printed: int) -> Fact:
    if seen is None:
        return Fact("reproduced", item, verdict="not compared")
    return Fact("reproduced", item, text=str(seen), verdict="yes" if seen == printed else "no")


def _numbers(rows: pd.DataFrame, statistic: str) -> dict[str, Fraction]:
    """Estimates by item; sums and counts of a few decimals come back exactly."""
    found = rows[(rows["statistic"] == statistic) & rows["estimate"].notna()]
    return {str(item): Fraction(str(round(float(value), 9)))
            for item, value in zip(found["item"], found["estimate"], strict=True)}  # fmt: skip


def _bars(question: PrintedQuestion, published: Published, rows: pd.DataFrame) -> Fact:
    """The bars under the first rule of the file that reproduces them, else under its first rule."""
    sums = _sums(question, rows)
    if not sums:
        return Fact("reproduced", "bars", verdict="not compared")
    rules = [rule for rule in published.rounding if rule in EACH_ALONE] or ["half_up"]
    n = int(_numbers(rows, "respondents")[""])
    tried = [{item: _printed(question, value, n, rule) for item, value in sums.items()} for rule in rules]
    alike = [labels for labels in tried if _match(question, labels)]
    shown = (alike or tried)[0]
    order = list(shown) if question.is_placed else sorted(shown, key=lambda item: -shown[item])
    text = " ".join(f"{shown[item] / 10**question.decimals:g}" for item in order)
    return Fact("reproduced", "bars", text=text, verdict="yes" if alike else "no")


def _sums(question: PrintedQuestion, rows: pd.DataFrame) -> dict[str, int]:
    """People or points per bar, as whole numbers; empty where the estimates do not have all of them."""
    n = _numbers(rows, "respondents").get("")
    statistic = {"percent": "count", "count": "count", "mean": "mean"}.get(question.printed, "mean_points")
    found = _numbers(rows, statistic)
    if not n or not found or (question.is_placed and not set(question.items()) <= set(found)):
        return {}
    if statistic == "count":
        return {item: round(value) for item, value in found.items()}
    return {item: round(value * n) for item, value in found.items()}


def _printed(question: PrintedQuestion, value: int, n: int, rule: str) -> int:
    """The label a sum would get."""
    if question.printed == "count":
        return value
    times, over = scaling(question, n)
    around = value * times // over
    for label in (around, around + 1):
        low, high = box(label, times, over, rule)
        if low <= value <= high:
            return label
    return around


def _match(question: PrintedQuestion, labels: dict[str, int]) -> bool:
    """Whether these labels are the printed ones; unread bars may be anything."""
    if question.is_placed:
        printed = dict(zip(question.items(), question.labels(), strict=True))
        return all(label is None or labels[item] == label for item, label in printed.items())
    read = Counter(label for label in question.labels() if label is not None)
    return len(labels) == len(question.labels()) and not read - Counter(labels.values())
