"""The German sentences follow the data: every verdict they can take, on rounds in which the truth is plain."""

import re

import pytest
from small_rounds import evidence_of, small_round

from analysis_utils.publish.panel_figure import shown_segments
from analysis_utils.publish.robustness_text import robustness_sentences, rules_headline
from analysis_utils.publish.segment_text import segment_sentences
from analysis_utils.publish.sentences import ranking_headline, ranking_sentences, scale_headline, scale_sentences

CLEAR = [[70, 20, 10, 0], [65, 25, 10, 0], [70, 15, 10, 5], [60, 30, 10, 0], [68, 22, 10, 0], [66, 20, 9, 5]] * 4
NOTHING = [[25, 25, 25, 25], [40, 20, 20, 20], [20, 40, 20, 20], [20, 20, 40, 20], [20, 20, 20, 40]] * 3
TWO_AHEAD = [[60, 30, 10, 0], [30, 60, 0, 10], [50, 50, 0, 0], [40, 45, 10, 5], [45, 40, 5, 10], [45, 45, 5, 5]] * 4


def words(evidence, make=ranking_sentences, question="p") -> str:
    return " ".join(sentence.striptags() for sentence in make(evidence, evidence.round.question(question)))


def ranking(ballots, **options) -> tuple[str, str]:
    evidence = evidence_of(small_round(4, **options), ballots)
    return ranking_headline(evidence, evidence.round.question("p")), words(evidence)


def test_clear_order_is_called_certain():
    headline, text = ranking(CLEAR)
    assert headline == "„Alpha“ liegt gesichert vorn"
    assert "Alpha liegt gesichert vorn: Kein anderer Bereich kommt für den ersten Platz in Frage." in text
    assert "24 Personen verteilten je 100 Punkte" in text
    assert "Gesichert unter den ersten drei: Alpha, Beta und Gamma." in text
    assert "Gesichert nicht unter den ersten drei: Delta." in text


def test_no_order_is_called_no_order_and_no_equality_is_claimed():
    headline, text = ranking(NOTHING)
    assert headline == "Die Reihenfolge der Bereiche ist nicht gesichert"
    assert "Jeder Bereich kommt für den ersten Platz in Frage." in text
    assert "heißt nicht, dass sie gleich wichtig sind" in text
    assert "gesichert vorn" not in text and "Gesichert unter" not in text


def test_two_in_front_are_named_and_left_undecided():
    headline, text = ranking(TWO_AHEAD)
    assert headline in (
        "Vorn liegt „Beta“ oder „Alpha“ – das entscheiden die Daten nicht",
        "Vorn liegt „Alpha“ oder „Beta“ – das entscheiden die Daten nicht",
    )
    assert "Für den ersten Platz kommen zwei Bereiche in Frage" in text


def test_reconstructed_round_marks_what_was_never_published():
    headline, text = ranking(CLEAR, provenance="reconstructed")
    assert headline == "„Alpha“ erhält im Mittel die meisten Punkte"
    assert text.count("nachgebildet") >= 3


def test_single_ballot_supports_no_order():
    headline, text = ranking([[100, 0, 0, 0]])
    assert "Eine Person verteilte 100 Punkte" in text
    assert "lässt sich aus so wenigen Stimmzetteln nichts sagen" in text or "Jeder Bereich kommt" in text
    assert "gesichert vorn" not in headline


def test_nobody_answered_is_said():
    headline, text = ranking([])
    assert headline == "Priorität: keine Stimmzettel"
    assert text == "Auf die Frage nach den Prioritäten hat niemand geantwortet."


def test_long_and_odd_labels_are_escaped():
    evidence = evidence_of(small_round(4, labels=("<b>&", "$x$", "a|b", "ä" * 300)), CLEAR)
    html = " ".join(map(str, ranking_sentences(evidence, evidence.round.question("p"))))
    assert "&lt;b&gt;&amp;" in html and "<b><b>" not in html


