"""Every container an export may arrive in, and every file that is none: read the same, or refused within bounds."""

import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib

import openpyxl
import pytest
from exports import csv_bytes, every_type, sheets, write_csvs, write_xlsx

from analysis_utils.clean.export import read_export
from analysis_utils.errors import DataError
from analysis_utils.proposals.inspection import inspect
from poll_exports import read_container

CELLS = 40  # filled question cells of `every_type`, counted by hand


def account_of(path):
    account = inspect(path)
    return {key: account[key] for key in ("generation", "voters", "sessions", "questions", "cells")}


@pytest.fixture
def expected(tmp_path):
    account = account_of(write_xlsx(tmp_path / "native.xlsx", sheets(every_type())))
    assert account["cells"] == {"non_empty": CELLS, "consumed": CELLS, "set_aside": 0}
    return account


DIALECTS = {
    "comma": {},
    "comma, CRLF, BOM": {"newline": "\r\n", "encoding": "utf-8-sig"},
    "semicolon, decimal comma": {"delimiter": ";", "decimal": ","},
    "semicolon, Excel": {"delimiter": ";", "decimal": ",", "newline": "\r\n", "encoding": "utf-8-sig"},
    "tab, UTF-16": {"delimiter": "\t", "encoding": "utf-16", "newline": "\r\n"},
    "tab, UTF-16 without BOM": {"delimiter": "\t", "encoding": "utf-16-le"},
    "Windows-1252": {"delimiter": ";", "decimal": ",", "encoding": "cp1252", "newline": "\r\n"},
    "no padding": {"pad": False},
}


@pytest.mark.parametrize("name", DIALECTS)
def test_csv_sheets_of_every_dialect_read_like_the_workbook(tmp_path, expected, name):
    assert account_of(write_csvs(tmp_path / "csv", sheets(every_type()), **DIALECTS[name])) == expected


def test_workbook_with_shared_strings_reads_like_the_native_one(tmp_path, expected):
    assert account_of(write_xlsx(tmp_path / "r.xlsx", sheets(every_type()), is_resaved=True)) == expected


def test_sheets_copy_with_floats_empty_columns_and_no_first_row(tmp_path, expected):
    """As Google Sheets saves: every number a float, empty columns at the right, the first note gone."""
    content = [
        (name, [[float(c) if isinstance(c, int) else c for c in row] for row in rows])
        for name, rows in sheets(every_type())
    ]
    content[0][1][0][0] = ""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in content:
        sheet = book.create_sheet(name)
        for r, row in enumerate(rows, start=1):
            for c, cell in enumerate(row, start=1):
                if cell != "":
                    sheet.cell(r, c).value = cell
                    sheet.cell(r, c).data_type = "n" if isinstance(cell, float) else "s"
        sheet.cell(1, 40).value = ""
        sheet.cell(900, 2).value = ""
    book.save(tmp_path / "sheets.xlsx")
    assert account_of(tmp_path / "sheets.xlsx") == expected


def test_wrong_sheet_dimension_hides_no_cell(tmp_path, expected):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    rewritten(path, lambda name, data: data.replace(b'<dimension ref="', b'<dimension ref="A1:A2" x="'))
    assert account_of(path) == expected


