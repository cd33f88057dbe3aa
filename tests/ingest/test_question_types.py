"""Each type takes its columns and gives its answers; generated decks of all types come back as they were written."""

import dataclasses

import pytest
from exports import Deck, Slide, every_type, sheets, voters_sheet, write_xlsx
from hypothesis import HealthCheck, given, settings, strategies as st
from rounds_on_disk import make_round, poll

from analysis_utils.clean.export import read_export
from analysis_utils.clean.survey import ingest_survey
from analysis_utils.proposals.inspection import inspect

OTHERS = """title: Probe
date: 2025-11-12
provenance: original
export: poll.xlsx
questions:
  - {id: which, wording: Which group?, label: W, type: other}
  - {id: tools, wording: Which tools?, label: W, type: multiple_choice, options: {x: sites, "y": transfer, "1": other}}
  - {id: sure, wording: "How sure :", label: S, type: scale, statement: "- one",
     scale: {low: 0, high: 5, low_label: a, high_label: b, top_box: [4, 5]}}
  - {id: sure_one, wording: "How sure :", label: S, type: scale, statement: "1",
     scale: {low: 0, high: 5, low_label: a, high_label: b, top_box: [4, 5]}}
  - {id: sure_two, wording: "How sure :", label: S, type: scale, statement: "two",
     scale: {low: 0, high: 5, low_label: a, high_label: b, top_box: [4, 5]}}
  - {id: why, wording: Why?, label: W, type: open}
  - {id: what, wording: What else?, label: W, type: open}
  - {id: word, wording: One word, label: W, type: wordcloud}
  - {id: capital, wording: "Capital?", label: C, type: quiz}
  - {id: order, wording: Order, label: O, type: ranking, options: {p: sites, q: transfer, r: other}}
  - {id: points, wording: Points, label: P, type: points, options: {m: sites, n: transfer}}
"""


@pytest.fixture
def survey(tmp_path):
    audience = (("2025-11-12", 1, 7, "Wann?", 3, "No"),)
    deck = dataclasses.replace(every_type(), audience=audience)
    return ingest_survey(make_round(tmp_path, deck, text=OTHERS))


def rows(survey, question, *columns):
    found = survey.answers[survey.answers["question"] == question]
    return [tuple(row) for row in found[["voter", *columns]].itertuples(index=False)]


def test_multiple_choice_keeps_the_order_of_picking(survey):
    assert rows(survey, "tools", "item", "pick_order") == [(1, "transfer", 1), (1, "sites", 2), (2, "other", 1)]


def test_zero_is_a_scale_value_and_a_skipped_statement_is_none(survey):
    assert rows(survey, "sure", "value") == [(1, 0.0), (2, 3.0)]
    assert rows(survey, "sure_one", "value") == [(1, 5.0)]
    assert rows(survey, "sure_two", "value") == [(2, 4.0)]


def test_open_answers_keep_text_order_and_upvotes(survey):
    assert rows(survey, "why", "text", "value") == [(1, "because: 1", 0.0), (2, "line\nbreak", 2.0)]
    assert rows(survey, "what", "text", "value", "pick_order") == [
        (1, "a", 0.0, 1),
        (1, "b", 1.0, 2),
        (3, "491701234567", 0.0, 1),
    ]


def test_word_cloud_gives_one_row_per_entry(survey):
    assert rows(survey, "word", "text", "pick_order") == [(2, "two words", 1), (2, "one", 2), (3, "=cmd", 1)]


def test_quiz_gives_name_emoji_answer_and_score(survey):
    assert [row for row in rows(survey, "capital", "item", "text") if row[0] == 1] == [
        (1, "name", "Nick"),
        (1, "emoji", ":bug:"),
        (1, "answer", "Rome"),
        (1, "score", ""),
    ]
    scores = survey.answers.query("question == 'capital' and item == 'score'")
    assert list(scores["value"]) == [900, 0]


