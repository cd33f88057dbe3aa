"""Versions of a round against each other: whoever has two of them reads off what the people between them said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import DataError
from ..round_file import Question
from ..rounds import Round
from .releases import COUNTED, LEDGER, Released, Shown, Version, ledger_path, marks, read_ledger

MOST_SEGMENTS = 10
"""With more segments only the single ones are compared, not everything that can be added up of them."""


def refuse_close(round_: Round, answers: pd.DataFrame) -> None:
    """Raises: DataError where what everybody said to some question differs from a released version by fewer people than
    a segment needs, however many questions that are. `answers` hold VOTER, question, item and value."""
    versions, minimum = read_ledger(ledger_path(round_)), round_.file.disclosure.minimum_base
    if not versions and not _other_ledgers(round_):
        return
    now = _said_now(round_, answers)
    for version in reversed(versions):
        if close := dict(_close(now, version, minimum)):
            raise _refusal(round_, round_.name, version, close)
    for name, version in _copies(round_, now):
        if close := dict(_close_copies(now, version, minimum)):
            raise _refusal(round_, name, version, close)


def known_versions(round_: Round, answers: pd.DataFrame) -> list[Version]:
    """What a reader may have of this round: its released versions, oldest first, and those of copies of it under
    another name."""
    copies = _copies(round_, _said_now(round_, answers)) if _other_ledgers(round_) else []
    return [*read_ledger(ledger_path(round_)), *(version for _, version in copies)]


def _other_ledgers(round_: Round) -> list[Path]:
    return [ledger for ledger in sorted(round_.raw.parent.glob(f"*/{LEDGER}")) if ledger != ledger_path(round_)]


def _said_now(round_: Round, answers: pd.DataFrame) -> dict[str, list[str]]:
    return {
        question.id: _everybody(answers, question) for question in round_.file.questions if question.type in COUNTED
    }


def _copies(round_: Round, now: dict[str, list[str]]) -> Iterator[tuple[str, Version]]:
    """Released versions of other rounds that are this round under another name, with that name."""
    for ledger in _other_ledgers(round_):
        for version in read_ledger(ledger):
            if _is_copy(now, version):
                yield ledger.parent.name, version


def _is_copy(now: dict[str, list[str]], version: Version) -> bool:
    """Whether most voters said the same, beyond what chance makes of voters of one number: in two rounds that ask the
    same, those too agree where nearly everybody does (Cohen's kappa over all questions, above one half)."""
    agreed = room = 0.0
    for name in now.keys() & version.questions.keys():
        mine, theirs = now[name], list(_all(version.questions[name].segments))
        if not mine or not theirs:
            continue
        first, second = Counter(_said(mine)), Counter(_said(theirs))
        chance = sum(count * second[said] for said, count in first.items()) / max(len(mine), len(theirs))
        agreed += len(set(mine) & set(theirs)) - chance
        room += max(len(mine), len(theirs)) - chance
    return room > 0 and agreed > room / 2


def _everybody(answers: pd.DataFrame, question: Question) -> list[str]:
    return list(_all(marks(answers[answers["question"] == question.id].assign(shown="all"))))


def _all(shown: Shown) -> Iterator[str]:
    for found in shown.values():
        yield from found


def _close(now: dict[str, list[str]], version: Version, minimum: int) -> Iterator[tuple[str, int]]:
    """Questions of a version of this round that differ by too few, and by how many. A question that bears another name
    now is known by the people and what each of them said."""
    gone = [name for name in version.questions if name not in now]
    for name, mine in now.items():
        if name in version.questions:
            apart = people_apart(_said(mine), _said(_all(version.questions[name].segments)))
        else:
            apart = next(filter(None, (_copy_apart(mine, version.questions[old].segments) for old in gone)), 0)
        if 0 < apart < minimum:
            yield name, apart


def _close_copies(now: dict[str, list[str]], version: Version, minimum: int) -> Iterator[tuple[str, int]]:
    for name, mine in now.items():
        if name in version.questions:
            apart = people_apart(mine, _all(version.questions[name].segments))
            if 0 < apart < minimum:
                yield name, apart


def _copy_apart(mine: list[str], shown: Shown) -> int:
    """As `people_apart`, voter by voter; 0 unless most of the people are the same and said the same."""
    theirs = list(_all(shown))
    same = len(set(mine) & set(theirs))
    return people_apart(mine, theirs) if same > max(len(mine), len(theirs)) / 2 else 0


def people_apart(now: Iterable[str], earlier: Iterable[str]) -> int:
    """People in one of two groups only: those who came or those who left, whichever are fewer but not none (a changed
    answer is one of each). 0 where nothing differs."""
    mine, theirs = Counter(now), Counter(earlier)
    sides = ((mine - theirs).total(), (theirs - mine).total())
    return min((side for side in sides if side), default=0)


def _said(found: Iterable[str]) -> list[str]:
    """What was said, whoever said it: a voter's number may change from export to export."""
    return [mark.partition(".")[2] for mark in found]


def _refusal(round_: Round, name: str, version: Version, close: dict[str, int]) -> DataError:
    minimum = round_.file.disclosure.minimum_base
    people = ["1 person" if count == 1 else f"{count} people" for count in close.values()]
    listed = ", ".join(f"{question} (by {count})" for question, count in zip(close, people, strict=True))
    expected = f"each question to differ from every released version by nobody or by {minimum} people or more"
    remedy = (
        "whoever has both would read off what these people said. Nothing was written, the earlier report is unchanged."
        " Undo the change (export, corrections.csv, rules or sessions in round.yml), or wait until"
        f" {minimum} answers differ, or, if nobody outside has that version: fachdialog withdraw {name}"
    )
    at = f"comparison with version {' / '.join(version.stamps)} of {name}"
    return DataError(round_.name, expected, f"fewer: {listed}", at=at, remedy=remedy)


def told_apart(now: Shown, released: list[Released], minimum: int) -> bool:
    """Whether segments of a question, added up in whatever way, and those of a released version differ by one to
    `minimum` − 1 people, or are the same people cut differently."""
    return any(not _same(now, one.segments) and _are_close(now, one.segments, minimum) for one in released)


def _same(now: Shown, earlier: Shown) -> bool:
    return {name: sorted(_said(found)) for name, found in now.items()} == {
        name: sorted(_said(found)) for name, found in earlier.items()
    }


def _are_close(now: Shown, earlier: Shown, minimum: int) -> bool:
    named = (people_apart(_said(now[name]), _said(earlier[name])) for name in now.keys() & earlier.keys())
    if any(0 < apart < minimum for apart in named):
        return True
    shared = np.array([[len(set(mine) & set(theirs)) for theirs in earlier.values()] for mine in now.values()])
    ours, others = _unions(len(now)), _unions(len(earlier))
    both = ours @ shared @ others.T
    mine_only = (ours @ np.array([len(found) for found in now.values()]))[:, None] - both
    theirs_only = (others @ np.array([len(found) for found in earlier.values()]))[None, :] - both
    few = ((mine_only > 0) & (mine_only < minimum)) | ((theirs_only > 0) & (theirs_only < minimum))
    equal = (mine_only == 0) & (theirs_only == 0)
    everybody = (ours.sum(axis=1) == len(now))[:, None] & (others.sum(axis=1) == len(earlier))[None, :]
    return bool(((few | equal) & ~everybody).any())


def _unions(count: int) -> np.ndarray:
    """All choices of segments but none, one row each."""
    if count > MOST_SEGMENTS:
        return np.eye(count, dtype=np.int64)
    numbers = np.arange(1, 2**count)
    return (numbers[:, None] >> np.arange(count)) & 1
