"""From draft to release to a correction, on a small round of real tables; and once the command as it is typed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest
from small_project import Project, Told, write_notebook

from analysis_utils.cli import main
from analysis_utils.errors import DataError
from analysis_utils.gate.ledger import Ledger, Version, ledger_path, read_ledger, write_ledger
from analysis_utils.run.finish import FINISHING, write_deck
from analysis_utils.run.release import drafts_that_left, release_round, standing
from analysis_utils.run.report import Options, run_rounds
from analysis_utils.wording.question_card import DRAFT

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


@dataclass
class Heard(Told):
    """Also remembers why there is no report."""

    failures: list[str] = field(default_factory=list)

    def tell(self, event: str, **about: Any) -> None:
        super().tell(event, **about)
        if event == "failure":
            self.failures.append(about["message"])


def options(project: Project) -> Options:
    """What makes a real report, but for the slides, which show no page's words."""
    steps = tuple(step for step in FINISHING if step is not write_deck)
    return Options(notebooks=project.notebooks, finishing=steps)


def report(project: Project) -> Heard:
    """As `fachdialog report` does, with the warm process that the tests share."""
    heard = Heard()
    run_rounds([project.round], heard, options(project), project.kernels)
    return heard


def made(project: Project) -> Heard:
    heard = report(project)
    assert heard.failures == []
    return heard


def pages(project: Project) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in project.round.reports.rglob("*.html")}


def ledger(project: Project) -> Ledger:
    return read_ledger(ledger_path(project.round))


def mean(project: Project) -> str:
    rows = (project.round.processed / "estimates.csv").read_text(encoding="utf-8").splitlines()
    return next(row.split(",")[5] for row in rows if row.split(",")[1:5] == ["s", "all", "", "mean"])


def test_from_draft_to_release_to_a_correction(polled: Project) -> None:
    """One way through, since every step takes a run."""
    assert made(polled).is_draft
    drafted = pages(polled)
    assert len(drafted) == 4
    for name, text in drafted.items():
        assert "<title>Entwurf: " in text and DRAFT in text and 'name="freigabe"' not in text, name
    assert len(ledger(polled).drafts) == 1 and not ledger(polled).out

    stamp = ledger(polled).drafts[0].stamps[0]
    with pytest.raises(DataError, match=f"add --no-draft-left, or --draft-left and which of them: {stamp}"):
        drafts_that_left(polled.round, None, False, None)

    answer(polled, [5, *[1, 2, 3, 4, 5] * 4][:20])  # corrected two minutes before the release
    assert release_round(polled.round, set(), Heard(), options(polled), polled.kernels) == []
    released = polled.files()
    for name, text in pages(polled).items():
        assert "Entwurf" not in text and 'name="freigabe"' in text, name
    assert not ledger(polled).drafts and len(ledger(polled).out) == 1

    again = made(polled)
    assert again.done == [] and again.is_draft is False

    (polled.round.reports / "bericht.pdf").write_bytes(b"printed from the released pages")
    was = mean(polled)
    answer(polled, [5, *[1, 2, 3, 4, 5] * 4])  # a latecomer
    made(polled)
    assert f"probe: numbers of s stand as released ({ledger(polled).out[0].stamps[0]})" in standing(polled.round)
    assert mean(polled) == was and not (polled.round.reports / "bericht.pdf").exists()
    for name, text in pages(polled).items():
        assert "<strong>Berichtigung.</strong> Nach der Freigabe vom" in text and DRAFT in text, name

    answer(polled, [5, *[1, 2, 3, 4, 5] * 4][:20])
    made(polled)
    assert polled.files() == released, "undone, the released report is there again, byte for byte"

    shutil.rmtree(ledger_path(polled.round).parent)
    assert "expected the ledger of what was released, saw none that knows the released report" in str(
        report(polled).failures
    )
    places = ["--data", str(polled.folder / "data"), "--reports", str(polled.folder / "reports")]
    assert main(["withdraw", "probe", "--yes", *places]) == 0
    made(polled)
    assert DRAFT in pages(polled)["index.html"]


def test_released_as_it_is_typed(polled: Project) -> None:
    places = ["--data", "data", "--reports", "reports", "--notebooks", "notebooks"]

    def typed(words: str, code: int, said: str) -> None:
        done = subprocess.run(
            [*COMMAND, *words.split(), *places], cwd=polled.folder, capture_output=True, text=True, timeout=300,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        shown = done.stdout + done.stderr
        assert done.returncode == code and said in shown, shown

    typed("report probe --no-slides --json", 0, '"state": "draft"')
    typed("release probe", 2, "add --no-draft-left, or --draft-left and which of them")
    typed("release probe --no-draft-left", 0, "Report (released)")
    assert (polled.round.reports / "folien.pptx").is_file() and DRAFT not in pages(polled)["index.html"]
    answer(polled, [5, *[1, 2, 3, 4, 5] * 4])
    typed("report probe --no-slides", 0, "probe: numbers of s stand as released")


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
