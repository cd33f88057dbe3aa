"""Verdicts follow the data: every kind of condition in every verdict it can take, on rounds whose truth is plain."""

import re

import pytest
from joint_rounds import CLEAR, EQUAL, LEFT, REVERSED, everywhere, joint_round

from analysis_utils.errors import DataError
from analysis_utils.findings.page import findings_list
from analysis_utils.findings.verdicts import findings_frame, judged_findings, write_findings
from analysis_utils.wording.definitions import name_of
from analysis_utils.wording.evidence import about

TALKED = everywhere("a0", "priorität", "unterstützend") | everywhere("a3", "umdeutung", "umdeutung")
FEW = CLEAR[:4]


def finding(condition: str, *, numbers: str = "{}", sentence: str = "So ist es.", more: str = "") -> str:
    return (
        "defaults: false\nfindings:\n  - id: f\n    order: 1\n    title: So ist es\n"
        f"    sentence: {sentence!r}\n    numbers: {numbers}\n    conditions:\n      - {condition}\n{more}"
    )


def verdict(folder, ballots, condition, said=None, **options) -> str:
    evidence = joint_round(folder, ballots, said, finding(condition), **options)
    return judged_findings(evidence)[0].verdict


ORDER = "{kind: order, question: p, steps: [[a0], [a1, a2, a3]]}"
TIER = "{kind: tier, question: p, items: [a0], tier: leading}"
BEHIND = "{kind: tier, question: p, items: [a3], tier: behind}"
MEAN = "{kind: value, question: p, statistic: mean_points, item: a0, is: above, than: 60}"
JUST = "{kind: value, question: p, statistic: mean_points, item: a0, is: above, than: 66}"
EXACT = "{kind: value, question: p, statistic: mean_points, item: a0, is: above, than: 66, target: answered}"
WITHIN = "{kind: interval, question: p, statistic: mean_points, item: a0, low: 50, high: 80}"
NARROW = "{kind: interval, question: p, statistic: mean_points, item: a0, low: 66, high: 67}"
PAIR = "{kind: comparison, question: p, item: a0, is: above, than: a1}"
BELOW = "{kind: comparison, question: p, item: a0, is: below, than: a1}"
COVERED = "{kind: coverage, codes: [a0, a3], is: exactly, groups: all}"
SILENT = "{kind: coverage, codes: [a1], is: exactly, groups: 0}"
STANCE = "{kind: stance, codes: [a3], stances: [umdeutung], how_often: mostly}"
NEVER = "{kind: stance, codes: [a0], stances: [kritisch], how_often: never}"
EVERY = "{kind: stance, codes: [a0], stances: [priorität, unterstützend], how_often: every_group}"
SHARED = {("a0", "gr1"): ["priorität", "unterstützend"], ("a0", "gr2"): ["unterstützend"]}
READINGS = "{kind: readings, question: s, statistic: top_box_count, readings: [{count: 3, of: 4}, {count: 2, of: 4}]}"


