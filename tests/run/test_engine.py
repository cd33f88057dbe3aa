"""In which order jobs are begun."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest

from analysis_utils.run.display import Silent
from analysis_utils.run.engine import FIRST, Job, run_jobs


def test_of_the_jobs_that_could_begin_the_heaviest_does(tmp_path: Path) -> None:
    begun: list[str] = []

    def job(name: str, weight: int, after: list[str]) -> Job:
        def act() -> dict[str, object]:
            begun.append(name)
            return {}

        return Job(name, act, lambda _: False, after, weight=weight)

    jobs = [
        job("ingest", FIRST, []),
        job("short", 0, ["ingest"]),
        job("long", 4, ["ingest"]),
        job("also short", 0, ["ingest"]),
        job("longer", 7, ["ingest"]),
        job("waited for", FIRST, ["ingest"]),
        job("after it", 9, ["waited for"]),
    ]
    result = run_jobs(jobs, tmp_path / "notes.json", Silent(), at_once=1, force=False)
    assert begun == ["ingest", "waited for", "after it", "longer", "long", "short", "also short"]
    assert result.executed == set(begun) and not result.failures


def test_ctrl_c_is_heeded_whichever_thread_the_system_hands_it_to(tmp_path: Path) -> None:
    """The main thread sleeps, waiting for a result, and no system call of its own is interrupted."""
    may_end, has_waited_in_vain = threading.Event(), threading.Event()

    def act() -> dict:
        time.sleep(0.5)  # the main thread sleeps by then
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        if not may_end.wait(timeout=10):
            has_waited_in_vain.set()
        return {}

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            run_jobs([Job("long", act, lambda _: False)], tmp_path / "notes", Silent(), at_once=2, force=False)
    finally:
        signal.signal(signal.SIGINT, before)
        may_end.set()
    assert not has_waited_in_vain.is_set()
