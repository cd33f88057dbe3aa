"""The jobs of one round: execute each notebook, turn each into a page, put the report together."""

from __future__ import annotations

import pickle
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from report_press import (
    FIRST,
    Job,
    Move,
    Silent,
    Values,
    file_hash,
    files_below,
    folder_hashes,
    hashes_in,
    joint_hash,
)

from ..gate import ledger_path, read_ledger
from ..rounds import Round, rounds_between
from .beside import Beside
from .desk import Desk, Gate, gate_of
from .finish import Finishing, Staged, gather
from .kernels import SOURCE, Kernels, package_hashes
from .notebooks import Step, with_outputs, with_parameters

REPORT = "report"
_OF_KERNELS = ("report_press/", *(f"analysis_utils/run/{name}.py" for name in ("desk", "kernels", "notebooks")))
"""Parts of the runner that decide what a kernel sees."""
_FOR_PAGES_ONLY = ("analysis_utils/pages/template", "analysis_utils/run", "report_press/")


@dataclass(frozen=True)
class CodeHashes:
    """What may change a result without being named by a notebook: `kernel` for notebooks, `package` for pages too;
    `files`: each file of ours as it was when the run began."""

    kernel: str
    package: str
    files: dict[str, str]


def code_hashes() -> CodeHashes:
    files, lock = package_hashes(), SOURCE.parent / "requirements.lock"
    of_kernels = [found for name, found in files.items() if name.startswith(_OF_KERNELS) or opens_itself(name)]
    of_kernels += [file_hash(lock)] if lock.is_file() else []
    return CodeHashes(joint_hash([sys.version, *of_kernels]), joint_hash([sys.version, *files.values()]), files)


def opens_itself(name: str) -> bool:
    """Whether a file of ours is one that a notebook may open without importing it (fonts, word lists)."""
    return not name.endswith(".py") and not name.startswith(_FOR_PAGES_ONLY)


def release_basis(round_: Round, todo: list[Step], code: CodeHashes) -> str:
    """Stands for everything a report is made from: what arrived, what analysts wrote, rounds it is compared with,
    notebooks and program."""
    others = round_.file.compare.with_ if round_.file.compare else []
    folders = [round_.raw, *(round_.raw.parent / name for name in others)]
    files = [path for folder in folders for path in files_below(folder)]
    files += [round_.processed.parent / name / "estimates.csv" for name in others]
    known = [f"{path.parent.name}/{path.name} {file_hash(path)}" for path in files if path.is_file()]
    codebook = file_hash(round_.raw.parents[1] / "codebook.yml")
    return joint_hash([code.kernel, code.package, codebook, *(file_hash(step.path) for step in todo), *known])


