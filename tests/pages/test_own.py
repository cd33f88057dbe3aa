"""An analyst's own outputs in a report notebook: all of it appears, harmless, accessible and marked."""

from __future__ import annotations

import base64
import io
import re

import nbformat
import pandas as pd
import pytest
from small_rounds import small_round

from analysis_utils.errors import DataError
from analysis_utils.pages.export import notebook_body, render_page
from analysis_utils.pages.own import MARK, NO_ALT
from analysis_utils.wording.html import note
from proofread import read_page

PLOTLY = "application/vnd.plotly.v1+json"


def body_of(*outputs, source="1", **more):
    cells = [
        nbformat.v4.new_markdown_cell("# Frage?\n\n## Teil"),
        nbformat.v4.new_code_cell(source, outputs=[*outputs]),
    ]
    return notebook_body(nbformat.v4.new_notebook(cells=cells), small_round(2), None, "12_eigene", **more)


def shown(data, metadata=None):
    return nbformat.v4.new_output("display_data", data=data, metadata=metadata or {})


def png(mode="RGB"):
    from PIL import Image

    buffer = io.BytesIO()
    Image.new(mode, (4, 3)).save(buffer, "png")
    return base64.b64encode(buffer.getvalue()).decode()


def test_every_kind_of_output_appears_under_its_mark():
    kinds = {
        "printed": nbformat.v4.new_output("stream", text="n = 17  <b>"),
        "to stderr": nbformat.v4.new_output("stream", name="stderr", text="/home/anna/x/lib.py:3: Warnung"),
        "error": nbformat.v4.new_output("error", ename="E", evalue="v", traceback=["\x1b[31mE: v\x1b[0m"]),
        "plain": shown({"text/plain": "{'a': 1}"}),
        "markdown": shown({"text/markdown": "*kursiv* und $x^2$", "text/plain": "x"}),
        "latex": shown({"text/latex": "$\\frac{a}{b}$", "text/plain": "x"}),
        "strange latex": shown({"text/latex": "\\begin{foo}a < b\\end{foo}"}),
        "json": shown({"application/json": {"a": [1]}, "text/plain": "x"}),
        "html": shown({"text/html": "<p onclick='x()'>Text <em>fett</em></p>"}),
        "png alone": shown({"image/png": png()}),
        "svg": shown({"image/svg+xml": "<svg viewBox='0 0 9 9'><script>x</script></svg>", "text/plain": "x"}),
        "chart": shown({PLOTLY: {"data": [{"type": "violin", "y": [1]}], "layout": {"title": {"text": "T"}}}}),
    }
    wanted = {
        **{
            "printed": "n = 17  &lt;b&gt;",
            "to stderr": ">lib.py:3: Warnung",
            "error": ">E: v<",
            "plain": "{&#39;a&#39;: 1}",
        },
        **{
            "markdown": "<em>kursiv</em>",
            "latex": 'alt="\\frac{a}{b}"',
            "strange latex": "a &lt; b",
            "json": "&#34;a&#34;",
        },
        **{"html": "<p>Text <em>fett</em></p>", "png alone": "data:image/png", "svg": "data:image/svg+xml"},
        "chart": 'id="eigen-12-1"',
    }
    for name, output in kinds.items():
        markup = body_of(output).markup
        assert wanted[name] in markup, (name, markup)
        assert markup.count(MARK) == 1 and "onclick" not in markup and "<script" not in markup, name


def test_what_publish_made_bears_no_mark_and_own_outputs_of_a_cell_share_one():
    data = note("Von uns.")._repr_mimebundle_()
    own = [shown({"text/plain": "1"}), shown({"text/plain": "2"})]
    markup = body_of(shown(data), *own).markup
    assert markup.index("Von uns.") < markup.index(MARK) and markup.count(MARK) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"text/html": "<script>alert(1)</script><div id='x'></div>"}, "script element"),
        ({"text/html": "<iframe src='https://example.org'></iframe>"}, "iframe element"),
        ({"application/vnd.vegalite.v5+json": {}, "text/plain": "Chart"}, "vegalite"),
        ({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "W()"}, "widget-view"),
        ({"application/pdf": "x"}, "application/pdf"),
        ({PLOTLY: {"data": [{"type": "scattermap", "lat": [1], "lon": [1]}]}}, "tiles come from the network"),
        (
            {PLOTLY: {"data": [{"type": "choropleth", "locations": ["DEU"], "z": [1]}]}},
            "outlines come from the network",
        ),
    ],
)
def test_what_a_page_cannot_hold_is_refused_with_its_cell(data, said):
    with pytest.raises(DataError, match=rf"^12_eigene\.ipynb: .*{said}.* at cell 2; .*remove_output"):
        body_of(shown(data))


