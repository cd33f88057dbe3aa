"""What doit is asked to do for a round: one task per notebook, one per page, one for the report as a whole.

A task is skipped when the hashes noted at its last run, of what it read and of what it wrote, are those of the present.
The notes lie in `.run/` beside the tables; they hold hashes by name, no times and no absolute paths, so that they stay
true in another folder.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from doit.control import TaskControl, TaskDispatcher
from doit.dependency import Dependency, JSONCodec, JsonDB
from doit.exceptions import TaskFailed
from doit.runner import MThreadRunner
from doit.task import Stream, dict_to_task

from .display import Silent

Values = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """`act` does the work and returns what to note; `is_current` compares notes of the last run with the present.
    `after` names the jobs to wait for; `title` is set for jobs that count in the progress. Of the jobs that could
    begin, the one of greatest `weight` does: what takes long must not come last, what is waited for comes `FIRST`."""

    name: str
    act: Callable[[], Values]
    is_current: Callable[[Values], bool]
    after: list[str] = field(default_factory=list)
    title: str = ""
    weight: int = 0


FIRST = 1_000_000


class _HeaviestFirst(TaskDispatcher):
    """Chooses among the jobs that are ready; doit itself takes them in no particular order."""

    def __init__(self, control: TaskControl, jobs: list[Job]) -> None:
        self._order = {job.name: (-job.weight, place) for place, job in enumerate(jobs)}
        in_order = sorted(control.selected_tasks, key=self._order.__getitem__)
        super().__init__(control.tasks, control.targets, in_order)

    def _get_next_node(self, ready: Any, tasks_to_run: list[str]) -> Any:
        if ready:
            first = min(ready, key=lambda node: self._order[node.task.name])
            ready.remove(first)
            ready.appendleft(first)
        return super()._get_next_node(ready, tasks_to_run)


class _Waking(queue.Queue):
    """Waiting wakes now and then. The system may hand Ctrl-C to any thread; Python acts on it in the main thread, which
    would not hear of it before the next result."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        while block and timeout is None:
            with suppress(queue.Empty):
                return super().get(timeout=0.2)
        return super().get(block, timeout)


class _Runner(MThreadRunner):
    Queue = staticmethod(_Waking)


class _Sorted(JSONCodec):
    """Notes in the order of their names, whichever job ended first: same input, same bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = json.JSONEncoder(sort_keys=True)


class _Reporter:
    """Hands doit's events on; `failures` keeps what jobs raised, in the order of the jobs."""

    def __init__(self, tell: Silent, titles: dict[str, str]) -> None:
        self._tell, self._titles = tell, titles
        self._began: dict[str, float] = {}
        self.executed: set[str] = set()
        self.trouble: list[str] = []

    def initialize(self, tasks: Any, selected_tasks: Any) -> None: ...

    def get_status(self, task: Any) -> None: ...

    def execute_task(self, task: Any) -> None:
        self._began[task.name] = perf_counter()
        self.executed.add(task.name)
        if title := self._titles[task.name]:
            self._tell.started(title)

    def add_success(self, task: Any) -> None:
        self._ended(task.name, "done")

    def skip_uptodate(self, task: Any) -> None:
        self._ended(task.name, "unchanged")

    def skip_ignore(self, task: Any) -> None: ...

    def add_failure(self, task: Any, fail: Any) -> None:
        self._ended(task.name, "failed" if task.name in self._began else "skipped")
        if type(fail).__name__ not in ("TaskFailed", "UnmetDependency"):
            self.trouble.append(fail.get_msg())

    def cleanup_error(self, exception: Any) -> None: ...

    def runtime_error(self, msg: str) -> None:
        self.trouble.append(msg)

    def teardown_task(self, task: Any) -> None: ...

    def complete_run(self) -> None: ...

    def _ended(self, name: str, outcome: str) -> None:
        if title := self._titles[name]:
            began = self._began.get(name)
            self._tell.ended(title, outcome, perf_counter() - began if began else 0.0)


@dataclass(frozen=True)
class Result:
    """`executed`: names of the jobs that were not skipped; `failures`: what jobs raised; `notes`: what each noted."""

    executed: set[str]
    failures: dict[str, BaseException]
    notes: dict[str, Values]


def run_jobs(jobs: list[Job], notes: Path, tell: Silent, *, at_once: int, force: bool) -> Result:
    """Run what is stale, up to `at_once` jobs side by side. A failed job stops those that need it, and no other."""
    failures: dict[str, BaseException] = {}
    lock = threading.Lock()

    def guarded(job: Job) -> Callable[[], Values | TaskFailed]:
        def act() -> Values | TaskFailed:
            try:
                return job.act()
            except Exception as fault:  # kept; the caller raises it again
                with lock:
                    failures[job.name] = fault
                return TaskFailed(str(fault))

        return act

    tasks = [_task(job, guarded(job)) for job in jobs]
    reporter = _Reporter(tell, {job.name: job.title for job in jobs})
    control = TaskControl(tasks)
    control.process(None)
    _drop_broken(notes)
    store = Dependency(JsonDB, str(notes), codec_cls=_Sorted)
    runner = _Runner(
        store, reporter, continue_=True, always_execute=force, stream=Stream(0), num_process=max(1, at_once)
    )
    runner.run_all(_HeaviestFirst(control, jobs))
    if reporter.trouble:
        raise RuntimeError("doit: " + "; ".join(reporter.trouble))
    order = [job.name for job in jobs]
    in_order = dict(sorted(failures.items(), key=lambda item: order.index(item[0])))
    return Result(reporter.executed, in_order, {task.name: task.values for task in tasks})


def _task(job: Job, act: Callable[[], Any]) -> Any:
    def current(task: Any, values: Values) -> bool:
        return bool(values) and job.is_current(values)

    return dict_to_task(
        {
            "name": job.name,
            "actions": [act],
            "task_dep": job.after,
            "uptodate": [current],
            "io": {"capture": False},
        }
    )


def _drop_broken(notes: Path) -> None:
    """Notes that a killed run left half written count as none."""
    try:
        json.loads(notes.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        notes.unlink(missing_ok=True)
