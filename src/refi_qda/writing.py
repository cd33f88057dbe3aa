"""Writing projects and codebooks. Same project, same bytes."""

from __future__ import annotations

import uuid
import zipfile
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .model import Code, Coding, Passage, Project

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
_SPACE = uuid.UUID("6f0f2f0e-8f0c-5a51-9c52-2a6f4d1c7b10")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(path: Path | str, project: Project, *, origin: str = "refi_qda") -> None:
    """Write a `.qdpx`, or for a `.qdc` the codes alone. A project holds what people said: nobody else may read it.

    Ids of sources and codes are those of the project; all others follow from them.
    """
    path = Path(path)
    if path.suffix.lower() == ".qdc":
        root = Element("CodeBook", {"xmlns": CODEBOOK, "origin": origin})
        _codes(SubElement(root, "Codes"), project.codes)
        path.write_bytes(_bytes(root))
        return
    root = Element("Project", {"xmlns": PROJECT, "name": project.name, "origin": origin})
    users = SubElement(root, "Users")
    coders = {coding.coder for source in project.sources for one in source.passages for coding in one.codings}
    for coder in sorted(coders):
        SubElement(users, "User", {"guid": _id(project, "user", coder), "name": coder})
    _codes(SubElement(SubElement(root, "CodeBook"), "Codes"), project.codes)
    sources, remarks = SubElement(root, "Sources"), Element("Notes")
    for source in project.sources:
        element = SubElement(sources, "TextSource", {"guid": source.guid, "name": source.name})
        element.set("plainTextPath", f"internal://{source.guid}.txt")
        for at, passage in enumerate(source.passages):
            _passage(element, project, passage, f"{source.guid}/{passage.name or at}", remarks)
    if len(remarks):
        root.append(remarks)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "project.qde", _bytes(root))
        for source in project.sources:
            _add(archive, f"Sources/{source.guid}.txt", source.text.encode())
    path.chmod(0o600)


def _id(project: Project, *parts: str) -> str:
    """The same identifier for the same thing, in every file."""
    return str(uuid.uuid5(_SPACE, "/".join((project.name, *parts))))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, content)


def _bytes(root: Element) -> bytes:
    indent(root)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _codes(parent: Element, codes: dict[str, Code]) -> None:
    placed: dict[str, Element] = {}
    for key, code in codes.items():
        about = {"guid": key, "name": code.name, "isCodable": str(code.is_codable).lower()}
        placed[key] = element = SubElement(placed.get(code.parent, parent), "Code", about)
        if code.description:
            SubElement(element, "Description").text = code.description


def _passage(source: Element, project: Project, passage: Passage, key: str, remarks: Element) -> None:
    place = {"startPosition": str(passage.start), "endPosition": str(passage.end)}
    about = {"guid": _id(project, "selection", key), "name": passage.name, **place}
    selection = SubElement(source, "PlainTextSelection", about)
    if passage.description:
        SubElement(selection, "Description").text = passage.description
    for coding in passage.codings:
        _coding(selection, project, coding, key, remarks)


def _coding(selection: Element, project: Project, coding: Coding, key: str, remarks: Element) -> None:
    mine, user = _id(project, "coding", key, coding.coder, coding.code), _id(project, "user", coding.coder)
    element = SubElement(selection, "Coding", {"guid": mine, "creatingUser": user})
    SubElement(element, "CodeRef", {"targetGUID": coding.code})
    for at, words in enumerate(coding.notes):
        note = _id(project, "note", mine, str(at))
        SubElement(element, "NoteRef", {"targetGUID": note})
        about = {"guid": note, "name": words.split("\n")[0], "creatingUser": user}
        SubElement(SubElement(remarks, "Note", about), "PlainTextContent").text = words
