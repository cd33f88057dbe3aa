"""A round compared with earlier ones: every number of the table `changes`.

The voters of two rounds cannot be told apart or joined, so the rounds count as independent samples; how far people who
came twice could narrow the intervals is shown beside it. All differences are the later round minus the earlier one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from ..crosswalk import ComparedItem, ComparedQuestion, ComparedRounds, compared_rounds
from ..errors import DataError
from ..rounds import Compare, Overlap, Question, Round, open_round
from ..tables import TABLES, read_table, validate, write_table
from .ballots import VOTER, points_matrix, voter_keys
from .change import (
    MOST_PEOPLE,
    Welch,
    detectable_difference,
    newcombe_interval,
    overlap_error,
    permutation_p,
    share_equivalence_p,
    simultaneous_intervals,
    welch,
)
from .consensus import consensus, consensus_interval
from .group_tests import points_permutation
from .intervals import Floats, bca_mean, wilson
from .linked import linked_rows
from .pairwise import holm
from .rankings import FEWEST_GIVERS
from .releases import is_answer
from .rows import NO_INTERVAL, SEED, Row, estimate_row
from .same_mix import same_mix_rows

LEVEL = 0.05
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
    tables = [_compared(open_round(name, data=round_.raw.parents[1]), round_) for name in round_.file.compare.with_]
    frame = pd.concat(tables, ignore_index=True)
    write_table(frame, "changes", round_.table("changes"))
    return frame


def _compared(earlier: Round, later: Round) -> pd.DataFrame:
    rounds = compared_rounds(later.codebook, earlier, later)
    if not earlier.table("estimates").is_file():
        remedy = f"run: fachdialog report {earlier.name}"
        raise DataError(
            earlier.name, "a round that was computed", "no estimates", at=str(earlier.processed), remedy=remedy
        )
    after = read_table("answers", later.table("answers"))
    if not earlier.table("answers").is_file():
        from .comparison_forgotten import forgotten_changes

        return forgotten_changes(rounds, after)
    return change_table(Sides(rounds, read_table("answers", earlier.table("answers")), after))


def change_table(sides: Sides) -> pd.DataFrame:
    """All rows that compare two rounds, as the table `changes`.

    Questions come in the order of the later round. What has no counterpart is not compared and has no row.
    """
    settings = sides.rounds.later.file.compare or Compare.model_validate({"with": [sides.rounds.earlier.name]})
    rows: list[Row] = []
    for compared in sides.rounds.questions:
        before = _answered(sides.before, compared.before)
        after = _answered(sides.after, compared.after)
        if compared.after.type == "points" and compared.items:
            rows += _points(compared, before, after, settings)
        elif compared.after.type == "scale":
            rows += _scale(compared, before, after, settings)
        elif compared.after.type in ("single_choice", "multiple_choice"):
            rows += _choice(compared, before, after, settings)
        if compared.after.type in ("points", "scale"):
            values = _values(compared, before, after)
            rows += same_mix_rows(sides.rounds, compared, *values, sides.before, sides.after)
            rows += linked_rows(sides.rounds, compared, *values, sides.before, sides.after)
    return as_changes(sides.rounds, rows)


def as_changes(rounds: ComparedRounds, rows: Sequence[Row]) -> pd.DataFrame:
    """The rows as a valid table. Its provenance is that of the less original round."""
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["changes"].columns])
    kinds = (rounds.earlier.file.provenance, rounds.later.file.provenance)
    frame["round"] = f"{rounds.earlier.name}{JOINED}{rounds.later.name}"
    frame["provenance"] = next((kind for kind in ("illustrative", "reconstructed") if kind in kinds), "original")
    return validate(frame, "changes", where="changes")


def _answered(answers: pd.DataFrame, question: Question) -> pd.DataFrame:
    return answers[(answers["question"] == question.id) & is_answer(answers)]


def _values(compared: ComparedQuestion, before: pd.DataFrame, after: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """People × compared items (points) or × one column (scale), the later round in the earlier one's direction."""
    if compared.after.type == "points":
        wide = points_matrix(before, compared.before), points_matrix(after, compared.after)
        return tuple(
            pd.DataFrame({item.id: frame[list(ids)].sum(axis=1) for item, ids in _ids(compared, side)})
            for side, frame in enumerate(wide)
        )  # type: ignore[return-value]
    first, second = (
        frame[frame["value"].notna()].drop_duplicates(VOTER).set_index(VOTER)[["value"]] for frame in (before, after)
    )
    if compared.reversed and compared.after.scale:
        second = compared.after.scale.low + compared.after.scale.high - second
    return first, second


