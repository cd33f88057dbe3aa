"""Power of finding the order of two areas in a next round."""

import time
from functools import partial

import numpy as np
import pytest

from analysis_utils.estimators.ballots import distinct_ballots
from analysis_utils.estimators.pairs import MOST_TRIED, power_rows, simulated_power, sizes_tried
from analysis_utils.estimators.ranking import confidence_sets
from analysis_utils.estimators.rows import estimate_row

ROW = partial(estimate_row, "q")


def ballots_of(points, items=("a", "b", "c")):
    return distinct_ballots(np.array(points, dtype=float), items)


def values(rows, statistic):
    return {row["item"]: row["estimate"] for row in rows if row["statistic"] == statistic}


MIXED = [[60, 30, 10], [50, 20, 30], [40, 50, 10], [70, 20, 10], [30, 40, 30]] * 6


def test_clear_order_needs_few_ballots_and_a_close_one_many():
    needed = values(power_rows(ballots_of(MIXED), ROW), "ballots_to_separate")
    assert needed["a|c"] < needed["a|b"] <= MOST_TRIED


def test_power_grows_with_the_number_of_ballots():
    differences, counts = np.array([[30.0], [-20.0], [10.0]]), np.array([4, 3, 3])
    powers = [simulated_power(differences, counts, size, 2.0)[0] for size in (20, 80, 320)]
    assert powers == sorted(powers) and powers[0] < 0.5 < powers[-1]


def test_power_equals_the_normal_law_for_many_ballots():
    # Differences +1 and -1 with mean 0.1: power of mean > 1.96 se at n = 400 is P(Z > 1.96 - 2.01) = 0.52.
    differences, counts = np.array([[1.0], [-1.0]]), np.array([55, 45])
    assert simulated_power(differences, counts, 400, 1.96)[0] == pytest.approx(0.52, abs=0.04)


def test_equal_means_have_no_order_to_find():
    rows = power_rows(ballots_of([[50, 50, 0], [40, 40, 20], [60, 20, 20], [20, 60, 20]] * 5), ROW)
    assert all(np.isnan(row["estimate"]) for row in rows if row["item"] == "a|b")
    assert {row["method"] for row in rows if row["item"] == "a|b"} == {"equal means: no order to find"}


def test_fewer_than_ten_ballots_have_no_rows():
    assert power_rows(ballots_of(MIXED[:9]), ROW) == []


def test_everybody_alike_finds_no_size():
    rows = power_rows(ballots_of([[60, 30, 10]] * 12), ROW)
    assert all(np.isnan(row["estimate"]) for row in rows if row["statistic"] == "ballots_to_separate")


def test_order_of_options_and_voters_changes_nothing():
    one = power_rows(ballots_of(MIXED), ROW)
    other = power_rows(ballots_of(np.array(MIXED)[::-1][:, [2, 0, 1]], items=("c", "a", "b")), ROW)
    assert one == other


def test_rank_sets_find_the_order_at_about_the_size_given():
    ballots = ballots_of(MIXED)
    size = int(values(power_rows(ballots, ROW), "ballots_to_separate")["a|b"])
    rng, found, tries = np.random.default_rng(1), 0, 60
    for _ in range(tries):
        drawn = rng.choice(np.array(MIXED), size)
        found += confidence_sets(ballots_of(drawn), draws=2_000, seed=1).above[0, 1]
    assert 0.62 <= found / tries <= 0.97


def test_seven_areas_take_about_a_second():
    rng = np.random.default_rng(3)
    points = rng.multinomial(100, [0.23, 0.19, 0.19, 0.15, 0.11, 0.10, 0.03], 29)
    began = time.process_time()
    power_rows(ballots_of(points, items=tuple("abcdefg")), ROW)
    assert time.process_time() - began < 8
    assert sizes_tried()[0] == 10 and sizes_tried()[-1] <= MOST_TRIED
