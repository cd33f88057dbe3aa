"""A round's export becomes tables that can be counted by hand; what does not fit stops with one readable message."""

import dataclasses

import pandas as pd
import pytest
from exports import Deck, Slide, csv_bytes, sheets, write_csvs
from rounds_on_disk import AREAS, ROUND, make_round, poll, with_answers

from analysis_utils.clean.survey import ingest_survey, write_survey
from analysis_utils.errors import DataError
from analysis_utils.tables import read_table


def values(survey, question, item=""):
    rows = survey.answers[(survey.answers["question"] == question) & (survey.answers["item"] == item)]
    return dict(zip(rows["voter"], rows["value"], strict=True))


def rules_of(survey):
    return list(survey.problems["rule"])


def test_poll_is_read_as_counted_by_hand(tmp_path):
    survey = ingest_survey(make_round(tmp_path, poll()))
    assert list(survey.voters["segment"]) == ["business", "business", "politics", "politics", "", ""]
    assert values(survey, "focus") == {1: 8, 2: 7, 3: 10, 5: 3}
    assert values(survey, "areas", "sites") == {1: 70, 2: 20, 3: 100, 5: 0}
    assert values(survey, "areas", "transfer") == {1: 30, 2: 20, 3: 0, 5: 100}
    group = survey.answers[survey.answers["question"] == "group"]
    assert list(group["item"]) == ["business", "business", "politics", "politics"]
    # cells: 2 reactions, 4 groups, 4 scale values, 10 points
    assert survey.totals == {"voters": 6, "non_empty": 20, "consumed": 20, "set_aside": 0}
    assert dict(zip(survey.reading["question"], survey.reading["respondents"], strict=True)) == {
        "group": 4,
        "focus": 4,
        "areas": 4,
    }


def test_option_left_empty_on_a_ballot_has_zero_points(tmp_path):
    survey = ingest_survey(make_round(tmp_path, poll()))
    assert values(survey, "areas", "other") == {1: 0, 2: 60, 3: 0, 5: 0}
    assert not survey.answers.query("question == 'areas' and voter == 4").size


def test_reactions_are_rows_of_type_slide(tmp_path):
    survey = ingest_survey(make_round(tmp_path, poll()))
    slides = survey.answers[survey.answers["type"] == "slide"]
    assert list(slides["question"]) == ["slide_1", "slide_1"]
    assert list(slides["voter"]) == [1, 6]


def test_tables_are_written_and_read_back(tmp_path):
    round_ = make_round(tmp_path, poll())
    survey = ingest_survey(round_)
    write_survey(round_, survey)
    answers = read_table("answers", round_.table("answers"))
    assert answers.dtypes["item"] == "str"
    pd.testing.assert_frame_equal(answers, survey.answers.astype(answers.dtypes))
    pd.testing.assert_frame_equal(read_table("voters", round_.table("voters")), survey.voters)
    assert list(read_table("problems", round_.table("problems"))["rule"]) == rules_of(survey)


def test_same_export_gives_the_same_tables_as_workbook_and_as_csv(tmp_path):
    round_ = make_round(tmp_path, poll())
    write_csvs(round_.raw / "csv", sheets(poll()), delimiter=";", decimal=",", encoding="utf-8-sig", newline="\r\n")
    as_csv = dataclasses.replace(round_, file=round_.file.model_copy(update={"export": "csv"}))
    pd.testing.assert_frame_equal(ingest_survey(as_csv).answers, ingest_survey(round_).answers)


def test_voters_sheet_alone_is_read_with_the_types_of_the_round(tmp_path):
    round_ = make_round(tmp_path, poll())
    whole = ingest_survey(round_)
    (round_.raw / "voters.csv").write_bytes(csv_bytes(sheets(poll())[0][1]))
    alone = ingest_survey(dataclasses.replace(round_, file=round_.file.model_copy(update={"export": "voters.csv"})))
    columns = ["voter", "question", "item", "value"]
    is_answer = whole.answers["type"] != "slide"
    expected = whole.answers.loc[is_answer, columns].sort_values(columns[:3]).reset_index(drop=True)
    found = alone.answers.loc[alone.answers["type"] != "slide", columns].sort_values(columns[:3]).reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected)
    assert alone.totals == whole.totals
    assert "matched_by_header" in rules_of(alone)


