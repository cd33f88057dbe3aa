"""Tables that travel: every published number in them once, under true words, in files a spreadsheet opens as meant."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from evidence_on_disk import evidence_in

from analysis_utils.contracts import STATISTICS, TABLES
from analysis_utils.handout.dictionary import dictionary_document, meanings, public_tables
from analysis_utils.handout.published import plans, published_tables, travelling_csv
from analysis_utils.handout.workbook import write_workbook
from analysis_utils.rounds import project_root
from analysis_utils.verify.exceptions import Exceptions
from analysis_utils.verify.report import read_rows
from analysis_utils.verify.travelling import travelling_faults
from analysis_utils.wording.evidence import Evidence, read_evidence
from proofread import Unpacker


def made(evidence: Evidence) -> Path:
    write_workbook(evidence, evidence.round.reports / "tabellen.xlsx")
    text = travelling_csv(evidence)
    (evidence.round.reports / "zahlen.csv").write_text(text, encoding="utf-8", newline="")
    return evidence.round.reports


def faults(evidence: Evidence) -> list[str]:
    rows = read_rows(evidence.round.table("estimates"))
    return [
        told for *_, told in travelling_faults(evidence.round.reports, evidence.round, rows, Exceptions(evidence.round))
    ]


def test_every_published_number_stands_once_and_under_its_words(small):
    made(small)
    assert faults(small) == []
    keys = [f"{row[-1]}" for table in published_tables(small) for row in table.rows]
    assert len(keys) > 50


def test_the_real_report_has_both_files_and_offers_them_first(built_round):
    index = (built_round.reports / "index.html").read_text(encoding="utf-8")
    offered = re.findall(r'href="([\w.]+\.(?:xlsx|csv))"', index)
    assert offered[:3] == ["tabellen.xlsx", "zahlen.csv", "estimates.csv"]
    assert all((built_round.reports / name).is_file() for name in offered)


@pytest.mark.parametrize(
    ("sheet", "heading", "change"),
    [
        ("Rangfolge", "mittlere Punkte", lambda value: value + 1),
        ("Rangfolge", "mittlere Punkte: 95 % von", lambda value: -value),
        ("Rangfolge", "Fokusbereich", lambda value: "Gamma" if value != "Gamma" else "@Beta; 25 %"),
        ("Antworten", "n", lambda value: value + 1),
        ("Skalenfragen", "Anteil, zustimmende Stufen", lambda value: 1 - value),
        ("Skalenfragen", "Mittelwert", lambda value: "•"),
        ("Beteiligung", "Gruppe", lambda value: "Gruppe 1" if value != "Gruppe 1" else "Alle"),
    ],
)
def test_a_changed_cell_is_found(small, sheet, heading, change):
    path = made(small) / "tabellen.xlsx"
    book = openpyxl.load_workbook(path)
    cells = book[sheet]
    top = next(row for row in cells.iter_rows() if any(cell.value == "Kennung" for cell in row))
    place = next(cell for cell in top if cell.value == heading)
    cell = cells.cell(place.row + 1, place.column)
    cell.value = change(cell.value)
    book.save(path)
    assert len(faults(small)) >= 1


def test_a_missing_line_is_found_in_both_files(small):
    folder = made(small)
    book = openpyxl.load_workbook(folder / "tabellen.xlsx")
    book["Rangfolge"].delete_rows(book["Rangfolge"].max_row)
    book.save(folder / "tabellen.xlsx")
    text = (folder / "zahlen.csv").read_bytes().decode("utf-8-sig").splitlines(keepends=True)
    (folder / "zahlen.csv").write_text("\ufeff" + "".join(text[:-1]), encoding="utf-8", newline="")
    assert sum("is missing" in told for told in faults(small)) >= 2


@pytest.mark.parametrize(
    ("old", "new"), [(";Alle;", ";Gruppe 0;"), (",", ",9"), ("mittlere Punkte;", "Rang in der Umfrage;")]
)
def test_a_changed_line_of_the_csv_is_found(small, old, new):
    path = made(small) / "zahlen.csv"
    lines = path.read_bytes().decode("utf-8").split("\r\n")
    at = next(at for at, line in enumerate(lines) if line.endswith("/mean_points"))
    lines[at] = lines[at].replace(old, new)
    path.write_bytes("\r\n".join(lines).encode())
    assert faults(small)


def test_a_number_typed_into_a_note_is_found(small):
    path = made(small) / "tabellen.xlsx"
    book = openpyxl.load_workbook(path)
    book["Rangfolge"]["A2"] = "Es waren 99 Personen."
    book.save(path)
    assert faults(small) == ["99 has no source"]


def test_labels_that_look_like_formulas_are_texts(small):
    folder = made(small)
    book = openpyxl.load_workbook(folder / "tabellen.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    odd = [cell for cell in cells if cell.value.startswith(("=", "@"))]
    assert odd and all(cell.data_type == "s" and cell.quotePrefix for cell in odd)
    with zipfile.ZipFile(folder / "tabellen.xlsx") as box:
        assert not any(b"<f>" in box.read(name) for name in box.namelist() if "sheets/" in name)
    lines = list(csv.reader(io.StringIO((folder / "zahlen.csv").read_text("utf-8-sig")), delimiter=";"))
    assert not any(cell.startswith(("=", "@", "+")) for line in lines for cell in line)


def test_sheets_keep_the_form_of_official_statistics(small):
    path = made(small) / "tabellen.xlsx"
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == ["Titel", "Inhalt", "Hinweise"]
    assert book.properties.language == "de-DE" and "Probe" in book.properties.title
    for sheet in book.worksheets[1:]:
        assert sheet["A1"].value and not sheet.merged_cells.ranges
        (table,) = sheet.tables.values()
        top = int(re.search(r"\d+", table.ref)[0])
        assert sheet.freeze_panes in (f"A{top + 1}", f"B{top + 1}")
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.print_title_rows == f"${top}:${top}"
        heads = [cell.value for cell in sheet[top] if cell.value]
        assert len(heads) == len(set(heads))
    linked = {cell.hyperlink.location for (cell, *_) in book["Inhalt"].iter_rows() if cell.hyperlink}
    assert {f"'{name}'!A1" for name in book.sheetnames[2:]} <= linked
    with zipfile.ZipFile(path) as box:
        tables = [box.read(name).decode() for name in box.namelist() if "/tables/" in name]
    assert all("altText" in table for table in tables)


def test_numbers_are_numbers_with_german_signs(small):
    book = openpyxl.load_workbook(made(small) / "tabellen.xlsx")
    mean = first_row(book["Rangfolge"])["mittlere Punkte"]
    assert isinstance(mean.value, float | int) and mean.number_format == "0.0;\u22120.0"
    assert first_row(book["Skalenfragen"])["Anteil, zustimmende Stufen"].number_format.startswith("0\u00a0%")


def first_row(sheet) -> dict:
    """The cells of the first line of a table by heading."""
    top = next(row[0].row for row in sheet.iter_rows() if any(cell.value == "Kennung" for cell in row))
    return {head.value: cell for head, cell in zip(sheet[top], sheet[top + 1], strict=True)}


def test_withheld_numbers_are_a_sign_with_its_reason(small):
    hidden = small.estimates.copy()
    mine = (hidden["segment"] == "g1") & (hidden["statistic"] == "mean_points")
    assert mine.any()
    hidden.loc[mine, ["estimate", "low", "high", "n"]] = pd.NA
    hidden.loc[mine, "status"] = "suppressed_small_base"
    evidence = evidence_in(small.round.reports.parent, Evidence(small.round, hidden))
    table = next(table for table in published_tables(evidence) if table.name == "Punkte nach Gruppen")
    assert any(cell == "•" for row in table.rows for cell in row)
    assert any(note.startswith("• Zurückgehalten") for note in table.notes)
    made(evidence)
    assert faults(evidence) == []


def test_an_analysts_own_breakdown_is_a_table_of_its_own(small):
    own = small.estimates[small.estimates["segment"] == "g0"].assign(segment="pendler:ja")
    both = pd.concat([small.estimates, own], ignore_index=True)
    evidence = evidence_in(small.round.reports.parent, Evidence(small.round, both))
    table = next(table for table in published_tables(evidence) if table.name == "Eigene pendler")
    assert {row[[c.heading for c in table.columns].index("Gruppe")] for row in table.rows} == {"ja"}
    made(evidence)
    assert faults(evidence) == []


def test_a_reconstructed_round_says_in_each_row_what_was_published(built_round):
    tables = {table.name: table for table in published_tables(read_evidence(built_round))}
    ranking = tables["Rangfolge"]
    at = [column.heading for column in ranking.columns].index("Herkunft")
    assert {row[at] for row in ranking.rows} == {"nachgebildet außer: mittlere Punkte"}
    assert any("nachgebildet" in note for note in ranking.notes)


def test_same_numbers_same_bytes(small):
    folder = made(small)
    first = [(folder / name).read_bytes() for name in ("tabellen.xlsx", "zahlen.csv")]
    made(small)
    assert [(folder / name).read_bytes() for name in ("tabellen.xlsx", "zahlen.csv")] == first


def test_a_draft_says_so_on_every_sheet(small):
    path = small.round.reports / "tabellen.xlsx"
    write_workbook(small, path)
    book = openpyxl.load_workbook(path)
    assert "Entwurf" in book.properties.title
    assert all("Entwurf" in (sheet.oddHeader.left.text or "") for sheet in book)


def test_the_csv_opens_in_a_german_spreadsheet(small):
    content = (made(small) / "zahlen.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and b"\r\n" in content
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    mean = next(line for line in lines if line["Kennung"].endswith("/mean_points"))
    assert re.fullmatch(r"\d+(,\d+)?", mean["Wert"]) and mean["Kennzahl"] == "mittlere Punkte"
    assert len(lines) == len(small.estimates)


def test_a_row_or_column_of_a_sheet_is_searched_as_numbers(tmp_path):
    book = openpyxl.Workbook()
    for row in ([35, 25, 40], [10, 80, 10], [0, 0, 100]):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    found = [tuple(array) for piece in Unpacker().pieces((tmp_path / "x.xlsx").read_bytes()) for array in piece.numbers]
    assert (35.0, 25.0, 40.0) in found and (40.0, 10.0, 100.0) in found


def test_every_statistic_has_one_place_among_the_tables_of_its_kind():
    for kind in ("all", "groups", "notes"):
        named = [name for plan in plans() if kind in plan.of.split() for name in plan.statistics]
        assert len(named) == len(set(named)) and set(named) <= set(STATISTICS)
    assert all(len(plan.name) <= 31 for plan in plans())


def test_the_data_dictionary_is_complete_and_up_to_date():
    columns = {(name, column.name) for name in public_tables() for column in TABLES[name].columns}
    assert set(meanings()) == columns
    written = (project_root() / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == dictionary_document(), "run python -m analysis_utils.handout.dictionary"
