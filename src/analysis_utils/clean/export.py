"""The export of a round, read by `poll_exports` with the help of what `round.yml` says of its questions."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import poll_exports
from poll_exports import NONE_OF_THEM, Export, FileError, Named, Plan

from ..errors import DataError
from ..rounds import LEFT_OUT, Question, RoundFile, normalise

# How the types of round.yml are called in the Session sheets; for the others the name stands for itself.
_PRINTED = {"single_choice": "choices", "multiple_choice": "choices", "scale": "scales", "points": "100 points"}


@contextmanager
def readable() -> Iterator[None]:
    """A file that is refused is an error for analysts."""
    try:
        yield
    except FileError as fault:
        raise DataError(fault.where, fault.expected, fault.saw, fault.at, fault.remedy) from None


@contextmanager
def without_collector() -> Iterator[None]:
    """Without the garbage collector: what is read is no garbage, and looking through it takes time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@without_collector()
@readable()
def read_export(path: Path, questions: Sequence[Question] = ()) -> Export:
    """The export with its questions; where it does not say which they are, they are guessed, and found by the wordings
    of the `questions` of an earlier round. Raises: DataError for a file that is refused."""
    return poll_exports.read(path, _declared(questions))


@without_collector()
@readable()
def read_named(path: Path, file: RoundFile) -> Export:
    """A file of a round, or the table whose columns `round.yml` names (of several files, the one no tool wrote).
    Raises: DataError."""
    declared, columns = _declared(file.questions), _named(file)
    if len(file.files) < 2 or not columns:
        return poll_exports.read(path, declared, columns=columns, guess=False)
    try:
        return poll_exports.read(path, declared, guess=False)
    except FileError as fault:
        try:
            return poll_exports.read(path, columns=columns, all_columns=False, guess=False)
        except FileError as other:
            raise fault if other.saw == NONE_OF_THEM else other from None


def _named(file: RoundFile) -> dict[str, Named]:
    """What each heading under `columns` stands for."""
    questions = {question.id: question for question in file.questions}
    found = {}
    for heading, written in file.columns.items():
        name, part = (written, "") if isinstance(written, str) else next(iter(written.items()))
        if name == LEFT_OUT:
            found[heading] = Named()
            continue
        question = questions[name]
        item, order = (part, 0) if isinstance(part, str) else ("", part)
        type_ = {"multiple_choice": "choices", "points": "points", "ranking": "ranking"}.get(question.type, "unknown")
        found[heading] = Named(question.wording, type_, item or question.statement or "", order)
    return found


def _declared(questions: Sequence[Question]) -> list[Plan]:
    wanted: dict[str, list[Question]] = {}
    for question in questions:
        wanted.setdefault(normalise(question.wording), []).append(question)
    plans = []
    for number, alike in enumerate(wanted.values(), start=1):
        first = alike[0]
        statements = [question.statement for question in alike if question.statement]
        options = list(first.options) if first.type in ("points", "ranking") else []
        type_ = _PRINTED.get(first.type, first.type)
        plans.append(Plan(number, type_, first.wording, items=statements or options))
    return plans
