"""`jupyter nbconvert --to fachdialog` and JupyterLab's export: our page, with the checks of a report."""

from __future__ import annotations

import nbformat
import pytest
from nbconvert.exporters import get_exporter
from nbconvert.utils.exceptions import ConversionException

from analysis_utils.run.one_page import PageExporter, without_outputs

OPEN = "from analysis_utils import pages\nfrom analysis_utils.rounds import open_round\nround_ = open_round(ROUND)"


def notebook(*sources, outputs=()):
    cells = [nbformat.v4.new_markdown_cell("# Was ist?")]
    cells += [nbformat.v4.new_code_cell('ROUND = "fachdialog-1"', metadata={"tags": ["parameters"]})]
    cells += [nbformat.v4.new_code_cell(source, outputs=[*outputs]) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture
def export(built_round, monkeypatch, tmp_path):
    monkeypatch.setenv("FACHDIALOG_DATA", str(built_round.raw.parents[1]))
    monkeypatch.setenv("FACHDIALOG_REPORTS", str(tmp_path))
    about = {"metadata": {"name": "12_eigene", "path": str(tmp_path)}}
    return lambda made: PageExporter().from_notebook_node(made, about)[0]


def test_notebook_becomes_our_page_of_what_it_shows_now(export):
    old = nbformat.v4.new_output("stream", text="von früher")
    made = notebook(OPEN + "\nevidence = pages.read_evidence(round_)", "evidence.estimates.head(2)", outputs=[old])
    page = export(made)
    assert "Was ist? – " in page and "nicht gegen die Tabelle geprüft" in page and "von früher" not in page


def test_notebook_that_computes_with_private_frames_publishes_through_the_gate(export):
    read = "from analysis_utils import dots, estimate, open_round, publish, show\nround_ = open_round(ROUND)"
    cut = "by = (round_.scale('fokussierung') >= 9).map({True: 'sehr dafür', False: 'weniger'})"
    shown = "show(dots(publish(estimate(round_.points(), 'mean', by=by), name='zustimmung')))"
    page = export(notebook(read, cut, shown))
    assert "zustimmung: sehr dafür" in page and 'data-key="fachdialog-1/fokusbereiche/zustimmung:' in page
    with pytest.raises(ConversionException, match=r"12_eigene\.ipynb: .*a printed text at cell 4"):
        export(notebook(read, "print(round_.points())"))


def test_nbconvert_knows_the_exporter_by_its_name():
    try:
        found = get_exporter("fachdialog")
    except ValueError:
        pytest.skip("the package was installed before it had this entry point: run make env")
    assert found is PageExporter


def test_saved_notebook_keeps_code_and_prose_only():
    made = notebook("1", outputs=[nbformat.v4.new_output("stream", text="geheim")])
    made.metadata["widgets"] = {"state": "geheim"}
    without_outputs({"type": "notebook", "content": made}, path="a.ipynb")
    assert "geheim" not in nbformat.writes(made) and "# Was ist?" in nbformat.writes(made)
    without_outputs({"type": "file", "content": "text"})
