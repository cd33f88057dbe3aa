"""The questions of a round as read: tidied, corrected and judged by the rules, and what each rule did.

The effect of each rule on n and on the ranking is a table that shows no single ballot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from poll_exports import Export

from ..rounds import Round
from .corrections import correct, read_corrections
from .matching import Match
from .problems import Problem
from .rules import Effect, Outcome, apply_rules, identical_ballots
from .tidy import cells_of, draft

Kept = list[tuple[str, str, pd.DataFrame]]  # question id, type, draft
COLUMNS = ("rule", "action", "question", "ballots", "n_before", "n_after", "ranking_if_switched")


@dataclass
class Reading:
    """Outcome of each question, the drafts before any rule, how many cells they took, and who `answered` anything."""

    answered: np.ndarray
    outcomes: list[tuple[Match, Outcome]] = field(default_factory=list)
    drafts: dict[str, pd.DataFrame] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    consumed: int = 0

    @property
    def kept(self) -> Kept:
        return [(match.question.id, match.question.type, outcome.stay) for match, outcome in self.outcomes]


def read_questions(round_: Round, export: Export, matches: list[Match], *, only_known: bool = False) -> Reading:
    """Every question tidied, corrected and judged; `only_known`: leave out corrections of voters the export lacks.

    Raises: DataError where a correction does not fit, and where a rule that refuses is broken.
    """
    corrections, odd = read_corrections(round_)
    if only_known:
        known = set(export.voters.numbers)
        corrections = [correction for correction in corrections if correction.voter in known]
    same, effects = identical_ballots(export, matches)
    read = Reading(np.zeros(len(export.voters.rows), dtype=bool), problems=[*same, *odd], effects=effects)
    for match in matches:
        raw = draft(match, export.voters)
        table, found = correct(export, match, raw, corrections)
        outcome = apply_rules(round_, export, match, table)
        read.answered[table["voter_at"]] = True
        read.outcomes.append((match, outcome))
        read.drafts[match.question.id] = table
        read.problems += found + outcome.problems
        read.effects += outcome.effects
        read.consumed += cells_of(raw) - cells_of(outcome.away)
    return read


@dataclass(frozen=True)
class Switched:
    """Points as they would be if one rule did the opposite: all answers that would then stay, by voters of `export`."""

    rule: str
    question: str
    draft: pd.DataFrame
    export: Export


def effects_table(
    round_: Round, effects: list[Effect], drafts: dict[str, pd.DataFrame], switched: list[Switched]
) -> pd.DataFrame:
    """One row per rule and question it found something in, and one row for each rule that found nothing.

    `ballots`: people the rule touched. `n_before`, `n_after`: people with an answer to the question, before and after.
    `ranking_if_switched`: what would happen to the order of mean points if the rule did the opposite (`unchanged`, or
    the areas that change places); empty for questions that are not points. Only places are shown, because a difference
    of means over one ballot more or less would show that ballot. `drafts` are all answers before any rule, by question.
    """
    rows: list[list[object]] = []
    for rule, action in round_.file.rules:
        own = [effect for effect in effects if effect.rule == rule]
        rows += [] if own else [[rule, action, "", 0, pd.NA, pd.NA, ""]]
        for effect in own:
            about = [one for one in switched if one.rule == rule and effect.question in ("", one.question)]
            moves = [_moves(round_, one, effects, drafts[one.question]) for one in about]
            changed = ", ".join(move for move in moves if move != "unchanged") or ("unchanged" if moves else "")
            counts = [len(effect.touched), effect.n_before, effect.n_after]
            rows.append([rule, effect.action, effect.question, *counts, changed])
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n_before": "Int64", "n_after": "Int64"})


def switched_drafts(
    round_: Round, export: Export, effects: list[Effect], drafts: dict[str, pd.DataFrame]
) -> Iterator[Switched]:
    """Points under the opposite of each rule for ballots. Nothing for rules that touched no ballot of a points
    question."""
    for effect in effects:
        if effect.question and round_.question(effect.question).type == "points":
            aside = _aside([one for one in effects if one is not effect], effect.question)
            aside = aside if effect.action == "set_aside" else np.union1d(aside, effect.touched)
            table = drafts[effect.question]
            yield Switched(effect.rule, effect.question, table[~table["voter_at"].isin(aside)], export)


def switched_early(
    round_: Round, export: Export, matches: list[Match], chosen: np.ndarray, effects: list[Effect]
) -> list[Switched]:
    """Points without the voters dated before the event where they are kept, with them where they are set aside.
    `export` is the whole one, `chosen` the voters of it that count. Nothing where no voter is early."""
    found = next((effect for effect in effects if effect.rule == "early_session"), None)
    about = [match for match in matches if match.question.type == "points"]
    if not found or not about:
        return []
    other = chosen.copy()
    other[found.touched] = found.action == "set_aside"
    others = replace(export, voters=export.voters.only(other))
    gently = {rule: "set_aside" for rule, action in round_.file.rules if action == "refuse"}
    rules = round_.file.rules.model_copy(update=gently)  # what would refuse was not asked for: it only is compared with
    round_ = replace(round_, file=round_.file.model_copy(update={"rules": rules}))
    read = read_questions(round_, others, about, only_known=True)
    return [Switched("early_session", question, table, others) for question, _, table in read.kept]


def _aside(effects: Iterable[Effect], question: str) -> np.ndarray:
    """Voters whose ballot is set aside by one rule at least."""
    away = [effect.touched for effect in effects if effect.action == "set_aside" and effect.question == question]
    return np.unique(np.concatenate([*away, np.empty(0, dtype=np.int64)]))


def _moves(round_: Round, switched: Switched, effects: list[Effect], draft: pd.DataFrame) -> str:
    """The items that would change places, one after the other."""
    options = set(round_.question(switched.question).options.values())
    items = [item for item in draft["item"].cat.categories if item in options]
    kept = draft[~draft["voter_at"].isin(_aside(effects, switched.question))]
    before, after = (_totals(rows)[items].rank(ascending=False, method="min") for rows in (kept, switched.draft))
    moved = before[before != after].sort_values(kind="stable").index
    return ", ".join(f"{item} {before[item]:.0f} → {after[item]:.0f}" for item in moved) or "unchanged"


def _totals(rows: pd.DataFrame) -> pd.Series:
    codes, names = rows["item"].cat.codes, rows["item"].cat.categories
    return pd.Series(np.bincount(codes, weights=np.nan_to_num(rows["value"]), minlength=len(names)), index=names)
