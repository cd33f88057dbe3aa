"""Private frames in, long frames of numbers out: what an analyst calls, and what computes everything that is published.

A frame has a row per person, whose number is the index: points and rankings have a column per area, several choices one
of True and False per option; a scale or a single choice is a Series. `open_round` gives such frames with what the round
says about them in `attrs`; any frame of that shape will do.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ..contracts import BY_NAME, STATISTICS
from ..errors import DataError
from ..rounds import NOTES, Held, Scale
from .ballots import Ballots, competition_ranks, distinct_ballots, weighted_quantiles
from .group_tests import (
    cliffs_delta,
    contingency,
    effective_n,
    fisher_freeman_halton,
    kruskal_wallis,
    points_permutation,
)
from .intervals import Floats, Integers, bootstrap_mean, points_mean, shares, wilson
from .judges import kendall_w, kendall_w_p
from .pairs import pair_rows, power_rows
from .ranking import (
    FEWEST_BALLOTS,
    band_rows,
    confidence_sets,
    filled_ranks,
    order_rows,
    robustness_rows,
    standing_rows,
    tiers,
)
from .rows import SEED, Maker, Row, estimate_row
from .scales import agreement_rows
from .themes import note_rows

Data = pd.DataFrame | pd.Series
How = str | Callable[[Floats], float]
UNSTATED = "ohne_angabe"
"""Class of the people who have no value in a breakdown."""
COLUMNS = ["question", "segment", "item", "statistic", "estimate", "low", "high", "unit", "n", "method", "status"]
OWN, OWN_DRAWS = "eigene_kennzahl", 1_000
CHOSEN = ("choice", "choices")
AMOUNTS = (
    "mean",
    "mean_percentile",
    "givers",
    "share_giving",
    "mean_given",
    "lower_quartile",
    "median",
    "upper_quartile",
)
MIDDLE = ("mean", "median", "lower_quartile", "upper_quartile", "iqr")


def estimate(
    x: Data,
    how: How | Sequence[str],
    by: pd.Series | Sequence[pd.Series] | None = None,
    weights: pd.Series | None = None,
) -> pd.DataFrame:
    """One number per class and item, with its 95 % interval.

    `x`: a private frame. `how`: a name, several of them, or a function of the values of one column (its interval is a
    percentile bootstrap of 1,000 draws). Names, by what is measured:

    - points (of people who answered, zeros kept): mean (BCa), mean_percentile, median, lower_quartile, upper_quartile,
      mean_given (of the givers), givers, share_giving (Wilson), rank (of the means, without a set), bands (people per
      area and class of points)
    - scales (in the values as polled): mean (BCa), median, lower_quartile, upper_quartile, iqr; count and share per
      value, class_count and class_share per class of the scale; top_box_count, top_box (a share with Wilson's interval)
    - choices: count, share or mean (the same; Wilson) per option, of the people who chose anything
    - codings of the group notes (final ones, for all groups and each): statement_count, groups_covered, stance_count,
      cooccurrence, dots, group_rank and the like (`contracts.BY_NAME["notes"]`)
    - rankings: first_count, share_first, top_three_count, share_top_three, mean_rank or mean (BCa), mean_rank_given,
      borda, rank, tier, could_be_top3, p_top3, rank_given, pair_majority (`orders.order_rows`: how what was left
      unranked counts); `pair_tests`, `counting_rules`, `rank_sets` and `if_alike` take rankings as they take points
    - any, with weights: effective_n (Kish)

    `by`: any Series over the same people; its classes become segments (`name:class`), and who has no value is the
    class `ohne_angabe`; several Series are crossed (`a × b`). `weights`: a Series over the same people, for mean, rank
    and top_box; weighted results have no interval: they show how far a result hangs on the mix of groups. Nobody in a
    class: no rows.

    Returns the columns question, segment, item, statistic, estimate, low, high, unit, n, method, status; `attrs` hold
    the recipe. Raises: DataError for a name that the kind of `x` does not have.

    Statistics (Everybody):
    - `count`: people who chose the option or scale value, zeros included. Awkward: one person counts once per option.
      Case: g09.
    - `share`: count / respondents. Interval: Wilson. Awkward: several choices allowed: shares need not sum to 1.
      Source: [Wilson], [Brown]. Case: g01.
    Statistics (Points: the ranking):
    - `mean_points_percentile`: the same mean, for comparison of intervals. Interval: percentile bootstrap. Awkward: as
      above. Source: [Efron]. Case: g02.
    - `givers`: people who gave the area at least a point. Case: g10.
    - `share_giving_points`: givers / respondents. Interval: Wilson. Source: [Wilson], [Brown]. Case: g01, g10.
    - `mean_points_given`: mean points of the givers; n is the givers. Interval: BCa from 10 givers; widened below 15.
      Awkward: no giver: no row. Source: [Efron]. Case: hand-counted.
    Statistics (Scales):
    - `class_count`: people in a class of the scale: item "1-3"; classes from `round.yml`, else the top box and the
      halves of what lies beside it. Awkward: one value: item "3". Case: hand-counted.
    - `class_share`: class_count / respondents. Interval: Wilson. Source: [Wilson]. Case: hand-counted.
    - `top_box_count`: people in the top box. Case: g09.
    - `top_box_share`: top_box_count / respondents. Interval: Wilson. Awkward: one person: wide, from 0.21. Source:
      [Wilson], [Brown]. Case: g01, g09.
    - `mean`: mean of the values. Interval: BCa. Awkward: one answer or all equal: none. Source: [Efron]. Case: g02,
      g09.
    - `median`: midpoint of the central values. Source: R type 7. Case: g09.
    - `lower_quartile`: 25 % quantile, linear interpolation. Source: R type 7. Case: g09.
    - `upper_quartile`: 75 % quantile, linear interpolation. Source: R type 7. Case: g09.
    - `iqr`: upper minus lower quartile. Source: R type 7. Case: g09.
    """
    if _question(x) == NOTES:
        return _long(note_rows(x, [how] if isinstance(how, str) else list(how), people_hash(x)), x, how=how)  # type: ignore[arg-type]
    rows, names = list[Row](), [how] if isinstance(how, str) else how
    if by is not None and not isinstance(by, pd.Series):
        by = _crossed(x, by)
    for row, part in _classes(x, by):
        if callable(names):
            rows += [_own(values, names, row("count", math.nan, item=item, n=0)) for item, values in _columns(part)]
        elif weights is not None:
            rows += _weighted(part, names, weights, row)
        elif len(part):
            rows += _ROWS[kind_of(x)](part, names, row)
    return _long(rows, x, how=how, by=by, weights=weights)


def rank_sets(x: Data, by: pd.Series | None = None) -> pd.DataFrame:
    """`rank` (low and high: its simultaneous confidence set) and `tier` (low and high: first and last) of every area,
    by mean points, by the share that chose it, or by mean rank; but for choices also `could_be_top3` and `p_top3`
    (stability under resampling). `ranking.confidence_sets` says how. Rankings in which what was left out is missing:
    no rows."""
    rows = list[Row]() if _is_open(x) else _by_ballots(x, by, standing_rows, kinds=("points", "ranking", *CHOSEN))
    is_choice = kind_of(x) in CHOSEN
    return _long(
        [row for row in rows if not is_choice or row["statistic"] in ("rank", "tier")], x, how="rank_sets", by=by
    )


def pair_tests(points: pd.DataFrame, by: pd.Series | None = None) -> pd.DataFrame:
    """Every two areas (item "a|b", the larger mean first): `pair_difference` in points (BCa), whether the rank sets
    order them, the p of the paired sign-flip test, alone and adjusted for all pairs (Holm, max-T), and, of 10 to 300
    ballots, the power to order them with as many ballots again and the ballots it would take."""
    rows, is_ranking = _by_ballots(points, by, power_rows, pair_rows), kind_of(points) == "ranking"
    # Of rankings the difference would be one of places, not of points; `pair_majority` tells it.
    kept = [row for row in rows if not is_ranking or row["statistic"] != "pair_difference"]
    return _long(kept, points, how="pair_tests", by=by)


def counting_rules(
    points: Data,
    *,
    equal_groups: pd.Series | None = None,
    ballot_rules: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Ranks under other rules of counting (trimmed mean, median, share of givers, Borda, plurality, Copeland), the
    range over them and over every ballot left out once, and tau-b between rules. Of choices, every ballot left out.

    `equal_groups`: weights, or mean points per area, with which every group counts alike; `ballot_rules`: the points as
    they are under other rules for ballots, by the rule's name. Nobody answered: no rows.

    Statistics (Points: does the order survive?):
    - `rank_by_ballot_rule`: rank of the mean if one rule for ballots did the opposite (item `area|rule`); the ingest
      leaves such answers in the private table `rule_answers`. Awkward: no such table: no row. Case: hand-counted.
    """
    rows = _rule_rows(points, ballots_of(points, ("points", "ranking", *CHOSEN)), equal_groups, ballot_rules)
    return _long(rows, points, how="counting_rules")


def _rule_rows(
    x: Data,
    ballots: Ballots,
    equal_groups: pd.Series | None = None,
    ballot_rules: Mapping[str, pd.DataFrame] | None = None,
) -> list[Row]:
    if equal_groups is not None and not (isinstance(x, pd.DataFrame) and equal_groups.index.isin(x.columns).all()):
        equal_groups = estimate(x, "mean", weights=equal_groups).set_index("item")["estimate"]
    own = {} if equal_groups is None else {str(item): float(mean) for item, mean in equal_groups.items()}
    others = {rule: ballots_of(frame) for rule, frame in (ballot_rules or {}).items()}
    rules = {"points": None, "ranking": ("mean", "plurality", "copeland")}.get(kind_of(x), ())
    return robustness_rows(
        ballots, partial(estimate_row, _question(x)), equal_groups=own, ballot_rules=others, rules=rules
    )


def agreement(x: Data, by: pd.Series | None = None) -> pd.DataFrame:
    """How far people agree. Of a scale: `consensus` (Tastle & Wierman; 1 where all answer alike) and `agreement_a` (van
    der Eijk; −1 … 1), each on its own measure. Of rankings (judges × areas, 1 is best): Kendall's W over the areas that
    all ranked, and its exact p where the orders can be gone through."""
    rows: list[Row] = []
    for row, part in _classes(x, by):
        if isinstance(x, pd.Series):
            rows += agreement_rows(_scale_counts(part)[1], row)
            continue
        common = part.dropna(axis=1)
        if len(common) > 1 and common.shape[1] > 1:
            ranks, row = common.to_numpy(dtype=np.float64), partial(row, n=common.shape[1])
            w, p = kendall_w(ranks), kendall_w_p(ranks)
            how = "exact, all orders" if math.isnan(w) or not math.isnan(p) else "not computed: too many orders"
            rows += [row("kendall_w", w, method=f"{len(common)} judges"), row("kendall_w_p", p, method=how)]
    return _long(rows, x, how="agreement", by=by)


TESTS = {
    "points_permutation": ("points",),
    "kruskal_wallis": ("scale",),
    "fisher_freeman_halton": ("choice", "scale"),
}


def compare_groups(x: Data, by: pd.Series, test: str | None = None) -> pd.DataFrame:
    """Whether classes answer differently: p, the smallest p their sizes allow, and on scales Cliff's delta of each two
    classes (item "a|b", above 0 when a answers higher).

    `test`: kruskal_wallis (scales, the default there), fisher_freeman_halton (choices; scales by their top box) or
    points_permutation (points, also per area). Exact where that can be followed, `method` says how. People without a
    class are left out. Fewer than two classes: no rows.
    """
    whole, groups = x, by.reindex(x.index)
    x, groups = x[groups.notna()], groups[groups.notna()].astype(str)
    kind = kind_of(x)
    test = test or next((name for name, kinds in TESTS.items() if kind in kinds), "")
    if kind not in TESTS.get(test, ()):
        told = "; ".join(f"{name}: {', '.join(kinds)}" for name, kinds in TESTS.items())
        raise DataError(
            "compare_groups", f"a test of ours for what it is made for ({told})", f"{test or 'none'}, {kind}"
        )
    if groups.nunique() < 2:
        return _long([], whole, how=test, by=by)
    labels, row = groups.to_numpy(dtype=str), partial(estimate_row, _question(x), n=len(x))
    values, rows = x.to_numpy() if kind == "choice" else x.to_numpy(dtype=np.float64), list[Row]()
    if test == "points_permutation":
        areas, result = points_permutation(values, labels)
        pairs = zip(x.columns, areas.tolist(), strict=True)
        rows = [row(f"{test}_p", p, item=str(area), method=result.method) for area, p in pairs]
    elif test == "kruskal_wallis":
        result = kruskal_wallis(values, labels)
        named = list(groups.cat.categories) if isinstance(groups.dtype, pd.CategoricalDtype) else sorted(set(labels))
        for a, b in combinations([str(name) for name in named], 2):
            sides = [values[labels == name] for name in (a, b)]
            told = "share of pairs with a above b minus share below"
            delta = row("cliffs_delta", cliffs_delta(*sides), item=f"{a}|{b}", method=told)
            rows.append(delta | {"n": sum(map(len, sides))})
    else:
        low, high = (0.0, 0.0) if kind == "choice" else _scale_of(x).top_box
        chosen = values if kind == "choice" else (values >= low) & (values <= high)
        result = fisher_freeman_halton(contingency(labels, chosen.astype(str)))
    first = row(f"{test}_p", result.p, method=result.method)
    reached = row(f"{test}_p_smallest", result.smallest, method="smallest p these numbers of people can give")
    return _long([first, reached, *rows], whole, how=test, by=by)


@dataclass(frozen=True)
class Alike:
    """An assumption on who answered alike: how many times more people say as much as independent ones (Kish's design
    effect), and how that is told."""

    effect: float
    told: str


def kish(sizes: Sequence[int], people: int, correlation: float, told: str) -> Alike:
    """Kish's design effect 1 + (m − 1) · correlation, with m = Σ size² / people. Who is in no delegation of these
    `sizes` came alone. Source: Kish 1965.

    Statistics (When people do not answer independently):
    - `alike_effective_n`: people / (1 + (m − 1) · correlation), m = Σ size² / people. Awkward: delegations from
      `round.yml`, stated or polled (as many as answered that question); else everybody in twos. Source: [Kish]. Case:
      hand-counted.
    """
    alone = max(0, people - sum(sizes))
    effect = 1 + ((sum(size**2 for size in sizes) + alone) / max(1, sum(sizes) + alone) - 1) * correlation
    return Alike(effect, f"{told}, correlation {correlation:.2f}: design effect {effect:.2f} (Kish)")


IN_TWOS = kish([2], 2, 1.0, "assumed: everybody came with one other person")


def if_alike(x: Data, groups: pd.Series | None = None, correlation: float | str = 1.0) -> pd.DataFrame:
    """What would be left of a result if people of one group (a delegation, a firm, a table) had answered alike.

    All intervals assume that people answered independently. Here they count as Kish's effective number of people
    (`alike_effective_n`): intervals widen (`alike_mean_points`, `alike_mean`, `alike_top_box_share`), and rank sets and
    tiers are those that so few people would allow (`alike_rank`, `alike_tier`). An assumption laid open, not a
    correction: what people did before they voted was not polled.

    `groups`: a Series over the same people; who has none answered alone. Left out: the `delegations` of the round, or
    everybody in twos. `correlation`: 1 if members copied each other, 0 if they did not; "observed" takes the one seen
    (intraclass, analysis of variance, at least 0); "resampled" draws whole groups again instead (cluster bootstrap,
    from ten groups on). Source: Kish 1965.

    Statistics (When people do not answer independently):
    - `alike_mean_points`, `alike_mean`: the mean. Interval: the usual one, √(design effect) times as wide, within what
      can be answered. Awkward: as the usual. Source: [Kish]. Case: copied ballots.
    - `alike_share`, `alike_top_box_share`: the share. Interval: Wilson of as many effective answers. Source: [Kish],
      [Wilson]. Case: g01.
    """
    if (kind := kind_of(x)) == "ranking" and _is_open(x):
        raise DataError("if_alike", "rankings that are whole, or unranked: last", "options somebody left out")
    alike, ends = x.attrs.get("alike", IN_TWOS), None
    if groups is not None and len(x):
        labels = groups.reindex(x.index).astype(object)
        labels = labels.where(labels.notna(), [f"{UNSTATED} {person}" for person in x.index])
        wide = _wanted(x)
        if correlation == "resampled":
            alike, ends = _resampled(wide, labels)
        else:
            seen = _intraclass(wide, labels) if correlation == "observed" else float(correlation)
            how = "observed" if correlation == "observed" else "assumed"
            alike = kish(labels.value_counts().tolist(), len(x), seen, f"{how} within groups")
    if not len(x):
        return _long([], x)
    ballots = None if kind == "scale" else ballots_of(x, ("points", "ranking", *CHOSEN))
    means = _ROWS[kind](x, ["mean"], partial(estimate_row, _question(x))) if kind != "ranking" else []
    return _long(_alike_rows(x, alike, means, ballots, ends), x, how="if_alike", groups=groups)


def _alike_rows(
    x: Data, alike: Alike, means: list[Row], ballots: Ballots | None, ends: Floats | None = None
) -> list[Row]:
    """`means` or shares with their usual intervals; `ballots` of all but scales; `ends`: low and high end of each mean,
    where they were found otherwise than by widening the usual ones."""
    kind, n = kind_of(x), len(x) / alike.effect
    row = partial(estimate_row, _question(x), n=len(x), method=alike.told)
    rows = [row("alike_effective_n", n)]
    if math.isnan(n):
        return rows
    bounds = (0.0, math.inf) if kind != "scale" else (_scale_of(x).low, _scale_of(x).high)
    bounds = (0.0, x.attrs.get("total", math.inf)) if kind == "points" else bounds
    for place, usual in enumerate(means):
        mean, low, high = (float(str(usual[name])) for name in ("estimate", "low", "high"))
        reach = [mean + (end - mean) * alike.effect**0.5 for end in (low, high)]
        interval = tuple(np.clip(reach if ends is None else ends[place], *bounds).tolist())
        interval = wilson(mean * n, n) if kind in CHOSEN and ends is None else interval
        rows.append(row(f"alike_{usual['statistic']}", mean, item=str(usual["item"]), interval=interval))
    if ballots is None:
        share = float(pd.Series(x).between(*_scale_of(x).top_box).mean())
        return [*rows, row("alike_top_box_share", share, interval=wilson(share * n, n))]
    sets, ranks = confidence_sets(ballots, inflation=alike.effect), competition_ranks(ballots.means)
    columns = np.array((ranks, sets.low, sets.high, *tiers(ballots.means, sets.above))).T.astype(np.float64).tolist()
    for item, (rank, low, high, first, last) in zip(ballots.items, columns, strict=True):
        rows.append(row("alike_rank", int(rank), item=item, interval=(low, high)))
        rows.append(row("alike_tier", first, item=item, interval=(first, last)))
    return rows


def _resampled(frame: pd.DataFrame, labels: pd.Series) -> tuple[Alike, Floats]:
    """Cluster bootstrap: how much wider means vary when whole groups are drawn again, and 95 % of what they come to."""
    grouped = frame.groupby(labels, sort=True)
    sums, sizes = grouped.sum().to_numpy(dtype=np.float64), grouped.size().to_numpy()
    if len(sizes) < FEWEST_BALLOTS:
        return Alike(math.nan, f"not computed: fewer than {FEWEST_BALLOTS} groups"), np.empty(0)
    drawn = np.random.default_rng(SEED).multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), OWN_DRAWS)
    means = drawn @ sums / (drawn @ sizes)[:, None]
    alone = frame.to_numpy(dtype=np.float64).var(axis=0).sum() / len(frame)
    effect = max(1.0, float(means.var(axis=0).sum() / alone)) if alone else 1.0
    told = f"{len(sizes)} groups drawn again, {OWN_DRAWS} draws, seed {SEED}: design effect {effect:.2f}"
    return Alike(effect, told), np.quantile(means, [0.025, 0.975], axis=0).T


