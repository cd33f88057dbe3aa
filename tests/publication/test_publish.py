"""What `publish` lets out of a notebook: looked up or computed anew, decided by how many people there are."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis_utils import compare_groups, dots, estimate, open_round, publish, rank_sets
from analysis_utils.errors import DataError
from analysis_utils.gate import RECORD
from analysis_utils.gate.ledger import ledger_path
from analysis_utils.gate.publication import Asked, Told, read_told, write_decisions
from analysis_utils.gate.releases import CUTS, People, no_rules, record_release, write_people
from analysis_utils.rounds import ASKED
from analysis_utils.tables import read_table, write_table

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "fokusbereiche"
KNOWN = frozenset({"probe", "anders", "nach_"})
"""Texts that stand in the notebooks."""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("publish") / "data"
    shutil.copytree(ROOT / "data" / "raw" / "fachdialog-1", folder / "raw" / "fachdialog-1")
    shutil.copyfile(ROOT / "data" / "codebook.yml", folder / "codebook.yml")
    return folder


@pytest.fixture
def round_(data, shared):
    """Opened anew, so that what a test asked for is not asked before another."""
    opened = open_round("fachdialog-1", data=data)
    opened.__dict__["tables"], opened.__dict__["published"] = shared.tables, shared.published
    return opened


@pytest.fixture(scope="module")
def shared(data):
    return open_round("fachdialog-1", data=data)


@pytest.fixture
def points(round_):
    return round_.points()


def halves(points: pd.DataFrame, seed: int) -> pd.Series:
    drawn = np.random.default_rng(seed).permutation(len(points)) < len(points) // 2
    return pd.Series(drawn, index=points.index, name="half")


def test_rows_are_those_of_the_table_in_its_order(round_, points):
    rows = publish(rank_sets(points), estimate(points, "mean"))
    table = round_.published
    wanted = table["statistic"].isin(["mean_points", "rank", "tier", "could_be_top3", "p_top3"])
    expected = table[wanted & (table["question"] == QUESTION) & (table["segment"] == "all")]
    pd.testing.assert_frame_equal(rows, expected.reset_index(drop=True))
    means = rows[rows["statistic"] == "mean_points"].set_index("item")["estimate"]
    assert means.to_dict() == pytest.approx(points.mean().to_dict())


REFUSED = {
    "left out": (lambda p, f: estimate(p.drop(index=p.index[4]), "mean"), "28 people instead of 29"),
    "changed": (lambda p, f: estimate(p * 2, "mean"), "another number for mean_points"),
    "own function": (lambda p, f: estimate(p, np.ptp), r"a function of your own \(ptp\)"),
    "own weights": (lambda p, f: estimate(p, "mean", weights=f.rename("w")), r"weights of your own \(w\)"),
    "edited": (lambda p, f: estimate(p, "mean").assign(estimate=1.0), "another number"),
    "by hand": (lambda p, f: pd.DataFrame({"estimate": [1.0]}), "a frame without a recipe"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_nobody_could_compute_from_the_round_is_refused(name, round_, points):
    make, told = REFUSED[name]
    with pytest.raises(DataError, match=told):
        publish(make(points, round_.scale("fokussierung")))


def test_breakdown_of_ones_own_needs_a_name_and_is_computed_anew(round_, points):
    high = halves(points, 1)
    frame = estimate(points, ["mean", "median"], by=high)
    with pytest.raises(DataError, match="a name for a breakdown of your own"):
        publish(frame)
    rows = publish(frame, name="probe")
    for label in ("True", "False"):
        own = rows[rows["segment"] == f"probe:{label}"].set_index("statistic")
        means = own.loc["mean_points"].set_index("item")["estimate"]
        assert means.to_dict() == pytest.approx(points[high == (label == "True")].mean().to_dict())
        assert set(own.loc[["median_points"], "status"]) == {"suppressed_undeclared"}
    with pytest.raises(DataError, match="another number"):
        publish(estimate(points + 1, "mean", by=high), name="probe")
    with pytest.raises(DataError, match="everybody in one"):
        publish(estimate(points, "mean", by=high | True), name="alle")


def test_test_of_ones_own_classes_is_made_of_what_is_shown_of_them(round_):
    scale = round_.scale("fokussierung")
    by = halves(scale, 1).map({True: "a", False: "b"}).rename("half")
    rows = publish(estimate(scale, "class_count", by=by), compare_groups(scale, by), name="probe")
    told = rows[rows["segment"] == "probe:verglichen"].set_index("statistic")
    starts = [low for low, _ in round_.question("fokussierung").scale.shown_classes()]
    classes = pd.Series(np.searchsorted(starts, scale, side="right").astype(float), index=scale.index, name="c")
    expected = compare_groups(classes, by).set_index("statistic")
    assert set(told.index) == {"kruskal_wallis_p", "kruskal_wallis_p_smallest", "cliffs_delta"}
    for name in told.index:
        assert told.loc[name, "estimate"] == pytest.approx(expected.loc[name, "estimate"])
    assert "not planned beforehand" in told.loc["kruskal_wallis_p", "method"]


def test_test_of_classes_too_small_to_show_says_why(round_, points):
    few = pd.Series(["a"] * 3 + ["b"] * 26, index=points.index, name="x")
    rows = publish(compare_groups(points, few), name="x")
    [row] = rows[rows["segment"] == "x:verglichen"].to_dict("records")
    assert (row["statistic"], row["status"]) == ("points_permutation_p", "suppressed_small_base")
    assert np.isnan(row["estimate"])


def test_unplanned_test_of_the_groups_of_the_round_says_where_to_plan_it(round_):
    scale = round_.scale("fokussierung")
    with pytest.raises(DataError, match=r"segment_tests in round\.yml"):
        publish(compare_groups(scale, round_.segments("fokussierung"), "fisher_freeman_halton"))


def test_small_classes_join_others_visibly(round_, points):
    few = pd.Series(["a"] * 3 + ["b"] * 5 + ["c"] * 21, index=points.index, name="x")
    rows = publish(estimate(points, "mean", by=few), name="x")
    told = rows.groupby("segment")["status"].agg(lambda status: sorted(set(status)))
    assert told.to_dict() == {
        "x:uebrige": ["published"],
        "x:c": ["published"],
        "x:a": ["suppressed_small_base"],
        "x:b": ["suppressed_small_base"],
    }
    alone = few.where(few.index != points.index[0], "allein").replace({"a": "c", "b": "c"})
    assert publish(estimate(points, "mean", by=alone), name="y")["estimate"].isna().all()
    missing = few.replace({"b": np.nan, "a": "b"})
    assert "z:ohne_angabe" in set(publish(estimate(points, "mean", by=missing), name="z")["segment"])


def test_what_was_asked_first_is_drawn(round_, points):
    rows = publish(estimate(points, ["median", "upper_quartile", "lower_quartile"]))
    assert "Median der Punkte" in dots(rows).subtitle and "Quartil" not in dots(rows).subtitle
    assert "Median der Punkte" in dots(rows[rows["item"] != "andere"]).subtitle


def test_values_that_few_gave_are_not_named(round_, points):
    rows = publish(estimate(round_.scale("fokussierung"), "top_box", by=points["industrieparks"]), name="werte")
    assert {name for name in rows["segment"] if name.split(":")[1].lstrip("-").replace(".", "").isdigit()} <= {
        f"werte:{value}" for value, n in points["industrieparks"].value_counts().items() if n >= 8
    }


def test_participant_groups_are_not_broken_down_the_other_way_round(round_, points):
    groups = round_.choice("teilnehmergruppe")
    with pytest.raises(DataError, match="small groups are merged there"):
        publish(estimate(groups, "share", by=halves(points, 1)), name="gruppen")


def test_classes_of_all_cuts_together_tell_few_people_apart_nowhere(round_, points):
    """Pairs of classes, also of the standard cut, differ by nobody or by as many as the rule asks."""
    base = round_.file.disclosure.minimum_base
    cut = round_.segments(QUESTION).loc[points.index]
    shown = [set(cut.index[cut == label]) for label in cut.cat.categories]
    for seed in range(12):
        rows = publish(estimate(points, "mean", by=halves(points, seed)), name=f"s{seed}")
        own = set(rows[rows["status"] == "published"]["segment"])
        placed = halves(points, seed)
        shown += [set(placed.index[placed.astype(str) == segment.split(":")[1]]) for segment in own]
    for a, b in combinations(shown, 2):
        assert len(a ^ b) == 0 or len(a ^ b) >= base
    statuses = {status for one in round_.asked for status in publish(
        estimate(points, "mean", by=halves(points, int(one[0][1:]))), name=one[0])["status"]}  # fmt: skip
    assert "suppressed_too_many_cuts" in statuses or "suppressed_complementary" in statuses


def test_crossed_classes_and_another_questions_answer(round_, points):
    high = (round_.scale("fokussierung") >= 8).rename("hoch")
    rows = publish(estimate(points, "mean", by=[high, round_.segments(QUESTION).astype(object)]), name="kreuz")
    assert all(" × " in name for name in rows["segment"] if not name.endswith("uebrige"))
    respondents = rows[rows["statistic"] == "respondents"]["estimate"]
    assert respondents.empty or respondents.sum() == len(points)


@pytest.fixture
def processed(round_, shared, tmp_path):
    """The round with its tables written, as ingest leaves them."""
    placed = replace(round_, processed=tmp_path / "processed" / round_.name)
    placed.processed.mkdir(parents=True)
    write_people(People(*shared.tables, no_rules()), placed.processed)
    write_table(shared.published, "estimates", placed.table("estimates"))
    (placed.processed / RECORD).write_text("# Protokoll\n", encoding="utf-8")
    return placed


def asked(points: pd.DataFrame, name: str = "probe", notebook: str = "12_eigenes", seed: int = 1) -> Told:
    classes = {int(person): str(value) for person, value in halves(points, seed).items()}
    one = Asked(name, QUESTION, ["mean_points"], classes, ["False", "True", "ohne_angabe"], notebook, 3)
    return Told(notebook, [one], {(QUESTION, "all", "mean_points"): 2}, [])


def test_rows_of_all_notebooks_stand_behind_the_others_and_the_record_names_the_cell(processed, points, shared):
    write_decisions(processed, [asked(points)], KNOWN)
    table = read_table("estimates", processed.table("estimates"))
    before = len(shared.published)
    pd.testing.assert_frame_equal(table.head(before), shared.published)
    assert set(table["segment"].iloc[before:]) == {"probe:True", "probe:False"}
    record = (processed.processed / RECORD).read_text(encoding="utf-8")
    assert "probe, fokusbereiche (12_eigenes, Zelle 3)" in record
    assert "12_eigenes, Zelle 2: fokusbereiche/all/mean_points" in record
    assert set(json.loads((processed.processed / CUTS).read_text())) == {"probe"}


def test_two_notebooks_may_not_mean_different_classes_by_one_name(processed, points):
    with pytest.raises(DataError, match="12_eigenes and 13_anderes"):
        write_decisions(processed, [asked(points), asked(points, notebook="13_anderes", seed=2)], KNOWN)


def test_class_names_come_from_the_notebook_or_the_round(processed, points):
    told = asked(points)
    classes = {person: f"Förderung braucht {label}" for person, label in told.asked[0].classes.items()}
    order = sorted(set(classes.values()))
    told = replace(told, asked=[replace(told.asked[0], classes=classes, order=[*order, "ohne_angabe"])])
    with pytest.raises(DataError, match="12_eigenes: expected classes") as fault:
        write_decisions(processed, [told], KNOWN)
    assert "Förderung" not in str(fault.value)
    write_decisions(processed, [told], KNOWN | frozenset(order))


def test_names_of_breakdowns_stand_in_the_notebook(processed, points):
    write_decisions(processed, [asked(points, f"nach_{QUESTION}")], KNOWN)
    with pytest.raises(
        DataError, match="12_eigenes: expected a name of a breakdown that stands in the notebook"
    ) as fault:
        write_decisions(processed, [asked(points, "foerderung_braucht_mut")], KNOWN)
    assert "mut" not in str(fault.value)


def test_breakdown_of_a_released_version_counts_as_out(processed, points):
    write_decisions(processed, [asked(points)], KNOWN)
    moved = asked(points, "anders").asked[0]
    first = int(points.index[0])
    moved.classes[first] = "True" if moved.classes[first] == "False" else "False"
    try:
        record_release(processed, basis="x", date="2026-11-30")
        (processed.processed / CUTS).unlink()
        write_decisions(processed, [Told("13_anderes", [moved], {}, [])], KNOWN)
    finally:
        shutil.rmtree(ledger_path(processed).parent)
    table = read_table("estimates", processed.table("estimates"))
    assert table[table["segment"].str.startswith("anders:")]["estimate"].isna().all()


def test_under_the_runner_a_notebook_leaves_what_it_asked_for(round_, points, tmp_path, monkeypatch):
    monkeypatch.setenv(ASKED, str(tmp_path / "asked"))
    publish(estimate(points, "mean"))
    publish(estimate(points, "mean", by=halves(points, 1)), name="probe")
    told = read_told(tmp_path / "asked", round_.name, "12_eigenes", {})
    assert [(one.name, one.question, one.statistics) for one in told.asked] == [("probe", QUESTION, ["mean_points"])]
    assert told.asked[0].classes == {int(k): str(v) for k, v in halves(points, 1).items()}
    assert (QUESTION, "all", "mean_points") in told.cells
    assert (tmp_path / "asked").stat().st_mode & 0o077 == 0