@pytest.mark.parametrize(
    ("condition", "ballots", "said", "expected"),
    [
        (ORDER, CLEAR, None, "belegt"),
        (ORDER, FEW, None, "vereinbar"),
        (ORDER, REVERSED, None, "widersprochen"),
        (ORDER, EQUAL, None, "widersprochen"),
        (ORDER, [], None, "offen"),
        (TIER, CLEAR, None, "belegt"),
        (TIER, FEW, None, "vereinbar"),
        (TIER, REVERSED, None, "widersprochen"),
        (BEHIND, CLEAR, None, "belegt"),
        (BEHIND, FEW, None, "vereinbar"),
        (BEHIND, REVERSED, None, "widersprochen"),
        (MEAN, CLEAR, None, "belegt"),
        (JUST, CLEAR, None, "vereinbar"),
        (EXACT, CLEAR, None, "belegt"),
        (MEAN, EQUAL, None, "widersprochen"),
        (WITHIN, CLEAR, None, "belegt"),
        (NARROW, CLEAR, None, "vereinbar"),
        (WITHIN, REVERSED, None, "widersprochen"),
        (PAIR, CLEAR, None, "belegt"),
        (PAIR, REVERSED, None, "widersprochen"),
        (BELOW, REVERSED, None, "belegt"),
        (COVERED, CLEAR, TALKED, "belegt"),
        (COVERED, CLEAR, everywhere("a0", "neutral"), "widersprochen"),
        (COVERED, CLEAR, None, "offen"),
        (SILENT, CLEAR, TALKED, "belegt"),
        (SILENT, CLEAR, everywhere("a1", "neutral"), "widersprochen"),
        (STANCE, CLEAR, TALKED, "belegt"),
        (STANCE, CLEAR, everywhere("a3", "umdeutung", "kritisch"), "widersprochen"),
        (STANCE, CLEAR, {("a3", "gr1"): ["umdeutung"]}, "offen"),
        (STANCE, CLEAR, everywhere("a0", "neutral"), "offen"),
        (EVERY, CLEAR, everywhere("a0", "priorität"), "belegt"),
        (EVERY, CLEAR, {("a0", "gr1"): ["priorität"]}, "widersprochen"),
        (EVERY, CLEAR, {("a0", "gr1"): ["priorität"], ("a0", "gr2"): ["unterstützend"] * 2}, "widersprochen"),
        (EVERY, CLEAR, SHARED, "offen"),
        (NEVER, CLEAR, TALKED, "belegt"),
        (NEVER, CLEAR, everywhere("a0", "kritisch"), "widersprochen"),
    ],
)
def test_verdict_of_each_kind_of_condition(tmp_path, condition, ballots, said, expected):
    assert verdict(tmp_path, ballots, condition, said) == expected


@pytest.mark.parametrize(("scores", "expected"), [([9, 8, 7, 1], "belegt"), ([1, 1, 1, 9], "widersprochen")])
def test_readings_are_decided_by_original_answers(tmp_path, scores, expected):
    assert verdict(tmp_path, [], READINGS, scores=scores) == expected


def test_readings_of_a_reconstructed_round_stay_open_and_both_are_named(tmp_path):
    evidence = joint_round(tmp_path, [], None, finding(READINGS), scores=[9, 8, 7, 1], provenance="reconstructed")
    one = judged_findings(evidence)[0]
    assert one.verdict == "offen"
    assert "3 von 4 (75,0" in one.sentence.striptags() and "2 von 4 (50,0" in one.sentence.striptags()


def test_several_conditions_must_all_hold(tmp_path):
    both = finding(f"{ORDER}\n      - {COVERED}")
    assert judged_findings(joint_round(tmp_path, CLEAR, TALKED, both))[0].verdict == "belegt"
    assert judged_findings(joint_round(tmp_path, CLEAR, None, both))[0].verdict == "offen"
    assert judged_findings(joint_round(tmp_path, REVERSED, None, both))[0].verdict == "widersprochen"


def test_number_that_was_never_published_leaves_the_finding_open(tmp_path):
    evidence = joint_round(tmp_path, CLEAR, None, finding(MEAN), provenance="reconstructed")
    assert judged_findings(evidence)[0].verdict == "offen"
    assert "nicht überliefert" in judged_findings(evidence)[0].sentence.striptags()


def test_withheld_segment_leaves_the_finding_open(tmp_path):
    condition = "{kind: value, question: s, statistic: top_box_share, segment: g1, is: above, than: 0.5}"
    people = ["g0"] * 12 + ["g1"] * 2
    evidence = joint_round(tmp_path, [], None, finding(condition), scores=[9] * 14, groups=people)
    one = judged_findings(evidence)[0]
    assert one.verdict == "offen" and "nicht einzeln gezeigt" in one.sentence.striptags()


def test_role_that_no_question_has_leaves_the_finding_open(tmp_path):
    condition = "{kind: value, question: other, statistic: mean, is: above, than: 5}"
    one = judged_findings(joint_round(tmp_path, CLEAR, None, finding(condition)))[0]
    assert one.verdict == "offen" and "nicht gefragt" in one.sentence.striptags()


def test_wording_follows_the_verdict(tmp_path):
    words = "    wording: {widersprochen: 'Anders herum: {m} Punkte.'}\n"
    numbers = "{m: {question: p, statistic: mean_points, item: a0}}"
    text = finding(PAIR, numbers=numbers, sentence="Vorn mit {m} Punkten.", more=words)
    assert judged_findings(joint_round(tmp_path, CLEAR, None, text))[0].sentence.striptags() == "Vorn mit 66,5 Punkten."
    assert (
        judged_findings(joint_round(tmp_path, REVERSED, None, text))[0].sentence.striptags()
        == "Anders herum: 1,7 Punkte."
    )
    few = judged_findings(joint_round(tmp_path, FEW, None, text))[0].sentence.striptags()
    assert few == "Vorn mit 66,3 Punkten. Ob das auch in einem ähnlichen Kreis gälte, ist offen."


