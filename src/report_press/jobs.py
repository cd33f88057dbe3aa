"""Jobs that need each other, side by side, only those whose result is not there already.

A job is skipped when what was noted at its last run is still true. The notes are one JSON file; jobs put hashes by name
into it, no times and no absolute paths, so that they stay true in another folder.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from time import perf_counter
from typing import Any

from .progress import Silent

Values = dict[str, Any]
FIRST = 1_000_000


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


@dataclass(frozen=True)
class Result:
    """`executed`: names of the jobs that were not skipped; `failures`: what jobs raised; `notes`: what each noted."""

    executed: set[str]
    failures: dict[str, BaseException]
    notes: dict[str, Values]


def run_jobs(jobs: list[Job], notes: Path, tell: Silent, *, at_once: int, force: bool) -> Result:
    """Run what is stale (`force`: everything), up to `at_once` jobs side by side. A failed job stops those that need
    it, and no other. Ctrl-C ends it at once, whatever its threads are doing."""
    by_name = {job.name: job for job in jobs}
    order = {job.name: (-job.weight, place) for place, job in enumerate(jobs)}
    noted = {name: values for name, values in _read(notes).items() if name in by_name}
    graph = TopologicalSorter({job.name: job.after for job in jobs})
    graph.prepare()
    ended: queue.Queue[tuple[Job, Values, BaseException | None]] = queue.Queue()
    began: dict[str, float] = {}
    failures: dict[str, BaseException] = {}
    stopped: set[str] = set()
    ready: list[str] = []
    running = 0

    def work(job: Job) -> None:
        try:
            ended.put((job, job.act(), None))
        except BaseException as fault:  # kept; the caller raises it again
            ended.put((job, {}, fault))

    def close(job: Job, outcome: str) -> None:
        graph.done(job.name)
        if job.title:
            seconds = perf_counter() - began.get(job.name, perf_counter())
            tell.tell("ended", notebook=job.title, outcome=outcome, seconds=seconds)

    try:
        while graph.is_active():
            ready = sorted([*ready, *graph.get_ready()], key=order.__getitem__)
            if ready and running < at_once:
                job = by_name[ready.pop(0)]
                if stopped.intersection(job.after):
                    stopped.add(job.name)
                    close(job, "skipped")
                elif not force and noted.get(job.name) and job.is_current(noted[job.name]):
                    close(job, "unchanged")
                else:
                    began[job.name] = perf_counter()
                    noted.pop(job.name, None)
                    running += 1
                    if job.title:
                        tell.tell("started", notebook=job.title)
                    threading.Thread(target=work, args=[job], daemon=True).start()
                continue
            # The system may hand Ctrl-C to any thread; Python acts on it in this one, which has to wake for it.
            with suppress(queue.Empty):
                job, values, fault = ended.get(timeout=0.2)
                running -= 1
                if fault is None:
                    noted[job.name] = values
                else:
                    failures[job.name] = fault
                    stopped.add(job.name)
                close(job, "failed" if fault else "done")
    finally:
        notes.write_text(json.dumps(noted, sort_keys=True), encoding="utf-8")
    return Result(set(began), {name: failures[name] for name in by_name if name in failures}, noted)


def _read(notes: Path) -> dict[str, Values]:
    """Notes that a killed run left half written count as none."""
    try:
        return dict(json.loads(notes.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}
