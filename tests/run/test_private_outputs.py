"""A notebook that reads private tables: nothing it shows reaches a page but what is made anew from tables."""

from __future__ import annotations

import base64
import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from analysis_utils.errors import DataError
from analysis_utils.pages.export import notebook_body
from analysis_utils.run.notebooks import Step
from analysis_utils.wording.references import Source

START = """\
import pandas as pd
from analysis_utils import pages
from analysis_utils.clean.survey import ingest_survey, write_survey
from analysis_utils.notes.group_notes import ingest_group_notes
from analysis_utils.gate.estimates import write_estimates
from analysis_utils.rounds import open_round
round_ = open_round('fachdialog-1')
survey, notes = ingest_survey(round_), ingest_group_notes(round_)
answers = survey.answers
wide = answers[answers['type'] == 'points'].pivot_table('value', 'voter', 'item', observed=True)
said = notes.statements['text'].iloc[0]
evidence = pages.Evidence(round_, write_estimates(round_))
asked = evidence.asked('points')
import analysis_utils as bench
from analysis_utils import dots, estimate, grid, publish, rank_sets, say, show, stacked, table
frames = bench.open_round('fachdialog-1')
points, focus = frames.points(), frames.scale('fokussierung')
ranking = publish(estimate(points, 'mean'), rank_sets(points))"""
HONEST = {
    "totals": "pages.conservation_summary(survey.totals)",
    "reading": "pages.reading_table(survey.reading)",
    "problems": "pages.problems_table(survey.problems)",
    "notes": "pages.notes_table(notes.read, round_)",
    "typed note": "pages.note('Von Hand geschrieben.')",
    "sentences": "pages.summary(pages.ranking_sentences(evidence, asked[0]))",
    "one sentence": "pages.paragraphs(pages.ranking_sentences(evidence, asked[0])[:1], 'Kurz')",
    "each": "pages.each(asked, lambda question: pages.question_card(evidence, question))",
    "chart": "pages.ranking_chart(evidence, asked[0]).save(round_.figures)",
    "table of groups": "pages.when_themes(evidence, pages.coverage_table)",
    "codings counted": "show(grid(publish(estimate(frames.codings(), ['statement_count', 'groups_covered']))))",
    "nothing shown": "_ = wide.mean()",
    "published rows": "show(dots(ranking, beside=['rank', 'tier']), say(ranking), say(frames.questions('points')[0]))",
    "rows of one area": "show(dots(ranking[ranking['item'] == 'synergien']), table(ranking, title='Von Hand'))",
    "rows of segments": "cut = frames.segments('fokussierung')\n"
    "parts = publish(estimate(focus, ['class_share', 'top_box'], by=cut))\n"
    "show(stacked(parts), say(parts), table(parts))",
}
PLANTS = {
    "print": "print(wide)",
    "crosstab": "print(pd.crosstab(answers['voter'], answers['question']))",
    "value": "wide",
    "text": "wide.to_string()",
    "number": "int(wide.iloc[0, 0])",
    "series": "wide.iloc[3]",
    "styler": "wide.style.highlight_max()",
    "pre": "from IPython.display import HTML\nHTML('<pre>' + wide.to_string() + '</pre>')",
    "comment": "from IPython.display import HTML\nHTML('<!--' + said + '-->')",
    "markdown": "from IPython.display import Markdown\nMarkdown('- ' + said)",
    "latex": "from IPython.display import Latex\nLatex('$' + said + '$')",
    "json": "from IPython.display import JSON\nJSON(wide.iloc[0].to_dict())",
    "matplotlib": "import matplotlib.pyplot as plt\nplt.plot(wide.iloc[0]);",
    "seaborn": "import seaborn as sns\nsns.stripplot(wide)",
    "image": "from IPython.display import display\n"
    "display({'image/png': 'iVBORw0KGgo=', 'text/plain': said}, raw=True)",
    "svg": "from IPython.display import SVG\nSVG('<svg><text>' + said + '</text></svg>')",
    "plotly": "import plotly.express as px\npx.strip(wide)",
    "described plotly": "import plotly.express as px\nfrom IPython.display import display\n"
    "display({'application/vnd.plotly.v1+json': px.strip(wide).to_plotly_json()}, raw=True, "
    "metadata={'fachdialog': {'name': 'x', 'title': said, 'caption': '', 'alt': said}})",
    "widget": "import ipywidgets\nipywidgets.HTML(said)",
    "captured by a widget": "import ipywidgets\nout = ipywidgets.Output()\nwith out:\n    print(wide)\nout",
    "warning": "import warnings\nwarnings.warn(said)",
    "logging": "import logging\nlogging.error(said)",
    "stderr": "import sys\nprint(said, file=sys.stderr)",
    "update": "from IPython.display import display\nh = display(pages.note('Von Hand'), display_id=True)\n"
    "h.update(wide)",
    "cleared": "from IPython.display import clear_output\nprint(1)\nclear_output(wait=True)\nprint(said)",
    "debugger": "%pinfo2 said\nprint(repr(said))",
    "magic": "%who_ls\n%timeit -n1 -r1 pass",
    "note": "pages.note(said)",
    "note of numbers": "pages.note(f'Person eins: {wide.iloc[0].tolist()}')",
    "summary": "from markupsafe import Markup\npages.summary([Markup(said)])",
    "heading": "pages.paragraphs(pages.ranking_sentences(evidence, asked[0]), said)",
    "joined sentences": "from markupsafe import Markup\n"
    "pages.paragraphs([pages.ranking_sentences(evidence, asked[0])[0] + Markup(said)])",
    "own html": "from analysis_utils.wording.html import Html\nfrom markupsafe import Markup\nHtml(Markup(said))",
    "table by hand": "from analysis_utils.wording.html import table\ntable('x', ['a', 'b'], [['c', said]], name='x')",
    "edited table": "pages.reading_table(survey.reading.assign(wording=said))",
    "edited in place": "survey.reading.loc[0, 'wording'] = said\npages.reading_table(survey.reading)",
    "edited totals": "survey.totals['voters'] = 10203040\npages.conservation_summary(survey.totals)",
    "edited question": "pages.question_card(evidence, asked[0].model_copy(update={'wording': said}))",
    "edited evidence": "pages.ranking_table(pages.Evidence(round_, evidence.estimates.assign(estimate=7.0, "
    "low=float('nan'), high=float('nan'))), asked[0])",
    "figure with another title": "from dataclasses import replace\n"
    "replace(pages.ranking_chart(evidence, asked[0]), title=said, reference=None)",
    "patched": "from analysis_utils.wording import html\nhtml.Markup = lambda text: said\nprint(said)",
    "typed at run time": "from IPython.display import display\nexec('display(pages.note(' + repr(said) + '))')",
    "exploring frame": "estimate(points, 'mean')",
    "exploring chart": "dots(estimate(points, 'mean'))",
    "edited rows": "dots(ranking.assign(estimate=points.iloc[0, 0], low=None, high=None))",
    "rows renamed": "table(ranking.assign(item=said))",
    "title from memory": "dots(ranking, title=said)",
    "title of table from memory": "table(ranking, title=f'Person eins: {points.iloc[0, 0]}')",
    "other sentence": "say(ranking).markup + said",
    "repr of the frame": "print(points)",
    "exception text": "raise ValueError(said)",
    "reference by hand": "from IPython.display import display\ndisplay({'text/html': said, "
    "'application/vnd.fachdialog.reference+json': {'show': 'note', 'arguments': [{'literal': said}], "
    "'options': {}, 'text': ''}}, raw=True)",
    "reference to a table": "from IPython.display import display\ndisplay({"
    "'application/vnd.fachdialog.reference+json': {'show': 'problems_table', "
    "'arguments': [{'table': 'answers'}], 'options': {}, 'text': ''}}, raw=True)",
    "reference to a path": "from IPython.display import display\ndisplay({"
    "'application/vnd.fachdialog.reference+json': {'show': 'reading_table', "
    "'arguments': [{'kept': '../../notebook'}], 'options': {}, 'text': ''}}, raw=True)",
}
FILES = {
    "to_csv": "wide.to_csv(round_.processed / 'eigene.csv')",
    "figure folder": "round_.figures.mkdir(parents=True, exist_ok=True)\nwide.to_csv(round_.figures / 'a.csv')",
    "savefig": "import matplotlib.pyplot as plt\nround_.figures.mkdir(parents=True, exist_ok=True)\n"
    "plt.plot(wide.iloc[0])\nplt.savefig(round_.figures / 'a.svg')",
    "report": "round_.reports.mkdir(parents=True, exist_ok=True)\n(round_.reports / 'a.txt').write_text(said)",
    "picture": "(round_.processed / 'tafel-mein-foto.jpg').write_bytes(b'x')",
}


