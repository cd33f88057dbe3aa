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
SECONDS = 5.0
"""A range that is not proven within this time is reported as wide as proven."""


@dataclass
class Unknowns:
    """Whole numbers with bounds and linear conditions. `range` says how low and high a sum of them can be."""

    upper: list[float] = field(default_factory=list)
    conditions: list[tuple[Terms, float, float]] = field(default_factory=list)
    _built: tuple[object, ...] = field(default=(), repr=False)

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

    def range(self, terms: Terms) -> tuple[float, float]:
        """Smallest and largest value of `terms`; (nan, nan) where the conditions contradict each other."""
        return -self._largest({place: -factor for place, factor in terms.items()}), self._largest(terms)

    def _largest(self, terms: Terms) -> float:
        from scipy.optimize import milp

        if not self.upper:
            return 0.0
        bounds, conditions = self._conditions()
        solved = milp(
            -_row(terms, len(self.upper)),
            integrality=np.ones(len(self.upper)),
            bounds=bounds,
            constraints=conditions,
            options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
        )
        if solved.status == 0:
            return float(np.rint(-solved.fun * 1e6) / 1e6)
        # Out of time: what was found is attainable, so the true range is at least as wide.
        return math.nan if solved.x is None else float(-solved.fun)

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
