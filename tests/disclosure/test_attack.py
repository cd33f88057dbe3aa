"""The attacker bites: it finds what only the small cells themselves were taken out of."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from random_rounds import make_round, random_people, tables

from analysis_utils.measure.attack import attack
from analysis_utils.measure.attack_model import Unknowns, summed
from analysis_utils.measure.disclosure_cells import Truth
from analysis_utils.measure.disclosure_least import Why, least_withheld, told_by
from analysis_utils.measure.estimates import estimate_round

GOLDEN = Path(__file__).parent / "golden" / "g12_disclosure"
CASES = json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))["cases"]


def golden_table(name: str) -> Truth:
    data = pd.read_csv(GOLDEN / "data.csv", keep_default_na=False)
    wide = data[data["table"] == name].pivot_table("count", "row", "col", sort=False)
    counts = wide.to_numpy(dtype=np.int64)
    return Truth(tuple(wide.index), tuple(wide.columns), counts.sum(axis=1), counts, np.zeros(counts.shape, dtype=bool))


def widths(table: Truth, hidden: set[tuple[int, int]]) -> dict[tuple[int, int], tuple[float, float]]:
    """Range of each hidden cell for a reader of all other cells and of both margins."""
    unknowns = Unknowns()
    place = {cell: unknowns.add(float(table.sizes.sum())) for cell in np.ndindex(*table.counts.shape)}
    for axis, margin in ((0, table.sizes), (1, table.counts.sum(axis=0))):
        for line, total in enumerate(margin):
            unknowns.equal(summed(at for cell, at in place.items() if cell[axis] == line), float(total))
    for cell in place.keys() - hidden:
        unknowns.equal({place[cell]: 1.0}, float(table.counts[cell]))
    return {cell: unknowns.range({place[cell]: 1.0}) for cell in hidden}


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith(("T2", "T3"))])
def test_reference_tables_primary_suppression_alone_is_undone(case):
    table, expected = golden_table(case[:2]), CASES[case]
    primary = {tuple(cell) for cell in expected["primary"]}
    found = widths(table, primary)
    assert {f"{r},{c}": list(span) for (r, c), span in found.items()} == expected["attack_if_only_primary_suppressed"]


def least(table: Truth, primary: frozenset[tuple[str, str]], t: int) -> set[tuple[int, int]]:
    """Places of the cells to withhold, so that each primary one can be one of t numbers for a reader of the others."""
    names = {(s, i): (r, c) for r, s in enumerate(table.segments) for c, i in enumerate(table.items)}

    def is_told(cell, shown):
        low, high = widths(table, {names[other] for other in names.keys() - shown})[names[cell]]
        return high - low < t - 1

    def why(chosen):
        shown = [name for name in names if name not in chosen]
        told = next((cell for cell in sorted(primary) if is_told(cell, set(shown))), None)
        return told and Why(told, told_by(shown, lambda kept: is_told(told, kept)))

    return {names[cell] for cell in least_withheld(table, primary, list(names), why, sums_known=True)}


def test_large_table_loses_single_cells_and_no_whole_segment():
    """One small cell in thirty: three more make a rectangle with it, the emptiest that leaves it open."""
    counts = np.full((5, 6), 9)
    counts[2, 3], counts[4, 3], counts[2, 5], counts[4, 5] = 2, 4, 3, 3
    table = Truth(tuple("abcde"), tuple("uvwxyz"), counts.sum(axis=1), counts, np.zeros(counts.shape, dtype=bool))
    assert least(table, frozenset({("c", "x")}), 3) == {(2, 3), (4, 3), (2, 5), (4, 5)}


@pytest.mark.parametrize("case", ["T2_t5", "T3_t3", "T3_t5"])
def test_reference_tables_least_additional_cells(case):
    table, expected, t = golden_table(case[:2]), CASES[case], int(case[-1])
    names = {(s, i): (r, c) for r, s in enumerate(table.segments) for c, i in enumerate(table.items)}
    primary = frozenset(name for name, cell in names.items() if list(cell) in expected["primary"])
    hidden = least(table, primary, t)
    added = hidden - {names[cell] for cell in primary}
    assert len(added) == expected["min_secondary"]["n_cells"]
    assert sum(int(table.counts[cell]) for cell in added) == expected["min_secondary"]["suppressed_count"]


def primary_only(seed: int, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimates of a round as they would be with nothing but small cells taken out, and the true ones."""
    from analysis_utils.measure import estimates as module

    original = module.apply_gate
    module.apply_gate = lambda frame, *_: frame  # ty: the gate left open, to see what passes without it
    try:
        true = estimate_round(make_round(folder), *tables(random_people(seed)))
    finally:
        module.apply_gate = original
    frame = true.copy()
    cell = frame["statistic"].isin(["count", "givers"]) & ~frame["segment"].isin(["all"])
    small = cell & frame["estimate"].between(1, 2)
    keys = set(map(tuple, frame.loc[small, ["question", "segment", "item"]].to_numpy()))
    partner = frame["statistic"].isin(["share", "share_giving_points", "count", "givers"])
    hit = partner & pd.Series([tuple(k) in keys for k in frame[["question", "segment", "item"]].to_numpy()])
    frame.loc[hit, ["estimate", "low", "high"]] = np.nan
    frame.loc[hit, "n"] = pd.NA
    frame.loc[hit, "status"] = "suppressed_small_base"
    return frame, true


