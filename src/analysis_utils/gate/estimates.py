"""All published numbers of a round, in one stable order.

Results by segment are made of few numbers of it: people, how many chose what, sums of points. What could not be worked
out from these (own spreads, medians, rank sets, consensus) is not computed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special

from cell_guard import Rule, merge

from ..contracts import TABLES
from ..estimators import (
    FEWEST_GIVERS,
    NO_INTERVAL,
    VOTER,
    Alike,
    Row,
    as_rows,
    cliffs_delta,
    compare_groups,
    competition_ranks,
    count_voters,
    equal_group_weights,
    estimate,
    estimate_row,
    holm,
    is_answer,
    paired_rows,
    raked_weights,
    results_of,
    room_rows,
    silence_rows,
    with_themes,
)
from ..rounds import NO_ANSWER, Question, Round
from ..tables import read_table, validate, write_table
from .allowed import apply_gate
from .cut import COUNTED, REST, UNSTATED, Segments, compared_questions, segmentation, shown_in, with_groups
from .opened import Data, alike_in, private_frame
from .record import write_record
from .releases import marks, read_people, write_people
from .versions import as_released, known_versions, told_apart

Alternatives = Mapping[str, pd.DataFrame]
Results = dict[str, list[Row]]
HEAD = {"points": "mean_points", "scale": "top_box_share"}
"""The statistic of which a group that is not shown by itself has an empty row (choice questions: share)."""
NO_ENDS = {"low": math.nan, "high": math.nan}
CONFIDENTIAL = "confidential"


def estimate_round(
    round_: Round, voters: pd.DataFrame, answers: pd.DataFrame, *, ballot_rules: Alternatives | None = None
) -> pd.DataFrame:
    """Every estimate of a round, one row each, as the table `estimates`.

    Parameters: `voters`, one row per voter; `answers`, one row per voter × question × item; `ballot_rules`, the
    answers as they would be under other rules of the ingest, by the rule's name (robustness only). Questions come in
    the order of `round.yml`. Same input, same bytes: chance enters with fixed seeds only.
    """
    return _estimated(round_, voters, answers, ballot_rules)[0]


def _estimated(
    round_: Round, voters: pd.DataFrame, answers: pd.DataFrame, ballot_rules: Alternatives | None
) -> tuple[pd.DataFrame, Segments]:
    declined = answers[(answers["type"] == "scale") & (answers["item"] == NO_ANSWER)]
    answers, segments = with_segments(round_, voters, answers)
    frame = computed_estimates(round_, voters, answers, segments, ballot_rules=ballot_rules, declined=declined)
    return validate(apply_gate(frame, round_, answers, segments), "estimates", where="estimates"), segments


def write_estimates(round_: Round) -> pd.DataFrame:
    """Compute the estimates of a round from its private tables and write them to `estimates.csv`.

    Where the ingest left the table `rule_answers`, the ranking is compared under each rule it holds. What is shown of
    groups, and why not, is written beside it for whoever answers for data protection. Where answers have to stand as
    released, the private tables are written anew with them, so that whatever is computed later agrees, and `errata.csv`
    says of which questions. Raises: DataError for a close copy of a released round.
    """
    present = read_people(round_)
    people, errata = as_released(round_, present)
    if people is not present:
        write_people(people, round_.processed)
    if len(errata):
        write_table(errata, "errata", round_.table("errata"))
    rules = {str(rule): rows for rule, rows in people.rule_answers.groupby("rule", sort=True)}
    polled, segments = _estimated(round_, people.voters, people.answers, rules)
    estimates = with_themes(round_, polled)
    write_table(estimates, "estimates", round_.table("estimates"))
    write_record(round_, polled, segments)
    return estimates


def with_segments(round_: Round, voters: pd.DataFrame, answers: pd.DataFrame) -> tuple[pd.DataFrame, Segments]:
    """The answers that say something, with the voter's `group` and the segment it is `shown` in; and the segments.
    Questions whose segments would tell apart few people beside a released version are shown for all together only."""
    answers = with_groups(answers[is_answer(answers)], voters)
    segments = segmentation(round_, answers)
    shown = shown_in(segments, answers)
    versions, close = known_versions(round_, shown), []
    for name in [question.id for question in compared_questions(round_)] if versions else []:
        released = [version.questions[name] for version in versions if name in version.questions]
        if released and segments.shown(name):
            now = marks(shown[shown["question"] == name])
            close += [name] if told_apart(now, released, round_.file.disclosure.minimum_base) else []
    if close:
        segments = segments.without(close)
        shown = shown_in(segments, answers)
    return shown, segments


def computed_estimates(
    round_: Round,
    voters: pd.DataFrame,
    answers: pd.DataFrame,
    segments: Segments,
    *,
    ballot_rules: Alternatives | None = None,
    declined: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """All rows before the gate: never to be published as they are. `answers` come from `with_segments`; `declined` are
    rows of people who chose a label that is no answer.

    Statistics (Everybody):
    - `respondents`: people with an answer to the question. Awkward: empty cells are no answer. Case: hand-counted.
    """
    tests, compared = planned_test_rows(answers, round_), compared_questions(round_)
    alike, participants, rows = alike_in(round_, voters, answers), round_.file.participants, list[Row]()
    for question in round_.file.questions:
        if question.type == "slide":
            continue
        own = answers[answers["question"] == question.id]
        everybody = _results(question, own, segments.groups(question.id), alike, ballot_rules or {})
        without = None if declined is None else declined[declined["question"] == question.id]
        rows += everybody + silence_rows(voters, own, question, participants, without)
        if participants is not None:
            rows += room_rows(everybody, question, participants)
        if question in compared:
            for segment in segments.shown(question.id):
                rows += shown_rows(own, question, segment)
            rows += [withheld_row(question, group, status) for group, status in segments.withheld(question.id)]
            if segments.shown(question.id):
                groups = segments.groups(question.id)
                rows += equal_group_rows(own, question, groups)
                rows += raked_rows(own, question, round_, segments, answers) + delta_rows(own, question, groups)
        before = round_.file.before(question) if question.type in ("points", "scale") else None
        if before is not None:  # how people changed who answered a question twice in the round
            first = pd.DataFrame(private_frame(before, answers[answers["question"] == before.id]))
            second = pd.DataFrame(private_frame(question, own))
            pairs, how = [(one, one) for one in first.index.intersection(second.index)], f"answered {before.id} and "
            least, is_points = round_.file.disclosure.minimum_base, question.type == "points"
            told = {"minimum": least, "is_points": is_points, "how": how + question.id}
            rows += paired_rows(question.id, first, second, pairs, **told)  # type: ignore[arg-type]
        rows += tests.get(question.id, [])
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["estimates"].columns])
    frame["round"], frame["provenance"] = round_.name, round_.file.provenance
    return frame


def _results(
    question: Question, answers: pd.DataFrame, groups: tuple[str, ...], alike: Alike, ballot_rules: Alternatives
) -> list[Row]:
    """`respondents`, and all results of everybody together."""
    n = count_voters(answers)
    rows = [estimate_row(question.id, "respondents", n, n=n, method="count")]
    if question.type not in (*COUNTED, "ranking"):
        return rows
    others: dict[str, object] = {}
    if question.type == "points":
        if equal := [row for row in equal_group_rows(answers, question, groups) if row["statistic"] == "mean_points"]:
            others["equal_groups"] = pd.Series({row["item"]: row["estimate"] for row in equal})
        others["ballot_rules"] = {
            rule: private_frame(question, other[other["question"] == question.id])
            for rule, other in ballot_rules.items()
        }
    frame = private_frame(question, answers)
    frame.attrs["alike"] = alike
    return rows + as_rows(results_of(frame, **others))


def withheld_row(question: Question, segment: str, status: str) -> Row:
    """The empty row that says that a group is not shown by itself, and why."""
    name = HEAD.get(question.type, "share")
    return estimate_row(question.id, name, math.nan, segment=segment, n=0) | {"n": math.nan, "status": status}


def shown_rows(answers: pd.DataFrame, question: Question, segment: str) -> list[Row]:
    """Rows of one shown segment. `answers`: this question's rows of everybody, with the column `shown`."""
    if question.type == "points":
        return segment_points_rows(pd.DataFrame(private_frame(question, answers)), answers, question, segment)
    x = private_frame(question, answers[answers["shown"] == segment])
    rows = [estimate_row(question.id, "respondents", len(x), segment=segment, n=len(x), method="count")]
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
    means, givers = np.round(own.mean(axis=0), 12), (everybody > 0).sum(axis=0)
    spread = everybody.std(axis=0, ddof=1) if total > 1 else np.zeros(everybody.shape[1])
    reach = special.stdtrit(total - 1, 0.975) * spread / math.sqrt(n) if total > 1 else spread
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


