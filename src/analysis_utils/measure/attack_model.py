"""Integers that nobody has published, tied together by numbers that have been: the range each of them can lie in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Terms = Mapping[int, float]
"""A sum of unknowns: number of the unknown → its factor."""

SLACK = 1e-6
"""Published numbers are taken at their word up to this relative error."""
MOST_NODES = 5_000
"""A range that is not proven within so many steps is reported as wide as proven; by time, what is withheld would depend
on how busy the machine is. In 43 random rounds two steps were the most."""
WHOLE = 1e-6
"""How far from a whole number the solver may leave an unknown."""
EXACT = 1e-9
"""How far whole numbers may miss a condition by the computer's own rounding."""


@dataclass
class Unknowns:
    """Whole numbers with bounds and linear conditions. `range` says how low and high a sum of them can be."""

    upper: list[float] = field(default_factory=list)
    conditions: list[tuple[Terms, float, float]] = field(default_factory=list)
    _built: tuple[object, ...] = field(default=(), repr=False)
    _solutions: list[np.ndarray] = field(default_factory=list, repr=False)
    """Values that meet all conditions, as left by earlier searches: each proves a part of other ranges."""

    def add(self, upper: float) -> int:
        """A new unknown between 0 and `upper`; returns its number."""
        self.upper.append(upper)
        return len(self.upper) - 1

    def equal(self, terms: Terms, value: float) -> None:
        """`terms` sum to `value`, up to the precision of a printed decimal number."""
        slack = SLACK * max(1.0, abs(value))
        whole = all(float(factor).is_integer() for factor in terms.values())
        if whole and abs(value - round(value)) <= slack:
            value, slack = round(value), 0.0
        self.conditions.append((terms, value - slack, value + slack))

    def within(self, terms: Terms, low: float, high: float) -> None:
        self.conditions.append((terms, low, high))

    def range(self, terms: Terms, *, enough: float = math.inf) -> tuple[float, float]:
        """Smallest and largest value of `terms`; (nan, nan) where the conditions contradict each other.

        A range shown to be as wide as `enough` is not searched for its ends: it comes back as wide as shown.
        """
        row = _row(terms, len(self.upper))
        enough = min(enough, float(np.abs(row) @ np.array(self.upper)))
        known = [_value(row, solution) for solution in self._solutions]
        low, high = min(known, default=math.inf), max(known, default=-math.inf)
        if not high - low >= enough:
            high = self._largest(row)
        if not high - low >= enough:
            low = -self._largest(-row)
        return low, high

    def is_possible(self) -> bool:
        """Whether any whole numbers meet all conditions."""
        return self._solve(np.zeros(len(self.upper)), whole=True) is not None

    def _largest(self, row: np.ndarray) -> float:
        if not self.upper:
            return 0.0
        solution = self._solve(row, whole=False)
        if solution is not None and not self._is_whole(solution):
            solution = self._solve(row, whole=True)
        if solution is None:
            return math.nan
        self._solutions.append(np.rint(solution))
        return _value(row, self._solutions[-1])

    def _is_whole(self, solution: np.ndarray) -> bool:
        """Whether whole numbers are meant that meet the conditions."""
        nearest, (_, conditions) = np.rint(solution), self._conditions()
        if np.abs(solution - nearest).max() > WHOLE:
            return False
        if not self.conditions:
            return True
        beyond = np.maximum(conditions.lb - conditions.A @ nearest, conditions.A @ nearest - conditions.ub)
        return float(beyond.max()) <= EXACT

    def _solve(self, row: np.ndarray, *, whole: bool) -> np.ndarray | None:
        """Unknowns that make the sum largest; fractions allowed unless `whole` (quicker, and often whole anyway)."""
        from scipy.optimize import milp

        bounds, conditions = self._conditions()
        return milp(
            -row,
            integrality=np.full(len(row), int(whole)),
            bounds=bounds,
            constraints=conditions,
            # Out of steps: what was found is attainable, so the true range is at least as wide. Of whole numbers the
            # solver's own simplifications were seen to lose attainable ends.
            options={"node_limit": MOST_NODES, "mip_rel_gap": 0.0, "presolve": not whole},
        ).x

    def _conditions(self) -> tuple[Any, Any]:
        """Bounds and conditions as the solver wants them; built once, when the first range is asked for."""
        from scipy.optimize import Bounds, LinearConstraint
        from scipy.sparse import csr_array

        if not self._built:
            matrix = np.array([_row(terms, len(self.upper)) for terms, _, _ in self.conditions])
            low, high = ([condition[end] for condition in self.conditions] for end in (1, 2))
            conditions = LinearConstraint(csr_array(matrix), low, high) if self.conditions else ()
            self._built = (Bounds(0, np.array(self.upper)), conditions)
        return self._built[0], self._built[1]


def _value(row: np.ndarray, solution: np.ndarray) -> float:
    return float(np.rint(row @ solution * 1e6) / 1e6)


def _row(terms: Terms, size: int) -> np.ndarray:
    row = np.zeros(size)
    for place, factor in terms.items():
        row[place] += factor
    return row


def summed(places: Iterable[int], factors: Iterable[float] | None = None) -> dict[int, float]:
    """Terms of a plain (or weighted) sum of unknowns."""
    places = list(places)
    given = [1.0] * len(places) if factors is None else list(factors)
    terms: dict[int, float] = {}
    for place, factor in zip(places, given, strict=True):
        terms[place] = terms.get(place, 0.0) + factor
    return terms
