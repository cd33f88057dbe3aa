"""Shares given in words: what "knapp drei Viertel" is taken to mean, and whether the printed bars allow it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from .published import Claim
from .rounding import Box

NEAR = Fraction(5, 100)
"""How far below ("knapp") or above ("gut") the share a value may lie: five percentage points."""
AROUND = Fraction(25, 1000)
"""How far a value may lie from a share called "rund": two and a half percentage points on either side."""

# From a share to the values a word allows: lower end, upper end, whether each end belongs to it.
_MEANING: dict[str, Callable[[Fraction], tuple[Fraction, Fraction, bool, bool]]] = {
    "knapp": lambda share: (share - NEAR, share, True, False),
    "gut": lambda share: (share, share + NEAR, False, True),
    "rund": lambda share: (share - AROUND, share + AROUND, True, True),
    "genau": lambda share: (share, share, True, True),
    "mehr als": lambda share: (share, Fraction(1), False, True),
    "weniger als": lambda share: (Fraction(0), share, True, False),
    "mindestens": lambda share: (share, Fraction(1), True, True),
    "höchstens": lambda share: (Fraction(0), share, True, True),
}


def allowed_counts(claim: Claim, n: int) -> Box:
    """The counts out of n that the claim describes; empty where the first exceeds the second."""
    low, high, with_low, with_high = _MEANING[claim.exact_word](claim.exact_share)
    first = math.ceil(low * n) if with_low else math.floor(low * n) + 1
    last = math.floor(high * n) if with_high else math.ceil(high * n) - 1
    return max(0, first), min(n, last)


def verdict(claim: Claim, n: int, possible: Sequence[Box]) -> tuple[str, list[int]]:
    """`impossible`, `possible` or `certain`, and the counts that the claim and the bars both allow (at most 100)."""
    first, last = allowed_counts(claim, n)
    shared = [(max(low, first), min(high, last)) for low, high in possible]
    shared = [(low, high) for low, high in shared if low <= high]
    counts = [count for low, high in shared for count in range(low, min(high, low + 99) + 1)][:100]
    if not shared:
        return "impossible", counts
    inside = all(first <= low and high <= last for low, high in possible)
    return ("certain" if inside else "possible"), counts
