"""The jobs of one round: execute each notebook, turn each into a page, put the report together."""

from __future__ import annotations

import hashlib
import pickle
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ..rounds import Round
from .desk import Desk
from .engine import Job, Values
from .finish import FINISHING, Staged, gather
from .hashes import PACKAGE, file_hash, files_below, folder_hashes, hashes_in, notebook_data_files, package_files
from .kernels import Kernels
from .notebooks import with_parameters
from .swap import Move

REPORT = "report"
# Parts of the runner that decide what a kernel sees.
_OF_KERNELS = ("run/desk.py", "run/kernels.py", "run/notebooks.py", "run/warm_server.py")


def code_hashes() -> dict[str, str]:
    """What may change a result without being named by a notebook: `kernel` for notebooks, `package` for pages too."""
    lock = PACKAGE.parents[1] / "requirements.lock"
    of_kernels = [PACKAGE / name for name in _OF_KERNELS] + notebook_data_files() + ([lock] if lock.is_file() else [])
    return {
        "kernel": _joint([sys.version, *(file_hash(path) for path in of_kernels)]),
        "package": _joint([sys.version, *(file_hash(path) for path in package_files())]),
    }


def _joint(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class RoundJobs:
    """`desks` of all notebooks, ingest first; `finishing` is called when the first notebook is to be executed."""

    round: Round
    desks: list[Desk]
    move: Move
    kernels: Kernels
    code: dict[str, str]
    before_first: Callable[[], None]
    finishing: Callable[[], None]

    def all(self) -> list[Job]:
        pages = [self._page(desk) for desk in self.desks]
        return [*(self._notebook(desk) for desk in self.desks), *pages, self._report(pages)]

    @cached_property
    def staged(self) -> Round:
        """The round with its places where they are being built."""
        return replace(self.round, processed=self.move.processed.built, reports=self.move.reports.built)

    def _notebook(self, desk: Desk) -> Job:
        def act() -> Values:
            self.before_first()
            desk.lay()
            inputs = desk.inputs()
            notebook = with_parameters(desk.step.path, self.round.name)
            done = self.kernels.execute(notebook, desk.step.path, desk.environment())
            desk.check(inputs)
            _write_notebook(done.notebook, desk.executed)
            modules = hashes_in(PACKAGE, [PACKAGE / name for name in done.modules])
            return {"inputs": inputs, "outputs": desk.outputs(), "modules": modules, "code": self.code["kernel"]}

        def is_current(notes: Values) -> bool:
            modules = [PACKAGE / name for name in notes["modules"]]
            return (
                notes["code"] == self.code["kernel"]
                and all(path.is_file() for path in modules)
                and notes["modules"] == hashes_in(PACKAGE, modules)
                and notes["inputs"] == desk.inputs()
                and notes["outputs"] == desk.outputs()
            )

        raw = files_below(self.round.raw) if desk.step.is_ingest else [self.round.raw / "round.yml"]
        files = [desk.step.path, self.round.raw.parents[1] / "codebook.yml", *raw]
        # A notebook waits for the ingest notebooks before it, whose tables it starts from.
        after = [desk.before.step.name] if desk.before else []
        return Job(desk.step.name, act, is_current, files, after, title=desk.step.name)

    def _page(self, desk: Desk) -> Job:
        def act() -> Values:
            import nbformat

            from ..publish.export import notebook_body

            body = notebook_body(nbformat.read(desk.executed, as_version=4), desk.figures)
            desk.page.write_bytes(pickle.dumps(body))
            return self._page_notes(desk)

        def is_current(notes: Values) -> bool:
            return desk.page.is_file() and notes == self._page_notes(desk)

        return Job(f"page {desk.step.name}", act, is_current, [desk.executed], [desk.step.name])

    def _page_notes(self, desk: Desk) -> Values:
        return {"code": self.code["package"], "figures": folder_hashes(desk.figures), "page": file_hash(desk.page)}

    def _report(self, pages: list[Job]) -> Job:
        def act() -> Values:
            self.finishing()
            staged = self.staged
            shutil.rmtree(staged.reports, ignore_errors=True)
            self.move.reports.prepare()
            for path in staged.processed.glob("[!.]*"):
                path.unlink()
            gather(self.desks, staged)
            bodies = {desk.step.name: pickle.loads(desk.page.read_bytes()) for desk in self.desks}
            for step in FINISHING:
                step(Staged(staged, bodies))
            return {
                "code": self.code["package"],
                "reports": str(self.move.reports.final),
                "tables": hashes_in(staged.processed, sorted(staged.processed.glob("[!.]*"))),
                "pages": folder_hashes(staged.reports),
            }

        def is_current(notes: Values) -> bool:
            same = notes["code"] == self.code["package"] and notes["reports"] == str(self.move.reports.final)
            return same and self.move.is_in_place(notes["tables"], notes["pages"])

        tables = [desk.executed for desk in self.desks]
        fixed = [self.round.raw / "round.yml", self.round.raw.parents[1] / "codebook.yml"]
        files = [*fixed, *tables, *(desk.page for desk in self.desks)]
        return Job(REPORT, act, is_current, files, [page.name for page in pages])


def _write_notebook(notebook: object, path: Path) -> None:
    import nbformat

    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
