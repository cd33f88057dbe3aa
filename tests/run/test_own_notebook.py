"""An analyst's own notebook under the runner: what it publishes is on its page and in the tables, and nothing else."""

from __future__ import annotations

import csv

import pytest
from small_project import Project, write_notebook
from test_release import made, poll, report

from analysis_utils.cli import main

OWN = [
    "# Wer sagt ja?",
    "PARAMETERS",
    "from analysis_utils import claim, dots, estimate, open_round, publish, say, show, stacked, table\n"
    "round_ = open_round(ROUND)\nvalues = round_.scale()",
    "import pandas as pd\n"
    'late = pd.Series(["spät, ab 9" if person > 8 else "früh" for person in values.index], values.index)\n'
    'rows = publish(estimate(values, ["class_share", "top_box", "mean"], by=late), name="zeit")\n'
    "show(stacked(rows), table(rows))",
    "rows",
    'show(claim("Alle sagen ja", "top_box_share(of=s) >= 0.95", on=publish(estimate(values, "top_box"))))',
]
READS = [
    "# Was wurde veröffentlicht?",
    "PARAMETERS",
    "from analysis_utils import open_published\nrows = open_published(ROUND)",
    'print("eigene Zeilen:", rows["segment"].str.startswith("zeit:").sum())',
]


@pytest.fixture
def polled(project: Project) -> Project:
    return poll(project, eigenes_12=OWN, lesen_13=READS)


def page(project: Project, name: str) -> str:
    return (project.round.reports / "html" / f"{name}.html").read_text(encoding="utf-8")


def test_own_breakdown_goes_from_notebook_to_page_tables_and_record(polled: Project) -> None:
    made(polled)
    shown = page(polled, "12_eigenes")
    assert shown.count("zeit: spät, ab 9</td>") == 2 * 5, "the table, and the same rows as the cell ends with them"
    assert 'data-key="probe/s/zeit:früh//top_box_share"' in shown
    assert 'data-condition="top_box_share(of=s) &gt;= 0.95"' in shown, "what a condition states is no number of ours"
    assert "zurückgehalten" in shown, "a mean of few is not shown"
    with (polled.round.reports / "estimates.csv").open(encoding="utf-8") as file:
        own = [row for row in csv.DictReader(file) if row["segment"].startswith("zeit:")]
    assert f"eigene Zeilen: {len(own)}" in page(polled, "13_lesen")
    assert {row["n"] for row in own if row["status"] == "published"} == {"8", "12"}
    record = (polled.round.processed / "schutzprotokoll.md").read_text(encoding="utf-8")
    assert "zeit, s (12_eigenes, Zelle 4)" in record
    assert made(polled).done == []

    write_notebook(polled.notebooks / "12_eigenes.ipynb", [*OWN, "print(values)"])
    [told] = report(polled).failures
    assert "12_eigenes.ipynb" in told and "at cell 7" in told and "remove_output" in told
    assert page(polled, "12_eigenes") == shown


def test_class_of_participants_words_never_leaves(polled: Project) -> None:
    secret = 'values.map(lambda value: "".join(chr(code) for code in (71, 101, 104, 101, 105, 109)) + str(value > 2))'
    cells = [
        *OWN[:3],
        f'rows = publish(estimate(values, "top_box", by={secret}.rename("w")), name="wort")\nshow(table(rows))',
    ]
    write_notebook(polled.notebooks / "12_eigenes.ipynb", cells)
    [told] = report(polled).failures
    assert "12_eigenes: expected classes of “wort” that the notebook" in told and "Geheim" not in told
    assert not (polled.round.reports / "index.html").is_file()


def test_new_notebook_runs_as_it_is(polled: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("12_eigenes", "13_lesen"):
        (polled.notebooks / f"{name}.ipynb").unlink()
    places = ["--data", str(polled.folder / "data"), "--notebooks", str(polled.notebooks)]
    assert main(["new-notebook", "Wer will „mehr“?", *places]) == 0
    assert "12_wer_will_mehr.ipynb" in capsys.readouterr().out
    made(polled)
    shown = page(polled, "12_wer_will_mehr")
    assert "Wer will „mehr“?" in shown and "describe" not in shown and "Ausprobieren" not in shown
    assert "Was ergibt sich für alle?" not in shown, "no such question: no section"
