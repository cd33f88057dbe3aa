"""One notebook as one page, outside a report: what `jupyter nbconvert --to fachdialog NOTEBOOK` and JupyterLab's export
give. Outputs that lie in the notebook count for nothing: it is run anew, as in a report, on the tables of its round."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbconvert.utils.exceptions import ConversionException

from .. import wall
from ..errors import DataError
from ..rounds import Round, notebook_folder, open_round
from .desk import Desk, Gate
from .kernels import Kernels, NotebookFailedError
from .notebooks import Step, with_parameters

_ROUND = re.compile(r"""^ROUND\s*=\s*["']([^"']*)["']""", re.MULTILINE)


class PageExporter(Exporter):
    """The exporter that nbconvert knows as `fachdialog`."""

    export_from_notebook = "Fachdialog page"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: Any, resources: Any = None, **_: Any) -> Any:
        """The page and nbconvert's notes. Raises: ConversionException; on the command line, says why and ends."""
        import nbformat

        about = (resources or {}).get("metadata", {})
        with tempfile.TemporaryDirectory(prefix="fachdialog-") as folder:
            name = about.get("name") or "99_notebook"
            path = Path(about.get("path") or notebook_folder(), f"{name}.ipynb").resolve()
            copy = Path(folder, path.name)
            nbformat.write(nb, copy)
            try:
                page = page_of(copy, Path(folder))
            except (DataError, NotebookFailedError) as fault:
                if "nbconvert" in Path(sys.argv[0]).name or "nbconvert" in sys.argv[1:2]:
                    sys.exit(f"fachdialog: {fault}")
                raise ConversionException(str(fault)) from None
        return page, {**(resources or {}), "output_extension": ".html"}


def page_of(path: Path, folder: Path) -> str:
    """Run a notebook in `folder` and make its page, with the checks of a report. Raises: DataError where there are no
    tables of its round, or something must not be on the page; NotebookFailedError."""
    from ..pages.export import notebook_body, render_page
    from ..verify import check_report, verify_report
    from ..wording import Source

    step = Step(path)
    desk = Desk(step, _round_of(step), folder / "desk", None)
    desk.lay()
    for table in sorted(desk.round.processed.glob("[!.]*.*")):
        if step.is_private or table.suffix in wall.PUBLIC:
            shutil.copy2(table, desk.processed / table.name)
    with Kernels(warm=False) as kernels:
        desk.run(kernels, notebook := with_parameters(path, desk.round.name))
    places: Desk | Gate = desk
    if step.asks:  # decided behind what the other notebooks asked for when the report was made
        places = Gate(desk.round, folder / Gate.job, desk, [desk])
        places.decide(desk.round.processed / ".run" / "desks")
    tables = replace(desk.round, processed=places.processed, reports=desk.written)
    source = Source(tables, desk.kept) if step.is_private else None
    body = notebook_body(notebook, tables, desk.figures, step.name, source)
    text = render_page(tables, body, pages=[], home="")
    page = desk.written / "html" / f"{step.name}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    check_report(desk.round, [page])
    checked = verify_report(desk.written, tables, other_rounds=desk.round.processed.parent, pages=[page])
    if faults := [fault for fault in checked.faults if fault.file.endswith(page.name)]:
        raise DataError(path, "every printed number to have a source", faults[0])
    return text


def _round_of(step: Step) -> Round:
    sources = ("".join(cell["source"]) for cell in step.content.get("cells", []))
    found = next((match for source in sources if (match := _ROUND.search(source))), None)
    round_ = open_round(found[1] if found else None)
    if not round_.table("estimates").is_file():
        remedy = f"run: fachdialog report {round_.name}"
        raise DataError(step.path, "tables of its round", "none", at=str(round_.processed), remedy=remedy)
    return round_


def without_outputs(model: dict[str, Any], **_: Any) -> None:
    """JupyterLab calls this before it saves a file (`make lab`): of a notebook only the code and the prose are kept,
    since outputs of a kernel without a wall may hold what single people said."""
    if model.get("type") != "notebook" or model["content"].get("nbformat") != 4:
        return
    for cell in model["content"]["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    model["content"]["metadata"].pop("widgets", None)
