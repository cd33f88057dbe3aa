"""What the audit says about a print: the closed list of quantities, and one fact about one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .counts import merged
from .rounding import Box

# Every quantity with its unit. docs/audit.md defines each one; a test keeps the two lists equal.
QUANTITIES: dict[str, str] = {
    "rule": "files",
    "n": "people",
    "n_by_rule": "people",
    "n_without_label": "people",
    "count_vectors": "vectors",
    "vector": "people",
    "arrangements": "arrangements",
    "bar_count": "people",
    "total": "points",
    "total_in_steps": "points",
    "points_spent": "points",
    "vectors_in_steps": "vectors",
    "order": "difference",
    "top_box_count": "people",
    "top_box_share": "share",
    "modal_share": "share",
    "unused_values": "values",
    "mean": "scale",
    "median": "scale",
    "consensus": "index",
    "mean_of_givers": "points",
    "room_mean": "points",
    "room_mean_of_print": "points",
    "standard_error": "points",
    "claim": "people",
    "reproduced": "answer",
}


@dataclass(frozen=True)
class Fact:
    """`low` and `high` bound the quantity; `ranges` are its possible whole values where they have gaps; `verdict` is
    `identified`, `open`, or what its quantity defines; `note` says in English how it came about or what was cut."""

    quantity: str
    item: str = ""
    n: int | None = None
    low: float | None = None
    high: float | None = None
    ranges: tuple[Box, ...] = ()
    text: str = ""
    verdict: str = ""
    note: str = ""

    @property
    def key(self) -> tuple[str, str, int | None]:
        return self.quantity, self.item, self.n

    @property
    def settled(self) -> str:
        """The verdict, or whether one value (one vector) only is possible."""
        if self.verdict:
            return self.verdict
        if self.unit == "vectors":
            return "identified" if self.high == 1 else "open"
        return "identified" if self.low is not None and self.low == self.high else "open"

    @property
    def unit(self) -> str:
        return QUANTITIES[self.quantity]

    def values(self) -> str:
        """The possible values as text: `8-16 18-20`; what `text` says where there is one."""
        return self.text or " ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in self.ranges)


def whole(quantity: str, ranges: Sequence[Box], *, item: str = "", n: int | None = None, note: str = "") -> Fact:
    """A fact about a whole number."""
    found = merged(ranges)
    if not found:
        return Fact(quantity, item, n, verdict="impossible", note=note)
    return Fact(quantity, item, n, found[0][0], found[-1][1], tuple(found), note=note)


def either(one: Fact, other: Fact) -> Fact:
    """What holds if one of two rules of rounding was used and it is not known which."""
    lows = [fact.low for fact in (one, other) if fact.low is not None]
    highs = [fact.high for fact in (one, other) if fact.high is not None]
    notes = dict.fromkeys(note for note in (one.note, other.note) if note)
    agreed = one.verdict if one.verdict == other.verdict else "possible" if one.quantity == "claim" else ""
    texts = dict.fromkeys(text for text in (one.text, other.text) if text)
    return replace(
        one,
        low=min(lows, default=None),
        high=max(highs, default=None),
        ranges=tuple(merged([*one.ranges, *other.ranges])),
        text=" | ".join(texts),
        verdict=agreed,
        note="; ".join(notes),
    )
