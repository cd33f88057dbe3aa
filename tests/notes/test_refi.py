"""Exchange with other programs: what goes out comes back, and what others write comes in."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from analysis_utils.codebook import read_codebook
from analysis_utils.errors import DataError
from analysis_utils.ingest.group_notes import ingest_group_notes
from analysis_utils.ingest.refi import read_codebook_exchange, read_project
from analysis_utils.ingest.refi_cli import exchange
from analysis_utils.ingest.refi_import import import_project
from analysis_utils.ingest.refi_write import write_codebook_exchange, write_project
from analysis_utils.rounds import open_round

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


def given(notes) -> set[tuple[str, ...]]:
    own = notes.codings[notes.codings["coder"] != "final"]
    columns = ["statement", "coder", "code", "stance", "decided_by", "note"]
    return set(own[columns].itertuples(index=False, name=None))


def test_project_survives_the_way_out_and_back(own_round, tmp_path):
    notes = ingest_group_notes(own_round)
    assert write_project(notes, tmp_path / "a.qdpx") == len(given(notes)) > 400
    shutil.rmtree(own_round.raw / "coding")
    done = import_project(own_round, tmp_path / "a.qdpx")
    again = ingest_group_notes(own_round)
    assert given(again) == given(notes)
    assert list(again.statements["statement"]) == list(notes.statements["statement"])
    assert (done.spread, done.repeated, done.problems, done.added) == (0, 0, [], [])


def test_export_has_the_same_bytes_twice_and_is_private(own_round, tmp_path):
    notes = ingest_group_notes(own_round)
    for name in ("a.qdpx", "b.qdpx"):
        write_project(notes, tmp_path / name)
    assert (tmp_path / "a.qdpx").read_bytes() == (tmp_path / "b.qdpx").read_bytes()
    assert (tmp_path / "a.qdpx").stat().st_mode & 0o077 == 0


def test_exported_positions_and_places_lead_to_the_statement(own_round, tmp_path):
    notes = ingest_group_notes(own_round)
    write_project(notes, tmp_path / "a.qdpx")
    texts = dict(zip(notes.statements["statement"], notes.statements["text"], strict=True))
    project = read_project(tmp_path / "a.qdpx")
    assert [source.name for source in project.sources] == list(dict.fromkeys(notes.statements["file"]))
    for source in project.sources:
        for segment in source.segments:
            assert source.text[segment.start : segment.end] == texts[segment.name]
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        assert "<Description>notes/gruppe-1.md, line 9</Description>" in archive.read("project.qde").decode()


def test_codebook_survives_with_umlauts_and_nesting(own_round, tmp_path):
    write_codebook_exchange(own_round.codebook, tmp_path / "a.qdc")
    paths = [code.path for code in read_codebook_exchange(tmp_path / "a.qdc").codes.values()]
    assert ("Querschnittsthemen", "Fachkräftesicherung") in paths
    assert ("Querschnittsthemen", "Governance und Abstimmung", "Tempo der Verfahren") in paths
    assert exchange(own_round, tmp_path / "a.qdc", is_import=True) == "the codebook has all these codes"


def test_lost_code_comes_back_from_a_codebook(own_round, tmp_path):
    write_codebook_exchange(own_round.codebook, tmp_path / "a.qdc")
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


def project_file(path: Path, text: bytes, name: str, start: int, end: int, head: str = "") -> Path:
    mark = f'<PlainTextSelection guid="s" name="{name}" startPosition="{start}" endPosition="{end}">'
    xml = (
        f'<?xml version="1.0"?>{head}<Project xmlns="urn:QDA-XML:project:1.0" name="p">'
        '<Users><User guid="u" name="eva"/></Users><CodeBook><Codes>'
        '<Code guid="{C}" name="Energie" isCodable="true"/></Codes></CodeBook><Sources>'
        f'<TextSource guid="t" name="Unbekannt" plainTextPath="internal://t.txt">{mark}'
        '<Coding guid="c" creatingUser="u">'
        '<CodeRef targetGUID="{c}"/></Coding></PlainTextSelection></TextSource></Sources></Project>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Projekt.qde", xml)
        archive.writestr("Sources/t.txt", text)
    return path


WORDS = "Zeile eins\nZeile zwei 😀\nÜber Energie reden"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (WORDS.encode(), 24),
        (WORDS.replace("\n", "\r\n").encode(), 26),
        (WORDS.replace("\n", "\r\n").encode(), 24),
        (WORDS.encode(), 25),
        (WORDS.encode("utf-8-sig"), 25),
    ],
    ids=["characters", "line ends count two", "line ends count one", "UTF-16 units", "mark counts"],
)
def test_positions_are_read_however_the_program_counts(tmp_path, text, start):
    path = project_file(tmp_path / "p.qdpx", text, "Über Energie reden", start, start + 18)
    source = read_project(path).sources[0]
    segment = source.segments[0]
    assert source.text[segment.start : segment.end] == "Über Energie reden"
    assert (segment.code, segment.coder) == ("c", "eva")


def test_text_of_an_unknown_group_asks_for_one(make_round, tmp_path):
    path = project_file(tmp_path / "p.qdpx", WORDS.encode(), "Über Energie reden", 24, 42)
    with pytest.raises(DataError, match="expected texts whose group is known, saw “Unbekannt”; name it with --group"):
        import_project(make_round(), path)
    round_ = make_round()
    done = import_project(round_, path, group="Gruppe Süd")
    assert done.codings == 1
    assert set(ingest_group_notes(round_).statements["group"]) == {"sued"}


def test_document_types_and_broken_files_are_refused(tmp_path):
    bomb = project_file(tmp_path / "b.qdpx", b"", "", 0, 0, '<!DOCTYPE a [<!ENTITY x "y">]>')
    with pytest.raises(DataError, match="expected XML without document types or entities"):
        read_project(bomb)
    (tmp_path / "c.qdpx").write_bytes(OTHER.read_bytes()[:900])
    with pytest.raises(DataError, match=r"expected a whole \.qdpx file, saw a damaged or cut-off file"):
        read_project(tmp_path / "c.qdpx")
    (tmp_path / "d.qdc").write_text("<Other/>")
    with pytest.raises(DataError, match="expected a REFI-QDA codebook, saw the element Other"):
        read_codebook_exchange(tmp_path / "d.qdc")
    (tmp_path / "e.qdc").write_text("<CodeBook>")
    with pytest.raises(DataError, match="expected sound XML, saw a broken file"):
        read_codebook_exchange(tmp_path / "e.qdc")
    with pytest.raises(DataError, match="expected this file to exist"):
        read_project(tmp_path / "none.qdpx")


def test_missing_text_is_a_problem_with_its_codings(tmp_path):
    path = project_file(tmp_path / "p.qdpx", WORDS.encode(), "Über", 24, 28)
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(stream, "w") as target:
        target.writestr("project.qde", source.read("Projekt.qde"))
    path.write_bytes(stream.getvalue())
    project = read_project(path)
    assert project.sources == []
    assert [(one.rule, one.seen) for one in project.problems] == [("no_text", "1 codings")]


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


def test_nameless_sources_are_told_apart_by_their_id(tmp_path):
    path = project_file(tmp_path / "p.qdpx", WORDS.encode(), "x", 0, 5)
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("Projekt.qde").decode().replace(' name="Unbekannt"', "")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Projekt.qde", xml)
        archive.writestr("Sources/t.txt", WORDS)
    assert read_project(path).sources[0].name == "Quelle t"
