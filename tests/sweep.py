"""Reports of odd rounds, one after the other with one warm process: `make sweep` (FACHDIALOG_SEED, FACHDIALOG_ROUNDS).

Every report is made, or refused for a stated reason of protection; every fifth with slides, which take as long as all
the rest. Prints a line for each round: its seed, seconds, and what came of it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter

sys.path[:0] = [str(Path(__file__).parent / "ingest")]

from odd_rounds import odd_round  # noqa: E402

from analysis_utils.errors import DataError  # noqa: E402
from analysis_utils.run.beside import Beside  # noqa: E402
from analysis_utils.run.finish import FINISHING, write_deck  # noqa: E402
from analysis_utils.run.kernels import Kernels  # noqa: E402
from analysis_utils.run.report import Options, ReportFailedError, run_round  # noqa: E402
from report_press import Silent  # noqa: E402

PROTECTION = "two ballots or more"
"""What the one refusal says that is a reason of protection: a question whose only ballot every number would show."""
WITHOUT_SLIDES = tuple(step for step in FINISHING if step is not write_deck)


def outcome(seed: int, place: Path, kernels: Kernels, leaks: Beside) -> str:
    """What comes of the round of a seed: a report that was made, or the reason why there is none."""
    has_slides = seed % 5 == 0
    options = Options(finishing=FINISHING if has_slides else WITHOUT_SLIDES)
    try:
        run_round(odd_round(place / str(seed) / "data", seed), Silent(), kernels, options, leaks)
    except (DataError, ReportFailedError) as fault:
        return str(fault)
    return "made, with slides" if has_slides else "made"


def main(first: int, count: int, place: Path) -> int:
    bad = 0
    with Kernels() as kernels, Beside(ahead=True) as leaks:
        for seed in range(first, first + count):
            began = perf_counter()
            told = outcome(seed, place, kernels, leaks)
            bad += not told.startswith("made") and PROTECTION not in told
            print(f"{seed} ({perf_counter() - began:.0f} s): {told}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        place = Path(os.environ.get("FACHDIALOG_PLACE", folder))
        seed, rounds = (
            int(os.environ.get(f"FACHDIALOG_{name}", value)) for name, value in (("SEED", 1), ("ROUNDS", 200))
        )
        sys.exit(main(seed, rounds, place))
