"""Pages: nothing is dropped silently, everything foreign is escaped, headings can be linked."""

import nbformat
import pytest
from markupsafe import Markup
from small_rounds import small_round

from analysis_utils.publish.export import notebook_body
from analysis_utils.publish.html import table


def notebook(*outputs, markdown="# Frage?\n\n## Erster Teil\n\n## Zweiter Teil"):
    cells = [nbformat.v4.new_markdown_cell(markdown), nbformat.v4.new_code_cell("1", outputs=list(outputs))]
    return nbformat.v4.new_notebook(cells=cells)


def output(data):
    return nbformat.v4.new_output("display_data", data=data)


def test_title_and_contents_come_from_the_headings(tmp_path):
    body = notebook_body(notebook(), small_round(2), tmp_path, "03_probe")
    assert body.title == "Frage?"
    assert [words for _, words in body.contents] == ["Erster Teil", "Zweiter Teil"]
    for identifier, _ in body.contents:
        assert f'<h2 id="{identifier}">' in body.markup


def test_chart_without_description_stops_the_build(tmp_path):
    with pytest.raises(ValueError, match="a plotly output without description"):
        notebook_body(notebook(output({"application/vnd.plotly.v1+json": {}})), small_round(2), tmp_path)


def test_output_that_no_page_can_show_stops_the_build(tmp_path):
    with pytest.raises(ValueError, match="application/x-thing"):
        notebook_body(notebook(output({"application/x-thing": "1"})), small_round(2), tmp_path)


def test_plain_text_output_is_escaped(tmp_path):
    body = notebook_body(notebook(output({"text/plain": "<script>alert(1)</script>"})), small_round(2), tmp_path)
    assert "<script>" not in body.markup and "&lt;script&gt;" in body.markup


def test_table_is_accessible_and_escapes_its_cells():
    html = str(table("Titel <i>", ["Kopf", "n"], [["<b>", Markup("<data>1</data>")]], name="t", caveat="Vorsicht"))
    assert (
        "Titel &lt;i&gt;" in html
        and '<th scope="row">&lt;b&gt;</th>' in html
        and '<td class="num"><data>1</data>' in html
    )
    assert html.index("Vorsicht") < html.index("<table>")
    assert html.count('scope="col"') == 2


def test_summary_moves_below_the_title(tmp_path):
    box = '<div class="summary"><p>Kurz.</p></div>'
    body = notebook_body(notebook(output({"text/html": box})), small_round(2), tmp_path, "03_probe")
    assert body.markup.index("Kurz.") < body.markup.index("Erster Teil")
    assert body.markup.count("Kurz.") == 1


def test_tables_are_numbered_by_page_and_those_of_figures_are_not(tmp_path):
    tables = [str(table("T", ["a"], [["b"]], name=name)) for name in ("eins", "zahlen-x", "zwei")]
    body = notebook_body(notebook(*[output({"text/html": t}) for t in tables]), small_round(2), tmp_path, "03_probe")
    assert "Tabelle 3.1: T" in body.markup and "Tabelle 3.2: T" in body.markup and "Tabelle 3.3" not in body.markup
