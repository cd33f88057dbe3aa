"""Codings from another program come in: its passages are laid over the round's statements, its codes over the codebook.

A coding belongs to a statement when the passage covers at least half of the statement or lies at least half in it.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from poll_exports import shown, some
from refi_qda import Code, Passage, Project, RefiError, Source, read

from ..clean import Problem, subfolder
from ..contracts import STANCES
from ..errors import DataError, nearest
from ..rounds import Round, identifier_for, normalise
from ..tables import neutralise
from .coding import NO_CODE, RECONCILED, code_wordings, coding_files
from .coding_sheet import DECISION_FIELDS, FIELDS
from .group_notes import GroupNotes, ingest_group_notes
from .reading import find_group, group_named_by, notes_plan
from .statement_ids import SAME_ENOUGH, similarity, words_of

HALF = 0.5
TELLING = 25
"""Statements of so many letters or more tell whether a text is one of the round's."""
NESTED = " › "
NO_CODE_NAME = "Ohne Code"
_SPACE = uuid.UUID("6f0f2f0e-8f0c-5a51-9c52-2a6f4d1c7b10")


def own_code(identifier: str) -> str:
    """The id that a code of ours has in every file, by which it is known however it is called there."""
    return str(uuid.uuid5(_SPACE, f"code/{identifier}"))


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
    project = _read(path)
    done = Imported(problems=list(_not_read(project, path)))
    used = {coding.code for source in project.sources for passage in source.passages for coding in passage.codings}
    _check_coders(round_, path, project)
    found: dict[str, dict[tuple[str, str], tuple[str, str, str]]] = {}
    with _all_or_nothing(round_, done):
        codes = _match_codes(round_, path, project, used, add_codes, done)
        files = _files(ingest_group_notes(round_), project)
        _write_texts(round_, path, project, files, group, done)
        notes = ingest_group_notes(round_)
        for source, own in zip(project.sources, files, strict=True):
            _lay_over(notes, source, own, codes, found, done, path)
        for coder, rows in found.items():
            done.files.append(_write(notes, coder, rows))
            done.codings += len(rows)
    return done


def _read(path: Path) -> Project:
    try:
        return read(path)
    except RefiError as fault:
        raise DataError(path, fault.expected, fault.saw, remedy=fault.remedy) from None


def _not_read(project: Project, path: Path) -> Iterator[Problem]:
    for one in project.unread:
        rule, place = ("no_text", shown(one.source)) if one.source else ("not_text", one.what)
        message = "the text of this source is not in the project" if one.source else "only codings of text are read"
        yield Problem(rule, place, message, f"{one.codings} codings", "set aside", path.name)


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