def _weighted_rows(values: Data, weights: np.ndarray, *, segment: str, method: str) -> list[Row]:
    """`effective_n`, and the weighted means and ranks of points or top box of a scale."""
    series = pd.Series(weights, index=values.index, name=segment)
    series.attrs["method"] = method
    names = ("mean", "rank") if isinstance(values, pd.DataFrame) else ("top_box",)
    return as_rows(estimate(values, ("effective_n", *names), weights=series))


def equal_group_rows(answers: pd.DataFrame, question: Question, groups: tuple[str, ...]) -> list[Row]:
    """Rows of the segment "equal_groups": every group weighs the same. Fewer than two of them, or no points or scale:
    no rows.

    Statistics (Points: does the order survive?):
    - `rank_by_equal_groups`: rank by the mean in which every shown group weighs the same. Awkward: fewer than two
      groups: no row. Case: g08.
    """
    if question.type not in ("points", "scale"):
        return []
    answers = answers[answers["shown"].isin(groups)]
    values = private_frame(question, answers)
    labels = labels_of(values, answers, "shown")
    if len(set(labels.tolist())) < 2:
        return []
    method = f"equal weight for {', '.join(group for group in groups if group in labels)}"
    return _weighted_rows(values, equal_group_weights(labels), segment="equal_groups", method=method)


