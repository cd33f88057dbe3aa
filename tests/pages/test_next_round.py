"""Preparing the next round: open orders, what to discuss, what was not asked, and drafts that can be used."""

import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from small_rounds import code, evidence_of, small_round

from analysis_utils.cli import main
from analysis_utils.errors import DataError
from analysis_utils.next_round import decisions as pages
from analysis_utils.next_round.files import FOLDER, draft_next_round
from analysis_utils.next_round.summary import next_round_sentences
from analysis_utils.rounds.round_file import RoundFile
from analysis_utils.rounds.yamlfile import read_yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "ingest"))
from exports import Deck, Slide, sheets, write_xlsx

CLOSE = [[60, 40, 0], [40, 60, 0], [55, 45, 0], [45, 50, 5]] * 5


def words(html) -> str:
    return re.sub(r"<[^>]+>", " ", html._repr_html_())


def with_clusters(round_):
    book = round_.codebook.model_copy(update={"theme_clusters": [code("t1", "Thema Eins"), code("t2", "Thema Zwei")]})
    return replace(round_, codebook=book)


@pytest.fixture
def evidence():
    return evidence_of(with_clusters(small_round(3)), CLOSE, scores=[5, 7])


def test_open_pair_is_listed_with_the_ballots_it_needs(evidence):
    question = evidence.round.question("p")
    text = pages.open_pairs_table(evidence, question)._repr_html_()
    assert "Alpha und Beta" in words(pages.open_pairs_table(evidence, question))
    assert "ballots_to_separate" in text or "nicht in erreichbarer Größe" in text
    assert "Gamma" not in text


def test_secured_order_needs_no_more_ballots():
    evidence = evidence_of(small_round(2), [[80, 20], [75, 25], [90, 10]] * 10)
    assert "schon mit diesen Stimmzetteln gesichert" in words(
        pages.open_pairs_table(evidence, evidence.round.question("p"))
    )


def test_few_ballots_give_no_estimate():
    evidence = evidence_of(small_round(2), [[60, 40]] * 4)
    assert "lässt sich nicht abschätzen" in words(pages.open_pairs_table(evidence, evidence.round.question("p")))


def test_reconstructed_round_marks_the_numbers():
    evidence = evidence_of(small_round(3, provenance="reconstructed"), CLOSE)
    assert "nachgebildet" in words(pages.open_pairs_table(evidence, evidence.round.question("p")))


def test_clusters_no_question_offered_are_named(evidence):
    text = words(pages.never_asked_table(evidence))
    assert "Thema Eins" in text and "Thema Zwei" in text and "Alpha" not in text


def test_without_notes_there_is_nothing_to_compare_and_the_page_says_so(evidence):
    assert "keine Notizen" in words(pages.to_discuss_table(evidence))


def test_every_question_is_in_the_table_of_wordings(evidence):
    text = words(pages.wording_table(evidence))
    assert all(question.wording in text for question in evidence.round.file.questions)


def test_draft_is_refused_until_completed_and_then_read(evidence, tmp_path):
    evidence = replace(evidence, round=replace(evidence.round, reports=tmp_path))
    draft_next_round(evidence).save()
    path = tmp_path / FOLDER / "round.yml"
    with pytest.raises(DataError):
        read_yaml(path, RoundFile)
    content = YAML().load(path)
    content["title"], content["date"], content["export"] = "Zweite Runde", "2026-06-01", "umfrage.xlsx"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(content, file)
    read = read_yaml(path, RoundFile)
    assert [q.id for q in read.questions] == ["p", "s", "themencluster", "selbstgewaehlter_code"]
    assert read.questions[:2] == [q.model_copy(update={"published": []}) for q in evidence.round.file.questions]


def test_sheet_holds_every_wording_and_option(evidence, tmp_path):
    sheet = draft_next_round(evidence).sheet
    for question in evidence.round.file.questions:
        assert question.wording in sheet
        assert all(f"- {option}" in sheet for option in question.options)
    assert "Skala" not in sheet or "von 1" in sheet


def test_same_round_gives_the_same_drafts(evidence):
    assert draft_next_round(evidence) == draft_next_round(evidence)


def answered(question) -> tuple:
    """Kind, items and answers of three voters to a question of the draft, as the poll would hold them."""
    voters = (1, 2, 3)
    if question.type == "scale":
        line = f"{question.scale.high} = {question.scale.high_label}, {question.scale.low} = {question.scale.low_label}"
        return "scales", (line,), {voter: {line: 4 + voter} for voter in voters}
    if question.type == "open":
        return "open", (), {voter: [(f"abc{voter}", 0)] for voter in voters}
    options = tuple(question.options)
    if question.type == "points":
        rest = dict.fromkeys(options[1:], 0)
        return "100 points", options, {voter: {options[0]: 100, **rest} for voter in voters}
    return "choices", options, dict(zip(voters, options, strict=False))


def test_completed_draft_of_the_real_round_is_checked_with_the_export_of_a_poll_made_from_it(built_round, tmp_path):
    data, draft = tmp_path / "data", built_round.reports / FOLDER / "round.yml"
    folder = data / "raw" / "fachdialog-2"
    folder.mkdir(parents=True)
    shutil.copy(built_round.raw.parents[1] / "codebook.yml", data)
    content = YAML().load(draft)
    content["title"], content["date"], content["export"] = "Zweite Runde", "2026-06-01", "umfrage.xlsx"
    with (folder / "round.yml").open("w", encoding="utf-8") as file:
        YAML().dump(content, file)
    slides = []
    for question in read_yaml(folder / "round.yml", RoundFile).questions:
        kind, items, answers = answered(question)
        slides.append(Slide(kind, question.wording, items, answers))
    write_xlsx(folder / "umfrage.xlsx", sheets(Deck(tuple(slides), 3, dates=dict.fromkeys((1, 2, 3), "2026-06-01"))))
    assert main(["check", "fachdialog-2", "--data", str(data)]) == 0


def test_page_opens_with_what_is_open_and_what_was_not_asked(evidence):
    first, unasked, last = map(str, next_round_sentences(evidence))
    assert "Den ersten Platz klärt keine weitere Umfrage. Nötig wären" in first or "Um den ersten Platz" in first
    assert unasked == "Nach diesen Themen fragte die Umfrage nicht: Thema Eins und Thema Zwei."
    assert last.endswith("sollten die Fragen wortgleich bleiben.")


def test_page_opens_with_a_secured_order_and_claims_none_that_was_not_simulated():
    secured = evidence_of(small_round(2), [[80, 20], [75, 25], [90, 10]] * 10)
    assert str(next_round_sentences(secured)[0]) == "Priorität: Die Reihenfolge aller Paare ist gesichert."
    assert len(next_round_sentences(evidence_of(small_round(2), [[60, 40]] * 4))) == 1
