"""Exchange with programs for qualitative analysis as REFI-QDA files: statements and codings, or the codebook.

Each file of notes becomes a text with its headings and statements; each statement is a passage named after it, with
its place as description, so that codings made elsewhere find their way back. Stance, decision and remark of a coding
are a note on it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from refi_qda import Code, Coding, Passage, Project, Source, write

from ..clean import subfolder
from ..errors import DataError
from ..rounds import AddedCode, Code as OurCode, Codebook, Round
from .coding import FINAL, NO_CODE
from .group_notes import GroupNotes, ingest_group_notes
from .refi_import import NO_CODE_NAME, import_codebook, import_project, own_code

ORIGIN = "Fachdialog-Analyse"
SECTION_NAMES = {
    "focus_areas": "Fokusbereiche",
    "theme_clusters": "Themen-Cluster",
    "cross_cutting_themes": "Querschnittsthemen",
    "added_codes": "Weitere Themen",
}


def exchange(round_: Round, path: Path, *, is_import: bool, group: str = "", add_codes: bool = False) -> str:
    """Read or write a `.qdpx` (project) or `.qdc` (codebook), told by its ending; returns what happened, in words.

    Raises: DataError for another ending, and for what the file's reader or the round's notes refuse.
    """
    kind = path.suffix.lower()
    if kind not in (".qdpx", ".qdc"):
        raise DataError(path, "a file ending in .qdpx (project) or .qdc (codebook)", f"“{path.suffix}”")
    if is_import and kind == ".qdc":
        added = import_codebook(round_, path)
        return (
            "\n".join(f"code added to the codebook: {label}" for label in added) or "the codebook has all these codes"
        )
    if is_import:
        return str(import_project(round_, path, group=group, add_codes=add_codes))
    if not path.parent.is_dir():
        raise DataError(path, "a folder to write into", "none", at=str(path.parent))
    if kind == ".qdc":
        write(path, Project(round_.name, dict(_codes(round_.codebook))), origin=ORIGIN)
        return f"written: {path}"
    notes = ingest_group_notes(round_)
    if notes.is_empty:
        raise DataError(
            subfolder(round_.raw, "notes"), "statements to export", "none", remedy="put the notes there first"
        )
    project = project_of(notes)
    write(path, project, origin=ORIGIN)
    codings = sum(len(passage.codings) for source in project.sources for passage in source.passages)
    return f"written: {path}, {len(notes.statements)} statements, {codings} codings; it holds what participants said"


def project_of(notes: GroupNotes) -> Project:
    """Statements and all coders' codings. The final codings are left out: they follow from the others."""
    codings = notes.codings[notes.codings["coder"] != FINAL]
    by_statement = {statement: own.to_dict("records") for statement, own in codings.groupby("statement")}
    sources = [
        _source(notes.round.name, str(file), own.to_dict("records"), by_statement)
        for file, own in notes.statements.groupby("file", sort=False)
    ]
    return Project(notes.round.file.title, dict(_codes(notes.round.codebook)), sources)


def _source(round_name: str, file: str, rows: list[dict[Any, Any]], codings: dict[Any, list[dict[Any, Any]]]) -> Source:
    """The text of a file, with headings, and its statements in it."""
    text, section = "", ""
    passages = []
    for row in rows:
        if row["section"] != section:
            section = row["section"]
            text += f"\n{section}\n\n" if section else "\n"
        words, start = row["text"], len(text)
        given = tuple(map(_coding, codings.get(row["statement"], [])))
        passages.append(Passage(row["statement"], start, start + len(words), given, f"{row['file']}, {row['place']}"))
        text += f"{words}\n"
    return Source(str(uuid.uuid5(uuid.NAMESPACE_URL, f"{round_name}/{file}")), file, text, passages)


def _coding(row: dict[Any, Any]) -> Coding:
    said = {"Haltung": row["stance"], "Entschieden": row["decided_by"], "Bemerkung": row["note"]}
    lines = [f"{what}: {value}" for what, value in said.items() if value]
    return Coding(own_code(row["code"]), row["coder"], ("\n".join(lines),) if lines else ())


def _codes(codebook: Codebook) -> Iterator[tuple[str, Code]]:
    """The codes of statements by section; sections are codes that cannot be applied themselves."""
    paths: dict[str, tuple[str, ...]] = {}
    for section, codes in codebook.themes().items():
        if codes:
            key = own_code(f"section {section}")
            yield key, Code(key, (SECTION_NAMES[section],), is_codable=False)
            for code in _outer_first(codes):
                above = getattr(code, "parent", None) or ""
                paths[code.id] = (*paths.get(above, (SECTION_NAMES[section],)), code.label_de)
                parent = own_code(above) if above in paths else key
                yield own_code(code.id), Code(own_code(code.id), paths[code.id], _about(code), parent=parent)
    none = own_code(NO_CODE)
    yield none, Code(none, (NO_CODE_NAME,), "Gelesen, und kein Code passt.")


def _outer_first(codes: Iterable[OurCode]) -> Iterator[OurCode]:
    """Codes whose parent is none of these, then their children, and so on."""
    waiting = list(codes)
    while waiting:
        names = {code.id for code in waiting}
        ready = [code for code in waiting if getattr(code, "parent", None) not in names] or waiting
        yield from ready
        waiting = [code for code in waiting if code not in ready]


def _about(code: OurCode) -> str:
    return f"{code.definition} Beispiel: {code.example}" if isinstance(code, AddedCode) else code.label_en
