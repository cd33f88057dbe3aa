"""The German sentences follow the data: every verdict they can take, on rounds in which the truth is plain."""

import re
from dataclasses import replace

import pytest
from small_rounds import code, evidence_of, small_round

from analysis_utils.wording.question_card import question_card
from analysis_utils.wording.robustness_text import (
    alike_sentences,
    alike_warning,
    robustness_sentences,
    rules_headline,
)
from analysis_utils.wording.segment_text import (
    planned_tests_table,
    scale_group_sentences,
    segment_sentences,
    shown_segments,
)
from analysis_utils.wording.sentences import (
    ranking_headline,
    ranking_sentences,
    scale_headline,
    scale_sentences,
    scale_summary,
)

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
    assert "Sicher unter den ersten drei: Alpha, Beta und Gamma." in text
    assert "Sicher nicht unter den ersten drei: Delta." in text


def test_no_order_is_called_no_order_and_no_equality_is_claimed():
    headline, text = ranking(NOTHING)
    assert headline == "Alle Bereiche erhalten im Mittel gleich viele Punkte"
    assert "Im Mittel erhielten alle Bereiche gleich viele: 25,0." in text
    assert "Jeder Bereich kommt für den ersten Platz in Frage." in text
    assert "heißt nicht, dass sie gleich wichtig sind" in text
    assert "gesichert vorn" not in text and "Gesichert unter" not in text


def test_two_in_front_are_named_and_left_undecided():
    headline, text = ranking(TWO_AHEAD)
    assert headline in (
        "Vorn liegt „Beta“ oder „Alpha“; welcher Bereich, ist offen",
        "Vorn liegt „Alpha“ oder „Beta“; welcher Bereich, ist offen",
    )
    assert "Für den ersten Platz kommen zwei Bereiche in Frage: " in text


def test_labels_with_an_and_in_them_are_left_alone():
    labels = ("Wind und Wasser", "Land und Leute", "C", "D")
    headline, _ = ranking(TWO_AHEAD, labels=labels)
    assert "„Wind und Wasser“" in headline and "„Land und Leute“" in headline and "“ oder „" in headline


@pytest.mark.parametrize(
    ("givers", "sentence"),
    [
        (0, "Niemand gab „Andere“ Punkte."),
        (1, "Eine von 12 Personen gab „Andere“ Punkte ("),
        (11, "11 von 12 Personen gaben „Andere“ Punkte ("),
    ],
)
def test_people_who_chose_something_else_are_counted_in_plain_german(givers, sentence):
    round_ = small_round(2)
    other = round_.file.questions[0].model_copy(update={"options": {"Alpha": "a0", "Andere": "andere"}})
    codes = [code("a0", "Alpha"), code("andere", "Andere")]
    book = round_.codebook.model_copy(update={"focus_areas": codes})
    file = round_.file.model_copy(update={"questions": [other]})
    round_ = replace(round_, file=file, codebook=book)
    text = words(evidence_of(round_, [[90, 10]] * givers + [[100, 0]] * (12 - givers)))
    assert sentence in text and "Nur" not in text


def test_reconstructed_round_marks_what_was_never_published():
    headline, text = ranking(CLEAR, provenance="reconstructed")
    assert headline == "„Alpha“ erhält im Mittel die meisten Punkte"
    assert text.count("nachgebildet") >= 3


def test_single_ballot_supports_no_order():
    headline, text = ranking([[100, 0, 0, 0]])
    assert "Eine Person verteilte 100 Punkte" in text
    assert "Aus so wenigen Stimmzetteln lässt sich keine gesicherte Reihenfolge ableiten." in text
    assert "Im Mittel" not in text and "gesichert vorn" not in headline
    evidence = evidence_of(small_round(4), [[100, 0, 0, 0]])
    assert "weggelassener" not in words(evidence, robustness_sentences)


def test_nine_ballots_however_clear_order_nothing():
    headline, text = ranking(CLEAR[:9])
    assert "Aus so wenigen Stimmzetteln lässt sich keine gesicherte Reihenfolge ableiten." in text
    assert headline == "Die Reihenfolge der Bereiche ist nicht gesichert" and "kommt für" not in text


def test_two_areas_are_called_both():
    evidence = evidence_of(small_round(2), [[60, 40], [40, 60], [70, 30], [30, 70]] * 3)
    assert "Beide Bereiche kommen für den ersten Platz in Frage." in words(evidence)


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


