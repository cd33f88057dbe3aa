"""The effect of each rule on n and on the ranking: a table that shows no single ballot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from ..rounds import Round, Rules
from .drafts import Draft
from .rules import Effect

COLUMNS = ("rule", "action", "question", "ballots", "n_before", "n_after", "ranking_if_switched")


def effects_table(round_: Round, effects: list[Effect], drafts: dict[str, Draft]) -> pd.DataFrame:
    """One row per rule and question it found something in, and one row for each rule that found nothing.

    `ballots`: people the rule touched. `n_before`, `n_after`: people with an answer to the question, before and after.
    `ranking_if_switched`: what would happen to the order of mean points if the rule did the opposite (`unchanged`, or
    the areas that change places); empty for questions that are not points. Only places are shown, because a difference
    of means over one ballot more or less would show that ballot. `drafts` are all answers before any rule, by question.
    """
    found = {effect.rule for effect in effects}
    rows = []
    for rule in Rules.model_fields:
        action = getattr(round_.file.rules, rule)
        if rule not in found:
            rows.append([rule, action, "", 0, pd.NA, pd.NA, ""])
        for effect in effects:
            if effect.rule == rule:
                switched = _switched(round_, effect, effects, drafts)
                row = [effect.question, len(effect.touched), effect.n_before, effect.n_after, switched]
                rows.append([rule, action, *row])
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"n_before": "Int64", "n_after": "Int64"})


def switched_drafts(round_: Round, effects: list[Effect], drafts: dict[str, Draft]) -> Iterator[tuple[str, str, Draft]]:
    """Points as they would be if one rule for ballots did the opposite: the rule's name, the question's id and all
    answers that would then stay. Nothing for rules that touched no ballot of a points question."""
    for effect in effects:
        if _is_about_points(round_, effect) and len(effect.touched):
            draft = drafts[effect.question]
            stay = ~np.isin(draft.voter_at, _aside_if_switched(effect, effects))
            yield effect.rule, effect.question, draft.take(stay)


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
    moved = [f"{item} {before[item]} → {after[item]}" for item in before.index if before[item] != after.get(item)]
    return ", ".join(moved) or "unchanged"


def _places(draft: Draft, aside: np.ndarray) -> pd.Series:
    kept = draft.take(~np.isin(draft.voter_at, aside))
    totals = np.bincount(kept.item, weights=np.nan_to_num(kept.value), minlength=len(kept.items))
    series = pd.Series(totals, index=list(kept.items))
    return series.rank(ascending=False, method="min").astype(int).sort_values(kind="stable")
