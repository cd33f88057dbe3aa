"""Workbooks made to take all memory or time: each is refused before the parser meets what is in it."""

import struct
import time
import zipfile
import zlib

import pytest
from exports import every_type, sheets, write_xlsx

from analysis_utils.errors import DataError
from analysis_utils.proposals.inspection import inspect

VOTERS = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """The parts of a sound workbook by name."""
    path = write_xlsx(tmp_path_factory.mktemp("sound") / "a.xlsx", sheets(every_type()))
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.fixture
def refusal(tmp_path, parts):
    """The message with which a workbook is refused in which some parts are other ones."""

    def refuse(**changed):
        return refused(written(tmp_path / "a.xlsx", {**parts, **changed}))

    return refuse


def written(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return path


def refused(path):
    start = time.perf_counter()
    with pytest.raises(DataError) as fault:
        inspect(path)
    assert time.perf_counter() - start < 10
    return str(fault.value)


def with_rows(sheet, rows):
    return sheet.replace(b"</sheetData>", rows + b"</sheetData>")


WIDE_ROW = b'<row r="20">' + b"<c><v>1</v></c>" * 16_000 + b"</row>"
FAR = {
    "cells that do not say where they stand": b'<row r="300000"><c><v>1</v></c></row>' + WIDE_ROW,
    "a prefix before the names": b'<x:row r="300000"><x:c><x:v>1</x:v></x:c></x:row>'
    + WIDE_ROW.replace(b"<c", b"<x:c"),
    "a reference inside another attribute": b'<row r="300000"><c s=" r="><v>1</v></c></row>'
    + WIDE_ROW.replace(b"<c>", b'<c s=" r=">'),
    "rows without a number": b"<row/>" * 400_000 + b"<row><c><v>1</v></c></row>" + WIDE_ROW,
    "single quotes": b"<row r='900000'><c r='ZZ900000'><v>1</v></c></row>",
    "small letters": b'<row r="900000"><c r="zz900000"><v>1</v></c></row>',
}


@pytest.mark.parametrize("how", FAR)
def test_far_cell_is_found_however_it_is_written(refusal, parts, how):
    message = refusal(**{VOTERS: with_rows(parts[VOTERS], FAR[how])})
    assert "expected a sheet of at most 4,000,000 cells" in message


def test_far_cell_is_found_in_a_part_with_capital_letters(tmp_path, parts):
    far = with_rows(parts[VOTERS], b'<row r="900000"><c r="ZZ900000"><v>1</v></c></row>')
    others = {name: data for name, data in parts.items() if name != VOTERS}
    path = written(tmp_path / "a.xlsx", {**others, "xl/Worksheets/Sheet1.xml": far})
    assert "expected a sheet of at most 4,000,000 cells" in refused(path)


def test_sheet_that_hides_under_another_name_is_not_read(refusal, parts):
    far = with_rows(parts[VOTERS], b'<row r="900000"><c r="ZZ900000"><v>1</v></c></row>')
    relations = "xl/_rels/workbook.xml.rels"
    hidden = parts[relations].replace(b"worksheets/sheet1.xml", b"media/sheet1.xml")
    assert "damaged or cut-off" in refusal(**{relations: hidden, "xl/media/sheet1.xml": far})


def test_many_sheets_of_the_largest_size_are_refused_together(tmp_path, parts):
    deep = b'<row r="90000"><c r="Z90000"><v>1</v></c></row>'
    changed = {name: with_rows(data, deep) for name, data in parts.items() if "/sheet" in name}
    assert "expected sheets of at most 4,000,000 cells together" in refused(
        written(tmp_path / "a.xlsx", {**parts, **changed})
    )


def test_one_sheet_named_a_thousand_times_is_refused(refusal, parts):
    names = b"".join(b'<sheet name="S%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(3, 1_000))
    changed = parts["xl/workbook.xml"].replace(b"</sheets>", names + b"</sheets>")
    assert "expected at most 500 sheets" in refusal(**{"xl/workbook.xml": changed})


def test_long_text_shared_by_many_cells_is_refused(tmp_path):
    """One text of 30,000 characters in 20,000 cells would become 600 MB."""
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()), is_resaved=True)
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    strings = parts["xl/sharedStrings.xml"].replace(b"because: 1", b"x" * 30_000)
    index = strings[: strings.index(b"xxxx")].count(b"<si>") - 1
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>' % (n, n, index) for n in range(20, 20_020))
    changed = {"xl/sharedStrings.xml": strings, VOTERS: with_rows(parts[VOTERS], cells)}
    message = refused(written(tmp_path / "b.xlsx", {**parts, **changed}))
    assert "expected at most 100 MiB of text in a sheet" in message


