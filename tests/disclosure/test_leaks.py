"""Planted leaks are found wherever they hide; the finding says where, not what."""

import base64
import io
import json
import os
import zipfile
import zlib
from dataclasses import replace

import nbformat
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from random_rounds import AREAS, make_round, random_people, tables

from analysis_utils.contracts import TABLES
from analysis_utils.errors import DataError
from analysis_utils.gate.estimates import estimate_round
from analysis_utils.rounds.round_file import Compare
from analysis_utils.tables import make_table, to_csv, write_table
from analysis_utils.verify.known import _column, secrets_of
from analysis_utils.verify.leaks import check_report, stop_on
from analysis_utils.verify.published import Published
from proofread import Secrets, search_files

SAID = "Die Förderung kommt bei uns im Dorf überhaupt nicht an"
SHORT = "Quatsch-Veranstaltung"
CODE = "MA 05"


@pytest.fixture(scope="module")
def round_(tmp_path_factory):
    """A round with its private tables, in which two people wrote something."""
    data = tmp_path_factory.mktemp("data")
    made = make_round(data / "raw" / "r")
    voters, answers = tables(random_people(1))
    texts = [
        {"round": "r", "session": 1, "voter": voter, "question": "open", "type": "open", "text": text}
        for voter, text in ((1, SAID), (2, SHORT))
    ]
    texts += [
        {"round": "r", "session": 1, "voter": voter, "question": "code", "type": "open", "text": text}
        for voter, text in ((1, CODE), (2, "xy71"), (3, "2030"), (4, "87654"), (5, "A4"), (6, "anna"), (7, "Gruppe1"))
    ]
    whole = [*answers.to_dict("records"), *texts]
    answers = make_table("answers", whole)
    for name, table in (("voters", voters), ("answers", answers), ("estimates", estimate_round(made, voters, answers))):
        write_table(table, name, made.table(name))
    return made


@pytest.fixture(scope="module")
def secrets(round_):
    return secrets_of([round_])


@pytest.fixture(scope="module")
def linked(round_):
    """As `secrets`, of a round that names the question with the codes."""
    compare = Compare.model_validate({"with": ["before"], "link_code": "code"})
    return secrets_of([replace(round_, file=round_.file.model_copy(update={"compare": compare}))])


def rules(path, secrets):
    return {finding.rule for finding in search_files([path], secrets)}


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def png_with(text: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0" * 13)
    return head + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(text)) + chunk(b"IEND", b"")


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr(name, content)
    return out.getvalue()


HIDDEN = {
    "plain.html": f"<p>{SAID}</p>",
    "part.html": "<p>kommt bei uns im Dorf</p>",
    "folded.html": "<p>die  FÖRDERUNG\nkommt&nbsp;bei uns im dorf</p>",
    "tags.html": "<p>Die <b>Förder</b>ung kommt bei <i>uns</i> im Dorf überhaupt</p>",
    "entities.html": "<p>Die F&ouml;rderung kommt bei uns im Dorf &#252;berhaupt</p>",
    "title.svg": f"<svg><title>{SAID}</title></svg>",
    "metadata.svg": f"<svg><metadata><x>{SAID}</x></metadata></svg>",
    "escaped.json": json.dumps({"text": SAID}),
    "twice.json": json.dumps({"html": json.dumps({"text": SAID})}),
    "short.html": f"<p>{SHORT}</p>",
    "picture.png": png_with(SAID.encode()),
    "sheet.xlsx": zipped("xl/sharedStrings.xml", f"<t>{SAID}</t>".encode()),
    "nested.pptx": zipped("ppt/embeddings/a.xlsx", zipped("xl/a.xml", SAID.encode())),
    "utf16.csv": SAID.encode("utf-16"),
    "uri.html": f'<img src="data:image/svg+xml;base64,{base64.b64encode(SAID.encode()).decode()}">',
}


@pytest.mark.parametrize("name", HIDDEN)
def test_words_of_a_participant_are_found(tmp_path, secrets, name):
    path = written(tmp_path, name, HIDDEN[name])
    findings = search_files([path], secrets)
    pictures = {"a picture with metadata"} if name.endswith(".png") else set()
    assert {finding.rule for finding in findings} == {"words of a participant"} | pictures
    assert all("Dorf" not in str(finding) and name in str(finding) for finding in findings)


