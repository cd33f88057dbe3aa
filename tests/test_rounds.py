"""A round is found by name, its file read strictly, its places known."""

import datetime
from pathlib import Path

import pytest

from analysis_utils.errors import DataError
from analysis_utils.rounds import newest_round, open_round

CODEBOOK = """focus_areas:
  - {id: a, label_de: Alpha, label_en: Alpha, label_short: A}
  - {id: b, label_de: Beta, label_en: Beta, label_short: B}
theme_clusters: []
cross_cutting_themes: []
participant_groups: []
"""
ROUND = """title: Probe
date: {date}
provenance: original
export: x.xlsx
questions:
  - {{id: p, wording: Was?, label: Was, type: points, role: priority, options: {{Alpha: a, Beta: b}}}}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "codebook.yml").write_text(CODEBOOK, encoding="utf-8")
    add_round(tmp_path, "eins", ROUND.format(date="2025-11-12"))
    return tmp_path


def add_round(data: Path, name: str, text: str) -> Path:
    folder = data / "raw" / name
    folder.mkdir(parents=True)
    (folder / "round.yml").write_text(text, encoding="utf-8")
    return folder


def test_newest_round_is_the_one_with_the_latest_date(data):
    add_round(data, "alt", ROUND.format(date="2024-01-01"))
    add_round(data, "zwei", ROUND.format(date="2026-03-01"))
    assert newest_round(data) == "zwei"
    assert open_round(data=data).file.date == datetime.date(2026, 3, 1)


def test_unknown_round_shows_the_nearest_name(data):
    with pytest.raises(DataError, match="saw “ein”; the closest known wording is “eins”"):
        open_round("ein", data=data)


@pytest.mark.parametrize("name", ["../eins", "eins/..", "/etc", ".", "a b", "eins\n"])
def test_unsafe_round_name_is_refused(data, name):
    with pytest.raises(DataError, match="a name of letters, digits"):
        open_round(name, data=data)


def test_round_folder_behind_a_link_is_refused(data):
    (data / "raw" / "link").symlink_to(data / "raw" / "eins", target_is_directory=True)
    with pytest.raises(DataError, match="expected a real folder, saw a symbolic link"):
        open_round("link", data=data)


def test_no_round_at_all_says_where_one_belongs(tmp_path):
    with pytest.raises(DataError, match=r"expected a folder with a round\.yml, saw none"):
        newest_round(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Beta: b", "Beta: be", "expected an id of the codebook, saw “be”"),
        ("type: points", "type: punkte", "questions.0.type"),
        ("title: Probe\n", "", "expected the key “title”, saw nothing"),
        ("provenance: original", "provenance: reconstructed", "a provenance_note"),
        ("Beta: b", "Beta: a", "each option to have an id of its own"),
        ("type: points", "type: scale", "each option of a scale to have its value"),
        ("date: 2025-11-12", "date: bald", "date (line 2)"),
    ],
)
def test_mistake_in_round_yml_is_named(data, old, new, message):
    text = ROUND.format(date="2025-11-12")
    assert old in text
    add_round(data, "kaputt", text.replace(old, new))
    with pytest.raises(DataError) as fault:
        open_round("kaputt", data=data)
    assert message in str(fault.value)
    assert "round.yml" in str(fault.value)


def test_places_follow_the_environment(data, tmp_path, monkeypatch):
    monkeypatch.setenv("FACHDIALOG_DATA", str(data))
    monkeypatch.setenv("FACHDIALOG_PROCESSED", str(tmp_path / "p"))
    monkeypatch.setenv("FACHDIALOG_REPORTS", str(tmp_path / "r"))
    round_ = open_round("eins")
    assert round_.table("estimates") == tmp_path / "p" / "eins" / "estimates.csv"
    assert round_.table("answers") == tmp_path / "p" / "eins" / "answers.parquet"
    assert round_.figures == tmp_path / "r" / "eins" / "figures"


def test_unknown_question_id_shows_the_nearest(data):
    with pytest.raises(DataError, match="a known question id"):
        open_round("eins", data=data).question("q")
