"""What can be added and subtracted from published classes: whether any sum of them rests on a handful of people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PRIME = 2**31 - 1
"""Sums are followed modulo this prime: exact, since no determinant of twenty rows of 0 and 1 reaches it (Hadamard)."""
MOST_NODES = 20_000
"""A search that takes longer counts as if it had found something: what is not proven is not shown."""

Rows = NDArray[np.int64]


def basis(rows: Sequence[Sequence[int]]) -> Rows:
    """Linearly independent rows that span the same."""
    left = np.array(rows, dtype=np.int64) % PRIME
    found: list[NDArray[np.int64]] = []
    while len(left) and left.any():
        place = int(np.flatnonzero(left.any(axis=0))[0])
        pivot = left[int(np.flatnonzero(left[:, place])[0])]
        found.append(pivot)
        left = _without(left, place, pivot)
        left = left[left.any(axis=1)]
    return np.array(found, dtype=np.int64).reshape(len(found), len(rows[0]) if len(rows) else 0)


def lightest(rows: Sequence[Sequence[int]], people: Sequence[int], *, below: int) -> int | None:
    """The fewest people on whom some sum of the rows rests, where they are fewer than `below`; else None.

    Parameters: `rows`, published classes × atoms, 1 where the class holds the atom; `people` in each atom. A sum adds
    and subtracts classes as often as it likes; it rests on the people of the atoms that are left over. Exhaustive: atom
    by atom, the heaviest first, either nothing is left over of it or its people are counted.
    """
    columns, place = np.unique(np.array(rows, dtype=np.int64), axis=1, return_inverse=True)
    together = np.bincount(place.ravel(), weights=np.asarray(people), minlength=columns.shape[1]).astype(int)
    order = np.argsort(-together, kind="stable")
    weights = together[order].tolist()
    nodes, best = 0, below

    def search(space: Rows, start: int, count: int) -> None:
        nonlocal nodes, best
        nodes += 1
        for place in range(start, len(weights)):
            own = np.flatnonzero(space[:, place])
            if not len(own):
                continue
            if len(space) > 1 and nodes <= MOST_NODES:
                pivot = int(own[0])
                search(_without(np.delete(space, pivot, axis=0), place, space[pivot]), place + 1, count)
            count += weights[place]
            if count >= best:
                return
        best = count

    space = basis(columns.tolist())
    if len(space):
        search(space[:, order], 0, 0)
    return 1 if nodes > MOST_NODES else best if best < below else None


def _without(rows: Rows, place: int, pivot: NDArray[np.int64]) -> Rows:
    """The rows with `place` cleared by adding the pivot as often as it takes."""
    factor = rows[:, place] * pow(int(pivot[place]), -1, PRIME) % PRIME
    return (rows - factor[:, None] * pivot[None, :]) % PRIME
