"""Exchange with programs for qualitative analysis as REFI-QDA files: statements and codings, or the codebook.

Each file of notes becomes a text with its headings and statements; each statement is a passage named after it, with
its place as description, so that codings made elsewhere find their way back. Stance, decision and remark of a coding
are a note on it. What comes in is laid over the round's statements and the codebook: a coding belongs to a statement
when the passage covers at least half of the statement or lies at least half in it.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poll_exports import shown, some
from refi_qda import Code, Coding, Passage, Project, RefiError, Source, read, write

from ..clean import Problem, subfolder
from ..contracts import STANCES
from ..errors import DataError, nearest
from ..rounds import AddedCode, Code as OurCode, Codebook, Round, identifier_for, normalise
from .coding import FINAL, NO_CODE, RECONCILED, code_wordings, coding_files
from .coding_sheet import DECISION_FIELDS, FIELDS, sheet_bytes
from .group_notes import GroupNotes, ingest_group_notes
from .reading import find_group, group_named_by, notes_plan
from .statement_ids import SAME_ENOUGH, similarity, words_of

ORIGIN = "Fachdialog-Analyse"
SECTION_NAMES = {
    "focus_areas": "Fokusbereiche",
    "theme_clusters": "Themen-Cluster",
    "cross_cutting_themes": "Querschnittsthemen",
    "added_codes": "Weitere Themen",
}
HALF = 0.5
TELLING = 25
"""Statements of so many letters or more tell whether a text is one of the round's."""
NESTED = " › "
NO_CODE_NAME = "Ohne Code"
_SPACE = uuid.UUID("6f0f2f0e-8f0c-5a51-9c52-2a6f4d1c7b10")


def own_code(identifier: str) -> str:
    """The id that a code of ours has in every file, by which it is known however it is called there."""
    return str(uuid.uuid5(_SPACE, f"code/{identifier}"))


def exchange(round_: Round, path: Path, *, is_import: bool, group: str = "", add_codes: bool = False) -> str:
    """Read or write a `.qdpx` (project) or `.qdc` (codebook), told by its ending; returns what happened, in words.

    Raises: DataError for another ending, and for what the file's reader or the round's notes refuse.
    """
    kind = path.suffix.lower()
    if kind not in (".qdpx", ".qdc"):
        raise DataError(path, "a file ending in .qdpx (project) or .qdc (codebook)", f"“{path.suffix}”")
    if is_import and kind == ".qdc":
        book, done = _read(path), Imported()
        _match_codes(round_, path, book, {key for key, code in book.codes.items() if code.is_codable}, True, done)
        added = [f"code added to the codebook: {label}" for label in done.added]
        return "\n".join(added) or "the codebook has all these codes"
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


Found = dict[str, dict[tuple[str, str], dict[str, str]]]
"""Coder → statement and code → stance, who decided, remark."""


@dataclass
class Imported:
    """What an import did: files written, passages read, codings that came of them, and what did not fit."""

    files: list[Path] = field(default_factory=list)
    segments: int = 0
    codings: int = 0
    repeated: int = 0
    spread: int = 0
    per_code: Counter[str] = field(default_factory=Counter)
    added: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            f"{self.segments} coded passages -> {self.codings} codings of statements "
            f"({self.repeated} passages repeat a code in their statement, {self.spread} lie over several statements)"
        ]
        lines += [f"  {code}: {count} passages" for code, count in sorted(self.per_code.items())]
        lines += [f"code added to the codebook: {code}" for code in self.added]
        lines += [f"{one.action}: {one.place}: {one.message} ({one.seen})" for one in self.problems]
        return "\n".join([*lines, *(f"written: {path}" for path in self.files)])


