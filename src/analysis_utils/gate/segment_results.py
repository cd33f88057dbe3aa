"""Results by segment, made of few numbers of it: people, how many chose what, sums of points. What could not be worked
out from these (own spreads, medians, rank sets, consensus) is not computed."""

from __future__ import annotations

import math
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special

from cell_guard import Rule, merge

from ..estimators import (
    FEWEST_GIVERS,
    NO_INTERVAL,
    VOTER,
    Floats,
    Row,
    as_rows,
    cliffs_delta,
    compare_groups,
    competition_ranks,
    equal_group_weights,
    estimate,
    estimate_row,
    holm,
    raked_weights,
)
from ..rounds import Question, Round
from .cut import REST, UNSTATED, Segments
from .opened import Data, private_frame

HEAD = {"points": "mean_points", "scale": "top_box_share"}
"""The statistic of which a group that is not shown by itself has an empty row (choice questions: share)."""
Results = dict[str, list[Row]]
NO_ENDS = {"low": math.nan, "high": math.nan}


def withheld_row(question: Question, segment: str, status: str) -> Row:
    """The empty row that says that a group is not shown by itself, and why."""
    name = HEAD.get(question.type, "share")
    kept = {"n": math.nan, "status": status}
    return estimate_row(question.id, name, math.nan, segment=segment, n=0) | kept


def shown_rows(answers: pd.DataFrame, question: Question, segment: str) -> list[Row]:
    """Rows of one shown segment. `answers`: this question's rows of everybody, with the column `shown`."""
    own = answers[answers["shown"] == segment]
    if question.type == "points":
        return segment_points_rows(pd.DataFrame(private_frame(question, answers)), answers, question, segment)
    x, n = private_frame(question, own), len(private_frame(question, own))
    rows = [estimate_row(question.id, "respondents", n, segment=segment, n=n, method="count")]
    parts = [("class_count", "class_share"), ("top_box_count", "top_box")]
    for names in parts if question.type == "scale" else [("count", "share")]:
        rows += as_rows(estimate(x, names), segment=segment)
    return rows


def segment_points_rows(values: pd.DataFrame, answers: pd.DataFrame, question: Question, segment: str) -> list[Row]:
    """`respondents`, `mean_points` and `rank` (of the means, without a confidence set) of one segment.

    Parameters: `values`, people × areas of everybody. The interval of a mean is Student's, with the spread of the
    ballots of all together, so that it tells nothing about the segment's own ballots but their mean.
    """
    everybody = values.to_numpy(dtype=np.float64)
    own = everybody[labels_of(values, answers, "shown") == segment]
    n, total = len(own), len(everybody)
    means = np.round(own.mean(axis=0), 12)
    spread = everybody.std(axis=0, ddof=1) if total > 1 else np.zeros(everybody.shape[1])
    reach = special.stdtrit(total - 1, 0.975) * spread / math.sqrt(n) if total > 1 else spread
    givers = (everybody > 0).sum(axis=0)
    rows = [estimate_row(question.id, "respondents", n, segment=segment, n=n, method="count")]
    for place, (item, rank) in enumerate(zip(values.columns, competition_ranks(means).tolist(), strict=True)):
        row = partial(estimate_row, question.id, item=item, segment=segment, n=n)
        mean, half = float(means[place]), float(reach[place])
        interval, method = NO_INTERVAL, f"no interval: fewer than {FEWEST_GIVERS} givers among all"
        if givers[place] >= FEWEST_GIVERS and half > 0:
            interval = max(0.0, mean - half), min(float(question.total), mean + half)
            method = "Student's t with the spread of all ballots"
        rows.append(row("mean_points", mean, interval=interval, method=method))
        rows.append(row("rank", rank, method="rank of the means; no confidence set for segments"))
    return rows


def labels_of(people: Data, answers: pd.DataFrame, column: str) -> np.ndarray:
    """The entry of `column` for each person of a frame indexed by session and voter."""
    return answers.drop_duplicates(VOTER).set_index(VOTER)[column].reindex(people.index).to_numpy(dtype=str)


def weighted_rows(x: Data, weights: Floats, *, segment: str, method: str) -> list[Row]:
    """Weighted means and ranks (points) or top-box share (scale), and Kish's `effective_n`."""
    share = pd.Series(weights, index=x.index, name=segment)
    share.attrs["method"] = method
    names = ("mean", "rank") if isinstance(x, pd.DataFrame) else ("top_box",)
    return as_rows(estimate(x, "effective_n", weights=share)) + as_rows(estimate(x, names, weights=share))


def equal_group_rows(answers: pd.DataFrame, question: Question, groups: tuple[str, ...]) -> list[Row]:
    """Rows of the segment "equal_groups": every shown group weighs the same. Fewer than two groups: no rows.

    Parameters: `answers`, this question's rows with a column `shown` (the segment a person is shown in).
    """
    answers = answers[answers["shown"].isin(groups)]
    values = private_frame(question, answers)
    labels = labels_of(values, answers, "shown")
    if len(set(labels.tolist())) < 2:
        return []
    method = f"equal weight for {', '.join(group for group in groups if group in labels)}"
    return weighted_rows(values, equal_group_weights(labels), segment="equal_groups", method=method)


