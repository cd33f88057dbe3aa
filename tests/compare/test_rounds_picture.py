"""The picture of three rounds or more: what it draws must pass the check of finished pages."""

from __future__ import annotations

import json

from two_rounds import write_rounds

from analysis_utils.estimators.comparison import as_changes
from analysis_utils.estimators.rows import estimate_row
from analysis_utils.publish.comparison import Comparison, headed
from analysis_utils.publish.comparison_rounds import rounds_chart
from analysis_utils.publish.evidence import Evidence
from analysis_utils.verify.charts import chart_faults
from analysis_utils.verify.exceptions import Exceptions

MEANS = {"a": (50.0, 20.0), "b2": (30.0, 30.0), "c": (20.0, 50.0)}


def test_every_value_drawn_for_several_rounds_has_its_number(tmp_path):
    rounds = write_rounds(tmp_path / "data", compare={"with": ["r1"]})
    rows = [
        estimate_row("q", f"mean_points_{side}", mean, item=item, interval=(mean - 4, mean + 6), n=30)
        for item, means in MEANS.items()
        for side, mean in zip(("before", "after"), means, strict=True)
    ]
    changes = as_changes(rounds, rows)
    one = Comparison(rounds, changes, *(Evidence(r, changes) for r in (rounds.earlier, rounds.later)))
    figure = rounds_chart([one, one, one], "q")
    chart = json.loads(figure.interactive.to_json())
    assert [len(trace["y"]) for trace in chart["data"]] == [3, 3, 3, 3]
    page = f'<script type="application/json" id="charts">{json.dumps({"chart-x": chart})}</script>'
    known = [value for row in rows for value in (row["estimate"], row["low"], row["high"])]
    dates = ("1. Januar 2025", "1. Februar 2025")
    assert list(chart_faults(page, Exceptions(rounds.later, dates), {"x": known})) == []


def test_a_label_that_is_a_question_keeps_its_mark():
    assert (headed("Fokusbereiche"), headed("Was zuerst?")) == ("Fokusbereiche:", "Was zuerst?")
