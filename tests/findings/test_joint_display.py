"""The class of integration follows both sides; figure, table and sentences say the same on swapped data."""

import itertools
import re
from dataclasses import replace
from typing import get_args

import pandas as pd
import pytest
from joint_rounds import CLEAR, EQUAL, GROUPS, LEFT, REVERSED, everywhere, joint_round

from analysis_utils.charts.notes import joint_chart
from analysis_utils.charts.poll import ranking_chart
from analysis_utils.findings.joint_display import (
    GroupSide,
    PollSide,
    integration_of,
    joint_headline,
    joint_rows,
    joint_sentences,
)
from analysis_utils.findings.joint_tables import clusters_table, joint_table
from analysis_utils.findings.model import Condition, Integration
from analysis_utils.findings.verdicts import judged_findings
from analysis_utils.next_round.decisions import open_pairs_table
from analysis_utils.next_round.summary import next_round_sentences
from analysis_utils.pages.first_page import MOST_FINDINGS, executive_summary
from analysis_utils.pages.index_page import index_body
from analysis_utils.rounds import project_root
from analysis_utils.rounds.round_file import Question
from analysis_utils.verify.exceptions import Exceptions
from analysis_utils.wording.evidence import Evidence
from analysis_utils.wording.result_tables import pairs_table
from analysis_utils.wording.sentences import ranking_headline, ranking_sentences
from analysis_utils.wording.themes import coverage_sentences

SAID = everywhere("a1", "priorität") | everywhere("a3", "umdeutung", "umdeutung") | {("a2", "gr1"): ["neutral"]}


def classes(evidence) -> dict[str, tuple[str, str, str]]:
    return {row.area: (row.poll, row.groups, row.integration) for row in joint_rows(evidence)}


def test_every_pair_of_sides_has_a_class():
    pairs = itertools.product(get_args(PollSide), get_args(GroupSide))
    assert {integration_of(poll, groups) for poll, groups in pairs} == set(get_args(Integration))


def test_high_in_the_poll_and_silent_groups_diverge_low_and_reinterpreted_complements(tmp_path):
    assert classes(joint_round(tmp_path, CLEAR, SAID)) == {
        "a0": ("betont", "nicht angesprochen", "divergent"),
        "a1": ("nicht betont", "betont", "divergent"),
        "a2": ("nicht betont", "erwähnt", "ergänzend"),
        "a3": ("nicht betont", "umgedeutet", "ergänzend"),
    }


def test_reversed_ranking_turns_the_classes(tmp_path):
    found = classes(joint_round(tmp_path, REVERSED, SAID))
    assert found["a3"] == ("betont", "umgedeutet", "divergent")
    assert found["a0"] == ("nicht betont", "nicht angesprochen", "nur Umfrage")


def test_all_equal_stresses_no_area(tmp_path):
    evidence = joint_round(tmp_path, EQUAL, SAID)
    assert {poll for poll, *_ in classes(evidence).values()} == {"im Mittel"}
    assert joint_headline(evidence) == "Umfrage und Gruppen widersprechen einander bei keinem Bereich"


def test_silent_groups_leave_the_poll_alone(tmp_path):
    silent = joint_round(tmp_path, CLEAR, {})
    assert classes(silent)["a0"] == ("betont", "nicht angesprochen", "divergent")
    without = joint_round(tmp_path, CLEAR, None)
    assert {integration for *_, integration in classes(without).values()} == {"nur Umfrage"}
    assert "Gruppen:" not in " ".join(sentence.striptags() for sentence in joint_sentences(without))
    assert "keine Notizen" in str(clusters_table(without))


def test_before_anything_is_coded_the_groups_are_unknown_not_silent(tmp_path):
    evidence = joint_round(tmp_path, CLEAR, {}, is_coded=False)
    assert {row[1:] for row in classes(evidence).values()} == {("nicht bekannt", "nur Umfrage")}
    assert "noch keinem Thema zugeordnet" in str(clusters_table(evidence))
    assert "noch nicht zugeordnete Aussagen" in str(executive_summary(evidence))


def test_while_statements_are_left_to_code_no_group_is_silent(tmp_path):
    said = SAID | {(LEFT, "gr3"): ["-"]}
    evidence = joint_round(tmp_path, CLEAR, said)
    assert classes(evidence)["a0"] == ("betont", "nicht bekannt", "nur Umfrage")
    assert classes(evidence)["a1"] == ("nicht betont", "betont", "divergent")
    assert "nicht alle Aussagen kodiert" in str(clusters_table(evidence))
    assert "bisher kodiert" in str(executive_summary(evidence))
    words = " ".join(sentence.striptags() for sentence in coverage_sentences(evidence))
    assert "Keine Gruppe hat" not in words and "Noch bei keiner Gruppe kodiert" in words
    assert "nicht angesprochen" not in joint_chart(evidence).caption


