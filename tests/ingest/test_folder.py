"""Whatever lies in a round's folder is read, or named as not read; links are not followed."""

import pytest
from rounds_on_disk import make_round, poll

from analysis_utils.clean.survey import ingest_survey
from analysis_utils.errors import DataError


def test_files_that_nobody_reads_are_counted_in_public_and_named_at_the_terminal(tmp_path):
    round_ = make_round(tmp_path, poll())
    for name in ("Auswertung Frau Muster.docx", "korekturen.csv", "fotos/", "coding/anna.ods", "alt/poll.xlsx"):
        path = round_.raw / name
        path.parent.mkdir(exist_ok=True)
        path.mkdir() if name.endswith("/") else path.write_text("x")
    for name in ("README.md", "PROVENANCE.md", "findings.yml", ".DS_Store", "~$poll.xlsx", "coding/anna.csv.bak"):
        (round_.raw / name).write_text("")
    survey = ingest_survey(round_)
    [row] = survey.problems[survey.problems["rule"] == "file_not_read"].to_dict("records")
    assert (row["seen"], row["action"]) == ("4 files", "set aside") and "Muster" not in survey.problems.to_csv()
    named = "Auswertung Frau Muster.docx, alt/poll.xlsx, coding/anna.ods, korekturen.csv"
    assert f"(Ordner der Runde, {named})" in survey.summary()


def test_folder_with_nothing_else_says_nothing(tmp_path):
    survey = ingest_survey(make_round(tmp_path, poll()))
    assert not {"file_not_read", "link_not_followed"} & set(survey.problems["rule"])


def test_linked_things_are_said_and_not_followed(tmp_path):
    round_ = make_round(tmp_path, poll())
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("- geheim")
    (round_.raw / "beilage").symlink_to(outside, target_is_directory=True)
    survey = ingest_survey(round_)
    assert survey.problems.loc[survey.problems["rule"] == "link_not_followed", "seen"].tolist() == ["1 files"]
    assert "beilage" in survey.summary() and "secret" not in survey.summary()


@pytest.mark.parametrize("name", ["notes", "Notizen", "coding", "photos"])
def test_linked_folder_of_notes_codings_or_photos_is_refused(tmp_path, name):
    from analysis_utils.notes.group_notes import ingest_group_notes

    notes = "notes: {provenance: original, groups: [{id: nord, label: Nord}]}"
    round_ = make_round(tmp_path, poll(), more=notes)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "nord.md").write_text("- geheim")
    (round_.raw / name).symlink_to(tmp_path / "outside", target_is_directory=True)
    (round_.raw / "boards.csv").write_text("group;text;photo\nnord;Karte;a.jpg\n")
    with pytest.raises(DataError, match=f"{name}: expected a real folder, saw a link"):
        ingest_group_notes(round_)


def test_link_inside_the_folder_of_notes_is_refused(tmp_path):
    from analysis_utils.notes.group_notes import ingest_group_notes

    round_ = make_round(tmp_path, poll(), more="notes: {provenance: original, groups: [{id: nord, label: Nord}]}")
    (tmp_path / "outside").mkdir()
    (round_.raw / "notes").mkdir()
    (round_.raw / "notes" / "nord").symlink_to(tmp_path / "outside", target_is_directory=True)
    with pytest.raises(DataError, match="nord: expected"):
        ingest_group_notes(round_)
