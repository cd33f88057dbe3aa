"""A round compared with earlier ones: every number of the table `changes`.

The voters of two rounds cannot be told apart or joined, so the rounds count as independent samples; how far people who
came twice could narrow the intervals is shown beside it. All differences are the later round minus the earlier one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from ..contracts import TABLES
from ..errors import DataError
from ..rounds import (
    CHOSEN,
    Compare,
    ComparedQuestion,
    ComparedRounds,
    Overlap,
    Round,
    code_of,
    compared_rounds,
    open_round,
)
from ..tables import make_table, read_table, validate, write_table
from .ballots import VOTER, is_answer, points_matrix, voter_keys
from .group_tests import points_permutation
from .intervals import FEWEST_GIVERS, Floats, bootstrap_mean, points_mean, wilson
from .pairs import holm, paired_rows
from .rows import NO_INTERVAL, SEED, Row, as_rows, estimate_row
from .scales import bootstrap_interval, consensus, consensus_of
from .two_samples import (
    MOST_PEOPLE,
    MOST_SUMMED,
    Welch,
    bootstrap_p,
    critical_value,
    detectable_mean,
    detectable_share,
    equivalence,
    fewest_for_equivalence,
    newcombe_interval,
    overlap_error,
    permutation_p,
    share_equivalence_p,
    share_permutation_p,
    simultaneous_intervals,
    sparse_interval,
    studentised,
    welch,
)

JOINED = ".."
"""Stands between the names of the two rounds in the column `round` of the table `changes`."""


@dataclass(frozen=True)
class Sides:
    """The private answers of two rounds that are compared."""

    rounds: ComparedRounds
    before: pd.DataFrame
    after: pd.DataFrame


def write_changes(round_: Round) -> pd.DataFrame:
    """Compare the round with those its `round.yml` names under `compare` and write `changes.csv`; without that
    entry nothing is written. Raises: DataError where an earlier round was never computed, or a crosswalk is wrong."""
    if round_.file.compare is None:
        return pd.DataFrame(columns=[column.name for column in TABLES["changes"].columns])
    tables, after = [], read_table("answers", round_.table("answers"))
    for name in round_.file.compare.with_:
        earlier = open_round(name, data=round_.raw.parents[1])
        rounds = compared_rounds(round_.codebook, earlier, round_)
        if not earlier.table("estimates").is_file():
            remedy = f"run: fachdialog report {name}"
            raise DataError(name, "a round that was computed", "no estimates", remedy=remedy)
        if earlier.table("answers").is_file():
            tables.append(change_table(Sides(rounds, read_table("answers", earlier.table("answers")), after)))
        else:
            tables.append(forgotten_changes(rounds, after))
    frame = pd.concat(tables, ignore_index=True)
    write_table(frame, "changes", round_.table("changes"))
    return frame


def change_table(sides: Sides) -> pd.DataFrame:
    """All rows that compare two rounds, as the table `changes`.

    Questions come in the order of the later round. What has no counterpart is not compared and has no row.

    Statistics (Two rounds):
    - `mean_points_before`, `mean_points_after`: mean points of the compared area in either round, zeros kept. Interval:
      BCa. Awkward: fewer than 10 givers: no interval. Source: [Efron]. Case: g02.
    - `mean_before`, `mean_after`: mean of the scale values in either round, in the earlier direction. Interval: BCa.
      Awkward: see `mean`. Source: [Efron]. Case: g02.
    """
    rounds, settings, released = sides.rounds, compare_settings(sides.rounds), released_means(sides.rounds)
    rows: list[Row] = []
    for compared in rounds.questions:
        kind, frames = compared.after.type, list[Any]()
        for side, (answers, question) in enumerate(((sides.before, compared.before), (sides.after, compared.after))):
            own = answers[(answers["question"] == question.id) & is_answer(answers)]
            ids = {item.id: list((item.before, item.after)[side]) for item in compared.items}
            if kind == "points" and ids:
                wide = points_matrix(own, question)
                frames.append(pd.DataFrame({name: wide[merged].sum(axis=1) for name, merged in ids.items()}))
            elif kind == "scale":
                values = own[own["value"].notna()].drop_duplicates(VOTER).set_index(VOTER)[["value"]]
                scale: Any = question.scale
                frames.append(scale.low + scale.high - values if side and compared.reversed else values)
            elif kind in CHOSEN:
                frames.append(_chosen(own, ids, first=kind == "ranking"))
        if kind in CHOSEN:
            (n1, first), (n2, second) = frames
            if n1 and n2:
                options = [Counts(name, first[name], n1, second[name], n2) for name in first]
                rows += share_rows(compared.after.id, "share", options, share_margin(compared, settings))
        elif frames:
            x, y = (frame.to_numpy(dtype=np.float64) for frame in frames)
            if len(x) and len(y):
                rows += (points_rows if kind == "points" else scale_rows)(compared, x, y, settings)
            rows += same_mix_rows(rounds, compared, released)
            rows += linked_rows(sides, compared, *frames)
    return as_changes(rounds, rows)


def _chosen(answers: pd.DataFrame, ids: dict[str, list[str]], *, first: bool) -> tuple[int, dict[str, int]]:
    """People who chose anything, and how many each option; of a ranking, how many put it `first`."""
    chosen = answers[answers["item"] != ""]
    n = len(np.unique(voter_keys(chosen)))
    chosen = chosen[chosen["value"] == 1] if first else chosen
    return n, {name: len(np.unique(voter_keys(chosen[chosen["item"].isin(own)]))) for name, own in ids.items()}


def compare_settings(rounds: ComparedRounds) -> Compare:
    """What the later round says about comparing, or the defaults."""
    return rounds.later.file.compare or Compare.model_validate({"with": [rounds.earlier.name]})


def as_changes(rounds: ComparedRounds, rows: Sequence[Row]) -> pd.DataFrame:
    """The rows as a valid table. Its provenance is that of the less original round."""
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["changes"].columns])
    kinds = (rounds.earlier.file.provenance, rounds.later.file.provenance)
    frame["round"] = f"{rounds.earlier.name}{JOINED}{rounds.later.name}"
    frame["provenance"] = next((kind for kind in ("illustrative", "reconstructed") if kind in kinds), "original")
    return validate(frame, "changes", where="changes")


def share_margin(compared: ComparedQuestion, settings: Compare) -> float | None:
    """The margin of a question's shares; none for the participant group, which is who came and no opinion."""
    return None if compared.after.role == "participant_group" else settings.margins.share