def test_ranking_leaves_out_what_nobody_ranked(survey):
    assert rows(survey, "order", "item", "value") == [
        (1, "sites", 1.0),
        (1, "transfer", 2.0),
        (2, "sites", 2.0),
        (2, "transfer", 1.0),
    ]


def test_question_of_any_type_may_be_kept_as_text(survey):
    assert rows(survey, "which", "text") == [(1, "A"), (2, "14"), (3, "A")]


def test_questions_from_the_audience_are_rows_of_their_own(survey):
    assert rows(survey, "questions_from_audience", "text", "value") == [(7, "Wann?", 3.0)]


def test_every_cell_of_every_type_is_consumed(survey):
    assert survey.totals == {"voters": 4, "non_empty": 40, "consumed": 40, "set_aside": 0}


def test_no_answer_stands_in_the_problems(survey):
    text = survey.problems.to_csv()
    for word in ("because", "Nick", "two words", "Wann?", "cmd"):
        assert word not in text


def uses_of(deck, tmp_path):
    export = read_export(write_xlsx(tmp_path / "a.xlsx", sheets(deck)))
    uses = {plan.number: [use.column for use in plan.uses] for plan in export.questions}
    return uses, export.left, export.problems


def test_titles_and_options_that_look_like_headers_are_told_apart_by_position(tmp_path):
    deck = Deck(
        voters=1,
        slides=(
            Slide("scales", "Q", ("1", "2: x"), {1: {"1": 1, "2: x": 2}}),
            Slide("choices", "Q", ("1", "2"), {1: ["2", "1"]}, several=True),
            Slide("open", "Q", answers={1: [("a", 0), ("b", 0)]}, several=True),
            Slide("choices", "Q: 1", ("x",), {1: "x"}),
            Slide("slide", "", answers={1: True}),
            Slide("slide", "", answers={}),
            Slide("choices", "Q", ("1", "2"), {1: ["2"]}, several=True),
        ),
    )
    expected = {1: [0, 1], 2: [2, 3], 3: [4, 5, 6, 7], 4: [8], 5: [9], 6: [10], 7: [11]}
    assert uses_of(deck, tmp_path) == (expected, [], [])


def test_unvoted_scales_take_columns_up_to_the_next_question(tmp_path):
    deck = Deck(
        voters=1,
        slides=(
            Slide("scales", "Same", ("a", "b"), {}),
            Slide("scales", "Same", ("c",), {1: {"c": 1}}),
            Slide("scales", "", (" ",), {}),
        ),
    )
    assert uses_of(deck, tmp_path) == ({1: [0, 1], 2: [2], 3: [3]}, [], [])


def test_question_that_nobody_answered_takes_no_answer_of_the_next_one(tmp_path):
    slides_ = (Slide("scales", "", ("1",), {}), Slide("100 points", "", ("1", ":"), {1: {"1": 0}}))
    assert uses_of(Deck(slides=slides_, voters=1), tmp_path) == ({1: [0], 2: [1, 2]}, [], [])


def test_single_choice_header_of_2022_has_no_colon(tmp_path):
    deck = dataclasses.replace(poll(), colon=False)
    assert uses_of(deck, tmp_path)[1:] == ([], [])


def test_sessions_with_running_numbers_and_a_hole_are_counted_apart(tmp_path):
    deck = dataclasses.replace(poll(), sessions={3: 3, 4: 3, 5: 5, 6: 5}, date_name="Date (UTC)")
    account = inspect(write_xlsx(tmp_path / "a.xlsx", sheets(deck)))
    assert (account["sessions"], account["generation"], account["problems"]) == ([1, 3, 5], "Date (UTC)", [
        problem for problem in account["problems"] if problem["rule"] == "guessed_layout"
    ])  # fmt: skip
    group = [(q["session"], q["respondents"]) for q in account["questions"] if q["title"] == "Welche Gruppe?"]
    assert group == [(1, 2), (3, 2), (5, 0)]