def test_blanks_around_texts_survive(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    rewritten(path, lambda name, data: data.replace(b' xml:space="preserve"', b""))
    scales = next(q for q in inspect(path)["questions"] if q["type"] == "scales")
    assert scales["items"] == ["- one", "1", " two"]


def rewritten(path, change):
    """Change the parts of a workbook in place."""
    parts = {}
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            parts[name] = change(name, book.read(name))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, data in parts.items():
            book.writestr(name, data)


def refusal(path):
    start = time.perf_counter()
    with pytest.raises(DataError) as fault:
        inspect(path)
    assert time.perf_counter() - start < 10
    return str(fault.value)


def test_missing_file_is_named(tmp_path):
    assert "nothing.xlsx: expected this file to exist, saw nothing" in refusal(tmp_path / "nothing.xlsx")


@pytest.mark.parametrize(
    ("name", "data", "saw"),
    [
        ("a.xlsx", b"", "saw an empty file"),
        ("a.xlsx", b"%PDF-1.7 ...", "saw a PDF document"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0rest", "saw an old .xls or password-protected Office file"),
        ("a.xlsx", b"<html>login</html>", "saw a web page"),
        ("a.xlsx", b"just text", "saw another kind of file"),
        ("a.csv", b"just text", "saw no such header"),
        ("a.csv", b"Date,Session,Voter\n\0\0\0,1,1\n", "saw binary data"),
        ("a.csv", b"Date|Session|Voter|Q:\n2025-11-12|1|1|x\n", "expected cells separated by comma, semicolon or tab"),
        ("a.csv", b'Date,Session,Voter,Q:\n2025-11-12,1,1,"open\n', "expected CSV with every quote closed"),
        ("a.csv", b"Date,Session,Voter,Q:\n2025-11-12,1,1,\x81\n", "UTF-8, UTF-16 or Windows-1252, saw other bytes"),
        ("a.csv", b"Date,Session,Voter,Q:\n2025-11-12,1,1," + b"x" * 40_000, "at most 32767 characters"),
        ("a.csv", b"\xff\xfeD\x00a\x00\x00\xd8x\x00", "saw other bytes"),
    ],
)
def test_file_of_another_kind_is_refused_with_the_reason(tmp_path, name, data, saw):
    (tmp_path / name).write_bytes(data)
    assert saw in refusal(tmp_path / name)


def test_latin_1_csv_is_read_with_a_note(tmp_path):
    content = [("Voters", [["Date", "Session", "Voter", "Größe:"], ["2025-11-12", 1, 1, "Fläche"]])]
    (tmp_path / "a.csv").write_bytes(csv_bytes(content[0][1], encoding="latin-1"))
    account = inspect(tmp_path / "a.csv")
    assert account["questions"][0]["title"] == "Größe"
    assert "encoding" in [problem["rule"] for problem in account["problems"]]


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_truncated_workbook_is_refused(tmp_path, keep):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    assert "expected a whole xlsx workbook, saw a damaged or cut-off file" in refusal(path)


def test_damaged_bytes_never_give_a_traceback(tmp_path):
    whole = write_xlsx(tmp_path / "whole.xlsx", sheets(every_type())).read_bytes()
    for at in range(30, len(whole), max(1, len(whole) // 150)):
        path = tmp_path / "a.xlsx"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            inspect(path)
        except DataError as fault:
            assert ": expected " in str(fault)


def test_zip_of_another_kind_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as book:
        book.writestr("word/document.xml", "<x/>")
    assert "saw a zip archive of another kind" in refusal(tmp_path / "a.xlsx")


def test_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book, book.open("xl/worksheets/sheet9.xml", "w") as part:
        for _ in range(40):
            part.write(bytes(2**20))
    assert "saw 40 MiB packed into" in refusal(path)


def test_part_that_lies_about_its_size_is_refused(tmp_path):
    """The directory says 100 bytes, the part inflates to 64 MiB."""
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    rewritten(path, lambda name, data: bytes(2**26) if name == "xl/worksheets/sheet1.xml" else data)
    data = path.read_bytes()
    assert data.count(struct.pack("<I", 2**26)) == 2
    path.write_bytes(data.replace(struct.pack("<I", 2**26), struct.pack("<I", 100)))
    assert "damaged or cut-off" in refusal(path)


def test_entity_expansion_is_refused(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    rewritten(path, lambda name, data: data.replace(b"<worksheet", bomb + b"<worksheet", 1))
    assert "expected XML without document types or entities" in refusal(path)


@pytest.mark.parametrize("reference", ["XFD1048576", "ZZ400000", "AA9999999", "XFD99999"])
def test_far_cell_is_refused_before_the_parser_makes_room_for_it(tmp_path, reference):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    far = f'<row r="{reference.lstrip("ABCDEFXZ")}"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()
    rewritten(path, lambda name, data: data.replace(b"</sheetData>", far))
    assert "expected a sheet of at most 4,000,000 cells" in refusal(path)


def test_a_million_empty_rows_are_skipped_or_refused(tmp_path, expected):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    empty = b"".join(b'<row r="%d"/>' % row for row in range(200, 1_000_000)) + b"</sheetData>"
    rewritten(path, lambda name, data: data.replace(b"</sheetData>", empty) if "sheet1" in name else data)
    assert account_of(path) == expected
    csv = tmp_path / "voters.csv"
    csv.write_bytes(csv_bytes(sheets(every_type())[0][1]) + b",,,,,,,\n" * 1_000_000)
    assert inspect(csv)["voters"] == 4


def test_sixteen_thousand_columns_are_refused(tmp_path):
    header = ["Date", "Session", "Voter", *(f"Q{i}:" for i in range(16_000))]
    path = write_xlsx(tmp_path / "a.xlsx", [("Voters", [header, ["2025-11-12", 1, 1, *["x"] * 16_000]])])
    assert "expected at most 4,000 columns, saw 16,003" in refusal(path)


def test_cell_of_ten_megabytes_is_refused(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    rewritten(path, lambda name, data: data.replace(b"because: 1", os.urandom(5 * 2**20).hex().encode()))
    assert "expected cells of at most 32,767 characters, saw a longer one" in refusal(path)


def test_formulas_are_text_or_their_stored_value_and_are_reported(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    with_formulas = (
        b'<c r="D4" t="str"><f>HYPERLINK("http://x","y")</f></c>',
        b'<c r="D4"><f>1+1</f><v>2</v></c>',
        b'<c r="D4"><f>1+1</f><v></v></c>',
    )
    for cell, value in zip(with_formulas, ('=HYPERLINK("http://x","y")', 2.0, "=1+1"), strict=True):
        copy = tmp_path / "b.xlsx"
        copy.write_bytes(path.read_bytes())
        rewritten(copy, lambda name, data, cell=cell: _replaced(name, data, cell))
        export = read_export(copy)
        assert export.voters.columns[0][0] == value
        assert [problem.rule for problem in export.problems] == ["formula"]


def _replaced(name, data, cell):
    start = data.find(b'<c r="D4"')
    if name != "xl/worksheets/sheet1.xml":
        return data
    return data[:start] + cell + data[data.find(b"</c>", start) + 4 :]


def test_odd_characters_stay_in_the_cells_and_out_of_messages(tmp_path):
    row = ["2025-11-12", 1, 1, "a\u202eb", "=1+1", "-5", "\u200f", "tab\there"]
    header = ["Date", "Session", "Voter", "\u202eevil:", "b:", "c:", "d:", "e:"]
    path = write_xlsx(tmp_path / "a.xlsx", [("Voters", [header, row])])
    export = read_export(path)
    assert [column[0] for column in export.voters.columns] == row[3:]
    assert inspect(path)["questions"][0]["title"] == "evil"


def test_encrypted_or_repeated_parts_are_refused(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    with zipfile.ZipFile(path, "a") as book, pytest.warns(UserWarning):
        book.writestr("xl/workbook.xml", "<workbook/>")
    assert "parts, each once" in refusal(path)


def test_links_folders_and_devices_are_refused(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    (tmp_path / "link.xlsx").symlink_to(path)
    assert "saw a symbolic link" in refusal(tmp_path / "link.xlsx")
    (tmp_path / "empty").mkdir()
    assert "expected a folder with the CSV sheets of one export, saw no CSV file" in refusal(tmp_path / "empty")


def test_folder_with_two_exports_is_refused(tmp_path):
    write_csvs(tmp_path / "csv", sheets(every_type()))
    (tmp_path / "csv" / "other.csv").write_bytes(csv_bytes(sheets(every_type())[0][1]))
    assert "expected one Voters sheet, saw 2 (other.csv, voters.csv)" in refusal(tmp_path / "csv")


def test_session_csv_alone_is_refused_with_the_reason(tmp_path):
    path = tmp_path / "session.csv"
    path.write_bytes(csv_bytes(sheets(every_type())[1][1]))
    assert "saw a Session sheet alone; the answers of single voters are in the Voters sheet" in refusal(path)


def test_external_links_and_pictures_are_never_opened(tmp_path, expected):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()))
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("xl/externalLinks/externalLink1.xml", "<!DOCTYPE x>")
        book.writestr("xl/media/image1.png", zlib.compress(b"x"))
    assert account_of(path) == expected


def test_sheet_of_another_purpose_is_reported(tmp_path):
    content = [*sheets(every_type()), ("Notizen", [["privat"]])]
    problems = inspect(write_xlsx(tmp_path / "a.xlsx", content))["problems"]
    assert ("unknown_sheet", "Notizen") in [(problem["rule"], problem["place"]) for problem in problems]


def test_rows_keep_their_numbers_in_the_file(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\n\nDate,Session,Voter,Q:\n\n2025-11-12,1,1,x\n")
    sheet = read_container(tmp_path / "a.csv")[0][0]
    assert list(sheet.numbers) == [3, 5]


MEMORY = """
import resource, sys
from pathlib import Path
from analysis_utils.errors import DataError
from analysis_utils.proposals.inspection import inspect
for name in sys.argv[1:]:
    try:
        inspect(Path(name))
    except DataError:
        pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak memory as Linux counts it")
def test_hostile_files_stay_below_a_gibibyte(tmp_path):
    path = write_xlsx(tmp_path / "rows.xlsx", sheets(every_type()))
    wide = b'<row r="380000"><c r="Z380000"><v>1</v></c></row></sheetData>'
    rewritten(path, lambda name, data: data.replace(b"</sheetData>", wide))
    long = write_xlsx(tmp_path / "long.xlsx", sheets(every_type()))
    rewritten(long, lambda name, data: data.replace(b"because: 1", os.urandom(6 * 2**20).hex().encode()))
    csv = tmp_path / "voters.csv"
    csv.write_bytes(csv_bytes(sheets(every_type())[0][1]) + b",,,,,,,\n" * 500_000)
    files = [str(path), str(long), str(csv)]
    found = subprocess.run([sys.executable, "-c", MEMORY, *files], capture_output=True, text=True, check=True)
    assert int(found.stdout) < 2**20