# -- shares -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """People of either round who chose an item, of all who answered."""

    item: str
    x1: int
    n1: int
    x2: int
    n2: int


def share_rows(question: str, name: str, options: Sequence[Counts], margin: float | None) -> list[Row]:
    """The options of a choice question (`share`), judged together, or the top box of a scale (`top_box_share`): shares
    before and after, their change, tests of change and of equivalence adjusted over the options (Holm), and the
    detectable difference at the strictest of their levels, so that what is promised holds after the adjustment. Two
    options of which everybody chose one and nobody both are one hypothesis. Without a margin (who answered) nothing is
    judged.

    Statistics (Two rounds):
    - `top_box_share_before`, `top_box_share_after`, `share_before`, `share_after`: share in either round. Interval:
      Wilson. Awkward: nobody answered: no row. Source: [Wilson]. Case: g01.
    """
    rows: list[Row] = []
    for one in options:
        row = partial(estimate_row, question, item=one.item)
        for side, x, n in (("before", one.x1, one.n1), ("after", one.x2, one.n2)):
            rows.append(row(f"{name}_{side}", x / n, interval=wilson(x, n), n=n, method="Wilson"))
        change, ends = round(one.x2 / one.n2 - one.x1 / one.n1, 12), newcombe_interval(one.x2, one.n2, one.x1, one.n1)
        told = "later minus earlier; Newcombe"
        rows.append(row(f"change_{name}", change, interval=ends, n=one.n1 + one.n2, method=told))
    if margin is None or not options:
        return rows
    changed = np.array([share_permutation_p(o.x1, o.n1, o.x2, o.n2) for o in options])
    same = np.array([share_equivalence_p(o.x1, o.n1, o.x2, o.n2, margin) for o in options])
    sums = np.array([[o.x1, o.x2] for o in options]).sum(axis=0).tolist()
    if len(options) == 2 and {tuple(sums)} == {(o.n1, o.n2) for o in options}:
        level, adjusted = 0.05, ", one hypothesis: who does not choose the one chooses the other"
    else:
        changed, same, level = holm(changed), holm(same), 0.05 / len(options)
        adjusted = ", Holm over options" if name == "share" else ""
    for one, p, q in zip(options, changed.tolist(), same.tolist(), strict=True):
        row = partial(estimate_row, question, item=one.item, n=one.n1 + one.n2)
        size = detectable_share(one.x1 / one.n1, one.n1, one.n2, level=level)
        rows += [
            row(f"change_p_{name}", p, method=f"exact permutation test{adjusted}"),
            row(f"equivalence_p_{name}", q, method=f"TOST (Newcombe), margin {margin:g}{adjusted}"),
            row(f"detectable_{name}", size, method="exact power 0.8 of test and interval, from the earlier share"),
        ]
    return rows