def _intraclass(frame: pd.DataFrame, labels: pd.Series) -> float:
    """Intraclass correlation by analysis of variance, all columns together; 0 where groups do not agree within."""
    sizes, people = labels.value_counts(), len(frame)
    if len(sizes) < 2 or len(sizes) == people:
        return 0.0
    means = frame.groupby(labels).transform("mean")
    between = float(((means - frame.mean()) ** 2).to_numpy().sum()) / (len(sizes) - 1)
    within = float(((frame - means) ** 2).to_numpy().sum()) / (people - len(sizes))
    usual_size = (people - float((sizes**2).sum()) / people) / (len(sizes) - 1)
    spread = between + (usual_size - 1) * within
    return min(1.0, max(0.0, (between - within) / spread)) if spread > 0 else 0.0


def results_of(x: Any, **others: Any) -> pd.DataFrame:
    """All results of one question for everybody, as they are published: a loop over the functions above.

    Parameters: `others`, see `counting_rules` (points only). Nobody answered: no rows.
    """
    kind = kind_of(x)
    if not len(x):
        return _long([], x)
    if kind == "points":  # the ballots are counted once
        return _long(_points_rows(x, **others), x)
    if kind == "scale":
        tops, classes = ("top_box_count", "top_box"), ("class_count", "class_share")
        parts = [estimate(x, ("count", "share")), estimate(x, classes), estimate(x, tops), estimate(x, MIDDLE)]
        parts += [agreement(x), if_alike(x)]
    elif kind == "ranking":
        parts = [_long(order_rows(x, partial(estimate_row, _question(x))), x)]
        parts += [] if _is_open(x) else [pair_tests(x), counting_rules(x), if_alike(x)]
    else:
        parts = [estimate(x, ("count", "share"))]
        parts += [rank_sets(x)] if x.attrs.get("is_priority") else []
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _points_rows(x: pd.DataFrame, **others: Any) -> list[Row]:
    ballots, row = ballots_of(x), partial(estimate_row, _question(x))
    amounts = _amount_rows(ballots, AMOUNTS, row)
    rows = sorted(amounts + standing_rows(ballots, row), key=lambda own: ballots.items.index(str(own["item"])))
    rows += band_rows(ballots, row, x.attrs.get("total", 100)) + power_rows(ballots, row)
    rows += pair_rows(ballots, row) + _rule_rows(x, ballots, **others)
    means = [own for own in amounts if own["statistic"] == "mean_points"]
    return rows + _alike_rows(x, x.attrs.get("alike", IN_TWOS), means, ballots)


