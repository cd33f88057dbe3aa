"""The notebooks of a report: which there are, what they read, and how a round gets into them."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from report_press import joint_hash

from ..errors import DataError
from ..rounds import Round, notebook_folder

OTHER_ROUNDS = "other_rounds"
_CHART = re.compile(r"_chart\b|\b(dots|bars|stacked|grid|slope)\(")
_PRIVATE_ROOMS = re.compile(r"analysis_utils(\.|\s+import\s+[^\n]*\b)(clean|notes|gate|estimators)\b")


@dataclass(frozen=True)
class Step:
    """One numbered notebook. It is told by its source whether it may see what single people said: one that uses
    `clean`, `notes`, `gate` or `estimators` reads raw files and private tables and writes tables; one that asks for
    private frames (`open_round` of `analysis_utils`) reads private tables, and its numbers go out through `publish`
    alone; every other reads public tables and shows what it likes."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @cached_property
    def content(self) -> dict[str, Any]:
        """The notebook as JSON. Raises: DataError when it is none."""
        try:
            return json.loads(self.path.read_text(encoding="utf-8"))
        except ValueError:
            remedy = "a merge conflict inside? Restore the file"
            raise DataError(self.path, "a notebook", "text that is not JSON", remedy=remedy) from None

    @cached_property
    def code(self) -> str:
        """Hash of all that decides what the notebook shows but for what it reads: its code cells and its metadata."""
        cells = [[cell["source"], cell["metadata"]] for cell in self.content.get("cells", []) if _is_code(cell)]
        return joint_hash([json.dumps([cells, self.content.get("metadata")], sort_keys=True)])

    @cached_property
    def is_ingest(self) -> bool:
        return any(_PRIVATE_ROOMS.search(source) for source in self.sources)

    @cached_property
    def asks(self) -> bool:
        """Whether it computes with private frames: whatever else it does, it stays private."""
        return not self.is_ingest and any(map(_asks, self.sources))

    @property
    def is_private(self) -> bool:
        return self.is_ingest or self.asks

    @cached_property
    def charts(self) -> int:
        """How many charts the code names. Drawing takes a notebook longest."""
        return sum(len(_CHART.findall(source)) for source in self.sources)

    @property
    def sources(self) -> list[str]:
        return ["".join(cell["source"]) for cell in self.content.get("cells", []) if _is_code(cell)]

    @cached_property
    def reads_other_rounds(self) -> bool:
        """Whether the notebook's metadata say `"fachdialog": {"reads": ["other_rounds"]}`: the rounds that `round.yml`
        names under `compare`."""
        return OTHER_ROUNDS in self._reads

    @cached_property
    def reads_only(self) -> list[str]:
        """The ingest notebooks whose tables are all the notebook reads, where its metadata name some: `"fachdialog":
        {"reads": ["01_ingest_survey"]}`. It need not wait for the others, nor be rerun when only they are."""
        return sorted(name for name in self._reads if name != OTHER_ROUNDS)

    @property
    def _reads(self) -> list[str]:
        said = self.content.get("metadata", {}).get("fachdialog", {}).get("reads", [])
        return [said] if isinstance(said, str) else said  # one name without brackets is meant as one

    @cached_property
    def only_compares(self) -> bool:
        """Whether the notebook's metadata say `"fachdialog": {"only_with": "compare"}`: it has nothing to say about a
        round that is compared with none."""
        return self.content.get("metadata", {}).get("fachdialog", {}).get("only_with") == "compare"


def _asks(source: str) -> bool:
    """Whether a cell opens a round with its private frames. What cannot be read is taken for one that does."""
    code = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except SyntaxError:
        return "open_round" in source
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "analysis_utils"]
    names = {alias.name for node in froms for alias in node.names}
    dotted = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return bool({"open_round", "*"} & names) or "open_round" in dotted


def _is_code(cell: dict[str, Any]) -> bool:
    return cell.get("cell_type") == "code"


def steps(folder: Path | None = None) -> list[Step]:
    """The notebooks with a number, in its order; 00 is for exploring and is not run. Raises: DataError for none."""
    folder = folder or notebook_folder()
    found = sorted(path for path in folder.glob("[0-9][0-9]_*.ipynb") if not path.name.startswith("00"))
    if not found:
        raise DataError(folder, "numbered notebooks (01_….ipynb)", "none", at=str(folder))
    return [Step(path.resolve()) for path in found]


def steps_of(round_: Round, folder: Path | None = None) -> list[Step]:
    """Those of the notebooks that make the report of a round."""
    return [step for step in steps(folder) if round_.file.compare or not step.only_compares]


_ROUND = re.compile(r"""^ROUND *= *(["']).*?\1""", re.MULTILINE)


def with_parameters(path: Path, round_name: str) -> Any:
    """The notebook as nbformat reads it, without outputs, its parameter cell saying `ROUND = "<name>"`: the one with
    the tag `parameters`, or where none has it the first line that sets ROUND.

    Raises: DataError where there is neither: it would silently report another round.
    """
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    said = f'ROUND = "{round_name}"'
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    tagged = next((cell for cell in code if "parameters" in cell.metadata.get("tags", [])), None)
    if tagged and not _ROUND.search(tagged.source):
        tagged.source = said
    else:
        cell = tagged or next((cell for cell in code if _ROUND.search(cell.source)), None)
        if cell is None:
            remedy = f"add {said} in a cell of its own with that tag, and use ROUND instead of the name"
            raise DataError(path, "one code cell with the tag `parameters`", "none", remedy=remedy)
        cell.source = _ROUND.sub(lambda _: said, cell.source, count=1)
    return notebook


def with_outputs(notebook: Any, executed: Path) -> Any:
    """The notebook with the outputs of an earlier execution of the same code cells."""
    import nbformat

    before = nbformat.read(executed, as_version=4)
    done = (cell for cell in before.cells if cell.cell_type == "code")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            earlier = next(done)
            cell.outputs, cell.execution_count = earlier.outputs, earlier.execution_count
    notebook.metadata = before.metadata
    return notebook
