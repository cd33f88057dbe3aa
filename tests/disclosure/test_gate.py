"""Single rules of the gate, each on a table small enough to see why."""

import numpy as np
import pandas as pd
import pytest
from random_rounds import AREAS, GROUPS, make_round, random_people, tables

from analysis_utils.measure.disclosure import holds, public_anyway
from analysis_utils.measure.disclosure_across import across_questions
from analysis_utils.measure.estimates import estimate_round, with_segments
from analysis_utils.measure.pairwise import holm
from analysis_utils.round_file import SegmentTest


def people(*groups):
    """(size, answers) per group; each person gives the same answers."""
    return [{"group": GROUPS[place], **answers} for place, (size, answers) in enumerate(groups) for _ in range(size)]


def segment_rows(frame, question, statistic):
    own = frame[(frame["question"] == question) & (frame["statistic"] == statistic)]
    return own[~own["segment"].isin(["all", "equal_groups", "raked"])]


def test_what_nobody_said_is_not_withheld_because_everybody_knows_it(tmp_path):
    """Two groups that agree among themselves: their answers are withheld, the option that nobody chose is not."""
    frame = estimate_round(make_round(tmp_path), *tables(people((8, {"choice": AREAS[0]}), (7, {"choice": AREAS[1]}))))
    counts = segment_rows(frame, "choice", "count")
    assert (counts.loc[counts["item"] == AREAS[2], "estimate"] == 0).all()
    assert (counts.loc[counts["item"] != AREAS[2], "status"] != "published").all()


def test_merged_groups_have_no_withheld_row_for_what_nobody_said(tmp_path):
    scale = {"scale1": 3, "points": [100, 0, 0, 0, 0]}
    frame = estimate_round(make_round(tmp_path), *tables(people((9, scale), (4, scale | {"scale1": 4}), (3, scale))))
    merged = frame[frame["segment"].isin(GROUPS[1:3])]
    assert not ((merged["statistic"] == "top_box_share") & (merged["question"] == "scale1")).any()
    assert not (merged["question"] == "points").any()
    assert ((merged["statistic"] == "mean") & (merged["question"] == "scale1")).any()


def test_same_for_any_group_is_what_all_or_nobody_did():
    rows = [("", "top_box_share", 0), ("a", "share_giving_points", 1), ("b", "share_giving_points", 0.5)]
    rows += [("a", "mean_points", 60), ("b", "mean_points", 40), ("c", "mean_points", 0)]
    table = pd.DataFrame(rows, columns=["item", "statistic", "estimate"]).assign(segment="all")
    both = {("", "top_box_share"), ("", "top_box_count"), ("a", "share_giving_points"), ("a", "givers")}
    assert public_anyway(table) == both | {("c", "mean_points")}


def test_p_value_of_three_groups_counts_as_their_rank_sums(tmp_path):
    """One person said 1, seventeen said 10, in three groups of six: who it was follows from the rank sums."""
    rows = [("all", "", "respondents", 18.0), ("all", "1", "count", 1.0), ("all", "10", "count", 17.0)]
    for group in "abc":
        rows += [(group, "", "respondents", 6.0), (group, "1", "count", np.nan), (group, "10", "count", np.nan)]
    table = pd.DataFrame(rows, columns=["segment", "item", "statistic", "estimate"]).assign(method="", question="q")
    table["status"] = np.where(table["estimate"].isna(), "suppressed_small_base", "published")
    rule = make_round(tmp_path).file.disclosure
    assert holds(table, rule, {})
    assert not holds(table, rule, {}, {"a": 1 + 5 * 10.0, "b": 60.0, "c": 60.0})


FAMILY = [SegmentTest(question=name, test="kruskal_wallis") for name in ("scale1", "scale2")]


