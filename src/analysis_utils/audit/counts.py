"""What bars with bounded counts and a known sum allow: ranges, numbers of solutions, top box, mean, median.

A printed label confines its bar to a box of whole numbers, and the bars sum to the base. Boxes and one sum have closed
forms for nearly everything, so no solution needs to be listed to know their ranges.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations

from .rounding import Box

MOST_LISTED = 200
"""Count vectors listed before the list is cut."""
MOST_COUNTED = 2_000_000
"""Work units spent on counting vectors before their number is left open."""
MOST_PLACES = 20_000
"""Choices of places for unread bars, or of bars for a box, before the result is left open."""
MOST_ARRANGED = 400_000
"""Arrangements for which consensus is computed."""


@dataclass(frozen=True)
class Bars:
    """One box per bar; `total` is the sum they must have, or None where bars are independent (several answers each).
    `unread` tells the bars without a label."""

    boxes: tuple[Box, ...]
    total: int | None
    unread: tuple[bool, ...]

    @property
    def is_possible(self) -> bool:
        if any(low > high for low, high in self.boxes):
            return False
        return self.total is None or self._least <= self.total <= self._most

    @property
    def _least(self) -> int:
        return sum(low for low, _ in self.boxes)

    @property
    def _most(self) -> int:
        return sum(high for _, high in self.boxes)

    def span(self, chosen: Sequence[int]) -> Box:
        """Range of the sum of some bars, given by their places; every whole number in it occurs."""
        low, high = (sum(self.boxes[place][end] for place in chosen) for end in (0, 1))
        if self.total is None:
            return low, high
        return max(low, self.total - self._most + high), min(high, self.total - self._least + low)

    def difference(self, first: int, second: int) -> Box:
        """Range of one bar minus another."""
        (low_a, high_a), (low_b, high_b) = self.span([first]), self.span([second])
        if self.total is None:
            return low_a - high_b, high_a - low_b
        rest_least = self._least - self.boxes[first][0] - self.boxes[second][0]
        rest_most = self._most - self.boxes[first][1] - self.boxes[second][1]
        sums = (self.total - rest_most, self.total - rest_least)
        return -_largest_gap((low_b, high_b), (low_a, high_a), sums), _largest_gap(
            (low_a, high_a), (low_b, high_b), sums
        )

    def number(self) -> int | None:
        """How many vectors there are, bars kept apart; None where counting would take too long."""
        if self.total is None:
            return math.prod(high - low + 1 for low, high in self.boxes)
        slack = self.total - self._least
        if slack * len(self.boxes) > MOST_COUNTED:
            return None
        ways = [1] + [0] * slack
        for low, high in self.boxes:
            ways = _sums_with(ways, high - low)
        return ways[slack]


def _largest_gap(first: Box, second: Box, sums: Box) -> int:
    """Largest a − b with a and b from their boxes and a + b within `sums`."""
    a, b = first[1], second[0]
    if a + b > sums[1]:
        a -= a + b - sums[1]
    if a + b < sums[0]:
        b += sums[0] - a - b
    return a - b


def _sums_with(ways: list[int], width: int) -> list[int]:
    """Ways to reach each sum after one more number from 0 to `width`."""
    running, result = 0, []
    for place, value in enumerate(ways):
        running += value - (ways[place - width - 1] if place > width else 0)
        result.append(running)
    return result


def multisets(bars: Bars, limit: int = MOST_LISTED) -> tuple[list[tuple[int, ...]], bool]:
    """Count vectors in which bars with the same box are not told apart, and whether the list was cut at `limit`.

    Read bars come first, unread ones after them; equal boxes are filled in descending order.
    """
    order = sorted(range(len(bars.boxes)), key=lambda place: (bars.unread[place], -bars.boxes[place][1], place))
    found: list[tuple[int, ...]] = []
    for counts in _descending([bars.boxes[place] for place in order], [bars.unread[place] for place in order], bars):
        if len(found) == limit:
            return found, True
        found.append(counts)
    return found, False


def _descending(boxes: list[Box], unread: list[bool], bars: Bars) -> Iterator[tuple[int, ...]]:
    def fill(place: int, left: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if place == len(boxes):
            if left == 0 or bars.total is None:
                yield chosen
            return
        low, high = boxes[place]
        if place and boxes[place] == boxes[place - 1] and unread[place] == unread[place - 1]:
            high = min(high, chosen[-1])
        if bars.total is not None:
            low, high = max(low, left - _most_after(boxes, place, high)), min(high, left - least[place + 1])
        for value in range(high, low - 1, -1):
            yield from fill(place + 1, left - value, (*chosen, value))

    least = [sum(low for low, _ in boxes[place:]) for place in range(len(boxes) + 1)]
    yield from fill(0, bars.total or 0, ())


def _most_after(boxes: list[Box], place: int, high: int) -> int:
    return sum(box[1] for box in boxes[place + 1 :])


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


def extremes(bars: Bars, values: Sequence[int], *, is_placed: bool) -> list[tuple[int, ...]] | None:
    """Distributions over `values` (ascending) that hold the smallest and the largest mean and median.

    For given places, heaping what is free at one end maximises every cumulated count at once. Where places are not
    known, labels in ascending or descending order do (a larger label has the larger box), for every choice of places
    for the unread bars. None is returned where there are too many such choices.
    """
    if bars.total is None:
        return None
    if is_placed:
        return [_heaped(bars.boxes, bars.total, at_end) for at_end in (False, True)]
    read = sorted(box for box, unread in zip(bars.boxes, bars.unread, strict=True) if not unread)
    free = [box for box, unread in zip(bars.boxes, bars.unread, strict=True) if unread]
    if math.comb(len(values), len(free)) > MOST_PLACES:
        return None
    found = []
    for chosen in combinations(range(len(values)), len(free)):
        for at_end in (False, True):
            ordered, rest = iter(read if at_end else read[::-1]), iter(free)
            line = [next(rest) if place in chosen else next(ordered) for place in range(len(values))]
            found.append(_heaped(line, bars.total, at_end))
    return found


def _heaped(boxes: Sequence[Box], total: int, at_end: bool) -> tuple[int, ...]:
    """Every bar at its least, and what is left over heaped at one end."""
    counts = [low for low, _ in boxes]
    left = total - sum(counts)
    places = range(len(boxes) - 1, -1, -1) if at_end else range(len(boxes))
    for place in places:
        more = min(left, boxes[place][1] - counts[place])
        counts[place] += more
        left -= more
    return tuple(counts)


def mean_of(counts: Sequence[int], values: Sequence[int]) -> Fraction:
    return Fraction(sum(count * value for count, value in zip(counts, values, strict=True)), sum(counts))


def median_of(counts: Sequence[int], values: Sequence[int]) -> Fraction:
    """Midpoint of the central values."""
    n = sum(counts)
    return Fraction(_at(counts, values, (n + 1) // 2) + _at(counts, values, n // 2 + 1), 2)


def _at(counts: Sequence[int], values: Sequence[int], position: int) -> int:
    """The value of the person at a position, counted from 1 in ascending order."""
    passed = 0
    for count, value in zip(counts, values, strict=True):
        passed += count
        if passed >= position:
            return value
    return values[-1]


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

    people = _arranged(counts)
    points = np.array(values, dtype=float)
    means = people @ points / sum(counts)
    away = np.abs(points[None, :] - means[:, None]) / (points[-1] - points[0])
    terms = np.where(people > 0, people * np.log2(np.maximum(1 - away, 1e-300)), 0.0)
    found = 1 + terms.sum(axis=1) / sum(counts)
    return float(found.min()), float(found.max())


def _arranged(counts: Sequence[int]):
    """arrangements × places: every different order of the bars."""
    import numpy as np

    kinds = sorted(Counter(counts).items())
    left = np.array([[times for _, times in kinds]], dtype=np.int8)
    rows = np.zeros((1, 0), dtype=np.int32)
    for _ in counts:
        grown, remaining = [], []
        for kind, (count, _) in enumerate(kinds):
            usable = left[:, kind] > 0
            fewer = left[usable].copy()
            fewer[:, kind] -= 1
            grown.append(np.column_stack([rows[usable], np.full(usable.sum(), count, dtype=np.int32)]))
            remaining.append(fewer)
        rows, left = np.concatenate(grown), np.concatenate(remaining)
    return rows
