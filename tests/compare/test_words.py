"""What the page of a comparison says: neither changed nor unchanged without proof, and any number of rounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from two_rounds import answers, write_rounds

from analysis_utils.comparison.again import follows
from analysis_utils.comparison.rounds import rounds_table
from analysis_utils.comparison.rounds_compared import Comparison
from analysis_utils.comparison.tables import equivalence_table, points_change_table
from analysis_utils.comparison.words import change_words, comparison_sentences
from analysis_utils.estimators.comparison import Sides, as_changes, change_table
from analysis_utils.estimators.rows import estimate_row
from analysis_utils.wording.evidence import Evidence


def comparison_with(rounds, change, interval, p, same):
    """A comparison whose area "a" has these numbers."""
    rows = [
        estimate_row("q", "mean_points_before", 20, item="a", n=30),
        estimate_row("q", "mean_points_after", 20 + change, item="a", n=30),
        estimate_row("q", "change_mean_points", change, item="a", interval=interval, n=60),
        estimate_row("q", "change_p_max_t", p, item="a", n=60),
        estimate_row("q", "equivalence_p_holm", same, item="a", n=60),
    ]
    frame = as_changes(rounds, rows)
    return Comparison(rounds, frame, Evidence(rounds.earlier, frame), Evidence(rounds.later, frame))


CASES = {
    "risen": ((8, (2.0, 14.0), 0.01, 0.9), "um 8,0 Punkte gestiegen"),
    "fallen": ((-8, (-14.0, -2.0), 0.01, 0.9), "um 8,0 Punkte gesunken"),
    "proven the same": ((0.5, (-2.0, 3.0), 0.9, 0.01), "unverändert im Rahmen der vorab festgelegten Spanne"),
    "open": ((3, (-2.0, 8.0), 0.3, 0.4), "kein Beleg für eine Veränderung; vereinbar mit −2,0 bis +8,0 Punkten"),
    "test without interval": ((5, (-0.1, 10.1), 0.04, 0.4), "kein Beleg für eine Veränderung"),
    "interval without test": (
        (5, (0.1, 9.9), 0.06, 0.4),
        "kein Beleg für eine Veränderung: Der Bereich von +0,1 bis +9,9 Punkten schließt zwar die Null aus, aber der "
        "Test über alle Bereiche zugleich bestätigt das nicht (p = 0,060), und gefordert ist beides",
    ),
    "too few": ((5, (np.nan, np.nan), 0.01, 1.0), "zu wenige Antworten"),
}


@pytest.mark.parametrize(("numbers", "words"), CASES.values(), ids=CASES)
def test_words_follow_the_numbers(tmp_path, numbers, words):
    comparison = comparison_with(write_rounds(tmp_path / "data"), *numbers)
    [question] = [q for q in comparison.rounds.questions if q.after.id == "q"]
    told = change_words(comparison, question, "a").striptags()
    assert words in told
    assert ("unverändert" in told) == (numbers[3] <= 0.05)
    assert ("gestiegen" in told or "gesunken" in told) == ("gestiegen" in words or "gesunken" in words)


@pytest.mark.parametrize(
    ("welch", "bootstrap", "name"), [(0.01, 0.03, "Bootstrap-Test"), (0.02, 0.01, "Test nach Welch")]
)
def test_the_test_that_decides_is_named(tmp_path, welch, bootstrap, name):
    comparison = comparison_with(write_rounds(tmp_path / "data"), 0.5, (-2.0, 3.0), 0.9, 0.04)
    parts = [
        estimate_row("q", f"equivalence_p_{part}", p, item="a", n=60)
        for part, p in (("welch", welch), ("bootstrap", bootstrap))
    ]
    frame = pd.concat([comparison.changes, as_changes(comparison.rounds, parts)], ignore_index=True)
    comparison = replace(comparison, changes=frame)
    [question] = [q for q in comparison.rounds.questions if q.after.id == "q"]
    assert f"entscheidend war der {name}, p = 0,040)" in change_words(comparison, question, "a").striptags()
    assert f">{name}<" in str(equivalence_table(comparison).markup)


def test_summary_names_what_is_shown_and_leaves_the_rest_open(tmp_path):
    comparison = comparison_with(write_rounds(tmp_path / "data"), 8, (2.0, 14.0), 0.01, 0.9)
    sentences = " ".join(sentence.striptags() for sentence in comparison_sentences(comparison))
    assert "„a“ ist um 8,0 Punkte gestiegen (95-%-Bereich 2,0–14,0)" in sentences
    assert "bei den übrigen ist keine Veränderung belegt und keine ausgeschlossen" in sentences


@pytest.mark.parametrize(
    ("then", "now", "result"),
    [
        ("belegt", "belegt", "bestätigt"),
        ("vereinbar", "belegt", "bestätigt"),
        ("belegt", "vereinbar", "abgeschwächt"),
        ("belegt", "offen", "abgeschwächt"),
        ("belegt", "widersprochen", "widerrufen"),
        ("belegt", None, "nicht erneut gefragt"),
        ("offen", "offen", "weiterhin offen"),
    ],
)
def test_findings_looked_at_again(then, now, result):
    assert follows(then, now) == result


def test_any_number_of_rounds_stand_side_by_side(tmp_path):
    rounds = write_rounds(tmp_path / "data")
    rng = np.random.default_rng(4)
    sides = Sides(
        rounds,
        answers(rng.multinomial(10, [0.5, 0.3, 0.2], 20) * 10, [5, 6] * 10, areas=("a", "b", "c")),
        answers(rng.multinomial(10, [0.4, 0.2, 0.2, 0.2], 20) * 10, [5, 6] * 10, areas=("a", "b2", "c1", "c2")),
    )
    for side in (rounds.earlier, rounds.later):
        side.processed.mkdir(parents=True, exist_ok=True)
    frame = change_table(_without_estimates(sides))
    one = Comparison(rounds, frame, Evidence(rounds.earlier, frame), Evidence(rounds.later, frame))
    page = str(rounds_table([one, one, one]).markup)
    assert page.count('scope="col"') == 5
    assert str(points_change_table(one, one.questions("points")[0]).markup).count('scope="row"') == 3


def _without_estimates(sides):
    from analysis_utils.gate.estimates import estimate_round
    from analysis_utils.tables import write_table

    for round_, frame in ((sides.rounds.earlier, sides.before), (sides.rounds.later, sides.after)):
        voters = frame.drop_duplicates("voter")[["round", "session", "voter"]].assign(segment="")
        write_table(estimate_round(round_, voters, frame), "estimates", round_.table("estimates"))
    return sides
