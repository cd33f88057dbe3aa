"""What was seen in real exports and looks like a fault but is none: read whole, without a single problem."""

import dataclasses
import random

import pytest
from exports import Deck, Slide, csv_bytes, sheets, voters_sheet, write_csvs, write_xlsx
from rounds_on_disk import make_round, poll

from analysis_utils.clean.survey import ingest_survey
from analysis_utils.proposals.inspection import inspect
from analysis_utils.rounds import open_round

DAYS = {1: "2024-05-13", 2: "2024-05-14"}
MANY = Slide("open", "Ideen", answers={1: [(f"Idee {n}", 0) for n in range(89)], 2: [("eine", 1)]}, several=True)

DECKS = {
    "session over two dates": Deck((Slide("choices", "Wo?", ("a",), {1: "a", 2: "a"}),), 2, dates=DAYS),
    "running numbers, sessions 1, 3 and 5": Deck(
        (
            Slide("choices", "Wo?", ("a", "b"), {1: "a", 2: "b", 3: "b"}),
            Slide("scales", "Wie?", ("x", "y"), {1: {"x": 1}, 3: {"x": 2, "y": 5}}),
            Slide("choices", "Was?", ("a", "b"), {2: ["b", "a"]}, several=True),
            Slide("open", "Warum?", answers={3: [("x", 0)]}),
        ),
        3,
        sessions={2: 3, 3: 5},
    ),
    "open answers that are numbers": Deck(
        (Slide("open", "Telefon?", answers={1: [(380441234567, 0)], 2: [(441234567, 0)]}),), 2
    ),
    "several answers allowed, one given": Deck((Slide("choices", "Was?", ("a", "b"), {1: ["b"]}, several=True),), 1),
    "options called 1, 2 and 14": Deck(
        (
            Slide("choices", "Wie viele?", (1, 2, 14), {1: 14, 2: 1}),
            Slide("choices", "Wie viele?", (1, 2, 14), {1: [2, 1], 2: [14]}, several=True),
            Slide("scales", "Wie viele?", (1, 2), {1: {1: 3, 2: 0}}, scale=(0, 5)),
            Slide("ranking", "Wie viele?", (1, 2), {1: {1: 2, 2: 1}}),
            Slide("open", "Wie viele?", answers={1: [(1, 0), (2, 0)]}, several=True),
        ),
        2,
    ),
    "untitled slides and questions": Deck(
        (
            Slide("slide", "", answers={1: True}),
            Slide("slide", "", answers={}),
            Slide("choices", "", ("a", "b"), {1: "a"}),
            Slide("scales", "", ("I am confident", " "), {1: {"I am confident": 2, " ": 1}}),
            Slide("open", "", answers={1: [("a", 0), ("b", 0)]}, several=True),
            Slide("choices", "", ("a", "b"), {1: ["a", "b"]}, several=True),
            Slide("wordcloud", "", answers={1: ["eins", "zwei drei"]}),
            Slide("slide", "", answers={1: True}),
        ),
        1,
    ),
    "the same title again and again": Deck(
        tuple(
            slide
            for number in range(4)
            for slide in (
                Slide("open", "Fragen?", answers={1: [("a", 0)], 2: [("b", 0), ("c", number)]}, several=True),
                Slide("choices", "Fragen?", ("a", "b"), {2: ["a"]}, several=True),
                Slide("slide", "Fragen?", answers={2: True}),
                Slide("choices", "Fragen?", ("a", "b"), {1: "a"} if number else {}),
            )
        ),
        2,
    ),
    "titles that end in a colon, hold quotes or a line break": Deck(
        (
            Slide("scales", "I feel confident that :", ("- I can", "- I will: soon"), {1: {"- I can": 1}}),
            Slide("choices", ' "latest"  ’ «so» … ', (" a ", "b\xa0c", "d  e"), {1: "b\xa0c", 2: " a "}),
            Slide("open", "Zwei\nZeilen\xa0?", answers={1: [("eins\nzwei 😀", 0)]}),
            Slide("slide", "Ende:", answers={1: True}),
        ),
        2,
    ),
    "means in full": Deck(
        (Slide("scales", "Wie?", ("x",), {v: {"x": v} for v in range(1, 8)} | {8: {"x": 1}}),), 8, is_rounded=False
    ),
    "halves are rounded up": Deck(
        (Slide("scales", "Wie?", ("x",), {v: {"x": 5 if v == 1 else 4} for v in range(1, 9)}),), 8
    ),
    "people who skip every statement": Deck((Slide("scales", "Wie?", ("x", "y"), {1: {"x": 1}}, skippers=2),), 3),
    "scale from 0 to 5": Deck(
        (Slide("scales", "Wie?", ("x", "y"), {1: {"x": 0, "y": 5}, 2: {"x": 0}}, scale=(0, 5)),), 2
    ),
    "one voter with 89 answers": Deck((MANY,), 2),
    "more than 204 columns": Deck(
        tuple(Slide("choices", f"Frage {n}", ("a", "b"), {1: "a"}) for n in range(220)), 1, date_name="Date (UTC)"
    ),
    "option without a label": Deck((Slide("choices", "Was?", ("a", "", "b"), {1: "a"}),), 1),
    "nobody answered": Deck(
        (
            Slide("choices", "Was?", ("a", "b")),
            Slide("choices", "Was alles?", ("a", "b"), several=True),
            Slide("scales", "Wie?", ("x", "y")),
            Slide("open", "Warum?"),
            Slide("wordcloud", "Ein Wort"),
            Slide("slide", "Ende", answers={1: True}),
        ),
        1,
    ),
    "only reactions": Deck((Slide("slide", "Hallo", answers={1: True}), Slide("slide", "Ende")), 1),
    "header without colon of 2022": Deck(
        (Slide("choices", "Wo (mit Binder)?", ("a",), {1: "a"}), Slide("slide", "Thank You!", answers={1: True})),
        1,
        colon=False,
    ),
    "questions from the audience, of a session without a sheet": Deck(
        (Slide("choices", "Wo?", ("a",), {1: "a"}),), 1, audience=(("2023-09-14", 2, 7, "Wann?", 3, "No"),)
    ),
    "the same in 2026": Deck(
        (Slide("choices", "Wo?", ("a",), {1: "a"}),),
        1,
        date_name="Date (UTC)",
        audience=(("2026-05-05", 2, 7, "Wann?", 3, "No"),),
    ),
    "quizzes with leaderboards between them": Deck(
        tuple(
            Slide(
                "quiz", f"Stadt {n}?", ("Rom", "Oslo"), {1: ("Nick", ":bug:", "Rom", 900), 2: ("Ann", ":cat:", "", 0)}
            )
            for n in range(3)
        ),
        2,
    ),
}


