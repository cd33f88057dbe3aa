"""Tables made by hand: whatever program saved them, the same rows come out."""

import datetime
import io

import openpyxl
import pytest
from exports import csv_bytes

from analysis_utils.clean import corrections
from analysis_utils.clean.columns import read_columns
from analysis_utils.errors import DataError
from analysis_utils.notes import boards, coding, photos, reading as notes, releases

SPOKEN = [["Süd", "Übersicht", "Erste, ja"], ["Süd", "", "2."]]
CARDS = [["Nord", "Tafel 1", "Größe, Nähe; beides", 3, "", "ja"], ["Nord", "", "zweite", 0, "a.jpg", "nein"]]
FIXED = [[1, "fokus", "", "8,5", "9", "verlesen; zwei Zettel", "Änne", "13.11.2025"]]
TABLES = {
    "corrections": (corrections.COLUMNS, "Stimme Frage Option alt neu Grund Wer Datum", FIXED),
    "boards": (boards.COLUMNS, "Gruppe Tafel Karte Punkte Foto Freigabe", CARDS),
    "released": (releases.RELEASED, "Kennung Wortlaut Freigabe", [["nord.bcdfgh", "Süß | sauer", "Ute"]]),
    "paraphrases": (releases.PARAPHRASES, "Satz Belege Thema Autor:in", [["Ein Satz, länger", "a.b c.d", "", "U"]]),
    "coding": (coding.COLUMNS, "Kennung Aussage Code Haltung", [["a.b", "Wort; Wort", "energie", "kritisch"]]),
    "notes": (notes.COLUMNS, "Gruppe Abschnitt Aussage", SPOKEN),
    "photos": (photos.COLUMNS, "Foto Freigabe Bildunterschrift", [["a.jpg", "Ute", "Tafel der Gruppe Süd"]]),
}


def text(rows, mark=";", encoding="utf-8-sig", newline="\r\n"):
    return csv_bytes(rows, delimiter=mark, encoding=encoding, newline=newline)


def book(rows, *, above=(), aside=0, dates=False):
    made = openpyxl.Workbook()
    for row in above:
        made.active.append(list(row))
    for row in rows:
        cells = [datetime.date(2025, 11, 13) if dates and cell == "13.11.2025" else cell for cell in row]
        made.active.append([None] * aside + [None if cell == "" else cell for cell in cells])
    made.create_sheet("Tabelle2")
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


DIALECTS = {
    "comma": (".csv", lambda rows: text(rows, ",", "utf-8", "\n")),
    "semicolon of Excel": (".csv", text),
    "tab in UTF-16": (".txt", lambda rows: text(rows, "\t", "utf-16")),
    "UTF-16 without mark": (".tsv", lambda rows: text(rows, "\t", "utf-16-le")),
    "bar": (".csv", lambda rows: text(rows, "|")),
    "Windows-1252": (".CSV", lambda rows: text(rows, ";", "cp1252")),
    "line ends of old": (".csv", lambda rows: text(rows, ";", "utf-8", "\r")),
    "sep line": (".csv", lambda rows: b"sep=;\n" + text(rows, ";", "utf-8")),
    "empty cells and rows around": (".csv", lambda rows: text([[""] * 9, *([*row, "", ""] for row in rows), [""] * 9])),
    "title above": (".csv", lambda rows: b"Unsere Liste; Stand 13.11.\n\n" + text(rows, ";", "utf-8")),
    "shouted headings": (".csv", lambda rows: text([[f" {name.upper()}: " for name in rows[0]], *rows[1:]])),
    "columns turned": (".csv", lambda rows: text([row[::-1] for row in rows])),
    "workbook": (".xlsx", book),
    "workbook with dates": (".xlsx", lambda rows: book(rows, dates=True)),
    "workbook, title above": (".XLSX", lambda rows: book(rows, above=[["Liste"], []])),
    "workbook, column aside": (".xlsm", lambda rows: book(rows, aside=1)),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("table", TABLES)
def test_every_table_reads_alike_in_every_dialect(tmp_path, table, dialect):
    names, headings, rows = TABLES[table]
    head = headings.split()
    suffix, write = DIALECTS[dialect]
    path = tmp_path / f"tabelle{suffix}"
    path.write_bytes(write([head, *rows]))
    records, problems = read_columns(path, names, ())
    wanted = read_columns(plain(tmp_path, [head, *rows]), names, ())[0]
    assert len(records) == len(rows)
    for record, same in zip(records, wanted, strict=True):
        assert set(record.cells) == set(same.cells) and len(same.cells) == len(head)
        assert {name: day(record.text(name)) for name in record.cells} == {name: same.text(name) for name in same.cells}
    assert {problem.rule for problem in problems} <= {"encoding", "above_headings"}


def plain(folder, rows):
    path = folder / "schlicht.csv"
    path.write_bytes(text(rows))
    return path


def day(words):
    return "13.11.2025" if words.startswith("2025-11-13") else words


def test_table_without_a_needed_column_says_its_names_in_both_languages(tmp_path):
    path = plain(tmp_path, [["Stimme", "Frage"], [1, "fokus"]])
    with pytest.raises(DataError, match=r"a column “old” \(alt\), saw the columns Stimme, Frage at row 1"):
        read_columns(path, corrections.COLUMNS, ("voter", "old"))
