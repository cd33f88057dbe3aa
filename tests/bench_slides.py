"""What the deck of a report takes, apart from the report."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from analysis_utils.rounds import open_round
from analysis_utils.slides.slides import write_slides
from analysis_utils.wording.evidence import read_evidence


def bench_slides(runs: int = 3) -> list[str]:
    """Seconds for `folien.pptx` of the first round, whose tables must be there; the first run also imports."""
    round_ = open_round("fachdialog-1")
    if not round_.table("estimates").is_file():
        return ["folien.pptx: no tables yet, run `make report` first"]
    evidence, taken = read_evidence(round_), []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs + 1):
            began = time.perf_counter()
            write_slides(evidence, Path(folder) / "folien.pptx")
            taken.append(time.perf_counter() - began)
    return [f"folien.pptx: {statistics.median(taken[1:]):.2f} s, the first time {taken[0]:.2f} s (part of the report)"]


if __name__ == "__main__":
    sys.exit(print("\n".join(bench_slides())))