def import_project(round_: Round, path: Path, *, group: str = "", add_codes: bool = False) -> Imported:
    """Bring the codings of a `.qdpx` into `coding/`, one file per coder; texts the round lacks go into `notes/`.

    `group` names the group of such texts. Raises: DataError for codes the codebook lacks (unless `add_codes`), for
    texts whose group is not known, and for coders who have a file already.
    """
    project, done = _read(path), Imported()
    for one in project.unread:
        rule, place = ("no_text", shown(one.source)) if one.source else ("not_text", one.what)
        message = "the text of this source is not in the project" if one.source else "only codings of text are read"
        done.problems.append(Problem(rule, place, message, f"{one.codings} codings", "set aside", path.name))
    codings = [coding for source in project.sources for passage in source.passages for coding in passage.codings]
    if taken := sorted({_coder(coding.coder) for coding in codings} & set(coding_files(round_))):
        remedy = "move that file away first, or rename the coder in the project"
        raise DataError(path, "coders without a file in coding/", f"“{shown(taken[0], 40)}”", remedy=remedy)
    found: Found = {}
    with _all_or_nothing(round_, done):
        codes = _match_codes(round_, path, project, {coding.code for coding in codings}, add_codes, done)
        files = _files(ingest_group_notes(round_), project)
        _write_texts(round_, path, project, files, group, done)
        notes = ingest_group_notes(round_)
        for source, own in zip(project.sources, files, strict=True):
            _lay_over(notes, source, own, codes, found, done, path)
        by_name = notes.statements.set_index("statement")[["group", "section", "text"]].to_dict("index")
        order = {name: place for place, name in enumerate(by_name)}
        for coder, rows in found.items():
            file = subfolder(round_.raw, "coding") / f"{coder}.csv"
            file.parent.mkdir(exist_ok=True)
            lines = [
                {"statement": name, **by_name[name], "code": code, **said}
                for (name, code), said in sorted(rows.items(), key=lambda item: order[item[0][0]])
            ]
            file.touch(mode=0o600)
            file.write_bytes(sheet_bytes(DECISION_FIELDS if coder == RECONCILED else FIELDS, lines))
            done.files.append(file)
            done.codings += len(rows)
    return done


def _read(path: Path) -> Project:
    try:
        return read(path)
    except RefiError as fault:
        raise DataError(path, fault.expected, fault.saw, remedy=fault.remedy) from None


@contextmanager
def _all_or_nothing(round_: Round, done: Imported) -> Iterator[None]:
    """A refusal leaves nothing behind: neither files, nor folders, nor codes."""
    book = round_.raw.parents[1] / "codebook.yml"
    before = book.read_bytes()
    folders = [subfolder(round_.raw, name) for name in ("notes", "coding")]
    new = [folder for folder in folders if not folder.exists()]
    try:
        yield
    except BaseException:
        if book.read_bytes() != before:
            book.write_bytes(before)
        for file in done.files:
            file.unlink(missing_ok=True)
        for folder in new:
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()
        raise