def test_round_with_primary_suppression_alone_is_undone(tmp_path):
    exact = wrong = 0
    for seed in (0, 4, 7):
        frame, true = primary_only(seed, tmp_path)
        names = {"count": ("count",), "givers": ("givers",)}
        for row in attack(frame).itertuples():
            if row.low != row.high or row.target not in names:
                continue
            mine = true[
                (true["question"] == row.question)
                & (true["segment"] == row.segment)
                & (true["item"] == row.item)
                & (true["statistic"] == row.target)
            ]
            if len(mine):
                exact += 1
                wrong += int(mine["estimate"].iloc[0] != row.low)
    assert exact >= 10 and wrong == 0


def test_last_missing_group_is_found_from_equal_weights():
    rows = [("all", "", "respondents", 20), ("a", "", "respondents", 12), ("b", "", "respondents", 8)]
    rows += [("all", str(v), "count", c) for v, c in ((5, 6), (8, 8), (10, 6))]
    rows += [("a", "", "mean", None), ("b", "", "mean", None)]
    # a: 2 × 5, 5 × 8, 5 × 10; b: 4 × 5, 3 × 8, 1 × 10
    rows += [("equal_groups", "", "mean", (100 / 12 + 54 / 8) / 2)]
    frame = pd.DataFrame(rows, columns=["segment", "item", "statistic", "estimate"])
    frame = frame.assign(question="q", status=np.where(frame["estimate"].isna(), "suppressed_small_base", "published"))
    frame["method"] = np.where(frame["segment"] == "equal_groups", "equal weight for a, b; sensitivity only", "")
    found = attack(frame).set_index("segment")
    assert (found.loc["a", "low"], found.loc["a", "high"]) == (100, 100)
    assert (found.loc["b", "low"], found.loc["b", "high"]) == (54, 54)


def test_ballots_that_sum_to_a_hundred_give_the_last_area_away():
    rows = [("all", "", "respondents", 20), ("a", "", "respondents", 12), ("b", "", "respondents", 8)]
    for item, total, in_a in (("x", 900, 500), ("y", 700, 500), ("z", 400, 200)):
        rows += [("all", item, "mean_points", total / 20), ("all", item, "givers", 18)]
        for segment, points, n in (("a", in_a, 12), ("b", total - in_a, 8)):
            rows.append((segment, item, "mean_points", None if item == "z" else points / n))
    frame = pd.DataFrame(rows, columns=["segment", "item", "statistic", "estimate"]).assign(question="q", method="")
    frame["status"] = np.where(frame["estimate"].isna(), "suppressed_small_base", "published")
    found = attack(frame).set_index("segment")
    assert (found.loc["a", "low"], found.loc["a", "high"]) == (200, 200)
    assert (found.loc["b", "low"], found.loc["b", "high"]) == (200, 200)


