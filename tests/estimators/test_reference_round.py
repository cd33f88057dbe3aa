"""The reference cases as one round on disk: from an export as Mentimeter writes it to the numbers in estimates.csv."""

import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from measure_tables import AREAS, CODEBOOK, ROOT, golden, golden_data, pick

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ingest"))
from exports import Deck, Slide, sheets, write_xlsx

from analysis_utils.clean.survey import ingest_survey, write_survey
from analysis_utils.gate.estimates import write_estimates
from analysis_utils.notes.group_notes import ingest_group_notes, write_group_notes
from analysis_utils.rounds import open_round
from analysis_utils.rounds.round_file import NOTES
from analysis_utils.tables import read_table

BALLOTS = golden_data("g02")
SCALES = {name.lower(): case for name, case in golden("g09")["cases"].items() if name.startswith("deck_Q")}
"""Scales as polled in a room; the other cases have a thousand people or other numbers of values."""
ORDERS = golden_data("g05").set_index("area")[["group1", "group2", "group3"]]


@pytest.fixture(scope="module")
def estimates(tmp_path_factory):
    """estimates.csv of the round, read back."""
    folder = tmp_path_factory.mktemp("reference")
    raw = folder / "raw" / "reference"
    raw.mkdir(parents=True)
    (folder / "codebook.yml").write_text((ROOT / "data" / "codebook.yml").read_text(encoding="utf-8"), encoding="utf-8")
    labels = {code.id: code.label_de for code in CODEBOOK.focus_areas}
    slides = [_points_slide(labels), *(_scale_slide(name, case["counts"]) for name, case in SCALES.items())]
    (raw / "round.yml").write_text(yaml.safe_dump(_round_file(labels), allow_unicode=True), encoding="utf-8")
    write_xlsx(raw / "poll.xlsx", sheets(Deck(tuple(slides), voters=max(case["n"] for case in SCALES.values()))))
    round_ = open_round("reference", data=folder, reports=folder / "reports")
    write_survey(round_, ingest_survey(round_))
    write_group_notes(ingest_group_notes(round_))
    write_estimates(round_)
    return read_table("estimates", round_.table("estimates"))


def _points_slide(labels):
    ballots = BALLOTS[AREAS].to_numpy().tolist()
    given = {
        voter: {labels[area]: points for area, points in zip(AREAS, ballot, strict=True)}
        for voter, ballot in enumerate(ballots, 1)
    }
    return Slide("100 points", "Which area?", tuple(labels[area] for area in AREAS), given)


def _scale_slide(name, counts):
    values = [value for value, count in enumerate(counts, 1) for _ in range(count)]
    return Slide("scales", name, ("agree",), {voter: {"agree": value} for voter, value in enumerate(values, 1)})


def _round_file(labels):
    scale = {"low": 1, "high": 10, "low_label": "no", "high_label": "yes"}
    questions = [{"id": name, "wording": name, "label": name, "type": "scale", "scale": scale} for name in SCALES]
    points = {"id": "points", "wording": "Which area?", "label": "Areas", "type": "points", "role": "priority"}
    groups = [{"id": name, "label": name, "order": _steps(ORDERS[name])} for name in ORDERS]
    content = {"title": "t", "date": "2025-11-12", "provenance": "original", "export": "poll.xlsx"}
    questions.append(points | {"options": {labels[area]: area for area in AREAS}})
    return content | {"questions": questions, "notes": {"provenance": "original", "groups": groups}}


def _steps(ranks: pd.Series):
    steps = [sorted(areas.index) for _, areas in ranks.groupby(ranks, sort=True)]
    return [step if len(step) > 1 else step[0] for step in steps]


@pytest.mark.parametrize("area", AREAS)
def test_points_ranks_and_other_rules_reach_the_table_as_r_has_them(estimates, area):
    means, ranks, rules = golden("g02")["results"]["points"][area], golden("g03")["own_points"], golden("g10")["own"]
    mean, percentile = (pick(estimates, name, item=area) for name in ("mean_points", "mean_points_percentile"))
    assert (mean["estimate"], mean["n"]) == (pytest.approx(means["mean"], abs=1e-9), 29)
    if area != "andere":  # four givers: no interval of the mean
        low, high = means["bca_mid_exact"]
        if pick(estimates, "givers", item=area)["estimate"] < 15:  # wider, since so few carry the spread
            assert mean["low"] < low and high < mean["high"] and "Student" in mean["method"]
        else:
            assert (mean["low"], mean["high"]) == pytest.approx((low, high), abs=1e-9)
        assert (percentile["low"], percentile["high"]) == pytest.approx(means["percentile_exact"], abs=1e-9)
    place, sets = ranks["options"].index(area), ranks["simultaneous95"]
    rank = pick(estimates, "rank", item=area)
    assert (rank["estimate"], rank["low"], rank["high"]) == (
        ranks["rank_min"][place],
        sets["L"][place],
        sets["U"][place],
    )
    for statistic, name in (
        ("share_giving_points", "share_positive"),
        ("trimmed_mean_points", "trimmed10_mean"),
        ("borda", "borda_midrank"),
        ("plurality", "fractional_plurality"),
        ("copeland", "copeland_half"),
        ("median_points", "median"),
    ):
        assert pick(estimates, statistic, item=area)["estimate"] == pytest.approx(rules[name][area], abs=1e-9)
    left_out = pick(estimates, "rank_leave_one_out", item=area)
    assert (left_out["low"], left_out["high"]) == (rules["loo_rank_min"][area], rules["loo_rank_max"][area])


@pytest.mark.parametrize("name", list(SCALES))
def test_scales_reach_the_table_as_r_has_them(estimates, name):
    for statistic, key in (("mean", "mean"), ("median", "median"), ("iqr", "iqr7"), ("consensus", "consensus_tw"),
                           ("agreement_a", "agreement_vdE"), ("top_box_share", "top4_share")):  # fmt: skip
        found = pick(estimates, statistic, question=name)
        assert (found["estimate"], found["n"]) == (pytest.approx(SCALES[name][key], abs=1e-9), SCALES[name]["n"])


def test_groups_that_stated_an_order_and_left_no_notes_are_compared(estimates):
    expected = golden("g05")["own_three_groups"]
    assert pick(estimates, "kendall_w", question=NOTES)["estimate"] == pytest.approx(expected["formula"]["W"], abs=1e-9)
    p = pick(estimates, "kendall_w_p", question=NOTES)
    assert (p["estimate"], p["n"]) == (pytest.approx(expected["p_exact_permutation"], abs=1e-9), 6)
    for group, pair in zip(ORDERS, expected["tau_b_vs_survey"], strict=True):
        tau, p = (pick(estimates, name, question=NOTES, segment=group) for name in ("group_tau_b", "group_tau_b_p"))
        assert tau["estimate"] == pytest.approx(pair["tau_b"], abs=1e-9)
        assert p["estimate"] == pytest.approx(pair["p_exact_two_sided"], abs=1e-9)
