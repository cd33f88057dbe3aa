"""The rooms and the wall between them, held by reading the imports and the notebooks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from analysis_utils.rounds import project_root
from analysis_utils.run.kernels import package_hashes

ROOT = project_root()
PACKAGE = ROOT / "src" / "analysis_utils"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
GROUND = {"errors", "kept", "wall", "contracts", "tables"}
"""Modules of the package's root that every room may use."""
ROOMS = (
    *("rounds", "estimators", "clean", "gate", "notes", "proposals", "wording", "findings", "comparison", "next_round"),
    *("pages", "charts", "handout", "slides", "audit", "verify", "run"),
)
"""Each room may use those before it: numbers are made before they are let out, and let out before they are told."""
NEVER = {"estimators": {"clean"}, "wording": {"estimators", "clean", "gate", "notes"}, "audit": set(ROOMS[1:-3])}
NEVER |= dict.fromkeys(("findings", "comparison", "next_round", "pages", "charts", "slides"), NEVER["wording"])
"""Nor these: whoever tells numbers knows no private table."""
NAMESPACE = "pages"
"""The room whose door is the furniture of notebooks, looked up by name; others import its modules."""
TOOLS = [path.parent for path in sorted((ROOT / "src").glob("*/__init__.py")) if path.parent != PACKAGE]
PRIVATE = ("answers", "voters", "statements", "codings")


def imports(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each `from` statement of a module of the package, wherever it stands: the full name of what it imports from, and
    the names."""
    parts = path.relative_to(PACKAGE.parent).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            yield ".".join(part for part in (base, node.module) if part), [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, []


def imported_parts(path: Path) -> set[str]:
    """The parts of the package, rooms and modules of its root, that a module imports."""
    found: set[str] = set()
    for module, names in imports(path):
        first, *rest = module.split(".")
        if first == PACKAGE.name:
            found |= {rest[0]} if rest else set(names) - {"__version__"}
    return found


def modules_of(room: str) -> list[Path]:
    return sorted((PACKAGE / room).rglob("*.py"))


def test_every_folder_of_the_package_is_a_room_in_its_place():
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders == set(ROOMS)
    assert {path.stem for path in PACKAGE.glob("*.py")} == GROUND | {"__init__", "cli"}


@pytest.mark.parametrize("room", ROOMS)
def test_room_uses_the_ground_and_the_rooms_before_it(room):
    before = GROUND | set(ROOMS[: ROOMS.index(room) + 1]) - NEVER.get(room, set())
    for path in modules_of(room):
        assert imported_parts(path) <= before | ({NAMESPACE} if path.name == "html.py" else set()), path.name


@pytest.mark.parametrize("room", ROOMS)
def test_room_is_small_and_the_readme_says_what_it_is_for(room):
    assert len(modules_of(room)) <= 21
    assert f"`src/analysis_utils/{room}/`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_nobody_goes_past_the_door_of_a_room():
    for path in sorted(PACKAGE.rglob("*.py")):
        own = path.relative_to(PACKAGE).parts[0]
        for module, _ in imports(path):
            first, *rest = module.split(".")
            is_inside = first == PACKAGE.name and len(rest) > 1
            assert not is_inside or rest[0] in (own, NAMESPACE), f"{path.name}: {module}"


def test_ground_imports_no_room():
    for name in GROUND:
        assert imported_parts(PACKAGE / f"{name}.py") <= GROUND, name


def test_changed_code_of_a_tool_counts_as_changed_code():
    assert {f"{path.name}/__init__.py" for path in (PACKAGE, *TOOLS)} <= set(package_hashes())


@pytest.mark.parametrize("tool", TOOLS, ids=lambda path: path.name)
def test_tools_know_nothing_of_the_package_or_of_each_other(tool):
    others = {PACKAGE.name, *(path.name for path in TOOLS if path != tool)}
    for path in sorted(tool.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not {name.split(".")[0] for name in named} & others, path.name


@pytest.mark.parametrize("room", [room for room in ROOMS if NEVER.get(room) == NEVER["wording"]])
def test_who_tells_numbers_names_no_private_table(room):
    for path in modules_of(room):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "read_table":
                assert isinstance(node.args[0], ast.Constant) and node.args[0].value not in PRIVATE, path.name


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
    assert not re.search(r"analysis_utils\.(clean|notes)|read_table|read_parquet|answers|voters|statements\b", text)


def test_numbers_in_notebook_prose_are_never_typed():
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                prose = re.sub(r"^\d+\. |95-%|`[^`]*`", "", cell.source, flags=re.MULTILINE)
                assert not re.search(r"\d", prose), f"{path.name}: {prose[:80]}"
