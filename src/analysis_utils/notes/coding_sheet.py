"""Sheets for coders: what is coded stays, what is new or changed comes with suggestions, what differs is laid open."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..clean import read_columns
from ..errors import DataError
from ..kept import keep
from ..tables import neutralise
from .coding import COLUMNS, FINAL, NO_CODE, RECONCILED, coding_files, decisions
from .group_notes import GroupNotes, as_words
from .statement_ids import words_of
from .suggestions import suggester

FIELDS = ("statement", "group", "section", "text", "code", "stance", "suggestion", "review", "note")
DECISION_FIELDS = ("statement", "group", "section", "text", "codings", "code", "stance", "decided_by", "note")
GONE = "steht nicht mehr in den Notizen"

Line = dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A written sheet: rows without a code, those of them with a suggestion, and statements to look at again.
    `label`: what it is called in public."""

    path: Path
    label: str
    statements: int
    uncoded: int
    suggested: int
    changed: int

    def __str__(self) -> str:
        return (
            f"{self.path.parent.name}/{self.path.name}: {self.statements} statements, {self.uncoded} to code "
            f"({self.suggested} with suggestions), {self.changed} changed"
        )


def write_sheets(notes: GroupNotes, folder: Path, *, coder: str = "", name: str = "{}.csv") -> list[Sheet]:
    """Write a sheet per coder (those with a file, and `coder`), and one to decide on where two or more differ.

    The folder is that of the round's codings, or another one to leave these as they are; `name` is the pattern of the
    sheets' names (`.tsv` is separated by tabs). Existing rows stay; a file that changes is kept beside as `.bak`.
    Raises: DataError where there is nobody to write for.
    """
    files = coding_files(notes.round)
    coders = list(dict.fromkeys([*(one for one in files if one != RECONCILED), *([coder] if coder else [])]))
    if not coders:
        remedy = f"run: fachdialog code {notes.round.name} --coder NAME"
        raise DataError("coding", "a coder to write a sheet for", "none", remedy=remedy)
    sheets = []
    for one in coders:
        lines = _coder_lines(notes, files.get(one))
        path = folder / name.format(one)
        _write(path, FIELDS, lines)
        uncoded = {line["statement"] for line in lines if not line["code"] and line["review"] != GONE}
        suggested = {line["statement"] for line in lines if line["suggestion"]} & uncoded
        changed = {line["statement"] for line in lines if line["review"]}
        count = len(notes.statements)
        sheets.append(Sheet(path, notes.names.coder(one), count, len(uncoded), len(suggested), len(changed)))
    if len(notes.coders) > 1:
        lines = _decision_lines(notes, files.get(RECONCILED))
        path = folder / name.format(RECONCILED)
        _write(path, DECISION_FIELDS, lines)
        names = {line["statement"] for line in lines}
        undecided = names - {line["statement"] for line in lines if line["code"]}
        sheets.append(Sheet(path, notes.names.coder(RECONCILED), len(names), len(undecided), 0, 0))
    return sheets


def write_copies(notes: GroupNotes) -> list[Sheet]:
    """The same sheets beside the round's private tables, for a look while a report is made; codings stay untouched."""
    if notes.is_empty:
        return []
    name = "coding_sheet_{}.tsv"
    return keep("sheets", write_sheets(notes, notes.round.processed, coder="" if notes.coders else "new", name=name))


def _coder_lines(notes: GroupNotes, path: Path | None) -> list[Line]:
    """The coder's rows in the order of the notes, an empty row for every statement without one, lost rows last."""
    old, suggest = _existing(path, FIELDS), suggester(notes.round.codebook)
    lines: list[Line] = []
    for statement in notes.statements.to_dict("records"):
        place = {key: str(statement[key]) for key in ("statement", "group", "section", "text")}
        for row in old.pop(place["statement"], None) or [dict.fromkeys(FIELDS, "")]:
            was = row["text"]
            review = row["review"]
            if was and words_of(was) != words_of(place["text"]) and not review and row["code"]:
                review = f"geändert, vorher: {was}"
            guess = "" if row["code"] else "; ".join(suggest(place["text"]))
            lines.append({**row, **place, "suggestion": guess, "review": review})
    return lines + [{**row, "review": GONE} for rows in old.values() for row in rows]


def _decision_lines(notes: GroupNotes, path: Path | None) -> list[Line]:
    """What was decided stays; every statement in dispute gets a row per code that some coder gave."""
    old = _existing(path, DECISION_FIELDS)
    given = decisions(notes.codings[~notes.codings["coder"].isin([FINAL, RECONCILED])].itertuples())
    lines: list[Line] = []
    for statement in notes.statements.to_dict("records"):
        place = {key: str(statement[key]) for key in ("statement", "group", "section", "text")}
        by_coder = given.get(place["statement"], {})
        said = " | ".join(f"{coder}: {as_words(codes)}" for coder, codes in sorted(by_coder.items()))
        rows = old.pop(place["statement"], [])
        if not rows and place["statement"] in notes.disputed:
            codes = {code for own in by_coder.values() for code in own or [NO_CODE]}
            rows = [dict.fromkeys(DECISION_FIELDS, "") for _ in codes]
        lines += [{**row, **place, "codings": said} for row in rows]
    return lines + [row for rows in old.values() for row in rows]


def _existing(path: Path | None, fields: tuple[str, ...]) -> dict[str, list[Line]]:
    """Rows of a file as they are. Raises: DataError where writing it anew would lose a column or a format."""
    if path is None:
        return {}
    if path.suffix.lower() != ".csv":
        raise DataError(path, "a CSV file to add rows to", f"a {path.suffix} file", remedy="save it as CSV UTF-8")
    records, problems = read_columns(path, COLUMNS, ("statement", "text", "code"))
    if odd := [problem for problem in problems if problem.rule == "column_not_read"]:
        remedy = "rename it to note, or delete it; writing the sheet anew would lose it"
        raise DataError(path, f"the columns {', '.join(fields)}", f"{odd[0].place} ({odd[0].private})", remedy=remedy)
    rows: dict[str, list[Line]] = {}
    for record in records:
        row = {name: record.text(name) for name in {*fields, *record.cells}}
        rows.setdefault(row["statement"], []).append(row)
    return rows


def sheet_bytes(fields: tuple[str, ...], lines: Sequence[Mapping[str, Any]], mark: str = ";") -> bytes:
    """CSV as German spreadsheets open it (semicolon, UTF-8 with mark)."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, fields, delimiter=mark, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: neutralise(line.get(name, "")) for name in fields} for line in lines)
    return buffer.getvalue().encode("utf-8-sig")


def _write(path: Path, fields: tuple[str, ...], lines: list[Line]) -> None:
    """Write a sheet that nobody else may read; an earlier one is kept beside it."""
    content = sheet_bytes(fields, lines, "\t" if path.suffix == ".tsv" else ";")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() == content:
        return
    part = path.with_name(f".{path.name}.part")
    part.touch(mode=0o600)
    part.write_bytes(content)
    if path.exists() and path.suffix == ".csv":
        path.replace(path.with_name(f"{path.name}.bak"))
    part.replace(path)
