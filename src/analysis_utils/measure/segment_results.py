"""Results by segment: the same estimators on parts of the answers, weighted re-rankings, and the planned tests."""

from __future__ import annotations

import math
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from ..round_file import Question
from ..rounds import Round
from .ballots import VOTER, points_matrix
from .group_tests import (
    Outcome,
    cliffs_delta,
    contingency,
    fisher_freeman_halton,
    kruskal_wallis,
    points_permutation,
)
from .intervals import Floats
from .pairwise import holm
from .rankings import competition_ranks
from .rows import Row, estimate_row
from .segments import REST, Segmentation, merge_small
from .weighting import effective_n, equal_group_weights, raked_weights

Results = dict[str, list[Row]]


def answer_values(answers: pd.DataFrame, question: Question) -> pd.DataFrame:
    """People × columns with the numbers of a scale (one column) or points question, indexed by session and voter."""
    if question.type == "points":
        return points_matrix(answers, question)
    return answers[answers["value"].notna()].drop_duplicates(VOTER).set_index(VOTER)[["value"]]


def labels_of(people: pd.DataFrame, answers: pd.DataFrame, column: str) -> np.ndarray:
    """The entry of `column` for each person of a frame indexed by session and voter."""
    return answers.drop_duplicates(VOTER).set_index(VOTER)[column].reindex(people.index).to_numpy(dtype=str)


def weighted_rows(values: pd.DataFrame, weights: Floats, question: Question, *, segment: str, method: str) -> list[Row]:
    """Weighted means and ranks (points) or mean and top-box share (scale), and Kish's `effective_n`. No intervals:
    these rows show how far a result hangs on the mix of groups, nothing else."""
    row = partial(estimate_row, question.id, segment=segment, n=len(values), method=f"{method}; sensitivity only")
    rows = [row("effective_n", effective_n(weights))]
    means = np.round(weights @ values.to_numpy(dtype=np.float64), 12)
    if question.type == "points":
        ranks = competition_ranks(means)
        for item, mean, rank in zip(values.columns, means.tolist(), ranks.tolist(), strict=True):
            rows += [row("mean_points", mean, item=item), row("rank", rank, item=item)]
    elif question.scale is not None:
        low, high = question.scale.top_box
        top = float(weights @ values["value"].between(low, high).to_numpy(dtype=np.float64))
        rows += [row("top_box_share", min(1.0, round(top, 12))), row("mean", float(means[0]))]
    return rows


def equal_group_rows(answers: pd.DataFrame, question: Question, groups: tuple[str, ...]) -> list[Row]:
    """Rows of the segment "equal_groups": every shown group weighs the same. Fewer than two groups: no rows.

    Parameters: `answers`, this question's rows with a column `shown` (the segment a person is shown in).
    """
    answers = answers[answers["shown"].isin(groups)]
    values = answer_values(answers, question)
    labels = labels_of(values, answers, "shown")
    if len(set(labels.tolist())) < 2:
        return []
    method = f"equal weight for {', '.join(group for group in groups if group in labels)}"
    return weighted_rows(values, equal_group_weights(labels), question, segment="equal_groups", method=method)


def raked_rows(
    answers: pd.DataFrame, question: Question, round_: Round, shown: Segmentation, everything: pd.DataFrame
) -> list[Row]:
    """Rows of the segment "raked": shares of groups as stated under `raking` in `round.yml`.

    Parameters: `answers`, this question's rows with a column `shown`; `everything`, all answers of the round, in which
    the categories of other margins are found. Categories too small to be shown are merged, and their targets summed.
    People without an entry in a margin are left out. A category with a target but nobody in it (and no merged one to
    stand in for it): one row without a number that says so. No targets: no rows.
    """
    values = answer_values(answers, question)
    margins: list[tuple[np.ndarray, dict[str, float]]] = []
    for name, targets in round_.file.raking.items():
        margin = round_.question(name)
        if margin.role == "participant_group":
            labels, merged = labels_of(values, answers, "shown"), _merged_targets(targets, shown.assigned)
        else:
            chosen = everything[everything["question"] == name]
            labels = labels_of(values, chosen, "item")
            sizes = {category: (int((labels == category).sum()),) for category in targets}
            plan = merge_small(sizes, round_.file.disclosure.minimum_base)
            labels = np.array([plan.assigned.get(label, "") for label in labels.tolist()], dtype=str)
            merged = _merged_targets(targets, plan.assigned)
        margins.append((labels, merged))
    if not margins:
        return []
    known = np.logical_and.reduce([np.isin(labels, list(targets)) for labels, targets in margins])
    values, margins = values[known], [(labels[known], targets) for labels, targets in margins]
    if empty := {name for labels, targets in margins for name in targets if name not in labels}:
        why = f"not raked: nobody answered from {', '.join(sorted(empty))}"
        return [estimate_row(question.id, "effective_n", math.nan, segment="raked", n=len(values), method=why)]
    method = f"raked to the stated {', '.join(round_.file.raking)}"
    return weighted_rows(values, raked_weights(margins), question, segment="raked", method=method)


