"""Polls as they really are: wordings that look alike, the same question twice, two days, what nobody answered."""

import pytest
from exports import Deck, Slide, sheets, write_xlsx
from rounds_on_disk import CODEBOOK, make_round, poll

from analysis_utils.clean.survey import ingest_survey
from analysis_utils.errors import DataError
from analysis_utils.proposals.files import make_round as new_round
from analysis_utils.proposals.inspection import inspect
from analysis_utils.rounds import open_round
from analysis_utils.rounds.round_file import day_of

ONE = """title: Probe
date: 2025-11-12
provenance: original
export: poll.xlsx
questions:
"""
OPEN = "  - {{id: {id}, wording: '{wording}', label: Frage, type: open}}\n"


def open_deck(*titles, **more):
    return Deck(tuple(Slide("open", title, answers={1: [("a", 0)], 2: [("b", 1)]}) for title in titles), 2, **more)


@pytest.mark.parametrize(
    "polled",
    ["Für die Zukunft?", "Fu\u0308r die Zukunft?", "Für die Zu\u00adkunft?", "Für\u00a0die Zukunft?",
     "Für die\u200b Zukunft?", "Für die\nZukunft?", "Für die\u2028Zukunft?", "\ufeffFür die Zukunft?"],
)  # fmt: skip
def test_wordings_that_look_the_same_are_the_same(tmp_path, polled):
    text = ONE + OPEN.format(id="frage", wording="Für die Zukunft?")
    survey = ingest_survey(make_round(tmp_path, open_deck(polled), text=text))
    assert len(survey.answers) == 2


def test_letters_of_another_alphabet_are_shown_as_code_points(tmp_path):
    text = ONE + OPEN.format(id="frage", wording="Was macht Arbeit?")
    with pytest.raises(DataError, match=r"“A” is U\+0041, “А” there is U\+0410"):
        ingest_survey(make_round(tmp_path, open_deck("Was macht \u0410rbeit?"), text=text))


def test_same_question_before_and_after_is_told_by_its_place(tmp_path):
    deck = Deck(
        (
            Slide("scales", "Wie sicher?", ("x",), {1: {"x": 2}, 2: {"x": 3}}),
            Slide("scales", "Wie sicher?", ("x",), {1: {"x": 8}, 2: {"x": 9}}),
        ),
        2,
    )
    scale = "scale: {low: 1, high: 10, low_label: nein, high_label: ja}"
    lines = [
        f"  - {{id: {i}, wording: Wie sicher?, label: {i}, type: scale, {scale}}}\n" for i in ("vorher", "nachher")
    ]
    survey = ingest_survey(make_round(tmp_path, deck, text=ONE + "".join(lines)))
    assert survey.answers.groupby("question", observed=True)["value"].sum().to_dict() == {"vorher": 5, "nachher": 17}
    with pytest.raises(DataError, match=r"once, saw it 2 times .*list it in round.yml as often as it was polled"):
        ingest_survey(make_round(tmp_path, deck, text=ONE + lines[0]))


def test_export_that_is_not_there_is_answered_with_the_lines_to_write(tmp_path):
    round_ = make_round(tmp_path, poll(), text="")
    (round_.raw / "poll.xlsx").rename(round_.raw / "Umfrage vom 12.XLSX")
    (round_.raw / "zweite.csv").write_text("x")
    with pytest.raises(DataError, match=r"“export: Umfrage vom 12.XLSX” or “export: zweite.csv”, or if all"):
        ingest_survey(round_)


def test_spelling_of_the_export_in_another_case_is_found(tmp_path):
    round_ = make_round(tmp_path, poll())
    (round_.raw / "poll.xlsx").rename(round_.raw / "Poll.XLSX")
    assert ingest_survey(round_).totals["voters"] == 6


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-11-12", "2025-11-12"), ("12.11.2025", "2025-11-12"), ("12.11.25", "2025-11-12"),
        ("1. Mai 2026", "2026-05-01"),
        ("12. November 2025", "2025-11-12"), ("12 Nov 2025", "2025-11-12"), ("2025/11/12", "2025-11-12"),
        ("11/13/2025", "2025-11-13"), ("13/11/2025", "2025-11-13"), ("2025-11-12T09:30:00", "2025-11-12"),
        ("3. März 2026", "2026-03-03"), ("1/2/2025", None), ("gestern", None), ("31.02.2025", None),
    ],
)  # fmt: skip
def test_dates_in_any_unambiguous_form(written, day):
    found = day_of(written)
    assert (found.isoformat() if found else None) == day


@pytest.mark.parametrize("form", ["10.11.2025", "10.11.25", "2025-11-10", "10. November 2025", "2025/11/10"])
def test_early_session_is_seen_in_every_form_of_date(tmp_path, form):
    with pytest.raises(DataError, match="3 voters of session 1 with an earlier date"):
        ingest_survey(make_round(tmp_path, poll(dates=dict.fromkeys((1, 2, 3), form))))