# -- means ------------------------------------------------------------------------------------------------------------


def points_rows(compared: ComparedQuestion, x: Floats, y: Floats, settings: Compare) -> list[Row]:
    """Every compared area. Parameters: `x`, `y`, people × compared items of the earlier and the later round.

    The interval of a change is the usual one where enough gave points in both rounds; a wider one where only in one
    round, so that an area nobody names any more is found; none where in neither. The 5 % are shared out among all areas
    that have one.
    """
    givers, n, total = (
        np.array([np.count_nonzero(side, axis=0) for side in (x, y)]),
        len(x) + len(y),
        compared.after.total,
    )
    usual, judged = givers.min(axis=0) >= FEWEST_GIVERS, givers.max(axis=0) >= FEWEST_GIVERS
    shared, critical = usual if usual.any() else judged, math.nan
    if min(len(x), len(y)) > 1 and judged.any():
        level = 1 - 0.05 * np.count_nonzero(shared) / np.count_nonzero(judged)
        critical = critical_value(x[:, shared], y[:, shared], level=level)
    intervals = simultaneous_intervals(x, y, critical=critical)
    adjusted, outcome = points_permutation(np.vstack([x, y]), np.array(["a"] * len(x) + ["b"] * len(y)))
    margin = _margin(compared, settings)
    tested = [
        _equivalence(compared, item.id, x[:, k], y[:, k], margin, total, few=not usual[k])
        for k, item in enumerate(compared.items)
    ]
    same = holm(np.array([p for p, *_ in tested]))
    rows = [_fewest_row(compared, margin, total, n)]
    for k, item in enumerate(compared.items):
        row, before, after = partial(estimate_row, compared.after.id, item=item.id), x[:, k], y[:, k]
        for side, values in (("before", before), ("after", after)):
            interval, method = points_mean(values)
            mean = round(float(values.mean()), 12)
            rows.append(row(f"mean_points_{side}", mean, interval=interval, n=len(values), method=method))
        how, size = f"interval for all areas at once (studentised bootstrap, max-T, seed {SEED})", math.nan
        if not judged[k] or math.isnan(critical):
            intervals[k], how = NO_INTERVAL, f"no interval: fewer than {FEWEST_GIVERS} givers in each round"
        elif not usual[k]:
            intervals[k] = sparse_interval(before, after, critical=critical, columns=int(judged.sum()))
            how = f"wide interval: fewer than {FEWEST_GIVERS} givers in a round (as if each gave nothing or the most)"
        if usual[k]:
            # Below this mean too few givers would be left, even if those who stay gave as much as before.
            kept = len(after) * np.count_nonzero(before) / len(before)
            floor = float(before.mean()) * (FEWEST_GIVERS + 3) / kept
            size = detectable_mean(before, after, (0, total), critical=critical, floor=floor)
        row, (_, told, tests) = partial(row, n=n), tested[k]
        change = round(float(after.mean() - before.mean()), 12)
        rows += [
            row("change_mean_points", change, interval=intervals[k], method=f"later minus earlier; {how}"),
            row("change_p_max_t", float(adjusted[k]), method=outcome.method),
            row("equivalence_p_holm", float(same[k]), method=f"{told}; Holm over areas"),
            *tests,
            row("detectable_mean_points", size, method="power 0.8 with all areas judged at once, 5 %"),
        ]
        rows += _overlaps("overlap_change_mean_points", compared, item.id, before, after, settings.stated_overlap)
    return rows