def raked_rows(
    answers: pd.DataFrame, question: Question, round_: Round, segments: Segments, everything: pd.DataFrame
) -> list[Row]:
    """Rows of the segment "raked": shares of groups as stated under `raking` in `round.yml`.

    Parameters: `answers`, this question's rows with a column `shown`; `everything`, all answers of the round, in which
    the categories of other margins are found. Categories too small to be shown are merged, and their targets summed.
    People without an entry in a margin are left out. A category with a target but nobody in it (and no merged one to
    stand in for it): one row without a number that says so. No targets: no rows.
    """
    values = private_frame(question, answers)
    margins: list[tuple[np.ndarray, dict[str, float]]] = []
    for name, targets in round_.file.raking.items():
        margin = round_.question(name)
        if margin.role == "participant_group":
            labels = labels_of(values, answers, "shown")
            merged = _merged_targets(targets, segments.questions[question.id].shown_in)
        else:
            chosen = everything[everything["question"] == name]
            labels = labels_of(values, chosen, "item")
            sizes = {category: int((labels == category).sum()) for category in targets}
            merged_in = merge(sizes, Rule(round_.file.disclosure.minimum_base), rest=REST).shown_in
            labels = np.array([merged_in.get(label, "") for label in labels.tolist()], dtype=str)
            merged = _merged_targets(targets, merged_in)
        margins.append((labels, merged))
    if not margins:
        return []
    known = np.logical_and.reduce([np.isin(labels, list(targets)) for labels, targets in margins])
    values, margins = values[known], [(labels[known], targets) for labels, targets in margins]
    if empty := {name for labels, targets in margins for name in targets if name not in labels}:
        why = f"not raked: nobody answered from {', '.join(sorted(empty))}"
        return [estimate_row(question.id, "effective_n", math.nan, segment="raked", n=len(values), method=why)]
    method = f"raked to the stated {', '.join(round_.file.raking)}"
    return weighted_rows(values, raked_weights(margins), segment="raked", method=method)


def _merged_targets(targets: dict[str, float], assigned: dict[str, str]) -> dict[str, float]:
    merged: dict[str, float] = {}
    for category, share in targets.items():
        segment = assigned.get(category, REST)
        merged[segment] = merged.get(segment, 0.0) + share
    return merged


def in_classes(values: Floats, question: Question) -> Floats:
    """The class of the scale each value is in, numbered from the low end: groups are compared in the classes that are
    shown of them and in nothing finer."""
    starts = [low for low, _ in question.scale.shown_classes()] if question.scale else []
    return np.searchsorted(np.array(starts, dtype=np.float64), values, side="right").astype(np.float64)


def delta_rows(answers: pd.DataFrame, question: Question, groups: tuple[str, ...]) -> list[Row]:
    """`cliffs_delta` for each pair of shown groups on a scale question, in its classes; the item is "a|b", above 0 when
    a answers higher values. n is the people in both groups."""
    values = {
        group: in_classes(
            private_frame(question, answers[answers["shown"] == group]).to_numpy(dtype=np.float64), question
        )
        for group in groups
    }
    rows: list[Row] = []
    for a, b in combinations([group for group in groups if len(values[group])], 2):
        x, y = values[a], values[b]
        method = "share of pairs with a in a higher class than b minus share in a lower one"
        rows.append(
            estimate_row(
                question.id, "cliffs_delta", cliffs_delta(x, y), item=f"{a}|{b}", n=len(x) + len(y), method=method
            )
        )
    return rows


def planned_test_rows(answers: pd.DataFrame, round_: Round) -> Results:
    """Rows of the family of tests in `round.yml`, by question: p, p adjusted by Holm over the family, smallest p.

    People without a group are no group to compare; the test of points, which draws from the ballots of all together,
    has them as one where they are shown. A test that cannot be done (fewer than two shown groups answered) counts as
    p = 1 in the family and has no rows.
    """
    done: list[pd.DataFrame | None] = []
    for plan in round_.file.segment_tests:
        own, question = answers[answers["question"] == plan.question], round_.question(plan.question)
        named = own[own["shown"] != UNSTATED]
        if named["shown"].nunique() < 2:
            done.append(None)
            continue
        compared = own if plan.test == "points_permutation" else named
        x = private_frame(question, compared)
        groups = pd.Series(labels_of(x, compared, "shown"), index=x.index)
        if plan.test == "kruskal_wallis":
            x = pd.Series(in_classes(x.to_numpy(dtype=np.float64), question), index=x.index, name=question.id)
        found = compare_groups(x, groups, plan.test)
        done.append(found[found["statistic"].str.startswith(plan.test)])
    adjusted = holm(np.array([1.0 if found is None else found["estimate"].iloc[0] for found in done]))
    results: Results = {}
    for plan, test, p in zip(round_.file.segment_tests, done, adjusted.tolist(), strict=True):
        if test is None:
            continue
        first, *others = as_rows(test)
        told = f"{first['method']}; Holm over {len(done)} tests"
        corrected = first | {"statistic": f"{plan.test}_p_holm", "estimate": p, "method": told}
        results.setdefault(plan.question, []).extend([first, corrected | NO_ENDS, *others])
    return results
