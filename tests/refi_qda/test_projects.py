"""Projects of any program: codes, texts and passages come out as they were put in."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from project_files import WORDS, project_file

from refi_qda import Code, Coding, Passage, Project, RefiError, Source, read, write

README = Path(__file__).parents[2] / "src" / "refi_qda" / "README.md"
OTHER = Path(__file__).parents[1] / "notes" / "data" / "other_program.qdpx"


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
    source = read(path).sources[0]
    passage = source.passages[0]
    assert source.text[passage.start : passage.end] == "Über Energie reden"
    assert passage.codings == (Coding("c", "eva"),)


def test_document_types_and_broken_files_are_refused(tmp_path):
    bomb = project_file(tmp_path / "b.qdpx", b"", "", 0, 0, '<!DOCTYPE a [<!ENTITY x "y">]>')
    with pytest.raises(RefiError, match="expected XML without document types or entities"):
        read(bomb)
    (tmp_path / "c.qdpx").write_bytes(OTHER.read_bytes()[:900])
    with pytest.raises(RefiError, match=r"expected a whole \.qdpx file, saw a damaged or cut-off file"):
        read(tmp_path / "c.qdpx")
    (tmp_path / "d.qdc").write_text("<Other/>")
    with pytest.raises(RefiError, match="expected a REFI-QDA codebook, saw the element Other"):
        read(tmp_path / "d.qdc")
    (tmp_path / "e.qdc").write_text("<CodeBook>")
    with pytest.raises(RefiError, match="expected sound XML, saw a broken file"):
        read(tmp_path / "e.qdc")
    with pytest.raises(RefiError, match="expected this file to exist"):
        read(tmp_path / "none.qdpx")


def test_missing_text_is_a_problem_with_its_codings(tmp_path):
    path = project_file(tmp_path / "p.qdpx", WORDS.encode(), "Über", 24, 28)
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(stream, "w") as target:
        target.writestr("project.qde", source.read("Projekt.qde"))
    path.write_bytes(stream.getvalue())
    project = read(path)
    assert project.sources == []
    assert [(one.source, one.codings) for one in project.unread] == [("Unbekannt", 1)]


def test_nameless_sources_are_told_apart_by_their_id(tmp_path):
    path = project_file(tmp_path / "p.qdpx", WORDS.encode(), "x", 0, 5)
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("Projekt.qde").decode().replace(' name="Unbekannt"', "")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Projekt.qde", xml)
        archive.writestr("Sources/t.txt", WORDS)
    assert read(path).sources[0].called == "source t"


def test_project_comes_back_as_it_was_written_and_is_private(tmp_path):
    codes = {"a": Code("a", ("Energie",), "Strom & Wärme"), "b": Code("b", ("Energie", "Netze"), parent="a")}
    passages = [
        Passage("x", 0, 5, (Coding("b", "Änne", ("Haltung: kritisch\nzwei",)), Coding("a", "Ben"))),
        Passage("y", 6, 9),
    ]
    project = Project(
        "Notizen", codes, [Source("s1", "Süd", "Netze 😀 fehlen", passages), Source("s2", "", "leer", [])]
    )
    for name in ("p.qdpx", "q.qdpx"):
        write(tmp_path / name, project)
    assert read(tmp_path / "p.qdpx") == project
    assert (tmp_path / "p.qdpx").read_bytes() == (tmp_path / "q.qdpx").read_bytes()
    assert (tmp_path / "p.qdpx").stat().st_mode & 0o077 == 0
    write(tmp_path / "p.qdc", project)
    assert read(tmp_path / "p.qdc").codes == codes


def test_example_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(re.findall("```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[0], {})
    assert capsys.readouterr().out == "anna Energy Grids are missing\n[]\n"
