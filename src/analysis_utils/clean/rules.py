"""Rules for valid ballots: which answers break one, and what happens to them (`rules:` in `round.yml`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from poll_exports import Action, Export, shown_number, some

from ..errors import DataError
from ..rounds import Round, RuleAction, day_of
from .matching import Match
from .problems import Problem


@dataclass(frozen=True)
class Breach:
    """A rule that answers of one question break; `rows` marks them in the draft."""

    rule: str
    rows: np.ndarray
    message: str
    seen: str
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

    stay: pd.DataFrame
    away: pd.DataFrame
    problems: list[Problem]
    effects: list[Effect]


_DONE: dict[RuleAction, Action] = {"keep": "kept", "set_aside": "set aside", "refuse": "refused"}


def apply_rules(round_: Round, export: Export, match: Match, draft: pd.DataFrame) -> Outcome:
    """Apply the rules for answers to one question. Of a ballot of points all answers go with the one that breaks a
    rule. Raises: DataError for a breach whose rule says `refuse`."""
    problems: list[Problem] = []
    effects: list[Effect] = []
    name, voter = match.question.id, draft["voter_at"].to_numpy()
    aside = np.zeros(len(draft), dtype=bool)
    for breach in _breaches(match, draft):
        if not breach.rows.any():
            continue
        action: RuleAction = getattr(round_.file.rules, breach.rule)
        broken = draft[breach.rows]
        touched, before = np.unique(voter[breach.rows]), len(np.unique(voter[~aside]))
        column = max(int(broken["column"].iloc[0]), match.uses[0].column)
        rows = some(export.voters.rows[i] for i in broken["voter_at"].unique())
        place = f"{export.voters.place(column)}, row {rows}"
        if action == "refuse":
            raise DataError(export.path, breach.message, breach.seen, place, breach.remedy or _how_to(breach.rule))
        if action == "set_aside":
            aside |= np.isin(voter, touched) if match.question.type == "points" else breach.rows
        count = "1 ballot was" if len(touched) == 1 else f"{len(touched)} ballots were"
        message, seen = f"expected {breach.message}; {count} {_DONE[action]}", count.rpartition(" ")[0]
        private = f"{place}: {breach.seen}"
        problems.append(Problem(breach.rule, f"question {name}", message, seen, _DONE[action], private=private))
        effects.append(Effect(name, breach.rule, action, touched, before, len(np.unique(voter[~aside]))))
    return Outcome(draft[~aside] if aside.any() else draft, draft[aside], problems, effects)


def _how_to(rule: str) -> str:
    return f"to go on without them, set `rules: {{{rule}: set_aside}}` in round.yml"


def _breaches(match: Match, draft: pd.DataFrame) -> Iterator[Breach]:
    question, value, odd = match.question, draft["value"].to_numpy(), ~draft["known"].to_numpy()
    is_listed = question.type == "ranking" and not all(use.item for use in match.uses)
    if question.type in ("single_choice", "multiple_choice") or match.labels or is_listed:
        remedy = f"add it to the options there, or, {_how_to('option_not_offered')}"
        yield Breach("option_not_offered", odd, f"an option of {question.id} in round.yml", "another text", remedy)
    elif question.type in ("points", "scale", "ranking"):
        yield Breach("no_number", odd, f"a number ({question.id})", "text")
    if question.type == "points":
        broken = np.isfinite(value) & (value != np.floor(value))
        yield Breach("points_negative", value < 0, "points of 0 or more", _numbers(value[value < 0]))
        yield Breach("points_fractional", broken, "whole points", _numbers(value[broken]))
        ballots = f"ballots of {question.total} points ({question.id})"
        voter = draft["voter_at"].to_numpy()
        sums = np.bincount(voter, weights=np.nan_to_num(value))[voter] if len(draft) else value
        for rule, rows in (("points_too_few", sums < question.total), ("points_too_many", sums > question.total)):
            yield Breach(rule, rows, ballots, f"a sum of {_numbers(sums[rows])}")
    if question.type == "scale" and question.scale:
        rows = np.isfinite(value) & ~np.isin(value, question.scale.values())
        message = f"a value of the scale {question.scale.low} … {question.scale.high} ({question.id})"
        yield Breach("value_off_scale", rows, message, _numbers(value[rows]), "correct the scale in round.yml")


def _numbers(values: np.ndarray) -> str:
    return some(dict.fromkeys(shown_number(value) for value in np.unique(values)))


Judged = tuple[np.ndarray, list[Problem], list[Effect]]


def select_sessions(round_: Round, export: Export) -> Judged:
    """Which voters count: those of the sessions `round.yml` names (default: all), judged by rule `early_session`.

    Raises: DataError for a session the export does not have, and for voters dated before the event where round.yml
    neither names the sessions that count nor says what to do with early ones.
    """
    wanted, sessions = round_.file.sessions, np.array(export.voters.sessions, dtype=np.int64)
    sheet, dates = export.voters.sheet, pd.Series(export.voters.dates, dtype=object)
    problems: list[Problem] = []
    chosen = np.ones(len(sessions), dtype=bool)
    if wanted is not None:
        if missing := sorted(set(wanted) - set(export.sessions)):
            at = f"sessions: {wanted} in round.yml"
            raise DataError(export.path, f"the sessions {some(export.sessions)}", f"session {missing[0]}", at)
        chosen = np.isin(sessions, wanted)
        if not chosen.all():
            others = some(sorted(set(sessions[~chosen].tolist())))
            message = f"round.yml selects sessions {some(wanted)}; the voters of session {others} were set aside"
            seen = f"{int((~chosen).sum())} voters"
            problems.append(Problem("session_not_selected", sheet, message, seen, "set aside"))
    days = {date: day_of(date) for date in set(dates)}
    before = [date for date, day in days.items() if day is not None and day < round_.file.date]
    early = np.flatnonzero(chosen & dates.isin(before))
    action: RuleAction = round_.file.rules.early_session if wanted is None else "keep"
    if len(early):
        seen = f"{len(early)} voters of session {some(sorted(set(sessions[early].tolist())))} with an earlier date"
        if action == "refuse":
            remedy = (
                "name the sessions that count (`sessions: [2]`), or say `rules: {early_session: keep}` in round.yml"
            )
            expected = f"voters dated {round_.file.date} or later, the date of the event"
            raise DataError(export.path, expected, seen, sheet, remedy)
        message = f"expected the date of the event or a later one, saw {seen}"
        aside, found, effects = _judged(export, "early_session", action, early, int(chosen.sum()), message, seen)
        chosen[aside] = False
        return chosen, problems + found, effects
    unknown = sum(days[date] is None for date in dates)
    if unknown and wanted is None and action != "keep":
        message = (
            "expected dates like 2025-11-12 or 12.11.2025; whether these people answered before the event is unknown"
        )
        problems.append(Problem("early_session", sheet, message, f"{unknown} voters"))
    return chosen, problems, []


def _judged(
    export: Export, rule: str, action: RuleAction, touched: np.ndarray, people: int, message: str, seen: str
) -> Judged:
    """What a rule about people does: those set aside (of the `touched`), and what is said of it."""
    aside = touched if action == "set_aside" else touched[:0]
    rows, done = f"row {some(export.voters.rows[i] for i in touched)}", _DONE[action]
    problem = Problem(rule, export.voters.sheet, f"{message}; they were {done}", seen, done, private=rows)
    return aside, [problem], [Effect("", rule, action, touched, people, people - len(aside))]


def reactions_only(round_: Round, export: Export, answered: np.ndarray) -> Judged:
    """Voters without an answer to any question of the round (`answered` is False). The first part: those set aside."""
    silent, action = np.flatnonzero(~answered), round_.file.rules.reactions_only
    if not len(silent):
        return silent, [], []
    seen = f"{len(silent)} voters without an answer"
    if action == "refuse":
        at = f"{export.voters.sheet}, row {some(export.voters.rows[i] for i in silent)}"
        raise DataError(export.path, "an answer from every voter", seen, at, _how_to("reactions_only"))
    also = " (reactions to slides at most)" if export.tool == "Mentimeter" else ""
    message = f"expected an answer from every voter, saw {seen}{also}"
    return _judged(export, "reactions_only", action, silent, len(answered), message, seen)


def identical_ballots(export: Export, matches: list[Match]) -> tuple[list[Problem], list[Effect]]:
    """Runs of voters in a row whose answers to all questions of the round are the same, three cells or more."""
    voters, size = export.voters, len(export.voters.rows)
    used = sorted((use.column for match in matches for use in match.uses), key=lambda c: c not in voters.numeric)
    ends = np.arange(1, size if used else 1)
    for column in used:  # numbers first: quick to compare
        cells = voters.numeric.get(column, voters.columns[column])
        ends = ends[(cells[ends] == cells[ends - 1]).astype(bool)]
    ends = ends[sum(((voters.columns[column][ends] != "").astype(int) for column in used), 0 * ends) >= 3]
    if not len(ends):
        return [], []
    rows = f"row {some(export.voters.rows[i] for i in ends)}"
    message = f"{len(ends)} ballots equal the one in the row before; for information, nothing was changed"
    problem = Problem("identical_ballots", voters.sheet, message, f"{len(ends)} ballots", private=rows)
    return [problem], [Effect("", "identical_ballots", "keep", ends, size, size)]