def delta_rows(answers: pd.DataFrame, question: Question, groups: tuple[str, ...]) -> list[Row]:
    """Of scales `cliffs_delta` for each pair of groups in the classes of the scale; the item is "a|b", above 0 when a
    answers higher values. n is the people in both groups."""
    if question.type != "scale":
        return []
    x = private_frame(question, answers)
    labels, values = labels_of(x, answers, "shown"), in_classes(x.to_numpy(dtype=np.float64), question)
    sides, rows = {group: own for group in groups if len(own := values[labels == group])}, list[Row]()
    told = "share of pairs with a in a higher class than b minus share in a lower one"
    for (a, one), (b, other) in combinations(sides.items(), 2):
        row = partial(estimate_row, question.id, "cliffs_delta", cliffs_delta(one, other), item=f"{a}|{b}")
        rows.append(row(n=len(one) + len(other), method=told))
    return rows


def raked_rows(
    answers: pd.DataFrame, question: Question, round_: Round, segments: Segments, everything: pd.DataFrame
) -> list[Row]:
    """Rows of the segment "raked": shares of groups as stated under `raking` in `round.yml`.

    Parameters: `answers`, this question's rows with a column `shown`; `everything`, all answers of the round, in which
    the categories of other margins are found. Categories too small to be shown are merged, and their targets summed.
    People without an entry in a margin are left out. A category with a target but nobody in it (and no merged one to
    stand in for it): one row without a number that says so. No targets, or no points or scale: no rows.
    """
    if question.type not in ("points", "scale") or not round_.file.raking:
        return []
    values = private_frame(question, answers)
    margins: list[tuple[np.ndarray, dict[str, float]]] = []
    for name, targets in round_.file.raking.items():
        if round_.question(name).role == "participant_group":
            labels, merged_in = labels_of(values, answers, "shown"), segments.questions[question.id].shown_in
        else:
            labels = labels_of(values, everything[everything["question"] == name], "item")
            sizes = {category: int((labels == category).sum()) for category in targets}
            merged_in = merge(sizes, Rule(round_.file.disclosure.minimum_base), rest=REST).shown_in
            labels = np.array([merged_in.get(label, "") for label in labels.tolist()], dtype=str)
        merged: dict[str, float] = {}
        for category, share in targets.items():
            merged[merged_in.get(category, REST)] = merged.get(merged_in.get(category, REST), 0.0) + share
        margins.append((labels, merged))
    known = np.logical_and.reduce([np.isin(labels, list(targets)) for labels, targets in margins])
    values, margins = values[known], [(labels[known], targets) for labels, targets in margins]
    if empty := {name for labels, targets in margins for name in targets if name not in labels}:
        why = f"not raked: nobody answered from {', '.join(sorted(empty))}"
        return [estimate_row(question.id, "effective_n", math.nan, segment="raked", n=len(values), method=why)]
    method = f"raked to the stated {', '.join(round_.file.raking)}"
    return _weighted_rows(values, raked_weights(margins), segment="raked", method=method)


