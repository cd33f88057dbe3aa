"""Figures, tables and sentences of the group notes follow what was coded, and say so where nothing was."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from analysis_utils import pages
from analysis_utils.charts.chart import Chart
from analysis_utils.estimators.themes import write_theme_estimates
from analysis_utils.findings.reading_tables import place_words
from analysis_utils.notes.group_notes import ingest_group_notes, write_group_notes
from analysis_utils.notes.statement_ids import new_name
from analysis_utils.wording.themes import NOTES_QUESTION, groups_word

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
CHARTS = ("coverage_chart", "stance_chart", "inside_chart", "dots_chart")
SENTENCES = ("reading", "coverage", "stance", "inside", "dots", "order", "agreement")
SECRET = "Geheimer Satz über Flächen"
WORDS = [SECRET, "Zweiter Satz über Netze", "Dritter Satz über Gäste", "Vierter Satz über Gäste"]


def coded(*rows: tuple[int, str, str], released: str = "") -> dict[str, str]:
    """Files of a round: group Nord wrote the statements above, `rows` code them (place, code, stance)."""
    names = [new_name("nord", text) for text in WORDS]
    lines = [f"{names[place]};{WORDS[place]};{code};{stance}" for place, code, stance in rows]
    files = {"notes/nord.md": "\n".join(f"- {text}" for text in WORDS), "notes/sued.md": "- Fünfter Satz\n"}
    files["coding/anna.csv"] = "\n".join(["statement;text;code;stance", *lines])
    if released:
        place = WORDS.index(released)
        files["released.csv"] = f"statement;text;released_by\n{names[place]};{released};Leitung\n"
    return files


def evidence_of(round_) -> pages.Evidence:
    write_group_notes(ingest_group_notes(round_))
    write_theme_estimates(round_)
    return pages.read_evidence(round_)


def text_of(evidence, what: str) -> str:
    return " ".join(sentence.striptags() for sentence in getattr(pages, f"{what}_sentences")(evidence))


FULL = [
    (0, "industrieparks", "priorität"),
    (0, "energie", "neutral"),
    *((n, "tourismus", "umdeutung") for n in (1, 2, 3)),
]


def test_sentences_count_groups_and_statements(make_round):
    evidence = evidence_of(make_round(coded(*FULL)))
    assert text_of(evidence, "reading") == (
        "Gelesen wurden 5 Aussagen und Karten: Gruppe Nord (4) und Gruppe Süd (1). "
        "Davon tragen 4 eine gültige Kodierung."
    )
    words = text_of(evidence, "coverage")
    once = "Eine Gruppe spricht über Tourismusregionen (3 Aussagen) und Industrieparks & Flächen (1 Aussage)."
    assert words.startswith("Noch sind nicht alle Aussagen kodiert") and once in words
    assert "Keine Gruppe hat" not in words and "Synergien zu Clustern" in words
    assert text_of(evidence, "stance") == (
        "Überwiegend anders verstanden als vorgestellt: Tourismusregionen (3 von 3 Aussagen)."
    )
    assert "Energie in Industrieparks & Flächen (1 Aussage)" in text_of(evidence, "inside")
    assert text_of(evidence, "dots") == "Auf den Tafeln dieser Runde sind keine Klebepunkte verzeichnet."
    assert "Wie verlässlich die Kodierung ist" in text_of(evidence, "agreement")


def test_silence_is_said_once_everything_is_coded(make_round):
    files = coded(*FULL)
    files["coding/anna.csv"] += f"\n{new_name('sued', 'Fünfter Satz')};Fünfter Satz;ohne_code;"
    words = text_of(evidence_of(make_round(files)), "coverage")
    assert "nicht alle Aussagen" not in words and "Keine Gruppe hat Synergien zu Clustern" in words


def test_every_number_in_sentences_is_tied_to_its_row(make_round):
    evidence = evidence_of(make_round(coded(*FULL)))
    for what in ("reading", "coverage", "stance", "inside"):
        for sentence in getattr(pages, f"{what}_sentences")(evidence):
            bare = re.sub(r"<data [^>]*>[^<]*</data>", "", str(sentence))
            assert not re.search(r"\d", bare), sentence


def test_figures_are_saved_with_words_and_rows(make_round, tmp_path):
    files = coded(*FULL) | {"boards.csv": "group;text;dots\nnord;Seen;3\nsued;Wege;2\n"}
    card = new_name("nord", "Seen")
    files["coding/anna.csv"] += f"\n{card};Seen;tourismus;umdeutung"
    evidence = evidence_of(make_round(files))
    for name in CHARTS:
        figure = pages.when_themes(evidence, getattr(pages, name), tmp_path)
        assert isinstance(figure, Chart)
        assert figure.spec()["data"] and len(figure.alt) > 40
        assert figure.title and "Quelle: Notizen und Tafeln der Gruppen, 1. Januar 2026." in figure.caption
        assert (tmp_path / f"{figure.name}.csv").read_text().count("gruppennotizen") == len(figure.rows) > 0
    assert pages.dots_chart(evidence).title == "Die meisten Klebepunkte tragen Karten zu „Tourismusregionen“"


def test_uncoded_notes_say_so_everywhere(make_round, tmp_path):
    evidence = evidence_of(make_round({"notes/nord.md": "- Ein Satz\n"}))
    for name in CHARTS:
        assert not isinstance(pages.when_themes(evidence, getattr(pages, name), tmp_path), Chart)
    assert text_of(evidence, "coverage") == "Noch ist keine Aussage kodiert."
    assert text_of(evidence, "stance") == text_of(evidence, "inside") == ""  # "none prevails" would be a result
    for name in ("coverage_table", "order_table", "agreement_table", "paraphrases", "quotes", "trace_table"):
        assert getattr(pages, name)(evidence)._repr_html_()


def test_no_words_leave_but_the_released_ones(make_round):
    for released in ("", SECRET):
        round_ = make_round(coded(*FULL, released=released))
        evidence = evidence_of(round_)
        shown = [pages.when_themes(evidence, getattr(pages, name)) for name in CHARTS]
        text = " ".join(str(one.spec()) + one.alt for one in shown if isinstance(one, Chart))
        tables = ("coverage_table", "order_table", "agreement_table", "paraphrases", "quotes", "trace_table")
        text += " ".join(getattr(pages, name)(evidence)._repr_html_() for name in tables)
        public = "".join(path.read_text() for path in round_.processed.glob("*.csv"))
        assert (SECRET in text, SECRET in public) == (bool(released), bool(released))
        assert not any(word in text + public for word in WORDS[1:])


def test_hostile_words_stay_words(make_round):
    text = "<script>alert(1)</script> Flächen & Wege"
    name = new_name("nord", text)
    files = {
        "notes/nord.txt": text,
        "coding/anna.csv": f'statement;text;code;stance\n{name};"{text}";industrieparks;kritisch\n',
        "released.csv": f'statement;text;released_by\n{name};"{text}";<b>Chef</b>\n',
        "paraphrases.csv": f"sentence;statements;author;code\n<img src=x onerror=alert(1)>;{name};Team;\n",
    }
    evidence = evidence_of(make_round(files))
    html = pages.quotes(evidence)._repr_html_() + pages.paraphrases(evidence)._repr_html_()
    assert "<script>" not in html and "<img" not in html and "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Flächen &amp; Wege" in html


def test_places_and_group_counts_in_german():
    assert place_words("table 1, row 3") == "Tabelle 1, Zeile 3"
    assert place_words("paragraph 4, text box line 1") == "Absatz 4, Textfeld, Zeile 1"
    words = [groups_word(n, 3).striptags() for n in range(4)]
    assert words == ["Keine Gruppe", "Eine Gruppe", "Zwei Gruppen", "Alle drei Gruppen"]
    assert groups_word(2, 2).striptags() == "Beide Gruppen"
    assert groups_word(1, 1).striptags() == "Eine Gruppe"


@pytest.mark.parametrize("files", [{}, coded(*FULL)], ids=["without notes", "with notes"])
def test_notebooks_run_with_and_without_notes(make_round, monkeypatch, files):
    round_ = make_round(files)
    monkeypatch.setenv("FACHDIALOG_DATA", str(round_.raw.parents[1]))
    monkeypatch.setenv("FACHDIALOG_REPORTS", str(round_.reports.parent))
    outputs: list[object] = []
    monkeypatch.setattr("IPython.display.display", lambda *shown: outputs.extend(shown))
    for name in ("02_ingest_group_notes", "07_group_themes"):
        space: dict = {"display": lambda frame: None}
        for cell in json.loads((NOTEBOOKS / f"{name}.ipynb").read_text())["cells"]:
            if cell["cell_type"] == "code":
                *body, last = "".join(cell["source"]).replace("fachdialog-1", "klein").splitlines()
                is_shown = last.startswith("pages.")
                exec("\n".join(body if is_shown else [*body, last]), space)
                outputs.append(eval(last, space) if is_shown else None)
    said = [one._repr_html_() for one in outputs if hasattr(one, "_repr_html_")]
    empty = "Zu dieser Runde liegen keine Notizen oder Tafeln von Gruppen vor."
    assert any(empty in text for text in said) == (not files)
    assert not any(word in text for text in said for word in WORDS)
    assert any(isinstance(one, Chart) for one in outputs) == bool(files)
    assert bool(list(round_.processed.glob("coding_sheet_anna.tsv"))) == bool(files)


def test_orders_without_notes_are_shown_and_said_to_be_all_there_is(make_round):
    evidence = evidence_of(make_round())
    assert not evidence.rows(NOTES_QUESTION, "statements_read")
    assert "nur Rangfolgen" in pages.themes_summary(evidence).markup.striptags()
    table = pages.when_orders(evidence, pages.order_table)._repr_html_()
    assert "Rangfolgen der Gruppen" in table and "Gruppe Nord" in table
    assert "absent" in pages.when_themes(evidence, pages.coverage_table)._repr_html_()
