"""The folder `coding/` of a round → codings: who put which code and stance on which statement, and what was decided.

One file per coder (`coding/<coder>.csv`), one row per statement and code. `coding/reconciled.csv` holds what was
decided where coders differed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from poll_exports import Action, shown, some

from ..clean import DATE_REMEDY, ENDINGS, Names, Problem, Record, files_in, read_columns, subfolder
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
        rows = [_coding(path, file, coder, record, wordings) for record in records]
        for row in rows:
            referred.setdefault(row.statement, []).append(row.text)
        kept, twice = _once([row for row in rows if row.code])
        codings += kept
        problems += [replace(problem, file=file) for problem in (*odd, *twice)]
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
    def refusal(column: str, expected: str, saw: str, remedy: str) -> DataError:
        return DataError(path, expected, saw, at=f"{record.place}, column {column}", remedy=remedy)

    name, text = record.text("statement"), record.text("text")
    if not re.fullmatch(r"[^\s.]+\.[^\s.]+", name):
        remedy = f"take the ids from the sheet that `fachdialog code {path.parents[1].name}` writes"
        saw = "a date" if record.is_date("statement") else f"“{shown(name, 40)}”" if name else "an empty cell"
        raise refusal("statement", "the id of a statement", saw, remedy)
    written, stance = record.text("code"), record.text("stance").casefold()
    code = wordings.get(normalise(written).casefold(), "") if written else ""
    if written and record.is_date("code"):
        raise refusal("code", "a code", "a date", DATE_REMEDY)
    if written and not code:
        several = "write one code per row" if re.search(r"[;,]", written) else ""
        hint = several or nearest(written.casefold(), wordings) or "add it to added_codes in data/codebook.yml"
        raise refusal("code", "a code of the codebook", f"“{shown(written, 60)}”", hint)
    if stance and stance not in STANCES:
        hint = nearest(stance, STANCES) or f"the stances are {', '.join(STANCES)}"
        raise refusal("stance", "a known stance", f"“{shown(stance, 30)}”", hint)
    others = {key: record.text(key) for key in ("decided_by", "note", "review")}
    return Coding(name, text, coder, code, "" if code == NO_CODE else stance, file, record.place, **others)


def _once(rows: list[Coding]) -> tuple[list[Coding], list[Problem]]:
    """Each statement and code once per coder, no code beside `ohne_code`, every coding with a stance."""
    kept: dict[tuple[str, str], Coding] = {}
    twice = [row.place for row in rows if kept.setdefault((row.statement, row.code), row) is not row]
    real = {row.statement for row in rows if row.code != NO_CODE}
    clash = [row.place for row in kept.values() if row.code == NO_CODE and row.statement in real]
    left = [row for row in kept.values() if row.place not in clash]
    bare = [row.place for row in left if not row.stance and row.code != NO_CODE]
    found: list[tuple[str, list[str], Action, str]] = [
        ("coding_twice", twice, "set aside", "the same coder gave the same statement the same code twice; the first "
         "counts"),
        ("no_code_beside_code", clash, "set aside", f"{NO_CODE} stands beside a code of the same statement and is not "
         "counted"),
        ("no_stance", bare, "kept", f"expected a stance beside the code; read as {NOT_STATED}"),
    ]  # fmt: skip
    return [replace(row, stance=NOT_STATED) if row.place in bare else row for row in left], [
        Problem(rule, some(places, 5), message, f"{len(places)} rows", action)
        for rule, places, action, message in found
        if places
    ]


_DESTROYED = re.compile(r"#(?:NAME\?|WERT!|VALUE!|BEZUG!|REF!|NV|N/A|ZAHL!|NUM!|DIV/0!)|#{3,}")
"""What a spreadsheet leaves of a text it took for a formula; the id beside it says which statement it was."""


def fitting(codings: Iterable[Coding], texts: Mapping[str, str]) -> tuple[list[Coding], dict[str, str], list[Problem]]:
    """Codings whose statement is still there, the statements to look at again (name → words as coded), and problems.

    Parameters: `texts`, name → current words. Mended words keep their codes and are listed for review; where they
    have nothing in common with what was coded, or the statement is gone, the coding is set aside.
    """
    kept: list[Coding] = []
    review: dict[str, str] = {}
    gone: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    replaced: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in codings:
        now = texts.get(one.statement)
        is_same = now is not None and (words_of(one.text) == words_of(now) or bool(_DESTROYED.fullmatch(one.text)))
        if is_same and not one.review:
            kept.append(one)
        elif now is not None and similarity(one.text, now) >= SAME_ENOUGH:
            kept.append(one)
            review.setdefault(one.statement, one.review or one.text)
        else:
            (gone if now is None else replaced)[one.file, one.statement].append(one.place)
    nowhere = ": the statement it codes is in no file any more"
    other = ": the statement now has quite other words; code it again"
    problems = [
        Problem("statement_gone", some(places, 5), statement + nowhere, action="set aside", file=file)
        for (file, statement), places in gone.items()
    ]
    problems += [
        Problem("statement_replaced", some(places, 5), statement + other, action="set aside", file=file)
        for (file, statement), places in replaced.items()
    ]
    return kept, review, problems


def decisions(codings: Iterable[Any]) -> dict[str, dict[str, dict[str, str]]]:
    """What each coder decided on each statement, `reconciled` among them: statement → coder → code → stance. A coder
    who found no code fitting has an empty dictionary."""
    found: dict[str, dict[str, dict[str, str]]] = {}
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
    disputed: list[str] = []
    for statement, by_coder in decisions(codings).items():
        sets = [by_coder[RECONCILED]] if RECONCILED in by_coder else [*by_coder.values()]
        decided_by = deciders.get(statement) or (ALL_CODERS if len(sets) > 1 else next(iter(by_coder)))
        agreed = {}
        for code in sets[0]:
            stances = [own.get(code) for own in sets]
            if None not in stances:
                agreed[code] = sets[0][code] if len(set(stances)) == 1 else ""
        if any(own != sets[0] for own in sets):
            disputed.append(statement)
            if not agreed:
                continue
        rows = sorted((agreed or {NO_CODE: ""}).items())
        final += [Coding(statement, "", FINAL, code, stance, "", "", decided_by) for code, stance in rows]
    return final, disputed
