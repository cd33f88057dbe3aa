"""Rounds in which almost nothing can be said: defined for every statistic, and never an exception."""

from functools import partial

import numpy as np
import pytest
from measure_tables import AREAS, GROUPS, computed, make_round, make_tables, pick

from analysis_utils.estimators.ballots import distinct_ballots
from analysis_utils.estimators.ranking import band_rows
from analysis_utils.estimators.rows import estimate_row


def estimate(ballots=(), *, areas=None, **tables):
    voters, answers = make_tables(ballots, areas=areas, **tables)
    return computed(make_round(areas=areas), voters, answers)


def test_nobody_answered_leaves_the_number_of_respondents_only():
    voters, answers = make_tables(scales={"scale1": [7] * 8})
    estimates = computed(make_round(scales=2), voters, answers)
    for question in ("points", "scale2", "groups"):
        rows = estimates[estimates["question"] == question]
        assert set(rows["statistic"]) == {"respondents", "nonrespondents", "not_asked"}
        assert pick(estimates, "respondents", question=question)["estimate"] == 0
        assert pick(estimates, "not_asked", question=question)["estimate"] == 8


def test_empty_round_has_rows_and_no_fault():
    voters, answers = make_tables()
    assert set(computed(make_round(), voters, answers)["estimate"]) == {0.0}


def test_one_voter_has_numbers_without_intervals_and_an_open_ranking():
    estimates = estimate([[40, 30, 20, 10, 0, 0, 0]], scales={"scale1": [8]})
    row = pick(estimates, "mean_points", item=AREAS[0])
    assert row["estimate"] == 40 and np.isnan(row["low"])
    row = pick(estimates, "rank", item=AREAS[0])
    assert (row["estimate"], row["low"], row["high"]) == (1, 1, 7)
    assert pick(estimates, "tier", item=AREAS[6])["high"] == 1
    assert pick(estimates, "consensus", question="scale1")["estimate"] == 1
    assert np.isnan(pick(estimates, "mean", question="scale1")["low"])
    assert pick(estimates, "pair_p_max_t", item=f"{AREAS[0]}|{AREAS[1]}")["estimate"] == 1
    assert "rank_leave_one_out" not in set(estimates["statistic"])


def test_top_box_share_one_voter_has_a_wide_wilson_interval():
    row = pick(estimate(scales={"scale1": [8]}), "top_box_share", question="scale1")
    assert (row["estimate"], row["low"], row["high"]) == (1, pytest.approx(0.2065, abs=1e-4), 1)


def test_everyone_equal_orders_the_areas_without_an_interval_of_width_zero():
    estimates = estimate([[50, 30, 20, 0, 0, 0, 0]] * 20, scales={"scale1": [7] * 20})
    row = pick(estimates, "mean_points", item=AREAS[0])
    assert np.isnan(row["low"]) and row["method"] == "no interval: all answers equal"
    assert [pick(estimates, "rank", item=AREAS[place])["high"] for place in range(4)] == [1, 2, 3, 7]
    assert pick(estimates, "tier", item=AREAS[3])["estimate"] == 4
    assert pick(estimates, "consensus", question="scale1")["estimate"] == 1
    assert pick(estimates, "agreement_a", question="scale1")["estimate"] == 1


def test_all_points_on_one_area_leaves_the_others_tied():
    estimates = estimate([[100, 0, 0, 0, 0, 0, 0]] * 12)
    assert pick(estimates, "rank", item=AREAS[0])["high"] == 1
    row = pick(estimates, "rank", item=AREAS[5])
    assert (row["estimate"], row["low"], row["high"]) == (2, 2, 7)
    assert pick(estimates, "plurality", item=AREAS[0])["estimate"] == 12


def test_area_nobody_gave_points_has_no_mean_of_givers():
    estimates = estimate([[50, 50, 0, 0, 0, 0, 0], [20, 80, 0, 0, 0, 0, 0]] * 6)
    assert pick(estimates, "givers", item=AREAS[2])["estimate"] == 0
    assert pick(estimates, "mean_points", item=AREAS[2])["estimate"] == 0
    rows = estimates[(estimates["statistic"] == "mean_points_given") & (estimates["item"] == AREAS[2])]
    assert rows.empty


