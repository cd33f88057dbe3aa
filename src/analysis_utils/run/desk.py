"""A desk per notebook: its own folders, holding what it may read and receiving what it writes.

So a report notebook finds the public tables only, two notebooks cannot write over each other, and it is known which
notebook made which file.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from report_press import folder_hashes, hashes_in

from .. import kept, wall
from ..errors import DataError
from ..rounds import ASKED, RELEASED, Round
from .kernels import Kernels
from .notebooks import Step


@dataclass(frozen=True)
class Gate:
    """Where what private notebooks want published is decided: the tables of `before`, with the rows of breakdowns of
    their own behind the others. Notebooks that read what was published start from here."""

    round: Round
    folder: Path
    before: Desk
    asking: list[Desk]

    job = "gate"

    @property
    def processed(self) -> Path:
        return self.folder / "processed" / self.round.name

    def inputs(self) -> dict[str, str]:
        tables = {f"tables/{name}": value for name, value in folder_hashes(self.before.processed).items()}
        asked = [(desk.job, name, value) for desk in self.asking for name, value in folder_hashes(desk.asked).items()]
        sources = {f"cells/{desk.job}": desk.step.code for desk in self.asking}
        return tables | sources | {f"{job}/{name}": value for job, name, value in asked}

    def outputs(self) -> dict[str, str]:
        return folder_hashes(self.processed)

    def decide(self, earlier: Path | None = None) -> None:
        """Write the tables anew. `earlier`: desks of a report, whose other notebooks asked before.

        Raises: DataError where notebooks contradict each other or name what must not go.
        """
        from ..gate import read_told, write_decisions
        from ..wording import constants

        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.before.processed, self.processed)
        told = [read_told(desk.asked, self.round.name, desk.job, desk.cells()) for desk in self.asking]
        texts = {text for desk in self.asking for text in constants(desk.step.sources) if isinstance(text, str)}
        for folder in sorted(earlier.glob("*/asked")) if earlier else ():
            if folder.parent.name not in {desk.job for desk in self.asking}:
                told.append(read_told(folder, self.round.name, folder.parent.name, {}))
                for one in told[-1].asked:
                    texts |= {one.name, *one.order}  # allowed when that report was made
        write_decisions(replace(self.round, processed=self.processed), told, frozenset(texts))


@dataclass(frozen=True)
class Desk:
    """`before`: the desk of the ingest notebook whose tables this one starts from, or the gate behind them all."""

    step: Step
    round: Round
    folder: Path
    before: Desk | Gate | None

    @property
    def job(self) -> str:
        return self.step.name

    @property
    def processed(self) -> Path:
        return self.folder / "processed" / self.round.name

    @property
    def asked(self) -> Path:
        """What the notebook wants published (`gate.publication`)."""
        return self.folder / "asked"

    @property
    def written(self) -> Path:
        """What the notebook adds to the report: `figures/` and files of its own."""
        return self.folder / "reports" / self.round.name

    @property
    def figures(self) -> Path:
        return self.written / "figures"

    @property
    def drawn(self) -> Path:
        """The figures of a notebook that reads private tables, saved when its page is made."""
        return self.folder / "drawn" / "figures"

    @property
    def executed(self) -> Path:
        return self.folder / "notebook.ipynb"

    @property
    def page(self) -> Path:
        return self.folder / "page.pickle"

    @property
    def kept(self) -> Path:
        """What ingest kept for the page of the notebook (`kept.py`)."""
        return self.folder / "kept"

    def environment(self) -> dict[str, str]:
        """Tells a kernel where its places are."""
        return {
            "FACHDIALOG_DATA": str(self.round.raw.parents[1]),
            "FACHDIALOG_PROCESSED": str(self.processed.parent),
            "FACHDIALOG_REPORTS": str(self.figures.parents[1]),
            **({kept.FOLDER: str(self.kept)} if self.step.is_private else {}),
            **({ASKED: str(self.asked)} if self.step.asks else {}),
            wall.TOLD: wall.OPEN if self.step.is_private else wall.CLOSED,
            RELEASED: "no" if self.round.is_draft else "yes",
        }

    def inputs(self) -> dict[str, str]:
        """Hash of every table the notebook may read, by round and name."""
        found = {f"{path.parent.name}/{path.name}": path for path in self._readable()}
        return {name: hashes_in(path.parent, [path])[path.name] for name, path in sorted(found.items())}

    def lay(self) -> None:
        """Clear the desk and copy onto it what the notebook may read."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in (self.processed, self.figures.parent):
            folder.mkdir(parents=True, mode=0o700)
        for path in self._readable():
            place = self.processed.parent / path.parent.name / path.name
            place.parent.mkdir(exist_ok=True, mode=0o700)
            shutil.copy2(path, place)

    def outputs(self) -> dict[str, str]:
        """Hash of what the notebook has written: its executed form, figures and other files, and (ingest) tables."""
        kept = [self.executed] if self.executed.is_file() else []
        tables = folder_hashes(self.processed) if self.step.is_ingest else {}
        return {
            **hashes_in(self.folder, kept),
            **folder_hashes(self.written),
            **{f"kept/{name}": value for name, value in folder_hashes(self.kept).items()},
            **{f"asked/{name}": value for name, value in folder_hashes(self.asked).items()},
            **{f"tables/{name}": value for name, value in tables.items()},
        }

    def cells(self) -> dict[int, int]:
        """Execution count → number of the cell, of the executed notebook."""
        cells = json.loads(self.executed.read_text(encoding="utf-8"))["cells"]
        return {cell["execution_count"]: at for at, cell in enumerate(cells, 1) if cell.get("execution_count")}

    def run(self, kernels: Kernels, notebook: Any) -> list[str]:
        """Execute the notebook; returns the files of our packages that it imported.

        Raises: DataError when a report notebook changed a table: estimates are written by ingest notebooks only.
        """
        inputs = folder_hashes(self.processed.parent)
        done = kernels.execute(notebook, self.step.path, self.environment(), draws=bool(self.step.charts))
        if not self.step.is_ingest:
            found = folder_hashes(self.processed.parent)
            for name in sorted(name for name in found if inputs.get(name) != found[name]):
                expected = "a notebook that is not for ingest to write figures only"
                remedy = "compute with open_round and publish"
                raise DataError(self.step.path, expected, name, remedy=remedy)
        self.keep(done.notebook)
        return done.told

    def keep(self, notebook: Any) -> None:
        import nbformat

        self.executed.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")

    def _readable(self) -> list[Path]:
        tables = sorted(self.before.processed.glob("*.*")) if self.before else []
        if not self.step.is_private:
            tables = [path for path in tables if path.suffix in wall.PUBLIC]
        if self.step.reads_other_rounds and self.round.file.compare:
            for name in self.round.file.compare.with_:
                others = sorted((self.round.processed.parent / name).glob("[!.]*.*"))
                tables += [path for path in others if self.step.is_private or path.suffix in wall.PUBLIC]
        return tables


