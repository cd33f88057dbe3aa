"""Pages: nothing is dropped silently, everything foreign is escaped, headings can be linked."""

import re

import nbformat
import pytest
from markupsafe import Markup
from small_rounds import small_round

from analysis_utils.pages.export import MOST_INSIDE, notebook_body
from analysis_utils.wording.german import set_lines
from analysis_utils.wording.html import BESIDE, table
from analysis_utils.wording.labels import breakable
from analysis_utils.wording.references import REFERENCE


def notebook(*outputs, markdown="# Frage?\n\n## Erster Teil\n\n## Zweiter Teil"):
    cells = [nbformat.v4.new_markdown_cell(markdown), nbformat.v4.new_code_cell("1", outputs=list(outputs))]
    return nbformat.v4.new_notebook(cells=cells)


def output(data):
    """As `publish` shows it, unless it is plain text."""
    ours = {REFERENCE: {}} if "text/html" in data else {}
    return nbformat.v4.new_output("display_data", data=data | ours)


def test_title_and_contents_come_from_the_headings(tmp_path):
    body = notebook_body(notebook(), small_round(2), tmp_path, "03_probe")
    assert body.title == "Frage?"
    assert [words for _, words in body.contents] == ["Erster Teil", "Zweiter Teil"]
    for identifier, _ in body.contents:
        assert f'<h2 id="{identifier}">' in body.markup


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


def test_decimals_of_a_column_stand_in_line_without_changing_its_words():
    cells = ["8", "8,5", "12,25", "–", "3–4", Markup("<data>7</data>"), "74\u00a0%"]
    html = str(table("T", ["a", "b"], [[str(place), cell] for place, cell in enumerate(cells)], name="t").markup)
    rooms = [re.findall(r'data-room="([^"]*)"', line) for line in html.split("<tr>")[2:]]
    assert rooms == [[",00\u00a0%"], ["0\u00a0%"], ["\u00a0%"], [], [], [",00\u00a0%"], [",00"]]
    assert [re.sub("<[^>]+>", "", line).strip()[1:] for line in html.split("<tr>")[2:]][:3] == ["8", "8,5", "12,25"]


def test_only_a_table_with_withheld_cells_explains_their_sign():
    withheld = Markup('<span class="withheld">•</span>')
    assert "zurückgehalten" in table("T", ["a", "b"], [["1", withheld]], name="t").markup
    assert "zurückgehalten" not in table("T", ["a", "b"], [["1", "2"]], name="t").markup


def test_lines_break_where_german_readers_expect_it():
    text = set_lines('<p title="n = 3">n = 29, 95-%-Bereich, 12. November, Wirtschaft/Unternehmen</p><svg>n = 3</svg>')
    assert text == (
        '<p title="n = 3">n\u00a0=\u00a029, <span class="whole">95-%-</span>Bereich, 12.\u00a0November, '
        "Wirtschaft/<wbr>Unternehmen</p><svg>n = 3</svg>"
    )


@pytest.mark.parametrize(
    "syllables",
    [
        *("Ver-an-stal-tung", "Teil-neh-mer-grup-pe", "Quer-schnitts-the-men", "Ant-wort-mög-lich-kei-ten"),
        *("Me-tho-den-be-schrei-bung", "Bei-spiel-da-ten", "Paar-ver-glei-che", "Nach-bar-schaft", "Un-ter-stüt-zung"),
    ],
)
def test_long_words_are_broken_between_syllables_only(syllables):
    def places(text: str, hyphen: str) -> set[int]:
        parts = text.split(hyphen)
        return {len("".join(parts[:count])) for count in range(1, len(parts))}

    found = places(breakable(syllables.replace("-", "")), "\u00ad")
    assert found and found <= places(syllables, "-")


def test_files_a_notebook_reads_go_with_its_code(tmp_path):
    prose = "# Frage?\n\nVorspann.\n\n**Gelesen wird** nur `estimates.csv`. **Geschrieben wird** nichts.\n\nNachspann."
    body = notebook_body(notebook(markdown=prose), small_round(2), tmp_path, "03_probe")
    aside = re.search(r'<details class="code"><summary>Dateien</summary>(.*?)</details>', body.markup, re.DOTALL)
    assert "estimates.csv" in aside[1] and "Vorspann" not in aside[1] and "Nachspann" not in aside[1]


