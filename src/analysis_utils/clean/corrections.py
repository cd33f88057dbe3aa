"""Corrections are data: a table in the round's folder changes single answers, and says who did so and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from poll_exports import Export, number_of, shown, some, whole_of

from ..errors import DataError, nearest
from ..rounds import NO_ANSWER, Question, Round, day_of, normalise
from .columns import Names, Record, read_columns
from .folder import hand_table
from .matching import Match
from .problems import Problem
from .tidy import rows_of

COLUMNS: Names = {
    "voter": ("person", "stimme", "teilnehmer", "teilnehmende", "stimmzettel", "nummer", "nr"),
    "question": ("frage", "frage-id", "question id"),
    "item": ("option", "bereich", "antwort"),
    "old": ("alt", "bisher", "vorher"),
    "new": ("neu", "nachher"),
    "reason": ("grund", "begründung", "warum"),
    "who": ("wer", "von", "durch", "name"),
    "date": ("datum", "am"),
}
_TYPES = ("single_choice", "scale", "points", "ranking")


@dataclass(frozen=True)
class Correction:
    """One row: the answer of `voter` to `question` (and `item`) was `old` and is `new`; None means no answer."""

    path: Path
    place: str
    voter: int
    question: str
    item: str
    old: str | float | None
    new: str | float | None


def read_corrections(round_: Round) -> tuple[list[Correction], list[Problem]]:
    """The rows of the corrections, none where the round has no such file, and what of the file was not read.

    Raises: DataError for a missing column, an unknown question, an empty reason, who or date, or a voter that is no
    number.
    """
    path = hand_table(round_.raw, "corrections")
    if path is None:
        return [], []
    records, problems = read_columns(path, COLUMNS, tuple(name for name in COLUMNS if name != "item"))
    problems = [replace(problem, file=path.name) for problem in problems]
    return [_correction(round_, path, record) for record in records], problems


def _correction(round_: Round, path: Path, record: Record) -> Correction:
    at = record.place
    cells = {name: record.text(name) for name in COLUMNS}
    if empty := [name for name in ("reason", "who", "date") if not cells[name]]:
        remedy = "say there why, who decided and when: others must be able to follow it"
        raise DataError(path, f"{', '.join(empty)} for every correction", "an empty cell", at, remedy)
    voter = whole_of(cells["voter"])
    if voter is None:
        remedy = "write the person's number in the export (column Voter of Mentimeter)"
        raise DataError(path, "a voter number", "something else", f"{at}, column voter", remedy)
    if day_of(cells["date"]) is None:
        raise DataError(path, "a date like 2025-11-13 or 13.11.2025", "something else", f"{at}, column date")
    question = _question(round_, path, cells["question"], f"{at}, column question")
    item, has_items = cells["item"], question.type in ("points", "ranking")
    if question.type not in _TYPES:
        raise DataError(path, f"a question of type {', '.join(_TYPES)}", question.type, f"{at}, column question")
    if item and not has_items:
        raise DataError(path, f"no item for a question of type {question.type}", "one", f"{at}, column item")
    item = _option(path, question, item, f"{at}, column item") if has_items else ""
    old, new = (_value(path, question, cells[name], f"{at}, column {name}") for name in ("old", "new"))
    return Correction(path, at, voter, question.id, item, old, new)


def _question(round_: Round, path: Path, word: str, at: str) -> Question:
    """The question of this id, or of this wording or label where it is the only one."""
    questions = round_.file.questions
    found = [one for one in questions if word == one.id] or [
        one for one in questions if normalise(word) in (one.id, normalise(one.wording), normalise(one.label))
    ]
    if len(found) == 1:
        return found[0]
    saw = "an empty cell" if not word else f"“{shown(word, 40)}”" + (", which several have" if found else "")
    known = [question.id for question in questions]
    remedy = nearest(word, known) or f"their ids are {some(known, 8)}"
    raise DataError(path, "the id of a question of round.yml", saw, at, remedy)


def _option(path: Path, question: Question, word: str, at: str) -> str:
    ids = {normalise(wording): identifier for wording, identifier in question.options.items()}
    if word in ids.values():
        return word
    if normalise(word) in ids:
        return ids[normalise(word)]
    remedy = nearest(normalise(word), [*ids, *ids.values()]) or f"write one of {some(ids.values(), 8)}"
    raise DataError(path, f"an option of {question.id}", "another word" if word else "an empty cell", at, remedy)


def _value(path: Path, question: Question, word: str, at: str) -> str | float | None:
    """What a cell of `old` or `new` says: an option, a number, `no_answer`, or nothing."""
    if not word:
        return None
    if question.type == "single_choice":
        return _option(path, question, word, at)
    labels = {normalise(label): value for label, value in question.scale.labels.items()} if question.scale else {}
    value = NO_ANSWER if word == NO_ANSWER else labels.get(normalise(word), number_of(word))
    if value != value:
        raise DataError(path, "a number", "something else", at)
    return value if isinstance(value, str) else float(value)


def correct(
    export: Export, match: Match, draft: pd.DataFrame, corrections: list[Correction]
) -> tuple[pd.DataFrame, list[Problem]]:
    """The draft with the corrections of its question applied, and one problem row that says so.

    Raises: DataError for a voter the export does not have, and where `old` is not what the export says.
    """
    name = match.question.id
    own = [correction for correction in corrections if correction.question == name]
    if not own:
        return draft, []
    path = own[0].path
    at_of = {number: at for at, number in enumerate(export.voters.numbers)}
    for one in own:
        if one.voter not in at_of:
            raise DataError(path, "a voter of the export", "another number", f"{one.place}, column voter")
        at = at_of[one.voter]
        rows = draft["voter_at"] == at
        rows &= (draft["item"] == one.item) if one.item else True
        first = draft[rows].head(1)
        said = None
        if len(first):
            item = first["item"].iloc[0]
            is_word = match.question.type == "single_choice" or item == NO_ANSWER
            said = item if is_word else float(first["value"].iloc[0])
        if said != one.old:
            remedy = "the export changed, or the correction names the wrong voter or question"
            raise DataError(path, "in `old` the answer that the export holds", "another one", one.place, remedy)
        draft = draft[~rows]
        if one.new is not None:
            column = int(first["column"].iloc[0]) if len(first) else -1
            item, value = (one.new, np.nan) if isinstance(one.new, str) else (one.item, one.new)
            row = rows_of(draft["item"].dtype, [at], column, item=item, value=value)
            draft = pd.concat([draft, row]).sort_values("voter_at", kind="stable", ignore_index=True)
    places = some((correction.place for correction in own), 20)
    seen = f"{len(own)} answers"
    message = f"{seen} to {name} were corrected as {path.name} says"
    return draft, [Problem("correction", f"question {name}", message, seen, file=path.name, private=places)]