def _match_codes(
    round_: Round, path: Path, project: Project, used: set[str], add_codes: bool, done: Imported
) -> dict[str, str]:
    """guid of each used code -> id of the codebook, or `stance:…` for codes below `Haltung`."""
    wordings = code_wordings(round_.codebook) | {NO_CODE_NAME.casefold(): NO_CODE}
    own = {own_code(code): code for code in set(wordings.values())}
    found: dict[str, str] = {}
    unknown: list[Code] = []
    for key, code in project.codes.items():
        name = normalise(code.name).casefold()
        if key in own or name in wordings:
            found[key] = own.get(key) or wordings[name]
        if key not in own and name in STANCES and len(code.path) > 1 and code.path[-2].casefold() == "haltung":
            found[key] = f"stance:{name}"
        if key in used and key not in found:
            unknown.append(code)
    if unknown and not add_codes:
        names = ", ".join(f"“{shown(NESTED.join(code.path), 60)}”" for code in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        hint = nearest(unknown[0].name.casefold(), wordings)
        remedy = "add them as aliases or to added_codes in data/codebook.yml, or repeat with --add-codes"
        raise DataError(path, "codes of the codebook", names + more, remedy="; ".join(filter(None, [hint, remedy])))
    if unknown:
        _add_codes(round_, unknown, project, found, done)
    return found


def _add_codes(round_: Round, unknown: list[Code], project: Project, found: dict[str, str], done: Imported) -> None:
    """Append codes to `added_codes` of the codebook file, comments and order of the file kept."""
    from ruamel.yaml import YAML

    file = round_.raw.parents[1] / "codebook.yml"
    yaml = YAML()
    yaml.width = 120
    content = yaml.load(file.read_text(encoding="utf-8"))
    taken, labels = set(round_.codebook.by_id()), set(code_wordings(round_.codebook))
    by_path = {code.path: found.get(key, "") for key, code in project.codes.items()}
    for code in unknown:
        label = code.name if code.name.casefold() not in labels else NESTED.join(code.path)
        labels.add(label.casefold())
        identifier = identifier_for(label, taken)
        taken.add(identifier)
        found[code.guid] = by_path[code.path] = identifier
        stated = code.description or "Aus einem Projekt übernommen; noch zu beschreiben."
        entry = {"id": identifier, "label_de": label, "label_en": label, "label_short": label[:40].strip()}
        entry |= {"definition": stated[:400], "example": "Noch kein Beispiel."}
        above = by_path.get(code.path[:-1], "")
        if above and above != NO_CODE and ":" not in above:
            entry["parent"] = above
        content.setdefault("added_codes", []).append(entry)
        done.added.append(label)
    part = file.with_name(".codebook.part")
    with part.open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)
    part.replace(file)


def _coder(name: str) -> str:
    """Name of a coder's file."""
    return re.sub(r"\W+", "_", name).strip("_-")[:30] or "unnamed"


def _files(notes: GroupNotes, project: Project) -> list[list[str]]:
    """The files of notes that each source is, none for texts the round lacks. A passage codes statements of these
    alone; the same word may stand in another group's notes.

    A file whose statements are in the text: the one with the source's path or name, else those with a telling one."""
    rows = notes.statements[notes.statements["kind"] == "note"]
    own = {
        str(file): [words_of(str(text)) for text in texts] for file, texts in rows.groupby("file", sort=False)["text"]
    }
    by_name = dict(zip(notes.statements["statement"], notes.statements["file"], strict=True))
    found = []
    for source in project.sources:
        flat = _flat(source.text)[0]
        held = {file: sum(words in flat for words in texts) for file, texts in own.items()}
        named = list(dict.fromkeys(str(by_name[one.name]) for one in source.passages if one.name in by_name))
        same = [file for file in own if held[file] and _stem(file) == _stem(source.name)]
        same = [file for file in same if file == source.name] or sorted(same, key=lambda file: -held[file])[:1]
        telling = [file for file in own if any(len(words) >= TELLING and words in flat for words in own[file])]
        found.append(named or same or telling)
    return found


def _stem(name: str) -> str:
    return re.sub(r"\W+", "", Path(name).stem.casefold())


def _write_texts(
    round_: Round, path: Path, project: Project, files: list[list[str]], group: str, done: Imported
) -> None:
    """Texts that the round lacks become files in `notes/`, and the file of their source."""
    new = [at for at, own in enumerate(files) if not own and project.sources[at].text.strip()]
    groups = notes_plan(round_).groups
    if new and not group and len(groups) > 1:
        called = [project.sources[at].called for at in new]
        if lost := [name for name in called if not group_named_by(f"notes/{name}", groups)]:
            remedy = "name it with --group, or call the source in the project after its group"
            raise DataError(path, "texts whose group is known", f"“{shown(lost[0], 60)}”", remedy=remedy)
    owner = find_group(path, group, groups, "--group") if group else groups[0].id if len(groups) == 1 else ""
    folder = subfolder(round_.raw, "notes")
    for at in new:
        source = project.sources[at]
        stem = re.sub(r"\W+", "-", Path(source.called).stem).strip("-")[:60] or "text"
        names = [f"{stem}.txt", f"{stem}-{source.guid[:8] or at + 1}.txt"]
        free = [folder / name for name in names if not (folder / name).exists()]
        if not free:
            raise DataError(folder / names[1], "no file of this name yet", "one with other statements", "notes",
                            "rename it")  # fmt: skip
        folder.mkdir(exist_ok=True)
        done.files.append(free[0])
        free[0].write_text((f"Gruppe: {owner}\n" if owner else "") + source.text, encoding="utf-8", newline="\n")
        files[at] = [free[0].relative_to(round_.raw).as_posix()]