def import_codebook(round_: Round, path: Path) -> list[str]:
    """Add the codes of a `.qdc` that the codebook lacks to its `added_codes`; returns their labels."""
    done = Imported()
    project = _read(path)
    _match_codes(round_, path, project, {key for key, code in project.codes.items() if code.is_codable}, True, done)
    return done.added


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
        if key in own:
            found[key] = own[key]
        elif name in STANCES and len(code.path) > 1 and code.path[-2].casefold() == "haltung":
            found[key] = f"stance:{name}"
        elif name in wordings:
            found[key] = wordings[name]
        elif key in used:
            unknown.append(code)
    if unknown and not add_codes:
        names = ", ".join(f"“{shown(NESTED.join(code.path), 60)}”" for code in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        hint = nearest(unknown[0].name.casefold(), wordings)
        remedy = "add them as aliases or to added_codes in data/codebook.yml, or repeat with --add-codes"
        raise DataError(path, "codes of the codebook", names + more, remedy="; ".join(filter(None, [hint, remedy])))
    if unknown:
        found |= _add_codes(round_, unknown, project, found, done)
    return found


def _add_codes(
    round_: Round, unknown: list[Code], project: Project, found: dict[str, str], done: Imported
) -> dict[str, str]:
    """Append codes to `added_codes` of the codebook file, comments and order of the file kept."""
    from ruamel.yaml import YAML

    file = round_.raw.parents[1] / "codebook.yml"
    yaml = YAML()
    yaml.width = 120
    content = yaml.load(file.read_text(encoding="utf-8"))
    taken = set(round_.codebook.by_id())
    labels = set(code_wordings(round_.codebook))
    ids: dict[str, str] = {}
    by_path = {code.path: found.get(key, "") for key, code in project.codes.items()}
    for code in unknown:
        label = code.name if code.name.casefold() not in labels else NESTED.join(code.path)
        labels.add(label.casefold())
        identifier = identifier_for(label, taken)
        taken.add(identifier)
        ids[code.guid] = by_path[code.path] = identifier
        stated = code.description or "Aus einem Projekt übernommen; noch zu beschreiben."
        entry = {"id": identifier, "label_de": label, "label_en": label, "label_short": label[:40].strip()}
        entry |= {"definition": stated[:400], "example": "Noch kein Beispiel."}
        above = by_path.get(code.path[:-1], "")
        if above and above != NO_CODE and ":" not in above:
            entry["parent"] = above
        content.setdefault("added_codes", []).append(entry)
        done.added.append(label)
    buffer = io.StringIO()
    yaml.dump(content, buffer)
    part = file.with_name(".codebook.part")
    part.write_text(buffer.getvalue(), encoding="utf-8")
    part.replace(file)
    return ids


def _coder(name: str) -> str:
    """Name of a coder's file."""
    return re.sub(r"\W+", "_", name).strip("_-")[:30] or "unnamed"


def _check_coders(round_: Round, path: Path, project: Project) -> None:
    given = (coding for source in project.sources for passage in source.passages for coding in passage.codings)
    names = {_coder(coding.coder) for coding in given}
    if taken := sorted(names & set(coding_files(round_))):
        remedy = "move that file away first, or rename the coder in the project"
        raise DataError(path, "coders without a file in coding/", f"“{shown(taken[0], 40)}”", remedy=remedy)


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
    found: dict[str, dict[tuple[str, str], tuple[str, str, str]]],
    done: Imported,
    path: Path,
) -> None:
    """Add the codings of one source to `found`: coder -> (statement, code) -> stance, decided by, remark."""
    places = _locate(notes, source, files)
    names = dict(zip(notes.statements["statement"], notes.statements["text"], strict=True))
    missed: list[str] = []
    stances: dict[tuple[str, str], str] = {}
    rows: list[tuple[str, str, str, tuple[str, ...]]] = []
    for passage in source.passages:
        hit = _hit(passage, source, places, names)
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
        stance, decided_by, remark = _memo(memos)
        stance = stance or stances.get((coder, statement), "")
        own = found.setdefault(coder, {})
        done.repeated += (statement, code) in own
        own.setdefault((statement, code), ("" if code == NO_CODE else stance, decided_by, remark))
    if missed:
        message = f"passages that meet no statement of the notes, at the characters {some(missed, 5)}"
        seen = f"{len(missed)} passages"
        done.problems.append(Problem("no_statement_there", shown(source.called), message, seen, "set aside", path.name))


def _hit(segment: Passage, source: Source, places: dict[str, tuple[int, int]], names: dict[str, str]) -> list[str]:
    """Statements a passage codes: the one it is named after, else those it lies over."""
    words = source.text[segment.start : segment.end]
    if segment.name in places and similarity(names[segment.name], words) >= SAME_ENOUGH:
        return [segment.name]
    found = []
    for statement, (start, end) in places.items():
        shared = min(end, segment.end) - max(start, segment.start)
        if shared > 0 and shared >= HALF * min(end - start, max(1, segment.end - segment.start)):
            found.append(statement)
    return found


def _memo(memos: tuple[str, ...]) -> tuple[str, str, str]:
    """Stance, decision and remark from the notes on a coding."""
    said = {"haltung": "", "entschieden": "", "bemerkung": ""}
    for line in "\n".join(memos).split("\n"):
        what, colon, value = line.partition(":")
        if colon and what.strip().casefold() in said:
            said[what.strip().casefold()] = value.strip()
        elif line.strip():
            said["bemerkung"] = f"{said['bemerkung']} {line.strip()}".strip()
    stance = said["haltung"].casefold()
    return (stance if stance in STANCES else ""), said["entschieden"], said["bemerkung"]


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


def _write(notes: GroupNotes, coder: str, rows: dict[tuple[str, str], tuple[str, str, str]]) -> Path:
    """A coder's file, in the order of the notes."""
    path = subfolder(notes.round.raw, "coding") / f"{coder}.csv"
    path.parent.mkdir(exist_ok=True)
    fields: Iterable[str] = DECISION_FIELDS if coder == RECONCILED else FIELDS
    order = {name: place for place, name in enumerate(notes.statements["statement"])}
    by_name = notes.statements.set_index("statement")
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(fields), delimiter=";", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for (statement, code), (stance, decided_by, remark) in sorted(rows.items(), key=lambda item: order[item[0][0]]):
        place = {key: str(by_name.at[statement, key]) for key in ("group", "section", "text")}
        line = {"statement": statement, **place, "code": code, "stance": stance}
        line |= {"decided_by": decided_by, "note": remark}
        writer.writerow({key: neutralise(value) for key, value in line.items()})
    path.write_bytes(buffer.getvalue().encode("utf-8-sig"))
    path.chmod(0o600)
    return path