@pytest.mark.parametrize(("withheld", "expected"), [([], [0.02, 0.03]), (["scale1"], [0.06]), (["scale2"], [0.02])])
def test_adjusted_p_values_tell_nothing_about_a_withheld_one(tmp_path, withheld, expected):
    round_ = make_round(tmp_path)
    round_ = round_.__class__(**{**vars(round_), "file": round_.file.model_copy(update={"segment_tests": FAMILY})})
    p = {"scale1": 0.01, "scale2": 0.03}
    adjusted = dict(zip(p, holm(np.array(list(p.values()))).tolist(), strict=True))
    rows = [(name, f"kruskal_wallis_p{end}", by[name]) for name in p for end, by in (("", p), ("_holm", adjusted))]
    frame = pd.DataFrame(rows, columns=["question", "statistic", "estimate"]).assign(segment="all", item="")
    result = across_questions(frame[~frame["question"].isin(withheld)], round_, pd.DataFrame())
    assert result.loc[result["statistic"] == "kruskal_wallis_p_holm", "estimate"].tolist() == pytest.approx(expected)


def test_raking_to_several_questions_is_shown_only_where_its_cells_are_large_enough(tmp_path):
    named = dict.fromkeys(GROUPS[:1], 0.25) | dict.fromkeys(GROUPS[1:], 0.75 / 4)
    chosen = dict.fromkeys(AREAS[:3], 1 / 3)
    everybody = random_people(5)

    def raked(margins):
        round_ = make_round(tmp_path, raking=margins)
        voters, answers = tables(everybody)
        answers, _ = with_segments(round_, voters, answers)
        frame = pd.DataFrame({"segment": ["raked", "all"], "question": "scale1", "statistic": "mean", "item": ""})
        return "raked" in set(across_questions(frame.assign(estimate=1.0), round_, answers)["segment"])

    assert raked({"groups": named})
    assert not raked({"groups": named, "choice": chosen})
    everybody *= 12
    assert raked({"groups": named, "choice": chosen})


def test_area_whose_group_means_are_shown_keeps_what_is_made_of_them(tmp_path):
    """One of a's six is the only one of them who gave the first area points: its sums go, and with them those of the
    last area, where the rest of every ballot is. The other areas keep weighted means and their p."""
    shares = dict(zip(GROUPS, (0.3, 0.4, 0.1, 0.1, 0.1), strict=True))
    near = [[30, 20], [0, 40], [0, 30], [0, 20], [0, 50], [0, 10]]
    far = [[30, 20], [20, 40], [10, 30], [50, 20], [40, 10], [20, 50], [10, 10]]
    everybody = [
        {"group": group, "points": [first, second, *((10, 20), (20, 10))[place % 2], 70 - first - second]}
        for group, ballots in zip(GROUPS, (near, far, far[:2], far[2:4], far[4:6]), strict=True)
        for place, (first, second) in enumerate(ballots)
    ]
    frame = estimate_round(make_round(tmp_path, raking={"groups": shares}), *tables(everybody))
    shown = segment_rows(frame, "points", "mean_points")[lambda rows: rows["segment"].isin(GROUPS[:2])]
    gone = set(shown.loc[shown["status"] != "published", "item"])
    assert AREAS[0] in gone and AREAS[1] not in gone
    for segment, statistic in (
        ("equal_groups", "mean_points"),
        ("raked", "mean_points"),
        ("all", "points_permutation_p"),
    ):
        own = frame[(frame["segment"] == segment) & (frame["statistic"] == statistic) & (frame["question"] == "points")]
        assert set(own["item"]) == set(AREAS) - gone, (segment, statistic)


def test_top_boxes_that_are_shown_are_compared_whatever_is_withheld_below_them(tmp_path):
    values = ([1, 2, 3, 4, 5, 7, 8, 8, 9, 10], [3, 3, 4, 6, 8, 8, 8, 9, 10, 10])
    asked = [{"group": group, "scale2": value} for group, own in zip(GROUPS, values, strict=False) for value in own]
    frame = estimate_round(make_round(tmp_path), *tables(asked))
    assert (segment_rows(frame, "scale2", "top_box_count")["status"] == "published").all()
    assert (segment_rows(frame, "scale2", "count")["status"] != "published").any()
    own = frame[(frame["question"] == "scale2") & (frame["segment"] == "all")].set_index("statistic")
    assert own.loc["fisher_freeman_halton_p", "estimate"] == pytest.approx(1.0)