def test_scale_sentence_says_top_box_mean_and_median():
    evidence = evidence_of(small_round(2), [], [10, 9, 8, 7, 7, 3, 2, 1, 8, 9])
    question = evidence.round.question("s")
    assert scale_headline(evidence, question) == "Zustimmung: 7 von 10 wählen 7–10"
    text = words(evidence, scale_sentences, "s")
    assert "10 Personen antworteten auf einer Skala von 1 (gar nicht) bis 10 (sehr stark)." in text
    assert re.search(r"7–10 wählten 7 \(70\s%; 95-%-Unsicherheitsbereich 40–89\s%\)\.", text)
    assert "der Median 7,5" in text


def test_scale_of_a_reconstructed_round_makes_no_claim_in_its_headline():
    evidence = evidence_of(small_round(2, provenance="reconstructed"), [], [10, 9, 8, 7])
    assert scale_headline(evidence, evidence.round.question("s")).endswith(
        "Lage der Balken nachgebildet, nicht überliefert"
    )


def test_nobody_on_the_scale_is_said():
    evidence = evidence_of(small_round(2), [[50, 50]])
    assert "hat niemand geantwortet" in words(evidence, scale_sentences, "s")


def test_steady_leader_over_all_rules():
    evidence = evidence_of(small_round(4), CLEAR)
    assert rules_headline(evidence, evidence.round.question("p")) == "„Alpha“ steht nach jeder Zählregel vorn"
    assert "auf dem ersten Platz" in words(evidence, robustness_sentences)
    assert "bleibt jeder Rang gleich" in words(evidence, robustness_sentences)


def test_leader_that_depends_on_the_rule():
    few_large = [[100, 0, 0, 0]] * 5 + [[0, 40, 30, 30]] * 6
    evidence = evidence_of(small_round(4), few_large)
    assert rules_headline(evidence, evidence.round.question("p")) == "Wer vorn steht, hängt von der Zählregel ab"
    assert "nach mindestens einer anderen Zählregel ein anderer Bereich" in words(evidence, robustness_sentences)


PLAN = {"segment_tests": [{"question": "s", "test": "kruskal_wallis"}]}


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ([9, 8, 9, 6, 8, 9, 5, 8], [2, 8, 3, 1, 4, 2, 7, 3], "Die gezeigten Gruppen unterscheiden sich"),
        ([5, 6, 7, 8, 5, 6, 7, 8], [5, 6, 7, 8, 6, 5, 8, 7], "ist nicht belegt"),
    ],
)
def test_group_comparison_says_difference_only_where_one_is_shown(first, second, verdict):
    round_ = small_round(2, groups=2, **PLAN)
    evidence = evidence_of(round_, [], 3 * first + 3 * second, ["g0"] * 24 + ["g1"] * 24)
    text = words(evidence, segment_sentences, "s")
    assert verdict in text
    if verdict == "ist nicht belegt":
        assert "heißt nicht, dass die Gruppen gleich urteilen" in text


def test_groups_too_small_to_show_are_said_to_be_so():
    evidence = evidence_of(small_round(2, groups=2, **PLAN), [], [5, 6, 7, 8], ["g0", "g0", "g1", "g1"])
    assert shown_segments(evidence, evidence.round.question("s")) == []
    assert "Ein Vergleich der Gruppen ist deshalb nicht möglich." in words(evidence, segment_sentences, "s")


def test_single_dominant_group_is_not_set_against_single_persons():
    groups = ["g0"] * 20 + ["g1", "g1", "g2"]
    evidence = evidence_of(small_round(2, groups=3, **PLAN), [], [7] * 10 + [8] * 10 + [1, 2, 3], groups)
    text = words(evidence, segment_sentences, "s")
    assert "Gruppe 1 (n" not in text and "Gruppe 2 (n" not in text


def test_planned_comparison_that_would_give_somebody_away_is_said_to_be_withheld():
    round_ = small_round(2, groups=2, **PLAN)
    evidence = evidence_of(round_, [], [10, 9, 10, 8, 9, 10, 9, 8, 1, 2, 1, 3, 2, 1, 2, 3], ["g0"] * 8 + ["g1"] * 8)
    assert not evidence.rows(round_.question("s"), "kruskal_wallis_p")
    assert "wird zum Schutz einzelner Personen nicht gezeigt" in words(evidence, segment_sentences, "s")
