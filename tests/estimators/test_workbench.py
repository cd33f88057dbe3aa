"""What analysts call: the same numbers as plain pandas, any breakdown, own functions, and the page about it."""

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from measure_tables import ROOT

import analysis_utils
from analysis_utils import (
    agreement,
    changes,
    compare_groups,
    counting_rules,
    estimate,
    if_alike,
    open_round,
    pair_tests,
    publish,
    rank_sets,
)
from analysis_utils.errors import DataError
from analysis_utils.estimators.intervals import wilson

PAGE = (ROOT / "docs" / "workbench.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def round_():
    return open_round("fachdialog-1", data=ROOT / "data")


@pytest.fixture(scope="module")
def points(round_):
    return round_.points()


def test_every_example_of_the_page_runs(monkeypatch, built_round, tmp_path):
    monkeypatch.setenv("FACHDIALOG_DATA", str(built_round.raw.parents[1]))
    monkeypatch.setenv("FACHDIALOG_REPORTS", str(tmp_path))
    space: dict = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL):
        exec(compile(block, "docs/workbench.md", "exec"), space)


def test_page_names_every_public_name_and_no_name_is_that_of_a_module():
    assert all(f"{name}(" in PAGE or f"`{name}`" in PAGE for name in analysis_utils.__all__)
    package = ROOT / "src" / "analysis_utils"
    assert not {path.stem for path in package.rglob("*.py")} & set(analysis_utils.__all__)


def test_import_loads_neither_pandas_nor_scipy():
    told = "import analysis_utils, sys; print([name for name in ('pandas', 'scipy', 'numpy') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert set(analysis_utils.__all__) <= set(dir(analysis_utils))


def test_mean_is_the_mean_of_pandas(points):
    rows = estimate(points, "mean")
    assert rows["estimate"].tolist() == pytest.approx(points.mean().tolist(), abs=1e-11)
    assert rows["item"].tolist() == list(points.columns)
    assert (rows["low"].fillna(0) <= rows["estimate"]).all() and (rows["n"] == len(points)).all()


def test_scale_and_choice_are_those_of_pandas(round_):
    scale, groups = round_.scale("fokussierung"), round_.choice("teilnehmergruppe")
    found = estimate(scale, ["mean", "median", "top_box"]).set_index("statistic")["estimate"]
    expected = {"mean": scale.mean(), "median": scale.median(), "top_box_share": scale.between(7, 10).mean()}
    assert found.to_dict() == pytest.approx(expected)
    shares = estimate(groups, "share").set_index("item")["estimate"]
    said = groups.value_counts(normalize=True).reindex(shares.index).fillna(0)
    assert shares.to_dict() == pytest.approx(said.to_dict())


def test_repr_says_what_the_round_holds(round_, points):
    assert f"n = {len(points)}" in repr(round_) and ".points('fokusbereiche')" in repr(round_)


def test_people_have_the_same_number_in_every_frame(round_, points):
    groups = round_.groups()
    assert points.index.name == "person" and points.index.isin(groups.index).all() and groups.index.is_unique


def test_breakdown_keeps_everybody_and_gives_each_class_its_own_mean(round_, points):
    scale = round_.scale("fokussierung")
    rows = estimate(points, "mean", by=(scale >= 8).rename("hoch"))
    first = rows[rows["item"] == points.columns[0]].set_index("segment")
    assert first["n"].sum() == len(points)
    high = points[scale.reindex(points.index) >= 8]
    assert first.loc["hoch:True", "estimate"] == pytest.approx(high.iloc[:, 0].mean())
    if scale.reindex(points.index).isna().any():
        assert "hoch:ohne_angabe" in first.index


def test_person_without_a_value_is_a_class_of_its_own():
    points = pd.DataFrame({"a": [10.0, 20, 60], "b": [90.0, 80, 40]}, index=[1, 2, 3])
    rows = estimate(points, "mean", by=pd.Series({1: "x", 2: "x"}, name="rolle"))
    found = rows[rows["item"] == "a"].set_index("segment")["estimate"].to_dict()
    assert found == {"rolle:x": 15.0, "rolle:ohne_angabe": 60.0}


