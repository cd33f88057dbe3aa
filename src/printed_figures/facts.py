"""What a print says: which numbers of answers fit its labels, and for each of them counts, order, shares, middle,
points and claims; one row per fact, all worked out by `audit`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from .bars import (
    EACH_ALONE,
    RULES,
    Bars,
    Box,
    arrangements,
    bars_at,
    bars_with_sum,
    box,
    consensus_range,
    extremes,
    fits,
    mean_of,
    median_of,
    merged,
    scaling,
    top_box_counts,
)
from .printed import Claim, Published, Question

# Every quantity: its unit, and what it is called in a text.
QUANTITIES: dict[str, tuple[str, str]] = {
    "rule": ("files", "rounding"),
    "n": ("people", "answers that fit"),
    "n_by_rule": ("people", "answers that fit, by rule of rounding"),
    "n_without_label": ("people", "answers that fit if one label was misread"),
    "count_vectors": ("vectors", "vectors of counts"),
    "vector": ("people", "counts"),
    "arrangements": ("arrangements", "orders of the bars"),
    "bar_count": ("people", "people behind a label"),
    "total": ("points", "total"),
    "total_in_steps": ("points", "total if given in steps"),
    "points_spent": ("points", "points spent in all"),
    "vectors_in_steps": ("vectors", "vectors of totals in steps"),
    "order": ("difference", "lead of the first over the second"),
    "top_box_count": ("people", "people in the top box"),
    "top_box_share": ("share", "top-box share"),
    "modal_share": ("share", "share of the largest bar"),
    "unused_values": ("values", "values nobody chose"),
    "mean": ("scale", "mean"),
    "median": ("scale", "median"),
    "consensus": ("index", "consensus"),
    "mean_of_givers": ("points", "mean points of the givers"),
    "room_mean": ("points", "mean over the room, worst cases"),
    "room_mean_of_print": ("points", "the same, printed number taken as exact"),
    "standard_error": ("points", "standard error"),
    "claim": ("people", "claim"),
    "reproduced": ("answer", "reproduced by the estimates"),
}
WHOLE_FILE = "all"
MOST_SIZES = 6
"""Where more numbers of answers fit, facts are derived for the smallest and the largest only."""
MOST_VECTORS_SHOWN = 12
MOST_PAIRS = 200
OUTER = "outer bounds: largest remainder moves a label by up to one unit"


@dataclass(frozen=True)
class Fact:
    """`low` and `high` bound the quantity; `ranges` are its possible whole values where they have gaps; `verdict` is
    `identified`, `open`, or what its quantity defines; `note` says how it came about or what was cut."""

    quantity: str
    item: str = ""
    low: float | None = None
    high: float | None = None
    ranges: tuple[Box, ...] = ()
    text: str = ""
    verdict: str = ""
    note: str = ""
    n: int | None = None

    def row(self, question: str) -> dict[str, object]:
        """The fact as a row; the verdict, where none is said, tells whether one value (one vector) only is possible."""
        unit = QUANTITIES[self.quantity][0]
        is_one = self.high == 1 if unit == "vectors" else self.low is not None and self.low == self.high
        return {
            "question": question,
            "item": self.item,
            "quantity": self.quantity,
            "n": self.n,
            "low": self.low,
            "high": self.high,
            "values": self.text or _listed(self.ranges),
            "unit": unit,
            "verdict": self.verdict or ("identified" if is_one else "open"),
            "note": self.note,
        }

    def or_else(self, other: Fact) -> Fact:
        """What holds if this or the other is true, by two rules of rounding, and it is not known which."""
        lows = [fact.low for fact in (self, other) if fact.low is not None]
        highs = [fact.high for fact in (self, other) if fact.high is not None]
        undecided = "possible" if self.quantity == "claim" else ""
        return replace(
            self,
            low=min(lows, default=None),
            high=max(highs, default=None),
            ranges=tuple(merged([*self.ranges, *other.ranges])),
            text=" | ".join(dict.fromkeys(filter(None, [self.text, other.text]))),
            verdict=self.verdict if self.verdict == other.verdict else undecided,
            note="; ".join(dict.fromkeys(filter(None, [self.note, other.note]))),
        )


def _listed(ranges: Sequence[Box]) -> str:
    """`8-16 18-20`"""
    return " ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in ranges)


def _whole(quantity: str, ranges: Sequence[Box], item: str = "", note: str = "") -> Fact:
    """A fact about a whole number."""
    found = merged(ranges)
    if not found:
        return Fact(quantity, item, verdict="impossible", note=note)
    return Fact(quantity, item, found[0][0], found[-1][1], tuple(found), note=note)


def audit(published: Published) -> list[dict[str, object]]:
    """All that follows from a print: one row per question × item × quantity × possible number of answers, with the
    columns question, item, quantity, n, low, high, values, unit, verdict and note. Rows of the question `all` are about
    the whole file: which rules of rounding can have made it."""
    rows, by_rule = [], {}
    for question in published.questions:
        sizes, facts = _sizes(question, published)
        by_rule[question.id] = {fact.item: fact for fact in facts if fact.quantity == "n_by_rule"}
        joined: dict[tuple, Fact] = {}
        for n in sizes if len(sizes) <= MOST_SIZES else [sizes[0], sizes[-1]]:
            for rule in _rules_for(question, published):
                for fact in _facts_at(question, n, rule, published.in_room):
                    key = fact.quantity, fact.item, n
                    joined[key] = joined[key].or_else(fact) if key in joined else fact
        rows += [fact.row(question.id) for fact in [*facts, *joined.values()]]
    return [_about_rule(rule, published, by_rule).row(WHOLE_FILE) for rule in RULES] + rows


def _about_rule(rule: str, published: Published, by_rule: Mapping[str, Mapping[str, Fact]]) -> Fact:
    """The questions that a rule of rounding cannot have made, within the people present."""
    excluded, undecided, tells = [], False, False
    for question in published.questions:
        if fact := by_rule[question.id].get(rule):
            tells = True
            limit = published.people_present or max(published.tried[1], question.n or 0)
            if not any(low <= limit for low, _ in fact.ranges):
                undecided |= bool(fact.note)
                excluded += [] if fact.note else [question.id]
    verdict = "impossible" if excluded else "open" if undecided or not tells else "possible"
    note = f"excluded by {', '.join(excluded)}" if excluded else "" if tells else "no question tells"
    return Fact("rule", rule, text=" ".join(excluded), verdict=verdict, note=note)


# --- numbers of answers -----------------------------------------------------------------------------------------------


def _applies(question: Question, rule: str) -> bool:
    """Labels can be brought to a hundred percent together only where they are shares of one whole."""
    return rule in EACH_ALONE or not (question.several or question.printed in ("mean", "count"))


def _rules_for(question: Question, published: Published) -> list[str]:
    """The rules of the file that apply to a question; rounding half up where none does."""
    return [rule for rule in published.rounding if _applies(question, rule)] or ["half_up"]


def _sizes(question: Question, published: Published) -> tuple[list[int], list[Fact]]:
    """The n that fit under a rule of the file (stated n: that one, if it fits), and the facts about n."""
    low, high = published.tried
    tried = [question.n] if question.n else list(range(low, high + 1))
    limit = published.people_present or tried[-1]
    by_rule = {rule: {n: fits(question, n, rule) for n in tried} for rule in RULES if _applies(question, rule)}
    fitting = [n for n in tried if any(by_rule[rule][n] for rule in _rules_for(question, published))]
    kept, beyond = ([n for n in fitting if (n <= limit) is inside] for inside in (True, False))
    note = f"{tried[0]} to {tried[-1]} tried" if len(tried) > 1 else "printed"
    if beyond:
        more = _listed(merged([(n, n) for n in beyond]))
        note += f"; {more} fit too, more than the {limit} people present"
    facts = [_whole("n", [(n, n) for n in kept], note=note)]
    if question.printed == "count":
        return kept, facts
    for rule, found in by_rule.items():
        undecided = sum(fit is None for fit in found.values())
        note = f"not decided for {undecided} of {len(tried)} n" if undecided else ""
        fact = _whole("n_by_rule", [(n, n) for n, fit in found.items() if fit], rule, note)
        facts.append(replace(fact, verdict="open") if undecided and not fact.ranges else fact)
    if len(tried) > 1:
        facts += _without_each_label(question, [n for n in tried if n <= limit], published)
    return kept, facts


def _without_each_label(question: Question, tried: list[int], published: Published) -> Iterator[Fact]:
    """Which n would fit if one label had been misread: does the result hang on a single one?"""
    rules = [rule for rule in published.rounding if rule in EACH_ALONE]
    for place, item in _named(question):
        values = question.values()
        if values[place] is None:
            continue
        values[place] = None
        bars = dict(zip(question.items(), values, strict=True)) if question.is_placed else values
        blind = question.model_copy(update={"bars": bars})
        found = [(n, n) for n in tried if any(fits(blind, n, rule) for rule in rules)]
        yield _whole("n_without_label", found, item)


def _named(question: Question) -> list[tuple[int, str]]:
    """Bars of which something can be said one by one: all with a known place, else the labels that differ."""
    if question.is_placed:
        return list(enumerate(question.items()))
    values = question.values()
    return [(values.index(value), str(value)) for value in dict.fromkeys(values) if value is not None]


# --- facts for one number of answers ----------------------------------------------------------------------------------


def _facts_at(question: Question, n: int, rule: str, in_room: int | None) -> Iterator[Fact]:
    """All facts that hold if n people answered and labels were rounded by `rule`; none where that is impossible."""
    bars = bars_at(question, n, rule)
    if bars.is_possible:
        facts = _people(question, bars, n) if question.counts_people else _sums(question, bars, n, rule, in_room)
        for fact in facts:
            note = fact.note if rule in EACH_ALONE else "; ".join(filter(None, [fact.note, OUTER]))
            yield replace(fact, n=n, note=note)


def _order(question: Question, bars: Bars) -> Iterator[Fact]:
    """Per pair of placed bars, larger label first: by how much the first leads; `open` where it may not."""
    items = question.items()
    if not question.is_placed or math.comb(len(items), 2) > MOST_PAIRS:
        return
    known = [place for place in range(len(items)) if not bars.unread[place]]
    for first, second in combinations(sorted(known, key=lambda place: -bars.boxes[place][1]), 2):
        low, high = bars.difference(first, second)
        yield Fact("order", f"{items[first]}|{items[second]}", low, high, verdict="ahead" if low > 0 else "open")


def _people(question: Question, bars: Bars, n: int) -> Iterator[Fact]:
    """Facts about bars of people."""
    found, is_cut = bars.multisets()
    yield _number_of_vectors(question, bars, found, is_cut)
    for number, counts in enumerate(found[:MOST_VECTORS_SHOWN], 1):
        by_place = dict(zip(bars.order, counts, strict=True))
        shown = [by_place[place] for place in sorted(by_place)] if question.is_placed else sorted(counts, reverse=True)
        verdict = "identified" if len(found) == 1 else "possible"
        yield Fact("vector", str(number), text=" ".join(map(str, shown)), verdict=verdict)
    for place, item in _named(question):
        yield _whole("bar_count", [bars.span([place])], item)
    yield from _order(question, bars)
    listed = [] if is_cut else found
    if listed and not question.several:
        modes = [max(counts) / n for counts in listed]
        yield Fact("modal_share", "", min(modes), max(modes))
        yield _whole("unused_values", [(counts.count(0),) * 2 for counts in listed])
    if question.scale and not question.several:
        yield from _on_scale(question, bars, listed, range(question.scale[0], question.scale[1] + 1))
    if question.top_box and not question.several:
        ranges = _box_counts(question, bars, question.top_box)
        if ranges is None:
            yield Fact("top_box_count", verdict="open", note="not computed: too many choices of bars")
        else:
            yield _whole("top_box_count", ranges)
            yield Fact("top_box_share", "", ranges[0][0] / n, ranges[-1][1] / n)
    for claim in question.claims:
        yield _claimed(question, bars, n, claim, listed)


def _number_of_vectors(question: Question, bars: Bars, found: list[tuple[int, ...]], is_cut: bool) -> Fact:
    kept_apart = bars.number()
    number = kept_apart if question.is_placed else None if is_cut else len(found)
    if number is not None:
        note = "" if number <= MOST_VECTORS_SHOWN else f"{MOST_VECTORS_SHOWN} of them listed"
        return Fact("count_vectors", "", number, number, text=str(number), note=note)
    more = f"more than {len(found)}" + (f", at most {kept_apart}" if kept_apart else "")
    note = f"{more}; {MOST_VECTORS_SHOWN} of them listed, ranges hold for all"
    return Fact("count_vectors", "", len(found), kept_apart, text=more, verdict="open", note=note)


def _on_scale(question: Question, bars: Bars, listed: list[tuple[int, ...]], values: Sequence[int]) -> Iterator[Fact]:
    """Where the bars stand on a scale: orders, consensus, mean, median."""
    if len(listed) == 1 and not question.is_placed:
        ways = arrangements(listed[0])
        yield Fact("arrangements", "", ways, ways, text=str(ways))
        if spread := consensus_range(listed[0], tuple(values)):
            yield Fact("consensus", "", *spread)
    if question.is_placed:
        order = [question.items().index(str(value)) for value in values]
        bars = Bars(tuple(bars.boxes[at] for at in order), bars.total, tuple(bars.unread[at] for at in order))
    ends = extremes(bars, is_placed=question.is_placed)
    for name, of in (("mean", mean_of), ("median", median_of)):
        if ends is None:
            yield Fact(name, verdict="open", note="not computed: too many places for the unread bars")
        else:
            found = [of(counts, values) for counts in ends]
            yield Fact(name, "", float(min(found)), float(max(found)))


def _box_counts(question: Question, bars: Bars, span: tuple[int, int]) -> list[Box] | None:
    places = [question.items().index(item) for item in question.items_of(span)] if question.is_placed else None
    return top_box_counts(bars, span[1] - span[0] + 1, places)


def _claimed(question: Question, bars: Bars, n: int, claim: Claim, listed: list[tuple[int, ...]]) -> Fact:
    """Whether the bars allow a share given in words, the counts it could be (at most 100), and which bars would make
    them up."""
    span = claim.span
    if span is None:
        note = "not read: give word and share, or say it in other words"
        return Fact("claim", claim.text, verdict="not understood", note=note)
    if claim.values:
        ranges = _box_counts(question, bars, claim.values)
    else:
        ranges = [bars.span([question.items().index(claim.item or "")])]
    if ranges is None:
        return Fact("claim", claim.text, verdict="open", note="not computed: too many choices of bars")
    first = max(0, math.ceil(span.low * n) if span.with_low else math.floor(span.low * n) + 1)
    last = min(n, math.floor(span.high * n) if span.with_high else math.ceil(span.high * n) - 1)
    shared = [range(max(low, first), min(high, last) + 1) for low, high in ranges]
    counts = [count for one in shared for count in one[:100]][:100]
    if not counts:
        return Fact("claim", claim.text, verdict="impossible")
    verdict = "certain" if all(first <= low and high <= last for low, high in ranges) else "possible"
    made_of = []
    if len(listed) == 1 and claim.values and not question.is_placed:
        for count in counts:
            choices = bars_with_sum(listed[0], claim.values[1] - claim.values[0] + 1, count)
            made_of.append(f"{count} = " + " / ".join("+".join(map(str, choice)) for choice in choices[:6]))
    found = tuple(merged([(count, count) for count in counts]))
    return Fact("claim", claim.text, counts[0], counts[-1], found, verdict=verdict, note="; ".join(made_of))


def _sums(question: Question, bars: Bars, n: int, rule: str, in_room: int | None) -> Iterator[Fact]:
    """Facts about bars of points or of answers summed up."""
    items = question.items()
    spans = [bars.span([place]) for place in range(len(items))]
    yield from (_whole("total", [span], item) for item, span in zip(items, spans, strict=True))
    yield _number_of_totals(bars, "count_vectors")
    yield from _order(question, bars)
    if question.printed == "mean":
        return
    if question.step > 1:
        yield from _in_steps(question, n, rule)
    loose = bars_at(question, n, rule, spend_all=False).ends
    yield _whole("points_spent", [(loose[0], min(loose[1], n * question.total))])
    for item, givers in question.givers.items():
        if 0 < givers <= n:
            low, high = spans[items.index(item)]
            yield Fact("mean_of_givers", item, low / givers, high / givers, note=f"{givers} givers")
    # The printed numbers as mean points.
    in_full = 10**question.decimals * (100 / question.total if question.printed == "percent_of_points" else 1)
    means = {item: label / in_full for item, label in zip(items, question.labels(), strict=True) if label is not None}
    for item, mean in means.items():
        # From no spread at all to everybody giving nothing or everything, at the printed mean.
        most = (max(0.0, mean * (question.total - mean)) / (n - 1)) ** 0.5 if n > 1 else None
        yield Fact("standard_error", item, None if most is None else 0.0, most, note="bound at the printed mean")
    if in_room and in_room >= n:
        # Means over everybody in the room if the silent gave nothing, or everything, to the item.
        most, note = (in_room - n) * question.total, f"{in_room} in the room, {in_room - n} silent"
        for item, (low, high) in zip(items, spans, strict=True):
            yield Fact("room_mean", item, low / in_room, (high + most) / in_room, note=note)
            if item in means:
                given = means[item] * n
                yield Fact("room_mean_of_print", item, given / in_room, (given + most) / in_room, note=note)


def _number_of_totals(bars: Bars, quantity: str) -> Fact:
    number = bars.number()
    if number is None:
        return Fact(quantity, verdict="open", note="not counted: too many")
    return Fact(quantity, "", number, number, text=str(number))


def _in_steps(question: Question, n: int, rule: str) -> Iterator[Fact]:
    """The totals if people gave points in steps only; no totals where that is impossible."""
    bars, step = bars_at(question, n, rule, step=question.step), question.step
    if not bars.is_possible:
        yield Fact("vectors_in_steps", "", 0, 0, text="0", verdict="impossible")
        return
    yield _number_of_totals(bars, "vectors_in_steps")
    for place, item in enumerate(question.items()):
        low, high = bars.span([place])
        text = " ".join(str(value * step) for value in range(low, high + 1)) if high - low < 50 else ""
        yield Fact("total_in_steps", item, low * step, high * step, text=text)


# --- the way back -----------------------------------------------------------------------------------------------------


def reprint(question: Question, counts: Mapping[str, int], n: int, rules: Sequence[str]) -> tuple[bool, str]:
    """Whether people or points per bar, of n people, would print as what was printed, and what they would print: under
    the first rule that rounds labels one by one and gives the printed ones, else under the first of all."""
    alone = [rule for rule in rules if rule in EACH_ALONE] or ["half_up"]
    tried = [{item: _label_of(question, count, n, rule) for item, count in counts.items()} for rule in alone]
    alike = [labels for labels in tried if _prints_as(question, labels)]
    shown = (alike or tried)[0]
    order = list(shown) if question.is_placed else sorted(shown, key=lambda item: -shown[item])
    return bool(alike), " ".join(f"{shown[item] / 10**question.decimals:g}" for item in order)


def _label_of(question: Question, count: int, n: int, rule: str) -> int:
    if question.printed == "count":
        return count
    times, over = scaling(question, n)
    cut_off = count * times // over
    low, high = box(cut_off + 1, times, over, rule)
    return cut_off + 1 if low <= count <= high else cut_off


def _prints_as(question: Question, labels: Mapping[str, int]) -> bool:
    """Whether these labels are the printed ones; unread bars may be anything."""
    if question.is_placed:
        printed = zip(question.items(), question.labels(), strict=True)
        return all(label is None or labels[item] == label for item, label in printed)
    read = Counter(label for label in question.labels() if label is not None)
    return len(labels) == len(question.bars) and not read - Counter(labels.values())


# --- as text ----------------------------------------------------------------------------------------------------------


def report(rows: Sequence[Mapping], *, n_shown: int = 3) -> str:
    """The rows of an audit in lines, question by question; a quantity with several n or items takes one line each."""
    lines = []
    for question in dict.fromkeys(row["question"] for row in rows):
        mine = [row for row in rows if row["question"] == question]
        sizes = list(dict.fromkeys(row["n"] for row in mine if row["n"]))
        lines += [] if question == WHOLE_FILE else ["", question]
        lines += [_line(row, len(sizes) > 1) for row in mine if not row["n"] or row["n"] in sizes[:n_shown]]
        if len(sizes) > n_shown:
            lines.append(f"  … and the same for n = {', '.join(map(str, sizes[n_shown:]))} (--csv has them all)")
    return "\n".join(lines)


def _line(row: Mapping, is_one_of_several: bool) -> str:
    if row["quantity"] == "rule":
        note = f" ({row['note']})" if row["note"] else ""
        return f"rounding {row['item'].replace('_', ' ')}: {row['verdict']}{note}"
    name = QUANTITIES[row["quantity"]][1] + (f" “{row['item']}”" if row["item"] else "")
    at = f" [n = {row['n']}]" if is_one_of_several and row["n"] else ""
    values = row["values"]
    if not values and row["low"] is not None:
        ends = (f"{end:.0f}" if abs(end) >= 1000 else f"{end:.4g}" for end in (row["low"], row["high"]))
        values = " to ".join(dict.fromkeys(ends))
    note = f"  ({row['note']})" if row["note"] else ""
    return f"  {name}{at}: {values + ' – ' if values else ''}{row['verdict']}{note}"
