"""Exchange with other programs: what goes out comes back, and what others write comes in."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from project_files import WORDS, project_file

from analysis_utils.errors import DataError
from analysis_utils.notes.group_notes import ingest_group_notes
from analysis_utils.notes.refi_exchange import exchange, import_project
from analysis_utils.rounds import open_round
from analysis_utils.rounds.codebook import read_codebook
from refi_qda import Code, Coding, Passage, Project, Source, read, write

ROOT = Path(__file__).resolve().parents[2]
OTHER = Path(__file__).parent / "data" / "other_program.qdpx"
A = "Ohne erschlossene Flächen kommt kein größerer Betrieb in die Region. 😀"
C = "Der Tourismus ergänzt nur, er trägt den Wandel nicht."


@pytest.fixture
def own_round(tmp_path):
    """A copy of the committed round that tests may change."""
    raw = tmp_path / "data" / "raw" / "fachdialog-1"
    shutil.copytree(ROOT / "data" / "raw" / "fachdialog-1", raw, ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "data" / "codebook.yml", tmp_path / "data" / "codebook.yml")
    return open_round("fachdialog-1", data=tmp_path / "data", reports=tmp_path / "reports")


def out(round_, path: Path) -> str:
    return exchange(round_, path, is_import=False)


def given(notes) -> set[tuple[str, ...]]:
    own = notes.codings[notes.codings["coder"] != "final"]
    columns = ["statement", "coder", "code", "stance", "decided_by", "note"]
    return set(own[columns].itertuples(index=False, name=None))


def test_project_survives_the_way_out_and_back(own_round, tmp_path):
    notes = ingest_group_notes(own_round)
    assert f"112 statements, {len(given(notes))} codings" in out(own_round, tmp_path / "a.qdpx")
    shutil.rmtree(own_round.raw / "coding")
    done = import_project(own_round, tmp_path / "a.qdpx")
    again = ingest_group_notes(own_round)
    assert given(again) == given(notes)
    assert list(again.statements["statement"]) == list(notes.statements["statement"])
    assert (done.spread, done.repeated, done.problems, done.added) == (0, 0, [], [])


def test_export_has_the_same_bytes_twice_and_is_private(own_round, tmp_path):
    for name in ("a.qdpx", "b.qdpx"):
        out(own_round, tmp_path / name)
    assert (tmp_path / "a.qdpx").read_bytes() == (tmp_path / "b.qdpx").read_bytes()
    assert (tmp_path / "a.qdpx").stat().st_mode & 0o077 == 0


def test_exported_positions_and_places_lead_to_the_statement(own_round, tmp_path):
    notes = ingest_group_notes(own_round)
    out(own_round, tmp_path / "a.qdpx")
    texts = dict(zip(notes.statements["statement"], notes.statements["text"], strict=True))
    project = read(tmp_path / "a.qdpx")
    assert [source.name for source in project.sources] == list(dict.fromkeys(notes.statements["file"]))
    for source in project.sources:
        for passage in source.passages:
            assert source.text[passage.start : passage.end] == texts[passage.name]
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        assert "<Description>notes/gruppe-1.md, line 9</Description>" in archive.read("project.qde").decode()


def test_codebook_survives_with_umlauts_and_nesting(own_round, tmp_path):
    out(own_round, tmp_path / "a.qdc")
    paths = [code.path for code in read(tmp_path / "a.qdc").codes.values()]
    assert ("Querschnittsthemen", "Fachkräftesicherung") in paths
    assert ("Querschnittsthemen", "Governance und Abstimmung", "Tempo der Verfahren") in paths
    assert exchange(own_round, tmp_path / "a.qdc", is_import=True) == "the codebook has all these codes"


def test_lost_code_comes_back_from_a_codebook(own_round, tmp_path):
    out(own_round, tmp_path / "a.qdc")
    file = tmp_path / "data" / "codebook.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: text.index("  - id: tempo")], encoding="utf-8")
    shutil.rmtree(own_round.raw / "coding")
    smaller = open_round("fachdialog-1", data=tmp_path / "data")
    assert exchange(smaller, tmp_path / "a.qdc", is_import=True) == "code added to the codebook: Tempo der Verfahren"
    added = read_codebook(file).by_id()["tempo_der_verfahren"]
    assert added.parent == "governance"
    assert file.read_text(encoding="utf-8").startswith("# Codebook")


def test_project_of_another_program_comes_in_whole(make_round):
    round_ = make_round()
    done = import_project(round_, OTHER, add_codes=True)
    assert (done.segments, done.codings, done.repeated, done.spread) == (7, 7, 1, 1)
    assert dict(done.per_code) == {"netze": 1, "energie": 3, "mieten": 1, "tourismus": 2}
    assert done.added == ["Netze", "Mieten"]
    assert [(one.rule, one.place, one.seen) for one in done.problems] == [
        ("not_text", "regions of a picture", "1 codings")
    ]
    assert sorted(path.name for path in done.files) == ["Anna_Äpfel.csv", "Nord.txt", "ben.csv"]
    notes = ingest_group_notes(open_round("klein", data=round_.raw.parents[1]))
    texts = dict(zip(notes.statements["statement"], notes.statements["text"], strict=True))
    own = {(coder, texts[s], code): stance for s, coder, code, stance, *_ in given(notes)}
    assert own["Anna_Äpfel", A, "netze"] == own["Anna_Äpfel", A, "energie"] == "neutral"
    assert own["Anna_Äpfel", C, "tourismus"] == own["Anna_Äpfel", C, "mieten"] == "kritisch"
    assert own["ben", C, "tourismus"] == "neutral"
    assert set(notes.statements["group"]) == {"nord"}
    places = notes.statements.set_index("text")["place"]
    assert (places[A], places[C]) == ("line 3", "line 7")


def test_project_fits_notes_the_round_has_already(make_round):
    round_ = make_round({"notes/protokoll.md": f"---\ngroup: sued\n---\n# Thema\n- {C}\n\n{A}\n"})
    done = import_project(round_, OTHER, add_codes=True)
    assert [path.name for path in done.files if path.suffix == ".txt"] == []
    notes = ingest_group_notes(open_round("klein", data=round_.raw.parents[1]))
    assert set(notes.coded_statements["place"]) == {"line 5", "line 7"}
    lost = [one for one in done.problems if one.rule == "no_statement_there"]
    assert [one.seen for one in lost] == ["1 passages"]


def test_unknown_codes_stop_before_anything_is_written(make_round):
    round_ = make_round()
    with pytest.raises(DataError) as fault:
        import_project(round_, OTHER)
    assert "expected codes of the codebook, saw “Energie › Netze”, “Mieten”" in str(fault.value)
    assert "or repeat with --add-codes" in str(fault.value)
    assert not (round_.raw / "notes").exists()


def test_coder_with_a_file_is_not_overwritten(make_round):
    round_ = make_round({"coding/ben.csv": "statement;text;code;stance\n"})
    with pytest.raises(DataError, match="expected coders without a file in coding/, saw “ben”; move that file away"):
        import_project(round_, OTHER, add_codes=True)


def test_text_of_an_unknown_group_asks_for_one(make_round, tmp_path):
    path = project_file(tmp_path / "p.qdpx", WORDS.encode(), "Über Energie reden", 24, 42)
    with pytest.raises(DataError, match="expected texts whose group is known, saw “Unbekannt”; name it with --group"):
        import_project(make_round(), path)
    round_ = make_round()
    done = import_project(round_, path, group="Gruppe Süd")
    assert done.codings == 1
    assert set(ingest_group_notes(round_).statements["group"]) == {"sued"}


def test_commands_code_and_exchange(own_round, tmp_path, capsys, monkeypatch):
    from analysis_utils.cli import main

    data = ["--data", str(own_round.raw.parents[1])]
    assert main(["code", "fachdialog-1", *data, "--coder", "neu"]) == 0
    assert "coding/neu.csv: 112 statements, 112 to code" in capsys.readouterr().out
    assert main(["exchange", "export", "fachdialog-1", str(tmp_path / "p.qdpx"), *data]) == 0
    assert "112 statements" in capsys.readouterr().out
    assert main(["exchange", "import", "fachdialog-1", str(tmp_path / "p.qdpx"), *data]) == 2
    assert "expected coders without a file in coding/" in capsys.readouterr().err
    assert main(["exchange", "export", "fachdialog-1", str(tmp_path / "p.doc"), *data]) == 2
    assert "expected a file ending in .qdpx (project) or .qdc (codebook), saw “.doc”" in capsys.readouterr().err


def test_passage_codes_no_statement_of_another_groups_notes(make_round, tmp_path):
    text = "Bus\nDie Gruppe Süd will eine Buslinie nach Cottbus haben"
    round_ = make_round(
        {"notes/nord.md": "- Bus\n", "notes/sued.md": "- Die Gruppe Süd will eine Buslinie nach Cottbus haben\n"}
    )
    done = import_project(round_, project_file(tmp_path / "p.qdpx", text.encode(), "x", 0, 3))
    assert done.codings == 0 and "no_statement_there" in {problem.rule for problem in done.problems}


def test_refused_import_leaves_nothing_behind(make_round, tmp_path):
    round_ = make_round({"coding/anna.csv": "statement;text;code;stance\nnord.xyz;Text;gibt es nicht;neutral\n"})
    book = (round_.raw.parents[1] / "codebook.yml").read_bytes()
    path = project_file(tmp_path / "p.qdpx", WORDS.encode(), "Über Energie reden", 24, 42)
    with pytest.raises(DataError, match="a code of the codebook"):
        import_project(round_, path, group="nord", add_codes=True)
    assert not (round_.raw / "notes").exists() or not list((round_.raw / "notes").iterdir())
    assert (round_.raw.parents[1] / "codebook.yml").read_bytes() == book


def several(path: Path, *sources: tuple[str, str, str]) -> Path:
    """A project whose first word of each source (id, name, text) is coded."""
    project = Project(
        "p",
        {"c": Code("c", ("Energie",))},
        [
            Source(guid, name, text, [Passage("", 0, len(text.split()[0]), (Coding("c", "eva"),))])
            for guid, name, text in sources
        ],
    )
    write(path, project)
    return path


def test_texts_without_a_name_or_with_the_same_are_written_under_stable_names(make_round, tmp_path):
    round_ = make_round()
    texts = [("a1b2", "", "Strom fehlt\n"), ("c3", "Interview", "Wasser fehlt\n"), ("d4", "Interview", "Bus fehlt\n")]
    done = import_project(round_, several(tmp_path / "p.qdpx", *texts), group="nord")
    names = [path.name for path in done.files if path.suffix == ".txt"]
    assert names == ["source-a1b2.txt", "Interview.txt", "Interview-d4.txt"]
    assert done.codings == 3 and not done.problems


def test_text_that_nobody_coded_comes_in_too(make_round, tmp_path):
    round_ = make_round()
    write(tmp_path / "p.qdpx", Project("p", {}, [Source("a", "Nord", "Strom fehlt\nBus fehlt\n")]))
    import_project(round_, tmp_path / "p.qdpx")
    assert len(ingest_group_notes(round_).statements) == 2


def test_files_of_one_name_in_two_folders_are_told_apart_by_their_words(make_round, tmp_path):
    files = {"notes/nord/protokoll.md": "- Bus\n- Strom fehlt\n", "notes/sued/protokoll.md": "- Bus\n- Wasser fehlt\n"}
    round_ = make_round(files)
    done = import_project(round_, several(tmp_path / "p.qdpx", ("a", "Protokoll.docx", "Bus\nWasser fehlt\n")))
    assert [path.suffix for path in done.files] == [".csv"]
    coded = ingest_group_notes(round_).coded_statements
    assert set(coded["group"]) == {"sued"}


def test_refusal_while_codings_are_written_takes_back_what_was_written(make_round, tmp_path):
    round_ = make_round()
    (round_.raw / "coding").write_text("a file where the folder should be")
    with pytest.raises(OSError):
        import_project(round_, several(tmp_path / "p.qdpx", ("a", "Nord", "Strom fehlt\n")))
    assert not (round_.raw / "notes").exists()