def scale_rows(compared: ComparedQuestion, first: Floats, second: Floats, settings: Compare) -> list[Row]:
    """A scale question: both rounds, the change of the mean and that of the top box. Parameters: values of either round
    (one column), the later one in the earlier one's direction."""
    scale, x, y = compared.before.scale, first.ravel(), second.ravel()
    if scale is None:
        return []
    rows: list[Row] = []
    for side, values in (("before", x), ("after", y)):
        row = partial(estimate_row, compared.after.id, n=len(values))
        interval, method = bootstrap_mean(values)
        rows.append(row(f"mean_{side}", round(float(values.mean()), 12), interval=interval, method=method))
        counts = np.array([np.count_nonzero(values == value) for value in scale.values()], dtype=np.int64)
        interval, method = bootstrap_interval(counts, consensus_of)
        rows.append(row(f"consensus_{side}", consensus(counts), interval=interval, method=method))
    rows += scale_change_rows(compared, x, y, settings)
    return rows + _overlaps("overlap_change_mean", compared, "", x, y, settings.stated_overlap)


def scale_change_rows(compared: ComparedQuestion, x: Floats, y: Floats, settings: Compare) -> list[Row]:
    """What is said of a change of a scale question, mean and top box. Parameters: values of either round."""
    scale: Any = compared.before.scale
    n, span, test, margin = len(x) + len(y), scale.high - scale.low, welch(x, y), _margin(compared, settings)
    row = partial(estimate_row, compared.after.id, n=n)
    if n <= MOST_PEOPLE and n**3 * span <= MOST_SUMMED:
        p, how = permutation_p(x, y), "exact permutation test"
    else:
        how = "normal limit of the permutation test"
        p = float(2 * special.ndtr(-abs(test.difference) / test.error)) if test else 1.0
    same, told, tested = _equivalence(compared, "", x, y, margin, span)
    ends, method, critical = NO_INTERVAL, "no interval: no spread", math.nan
    if test:  # both Welch's interval and the studentised bootstrap have to find a difference
        ends, method = test.interval(), "Welch"
        critical = max(float(special.stdtrit(test.freedom, 0.975)), float(np.quantile(np.abs(studentised(x, y)), 0.95)))
    size = detectable_mean(x, y, (scale.low, scale.high), critical=critical)
    change = round(float(y.mean() - x.mean()), 12)
    rows = [
        row("change_mean", change, interval=ends, method=f"later minus earlier; {method}"),
        row("change_p", p, method=how),
        row("change_p_bootstrap", bootstrap_p(x, y), method=f"studentised bootstrap, seed {SEED}"),
        row("equivalence_p", same, method=told),
        *tested,
        _fewest_row(compared, margin, span, n),
        row("detectable_mean", size, method="power 0.8 where interval and bootstrap both find it, 5 %"),
    ]
    low, high = scale.top_box
    tops = [int(((values >= low) & (values <= high)).sum()) for values in (x, y)]
    counted = Counts("", tops[0], len(x), tops[1], len(y))
    return rows + share_rows(compared.after.id, "top_box_share", [counted], settings.margins.share)


def _equivalence(
    compared: ComparedQuestion, item: str, x: Floats, y: Floats, margin: float, span: float, *, few: bool = False
) -> tuple[float, str, list[Row]]:
    """The p that decides whether a mean is unchanged within the margin, how, and both tests it is the larger of. Where
    few gave anything, or a round is too small to rule a change out, it is 1 and there are no tests."""
    least, n = fewest_for_equivalence(margin, span), len(x) + len(y)
    why = f"no test: fewer than {FEWEST_GIVERS} givers in a round" if few else ""
    if not why and min(len(x), len(y)) < least:
        why = f"no test: margin {margin:g} needs {least} answers a round"
    tests = (math.nan, math.nan) if why else equivalence(x, y, margin)
    names = {"welch": "Welch's TOST", "bootstrap": f"studentised bootstrap at half its level, seed {SEED}"}
    row = partial(estimate_row, compared.after.id, item=item, n=n)
    rows = [
        row(f"equivalence_p_{name}", p, method=why or f"{told}, margin {margin:g}")
        for (name, told), p in zip(names.items(), tests, strict=True)
    ]
    return 1.0 if why else max(tests), why or "the larger p of both tests", rows