def _ids(compared: ComparedQuestion, side: int) -> list[tuple[ComparedItem, tuple[str, ...]]]:
    return [(item, (item.before, item.after)[side]) for item in compared.items]


def _points(compared: ComparedQuestion, before: pd.DataFrame, after: pd.DataFrame, settings: Compare) -> list[Row]:
    frames = _values(compared, before, after)
    x, y = (frame.to_numpy(dtype=np.float64) for frame in frames)
    if not len(x) or not len(y):
        return []
    n = len(x) + len(y)
    few = [min((x[:, k] > 0).sum(), (y[:, k] > 0).sum()) < FEWEST_GIVERS for k in range(x.shape[1])]
    intervals = simultaneous_intervals(x, y)
    labels = np.array(["a"] * len(x) + ["b"] * len(y))
    adjusted, outcome = points_permutation(np.vstack([x, y]), labels)
    tested = [_welch(x[:, k], y[:, k]) for k in range(x.shape[1])]
    margin = settings.margins.mean_points
    same = np.array([test.equivalence_p(margin) if test else 1.0 for test in tested])
    same_joint = holm(same)
    rows: list[Row] = []
    for k, item in enumerate(compared.items):
        row = partial(estimate_row, compared.after.id, item=item.id)
        for side, values in (("before", x[:, k]), ("after", y[:, k])):
            interval, method = _mean_interval(values)
            rows.append(
                row(
                    f"mean_points_{side}",
                    round(float(values.mean()), 12),
                    interval=interval,
                    n=len(values),
                    method=method,
                )
            )
        how = f"later minus earlier; interval for all areas at once (studentised bootstrap, max-T, seed {SEED})"
        interval = NO_INTERVAL if few[k] else intervals[k]
        why = f"later minus earlier; no interval: fewer than {FEWEST_GIVERS} givers in a round" if few[k] else how
        rows += [
            row("change_mean_points", _difference(x[:, k], y[:, k]), interval=interval, n=n, method=why),
            row("change_p_max_t", float(adjusted[k]), n=n, method=outcome.method),
            row(
                "equivalence_p_holm", float(same_joint[k]), n=n, method=f"TOST (Welch), margin {margin:g} points, Holm"
            ),
            row(
                "detectable_mean_points",
                _detectable(x[:, k], y[:, k]),
                n=n,
                method="power 0.8, two-sided 5 %, one area",
            ),
        ]
        rows += _overlaps("overlap_change_mean_points", compared, item.id, x[:, k], y[:, k], settings.stated_overlap)
    return rows


def _mean_interval(values: Floats) -> tuple[tuple[float, float], str]:
    if (values > 0).sum() < FEWEST_GIVERS:
        return NO_INTERVAL, f"no interval: fewer than {FEWEST_GIVERS} givers"
    return bca_mean(values)


def _scale(compared: ComparedQuestion, before: pd.DataFrame, after: pd.DataFrame, settings: Compare) -> list[Row]:
    frames = _values(compared, before, after)
    x, y = (frame["value"].to_numpy(dtype=np.float64) for frame in frames)
    scale = compared.before.scale
    if not len(x) or not len(y) or scale is None:
        return []
    n, row = len(x) + len(y), partial(estimate_row, compared.after.id)
    rows: list[Row] = []
    for side, values in (("before", x), ("after", y)):
        counts = np.array([np.count_nonzero(values == value) for value in scale.values()], dtype=np.int64)
        interval, method = bca_mean(values)
        spread, how = consensus_interval(counts)
        rows += [
            row(f"mean_{side}", round(float(values.mean()), 12), interval=interval, n=len(values), method=method),
            row(f"consensus_{side}", consensus(counts), interval=spread, n=len(values), method=how),
        ]
    test, margin = _welch(x, y), settings.margins.mean
    p = permutation_p(x, y) if n <= MOST_PEOPLE else _normal_p(test)
    how = "exact permutation test" if n <= MOST_PEOPLE else "normal limit of the permutation test"
    rows += [
        row(
            "change_mean",
            _difference(x, y),
            interval=test.interval() if test else NO_INTERVAL,
            n=n,
            method="later minus earlier; Welch" if test else "later minus earlier; no interval: no spread",
        ),
        row("change_p", p, n=n, method=how),
        row(
            "equivalence_p", test.equivalence_p(margin) if test else 1.0, n=n, method=f"TOST (Welch), margin {margin:g}"
        ),
        row("detectable_mean", _detectable(x, y), n=n, method="power 0.8, two-sided 5 %"),
    ]
    low, high = scale.top_box
    tops = [int(((values >= low) & (values <= high)).sum()) for values in (x, y)]
    rows += share_change_rows(compared.after.id, "top_box_share", "", tops[0], len(x), tops[1], len(y))
    return rows + _overlaps("overlap_change_mean", compared, "", x, y, settings.stated_overlap)