def test_summary_names_n_per_question_and_problems(tmp_path):
    text = ingest_survey(make_round(tmp_path, poll())).summary()
    assert "6 voters; 20 cells with content: 20 read, 0 set aside" in text
    assert "n =    4  areas (points)" in text
    assert "1 problem\n  kept: expected an answer from every voter, saw 1 voters without an answer" in text


@pytest.mark.parametrize(
    ("title", "new", "message"),
    [
        ("Welche Gruppe?", "Welche Gruppen?", "expected the question “Welche Gruppe\\?” .* “Welche Gruppen\\?”"),
        ("Welcher Bereich?", "Ganz anders", "expected the question “Welcher Bereich\\?” .* saw no such wording"),
    ],
)
def test_changed_question_shows_the_nearest_wording(tmp_path, title, new, message):
    deck = poll()
    slides = tuple(dataclasses.replace(s, title=new) if s.title == title else s for s in deck.slides)
    with pytest.raises(DataError, match=message):
        ingest_survey(make_round(tmp_path, dataclasses.replace(deck, slides=slides)))


def test_renamed_option_shows_the_nearest_wording(tmp_path):
    content = [(name, [[_renamed(cell) for cell in row] for row in rows]) for name, rows in sheets(poll())]
    message = "expected an option of areas in round.yml, saw “Transfers” .* closest known wording is “Transfer”"
    with pytest.raises(DataError, match=message):
        ingest_survey(make_round(tmp_path, content))


def _renamed(cell):
    return cell.replace("Transfer", "Transfers") if isinstance(cell, str) else cell


def test_question_that_the_round_does_not_know_is_named(tmp_path):
    deck = poll()
    extra = Slide("choices", "Mehr Focus?", ("ja", "nein"), {1: "ja"})
    message = "expected a question of round.yml, saw “Mehr Focus\\?” .* closest known wording is “Mehr Fokus\\?”"
    with pytest.raises(DataError, match=message):
        ingest_survey(make_round(tmp_path, dataclasses.replace(deck, slides=(*deck.slides, extra))))


def test_unanswered_question_that_the_round_does_not_know_is_reported(tmp_path):
    deck = poll()
    extra = Slide("choices", "Noch etwas?", ("ja", "nein"))
    survey = ingest_survey(make_round(tmp_path, dataclasses.replace(deck, slides=(*deck.slides, extra))))
    assert "undeclared_question" in rules_of(survey)


def test_question_that_stands_twice_is_refused(tmp_path):
    deck = poll()
    with pytest.raises(DataError, match=r"expected the question “Mehr Fokus\?” once, saw it 2 times at Session 1"):
        ingest_survey(make_round(tmp_path, dataclasses.replace(deck, slides=(*deck.slides, deck.slides[2]))))


def test_deleted_session_block_is_read_with_the_type_of_the_round_and_reported(tmp_path):
    content = sheets(poll())
    rows = content[1][1]
    start = next(i for i, row in enumerate(rows) if row and row[0] == "Question 3")
    end = next(i for i, row in enumerate(rows) if row and row[0] == "Question 4")
    survey = ingest_survey(make_round(tmp_path, [content[0], ("Session 1", rows[:start] + rows[end:])]))
    assert values(survey, "focus") == {1: 8, 2: 7, 3: 10, 5: 3}
    assert survey.totals["set_aside"] == 0
    missing = survey.problems[survey.problems["rule"] == "session_block_missing"]
    assert list(missing["message"]) == [
        "expected a Session block for “Mehr Fokus?”, saw none; read with the type of round.yml"
    ]


def test_swapped_columns_are_read_by_header_and_reported(tmp_path):
    content = sheets(poll())
    for row in content[0][1][2:]:
        row[4], row[7] = row[7], row[4]
    survey = ingest_survey(make_round(tmp_path, content))
    assert values(survey, "areas", "sites") == {1: 70, 2: 20, 3: 100, 5: 0}
    assert survey.totals["set_aside"] == 0
    assert "matched_by_header" in rules_of(survey)


