"""In which order jobs are begun."""

from __future__ import annotations

import re
import signal
import threading
import time
from pathlib import Path

import pytest

from report_press import FIRST, Job, Silent, run_jobs


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


def job(name: str, *after: str, act=dict, current: bool = False) -> Job:
    return Job(name, act, lambda _: current, list(after), title=name)


class Outcomes(Silent):
    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def tell(self, event: str, **about) -> None:
        if event == "ended":
            self.found[about["notebook"]] = about["outcome"]


def test_a_failed_job_stops_those_that_need_it_and_no_other(tmp_path: Path) -> None:
    def fail() -> dict:
        raise ValueError("no")

    told = Outcomes()
    jobs = [job("first", act=fail), job("second", "first"), job("third", "second"), job("other")]
    result = run_jobs(jobs, tmp_path / "notes", told, at_once=2, force=False)
    assert told.found == {"first": "failed", "second": "skipped", "third": "skipped", "other": "done"}
    assert list(result.failures) == ["first"] and result.executed == {"first", "other"}


def test_what_is_current_is_skipped_and_its_notes_are_kept(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    for force, outcome in ((False, "done"), (False, "unchanged"), (True, "done")):
        told = Outcomes()
        result = run_jobs([job("one", act=lambda: {"a": 1}, current=True)], notes, told, at_once=1, force=force)
        assert told.found == {"one": outcome} and result.notes == {"one": {"a": 1}}


def test_notes_that_a_killed_run_left_half_written_count_as_none(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text('{"one": {"a', encoding="utf-8")
    result = run_jobs([job("one", current=True)], tmp_path / "notes", Silent(), at_once=1, force=False)
    assert result.executed == {"one"}


def test_the_example_of_the_readme_says_what_it_says() -> None:
    text = (Path(__file__).parents[2] / "src" / "report_press" / "README.md").read_text(encoding="utf-8")
    program, said = re.search(r"```python\n(.+\n)(\(home.+?)```", text, re.DOTALL).groups()
    names: dict = {}
    exec(program, names)
    expression, _, value = said.strip().partition("  # ")
    assert repr(eval(expression, names)) == value
