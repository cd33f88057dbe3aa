"""The least that must be withheld in a table of people, found exactly: the attacker says why a choice does not hold.

Each answer names cells of which one more must go, as long as the cell they tell is withheld. The cheapest choice that
meets all answers so far is tried next; the first that holds is the best, because no answer excludes a choice that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from .disclosure_cells import Cell, Truth

MOST_ANSWERS = 200
"""So many answers of the attacker are heard; tables of thirty people were seen to need a few dozen."""


@dataclass(frozen=True)
class Why:
    """A withheld cell that is not left open, and the shown cells that tell it: none of them could be spared."""

    cell: Cell
    told_by: frozenset[Cell]


def least_withheld(
    truth: Truth,
    primary: frozenset[Cell],
    cells: Sequence[Cell],
    why: Callable[[frozenset[Cell]], Why | None],
    *,
    sums_known: bool,
) -> frozenset[Cell] | None:
    """`primary` and those of `cells` that must go with them: fewest cells, then fewest people, then those that come
    first. None where nothing helps.

    Parameters: `cells` may be withheld, in the order of `round.yml`; `why` as the attacker has it for a choice of
    cells; `sums_known`: every person is in one cell of the row, so that a cell alone in its row is known.
    """
    cells = list(dict.fromkeys([*sorted(primary, key=lambda cell: _place(cell, truth)), *cells]))
    lines = [1] if not sums_known else [0, 1]
    needs = [
        (cell, frozenset(other for other in cells if other != cell and other[line] == cell[line]))
        for cell in cells
        for line in lines
    ]
    for _ in range(MOST_ANSWERS):
        chosen = _cheapest(truth, primary, cells, needs)
        if chosen is None:
            return None
        found = why(chosen)
        if found is None:
            return chosen
        needs.append((found.cell, found.told_by & frozenset(cells)))
    return None


def told_by(shown: Iterable[Cell], is_told: Callable[[frozenset[Cell]], bool]) -> frozenset[Cell]:
    """Shown cells of which none can be spared if a withheld one is to be known from them."""
    kept = list(shown)
    for segment in dict.fromkeys(segment for segment, _ in kept):
        fewer = [cell for cell in kept if cell[0] != segment]
        kept = fewer if is_told(frozenset(fewer)) else kept
    for cell in list(kept):
        fewer = [other for other in kept if other != cell]
        kept = fewer if is_told(frozenset(fewer)) else kept
    return frozenset(kept)


def _cheapest(
    truth: Truth, primary: frozenset[Cell], cells: Sequence[Cell], needs: Sequence[tuple[Cell, frozenset[Cell]]]
) -> frozenset[Cell] | None:
    """The cheapest cells with the primary ones that have, for each cell among them, one of those it needs."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not primary:
        return frozenset()
    place = {cell: number for number, cell in enumerate(cells)}
    matrix = np.zeros((len(needs), len(cells)))
    for line, (cell, others) in enumerate(needs):
        matrix[line, place[cell]] = -1
        matrix[line, [place[other] for other in others]] = 1
    people = np.array([truth.counts[_place(cell, truth)] for cell in cells], dtype=np.float64)
    order = np.arange(len(cells)) + 1.0
    cost = (people + people.sum() + 1) * (order.sum() + 1) + order
    lowest = np.array([float(cell in primary) for cell in cells])
    found = milp(
        cost,
        integrality=np.ones(len(cells)),
        bounds=Bounds(lowest, np.ones(len(cells))),
        constraints=LinearConstraint(matrix, 0, np.inf),
        options={"mip_rel_gap": 0.0},
    ).x
    return None if found is None else frozenset(cell for cell, is_in in zip(cells, found, strict=True) if is_in > 0.5)


def _place(cell: Cell, truth: Truth) -> tuple[int, int]:
    return truth.segments.index(cell[0]), truth.items.index(cell[1])