def test_ties_everywhere_share_rank_one_and_one_tier():
    estimates = estimate(np.full((14, 7), 100 / 7))
    for area in AREAS:
        row = pick(estimates, "rank", item=area)
        assert (row["estimate"], row["low"], row["high"]) == (1, 1, 7)
        assert pick(estimates, "tier", item=area)["high"] == 1
        assert pick(estimates, "copeland", item=area)["estimate"] == 3
    taus = estimates[estimates["statistic"] == "rule_tau_b"]
    assert taus["estimate"].isna().all() and taus["method"].str.startswith("undefined").all()


def test_two_areas_only():
    areas = AREAS[:2]
    estimates = estimate([[70, 30], [60, 40], [40, 60]] * 5, areas=areas)
    assert pick(estimates, "rank", item=areas[0])["estimate"] == 1
    assert pick(estimates, "p_top3", item=areas[1])["estimate"] == 1
    assert len(estimates[estimates["statistic"] == "pair_p"]) == 1


def test_one_area_only():
    estimates = estimate([[100]] * 12, areas=AREAS[:1])
    row = pick(estimates, "rank", item=AREAS[0])
    assert (row["estimate"], row["low"], row["high"]) == (1, 1, 1)
    assert "pair_p" not in set(estimates["statistic"])


def test_segment_with_one_member_is_never_published():
    ballots = np.tile([40.0, 30, 20, 10, 0, 0, 0], (20, 1))
    ballots[-1] = [0, 0, 0, 0, 0, 0, 100]
    estimates = estimate(ballots, groups=[GROUPS[0]] * 12 + [GROUPS[1]] * 7 + [GROUPS[2]])
    alone = estimates[estimates["segment"] == GROUPS[2]]
    assert set(alone["status"]) == {"suppressed_small_base"}
    assert pick(estimates, "respondents", segment="uebrige")["estimate"] == 8


def test_single_dominant_group_is_not_shown_beside_a_remainder_it_would_reveal():
    ballots = np.tile([40.0, 30, 20, 10, 0, 0, 0], (30, 1))
    estimates = estimate(ballots, groups=[GROUPS[0]] * 28 + [GROUPS[1]] * 2)
    assert set(estimates[estimates["status"] == "published"]["segment"]) == {"all"}


def test_everyone_in_one_group_has_no_segments():
    estimates = estimate(np.tile([40.0, 30, 20, 10, 0, 0, 0], (12, 1)), groups=[GROUPS[0]] * 12)
    assert set(estimates["segment"]) == {"all"}


def test_empty_cells_are_no_answers():
    voters, answers = make_tables([[100, 0, 0, 0, 0, 0, 0]] * 3, scales={"scale1": [5, 6, 7]})
    answers.loc[answers["voter"] == 2, "value"] = np.nan
    estimates = computed(make_round(), voters, answers)
    assert pick(estimates, "respondents")["estimate"] == 2
    assert pick(estimates, "respondents", question="scale1")["estimate"] == 2
    assert pick(estimates, "nonrespondents")["estimate"] == 1


@pytest.mark.parametrize(
    ("total", "bands"),
    [(100, "0 1-10 11-20 21-30 31-50 51-100"), (10, "0 1 2 3 4-5 6-10"), (5, "0 1 2 3-5"), (3, "0 1 2 3"), (1, "0 1")],
)
def test_classes_of_points_hold_every_ballot_once_whatever_the_total(total, bands):
    given = np.minimum(np.arange(12) % (total + 1), total).astype(float)
    rows = band_rows(
        distinct_ballots(np.column_stack([given, total - given]), ["a", "b"]), partial(estimate_row, "points"), total
    )
    assert [row["item"] for row in rows if row["item"].startswith("a")] == [f"a|{band}" for band in bands.split()]
    assert sum(row["estimate"] for row in rows) == 24