def _choice(compared: ComparedQuestion, before: pd.DataFrame, after: pd.DataFrame, settings: Compare) -> list[Row]:
    sides = []
    for side, frame in enumerate((before, after)):
        chosen = frame[frame["item"] != ""]
        keys = voter_keys(chosen)
        n = len(np.unique(keys))
        sides.append((n, [len(np.unique(keys[chosen["item"].isin(ids)])) for _, ids in _ids(compared, side)]))
    (n1, first), (n2, second) = sides
    rows: list[Row] = []
    for item, x1, x2 in zip(compared.items, first, second, strict=True) if n1 and n2 else []:
        rows += share_change_rows(compared.after.id, "share", item.id, x1, n1, x2, n2)
        if compared.after.role != "participant_group":
            p = share_equivalence_p(x1, n1, x2, n2, settings.margins.share)
            how = f"TOST (Newcombe), margin {settings.margins.share:g}"
            rows.append(estimate_row(compared.after.id, "equivalence_p", p, item=item.id, n=n1 + n2, method=how))
    return rows


def share_change_rows(question: str, name: str, item: str, x1: int, n1: int, x2: int, n2: int) -> list[Row]:
    """A share before and after (Wilson) and its change (Newcombe); `name` is the statistic's, e.g. top_box_share."""
    row = partial(estimate_row, question, item=item)
    rows = [
        row(f"{name}_before", x1 / n1, interval=wilson(x1, n1), n=n1, method="Wilson"),
        row(f"{name}_after", x2 / n2, interval=wilson(x2, n2), n=n2, method="Wilson"),
        row(
            f"change_{name}",
            round(x2 / n2 - x1 / n1, 12),
            interval=newcombe_interval(x2, n2, x1, n1),
            n=n1 + n2,
            method="later minus earlier; Newcombe",
        ),
    ]
    if name == "top_box_share":
        pooled = (x1 + x2) / (n1 + n2)
        sd = math.sqrt(pooled * (1 - pooled))
        size = detectable_difference(sd, n1, sd, n2)
        rows.append(row("detectable_top_box_share", size, n=n1 + n2, method="power 0.8, two-sided 5 %"))
    return rows


def _difference(x: Floats, y: Floats) -> float:
    return round(float(y.mean() - x.mean()), 12)


def _welch(x: Floats, y: Floats) -> Welch | None:
    return welch(x, y) if min(len(x), len(y)) > 1 and (np.ptp(x) or np.ptp(y)) else None


def _normal_p(test: Welch | None) -> float:
    from scipy import special

    return 1.0 if test is None else float(2 * special.ndtr(-abs(test.difference) / test.error))


def _detectable(x: Floats, y: Floats) -> float:
    if min(len(x), len(y)) < 2:
        return math.nan
    return detectable_difference(float(x.std(ddof=1)), len(x), float(y.std(ddof=1)), len(y))


def _overlaps(
    statistic: str, compared: ComparedQuestion, item: str, x: Floats, y: Floats, stated: Overlap | None
) -> list[Row]:
    """The difference with the interval it would have if so many people had taken part twice; the item is
    "area|people|correlation". Unless `round.yml` states others: everybody who can, alike by half and by most, and
    answers that turn round (the bound)."""
    test, most = _welch(x, y), min(len(x), len(y))
    if test is None or most < 2:
        return []
    stated = stated or Overlap(people=[most], correlation=[0.5, 0.8, -1.0])
    rows: list[Row] = []
    for both in dict.fromkeys(min(people, most) for people in stated.people):
        for correlation in dict.fromkeys(stated.correlation):
            sds = float(x.std(ddof=1)), float(y.std(ddof=1))
            error = overlap_error(sds[0], len(x), sds[1], len(y), both=both, correlation=correlation)
            low, high = Welch(test.difference, error, test.freedom).interval() if error else NO_INTERVAL
            rows.append(
                estimate_row(
                    compared.after.id,
                    statistic,
                    round(test.difference, 12),
                    item=f"{item}|{both}|{correlation:g}",
                    interval=(low, high),
                    n=len(x) + len(y),
                    method="assumed, not observed",
                )
            )
    return rows