def desks(round_: Round, todo: list[Step], folder: Path) -> list[Desk]:
    """A desk below `folder` for each notebook: ingest notebooks first, then those that compute with private frames,
    each starting from the tables of the last ingest notebook or of the one it names; behind the gate all others.

    Raises: DataError when no notebook writes the tables, or one names another that does not.
    """
    ordered = sorted(todo, key=lambda step: (not step.is_ingest, not step.asks, step.name))
    if not ordered[0].is_ingest:
        remedy = "add 01_ingest_survey.ipynb"
        raise DataError("notebooks", "one that imports analysis_utils.clean or .gate", "none", remedy=remedy)
    result: list[Desk] = []
    ingests: dict[str, Desk] = {}
    for step in ordered:
        before: Desk | Gate | None = next(reversed(ingests.values()), None)
        if not step.is_private:
            before = gate_of(result) or before
        for name in step.reads_only:
            if name not in ingests:
                remedy = 'correct its metadata, "fachdialog": {"reads": […]}'
                raise DataError(step.path, f"to read one of {', '.join(ingests)}", name, remedy=remedy)
            before = ingests[name]
        desk = Desk(step, round_, folder / step.name, before)
        result.append(desk)
        if step.is_ingest:
            ingests[step.name] = desk
    return result


def gate_of(all_desks: list[Desk]) -> Gate | None:
    """The gate that decides for the private notebooks among them; None where there are none."""
    asking = [desk for desk in all_desks if desk.step.asks]
    last = [desk for desk in all_desks if desk.step.is_ingest][-1]
    return Gate(last.round, last.folder.with_name(Gate.job), last, asking) if asking else None
