"""The lines of the picture of the ranking, and the brackets of its tiers: what drawing and chart have in common."""

from __future__ import annotations

from dataclasses import dataclass

from .evidence import Row

LEAST_ROW = 0.42
"""Inches that a line takes at least."""
POSSIBLE = "#a5c3d6"
"""Colour of a possible rank."""


@dataclass(frozen=True)
class Line:
    """One area of the picture, with the rows of `estimates` it shows."""

    label: str
    mean: Row
    rank: Row
    givers: Row
    tier: Row | None


def has_ranks(lines: list[Line]) -> bool:
    return any(line.rank.low is not None for line in lines)


def axis_end(lines: list[Line], total: int) -> float:
    top = max(max(line.mean.high or 0, line.mean.value) for line in lines)
    return min(total * 1.02, 5 * (top // 5 + 1))


def tier_spans(lines: list[Line]) -> list[tuple[int, int, int]]:
    """(tier, first line, last line) for every tier; a tier is a run of neighbours, and runs may overlap."""
    members: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        if line.tier is not None and line.tier.low is not None and line.tier.high is not None:
            for tier in range(int(line.tier.low), int(line.tier.high) + 1):
                members.setdefault(tier, []).append(place)
    return [(tier, min(places), max(places)) for tier, places in sorted(members.items())]


def bracket_columns(spans: list[tuple[int, int, int]]) -> list[int]:
    """The column each bracket stands in: the first one in which it meets no other."""
    columns, ends = [], list[int]()
    for _, first, last in spans:
        column = next((place for place, end in enumerate(ends) if end < first), len(ends))
        ends[column : column + 1] = [last]
        columns.append(column)
    return columns
