"""Speed of the measure room: `python tests/bench_measure.py`, or `bench_measure()` from the project's bench."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

# As in the runner's kernels; set before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent / "estimators"))

from measure_tables import AREAS, GROUPS, computed, golden_data, make_round, make_tables

from analysis_utils.estimators.ballots import distinct_ballots
from analysis_utils.estimators.group_tests import kruskal_wallis
from analysis_utils.estimators.intervals import DRAWS, bootstrap_mean
from analysis_utils.estimators.pairs import sign_flip_p
from analysis_utils.estimators.ranking import confidence_sets
from analysis_utils.estimators.workbench import results_of
from analysis_utils.gate.estimates import estimate_round

MILLION = 1_000_000


def seconds(work: Callable[[], object], *, times: int = 3) -> float:
    """Shortest of a few runs, in seconds of the processor (one thread), so that a busy machine changes little."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def whole_round() -> tuple[float, float]:
    """All estimates of a round of 34 voters: seven areas, three scales, four groups, a family of tests; seconds to
    compute them, and to compute them and pass them through the disclosure gate."""
    rng = np.random.default_rng(1)
    groups = [GROUPS[0]] * 18 + [GROUPS[1]] * 8 + [GROUPS[2]] * 5 + [GROUPS[3]] * 3
    scales = {f"scale{number}": rng.integers(3, 11, 34).tolist() for number in (1, 2, 3)}
    tests = [{"question": name, "test": "kruskal_wallis"} for name in scales]
    round_ = make_round(scales=3, participants=40, segment_tests=tests)
    voters, answers = make_tables(golden_data("g03").to_numpy(float), groups=groups, scales=scales)
    return seconds(lambda: computed(round_, voters, answers)), seconds(lambda: estimate_round(round_, voters, answers))


def million_ballots(points: np.ndarray) -> tuple[float, int]:
    """Ranking, rank sets, pairs and other rules of a million ballots; seconds and distinct ballots."""
    start = time.process_time()
    results_of(pd.DataFrame(points, columns=AREAS))
    return time.process_time() - start, len(distinct_ballots(points, AREAS).counts)


def _kruskal(*parts: np.ndarray) -> float:
    from scipy.stats import kruskal

    return float(kruskal(*parts)[0])


def worst_cases() -> None:
    """Print what the largest rounds we mean to bear take, beside what scipy takes for the same or the nearest thing."""
    from scipy import stats

    rng = np.random.default_rng(3)
    many = distinct_ballots(
        rng.multinomial(20, rng.dirichlet(np.ones(50) * 2), 300) * 5.0, [f"a{n}" for n in range(50)]
    )
    print(f"measure: rank sets of 50 areas, 300 ballots: {seconds(lambda: confidence_sets(many), times=1):.1f} s")
    people = rng.multinomial(10, np.ones(50) / 50, 100_000) * 10.0
    frame = pd.DataFrame(people, columns=[f"a{n}" for n in range(50)])
    print(f"measure: 100,000 people × 50 areas, every result: {seconds(lambda: results_of(frame), times=1):.1f} s")
    answers = [pd.Series(rng.integers(1, 11, 100_000) * 1.0) for _ in range(40)]
    taken = seconds(lambda: [results_of(one) for one in answers], times=1)
    print(f"measure: 40 statements × 100,000 people, every result: {taken:.1f} s")
    for size in (300, 100_000):
        groups = np.array([f"g{n % 30:02}" for n in range(size)])
        values = rng.integers(1, 11, size).astype(float)
        parts = [values[groups == name] for name in np.unique(groups)]
        ours = seconds(partial(kruskal_wallis, values, groups), times=1)
        theirs = seconds(partial(stats.permutation_test, parts, _kruskal, n_resamples=99), times=1)
        print(
            f"measure: Kruskal–Wallis, 30 groups, {size:,} people: {ours:.1f} s; scipy, 99 permutations: {theirs:.1f} s"
        )
    differences = rng.integers(-5, 8, 29) * 10.0
    ones = np.ones(29, dtype=np.int64)
    ours = seconds(lambda: sign_flip_p(differences, ones))
    theirs = seconds(
        lambda: stats.permutation_test(
            (differences,), np.mean, permutation_type="samples", n_resamples=9999, vectorized=True
        )
    )
    print(f"measure: sign-flip test of 29, exact: {ours * 1000:.1f} ms; scipy, 9,999 draws: {theirs * 1000:.1f} ms")
    ten = np.concatenate([rng.multinomial(100, np.array([6, 5, 5, 4, 3, 2, 1]) / 26, size=MILLION) for _ in range(10)])
    taken, distinct = million_ballots(ten.astype(float))
    print(f"measure: {len(ten):,} ballots × 7 in single points ({distinct:,} distinct): {taken:.1f} s")


def against_scipy() -> tuple[float, float]:
    """BCa intervals of seven means of 29 ballots: ours (exact) and scipy's with as many draws as our fallback."""
    from scipy.stats import bootstrap

    columns = golden_data("g03").to_numpy(float).T
    theirs = seconds(
        lambda: [bootstrap((c,), np.mean, n_resamples=DRAWS, method="BCa", vectorized=True) for c in columns], times=2
    )
    drawn = np.pi * columns / 3
    return seconds(lambda: [bootstrap_mean(c) for c in columns]) / theirs, seconds(
        lambda: [bootstrap_mean(c) for c in drawn]
    ) / theirs


def bench_measure() -> None:
    """Print the timings, one line each."""
    computing, gated = whole_round()
    print(f"measure: round of 34 voters, every estimate: {computing:.2f} s, through the disclosure gate: {gated:.2f} s")
    rng = np.random.default_rng(2)
    tens = rng.multinomial(10, np.array([6, 5, 5, 4, 3, 2, 1]) / 26, size=MILLION) * 10.0
    taken, distinct = million_ballots(tens)
    print(f"measure: {MILLION:,} ballots × 7 in tens ({distinct:,} distinct): {taken:.1f} s")
    taken, distinct = million_ballots(rng.multinomial(100, np.array([6, 5, 5, 4, 3, 2, 1]) / 26, size=MILLION) * 1.0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"measure: {MILLION:,} ballots × 7 in single points ({distinct:,} distinct): {taken:.1f} s, peak {peak:.2f} GiB"
    )
    worst_cases()
    exact, drawn = against_scipy()
    print(f"measure: BCa of 7 × 29, exact, time over scipy.stats.bootstrap with {DRAWS} draws: {exact:.3f}")
    print(f"measure: BCa of 7 × 29, drawn, the same draws, time over scipy.stats.bootstrap: {drawn:.3f}")


if __name__ == "__main__":
    bench_measure()
