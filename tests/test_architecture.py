"""The rooms and the wall between them, held by reading the imports and the notebooks."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from analysis_utils.rounds import project_root
from analysis_utils.run.hashes import package_files

ROOT = project_root()
PACKAGE = ROOT / "src" / "analysis_utils"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CROSSWALK = {"crosswalk", "crosswalk_checks", "crosswalk_ties"}
GROUND = {"__version__", "errors", "scratch", "yamlfile", "codebook", "round_file", "rounds", "contracts", "tables"}
GROUND |= CROSSWALK | {"kept", "wall"}
ALLOWED = {
    "ingest": GROUND,
    "gate": GROUND,
    "estimators": GROUND,
    "measure": GROUND | {"gate", "estimators", "ingest"},
    "pages": GROUND,
    "audit": GROUND,
}
TOOLS = [path.parent for path in sorted((ROOT / "src").glob("*/__init__.py")) if path.parent != PACKAGE]
PRIVATE = ("answers", "voters", "statements", "codings")


def imported_rooms(path: Path) -> set[str]:
    """The top-level parts of the package that a module imports, wherever in the file it does so."""
    depth = len(path.relative_to(PACKAGE).parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            found |= {node.module.split(".")[0]} if node.module else {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("analysis_utils."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("analysis_utils.")}
    return found


@pytest.mark.parametrize("room", ALLOWED)
def test_rooms_import_the_ground_and_themselves_only(room):
    for path in sorted((PACKAGE / room).rglob("*.py")):
        assert imported_rooms(path) <= ALLOWED[room], path.name


def test_ground_imports_no_room():
    for name in GROUND - {"__version__"}:
        assert imported_rooms(PACKAGE / f"{name}.py") <= GROUND, name


def test_changed_code_of_a_tool_counts_as_changed_code():
    assert {path.parent for path in package_files() if path.name == "__init__.py"} >= {PACKAGE, *TOOLS}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda path: path.name)
def test_tools_know_nothing_of_the_package_or_of_each_other(tool):
    others = {PACKAGE.name, *(path.name for path in TOOLS if path != tool)}
    for path in sorted(tool.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not {name.split(".")[0] for name in named} & others, path.name


def test_pages_name_no_private_table():
    for path in sorted((PACKAGE / "pages").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "read_table":
                assert isinstance(node.args[0], ast.Constant) and node.args[0].value not in PRIVATE, path.name
    assert imported_rooms(PACKAGE / "pages" / "evidence.py") >= {"tables"}


def test_no_module_is_a_drawer_without_a_name():
    names = {path.stem for path in PACKAGE.rglob("*.py")}
    assert not names & {"utils", "helpers", "common", "misc"}


def test_no_assert_outside_tests():
    for path in PACKAGE.rglob("*.py"):
        assert not any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(path.read_text("utf-8")))), path.name


def code_of(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_keeps_the_house_form(path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    assert re.match(r"# .+\?\n", prose[0]), "the title is a question"
    assert all(word in prose[0] for word in ("Gelesen", "Geschrieben", "Vorbehalt"))
    assert [cell.metadata.get("tags") for cell in code].count(["parameters"]) == 1
    assert code[0].source == 'ROUND = "fachdialog-1"'
    lines = [line for cell in code for line in cell.source.splitlines() if line.strip()]
    assert len(lines) <= 80
    assert sum(len(text.split()) for text in prose) >= 3 * len(lines)
    assert not any(re.search(r"^\s*def |\.\./|[\"']data/", line) for line in lines)


@pytest.mark.parametrize(
    "path", [p for p in NOTEBOOKS if p.name[:2] not in ("00", "01", "02")], ids=lambda path: path.stem
)
def test_report_notebook_reads_nothing_private(path):
    text = "\n".join(code_of(path))
    assert not re.search(r"ingest|read_table|read_parquet|answers|voters|statements\b", text)


def test_numbers_in_notebook_prose_are_never_typed():
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                prose = re.sub(r"^\d+\. |95-%|`[^`]*`", "", cell.source, flags=re.MULTILINE)
                assert not re.search(r"\d", prose), f"{path.name}: {prose[:80]}"