def test_no_file_releases_what_somebody_wrote_in_the_poll(tmp_path, round_, secrets):
    """An open answer in `released.csv` or `paraphrases.csv` stays what one person said; no public table has a place."""
    (round_.raw).mkdir(parents=True, exist_ok=True)
    for name in ("released.csv", "paraphrases.csv"):
        (round_.raw / name).write_text(f"sentence;text;released_by\n{SAID};{SAID};Leitung\n", encoding="utf-8")
    path = written(tmp_path, "a.html", f"<p>{SAID}</p>")
    assert rules(path, secrets_of([round_])) == {"words of a participant"}
    with_words = {
        name for name, table in TABLES.items() if not table.private for c in table.columns if c.name == "text"
    }
    assert not with_words


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("{0}, {1} und {2}", True),
        ("{2}. {0}; {1}: {2}", False),
        ("{0} {1} – schnell, und zwar sofort, mit {2}", True),
        ("{1} {2} {0}", False),
    ],
)
def test_who_only_names_labels_in_whatever_order_said_nothing_that_a_list_does_not_say(
    tmp_path, round_, text, is_found
):
    """Lists of results put labels beside each other, with numbers between them, and charts cut them."""
    labels = ["Wege durch Tagebaue", "Bahn in die Fläche", "Alte Kraftwerke als Museen"]
    codes = [
        code.model_copy(update={"label_de": label})
        for code, label in zip(round_.codebook.codes(), labels, strict=False)
    ]
    book = round_.codebook.model_copy(update={"focus_areas": codes, "participant_groups": []})
    said = text.format(*labels)
    answers = [{"round": "r", "session": 1, "voter": 1, "question": "open", "type": "open", "text": said}]
    listed = replace(round_, codebook=book, processed=tmp_path / "processed")
    write_table(make_table("answers", answers), "answers", listed.table("answers"))
    write_table(tables(random_people(1))[0], "voters", listed.table("voters"))
    page = tmp_path / "page.html"
    page.write_text(f"<p>{said} 12,5 %</p><p>Wege durch Tagebaue 3, Bahn in die Fläche 2, Alte Kraftw…</p>", "utf-8")
    assert bool(search_files([page], secrets_of([listed]))) == is_found


def test_words_in_a_file_name_are_found(tmp_path, secrets):
    assert rules(written(tmp_path, "die förderung kommt bei uns im dorf.txt", ""), secrets) == {
        "words of a participant"
    }


def test_words_in_a_notebook_output_and_attachment_are_found(tmp_path, secrets):
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("stream", text=SAID)])
    assert rules(written(tmp_path, "a.ipynb", nbformat.writes(nbformat.v4.new_notebook(cells=[cell]))), secrets)
    packed = base64.b64encode(png_with(SAID.encode())).decode()
    cell = nbformat.v4.new_markdown_cell("![x](attachment:a.png)", attachments={"a.png": {"image/png": packed}})
    assert rules(written(tmp_path, "b.ipynb", nbformat.writes(nbformat.v4.new_notebook(cells=[cell]))), secrets)


def raw_points(round_, area=None):
    from analysis_utils.tables import read_table

    answers = read_table("answers", round_.table("answers"))
    own = answers[answers["question"] == "points"]
    wide = own.pivot(index="voter", columns="item", values="value")[AREAS]
    return wide.to_numpy() if area is None else wide[area].to_numpy()


@pytest.mark.parametrize("kind", ["box", "strip", "violin", "histogram"])
@pytest.mark.parametrize("form", ["page", "output"])
def test_chart_made_of_rows_is_found(tmp_path, round_, secrets, kind, form):
    values = raw_points(round_, AREAS[0])
    trace = {
        "box": go.Box(y=values),
        "strip": go.Scatter(x=np.zeros(len(values)), y=values, mode="markers"),
        "violin": go.Violin(y=values),
        "histogram": go.Histogram(x=values),
    }[kind]
    content = go.Figure(trace).to_json()
    assert "bdata" in content
    if form == "page":
        path = written(tmp_path, "a.html", f'<script type="application/json">{content}</script>')
    else:
        output = nbformat.v4.new_output("display_data", {"application/vnd.plotly.v1+json": json.loads(content)})
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])])
        path = written(tmp_path, "a.ipynb", nbformat.writes(notebook))
    found = rules(path, secrets)
    assert found & {"a chart made of single answers", "answers of single people in a row"}
    if kind == "strip":
        assert "answers of single people in a row" in found


