"""Writing REFI-QDA: the codebook as `.qdc`, statements and codings as `.qdpx`. Same round, same bytes.

Each file of notes becomes a text with its headings and statements; each statement is a selection named after it, with
its place as description, so that codings made elsewhere find their way back. Stance, decision and remark of a coding
are a note on it.
"""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..codebook import AddedCode, Code, Codebook
from .coding import FINAL, NO_CODE
from .group_notes import GroupNotes

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
ORIGIN = "Fachdialog-Analyse"
SECTION_NAMES = {
    "focus_areas": "Fokusbereiche",
    "theme_clusters": "Themen-Cluster",
    "cross_cutting_themes": "Querschnittsthemen",
    "added_codes": "Weitere Themen",
}
NO_CODE_NAME = "Ohne Code"
_SPACE = uuid.UUID("6f0f2f0e-8f0c-5a51-9c52-2a6f4d1c7b10")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def guid(*parts: str) -> str:
    """The same identifier for the same thing, in every export."""
    return str(uuid.uuid5(_SPACE, "/".join(parts)))


def write_codebook_exchange(codebook: Codebook, path: Path) -> None:
    """Write the codes of statements as `.qdc`, sections as codes that cannot be applied themselves."""
    root = Element("CodeBook", {"xmlns": CODEBOOK, "origin": ORIGIN})
    _codes(SubElement(root, "Codes"), codebook)
    path.write_bytes(_bytes(root))


def write_project(notes: GroupNotes, path: Path) -> int:
    """Write statements and all coders' codings as `.qdpx`; returns the number of codings.

    The final codings are left out: they follow from the others. The file holds what participants said.
    """
    name = notes.round.name
    codings = notes.codings[notes.codings["coder"] != FINAL]
    root = Element("Project", {"xmlns": PROJECT, "name": notes.round.file.title, "origin": ORIGIN})
    users = SubElement(root, "Users")
    for coder in sorted(codings["coder"].unique()):
        SubElement(users, "User", {"guid": guid(name, "user", coder), "name": coder})
    _codes(SubElement(SubElement(root, "CodeBook"), "Codes"), notes.round.codebook)
    sources, remarks = SubElement(root, "Sources"), Element("Notes")
    texts: dict[str, str] = {}
    by_statement = {statement: own.to_dict("records") for statement, own in codings.groupby("statement")}
    for file, own in notes.statements.groupby("file", sort=False):
        key = guid(name, "source", str(file))
        source = SubElement(sources, "TextSource", {"guid": key, "name": str(file)})
        source.set("plainTextPath", f"internal://{key}.txt")
        texts[key] = _text(source, own.to_dict("records"), by_statement, name, remarks)
    if len(remarks):
        root.append(remarks)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "project.qde", _bytes(root))
        for key, text in texts.items():
            _add(archive, f"Sources/{key}.txt", text.encode())
    path.chmod(0o600)
    return len(codings)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, content)


def _bytes(root: Element) -> bytes:
    indent(root)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _codes(parent: Element, codebook: Codebook) -> None:
    places: dict[str, Element] = {}
    for section, codes in codebook.themes().items():
        if codes:
            heading = _code(parent, guid("section", section), SECTION_NAMES[section], "", is_codable=False)
            for code in _outer_first(codes):
                inside = places.get(getattr(code, "parent", None) or "", heading)
                places[code.id] = _code(inside, guid("code", code.id), code.label_de, _about(code))
    _code(parent, guid("code", NO_CODE), NO_CODE_NAME, "Gelesen, und kein Code passt.")


def _outer_first(codes: list[Code]) -> Iterator[Code]:
    """Codes whose parent is none of these, then their children, and so on."""
    waiting = list(codes)
    while waiting:
        names = {code.id for code in waiting}
        ready = [code for code in waiting if getattr(code, "parent", None) not in names] or waiting
        yield from ready
        waiting = [code for code in waiting if code not in ready]


def _about(code: Code) -> str:
    return f"{code.definition} Beispiel: {code.example}" if isinstance(code, AddedCode) else code.label_en


def _code(parent: Element, key: str, name: str, about: str, *, is_codable: bool = True) -> Element:
    code = SubElement(parent, "Code", {"guid": key, "name": name, "isCodable": str(is_codable).lower()})
    if about:
        SubElement(code, "Description").text = about
    return code


def _text(source: Element, rows: list[dict], codings: dict, name: str, remarks: Element) -> str:
    """The text of a source; its selections are added to the element."""
    text, section = "", ""
    for row in rows:
        if row["section"] != section:
            section = row["section"]
            text += f"\n{section}\n\n" if section else "\n"
        words, start = row["text"], len(text)
        place = {"startPosition": str(start), "endPosition": str(start + len(words))}
        key = guid(name, "selection", row["statement"])
        selection = SubElement(source, "PlainTextSelection", {"guid": key, "name": row["statement"], **place})
        SubElement(selection, "Description").text = f"{row['file']}, {row['place']}"
        for coding in codings.get(row["statement"], []):
            _coding(selection, coding, name, remarks)
        text += f"{words}\n"
    return text


def _coding(selection: Element, row: dict, name: str, remarks: Element) -> None:
    key = guid(name, "coding", row["statement"], row["coder"], row["code"])
    user = guid(name, "user", row["coder"])
    coding = SubElement(selection, "Coding", {"guid": key, "creatingUser": user})
    SubElement(coding, "CodeRef", {"targetGUID": guid("code", row["code"])})
    said = {"Haltung": row["stance"], "Entschieden": row["decided_by"], "Bemerkung": row["note"]}
    lines = [f"{what}: {value}" for what, value in said.items() if value]
    if lines:
        note = guid(name, "note", key)
        SubElement(coding, "NoteRef", {"targetGUID": note})
        element = SubElement(remarks, "Note", {"guid": note, "name": lines[0], "creatingUser": user})
        SubElement(element, "PlainTextContent").text = "\n".join(lines)