def kind_of(x: Data) -> str:
    """points, scale, choice (one option a person), choices (several) or ranking: told by shape and type of the values;
    a ranking by what the round says about it (`attrs["unranked"]`)."""
    if isinstance(x, pd.Series):
        number = pd.api.types.is_numeric_dtype(x.dtype) and not pd.api.types.is_bool_dtype(x.dtype)
        return "scale" if number else "choice"
    if "unranked" in x.attrs:
        return "ranking"
    return "choices" if all(pd.api.types.is_bool_dtype(dtype) for dtype in x.dtypes) and len(x.columns) else "points"


def _question(x: Data) -> str:
    return str(x.attrs.get("question") or (x.name if isinstance(x, pd.Series) and x.name else "eigene_frage"))


def _classes(x: Data, by: pd.Series | None) -> Iterator[tuple[Maker, Any]]:
    """What makes the rows of a segment, and the people in it: all, or each class of a breakdown, those without a value
    last."""
    row = partial(estimate_row, _question(x))
    if by is None:
        yield row, x
        return
    values = by.reindex(x.index)
    if by.attrs.get("is_group") and not by.notna().any():  # no group can be shown
        return
    named = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else sorted(values.dropna().unique())
    ahead = "" if by.attrs.get("is_group") else f"{by.name or 'eigene'}:"
    for name in named:
        if (mine := (values == name).fillna(False).to_numpy(dtype=bool)).any():
            yield partial(row, segment=f"{ahead}{name}"), x[mine]
    if values.isna().any():
        yield partial(row, segment=f"{ahead}{UNSTATED}"), x[values.isna().to_numpy()]


