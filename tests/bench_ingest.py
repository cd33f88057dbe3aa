"""How long reading takes and how much memory: an export of 100,000 voters with the poll's five questions.

`bench_ingest()` returns lines for people. Every measurement runs in a process of its own, so that peaks do not mix, and
counts seconds of the processor (user and system), which other programs on the machine hardly change.

What is compared, for the same workbook: `parser` is python-calamine alone, from the path to Python lists of all sheets
and nothing else; `reading` adds our bounds, the checks of the layout and the columns; `survey` is everything up to the
tables in memory (matched, tidied, corrected, judged by the rules, checked against the Session sheets).
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "ingest"))

VOTERS = 100_000
AREAS = tuple(f"Bereich {number} mit einem langen Namen" for number in range(1, 8))
GROUPS = ("Wirtschaft", "Politik", "Wissenschaft")
CODE = "  - {{id: {0}_{1}, label_de: {2}, label_en: {0} {1}, label_short: {0} {1}}}"
CODEBOOK = f"""focus_areas:
{chr(10).join(CODE.format("area", n, area) for n, area in enumerate(AREAS))}
theme_clusters: []
cross_cutting_themes: []
participant_groups:
{chr(10).join(CODE.format("group", n, group) for n, group in enumerate(GROUPS))}
"""
SCALE = "scale: {low: 1, high: 10, low_label: nein, high_label: ja}"
ROUND = f"""title: Probe
date: 2025-11-12
provenance: original
export: EXPORT
questions:
  - {{id: group, wording: Gruppe?, label: G, type: single_choice, role: participant_group,
      options: {{{", ".join(f"{g}: group_{n}" for n, g in enumerate(GROUPS))}}}}}
  - {{id: one, wording: Eins?, label: E, type: scale, {SCALE}}}
  - {{id: areas, wording: Bereich?, label: B, type: points, role: priority,
      options: {{{", ".join(f"{area}: area_{n}" for n, area in enumerate(AREAS))}}}}}
  - {{id: two, wording: Zwei?, label: Z, type: scale, {SCALE}}}
  - {{id: three, wording: Drei?, label: D, type: scale, {SCALE}}}
"""
MEASURE = """
import resource, sys, time
from pathlib import Path
import pandas, pyarrow
from python_calamine import CalamineWorkbook
from analysis_utils.clean.export import read_export
from analysis_utils.clean.survey import ingest_survey
from analysis_utils.rounds import open_round
what, data, name = sys.argv[1:]
path = Path(data) / "raw" / "probe" / name
round_ = open_round("probe", data=Path(data))
start = time.process_time()
if what == "parser":
    book = CalamineWorkbook.from_path(path)
    rows = [book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for sheet in book.sheet_names]
elif what == "reading":
    export = read_export(path)
else:
    survey = ingest_survey(round_)
print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10)
"""


def bench_ingest(voters: int = VOTERS) -> list[str]:
    """Seconds and peak memory for the bare parser, for reading the layout, and for the whole survey up to its tables in
    memory; for the workbook also as multiples of the bare parser."""
    from exports import csv_bytes, sheets, write_xlsx

    lines = [f"Reading an export of {voters:,} voters (best of 3, seconds of the processor)"]
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        raw = data / "raw" / "probe"
        raw.mkdir(parents=True)
        (data / "codebook.yml").write_text(CODEBOOK, encoding="utf-8")
        content = sheets(_deck(voters))
        write_xlsx(raw / "poll.xlsx", content)
        (raw / "voters.csv").write_bytes(csv_bytes(content[0][1]))
        bare = 0.0
        for export in ("poll.xlsx", "voters.csv"):
            (raw / "round.yml").write_text(ROUND.replace("EXPORT", export), encoding="utf-8")
            for what in ("parser", "reading", "survey"):
                if what == "parser" and export.endswith(".csv"):
                    continue
                seconds, peak = _best(what, data, export)
                bare = seconds if what == "parser" else bare
                ratio = f"  {seconds / bare:4.2f} × the bare parser" if export.endswith(".xlsx") else ""
                lines.append(f"  {export:<10}  {what:<8} {seconds:6.2f} s  {peak:6.0f} MiB{ratio}")
    return lines


def _best(what: str, data: Path, export: str) -> tuple[float, float]:
    runs = []
    for _ in range(3):
        command = [sys.executable, "-c", MEASURE, what, str(data), export]
        found = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds, peak = map(float, found.stdout.split())
        runs.append((seconds, peak))
    return min(runs)


def _deck(voters: int):
    from exports import Deck, Slide

    rng = random.Random(20251112)
    everyone = range(1, voters + 1)

    def ballot() -> dict[str, int]:
        points = dict.fromkeys(AREAS, 0)
        for _ in range(10):
            points[rng.choice(AREAS)] += 10
        return points

    def scale(title: str) -> Slide:
        return Slide("scales", title, ("10 = ja",), {voter: {"10 = ja": rng.randint(1, 10)} for voter in everyone})

    group = Slide("choices", "Gruppe?", GROUPS, {voter: rng.choice(GROUPS) for voter in everyone})
    points = Slide("100 points", "Bereich?", AREAS, {voter: ballot() for voter in everyone})
    return Deck((group, scale("Eins?"), points, scale("Zwei?"), scale("Drei?")), voters)


if __name__ == "__main__":
    print("\n".join(bench_ingest(int(sys.argv[1]) if len(sys.argv) > 1 else VOTERS)))
