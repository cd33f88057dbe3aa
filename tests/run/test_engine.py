"""In which order jobs are begun."""

from __future__ import annotations

from pathlib import Path

from analysis_utils.run.engine import FIRST, Job, run_jobs
from analysis_utils.run.progress import Silent


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
