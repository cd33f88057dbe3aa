"""The folder `notes/` of a round → passages with their groups: which file belongs to whom, and what stands twice."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from poll_exports import shown, some, visible

from ..clean import DATE_REMEDY, KINDS, Names, Problem, clean, files_in, head_of, read_columns, subfolder
from ..errors import DataError, nearest
from ..rounds import Notes, NotesGroup, Round
from .statement_ids import words_of
from .text import Passage, read_markdown, read_plain_text
from .word import read_word

COLUMNS: Names = {
    "text": ("aussage", "statement", "notiz", "note", "wortlaut", "inhalt", "beitrag", "comment", "kommentar"),
    "group": ("gruppe",),
    "section": ("abschnitt", "thema", "überschrift"),
    "id": ("kennung", "nr", "nummer"),
}
_READERS = {".md": read_markdown, ".markdown": read_markdown, ".txt": read_plain_text, ".docx": read_word}
_TABLES = (".csv", ".tsv", ".xlsx")


@dataclass(frozen=True)
class Found:
    """A statement before it has a name. `file` is its path in the round folder."""

    group: str
    section: str
    text: str
    kind: str
    file: str
    place: str
    identifier: str = ""
    photo: str = ""
    dots: int | None = None
    released_by: str = ""


def read_notes(round_: Round) -> tuple[list[Found], list[Problem]]:
    """All statements of all files in `notes/`, in the order of the files' names, and problems.

    Raises: DataError for a file nobody can read, and for notes whose group round.yml does not know.
    """
    found: list[Found] = []
    problems: list[Problem] = []
    for path in files_in(subfolder(round_.raw, "notes")):
        name = path.relative_to(round_.raw).as_posix()
        if path.stem.casefold() == "readme":
            continue
        group, passages, notes = _read(path)
        problems += [replace(note, file=name) for note in notes]
        owners = _groups_of(round_, path, group, passages)
        if not passages:
            problems.append(Problem("no_statements", "whole file", "the file holds no statement", file=name))
        found += [
            Found(owner, passage.section, passage.text, "note", name, passage.place, passage.identifier)
            for owner, passage in zip(owners, passages, strict=True)
        ]
    kept, twice = _without_copies(found)
    return kept, problems + twice


def _read(path: Path) -> tuple[str, list[Passage], list[Problem]]:
    ending = path.suffix.lower()
    if ending in _TABLES:
        return _read_table(path)
    head = head_of(path)
    if ending not in _READERS:
        is_zip = head.startswith(b"PK")
        saw = f"a file ending in “{shown(path.suffix, 12)}”" if path.suffix else "a file without an ending"
        program = {".odt": "LibreOffice", ".pages": "Pages"}.get(ending, "the program it comes from")
        save = f"open it in {program}, choose File → Save as (Export) → Word (.docx), and put that file here instead"
        remedy = save if is_zip else "rename it, or move what is no notes out of the folder notes/"
        raise DataError(path, KINDS, saw, remedy=remedy)
    if ending == ".docx" and not head.startswith(b"PK"):
        raise DataError(path, "a Word document (.docx)", "another kind of file", remedy="save it as .docx in Word")
    if ending != ".docx" and head.startswith(b"PK"):
        raise DataError(path, "text", "a zip archive or Office file", remedy="give the file its true ending")
    return _READERS[ending](path)


def _read_table(path: Path) -> tuple[str, list[Passage], list[Problem]]:
    records, problems = read_columns(path, COLUMNS, ("text",))
    passages = []
    for record in records:
        text = record.text("text")
        if record.is_date("text"):
            message = f"expected a statement, saw a date that a spreadsheet may have made of it; {DATE_REMEDY}"
            problems.append(Problem("date_for_text", record.place, message, seen="a date"))
        if text:
            identifier = _identifier(path, record.text("id"), record.place)
            passages.append(Passage(text, record.text("section"), record.place, record.text("group"), identifier))
        else:
            message = "the row has no text"
            problems.append(Problem("empty_statement", record.place, message, action="set aside"))
    return "", passages, problems


def _identifier(path: Path, written: str, place: str) -> str:
    identifier = written.casefold()
    if written and not re.fullmatch(r"[a-z0-9äöüß_-]{1,40}", identifier):
        raise DataError(path, "an id of letters, digits, - and _", f"“{shown(written, 30)}”", at=place)
    return identifier


def notes_plan(round_: Round) -> Notes:
    """The block `notes` of round.yml. Raises: DataError where it is missing."""
    if round_.file.notes is None:
        remedy = "name the groups there: notes: {provenance: original, groups: [{id: gruppe_1, label: Gruppe 1}]}"
        raise DataError(round_.raw / "round.yml", "a block “notes” for the notes in the folder", "none", remedy=remedy)
    return round_.file.notes


def _groups_of(round_: Round, path: Path, written: str, passages: list[Passage]) -> list[str]:
    """The group of each passage: as its row says, as the file says, as round.yml says, or as the file is named."""
    groups = notes_plan(round_).groups
    name = path.relative_to(round_.raw).as_posix()
    below = name.partition("/")[2]
    if written:
        own = find_group(path, written, groups, "the top of the file")
    else:
        listed = [group.id for group in groups if {name, below} & set(group.files)]
        if len(listed) > 1:
            raise DataError(round_.raw / "round.yml", f"the file {name} at one group", " and ".join(listed), "notes")
        own = listed[0] if listed else group_named_by(name, groups)
    if not own and not all(passage.group for passage in passages):
        bare = next(passage for passage in passages if not passage.group)
        known = ", ".join(group.id for group in groups)
        remedy = f"begin the file with “Gruppe: …”, or list it under files in round.yml; known groups: {known}"
        raise DataError(path, "notes that name their group", "no group", at=bare.place, remedy=remedy)
    return [find_group(path, passage.group, groups, passage.place) if passage.group else own for passage in passages]


def find_group(path: Path, written: str, groups: list[NotesGroup], place: str) -> str:
    """Id of the group that bears this id or label. Raises: DataError, with the nearest known one."""
    by_name = {_plain(name): group.id for group in groups for name in (group.id, group.label)}
    if _plain(written) in by_name:
        return by_name[_plain(written)]
    known = [name for group in groups for name in (group.id, group.label)]
    remedy = nearest(written, known) or f"known groups: {', '.join(group.id for group in groups)}"
    raise DataError(path, "a group of round.yml", f"“{shown(clean(written), 40)}”", at=place, remedy=remedy)


def group_named_by(name: str, groups: list[NotesGroup]) -> str:
    """The group whose id or label begins the name of the file or of its folder; the longest where several do."""
    parts = [_plain(part) for part in name.split("/")[1:]]
    fits = [
        (len(_plain(word)), group.id)
        for group in groups
        for word in (group.id, group.label)
        if any(re.match(re.escape(_plain(word)) + (r"(?!\d)" if word[-1].isdigit() else ""), part) for part in parts)
    ]
    return max(fits)[1] if fits else ""


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", visible(name).casefold())


def _without_copies(found: list[Found]) -> tuple[list[Found], list[Problem]]:
    """Statements of a group that stand word for word in two of its files are kept once."""
    first: dict[tuple[str, str], str] = {}
    kept: list[Found] = []
    twice: dict[tuple[str, str], list[str]] = {}
    for one in found:
        home = first.setdefault((one.group, words_of(one.text)), one.file)
        if home == one.file:
            kept.append(one)
        else:
            twice.setdefault((one.file, home), []).append(one.place)
    problems = [
        Problem(
            "statement_twice",
            some(places, 5),
            "the same statements of the same group stand in another of its files; they count once, there",
            seen=f"{len(places)} statements",
            action="set aside",
            file=file,
            private=f"also in {home}",
        )
        for (file, home), places in twice.items()
    ]
    return kept, problems
