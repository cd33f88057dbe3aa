"""Findings of an earlier round on the numbers of a later one: turned scales, other provenance, silent groups."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML
from two_rounds import write_rounds

from analysis_utils.comparison.again import findings_again_table, follows
from analysis_utils.comparison.rounds_compared import Comparison
from analysis_utils.estimators.comparison import as_changes
from analysis_utils.estimators.rows import estimate_row
from analysis_utils.rounds import open_round
from analysis_utils.rounds.crosswalk import compared_rounds
from analysis_utils.wording.evidence import Evidence


def finding(**condition):
    number = {"id": "befund", "order": 1, "title": "Es ist so", "sentence": "Es ist so.", "conditions": [condition]}
    return {"defaults": False, "findings": [number]}


@pytest.fixture
def looked_at_again(tmp_path):
    """The line of the table for one finding of r1; the scale s of r2 runs the other way."""

    def run(condition, before, after, *, provenance="original"):
        data = tmp_path / "data"
        write_rounds(data)
        YAML().dump(finding(**condition), data / "raw" / "r1" / "findings.yml")
        file = data / "raw" / "r1" / "round.yml"
        content = YAML().load(file.read_text(encoding="utf-8"))
        content["provenance"] = provenance
        if provenance != "original":
            content["provenance_note"] = {"published": "P", "invented": "I"}
        YAML().dump(content, file)
        first, second = (open_round(name, data=data) for name in ("r1", "r2"))
        rounds = compared_rounds(first.codebook, first, second)
        frames = [as_changes(rounds, rows).assign(round=r.name) for rows, r in ((before, first), (after, second))]
        comparison = Comparison(rounds, frames[0], Evidence(first, frames[0]), Evidence(second, frames[1]))
        page = str(findings_again_table(comparison).markup)
        return [cell.split("<")[0] for cell in page.split("<td>")[1:]]

    return run


def scale_mean(value, low, high):
    return [estimate_row("s", "mean", value, interval=(low, high), n=30), estimate_row("s", "respondents", 30, n=30)]


ABOVE = {"kind": "value", "question": "s", "statistic": "mean", "is": "above", "than": 6}


def test_a_finding_on_a_turned_scale_is_read_in_the_direction_of_its_round(looked_at_again):
    found = looked_at_again(ABOVE, scale_mean(7, 6.5, 7.5), scale_mean(3, 2.5, 3.5))
    assert found == ["belegt", "belegt", "bestätigt"]


def test_both_ends_of_an_interval_are_turned(looked_at_again):
    found = looked_at_again(ABOVE, scale_mean(7, 6.5, 7.5), scale_mean(4, 2.5, 5.5))
    assert found == ["belegt", "vereinbar", "abgeschwächt"]


def test_values_that_people_chose_are_turned(looked_at_again):
    ten = {"kind": "value", "question": "s", "statistic": "share", "item": "10", "is": "above", "than": 0.4,
           "target": "answered"}  # fmt: skip
    shares = [[estimate_row("s", "share", share, item=item, n=30), estimate_row("s", "respondents", 30, n=30)]
              for share, item in ((0.5, "10"), (0.6, "1"))]  # fmt: skip
    assert looked_at_again(ten, *shares) == ["belegt", "belegt", "bestätigt"]


def test_original_answers_decide_what_a_reconstruction_could_not(looked_at_again):
    found = looked_at_again(ABOVE, scale_mean(7, 6.5, 7.5), scale_mean(3, 2.5, 3.5), provenance="reconstructed")
    assert found == ["offen", "belegt", "erst jetzt gestützt"]


def test_what_was_printed_about_a_round_is_not_asked_of_another(looked_at_again):
    printed = {"kind": "readings", "question": "s", "statistic": "top_box_count", "readings": [
        {"count": 25, "of": 30}, {"count": 27, "of": 30}]}  # fmt: skip
    rows = [estimate_row("s", "top_box_count", 20, n=30), estimate_row("s", "respondents", 30, n=30)]
    assert looked_at_again(printed, rows, rows)[1:] == ["–", "nicht erneut gefragt"]


def test_groups_that_left_no_notes_weaken_nothing(looked_at_again):
    spoken = {"kind": "coverage", "codes": ["a"], "is": "at_least", "groups": 1}
    notes = [estimate_row("gruppennotizen", "statements_read", 4, n=2),
             estimate_row("gruppennotizen", "statements_coded", 4, n=2),
             estimate_row("gruppennotizen", "groups_covered", 2, item="a", n=2)]  # fmt: skip
    found = looked_at_again(spoken, notes, scale_mean(3, 2.5, 3.5))
    assert found == ["belegt", "–", "nicht erneut gefragt"]


EVERY = {
    ("belegt", "belegt"): "bestätigt", ("vereinbar", "belegt"): "bestätigt",
    ("offen", "vereinbar"): "erst jetzt gestützt", ("offen", "belegt"): "erst jetzt gestützt",
    ("belegt", "vereinbar"): "abgeschwächt", ("vereinbar", "offen"): "abgeschwächt",
    ("belegt", "widersprochen"): "widerrufen", ("widersprochen", "widersprochen"): "widerrufen",
    ("widersprochen", "belegt"): "erst jetzt gestützt", ("offen", "offen"): "weiterhin offen",
    ("widersprochen", "offen"): "weiterhin offen", ("belegt", None): "nicht erneut gefragt",
}  # fmt: skip


@pytest.mark.parametrize(("verdicts", "word"), EVERY.items())
def test_every_pair_of_verdicts_has_its_word(verdicts, word):
    assert follows(*verdicts) == word


def test_a_contradicted_finding_is_not_confirmed_by_a_later_round(looked_at_again):
    found = looked_at_again(ABOVE, scale_mean(5, 4.5, 5.5), scale_mean(3, 2.5, 3.5))
    assert found == ["widersprochen", "belegt", "erst jetzt gestützt"]