def _margin(compared: ComparedQuestion, settings: Compare) -> float:
    usual = settings.margins.mean_points if compared.after.type == "points" else settings.margins.mean
    return settings.margins.questions.get(compared.after.id, usual)


def _fewest_row(compared: ComparedQuestion, margin: float, span: float, n: int) -> Row:
    told = f"answers a round needs before a mean may be called unchanged, margin {margin:g} of {span:g}"
    return estimate_row(compared.after.id, "equivalence_fewest", fewest_for_equivalence(margin, span), n=n, method=told)


def _overlaps(
    statistic: str, compared: ComparedQuestion, item: str, x: Floats, y: Floats, stated: Overlap | None
) -> list[Row]:
    """The difference with the interval it would have if so many people had taken part twice; the item is
    "area|people|correlation". Unless `round.yml` states others: everybody who can, alike by half and by most, and
    answers that turn round (the bound)."""
    test, most = welch(x, y), min(len(x), len(y))
    if test is None:
        return []
    stated = stated or Overlap(people=[most], correlation=[0.5, 0.8, -1.0])
    row = partial(estimate_row, compared.after.id, statistic, round(test.difference, 12), n=len(x) + len(y))
    sds, rows = (float(x.std(ddof=1)), float(y.std(ddof=1))), list[Row]()
    for both in dict.fromkeys(min(people, most) for people in stated.people):
        for correlation in dict.fromkeys(stated.correlation):
            error = overlap_error(sds[0], len(x), sds[1], len(y), both=both, correlation=correlation)
            ends = Welch(test.difference, error, test.freedom).interval() if error else NO_INTERVAL
            assumed = f"{item}|{both}|{correlation:g}"
            rows.append(row(item=assumed, interval=ends, method="assumed, not observed"))
    return rows


# -- an earlier round whose answers were deleted ----------------------------------------------------------------------


def forgotten_changes(rounds: ComparedRounds, after: pd.DataFrame) -> pd.DataFrame:
    """The table `changes` from the earlier round's estimates and the later one's answers.

    Every row of the earlier round is copied from its estimates; options that were merged have one only where points
    add up.
    """
    released = read_table("estimates", rounds.earlier.table("estimates"))
    released = released[(released["segment"] == "all") & (released["status"] == "published")]
    known = {(one["question"], one["item"], one["statistic"]): one for one in as_rows(released)}
    # The later round's side is computed as in any comparison, with the later round on both sides.
    questions = {compared.after.id: compared.before.id for compared in rounds.questions}
    items = {new: item.before[0] for compared in rounds.questions for item in compared.items for new in item.after}
    told, chosen = after["question"].map(questions).fillna(""), after["item"].map(items).fillna(after["item"])
    mirrored = change_table(Sides(rounds, after.assign(question=told, item=chosen), after))
    mirrored = mirrored.drop(columns=["round", "provenance"])
    now = {(row["question"], row["item"], row["statistic"]): row for row in as_rows(mirrored)}
    rows: list[Row] = []
    for compared in rounds.questions:
        before, name, options = compared.before.id, compared.after.id, list[Counts]()
        pairs = [(item.id, item.before) for item in compared.items] or [("", ("",))]
        share, counted = ("top_box_share", "top_box_count") if compared.after.scale else ("share", "count")
        counted = "first_count" if compared.before.type == "ranking" else counted
        for item, merged in pairs:
            for statistic in ("mean_points", "mean", "consensus"):
                if (mine := now.get((name, item, f"{statistic}_after"))) is None:
                    continue
                found = [known.get((before, old, statistic)) for old in merged]
                rows += [_released(name, f"{statistic}_before", item, found), mine] if all(found) else [mine]
            count, mine = known.get((before, merged[0], counted)), now.get((name, item, f"{share}_after"))
            if mine is not None and count is not None and len(merged) == 1:
                x1, n1, share_after, n2 = (float(str(one[name])) for one in (count, mine) for name in ("estimate", "n"))
                options.append(Counts(item, int(x1), int(n1), round(share_after * n2), int(n2)))
        settings = compare_settings(rounds)
        rows += share_rows(name, share, options, share_margin(compared, settings))
    return as_changes(rounds, rows)