def _crossed(x: Data, several: Sequence[pd.Series]) -> pd.Series:
    """One Series of the classes `a × b` of several."""
    parts = [one.reindex(x.index).astype(object).where(lambda values: values.notna(), UNSTATED) for one in several]
    names = [" × ".join(map(str, values)) for values in zip(*parts, strict=True)]
    return pd.Series(names, index=x.index, dtype=object, name="_".join(str(one.name or "eigene") for one in several))


def _long(rows: list[Row], x: Data, **recipe: Any) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    told = {name: getattr(value, "name", value) for name, value in recipe.items() if value is not None}
    frame.attrs["recipe"] = {"question": _question(x), "people": len(x)} | told
    if "of" in x.attrs:
        frame.attrs["of"], frame.attrs["recipe"]["who"] = x.attrs["of"], people_hash(x)
    if recipe.get("by") is not None:
        frame.attrs["breakdown"] = Held(recipe["by"])
    return frame


def people_hash(x: Data) -> str:
    """Stands for who is in a private frame, and for what they said."""
    frame = x.to_frame() if isinstance(x, pd.Series) else x
    said = frame.to_numpy()
    packed = repr(said.tolist()).encode() if said.dtype == object else np.ascontiguousarray(said).tobytes()
    told = repr([[str(name) for name in frame.columns], frame.index.tolist()]).encode()
    return hashlib.sha256(told + packed).hexdigest()[:16]


