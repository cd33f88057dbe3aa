"""Which whole numbers print as a given label, under each rule of rounding. Integer comparisons only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..errors import DataError

EACH_ALONE = ("half_up", "half_even", "truncate")
"""Rules that round every label by itself."""
RULES = (*EACH_ALONE, "largest_remainder")
MOST_STEPS = 3_000
"""Largest-remainder vectors looked at before the question is left undecided."""

Box = tuple[int, int]
"""Smallest and largest whole number; empty where the first exceeds the second."""


def box(label: int, times: int, over: int, rule: str) -> Box:
    """All k ≥ 0 for which times · k / over, rounded to a whole number by `rule`, is `label`.

    Percent of n people to d decimals: times = 100 · 10^d, over = n. For `largest_remainder` the box holds what is cut
    off to `label` or to `label` − 1, an outer bound. Raises: DataError for an unknown rule.
    """
    below, above = (2 * label - 1) * over, (2 * label + 1) * over
    if rule == "half_up":
        found = (_up(below, 2 * times), _up(above, 2 * times) - 1)
    elif rule == "half_even" and label % 2 == 0:
        found = (_up(below, 2 * times), above // (2 * times))
    elif rule == "half_even":
        found = (below // (2 * times) + 1, _up(above, 2 * times) - 1)
    elif rule in ("truncate", "largest_remainder"):
        first = label if rule == "truncate" else label - 1
        found = (_up(first * over, times), _up((label + 1) * over, times) - 1)
    else:
        raise DataError("audit", f"one of the rules {', '.join(RULES)}", repr(rule))
    return max(found[0], 0), found[1]


def _up(numerator: int, denominator: int) -> int:
    """The quotient rounded up."""
    return -(-numerator // denominator)


def largest_remainder_fits(labels: Sequence[int | None], times: int, total: int) -> bool | None:
    """Whether counts with the sum `total` exist whose percentages, adjusted to sum to `times`, print as `labels`.

    Each share is cut off; the units still missing go to the largest remainders (ties either way). Unread labels are
    None. None is returned where MOST_STEPS vectors were looked at without a decision.
    """
    printed = sum(label for label in labels if label is not None)
    if printed > times or (None not in labels and printed != times):
        return False
    boxes = [(0, total) if label is None else box(label, times, total, "largest_remainder") for label in labels]
    order = sorted(range(len(labels)), key=lambda place: boxes[place][1] - boxes[place][0])
    known = [labels[place] for place in order]
    for step, counts in enumerate(vectors([boxes[place] for place in order], total)):
        if _adjusts_to(counts, known, times, total):
            return True
        if step >= MOST_STEPS:
            return None
    return False


def _adjusts_to(counts: Sequence[int], labels: Sequence[int | None], times: int, total: int) -> bool:
    """Whether handing the missing units to the largest remainders can give these labels."""
    rests = [times * count % total for count in counts]
    missing = sum(rests) // total
    raised: list[int] = []
    kept: list[int] = []
    free: list[int] = []
    for count, label, rest in zip(counts, labels, rests, strict=True):
        if label is None:
            free.append(rest)
        else:
            (raised if label > times * count // total else kept).append(rest)
    if 0 in raised or len(raised) > missing:
        return False
    # The unread bars take what is missing, the largest remainders first.
    free.sort(reverse=True)
    extra = missing - len(raised)
    raised, kept = raised + free[:extra], kept + free[extra:]
    return len(raised) == missing and (not raised or not kept or min(raised) >= max(kept))


def vectors(boxes: Sequence[Box], total: int) -> Iterator[list[int]]:
    """Every vector with one number from each box and the sum `total`, without dead ends."""
    least = [0] * (len(boxes) + 1)
    most = [0] * (len(boxes) + 1)
    for place in range(len(boxes) - 1, -1, -1):
        least[place], most[place] = least[place + 1] + boxes[place][0], most[place + 1] + boxes[place][1]
    if any(low > high for low, high in boxes):
        return

    def fill(place: int, left: int, chosen: list[int]) -> Iterator[list[int]]:
        if place == len(boxes):
            yield list(chosen)
            return
        low, high = boxes[place]
        for value in range(max(low, left - most[place + 1]), min(high, left - least[place + 1]) + 1):
            yield from fill(place + 1, left - value, [*chosen, value])

    if least[0] <= total <= most[0]:
        yield from fill(0, total, [])
