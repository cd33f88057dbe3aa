"""Numbers of two rounds compared: points of all areas at once, scale questions alone, shares by their counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from ..rounds import Compare, ComparedQuestion, Overlap
from .group_tests import points_permutation
from .intervals import FEWEST_GIVERS, Floats, Integers, Interval, bca_mean, points_mean, wilson
from .pairs import holm
from .rows import NO_INTERVAL, SEED, Row, estimate_row
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
    verdict_critical,
    welch,
)


@dataclass(frozen=True)
class Counts:
    """People of either round who chose an item, of all who answered."""

    item: str
    x1: int
    n1: int
    x2: int
    n2: int


def top_box_rows(question: str, counts: Counts, margin: float) -> list[Row]:
    """The top box of a scale question, which speaks for itself."""
    return [
        *_change_rows(question, "top_box_share", counts),
        *_verdict_rows(question, "top_box_share", [counts], margin),
    ]


def option_rows(question: str, options: Sequence[Counts], margin: float | None) -> list[Row]:
    """The options of a choice question, judged together; without a margin (who answered) they are not judged."""
    rows = [row for counts in options for row in _change_rows(question, "share", counts)]
    return rows if margin is None else rows + _verdict_rows(question, "share", options, margin)


def _is_one_hypothesis(options: Sequence[Counts]) -> bool:
    """Whether there are two options of which everybody chose one and nobody both, in either round."""
    if len(options) != 2 or any((o.n1, o.n2) != (options[0].n1, options[0].n2) for o in options):
        return False
    return all(sum(getattr(o, x) for o in options) == getattr(options[0], n) for x, n in (("x1", "n1"), ("x2", "n2")))


def _change_rows(question: str, name: str, counts: Counts) -> list[Row]:
    x1, n1, x2, n2 = counts.x1, counts.n1, counts.x2, counts.n2
    row = partial(estimate_row, question, item=counts.item)
    return [
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


def _verdict_rows(question: str, name: str, options: Sequence[Counts], margin: float) -> list[Row]:
    """Tests of change and of equivalence, adjusted over the options (Holm), and the detectable difference at the
    strictest of their levels, so that what is promised holds after the adjustment. Yes and no are one hypothesis."""
    if not options:
        return []
    adjusted = ", Holm over options" if name == "share" else ""
    changed = np.array([share_permutation_p(o.x1, o.n1, o.x2, o.n2) for o in options])
    same = np.array([share_equivalence_p(o.x1, o.n1, o.x2, o.n2, margin) for o in options])
    level = 0.05 / len(options)
    if _is_one_hypothesis(options):
        level, adjusted = 0.05, ", one hypothesis: who does not choose the one chooses the other"
    else:
        changed, same = holm(changed), holm(same)
    rows: list[Row] = []
    for place, counts in enumerate(options):
        row = partial(estimate_row, question, item=counts.item, n=counts.n1 + counts.n2)
        size = detectable_share(counts.x1 / counts.n1, counts.n1, counts.n2, level=level)
        rows += [
            row(f"change_p_{name}", float(changed[place]), method=f"exact permutation test{adjusted}"),
            row(f"equivalence_p_{name}", float(same[place]), method=f"TOST (Newcombe), margin {margin:g}{adjusted}"),
            row(f"detectable_{name}", size, method="exact power 0.8 of test and interval, from the earlier share"),
        ]
    return rows


def points_rows(compared: ComparedQuestion, frames: Sequence[pd.DataFrame], settings: Compare) -> list[Row]:
    """Every compared area. Parameters: `frames`, people × compared items of the earlier and the later round."""
    x, y = (frame.to_numpy(dtype=np.float64) for frame in frames)
    if not len(x) or not len(y):
        return []
    givers = np.array([np.count_nonzero(side, axis=0) for side in (x, y)])
    few = givers.min(axis=0) < FEWEST_GIVERS
    intervals, told, critical = _change_intervals(x, y, givers)
    adjusted, outcome = points_permutation(np.vstack([x, y]), np.array(["a"] * len(x) + ["b"] * len(y)))
    margin = _margin(compared, settings)
    tested = [
        _equivalence(compared.after.id, item.id, x[:, k], y[:, k], margin, compared.after.total, few=bool(few[k]))
        for k, item in enumerate(compared.items)
    ]
    same = holm(np.array([p for p, *_ in tested]))
    rows = [_fewest_row(compared, margin, compared.after.total, len(x) + len(y))]
    for k, item in enumerate(compared.items):
        row = partial(estimate_row, compared.after.id, item=item.id)
        for side, values in (("before", x[:, k]), ("after", y[:, k])):
            interval, method = points_mean(values)
            mean = round(float(values.mean()), 12)
            rows.append(row(f"mean_points_{side}", mean, interval=interval, n=len(values), method=method))
        n = len(x) + len(y)
        size = math.nan if few[k] else _detectable(x[:, k], y[:, k], compared.after.total, critical)
        rows += [
            row(
                "change_mean_points",
                _difference(x[:, k], y[:, k]),
                interval=intervals[k],
                n=n,
                method=f"later minus earlier; {told[k]}",
            ),
            row("change_p_max_t", float(adjusted[k]), n=n, method=outcome.method),
            row("equivalence_p_holm", float(same[k]), n=n, method=f"{tested[k][1]}; Holm over areas"),
            *tested[k][2],
            row("detectable_mean_points", size, n=n, method="power 0.8 with all areas judged at once, 5 %"),
        ]
        rows += _overlaps("overlap_change_mean_points", compared, item.id, x[:, k], y[:, k], settings.stated_overlap)
    return rows


def _equivalence(
    question: str, item: str, x: Floats, y: Floats, margin: float, span: float, *, few: bool = False
) -> tuple[float, str, list[Row]]:
    """The p that decides whether a mean is unchanged within the margin, how, and both tests it is the larger of. Where
    few gave anything, or a round is too small to rule a change out, it is 1 and there are no tests."""
    least, n = fewest_for_equivalence(margin, span), len(x) + len(y)
    why = f"no test: fewer than {FEWEST_GIVERS} givers in a round" if few else ""
    if not why and min(len(x), len(y)) < least:
        why = f"no test: margin {margin:g} needs {least} answers a round"
    tests = (math.nan, math.nan) if why else equivalence(x, y, margin)
    names = {"welch": "Welch's TOST", "bootstrap": f"studentised bootstrap at half its level, seed {SEED}"}
    rows = [
        estimate_row(question, f"equivalence_p_{name}", p, item=item, n=n, method=why or f"{told}, margin {margin:g}")
        for (name, told), p in zip(names.items(), tests, strict=True)
    ]
    return 1.0 if why else max(tests), why or "the larger p of both tests", rows


def _margin(compared: ComparedQuestion, settings: Compare) -> float:
    usual = settings.margins.mean_points if compared.after.type == "points" else settings.margins.mean
    return settings.margins.questions.get(compared.after.id, usual)


def _fewest_row(compared: ComparedQuestion, margin: float, span: float, n: int) -> Row:
    told = f"answers a round needs before a mean may be called unchanged, margin {margin:g} of {span:g}"
    return estimate_row(compared.after.id, "equivalence_fewest", fewest_for_equivalence(margin, span), n=n, method=told)


def _change_intervals(x: Floats, y: Floats, givers: Integers) -> tuple[list[Interval], list[str], float]:
    """Interval of each area's change, how it was found, and the standard errors the usual ones reach out.

    Usual where enough gave points in both rounds; a wider one where only in one round, so that an area nobody names any
    more is found; none where in neither. The 5 % are shared out among all areas that have one. Parameters: `givers`,
    rounds × areas.
    """
    usual, judged = givers.min(axis=0) >= FEWEST_GIVERS, givers.max(axis=0) >= FEWEST_GIVERS
    shared = usual if usual.any() else judged
    critical = math.nan
    if min(len(x), len(y)) > 1 and judged.any():
        level = 1 - 0.05 * np.count_nonzero(shared) / np.count_nonzero(judged)
        critical = critical_value(x[:, shared], y[:, shared], level=level)
    ends, told = simultaneous_intervals(x, y, critical=critical), []
    for k in range(x.shape[1]):
        how = f"interval for all areas at once (studentised bootstrap, max-T, seed {SEED})"
        if not judged[k] or math.isnan(critical):
            ends[k], how = NO_INTERVAL, f"no interval: fewer than {FEWEST_GIVERS} givers in each round"
        elif not usual[k]:
            ends[k] = sparse_interval(x[:, k], y[:, k], critical=critical, columns=int(judged.sum()))
            how = f"wide interval: fewer than {FEWEST_GIVERS} givers in a round (as if each gave nothing or the most)"
        told.append(how)
    return ends, told, critical


def _detectable(before: Floats, after: Floats, total: int, critical: float) -> float:
    """What the test of all areas at once can find in one of them. Below the floor too few givers would be left, even if
    those who stay gave as much as before."""
    givers = len(after) * np.count_nonzero(before) / len(before)
    floor = float(before.mean()) * (FEWEST_GIVERS + 3) / givers
    return detectable_mean(before, after, (0, total), critical=critical, floor=floor)


def scale_rows(compared: ComparedQuestion, frames: Sequence[pd.DataFrame], settings: Compare) -> list[Row]:
    """A scale question. Parameters: `frames`, people × `value`, the later round in the earlier one's direction."""
    x, y = (frame["value"].to_numpy(dtype=np.float64) for frame in frames)
    scale = compared.before.scale
    if not len(x) or not len(y) or scale is None:
        return []
    row = partial(estimate_row, compared.after.id)
    rows: list[Row] = []
    for side, values in (("before", x), ("after", y)):
        counts = np.array([np.count_nonzero(values == value) for value in scale.values()], dtype=np.int64)
        interval, method = bca_mean(values)
        spread, how = bootstrap_interval(counts, consensus_of)
        rows += [
            row(f"mean_{side}", round(float(values.mean()), 12), interval=interval, n=len(values), method=method),
            row(f"consensus_{side}", consensus(counts), interval=spread, n=len(values), method=how),
        ]
    rows += scale_change_rows(compared, x, y, settings)
    return rows + _overlaps("overlap_change_mean", compared, "", x, y, settings.stated_overlap)


