"""Eight real files (2024, UPPMAX/programming_formalisms): every cell has its place, every printed number is met."""

from pathlib import Path

import openpyxl
import pytest

from analysis_utils.clean.export import read_export
from analysis_utils.proposals.inspection import inspect

REAL = Path(__file__).resolve().parents[3] / "shared" / "real-exports"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real exports lie beside the checkout in ../shared")
WORKBOOKS = ["monday", "tuesday", "wednesday", "thursday", "friday"]


def workbook(day):
    return REAL / f"2024_autumn__confidences_{day}.xlsx"


def cells_of(path):
    """The sheets as another reader sees them."""
    book = openpyxl.load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


@pytest.mark.parametrize("day", WORKBOOKS)
def test_workbook_is_read_whole_without_a_problem(day):
    account = inspect(workbook(day))
    rows = cells_of(workbook(day))["Voters"]
    filled = sum(cell not in (None, "") for row in rows[3:] for cell in row[3:])
    assert account["cells"] == {"non_empty": filled, "consumed": filled, "set_aside": 0}
    assert account["problems"] == []
    assert account["voters"] == len(rows) - 3
    assert account["generation"] == "Date"
    assert sum(question["answers"] for question in account["questions"]) == filled


@pytest.mark.parametrize("day", WORKBOOKS)
def test_counts_and_means_are_those_of_the_session_sheet(day):
    export = read_export(workbook(day))
    assert (export.left, export.problems) == ([], [])
    checked = 0
    printed = {str(row[0]).strip(): row for row in cells_of(workbook(day))["Session 1"] if row[0] is not None}
    for plan in export.questions:
        for use in plan.uses:
            if plan.type == "scales":
                row = printed[use.item.strip()]
                values = [cell for cell in export.voters.columns[use.column] if cell != ""]
                assert row[1] == pytest.approx(sum(values) / len(values), abs=0.005 + 1e-9)
                scale = range(1, len(row) - 1)
                assert [row[1 + value] for value in scale] == [values.count(value) for value in scale]
                checked += 1
    assert checked >= 14


def test_voters_csv_alone_is_read_whole():
    for name in ("FinalConfidenceReport", "confidences_wednesday"):
        account = inspect(REAL / f"2024_autumn__{name}.csv")
        assert account["cells"]["non_empty"] == account["cells"]["consumed"] > 80
        assert [problem["rule"] for problem in account["problems"]] == ["no_session_sheet"]


def test_voters_and_session_csv_of_one_export_read_like_its_workbook(tmp_path):
    for name in ("FinalConfidenceReport", "FinalConfidenceReport-questions"):
        source = REAL / f"2024_autumn__{name}.csv"
        (tmp_path / source.name).write_bytes(source.read_bytes())
    as_csv, as_workbook = inspect(tmp_path), inspect(workbook("friday"))
    assert as_csv["problems"] == []
    for key in ("voters", "sessions", "questions", "cells", "generation"):
        assert as_csv[key] == as_workbook[key]


def test_changed_cell_differs_from_the_printed_numbers(tmp_path):
    book = openpyxl.load_workbook(workbook("monday"))
    book["Voters"]["E4"] = 1
    book.save(tmp_path / "changed.xlsx")
    problems = inspect(tmp_path / "changed.xlsx")["problems"]
    assert [problem["rule"] for problem in problems] == ["weighted_average", "votes", "votes"]
    assert problems[0]["message"].endswith(": the Session sheet prints 6.89, the Voters sheet gives 6.1111")
