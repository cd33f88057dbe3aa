"""What passed a check is not read again, unless it, or what it was compared with, has changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from report_press import Passed


@pytest.fixture
def passed(tmp_path: Path) -> Passed:
    """Two pages that have passed."""
    root = tmp_path / "report"
    root.mkdir()
    for name in ("a.html", "b.html"):
        (root / name).write_text(name)
    result = Passed(tmp_path / "note.json", "state", root)
    result.keep(sorted(root.iterdir()))
    return result


def test_unchanged_files_have_passed(passed: Passed) -> None:
    assert passed.unknown(sorted(passed.root.iterdir())) == []


def test_changed_and_new_files_have_not_passed(passed: Passed) -> None:
    (passed.root / "a.html").write_text("changed")
    (passed.root / "c.html").write_text("new")
    assert [path.name for path in passed.unknown(sorted(passed.root.iterdir()))] == ["a.html", "c.html"]


def test_file_of_another_name_has_not_passed(passed: Passed) -> None:
    renamed = (passed.root / "a.html").rename(passed.root / "other.html")
    assert passed.unknown([renamed]) == [renamed]


def test_nothing_has_passed_beside_another_state(passed: Passed) -> None:
    files = sorted(passed.root.iterdir())
    assert replace(passed, state="other").unknown(files) == files


def test_what_is_to_be_forgotten_is_checked_again(passed: Passed) -> None:
    files = sorted(passed.root.iterdir())
    assert replace(passed, forget=True).unknown(files) == files


@pytest.mark.parametrize("noted", ["", "{", "[]", '{"state": "state"}'])
def test_broken_note_counts_as_none(passed: Passed, noted: str) -> None:
    passed.note.write_text(noted)
    files = sorted(passed.root.iterdir())
    assert passed.unknown(files) == files