def test_own_function_has_its_value_and_an_interval(points):
    rows = estimate(points, lambda v: np.quantile(v, 0.9))
    assert rows["estimate"].tolist() == pytest.approx(points.quantile(0.9).tolist())
    assert (rows["status"] == "own").all() and rows["low"].notna().all()


def test_equal_weights_are_the_mean_of_group_means(round_, points):
    weights = round_.equal_groups("fokusbereiche")
    shown = round_.segments("fokusbereiche").reindex(points.index).astype(object)
    own = points.groupby(shown.where(shown != "ohne_angabe")).mean().mean()
    rows = estimate(points, "mean", weights=weights)
    assert rows["estimate"].tolist() == pytest.approx(own.tolist())
    assert (rows["segment"] == "equal_groups").all()
    by_rule = counting_rules(points, equal_groups=weights)
    assert "rank_by_equal_groups" in set(by_rule["statistic"])


def test_leaving_out_a_person_changes_the_mean_and_nothing_else(points):
    left = estimate(points.drop(index=points.index[4]), "mean")
    assert left["estimate"].tolist() == pytest.approx(points.drop(index=points.index[4]).mean().tolist())
    assert left.attrs["recipe"]["who"] != estimate(points, "mean").attrs["recipe"]["who"]


def test_unknown_statistic_names_those_there_are(points):
    with pytest.raises(DataError, match="share_giving"):
        estimate(points, "top_box")
    with pytest.raises(DataError, match="points"):
        rank_sets(points.iloc[:, 0])


def test_sets_pairs_and_rules_of_nobody_are_empty(points):
    nobody = points.iloc[:0]
    for function in (rank_sets, pair_tests, counting_rules, lambda x: estimate(x, "mean")):
        assert function(nobody).empty


def test_groups_that_differ_are_told_apart():
    scale = pd.Series([1.0] * 8 + [9.0] * 8, index=range(16), name="s")
    found = compare_groups(scale, pd.Series(["x"] * 8 + ["y"] * 8)).set_index("statistic")["estimate"]
    assert found["kruskal_wallis_p"] == pytest.approx(found["kruskal_wallis_p_smallest"], rel=1e-9)
    assert found["kruskal_wallis_p"] < 0.001
    assert found["cliffs_delta"] == -1


def test_rankings_agree_as_kendalls_w_says():
    same = pd.DataFrame([[1, 2, 3, 4]] * 3, columns=list("abcd"))
    found = agreement(same).set_index("statistic")["estimate"]
    assert found["kendall_w"] == 1 and found["kendall_w_p"] == pytest.approx(1 / 24**2)


def test_a_round_differs_from_a_later_one_by_the_difference_of_means(tmp_path):
    from two_open_rounds import two_rounds

    before, after = two_rounds(tmp_path)
    rows = changes(before, after)
    found = rows[rows["statistic"] == "change_mean"]["estimate"].iloc[0]
    assert found == pytest.approx(after.scale("s").mean() - before.scale("s").mean())


def test_copied_ballots_count_as_often_as_their_originals():
    rng = np.random.default_rng(3)
    originals = pd.DataFrame(rng.multinomial(10, [0.4, 0.3, 0.2, 0.1], 40) * 10.0, columns=list("abcd"))
    copies = originals.loc[originals.index.repeat(4)].reset_index(drop=True)
    delegation = pd.Series(np.repeat(np.arange(40), 4))
    alike = if_alike(copies, delegation).set_index(["statistic", "item"])
    assert alike.loc[("alike_effective_n", ""), "estimate"] == pytest.approx(40)
    usual = estimate(originals, "mean").set_index("item")
    for item in "abcd":
        widened, own = alike.loc[("alike_mean_points", item)], usual.loc[item]
        assert widened["high"] - widened["low"] == pytest.approx(own["high"] - own["low"], rel=0.1)
    sets = rank_sets(originals)
    expected = sets[sets["statistic"] == "rank"].set_index("item")[["low", "high"]]
    assert (alike.loc["alike_rank"][["low", "high"]] == expected).all(axis=None)
    assert if_alike(copies, delegation, "observed").iloc[0]["estimate"] == pytest.approx(40, rel=0.01)
    drawn = if_alike(copies, delegation, "resampled").set_index(["statistic", "item"])
    assert drawn.loc[("alike_effective_n", ""), "estimate"] == pytest.approx(40, rel=0.1)
    for item in "abcd":
        again, own = drawn.loc[("alike_mean_points", item)], usual.loc[item]
        assert again["high"] - again["low"] == pytest.approx(own["high"] - own["low"], rel=0.15)


