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

from analysis_utils.run import swap
from analysis_utils.run.failures import ReportFailedError
from analysis_utils.run.hashes import folder_hashes, hashes_in
from analysis_utils.run.kernels import Kernels
from analysis_utils.run.swap import Move, only_run, put_in_place

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
    note = Move.of(finished.round).note
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


def _built(folder: Path) -> tuple[Move, dict[str, str], dict[str, str]]:
    """An earlier pair of folders in place, and a later one built beside it."""
    move = Move(swap.Places(folder / "processed" / "r"), swap.Places(folder / "reports" / "r"))
    for places in (move.processed, move.reports):
        for place, text in ((places.final, "earlier"), (places.built, "later")):
            place.mkdir(parents=True)
            (place / "file").write_text(text, encoding="utf-8")
    return move, folder_hashes(move.processed.built), folder_hashes(move.reports.built)


def _read(move: Move) -> list[str]:
    return [(places.final / "file").read_text(encoding="utf-8") for places in (move.processed, move.reports)]


def _without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system that cannot exchange two folders in one step."""
    monkeypatch.setattr(swap.sys, "platform", "other")


@pytest.mark.parametrize("can_exchange", [True, False])
def test_commit_moves_both_folders_and_clears_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    move, tables, pages = _built(tmp_path)
    if not can_exchange:
        _without_exchange(monkeypatch)
    move.commit(tables, pages)
    assert _read(move) == ["later", "later"]
    assert [path.name for path in sorted(tmp_path.rglob("*"))] == ["processed", "r", "file", "reports", "r", "file"]


@pytest.mark.parametrize("can_exchange", [True, False])
@pytest.mark.parametrize("moved", [0, 1, 2])
def test_recover_finishes_a_move_cut_between_the_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: int, can_exchange: bool
) -> None:
    move, tables, pages = _built(tmp_path)
    if not can_exchange:
        _without_exchange(monkeypatch)
    monkeypatch.setattr(Move, "_finish", lambda *_: None)
    move.commit(tables, pages)  # writes the note and is "killed"
    monkeypatch.undo()
    for places in (move.processed, move.reports)[:moved]:
        put_in_place(places.built, places.final)
    move.recover()
    assert _read(move) == ["later", "later"]
    assert not move.note.exists() and not move.processed.workshop.exists() and not move.reports.workshop.exists()


def test_recover_finishes_two_renames_cut_in_the_middle(tmp_path: Path) -> None:
    move, tables, pages = _built(tmp_path)
    move.processed.final.rename(move.processed.workshop / "r.old")
    move.note.write_text(
        f'{{"reports": "{move.reports.final}", "tables": {_json(tables)}, "pages": {_json(pages)}}}', encoding="utf-8"
    )
    move.recover()
    assert _read(move) == ["later", "later"]


def test_recover_drops_an_unfinished_report_without_a_note(tmp_path: Path) -> None:
    move, _, _ = _built(tmp_path)
    move.recover()
    assert _read(move) == ["earlier", "earlier"] and not move.reports.workshop.exists()


def _json(value: object) -> str:
    import json

    return json.dumps(value)


@pytest.mark.skipif(sys.platform != "linux", reason="the one-step exchange is tested on Linux")
def test_folders_are_exchanged_in_one_step(tmp_path: Path) -> None:
    """No reader sees a moment without a whole folder: the two change places."""
    move, _, pages = _built(tmp_path)
    put_in_place(move.reports.built, move.reports.final)
    assert (move.reports.built / "file").read_text(encoding="utf-8") == "earlier"
    assert hashes_in(move.reports.final, [move.reports.final / "file"]) == pages


def test_second_run_at_the_same_time_is_refused_and_the_first_finishes(finished: Project) -> None:
    _change(finished, 6)
    with only_run(finished.round), pytest.raises(ReportFailedError) as caught:
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
    with only_run(finished.round):
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
    assert not Move.of(finished.round).processed.workshop.exists()
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
    from analysis_utils.run.display import Silent
    from analysis_utils.run.report import Options, run_round

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
    shutil.copytree(finished.round.processed, Move.of(finished.round).processed.built)
    (Move.of(finished.round).processed.built / ".run" / "doit.json").write_text('{"01_le', encoding="utf-8")
    finished.run()
    assert _whole(finished, 3)


def test_notes_move_in_even_where_tables_and_pages_stayed_the_same(tmp_path):
    """Else a run whose code alone changed would be repeated for ever."""
    move = Move(swap.Places(tmp_path / "tables"), swap.Places(tmp_path / "pages"))
    for folder, note in ((move.processed.final, "old"), (move.processed.built, "new")):
        (folder / ".run").mkdir(parents=True)
        (folder / "estimates.csv").write_text("same")
        (folder / swap.NOTED).write_text(note)
    for folder in (move.reports.final, move.reports.built):
        folder.mkdir(parents=True)
        (folder / "index.html").write_text("same")
    tables = hashes_in(move.processed.built, [move.processed.built / "estimates.csv"])
    move.commit(tables, hashes_in(move.reports.built, [move.reports.built / "index.html"]))
    assert (move.processed.final / swap.NOTED).read_text() == "new"
    assert not move.processed.workshop.exists()
