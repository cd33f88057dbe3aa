"""Rules for valid ballots: which answers break one, and what happens to them (`rules:` in `round.yml`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from poll_exports import Action, Export, shown_number, some

from ..errors import DataError
from ..rounds import Question, Round, RuleAction, day_of
from .drafts import Draft
from .matching import Match
from .problems import Problem


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
    """What one rule did to one question: the voters it touched (positions in `Voters`) and people before and after."""

    question: str
    rule: str
    action: RuleAction
    touched: np.ndarray
    n_before: int
    n_after: int


@dataclass(frozen=True)
class Outcome:
    """Answers that stay, answers set aside, the problems that say so, and the effect of each rule that found any."""

    stay: Draft
    away: Draft
    problems: list[Problem]
    effects: list[Effect]


def apply_rules(round_: Round, export: Export, match: Match, draft: Draft) -> Outcome:
    """Apply the rules for answers to one question. Raises: DataError for a breach whose rule says `refuse`."""
    problems: list[Problem] = []
    effects: list[Effect] = []
    aside = np.zeros(len(draft), dtype=bool)
    voter = draft.voter_at
    for breach in _breaches(match, draft):
        action: RuleAction = getattr(round_.file.rules, breach.rule)
        touched = np.unique(voter[breach.rows])
        before = len(np.unique(voter[~aside]))
        place = _place(export, match, draft, breach)
        if action == "refuse":
            raise DataError(export.path, breach.message, breach.seen, place, breach.remedy or _how_to(breach.rule))
        if action == "set_aside":
            aside |= np.isin(voter, touched) if breach.whole_ballot else breach.rows
        after = len(np.unique(voter[~aside]))
        problems.append(_problem(breach, match.question.id, action, len(touched), place))
        effects.append(Effect(match.question.id, breach.rule, action, touched, before, after))
    return Outcome(draft.take(~aside) if aside.any() else draft, draft.take(aside), problems, effects)


def _how_to(rule: str) -> str:
    return f"to go on without them, set `rules: {{{rule}: set_aside}}` in round.yml"


def _problem(breach: Breach, question: str, action: RuleAction, ballots: int, place: str) -> Problem:
    done: Action = "set aside" if action == "set_aside" else "kept"
    count = "1 ballot" if ballots == 1 else f"{ballots} ballots"
    message = f"expected {breach.message}; {count} {'was' if ballots == 1 else 'were'} {done}"
    return Problem(breach.rule, f"question {question}", message, count, done, private=f"{place}: {breach.seen}")


def _place(export: Export, match: Match, draft: Draft, breach: Breach) -> str:
    first = int(np.flatnonzero(breach.rows)[0])
    column, at = int(draft.column[first]), draft.voter_at[breach.rows]
    rows = some(export.voters.rows[i] for i in dict.fromkeys(at.tolist()))
    return f"{export.voters.place(max(column, match.uses[0].column))}, row {rows}"


def _breaches(match: Match, draft: Draft) -> Iterator[Breach]:
    question = match.question
    is_listed = question.type == "ranking" and not all(use.item for use in match.uses)
    is_labelled = bool(question.scale and question.scale.labels) and match.plan.type != "scales"
    if question.type in ("points", "scale", "ranking") and not (is_labelled or is_listed):
        yield from _no_number(question, draft)
    if question.type in ("single_choice", "multiple_choice") or is_labelled or is_listed:
        yield from _unknown_options(question, draft)
    if question.type == "points":
        yield from _points(question, draft)
    if question.type == "scale":
        yield from _off_scale(question, draft)


def _no_number(question: Question, draft: Draft) -> Iterator[Breach]:
    rows = ~draft.known
    if rows.any():
        yield Breach("no_number", rows, f"a number ({question.id})", "text", whole_ballot=question.type == "points")


def _unknown_options(question: Question, draft: Draft) -> Iterator[Breach]:
    rows = ~draft.known
    if rows.any():
        message = f"an option of {question.id} in round.yml"
        remedy = f"add it to the options there, or, {_how_to('option_not_offered')}"
        yield Breach("option_not_offered", rows, message, "another text", remedy=remedy)


def _points(question: Question, draft: Draft) -> Iterator[Breach]:
    value = draft.value
    for rule, rows, message in (
        ("points_negative", value < 0, "points of 0 or more"),
        ("points_fractional", np.isfinite(value) & (value != np.floor(value)), "whole points"),
    ):
        if rows.any():
            yield Breach(rule, rows, message, _numbers(value[rows]), whole_ballot=True)
    sums = np.bincount(draft.voter_at, weights=np.nan_to_num(value))[draft.voter_at] if len(draft) else value
    for rule, rows in (("points_too_few", sums < question.total), ("points_too_many", sums > question.total)):
        if rows.any():
            saw = f"a sum of {_numbers(np.unique(sums[rows]))}"
            yield Breach(rule, rows, f"ballots of {question.total} points ({question.id})", saw, whole_ballot=True)


def _off_scale(question: Question, draft: Draft) -> Iterator[Breach]:
    if question.scale is None:
        return
    value = draft.value
    rows = np.isfinite(value) & ~np.isin(value, question.scale.values())
    if rows.any():
        message = f"a value of the scale {question.scale.low} … {question.scale.high} ({question.id})"
        yield Breach("value_off_scale", rows, message, _numbers(value[rows]), remedy="correct the scale in round.yml")


def _numbers(values: np.ndarray) -> str:
    return some(dict.fromkeys(shown_number(value) for value in np.unique(values)))


Judged = tuple[np.ndarray, list[Problem], list[Effect]]


def select_sessions(round_: Round, export: Export) -> Judged:
    """Which voters count: those of the sessions `round.yml` names (default: all), judged by rule `early_session`.

    Raises: DataError for a session the export does not have, and for voters dated before the event where round.yml
    neither names the sessions that count nor says what to do with early ones.
    """
    wanted, sessions = round_.file.sessions, np.array(export.voters.sessions, dtype=np.int64)
    problems: list[Problem] = []
    chosen = np.ones(len(sessions), dtype=bool)
    if wanted is not None:
        missing = sorted(set(wanted) - set(export.sessions))
        if missing:
            at = f"sessions: {wanted} in round.yml"
            raise DataError(export.path, f"the sessions {some(export.sessions)}", f"session {missing[0]}", at)
        chosen = np.isin(sessions, wanted)
        if not chosen.all():
            others = some(sorted(set(sessions[~chosen].tolist())))
            message = f"round.yml selects sessions {some(wanted)}; the voters of session {others} were set aside"
            seen = f"{int((~chosen).sum())} voters"
            problems.append(Problem("session_not_selected", export.voters.sheet, message, seen, "set aside"))
    before = {date for date in set(export.voters.dates) if _is_before(date, round_)}
    if before:
        early = chosen & np.array([date in before for date in export.voters.dates], dtype=bool)
        if early.any():
            return _early(round_, export, chosen, early, problems)
    unknown = sum(day_of(date) is None for date in export.voters.dates)
    if unknown and wanted is None and round_.file.rules.early_session != "keep":
        message = (
            "expected dates like 2025-11-12 or 12.11.2025; whether these people answered before the event is unknown"
        )
        problems.append(Problem("early_session", export.voters.sheet, message, f"{unknown} voters"))
    return chosen, problems, []


def _early(round_: Round, export: Export, chosen: np.ndarray, early: np.ndarray, problems: list[Problem]) -> Judged:
    action: RuleAction = round_.file.rules.early_session if round_.file.sessions is None else "keep"
    at = np.flatnonzero(early)
    numbers = some(sorted({export.voters.sessions[i] for i in at}))
    seen = f"{len(at)} voters of session {numbers} with an earlier date"
    if action == "refuse":
        remedy = "name the sessions that count (`sessions: [2]`), or say `rules: {early_session: keep}` in round.yml"
        expected = f"voters dated {round_.file.date} or later, the date of the event"
        raise DataError(export.path, expected, seen, export.voters.sheet, remedy)
    done: Action = "set aside" if action == "set_aside" else "kept"
    message = f"expected the date of the event or a later one, saw {seen}; they were {done}"
    rows = f"row {some(export.voters.rows[i] for i in at)}"
    after = chosen & ~early if action == "set_aside" else chosen
    effect = Effect("", "early_session", action, at, int(chosen.sum()), int(after.sum()))
    return (
        after,
        [*problems, Problem("early_session", export.voters.sheet, message, seen, done, private=rows)],
        [effect],
    )


def _is_before(date: str, round_: Round) -> bool:
    """Whether a printed date lies before the event."""
    day = day_of(date)
    return day is not None and day < round_.file.date


def reactions_only(round_: Round, export: Export, answered: np.ndarray) -> Judged:
    """Voters without an answer to any question of the round (`answered` is False). The first part: those set aside."""
    silent, action = np.flatnonzero(~answered), round_.file.rules.reactions_only
    if not len(silent):
        return silent, [], []
    rows = f"row {some(export.voters.rows[i] for i in silent)}"
    seen = f"{len(silent)} voters without an answer"
    if action == "refuse":
        at = f"{export.voters.sheet}, {rows}"
        raise DataError(export.path, "an answer from every voter", seen, at, _how_to("reactions_only"))
    done: Action = "set aside" if action == "set_aside" else "kept"
    also = " (reactions to slides at most)" if export.tool == "Mentimeter" else ""
    message = f"expected an answer from every voter, saw {seen}{also}; they were {done}"
    aside = silent if action == "set_aside" else silent[:0]
    effect = Effect("", "reactions_only", action, silent, len(answered), len(answered) - len(aside))
    return aside, [Problem("reactions_only", export.voters.sheet, message, seen, done, private=rows)], [effect]


def identical_ballots(export: Export, matches: list[Match]) -> Judged:
    """Runs of voters in a row whose answers to all questions of the round are the same, three cells or more."""
    voters = export.voters
    used = sorted((use.column for match in matches for use in match.uses), key=lambda c: c not in voters.numeric)
    columns = [voters.numeric.get(column, voters.columns[column]) for column in used]  # numbers first: quick to compare
    if not columns or len(export.voters.rows) < 2:
        return np.empty(0, np.int64), [], []
    ends = np.arange(1, len(export.voters.rows))
    for column in columns:
        ends = ends[(column[ends] == column[ends - 1]).astype(bool)]
    ends = ends[sum((voters.columns[column][ends] != "").astype(int) for column in used) >= 3]
    if not len(ends):
        return ends, [], []
    rows = f"row {some(export.voters.rows[i] for i in ends)}"
    message = f"{len(ends)} ballots equal the one in the row before; for information, nothing was changed"
    size = len(export.voters.rows)
    effect = Effect("", "identical_ballots", "keep", ends, size, size)
    seen = f"{len(ends)} ballots"
    return ends, [Problem("identical_ballots", voters.sheet, message, seen, private=rows)], [effect]
