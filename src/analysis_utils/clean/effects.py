"""The effect of each rule on n and on the ranking: a table that shows no single ballot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from poll_exports import Export

from ..rounds import Round, Rules
from .drafts import Draft
from .matching import Match
from .readings import read_questions
from .rules import Effect

COLUMNS = ("rule", "action", "question", "ballots", "n_before", "n_after", "ranking_if_switched")


@dataclass(frozen=True)
class Switched:
    """Points as they would be if one rule did the opposite: all answers that would then stay, by voters of `export`."""

    rule: str
    question: str
    draft: Draft
    export: Export


def effects_table(
    round_: Round, effects: list[Effect], drafts: dict[str, Draft], early: Iterable[Switched] = ()
) -> pd.DataFrame:
    """One row per rule and question it found something in, and one row for each rule that found nothing.

    `ballots`: people the rule touched. `n_before`, `n_after`: people with an answer to the question, before and after.
    `ranking_if_switched`: what would happen to the order of mean points if the rule did the opposite (`unchanged`, or
    the areas that change places); empty for questions that are not points. Only places are shown, because a difference
    of means over one ballot more or less would show that ballot. `drafts` are all answers before any rule, by question;
    `early` the points with or without the early session (`switched_early`).
    """
    found = {effect.rule for effect in effects}
    rows = []
    for rule in Rules.model_fields:
        action = getattr(round_.file.rules, rule)
        if rule not in found:
            rows.append([rule, action, "", 0, pd.NA, pd.NA, ""])
        for effect in effects:
            if effect.rule == rule:
                if rule == "early_session":
                    switched = _without_early(effects, drafts, early)
                else:
                    switched = _switched(round_, effect, effects, drafts)
                row = [effect.question, len(effect.touched), effect.n_before, effect.n_after, switched]
                rows.append([rule, effect.action, *row])
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"n_before": "Int64", "n_after": "Int64"})


def switched_drafts(
    round_: Round, export: Export, effects: list[Effect], drafts: dict[str, Draft]
) -> Iterator[Switched]:
    """Points under the opposite of each rule for ballots. Nothing for rules that touched no ballot of a points
    question."""
    for effect in effects:
        if _is_about_points(round_, effect) and len(effect.touched):
            draft = drafts[effect.question]
            stay = ~np.isin(draft.voter_at, _aside_if_switched(effect, effects))
            yield Switched(effect.rule, effect.question, draft.take(stay), export)


def switched_early(
    round_: Round, export: Export, matches: list[Match], chosen: np.ndarray, effects: list[Effect]
) -> list[Switched]:
    """Points without the voters dated before the event where they are kept, with them where they are set aside.
    `export` is the whole one, `chosen` the voters of it that count. Nothing where no voter is early."""
    found = [effect for effect in effects if effect.rule == "early_session" and len(effect.touched)]
    about = [match for match in matches if match.question.type == "points"]
    if not found or not about:
        return []
    other = chosen.copy()
    other[found[0].touched] = found[0].action == "set_aside"
    others = replace(export, voters=export.voters.only(other))
    gently = {rule: "set_aside" for rule, action in round_.file.rules if action == "refuse"}
    rules = round_.file.rules.model_copy(update=gently)  # what would refuse was not asked for: it only is compared with
    round_ = replace(round_, file=round_.file.model_copy(update={"rules": rules}))
    read = read_questions(round_, others, about, only_known=True)
    return [Switched("early_session", question, table, others) for question, _, table in read.kept]


def _without_early(effects: list[Effect], drafts: dict[str, Draft], early: Iterable[Switched]) -> str:
    """What would happen to the order of each points question if early voters were treated the other way."""
    moves = []
    for one in early:
        aside = _aside(effect for effect in effects if effect.question == one.question)
        moves.append(_moves(_places(drafts[one.question], aside), _places(one.draft, np.empty(0, np.int64))))
    changed = [move for move in moves if move != "unchanged"]
    return ", ".join(changed) or ("unchanged" if moves else "")


def _is_about_points(round_: Round, effect: Effect) -> bool:
    return bool(effect.question) and round_.question(effect.question).type == "points"


def _aside(effects: Iterable[Effect]) -> np.ndarray:
    """Voters whose ballot is set aside by one rule at least."""
    away = [effect.touched for effect in effects if effect.action == "set_aside"]
    return np.unique(np.concatenate([*away, np.empty(0, dtype=np.int64)]))


def _aside_if_switched(effect: Effect, effects: list[Effect]) -> np.ndarray:
    others = _aside(e for e in effects if e is not effect and e.question == effect.question)
    return others if effect.action == "set_aside" else np.union1d(others, effect.touched)


def _switched(round_: Round, effect: Effect, effects: list[Effect], drafts: dict[str, Draft]) -> str:
    if not _is_about_points(round_, effect):
        return ""
    draft = drafts[effect.question]
    before = _places(draft, _aside(e for e in effects if e.question == effect.question))
    after = _places(draft, _aside_if_switched(effect, effects))
    return _moves(before, after)


def _moves(before: pd.Series, after: pd.Series) -> str:
    """The items that change places, one after the other."""
    moved = [f"{item} {before[item]} → {after[item]}" for item in before.index if before[item] != after.get(item)]
    return ", ".join(moved) or "unchanged"


def _places(draft: Draft, aside: np.ndarray) -> pd.Series:
    kept = draft.take(~np.isin(draft.voter_at, aside))
    totals = np.bincount(kept.item, weights=np.nan_to_num(kept.value), minlength=len(kept.items))
    series = pd.Series(totals, index=list(kept.items))
    return series.rank(ascending=False, method="min").astype(int).sort_values(kind="stable")