def test_most_frequent_stances_are_all_named_in_words_and_one_statement_is_singular(tmp_path):
    said = everywhere("a1", "priorität", "kritisch") | {("a2", "gr1"): ["umdeutung"]}
    text = re.sub(r"<[^>]*>", " ", joint_table(joint_round(tmp_path, CLEAR, said)).markup)
    assert re.search(r"häufigste Haltungen: Priorität und kritisch \(je\s+3\s*\)", text)
    assert re.search(r"\b1\s+Aussage\s· häufigste Haltung: Umdeutung", text)


def test_nobody_voted_leaves_the_groups_alone(tmp_path):
    evidence = joint_round(tmp_path, [], SAID)
    assert {integration for *_, integration in classes(evidence).values()} == {"nur Gruppen"}
    figure = joint_chart(evidence)
    figure.draw()
    assert figure.alt.startswith("Kreise für die Gruppen.") and "mittlere Punkte" not in figure.caption.casefold()


def test_headline_gives_the_number_of_areas_where_more_than_three_diverge(tmp_path):
    said = {area: stances for area in ("a1", "a2", "a3") for area, stances in everywhere(area, "priorität").items()}
    headline = joint_headline(joint_round(tmp_path, CLEAR, said))
    assert headline == "Umfrage und Gruppen gehen auseinander bei vier Bereichen"


def test_firm_side_needs_the_whole_interval(tmp_path):
    firm = {row.area: row.is_firm for row in joint_rows(joint_round(tmp_path, CLEAR, SAID))}
    assert firm["a0"]
    few = {row.area: row.is_firm for row in joint_rows(joint_round(tmp_path, CLEAR[:2], SAID))}
    assert not few["a0"]


@pytest.mark.parametrize("ballots", [CLEAR, REVERSED, EQUAL])
@pytest.mark.parametrize("said", [SAID, {}, None])
def test_no_number_outside_data_elements(tmp_path, ballots, said):
    evidence = joint_round(tmp_path, ballots, said)
    for part in (
        joint_table(evidence),
        clusters_table(evidence),
        *joint_sentences(evidence),
        executive_summary(evidence),
    ):
        text = re.sub(r"<data.*?</data>|<[^>]*>", "", str(getattr(part, "markup", part)))
        assert not re.search(r"\d", re.sub(r"1\. Mai 2026|Runde \d", "", text)), text


@pytest.mark.parametrize("said", [SAID, {}, None])
def test_figure_draws_and_names_every_area(tmp_path, said):
    figure = joint_chart(joint_round(tmp_path, CLEAR, said))
    assert all(label in figure.alt for label in ("Alpha", "Beta", "Gamma", "Delta"))
    figure.draw()
    assert figure.spec()["data"]
    assert set(figure.rows["segment"]) == ({"all", *GROUPS} if said is not None else {"all"})


def test_interpretation_is_shown_only_for_the_class_it_was_written_for(tmp_path):
    first = "a0: {integration: divergent, text: Das ist zu klären.}"
    side = "a3: {integration: ergänzend, groups: kritisch, text: Auch falsch.}"
    text = f"areas: {{{first}, {side}, a1: {{integration: konvergent, text: Falsch.}}}}\n"
    html = str(joint_table(joint_round(tmp_path, CLEAR, SAID, text)))
    assert "Das ist zu klären." in html and "alsch." not in html


def test_summary_stays_within_a_page_and_points_to_the_rest(tmp_path):
    one = "  - {{id: f{0}, order: {0}, audience: summary, title: So, sentence: '{1}', conditions: [{2}]}}\n"
    condition = "{kind: comparison, question: p, item: a0, is: above, than: a1}"
    text = "defaults: false\nfindings:\n" + "".join(one.format(n, "Wort " * 60, condition) for n in range(1, 12))
    evidence = joint_round(tmp_path, CLEAR, None, text)
    page = str(executive_summary(evidence))
    assert page.count("<li>") == MOST_FINDINGS < len(judged_findings(evidence))
    assert "Weitere Befunde" in page


def test_documented_rule_is_the_rule():
    text = (project_root() / "docs" / "findings.md").read_text(encoding="utf-8")
    head, _, *lines = text[text.index("| poll ↓") :].splitlines()
    groups = [cell.strip() for cell in head.strip("|").split("|")][1:]
    for line in lines[:4]:
        poll, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        assert cells == [integration_of(poll, group) for group in groups]


