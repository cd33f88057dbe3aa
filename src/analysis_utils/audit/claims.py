"""Whether printed bars allow a share given in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .rounding import Box
from .words import Span


def allowed_counts(span: Span, n: int) -> Box:
    """The counts out of n that a claim describes; empty where the first exceeds the second."""
    first = math.ceil(span.low * n) if span.with_low else math.floor(span.low * n) + 1
    last = math.floor(span.high * n) if span.with_high else math.ceil(span.high * n) - 1
    return max(0, first), min(n, last)


def verdict(span: Span, n: int, possible: Sequence[Box]) -> tuple[str, list[int]]:
    """`impossible`, `possible` or `certain`, and the counts that the claim and the bars both allow (at most 100)."""
    first, last = allowed_counts(span, n)
    shared = [(max(low, first), min(high, last)) for low, high in possible]
    shared = [(low, high) for low, high in shared if low <= high]
    counts = [count for low, high in shared for count in range(low, min(high, low + 99) + 1)][:100]
    if not shared:
        return "impossible", counts
    inside = all(first <= low and high <= last for low, high in possible)
    return ("certain" if inside else "possible"), counts