def test_wording_with_an_unknown_number_gives_way_to_the_title(tmp_path):
    words = "    wording: {widersprochen: 'Anders herum: {m} Aussagen.'}\n"
    numbers = "{m: {question: gruppennotizen, statistic: stance_count, item: 'a0|kritisch'}}"
    text = finding(PAIR, numbers=numbers, sentence="Vorn.", more=words)
    one = judged_findings(joint_round(tmp_path, REVERSED, everywhere("a1", "neutral"), text))[0]
    said = one.sentence.striptags()
    assert said.startswith("Trifft nicht zu: „So ist es“. Alpha (") and "liegt nicht vor Beta (" in said


@pytest.mark.parametrize(("stances", "words"), [(["neutral"], "1 Aussage"), (["neutral"] * 2, "2 Aussagen")])
def test_counted_number_comes_with_its_noun(tmp_path, stances, words):
    numbers = "{m: {question: gruppennotizen, statistic: statement_count, item: a0, part: counted}}"
    said = {("a0", "gr1"): stances}
    text = finding(PAIR, numbers=numbers, sentence="Vorn mit {m}.")
    assert judged_findings(joint_round(tmp_path, CLEAR, said, text))[0].sentence.striptags() == f"Vorn mit {words}."


@pytest.mark.parametrize(
    ("ballots", "words"), [(CLEAR, "„Alpha“"), (EQUAL, "alle gleich"), ([[50, 50, 0, 0]] * 9, "„Alpha“ und „Beta“")]
)
def test_leading_is_named_for_any_order(tmp_path, ballots, words):
    text = finding(ORDER, sentence="Vorn: {leading}.", more="    wording: {widersprochen: 'Vorn: {leading}.'}\n")
    assert judged_findings(joint_round(tmp_path, ballots, None, text))[0].sentence.striptags() == f"Vorn: {words}."


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ("    interpretation: Gut so.\n", {"belegt": "Gut so.", "vereinbar": "Gut so."}),
        ("    interpretation: {widersprochen: Schade.}\n", {"widersprochen": "Schade."}),
    ],
)
def test_interpretation_is_shown_with_the_verdicts_it_was_written_for(tmp_path, more, shown):
    for ballots, verdict_ in ((CLEAR, "belegt"), (FEW, "vereinbar"), (REVERSED, "widersprochen")):
        html = str(findings_list(joint_round(tmp_path, ballots, None, finding(PAIR, more=more))))
        assert ("Einordnung des Auswertungsteams" in html) is (verdict_ in shown)
        assert shown.get(verdict_, "") in html


@pytest.mark.parametrize("condition", [COVERED, SILENT, STANCE, EVERY, NEVER])
def test_before_anything_is_coded_the_groups_decide_nothing(tmp_path, condition):
    one = judged_findings(joint_round(tmp_path, CLEAR, {}, finding(condition), is_coded=False))[0]
    assert one.verdict == "offen" and "noch keinem Thema zugeordnet" in one.sentence.striptags()


@pytest.mark.parametrize(
    ("condition", "left", "expected"),
    [
        (SILENT, 1, "offen"),  # whoever is coded last may speak of it
        (SILENT.replace("[a1]", "[a0]"), 1, "widersprochen"),  # that groups spoke stays true
        (COVERED, 1, "belegt"),
        (SILENT.replace("exactly, groups: 0", "at_least, groups: 1"), 1, "offen"),
        (COVERED.replace("[a0, a3]", "[a1]"), 1, "widersprochen"),  # one group at most is left to speak of it
        (STANCE, 1, "belegt"),  # three of four at the least
        (STANCE, 3, "offen"),  # three of six would be no majority
        (STANCE.replace("umdeutung", "kritisch"), 1, "widersprochen"),
        (NEVER, 1, "offen"),
        (STANCE.replace("[a3]", "[a1]"), 1, "offen"),
        (
            "{kind: value, question: gruppennotizen, statistic: groups_covered, item: a1, is: below, than: 1}",
            1,
            "offen",
        ),
    ],
)
def test_partial_coding_decides_only_what_the_rest_cannot_change(tmp_path, condition, left, expected):
    said = everywhere("a0", "priorität") | everywhere("a3", "umdeutung") | {(LEFT, "gr2"): ["-"] * left}
    one = judged_findings(joint_round(tmp_path, CLEAR, said, finding(condition)))[0]
    assert one.verdict == expected
    assert ("noch nicht" in (words := one.sentence.striptags()) or "nicht alle Aussagen" in words) == (
        expected == "offen"
    )


