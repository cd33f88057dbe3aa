"""Same input, same bytes: the real round built twice under different circumstances."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis_utils.rounds import Round
from report_press import file_hash

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built_again(tmp_path_factory: pytest.TempPathFactory, built_round: Round) -> Path:
    """In another folder, time zone, language and home, one notebook after the other. (That kernels started afresh give
    the same outputs is tested cell by cell in test_kernels.py.)"""
    place = tmp_path_factory.mktemp("ein anderer Ort")
    shutil.copytree(built_round.raw.parents[1], place / "data", ignore=shutil.ignore_patterns("processed"))
    odd = {"HOME": str(place), "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "77", "USER": "jemand"}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FACHDIALOG_")}
    command = [sys.executable, "-m", "analysis_utils.cli", "report", built_round.name, "--jobs", "1"]
    places = ["--data", str(place / "data"), "--reports", str(place / "reports")]
    done = subprocess.run(
        [*command, *places], cwd=ROOT, env={**clean, **odd}, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return place


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): file_hash(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_tables_are_the_same_bytes(built_round: Round, built_again: Path) -> None:
    """The runner's own notes and kept notebooks included."""
    assert _hashes(built_again / "data" / "processed" / built_round.name) == _hashes(built_round.processed)


def test_pages_and_figures_are_the_same_bytes(built_round: Round, built_again: Path) -> None:
    ours = _hashes(built_round.reports)
    assert _hashes(built_again / "reports" / built_round.name) == ours
    assert {Path(name).suffix for name in ours} >= {".html", ".svg", ".png", ".csv"}


def test_nothing_says_when_or_where_it_was_made(built_round: Round) -> None:
    now = datetime.datetime.now(tz=datetime.UTC).date()
    days = [now - datetime.timedelta(days=back) for back in (0, 1)]
    forms = [day.strftime(form) for day in days for form in ("%Y-%m-%d", "%d.%m.%Y", "%b %d, %Y", "%Y%m%d")]
    place = str(built_round.raw.parents[2])
    for folder in (built_round.processed, built_round.reports):
        for path in folder.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert not [word for word in [*forms, place] if word.encode() in content], path
