"""The picture of three rounds or more: what it draws must pass the check of finished pages. Headings of comparisons."""

from __future__ import annotations

import json

import pytest
from two_rounds import write_rounds

from analysis_utils.charts.compared import rounds_chart
from analysis_utils.comparison.rounds_compared import Comparison, headed
from analysis_utils.estimators.comparison import as_changes
from analysis_utils.estimators.rows import estimate_row
from analysis_utils.verify.charts import chart_faults
from analysis_utils.verify.exceptions import Exceptions
from analysis_utils.verify.named import Names
from analysis_utils.wording.evidence import Evidence

MEANS = {"a": (50.0, 20.0), "b2": (30.0, 31.0), "c": (20.0, 49.0)}
DATES = ("1. Januar 2025", "1. Februar 2025")


@pytest.fixture
def drawn(tmp_path):
    """The chart of four rounds, three of them equal, with the round it belongs to and the rows behind it."""
    rounds = write_rounds(tmp_path / "data", compare={"with": ["r1"]})
    rows = [
        estimate_row("q", f"mean_points_{side}", mean, item=item, interval=(mean - 4, mean + 6), n=30)
        for item, means in MEANS.items()
        for side, mean in zip(("before", "after"), means, strict=True)
    ]
    changes = as_changes(rounds, rows)
    one = Comparison(rounds, changes, *(Evidence(r, changes) for r in (rounds.earlier, rounds.later)))
    return rounds_chart([one, one, one], "q"), rounds.later, rows


def faults(drawn, text):
    _, round_, rows = drawn
    page = f'<script type="application/json" id="charts">{text}</script>'
    known = [value for row in rows for value in (row["estimate"], row["low"], row["high"])]
    return [told for _, told in chart_faults(page, Exceptions(round_, DATES), {"x": known}, Names(round_), {})]


def test_chart_of_several_rounds_has_a_dot_per_area_and_round_the_largest_of_the_last_first(drawn):
    chart = drawn[0]
    assert [line.label for line in chart.lines] == ["c", "b2", "a"]
    [dots] = chart.columns
    assert [series.name for series in dots.series] == [DATES[0]] * 3 + [DATES[1]]
    assert [[cell.value for cell in row] for row in dots.cells] == [[20] * 3 + [49], [30] * 3 + [31], [50] * 3 + [20]]
    assert chart.title == "Q: Die meisten Punkte erhielt nicht immer derselbe Bereich"
    assert "a: 1. Januar 2025 50,0 (Bereich 46,0–56,0)" in chart.alt


def test_every_value_drawn_for_several_rounds_has_its_number_and_no_other(drawn):
    text = json.dumps({"chart-x": drawn[0].spec()}, ensure_ascii=False)
    assert faults(drawn, text) == []
    assert "chart x: 48 is drawn where “49,0 Punkte" in faults(drawn, text.replace("49.0", "48.0", 1))[0]
    assert "chart x: 31 is drawn where “33,0 Punkte" in faults(drawn, text.replace("31,0 Punkte", "33,0 Punkte", 1))[0]


def test_a_label_that_is_a_question_keeps_its_mark():
    assert (headed("Fokusbereiche"), headed("Was zuerst?")) == ("Fokusbereiche:", "Was zuerst?")
