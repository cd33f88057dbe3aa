"""A project of a few cells that a runner can be tried on within a second."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from analysis_utils.rounds import Round, open_round
from analysis_utils.run.finish import Staged, write_text
from analysis_utils.run.kernels import Kernels
from analysis_utils.run.report import Options, run_round
from report_press import Silent

ROOT = Path(__file__).resolve().parents[2]

ROUND_FILE = """\
title: Probe
date: 2026-01-01
provenance: original
export: export.csv
questions:
  - {id: q1, wording: Und?, label: Und, type: other}
"""
OPEN = "from pathlib import Path\nfrom analysis_utils.rounds import open_round\nround_ = open_round(ROUND)"
# Reads the export, keeps it as a private table, counts it for the public one.
INGEST = [
    "# Lesen",
    "PARAMETERS",
    "import analysis_utils.gate\n" + OPEN,
    'lines = (round_.raw / "export.csv").read_text().split()\n'
    "round_.processed.mkdir(parents=True, exist_ok=True)\n"
    '(round_.processed / "answers.parquet").write_text("\\n".join(lines))\n'
    '_ = (round_.processed / "estimates.csv").write_text(f"n\\n{len(lines)}\\n")',
]
REPORT = [
    "# Zeigen",
    "PARAMETERS",
    OPEN,
    'n = (round_.processed / "estimates.csv").read_text().split()[1]\n'
    "round_.figures.mkdir(parents=True, exist_ok=True)\n"
    '_ = (round_.figures / "NAME.csv").write_text(n)',
    "print(n)",
]


@dataclass
class Told(Silent):
    """Remembers how each notebook ended."""

    outcomes: dict[str, str] = field(default_factory=dict)
    changed: bool | None = None
    is_draft: bool | None = None

    def tell(self, event: str, **about: Any) -> None:
        if event == "ended":
            self.outcomes[about["notebook"]] = about["outcome"]
        elif event == "report":
            self.changed, self.is_draft = about["changed"], about["state"] == "draft"

    @property
    def done(self) -> list[str]:
        return sorted(name for name, outcome in self.outcomes.items() if outcome == "done")


def plain_pages(staged: Staged) -> None:
    """Stands in for the real pages, which need real tables: the words of every page, and an index."""
    for name, body in staged.pages.items():
        write_text(staged.round.reports / "html" / f"{name}.html", str(body.markup))
    write_text(staged.round.reports / "index.html", "\n".join(body.title for body in staged.pages.values()))


def no_landing(round_: Round) -> None:
    """There is one round."""


def write_notebook(path: Path, cells: list[str]) -> None:
    """Cells starting with # are prose; the cell PARAMETERS becomes the tagged one."""
    notebook = nbformat.v4.new_notebook()
    for number, source in enumerate(cells):
        if source.startswith("# "):
            cell = nbformat.v4.new_markdown_cell(source, id=f"c{number}")
        elif source == "PARAMETERS":
            cell = nbformat.v4.new_code_cell('ROUND = "?"', id=f"c{number}", metadata={"tags": ["parameters"]})
        else:
            cell = nbformat.v4.new_code_cell(source, id=f"c{number}")
        notebook.cells.append(cell)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")


@dataclass
class Project:
    """A data folder with the round `probe`, three notebooks, and the reports made of them."""

    folder: Path
    kernels: Kernels

    @property
    def notebooks(self) -> Path:
        return self.folder / "notebooks"

    @property
    def round(self) -> Round:
        return open_round("probe", data=self.folder / "data", reports=self.folder / "reports")

    def notebook(self, name: str, cells: list[str]) -> Path:
        path = self.notebooks / f"{name}.ipynb"
        write_notebook(path, cells)
        return path

    def run(self, **options: Any) -> Told:
        told = Told()
        chosen = Options(notebooks=self.notebooks, finishing=(plain_pages,), landing=no_landing, **options)
        run_round(self.round, told, self.kernels, chosen)
        return told

    def edit(self, path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """All results: tables and report, without the runner's own notes."""
        result = {}
        for folder in (self.round.processed, self.round.reports):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and ".run" not in path.parts:
                    result[str(path.relative_to(self.folder))] = path.read_bytes()
        return result


def make_project(folder: Path) -> None:
    raw = folder / "data" / "raw" / "probe"
    raw.mkdir(parents=True)
    (raw / "round.yml").write_text(ROUND_FILE, encoding="utf-8")
    (raw / "export.csv").write_text("a\nb\nc\n", encoding="utf-8")
    shutil.copy(ROOT / "data" / "codebook.yml", folder / "data")
    write_notebook(folder / "notebooks" / "01_lesen.ipynb", INGEST)
    for name in ("03_eins", "04_zwei"):
        cells = [cell.replace("NAME", name) for cell in REPORT]
        write_notebook(folder / "notebooks" / f"{name}.ipynb", cells)
