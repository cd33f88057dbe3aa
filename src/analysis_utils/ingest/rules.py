"""Rules for valid ballots: which answers break one, and what happens to them (`rules:` in `round.yml`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import DataError
from ..rounds import Question, Round, RuleAction
from .cells import some, text_of
from .layout import Export
from .matching import Match
from .problems import Action, Problem


@dataclass(frozen=True)
class Breach:
    """A rule that answers of one question break. `rows` marks them in the draft, `whole_ballot` says whether the
    voter's other answers to the question go with them."""

    rule: str
    rows: np.ndarray
    message: str
    seen: str
    whole_ballot: bool = False
    remedy: str = ""


@dataclass(frozen=True)
class Effect:
    """What one rule did to one question: ballots touched, people before and after."""

    question: str
    rule: str
    action: RuleAction
    ballots: int
    n_before: int
    n_after: int
    touched: np.ndarray


def apply_rules(
    round_: Round, export: Export, match: Match, draft: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem], list[Effect]]:
    """Answers that stay, answers set aside, the problems that say so, and each rule's effect.

    Raises: DataError for a breach whose rule says `refuse`.
    """
    problems: list[Problem] = []
    effects: list[Effect] = []
    aside = np.zeros(len(draft), dtype=bool)
    voter = draft["voter_at"].to_numpy()
    for breach in _breaches(match, draft):
        action: RuleAction = getattr(round_.file.rules, breach.rule)
        touched = np.unique(voter[breach.rows])
        before = len(np.unique(voter[~aside]))
        place = _place(export, match, draft, breach)
        if action == "refuse":
            raise DataError(export.path, breach.message, breach.seen, place, breach.remedy)
        if action == "set_aside":
            aside |= np.isin(voter, touched) if breach.whole_ballot else breach.rows
        after = len(np.unique(voter[~aside]))
        verb: Action = "set aside" if action == "set_aside" else "kept"
        ballots = "1 ballot was" if len(touched) == 1 else f"{len(touched)} ballots were"
        message = f"expected {breach.message}, saw {breach.seen}; {ballots} {verb}"
        problems.append(Problem(breach.rule, place, message, breach.seen, verb, export.path.name))
        effects.append(Effect(match.question.id, breach.rule, action, len(touched), before, after, touched))
    return draft[~aside], draft[aside], problems, effects


def _place(export: Export, match: Match, draft: pd.DataFrame, breach: Breach) -> str:
    first = int(np.flatnonzero(breach.rows)[0])
    column, at = int(draft["column"].iloc[first]), draft["voter_at"].to_numpy()[breach.rows]
    rows = some(export.voters.rows[i] for i in dict.fromkeys(at.tolist()))
    return f"{export.voters.place(max(column, match.uses[0].column))}, row {rows}"


def _breaches(match: Match, draft: pd.DataFrame) -> Iterator[Breach]:
    question = match.question
    if question.type in ("points", "scale", "ranking"):
        yield from _no_number(question, draft)
    if question.type in ("single_choice", "multiple_choice"):
        yield from _unknown_options(question, draft)
    if question.type == "points":
        yield from _points(question, draft)
    if question.type == "scale":
        yield from _off_scale(question, draft)


def _no_number(question: Question, draft: pd.DataFrame) -> Iterator[Breach]:
    rows = ~draft["is_known"].to_numpy(dtype=bool)
    if rows.any():
        message = f"a number for {question.id}"
        yield Breach("option_not_offered", rows, message, "text", question.type == "points")


def _unknown_options(question: Question, draft: pd.DataFrame) -> Iterator[Breach]:
    rows = ~draft["is_known"].to_numpy(dtype=bool)
    if rows.any():
        message = f"an option of {question.id} in round.yml"
        yield Breach("option_not_offered", rows, message, "another text", remedy="was a label changed by hand?")


def _points(question: Question, draft: pd.DataFrame) -> Iterator[Breach]:
    value = draft["value"].to_numpy()
    for rule, rows, message in (
        ("points_negative", value < 0, "points of 0 or more"),
        ("points_fractional", np.isfinite(value) & (value != np.floor(value)), "whole points"),
    ):
        if rows.any():
            yield Breach(rule, rows, message, _numbers(value[rows]), whole_ballot=True)
    sums = draft.groupby("voter_at")["value"].transform("sum").to_numpy()
    for rule, rows in (("points_too_few", sums < question.total), ("points_too_many", sums > question.total)):
        if rows.any():
            saw = f"a sum of {_numbers(np.unique(sums[rows]))}"
            yield Breach(rule, rows, f"ballots of {question.total} points ({question.id})", saw, whole_ballot=True)


def _off_scale(question: Question, draft: pd.DataFrame) -> Iterator[Breach]:
    if question.scale is None:
        return
    value = draft["value"].to_numpy()
    rows = np.isfinite(value) & ~np.isin(value, question.scale.values())
    if rows.any():
        message = f"a value of the scale {question.scale.low} … {question.scale.high} ({question.id})"
        yield Breach("value_off_scale", rows, message, _numbers(value[rows]), remedy="correct the scale in round.yml")


def _numbers(values: np.ndarray) -> str:
    return some(text_of(float(value)) for value in np.unique(values))
