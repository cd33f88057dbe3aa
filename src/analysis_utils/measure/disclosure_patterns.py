"""What may be withheld in one question, from the least loss to everything: candidates for the gate to try in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product

from ..round_file import Question
from .disclosure_cells import Cell, Truth, box, near_ends, small_cells, telling_sums
from .disclosure_least import Why, least_withheld


@dataclass(frozen=True)
class Pattern:
    """Cells to withhold: people per answer, the top box (item ""), sums of points or scale values, givers.

    `compared`: whether the segments may still be compared by rank (tests, Cliff's delta). `step`: what means of scale
    values are rounded to, 0 for not at all."""

    counts: frozenset[Cell] = frozenset()
    top: frozenset[Cell] = frozenset()
    sums: frozenset[Cell] = frozenset()
    givers: frozenset[Cell] = frozenset()
    compared: bool = True
    step: float = 0.0


def patterns(truth: Truth, question: Question, minimum: int, why: Callable[[Pattern], Why | None]) -> Iterator[Pattern]:
    """Patterns that withhold every telling cell and do not leave one alone in its row or column; the least loss first:
    fewer cells, then fewer people, then the order of `round.yml`. The last one withholds all results of segments.
    `why` asks the attacker which cell of a pattern is told, and by which."""
    if question.type == "points":
        yield from _points_patterns(truth, minimum)
    elif question.type == "scale":
        yield from _scale_patterns(truth, question, minimum)
    else:
        yield from _choice_patterns(truth, question, minimum, why)


def _scale_patterns(truth: Truth, question: Question, minimum: int) -> Iterator[Pattern]:
    cells = small_cells(truth, minimum)
    boxed = near_ends(box(truth, question), minimum)
    everyone = set(truth.segments)
    all_tops = _times(everyone, [""])
    least = _times(_growing({segment for segment, _ in boxed}, truth)[0], [""])
    for compared, step, tops in (
        (True, 0.0, least),
        (False, 0.0, least),
        (False, 0.1, least),
        (False, 0.5, least),
        (False, 0.5, all_tops),
    ):
        for rows in _growing({segment for segment, _ in cells}, truth):
            yield Pattern(_answered(truth, rows), tops, compared=compared, step=step)
    both = [(_times(some, [""]), tops) for some in _growing(set(), truth)[1:] for tops in (least, all_tops)]
    for sums, tops in sorted(both, key=lambda pair: len(pair[0]) + len(pair[1])):
        yield Pattern(_answered(truth, everyone), tops, sums, compared=False, step=0.5)


def _choice_patterns(
    truth: Truth, question: Question, minimum: int, why: Callable[[Pattern], Why | None]
) -> Iterator[Pattern]:
    primary, one_answer = frozenset(small_cells(truth, minimum)), question.type != "multiple_choice"

    def of(cells: frozenset[Cell]) -> Pattern:
        return Pattern(cells, compared=one_answer and not cells)

    people = truth.sizes.sum()
    open_ = [item for item, total in zip(truth.items, truth.counts.sum(axis=0), strict=True) if 0 < total < people]
    cells = list(product(truth.segments, open_))
    chosen = least_withheld(truth, primary, cells, lambda held: why(of(held)), sums_known=one_answer)
    if chosen is not None:
        yield of(chosen)
    yield of(_answered(truth, set(truth.segments)))


def _points_patterns(truth: Truth, minimum: int) -> Iterator[Pattern]:
    """Sums are withheld as a block (some segments × some areas): rows sum to the ballots, columns to all together."""
    sums, ends = telling_sums(truth, minimum), near_ends(truth, minimum)
    for rows, columns in _blocks(sums, truth):
        block = frozenset(product(rows, columns))
        yield Pattern(sums=block, givers=_columns(truth, ends | block))
    everything = frozenset(product(truth.segments, truth.items))
    yield Pattern(sums=everything, givers=everything)


def _blocks(cells: set[Cell], truth: Truth) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Blocks with at least two rows and columns around `cells`, from the smallest to the largest; none is one too."""
    rows, columns = {segment for segment, _ in cells}, {item for _, item in cells}
    wide = [c for c in _subsets(truth.items) if columns <= set(c) and len(c) >= 2]
    tall = [r for r in _subsets(truth.segments) if rows <= set(r) and len(r) >= 2]
    blocks = list(product(tall, wide))
    people = dict(zip(truth.items, truth.counts.sum(axis=0).tolist(), strict=True))
    blocks.sort(
        key=lambda b: (
            len(b[0]) * len(b[1]),
            sum(people[item] for item in b[1]),
            sum(truth.size_of(segment) for segment in b[0]),
        )
    )
    return blocks if cells else [((), ()), *blocks]


def _subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [chosen for size in range(len(names) + 1) for chosen in combinations(names, size)]


def _growing(must: set[str], truth: Truth) -> list[set[str]]:
    """Sets of segments around `must`, none with a single segment, the fewest and smallest first."""
    sets = [set(chosen) for chosen in _subsets(truth.segments) if must <= set(chosen) and len(chosen) != 1]
    return sorted(sets, key=lambda chosen: (len(chosen), sum(truth.size_of(segment) for segment in chosen)))


def _columns(truth: Truth, cells: Iterable[Cell]) -> frozenset[Cell]:
    """The cells, and in each of their columns the smallest segment more where one is alone."""
    chosen = set(cells)
    for item in {item for _, item in chosen}:
        held = {segment for segment, other in chosen if other == item}
        chosen |= _times(_growing(held, truth)[0] if len(truth.segments) > 1 else held, [item])
    return frozenset(chosen)


def _answered(truth: Truth, segments: Iterable[str]) -> frozenset[Cell]:
    """All cells of the segments, but for answers nobody in the poll gave."""
    given = [item for item, total in zip(truth.items, truth.counts.sum(axis=0), strict=True) if total > 0]
    return _times(segments, given)


def _times(segments: Iterable[str], items: Iterable[str]) -> frozenset[Cell]:
    return frozenset(product(segments, items))
