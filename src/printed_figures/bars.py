"""What bars with bounded counts and a known sum allow: ranges, numbers of solutions, top box, mean, median.

A printed label confines its bar to a box of whole numbers, and the bars sum to the base. Boxes and one sum have closed
forms for nearly everything, so no solution needs to be listed to know their ranges. Integers only, no floating point.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import accumulate, combinations

from .printed import Question

EACH_ALONE = ("half_up", "half_even", "truncate")
"""Rules that round every label by itself."""
RULES = (*EACH_ALONE, "largest_remainder")
MOST_LISTED = 200
"""Count vectors listed before the list is cut."""
MOST_COUNTED = 2_000_000
"""Work units spent on counting vectors before their number is left open."""
MOST_PLACES = 20_000
"""Choices of places for unread bars, or of bars for a box, before the result is left open."""
MOST_ARRANGED = 400_000
"""Arrangements for which consensus is computed."""
MOST_STEPS = 3_000
"""Largest-remainder vectors looked at before the question is left undecided."""

Box = tuple[int, int]
"""Smallest and largest whole number; empty where the first exceeds the second."""


def box(label: int, times: int, over: int, rule: str) -> Box:
    """All k ≥ 0 for which times · k / over, rounded to a whole number by `rule`, is `label`.

    Percent of n people to d decimals: times = 100 · 10^d, over = n. For `largest_remainder` the box holds what is cut
    off to `label` or to `label` − 1, an outer bound.
    """
    if rule in ("half_up", "half_even"):
        low, high = (2 * label - 1) * over, (2 * label + 1) * over
    else:
        low, high = 2 * (label - (rule == "largest_remainder")) * over, 2 * (label + 1) * over
    unit, ends_count = 2 * times, rule == "half_even" and label % 2 == 0
    first = low // unit + 1 if rule == "half_even" and not ends_count else -(-low // unit)
    return max(first, 0), high // unit if ends_count else -(-high // unit) - 1


@dataclass(frozen=True)
class Bars:
    """One box per bar; `total` is the sum they must have, or None where bars are independent (several answers each).
    `unread` tells the bars without a label."""

    boxes: tuple[Box, ...]
    total: int | None
    unread: tuple[bool, ...]

    @cached_property
    def ends(self) -> Box:
        """The least and the most that all bars can sum to."""
        return sum(low for low, _ in self.boxes), sum(high for _, high in self.boxes)

    @property
    def is_possible(self) -> bool:
        if any(low > high for low, high in self.boxes):
            return False
        return self.total is None or self.ends[0] <= self.total <= self.ends[1]

    def span(self, chosen: Sequence[int]) -> Box:
        """Range of the sum of some bars, given by their places; every whole number in it occurs."""
        low, high = (sum(self.boxes[place][end] for place in chosen) for end in (0, 1))
        if self.total is None:
            return low, high
        return max(low, self.total - self.ends[1] + high), min(high, self.total - self.ends[0] + low)

    def difference(self, first: int, second: int) -> Box:
        """Range of one bar minus another."""
        return -self._largest_gap(second, first), self._largest_gap(first, second)

    def _largest_gap(self, first: int, second: int) -> int:
        a, b = self.span([first])[1], self.span([second])[0]
        if self.total is not None:
            most = self.total - (self.ends[0] - self.boxes[first][0] - self.boxes[second][0])
            least = self.total - (self.ends[1] - self.boxes[first][1] - self.boxes[second][1])
            a -= max(0, a + b - most)
            b += max(0, least - a - b)
        return a - b

    def number(self) -> int | None:
        """How many vectors there are, bars kept apart; None where counting would take too long."""
        if self.total is None:
            return math.prod(high - low + 1 for low, high in self.boxes)
        slack = self.total - self.ends[0]
        if slack * len(self.boxes) > MOST_COUNTED:
            return None
        ways = [1] + [0] * slack
        for low, high in self.boxes:
            upto = list(accumulate(ways, initial=0))
            ways = [upto[sum_ + 1] - upto[max(0, sum_ - (high - low))] for sum_ in range(slack + 1)]
        return ways[slack]

    @cached_property
    def order(self) -> list[int]:
        """The places in the order in which vectors are listed: read bars first, large ones before small ones."""
        return sorted(range(len(self.boxes)), key=lambda place: (self.unread[place], -self.boxes[place][1], place))

    def multisets(self, limit: int = MOST_LISTED) -> tuple[list[tuple[int, ...]], bool]:
        """Count vectors (see `order`) in which bars with the same box are not told apart, and whether the list was cut
        at `limit`; equal boxes are filled in descending order."""
        kinds = [(self.boxes[place], self.unread[place]) for place in self.order]
        alike = [place > 0 and kind == kinds[place - 1] for place, kind in enumerate(kinds)]
        found: list[tuple[int, ...]] = []
        for counts in vectors([one for one, _ in kinds], self.total, alike):
            if len(found) == limit:
                return found, True
            found.append(counts)
        return found, False


def vectors(boxes: Sequence[Box], total: int | None, alike: Sequence[bool]) -> Iterator[tuple[int, ...]]:
    """Every vector with one number from each box and the sum `total`, large numbers first, without dead ends; `alike`
    tells the places where no number exceeds the one before."""
    least, most = ([0, *accumulate(one[end] for one in reversed(boxes))][::-1] for end in (0, 1))

    def fill(place: int, left: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if place == len(boxes):
            if total is None or not left:
                yield chosen
            return
        low, high = boxes[place]
        if alike[place]:
            high = min(high, chosen[-1])
        if total is not None:
            low, high = max(low, left - most[place + 1]), min(high, left - least[place + 1])
        for value in range(high, low - 1, -1):
            yield from fill(place + 1, left - value, (*chosen, value))

    if all(low <= high for low, high in boxes):
        yield from fill(0, total or 0, ())


def largest_remainder_fits(labels: Sequence[int | None], times: int, total: int) -> bool | None:
    """Whether counts with the sum `total` exist whose percentages, adjusted to sum to `times`, print as `labels`.

    Each share is cut off; the units still missing go to the largest remainders (ties either way). Unread labels are
    None. None is returned where MOST_STEPS vectors were looked at without a decision.
    """
    printed = sum(label for label in labels if label is not None)
    if printed > times or (None not in labels and printed != times):
        return False
    boxed = [((0, total) if label is None else box(label, times, total, RULES[-1]), label) for label in labels]
    boxed.sort(key=lambda one: (one[0][1] - one[0][0], -1 if one[1] is None else one[1]))
    known = [label for _, label in boxed]
    alike = [place > 0 and one == boxed[place - 1] for place, one in enumerate(boxed)]
    for step, counts in enumerate(vectors([one for one, _ in boxed], total, alike)):
        if _adjusts_to(counts, known, times, total):
            return True
        if step >= MOST_STEPS:
            return None
    return False


def _adjusts_to(counts: Sequence[int], labels: Sequence[int | None], times: int, total: int) -> bool:
    """Whether handing the missing units to the largest remainders can give these labels."""
    rests = [times * count % total for count in counts]
    raised: list[int] = []
    kept: list[int] = []
    free: list[int] = []
    for count, label, rest in zip(counts, labels, rests, strict=True):
        (free if label is None else raised if label > times * count // total else kept).append(rest)
    extra = sum(rests) // total - len(raised)
    if 0 in raised or not 0 <= extra <= len(free):
        return False
    # The unread bars take what is missing, the largest remainders first.
    free.sort(reverse=True)
    raised, kept = raised + free[:extra], kept + free[extra:]
    return not raised or not kept or min(raised) >= max(kept)


def scaling(question: Question, n: int) -> tuple[int, int]:
    """(times, over): a bar of k prints as times · k / over in units of the last decimal."""
    unit = 10**question.decimals
    over = n * question.total if question.printed == "percent_of_points" else n
    return (100 if question.is_share else 1) * unit, over


def bars_at(question: Question, n: int, rule: str, *, step: int = 1, spend_all: bool = True) -> Bars:
    """The boxes of all bars if n people answered; sums of points are counted in units of `step`.

    People: percent of n. Points: all points of all people, percent or mean. Means: sum of the answers, each mean for
    itself. `spend_all=False` leaves open how many points were spent.
    """
    times, over = scaling(question, n)
    least, most = 0, n if question.counts_people else n * question.total // step
    if question.printed == "mean" and question.scale:
        least, most = n * question.scale[0], n * question.scale[1]
    labels, boxes = question.labels(), []
    for label in labels:
        low, high = (least, most) if label is None else box(label, times * step, over, rule)
        if label is not None and question.printed == "count":
            low = high = label
        boxes.append((max(low, least), min(high, most)))
    is_loose = question.several or question.printed == "mean" or not (question.counts_people or spend_all)
    if not is_loose and step > 1 and n * question.total % step:
        boxes = [(1, 0)] * len(boxes)
    return Bars(tuple(boxes), None if is_loose else most, tuple(label is None for label in labels))


def fits(question: Question, n: int, rule: str) -> bool | None:
    """Whether n answers can print as these labels under a rule; None where that was not decided."""
    if rule in EACH_ALONE:
        return bars_at(question, n, rule).is_possible
    labels = question.labels()
    times = (100 if question.is_share else question.total) * 10**question.decimals
    if question.counts_people:
        return largest_remainder_fits(labels, times, n)
    # Points are too fine to list: decided where the labels cannot sum to the whole, else open for n of some size.
    read = [label for label in labels if label is not None]
    if sum(read) > times or (len(read) == len(labels) and sum(read) != times):
        return False
    # A total of exactly the printed number per label needs no adjustment at all.
    return True if all(label * n * question.total % times == 0 for label in read) else None


def arrangements(counts: Sequence[int]) -> int:
    """Different ways to put these bars side by side."""
    return math.factorial(len(counts)) // math.prod(math.factorial(times) for times in Counter(counts).values())


def top_box_counts(bars: Bars, size: int, places: Sequence[int] | None) -> list[Box] | None:
    """Possible sums of `size` bars, as merged ranges; `places` says which bars, None that any may stand there.

    None is returned where there are too many choices of bars.
    """
    if places is not None:
        return [bars.span(places)]
    if math.comb(len(bars.boxes), size) > MOST_PLACES:
        return None
    kinds = {tuple(sorted((bars.boxes[place], bars.unread[place]) for place in chosen)): chosen
             for chosen in combinations(range(len(bars.boxes)), size)}  # fmt: skip
    return merged([bars.span(chosen) for chosen in kinds.values()])


def merged(ranges: Sequence[Box]) -> list[Box]:
    """Ranges of whole numbers put together where they touch; empty ones dropped."""
    result: list[Box] = []
    for low, high in sorted(one for one in ranges if one[0] <= one[1]):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], high))
        else:
            result.append((low, high))
    return result


def extremes(bars: Bars, *, is_placed: bool) -> list[tuple[int, ...]] | None:
    """Distributions over a scale (ascending) that hold the smallest and the largest mean and median.

    For given places, heaping what is free at one end maximises every cumulated count at once. Where places are not
    known, labels in ascending or descending order do (a larger label has the larger box), for every choice of places
    for the unread bars. None is returned where there are too many such choices.
    """
    if bars.total is None:
        return None
    read = [one for one, unread in zip(bars.boxes, bars.unread, strict=True) if not unread]
    free = [one for one, unread in zip(bars.boxes, bars.unread, strict=True) if unread]
    if math.comb(len(bars.boxes), len(free)) > MOST_PLACES and not is_placed:
        return None
    known = tuple(place for place, unread in enumerate(bars.unread) if unread)
    found = []
    for chosen in [known] if is_placed else combinations(range(len(bars.boxes)), len(free)):
        for at_end in (False, True):
            ordered = iter(read if is_placed else sorted(read, reverse=not at_end))
            rest = iter(free)
            line = [next(rest) if place in chosen else next(ordered) for place in range(len(bars.boxes))]
            # Every bar at its least, and what is left over heaped at one end.
            counts, left = [low for low, _ in line], bars.total - sum(low for low, _ in line)
            for place in reversed(range(len(line))) if at_end else range(len(line)):
                more = min(left, line[place][1] - counts[place])
                counts[place], left = counts[place] + more, left - more
            found.append(tuple(counts))
    return found


def mean_of(counts: Sequence[int], values: Sequence[int]) -> Fraction:
    return Fraction(sum(count * value for count, value in zip(counts, values, strict=True)), sum(counts))


def median_of(counts: Sequence[int], values: Sequence[int]) -> Fraction:
    """Midpoint of the central values."""
    upto = list(accumulate(counts))
    return Fraction(sum(values[bisect_left(upto, at)] for at in ((upto[-1] + 1) // 2, upto[-1] // 2 + 1)), 2)


def bars_with_sum(counts: Sequence[int], size: int, total: int) -> list[tuple[int, ...]]:
    """Choices of `size` of these bars that sum to `total`, largest bar first, each once; empty where too many."""
    if math.comb(len(counts), size) > MOST_PLACES:
        return []
    ordered = sorted(counts, reverse=True)
    return sorted({chosen for chosen in combinations(ordered, size) if sum(chosen) == total}, reverse=True)


@cache
def consensus_range(counts: tuple[int, ...], values: tuple[int, ...]) -> tuple[float, float] | None:
    """Smallest and largest consensus (Tastle & Wierman) over all arrangements; None where there are too many."""
    if arrangements(counts) > MOST_ARRANGED:
        return None
    import numpy as np

    # arrangements × places: every different order of the bars, grown by one place after the other
    kinds = sorted(Counter(counts).items())
    left = np.array([[times for _, times in kinds]], dtype=np.int8)
    people = np.zeros((1, 0), dtype=np.int32)
    for _ in counts:
        grown, remaining = [], []
        for kind, (count, _) in enumerate(kinds):
            usable = left[:, kind] > 0
            grown.append(np.column_stack([people[usable], np.full(usable.sum(), count, dtype=np.int32)]))
            remaining.append(left[usable] - (np.arange(len(kinds)) == kind).astype(np.int8))
        people, left = np.concatenate(grown), np.concatenate(remaining)
    points = np.array(values, dtype=float)
    means = people @ points / sum(counts)
    away = np.abs(points[None, :] - means[:, None]) / (points[-1] - points[0])
    terms = np.where(people > 0, people * np.log2(np.maximum(1 - away, 1e-300)), 0.0)
    found = 1 + terms.sum(axis=1) / sum(counts)
    return float(found.min()), float(found.max())