def _released(question: str, statistic: str, item: str, found: list[Any]) -> Row:
    """A released row under the name it has in the comparison; a scale that now runs the other way stays as it was.
    Means of points add up; the interval of a sum is not known."""
    value, how = found[0]["estimate"], found[0]["method"]
    ends = NO_INTERVAL if pd.isna(found[0]["low"]) else (found[0]["low"], found[0]["high"])
    if len(found) > 1:
        value, ends, how = round(sum(one["estimate"] for one in found), 12), NO_INTERVAL, "sum of released means"
    n, method = int(found[0]["n"]), f"released estimate; {how}"
    return estimate_row(question, statistic, value, item=item, interval=ends, n=n, method=method)


# -- the same mix of groups -------------------------------------------------------------------------------------------

OTHERS = "(others)"
Means = dict[str, tuple[float, int]]
"""Mean and people of each group."""


def released_means(rounds: ComparedRounds) -> list[pd.DataFrame]:
    """The published means and top boxes of either round, as its `estimates.csv` has them; none where it has none."""
    found = []
    for round_ in (rounds.earlier, rounds.later):
        path = round_.table("estimates")
        table = read_table("estimates", path) if path.is_file() else make_table("estimates", [])
        found.append(table[(table["status"] == "published") & table["estimate"].notna()])
    return found


def same_mix_rows(rounds: ComparedRounds, compared: ComparedQuestion, released: Sequence[pd.DataFrame]) -> list[Row]:
    """`same_mix_change_mean_points` per area, or `same_mix_change_top_box_share`: what both rounds publish of groups.

    Parameters: `released`, see `released_means`. The mix is that of both rounds together. No rows without a group that
    both rounds show, or where the others are fewer than the minimum base; of scales only where both rounds fixed the
    same answers as the top box (on a scale that may have been turned).

    Statistics (Two rounds):
    - `same_mix_change_mean_points`, `same_mix_change_top_box_share`: the difference if both rounds had the mix of
      groups of both together; groups that either round does not show count as one. Interval: none: sensitivity only.
      Awkward: no group shown in both: no row. Source: [Deville]. Case: by hand.
    """
    before, after = compared.before.scale, compared.after.scale
    statistic, pairs = "mean_points", [(item.id, item.before, item.after) for item in compared.items]
    if compared.after.type != "points":
        statistic, pairs = "top_box_share", [("", ("",), ("",))]
        if before is None or after is None:
            return []
        low, high = after.top_box
        if compared.reversed:
            low, high = after.low + after.high - high, after.low + after.high - low
        if before.top_box != (low, high):
            return []
    rows: list[Row] = []
    for item, *ids in pairs:
        questions = (compared.before.id, compared.after.id)
        first, second = (_segment_means(*side, statistic) for side in zip(released, questions, ids, strict=True))
        sides = _on_one_level(rounds, first, second)
        if sides is None:
            continue
        shared = [name for name in sides[0] if name in sides[1]]
        people = {name: sides[0][name][1] + sides[1][name][1] for name in shared}
        n = sum(people.values())
        change = sum(people[name] * (sides[1][name][0] - sides[0][name][0]) for name in shared) / n
        named = ", ".join(name for name in shared if name != OTHERS) + (" and all others" if OTHERS in shared else "")
        told = f"both rounds with the mix of groups of both together: {named}; sensitivity only"
        row = partial(estimate_row, compared.after.id, f"same_mix_change_{statistic}", round(float(change), 12))
        rows.append(row(item=item, n=n, method=told))
    return rows


