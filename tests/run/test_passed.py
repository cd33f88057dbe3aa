"""What passed a check is not read again, unless it, or what it was compared with, has changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_project import Project, no_landing, plain_pages

from analysis_utils.run.display import Silent
from analysis_utils.run.finish import Staged
from analysis_utils.run.passed import Passed
from analysis_utils.run.report import Options, run_round


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


def _basis(project: Project) -> str:
    """What the finished files of a run are checked against."""
    seen: list[str] = []

    def note(staged: Staged) -> None:
        seen.append(staged.basis)

    options = Options(notebooks=project.notebooks, force=True, finishing=(plain_pages, note), landing=no_landing)
    run_round(project.round, Silent(), project.kernels, options)
    return seen[0]


def test_basis_changes_with_the_tables_and_not_with_the_pages(finished: Project) -> None:
    before = _basis(finished)
    finished.edit(finished.notebooks / "04_zwei.ipynb", "# Zeigen", "# Zeigen und sagen")
    assert _basis(finished) == before
    (finished.round.raw / "export.csv").write_text("a\nb\n", encoding="utf-8")
    assert _basis(finished) != before
