"""Boards, coding files, reconciliation, releases and sheets."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analysis_utils.errors import DataError
from analysis_utils.notes.coding import NO_CODE, Coding, final_codings
from analysis_utils.notes.coding_sheet import GONE, write_sheets
from analysis_utils.notes.group_notes import disagreements, ingest_group_notes
from analysis_utils.notes.statement_ids import new_name
from analysis_utils.notes.suggestions import suggester

A = "Ohne erschlossene Flächen kommt kein größerer Betrieb in die Region."
B = "Wohnungen müssen fertig sein, wenn die Arbeitsplätze entstehen."
C = "Der Tourismus ergänzt nur, er trägt den Wandel nicht."
NOTES = f"- {A}\n- {B}\n- {C}\n"
ID = {text: new_name("nord", text) for text in (A, B, C)}


def coding_csv(*rows: tuple[str, ...], head: str = "statement;text;code;stance") -> str:
    return "\n".join([head, *(";".join(row) for row in rows)])


def row(text: str, code: str, stance: str = "neutral", *more: str) -> tuple[str, ...]:
    return (ID[text], f'"{text}"', code, stance, *more)


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def test_boards_cards_are_statements_with_dots(make_round):
    text = "Gruppe;Tafel;Karte;Punkte;Foto;Freigabe\nnord;1;Flächen;3,0;;ja\nnord;1;Wasser;;;nein\n"
    notes = ingest_group_notes(make_round({"boards.csv": text}))
    assert notes.statements[["kind", "section", "text"]].to_numpy().tolist() == [
        ["card", "1", "Flächen"],
        ["card", "1", "Wasser"],
    ]
    assert notes.statements["dots"].tolist()[0] == 3
    assert notes.statements["dots"].isna().tolist() == [False, True]
    assert list(notes.statements["released_by"]) == ["boards.csv", ""]


def test_boards_oddities_are_rows_in_problems(make_round):
    text = (
        "group;text;dots;photo;publish\nnord;A;3-4;da.jpg;ja\nnord;B;04. Mrz;weg.jpg;\nnord;C;2,5;../x.jpg;vielleicht\n"
        "nord;D;2026-04-03;da.jpg;\nnord;;4;da.jpg;\nnord;E;-1;;\n"
    )
    notes = ingest_group_notes(make_round({"boards.csv": text, "photos/da.jpg": b"\xff\xd8\xff"}))
    found = notes.problems[["rule", "place"]].to_numpy().tolist()
    assert found == [
        ["dots_no_whole_number", "row 2"],
        ["photo_missing", "row 3"],
        ["dots_date", "row 3"],
        ["photo_name", "row 4"],
        ["dots_no_whole_number", "row 4"],
        ["publish_unclear", "row 4"],
        ["dots_date", "row 5"],
        ["empty_statement", "row 6"],
        ["dots_no_whole_number", "row 7"],
        ["photo_not_named", "row 7"],
    ]
    assert notes.statements["dots"].isna().all()
    assert len(notes.statements) == 5
    assert set(notes.problems["file"]) == {"boards.csv"}


def test_boards_of_unknown_group_stop_with_the_nearest(make_round):
    with pytest.raises(DataError, match=r"boards.csv: expected a group of round.yml, saw “nrod” at row 2; the closest"):
        ingest_group_notes(make_round({"boards.csv": "group;text\nnrod;A\n"}))


def test_codings_by_id_label_and_alias_lead_to_their_line(make_round):
    files = {
        "notes/nord.md": NOTES,
        "coding/anna.csv": coding_csv(
            row(A, "Industrieparks & Flächen", "Priorität"), row(B, "ohne_code", ""), row(C, "Tourismus", "kritisch")
        ),
    }
    notes = ingest_group_notes(make_round(files))
    public = notes.coded_statements[["statement", "place", "code", "stance"]].to_numpy().tolist()
    assert public == [
        [ID[A], "line 1", "industrieparks", "priorität"],
        [ID[B], "line 2", "", ""],
        [ID[C], "line 3", "tourismus", "kritisch"],
    ]
    assert not notes.coded_statements["quote"].any()
    assert notes.uncoded("anna") == []


def test_mended_statement_keeps_its_code_and_waits_for_review(make_round):
    files = {
        "notes/nord.md": NOTES.replace("erschlossene", "gut erschlossene"),
        "coding/a.csv": coding_csv(row(A, "energie")),
    }
    notes = ingest_group_notes(make_round(files))
    assert notes.statements["statement"][0] == ID[A]
    assert notes.coded_statements["code"].tolist() == ["energie"]
    assert notes.review == {ID[A]: A}
    assert notes.problems["rule"].tolist() == ["statement_changed"]


def test_coding_of_a_statement_that_is_gone_is_set_aside(make_round):
    files = {"notes/nord.md": f"- {B}\n", "coding/a.csv": coding_csv(row(A, "energie"), row(B, "energie"))}
    notes = ingest_group_notes(make_round(files))
    problem = notes.problems.iloc[0]
    assert (problem["rule"], problem["place"], problem["action"]) == ("statement_gone", "row 2", "set aside")
    assert notes.coded_statements["statement"].tolist() == [ID[B]]


def test_explicit_id_with_new_words_is_not_recoded_silently(make_round):
    files = {
        "notes/nord.csv": f'id;text\nk1;"{B}"\n',
        "coding/a.csv": coding_csv(("nord.k1", f'"{A}"', "energie", "neutral")),
    }
    notes = ingest_group_notes(make_round(files))
    assert notes.problems["rule"].tolist() == ["statement_replaced"]
    assert notes.coded_statements.empty


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [row(A, "energy policy")],
            "a.csv: expected a code of the codebook, saw “energy policy” at row 2, column code",
        ),
        ([row(A, "Industriepark")], "the closest known wording is “industrieparks"),
        ([row(A, "energie, resilienz")], "saw “energie, resilienz” at row 2, column code; write one code per row"),
        ([row(A, "03. Apr")], "expected a code, saw a date at row 2, column code; format the column as text"),
        (
            [row(A, "energie", "prioritaet")],
            "expected a known stance, saw “prioritaet” at row 2, column stance; the closest",
        ),
        ([("", "x", "energie", "")], "expected the id of a statement, saw an empty cell at row 2, column statement"),
        ([("12.03.2026", "x", "energie", "")], "expected the id of a statement, saw a date at row 2"),
    ],
)
def test_wrong_entries_in_coding_files_stop_with_place_and_remedy(make_round, rows, message):
    with pytest.raises(DataError) as fault:
        ingest_group_notes(make_round({"notes/nord.md": NOTES, "coding/a.csv": coding_csv(*rows)}))
    assert message in str(fault.value)


def test_two_files_of_one_coder_stop(make_round):
    with pytest.raises(DataError, match=r"a.tsv: expected one file of a, saw also a.csv"):
        ingest_group_notes(make_round({"coding/a.csv": "x", "coding/a.tsv": "x"}))


def test_double_and_stanceless_codings_are_reported(make_round):
    rows = [row(A, "energie"), row(A, "energie", "kritisch"), row(A, NO_CODE, ""), row(B, "energie", "")]
    notes = ingest_group_notes(make_round({"notes/nord.md": NOTES, "coding/a.csv": coding_csv(*rows)}))
    assert notes.problems[["rule", "place"]].to_numpy().tolist() == [
        ["coding_twice", "row 3"],
        ["no_code_beside_code", "row 4"],
        ["no_stance", "row 5"],
    ]
    assert notes.coded_statements[["code", "stance"]].to_numpy().tolist() == [["energie", "neutral"]] * 2


def coding(statement: str, coder: str, code: str, stance: str = "neutral", by: str = "") -> Coding:
    return Coding(statement, "", coder, code, "" if code == NO_CODE else stance, "", "", by)


def final(*codings: Coding) -> tuple[list[tuple[str, str, str, str]], list[str]]:
    counted, disputed = final_codings(list(codings))
    return [(one.statement, one.code, one.stance, one.decided_by) for one in counted], disputed


def test_final_one_coder_counts_alone():
    assert final(coding("s", "a", "x")) == ([("s", "x", "neutral", "a")], [])


def test_final_only_shared_codes_count_until_decided():
    both = [coding("s", "a", "x"), coding("s", "a", "y"), coding("s", "b", "x", "kritisch")]
    assert final(*both) == ([("s", "x", "", "all coders")], ["s"])
    decided = [*both, coding("s", "reconciled", "y", "priorität", "Team")]
    assert final(*decided) == ([("s", "y", "priorität", "Team")], [])


def test_final_nothing_shared_counts_nothing():
    assert final(coding("s", "a", "x"), coding("s", "b", NO_CODE)) == ([], ["s"])
    agreed_none = (coding("s", "a", NO_CODE), coding("s", "b", NO_CODE))
    assert final(*agreed_none) == ([("s", NO_CODE, "", "all coders")], [])


def test_releases_only_of_the_words_released(make_round):
    rows = [
        (ID[A], f'"{A}"', "Leitung"),
        (ID[B], f'"{B} Und mehr."', "Leitung"),
        (ID[C], f'"{C}"', ""),
        ("nord.xxxxxx", "weg", "Leitung"),
    ]
    files = {
        "notes/nord.md": NOTES,
        "coding/a.csv": coding_csv(row(A, "energie"), row(B, "energie")),
        "released.csv": coding_csv(*rows, head="statement;text;released_by"),
    }
    notes = ingest_group_notes(make_round(files))
    assert notes.coded_statements["quote"].tolist() == [A, ""]
    assert notes.problems[["rule", "place"]].to_numpy().tolist() == [
        ["release_unsigned", "row 4"],
        ["release_of_other_words", "row 3"],
        ["release_gone", "row 5"],
    ]


def test_personal_data_is_never_released(make_round):
    text = "Frau Muster leitet das Projekt."
    files = {
        "notes/nord.md": f"- {text}\n",
        "released.csv": coding_csv((new_name("nord", text), text, "Leitung"), head="statement;text;released_by"),
        "boards.csv": "group;text;photo;publish\nnord;Anruf 0351 1234567;a.jpg;ja\n",
        "photos/a.jpg": b"\xff\xd8\xff",
    }
    notes = ingest_group_notes(make_round(files))
    assert not notes.statements["released_by"].any()
    assert sorted(notes.problems["rule"]) == ["personal_data", "personal_data", "release_with_personal_data"]


def test_paraphrases_need_statements_that_exist_and_own_words(make_round):
    rows = [
        ("Flächen zuerst.", f"{ID[A]} {ID[B]}", "Team", "industrieparks"),
        ("Ohne Beleg.", "nord.zzzzzz", "Team", ""),
        (f'"{A}"', ID[A], "Team", ""),
    ]
    files = {"notes/nord.md": NOTES, "paraphrases.csv": coding_csv(*rows, head="sentence;statements;author;code")}
    notes = ingest_group_notes(make_round(files))
    assert notes.paraphrases["sentence"].tolist() == ["Flächen zuerst."]
    assert notes.problems[["rule", "place", "action"]].to_numpy().tolist() == [
        ["paraphrase_without_statement", "row 3", "refused"],
        ["paraphrase_is_quote", "row 4", "refused"],
    ]


def test_suggestions_find_inflected_forms_and_compounds(make_round):
    suggest = suggester(make_round().codebook)
    assert suggest("In den Industrieparken fehlt es.") == ["industrieparks"]
    assert suggest("Den Fachkräften fehlt Windenergie.") == ["energie", "fachkraefte", "infrastruktur"]
    assert suggest("Nichts davon.") == []


def test_sheet_keeps_codings_adds_the_rest_and_counts_no_suggestion(make_round, tmp_path):
    changed = NOTES.replace("erschlossene", "gut erschlossene")
    files = {"notes/nord.md": changed, "coding/anna.csv": coding_csv(row(A, "energie", "kritisch"), row(B, "", ""))}
    round_ = make_round(files)
    sheet = write_sheets(ingest_group_notes(round_), round_.raw / "coding")[0]
    assert str(sheet) == "coding/anna.csv: 3 statements, 2 to code (2 with suggestions), 1 changed"
    written = lines(sheet.path)
    assert [one["code"] for one in written] == ["energie", "", ""]
    assert written[0]["review"] == f"geändert, vorher: {A}"
    assert written[2]["suggestion"] == "tourismus"
    again = ingest_group_notes(round_)
    assert again.uncoded("anna") == [ID[B], ID[C]]
    assert set(again.coded_statements["code"]) == {"energie"}
    assert again.review and write_sheets(again, round_.raw / "coding")[0].changed == 1
    sheet.path.write_text(sheet.path.read_text("utf-8-sig").replace(f"geändert, vorher: {A}", ""), encoding="utf-8")
    assert ingest_group_notes(round_).review == {}


def test_sheet_lists_lost_codings_and_keeps_a_copy(make_round):
    files = {"notes/nord.md": f"- {B}\n", "coding/anna.csv": coding_csv(row(A, "energie"))}
    round_ = make_round(files)
    sheet = write_sheets(ingest_group_notes(round_), round_.raw / "coding")[0]
    assert [one["review"] for one in lines(sheet.path)] == ["", GONE]
    assert (round_.raw / "coding" / "anna.csv.bak").read_text() == files["coding/anna.csv"]


def test_sheet_for_nobody_says_how_to_name_a_coder(make_round):
    round_ = make_round({"notes/nord.md": NOTES})
    with pytest.raises(DataError, match="run: fachdialog code klein --coder NAME"):
        write_sheets(ingest_group_notes(round_), round_.raw / "coding")
    sheets = write_sheets(ingest_group_notes(round_), round_.raw / "coding", coder="anna")
    assert sheets[0].uncoded == 3


def test_sheet_refuses_to_lose_a_column(make_round):
    files = {
        "notes/nord.md": NOTES,
        "coding/a.csv": coding_csv((*row(A, "energie"), "wichtig"), head="statement;text;code;stance;meins"),
    }
    round_ = make_round(files)
    with pytest.raises(DataError, match=r"saw column 5 \(meins\); rename it to note, or delete it"):
        write_sheets(ingest_group_notes(round_), round_.raw / "coding")


def test_disagreements_show_codes_and_no_words_and_are_laid_open(make_round):
    files = {
        "notes/nord.md": NOTES,
        "coding/anna.csv": coding_csv(row(A, "energie"), row(B, "energie")),
        "coding/ben.csv": coding_csv(row(A, "energie", "kritisch"), row(B, "energie")),
    }
    round_ = make_round(files)
    notes = ingest_group_notes(round_)
    found = disagreements(notes)
    assert found.to_dict("records") == [
        {
            "statement": ID[A],
            "file": "Notizen Gruppe Nord",
            "place": "line 1",
            "Kodierung A": "energie (neutral)",
            "Kodierung B": "energie (kritisch)",
            "decided": "",
        }
    ]
    write_sheets(notes, round_.raw / "coding")
    decision = lines(round_.raw / "coding" / "reconciled.csv")
    assert [one["codings"] for one in decision] == ["anna: energie (neutral) | ben: energie (kritisch)"]
    assert notes.problems["rule"].tolist() == ["coders_differ"]


def test_formula_in_a_statement_is_harmless_in_the_sheet_and_survives(make_round):
    round_ = make_round({"notes/nord.txt": '=HYPERLINK("http://x";"y") ist eine Formel.\n'})
    sheet = write_sheets(ingest_group_notes(round_), round_.raw / "coding", coder="anna")[0]
    written = lines(sheet.path)[0]
    assert written["text"].startswith("'=HYPERLINK")
    sheet.path.write_text(sheet.path.read_text("utf-8-sig").replace(";;;;;", ";energie;neutral;;;"), encoding="utf-8")
    notes = ingest_group_notes(round_)
    assert notes.review == {} and notes.coded_statements["code"].tolist() == ["energie"]


def test_check_shows_notes_while_the_export_is_missing(make_round, capsys):
    from analysis_utils.cli import main

    round_ = make_round({"notes/nord.md": NOTES, "coding/anna.csv": coding_csv(row(A, "energie"), row(B, "energie"))})
    assert main(["check", "klein", "--data", str(round_.raw.parents[1])]) == 2
    shown = capsys.readouterr()
    assert "nord: 3 statements, 0 cards, 0 dots\ncoder anna: 1 not coded\n     2  energie\nno problems" in shown.out
    assert "poll.xlsx" in shown.err
    assert not any(text in shown.out for text in (A, B, C))