@dataclass(frozen=True)
class RoundJobs:
    """`desks` of all notebooks, ingest first; `beside`: the process that several rounds share; `before_first` is called
    before a notebook is executed and before a page is made; `force`: take over nothing from the last run."""

    round: Round
    desks: list[Desk]
    move: Move
    kernels: Kernels
    beside: Beside
    code: CodeHashes
    before_first: Callable[[], None]
    finishing: tuple[Finishing, ...]
    tell: Silent
    force: bool = False

    def all(self) -> list[Job]:
        pages = [self._page(desk) for desk in self.desks]
        gate = [self._decide(self.gate)] if self.gate else []
        return [*(self._notebook(desk) for desk in self.desks), *gate, *pages, self._report(pages)]

    @cached_property
    def gate(self) -> Gate | None:
        return gate_of(self.desks)

    @cached_property
    def staged(self) -> Round:
        """The round with its places where they are being built."""
        return replace(self.round, processed=self.move.tables.built, reports=self.move.pages.built)

    def _notebook(self, desk: Desk) -> Job:
        """Where only prose differs from the last execution, its outputs are taken over and no kernel is asked."""
        before: Values = {}

        def act() -> Values:
            reads = self._reads(desk)
            only_prose = (
                not self.force and before and is_same(before, reads | {"notebook": before["reads"]["notebook"]})
            )
            if not only_prose:
                self.kernels.start(prepare=desk.step.is_ingest)
            self.before_first()
            notebook = with_parameters(desk.step.path, self.round.name)
            if only_prose:
                desk.keep(with_outputs(notebook, desk.executed))
                return before | {"reads": reads, "outputs": desk.outputs()}
            desk.lay()
            modules = {name: self.code.files.get(name) for name in desk.run(self.kernels, notebook)}
            return {"reads": reads, "modules": modules, "outputs": desk.outputs()}

        def is_current(notes: Values) -> bool:
            before.update(notes)
            return is_same(notes, self._reads(desk))

        def is_same(notes: Values, reads: Values) -> bool:
            return (
                notes["modules"].items() <= self.code.files.items()
                and notes["reads"] == reads
                and notes["outputs"] == desk.outputs()
            )

        # A notebook waits for the ingest notebook, or the gate, from whose tables it starts.
        after = [desk.before.job] if desk.before else []
        weight = FIRST if desk.step.is_ingest else desk.step.charts
        return Job(desk.step.name, act, is_current, after, title=desk.step.name, weight=weight)

    def _decide(self, gate: Gate) -> Job:
        """What private notebooks want published."""

        def reads() -> Values:
            return {"code": self.code.package, "inputs": gate.inputs(), "released": self._out}

        def act() -> Values:
            self.before_first()
            gate.decide()
            return {"reads": reads(), "outputs": gate.outputs()}

        def is_current(notes: Values) -> bool:
            return notes["reads"] == reads() and notes["outputs"] == gate.outputs()

        return Job(Gate.job, act, is_current, [gate.before.job, *(desk.job for desk in gate.asking)], weight=FIRST)

    def _reads(self, desk: Desk) -> Values:
        """Hashes of everything the notebook depends on, but for the modules it turns out to import."""
        raw = files_below(self.round.raw) if desk.step.is_ingest else self._written_by_analysts
        return {
            "code": self.code.kernel,
            "cells": desk.step.code,
            "notebook": file_hash(desk.step.path),
            "codebook": self._codebook,
            "raw": hashes_in(self.round.raw, raw) | (self._compared if desk.step.reads_other_rounds else {}),
            "tables": desk.inputs(),
            "released": self._out if desk.step.is_ingest else not self.round.is_draft,
        }

    @cached_property
    def _out(self) -> str:
        """Stands for what numbers are computed beside: the versions that are out."""
        ledger = read_ledger(ledger_path(self.round))
        return joint_hash(f"{one.kept} {one.name} {one.date} {one.segments}" for one in ledger.out)

    @property
    def _written_by_analysts(self) -> list[Path]:
        """`round.yml` and the other descriptions beside it, which report notebooks may read."""
        return sorted(self.round.raw.glob("*.yml"))

    @property
    def _compared(self) -> dict[str, str]:
        """The descriptions of the rounds this one is compared with, and of those on the way to them."""
        settings, raw = self.round.file.compare, self.round.raw.parent
        names = set(settings.with_ if settings else ())
        for name in list(names):
            names |= rounds_between(self.round.codebook, name, self.round.name)
        files = [path for name in sorted(names) for path in sorted((raw / name).glob("*.yml"))]
        return {f"{path.parent.name}/{path.name}": file_hash(path) for path in files}

    @cached_property
    def _codebook(self) -> str:
        return file_hash(self.round.raw.parents[1] / "codebook.yml")

    def _page(self, desk: Desk) -> Job:
        def act() -> Values:
            self.before_first()
            import nbformat

            from ..pages.export import notebook_body
            from ..wording import Source

            notebook = nbformat.read(desk.executed, as_version=4)
            places = self.gate if self.gate and desk.step.asks else desk
            tables = replace(self.round, processed=places.processed)
            source = Source(tables, desk.kept, draw=self.beside.draw) if desk.step.is_private else None
            body = notebook_body(notebook, self.round, desk.drawn if source else desk.figures, desk.step.name, source)
            desk.page.write_bytes(pickle.dumps(body))
            return self._page_notes(desk)

        def is_current(notes: Values) -> bool:
            return desk.page.is_file() and notes == self._page_notes(desk)

        after = [Gate.job] if desk.step.asks else [desk.job]
        return Job(f"page {desk.job}", act, is_current, after, weight=FIRST)

    def _page_notes(self, desk: Desk) -> Values:
        notes = {"code": self.code.package, "outputs": desk.outputs(), "page": file_hash(desk.page)}
        return notes | ({"tables": self.gate.outputs()} if self.gate and desk.step.asks else {})

    def _report(self, pages: list[Job]) -> Job:
        def act() -> Values:
            self.tell.tell("finishing")
            staged = self.staged
            shutil.rmtree(staged.reports, ignore_errors=True)
            self.move.pages.prepare()
            for path in staged.processed.glob("[!.]*"):
                path.unlink()
            gather(self.desks, staged, self.gate)
            self.beside.prepare(staged)
            bodies = {desk.step.name: pickle.loads(desk.page.read_bytes()) for desk in self.desks}
            for step in self.finishing:
                step(Staged(staged, bodies, self.beside, self._basis, self.force))
            for name, body in bodies.items():
                if body.undescribed:
                    cells = ", ".join(map(str, dict.fromkeys(body.undescribed)))
                    message = f"{name}, cell {cells}: a picture without description; add “#| fig-alt: …” on top."
                    self.tell.tell("remark", message=message)
            tables = hashes_in(staged.processed, sorted(staged.processed.glob("[!.]*")))
            return {"reads": self._report_reads(), "tables": tables, "pages": folder_hashes(staged.reports)}

        def is_current(notes: Values) -> bool:
            return notes["reads"] == self._report_reads() and self.move.is_in_place(notes["tables"], notes["pages"])

        return Job(REPORT, act, is_current, [page.name for page in pages])

    @cached_property
    def _basis(self) -> str:
        """Stands for what the finished files are checked against."""
        compared = self.round.file.compare.with_ if self.round.file.compare else []
        folders = [self.staged.processed, *(self.round.processed.parent / name for name in compared)]
        raw = [self.round.raw, *(self.round.raw.parent / name for name in compared)]
        described = [path for folder in raw for path in files_below(folder) if path.suffix in (".yml", ".csv")]
        files = [*described, *(path for folder in folders for path in files_below(folder))]
        return joint_hash([self.code.package, self._codebook, *map(file_hash, files)])

    def _report_reads(self) -> Values:
        return {
            "code": self.code.package,
            "codebook": self._codebook,
            "raw": hashes_in(self.round.raw, [*self._written_by_analysts, *sorted(self.round.raw.glob("*.p[op]tx"))]),
            "steps": [step.__name__ for step in self.finishing],
            "desks": {desk.step.name: [desk.outputs(), file_hash(desk.page)] for desk in self.desks},
            "is_draft": self.round.is_draft,
        }
