"""Run the notebooks of a round and write its report, all or nothing.

Tables, figures and pages are built in a folder beside the reports and take the place of the earlier ones only when
everything is whole; whatever goes wrong before leaves the earlier report as it was.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from .errors import DataError
from .rounds import Round, project_root

CELL_SECONDS = 300


@dataclass(frozen=True)
class Step:
    """A notebook; the steps of one stage may run side by side, a later stage reads what an earlier one wrote."""

    notebook: Path
    stage: int

    @property
    def name(self) -> str:
        return self.notebook.stem


class NotebookFailedError(Exception):
    """A cell failed. The message names notebook, cell and cause, and where to open it."""


def steps(folder: Path | None = None) -> list[Step]:
    """The notebooks with a number, ingest (01, 02) before the others; 00 is for exploring and is not run."""
    folder = folder or project_root() / "notebooks"
    found = sorted(path for path in folder.glob("[0-9][0-9]_*.ipynb") if not path.name.startswith("00"))
    if not found:
        raise DataError(folder, "numbered notebooks", "none", at=str(folder))
    return [Step(path, stage=int(path.name[:2]) if path.name[:2] in ("01", "02") else 3) for path in found]


def run_round(round_: Round, tell: Callable[[str], None], folder: Path | None = None) -> Path:
    """Execute all notebooks for the round, export the pages and move everything into place; returns `index.html`.

    Raises: DataError (anticipated, readable) or NotebookFailedError; earlier results stay in both cases.
    """
    round_.reports.parent.mkdir(parents=True, exist_ok=True)
    round_.processed.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{round_.name}-", dir=round_.reports.parent) as scratch:
        places = {"processed": Path(scratch, "processed"), "reports": Path(scratch, "reports")}
        executed = _execute_all(round_, steps(folder), places, tell)
        staged = Round(
            round_.name,
            round_.file,
            round_.codebook,
            round_.raw,
            places["processed"] / round_.name,
            places["reports"] / round_.name,
        )
        _write_pages(staged, executed)
        _move_into_place(staged.processed, round_.processed)
        _move_into_place(staged.reports, round_.reports)
    return round_.reports / "index.html"


def _execute_all(
    round_: Round, todo: list[Step], places: dict[str, Path], tell: Callable[[str], None]
) -> dict[str, Any]:
    environment = {
        "FACHDIALOG_DATA": str(round_.raw.parents[1]),
        "FACHDIALOG_PROCESSED": str(places["processed"]),
        "FACHDIALOG_REPORTS": str(places["reports"]),
        "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS", "ignore"),
    }
    executed: dict[str, Any] = {}

    def one(step: Step) -> None:
        began = perf_counter()
        executed[step.name] = _execute(step.notebook, round_.name, environment)
        tell(f"  {len(executed)}/{len(todo)}  {step.name}  {perf_counter() - began:.1f} s")

    for stage in sorted({step.stage for step in todo}):
        with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
            for result in [pool.submit(one, step) for step in todo if step.stage == stage]:
                result.result()
    return {step.name: executed[step.name] for step in todo}


def _execute(path: Path, round_name: str, environment: dict[str, str]) -> Any:
    """The notebook, executed in a kernel of its own with ROUND set."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = f'ROUND = "{round_name}"'
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute(env={**os.environ, **environment})
    except CellExecutionError as fault:
        if fault.ename == "DataError":
            raise _data_error(fault.evalue) from None
        raise NotebookFailedError(
            f"{path.name}: {fault.ename}: {fault.evalue}\nOpen {path} and run it to see the cell."
        ) from None
    except (CellTimeoutError, DeadKernelError) as fault:
        raise NotebookFailedError(
            f"{path.name}: {str(fault).splitlines()[0]}\nOpen {path} and run it to see the cell."
        ) from None
    return notebook


def _data_error(message: str) -> DataError:
    """The kernel's DataError, rebuilt here: its message is complete already."""
    fault = DataError("", "", "")
    fault.args = (message,)
    return fault


def _write_pages(round_: Round, executed: dict[str, Any]) -> None:
    """Export every executed notebook to `html/` and write `index.html`."""
    from .publish.evidence import read_evidence
    from .publish.export import notebook_body, render_page
    from .publish.index_page import index_body

    bodies = {name: notebook_body(notebook, round_.figures) for name, notebook in executed.items()}
    (round_.reports / "html").mkdir(parents=True, exist_ok=True)
    for name, body in bodies.items():
        pages = [(f"{other}.html", page.title, other == name) for other, page in bodies.items()]
        text = render_page(round_, body, pages=pages, home="../index.html")
        (round_.reports / "html" / f"{name}.html").write_text(text, encoding="utf-8", newline="\n")
    cards = [(f"html/{name}.html", body.title) for name, body in bodies.items()]
    index = index_body(round_, read_evidence(round_), cards)
    (round_.reports / "index.html").write_text(
        render_page(round_, index, pages=[], home="index.html"), encoding="utf-8", newline="\n"
    )


def _move_into_place(built: Path, final: Path) -> None:
    """Put a finished folder where the earlier one was; the earlier one is deleted last."""
    if not built.exists():
        return
    old = built.with_name(f"{built.name}-earlier")
    if final.exists():
        final.rename(old)
    try:
        built.rename(final)
    except OSError:  # another file system
        shutil.copytree(built, final)
