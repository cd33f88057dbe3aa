"""The folder `coding/` of a round → codings: who put which code and stance on which statement, and what was decided.

One file per coder (`coding/<coder>.csv`), one row per statement and code. `coding/reconciled.csv` holds what was
decided where coders differed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from poll_exports import shown, some

from ..clean import DATE_REMEDY, ENDINGS, Names, Problem, Record, clean, files_in, read_columns, subfolder
from ..contracts import STANCES
from ..errors import DataError, nearest
from ..rounds import Codebook, Round, normalise
from .statement_ids import SAME_ENOUGH, similarity, words_of

NO_CODE = "ohne_code"
"""Stands in place of a code: the statement was read and no code fits. Without it, it has not been coded yet."""
FINAL = "final"
RECONCILED = "reconciled"
ALL_CODERS = "all coders"
NOT_STATED = "neutral"
COLUMNS: Names = {
    "statement": ("kennung", "aussage_id", "id"),
    "group": ("gruppe",),
    "section": ("abschnitt",),
    "text": ("aussage", "wortlaut"),
    "code": ("kode", "thema"),
    "stance": ("haltung", "position"),
    "suggestion": ("vorschlag",),
    "review": ("prüfen", "pruefen"),
    "note": ("bemerkung", "notiz", "anmerkung", "kommentar"),
    "decided_by": ("entschieden von", "entschieden durch"),
    "codings": ("kodierungen",),
}


@dataclass(frozen=True)
class Coding:
    """One filled row of a coding file. `text` is the statement as the coder read it."""

    statement: str
    text: str
    coder: str
    code: str
    stance: str
    file: str
    place: str
    decided_by: str = ""
    note: str = ""
    review: str = ""


def coding_files(round_: Round) -> dict[str, Path]:
    """Coder → file, `reconciled` among them. Raises: DataError for two files of one coder and for odd names."""
    files: dict[str, Path] = {}
    folder = subfolder(round_.raw, "coding")
    for path in files_in(folder):
        if path.suffix.lower() not in ENDINGS or path.parent != folder:
            continue
        coder = path.stem
        if not re.fullmatch(r"[^\W_][\w-]{0,30}", coder) or coder.casefold() == FINAL:
            remedy = f"use letters, digits, - and _, and not the name {FINAL}"
            raise DataError(path, "a file named after its coder", f"“{shown(coder, 40)}”", remedy=remedy)
        if coder in files:
            raise DataError(path, f"one file of {coder}", f"also {files[coder].name}", remedy="keep one of them")
        files[coder] = path
    return files


def read_codings(round_: Round) -> tuple[list[Coding], dict[str, list[str]], list[Problem]]:
    """Filled rows of all coders, the texts each statement's name was referred to with, and problems.

    Raises: DataError for an unknown code or stance, with the nearest known one.
    """
    codings: list[Coding] = []
    referred: dict[str, list[str]] = {}
    problems: list[Problem] = []
    wordings = code_wordings(round_.codebook)
    for coder, path in coding_files(round_).items():
        records, odd = read_columns(path, COLUMNS, ("statement", "text", "code"))
        file = path.relative_to(round_.raw).as_posix()
        problems += [replace(problem, file=file) for problem in odd]
        rows = [_coding(path, file, coder, record, wordings) for record in records]
        for row in rows:
            referred.setdefault(row.statement, []).append(row.text)
        kept, odd = _once([row for row in rows if row.code], file)
        codings += kept
        problems += odd
    return codings, referred, problems


def code_wordings(codebook: Codebook) -> dict[str, str]:
    """Every wording that names a code in a coding file → its id: id, German, English and short label, aliases."""
    wordings = {NO_CODE: NO_CODE, "ohne code": NO_CODE}
    for section in codebook.themes().values():
        for code in section:
            for word in (code.id, code.label_de, code.label_en, code.label_short, *code.aliases):
                wordings.setdefault(normalise(word).casefold(), code.id)
    return wordings


def _coding(path: Path, file: str, coder: str, record: Record, wordings: Mapping[str, str]) -> Coding:
    name, text = record.text("statement"), record.text("text")
    if not re.fullmatch(r"[^\s.]+\.[^\s.]+", name):
        remedy = f"take the ids from the sheet that `fachdialog code {path.parents[1].name}` writes"
        saw = "a date" if record.is_date("statement") else f"“{shown(name, 40)}”" if name else "an empty cell"
        raise DataError(path, "the id of a statement", saw, at=f"{record.place}, column statement", remedy=remedy)
    code, stance = record.text("code"), record.text("stance").casefold()
    if code and record.is_date("code"):
        raise DataError(path, "a code", "a date", at=f"{record.place}, column code", remedy=DATE_REMEDY)
    if code and normalise(code).casefold() not in wordings:
        several = "write one code per row" if re.search(r"[;,]", code) else ""
        hint = several or nearest(code.casefold(), wordings) or "add it to added_codes in data/codebook.yml"
        saw = f"“{shown(code, 60)}”"
        raise DataError(path, "a code of the codebook", saw, at=f"{record.place}, column code", remedy=hint)
    if stance and stance not in STANCES:
        hint = nearest(stance, STANCES) or f"the stances are {', '.join(STANCES)}"
        saw = f"“{shown(stance, 30)}”"
        raise DataError(path, "a known stance", saw, at=f"{record.place}, column stance", remedy=hint)
    code = wordings[normalise(code).casefold()] if code else ""
    others = {key: record.text(key) for key in ("decided_by", "note", "review")}
    return Coding(name, text, coder, code, "" if code == NO_CODE else stance, file, record.place, **others)


def _once(rows: list[Coding], file: str) -> tuple[list[Coding], list[Problem]]:
    """Each statement and code once per coder, no code beside `ohne_code`, every coding with a stance."""
    kept: dict[tuple[str, str], Coding] = {}
    twice: list[str] = []
    for row in rows:
        if kept.setdefault((row.statement, row.code), row) is not row:
            twice.append(row.place)
    real = {statement for statement, code in kept if code != NO_CODE}
    clash = [row.place for (statement, code), row in kept.items() if code == NO_CODE and statement in real]
    left = [row for (statement, code), row in kept.items() if code != NO_CODE or statement not in real]
    bare = [row.place for row in left if not row.stance and row.code != NO_CODE]
    found = [
        ("coding_twice", twice, "the same coder gave the same statement the same code twice; the first counts", True),
        (
            "no_code_beside_code",
            clash,
            f"{NO_CODE} stands beside a code of the same statement and is not counted",
            True,
        ),
        ("no_stance", bare, f"expected a stance beside the code; read as {NOT_STATED}", False),
    ]
    problems = [
        Problem(rule, some(places, 5), message, f"{len(places)} rows", "set aside" if is_aside else "kept", file)
        for rule, places, message, is_aside in found
        if places
    ]
    return [replace(row, stance=row.stance or ("" if row.code == NO_CODE else NOT_STATED)) for row in left], problems


_DESTROYED = re.compile(r"#(?:NAME\?|WERT!|VALUE!|BEZUG!|REF!|NV|N/A|ZAHL!|NUM!|DIV/0!)|#{3,}")
"""What a spreadsheet leaves of a text it took for a formula; the id beside it says which statement it was."""


def is_same(read: str, now: str) -> bool:
    """Whether the words a coder read are those of the notes now, as far as the spreadsheet left them."""
    return words_of(read) == words_of(now) or bool(_DESTROYED.fullmatch(read))


def fitting(codings: Iterable[Coding], texts: Mapping[str, str]) -> tuple[list[Coding], dict[str, str], list[Problem]]:
    """Codings whose statement is still there, the statements to look at again (name → words as coded), and problems.

    Parameters: `texts`, name → current words. Mended words keep their codes and are listed for review; where they
    have nothing in common with what was coded, or the statement is gone, the coding is set aside.
    """
    kept: list[Coding] = []
    review: dict[str, str] = {}
    gone: dict[tuple[str, str], list[Coding]] = {}
    replaced: dict[tuple[str, str], list[Coding]] = {}
    for coding in codings:
        now = texts.get(coding.statement)
        if now is None:
            gone.setdefault((coding.file, coding.statement), []).append(coding)
        elif is_same(coding.text, now) and not coding.review:
            kept.append(coding)
        elif similarity(coding.text, now) >= SAME_ENOUGH:
            kept.append(coding)
            review.setdefault(coding.statement, coding.review or coding.text)
        else:
            replaced.setdefault((coding.file, coding.statement), []).append(coding)
    problems = _lost(gone, "statement_gone", "the statement it codes is in no file any more")
    problems += _lost(replaced, "statement_replaced", "the statement now has quite other words; code it again")
    return kept, review, problems


def _lost(lost: Mapping[tuple[str, str], list[Coding]], rule: str, message: str) -> list[Problem]:
    return [
        Problem(rule, some([one.place for one in rows], 5), f"{statement}: {message}", action="set aside", file=file)
        for (file, statement), rows in lost.items()
    ]


Decisions = dict[str, dict[str, dict[str, str]]]
"""Statement → coder → code → stance. A coder who found no code fitting has an empty dictionary."""


def decisions(codings: Iterable[Coding]) -> Decisions:
    """What each coder decided on each statement, `reconciled` among them."""
    found: Decisions = {}
    for coding in codings:
        own = found.setdefault(coding.statement, {}).setdefault(coding.coder, {})
        if coding.code != NO_CODE:
            own[coding.code] = coding.stance
    return found


def final_codings(codings: list[Coding]) -> tuple[list[Coding], list[str]]:
    """The codings that count, as codings of the coder `final`, and the statements still in dispute.

    A reconciled statement has the codes decided there. Else, one coder's word counts; of several coders' codes those
    count that all of them gave, with the stance if all gave the same and without one otherwise.
    """
    deciders = {one.statement: one.decided_by or RECONCILED for one in codings if one.coder == RECONCILED}
    final: list[Coding] = []
    open_: list[str] = []
    for statement, by_coder in decisions(codings).items():
        decided_by = ""
        if RECONCILED in by_coder:
            agreed, decided_by = by_coder[RECONCILED], deciders[statement]
        else:
            sets = list(by_coder.values())
            shared = [code for code in sets[0] if all(code in other for other in sets)]
            agreed = {code: _shared_stance([other[code] for other in sets]) for code in shared}
            decided_by = ALL_CODERS if len(sets) > 1 else next(iter(by_coder))
            if any(other != sets[0] for other in sets):
                open_.append(statement)
        rows = agreed or {NO_CODE: ""}
        if statement in open_ and not agreed:
            continue
        final += [
            Coding(statement, "", FINAL, code, stance, "", "", decided_by) for code, stance in sorted(rows.items())
        ]
    return final, open_


def _shared_stance(stances: list[str]) -> str:
    return stances[0] if len(set(stances)) == 1 else ""


def coders_of(codings: Iterable[Coding]) -> list[str]:
    return sorted({clean(one.coder) for one in codings if one.coder not in (RECONCILED, FINAL)})
