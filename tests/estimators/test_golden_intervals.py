"""Intervals against R (cases g01, g02) and against what can be counted by hand."""

import math

import numpy as np
import pytest
from measure_tables import GOLDEN, golden, golden_data

from analysis_utils.estimators import intervals
from analysis_utils.estimators.ballots import distinct_ballots
from analysis_utils.estimators.intervals import bootstrap_mean, clopper_pearson, points_mean, wilson
from analysis_utils.estimators.ranking import top_shares

PROPORTIONS = golden("g01")["cases"]
MEANS = golden("g02")["results"]["points"]


def test_every_reference_case_is_there():
    assert len(sorted(GOLDEN.glob("*/expected.json"))) == 11
    assert PROPORTIONS and MEANS


def test_loader_fails_where_a_case_is_missing():
    with pytest.raises(FileNotFoundError, match="g99"):
        golden("g99")


@pytest.mark.parametrize("case", PROPORTIONS, ids=lambda case: case["id"])
@pytest.mark.parametrize(("key", "level"), [("ci95", 0.95), ("ci90", 0.90)])
def test_share_intervals_equal_r(case, key, level):
    assert wilson(case["x"], case["n"], level=level) == pytest.approx(case[key]["wilson"], abs=1e-9)
    exact = clopper_pearson(case["x"], case["n"], level=level)
    assert exact == pytest.approx(case[key]["clopper_pearson"], abs=1e-9)


def test_share_nobody_answered_has_no_interval():
    assert all(map(math.isnan, (*wilson(0, 0), *clopper_pearson(0, 0))))


@pytest.mark.parametrize("area", list(MEANS))
def test_bootstrap_intervals_equal_the_exact_reference(area):
    values, expected = golden_data("g02")[area].to_numpy(float), MEANS[area]
    assert bootstrap_mean(values)[0] == pytest.approx(expected["bca_mid_exact"], abs=1e-9)
    assert bootstrap_mean(values, bias_ties="strict")[0] == pytest.approx(expected["bca_strict_exact"], abs=1e-9)
    assert bootstrap_mean(values, kind="percentile")[0] == pytest.approx(expected["percentile_exact"], abs=1e-9)


def test_bootstrap_distribution_of_two_answers_is_counted_by_hand():
    means, chances, observed, method = intervals.bootstrap_distribution(np.array([0.0, 10.0]), np.array([1, 1]))
    assert means.tolist() == [0, 5, 10]
    assert chances == pytest.approx([0.25, 0.5, 0.25])
    assert (observed, method) == (1, "exact bootstrap distribution")


def test_bootstrap_interval_of_counts_equals_that_of_repeated_values():
    values, counts = np.array([0.0, 10, 50]), np.array([7, 5, 3])
    assert bootstrap_mean(values, counts) == bootstrap_mean(np.repeat(values, counts))


def test_bootstrap_interval_shifts_and_stretches_with_the_values():
    values = np.array([0, 10, 10, 20, 60, 0, 30, 10], dtype=float)
    low, high = bootstrap_mean(values)[0]
    assert bootstrap_mean(values * 3 + 2)[0] == pytest.approx((low * 3 + 2, high * 3 + 2))


@pytest.mark.parametrize(
    ("values", "reason"),
    [([], "nobody answered"), ([7.0], "one answer"), ([7.0] * 9, "all answers equal")],
    ids=["nobody", "one", "equal"],
)
def test_mean_without_spread_has_no_interval_and_says_why(values, reason):
    interval, method = bootstrap_mean(np.array(values))
    assert all(map(math.isnan, interval))
    assert method == f"no interval: {reason}"


def test_values_without_a_lattice_are_drawn_with_the_seed_named():
    values = golden_data("g02")["synergien"].to_numpy(float)
    irregular = values * math.pi / 3
    drawn, method = bootstrap_mean(irregular)
    exact = np.array(bootstrap_mean(values)[0]) * math.pi / 3
    assert "20000 bootstrap draws, seed" in method
    assert bootstrap_mean(irregular)[0] == drawn
    assert drawn == pytest.approx(exact, abs=2 * 0.345 + 0.04 * 3.1)


def test_a_million_answers_keep_the_exact_distribution():
    rng = np.random.default_rng(1)
    values, counts = np.arange(0, 101, dtype=float), rng.multinomial(1_000_000, np.full(101, 1 / 101))
    (low, high), method = bootstrap_mean(values, counts)
    mean, sd = np.average(values, weights=counts), math.sqrt(np.average((values - 50) ** 2, weights=counts))
    assert method == "BCa, exact bootstrap distribution"
    assert (low, high) == pytest.approx((mean - 1.96 * sd / 1000, mean + 1.96 * sd / 1000), abs=1e-4)


def test_normal_form_agrees_with_the_exact_one_where_both_can_be_had(monkeypatch):
    values, counts = np.array([0.0, 10, 50]), np.array([70_000, 50_000, 30_000])
    exact = bootstrap_mean(values, counts)[0]
    monkeypatch.setattr(intervals, "LONGEST_TRANSFORM", 10)
    asymptotic, method = bootstrap_mean(values, counts)
    assert "normal approximation" in method
    assert asymptotic == pytest.approx(exact, abs=1e-3)


def test_top3_shares_equal_the_reference_bootstrap():
    data, expected = golden_data("g02").drop(columns="voter"), golden("g02")["rank_bootstrap"]["p_top3"]
    shares = top_shares(distinct_ballots(data.to_numpy(float), list(data.columns)))
    assert dict(zip(data.columns, shares, strict=True)) == pytest.approx(expected, abs=0.006)


def test_widened_bca_reaches_out_as_far_as_students_t_of_the_givers():
    rng = np.random.default_rng(4)
    values = np.round(rng.normal(50, 10, 200))  # hardly skewed: BCa is nearly the normal interval
    plain, wide = (np.array(bootstrap_mean(values, freedom=freedom)[0]) for freedom in (None, 9))
    assert np.ptp(wide) / np.ptp(plain) == pytest.approx(2.262157 / 1.959964 * np.sqrt(200 / 199), rel=0.01)


@pytest.mark.parametrize(("givers", "method"), [(9, "no interval"), (10, "Student's t of 10"), (15, "exact bootstrap")])
def test_interval_of_mean_points_depends_on_how_many_gave(givers, method):
    interval, told = points_mean(np.array([10.0, 20, 30] * 5 + [40.0] * 5)[:givers].tolist() + [0.0] * 14)
    assert method in told and np.isnan(interval[0]) == (givers < 10)
