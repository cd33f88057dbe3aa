"""What must not be committed is refused; what is forgotten is gone; versions do not give single people away."""

import importlib.util
import json

import pandas as pd
import pytest
from random_rounds import ROOT, make_round, random_people, tables

from analysis_utils.clean.problems import personal_data, personal_problems
from analysis_utils.gate.estimates import estimate_round
from analysis_utils.gate.releases import record_release
from analysis_utils.rounds.retention import forget, private_files
from analysis_utils.tables import write_table

spec = importlib.util.spec_from_file_location("hygiene", ROOT / ".ci" / "hygiene.py")
hygiene = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hygiene)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("data/raw/fachdialog-2/mentimeter.xlsx", "a round that was not let in by name"),
        ("data/processed/fachdialog-1/estimates.csv", "a generated table"),
        ("reports/fachdialog-1/index.html", "a generated report"),
        ("data/raw/fachdialog-1/.releases/ledger.json", "a private table"),
        ("tests/answers.parquet", "a private table"),
        ("data/raw/fachdialog-1/mentimeter.xlsx", ""),
        ("data/processed/README.md", ""),
        ("data/raw/README.md", ""),
    ],
)
def test_file_is_refused_by_its_place(name, why):
    assert hygiene.fault(name) == why


@pytest.mark.parametrize(
    ("described", "export", "notes"),
    [
        ("provenance: reconstructed\nnotes:\n  # of\n  provenance: illustrative\n", "", ""),
        ("provenance: original\n", "an original round", "an original round"),
        ("provenance: reconstructed\nnotes:\n  # of\n\n  provenance: original\n", "", "original group notes"),
        ("provenance: reconstructed\nnotes:\n  provenance: illustrative\nx:\n  provenance: original\n", "", ""),
    ],
)
def test_originals_in_the_folder_that_is_let_in_are_refused(tmp_path, monkeypatch, described, export, notes):
    monkeypatch.setattr(hygiene, "ROOT", tmp_path)
    folder = tmp_path / "data" / "raw" / "fachdialog-1"
    folder.mkdir(parents=True)
    (folder / "round.yml").write_text(described)
    for name, why in (("mentimeter.xlsx", export), ("photos/a.jpg", notes), ("notes/a.md", notes)):
        found = hygiene.fault(f"data/raw/fachdialog-1/{name}")
        assert found.startswith(why) and bool(found) == bool(why)


@pytest.mark.parametrize("notice", ["Rekonstruierte Daten.", "Erfundene Daten zur Illustration.", ""])
def test_report_for_visitors_is_of_reconstructed_data(tmp_path, monkeypatch, notice):
    monkeypatch.setattr(hygiene, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "example-report.html").write_text(f"<summary><strong>{notice}</strong>")
    refused = hygiene.fault("docs/example-report.html")
    assert refused == ("" if notice.startswith("Rekonstruiert") else "a report of original data")


def test_notebook_with_outputs_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(hygiene, "ROOT", tmp_path)
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "outputs": [1]}]}))
    assert hygiene.fault("a.ipynb") == "a notebook with outputs"


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("schreibt an anna.b@dorf-verein.de", ["e-mail address"]),
        ("Telefon +49 355 123456", ["phone number"]),
        ("siehe @dorfverein", ["handle"]),
        ("Frau Dr. Müller weiß das", ["name after Herr or Frau"]),
        ("2030 und 40 % in 7 Jahren", []),
    ],
)
def test_personal_data_in_answers_is_reported_without_the_words(text, rules):
    assert personal_data(text) == rules
    row = {"session": 1, "voter": 4, "question": "offen", "text": text}
    found = personal_problems(pd.DataFrame([row]))
    assert [problem.seen for problem in found] == rules
    assert all(text not in str(problem) for problem in found)


def built(folder, people):
    round_ = make_round(folder / "raw" / "r")
    round_.raw.mkdir(parents=True, exist_ok=True)
    voters, answers = tables(people)
    estimates = estimate_round(round_, voters, answers)
    for name, table in (("voters", voters), ("answers", answers), ("estimates", estimates)):
        write_table(table, name, round_.table(name))
    return round_, estimates


def test_forgotten_round_keeps_its_description_and_estimates_only(tmp_path):
    round_, _ = built(tmp_path, random_people(3))
    (round_.raw / "round.yml").write_text("title: t")
    (round_.raw / "notes").mkdir()
    (round_.raw / "notes" / "a.md").write_text("words")
    (round_.raw / "photos").mkdir()
    (round_.raw / "photos" / "board.jpg").write_bytes(b"x")
    (round_.processed / ".run" / "desks").mkdir(parents=True)
    (round_.processed / ".run" / "desks" / "a.parquet").write_bytes(b"x")
    for final in (round_.processed, round_.reports):  # a run that was killed
        left = final.with_name(".r.building") / "r"
        left.mkdir(parents=True)
        (left / "answers.parquet").write_bytes(b"x")
    record_release(round_, basis="b", date="2026-11-30")
    listed = private_files(round_)
    assert forget(round_) == listed and len(listed) >= 4
    left = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["estimates.csv", "round.yml"]
    assert not list(tmp_path.rglob("*.building"))
