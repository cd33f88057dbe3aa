"""What happens when assumptions fail: `python tests/estimators/assumptions_simulation.py [RUNS]` prints the error rates
of docs/assumptions.md that neither `coverage_simulation.py` nor `tests/compare/error_rates.py` does."""

from __future__ import annotations

import sys

import numpy as np

from analysis_utils.estimators.group_tests import kruskal_wallis
from analysis_utils.estimators.pairs import holm, sign_flip_p

SKEWED = {
    "symmetric": ([-20.0, -10, 0, 10, 20], [0.2] * 5),
    "skewed": ([-10.0, 0, 30], [0.45, 0.4, 0.15]),
    "a few give all": ([-10.0, 90], [0.9, 0.1]),
}
"""Differences of two areas' points with mean zero, and how often each occurs."""


def sign_flip_errors(runs: int, n: int, differences: str, *, seed: int = 6) -> float:
    """How often the paired test calls two areas of equal means different at 5 %."""
    values, chances = SKEWED[differences]
    rng, ones = np.random.default_rng(seed), np.ones(n, dtype=np.int64)
    return float(np.mean([sign_flip_p(rng.choice(values, n, p=chances), ones)[0] <= 0.05 for _ in range(runs)]))


def spread_errors(runs: int, sizes: tuple[int, int], wide: float, *, seed: int = 7) -> float:
    """How often Kruskal–Wallis calls groups different at 5 % that agree in mean and median of a 1–10 scale, where the
    second spreads `wide` times as far as the first."""
    rng, found = np.random.default_rng(seed), 0
    labels = np.repeat(["a", "b"], sizes)
    for _ in range(runs):
        parts = [5.5 + rng.normal(0, 1.2 * times, size) for size, times in zip(sizes, (1.0, wide), strict=True)]
        found += kruskal_wallis(np.clip(np.rint(np.concatenate(parts)), 1, 10), labels).p <= 0.05
    return found / runs


def several_errors(runs: int, tests: int, *, seed: int = 8) -> tuple[float, float]:
    """How often at least one of several true hypotheses is called false at 5 %: as they are, and adjusted by Holm."""
    p = np.random.default_rng(seed).random((runs, tests))
    return float((p.min(axis=1) <= 0.05).mean()), float(np.mean([holm(row).min() <= 0.05 for row in p]))


def main(runs: int) -> None:
    for name in SKEWED:
        print(
            f"sign flip, {name}: " + ", ".join(f"n = {n}: {sign_flip_errors(runs, n, name):.3f}" for n in (15, 29, 60))
        )
    for sizes in ((20, 20), (22, 8), (8, 22)):
        print(
            f"Kruskal–Wallis, {sizes}: " + ", ".join(f"×{w:g}: {spread_errors(runs, sizes, w):.3f}" for w in (1, 2, 3))
        )
    for tests in (4, 21):
        print(f"{tests} tests: " + " → ".join(f"{rate:.2f}" for rate in several_errors(runs, tests)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
