"""The gate as a black box: what is published of groups follows from few numbers of theirs, and from nothing else."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from random_rounds import AREAS, GROUPS, make_round, tables

from analysis_utils.gate import apply_gate, segmentation, with_groups, write_record
from analysis_utils.gate.allowed import OF_A_SEGMENT, UNDECLARED
from analysis_utils.gate.estimates import computed_estimates, estimate_round, with_segments
from analysis_utils.rounds.round_file import Disclosure

KEY = ["question", "segment", "item", "statistic"]
WEIGHTED = ("equal_groups", "raked")


def group(name, count, **answers):
    return [{"group": name, **answers} for _ in range(count)]


def estimated(folder, people, **settings):
    return estimate_round(make_round(folder, **settings), *tables(people))


def of_groups(frame):
    """What is published of groups: their rows, and those of all together that compare them."""
    tests = frame["statistic"].str.contains("kruskal|fisher|permutation|cliffs|equal_groups")
    return frame[(frame["segment"] != "all") | tests].reset_index(drop=True)


def test_program_tells_nothing_of_a_merged_group_but_the_sum_it_is_part_of(tmp_path):
    """Every truth of three groups (9, 5 and 3 people; the small two are merged): those with the same sums give the same
    bytes, so that whoever has the program knows no more than who adds and subtracts."""
    seen = {}
    for a, b, c in product((0, 9), range(6), range(4)):
        said = [(GROUPS[0], 9, a), (GROUPS[1], 5, b), (GROUPS[2], 3, c)]
        people = [
            person
            for name, size, yes in said
            for person in group(name, yes, choice=AREAS[0]) + group(name, size - yes, choice=AREAS[1])
        ]
        seen.setdefault((a, b + c), []).append(estimated(tmp_path, people).to_csv())
    assert len(seen) == 2 * 9 and all(len(set(files)) == 1 for files in seen.values())
    assert len({files[0] for files in seen.values()}) == len(seen)


def spread(rng, sizes=(11, 9, 8)):
    """People of three groups of whom each gave ballots in tens, values from 1 to 10 and several options."""
    people = []
    for name, size in zip(GROUPS, sizes, strict=False):
        for _ in range(size):
            ballot = (rng.multinomial(10, [0.4, 0.3, 0.2, 0.1, 0.0]) * 10).tolist()
            chosen = [area for area in AREAS[:3] if rng.random() < 0.5] or [AREAS[0]]
            people.append({"group": name, "points": ballot, "scale1": int(rng.integers(1, 11)), "several": chosen})
    return people


def test_values_of_one_class_change_places_between_groups_and_nothing_of_groups_moves(tmp_path):
    people = [
        {"group": one["group"], "scale1": one["scale1"], "scale2": one["scale1"]}
        for one in spread(np.random.default_rng(1))
    ]
    first = next(one for one in people if one["group"] == GROUPS[0] and one["scale1"] == 7)
    other = next(one for one in people if one["group"] == GROUPS[1] and one["scale1"] in (8, 9, 10))
    swapped = [
        one | {"scale1": other["scale1"], "scale2": other["scale1"]} if one is first
        else one | {"scale1": 7, "scale2": 7} if one is other
        else one
        for one in people
    ]  # fmt: skip
    before, after = estimated(tmp_path, people), estimated(tmp_path, swapped)
    pd.testing.assert_frame_equal(before, after)
    assert {"class_share", "cliffs_delta", "kruskal_wallis_p"} <= set(of_groups(before)["statistic"])


def test_ballots_change_places_between_groups_and_only_the_sums_count(tmp_path):
    """Two ballots of one group and two of another with the same sum: no interval, rank or p value tells them apart.
    Enumerated from outside, every distribution that fits the published mean fits everything else as well."""
    people = [{"group": one["group"], "points": one["points"]} for one in spread(np.random.default_rng(2))]
    for place, ballots in (0, ([90, 10, 0, 0, 0], [10, 90, 0, 0, 0])), (11, ([50, 50, 0, 0, 0], [50, 50, 0, 0, 0])):
        people[place]["points"], people[place + 1]["points"] = ballots
    swapped = [dict(one) for one in people]
    for one, other in ((0, 11), (1, 12)):
        swapped[one]["points"], swapped[other]["points"] = people[other]["points"], people[one]["points"]
    before, after = estimated(tmp_path, people), estimated(tmp_path, swapped)
    pd.testing.assert_frame_equal(before, after)
    own = of_groups(before)
    assert own.loc[own["statistic"] == "mean_points", "low"].notna().any()
    assert set(own.loc[own["segment"].isin(GROUPS), "statistic"]) == {"respondents", "mean_points", "rank"}
    assert own.loc[own["statistic"] == "rank", ["low", "high"]].isna().all(axis=None)


def test_interval_of_a_group_is_there_whatever_its_own_ballots_say(tmp_path):
    """One of a group gave points to an area, or all of them did: the interval is made of all ballots either way."""
    alone = group(GROUPS[0], 1, points=[80, 20, 0, 0, 0]) + group(GROUPS[0], 7, points=[0, 100, 0, 0, 0])
    shared = group(GROUPS[0], 8, points=[10, 90, 0, 0, 0])
    others = group(GROUPS[1], 12, points=[40, 60, 0, 0, 0]) + group(GROUPS[1], 4, points=[20, 80, 0, 0, 0])
    found = []
    for people in (alone + others, shared + others):
        frame = estimated(tmp_path, people).set_index(KEY)
        found.append(frame.loc[("points", GROUPS[0], AREAS[0], "mean_points")])
    assert [row["estimate"] for row in found] == [10, 10]
    assert all(row["low"] == row["low"] and row["method"] == found[0]["method"] for row in found)


@pytest.mark.parametrize("statistic", ["median", "consensus", "mean_points_percentile", "givers", "tier", "linked_p"])
def test_statistic_of_a_segment_that_nobody_declared_is_withheld(tmp_path, statistic):
    round_ = make_round(tmp_path)
    voters, answers = tables(group(GROUPS[0], 9, scale1=3) + group(GROUPS[1], 8, scale1=8))
    prepared, segments = with_segments(round_, voters, answers)
    frame = computed_estimates(round_, voters, prepared, segments)
    row = frame[(frame["segment"] == GROUPS[0]) & (frame["statistic"] == "class_share")].iloc[[0]]
    frame = pd.concat([frame, row.assign(statistic=statistic)], ignore_index=True)
    gated = apply_gate(frame, round_, prepared, segments)
    pd.testing.assert_frame_equal(gated.iloc[:-1], frame.iloc[:-1], check_dtype=False)
    last = gated.iloc[-1]
    assert last["status"] == UNDECLARED and last[["estimate", "low", "high", "n"]].isna().all() and not last["method"]
    assert statistic not in OF_A_SEGMENT


def test_segment_that_is_not_shown_is_withheld_whatever_is_said_of_it(tmp_path):
    round_ = make_round(tmp_path)
    voters, answers = tables(
        group(GROUPS[0], 9, scale1=3) + group(GROUPS[1], 8, scale1=8) + group(GROUPS[2], 9, scale2=1)
    )
    prepared, segments = with_segments(round_, voters, answers)
    frame = computed_estimates(round_, voters, prepared, segments)
    row = frame[(frame["segment"] == GROUPS[0]) & (frame["statistic"] == "class_share")].iloc[[0]]
    for strange in (GROUPS[2], "somebody"):
        gated = apply_gate(row.assign(segment=strange), round_, prepared, segments)
        assert gated["status"].tolist() == [UNDECLARED] and gated["estimate"].isna().all()


def raked(folder, crossing):
    """A round raked to the group and to a choice; `crossing`: people per (group, option)."""
    named = dict.fromkeys(GROUPS[:1], 0.25) | dict.fromkeys(GROUPS[1:], 0.75 / 4)
    people = [
        {"group": name, "choice": option, "scale1": 1 + place % 10}
        for (name, option), count in crossing.items()
        for place in range(count)
    ]
    margins = {"groups": named, "choice": dict.fromkeys(AREAS[:3], 1 / 3)}
    frame = estimated(folder, people, raking=margins, segment_tests=[])
    return frame[(frame["segment"] == "raked") & (frame["question"] == "scale1")].set_index("statistic")


def test_raking_to_a_second_question_never_tells_the_crossing(tmp_path):
    """Kish's effective number fits one crossing of the two questions exactly, and is withheld; what is weighted is
    shown where every cell is large."""
    even = dict.fromkeys(product(GROUPS, AREAS[:3]), 8)
    rows = raked(tmp_path, even)
    assert rows.at["effective_n", "status"] == UNDECLARED and rows.at["top_box_share", "status"] == "published"
    rows = raked(tmp_path, even | {(GROUPS[0], AREAS[0]): 3})
    assert set(rows["status"]) == {UNDECLARED}


def test_weights_by_group_alone_are_functions_of_published_numbers(tmp_path):
    shares = dict(zip(GROUPS, (0.3, 0.4, 0.1, 0.1, 0.1), strict=True))
    people = spread(np.random.default_rng(3))
    frame = estimated(tmp_path, people, raking={"groups": shares}).set_index(KEY)["estimate"]
    for question, statistic, item in (("points", "mean_points", AREAS[1]), ("scale1", "top_box_share", "")):
        own = [frame.loc[(question, name, item, statistic)] for name in GROUPS[:3]]
        assert frame.loc[(question, "equal_groups", item, statistic)] == pytest.approx(np.mean(own))
    assert ("scale1", "equal_groups", "", "mean") not in frame.index


def test_people_without_a_group_are_a_class_and_are_merged_visibly(tmp_path):
    few = group(GROUPS[0], 12, scale1=3) + group(GROUPS[1], 9, scale1=8) + group("", 2, scale1=1)
    frame = estimated(tmp_path, few)
    own = frame[(frame["question"] == "scale1") & (frame["segment"] != "all")]
    bases = own[own["statistic"] == "respondents"].set_index("segment")["estimate"].to_dict()
    assert bases == {GROUPS[0]: 12, "uebrige": 11}
    merged = own[own["status"] != "published"].set_index("segment")
    assert merged["status"].to_dict() == {
        GROUPS[1]: "suppressed_complementary",
        "ohne_angabe": "suppressed_small_base",
    }, "one row each"
    many = estimated(tmp_path, [*few, *group("", 7, scale1=1)])
    assert (many.loc[many["segment"] == "ohne_angabe", "status"] == "published").all()


def test_question_with_fewer_answers_merges_more_groups_and_the_others_keep_theirs(tmp_path):
    people = group(GROUPS[0], 12, scale1=3, scale2=4) + group(GROUPS[1], 9, scale1=8, scale2=2)
    people += group(GROUPS[2], 7, scale1=5, scale2=9) + group(GROUPS[2], 2, scale1=5)
    frame = estimated(tmp_path, people)
    shown = frame[frame["statistic"] == "class_share"].groupby("question")["segment"].unique().map(set)
    assert shown["scale1"] == {"all", *GROUPS[:3]} and shown["scale2"] == {"all", GROUPS[0], "uebrige"}


def test_group_is_shown_from_fewer_people_on_where_somebody_answers_for_it(tmp_path):
    people = group(GROUPS[0], 12, scale1=3) + group(GROUPS[1], 6, scale1=8)
    assert set(estimated(tmp_path, people)["segment"]) == {"all"}
    one = {"group": GROUPS[1], "people": 6, "by": "M. Muster", "reason": "Einwilligung aller Mitglieder"}
    round_ = make_round(tmp_path / "d" / "r", disclosure={"exceptions": [one]})
    voters, answers = tables(people)
    frame = estimate_round(round_, voters, answers)
    assert {GROUPS[0], GROUPS[1]} <= set(frame["segment"])
    write_record(round_, frame, segmentation(round_, with_groups(answers, voters)))
    path = round_.processed / "schutzprotokoll.md"
    text = path.read_text(encoding="utf-8")
    assert "M. Muster" in text and "Einwilligung aller Mitglieder" in text and f"| {GROUPS[1]} | 6 |" in text
    assert path.stat().st_mode & 0o777 == 0o600


def test_rule_can_be_made_stricter_and_not_laxer():
    with pytest.raises(ValueError, match="greater than or equal to 8"):
        Disclosure(minimum_base=7)
    with pytest.raises(ValueError, match="greater than or equal to 5"):
        Disclosure(exceptions=[{"group": "a", "people": 4, "by": "b", "reason": "c"}])


def utility(base, rounds=60):
    """Parts of (group, question) pairs at or above the base, the others too, that are shown by name, or by name or in a
    class; of all pairs, shown by name. Rounds of 2–4 groups of 6–16 people, of whom 6 % skip a question."""
    rng = np.random.default_rng(20)
    fit = named = held = total = everything = 0
    for _ in range(rounds):
        people = [
            {"group": name, **{q: 5 for q in ("scale1", "scale2") if rng.random() < 0.94}}
            for name in GROUPS[: rng.integers(2, 5)]
            for _ in range(rng.integers(6, 17))
        ]
        round_ = make_round(Path("a/b/c"), disclosure={"minimum_base": base})
        voters, answers = tables(people)
        segments = segmentation(round_, with_groups(answers, voters))
        for question in ("scale1", "scale2"):
            answered = [one["group"] for one in people if question in one]
            for name in set(answered):
                n, everything = answered.count(name), everything + 1
                shown = name in segments.shown(question)
                total += shown
                if n >= base and len(answered) - n >= base:
                    fit, named = fit + 1, named + shown
                    held += shown or "uebrige" in segments.shown(question)
    return named / fit, held / fit, total / everything


def test_groups_that_reach_the_base_are_shown():
    """By name, or within the others where a smaller group could be found by subtraction."""
    named, held, _ = utility(8)
    assert held >= 0.95 and named >= 0.8, (named, held)
