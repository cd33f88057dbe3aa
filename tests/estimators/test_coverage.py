"""The promised levels hold, within the error of a short simulation (long runs: coverage_simulation.py)."""

import pytest
from assumptions_simulation import several_errors, sign_flip_errors, spread_errors
from coverage_simulation import (
    delegation_coverage,
    few_givers_coverage,
    mean_coverage,
    rank_set_coverage,
    smooth_coverage,
)


def test_intervals_of_means_and_shares_cover_about_as_documented():
    coverage = mean_coverage(400, 29)
    for area, (bca, _, share) in coverage.items():
        assert bca >= (0.85 if area == "andere" else 0.90), area
        assert share >= 0.91, area


@pytest.mark.parametrize(("tied", "least"), [(1, 0.96), (4, 0.92)])
def test_rank_sets_of_29_ballots_hold_all_true_ranks(tied, least):
    assert rank_set_coverage(300, 29, tied, draws=1500) >= least


def test_intervals_cover_in_another_population_too():
    least, most = smooth_coverage(150, 29)
    assert 0.88 <= least <= most <= 1


@pytest.mark.parametrize("amounts", ["10 to 50", "10 or 50", "20 or 100"])
def test_intervals_of_few_givers_are_wide_enough_where_bca_is_not(amounts):
    bca, published = few_givers_coverage(300, 29, 0.25, amounts)
    assert bca < 0.93 <= published + 0.02


def test_errors_when_assumptions_fail_are_about_as_documented():
    assert sign_flip_errors(200, 29, "symmetric") <= 0.08
    assert sign_flip_errors(200, 29, "a few give all") >= 0.12
    assert spread_errors(100, (8, 22), 3) <= 0.06 <= spread_errors(100, (22, 8), 3)
    alone, adjusted = several_errors(500, 21)
    assert alone > 0.5 and adjusted < 0.08


def test_intervals_fail_where_delegations_vote_alike_and_widened_ones_do_not():
    usual, widened, sets, sets_alike = delegation_coverage(40, [5] * 6)
    assert usual < 0.7 and sets < 0.75
    assert widened > 0.75 and sets_alike > 0.9