@pytest.fixture(scope="module")
def desk(built_round, tmp_path_factory):
    """Places of a notebook like those the runner gives."""
    folder = tmp_path_factory.mktemp("desk")
    round_ = replace(built_round, processed=folder / "processed" / built_round.name, reports=folder / "reports" / "x")
    shutil.copytree(built_round.processed, round_.processed, ignore=shutil.ignore_patterns(".run"))
    return folder, round_


@pytest.fixture(scope="module")
def executed(desk, kernels):
    """Every cell run in one kernel: the notebook of its own that each of them makes with the first."""
    folder, round_ = desk
    environment = {
        **{"FACHDIALOG_DATA": str(round_.raw.parents[1]), "FACHDIALOG_PROCESSED": str(round_.processed.parent)},
        **{"FACHDIALOG_REPORTS": str(folder / "reports"), "FACHDIALOG_KEPT": str(folder / "kept")},
        "FACHDIALOG_PRIVATE": "open",
    }

    def run(sources: dict[str, str], *, on: bool = True):
        tags = {"tags": ["raises-exception"]} if on else {}
        cells = [nbformat.v4.new_code_cell(source, metadata=tags) for source in (START, *sources.values())]
        notebook = nbformat.v4.new_notebook(cells=cells)
        kernels.execute(notebook, folder / "31_eigenes.ipynb", environment)
        assert not notebook.cells[0].outputs
        return {
            name: nbformat.v4.new_notebook(cells=[notebook.cells[0], cell])
            for name, cell in zip(sources, notebook.cells[1:], strict=True)
        }

    return run