SCALES_OF_FEW = [
    ([8], "eine einzige Antwort", "Eine Person antwortete", "7–10 wählte eine Person (100"),
    ([3], "eine einzige Antwort", "Eine Person antwortete", "7–10 wählte niemand (0"),
    ([8, 3, 2], "eine Person von 3 wählt 7–10", "3 Personen antworteten", "7–10 wählte eine Person (33"),
    ([1, 3], "niemand von 2 wählt 7–10", "2 Personen antworteten", "7–10 wählte niemand (0"),
]
SHORT = (
    "Person, die antwortete, wählte 7–10",
    "wählte nicht 7–10",
    "Eine von 3 Personen wählte",
    "Niemand von 2 Personen",
)


@pytest.mark.parametrize(
    ("scores", "headline", "first", "second", "short"),
    [(*case, short) for case, short in zip(SCALES_OF_FEW, SHORT, strict=True)],
)
def test_scale_of_one_or_nobody_is_told_in_plain_german(scores, headline, first, second, short):
    evidence = evidence_of(small_round(2), [], scores)
    question = evidence.round.question("s")
    assert scale_headline(evidence, question) == f"Zustimmung: {headline}"
    text = words(evidence, scale_sentences, "s")
    assert first in text and second in text
    assert short in words(evidence, scale_summary, "s")


def test_room_is_bounded_only_where_somebody_was_silent():
    silent = evidence_of(small_round(2, participants=12), [], [8, 9, 7, 3] * 2)
    assert "steht nur fest, dass der Anteil für 7–10 irgendwo im Bereich 50–83" in words(silent, scale_sentences, "s")
    everybody = evidence_of(small_round(2, participants=8), [], [8, 9, 7, 3] * 2)
    assert "im Saal" not in words(everybody, scale_sentences, "s")


def test_scale_of_a_reconstructed_round_makes_no_claim_in_its_headline():
    evidence = evidence_of(small_round(2, provenance="reconstructed"), [], [10, 9, 8, 7])
    assert scale_headline(evidence, evidence.round.question("s")).endswith(
        "Lage der Balken nachgebildet, nicht überliefert"
    )


def test_nobody_on_the_scale_is_said():
    evidence = evidence_of(small_round(2), [[50, 50]])
    assert "hat niemand geantwortet" in words(evidence, scale_sentences, "s")
    assert words(evidence, scale_summary, "s") == "Zustimmung: Niemand antwortete."
    assert scale_headline(evidence, evidence.round.question("s")) == "Zustimmung: keine Antworten"


def test_steady_leader_over_all_rules():
    evidence = evidence_of(small_round(4), CLEAR)
    # Everybody gave the first three something, so that the share of givers puts them level.
    shared = "„Alpha“ steht nach jeder Zählregel vorn, nicht immer allein"
    assert rules_headline(evidence, evidence.round.question("p")) == shared
    text = words(evidence, robustness_sentences)
    assert "auf dem ersten Platz; Beta und Gamma teilen ihn sich nach mindestens einer davon" in text
    assert "bleibt jeder Rang gleich" in text
    alone = evidence_of(small_round(4), [[70, 20, 10, 0], [100, 0, 0, 0], [60, 0, 40, 0], [80, 20, 0, 0]] * 3)
    assert rules_headline(alone, alone.round.question("p")) == "„Alpha“ steht nach jeder Zählregel vorn"
    assert "Alpha steht nach jeder der Zählregeln auf dem ersten Platz." in words(alone, robustness_sentences)


def test_leaders_that_always_tie_share_the_first_place():
    evidence = evidence_of(small_round(2), [[60, 40], [40, 60]] * 6)
    assert rules_headline(evidence, evidence.round.question("p")) == (
        "Nach jeder Zählregel stehen alle Bereiche gleichauf"
    )
    text = words(evidence, robustness_sentences)
    assert text.startswith("Nach jeder Zählregel stehen alle Bereiche gleichauf. Schon ein einzelner")


def test_leaders_that_tie_by_the_mean_only():
    evidence = evidence_of(small_round(2), [[0, 100], [60, 40], [60, 40], [60, 40], [60, 40], [60, 40]] * 2)
    assert (
        "Nach dem Mittelwert stehen Alpha und Beta gleichauf vorn, nach mindestens einer anderen Zählregel nicht."
        in (words(evidence, robustness_sentences))
    )