def test_classes_of_points_give_the_givers_away():
    """Ten gave up to ten points and two a hundred; a's five people gave 200 in all: that was two."""
    rows = [("all", "", "respondents", 16), ("a", "", "respondents", 5), ("b", "", "respondents", 11)]
    rows += [("all", "x", "mean_points", 300 / 16), ("all", "y", "mean_points", 1300 / 16), ("all", "x", "givers", 12)]
    rows += [("a", "x", "mean_points", 200 / 5), ("b", "x", "mean_points", 100 / 11)]
    rows += [("a", "x", "givers", None), ("b", "x", "givers", None)]
    bands = [("all", f"x|{label}", "points_band_count", n) for label, n in (("0", 4), ("1-10", 10), ("91-100", 2))]
    names = ["segment", "item", "statistic", "estimate"]

    def found(rows):
        frame = pd.DataFrame(rows, columns=names).assign(question="q", method="")
        frame["status"] = np.where(frame["estimate"].isna(), "suppressed_small_base", "published")
        return attack(frame).set_index("segment")[["low", "high"]].loc["a"].tolist()

    assert found(rows) == [2, 5]
    assert found([*rows, *bands]) == [2, 2]


def question_table(rows):
    frame = pd.DataFrame(rows, columns=["segment", "item", "statistic", "estimate"]).assign(question="q", method="")
    return frame.assign(status=np.where(frame["estimate"].isna(), "suppressed_small_base", "published"))


def test_who_may_choose_several_chose_at_least_one():
    """Of a's six, one chose y: the five others, who are not in y, must have chosen x."""
    rows = [("all", "", "respondents", 18), ("a", "", "respondents", 6), ("b", "", "respondents", 12)]
    rows += [("all", "x", "count", 12), ("all", "y", "count", 9), ("a", "y", "count", 1), ("b", "y", "count", 8)]
    rows += [("a", "x", "count", None), ("b", "x", "count", None)]
    found = attack(question_table(rows)).set_index("segment")
    assert found.loc["a", ["low", "high"]].tolist() == [5, 6]
    assert found.loc["b", ["low", "high"]].tolist() == [6, 7]


def test_points_in_steps_of_25_are_seen_to_be_such():
    """a's sum of 25 in x is one giver, and all other givers are b's; in whole points it could be many more."""
    rows = [("all", "", "respondents", 12), ("a", "", "respondents", 5), ("b", "", "respondents", 7)]
    for item, in_a, in_b, givers in (("x", 25, 275, 7), ("y", 475, 425, 12)):
        rows += [("all", item, "mean_points", (in_a + in_b) / 12), ("all", item, "givers", givers)]
        rows += [("a", item, "mean_points", in_a / 5), ("b", item, "mean_points", in_b / 7)]
        rows += [("a", item, "givers", None), ("b", item, "givers", None)]
    found = attack(question_table(rows)).set_index(["segment", "item"])
    assert found.loc[("a", "x"), ["low", "high"]].tolist() == [1, 1]
    assert found.loc[("b", "x"), ["low", "high"]].tolist() == [6, 6]


def test_a_step_that_no_ballots_could_have_is_not_believed():
    """All sums are multiples of 50, but ten people gave x one to ten points each: fifty of a need all its five."""
    rows = [("all", "", "respondents", 10), ("a", "", "respondents", 5), ("b", "", "respondents", 5)]
    for item, in_a, in_b, givers in (("x", 50, 50, 10), ("y", 450, 450, 10)):
        rows += [("all", item, "mean_points", (in_a + in_b) / 10), ("all", item, "givers", givers)]
        rows += [("a", item, "mean_points", in_a / 5), ("b", item, "mean_points", in_b / 5)]
        rows += [("a", item, "givers", None), ("b", item, "givers", None)]
    rows += [("all", "x|1-10", "points_band_count", 10)]
    found = attack(question_table(rows)).set_index(["segment", "item"])
    assert found.loc[("a", "x"), ["low", "high"]].tolist() == [5, 5]


def test_top_box_is_the_upper_end_of_the_scale_where_other_values_would_do_as_well():
    """Two to four are sixteen people as four and five are; rounded means leave a's two numbers, not three."""
    rows = [("all", "", "respondents", 18), ("a", "", "respondents", 12), ("b", "", "respondents", 6)]
    rows += [("all", str(value), "count", count) for value, count in zip(range(1, 6), (1, 1, 0, 15, 1), strict=True)]
    rows += [("all", "", "top_box_count", 16), ("a", "", "mean", 4.0), ("b", "", "mean", 3.5)]
    rows += [(segment, "", "top_box_count", None) for segment in "ab"]
    table = question_table(rows).assign(method="mean rounded to 0.5, so that")
    found = attack(table).set_index("segment")
    assert found.loc["a", ["low", "high"]].tolist() == [11, 12]
    assert found.loc["b", ["low", "high"]].tolist() == [4, 5]
