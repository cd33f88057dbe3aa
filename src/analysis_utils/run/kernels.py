"""The kernels of our notebooks: with the libraries they use, behind the wall, telling nothing that people said."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import report_press
from report_press import NotebookFailedError, files_below, hashes_in

from .. import wall
from ..errors import DataError
from ..rounds import ASKED

SOURCE = Path(__file__).resolve().parents[2]
PACKAGES = ("analysis_utils", "cell_guard", "poll_exports", "printed_figures", "proofread", "refi_qda", "report_press")
"""What a result is made with: this package, and the tools beside it."""
LIBRARIES = (
    *(
        "numpy",
        "pandas",
        "pandas.io.formats.style",
        "pydantic.main",
        "pydantic.types",
        "pydantic.functional_validators",
    ),
    *("pydantic.json_schema", "pydantic.plugin._schema_validator", "ruamel.yaml", "pyarrow.parquet"),
    *("python_calamine", "babel.numbers", "babel.dates", "markupsafe"),
)
# Left out on purpose, because they look for a running kernel when imported and would find none: plotly.io and
# matplotlib_inline.backend_inline. scipy.stats is used by seaborn.
LATER = (
    *("scipy.stats", "matplotlib.pyplot", "matplotlib.backends.backend_svg", "matplotlib.backends.backend_agg"),
    *("seaborn", "PIL.Image", "PIL.PngImagePlugin", "plotly.graph_objs._figure", "plotly.graph_objs._bar"),
    *("plotly.graph_objs._scatter", "plotly.validator_cache", "docx", "markdown_it", "snowballstemmer"),
)
"""For drawing, and for notes."""
_MATPLOTLIB = "svg.hashsalt: fachdialog\nsvg.fonttype: path\n"
"""So that every drawing has the same ids."""
# Report notebooks open no private file; the environment says which notebook is one.
_WALL = "__import__('analysis_utils.wall', fromlist=['wall']).close_if_told()"
# What a report notebook draws is shown as a drawing, and offered as a picture.
_PICTURES = "setattr(get_ipython().config.InlineBackend, 'figure_formats', {'svg', 'png'})"
# What went through `publish` is shown where private tables are read, too.
_TABLES = "__import__('analysis_utils.wording.html', fromlist=['html']).show_published()"
# Which modules of our packages the notebook has imported by now, and what the wall refused it.
_TOLD = (
    f"__import__('json').dumps([sorted({{getattr(m, '__file__', None) or '' for n, m in "
    f"list(__import__('sys').modules.items()) if n.split('.')[0] in {PACKAGES}}}), "
    "getattr(__import__('sys').modules.get('analysis_utils.wall'), 'refused', [])])"
)


class Kernels(report_press.Kernels):
    """`report_press.Kernels` with what our notebooks need."""

    def __init__(self, **options: Any) -> None:
        super().__init__(LIBRARIES, LATER, matplotlib=_MATPLOTLIB, **options)

    def execute(
        self, notebook: Any, path: Path, places: dict[str, str], *, draws: bool = True
    ) -> report_press.Executed:
        """Run all cells of `notebook` (read from `path`) with the environment variables `places`; `told` are the files
        of our packages that it imported, relative to where these lie.

        Raises: DataError where a cell raised one or tried what the wall forbids; NotebookFailedError for every other
        failure, with what was done.
        """
        is_walled = places.get(wall.TOLD) == wall.CLOSED
        first = _TABLES if ASKED in places else _PICTURES if is_walled else "None"
        about: dict[str, Any] = {"before": (_WALL, first), "at_end": _TOLD, "all_libraries": draws}
        try:
            done = self.run(notebook, path, places, **about)
        except NotebookFailedError as fault:
            _raise_refused(path, notebook, fault.told)
            if fault.name == "DataError":
                at = f"{path.name}, cell {fault.cell}: " if ASKED in places else ""
                raise DataError.told(f"{at}{fault.text}") from None
            message = fault.message
            if fault.name and places.get(wall.TOLD) == wall.OPEN:
                message = f"{fault.name}: {_harmless(fault.name, fault.text, notebook)}"
            raise NotebookFailedError(path, notebook, message, lab=" (make lab)") from None
        _raise_refused(path, notebook, done.told)  # also where the notebook went on without it
        paths = (Path(file).resolve() for file in done.told[0] if file)
        modules = sorted(path.relative_to(SOURCE).as_posix() for path in paths if path.is_relative_to(SOURCE))
        return report_press.Executed(notebook, modules)


def package_hashes() -> dict[str, str]:
    """Hash of every file of our packages, code and data."""
    return hashes_in(SOURCE, (path for name in PACKAGES for path in files_below(SOURCE / name)))


def _raise_refused(path: Path, notebook: Any, told: Any) -> None:
    """Raises: DataError for the first thing the wall refused, with its cell."""
    for count, message in told[1] if told else ():
        cell = next((at for at, cell in enumerate(notebook.cells, 1) if cell.get("execution_count") == count), 0)
        raise DataError.told(f"{path.name}, cell {cell}: {message}")


_OF_SOURCE = ("NameError", "KeyError", "AttributeError", "ImportError", "ModuleNotFoundError")


def _harmless(name: str, text: str, notebook: Any) -> str:
    """As much of an exception's text as cannot hold what people answered: what the system says of a file, and names
    that stand in the notebook's own source."""
    if number := re.match(r"\[Errno (\d+)\]", text):
        return f"{number[0]} {os.strerror(int(number[1]))}"
    quoted = re.findall(r"'([^']*)'", text)
    source = "\n".join(cell.source for cell in notebook.cells)
    if name in _OF_SOURCE and quoted and re.search(rf"(?<!\w){re.escape(quoted[-1])}(?!\w)", source):
        return f"“{quoted[-1]}”"
    return "its text is not shown here, because it may hold what people answered"
