"""What several test folders share: the real round, built once per session, whatever the number of test processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis_utils.rounds import Round, open_round
from analysis_utils.run.report import cores

# One thread each, as in the runner's kernels: matrices are small, and the test processes share the processor. Set
# before anything imports numpy.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

ROOT = Path(__file__).resolve().parents[1]
ROUND = "fachdialog-1"
BUILD_SECONDS = 900


def pytest_xdist_auto_num_workers() -> int:
    """As many as this process may use; by itself the plugin counts those of the machine, and two that share one as one.
    One more was slower: it imports everything once more, and there is hardly an idle moment to fill."""
    return cores()


# What takes longest is begun first, so that no process is left with it at the end while the others have nothing to do.
# Of the first two files the one builds the real round meanwhile, and the other does not wait for it.
LONGEST_FIRST = (
    *("browser/test_every_page.py", "browser/test_odd_reports.py", "disclosure/test_hostile.py"),
    *("run", "browser", "disclosure", "compare"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _place_in_line(item.path.relative_to(ROOT / "tests").as_posix()))


def _place_in_line(name: str) -> int:
    return next((at for at, start in enumerate(LONGEST_FIRST) if name.startswith(start)), len(LONGEST_FIRST))


@pytest.fixture(scope="session")
def commands() -> list[list[str]]:
    """What docs/second-round.md tells the analyst to type, in words."""
    document = (ROOT / "docs" / "second-round.md").read_text(encoding="utf-8")
    return [line.split() for line in re.findall(r"^    fachdialog (.+)$", document, re.MULTILINE)]


@pytest.fixture(scope="session")
def built_round(commands: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> Round:
    """The committed round, read, computed and reported in a scratch project. Tests read it and change nothing.

    A second round has been set up beside it, so that its codebook is no other one when that is reported."""
    base = _session_folder(tmp_path_factory)
    place = base / "project"
    _once(base / "first", lambda: _set_up(place, commands) or _run(place, ["report", ROUND]))
    return open_round(ROUND, data=place / "data", reports=place / "reports")


@pytest.fixture(scope="session")
def rehearsal(built_round: Round, commands: list[list[str]]) -> Path:
    """The scratch project once the invented second round in it is reported, too, and compared with the first, by the
    commands of docs/second-round.md, each as it stands there. Tests read it and change nothing."""
    place = built_round.reports.parents[1]
    _once(place.with_name("second"), lambda: _follow(place, _from_report_on(commands)))
    return place


@pytest.fixture(scope="session")
def both_reports(rehearsal: Path) -> Path:
    """Folder of reports: that of the real round, and beside it the invented second round, compared with it."""
    return rehearsal / "reports"


@pytest.fixture(scope="session")
def built_report(built_round: Round) -> Path:
    """Folder of the built report: `index.html`, `html/`, `figures/`."""
    return built_round.reports


def _session_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of one pytest-xdist session see."""
    base = factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def _once(note: Path, build: Callable[[], str]) -> None:
    """The first process to come builds; the others wait for it and fail where it failed. `note`: a folder that says
    that the build has begun and, in a file, what it told in the end: nothing, or what a failed command printed."""
    done = note / "done"
    try:
        note.mkdir(parents=True)
    except FileExistsError:
        until = time.monotonic() + BUILD_SECONDS
        while not done.exists():
            if time.monotonic() > until:
                pytest.fail(f"expected another test process to build {note.name} within {BUILD_SECONDS} s")
            time.sleep(0.2)
    else:
        message = "the build was interrupted"
        try:
            message = build()
        finally:
            done.write_text(message, encoding="utf-8")
    if message := done.read_text(encoding="utf-8"):
        pytest.fail(message)


SECOND_ROUND = str(ROOT / "tests" / "demo" / "second_round.py")


def _set_up(place: Path, commands: list[list[str]]) -> str:
    """The first round, and a second one described as far as an analyst does before anything is reported."""
    first = [words for words in commands if words not in _from_report_on(commands)]
    failed = _script(SECOND_ROUND, "project", str(place)) or _follow(place, first)
    return failed or _script(SECOND_ROUND, "edit", str(place))  # the check said what there is to edit


def _from_report_on(commands: list[list[str]]) -> list[list[str]]:
    return commands[[words[0] for words in commands].index("report") :]


def _follow(place: Path, commands: list[list[str]]) -> str:
    """Type the commands of the document, until one fails."""
    failed = ""
    for words in commands:
        here = [str(place / word) if word == "export.xlsx" else word for word in words]
        failed = failed or _run(place, here, code=2 if words[0] == "check" else 0)
    return failed


def _run(place: Path, words: list[str], *, code: int = 0) -> str:
    """Run a command of ours on the folders of a place; what it printed, if it did not end with `code`."""
    places = ["--data", str(place / "data")]
    places += ["--reports", str(place / "reports")] if words[0] in ("report", "compare") else []
    return _script("-m", "analysis_utils.cli", *words, *places, code=code)


def _script(*words: str, code: int = 0) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FACHDIALOG_")}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    return "" if done.returncode == code else f"{' '.join(words[:4])} failed:\n{done.stdout}\n{done.stderr}"