@pytest.mark.parametrize("form", ["json", "csv", "table", "heatmap"])
def test_ballot_is_found(tmp_path, round_, secrets, form):
    ballots = raw_points(round_)
    ballot = next(row for row in ballots if len(set(row.tolist())) >= 3)
    content = {
        "json": json.dumps({"y": ballot.tolist()}),
        "csv": "area,points\n" + "\n".join(f"{a},{v:g}" for a, v in zip(AREAS, ballot, strict=True)),
        "table": "<tr>" + "".join(f"<td>{v:g}</td>" for v in ballot) + "</tr>",
        "heatmap": go.Figure(go.Heatmap(z=ballots)).to_json(),
    }[form]
    assert "a ballot" in rules(written(tmp_path, f"a.{form}", content), secrets)


LOOKS_LIKE_A_BALLOT = [
    {"round": "r", "question": "q", "segment": "all", "item": area, "statistic": "rank", "unit": "rank",
     "estimate": value, "n": 29, "method": "m", "status": "published", "provenance": "original"}
    for area, value in zip("abc", (1, 3, 2), strict=True)
]  # fmt: skip


@pytest.mark.parametrize("form", ["table", "csv", "chart", "part of a chart"])
def test_published_numbers_are_no_ballot_but_the_same_numbers_without_a_source_are(tmp_path, form):
    """Three ranks that look like a ballot of six points: known by key and value, by their row, by their statistic."""
    table = make_table("estimates", LOOKS_LIKE_A_BALLOT)
    cells = [f'<data value="{r["estimate"]}" data-key="r/q/all/{r["item"]}/rank">x</data>' for r in LOOKS_LIKE_A_BALLOT]
    known, other = {
        "table": ("<tr>" + "".join(f"<td>{one}</td>" for one in cells) + "</tr>", "<tr><td>1<td>3</td><td>2</td></tr>"),
        "csv": (to_csv(table), "area,rank\na,1\nb,3\nc,2\n"),
        "chart": ("[3, 2, 1]", "[1, 3, 2, 0]"),
        "part of a chart": ("[1, 3, 2]", "[7, 1, 3, 2]"),
    }[form]
    secrets = Secrets(ballots={(1.0, 3.0, 2.0)}, published=Published())
    assert rules(written(tmp_path, "a", other.replace("<td>1<", "<td>1</td><")), secrets) == {"a ballot"}
    secrets.published.add(table)
    assert rules(written(tmp_path, "b", known), secrets) == set()


def test_a_single_ballot_is_named_as_the_reason(tmp_path):
    """Every mean of it is what that person gave."""
    made = make_round(tmp_path / "raw" / "r")
    person = {"round": "r", "session": 1, "voter": 7, "question": "points", "type": "points"}
    ballot = [person | {"item": area, "value": value} for area, value in zip(AREAS, (100, *[0] * 9), strict=False)]
    write_table(make_table("answers", ballot), "answers", made.table("answers"))
    with pytest.raises(DataError, match="expected two ballots or more, saw a single ballot at points"):
        check_report(made, [])


@pytest.mark.parametrize(
    "text", ["ma05", "<td>MA-05</td>", "Ma 05", '{"x": "XY71"}', "<i id='xy71'>", "Nr. 87654", "Anna"]
)
def test_code_that_links_rounds_is_found(tmp_path, linked, text):
    assert rules(written(tmp_path, "a.html", text), linked) == {"a person's code"}


@pytest.mark.parametrize("text", ["2030", "A4", "0.87654", "xy712", "axy71", "87654,5", "Annaberg"])
def test_years_short_words_and_parts_of_numbers_are_no_codes(tmp_path, linked, text):
    assert rules(written(tmp_path, "a.html", text), linked) == set()


def test_code_of_an_open_answer_is_found_before_anybody_says_that_it_links_rounds(tmp_path, secrets):
    assert rules(written(tmp_path, "XY71.csv", "a"), secrets) == {"a person's code"}
    assert rules(written(tmp_path, "a.csv", "Anna Gruppe 1"), secrets) == set()


def test_key_of_a_withheld_row_with_a_number_is_found(tmp_path, round_, secrets):
    key = sorted(secrets.withheld_keys)[0]
    assert rules(written(tmp_path, "a.html", f'<data value="3" data-key="{key}">3</data>'), secrets) == {
        "a withheld value"
    }


def test_withheld_mean_in_full_precision_is_found(tmp_path, secrets):
    mean, names = next(iter(sorted(secrets.means.items())))
    assert rules(written(tmp_path, "a.csv", f"x,y\n{min(names)},{mean + 4e-7:.9f}\n"), secrets) == {"a withheld value"}