def _columns(x: Data) -> Iterator[tuple[str, Floats]]:
    frame = x.to_frame("") if isinstance(x, pd.Series) else x
    for item in frame.columns:
        yield str(item), frame[item].dropna().to_numpy(dtype=np.float64)


def _own(values: Floats, how: Callable[[Floats], float], row: Row) -> Row:
    """A row of an analyst's own statistic, which no table of ours knows and no page shows without being declared."""
    name = getattr(how, "__name__", OWN).replace("<lambda>", OWN)
    told, numbers = "own function; no interval: fewer than two answers", [math.nan] * 3
    if len(values):
        numbers[0] = float(how(values))
    if len(values) > 1:
        rng = np.random.default_rng(SEED)
        drawn = [float(how(values[rng.integers(0, len(values), len(values))])) for _ in range(OWN_DRAWS)]
        numbers[1:] = np.quantile(drawn, [0.025, 0.975]).tolist()
        told = f"own function; percentile, {OWN_DRAWS} draws, seed {SEED}"
    made = dict(zip(("estimate", "low", "high"), numbers, strict=True)) | {"n": len(values), "method": told}
    return row | made | {"statistic": name, "unit": STATISTICS.get(name, ""), "status": "own"}


def _is_open(x: Data) -> bool:
    """Whether it is rankings in which somebody left options out, and these count as missing."""
    return x.attrs.get("unranked") == "missing" and bool(x.isna().to_numpy().any())