def _merged_targets(targets: dict[str, float], assigned: dict[str, str]) -> dict[str, float]:
    merged: dict[str, float] = {}
    for category, share in targets.items():
        segment = assigned.get(category, REST)
        merged[segment] = merged.get(segment, 0.0) + share
    return merged


def delta_rows(answers: pd.DataFrame, question: Question, groups: tuple[str, ...]) -> list[Row]:
    """`cliffs_delta` for each pair of shown groups on a scale question; the item is "a|b", above 0 when a answers
    higher values. n is the people in both groups."""
    values = {group: answer_values(answers[answers["shown"] == group], question) for group in groups}
    rows: list[Row] = []
    for a, b in combinations([group for group in groups if len(values[group])], 2):
        x, y = (values[group]["value"].to_numpy(dtype=np.float64) for group in (a, b))
        method = "share of pairs with a above b minus share below"
        rows.append(
            estimate_row(
                question.id, "cliffs_delta", cliffs_delta(x, y), item=f"{a}|{b}", n=len(x) + len(y), method=method
            )
        )
    return rows


def planned_test(answers: pd.DataFrame, question: Question, test: str) -> tuple[Outcome, Floats | None, int]:
    """One planned test on the rows of shown groups: its result, adjusted p per area (points only), and its people."""
    if question.type == "single_choice":
        people = answers.drop_duplicates(VOTER)
        table = contingency(people["shown"].to_numpy(dtype=str), people["item"].to_numpy(dtype=str))
        return fisher_freeman_halton(table), None, len(people)
    values = answer_values(answers, question)
    groups = labels_of(values, answers, "shown")
    if test == "points_permutation":
        areas, result = points_permutation(values.to_numpy(dtype=np.float64), groups)
        return result, areas, len(values)
    numbers = values["value"].to_numpy(dtype=np.float64)
    if test == "kruskal_wallis" or question.scale is None:
        return kruskal_wallis(numbers, groups), None, len(values)
    low, high = question.scale.top_box
    top = np.where((numbers >= low) & (numbers <= high), "top", "other")
    return fisher_freeman_halton(contingency(groups, top)), None, len(values)


def planned_test_rows(answers: pd.DataFrame, round_: Round, groups: tuple[str, ...]) -> Results:
    """Rows of the family of tests in `round.yml`, by question: p, p adjusted by Holm over the family, smallest p.

    A test that cannot be done (fewer than two shown groups answered) counts as p = 1 in the family and has no rows.
    """
    answers = answers[answers["shown"].isin(groups)]
    done: list[tuple[Question, str, Outcome, Floats | None, int] | None] = []
    for plan in round_.file.segment_tests:
        own, question = answers[answers["question"] == plan.question], round_.question(plan.question)
        if own["shown"].nunique() < 2:
            done.append(None)
        else:
            done.append((question, plan.test, *planned_test(own, question, plan.test)))
    adjusted = holm(np.array([1.0 if entry is None else entry[2].p for entry in done]))
    results: Results = {}
    for entry, holm_p in zip(done, adjusted.tolist(), strict=True):
        if entry is None:
            continue
        question, test, result, areas, n = entry
        row = partial(estimate_row, question.id, n=n)
        rows = [
            row(f"{test}_p", result.p, method=result.method),
            row(f"{test}_p_holm", holm_p, method=f"{result.method}; Holm over {len(done)} tests"),
            row(f"{test}_p_smallest", result.smallest, method="smallest p these numbers of people can give"),
        ]
        if areas is not None:
            items = dict.fromkeys(question.options.values())
            rows += [
                row(f"{test}_p", float(p), item=item, method=result.method)
                for item, p in zip(items, areas, strict=True)
            ]
        results.setdefault(question.id, []).extend(rows)
    return results
