"""What must not matter does not, and what must add up does."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from measure_tables import AREAS, GROUPS, computed, make_round, make_tables, pick

from analysis_utils.estimators.ballots import distinct_ballots
from analysis_utils.estimators.intervals import bootstrap_mean, wilson
from analysis_utils.estimators.ranking import (
    borda_scores,
    competition_ranks,
    confidence_sets,
    copeland_scores,
    preferences,
    tiers,
    trimmed_mean,
    weighted_quantiles,
)

KEY = ["question", "segment", "item", "statistic"]
QUICK = settings(max_examples=60, deadline=None)


def random_round(seed: int, n: int = 24):
    rng = np.random.default_rng(seed)
    ballots = rng.multinomial(10, np.array([6, 5, 5, 4, 3, 2, 1]) / 26, size=n) * 10.0
    groups = rng.choice([*GROUPS[:3], ""], n, p=[0.5, 0.3, 0.15, 0.05]).tolist()
    return ballots, groups, {"scale1": rng.integers(1, 11, n).tolist()}


def estimates_of(ballots, groups, scales, *, areas=AREAS, order=None, relabel=None) -> pd.DataFrame:
    voters, answers = make_tables(ballots, areas=areas, groups=groups, scales=scales)
    if relabel is not None:
        voters, answers = (frame.assign(voter=relabel[frame["voter"] - 1]) for frame in (voters, answers))
    if order is not None:
        voters = voters.sample(frac=1, random_state=order)
        answers = answers.sample(frac=1, random_state=order + 1)
    return computed(make_round(areas=list(areas)), voters, answers)


@pytest.mark.parametrize("seed", [1, 2])
def test_row_order_and_voter_labels_change_nothing(seed):
    parts = random_round(seed)
    expected = estimates_of(*parts)
    pd.testing.assert_frame_equal(estimates_of(*parts, order=7), expected)
    labels = np.random.default_rng(seed).permutation(500)[: len(parts[0])]
    pd.testing.assert_frame_equal(estimates_of(*parts, relabel=labels), expected)


def test_option_order_changes_the_order_of_rows_only():
    ballots, groups, scales = random_round(3)
    expected = estimates_of(ballots, groups, scales).set_index(KEY).sort_index()
    turned = estimates_of(ballots[:, ::-1], groups, scales, areas=AREAS[::-1]).set_index(KEY).sort_index()
    pd.testing.assert_frame_equal(turned, expected)


def test_results_for_all_do_not_depend_on_the_other_questions():
    ballots, groups, scales = random_round(4)
    frames = [estimates_of(ballots, groups, {}), estimates_of(ballots, groups, scales)]
    alone, together = (frame[(frame["question"] == "points") & (frame["segment"] == "all")] for frame in frames)
    pd.testing.assert_frame_equal(alone.reset_index(drop=True), together.reset_index(drop=True))


@pytest.mark.parametrize("seed", [5, 6])
def test_doubling_all_voters_keeps_means_and_narrows_intervals(seed):
    ballots, groups, scales = random_round(seed)
    once = estimates_of(ballots, groups, scales)
    twice = estimates_of(np.tile(ballots, (2, 1)), groups * 2, {"scale1": scales["scale1"] * 2})
    for statistic, question in [("mean_points", "points"), ("mean", "scale1"), ("top_box_share", "scale1")]:
        rows = once[(once["statistic"] == statistic) & (once["question"] == question) & (once["segment"] == "all")]
        for _, row in rows.iterrows():
            double = pick(twice, statistic, question=question, item=row["item"])
            assert double["estimate"] == pytest.approx(row["estimate"])
            if not np.isnan(row["low"]):
                assert double["high"] - double["low"] < row["high"] - row["low"]


def test_counts_of_segments_sum_to_those_of_all():
    estimates = estimates_of(*random_round(8, n=40))
    shown = estimates[(estimates["status"] == "published") & ~estimates["segment"].isin(["equal_groups", "raked"])]
    for statistic in ("respondents", "givers", "top_box_count"):
        for (_, _), rows in shown[shown["statistic"] == statistic].groupby(["question", "item"]):
            parts = rows[rows["segment"] != "all"]
            if len(parts):
                assert parts["estimate"].sum() == rows.loc[rows["segment"] == "all", "estimate"].iloc[0]


ballots_strategy = st.lists(
    st.lists(st.integers(0, 10), min_size=3, max_size=3).map(lambda row: [value * 10 for value in row]),
    min_size=1,
    max_size=25,
)


@QUICK
@given(ballots_strategy)
def test_rank_sets_hold_the_rank_and_tiers_hold_open_pairs(rows):
    ballots = distinct_ballots(np.array(rows, dtype=float), ["a", "b", "c"])
    sets, ranks = confidence_sets(ballots, draws=2000), competition_ranks(ballots.means)
    assert (sets.low <= ranks).all() and (ranks <= sets.high).all()
    first, last = tiers(ballots.means, sets.above)
    for a in range(3):
        for b in range(3):
            is_open = not (sets.above[a, b] or sets.above[b, a])
            shares = max(first[a], first[b]) <= min(last[a], last[b])
            assert shares or not is_open
    assert first.min() == 1


@QUICK
@given(ballots_strategy)
def test_distinct_ballots_keep_everything(rows):
    points = np.array(rows, dtype=float)
    whole, halves = distinct_ballots(points, ["a", "b", "c"]), distinct_ballots(points + 0.5, ["a", "b", "c"])
    assert whole.n == len(points)
    assert whole.means == pytest.approx(points.mean(axis=0))
    assert halves.means == pytest.approx(points.mean(axis=0) + 0.5)
    wins = preferences(whole)
    assert borda_scores(wins, whole.n).sum() == whole.n * 3
    assert copeland_scores(wins).sum() == 3


@QUICK
@given(st.lists(st.integers(0, 100), min_size=2, max_size=40))
def test_weighted_forms_equal_plain_ones(values):
    data, counts = np.unique(np.array(values, dtype=float), return_counts=True)
    levels = np.array([0, 0.1, 0.25, 0.5, 0.75, 1])
    assert weighted_quantiles(data, counts, levels) == pytest.approx(np.quantile(values, levels))
    cut, ordered = len(values) // 10, sorted(values)
    assert trimmed_mean(data, counts) == pytest.approx(np.mean(ordered[cut : len(values) - cut]))


@QUICK
@given(st.lists(st.integers(1, 10), min_size=2, max_size=40))
def test_intervals_of_a_mean_are_attainable_and_mirror_with_the_scale(values):
    data = np.array(values, dtype=float)
    (low, high), _ = bootstrap_mean(data)
    if len(set(values)) == 1:
        assert np.isnan(low)
        return
    assert data.min() <= low <= high <= data.max()
    mirrored = bootstrap_mean(11 - data, kind="percentile")[0]
    step = 1 / len(values)
    straight = bootstrap_mean(data, kind="percentile")[0]
    assert mirrored == pytest.approx((11 - straight[1], 11 - straight[0]), abs=step + 1e-9)


@QUICK
@given(st.integers(0, 60), st.integers(1, 60))
def test_wilson_holds_the_share_and_mirrors(x, n):
    x = min(x, n)
    low, high = wilson(x, n)
    assert 0 <= low <= x / n + 1e-12 and x / n - 1e-12 <= high <= 1
    assert wilson(n - x, n) == pytest.approx((1 - high, 1 - low))
