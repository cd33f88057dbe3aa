"""Which numbers of answers fit the printed labels of one question."""

from __future__ import annotations

from collections.abc import Sequence

from .counts import Bars, merged
from .published import PrintedQuestion, Published
from .quantities import Fact, whole
from .rounding import EACH_ALONE, RULES, Box, box, largest_remainder_fits


def bars_at(question: PrintedQuestion, n: int, rule: str, *, step: int = 1, spend_all: bool = True) -> Bars:
    """The boxes of all bars if n people answered; sums of points are counted in units of `step`.

    People: percent of n. Points: all points of all people, percent or mean. Means: sum of the answers, each mean for
    itself. `spend_all=False` leaves open how many points were spent.
    """
    labels = question.labels()
    times, over = scaling(question, n)
    free = (0, n) if question.counts_people else (0, n * question.total // step)
    boxes = [free if label is None else _within(box(label, times * step, over, rule), free) for label in labels]
    if question.printed == "count":
        boxes = [free if label is None else (label, label) for label in labels]
    total: int | None = None if question.several else free[1]
    if question.printed == "mean" and question.scale:
        low, high = question.scale
        boxes = [(n * low, n * high) if label is None else _within(one, (n * low, n * high))
                 for label, one in zip(labels, boxes_of_means(labels, n, times, rule), strict=True)]  # fmt: skip
        total = None
    if not question.counts_people and not spend_all:
        total = None
    if total is not None and step > 1 and n * question.total % step:
        boxes = [(1, 0)] * len(boxes)
    return Bars(tuple(boxes), total, tuple(label is None for label in labels))


def boxes_of_means(labels: Sequence[int | None], n: int, times: int, rule: str) -> list[Box]:
    return [(0, 0) if label is None else box(label, times, n, rule) for label in labels]


def scaling(question: PrintedQuestion, n: int) -> tuple[int, int]:
    """(times, over): a bar of k prints as times · k / over in units of the last decimal."""
    unit = 10**question.decimals
    if question.printed == "percent":
        return 100 * unit, n
    if question.printed == "percent_of_points":
        return 100 * unit, n * question.total
    return unit, n


def _within(one: Box, limits: Box) -> Box:
    return max(one[0], limits[0]), min(one[1], limits[1])


def applies(question: PrintedQuestion, rule: str) -> bool:
    """Labels can be brought to a hundred percent together only where they are shares of one whole."""
    return rule in EACH_ALONE or not (question.several or question.printed in ("mean", "count"))


def rules_for(question: PrintedQuestion, published: Published) -> list[str]:
    """The rules of the file that apply to a question; rounding half up where none does."""
    return [rule for rule in published.rounding if applies(question, rule)] or ["half_up"]


def fits(question: PrintedQuestion, n: int, rule: str) -> bool | None:
    """Whether n answers can print as these labels under a rule; None where that was not decided."""
    if rule in EACH_ALONE:
        return bars_at(question, n, rule).is_possible
    times, _ = scaling(question, n)
    if question.printed == "mean_points":
        times = question.total * 10**question.decimals
    if question.counts_people:
        return largest_remainder_fits(question.labels(), times, n)
    return _outer_points_fit(question, n, times)


def _outer_points_fit(question: PrintedQuestion, n: int, times: int) -> bool | None:
    """Points are too fine to list: decided where the labels cannot sum to the whole, else open for n of some size."""
    printed = sum(label for label in question.labels() if label is not None)
    if printed > times or (None not in question.labels() and printed != times):
        return False
    # A total of exactly the printed number per label needs no adjustment at all.
    exact = [label * n * question.total % times == 0 for label in question.labels() if label is not None]
    return True if all(exact) else None


def sizes(question: PrintedQuestion, published: Published) -> tuple[list[int], list[Fact]]:
    """The n that fit under a rule of the file (stated n: that one, if it fits), and the facts about n."""
    low, high = published.tried
    tried = [question.n] if question.n else list(range(low, high + 1))
    by_rule = {rule: [(n, fits(question, n, rule)) for n in tried] for rule in RULES if applies(question, rule)}
    everywhere = sorted({n for rule in rules_for(question, published) for n, fit in by_rule[rule] if fit})
    limit = published.people_present or tried[-1]
    kept = [n for n in everywhere if n <= limit]
    facts = [whole("n", [(n, n) for n in kept], note=_about_n(tried, everywhere, limit))]
    if question.printed == "count":
        return kept, facts
    facts += [_of_rule(rule, found, tried) for rule, found in by_rule.items()]
    if len(tried) > 1:
        facts += _without_each_label(question, [n for n in tried if n <= limit], published)
    return kept, facts


def _about_n(tried: list[int], fitting: list[int], limit: int) -> str:
    note = f"{tried[0]} to {tried[-1]} tried" if len(tried) > 1 else "printed"
    more = whole("n", [(n, n) for n in fitting if n > limit]).values()
    return note + (f"; {more} fit too, more than the {limit} people present" if more else "")


def _of_rule(rule: str, found: list[tuple[int, bool | None]], tried: list[int]) -> Fact:
    undecided = [n for n, fit in found if fit is None]
    note = f"not decided for {len(undecided)} of {len(tried)} n" if undecided else ""
    fact = whole("n_by_rule", [(n, n) for n, fit in found if fit], item=rule, note=note)
    if undecided and not fact.ranges:
        return Fact("n_by_rule", rule, verdict="open", note=note)
    return fact


def _without_each_label(question: PrintedQuestion, tried: list[int], published: Published) -> list[Fact]:
    """Which n would fit if one label had been misread: does the result hang on a single one?"""
    facts = []
    done: set[int] = set()
    for place, label in enumerate(question.labels()):
        if label is None or (not question.is_placed and label in done):
            continue
        done.add(label)
        values = [None if other == place else value for other, value in enumerate(question.values())]
        bars = dict(zip(question.items(), values, strict=True)) if question.is_placed else values
        blind = question.model_copy(update={"bars": bars})
        rules = [rule for rule in published.rounding if rule in EACH_ALONE]
        found = merged([(n, n) for n in tried if any(fits(blind, n, rule) for rule in rules)])
        item = question.items()[place] if question.is_placed else str(question.values()[place])
        facts.append(whole("n_without_label", found, item=item))
    return facts
