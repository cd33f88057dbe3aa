"""`fachdialog report` as it is typed: what it prints, with which exit code, how fast."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from processes import runs, wait_for
from small_project import OPEN, Project

HIDE_CURSOR, SHOW_CURSOR = b"\x1b[?25l", b"\x1b[?25h"
COMMAND = [sys.executable, "-m", "analysis_utils.cli"]
FAST = ["--fresh-kernels"]  # small notebooks: starting three interpreters is quicker than the warm process


def _report(project: Project, *options: str) -> subprocess.CompletedProcess[str]:
    places = ["--data", "data", "--reports", "reports", "--notebooks", "notebooks"]
    return subprocess.run(
        [*COMMAND, "report", *places, *FAST, *options],
        cwd=project.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_failing_cell_is_exit_code_1_and_one_readable_block(project: Project) -> None:
    project.notebook("03_eins", ["# Titel", "PARAMETERS", OPEN, "1 / 0"])
    done = _report(project)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("fachdialog report: stopped; earlier reports are unchanged.\n03_eins.ipynb, cell 4:")
    assert "Traceback" not in done.stderr


def test_data_error_is_exit_code_2(project: Project) -> None:
    raising = 'from analysis_utils.errors import DataError\nraise DataError("a.csv", "b", "c")'
    project.notebook("01_lesen", ["# A", "PARAMETERS", "import analysis_utils.gate\n" + raising])
    done = _report(project)
    assert done.returncode == 2
    assert done.stderr == ("fachdialog report: stopped; earlier reports are unchanged.\na.csv: expected b, saw c.\n")


def test_json_tells_every_step_and_nothing_else(project: Project) -> None:
    project.notebook("04_zwei", ["# A", "PARAMETERS", "1 / 0"])
    done = _report(project, "--json", "--jobs", "1")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.stderr == ""
    assert [(event["event"], event.get("notebook"), event.get("outcome")) for event in events] == [
        ("round", None, None),
        ("started", "01_lesen", None),
        ("ended", "01_lesen", "done"),
        ("started", "03_eins", None),
        ("ended", "03_eins", "done"),
        ("started", "04_zwei", None),
        ("ended", "04_zwei", "failed"),
        ("failure", None, None),
    ]
    assert events[0]["notebooks"] == ["01_lesen", "03_eins", "04_zwei"]
    assert all(event["round"] == "probe" for event in events)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are found through /proc (Linux)")
@pytest.mark.parametrize("begun", ["round", "started"])  # while kernels are awaited, and while one works
def test_interrupted_says_so_in_one_line_and_leaves_no_process(project: Project, begun: str) -> None:
    project.notebook("01_lesen", ["# A", "PARAMETERS", "import analysis_utils.gate, time\ntime.sleep(60)"])
    command = [*COMMAND, "report", "--force", "--json", "--data", "data", "--notebooks", "notebooks"]
    process = subprocess.Popen(
        [*command, "--reports", "reports"],
        cwd=project.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_take_interrupts,
    )
    while json.loads(process.stdout.readline())["event"] != begun:
        pass
    started = [int(pid) for pid in _children(process.pid)]
    if begun == "started":
        wait_for(lambda: any(_children(pid) for pid in started))  # a kernel has been forked
        started += [int(pid) for parent in started for pid in _children(parent)]
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, "fachdialog report: interrupted; earlier results are unchanged.\n")
    assert started
    wait_for(lambda: not any(runs(pid) for pid in started))


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_interrupted_at_a_terminal_its_cursor_is_there_again(project: Project) -> None:
    project.notebook("01_lesen", ["# A", "PARAMETERS", "import analysis_utils.gate, time\ntime.sleep(60)"])
    process, ours = _at_a_terminal(project)
    shown = b""
    while b"01_lesen" not in shown and (chunk := _read(ours)):
        shown += chunk
    process.send_signal(signal.SIGINT)
    shown += _rest(ours)
    assert process.wait(timeout=20) == 130
    assert shown.count(HIDE_CURSOR) == shown.count(SHOW_CURSOR) == 1
    assert shown.index(SHOW_CURSOR) < shown.index(b"fachdialog report: interrupted")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_at_a_terminal_running_notebooks_and_the_number_left_are_shown(project: Project) -> None:
    project.notebook("04_zwei", ["# A", "PARAMETERS", "1 / 0"])
    process, ours = _at_a_terminal(project)
    text = _rest(ours).decode()
    assert process.wait(timeout=60) == 1
    assert "probe: Probe" in text and "1/3" in text and "03_eins" in text and "04_zwei" in text
    assert "cell 3: ZeroDivisionError" in text


def _at_a_terminal(project: Project) -> tuple[subprocess.Popen[bytes], int]:
    """The command, and where to read what its terminal shows."""
    ours, theirs = pty.openpty()
    command = [*COMMAND, "report", "--data", "data", "--reports", "reports", "--notebooks", "notebooks", *FAST]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    process = subprocess.Popen(
        command, cwd=project.folder, stdout=theirs, stderr=theirs, env=environment, preexec_fn=_take_interrupts
    )
    os.close(theirs)
    return process, ours


def _take_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background ignore them


def _rest(descriptor: int) -> bytes:
    shown = b""
    while chunk := _read(descriptor):
        shown += chunk
    return shown


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the other side is closed
        return b""


def test_several_rounds_in_one_call_fail_one_by_one(project: Project) -> None:
    second = project.folder / "data" / "raw" / "zweite"
    second.mkdir()
    for path in project.round.raw.iterdir():
        (second / path.name).write_bytes(path.read_bytes())
    project.notebook("03_eins", ["# A", "PARAMETERS", "1 / 0"])
    done = _report(project, "--all")
    assert done.returncode == 1
    assert done.stderr.count("03_eins.ipynb, cell 3: ZeroDivisionError") == 2


def test_help_is_there_at_once() -> None:
    """Best of five: a busy machine must not decide."""
    command = [str(Path(sys.executable).with_name("fachdialog")), "--help"]
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        seconds.append(time.perf_counter() - began)
    assert min(seconds) <= 0.2


def test_help_loads_no_heavy_module() -> None:
    program = (
        "import sys\nfrom analysis_utils.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('pandas', 'numpy', 'pydantic', 'nbformat', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