def test_title_and_caption_beside_a_chart_in_a_notebook_are_left_out_of_its_page(tmp_path):
    beside = nbformat.v4.new_output("display_data", data={"text/html": "<b>Neben dem Bild</b>"}, metadata=BESIDE)
    other = nbformat.v4.new_output("display_data", data={"text/html": "<b>Tabelle</b>"}, metadata={"x": 1})
    body = notebook_body(notebook(beside, other), small_round(2), tmp_path, "03_probe")
    assert "Neben dem Bild" not in body.markup and "Tabelle" in body.markup


def test_a_comment_that_looks_like_the_place_of_an_output_stays_a_comment(tmp_path):
    prose = "# Frage?\n\nVor <!--output 99--> und <!--figure 7--> nach."
    body = notebook_body(
        notebook(output({"text/html": "<b>Tabelle</b>"}), markdown=prose), small_round(2), tmp_path, "03"
    )
    assert "<!--output 99-->" in body.markup and "<!--figure 7-->" in body.markup
    assert body.markup.count("<b>Tabelle</b>") == 1 and "<!--output 1-->" not in body.markup


def test_page_of_very_many_figures_links_their_drawings_and_keeps_the_rest(tmp_path):
    def shown(drawing: str) -> str:
        picture = '<a download="a.png" href="data:image/png;base64,B"></a>'
        links = f'<a download="a.svg" href="{drawing}"></a>{picture}'
        body = notebook_body(notebook(output({"text/html": links})), small_round(2), tmp_path, "03_probe")
        assert picture in body.markup
        return re.search(r'download="a.svg" href="([^"]*)"', body.markup)[1]

    assert shown("data:image/svg+xml;base64,AAAA") == "data:image/svg+xml;base64,AAAA"
    assert shown("data:image/svg+xml;base64," + "A" * MOST_INSIDE) == "../figures/a.svg"


def test_words_in_a_column_of_numbers_may_be_broken_and_numbers_not():
    html = str(table("T", ["a", "b"], [["x", "kein Beleg für eine Veränderung"], ["y", "−1,5 bis +0,3"]], name="t"))
    assert html.count('class="words"') == 1 and '<span class="words">kein Beleg' in html


def test_summary_becomes_what_the_page_opens_with(tmp_path):
    box = '<div class="summary"><p>Kurz.</p></div>'
    body = notebook_body(notebook(output({"text/html": box})), small_round(2), tmp_path, "03_probe")
    assert body.lead == box
    assert "Kurz." not in body.markup and "Erster Teil" in body.markup


def test_tables_are_numbered_by_page_and_those_of_figures_are_not(tmp_path):
    tables = [str(table("T", ["a"], [["b"]], name=name)) for name in ("eins", "zahlen-x", "zwei")]
    body = notebook_body(notebook(*[output({"text/html": t}) for t in tables]), small_round(2), tmp_path, "03_probe")
    assert "Tabelle 3.1: T" in body.markup and "Tabelle 3.2: T" in body.markup and "Tabelle 3.3" not in body.markup


def absent_and_results():
    """A notebook with a section that shows a result and one that says the round has nothing of its kind."""
    missing = output({"text/html": '<p class="note absent">Nicht gefragt.</p>'})
    cells = [nbformat.v4.new_markdown_cell("# Frage?\n\nVorspann."), nbformat.v4.new_code_cell("0")]
    for heading, shown in (("Da", output({"text/html": "<p>Ergebnis.</p>"})), ("Fehlt", missing)):
        cells += [nbformat.v4.new_markdown_cell(f"## {heading}\n\nProsa."), nbformat.v4.new_code_cell(outputs=[shown])]
    return nbformat.v4.new_notebook(cells=cells)


def test_section_that_only_says_what_a_round_does_not_have_is_left_out(tmp_path):
    body = notebook_body(absent_and_results(), small_round(2), tmp_path, "03_probe")
    assert [words for _, words in body.contents] == ["Da"]
    assert "Ergebnis." in body.markup and "Nicht gefragt." not in body.markup and not body.is_empty


def test_page_without_any_result_is_empty_but_keeps_its_title(tmp_path):
    whole = absent_and_results()
    del whole.cells[2:4]
    body = notebook_body(whole, small_round(2), tmp_path, "03_probe")
    assert body.is_empty and body.title == "Frage?"


def test_remark_that_is_a_result_keeps_its_section(tmp_path):
    remark = output({"text/html": '<p class="note">Nichts beanstandet.</p>'})
    body = notebook_body(notebook(remark, markdown="# Frage?\n\n## Teil"), small_round(2), tmp_path, "03_probe")
    assert "Nichts beanstandet." in body.markup and not body.is_empty
