"""Twenty rounds in one call share the warm process; neither it nor the runner grows with their number."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from small_project import Project, Told, no_landing, plain_pages

from analysis_utils.rounds import open_round
from analysis_utils.run.report import Options, run_rounds

ROUNDS = 20
STATM = Path("/proc/self/statm")


class Measured(Told):
    """Notes the runner's memory after each round, in MB."""

    def __init__(self) -> None:
        super().__init__()
        self.megabytes: list[float] = []

    def tell(self, event: str, **about: Any) -> None:
        if event == "report":
            pages = int(STATM.read_text().split()[1])
            self.megabytes.append(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


@pytest.mark.skipif(not STATM.exists(), reason="memory is read from /proc (Linux)")
def test_twenty_rounds_need_no_more_memory_than_five(project: Project) -> None:
    for name in ("03_eins", "04_zwei"):
        (project.notebooks / f"{name}.ipynb").unlink()
    raw = project.folder / "data" / "raw"
    for number in range(ROUNDS):
        shutil.copytree(raw / "probe", raw / f"runde-{number:02}")
    rounds = [
        open_round(f"runde-{number:02}", data=project.folder / "data", reports=project.folder / "reports")
        for number in range(ROUNDS)
    ]
    told = Measured()
    options = Options(notebooks=project.notebooks, finishing=(plain_pages,), landing=no_landing)
    assert run_rounds(rounds, told, options) == []
    assert all((round_.reports / "index.html").is_file() for round_ in rounds)
    assert told.megabytes[-1] - told.megabytes[4] < 10


def test_a_round_comes_behind_those_it_is_compared_with(project: Project) -> None:
    raw = project.folder / "data" / "raw"
    for name, compared in (("a", "\ncompare: {with: [b]}\n"), ("b", "")):
        shutil.copytree(raw / "probe", raw / name)
        with (raw / name / "round.yml").open("a", encoding="utf-8") as file:
            file.write(compared)
    places = {"data": project.folder / "data", "reports": project.folder / "reports"}
    order: list[str] = []

    class Order(Told):
        def tell(self, event: str, **about: Any) -> None:
            if event == "round":
                order.append(about["name"])

    options = Options(notebooks=project.notebooks, finishing=(plain_pages,), landing=no_landing)
    assert run_rounds([open_round("a", **places), open_round("b", **places)], Order(), options) == []
    assert order == ["b", "a"]
