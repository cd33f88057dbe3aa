"""The whole way from private tables to `estimates`: reference cases, hand-countable rows, segments, room."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from measure_tables import (
    AREAS,
    GROUPS,
    computed,
    documented_statistics,
    golden,
    golden_data,
    make_round,
    make_tables,
    pick,
)

from analysis_utils.errors import DataError
from analysis_utils.gate.estimates import write_estimates
from analysis_utils.tables import read_table, write_table

DATA = golden_data("g03")
COLUMNS = list(DATA.columns)
POINTS = DATA.to_numpy(float)


@pytest.fixture(scope="module")
def deck() -> pd.DataFrame:
    counts = golden("g09")["cases"]["deck_Q2_assumed25"]["counts"]
    values = [value for value, count in enumerate(counts, 1) for _ in range(count)]
    groups = [GROUPS[0]] * 18 + [GROUPS[1]] * 9 + [GROUPS[2]] * 2 + [GROUPS[3]] * 4
    round_ = make_round(
        areas=COLUMNS,
        participants=40,
        segment_tests=[
            {"question": "scale1", "test": "kruskal_wallis"},
            {"question": "scale1", "test": "fisher_freeman_halton"},
            {"question": "points", "test": "points_permutation"},
        ],
        raking={"groups": dict.fromkeys(GROUPS, 0.2)},
    )
    voters, answers = make_tables(POINTS, areas=COLUMNS, groups=groups, scales={"scale1": values})
    return computed(round_, voters, answers)


def test_means_and_bca_ends_equal_the_reference(deck):
    for area, expected in golden("g02")["results"]["points"].items():
        row = pick(deck, "mean_points", item=area)
        assert row["estimate"] == pytest.approx(expected["mean"], abs=1e-9)
        if pick(deck, "givers", item=area)["estimate"] >= 15:
            assert (row["low"], row["high"]) == pytest.approx(expected["bca_mid_exact"], abs=1e-9)


def test_mean_of_few_givers_has_no_interval_and_says_why(deck):
    row = pick(deck, "mean_points", item="andere")
    assert np.isnan(row["low"]) and "fewer than 10 givers" in row["method"]
    share = pick(deck, "share_giving_points", item="andere")
    assert (share["estimate"], share["n"]) == (4 / 29, 29)
    assert (share["low"], share["high"]) == pytest.approx((0.054974, 0.305590), abs=1e-6)


def test_rank_rows_carry_the_reference_rank_sets(deck):
    expected = golden("g03")["own_points"]
    for place, area in enumerate(expected["options"]):
        row = pick(deck, "rank", item=area)
        assert row["estimate"] == expected["rank_min"][place]
        assert (row["low"], row["high"]) == (
            expected["simultaneous95"]["L"][place],
            expected["simultaneous95"]["U"][place],
        )
        assert pick(deck, "could_be_top3", item=area)["estimate"] == float(area in expected["could_be_top3_95"])


def test_scale_rows_equal_the_reference(deck):
    expected = golden("g09")["cases"]["deck_Q2_assumed25"]
    for statistic, key in [
        ("mean", "mean"),
        ("median", "median"),
        ("iqr", "iqr7"),
        ("consensus", "consensus_tw"),
        ("agreement_a", "agreement_vdE"),
        ("top_box_share", "top4_share"),
    ]:
        assert pick(deck, statistic, question="scale1")["estimate"] == pytest.approx(expected[key], abs=1e-9)
    assert pick(deck, "count", question="scale1", item="2")["estimate"] == 0
    assert pick(deck, "top_box_count", question="scale1")["estimate"] == 25


def test_scale_polled_the_other_way_round_keeps_its_top_box_in_the_polled_values():
    scale = {"low": 1, "high": 10, "low_label": "full", "high_label": "none", "positive_end": "low", "top_box": [1, 4]}
    question = {"id": "scale1", "wording": "s", "label": "s", "type": "scale", "scale": scale}
    voters, answers = make_tables(scales={"scale1": [1, 2, 2, 9, 10]})
    estimates = computed(make_round(questions=[question]), voters, answers)
    assert pick(estimates, "top_box_share", question="scale1")["estimate"] == 0.6
    assert pick(estimates, "mean", question="scale1")["estimate"] == pytest.approx(4.8)


def test_pair_rows_name_the_larger_mean_first(deck):
    row = pick(deck, "pair_difference", item="industrieparks|andere")
    assert row["estimate"] == pytest.approx(20.344827586, abs=1e-8)
    assert pick(deck, "pair_separated", item="industrieparks|andere")["estimate"] == 1
    assert pick(deck, "pair_p", item="industrieparks|andere")["estimate"] == pytest.approx(1.02818012237549e-06)
    assert (deck[deck["statistic"] == "pair_difference"]["estimate"] >= 0).all()
    assert len(deck[(deck["statistic"] == "pair_p_max_t") & (deck["segment"] == "all")]) == 21


def test_groups_too_small_are_merged_and_marked(deck):
    shown = deck[(deck["status"] == "published") & (deck["question"] == "points")]["segment"].unique()
    assert set(shown) == {"all", GROUPS[0], GROUPS[1], "uebrige", "equal_groups", "raked"} - {GROUPS[1]}
    assert pick(deck, "respondents", segment="uebrige")["estimate"] == 11
    assert pick(deck, "mean_points", segment=GROUPS[2])["status"] == "suppressed_small_base"


def test_segments_re_aggregate_to_the_total(deck):
    people = deck[(deck["statistic"] == "respondents") & (deck["question"] == "points")].set_index("segment")["n"]
    for area in COLUMNS:
        means = {s: pick(deck, "mean_points", segment=s, item=area)["estimate"] for s in (GROUPS[0], "uebrige", "all")}
        total = sum(means[segment] * people[segment] for segment in (GROUPS[0], "uebrige"))
        assert total / people["all"] == pytest.approx(means["all"], abs=1e-9)
        equal = pick(deck, "mean_points", segment="equal_groups", item=area)
        assert equal["estimate"] == pytest.approx((means[GROUPS[0]] + means["uebrige"]) / 2, abs=1e-9)
        raked = pick(deck, "mean_points", segment="raked", item=area)
        assert raked["estimate"] == pytest.approx(0.2 * means[GROUPS[0]] + 0.8 * means["uebrige"], abs=1e-9)
        assert "sensitivity only" in equal["method"] and np.isnan(equal["low"])
    assert pick(deck, "effective_n", segment="equal_groups")["estimate"] == pytest.approx(1 / (0.25 / 18 + 0.25 / 11))


def test_planned_tests_print_the_smallest_p_and_holm(deck):
    names = ["kruskal_wallis", "fisher_freeman_halton"]
    p = {name: pick(deck, f"{name}_p", question="scale1")["estimate"] for name in names}
    p["points_permutation"] = pick(deck, "points_permutation_p")["estimate"]
    smallest = min(p, key=p.get)
    question = "points" if smallest == "points_permutation" else "scale1"
    assert pick(deck, f"{smallest}_p_holm", question=question)["estimate"] == pytest.approx(min(1, 3 * p[smallest]))
    for name in names:
        assert pick(deck, f"{name}_p_smallest", question="scale1")["estimate"] <= p[name]
    assert len(deck[deck["statistic"] == "points_permutation_p"]) == 8


def test_silent_people_are_counted_and_bound_the_room(deck):
    assert pick(deck, "nonrespondents")["estimate"] == 5
    assert pick(deck, "not_in_poll")["estimate"] == 6
    row = pick(deck, "room_mean_points", item="industrieparks")
    assert np.isnan(row["estimate"])
    assert (row["low"], row["high"]) == pytest.approx((670 / 40, (670 + 11 * 100) / 40))
    row = pick(deck, "room_top_box_share", question="scale1")
    assert (row["low"], row["high"]) == pytest.approx((25 / 40, 31 / 40))
    row = pick(deck, "room_mean", question="scale1")
    assert (row["low"], row["high"]) == pytest.approx(((254 + 6) / 40, (254 + 60) / 40))


def test_fewer_participants_than_voters_is_an_error():
    voters, answers = make_tables(scales={"scale1": [7, 8, 9]})
    with pytest.raises(DataError, match="2 participants and 3 voters"):
        computed(make_round(participants=2), voters, answers)


def test_voters_of_a_session_without_the_question_were_not_asked():
    voters, answers = make_tables(scales={"scale1": [7, 8, 9]})
    second = voters.assign(session=2)
    estimates = computed(make_round(), pd.concat([voters, second], ignore_index=True), answers)
    assert pick(estimates, "not_asked", question="scale1")["estimate"] == 3
    assert pick(estimates, "nonrespondents", question="scale1")["estimate"] == 0


def test_order_survives_or_not_is_told_rule_by_rule(deck):
    assert pick(deck, "rank_by_borda", item="flankierung")["estimate"] == 2
    assert pick(deck, "rank_by_borda", item="synergien")["estimate"] == 3
    row = pick(deck, "rank_over_rules", item="flankierung")
    assert (row["low"], row["estimate"], row["high"]) == (1, 2, 3)
    row = pick(deck, "rank_leave_one_out", item="innovationsraeume")
    assert (row["low"], row["estimate"], row["high"]) == (5, 6, 6)
    assert pick(deck, "condorcet_winner", item="industrieparks")["estimate"] == 1
    assert pick(deck, "rule_tau_b", item="mean|borda")["estimate"] == pytest.approx(0.975900072948533, abs=1e-9)


def test_ballot_rules_of_the_ingest_are_compared_by_their_ranks():
    voters, answers = make_tables(POINTS, areas=COLUMNS)
    swapped = answers.replace({"item": {"industrieparks": "andere", "andere": "industrieparks"}})
    round_ = make_round(areas=COLUMNS)
    estimates = computed(round_, voters, answers, ballot_rules={"swapped": swapped})
    assert pick(estimates, "rank_by_ballot_rule", item="andere|swapped")["estimate"] == 1
    assert pick(estimates, "rank_over_rules", item="andere")["low"] == 1
    assert "mean|ballot_rule_swapped" in set(estimates["item"])


def test_rule_answers_left_by_the_ingest_are_compared(tmp_path):
    round_ = dataclasses.replace(make_round(areas=COLUMNS), processed=tmp_path)
    voters, answers = make_tables(POINTS, areas=COLUMNS)
    write_table(voters, "voters", round_.table("voters"))
    write_table(answers, "answers", round_.table("answers"))
    kept = answers[answers["voter"] > 3].drop(columns=["type", "text", "pick_order"]).assign(rule="points_too_few")
    write_table(kept, "rule_answers", round_.table("rule_answers"))
    estimates = write_estimates(round_)
    rows = estimates[estimates["statistic"] == "rank_by_ballot_rule"]
    assert rows["item"].tolist() == [f"{area}|points_too_few" for area in COLUMNS]


def test_points_are_counted_in_classes(deck):
    bands = deck[(deck["statistic"] == "points_band_count") & deck["item"].str.startswith("industrieparks|")]
    assert dict(zip(bands["item"].str.split("|").str[1], bands["estimate"], strict=True)) == {
        "0": 0, "1-10": 7, "11-20": 9, "21-30": 10, "31-50": 3, "51-100": 0,
    }  # fmt: skip


def test_mean_of_givers_is_the_mean_over_the_share(deck):
    row = pick(deck, "mean_points_given", item="synergien")
    assert (row["estimate"], row["n"]) == (pytest.approx(550 / 22), 22)


def test_every_statistic_of_the_poll_in_the_document_is_produced_somewhere(deck):
    voters, answers = make_tables(POINTS, areas=COLUMNS)
    extra = computed(make_round(areas=COLUMNS), voters, answers, ballot_rules={"other": answers})
    of_rankings = {"first_count", "share_first", "top_three_count", "share_top_three", "mean_rank", "mean_rank_given"}
    elsewhere = {
        *of_rankings,
        "pair_majority",
        "rank_given",
        "no_answer",
        "alike_share",
    }  # see test_orders, test_workbench, and the tests of labelled scales
    assert documented_statistics() == set(deck["statistic"]) | set(extra["statistic"]) | elsewhere


def test_written_table_is_read_back_the_same(tmp_path, deck):
    path = tmp_path / "estimates.csv"
    write_table(deck, "estimates", path)
    pd.testing.assert_frame_equal(read_table("estimates", path), deck)


def test_write_estimates_reads_private_tables_and_writes_the_same_bytes_twice(tmp_path):
    round_ = dataclasses.replace(make_round(), processed=tmp_path)
    voters, answers = make_tables(POINTS, groups=[GROUPS[0]] * 15 + [GROUPS[1]] * 14)
    write_table(voters, "voters", round_.table("voters"))
    write_table(answers, "answers", round_.table("answers"))
    write_estimates(round_)
    first = round_.table("estimates").read_bytes()
    write_estimates(round_)
    assert round_.table("estimates").read_bytes() == first
    assert set(AREAS) <= set(read_table("estimates", round_.table("estimates"))["item"])