def test_frame_becomes_an_accessible_table_with_the_caption_of_its_cell():
    frame = pd.DataFrame({"<b>": [1.5, 2], "Wort": ["<i>x</i>", "y"]}, index=pd.Index(["u", "v"], name="Zeile"))
    markup = body_of(shown({"text/html": frame._repr_html_()}), source="#| tbl-cap: Titel <1>\nframe").markup
    assert "Titel &lt;1&gt;</caption>" in markup and "<i>x" not in markup
    assert markup.count('scope="col"') >= 2 and '<th scope="row">u</th>' in markup
    assert '<td class="num">1.5</td>' in markup and "border=" not in markup


def test_styled_table_keeps_its_colours_and_the_same_names_each_time():
    def made():
        style = pd.DataFrame({"a": [1, 2]}).style.background_gradient().set_caption("Gefärbt")
        return body_of(shown({"text/html": style._repr_html_()})).markup

    assert made() == made()
    rule = re.search(r"#(T-12-1)_row0_col0 \{ background-color", made())
    assert rule and f'id="{rule[1]}_row0_col0"' in made() and "Gefärbt</caption>" in made()


def test_style_of_others_touches_nothing_but_its_own_table():
    style = "<style>body {display: none} #T_1a td {color: red; background: url(x)} @import 'y';</style><p>da</p>"
    markup = body_of(shown({"text/html": style})).markup
    assert "<p>da</p>" in markup and "display" not in markup and "url" not in markup and "import" not in markup


def test_picture_without_description_is_told_on_the_page_and_at_the_end():
    described = body_of(shown({"image/png": png()}), source="#| fig-alt: Ein Feld.\n#| fig-cap: Feld\nplot()")
    of_object = body_of(shown({"image/png": png("P")}, {"image/png": {"alt": "Aus dem Objekt"}}))
    without = body_of(shown({"image/png": png("LA")}), shown({PLOTLY: {"data": []}}))
    assert 'alt="Ein Feld."' in described.markup and "Feld" in described.markup and described.undescribed == []
    assert 'alt="Aus dem Objekt"' in of_object.markup and of_object.undescribed == []
    assert without.markup.count(NO_ALT) == 2 and without.undescribed == [2, 2]


KINDS = [("bar", False), ("scattergl", False), ("sankey", True), ("scatter3d", True), ("splom", True)]


@pytest.mark.parametrize(("kind", "is_large"), KINDS)
def test_page_brings_the_plotly_that_draws_its_charts(kind, is_large, built_round):
    body = body_of(shown({PLOTLY: {"data": [{"type": kind}]}}))
    page = render_page(built_round, body, pages=[], home="")
    assert (len(page) > 3_000_000) is is_large and "Plotly" in page
    assert ("'unsafe-eval'" in page[:2000]) is (kind == "splom")
    assert 'id="own-charts"' in page and 'id="charts"' not in page


def test_numbers_of_own_evaluations_are_counted_not_checked():
    page = read_page("a", str(body_of(shown({"text/plain": "n = 17"})).markup) + "<p>Von uns 18.</p>")
    assert page.own == 1 and [passage.text for passage in page.passages if "1" in passage.text] == ["Von uns 18."]


def test_formula_in_prose_is_drawn_and_money_is_left_alone():
    cell = nbformat.v4.new_markdown_cell("# F?\n\nMit $x_i^2$, `a $b$ c`, für 5 $ oder 6 $.")
    markup = notebook_body(nbformat.v4.new_notebook(cells=[cell]), small_round(2)).markup
    assert 'alt="x_i^2"' in markup and markup.count("<img") == 1 and "5 $ oder 6 $" in markup and "a $b$ c" in markup
