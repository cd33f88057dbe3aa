"""Corrections are data: a table in the round's folder changes single answers, and says who did so and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from poll_exports import Export, number_of, shown, some, whole_of

from ..errors import DataError, nearest
from ..rounds import NO_ANSWER, Question, Round, day_of, normalise
from .columns import Names, Record, read_columns
from .drafts import Draft, draft_of, joined
from .folder import hand_table
from .matching import Match
from .problems import Problem

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
    """One row: the answer of `voter` to `question` (and `item`) was `old` and is `new`; empty means no answer."""

    place: str
    voter: int
    question: str
    item: str
    old: str
    new: str


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
    empty = [name for name in ("reason", "who", "date") if not cells[name]]
    if empty:
        remedy = "say there why, who decided and when: others must be able to follow it"
        raise DataError(path, f"{', '.join(empty)} for every correction", "an empty cell", at, remedy)
    voter = whole_of(cells["voter"])
    if voter is None:
        remedy = "write the person's number in the export (column Voter of Mentimeter)"
        raise DataError(path, "a voter number", "something else", f"{at}, column voter", remedy)
    if day_of(cells["date"]) is None:
        raise DataError(path, "a date like 2025-11-13 or 13.11.2025", "something else", f"{at}, column date")
    question = _question(round_, path, cells["question"], f"{at}, column question")
    if question.type not in _TYPES:
        raise DataError(path, f"a question of type {', '.join(_TYPES)}", question.type, f"{at}, column question")
    item = _item(path, question, cells["item"], at)
    return Correction(at, voter, question.id, item, cells["old"], cells["new"])


def _question(round_: Round, path: Path, word: str, at: str) -> Question:
    """The question of this id, or of this wording or label where it is the only one."""
    names = [(question, {question.id, *map(normalise, (question.wording, question.label))})
             for question in round_.file.questions]  # fmt: skip
    found = [question for question, own in names if word == question.id] or [
        question for question, own in names if normalise(word) in own
    ]
    if len(found) == 1:
        return found[0]
    saw = "an empty cell" if not word else f"“{shown(word, 40)}”" + (", which several have" if found else "")
    known = [question.id for question in round_.file.questions]
    remedy = nearest(word, known) or f"their ids are {some(known, 8)}"
    raise DataError(path, "the id of a question of round.yml", saw, at, remedy)


def _item(path: Path, question: Question, word: str, at: str) -> str:
    """The option a correction of points or ranks is about; nothing for other types."""
    if question.type not in ("points", "ranking"):
        if word:
            raise DataError(path, f"no item for a question of type {question.type}", "one", f"{at}, column item")
        return ""
    return _option(path, question, word, f"{at}, column item")


def _option(path: Path, question: Question, word: str, at: str) -> str:
    ids = {normalise(wording): identifier for wording, identifier in question.options.items()}
    if word in ids.values():
        return word
    if normalise(word) in ids:
        return ids[normalise(word)]
    remedy = nearest(normalise(word), [*ids, *ids.values()]) or f"write one of {some(ids.values(), 8)}"
    raise DataError(path, f"an option of {question.id}", "another word" if word else "an empty cell", at, remedy)


def correct(
    round_: Round, export: Export, match: Match, draft: Draft, corrections: list[Correction]
) -> tuple[Draft, list[Problem]]:
    """The draft with the corrections of its question applied, and one problem row that says so.

    Raises: DataError for a voter the export does not have, and where `old` is not what the export says.
    """
    own = [correction for correction in corrections if correction.question == match.question.id]
    path = hand_table(round_.raw, "corrections")
    if not own or path is None:
        return draft, []
    at_of = {number: at for at, number in enumerate(export.voters.numbers)}
    for correction in own:
        if correction.voter not in at_of:
            raise DataError(path, "a voter of the export", "another number", f"{correction.place}, column voter")
        draft = _apply(path, match, draft, correction, at_of[correction.voter])
    rows = some((correction.place for correction in own), 20)
    message = f"{len(own)} answers to {match.question.id} were corrected as {path.name} says"
    place = f"question {match.question.id}"
    return draft, [Problem("correction", place, message, f"{len(own)} answers", file=path.name, private=rows)]


def _apply(path: Path, match: Match, draft: Draft, correction: Correction, at: int) -> Draft:
    question, place = match.question, correction.place
    rows = draft.voter_at == at
    if question.type in ("points", "ranking"):
        rows = rows & (draft.item_words() == correction.item)
    index = np.flatnonzero(rows)
    if _current(draft, index, question.type == "single_choice") != _value(
        path, question, correction.old, f"{place}, column old"
    ):
        remedy = "the export changed, or the correction names the wrong voter or question"
        raise DataError(path, "in `old` the answer that the export holds", "another one", place, remedy)
    new = _value(path, question, correction.new, f"{place}, column new")
    kept = draft.take(~rows)
    if new is None:
        return kept
    column = int(draft.column[index[0]]) if len(index) else -1
    is_word = isinstance(new, str)
    item = str(new) if is_word else correction.item
    whole = joined([kept, draft_of([at], column, items=(item,), value=np.nan if is_word else float(new))])
    return whole.take(np.argsort(whole.voter_at, kind="stable"))


def _current(draft: Draft, index: np.ndarray, has_options: bool) -> str | float | None:
    if not len(index):
        return None
    item = draft.items[draft.item[index[0]]]
    return item if has_options or item == NO_ANSWER else float(draft.value[index[0]])


def _value(path: Path, question: Question, word: str, at: str) -> str | float | None:
    if not word:
        return None
    if question.type == "single_choice":
        return _option(path, question, word, at)
    labels = {normalise(label): value for label, value in question.scale.labels.items()} if question.scale else {}
    if word == NO_ANSWER or normalise(word) in labels:
        value = labels.get(normalise(word), NO_ANSWER)
        return value if value == NO_ANSWER else float(value)
    number = number_of(word)
    if number != number:
        raise DataError(path, "a number", "something else", at)
    return number
