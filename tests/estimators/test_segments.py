"""Classes of scales, the plan of tests, weights; who is shown is tested in tests/cell_guard and tests/disclosure."""

import numpy as np
import pandas as pd
import pytest
from measure_tables import GROUPS, computed, make_round, make_tables, pick

from analysis_utils.errors import DataError
from analysis_utils.rounds.round_file import RoundFile, Scale


def scale(**more):
    return Scale(low_label="low", high_label="high", **more)


@pytest.mark.parametrize(
    ("given", "classes"),
    [
        ({}, ["1-3", "4-6", "7-10"]),
        ({"low": 1, "high": 5, "top_box": (4, 5)}, ["1-2", "3", "4-5"]),
        ({"low": 1, "high": 5, "top_box": (1, 2), "positive_end": "low"}, ["1-2", "3", "4-5"]),
        ({"low": -2, "high": 2, "top_box": (1, 2)}, ["-2--1", "0", "1-2"]),
        ({"low": 0, "high": 100, "top_box": (70, 100)}, ["0-34", "35-69", "70-100"]),
        ({"low": 1, "high": 10, "top_box": (4, 6)}, ["1-3", "4-6", "7-10"]),
        ({"low": 1, "high": 4, "top_box": (4, 4)}, ["1-2", "3", "4"]),
        ({"low": 1, "high": 2, "top_box": (2, 2)}, ["1", "2"]),
        ({"low": 1, "high": 3, "top_box": (1, 3)}, ["1-3"]),
        ({"classes": [(7, 8), (9, 10), (1, 6)]}, ["1-6", "7-8", "9-10"]),
    ],
)
def test_classes_that_groups_are_shown_in_hold_each_value_once_and_the_top_box_whole(given, classes):
    assert scale(**given).class_items() == classes


@pytest.mark.parametrize(
    "classes", [[(1, 6), (8, 10)], [(1, 7), (7, 10)], [(1, 5), (6, 10)], [(2, 6), (7, 10)], [(6, 1), (7, 10)], []]
)
def test_classes_with_gaps_or_that_cut_the_top_box_are_refused(classes):
    with pytest.raises(ValueError, match=r"classes (that hold each value from 1 to 10 once|of which some make up)"):
        scale(classes=classes)


def test_minimum_is_eight_and_can_be_raised():
    ballots = np.tile([50.0, 50, 0, 0, 0, 0, 0], (20, 1))
    voters, answers = make_tables(ballots, groups=[GROUPS[0]] * 12 + [GROUPS[1]] * 8)
    shown = computed(make_round(), voters, answers)
    raised = computed(make_round(disclosure={"minimum_base": 9}), voters, answers)
    assert GROUPS[1] in set(shown["segment"]) and set(raised["segment"]) == {"all"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"segment_tests": [{"question": "points", "test": "kruskal_wallis"}]}, "a question of type scale"),
        ({"segment_tests": [{"question": "no", "test": "points_permutation"}]}, "a question of type points"),
        ({"segment_tests": [{"question": "scale1", "test": "kruskal_wallis"}] * 2}, "each segment test once"),
        ({"raking": {"scale1": {"a": 1.0}}}, "questions of type single_choice"),
        ({"raking": {"groups": {GROUPS[0]: 1.0}}}, "for exactly its options"),
        ({"raking": {"groups": dict.fromkeys(GROUPS, 0.3)}}, "that sum to 1"),
    ],
)
def test_plan_that_does_not_fit_the_questions_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        make_round(**settings)


def test_raking_over_two_margins_meets_both():
    rng = np.random.default_rng(4)
    region = {"id": "region", "wording": "Where?", "label": "Where", "type": "single_choice"}
    options = {"north": GROUPS[3], "south": GROUPS[4]}
    base = make_round().file.model_dump()
    file = RoundFile.model_validate(
        base
        | {
            "questions": [
                base["questions"][0] | {"options": {group: group for group in GROUPS[:3]}},
                *base["questions"][1:],
                region | {"options": options},
            ],
            "raking": {"groups": {GROUPS[0]: 0.3, GROUPS[1]: 0.4, GROUPS[2]: 0.3},
                       "region": {GROUPS[3]: 0.5, GROUPS[4]: 0.5}},
        }
    )  # fmt: skip
    groups = [GROUPS[0]] * 14 + [GROUPS[1]] * 10 + [GROUPS[2]] * 6
    values = rng.integers(1, 11, 30).tolist()
    voters, answers = make_tables(groups=groups, scales={"scale1": values})
    where = rng.choice([GROUPS[3], GROUPS[4]], 30, p=[0.7, 0.3])
    extra = answers[answers["question"] == "groups"].assign(question="region", item=where)
    answers = pd.concat([answers, extra], ignore_index=True)
    import dataclasses

    estimates = computed(dataclasses.replace(make_round(), file=file), voters, answers)
    row = pick(estimates, "top_box_share", question="scale1", segment="raked")
    assert 0 < row["estimate"] < 1 and row["n"] == 30
    assert pick(estimates, "effective_n", question="scale1", segment="raked")["estimate"] < 30


def test_target_for_a_group_nobody_is_in_leaves_an_empty_row_that_says_so():
    voters, answers = make_tables(groups=[GROUPS[0]] * 9 + [GROUPS[1]] * 9, scales={"scale1": [7] * 18})
    estimates = computed(make_round(raking={"groups": dict.fromkeys(GROUPS, 0.2)}), voters, answers)
    row = pick(estimates, "effective_n", question="scale1", segment="raked")
    assert np.isnan(row["estimate"]) and row["method"] == "not raked: nobody answered from uebrige"
    assert len(estimates[(estimates["segment"] == "raked") & (estimates["question"] == "scale1")]) == 1


def test_targets_that_contradict_each_other_are_a_readable_error():
    voters, answers = make_tables(groups=[GROUPS[0]] * 9 + [GROUPS[1]] * 9, scales={"scale1": [7] * 18})
    region = {"id": "region", "wording": "Where?", "label": "Where", "type": "single_choice"}
    base = make_round().file.model_dump()
    options = {"north": GROUPS[0], "south": GROUPS[1]}
    questions = [base["questions"][0] | {"options": options}, *base["questions"][1:], region | {"options": options}]
    raking = {"groups": {GROUPS[0]: 0.5, GROUPS[1]: 0.5}, "region": {GROUPS[0]: 0.9, GROUPS[1]: 0.1}}
    same = answers[answers["question"] == "groups"].assign(question="region")
    with pytest.raises(DataError, match="raking targets that can be met together"):
        computed(make_round(questions=questions, raking=raking), voters, pd.concat([answers, same], ignore_index=True))
