"""Files made so that everything fits everywhere are read or refused like others; they once kept the walk busy for
hours, so that these tests would not end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from exports import write_xlsx

from analysis_utils.proposals.inspection import inspect

MANY = 100


def _blocks(kind: str) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for number in range(MANY):
        rows += [[f"Question {number + 1}"], ["Date", ""], ["Session", 1], ["Type", kind], ["Question", ""]]
        rows += [["Respondents", 0], [], ["No votes for this session"], [], [], []]
    return rows


def _voters(headers: list[str]) -> list[list[Any]]:
    return [["Date", "Session", "Voter", *headers], ["2025-11-12", 1, 1, *["x"] * len(headers)]]


@pytest.mark.parametrize("kind", ["scales", "open", "choices"])
def test_untitled_questions_beside_a_column_that_fits_nowhere(tmp_path: Path, kind: str) -> None:
    headers = [name for place in range(MANY) for name in (f": {place % 7 + 1}", "Upvotes")]
    sheets = [("Voters", _voters([*headers, "odd"])), ("Session 1", _blocks(kind))]
    cells = inspect(write_xlsx(tmp_path / "export.xlsx", sheets))["cells"]
    assert cells["non_empty"] == len(headers) + 1 == cells["consumed"] + cells["set_aside"]


def test_very_long_headers_without_session_sheets(tmp_path: Path) -> None:
    headers = [f"{'x ' * 12000}{number}:" for number in range(20)]
    cells = inspect(write_xlsx(tmp_path / "export.xlsx", [("Voters", _voters(headers))]))["cells"]
    assert cells["non_empty"] == 20 == cells["consumed"] + cells["set_aside"]