def test_short_texts_shared_by_many_cells_are_read(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", sheets(every_type()), is_resaved=True)
    assert inspect(path)["cells"]["set_aside"] == 0


def test_part_that_goes_on_behind_its_told_end_is_refused(tmp_path, parts):
    """Size and checksum in the directory are those of the beginning, the packed data hold a hundred times as much."""
    told, whole = parts[VOTERS], parts[VOTERS] + b" " * 100 * len(parts[VOTERS])
    path = written(tmp_path / "a.xlsx", {**parts, VOTERS: whole})
    data = path.read_bytes()
    for mine, theirs in ((zlib.crc32(whole), zlib.crc32(told)), (len(whole), len(told))):
        assert data.count(struct.pack("<I", mine)) == 2
        data = data.replace(struct.pack("<I", mine), struct.pack("<I", theirs))
    path.write_bytes(data)
    assert "damaged or cut-off" in refused(path)


def test_document_type_in_any_part_that_is_read_is_refused(refusal, parts):
    for name in (VOTERS, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"):
        declared = parts[name].replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaa">]>', 1)
        assert "expected XML without document types or entities" in refusal(**{name: declared})
        assert "expected XML in UTF-8" in refusal(**{name: parts[name].decode().encode("utf-16")})


@pytest.mark.parametrize("cell", [b'<c r="Z99999"/>', b'<c r="AB7"/>', b'<c s="1" r="A40000"/>', b"<c/>"])
def test_cell_that_is_odd_but_not_far_is_read(tmp_path, parts, cell):
    more = with_rows(parts[VOTERS], b'<row r="40">' + cell + b"</row>")
    assert inspect(written(tmp_path / "a.xlsx", {**parts, VOTERS: more}))["voters"] > 0


def test_outer_blanks_are_kept_however_the_sheet_marks_them(tmp_path, parts):
    untrimmed = {name: data.replace(b' xml:space="preserve"', b"") for name, data in parts.items()}
    marked = inspect(written(tmp_path / "a.xlsx", parts))
    assert inspect(written(tmp_path / "a.xlsx", untrimmed)) == marked


def test_something_behind_the_directory_does_not_matter(tmp_path, parts):
    path = written(tmp_path / "a.xlsx", parts)
    as_it_is = inspect(path)
    with zipfile.ZipFile(path, "a") as book:
        book.comment = b"x"
    assert inspect(path) == as_it_is


HEAD = b"Date,Session,Voter,Q:\n2025-11-12,1,1,"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (HEAD + b"a," * 2**21 + b"\n", "at most 4,000 columns"),
        (HEAD + b'"\n",' * 100_001 + b"\n", "at most 4,000 columns"),
        (HEAD + b"x\n" + b"\n" * 20_000_001, "at most 20,000,000 cells"),
    ],
)
def test_text_file_that_would_fill_the_memory_is_refused(tmp_path, data, expected):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert f"expected {expected}" in refused(path)


def test_text_file_of_many_mebibytes_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(HEAD + b"x" * (151 * 2**20))
    assert "expected at most 150 MiB of text, saw 151 MiB" in refused(path)