def scale_change_rows(compared: ComparedQuestion, x: Floats, y: Floats, settings: Compare) -> list[Row]:
    """What is said of a change of a scale question, mean and top box. Parameters: values of either round."""
    scale = compared.before.scale
    if scale is None:
        return []
    n, row = len(x) + len(y), partial(estimate_row, compared.after.id)
    test = _welch(x, y)
    margin = _margin(compared, settings)
    exact = n <= MOST_PEOPLE and n**3 * (scale.high - scale.low) <= MOST_SUMMED
    p = permutation_p(x, y) if exact else _normal_p(test)
    how = "exact permutation test" if exact else "normal limit of the permutation test"
    same, told, tested = _equivalence(compared.after.id, "", x, y, margin, scale.high - scale.low)
    ends, method = (test.interval(), "Welch") if test else (NO_INTERVAL, "no interval: no spread")
    critical = verdict_critical(x, y) if test else math.nan
    size = detectable_mean(x, y, (scale.low, scale.high), critical=critical)
    rows = [
        row("change_mean", _difference(x, y), interval=ends, n=n, method=f"later minus earlier; {method}"),
        row("change_p", p, n=n, method=how),
        row("change_p_bootstrap", bootstrap_p(x, y), n=n, method=f"studentised bootstrap, seed {SEED}"),
        row("equivalence_p", same, n=n, method=told),
        *tested,
        _fewest_row(compared, margin, scale.high - scale.low, n),
        row("detectable_mean", size, n=n, method="power 0.8 where interval and bootstrap both find it, 5 %"),
    ]
    low, high = scale.top_box
    tops = [int(((values >= low) & (values <= high)).sum()) for values in (x, y)]
    counted = Counts("", tops[0], len(x), tops[1], len(y))
    return rows + top_box_rows(compared.after.id, counted, settings.margins.share)


def _difference(x: Floats, y: Floats) -> float:
    return round(float(y.mean() - x.mean()), 12)


def _welch(x: Floats, y: Floats) -> Welch | None:
    return welch(x, y) if min(len(x), len(y)) > 1 and (np.ptp(x) or np.ptp(y)) else None


def _normal_p(test: Welch | None) -> float:
    from scipy import special

    return 1.0 if test is None else float(2 * special.ndtr(-abs(test.difference) / test.error))


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
