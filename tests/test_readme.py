"""What the README says is what the code does: notebooks, commands, picture; links of all documents."""

import re
from pathlib import Path

import nbformat
import pytest

from analysis_utils.cli import _parser
from analysis_utils.rounds import project_root

ROOT = project_root()
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def table(name: str) -> list[list[str]]:
    block = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert block, f"README has no table of {name}"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in block[1].strip().splitlines()[2:]]


def test_every_notebook_is_listed_with_its_question():
    listed = {line[0].strip("`"): line[1] for line in table("notebooks")}
    found = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        first = nbformat.read(path, as_version=4).cells[0].source
        found[path.stem] = first.splitlines()[0].removeprefix("# ")
    assert listed == found


def test_every_command_is_listed_with_its_help():
    listed = {line[0].split()[1]: line[1] for line in table("commands")}
    actions = [action for action in _parser()._actions if action.dest == "command"]
    assert listed == {choice.dest: choice.help for choice in actions[0]._choices_actions}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_linked_file_and_heading_exists(path):
    for link, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", path.read_text(encoding="utf-8")):
        target = path.parent / link if link else path
        assert target.exists(), link
        assert not heading or heading in headings(target), f"{link}#{heading}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_named_place_of_the_code_exists(path):
    for place in re.findall(r"`((?:src|tests|docs)/[\w./-]+)`", path.read_text(encoding="utf-8")):
        assert (ROOT / place).exists(), place


def headings(path: Path) -> set[str]:
    """Anchors of a document's headings."""
    found = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.casefold()).replace(" ", "-") for heading in found}


def test_every_make_target_named_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", README)) <= targets
