"""What a print says about one question once n is given: counts, order, shares, middle, points, claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from .claims import verdict
from .counts import (
    Bars,
    arrangements,
    bars_with_sum,
    consensus_range,
    extremes,
    mean_of,
    median_of,
    merged,
    multisets,
    top_box_counts,
)
from .published import Claim, PrintedQuestion
from .quantities import Fact, whole
from .rounding import EACH_ALONE, Box
from .sizes import bars_at

MOST_VECTORS_SHOWN = 12
MOST_PAIRS = 200
OUTER = "outer bounds: largest remainder moves a label by up to one unit"


def facts_at(question: PrintedQuestion, n: int, rule: str, *, in_room: int | None) -> list[Fact]:
    """All facts that hold if n people answered and labels were rounded by `rule`; none where that is impossible."""
    bars = bars_at(question, n, rule)
    if not bars.is_possible:
        return []
    facts = _people(question, bars, n) if question.counts_people else _sums(question, bars, n, rule, in_room)
    return facts if rule in EACH_ALONE else [_outer(fact) for fact in facts]


def _outer(fact: Fact) -> Fact:
    return replace(fact, note="; ".join(filter(None, [fact.note, OUTER])))


# --- bars of people ---------------------------------------------------------------------------------------------------


def _people(question: PrintedQuestion, bars: Bars, n: int) -> list[Fact]:
    found, cut = multisets(bars)
    facts = [_number_of_vectors(bars, found, cut, n, placed=question.is_placed)]
    for place, counts in enumerate(found[:MOST_VECTORS_SHOWN], 1):
        text = " ".join(map(str, _in_file_order(bars, counts) if question.is_placed else _by_size(counts)))
        facts.append(Fact("vector", str(place), n, text=text, verdict="identified" if len(found) == 1 else "possible"))
    facts += [whole("bar_count", [bars.span([place])], item=item, n=n) for place, item in _named(question)]
    facts += _order(question, bars, n)
    if not question.several:
        facts += _whole_distribution(question, bars, n, found if not cut else [])
    return facts + _shares(question, bars, n, found if not cut else [])


def _named(question: PrintedQuestion) -> list[tuple[int, str]]:
    """Bars of which something can be said one by one: all with a known place, else the labels that differ."""
    if question.is_placed:
        return list(enumerate(question.items()))
    labels = [None if value is None else str(value) for value in question.values()]
    first = {label: place for place, label in reversed(list(enumerate(labels))) if label is not None}
    return sorted((place, str(label)) for label, place in first.items())


def _by_size(counts: Sequence[int]) -> list[int]:
    return sorted(counts, reverse=True)


def _in_file_order(bars: Bars, counts: Sequence[int]) -> list[int]:
    """Counts of `multisets` back in the order of the bars."""
    order = sorted(range(len(bars.boxes)), key=lambda place: (bars.unread[place], -bars.boxes[place][1], place))
    return [count for _, count in sorted(zip(order, counts, strict=True))]


def _number_of_vectors(bars: Bars, found: list[tuple[int, ...]], cut: bool, n: int, *, placed: bool) -> Fact:
    kept_apart = bars.number()
    number = kept_apart if placed else None if cut else len(found)
    if number is not None:
        shown = "" if number <= MOST_VECTORS_SHOWN else f"{MOST_VECTORS_SHOWN} of them listed"
        return Fact("count_vectors", "", n, number, number, text=str(number), note=shown)
    more = f"more than {len(found)}" + (f", at most {kept_apart}" if kept_apart else "")
    note = f"{more}; {MOST_VECTORS_SHOWN} of them listed, ranges hold for all"
    return Fact("count_vectors", "", n, len(found), kept_apart, text=more, verdict="open", note=note)


def _order(question: PrintedQuestion, bars: Bars, n: int) -> list[Fact]:
    """Per pair of placed bars, larger label first: by how much the first leads; `open` where it may not."""
    if not question.is_placed or len(bars.boxes) * (len(bars.boxes) - 1) // 2 > MOST_PAIRS:
        return []
    known = sorted((place for place in range(len(bars.boxes)) if not bars.unread[place]),
                   key=lambda place: -bars.boxes[place][1])  # fmt: skip
    items, facts = question.items(), []
    for first, second in combinations(known, 2):
        low, high = bars.difference(first, second)
        settled = "ahead" if low > 0 else "open"
        facts.append(Fact("order", f"{items[first]}|{items[second]}", n, low, high, verdict=settled))
    return facts


def _whole_distribution(question: PrintedQuestion, bars: Bars, n: int, found: list[tuple[int, ...]]) -> list[Fact]:
    """Mode, unused values, and where the bars stand on a scale: mean, median, consensus."""
    facts = []
    if found:
        modes = [max(counts) / n for counts in found]
        facts.append(Fact("modal_share", "", n, min(modes), max(modes)))
        facts.append(whole("unused_values", [(counts.count(0),) * 2 for counts in found], n=n))
    if question.scale is None:
        return facts
    values = list(range(question.scale[0], question.scale[1] + 1))
    if len(found) == 1 and not question.is_placed:
        ways = arrangements(found[0])
        facts.append(Fact("arrangements", "", n, ways, ways, text=str(ways)))
        spread = consensus_range(found[0], tuple(values))
        if spread:
            facts.append(Fact("consensus", "", n, *spread))
    return facts + _middle(question, bars, n, values)


def _middle(question: PrintedQuestion, bars: Bars, n: int, values: list[int]) -> list[Fact]:
    if question.is_placed:
        order = [question.items().index(str(value)) for value in values]
        bars = Bars(tuple(bars.boxes[i] for i in order), bars.total, tuple(bars.unread[i] for i in order))
    ends = extremes(bars, values, is_placed=question.is_placed)
    if ends is None:
        note = "not computed: too many places for the unread bars"
        return [Fact(name, "", n, verdict="open", note=note) for name in ("mean", "median")]
    facts = []
    for name, of in (("mean", mean_of), ("median", median_of)):
        found = [of(counts, values) for counts in ends]
        facts.append(Fact(name, "", n, float(min(found)), float(max(found))))
    return facts


def _shares(question: PrintedQuestion, bars: Bars, n: int, found: list[tuple[int, ...]]) -> list[Fact]:
    facts = []
    if question.top_box and not question.several:
        ranges = _box_counts(question, bars, question.top_box)
        if ranges is None:
            facts.append(Fact("top_box_count", "", n, verdict="open", note="not computed: too many choices of bars"))
        else:
            facts.append(whole("top_box_count", ranges, n=n))
            facts.append(Fact("top_box_share", "", n, ranges[0][0] / n, ranges[-1][1] / n))
    return facts + [_claimed(question, bars, n, claim, found) for claim in question.claims]


def _box_counts(question: PrintedQuestion, bars: Bars, box: tuple[int, int]) -> list[Box] | None:
    places = None
    if question.is_placed:
        places = [question.items().index(str(value)) for value in range(box[0], box[1] + 1)]
    return top_box_counts(bars, box[1] - box[0] + 1, places)


def _claimed(question: PrintedQuestion, bars: Bars, n: int, claim: Claim, found: list[tuple[int, ...]]) -> Fact:
    """Whether the bars allow a share given in words, the counts it could be, and which bars would make them up."""
    span = claim.span
    if span is None:
        note = "not read: give word and share, or say it in other words"
        return Fact("claim", claim.text, n, verdict="not understood", note=note)
    if claim.item is not None:
        ranges: list[Box] | None = [bars.span([question.items().index(claim.item)])]
    else:
        ranges = _box_counts(question, bars, claim.values or (0, 0))
    if ranges is None:
        return Fact("claim", claim.text, n, verdict="open", note="not computed: too many choices of bars")
    outcome, counts = verdict(span, n, ranges)
    possible = tuple(merged([(count, count) for count in counts]))
    note = _made_of(claim, counts, found) if not question.is_placed else ""
    low, high = (counts[0], counts[-1]) if counts else (None, None)
    return Fact("claim", claim.text, n, low, high, possible, verdict=outcome, note=note)


def _made_of(claim: Claim, counts: list[int], found: list[tuple[int, ...]]) -> str:
    if len(found) != 1 or claim.values is None:
        return ""
    size = claim.values[1] - claim.values[0] + 1
    parts = []
    for count in counts:
        choices = bars_with_sum(found[0], size, count)
        parts.append(f"{count} = " + " / ".join("+".join(map(str, choice)) for choice in choices[:6]))
    return "; ".join(parts)


# --- sums of points or answers ----------------------------------------------------------------------------------------


def _sums(question: PrintedQuestion, bars: Bars, n: int, rule: str, in_room: int | None) -> list[Fact]:
    items = question.items()
    facts = [whole("total", [bars.span([place])], item=item, n=n) for place, item in enumerate(items)]
    facts.append(_number_of_totals(bars, "count_vectors", n))
    facts += _order(question, bars, n)
    if question.printed == "mean":
        return facts
    if question.step > 1:
        facts += _in_steps(question, n, rule)
    loose = bars_at(question, n, rule, spend_all=False)
    least, most = (sum(box[end] for box in loose.boxes) for end in (0, 1))
    facts.append(whole("points_spent", [(least, min(most, n * question.total))], n=n))
    facts += _of_givers(question, bars, n)
    facts += [_error_bound(question, place, item, n) for place, item in enumerate(items) if not bars.unread[place]]
    return facts + (_in_room(question, bars, n, in_room) if in_room and in_room >= n else [])


def _number_of_totals(bars: Bars, quantity: str, n: int) -> Fact:
    number = bars.number()
    if number is None:
        return Fact(quantity, "", n, verdict="open", note="not counted: too many")
    return Fact(quantity, "", n, number, number, text=str(number))


def _in_steps(question: PrintedQuestion, n: int, rule: str) -> list[Fact]:
    """The totals if people gave points in steps only; no facts where that is impossible."""
    bars, step = bars_at(question, n, rule, step=question.step), question.step
    if not bars.is_possible:
        return [Fact("vectors_in_steps", "", n, 0, 0, text="0", verdict="impossible")]
    facts = [_number_of_totals(bars, "vectors_in_steps", n)]
    for place, item in enumerate(question.items()):
        low, high = bars.span([place])
        text = " ".join(str(value * step) for value in range(low, high + 1)) if high - low < 50 else ""
        facts.append(Fact("total_in_steps", item, n, low * step, high * step, text=text))
    return facts


def _of_givers(question: PrintedQuestion, bars: Bars, n: int) -> list[Fact]:
    """Mean points of those who gave the item any, where their number was printed."""
    facts = []
    for item, givers in question.givers.items():
        low, high = bars.span([question.items().index(item)])
        if 0 < givers <= n:
            facts.append(Fact("mean_of_givers", item, n, low / givers, high / givers, note=f"{givers} givers"))
    return facts


def _mean_print(question: PrintedQuestion, place: int) -> float:
    """The printed number as mean points."""
    printed = (question.labels()[place] or 0) / 10**question.decimals
    return printed * question.total / 100 if question.printed == "percent_of_points" else printed


def _error_bound(question: PrintedQuestion, place: int, item: str, n: int) -> Fact:
    """From no spread at all to everybody giving nothing or everything, at the printed mean."""
    mean = _mean_print(question, place)
    most = (max(0.0, mean * (question.total - mean)) / (n - 1)) ** 0.5 if n > 1 else None
    return Fact("standard_error", item, n, 0.0 if most is not None else None, most, note="bound at the printed mean")


def _in_room(question: PrintedQuestion, bars: Bars, n: int, in_room: int) -> list[Fact]:
    """Mean over everybody in the room if the silent gave nothing, or everything, to the item."""
    silent, note = in_room - n, f"{in_room} in the room, {in_room - n} silent"
    facts = []
    for place, item in enumerate(question.items()):
        low, high = bars.span([place])
        all_of_them = silent * question.total
        facts.append(Fact("room_mean", item, n, low / in_room, (high + all_of_them) / in_room, note=note))
        if not bars.unread[place]:
            given = _mean_print(question, place) * n
            ends = given / in_room, (given + all_of_them) / in_room
            facts.append(Fact("room_mean_of_print", item, n, *ends, note=note))
    return facts
