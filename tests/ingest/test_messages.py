"""A round.yml as people write it who never saw one: each refusal says what to write."""

import pytest
from exports import sheets, write_xlsx
from rounds_on_disk import ROUND, make_round, poll

from analysis_utils.clean.survey import ingest_survey
from analysis_utils.cli import main
from analysis_utils.errors import DataError
from analysis_utils.rounds import open_round

GOOD = ROUND.format(more="")
FAULTS = {
    "day that may be two": ("2025-11-12", "11/12/2025", "expected “a day, and one only”, saw '11/12"),
    "day that is none": ("2025-11-12", "31.11.2025", "write “date: 12.11.2025”"),
    "no day": ("2025-11-12", "", "write “date: 12.11.2025”"),
    "missing key": ("date: 2025-11-12\n", "", "expected the key “date”, saw nothing .* write “date: 12.11.2025”"),
    "type in German": ("type: scale", "type: Skala", "saw 'Skala' .* write “type: scale” for values"),
    "no blank behind a colon": ("title: Probe", "title:Probe", "write a blank behind the colon: title: Probe"),
    "dash forgotten": ("  - {id: group", "    {id: group", "a line that does not fit those above it"),
    "scale as a range": ("scale: {low: 1, high: 10, low_label: nein, high_label: ja}", "scale: 1-10",
                         "write “scale: {low: 1, high: 10"),
    "top box as a range": ("high_label: ja}", "high_label: ja, top_box: 7-10}", "write “top_box: \\[7, 10\\]”"),
    "options as a list": ("{Wirtschaft: business, Politik: politics}", "[Wirtschaft]", "write “options: {Ja: ja"),
    "an id twice": ("id: focus", "id: group", "each question id once \\(“group” is there twice\\)"),
    "an option without an id": ("Politik: politics", "Politik: sonstige", "add it to data/codebook.yml"),
    "numbers for options": ("{Wirtschaft: business, Politik: politics}", "{1: business, 2: politics}",
                            "write the options as polled; round.yml has 1, 2"),
    "nothing": (GOOD, "", "docs/data-formats.md begins with one that works"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_refusal_says_what_to_write(tmp_path, fault):
    old, new, said = FAULTS[fault]
    round_ = make_round(tmp_path, poll(), text=GOOD)
    assert old in GOOD
    (round_.raw / "round.yml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        ingest_survey(open_round("probe", data=tmp_path))


@pytest.mark.parametrize("name", ["round.yaml", "round.yml.txt", "Round.yml.TXT"])
def test_description_under_another_name_is_to_be_renamed(tmp_path, name):
    round_ = make_round(tmp_path, poll())
    (round_.raw / "round.yml").rename(round_.raw / name)
    with pytest.raises(DataError, match=rf"rename {name} to round\.yml"):
        open_round("probe", data=tmp_path)


def test_folder_with_an_export_alone_is_told_of_new_round(tmp_path):
    round_ = make_round(tmp_path, poll())
    (round_.raw / "round.yml").unlink()
    with pytest.raises(DataError, match="run: fachdialog new-round probe --export FILE"):
        open_round("probe", data=tmp_path)


def test_workbook_under_an_old_ending_is_read(tmp_path):
    round_ = make_round(tmp_path, text=GOOD.replace("poll.xlsx", "poll.xls"))
    write_xlsx(round_.raw / "poll.xlsx", sheets(poll())).rename(round_.raw / "poll.xls")
    assert len(ingest_survey(round_).voters) == 6


def test_check_names_notes_for_which_round_yml_has_no_groups(tmp_path, capsys):
    round_ = make_round(tmp_path, poll())
    (round_.raw / "notes").mkdir()
    (round_.raw / "notes" / "gruppe 1.txt").write_text("- Bus\n")
    assert main(["check", "probe", "--data", str(tmp_path)]) == 2
    assert "expected a block “notes” for the notes in the folder" in capsys.readouterr().err