def test_leader_that_depends_on_the_rule():
    few_large = [[100, 0, 0, 0]] * 5 + [[0, 40, 30, 30]] * 6
    evidence = evidence_of(small_round(4), few_large)
    assert rules_headline(evidence, evidence.round.question("p")) == "Wer vorn steht, hängt von der Zählregel ab"
    assert "nach mindestens einer anderen Zählregel ein anderer Bereich" in words(evidence, robustness_sentences)


PLAN = {"segment_tests": [{"question": "s", "test": "kruskal_wallis"}]}


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ([9, 8, 9, 6, 8, 9, 5, 8], [2, 8, 3, 1, 4, 2, 7, 3], "Die gezeigten Gruppen urteilen verschieden ("),
        ([5, 6, 7, 8, 5, 6, 7, 8], [5, 6, 7, 8, 6, 5, 8, 7], "ist nicht belegt"),
    ],
)
def test_group_comparison_says_difference_only_where_one_is_shown(first, second, verdict):
    round_ = small_round(2, groups=2, **PLAN)
    evidence = evidence_of(round_, [], 3 * first + 3 * second, ["g0"] * 24 + ["g1"] * 24)
    text = words(evidence, segment_sentences, "s")
    assert verdict in text
    if verdict == "ist nicht belegt":
        assert "heißt nicht, dass sie gleich urteilen" in text


def test_groups_that_all_answered_alike_leave_nothing_to_compare():
    evidence = evidence_of(small_round(2, groups=2, **PLAN), [], [8] * 16, ["g0"] * 8 + ["g1"] * 8)
    text = words(evidence, segment_sentences, "s")
    assert text.startswith("Alle wählten dieselbe Klasse; einen Unterschied zwischen den Gruppen gibt es nicht.")
    assert "so wenigen Antworten" not in text and "Waage" not in text


def test_groups_too_small_to_show_are_said_to_be_so():
    evidence = evidence_of(small_round(2, groups=2, **PLAN), [], [5, 6, 7, 8], ["g0", "g0", "g1", "g1"])
    assert shown_segments(evidence, evidence.round.question("s")) == []
    assert "Ein Vergleich der Gruppen ist deshalb nicht möglich." in words(evidence, segment_sentences, "s")


def test_single_dominant_group_is_not_set_against_single_persons():
    groups = ["g0"] * 20 + ["g1", "g1", "g2"]
    evidence = evidence_of(small_round(2, groups=3, **PLAN), [], [7] * 10 + [8] * 10 + [1, 2, 3], groups)
    text = words(evidence, segment_sentences, "s")
    assert "Gruppe 1 (n" not in text and "Gruppe 2 (n" not in text


def test_groups_that_agree_to_the_last_answer_are_compared_like_all_others():
    """What is shown never depends on what was said."""
    round_ = small_round(2, groups=2, **PLAN)
    evidence = evidence_of(round_, [], [10, 9, 10, 8, 9, 10, 9, 8, 1, 2, 1, 3, 2, 1, 2, 3], ["g0"] * 8 + ["g1"] * 8)
    [p] = evidence.rows(round_.question("s"), "kruskal_wallis_p")
    assert p.value == pytest.approx(2 / 12870), "all of one group above all of the other"
    [delta] = evidence.rows(round_.question("s"), "cliffs_delta")
    assert delta.value == 1


def test_what_holds_for_several_scale_questions_is_said_once():
    round_ = small_round(2, groups=2, **PLAN)
    evidence = evidence_of(round_, [], [10, 9, 10, 8, 9, 10, 9, 8, 1, 2, 1, 3, 2, 1, 2, 3], ["g0"] * 8 + ["g1"] * 8)
    scale = round_.question("s")
    once = scale_group_sentences(evidence, [scale]).markup.striptags()
    again = scale_group_sentences(evidence, [scale, scale.model_copy(update={"label": "Noch einmal"})])
    assert once.startswith("Zustimmung") and "Gezeigt werden" not in once
    assert again.markup.striptags().startswith("Für „Zustimmung“ und „Noch einmal“ gilt: Die gezeigten")
    small = evidence_of(round_, [], [5, 6, 7, 8], ["g0", "g0", "g1", "g1"])
    assert scale_group_sentences(small, [scale] * 3).markup.count("Keine Teilnehmergruppe") == 1


