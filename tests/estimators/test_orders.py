"""Ranking questions, counted by hand: five people, four options, two of them ranked only some."""

import pandas as pd
import pytest

from analysis_utils.estimators.workbench import results_of
from analysis_utils.gate.opened import private_frame
from analysis_utils.rounds.round_file import Question

ASKED = {
    "id": "r",
    "wording": "?",
    "label": "R",
    "type": "ranking",
    "options": {"A": "a", "B": "b", "C": "c", "D": "d"},
}
BALLOTS = [{"a": 1, "b": 2, "c": 3, "d": 4}, {"a": 1, "c": 2, "b": 3, "d": 4}, {"b": 1, "a": 2, "c": 3, "d": 4},
           {"a": 1}, {"c": 1, "a": 2}]  # fmt: skip


def table(question=ASKED, ballots=BALLOTS):
    rows = [
        {"session": 1, "voter": voter, "question": "r", "item": item, "value": float(rank)}
        for voter, ballot in enumerate(ballots, start=1)
        for item, rank in ballot.items()
    ]
    answers = pd.DataFrame(rows, columns=["session", "voter", "question", "item", "value"])
    found = results_of(private_frame(Question.model_validate(question), answers))
    return found.set_index(["statistic", "item"])["estimate"] if len(found) else found


def test_first_places_mean_ranks_and_majorities_of_partial_rankings():
    found = table()
    assert [found["first_count", item] for item in "abcd"] == [3, 1, 1, 0]
    assert found["share_first", "a"] == pytest.approx(3 / 5)
    assert [found["top_three_count", item] for item in "abcd"] == [5, 3, 4, 0]
    # the fourth leaves b, c, d for the places 2–4 (middle 3), the fifth b, d for 3–4 (middle 3.5)
    assert found["mean_rank", "b"] == pytest.approx((2 + 3 + 1 + 3 + 3.5) / 5)
    assert found["mean_rank_given", "b"] == pytest.approx(2)
    assert found["borda", "a"] == pytest.approx(3 + 3 + 2 + 3 + 2)
    assert found["pair_majority", "a|b"] == pytest.approx(4 / 5)
    assert found["pair_majority", "b|d"] == pytest.approx(1)  # the last two do not tell them apart
    assert found["rank", "a"] == 1


def test_missing_options_leave_no_order_of_all_unless_everybody_ranked_everything():
    missing = {**ASKED, "unranked": "missing"}
    assert "rank" not in table(missing).index.get_level_values(0)
    assert "rank" in table(missing, BALLOTS[:3]).index.get_level_values(0)


def test_whole_rankings_have_what_points_have():
    found = table(ballots=[{"a": 1, "b": 2, "c": 3, "d": 4}] * 12 + [{"b": 1, "a": 2, "d": 3, "c": 4}] * 6)
    assert {"rank", "tier", "could_be_top3", "p_top3", "pair_p_max_t", "rank_leave_one_out", "rank_by_plurality",
            "rank_by_copeland", "condorcet_winner", "alike_rank"} <= set(found.index.get_level_values(0))  # fmt: skip
    assert found["condorcet_winner", "a"] == 1 and found["plurality", "b"] == 6
    assert found["pair_p", "a|c"] == pytest.approx(2**-17)  # everybody puts a before c, twice as far on some ballots
    assert not {"pair_difference", "trimmed_mean_points", "rank_given"} & set(found.index.get_level_values(0))


def test_partial_rankings_are_ordered_by_those_who_ranked_an_option_too():
    ballots = [{"a": 1, "b": 2}] * 11 + [{"a": 1, "b": 2, "c": 3}] * 9 + [{"b": 1, "a": 2, "d": 3}] * 2
    rows = [(voter, item, float(rank)) for voter, ballot in enumerate(ballots) for item, rank in ballot.items()]
    frame = pd.DataFrame(rows, columns=["person", "item", "rank"]).pivot(index="person", columns="item", values="rank")
    frame.attrs["unranked"] = "missing"
    given = results_of(frame).set_index(["statistic", "item"]).loc["rank_given"]
    assert given["estimate"].tolist() == [1, 2, 3, 3]  # c and d: rank 3 wherever ranked
    assert given.loc["a", ["low", "high"]].tolist() == [1, 3] and given.loc["b", "low"] == 2
    assert given.loc["c", ["low", "high"]].tolist() == given.loc["d", ["low", "high"]].tolist() == [1, 4]  # nine, two


def test_nobody_ranked_anything():
    assert table(ballots=[]).empty
