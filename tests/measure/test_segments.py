"""Which groups are shown and which are merged; what the gate withholds is tested in tests/disclosure."""

import numpy as np
import pandas as pd
import pytest
from measure_tables import GROUPS, computed, make_round, make_tables, pick

from analysis_utils.errors import DataError
from analysis_utils.measure.segments import merge_small
from analysis_utils.round_file import Disclosure, RoundFile


def test_groups_that_all_reach_the_minimum_are_shown_as_they_are():
    plan = merge_small({"a": (9, 8), "b": (5, 6)}, 5)
    assert plan.shown == ("a", "b") and plan.withheld == {}


def test_small_groups_are_merged_where_together_they_reach_the_minimum():
    plan = merge_small({"a": (9,), "b": (3,), "c": (2,), "ohne_angabe": (1,)}, 5)
    assert plan.shown == ("a", "uebrige")
    assert plan.assigned == {"a": "a", "b": "uebrige", "c": "uebrige", "ohne_angabe": "uebrige"}
    assert set(plan.withheld.values()) == {"suppressed_small_base"}


def test_the_next_smallest_group_joins_while_the_merged_fall_short():
    plan = merge_small({"a": (23,), "b": (7,), "c": (3,), "ohne_angabe": (1,)}, 5)
    assert plan.shown == ("a", "uebrige")
    assert plan.withheld == {
        "b": "suppressed_complementary",
        "c": "suppressed_small_base",
        "ohne_angabe": "suppressed_small_base",
    }


def test_group_small_in_one_question_is_merged_in_all():
    assert merge_small({"a": (20, 20), "b": (7, 3), "c": (4, 4)}, 5).shown == ("a", "uebrige")


def test_group_that_was_not_asked_a_question_is_not_small_for_it():
    assert merge_small({"a": (9, 9), "b": (7, 0)}, 5).shown == ("a", "b")


def test_people_without_a_group_are_no_group_to_weight():
    plan = merge_small({"a": (9,), "ohne_angabe": (6,), "b": (8,)}, 5)
    assert plan.shown == ("a", "b", "ohne_angabe")
    assert plan.groups == ("a", "b")


def test_nothing_is_shown_where_one_segment_is_left():
    assert merge_small({"a": (30,), "b": (2,)}, 5).shown == ()


def test_minimum_can_be_raised_and_not_lowered():
    with pytest.raises(ValueError, match="greater than or equal to 5"):
        Disclosure(minimum_base=4)
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
    row = pick(estimates, "mean", question="scale1", segment="raked")
    assert 1 <= row["estimate"] <= 10 and row["n"] == 30
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
