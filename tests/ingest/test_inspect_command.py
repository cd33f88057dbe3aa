"""`fachdialog inspect`: what it prints, with which exit code, and what it never prints."""

import json

import pytest
from exports import Deck, Slide, csv_bytes, every_type, sheets, write_csvs, write_xlsx

from analysis_utils.cli import main

KEYS = {
    "file": str,
    "tool": str,
    "generation": str,
    "voters": int,
    "sessions": list,
    "questions": list,
    "cells": dict,
    "problems": list,
}
QUESTION = {
    "number": int,
    "type": str,
    "title": str,
    "items": list,
    "values": list,
    "respondents": int,
    "answers": int,
    "session": int,
}
WORDS = ("because", "line", "491701234567", "two words", "two_words", "Nick", "Ann", ":bug:", "cmd", "Wann?", "privat")


@pytest.fixture
def run(capsys):
    """Exit code, lines on standard output, text on standard error."""

    def command(*arguments):
        code = main(["inspect", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err

    return command


@pytest.fixture
def export(tmp_path):
    return write_xlsx(tmp_path / "Umfrage ä.xlsx", sheets(every_type()))


def types_of(record):
    return {key: type(value) for key, value in record.items()}


def test_object_has_exactly_these_keys_and_types(run, export):
    code, lines, errors = run(export, "--json")
    assert (code, len(lines), errors) == (0, 1, "")
    account = json.loads(lines[0])
    assert types_of(account) == KEYS
    assert list(account) == list(KEYS)
    for question in account["questions"]:
        assert types_of(question) == QUESTION
        assert {type(item) for item in question["items"]} <= {str}
    assert account["cells"] == {"non_empty": 40, "consumed": 40, "set_aside": 0}
    assert (account["file"], account["generation"], account["sessions"]) == ("Umfrage ä.xlsx", "Date", [1])
    for problem in account["problems"]:
        assert types_of(problem) == {"rule": str, "place": str, "message": str}


def test_counts_are_those_of_the_deck(run, export):
    questions = {q["number"]: q for q in json.loads(run(export, "--json")[1][0])["questions"]}
    counted = {number: (q["respondents"], q["answers"]) for number, q in questions.items()}
    assert counted == {1: (2, 2), 2: (3, 3), 3: (2, 3), 4: (2, 4), 5: (1, 1), 6: (2, 2), 7: (2, 3), 8: (2, 2),
                       9: (2, 2), 10: (2, 4), 11: (2, 3), 12: (0, 0)}  # fmt: skip
    assert questions[2]["items"] == ["A", "B: b", "14"]
    assert [questions[n]["items"] for n in (1, 6, 7, 8)] == [[], [], [], []]


def test_several_files_give_one_object_per_line_and_the_worst_code(run, export, tmp_path):
    content = sheets(every_type())
    content[0][1].append(["Summe", "", "", "x"])
    damaged = write_xlsx(tmp_path / "b.xlsx", content)
    assert run(damaged, "--json")[0] == 1
    code, lines, errors = run(export, damaged, tmp_path / "none.xlsx", export, "--json")
    assert code == 2
    assert [json.loads(line)["file"] for line in lines] == [export.name, "b.xlsx", export.name]
    assert "none.xlsx: expected this file to exist, saw nothing" in errors
    assert "Traceback" not in errors
    assert run(export, damaged, "--json")[0] == 1


def test_voters_csv_and_folder_are_read_and_a_session_csv_alone_is_refused(run, tmp_path):
    folder = write_csvs(tmp_path / "csv", sheets(every_type()))
    code, lines, _ = run(folder, folder / "voters.csv", "--json")
    assert code == 0
    whole, alone = map(json.loads, lines)
    assert (whole["file"], whole["cells"]) == ("csv", alone["cells"])
    assert [problem["rule"] for problem in alone["problems"]] == ["no_session_sheet"]
    code, lines, errors = run(folder / "session-1.csv", "--json")
    assert (code, lines) == (2, [])
    assert "saw a Session sheet alone; the answers of single voters are in the Voters sheet" in errors


def test_file_that_may_not_be_read_is_refused(run, tmp_path):
    (tmp_path / "folder.csv").mkdir()
    code, _, errors = run(tmp_path, "--json")
    assert (code, "saw no CSV file" in errors) == (2, True)
    code, _, errors = run(tmp_path / ("x" * 300 + ".csv"), "--json")
    assert (code, "expected a file that can be read, saw File name too long" in errors) == (2, True)


@pytest.mark.parametrize("as_json", [["--json"], []])
def test_nobodys_words_are_printed(run, tmp_path, as_json):
    """Sound, as CSV, alone, and in files where a word got into a title, a type, an option or a header."""
    audience = (("2025-11-12", 1, 7, "Wann?", 3, "No"),)
    content = sheets(Deck(**{**every_type().__dict__, "audience": audience}))
    content.append(("Notizen", [["privat"]]))
    (tmp_path / "a.csv").write_bytes(csv_bytes(content[0][1]))
    files = [write_xlsx(tmp_path / "a.xlsx", content), write_csvs(tmp_path / "csv", content), tmp_path / "a.csv"]
    texts = [cell for row in content[0][1][3:] for cell in row[3:] if any(word in str(cell) for word in WORDS)]
    labels = [(sheet, row) for sheet in (0, 2) for row in range(len(content[sheet][1])) if content[sheet][1][row]]
    for number, (sheet, row) in enumerate(labels):
        if sheet == 0 and row < 2:
            continue
        changed = [(name, [list(r) for r in rows]) for name, rows in content]
        line = changed[sheet][1][row]
        at = 3 + number % (len(line) - 3) if sheet == 0 else min(1, len(line) - 1)
        line[at] = texts[number % len(texts)]
        files.append(write_xlsx(tmp_path / f"{number}.xlsx", changed))
    _, lines, errors = run(*files, *as_json)
    shown = "\n".join(lines) + errors
    assert [word for word in WORDS if word in shown.replace("Neulinge", "").replace("line)", "")] == []


def test_typed_answers_of_an_unknown_quiz_are_no_options(run, tmp_path):
    content = sheets(Deck((Slide("quiz", "Stadt?", ("Rom", "geheim"), {1: ("Nick", ":bug:", "geheim", 0)}),), 1))
    content[1][1][3][1] = "quiz_open"
    _, lines, _ = run(write_xlsx(tmp_path / "a.xlsx", content), "--json")
    question = json.loads(lines[0])["questions"][0]
    assert (question["type"], question["items"]) == ("quiz_open", ["Rom", "(a text of 6 characters)"])
    assert "geheim" not in lines[0]