def test_a_single_area_is_not_ranked():
    assert evidence_of(small_round(1), [[100]] * 12).rankings() == []
    assert [question.id for question in evidence_of(small_round(2), [[60, 40]] * 12).rankings()] == ["p"]


def test_the_only_person_is_not_counted_among_persons():
    others = small_round(2, labels=("Alpha", "Andere"))
    codebook = others.codebook.model_copy(update={"focus_areas": [code("a0", "Alpha"), code("andere", "Andere")]})
    question = others.file.questions[0].model_copy(update={"options": {"Alpha": "a0", "Andere": "andere"}})
    file = others.file.model_copy(update={"questions": [question, *others.file.questions[1:]]})
    text = words(evidence_of(replace(others, codebook=codebook, file=file), [[40, 60]]))
    assert "Die einzige Person, die antwortete, gab „Andere“ Punkte." in text and "1 Personen" not in text


def test_a_statement_of_a_list_stands_in_the_card_of_its_question():
    evidence = evidence_of(small_round(2), [], [5, 6, 7])
    listed = evidence.round.question("s").model_copy(update={"statement": "Es geht voran."})
    assert "„Wie sehr? – Es geht voran.“" in question_card(evidence, listed).markup
    assert "„Wie sehr?“" in question_card(evidence, evidence.round.question("s")).markup


PEOPLE = [[60, 30, 10]] * 9 + [[40, 50, 10]] * 4 + [[50, 40, 10]] * 3


def test_what_delegations_would_change_is_said_with_the_ranks_that_would_be_left():
    evidence = evidence_of(small_round(3, delegations={"sizes": [2, 2]}), PEOPLE)
    text = words(evidence, alike_sentences)
    assert "Hätten die Mitglieder der angegebenen Delegationen gleich geantwortet" in text
    assert "die 16 Stimmzettel nur wie etwa 13" in text  # 16 / (1 + (20 / 16 − 1))
    assert text.endswith("An den möglichen Rängen änderte das nichts.")
    assert alike_warning(evidence, evidence.round.question("p")) is None


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (None, "Hätten je zwei Personen gleich geantwortet"),
        ({"sizes": [8, 8], "correlation": 0.5}, "die Mitglieder der angegebenen Delegationen ähnlich geantwortet"),
        ({"question": "g"}, "die Personen gleich geantwortet, die bei „Gruppe“ dasselbe angaben"),
    ],
)
def test_first_page_warns_where_delegations_would_change_a_tier(stated, said):
    groups = [f"g{voter % 2}" for voter in range(16)]
    evidence = evidence_of(small_round(3, groups=2, delegations=stated), PEOPLE, groups=groups)
    warning = alike_warning(evidence, evidence.round.question("p"))
    assert warning is not None and said in warning.striptags()
    assert "kämen drei Bereiche statt eines einzigen für den ersten Platz in Frage" in warning.striptags()
    text = words(evidence, alike_sentences)
    assert "mehr Ränge als bisher wären möglich für Alpha (1–3), Beta (1–3), Gamma (1–3)" in text


TESTED = [{"question": "s", "test": "kruskal_wallis"}, {"question": "p", "test": "points_permutation"}]


def planned(**options) -> str:
    scores = options.pop("scores", [9] * 10 + [2] * 10)
    groups, people = options.pop("of", [f"g{n // 10}" for n in range(20)]), options.pop("groups", 2)
    evidence = evidence_of(small_round(2, groups=people, segment_tests=TESTED), [[60, 40]] * 20, scores, groups)
    return planned_tests_table(evidence).markup.striptags()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "Unterschied belegt"),
        ({"scores": [5] * 20}, "hätte kein Ergebnis einen Unterschied belegen können"),
        ({"scores": [3, 9] * 10}, "kein Unterschied belegt"),
        ({"of": ["g0"] * 16 + ["g1"] * 4}, "Nicht möglich: Es gibt keine zwei Gruppen"),
        ({"of": [], "groups": 0}, "Nicht möglich: Nach einer Teilnehmergruppe wurde in dieser Runde nicht gefragt."),
        ({"scores": []}, "Nicht möglich: Die Frage hat niemand beantwortet."),
    ],
)
def test_a_planned_test_never_disappears(options, said):
    assert said in planned(**options)


def test_no_planned_test_is_said_to_be_none():
    evidence = evidence_of(small_round(2, groups=2), [[60, 40]] * 4)
    assert "kein Vergleich der Teilnehmergruppen vorgesehen" in planned_tests_table(evidence).markup