def in_classes(values: np.ndarray, question: Question) -> np.ndarray:
    """The class of the scale each value is in, numbered from the low end: groups are compared in the classes that are
    shown of them and in nothing finer."""
    starts = [low for low, _ in question.scale.shown_classes()] if question.scale else []
    return np.searchsorted(np.array(starts, dtype=np.float64), values, side="right").astype(np.float64)


def compared_rows(answers: pd.DataFrame, question: Question, test: str) -> list[Row]:
    """The rows of one test of the segments that are `shown` (and of scales Cliff's delta), which follow from published
    counts and sums. Fewer than two: no rows.

    People without a group are no group to compare; the test of points, which draws from the ballots of all together,
    has them as one where they are shown.
    """
    named = answers[answers["shown"] != UNSTATED]
    if named["shown"].nunique() < 2:
        return []
    compared = answers if test == "points_permutation" else named
    x = private_frame(question, compared)
    groups = pd.Series(labels_of(x, compared, "shown"), index=x.index)
    if test == "kruskal_wallis":
        x = pd.Series(in_classes(x.to_numpy(dtype=np.float64), question), index=x.index, name=question.id)
    return as_rows(compare_groups(x, groups, test))


def planned_test_rows(answers: pd.DataFrame, round_: Round) -> Results:
    """Rows of the family of tests in `round.yml`, by question: p, p adjusted by Holm over the family, smallest p.

    A test that cannot be done (fewer than two shown groups answered) counts as p = 1 in the family and has no rows.
    """
    plans, done, results = round_.file.segment_tests, list[list[Row]](), Results()
    for plan in plans:
        own = answers[answers["question"] == plan.question]
        found = compared_rows(own, round_.question(plan.question), plan.test)
        done.append([row for row in found if str(row["statistic"]).startswith(plan.test)])
    ps = [float(str(rows[0]["estimate"])) if rows else 1.0 for rows in done]
    for plan, rows, p in zip(plans, done, holm(np.array(ps)).tolist() if plans else [], strict=True):
        if rows:
            told = f"{rows[0]['method']}; Holm over {len(done)} tests"
            corrected = {"statistic": f"{plan.test}_p_holm", "estimate": p, "method": told} | NO_ENDS
            results.setdefault(plan.question, []).extend([rows[0], rows[0] | corrected, *rows[1:]])
    return results


def ungated_segments(round_: Round) -> pd.DataFrame:
    """Every row by segment as the table `estimates` has it, with each participant group by itself: none merged, no
    number withheld; for an analyst at the screen, never for a file or a page. It tells about single people, and its
    status is one that no table of ours is written with.

    Raises: DataError where the private tables of the round are not here.
    """
    voters, answers = (read_table(name, round_.table(name)) for name in ("voters", "answers"))
    answers = with_groups(answers[is_answer(answers)], voters)
    answers = answers.assign(shown=answers["group"])
    named = [item for question in round_.with_role("participant_group") for item in question.options.values()]
    groups = tuple(group for group in dict.fromkeys([*named, *answers["group"]]) if (answers["group"] == group).any())
    rows: list[Row] = []
    for question in compared_questions(round_):
        own = answers[answers["question"] == question.id]
        for group in groups:
            x = private_frame(question, own[own["group"] == group])
            rows.append(estimate_row(question.id, "respondents", len(x), segment=group, n=len(x), method="count"))
            rows += as_rows(results_of(x), segment=group)
        rows += equal_group_rows(own, question, groups) + delta_rows(own, question, groups)
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["estimates"].columns])
    return frame.assign(round=round_.name, provenance=round_.file.provenance, status=CONFIDENTIAL)