def test_sources_that_the_round_does_not_have_are_counted_not_listed(tmp_path):
    text = finding(PAIR, more="    sources: [gr9.abcdef, gr9.ghijkl, a0]\n")
    html = str(findings_list(joint_round(tmp_path, CLEAR, TALKED, text)))
    assert "abcdef" not in html and "der angegebenen Stellen in den Notizen sind in dieser Runde nicht kodiert" in html


def test_every_digit_of_a_sentence_stands_in_a_data_element(tmp_path):
    row = "question: p, statistic: mean_points, item: a0"
    numbers = f"{{m: {{{row}}}, i: {{{row}, part: interval}}}}"
    text = finding(MEAN, numbers=numbers, sentence="Im Mittel {m} Punkte ({i}).")
    sentence = str(judged_findings(joint_round(tmp_path, CLEAR, None, text))[0].sentence)
    assert not re.search(r"\d", re.sub(r"<data.*?</data>", "", sentence))
    assert 'data-key="probe/p/all/a0/mean_points"' in sentence


def test_text_of_a_finding_is_escaped(tmp_path):
    text = finding(MEAN, sentence="<script>alert()</script> & so")
    assert "<script>" not in str(judged_findings(joint_round(tmp_path, CLEAR, None, text))[0].sentence)


@pytest.mark.parametrize(("ballots", "expected"), [(CLEAR, "belegt"), (FEW, "vereinbar"), (EQUAL, "widersprochen")])
def test_defaults_follow_the_data_without_a_findings_file(tmp_path, ballots, expected):
    found = {one.finding.id: one for one in judged_findings(joint_round(tmp_path, ballots))}
    assert found["spitze"].verdict == expected
    assert ("„Alpha“" in found["spitze"].sentence.striptags()) is (expected != "widersprochen")
    assert ("kein Bereich vorn" in found["spitze"].sentence.striptags()) is (expected == "widersprochen")


def test_equal_printed_means_of_a_reconstructed_round_leave_open_who_leads(tmp_path):
    evidence = joint_round(tmp_path, EQUAL, provenance="reconstructed")
    found = {one.finding.id: one for one in judged_findings(evidence)}
    assert found["spitze"].verdict == "offen"


def test_default_names_who_leads_after_the_order_is_reversed(tmp_path):
    found = {one.finding.id: one for one in judged_findings(joint_round(tmp_path, REVERSED))}
    assert "„Delta“" in found["spitze"].sentence.striptags() and "Alpha" not in found["spitze"].sentence


@pytest.mark.parametrize(
    ("scores", "expected"), [([9] * 12, "belegt"), ([9, 9, 9, 1, 1], "vereinbar"), ([1] * 9, "widersprochen")]
)
def test_default_majority(tmp_path, scores, expected):
    found = {one.finding.id: one for one in judged_findings(joint_round(tmp_path, [], scores=scores))}
    assert found["mehrheit"].verdict == expected
    assert found["mehrheit"].sentence.striptags().startswith("Zustimmung: ")


def test_changed_verdict_is_listed_first_and_says_what_it_was(tmp_path):
    two = finding(MEAN) + finding(PAIR).split("findings:\n")[1].replace("id: f", "id: g").replace(
        "order: 1", "order: 2"
    )
    evidence = joint_round(tmp_path, CLEAR, None, two)
    assert [one.finding.id for one in judged_findings(evidence)] == ["f", "g"]
    (tmp_path / "findings_released.yml").write_text("verdicts: {f: belegt, g: vereinbar}\n", encoding="utf-8")
    judged = judged_findings(evidence)
    assert [(one.finding.id, one.earlier, one.has_changed) for one in judged] == [
        ("g", "vereinbar", True),
        ("f", "belegt", False),
    ]