def _wanted(x: Any) -> pd.DataFrame:
    """People × options, the more the better: points; chosen (1) or not (0); of rankings the options ranked below. A
    scale is one column."""
    kind = kind_of(x)
    if kind == "scale":
        x = x.to_frame()
    elif kind == "choice":
        x = x.dropna()
        x = pd.DataFrame({option: x == option for option in x.attrs.get("options") or sorted(x.unique())})
    elif kind == "choices":
        x = x[x.any(axis=1)]
    elif kind == "ranking":
        x = pd.DataFrame(x.shape[1] - filled_ranks(x.to_numpy(dtype=np.float64)), index=x.index, columns=x.columns)
    return x.astype(np.float64)


def ballots_of(x: Data, kinds: Sequence[str] = ("points", "ranking")) -> Ballots:
    """Ballots of points; of rankings and choices with what stands for points (`_wanted`)."""
    if (kind := kind_of(x)) not in kinds or _is_open(x):
        saw = "rankings in which options were left out, that count as missing" if kind in kinds else kind
        raise DataError("an order of areas", f"a frame of {', '.join(kinds)}", saw)
    wanted = _wanted(x)
    return distinct_ballots(wanted.to_numpy(), [str(item) for item in wanted.columns])


def _by_ballots(
    x: Data,
    by: pd.Series | None,
    *makers: Callable[..., list[Row]],
    kinds: Sequence[str] = ("points", "ranking"),
) -> list[Row]:
    """What `makers` say of every class."""
    found = ((row, ballots_of(part, kinds)) for row, part in _classes(x, by))
    return [one for row, own in found if own.n for make in makers for one in make(own, row)]