def _segment_means(released: pd.DataFrame, question: str, ids: tuple[str, ...], statistic: str) -> Means:
    """Of every segment for which each id is published: the sum of the means (or the share), and the people."""
    mine = (released["question"] == question) & (released["statistic"] == statistic) & released["item"].isin(ids)
    return {
        str(segment): (float(rows["estimate"].sum()), int(rows["n"].iloc[0]))
        for segment, rows in released[mine].groupby("segment", sort=False)
        if len(rows) == len(ids)
    }


def _on_one_level(rounds: ComparedRounds, first: Means, second: Means) -> tuple[Means, Means] | None:
    """Groups that both rounds show, and everybody else as one; None without such a group, or where the others are too
    few to be spoken of."""
    sides: tuple[Means, Means] = ({}, {})
    for group in rounds.groups:
        if set(group.before) <= first.keys() and set(group.after) <= second.keys():
            for side, known, names in zip(sides, (first, second), (group.before, group.after), strict=True):
                parts = [known[name] for name in names]
                people = sum(n for _, n in parts)
                side[group.id] = sum(mean * n for mean, n in parts) / people, people
    if not sides[0] or "all" not in first or "all" not in second:
        return None
    least = max(side.file.disclosure.minimum_base for side in (rounds.earlier, rounds.later))
    for side, (mean, n) in zip(sides, (first["all"], second["all"]), strict=True):
        left = n - sum(people for _, people in side.values())
        if 0 < left < least:
            return None
        if left:
            side[OTHERS] = (mean * n - sum(own * people for own, people in side.values())) / left, left
    return sides


# -- people who gave the same code in both rounds ---------------------------------------------------------------------


def linked_rows(sides: Sides, compared: ComparedQuestion, first: pd.DataFrame, second: pd.DataFrame) -> list[Row]:
    """`pairs.paired_rows` of the people who gave the same code in both rounds.

    Parameters: `first`, `second`, people × values of either round (index session, voter). No rows where `round.yml`
    names no code.
    """
    rounds, settings = sides.rounds, sides.rounds.later.file.compare
    if settings is None or settings.link_code is None:
        return []
    codes = []
    for answers in (sides.before, sides.after):
        found: dict[str, set[tuple[int, int]]] = {}
        own = answers[(answers["question"] == settings.link_code) & (answers["text"] != "")]
        for session, voter, text in own[[*VOTER, "text"]].itertuples(index=False):
            if code := code_of(str(text)):
                found.setdefault(code, set()).add((int(session), int(voter)))
        # A code that several people of a round gave links nobody.
        codes.append({code: next(iter(voters)) for code, voters in found.items() if len(voters) == 1})
    pairs = [(codes[0][code], codes[1][code]) for code in sorted(codes[0].keys() & codes[1].keys())]
    minimum = max(side.file.disclosure.minimum_base for side in (rounds.earlier, rounds.later))
    is_points, how = compared.after.type == "points", "same self-made code in both rounds"
    return paired_rows(compared.after.id, first, second, pairs, minimum=minimum, is_points=is_points, how=how)


# -- what the command says --------------------------------------------------------------------------------------------

_SHOWN = {
    "change_mean_points": "points",
    "change_mean": "scale",
    "change_top_box_share": "top box",
    "change_share": "share",
}


def comparison_text(round_: Round) -> str:
    """One line per compared number: the earlier round, question, item, difference and interval. No verdicts: an
    interval without zero is not enough for one, so the page that has them is named."""
    table = read_table("changes", round_.table("changes"))
    table = table[table["statistic"].isin(_SHOWN)]
    if table.empty:
        return "nothing to compare"
    names = (table["question"] + " " + table["item"]).str.strip() + " (" + table["statistic"].map(_SHOWN) + ")"
    lines, width = [], int(names.str.len().max())
    for rounds, own in table.assign(told=names).groupby("round", sort=False):
        lines.append(f"{str(rounds).replace(JOINED, ' → ')} (later minus earlier, 95 % interval)")
        for told, change, low, high in own[["told", "estimate", "low", "high"]].itertuples(index=False):
            ends = "no interval" if pd.isna(low) else f"{low:+.2f} … {high:+.2f}"
            lines.append(f"  {told:<{width}} {change:+7.2f}   {ends}")
    page = round_.reports / "html" / "11_compare_rounds.html"
    return "\n".join([*lines, f"what may be said of these numbers: {page}"])