def test_type_never_seen_before_is_kept_as_text_and_does_not_stop_the_rest(tmp_path):
    extra = Slide("pin_on_image", "Where?", ("x", "y"), {1: {"x": "12|40", "y": "3"}})
    deck = dataclasses.replace(poll(), slides=(*poll().slides[:2], extra, *poll().slides[2:]))
    account = inspect(write_xlsx(tmp_path / "a.xlsx", sheets(deck)))
    assert account["cells"]["set_aside"] == 0
    guessed = [problem["message"] for problem in account["problems"] if problem["rule"] == "guessed_layout"]
    assert guessed[0].startswith("the layout of the type “pin_on_image” was never seen in a real file; the answers")


@pytest.mark.parametrize("has_blocks", [True, False])
def test_answer_that_got_into_a_header_is_not_shown(tmp_path, has_blocks):
    (name, voters), *others = sheets(poll())
    voters[2][3 + voters[2][3:].index("Welche Gruppe?:")] = "Frau Muster sagt nein"
    path = write_xlsx(tmp_path / "a.xlsx", [(name, voters), *(others if has_blocks else [])])
    account = inspect(path)
    assert "Muster" not in str(account)
    assert "(a text of 21 characters)" in str(account)


WORDS = st.text(st.sampled_from("abcÄß1 :;,\"'\n=-@_é😀"), max_size=8)
LABELS = st.lists(WORDS.map(str.strip).filter(bool), min_size=1, max_size=4, unique_by=lambda w: "".join(w.split()))
VOTERS = 5


@st.composite
def slides(draw):
    type_ = draw(st.sampled_from(["slide", "choices", "scales", "open", "wordcloud", "quiz", "ranking", "100 points"]))
    title, items = draw(WORDS), tuple(draw(LABELS))
    several = draw(st.booleans()) if type_ in ("choices", "open") else False
    item = st.sampled_from(items)
    text = WORDS.filter(lambda word: word != "")
    answer = {
        "slide": st.just(True),
        "choices": st.lists(item, min_size=1, max_size=3) if several else item,
        "scales": st.dictionaries(item, st.integers(1, 10), min_size=1),
        "open": st.lists(st.tuples(text, st.integers(0, 9)), min_size=1, max_size=3 if several else 1),
        "wordcloud": st.lists(WORDS.map(lambda w: w.replace("\n", "").strip()).filter(bool), min_size=1, max_size=3),
        "quiz": st.tuples(text, st.just(":bug:"), item, st.integers(0, 1000)),
        "ranking": st.dictionaries(item, st.integers(1, 4), min_size=1),
        "100 points": st.dictionaries(item, st.integers(0, 100), min_size=1),
    }[type_]
    answers = draw(st.dictionaries(st.integers(1, VOTERS), answer))
    return Slide(type_, title, items, answers, several)


@st.composite
def decks(draw):
    sessions = draw(st.dictionaries(st.integers(1, VOTERS), st.integers(1, 3)))
    return Deck(
        slides=tuple(draw(st.lists(slides(), min_size=1, max_size=6))),
        voters=VOTERS,
        sessions=sessions,
        date_name=draw(st.sampled_from(["Date", "Date (UTC)"])),
        is_rounded=draw(st.booleans()),
    )


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(decks())
def test_generated_exports_come_back_whole(tmp_path, deck):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(deck))
    account, export = inspect(path), read_export(path)
    rows_ = voters_sheet(deck)
    filled = sum(cell != "" for row in rows_[3:] for cell in row[3:])
    assert account["cells"] == {"non_empty": filled, "consumed": filled, "set_aside": 0}
    assert {problem["rule"] for problem in account["problems"]} <= {"guessed_layout"}
    width = len(rows_[2])
    for row, *cells in zip(rows_[3:], *export.voters.columns, strict=True):
        assert [str(c) for c in (row + [""] * width)[3 : 3 + len(cells)]] == [
            str(int(c)) if isinstance(c, float) else c for c in cells
        ]