def test_written_verdicts_can_be_kept_as_the_released_ones(tmp_path):
    evidence = joint_round(tmp_path, CLEAR, TALKED, finding(COVERED))
    write_findings(evidence)
    assert (tmp_path / "findings_released.yml").read_text(encoding="utf-8") == "verdicts:\n  f: belegt\n"
    assert not judged_findings(evidence)[0].has_changed
    assert list(findings_frame(judged_findings(evidence))["verdict"]) == ["belegt"]


BROKEN = {
    "unknown kind": (finding("{kind: guess, question: p}"), "guess"),
    "unknown statistic": (finding(MEAN.replace("mean_points", "mean_point")), "mean_points"),
    "unknown question": (finding(MEAN.replace("question: p", "question: q9")), "a question of the round"),
    "unknown item": (finding(MEAN.replace("item: a0", "item: a00")), "a0"),
    "typed number": (finding(MEAN, sentence="Es sind 29 Personen."), "without typed digits"),
    "unknown placeholder": (finding(MEAN, sentence="Es sind {n}."), "{name}"),
    "unknown key": (finding(MEAN.replace("than: 60", "than: 60, then: 3")), "then"),
    "typing error": (finding(MEAN).replace("sentence:", "sentense:"), "saw “sentense” at findings.0.sentense"),
    "no condition": ("findings: [{id: f, order: 1, title: T, sentence: S, conditions: []}]", "at least 1 of them"),
    "groups": (finding(COVERED.replace("groups: all", "groups: many")), "a whole number”, saw 'many'"),
    "verdict of an interpretation": (finding(MEAN, more="    interpretation: {nie: x}\n"), "'belegt', 'vereinbar'"),
    "side of an area": ("areas: {a0: {integration: divergent, poll: hoch, text: x}}", "'betont', 'nicht betont'"),
    "empty file": ("[]", "keys with values"),
    "code": (finding(MEAN.replace("than: 60", "than: __import__('os')")), "number"),
    "impossible reading": (finding(READINGS.replace("count: 3", "count: 5")), "count ≤ of"),
    "worded offen": (finding(MEAN, more="    wording: {offen: Vielleicht}\n"), "offen"),
    "segment": (finding(MEAN.replace("item: a0", "item: a0, segment: g7")), "a segment of the round"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_findings_file_is_refused_with_one_readable_message(tmp_path, name):
    text, told = BROKEN[name]
    with pytest.raises(DataError) as fault:
        judged_findings(joint_round(tmp_path, CLEAR, None, text))
    assert told in str(fault.value) and str(fault.value).startswith("findings.yml: expected")


def test_number_tells_on_demand_what_it_is_with_interval_and_n(tmp_path):
    evidence = joint_round(tmp_path, CLEAR)
    row = evidence.row(evidence.round.question("p"), "mean_points", "a0")
    assert name_of(row.statistic) == "mittlere Punkte"  # the page tells it with its definition
    assert re.fullmatch(r"95-%-Unsicherheitsbereich 6\d,\d–\d\d,\d; n = 24", about(row))
    invented = joint_round(tmp_path, CLEAR, provenance="reconstructed")
    assert "(nachgebildet)" in about(invented.row(invented.round.question("p"), "mean_points", "a0"))


@pytest.mark.parametrize(
    ("ballots", "verdict"), [(CLEAR, "belegt"), (FEW, "vereinbar"), ([], "offen"), (REVERSED, "widersprochen")]
)
def test_heading_is_true_under_its_verdict(tmp_path, ballots, verdict):
    one = judged_findings(joint_round(tmp_path, ballots, None, finding(PAIR)))[0]
    assert one.verdict == verdict
    assert (one.title == "So ist es") == (verdict == "belegt") and "So ist es" in one.title


def test_heading_of_a_verdict_is_the_one_written_for_it(tmp_path):
    text = finding(PAIR).replace("title: So ist es", "title: {belegt: So ist es, widersprochen: Anders ist es}")
    one = judged_findings(joint_round(tmp_path, REVERSED, None, text))[0]
    assert one.title == "Anders ist es" and one.sentence.startswith("Anders ist es. Alpha (")
