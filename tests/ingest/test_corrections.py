"""`corrections.csv` changes single answers; `old` guards against a changed export; no message shows a ballot."""

import datetime
import io

import pytest
import xlsxwriter
from rounds_on_disk import make_round, poll
from test_survey import values

from analysis_utils.clean.survey import ingest_survey
from analysis_utils.errors import DataError

HEAD = "voter,question,item,old,new,reason,who,date\n"
WHY = "Tippfehler,jw,2025-11-13\n"


def ingest(tmp_path, *rows, head=HEAD):
    round_ = make_round(tmp_path, poll())
    (round_.raw / "corrections.csv").write_text(head + "".join(rows), encoding="utf-8")
    return ingest_survey(round_)


def test_answers_of_every_correctable_type_change(tmp_path):
    survey = ingest(
        tmp_path,
        f"1,focus,,8,9,{WHY}",
        f"1,areas,sites,70,60,{WHY}",
        f"1,areas,Andere,0,10,{WHY}",
        f"1,group,,Wirtschaft,politics,{WHY}",
        f"5,focus,,3,,{WHY}",
        f"4,focus,,,4,{WHY}",
    )
    assert values(survey, "focus") == {1: 9, 2: 7, 3: 10, 4: 4}
    assert [values(survey, "areas", item)[1] for item in ("sites", "transfer", "other")] == [60, 30, 10]
    assert survey.voters["segment"][0] == "politics"
    rows = survey.problems[survey.problems["rule"] == "correction"]
    assert list(rows["seen"]) == ["1 answers", "3 answers", "2 answers"]
    assert "row 2, row 6, row 7" in survey.summary() and "row" not in rows.to_csv().replace("corrections", "")
    assert rows["message"].iloc[0] == "1 answers to group were corrected as corrections.csv says"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"1,focus,,7,9,{WHY}", "in `old` the answer that the export holds, saw another one at row 2"),
        (f"9,focus,,8,9,{WHY}", "expected a voter of the export, saw another number at row 2, column voter"),
        (f"x,focus,,8,9,{WHY}", "expected a voter number, saw something else at row 2"),
        (f"1,fokus,,8,9,{WHY}", "the closest known wording is “focus”"),
        (f"1,areas,Flache,8,9,{WHY}", "expected an option of areas, saw another word .*“Flächen”"),
        (f"1,focus,sites,8,9,{WHY}", "expected no item for a question of type scale"),
        (f"1,focus,,8,viel,{WHY}", "expected a number, saw something else at row 2, column new"),
        ("1,focus,,8,9,,jw,2025-11-13\n", "expected reason for every correction, saw an empty cell at row 2"),
        ("1,focus,,8,9,x,jw,gestern\n", "expected a date like 2025-11-13"),
        ("1,focus,,8\n", "expected reason, who, date for every correction, saw an empty cell at row 2"),
    ],
)
def test_wrong_correction_is_refused_with_its_row(tmp_path, row, message):
    with pytest.raises(DataError, match=f"corrections.csv: .*{message}|{message}"):
        ingest(tmp_path, row)


def test_wrong_head_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"expected a column “old” \(alt\), saw the columns voter, question"):
        ingest(tmp_path, head="voter;question\n")


TABLE = [
    ["voter", "question", "item", "old", "new", "reason", "who", "date"],
    ["1", "focus", "", "8", "9", "Tippfehler", "jw", "2025-11-13"],
    ["3", "areas", "Flächen", "100", "100", "Übertrag", "jw", "2025-11-13"],
]
GERMAN = [["Person", "Frage", "Option", "alt", "neu", "Begründung", "wer", "Datum"], *TABLE[1:]]


def written(rows, delimiter=",", encoding="utf-8", date="2025-11-13", old="8", more=""):
    lines = [delimiter.join(old if cell == "8" else date if cell == "2025-11-13" else cell for cell in r) for r in rows]
    return "\r\n".join([line + more for line in lines] + [more] * 3).encode(encoding)


def as_workbook(rows):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, [float(cell) if cell.isdigit() else cell for cell in row])
        sheet.write_datetime(1, 7, datetime.datetime(2025, 11, 13), book.add_format({"num_format": "dd.mm.yyyy"}))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("corrections.csv", written(TABLE)),
        ("corrections.CSV", written(TABLE, encoding="utf-8-sig")),
        ("Korrekturen.csv", written(GERMAN, ";", "cp1252", "13.11.2025", "8,0")),
        ("KORREKTUREN.txt", written(GERMAN, "\t", "utf-16", "13.11.25")),
        ("Corrections.tsv", written(TABLE, "\t", "utf-16-le", "13. November 2025")),
        ("korrektur.csv", written(GERMAN, ";", date="2025/11/13", more=";;;")),
        ("corrections.csv", b"sep=;\r\n" + written(TABLE, ";")),
        ("corrections.xlsx", as_workbook(TABLE)),
        ("Korrekturen.XLSX", as_workbook(GERMAN)),
    ],
)
def test_corrections_are_read_in_every_dialect_and_spelling(tmp_path, name, content):
    round_ = make_round(tmp_path, poll())
    (round_.raw / name).write_bytes(content)
    survey = ingest_survey(round_)
    assert values(survey, "focus")[1] == 9 and values(survey, "areas", "sites")[3] == 100
    assert set(survey.problems.loc[survey.problems["rule"] == "correction", "file"]) == {name}


def test_two_tables_of_corrections_are_refused(tmp_path):
    round_ = make_round(tmp_path, poll())
    (round_.raw / "corrections.csv").write_bytes(written(TABLE))
    (round_.raw / "Korrekturen.xlsx").write_bytes(as_workbook(GERMAN))
    with pytest.raises(DataError, match=r"saw Korrekturen.xlsx and corrections.csv .*keep the one that counts"):
        ingest_survey(round_)


@pytest.mark.parametrize("word", ["Mehr Fokus?", "Fokus", "focus"])
def test_question_may_be_named_by_its_wording_or_label(tmp_path, word):
    round_ = make_round(tmp_path, poll())
    (round_.raw / "corrections.csv").write_text(HEAD + f"1,{word},,8,9,verlesen,Änne,13.11.2025\n", encoding="utf-8")
    answers = ingest_survey(round_).answers
    assert answers[(answers["question"] == "focus") & (answers["voter"] == 1)]["value"].tolist() == [9]


def test_unknown_question_is_said_of_the_table_of_corrections(tmp_path):
    round_ = make_round(tmp_path, poll())
    (round_.raw / "corrections.csv").write_text(HEAD + "1,fokus,,8,9,x,y,13.11.2025\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"^corrections\.csv: expected the id of a question .* “focus”"):
        ingest_survey(round_)
