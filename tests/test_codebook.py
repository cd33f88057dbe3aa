"""The codebook file is read strictly: every mistake is one message with the line it stands in."""

from pathlib import Path

import pytest

from analysis_utils.errors import DataError
from analysis_utils.rounds import project_root
from analysis_utils.rounds.codebook import normalise, read_codebook

ENTRY = "  - {{id: {id}, label_de: {de}, label_en: {de}, label_short: {de}, aliases: [{alias}]}}\n"


def codebook(folder: Path, areas: str, more: str = "") -> Path:
    path = folder / "codebook.yml"
    path.write_text(
        f"focus_areas:\n{areas}theme_clusters: []\ncross_cutting_themes: []\nparticipant_groups: []\n{more}",
        encoding="utf-8",
    )
    return path


def test_shipped_codebook_has_the_areas_clusters_themes_and_groups_of_the_first_fachdialog():
    book = read_codebook(project_root() / "data" / "codebook.yml")
    sections = (book.focus_areas, book.theme_clusters, book.cross_cutting_themes, book.participant_groups)
    assert [len(section) for section in sections] == [7, 6, 4, 5]


@pytest.mark.parametrize(
    ("areas", "more", "message"),
    [
        (
            ENTRY.format(id="a", de="Alpha", alias="") + ENTRY.format(id="a", de="Beta", alias=""),
            "",
            "each id once in the whole codebook (“a” stands twice)",
        ),
        (
            ENTRY.format(id="a", de="Alpha", alias="Eins") + ENTRY.format(id="b", de="Beta", alias="eins"),
            "",
            "each label or alias once (“eins” means both a and b)",
        ),
        (ENTRY.format(id="a", de="Alpha", alias=""), "farben: []\n", "expected a known key, saw “farben”"),
        ("  - {id: a, label_de: Alpha, label_en: Alpha}\n", "", "expected the key “label_short”, saw nothing"),
        ("  - {id: A B, label_de: A, label_en: A, label_short: A}\n", "", "focus_areas.0.id (line 2)"),
        ("  - {id: a\n", "", "expected valid YAML"),
        (ENTRY.format(id="a", de="Alpha", alias=""), "theme_clusters: []\n", "line 6"),
    ],
    ids=["id twice", "alias twice", "unknown key", "label missing", "bad id", "no yaml", "section twice"],
)
def test_broken_codebook_is_refused_with_one_readable_message(tmp_path, areas, more, message):
    with pytest.raises(DataError) as fault:
        read_codebook(codebook(tmp_path, areas, more))
    assert message in str(fault.value)
    assert str(fault.value).startswith("codebook.yml: expected ")


def test_misspelt_key_shows_the_nearest_known_one(tmp_path):
    path = codebook(tmp_path, "  - {id: a, label_de: A, label_en: A, label_short: A, alias: [x]}\n")
    with pytest.raises(DataError, match="the closest known wording is “aliases”"):
        read_codebook(path)


def test_missing_codebook_says_where_it_was_expected(tmp_path):
    with pytest.raises(DataError, match="expected this file to exist, saw nothing"):
        read_codebook(tmp_path / "codebook.yml")


def test_normalise_folds_white_space_and_nothing_else():
    assert normalise("  Wissens-\u00a0und \n Technologietransfer ") == "Wissens- und Technologietransfer"
    assert normalise("wissens- und") != normalise("Wissens- und")