def test_groups_too_few_to_be_drawn_again_give_no_number():
    points = pd.DataFrame(np.random.default_rng(1).multinomial(10, [0.5, 0.5], 30) * 10.0, columns=list("ab"))
    (row,) = if_alike(points, pd.Series(np.arange(30) % 9), "resampled").to_dict("records")
    assert np.isnan(row["estimate"]) and row["method"].startswith("not computed: fewer than 10 groups")


def test_shares_if_alike_are_those_of_so_many_fewer_people():
    chosen = pd.Series(["a"] * 12 + ["b"] * 8, name="q")
    rows = if_alike(chosen, pd.Series(np.arange(20) // 2)).set_index(["statistic", "item"])
    assert rows.loc[("alike_effective_n", ""), "estimate"] == 10
    found = rows.loc[("alike_share", "a")]
    assert (found["estimate"], found["low"], found["high"]) == pytest.approx((0.6, *wilson(6, 10)))
    assert set(rows.loc["alike_tier", "estimate"]) == {1}


def test_test_that_does_not_fit_its_answers_is_refused_by_name():
    chosen = pd.Series(["a", "b"] * 5, name="q")
    with pytest.raises(DataError, match="saw kruskal_wallis, choice"):
        compare_groups(chosen, pd.Series(np.arange(10) % 2), "kruskal_wallis")


def test_intervals_if_alike_stay_within_what_can_be_answered():
    points = pd.DataFrame({"a": [100.0] * 9 + [0, 50] * 6, "b": [0.0] * 9 + [100, 50] * 6})
    points.attrs["total"] = 100
    rows = if_alike(points, pd.Series(np.arange(21) % 3))
    ends = rows[rows["statistic"] == "alike_mean_points"][["low", "high"]].to_numpy()
    assert ends.min() >= 0 and ends.max() <= 100 and (ends[:, 0] < ends[:, 1]).all()


def test_people_without_a_group_answered_alone():
    scale = pd.Series(np.arange(20.0) % 5, name="s")
    rows = if_alike(scale, pd.Series(dtype=object))
    assert rows.iloc[0]["estimate"] == 20
    assert rows.iloc[1][["low", "high"]].tolist() == estimate(scale, "mean").iloc[0][["low", "high"]].tolist()


def test_unequal_delegations_have_kishs_effective_number():
    scale = pd.Series([1.0, 2, 3, 4, 5, 1, 2, 3], name="s")
    groups = pd.Series(["x"] * 5 + ["y"] * 2)  # sizes 5, 2 and one alone: m = (25 + 4 + 1) / 8
    assert if_alike(scale, groups, correlation=0.5).iloc[0]["estimate"] == pytest.approx(8 / (1 + (30 / 8 - 1) * 0.5))


def test_jupyterlab_shows_a_red_line_above_frames_that_did_not_go_through_publish():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        opened = open_round("fachdialog-1", data=ROOT / "data")
        frame = opened.points()
        shown = shell.display_formatter.format
        assert f"Vertraulich: {len(frame)} Personen. Einzelne Antworten" in shown(frame)[0]["text/html"]
        assert "Vertraulich: 1 Person." in shown(frame.head(1))[0]["text/html"]
        assert "Vertraulich: " in shown(opened.scale("fokussierung"))[0]["text/html"]
        assert "Noch nicht durch publish gegangen" in shown(estimate(frame, "mean"))[0]["text/html"]
        assert "Vertraulich" not in shown(publish(estimate(frame, "mean")))[0]["text/html"]
        assert "Vertraulich" not in shown(pd.DataFrame({"a": [1]}))[0]["text/html"]
    finally:
        InteractiveShell.clear_instance()
