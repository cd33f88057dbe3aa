"""Whatever ends a run, a whole report is in place, and the next run succeeds."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_project import Project, make_project

from analysis_utils.rounds import Round
from analysis_utils.run.kernels import Kernels
from analysis_utils.run.report import ReportFailedError
from report_press import NOTED, Move, Places

# Runs a project in a process of its own, without the seconds the warm process needs. It ends as the command does, and
# heeds interrupts also where the tests themselves, in the background, ignore them.
DRIVER = """\
import os, pathlib, signal, sys, traceback
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {tests!r})
from small_project import Project, make_project
from analysis_utils.run.kernels import Kernels
code = 1
try:
    with Kernels(warm=False) as kernels:
        Project(pathlib.Path(sys.argv[1]), kernels).run()
    code = 0
except BaseException:
    traceback.print_exc()
os._exit(code)
"""


def _start(project: Project) -> subprocess.Popen[bytes]:
    program = DRIVER.format(tests=str(Path(__file__).parent))
    with (project.folder / "driver.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-c", program, str(project.folder)], start_new_session=True, stdout=log, stderr=log
        )


def _move(round_: Round) -> Move:
    return Move(Places(round_.processed), Places(round_.reports))


def _change(project: Project, lines: int) -> None:
    (project.round.raw / "export.csv").write_text("a\n" * lines, encoding="utf-8")


def _whole(project: Project, lines: int) -> bool:
    """Whether tables and report are those of an export of so many lines, and nothing is missing."""
    files = project.files()
    n = str(lines).encode()
    figures = [files.get(f"reports/probe/figures/{name}.csv") for name in ("03_eins", "04_zwei")]
    pages = [files.get(f"reports/probe/html/{name}.html", b"") for name in ("03_eins", "04_zwei")]
    return figures == [n, n] and all(n in page for page in pages) and "reports/probe/index.html" in files


@pytest.fixture(scope="module")
def seconds(tmp_path_factory: pytest.TempPathFactory, kernels: Kernels) -> float:
    """How long a first run takes in a process of its own, here and now."""
    folder = tmp_path_factory.mktemp("timed")
    make_project(folder)
    began = time.monotonic()
    assert _start(Project(folder, kernels)).wait(timeout=120) == 0, (folder / "driver.log").read_text()
    return time.monotonic() - began


# Shares of the time a run takes.
@pytest.mark.parametrize("share", [0.4, 0.75, 0.95])
def test_killed_at_any_moment_leaves_a_whole_report_and_next_run_succeeds(
    finished: Project, seconds: float, share: float
) -> None:
    _change(finished, 5)
    process = _start(finished)
    time.sleep(seconds * share * random.Random(share).uniform(0.95, 1.05))
    with contextlib.suppress(ProcessLookupError):  # done already
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert _whole(finished, 3) or _whole(finished, 5)
    finished.run()
    assert _whole(finished, 5)
    assert sorted(path.name for path in finished.round.reports.parent.iterdir()) == [".probe.lock", "probe"]


def test_killed_while_moving_is_finished_by_the_next_run(finished: Project) -> None:
    """Killed as soon as the note of a whole result is there, the new report is kept, not made again."""
    _change(finished, 7)
    note = _move(finished.round).note
    process = _start(finished)
    until = time.monotonic() + 60
    while not note.exists() and process.poll() is None and time.monotonic() < until:
        pass
    with contextlib.suppress(ProcessLookupError):  # done already
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert _whole(finished, 3) or _whole(finished, 7)
    assert finished.run().done == []
    assert _whole(finished, 7)


def test_second_run_at_the_same_time_is_refused_and_the_first_finishes(finished: Project) -> None:
    _change(finished, 6)
    with _move(finished.round).held(), pytest.raises(ReportFailedError) as caught:
        finished.run()
    assert caught.value.is_data
    assert str(caught.value) == (
        f"probe: expected no other run of this round, saw one in progress at {finished.round.processed}; "
        "wait until it has ended."
    )
    assert _whole(finished, 3)
    finished.run()
    assert _whole(finished, 6)


def test_two_processes_at_once_give_one_whole_report(finished: Project) -> None:
    _change(finished, 8)
    codes = [process.wait(timeout=60) for process in [_start(finished), _start(finished)]]
    assert sorted(codes) in ([0, 0], [0, 1]) and _whole(finished, 8)


def test_lock_ends_with_its_process(finished: Project) -> None:
    process = _start(finished)
    time.sleep(0.5)
    process.kill()
    process.wait()
    with _move(finished.round).held():
        pass


def test_full_disk_leaves_the_earlier_report_and_says_so(finished: Project) -> None:
    """Files may not grow beyond a limit, as on a full disk: the cell that writes one fails, nothing is moved."""
    _change(finished, 2_000_000)
    program = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))\n" + DRIVER.format(
        tests=str(Path(__file__).parent)
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(finished.folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert "ReportFailedError" in done.stderr and "File too large" in done.stderr
    assert _whole(finished, 3)
    assert not _move(finished.round).tables.workshop.exists()
    _change(finished, 9)
    finished.run()
    assert _whole(finished, 9)


def test_full_disk_while_pages_are_written_is_one_readable_message(finished: Project) -> None:
    _change(finished, 4)
    earlier = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(staged: object) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**10, earlier[1]))
        (finished.round.reports / "index.html").with_name("big").write_bytes(b"x" * 2**20)

    try:
        with pytest.raises(ReportFailedError, match="expected room on the disk, saw none"):
            _with_finishing(finished, fill)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, earlier)
    (finished.round.reports / "big").unlink(missing_ok=True)
    assert _whole(finished, 3)


def _with_finishing(project: Project, step) -> None:
    from analysis_utils.run.report import Options, run_round
    from report_press import Silent

    run_round(project.round, Silent(), project.kernels, Options(notebooks=project.notebooks, finishing=(step,)))


def test_interrupted_run_leaves_the_earlier_report(finished: Project) -> None:
    _change(finished, 5)
    finished.notebook("03_eins", ["# A", "PARAMETERS", "import time\ntime.sleep(30)"])
    process = _start(finished)
    time.sleep(3)
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(timeout=20) != 0
    assert _whole(finished, 3)


def test_report_folder_of_somebody_elses_file_system_state_is_not_needed(finished: Project) -> None:
    """Notes left half written by a killed run count as none."""
    shutil.copytree(finished.round.processed, _move(finished.round).tables.built)
    (_move(finished.round).tables.built / NOTED).write_text('{"01_le', encoding="utf-8")
    finished.run()
    assert _whole(finished, 3)