def test_every_kind_of_condition_is_documented():
    text = (project_root() / "docs" / "findings.md").read_text(encoding="utf-8")
    for kind in get_args(get_args(Condition)[0]):
        name = get_args(kind.model_fields["kind"].annotation)[0]
        keys = [field.alias or key for key, field in kind.model_fields.items() if key != "kind"]
        row = re.search(rf"^\| `{name}` \| `([^`]*)`", text, re.MULTILINE)
        assert row and set(row[1].split(", ")) == set(keys), name


RANKED = {
    "ranking": [[1, 2, 3, 4]] * 16 + [[1, 3, 2, 0], [2, 1, 3, 4]] * 4,
    "single_choice": [[1, 0, 0, 0]] * 18 + [[0, 1, 0, 0]] * 4 + [[0, 0, 1, 0]] * 2,
    "multiple_choice": [[1, 1, 0, 0]] * 16 + [[1, 0, 1, 0]] * 6 + [[0, 0, 1, 1]] * 2,
}


@pytest.mark.parametrize("kind", RANKED)
def test_priority_polled_as_ranking_or_choice_speaks_everywhere(tmp_path, kind):
    """Everybody but a few puts Alpha first; Delta comes last. The groups speak of Delta only."""
    evidence = joint_round(tmp_path, RANKED[kind], everywhere("a3", "unterstützend"), kind=kind)
    rows = {row.area: row for row in joint_rows(evidence)}
    assert next(iter(rows)) == "a0"
    assert (rows["a0"].poll, rows["a3"].poll) == ("betont", "nicht betont")
    assert (rows["a0"].integration, rows["a3"].integration) == ("divergent", "divergent")
    assert rows["a0"].is_firm == (kind != "multiple_choice")
    first = executive_summary(evidence).markup
    assert "Die Umfrage stellt „Alpha“ an die Spitze; der Abstand zu jedem anderen Bereich ist gesichert." in first
    assert "24</data> Stimmzettel zur Frage nach den Prioritäten" in first
    (lead,) = [one for one in judged_findings(evidence) if one.finding.id == "spitze"]
    assert lead.verdict == "belegt" and "niemand" not in str(lead.sentence)
    text = " ".join(map(str, ranking_sentences(evidence, evidence.round.question("p"))))
    assert "liegt gesichert vorn" in text and "Punkte" not in text
    assert "Punkte" not in joint_table(evidence).markup and "Punkte" not in joint_chart(evidence).alt
    assert "Punkte" not in ranking_chart(evidence, evidence.round.question("p")).alt
    certain = "Die Reihenfolge aller Paare ist gesichert." if kind == "ranking" else "„Alpha“ liegt gesichert vorn."
    assert certain in " ".join(map(str, next_round_sentences(evidence)))
    question = evidence.round.question("p")
    assert "Alpha vor" in pairs_table(evidence, question).markup or kind != "ranking"
    assert "Punkte" not in f"{pairs_table(evidence, question).markup} {open_pairs_table(evidence, question).markup}"
    axis = joint_chart(evidence).columns[0].axis.replace("\n", " ")
    assert not re.search(r"\d", Exceptions(evidence.round).without(axis)), "no result on an axis"


def test_ranking_that_leaves_open_what_is_unranked_orders_nothing_for_sure(tmp_path):
    evidence = joint_round(tmp_path, RANKED["ranking"], kind="ranking", unranked="missing")
    question = evidence.round.question("p")
    assert ranking_headline(evidence, question) == "„Alpha“ steht im Mittel am weitesten vorn"
    assert "gilt als fehlend" in " ".join(map(str, ranking_sentences(evidence, question)))
    assert not any(row.is_firm for row in joint_rows(evidence))
    (lead,) = [one for one in judged_findings(evidence) if one.finding.id == "spitze"]
    assert lead.verdict == "vereinbar"
    assert ranking_chart(evidence, question).columns[-1].head == "95-%-\nBereich"  # no ranks


def test_questions_without_a_result_are_named_on_the_first_page_with_number_and_reason(tmp_path):
    evidence = joint_round(tmp_path, CLEAR)
    assert "Fragen ohne Ergebnis" not in index_body(evidence.round, evidence, []).markup
    quiz = Question(id="q", wording="Hauptstadt?", label="Quiz", type="quiz")
    file = evidence.round.file.model_copy(update={"questions": [*evidence.round.file.questions, quiz]})
    row = evidence.estimates.iloc[:1].assign(question="q", statistic="respondents", estimate=7.0, n=7)
    both = Evidence(replace(evidence.round, file=file), pd.concat([evidence.estimates, row], ignore_index=True))
    text = re.sub("<[^>]+>", "", index_body(both.round, both, []).markup)
    assert (
        "Fragen ohne Ergebnis„Hauptstadt?“: 7 Personen antworteten; ein Quiz fragt Wissen ab und keine Meinung." in text
    )