def test_public_words_and_estimates_raise_no_alarm(tmp_path, round_, secrets):
    assert search_files([round_.table("estimates")], secrets) == []
    assert rules(written(tmp_path, "a.html", f"<p>{' '.join(AREAS)} 1 2 3 4 5</p>"), secrets) == set()


def test_finding_stops_and_names_place_not_content(tmp_path, secrets):
    path = written(tmp_path, "a.html", f"<p>{SAID}</p>")
    with pytest.raises(DataError) as fault:
        stop_on(search_files([path], secrets, root=tmp_path))
    assert "a.html: words of a participant" in str(fault.value) and "Dorf" not in str(fault.value)


def test_shipped_report_is_clean(built_round):
    assert search_files([built_round.reports, *built_round.processed.glob("*.csv")], secrets_of([built_round])) == []


def test_private_tables_can_be_read_by_their_owner_only(round_):
    if os.name != "posix":
        pytest.skip("file modes are POSIX")
    assert {path.stat().st_mode & 0o777 for path in round_.processed.glob("*.parquet")} == {0o600}
    assert round_.processed.stat().st_mode & 0o777 == 0o700


def test_few_answers_of_two_values_are_no_column() -> None:
    """Seven people of whom four say 1 and three say 5: such runs stand in every table of counts."""
    secrets = Secrets()
    _column(secrets, pd.Series([1, 1, 1, 1, 5, 5, 5]))
    assert not secrets.columns
    _column(secrets, pd.Series([1, 1, 1, 1, 5, 5, 4]))
    _column(secrets, pd.Series([1, 1, 1, 1, 1, 1, 5, 5, 5, 5]))
    assert set(secrets.columns) == {7, 10}


def _ballots(round_):
    """Points of three people whose amounts differ, one row each."""
    wide = pd.read_parquet(round_.table("answers")).query("type == 'points'")
    wide = wide.pivot_table("value", "voter", "item", fill_value=0.0, observed=True)
    return wide[wide.nunique(axis=1) >= len(wide.columns) - 1].head(3)


PRINTED = {
    "pivot table": lambda wide: f"<pre>{wide.to_string()}</pre>",
    "whole numbers": lambda wide: f"<pre>{wide.astype(int).to_string()}</pre>",
    "turned table": lambda wide: f'<pre class="output">{wide.T.to_string()}</pre>',
    "one person": lambda wide: f"<code>{wide.iloc[0].to_string()}</code>",
    "dictionary": lambda wide: f"<pre>{wide.iloc[0].to_dict()}</pre>",
    "list of a page": lambda wide: "<ul>" + "".join(f"<li>{a}: {v:g}</li>" for a, v in wide.iloc[0].items()) + "</ul>",
    "definitions": lambda wide: "<dl>" + "".join(f"<dt>{a}<dd>{v:g}</dd>" for a, v in wide.iloc[0].items()) + "</dl>",
    "comment": lambda wide: f"<p>x</p><!-- {' '.join(map(str, wide.iloc[0]))} --><p>y</p>",
    "attribute": lambda wide: f'<p data-was="{" / ".join(f"{v:g}" for v in wide.iloc[0])}">x</p>',
    "sentence": lambda wide: f"<p>Person 3 gab {', '.join(f'<b>{v:g}</b>' for v in wide.iloc[0])} Punkte</p>",
    "cells without rows": lambda wide: "".join(f"<div>{v:g}</div>" for v in wide.iloc[0]),
}


@pytest.mark.parametrize("way", PRINTED)
def test_printed_ballots_are_found_in_every_text_of_a_page(way, round_, secrets, tmp_path):
    page = f"<html><body><h1>Seite</h1>{PRINTED[way](_ballots(round_))}</body></html>"
    assert "a ballot" in rules(written(tmp_path, "a.html", page), secrets)


def test_chart_of_rows_is_a_leak_but_for_an_own_one_behind_the_wall(secrets, tmp_path):
    chart = '{"a": {"data": [{"type": "histogram", "x": ["p", "q"]}]}}'
    kinds = {
        name: rules(
            written(tmp_path, f"{name}.html", f'<script type="application/json" id="{name}">{chart}</script>'), secrets
        )
        for name in ("charts", "own-charts")
    }
    assert kinds == {"charts": {"a chart made of single answers"}, "own-charts": set()}
