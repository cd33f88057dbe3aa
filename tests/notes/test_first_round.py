"""The invented notes of the first Fachdialog are long enough to be real work, and say what the findings say."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis_utils.contracts import STANCES
from analysis_utils.estimators.themes import theme_rows
from analysis_utils.notes.group_notes import disagreements, ingest_group_notes
from analysis_utils.rounds import open_round

DATA = Path(__file__).resolve().parents[2] / "data"
POLL = {"industrieparks": 23, "synergien": 19, "flankierung": 19, "wissenstransfer": 15, "tourismus": 11}


@pytest.fixture(scope="module")
def notes():
    return ingest_group_notes(open_round("fachdialog-1", data=DATA))


@pytest.fixture(scope="module")
def values(notes):
    rows = theme_rows(notes.round, notes.statements, notes.codings, POLL)
    return {(row["statistic"], row["item"], row["segment"]): row["estimate"] for row in rows}


def test_three_groups_of_at_least_25_statements_in_three_formats(notes):
    own = notes.statements[notes.statements["kind"] == "note"]
    assert (own.groupby("group").size() >= 25).all() and own["group"].nunique() == 3
    assert {Path(file).suffix for file in own["file"]} == {".md", ".docx", ".txt"}
    assert notes.round.file.notes.provenance == "illustrative"
    assert "lagen nicht vor" in notes.round.file.notes.note


def test_two_coders_disagree_honestly(notes, values):
    assert notes.coders == ["kodierung_a", "kodierung_b"]
    assert len(disagreements(notes)) > 20 and notes.disputed
    assert 0.6 < values["coding_alpha", "", "all"] < 0.95


def test_synergies_were_no_area_of_their_own_while_clusters_came_up_inside_others(values):
    assert values["groups_covered", "synergien", "all"] == 0
    clusters = ("gesundheit", "energie", "kreislaufwirtschaft", "fertigung", "digitale_technologien")
    areas = ("industrieparks", "flankierung", "wissenstransfer", "tourismus")
    for cluster in clusters:
        assert values["groups_covered", cluster, "all"] >= 2
        assert sum(values["cooccurrence", f"{cluster}|{area}", "all"] for area in areas) > 0


def test_technology_related_areas_stand_out(values):
    leaders = ("industrieparks", "flankierung", "wissenstransfer")
    others = ("tourismus", "innovationsraeume", "synergien")
    for statistic in ("statement_count", "dots"):
        least = min(values[statistic, area, "all"] for area in leaders)
        assert least > max(values[statistic, area, "all"] for area in others)


def test_tourism_is_reinterpreted_and_innovation_spaces_are_doubted(values):
    def main_stance(area):
        return max(STANCES, key=lambda stance: values["stance_count", f"{area}|{stance}", "all"])

    assert main_stance("tourismus") == "umdeutung"
    assert main_stance("innovationsraeume") == "kritisch"


def test_nothing_but_missing_photos_and_open_disputes_is_wrong(notes):
    assert sorted(notes.problems["rule"]) == ["coders_differ", "photo_not_named"]
