"""How often the intervals hold the truth: `python tests/estimators/coverage_simulation.py [RUNS]` prints the table of
docs/coverage.md; the tests run the same functions with fewer runs."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from measure_tables import golden_data

from analysis_utils.estimators.ballots import competition_ranks, distinct_ballots
from analysis_utils.estimators.intervals import FEWEST_GIVERS, bootstrap_mean, points_mean, wilson
from analysis_utils.estimators.ranking import confidence_sets
from analysis_utils.estimators.workbench import estimate, if_alike

BALLOTS = golden_data("g03").to_numpy(float)
AREAS = list(golden_data("g03").columns)
TIED = {"as invented": 1, "first four equal": 4, "all seven equal": 7}
"""Populations: how many of the leading areas are made equal by shuffling their points within each ballot."""


def draw(rng: np.random.Generator, n: int, tied: int) -> np.ndarray:
    """n ballots from a population: the 29 invented ballots, with the points of the first `tied` areas shuffled."""
    ballots = BALLOTS[rng.integers(0, len(BALLOTS), n)]
    ballots[:, :tied] = rng.permuted(ballots[:, :tied], axis=1)
    return ballots


def rank_set_coverage(runs: int, n: int, tied: int, *, seed: int = 1, draws: int = 4000) -> float:
    """Share of samples in which the sets of all areas hold their true ranks."""
    means = BALLOTS.mean(axis=0)
    means[:tied] = means[:tied].mean()
    truth, rng, held = competition_ranks(np.round(means, 9)), np.random.default_rng(seed), 0
    for _ in range(runs):
        sets = confidence_sets(distinct_ballots(draw(rng, n, tied), AREAS), draws=draws)
        held += bool(((sets.low <= truth) & (truth <= sets.high)).all())
    return held / runs


def mean_coverage(runs: int, n: int, *, seed: int = 2) -> dict[str, tuple[float, float, float]]:
    """Per area: share of samples whose BCa interval, percentile interval, and Wilson interval of givers holds."""
    rng, truth, givers = np.random.default_rng(seed), BALLOTS.mean(axis=0), (BALLOTS > 0).mean(axis=0)
    held = np.zeros((len(AREAS), 3))
    for _ in range(runs):
        sample = draw(rng, n, 1)
        for column in range(len(AREAS)):
            ends = [bootstrap_mean(sample[:, column])[0], bootstrap_mean(sample[:, column], kind="percentile")[0]]
            held[column, :2] += [low - 1e-9 <= truth[column] <= high + 1e-9 for low, high in ends]
            low, high = wilson(np.count_nonzero(sample[:, column]), n)
            held[column, 2] += low - 1e-9 <= givers[column] <= high + 1e-9
    return {area: tuple(row) for area, row in zip(AREAS, (held / runs).tolist(), strict=True)}


def smooth_coverage(runs: int, n: int, *, seed: int = 3) -> tuple[float, float]:
    """Another population around the same means, in tens, in which everybody has shares of their own (Dirichlet law).

    Returns the smallest and the largest part, over areas with an interval in a tenth of the samples at least, of the
    BCa intervals shown (ten givers or more) that hold the mean.
    """
    means, rng = BALLOTS.mean(axis=0), np.random.default_rng(seed)
    held, shown = np.zeros(len(AREAS)), np.zeros(len(AREAS))
    for _ in range(runs):
        sample = rng.multinomial(10, rng.dirichlet(means / means.sum() * 6, n)) * 10.0
        for column in np.flatnonzero((sample > 0).sum(axis=0) >= FEWEST_GIVERS):
            low, high = points_mean(sample[:, column])[0]
            shown[column] += 1
            held[column] += low - 1e-9 <= means[column] <= high + 1e-9
    often = shown >= runs / 10
    parts = held[often] / shown[often]
    return float(parts.min()), float(parts.max())


AMOUNTS = {
    "all give 20": ([20.0], [1.0]),
    "10 to 50": ([10.0, 20, 30, 40, 50], [0.3, 0.3, 0.2, 0.1, 0.1]),
    "10 or 50": ([10.0, 50], [0.7, 0.3]),
    "20 or 100": ([20.0, 100], [0.8, 0.2]),
    "100 from one in ten": ([10.0, 20, 100], [0.5, 0.4, 0.1]),
}
"""What those give who give something, and how often."""


def few_givers_coverage(runs: int, n: int, share: float, amounts: str, *, seed: int = 5) -> tuple[float, float]:
    """Share of intervals that hold the mean of an area to which each of n people gives something with chance `share`:
    of BCa, and as published; among samples in which enough give for an interval to be shown."""
    given, chances = AMOUNTS[amounts]
    rng, truth, held, shown = np.random.default_rng(seed), share * float(np.dot(given, chances)), np.zeros(2), 0
    while shown < runs:
        sample = np.where(rng.random(n) < share, rng.choice(given, n, p=chances), 0.0)
        if np.count_nonzero(sample) < FEWEST_GIVERS or not np.ptp(sample):
            continue
        shown += 1
        ends = np.array([bootstrap_mean(sample)[0], points_mean(sample)[0]])
        held += (ends[:, 0] - 1e-9 <= truth) & (truth <= ends[:, 1] + 1e-9)
    before, published = (held / runs).tolist()
    return before, published


DELEGATIONS = {"nobody alike": [1] * 30, "threes": [3] * 10, "fives": [5] * 6, "three to seven": [7, 6, 5, 4, 3, 3, 2]}
"""Rounds of thirty people by the sizes of groups whose members cast the same ballot."""


def delegation_coverage(runs: int, sizes: list[int], *, seed: int = 4) -> tuple[float, ...]:
    """Where delegations vote alike, in the population of `smooth_coverage`: the share of intervals of the six main
    areas that hold the mean, as published and as `if_alike` widens them, and of samples whose rank sets hold all ranks,
    likewise."""
    means, rng = BALLOTS.mean(axis=0), np.random.default_rng(seed)
    truth, held = competition_ranks(np.round(means, 9)), np.zeros(4)
    of = pd.Series(np.repeat(np.arange(len(sizes)), sizes))
    for _ in range(runs):
        ballots = rng.multinomial(10, rng.dirichlet(means / means.sum() * 6, len(sizes))) * 10.0
        points = pd.DataFrame(np.repeat(ballots, sizes, axis=0), columns=AREAS)
        alike = if_alike(points, of)
        for place, rows in enumerate((estimate(points, "mean"), alike[alike["statistic"] == "alike_mean_points"])):
            low, high = (rows[end].to_numpy(dtype=float)[:6] for end in ("low", "high"))
            held[place] += np.mean(((low <= means[:6]) & (means[:6] <= high))[~np.isnan(low)])
        sets = confidence_sets(distinct_ballots(points.to_numpy(), AREAS), draws=2000)
        held[2] += bool(((sets.low <= truth) & (truth <= sets.high)).all())
        ranks = alike[alike["statistic"] == "alike_rank"]
        held[3] += bool(((ranks["low"] <= truth) & (truth <= ranks["high"])).all())
    return tuple((held / runs).tolist())


def main(runs: int) -> None:
    for area, row in mean_coverage(runs, 29).items():
        print(f"| {area} | " + " | ".join(f"{share:.3f}" for share in row) + " |")
    for name, tied in TIED.items():
        shares = [rank_set_coverage(runs, n, tied) for n in (10, 15, 20, 29, 60)]
        print(f"| {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " |", flush=True)
    for n in (15, 20, 29, 40, 60):
        for share in (0.25, 0.4, 0.6, 0.9):
            if n * share > 6.5:
                pairs = [few_givers_coverage(runs // 3, n, share, name) for name in AMOUNTS]
                print(f"| {n} | {share:.0%} | " + " | ".join(f"{a:.2f} → {b:.2f}" for a, b in pairs) + " |", flush=True)
    for name, sizes in DELEGATIONS.items():
        print(f"| {name} | " + " | ".join(f"{share:.2f}" for share in delegation_coverage(runs // 10, sizes)) + " |")
    for n in (12, 29, 60):
        print(f"another population, {n} ballots: " + " to ".join(f"{part:.2f}" for part in smooth_coverage(runs, n)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