def filled(deck):
    """Filled question cells, counted in the rows as they were written."""
    return sum(cell != "" for row in voters_sheet(deck)[3:] for cell in row[3:])


def answers(deck):
    return [
        sum(len(a) if isinstance(a, list | dict) and s.type != "wordcloud" else 1 for a in s.answers.values())
        for s in deck.slides
    ]


def floats(content):
    """As Google Sheets saves: every number a float, empty columns at the right, the first note gone."""
    content = [
        (n, [[float(c) if isinstance(c, int) else c for c in r] + [""] * 9 for r in rows]) for n, rows in content
    ]
    content[0][1][0][0] = ""
    return content


@pytest.mark.parametrize("name", DECKS)
def test_quirk_is_read_whole_without_a_problem(tmp_path, name):
    deck = DECKS[name]
    account = inspect(write_xlsx(tmp_path / "a.xlsx", sheets(deck)))
    assert account["problems"] == []
    assert account["cells"] == {"non_empty": filled(deck), "consumed": filled(deck), "set_aside": 0}
    assert (account["voters"], account["generation"]) == (deck.voters, deck.date_name)
    found = {q["number"]: 0 for q in account["questions"]}
    for question in account["questions"]:
        found[question["number"]] += question["answers"]
    expected = dict(enumerate(answers(deck), start=1))
    if "quiz" not in name:
        assert found == expected


@pytest.mark.parametrize("name", DECKS)
def test_quirk_is_the_same_after_google_sheets_and_as_csv(tmp_path, name):
    content = sheets(DECKS[name])
    expected = inspect(write_xlsx(tmp_path / "a.xlsx", content))
    again = inspect(write_xlsx(tmp_path / "b.xlsx", floats(content), is_resaved=True))
    assert {**again, "file": ""} == {**expected, "file": ""}
    as_csv = inspect(write_csvs(tmp_path / "csv", content, delimiter=";", decimal=",", newline="\r\n"))
    assert {**as_csv, "file": "", "problems": []} == {**expected, "file": ""}
    assert as_csv["problems"] == []


@pytest.mark.parametrize("name", DECKS)
def test_quirk_survives_voters_in_another_order(tmp_path, name):
    content = sheets(DECKS[name])
    rows = content[0][1]
    random.Random(1).shuffle(body := rows[3:])
    account = inspect(write_xlsx(tmp_path / "a.xlsx", [(content[0][0], rows[:3] + body), *content[1:]]))
    assert account["problems"] == []
    assert account["cells"]["set_aside"] == 0


def test_statements_of_scales_that_nobody_rated_are_those_of_the_headers(tmp_path):
    deck = DECKS["nobody answered"]
    questions = inspect(write_xlsx(tmp_path / "a.xlsx", sheets(deck)))["questions"]
    assert [q["items"] for q in questions if q["type"] == "scales"] == [["x", "y"]]


