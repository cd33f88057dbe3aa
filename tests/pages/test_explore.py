"""The panel for analysts: choices follow each other; what the rule holds back shows only where it is switched off."""

import html
import re
import shutil
from pathlib import Path

import pytest

from analysis_utils.charts.explore import Explorer
from analysis_utils.errors import DataError
from analysis_utils.gate.estimates import ungated_segments
from analysis_utils.rounds import Round, open_round
from analysis_utils.tables import read_table, validate

SMALL = "kammern"  # one person in the reconstructed round


@pytest.fixture(scope="module")
def data(built_round: Round, tmp_path_factory) -> Path:
    """The finished round, and one without estimates beside it."""
    folder = tmp_path_factory.mktemp("explore") / "data"
    for place in (built_round.raw, built_round.processed):  # another round may be set up beside them
        shutil.copytree(place, folder / place.relative_to(built_round.raw.parents[1]))
    shutil.copy(built_round.raw.parents[1] / "codebook.yml", folder)
    shutil.copytree(built_round.raw, folder / "raw" / "fachdialog-0")
    return folder


@pytest.fixture
def panel(data: Path) -> Explorer:
    return Explorer("fachdialog-1", ungated=ungated_segments, data=data)


def choose(panel: Explorer, **choices: object) -> str:
    """Make choices in order; what the panel then shows as one text."""
    for name, value in choices.items():
        getattr(panel, name).value = value
    return " ".join(re.sub("<[^>]*>", " ", str(output["data"])) for output in panel.out.outputs)


def test_opens_at_the_priorities_of_an_evaluated_round(panel):
    assert [name for _, name in panel.round.options] == ["fachdialog-1"]
    assert (panel.question.value, panel.statistic.value, panel.segment.value) == ("fokusbereiche", "mean_points", "all")
    shown = choose(panel)
    assert "23,1" in shown and "Rekonstruierte Daten" in shown and not panel.banner.value


def test_choices_follow_each_other_and_keep_what_is_still_there(panel):
    choose(panel, statistic="rank", segment="politik_verwaltung", question="identifikation")
    assert panel.statistic.value == "count" and panel.segment.value == "all"
    choose(panel, statistic="top_box_share", segment="politik_verwaltung", question="voranbringen")
    assert panel.statistic.value == "top_box_share" and panel.segment.value == "politik_verwaltung"
    choose(panel, weighting="equal_groups")
    assert panel.segment.value == "all" and panel.segment.disabled
    assert "gesamt" in choose(panel)
    assert "Erfundene Notizen" in choose(panel, question="gruppennotizen")


def test_with_the_rule_on_a_withheld_value_is_a_mark_with_its_reason(panel):
    shown = choose(panel, segment=SMALL)
    assert "zurückgehalten" in shown and "schützt einzelne Antworten" in shown and "vertraulich" not in shown
    assert not re.search(r"\d,\d", shown.split("Auswahl")[-1])


def test_with_the_rule_off_each_group_is_as_counted_and_marked_as_confidential(panel, data):
    shown = choose(panel, segment=SMALL, rule=False)
    assert "Vertraulich, nicht weitergeben" in panel.banner.value and 'role="alert"' in panel.banner.value
    round_ = open_round("fachdialog-1", data=data)
    answers, voters = (read_table(name, round_.table(name)) for name in ("answers", "voters"))
    own = voters[voters["segment"] == SMALL]["voter"]
    ballot = answers[(answers["question"] == "fokusbereiche") & answers["voter"].isin(own)]
    told = re.findall(r"(\d+),0\s+–\s+1\s+vertraulich: schützt einzelne Antworten", shown)
    assert sorted(map(int, told)) == sorted(ballot["value"].astype(int))
    assert "vertraulich" not in choose(panel, segment="all")
    assert "vertraulich" not in choose(panel, segment=SMALL, rule=True) and not panel.banner.value


def test_with_the_rule_off_all_groups_stand_beside_each_other_the_largest_first(panel):
    shown = choose(panel, question="fokussierung", statistic="mean", rule=False)
    assert panel.segment.value == "*" and dict(panel.segment.options)["alle Gruppen nebeneinander"] == "*"
    means = [float(one.replace(",", ".")) for one in re.findall(r"gesamt\s+(\d+,\d)", shown.split("Auswahl")[-1])]
    assert len(means) >= 4 and means == sorted(means, reverse=True)
    assert shown.count("vertraulich: ") > 1


CHOICES = [
    {"statistic": "median_points"},
    {"question": "fokussierung", "statistic": "top_box_share", "segment": "politik_verwaltung"},
    {"statistic": "mean_points", "weighting": "equal_groups"},
    {"question": "teilnehmergruppe", "statistic": "count"},
    {"question": "gruppennotizen"},
    {"question": "fokussierung", "statistic": "mean", "rule": False, "segment": SMALL},
]


@pytest.mark.parametrize("choices", CHOICES)
def test_code_below_gives_the_numbers_above(panel, data, monkeypatch, choices):
    shown = choose(panel, **choices)
    copied = html.unescape(re.search('data-code="(.*?)" ', panel.code.value, re.DOTALL)[1])
    monkeypatch.setenv("FACHDIALOG_DATA", str(data))
    space: dict = {}
    exec(copied, space)
    rows = space["zeilen"]
    rows = rows[rows["statistic"] == panel.statistic.value]
    wanted = panel._opened().rows(
        panel.question.value, panel.statistic.value, panel.weighting.value or panel.segment.value
    )
    assert wanted and shown
    numbers = {(one.row.key.split("/")[2], one.row.item): one.row.estimate for one in wanted}
    found = {(row.segment, row.item): row.estimate for row in rows.itertuples()}
    assert {key: found[key] for key in numbers} == {key: pytest.approx(value) for key, value in numbers.items()}


def test_nothing_shown_is_an_output_that_a_notebook_saves(panel):
    choose(panel, segment=SMALL, rule=False)
    saved = str(panel.box._repr_mimebundle_())
    assert "vertraulich" not in saved and "plotly" not in saved and "mittlere Punkte" not in saved


def test_without_private_tables_or_without_the_function_the_rule_stays_on(data, tmp_path):
    assert Explorer("fachdialog-1", data=data).rule.disabled
    public = shutil.copytree(data, tmp_path / "data", ignore=shutil.ignore_patterns("*.parquet"))
    panel = Explorer("fachdialog-1", ungated=ungated_segments, data=public)
    assert panel.rule.disabled and panel.rule.value
    with pytest.raises(DataError):
        ungated_segments(open_round("fachdialog-1", data=public))


def test_what_the_gate_has_not_seen_cannot_be_written_as_estimates(data):
    frame = ungated_segments(open_round("fachdialog-1", data=data))
    assert SMALL in set(frame["segment"]) and "uebrige" not in set(frame["segment"])
    with pytest.raises(DataError, match="status"):
        validate(frame, "estimates", where="estimates")


def test_without_an_evaluated_round_the_panel_says_what_to_do(data, tmp_path):
    empty = tmp_path / "data"
    shutil.copytree(data / "raw" / "fachdialog-0", empty / "raw" / "fachdialog-0")
    shutil.copy(data / "codebook.yml", empty)
    assert "make report" in choose(Explorer(data=empty))
