"""docs/methodology.md and the code name the same statistics, and the functions and cases it names exist."""

import importlib
import re
import runpy

from measure_tables import GOLDEN, ROOT, documented_statistics

from analysis_utils.contracts import STATISTICS

ROOM_OF = {"estimates": "gate"}
TEXT = (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8")


def test_tables_of_the_page_are_made_of_the_docstrings():
    written = runpy.run_path(str(ROOT / "docs" / "write_methodology.py"))
    assert written["page"]() == TEXT, "run python docs/write_methodology.py"


def test_document_and_code_list_the_same_statistics():
    assert documented_statistics() | documented_statistics("Group notes", "Two rounds") == set(STATISTICS)


def test_functions_named_in_the_document_exist():
    named = set(re.findall(r"\| `([a-z_]+)\.([a-z0-9_]+)` \|", TEXT))
    assert len(named) > 20
    for module, function in named:
        room = ROOM_OF.get(module, "estimators")
        assert hasattr(importlib.import_module(f"analysis_utils.{room}.{module}"), function), f"{module}.{function}"


def test_reference_cases_named_in_the_document_exist():
    assert set(re.findall(r"\bg\d\d\b", TEXT)) == {path.name[:3] for path in GOLDEN.glob("g*")}


def test_sources_named_in_the_tables_are_listed():
    listed = TEXT.partition("## Sources")[2]
    for source in set(re.findall(r"\[([A-Z][A-Za-z]+)\]", TEXT)):
        assert f"[{source}] " in listed, source