def page(notebook, desk):
    folder, round_ = desk
    return notebook_body(notebook, round_, folder / "drawn", "31_eigenes", Source(round_, folder / "kept"))


def test_what_publish_makes_of_tables_is_on_the_page(executed, desk):
    bodies = {name: page(notebook, desk) for name, notebook in executed(HONEST, on=False).items()}
    assert "<data" in bodies["totals"].lead and "<data" in bodies["reading"].markup
    assert "Von Hand geschrieben." in bodies["typed note"].markup
    assert list(bodies["chart"].charts) == ["chart-rangfolge_fokusbereiche"]
    assert (desk[0] / "drawn" / "rangfolge_fokusbereiche.svg").is_file()
    assert not (desk[0] / "reports" / "fachdialog-1" / "figures").exists()
    assert "Kurz" in bodies["one sentence"].markup and 'class="wording"' in bodies["each"].markup


def test_everything_else_stops_the_page_with_notebook_and_cell(executed, desk):
    passed = []
    for name, notebook in executed(PLANTS).items():
        assert notebook.cells[1].outputs, name
        try:
            page(notebook, desk)
            passed.append(name)
        except DataError as fault:
            assert re.match(r"31_eigenes\.ipynb: .* at cell 2; ", str(fault)), str(fault)
            assert "Förder" not in str(fault)
    assert passed == []


@pytest.mark.parametrize("tag", ["remove_output", "remove-output", "remove_cell"])
def test_cells_for_exploring_are_on_no_page(desk, tag):
    printed = nbformat.v4.new_output("stream", text="geheim")
    cell = nbformat.v4.new_code_cell("print(wide)", outputs=[printed], metadata={"tags": [tag]})
    body = page(nbformat.v4.new_notebook(cells=[cell]), desk)
    assert ("print" in body.markup) is (tag != "remove_cell") and "geheim" not in body.markup


def test_attached_picture_stops_the_page(desk):
    cell = nbformat.v4.new_markdown_cell("![](attachment:a.png)", attachments={"a.png": {"image/png": "iVBORw0KGgo="}})
    with pytest.raises(DataError, match="an attached picture at cell 1"):
        page(nbformat.v4.new_notebook(cells=[cell]), desk)


def test_files_of_such_a_notebook_are_refused_where_they_are_written(executed):
    with pytest.raises(DataError, match=r"31_eigenes\.ipynb, cell 2: .*to write tables only"):
        executed(FILES)
    with pytest.raises(DataError, match=r"31_eigenes\.ipynb, cell 2: .*to write tables only"):
        executed({"caught": "try:\n    wide.to_csv(round_.processed / 'b.csv')\nexcept OSError:\n    pass"})


def test_picture_of_a_page_without_metadata_is_its_pixels(desk):
    from PIL import Image, PngImagePlugin

    about = PngImagePlugin.PngInfo()
    about.add_text("Comment", "geheim")
    buffer = io.BytesIO()
    Image.new("RGBA", (3, 2), (1, 2, 3, 4)).save(buffer, "png", pnginfo=about)
    shown = nbformat.v4.new_output("display_data", data={"image/png": base64.b64encode(buffer.getvalue()).decode()})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=[shown])])
    body = notebook_body(notebook, desk[1], Path(), "31_eigenes")
    found = base64.b64decode(re.search(r"data:image/png;base64,([^\"]+)", body.markup)[1])
    assert b"geheim" not in found
    assert Image.open(io.BytesIO(found)).getpixel((0, 0)) == (1, 2, 3, 4)


def test_notebook_is_taken_for_private_by_what_it_imports(tmp_path):
    path = tmp_path / "31_a.ipynb"
    for source, is_private in ((START, True), ("from analysis_utils import pages", False)):
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
        assert Step(path).is_ingest is is_private