def test_option_without_a_label_that_was_chosen_leaves_an_empty_cell(tmp_path):
    """Three people are printed, two have a cell: the third chose the option that has no label."""
    content = sheets(Deck((Slide("choices", "Was?", ("a", "", "b"), {1: "a", 2: "b", 3: ""}),), 3))
    assert inspect(write_xlsx(tmp_path / "a.xlsx", content))["problems"] == []
    content[1][1][5][1] = 4
    problems = inspect(write_xlsx(tmp_path / "b.xlsx", content))["problems"]
    assert [problem["rule"] for problem in problems] == ["respondents"]


def test_leaderboard_without_the_empty_row_before_it_gives_no_options(tmp_path):
    deck = DECKS["quizzes with leaderboards between them"]
    content = [(n, [row for row in rows if row] if n != "Voters" else rows) for n, rows in sheets(deck)]
    questions = inspect(write_xlsx(tmp_path / "a.xlsx", content))["questions"]
    assert {tuple(question["items"]) for question in questions} == {("Rom", "Oslo")}


def test_voters_csv_alone_has_no_other_problem_than_that(tmp_path):
    for number, deck in enumerate(DECKS.values()):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(csv_bytes(voters_sheet(dataclasses.replace(deck, audience=()))))
        account = inspect(path)
        assert [problem["rule"] for problem in account["problems"]] == ["no_session_sheet"]
        assert account["cells"]["non_empty"] == account["cells"]["consumed"] == filled(deck)


def test_repeated_headers_keep_their_place_where_columns_were_moved_elsewhere(tmp_path):
    """Two columns of the scales change places; the four slides without a title stand between other questions."""
    deck = Deck(
        (
            *(Slide("slide", "", answers={n: True}) for n in (1, 2)),
            Slide("choices", "Wo?", ("a",), {1: "a"}),
            *(Slide("slide", "", answers={n: True}) for n in (3, 4)),
            Slide("open", "Warum?", answers={1: [("x", 0)]}),
            Slide("scales", "Wie?", ("x", "y", "z"), {1: {"x": 1, "y": 2, "z": 3}}),
            Slide("slide", "Ende", answers={1: True}),
        ),
        4,
    )
    content = sheets(deck)
    for row in content[0][1][2:]:
        row[10], row[12] = row[12], row[10]
    account = inspect(write_xlsx(tmp_path / "a.xlsx", content))
    assert [problem["rule"] for problem in account["problems"]] == ["matched_by_header"]
    assert account["cells"]["set_aside"] == 0
    assert [question["respondents"] for question in account["questions"]] == [1] * 8


@pytest.mark.parametrize("above", [1, 3, 6])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_voters_above_the_header_of_a_sorted_sheet_are_read_and_said(tmp_path, above, kind):
    content = sheets(poll())
    name, rows = content[0]
    notes, header, body = rows[:2], rows[2], rows[3:]
    for folder, rows in (("plain", content[0][1]), ("sorted", [*body[:above], *notes, header, *body[above:]])):
        round_ = make_round(tmp_path / folder, [(name, rows), *content[1:]])
        if kind == "csv":
            (round_.raw / "poll.xlsx").unlink()
            (round_.raw / "poll.xlsx").mkdir()
            write_csvs(round_.raw / "poll.xlsx", [(name, rows), *content[1:]])
    plain = ingest_survey(open_round("probe", data=tmp_path / "plain"))
    found = ingest_survey(open_round("probe", data=tmp_path / "sorted"))
    assert found.answers.equals(plain.answers) and found.totals == plain.totals
    assert found.problems.loc[found.problems["rule"] == "rows_above_header", "seen"].tolist() == [f"{above} rows"]


def test_header_below_everything_else_is_found(tmp_path):
    deck = poll(voters=40)
    content = sheets(deck)
    name, rows = content[0]
    survey = ingest_survey(make_round(tmp_path, [(name, [*rows[3:], *rows[:3]]), *content[1:]]))
    assert survey.totals["voters"] == 40 and len(survey.voters) == 40


def test_rows_above_the_header_without_a_voter_are_set_aside_and_counted(tmp_path):
    content = sheets(poll())
    odd = ["", "", "", "", "Wirtschaft", 8]
    survey = ingest_survey(make_round(tmp_path, [(content[0][0], [odd, *content[0][1]]), *content[1:]]))
    assert survey.totals["non_empty"] == ingest_survey(make_round(tmp_path / "b", poll())).totals["non_empty"] + 2
    assert "voter_number" in set(survey.problems["rule"])


def test_column_between_session_and_voter_is_said_and_counted(tmp_path):
    content = sheets(poll())
    rows = [
        row if len(row) < 3 else [*row[:2], "Notiz" if row[0] == "Date" else "x", *row[2:]] for row in content[0][1]
    ]
    survey = ingest_survey(make_round(tmp_path, [(content[0][0], rows), *content[1:]]))
    assert survey.problems.loc[survey.problems["rule"] == "column_unmatched", "seen"].tolist() == ["6 cells"]
    assert survey.totals["set_aside"] == 6
