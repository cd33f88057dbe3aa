"""Names of coders and of files stay out of public tables; the terminal shows them to the analyst."""

import pytest
from test_boards_and_coding import NOTES, A, B, C, coding_csv, row

from analysis_utils.notes.group_notes import disagreements, ingest_group_notes

FILES = {
    "notes/nord_Mitschrift_Kowalski.md": NOTES,
    "notes/Kowalski/sued_2.txt": "Gruppe: sued\n\nNoch etwas.\n",
    "coding/kowalski.csv": coding_csv(row(A, "energie"), row(B, "energie", ""), row(C, "tourismus")),
    "coding/Zeta.csv": coding_csv(row(A, "energie", "kritisch"), row(B, "energie")),
    "coding/reconciled.csv": coding_csv(
        (*row(A, "energie"), "Ida Kowalski"), head="statement;text;code;stance;decided_by"
    ),
}


def public_text(notes):
    tables = (notes.coded_statements, notes.problems, notes.read, disagreements(notes))
    return "".join(table.to_csv() for table in tables)


def test_names_of_coders_and_files_are_neutral_in_public_and_real_at_the_terminal(make_round):
    notes = ingest_group_notes(make_round(FILES))
    assert "owalski" not in public_text(notes) and "Zeta" not in public_text(notes)
    assert set(notes.coded_statements["decided_by"]) == {"Abstimmung", "all coders", "Kodierung B"}
    assert set(notes.read["file"]) == {"Notizen Gruppe Nord", "Notizen Gruppe Süd"}
    assert notes.problems[["rule", "file"]].to_numpy().tolist() == [["no_stance", "Kodierung B"]]
    assert "coder kowalski: 1 not coded" in notes.summary() and "(coding/kowalski.csv, row 3)" in notes.summary()


@pytest.mark.parametrize(
    ("named", "shown"),
    [("[kowalski]", "kowalski"), ("[Ida Kowalski]", "Ida Kowalski"), ("[nord_Mitschrift_Kowalski.md]", "Mitschrift")],
)
def test_names_appear_where_the_round_releases_them(make_round, named, shown):
    round_file = make_round().raw.joinpath("round.yml").read_text("utf-8")
    text = round_file.replace("notes:\n", f"notes:\n  named: {named}\n")
    assert shown in public_text(ingest_group_notes(make_round(FILES, round_file=text)))