def _points(x: pd.DataFrame, names: Sequence[str], row: Maker) -> list[Row]:
    _check(names, (*AMOUNTS, "rank", "bands"), x)
    ballots = ballots_of(x)
    bands = band_rows(ballots, row, x.attrs.get("total", 100)) if "bands" in names else []
    return _amount_rows(ballots, names, row) + bands


QUANTILES = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}


def _amount_rows(ballots: Ballots, names: Sequence[str], row: Maker) -> list[Row]:
    rows, n = list[Row](), ballots.n
    ranks = competition_ranks(ballots.means).tolist()
    for item, held, mean, givers, rank in zip(
        ballots.items, ballots.held, ballots.means.tolist(), ballots.givers.tolist(), ranks, strict=True
    ):
        for name in names:
            made = partial(row, BY_NAME["points"].get(name, name), item=item, n=n)
            if name in QUANTILES:
                value = float(weighted_quantiles(*held, np.array([QUANTILES[name]]))[0])
                rows.append(made(value, method="linear interpolation"))
            elif name == "givers":
                rows.append(made(givers, method="count"))
            elif name == "share_giving":
                rows.append(made(givers / n, interval=wilson(givers, n), method="Wilson"))
            elif name == "rank":
                rows.append(made(rank, method="rank of the means; for its confidence set: rank_sets"))
            elif name == "mean_given" and givers:
                interval, method = points_mean(held[0][held[0] > 0], held[1][held[0] > 0])
                rows.append(made(mean * n / givers, interval=interval, n=givers, method=method))
            elif name in ("mean", "mean_percentile"):
                interval, method = points_mean(*held, kind="BCa" if name == "mean" else "percentile")
                rows.append(made(mean, interval=interval, method=method))
    return rows


def _scale_of(x: Any) -> Scale:
    """The scale of the round, else the whole numbers that occur, with their upper third as top box."""
    if isinstance(scale := x.attrs.get("scale"), Scale):
        return scale
    low, high = math.floor(x.min()), max(math.ceil(x.max()), math.floor(x.min()) + 1)
    top = high - (high - low) // 3
    return Scale(low=low, high=high, low_label="niedrig", high_label="hoch", top_box=(top, high))


def _scale_counts(x: pd.Series) -> tuple[list[int], Integers]:
    """The values of the scale and the people at each."""
    values = _scale_of(x).values()
    numbers = x.dropna().to_numpy(dtype=np.float64)
    return values, np.array([np.count_nonzero(numbers == value) for value in values], dtype=np.int64)