def test_dates_nobody_can_read_are_said_instead_of_switching_the_rule_off(tmp_path):
    survey = ingest_survey(make_round(tmp_path, poll(dates=dict.fromkeys((1, 2), "1/2/25"))))
    assert survey.problems.loc[survey.problems["rule"] == "early_session", "seen"].tolist() == ["2 voters"]


def test_open_answers_are_compared_with_the_list_of_the_session_sheet(tmp_path):
    content = sheets(open_deck("Was fehlt?"))
    name, rows = content[1]
    rows = [["ganz anderes", *row[1:]] if row and row[0] == "b" else row for row in rows]
    found = inspect(write_xlsx(tmp_path / "a.xlsx", [content[0], (name, rows)]))
    assert [p["message"] for p in found["problems"] if p["rule"] == "responses"] == [
        "answers: 1 only on the Session sheet, 1 only on the Voters sheet"
    ]
    assert "ganz anderes" not in str(found)


def test_quiz_that_lost_a_column_says_so(tmp_path):
    quiz = Slide(
        "quiz", "Hauptstadt?", ("Rom", "Oslo"), {1: ("Nick", ":bug:", "Rom", 900), 2: ("Ann", ":cat:", "Oslo", 0)}
    )
    content = sheets(Deck((quiz,), 2))
    rows = [row[:-1] if len(row) > 3 else row for row in content[0][1]]
    found = inspect(write_xlsx(tmp_path / "a.xlsx", [(content[0][0], rows), *content[1:]]))
    assert any("no column was found for Score of the quiz" in problem["message"] for problem in found["problems"])


def propose(tmp_path, deck):
    (tmp_path / "codebook.yml").write_text(CODEBOOK, encoding="utf-8")
    new_round("neu", None, write_xlsx(tmp_path / "poll.xlsx", sheets(deck)), data=tmp_path)
    path = tmp_path / "raw" / "neu" / "round.yml"
    lines = path.read_text("utf-8").splitlines()
    if "confirm:" in lines:
        start = lines.index("confirm:")
        end = next(number for number in range(start + 1, len(lines)) if not lines[number].startswith(" "))
        lines = [*lines[:start], *lines[end:]]
    path.write_text("\n".join(lines), encoding="utf-8")
    return open_round("neu", data=tmp_path)


@pytest.mark.parametrize(
    "deck",
    [
        Deck((Slide("choices", "Leer?", ("a", "b"), {}), Slide("open", "Was?", answers={1: [("x", 0)]})), 1),
        Deck((Slide("choices", "3" * 50 + " lange Wörter in einer Frage?", ("a", "b"), {1: "a"}),), 1),
        Deck(
            (Slide("choices", "Zwei Tage?", ("a", "b"), {1: "a", 2: "b"}),), 2, dates={1: "2025-11-11", 2: "2025-11-12"}
        ),
        Deck((Slide("choices", "Gleich?", ("a",), {1: "a"}), Slide("choices", "Gleich?", ("a",), {1: "a"})), 1),
        Deck((Slide("choices", "Klein?", ("ja", "Ja", "JA"), {1: "ja", 2: "Ja"}),), 2),
        Deck((Slide("choices", "Leer?", ("a", ""), {1: "a"}),), 1),
        Deck((Slide("scales", "Skala", ("s", "t"), {}), Slide("wordcloud", "Wort", answers={1: ["x"]})), 1),
    ],
)
def test_check_accepts_what_new_round_proposes(tmp_path, deck):
    assert ingest_survey(propose(tmp_path, deck)).totals["voters"] == deck.voters


@pytest.mark.parametrize(
    ("head", "tool"),
    [(["Respondent ID", "x"], "SurveyMonkey"), (["Poll type", "x"], "Slido"), (["Kahoot!", "x"], "Kahoot")],
)
def test_export_of_another_tool_is_named(tmp_path, head, tool):
    path = write_xlsx(tmp_path / "a.xlsx", [("Antworten", [head, ["12.11.2025 10:00", "a"]])])
    with pytest.raises(DataError, match=f"saw what looks like an export of {tool}"):
        inspect(path)


@pytest.mark.parametrize(
    ("broken", "remedy"),
    [
        ("title: Dialog: Teil 2\n", 'put a text with a colon into quotes: title: "Dialog: Teil 2"'),
        ("rules:\n\tearly_session: keep\n", "indent with blanks, not with a tab"),
        ('title: "Dialog\n', "close every quote"),
    ],
)
def test_mistakes_in_yaml_are_answered_with_what_to_write(tmp_path, broken, remedy):
    with pytest.raises(DataError) as fault:
        make_round(tmp_path, text=broken + ONE.replace("title: Probe\n", "") + OPEN.format(id="a", wording="b"))
    assert remedy in str(fault.value)
