"""Sensitivity only: what the result would be if every group weighed the same, or had a stated share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .intervals import Floats

Labels = NDArray[np.str_]


def equal_group_weights(groups: Labels) -> Floats:
    """Weight of each person such that every group weighs the same; the weights sum to 1."""
    _, place, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return 1 / (counts[place] * len(counts))


def raked_weights(
    margins: Sequence[tuple[Labels, Mapping[str, float]]], *, tolerance: float = 1e-12, rounds: int = 1000
) -> Floats:
    """Weights whose shares agree with every stated margin, by iterative proportional fitting; they sum to 1.

    Parameters: `margins`, per margin the category of each person and the target share per category. One margin is
    post-stratification. Raises: DataError where a category with a target has nobody, a person's category has no
    target, or no weights satisfy all margins. Source: Deville, Särndal & Sautory 1993.
    """
    size = len(margins[0][0])
    weights = np.full(size, 1 / size)
    plans = [_margin(labels, targets) for labels, targets in margins]
    for _ in range(rounds):
        before = weights
        for place, target in plans:
            weights = weights * (target / np.bincount(place, weights=weights, minlength=len(target)))[place]
        if np.abs(weights - before).max() <= tolerance * weights.max():
            break
    sums = [np.bincount(place, weights=weights, minlength=len(target)) for place, target in plans]
    if all(np.allclose(sum_, target, rtol=0, atol=1e-9) for sum_, (_, target) in zip(sums, plans, strict=True)):
        return weights
    raise DataError(
        "round.yml", "raking targets that can be met together", "no weights that meet all of them", at="raking"
    )


def _margin(labels: Labels, targets: Mapping[str, float]) -> tuple[NDArray[np.intp], Floats]:
    names, place = np.unique(labels, return_inverse=True)
    if set(names.tolist()) != set(targets):
        odd = ", ".join(sorted(set(names.tolist()) ^ set(targets)))
        raise DataError("round.yml", "raking targets for the categories people are in", f"a difference in {odd}")
    share = np.array([targets[name] for name in names.tolist()], dtype=np.float64)
    return place, share / share.sum()


def effective_n(weights: Floats) -> float:
    """Kish's effective number of people: (sum of weights)² over the sum of squared weights."""
    return float(weights.sum() ** 2 / (weights @ weights))
