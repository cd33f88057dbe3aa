"""Names, places and consoles that do not fit end in one readable block; texts that may hold answers never reach it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from small_project import OPEN, Project

from analysis_utils.cli import main

COMMAND = [sys.executable, "-m", "analysis_utils.cli"]
SECRET = "Die Sanierung hat mich ruiniert"


def run(*arguments: str, out: str = "", **environment: str) -> tuple[int, str]:
    """Exit code and everything printed, standard output going to `out` where one is named."""
    with Path(out or "/dev/null").open("w") as target:
        done = subprocess.run(
            [*COMMAND, *arguments],
            stdout=target if out else subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin", **environment},
            timeout=120,
            check=False,
        )
    shown = (done.stdout or b"") + done.stderr
    return done.returncode, shown.decode(environment.get("PYTHONIOENCODING", "utf-8"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("n" * 300, "saw a name of 300 letters"),
        ("CON", "a device of Windows"),
        ("lpt3", "a device of Windows"),
        ("Fachdialog Süd", "call the folder “Fachdialog-Sued”"),
    ],
)
def test_name_of_a_round_that_is_no_folder_everywhere_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, message: str
) -> None:
    assert main(["check", name, "--data", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("command", [["check", "eins"], ["new-round", "neu", "--export", "/dev/null"], ["leakcheck"]])
@pytest.mark.parametrize("place", ["a file", "/proc/nope"])
def test_data_that_is_no_folder_is_one_readable_block(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], place: str
) -> None:
    data = tmp_path / "daten"
    data.write_text("x")
    code = main([*command, "--data", str(data) if place == "a file" else place])
    if place == "a file":
        assert code == 2
        assert "expected a folder with raw/ and codebook.yml, saw a file" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_full_standard_output_is_said(project: Project) -> None:
    code, shown = run("audit", "--help", out="/dev/full")
    assert code != 0 and "Traceback" not in shown and "No space left" in shown


def test_console_that_lacks_a_letter_shows_a_mark(tmp_path: Path) -> None:
    sheet = tmp_path / "voters.csv"
    sheet.write_text("Date,Session,Voter,Мова → 日本?:\n2025-11-12,1,1,a\n", encoding="utf-8")
    code, shown = run("inspect", str(sheet), PYTHONIOENCODING="cp1252")
    assert code in (0, 1) and "? ? ??" in shown.replace("????", "?") and "Traceback" not in shown


def test_words_of_an_exception_where_answers_are_read_are_not_shown(project: Project) -> None:
    project.notebook("01_lesen", ["# A", "PARAMETERS", OPEN, f"import analysis_utils.gate\nfloat('{SECRET}'[:40])"])
    places = ["--data", "data", "--reports", "reports", "--notebooks", "notebooks", "--fresh-kernels"]
    done = subprocess.run(
        [*COMMAND, "report", *places], cwd=project.folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1 and "01_lesen.ipynb, cell 4: ValueError: its text is not shown" in done.stderr
    assert "could not convert" not in done.stderr
