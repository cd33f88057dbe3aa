"""Labels with digits in charts: known whole, in whatever lines they are drawn or cut; nothing else passes for one."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from analysis_utils.charts.chart import Chart, Circles, Dots, Line, Value
from analysis_utils.charts.screen import spec
from analysis_utils.rounds import Round
from analysis_utils.verify.charts import chart_faults
from analysis_utils.verify.exceptions import Exceptions
from analysis_utils.verify.named import Names

LABELS = (
    "3 Donaudampfschifffahrtselektrizitätenhauptbetriebswerke bis 2050",
    '43 <img src=x onerror="window.hit=1"><script>window.hit=1;alert(1)</script> und noch 25 Wörter mehr, dann gut',
    "Rang 2, 1 737 von 1 000",
)


@pytest.fixture
def drawn(built_round: Round):
    """The specification of a chart with these labels for its lines and heads, and a round that has them."""
    codes = built_round.codebook.focus_areas
    new = [code.model_copy(update={"label_de": label}) for code, label in zip(codes, LABELS, strict=False)]
    book = built_round.codebook.model_copy(update={"focus_areas": [*new, *codes[len(LABELS) :]]})
    told = [
        Value(value, f"{value},0", f"{label}\n{value},0 Punkte") for value, label in zip((7, 8, 9), LABELS, strict=True)
    ]
    chart = Chart(
        "x", "dots", "Titel", "", "", "",
        [Line(f"{label}\n(n = 12)") for label in LABELS],
        [Dots("", [[one] for one in told], 10.0), Circles(LABELS, [told] * 3)],
        pd.DataFrame(),
    )  # fmt: skip
    return spec(chart), replace(built_round, codebook=book)


def faults(chart, round_: Round) -> list[str]:
    inside = json.dumps({"chart-x": chart}).replace("<", "\\u003c")  # as pages hold it
    page = f'<script type="application/json" id="charts">{inside}</script>'
    known = {"x": [7.0, 8.0, 9.0, 12.0]}
    return [told for _, told in chart_faults(page, Exceptions(round_), known, Names(round_), {})]


def texts(chart) -> list[dict[str, str]]:
    return [one for part in (chart, chart["layout"]["meta"]["narrow"]) for one in part["layout"]["annotations"]]


def test_labels_with_digits_are_known_however_they_are_broken_and_cut(drawn):
    chart, round_ = drawn
    ways = [one["text"] for one in texts(chart)]
    assert any("-<br>" in way for way in ways) and any("…<br>(n = 12)" in way for way in ways)
    assert faults(chart, round_) == []


@pytest.mark.parametrize("parts", [("text",), ("text", "name")])
def test_digit_planted_in_a_broken_label_is_found(drawn, parts):
    chart, round_ = drawn
    one = next(one for one in texts(chart) if "-<br>" in one["text"] and one["name"].startswith("3 Donau"))
    one |= {part: one[part].replace("3", "31", 1) for part in parts}
    assert faults(chart, round_)[0].startswith("chart x: 31 has no source in “31 ")


def test_number_beside_a_label_that_no_row_has_is_found(drawn):
    chart, round_ = drawn
    one = next(one for one in texts(chart) if "(n = 12)" in one["text"])
    one |= {"name": one["name"].replace("n = 12", "n = 13"), "text": one["text"].replace("n = 12", "n = 13")}
    assert faults(chart, round_)[0].startswith("chart x: 13 has no source in ")