def _lay_over(
    notes: GroupNotes,
    source: Source,
    files: list[str],
    codes: dict[str, str],
    found: Found,
    done: Imported,
    path: Path,
) -> None:
    """Add the codings of one source to `found`."""
    places = _locate(notes, source, files)
    names = dict(zip(notes.statements["statement"], notes.statements["text"], strict=True))
    missed: list[str] = []
    stances: dict[tuple[str, str], str] = {}
    rows: list[tuple[str, str, str, tuple[str, ...]]] = []
    for passage in source.passages:
        words, length = source.text[passage.start : passage.end], max(1, passage.end - passage.start)
        # The statement it is named after, else those it lies over.
        hit = [passage.name] if similarity(names.get(passage.name, ""), words) >= SAME_ENOUGH else []
        if passage.name not in places or not hit:
            shared = {one: min(end, passage.end) - max(at, passage.start) for one, (at, end) in places.items()}
            hit = [one for one, (at, end) in places.items() if shared[one] >= max(1, HALF * min(end - at, length))]
        for coding in passage.codings:
            coder, code = _coder(coding.coder), codes.get(coding.code, "")
            if code.startswith("stance:"):
                stances |= {(coder, statement): code.removeprefix("stance:") for statement in hit}
                continue
            done.segments += 1
            done.per_code[code] += 1
            done.spread += len(hit) > 1
            if not hit or not code:
                missed.append(str(passage.start))
            rows += [(coder, statement, code, coding.notes) for statement in hit if code]
    for coder, statement, code, memos in rows:
        said = {"haltung": "", "entschieden": "", "bemerkung": ""}
        for line in "\n".join(memos).split("\n"):
            what, colon, value = line.partition(":")
            if colon and what.strip().casefold() in said:
                said[what.strip().casefold()] = value.strip()
            elif line.strip():
                said["bemerkung"] = f"{said['bemerkung']} {line.strip()}".strip()
        stance = said["haltung"].casefold()
        stance = stance if stance in STANCES else stances.get((coder, statement), "")
        own = found.setdefault(coder, {})
        done.repeated += (statement, code) in own
        stance = "" if code == NO_CODE else stance
        about = {"stance": stance, "decided_by": said["entschieden"], "note": said["bemerkung"]}
        own.setdefault((statement, code), about)
    if missed:
        message = f"passages that meet no statement of the notes, at the characters {some(missed, 5)}"
        seen = f"{len(missed)} passages"
        done.problems.append(Problem("no_statement_there", shown(source.called), message, seen, "set aside", path.name))


def _locate(notes: GroupNotes, source: Source, files: list[str]) -> dict[str, tuple[int, int]]:
    """Statement of these files -> where its words stand in the source, searched in the order of the notes."""
    flat, places = _flat(source.text)
    rows = notes.statements
    found: dict[str, tuple[int, int]] = {}
    cursor = 0
    for row in rows[rows["file"].isin(files)].to_dict("records"):
        words = words_of(str(row["text"]))
        at = flat.find(words, cursor)
        at = flat.find(words) if at < 0 else at
        if at >= 0:
            cursor = at + len(words)
            found[str(row["statement"])] = (places[at], places[cursor - 1] + 1)
    return found


def _flat(text: str) -> tuple[str, list[int]]:
    """The text with single blanks and without case, and where each of its letters stood."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter.isspace():
            if letters and letters[-1] != " ":
                letters.append(" ")
                places.append(place)
        elif unicodedata.category(letter) not in ("Cc", "Cf"):
            for folded in letter.casefold():
                letters.append(folded)
                places.append(place)
    return "".join(letters), places