def _scale(x: pd.Series, names: Sequence[str], row: Maker) -> list[Row]:
    scale, (values, counts) = _scale_of(x), _scale_counts(x)
    n, points = int(counts.sum()), np.array(values, dtype=np.float64)
    _check(names, (*MIDDLE, *(name for name in BY_NAME["scale"] if name not in MIDDLE)), x)
    if not n:
        return []
    ranges = {
        ("count", "share"): [(str(value), (value, value)) for value in values],
        ("class_count", "class_share"): list(zip(scale.class_items(), scale.shown_classes(), strict=True)),
        ("top_box_count", "top_box"): [("", scale.top_box)],
    }
    rows: list[Row] = []
    for pair, items in ranges.items():
        for item, (low, high) in items:
            people = int(counts[(points >= low) & (points <= high)].sum())
            made = shares(row, [BY_NAME["scale"][name] for name in pair], people, n, item=item)
            rows += [one for name, one in zip(pair, made, strict=True) if name in names]
    quantiles = dict(
        zip(QUANTILES, weighted_quantiles(points, counts, np.array([*QUANTILES.values()])).tolist(), strict=True)
    )
    quantiles["iqr"] = quantiles["upper_quartile"] - quantiles["lower_quartile"]
    for name in names:
        if name in quantiles:
            how = "midpoint of the central values" if name == "median" else "linear interpolation"
            rows.append(row(name, quantiles[name], n=n, method=how))
        elif name == "mean":
            interval, how = bootstrap_mean(points[counts > 0], counts[counts > 0])
            how += "; steps of a verbal scale taken as equal" if scale.is_verbal else ""
            rows.append(row("mean", float(counts @ points / n), interval=interval, n=n, method=how))
    return rows


def _choice(x: Data, names: Sequence[str], row: Maker) -> list[Row]:
    _check(names, ("count", "share", "mean"), x)
    wanted, rows = _wanted(x), list[Row]()
    for option, people in wanted.sum().items() if len(wanted) else ():
        made = shares(row, ("count", "share"), int(people), len(wanted), item=str(option))
        rows += [one for kept, one in zip((("count",), ("share", "mean")), made, strict=True) if {*kept} & {*names}]
    return rows


def _ranking(x: pd.DataFrame, names: Sequence[str], row: Maker) -> list[Row]:
    rows, wanted = order_rows(x, row), ["mean_rank" if name == "mean" else name for name in names]
    _check(wanted, [*dict.fromkeys(str(one["statistic"]) for one in rows)], x)
    return [one for one in rows if one["statistic"] in wanted]


def _check(names: Sequence[str], known: Sequence[str], x: Data) -> None:
    if unknown := [name for name in names if name not in known]:
        expected = f"one of {', '.join(known)} for {kind_of(x)}, or a function"
        raise DataError("estimate", expected, f"“{unknown[0]}”")


_ROWS: dict[str, Callable[..., list[Row]]] = {
    "points": _points,
    "scale": _scale,
    "choice": _choice,
    "choices": _choice,
    "ranking": _ranking,
}


def _weighted(x: Any, names: Sequence[str], weights: pd.Series, row: Maker) -> list[Row]:
    """Weighted results of the people who have a weight; the weights sum to 1 over them."""
    known = weights.reindex(x.index).dropna()
    x, share = x.loc[known.index], known.to_numpy(dtype=np.float64)
    if not len(x) or not share.sum():
        return []
    share = share / share.sum()
    told = f"{weights.attrs.get('method', 'own weights')}; sensitivity only"
    row = partial(row, n=len(x), method=told, **({"segment": str(weights.name)} if weights.name else {}))
    rows = [row("effective_n", effective_n(share))] if "effective_n" in names else []
    if kind_of(x) == "points":
        means = np.round(share @ x.to_numpy(dtype=np.float64), 12)
        for item, mean, rank in zip(x.columns, means.tolist(), competition_ranks(means).tolist(), strict=True):
            found = {"mean": row("mean_points", mean, item=str(item)), "rank": row("rank", rank, item=str(item))}
            rows += [found[name] for name in names if name in found]
    elif kind_of(x) == "scale":
        top = float(share @ x.between(*_scale_of(x).top_box).to_numpy(dtype=np.float64))
        rows += [row("top_box_share", min(1.0, round(top, 12)))] if "top_box" in names else []
        rows += [row("mean", float(share @ x.to_numpy(dtype=np.float64)))] if "mean" in names else []
    return rows
