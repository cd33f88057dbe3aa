"""`fachdialog release` as it is typed, on a small round of real tables: draft, release, correction, lost ledger."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_project import Project, write_notebook

from analysis_utils.errors import DataError
from analysis_utils.gate.ledger import Ledger, Version, ledger_path, read_ledger, write_ledger
from analysis_utils.run.release import drafts_that_left
from analysis_utils.scratch import ALIVE, clear_dead, scratch_folder
from analysis_utils.wording.standing import DRAFT

COMMAND = [sys.executable, "-m", "analysis_utils.cli"]
SCALE = "{low: 1, high: 5, low_label: nein, high_label: ja, top_box: [4, 5]}"
ROUND_FILE = f"""\
title: Probe
date: 2026-01-01
provenance: original
export: export.csv
questions:
  - {{id: s, wording: Und?, label: Zustimmung, type: scale, scale: {SCALE}}}
"""
INGEST = [
    "# Was kam an?",
    "PARAMETERS",
    "from analysis_utils.gate.estimates import write_estimates\n"
    "from analysis_utils.rounds import open_round\n"
    "from analysis_utils.tables import make_table, write_table\n"
    "round_ = open_round(ROUND)",
    'values = (round_.raw / "export.csv").read_text().split()\n'
    'keys = [{"round": ROUND, "session": 1, "voter": at} for at in range(len(values))]\n'
    'rows = [key | {"question": "s", "type": "scale", "value": float(value)} for key, value in zip(keys, values)]\n'
    'write_table(make_table("voters", keys), "voters", round_.table("voters"))\n'
    'write_table(make_table("answers", rows), "answers", round_.table("answers"))\n'
    "_ = write_estimates(round_)",
]
REPORT = [
    "# Was kam heraus?",
    "PARAMETERS",
    "from analysis_utils import pages\nfrom analysis_utils.wording.evidence import read_evidence\n"
    "from analysis_utils.rounds import open_round\nround_ = open_round(ROUND)\nevidence = read_evidence(round_)",
    "pages.question_card(evidence, round_.file.questions[0])",
]


def poll(project: Project, **notebooks: list[str]) -> Project:
    """A round of twenty answers to one scale, read by notebook 01 and shown by these."""
    for path in project.notebooks.iterdir():
        path.unlink()
    for name, cells in {"lesen_01": INGEST, **notebooks}.items():
        words, _, number = name.rpartition("_")
        write_notebook(project.notebooks / f"{number}_{words}.ipynb", cells)
    (project.round.raw / "round.yml").write_text(ROUND_FILE, encoding="utf-8")
    answer(project, [1, 2, 3, 4, 5] * 4)
    return project


@pytest.fixture
def polled(project: Project) -> Project:
    return poll(project, zeigen_04=REPORT)


def answer(project: Project, values: list[int]) -> None:
    (project.round.raw / "export.csv").write_text("\n".join(map(str, values)), encoding="utf-8")


def run(project: Project, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    places = ["--data", "data", "--reports", "reports"]
    places += ["--notebooks", "notebooks"] if words[0] != "withdraw" else []
    done = subprocess.run(
        [*COMMAND, *words, *places], cwd=project.folder, capture_output=True, text=True, timeout=300, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return done


def pages(project: Project) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in project.round.reports.rglob("*.html")}


def ledger(project: Project) -> Ledger:
    return read_ledger(ledger_path(project.round))


def mean(project: Project) -> str:
    rows = (project.round.processed / "estimates.csv").read_text(encoding="utf-8").splitlines()
    return next(row.split(",")[5] for row in rows if row.split(",")[1:5] == ["s", "all", "", "mean"])


def test_from_draft_to_release_to_a_correction(polled: Project) -> None:
    """One way through, since every step takes a run."""
    run(polled, "report", "probe")
    drafted = pages(polled)
    assert len(drafted) == 4
    for name, text in drafted.items():
        assert "<title>Entwurf: " in text and DRAFT in text and 'name="freigabe"' not in text, name
    assert len(ledger(polled).drafts) == 1 and not ledger(polled).out

    refused = run(polled, "release", "probe", code=2)
    stamp = ledger(polled).drafts[0].stamps[0]
    assert f"add --no-draft-left, or --draft-left and which of them: {stamp}" in refused.stderr
    assert pages(polled) == drafted

    answer(polled, [5, *[1, 2, 3, 4, 5] * 4][:20])  # corrected two minutes before the release
    run(polled, "release", "probe", "--no-draft-left")
    released = polled.files()
    for name, text in pages(polled).items():
        assert "Entwurf" not in text and 'name="freigabe"' in text, name
    assert not ledger(polled).drafts and len(ledger(polled).out) == 1

    assert "released, unchanged" in run(polled, "report", "probe").stdout
    run(polled, "report", "probe", "--force")
    assert polled.files() == released, "the same report, byte for byte"

    (polled.round.reports / "bericht.pdf").write_bytes(b"printed from the released pages")
    was = mean(polled)
    answer(polled, [5, *[1, 2, 3, 4, 5] * 4])  # a latecomer
    told = run(polled, "report", "probe").stdout
    assert f"probe: numbers of s stand as released ({ledger(polled).out[0].stamps[0]})" in told
    assert mean(polled) == was and not (polled.round.reports / "bericht.pdf").exists()
    for name, text in pages(polled).items():
        assert "<strong>Berichtigung.</strong> Nach der Freigabe vom" in text and DRAFT in text, name

    answer(polled, [5, *[1, 2, 3, 4, 5] * 4][:20])
    run(polled, "report", "probe")
    assert polled.files() == released, "undone, the released report is there again"

    shutil.rmtree(ledger_path(polled.round).parent)
    lost = run(polled, "report", "probe", code=2)
    assert "expected the ledger of what was released, saw none that knows the released report" in lost.stderr
    run(polled, "withdraw", "probe", "--yes")
    run(polled, "report", "probe")
    assert DRAFT in pages(polled)["index.html"]


def with_drafts(project: Project) -> None:
    write_ledger(project.round, Ledger([Version(["aaaaaaaa"], "k"), Version(["bbbbbbbb"], "l")]))


@pytest.mark.parametrize(
    ("typed", "left"),
    [("no", set()), ("nein", set()), ("all", {"aaaaaaaa", "bbbbbbbb"}), ("bbbbbbbb", {"bbbbbbbb"})],
)
def test_asked_once_whether_a_draft_left(project: Project, typed: str, left: set[str]) -> None:
    with_drafts(project)
    asked: list[str] = []
    assert drafts_that_left(project.round, None, False, lambda text: asked.append(text) or typed) == left
    assert len(asked) == 1 and "aaaaaaaa, bbbbbbbb" in asked[0]


def test_without_a_draft_nothing_is_asked(project: Project) -> None:
    assert drafts_that_left(project.round, None, False, None) == set()


@pytest.mark.parametrize("said", [["cccccccc"], ["aaaaaaaa", "x"]])
def test_draft_that_is_not_known_is_refused(project: Project, said: list[str]) -> None:
    with_drafts(project)
    with pytest.raises(DataError, match="expected the Datenstand of a draft"):
        drafts_that_left(project.round, said, False, None)


def test_scratch_of_a_killed_run_is_cleared_and_that_of_a_run_at_work_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead, strange = tmp_path / "fachdialog-dead", tmp_path / "fachdialog-of-somebody"
    for folder in (dead, strange):
        folder.mkdir()
    (dead / ALIVE).touch()
    (dead / "kernel.json").write_text("{}", encoding="utf-8")
    with scratch_folder() as alive:
        old = time.time() - 3600
        for folder in (dead, strange, alive):
            os.utime(folder, (old, old))
        program = "from analysis_utils.scratch import clear_dead; clear_dead()"
        subprocess.run([sys.executable, "-c", program], env={"TMPDIR": str(tmp_path)}, check=True)
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([alive.name, strange.name])
    clear_dead()
    assert [path.name for path in tmp_path.iterdir()] == [strange.name]


def test_json_says_whether_it_is_a_draft(polled: Project) -> None:
    events = [json.loads(line) for line in run(polled, "report", "probe", "--json").stdout.splitlines()]
    assert events[-1]["event"] == "report" and events[-1]["state"] == "draft"