def test_swapped_cells_below_unswapped_headers_differ_from_the_printed_means(tmp_path):
    content = sheets(poll())
    for row in content[0][1][3:]:
        row[4], row[5] = row[5], row[4]
    with pytest.raises(
        DataError, match=r"an option of group in round.yml, saw another text at Voters, column E, row 4"
    ):
        ingest_survey(make_round(tmp_path, content))


def test_missing_column_of_a_question_is_refused(tmp_path):
    content = sheets(poll())
    for row in content[0][1][2:]:
        del row[5]
    with pytest.raises(DataError, match=r"columns of a scale question \(focus\), saw no column at all"):
        ingest_survey(make_round(tmp_path, content))


def test_unknown_header_with_answers_shows_the_nearest_wording(tmp_path):
    content = sheets(poll())
    content[0][1][2].append("Mehr Fokusse?:")
    content[0][1][3].append("etwas")
    with pytest.raises(DataError, match=r"saw “Mehr Fokusse\?:” at Voters, column J; the closest known wording"):
        ingest_survey(make_round(tmp_path, content))


def test_several_statements_need_one_question_each(tmp_path):
    deck = with_answers("Mehr Fokus?", {1: {"a": 1, "b": 2}})
    slides = tuple(dataclasses.replace(s, items=("a", "b")) if s.type == "scales" else s for s in deck.slides)
    deck = dataclasses.replace(deck, slides=slides)
    with pytest.raises(DataError, match=r"saw 2 columns .* name one of its statements with `statement:`"):
        ingest_survey(make_round(tmp_path, deck))
    scale = "scale: {low: 1, high: 10, low_label: n, high_label: j}"
    old = ROUND.format(more="")
    first = old.replace("type: scale,", "type: scale, statement: a,")
    second = "  - {id: focus_b, wording: Mehr Fokus?, label: F, type: scale, statement: b, " + scale + "}\n"
    survey = ingest_survey(make_round(tmp_path, deck, text=first + second))
    assert (values(survey, "focus"), values(survey, "focus_b")) == ({1: 1}, {1: 2})


def test_scale_polled_as_choices_with_numbers_as_labels(tmp_path):
    deck = poll()
    choices = Slide("choices", "Mehr Fokus?", tuple(range(1, 11)), {1: 8, 2: 7, 3: 10})
    slides = tuple(choices if s.type == "scales" else s for s in deck.slides)
    survey = ingest_survey(make_round(tmp_path, dataclasses.replace(deck, slides=slides)))
    assert values(survey, "focus") == {1: 8, 2: 7, 3: 10}


def test_points_columns_that_lack_an_option_are_refused(tmp_path):
    deck = poll()
    slides = tuple(dataclasses.replace(s, items=AREAS[:2]) if s.type == "100 points" else s for s in deck.slides)
    with pytest.raises(DataError, match=r"expected the option “Andere” of areas in round.yml, saw no such option"):
        ingest_survey(make_round(tmp_path, dataclasses.replace(deck, slides=slides)))


def test_type_that_does_not_fit_is_refused(tmp_path):
    deck = poll()
    slides = tuple(
        dataclasses.replace(s, type="open", answers={}) if s.type == "100 points" else s for s in deck.slides
    )
    with pytest.raises(DataError, match="a question that fits the type points, saw the type “open”"):
        ingest_survey(make_round(tmp_path, dataclasses.replace(deck, slides=slides)))


def test_missing_export_is_named(tmp_path):
    with pytest.raises(DataError, match=r"poll.xlsx: expected this file to exist, saw nothing"):
        ingest_survey(make_round(tmp_path))


@pytest.mark.parametrize("name", ["../probe/poll.xlsx", "/etc/passwd", " "])
def test_export_outside_the_round_is_refused(tmp_path, name):
    text = ROUND.format(more="").replace("export: poll.xlsx", f"export: '{name}'")
    with pytest.raises(DataError, match="expected an export in the round's folder"):
        ingest_survey(make_round(tmp_path, poll(), text=text))


def test_deck_without_votes_gives_empty_tables(tmp_path):
    deck = poll()
    slides = tuple(dataclasses.replace(s, answers={}) for s in deck.slides)
    survey = ingest_survey(make_round(tmp_path, Deck(slides, voters=0)))
    assert (len(survey.voters), len(survey.answers)) == (0, 0)
