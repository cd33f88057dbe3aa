"""Rank sets, pairwise tests and other rules of counting against R (cases g03, g04, g10)."""

import math
from itertools import combinations, product

import numpy as np
import pytest
from measure_tables import golden, golden_data

from analysis_utils.estimators.ballots import distinct_ballots
from analysis_utils.estimators.pairs import holm, max_t_p, sign_flip_p
from analysis_utils.estimators.ranking import (
    borda_scores,
    confidence_sets,
    copeland_scores,
    leave_one_out_ranks,
    mean_covariance,
    preferences,
    rule_scores,
    tiers,
)

DATA = golden_data("g03")
BALLOTS = distinct_ballots(DATA.to_numpy(float), list(DATA.columns))
PAIRS = list(combinations(range(7), 2))
DIFFERENCES = np.column_stack([BALLOTS.points[:, a] - BALLOTS.points[:, b] for a, b in PAIRS])


def test_covariance_of_the_means_equals_r():
    assert mean_covariance(BALLOTS) == pytest.approx(np.array(golden("g03")["own_points"]["cov_of_means"]), abs=1e-9)


@pytest.mark.parametrize(("level", "key"), [(0.95, "simultaneous95"), (0.9, "simultaneous90")])
def test_rank_sets_equal_r(level, key):
    expected, sets = golden("g03")["own_points"][key], confidence_sets(BALLOTS, level=level)
    assert sets.low.tolist() == expected["L"]
    assert sets.high.tolist() == expected["U"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rank_sets_do_not_hang_on_the_seed(seed):
    assert confidence_sets(BALLOTS, seed=seed).low.tolist() == confidence_sets(BALLOTS).low.tolist()


def test_areas_that_can_be_among_the_first_three_equal_r():
    low = confidence_sets(BALLOTS).low
    assert [item for item, rank in zip(BALLOTS.items, low, strict=True) if rank <= 3] == golden("g03")["own_points"][
        "could_be_top3_95"
    ]


def test_tiers_share_areas_whose_order_is_open():
    first, last = tiers(BALLOTS.means, confidence_sets(BALLOTS).above)
    assert first.tolist() == [1, 1, 1, 1, 2, 2, 3]
    assert last.tolist() == [1, 2, 2, 2, 3, 3, 3]


def test_tiers_of_a_clear_order_hold_one_area_each():
    above = np.triu(np.ones((3, 3), dtype=bool), 1)
    assert [ends.tolist() for ends in tiers(np.array([3.0, 2.0, 1.0]), above)] == [[1, 2, 3], [1, 2, 3]]


def test_tiers_of_an_open_order_are_one():
    assert [ends.tolist() for ends in tiers(np.array([3.0, 2.0, 1.0]), np.zeros((3, 3), dtype=bool))] == [[1] * 3] * 2


def test_tiers_of_equal_means_are_the_same_even_where_one_is_separated():
    above = np.zeros((3, 3), dtype=bool)
    above[0, 1] = True
    first, last = tiers(np.array([3.0, 2.0, 2.0]), above)
    assert (first[1], last[1]) == (first[2], last[2]) == (1, 1)


def test_sign_flip_tests_equal_exact_r():
    p = np.array([sign_flip_p(DIFFERENCES[:, pair], BALLOTS.counts)[0] for pair in range(len(PAIRS))])
    assert p == pytest.approx(golden("g04")["own"]["raw_exact_dp"], rel=1e-12)
    assert holm(p) == pytest.approx(golden("g04")["own"]["holm"], rel=1e-12)


def test_max_t_equals_r_within_monte_carlo_error():
    p, method = max_t_p(BALLOTS, PAIRS)
    assert p == pytest.approx(golden("g04")["own"]["maxT_stepdown_mc"], abs=0.004)
    assert "seed" in method


def test_sign_flip_of_three_ballots_is_counted_by_hand():
    differences, counts = np.array([10.0, 20.0, -5.0]), np.array([1, 1, 1])
    sums = [
        abs(sum(sign * d for sign, d in zip(signs, (10, 20, 5), strict=True))) for signs in product((1, -1), repeat=3)
    ]
    assert sign_flip_p(differences, counts)[0] == sum(total >= 25 for total in sums) / 8


def test_max_t_of_few_ballots_runs_through_all_patterns():
    differences = np.array([[10.0, 0.0], [20.0, 10.0], [-5.0, 10.0]])
    ballots = distinct_ballots(np.column_stack([differences, np.zeros(3)]), ["a", "b", "c"])
    p, method = max_t_p(ballots, [(0, 2), (1, 2)])
    scale = np.sqrt((differences**2).sum(axis=0))
    observed = abs(differences.sum(axis=0)) / scale
    patterns = np.array(list(product((1, -1), repeat=3)))
    null = np.abs(patterns @ differences) / scale
    top, other = np.argsort(-observed)
    first = np.mean(null.max(axis=1) >= observed[top] - 1e-9)
    assert p[top] == first
    assert p[other] == max(first, np.mean(null[:, other] >= observed[other] - 1e-9))
    assert "all sign patterns" in method


def test_single_pair_max_t_equals_its_sign_flip_p_for_many_ballots():
    rng = np.random.default_rng(3)
    d, counts = np.sort(rng.choice([-20.0, -10, 10, 30], 4000)), np.ones(4000, dtype=np.int64)
    d = d - 5
    (single, how), (joint, _) = (
        sign_flip_p(d[:40], counts[:40]),
        max_t_p(distinct_ballots(np.column_stack([d[:40], 0 * d[:40]]), ["a", "b"]), [(0, 1)]),
    )
    assert joint[0] == pytest.approx(single, abs=0.004)
    assert how == "exact sign-flip test"
    assert "normal limit" in sign_flip_p(d, counts)[1]


def test_rules_of_counting_equal_r():
    scores, expected = rule_scores(BALLOTS), golden("g10")["own"]
    names = {
        "mean": "mean",
        "trimmed_mean": "trimmed10_mean",
        "median": "median",
        "share_giving": "share_positive",
        "borda": "borda_midrank",
        "plurality": "fractional_plurality",
        "copeland": "copeland_half",
    }
    assert set(scores) == set(names)
    for rule, reference in names.items():
        assert scores[rule] == pytest.approx([expected[reference][item] for item in BALLOTS.items], abs=1e-9), rule


def test_duels_equal_r():
    assert preferences(BALLOTS).tolist() == golden("g10")["own"]["pairwise"]


def test_leave_one_out_ranks_equal_r():
    low, high = leave_one_out_ranks(BALLOTS)
    assert low.tolist() == list(golden("g10")["own"]["loo_rank_min"].values())
    assert high.tolist() == list(golden("g10")["own"]["loo_rank_max"].values())


def test_tennessee_borda_and_copeland_are_the_textbook_ones():
    case = golden("g10")["tennessee"]
    wins = np.array(case["pairwise"])
    assert borda_scores(wins, 100).tolist() == [case["borda_from_pairs"][city] for city in case["options"]]
    assert copeland_scores(wins).tolist() == [case["copeland_half"][city] for city in case["options"]]


def test_pair_equal_on_every_ballot_stays_open_and_constant_lead_needs_ten_ballots():
    few, many = np.tile([60.0, 40.0], (4, 1)), np.tile([60.0, 40.0], (10, 1))
    assert not confidence_sets(distinct_ballots(few, ["a", "b"])).above.any()
    assert confidence_sets(distinct_ballots(many, ["a", "b"])).above[0, 1]
    assert not confidence_sets(distinct_ballots(np.tile([50.0, 50.0], (30, 1)), ["a", "b"])).above.any()
    assert math.isclose(sign_flip_p(np.array([20.0]), np.array([10]))[0], 2**-9)
