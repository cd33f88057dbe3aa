"""Conditions as expressions: the same verdicts as the kinds they stand for, in a file and in a notebook."""

from __future__ import annotations

import html

import pytest
from joint_rounds import CLEAR
from test_verdicts import EXACT, JUST, MEAN, NARROW, PAIR, WITHIN, finding, joint_round, judged_findings, verdict

from analysis_utils import claim, say
from analysis_utils.errors import DataError
from analysis_utils.findings.expressions import parse
from analysis_utils.rounds import Held

ALIKE = {
    "mean_points(a0) > 60": MEAN,
    "mean_points(a0, of=priority) > 66": JUST,
    "50 <= mean_points(a0) <= 80": WITHIN,
    "66 <= mean_points(a0) <= 67": NARROW,
    "mean_points(a0) < mean_points(a1)": "{kind: comparison, question: p, item: a0, is: below, than: a1}",
}


@pytest.mark.parametrize("text", ALIKE)
def test_expression_has_the_verdict_of_the_kind_it_stands_for(text, tmp_path):
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    assert verdict(folders[0], CLEAR, f'"{text}"') == verdict(folders[1], CLEAR, ALIKE[text])


CLAIMS = {
    "rank_high(a0) == 1": "belegt",
    "rank(a0) == 1 and rank(a3) == 1": "widersprochen",
    "mean_points_n(a0) >= 8": "belegt",
    "mean_points(a0) - mean_points(a1) > 0": "belegt",
    "mean_points(a0) + mean_points(a1) > 1000": "widersprochen",
    "mean_points(a0) != 0": "belegt",
    "-1 < mean_points(a0)": "belegt",
}


@pytest.mark.parametrize("text", CLAIMS)
def test_claim_says_sentence_verdict_and_what_was_looked_at(text, tmp_path):
    evidence = joint_round(tmp_path, CLEAR, None, finding(PAIR))
    rows = evidence.estimates[evidence.estimates["question"] == "p"].copy()
    rows.attrs = {"published": True, "of": Held(evidence)}
    shown = claim("So ist es", text, on=rows).markup
    assert f">{CLAIMS[text]}</strong>" in shown and 'data-key="' in shown
    assert ("Trifft nicht zu" in shown) is (CLAIMS[text] == "widersprochen")
    assert ("oberes Ende des Bereichs" in shown) is (
        "_high" in text
    ) and f'data-condition="{html.escape(text)}"' in shown
    with pytest.raises(DataError, match="“a77”"):
        claim("So ist es", text.replace("a0", "a77"), on=rows)


def test_sentence_is_filled_with_published_numbers_alone(tmp_path):
    evidence = joint_round(tmp_path, CLEAR, None, finding(PAIR))
    rows = evidence.estimates[evidence.estimates["question"] == "p"].copy()
    rows.attrs = {"published": True, "of": Held(evidence)}
    text = "<b>a0</b>: {mean_points(a0)} ({mean_points_interval(a0)}), {mean_points_n(a0)} Personen"
    said = say(text, on=rows).markup
    assert said.startswith("<p>&lt;b&gt;a0&lt;/b&gt;: <data ") and 'data-part="n">24</data> Personen</p>' in said
    assert 'data-key="probe/p/all/a0/mean_points" data-part="interval"' in said
    for field in (
        "{}",
        "{x}",
        "{mean_points_low(a0)}",
        "{mean_points(a77)}",
        "{mean_points(a0) + 1}",
        "{__import__('os')}",
    ):
        with pytest.raises(DataError, match=r"condition|say"):
            say(field, on=rows)


def test_stated_numbers_are_kept_apart_from_measured_ones(tmp_path):
    evidence = joint_round(tmp_path, CLEAR, None, finding('"mean_points(a0) > 60"'))
    judged = judged_findings(evidence)[0]
    assert judged.checks[0].given == ["60"]
    assert 'data-part="stated">60,0<' in judged.checks[0].why
    assert EXACT  # the kind that has no word here: what holds of those who answered alone


@pytest.mark.parametrize(
    "text",
    [
        *("__import__('os').system('true')", "mean_points(a0)", "mean_points(a0) > 1; 2", "lambda: 1", "open('x') > 1"),
        *("mean_points.x > 1", "mean_points(a0)[0] > 1", "mean_points(a0) > 'b'", "1 < 2", "mean_points(a0) in (1, 2)"),
        *("mean_points(a0, b) > 1", "mean_points(a0, wo=1) > 1", "mean_points(a0) ** 9 > 1", "(x := 1) > 0", "", "²"),
        *("mean_points(a0) > 1 or rank(a0) == 1", "not rank(a0) == 1", "mean_points(*a) > 1", "mean_points(**a) > 1"),
    ],
)
def test_anything_else_is_refused_and_nothing_is_run(text):
    with pytest.raises(DataError, match=r"docs/findings\.md"):
        parse(text)
