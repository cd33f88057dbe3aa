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

from ..contracts import STATISTICS
from ..errors import DataError
from ..rounds import Held, Scale
from .ballots import Ballots, competition_ranks, distinct_ballots, weighted_quantiles
from .group_tests import (
    cliffs_delta,
    contingency,
    effective_n,
    fisher_freeman_halton,
    kruskal_wallis,
    points_permutation,
)
from .intervals import Floats, Integers, bca_mean, points_mean, shares, wilson
from .judges import kendall_w, kendall_w_p
from .orders import filled_ranks, order_rows
from .pairs import pair_rows, power_rows
from .ranking import FEWEST_BALLOTS, band_rows, confidence_sets, robustness_rows, standing_rows, tiers
from .rows import NO_INTERVAL, SEED, Row, estimate_row
from .scales import agreement_rows

Data = pd.DataFrame | pd.Series
How = str | Callable[[Floats], float]
UNSTATED = "ohne_angabe"
"""Class of the people who have no value in a breakdown."""
COLUMNS = ["question", "segment", "item", "statistic", "estimate", "low", "high", "unit", "n", "method", "status"]
OWN_DRAWS = 1_000
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
    """
    rows: list[Row] = []
    if by is not None and not isinstance(by, pd.Series):
        by = _crossed(x, by)
    for segment, part in _classes(x, by):
        row = partial(estimate_row, _question(x), segment=segment)
        if weights is not None:
            rows += _weighted(part, _names(how), weights, row)
        elif callable(how):
            rows += [_own(values, how, _question(x), segment, item) for item, values in _columns(part)]
        elif len(part):
            rows += _ROWS[kind_of(x)](part, _names(how), row)
    return _long(rows, x, how=how, by=by, weights=weights)


def rank_sets(x: Data, by: pd.Series | None = None) -> pd.DataFrame:
    """`rank` (low and high: its simultaneous confidence set) and `tier` (low and high: first and last) of every area,
    by mean points, by the share that chose it, or by mean rank; but for choices also `could_be_top3` and `p_top3`
    (stability under resampling). `ranking.confidence_sets` says how. Rankings in which what was left out is missing:
    no rows."""
    if kind_of(x) == "ranking" and x.attrs["unranked"] == "missing" and x.isna().to_numpy().any():
        return _long([], x, how="rank_sets", by=by)
    if kind_of(x) in ("points", "ranking"):
        return _by_ballots(x, by, standing_rows)
    return _by_ballots(x, by, standing_rows, kept=("rank", "tier"))


def pair_tests(points: pd.DataFrame, by: pd.Series | None = None) -> pd.DataFrame:
    """Every two areas (item "a|b", the larger mean first): `pair_difference` in points (BCa), whether the rank sets
    order them, the p of the paired sign-flip test, alone and adjusted for all pairs (Holm, max-T), and, of 10 to 300
    ballots, the power to order them with as many ballots again and the ballots it would take."""
    found = _by_ballots(points, by, power_rows, pair_rows)
    # Of rankings the difference would be one of places, not of points; `pair_majority` tells it.
    return found[found["statistic"] != "pair_difference"] if kind_of(points) == "ranking" else found


def counting_rules(
    points: pd.DataFrame,
    *,
    equal_groups: pd.Series | None = None,
    ballot_rules: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Ranks under other rules of counting (trimmed mean, median, share of givers, Borda, plurality, Copeland), the
    range over them and over every ballot left out once, and tau-b between rules.

    `equal_groups`: weights, or mean points per area, with which every group counts alike; `ballot_rules`: the points as
    they are under other rules for ballots, by the rule's name. Nobody answered: no rows.
    """
    rows = _rule_rows(points, _ballots(points), equal_groups=equal_groups, ballot_rules=ballot_rules)
    return _long(rows, points, how="counting_rules")


def _rule_rows(
    points: pd.DataFrame,
    ballots: Ballots,
    *,
    equal_groups: pd.Series | None = None,
    ballot_rules: Mapping[str, pd.DataFrame] | None = None,
) -> list[Row]:
    means = equal_groups
    if equal_groups is not None and not equal_groups.index.isin(points.columns).all():
        means = estimate(points, "mean", weights=equal_groups).set_index("item")["estimate"]
    others = {rule: _ballots(frame) for rule, frame in (ballot_rules or {}).items()}
    own = {str(item): float(mean) for item, mean in means.items()} if means is not None else {}
    rules = ("mean", "plurality", "copeland") if kind_of(points) == "ranking" else None
    return robustness_rows(ballots, _question(points), equal_groups=own, ballot_rules=others, rules=rules)


def agreement(x: Data, by: pd.Series | None = None) -> pd.DataFrame:
    """How far people agree. Of a scale: `consensus` (Tastle & Wierman; 1 where all answer alike) and `agreement_a` (van
    der Eijk; −1 … 1), each on its own measure. Of rankings (judges × areas, 1 is best): Kendall's W over the areas that
    all ranked, and its exact p where the orders can be gone through."""
    rows: list[Row] = []
    for segment, part in _classes(x, by):
        if isinstance(x, pd.Series):
            rows += agreement_rows(_scale_counts(part)[1], _question(x), segment=segment)
            continue
        common = part.dropna(axis=1)
        row = partial(estimate_row, _question(x), segment=segment, n=common.shape[1])
        if len(common) < 2 or common.shape[1] < 2:
            continue
        ranks = common.to_numpy(dtype=np.float64)
        try:
            p, how = kendall_w_p(ranks), "exact, all orders"
        except ValueError:
            p, how = math.nan, "not computed: too many orders"
        rows += [row("kendall_w", kendall_w(ranks), method=f"{len(common)} judges"), row("kendall_w_p", p, method=how)]
    return _long(rows, x, how="agreement", by=by)


def compare_groups(x: Data, by: pd.Series, test: str | None = None) -> pd.DataFrame:
    """Whether classes answer differently: p, the smallest p their sizes allow, and on scales Cliff's delta of each two
    classes (item "a|b", above 0 when a answers higher).

    `test`: kruskal_wallis (scales, the default there), fisher_freeman_halton (choices; scales by their top box) or
    points_permutation (points, also per area). Exact where that can be followed, `method` says how. People without a
    class are left out. Fewer than two classes: no rows.
    """
    groups = by.reindex(x.index)
    x, groups = x[groups.notna()], groups[groups.notna()].astype(str)
    kind = kind_of(x)
    test = test or {"points": "points_permutation", "scale": "kruskal_wallis"}.get(kind, "fisher_freeman_halton")
    if groups.nunique() < 2:
        return _long([], x, how=test, by=by)
    labels, row = groups.to_numpy(dtype=str), partial(estimate_row, _question(x), n=len(x))
    rows: list[Row] = []
    if test == "points_permutation":
        areas, result = points_permutation(x.to_numpy(dtype=np.float64), labels)
        rows = [
            row(f"{test}_p", float(p), item=str(a), method=result.method) for a, p in zip(x.columns, areas, strict=True)
        ]
    elif test == "kruskal_wallis":
        result = kruskal_wallis(x.to_numpy(dtype=np.float64), labels)
        named = list(groups.cat.categories) if isinstance(groups.dtype, pd.CategoricalDtype) else sorted(set(labels))
        told = "share of pairs with a above b minus share below"
        for a, b in combinations([str(name) for name in named], 2):
            sides = [x.to_numpy(dtype=np.float64)[labels == name] for name in (a, b)]
            n = sum(map(len, sides))
            rows.append(row("cliffs_delta", cliffs_delta(*sides), item=f"{a}|{b}", method=told) | {"n": n})
    else:
        found: Any = x
        chosen = found if kind == "choice" else found.between(*_scale_of(x).top_box)
        result = fisher_freeman_halton(contingency(labels, chosen.to_numpy(dtype=str)))
    reached = "smallest p these numbers of people can give"
    first = [row(f"{test}_p", result.p, method=result.method)]
    return _long([*first, row(f"{test}_p_smallest", result.smallest, method=reached), *rows], x, how=test, by=by)


@dataclass(frozen=True)
class Alike:
    """An assumption on who answered alike: how many times more people say as much as independent ones (Kish's design
    effect), and how that is told."""

    effect: float
    told: str


def kish(sizes: Sequence[int], people: int, correlation: float, told: str) -> Alike:
    """Kish's design effect 1 + (m − 1) · correlation, with m = Σ size² / people. Who is in no delegation of these
    `sizes` came alone. Source: Kish 1965."""
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
    """
    if (kind := kind_of(x)) not in ("points", "scale", "ranking"):
        raise DataError("if_alike", "points, a scale or rankings", kind)
    alike, ends = x.attrs.get("alike", IN_TWOS), None
    if groups is not None and len(x):
        labels = groups.reindex(x.index).astype(object)
        labels = labels.where(labels.notna(), [f"{UNSTATED} {person}" for person in x.index])
        if correlation == "resampled":
            alike, ends = _resampled(x, labels)
        else:
            seen = _intraclass(x, labels) if correlation == "observed" else float(correlation)
            how = "observed" if correlation == "observed" else "assumed"
            alike = kish(labels.value_counts().tolist(), len(x), seen, f"{how} within groups")
    if not len(x):
        return _long([], x)
    ballots = _ballots(x) if isinstance(x, pd.DataFrame) else None
    row, means = partial(estimate_row, _question(x)), list[Row]()
    if kind != "ranking":
        means = _amount_rows(ballots, ["mean"], row) if ballots else _scale(x, ["mean"], row)  # type: ignore[arg-type]
    return _long(_alike_rows(x, alike, means, ballots, ends), x, how="if_alike", groups=groups)


def _alike_rows(
    x: Data, alike: Alike, means: list[Row], ballots: Ballots | None = None, ends: Floats | None = None
) -> list[Row]:
    """`means` with their usual intervals; `ballots` of points; `ends`: low and high end of each mean, where they were
    found otherwise than by widening the usual ones."""
    people, n = len(x), len(x) / alike.effect
    row = partial(estimate_row, _question(x), n=people, method=alike.told)
    rows = [row("alike_effective_n", n)]
    if math.isnan(n):
        return rows
    scale = _scale_of(x) if isinstance(x, pd.Series) else None
    bounds = (scale.low, scale.high) if scale else (0, x.attrs.get("total", math.inf))
    for place, usual in enumerate(means):
        mean, low, high = (float(str(usual[name])) for name in ("estimate", "low", "high"))
        reach = [mean + (end - mean) * alike.effect**0.5 for end in (low, high)]
        low, high = np.clip(reach if ends is None else ends[place], *bounds).tolist()
        rows.append(row(f"alike_{usual['statistic']}", mean, item=str(usual["item"]), interval=(low, high)))
    if ballots is None or isinstance(x, pd.Series):
        share = float(pd.Series(x).between(*_scale_of(x).top_box).mean())
        return [*rows, row("alike_top_box_share", share, interval=wilson(share * n, n))]
    sets = confidence_sets(ballots, inflation=alike.effect)
    first, last = tiers(ballots.means, sets.above)
    for place, (item, rank) in enumerate(zip(ballots.items, competition_ranks(ballots.means), strict=True)):
        ranks, tier = (float(sets.low[place]), float(sets.high[place])), (float(first[place]), float(last[place]))
        rows.append(row("alike_rank", int(rank), item=item, interval=ranks))
        rows.append(row("alike_tier", tier[0], item=item, interval=tier))
    return rows


def _resampled(x: Data, labels: pd.Series) -> tuple[Alike, Floats]:
    """Cluster bootstrap: how much wider means vary when whole groups are drawn again, and 95 % of what they come to."""
    frame = x.to_frame() if isinstance(x, pd.Series) else x
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


def _intraclass(x: Data, labels: pd.Series) -> float:
    """Intraclass correlation by analysis of variance, all columns together; 0 where groups do not agree within."""
    frame = x.to_frame() if isinstance(x, pd.Series) else x
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
        parts = [_long(order_rows(x, _question(x), unranked=x.attrs["unranked"]), x)]
        if x.attrs["unranked"] == "last" or not x.isna().any(axis=None):
            parts += [pair_tests(x), counting_rules(x), if_alike(x)]
    else:
        parts = [estimate(x, ("count", "share")), *([rank_sets(x)] if x.attrs.get("is_priority") else [])]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _points_rows(x: pd.DataFrame, **others: Any) -> list[Row]:
    ballots, question = _ballots(x), _question(x)
    amounts = _amount_rows(ballots, AMOUNTS, partial(estimate_row, question))
    place = {item: number for number, item in enumerate(ballots.items)}
    rows = sorted(amounts + standing_rows(ballots, question), key=lambda row: place[str(row["item"])])
    rows += band_rows(ballots, question, x.attrs.get("total", 100)) + power_rows(ballots, question)
    rows += pair_rows(ballots, question) + _rule_rows(x, ballots, **others)
    means = [row for row in amounts if row["statistic"] == "mean_points"]
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


def _names(how: How | Sequence[str]) -> Sequence[str]:
    return [how] if isinstance(how, str) else list(how)  # type: ignore[arg-type]


def _classes(x: Data, by: pd.Series | None) -> Iterator[tuple[str, Any]]:
    """Segment and the people in it: all, or each class of a breakdown, those without a value last."""
    if by is None:
        yield "all", x
        return
    values = by.reindex(x.index)
    if by.attrs.get("is_group") and not by.notna().any():  # no group can be shown
        return
    named = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else sorted(values.dropna().unique())
    ahead = "" if by.attrs.get("is_group") else f"{by.name or 'eigene'}:"
    for name in named:
        if (mine := (values == name).fillna(False).to_numpy(dtype=bool)).any():
            yield f"{ahead}{name}", x[mine]
    if values.isna().any():
        yield f"{ahead}{UNSTATED}", x[values.isna().to_numpy()]


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


def _unknown(name: str, x: Data, known: Sequence[str]) -> DataError:
    return DataError("estimate", f"one of {', '.join(known)} for {kind_of(x)}, or a function", f"“{name}”")


def _columns(x: Data) -> Iterator[tuple[str, Floats]]:
    frame = x.to_frame("") if isinstance(x, pd.Series) else x
    for item in frame.columns:
        yield str(item), frame[item].dropna().to_numpy(dtype=np.float64)


def _own(values: Floats, how: Callable[[Floats], float], question: str, segment: str, item: str) -> Row:
    """A row of an analyst's own statistic, which no table of ours knows and no page shows without being declared."""
    low, high, told = math.nan, math.nan, "own function; no interval: fewer than two answers"
    if len(values) > 1:
        rng = np.random.default_rng(SEED)
        drawn = [float(how(values[rng.integers(0, len(values), len(values))])) for _ in range(OWN_DRAWS)]
        (low, high), told = (
            np.quantile(drawn, [0.025, 0.975]),
            f"own function; percentile, {OWN_DRAWS} draws, seed {SEED}",
        )
    name = getattr(how, "__name__", "eigene_kennzahl").replace("<lambda>", "eigene_kennzahl")
    numbers = {"estimate": float(how(values)) if len(values) else math.nan, "low": float(low), "high": float(high)}
    key = {"question": question, "segment": segment, "item": item, "statistic": name}
    return key | numbers | {"unit": STATISTICS.get(name, ""), "n": len(values), "method": told, "status": "own"}


def _ballots(points: Data) -> Ballots:
    """Ballots of points; of rankings with the options ranked below (Borda) in their place."""
    kind, items = kind_of(points), [str(item) for item in points.columns] if isinstance(points, pd.DataFrame) else []
    if kind not in ("points", "ranking"):
        raise DataError("points", "a frame of points or ranks, people × areas", kind)
    values = points.to_numpy(dtype=np.float64)
    if kind == "ranking":
        if points.attrs["unranked"] == "missing" and np.isnan(values).any():
            raise DataError("ranking", "rankings that are whole, or unranked: last", "options somebody left out")
        values = len(items) - filled_ranks(values)
    return distinct_ballots(values, items)


def _wanted(x: Any) -> Ballots:
    """People × options, the more the better: chosen (1) or not (0); of rankings the options ranked below."""
    kind = kind_of(x)
    if kind == "choice":
        x = x.dropna()
        x = pd.DataFrame({option: x == option for option in x.attrs.get("options") or sorted(x.unique())})
    elif kind == "choices":
        x = x[x.any(axis=1)]
    elif kind == "ranking":
        x = pd.DataFrame(x.shape[1] - filled_ranks(x.to_numpy(dtype=np.float64)), columns=x.columns)
    else:
        raise DataError("rank_sets", "points, choices or a ranking", kind)
    return distinct_ballots(x.to_numpy(dtype=np.float64), [str(item) for item in x.columns])


def _by_ballots(
    x: Data, by: pd.Series | None, *makers: Callable[..., list[Row]], kept: Sequence[str] = ()
) -> pd.DataFrame:
    """What `makers` say of every class; of other frames than points only the statistics `kept`."""
    rows: list[Row] = []
    for segment, part in _classes(x, by):
        ballots = _wanted(part) if kept else _ballots(part)
        if ballots.n:
            rows += [row for make in makers for row in make(ballots, _question(x), segment=segment)]
    rows = [row for row in rows if not kept or row["statistic"] in kept]
    return _long(rows, x, how=makers[-1].__name__, by=by)


def _points(x: pd.DataFrame, names: Sequence[str], row: Callable[..., Row]) -> list[Row]:
    for name in names:
        if name not in (*_AMOUNTS, "bands"):
            raise _unknown(name, x, [*_AMOUNTS, "bands"])
    ballots = _ballots(x)
    rows = _amount_rows(ballots, [name for name in names if name != "bands"], row)
    return rows + (band_rows(ballots, _question(x), x.attrs.get("total", 100)) if "bands" in names else [])


def _amount_rows(ballots: Ballots, names: Sequence[str], row: Callable[..., Row]) -> list[Row]:
    return [
        made
        for column, item in enumerate(ballots.items)
        for name in names
        if (made := _AMOUNTS[name](ballots, column, partial(row, item=item)))
    ]


def _mean(ballots: Ballots, column: int, row: Callable[..., Row], *, kind: str = "BCa") -> Row:
    interval, method = points_mean(*ballots.held[column], kind=kind)
    name = "mean_points" if kind == "BCa" else "mean_points_percentile"
    return row(name, float(ballots.means[column]), interval=interval, n=ballots.n, method=method)


def _mean_given(ballots: Ballots, column: int, row: Callable[..., Row]) -> Row | None:
    (points, counts), givers = ballots.held[column], int(ballots.givers[column])
    if not givers:
        return None
    interval, method = points_mean(points[points > 0], counts[points > 0])
    mean = float(ballots.means[column]) * ballots.n / givers
    return row("mean_points_given", mean, interval=interval, n=givers, method=method)


def _giving(ballots: Ballots, column: int, row: Callable[..., Row], *, place: int) -> Row:
    return shares(row, ("givers", "share_giving_points"), int(ballots.givers[column]), ballots.n)[place]


def _quantile(ballots: Ballots, column: int, row: Callable[..., Row], *, level: float, name: str) -> Row:
    value = float(weighted_quantiles(*ballots.held[column], np.array([level]))[0])
    return row(name, value, n=ballots.n, method="linear interpolation")


def _rank(ballots: Ballots, column: int, row: Callable[..., Row]) -> Row:
    rank = int(competition_ranks(ballots.means)[column])
    return row("rank", rank, n=ballots.n, method="rank of the means; for its confidence set: rank_sets")


_AMOUNTS: dict[str, Callable[..., Row | None]] = {
    "mean": _mean,
    "mean_percentile": partial(_mean, kind="percentile"),
    "givers": partial(_giving, place=0),
    "share_giving": partial(_giving, place=1),
    "mean_given": _mean_given,
    "lower_quartile": partial(_quantile, level=0.25, name="lower_quartile_points"),
    "median": partial(_quantile, level=0.5, name="median_points"),
    "upper_quartile": partial(_quantile, level=0.75, name="upper_quartile_points"),
    "rank": _rank,
}


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


def _scale(x: pd.Series, names: Sequence[str], row: Callable[..., Row]) -> list[Row]:
    scale, (values, counts) = _scale_of(x), _scale_counts(x)
    n, points = int(counts.sum()), np.array(values, dtype=np.float64)
    if not n:
        return []

    def people(low: float, high: float) -> int:
        return int(counts[(points >= low) & (points <= high)].sum())

    classes = list(zip(scale.class_items(), scale.shown_classes(), strict=True))
    parts = {
        ("count", "share"): [(str(value), int(count)) for value, count in zip(values, counts, strict=True)],
        ("class_count", "class_share"): [(item, people(*ends)) for item, ends in classes],
        ("top_box_count", "top_box"): [("", people(*scale.top_box))],
    }
    lower, middle, upper = weighted_quantiles(points, counts, np.array([0.25, 0.5, 0.75])).tolist()
    interval, how = bca_mean(points[counts > 0], counts[counts > 0]) if "mean" in names else (NO_INTERVAL, "")
    how += "; steps of a verbal scale taken as equal" if scale.is_verbal else ""
    rows: list[Row] = []
    for pair, items in parts.items():
        published = ("top_box_count", "top_box_share") if "top_box" in pair else pair
        for item, count in items:
            made = shares(row, published, count, n, item=item)
            rows += [one for name, one in zip(pair, made, strict=True) if name in names]
    single = {
        "mean": partial(row, "mean", float(counts @ points / n), interval=interval, method=how),
        "median": partial(row, "median", middle, method="midpoint of the central values"),
        "lower_quartile": partial(row, "lower_quartile", lower, method="linear interpolation"),
        "upper_quartile": partial(row, "upper_quartile", upper, method="linear interpolation"),
        "iqr": partial(row, "iqr", upper - lower, method="linear interpolation"),
    }
    known = [*single, *(name for pair in parts for name in pair)]
    for name in names:
        if name not in known:
            raise _unknown(name, x, known)
        rows += [single[name](n=n)] if name in single else []
    return rows


def _choice(x: Data, names: Sequence[str], row: Callable[..., Row]) -> list[Row]:
    names = ["share" if name == "mean" else name for name in names]
    for name in names:
        if name not in ("count", "share"):
            raise _unknown(name, x, ["count", "share", "mean"])
    if isinstance(x, pd.Series):
        answered = x.dropna()
        options = x.attrs.get("options") or sorted(answered.unique())
        n, counts = len(answered), answered.value_counts()
        people = {option: int(counts.get(option, 0)) for option in options}
    else:
        people, n = {option: int(x[option].sum()) for option in x.columns}, int(x.any(axis=1).sum())
    rows: list[Row] = []
    for option, count in people.items() if n else ():
        made = shares(row, ("count", "share"), count, n, item=str(option))
        rows += [one for name, one in zip(("count", "share"), made, strict=True) if name in names]
    return rows


def _ranking(x: pd.DataFrame, names: Sequence[str], row: Callable[..., Row]) -> list[Row]:
    rows = order_rows(x, _question(x), unranked=x.attrs["unranked"], segment=str(row("borda", 0, n=0)["segment"]))
    known = list(dict.fromkeys(str(one["statistic"]) for one in rows))
    names = ["mean_rank" if name == "mean" else name for name in names]
    for name in names:
        if name not in known and rows:
            raise _unknown(name, x, known)
    return [one for one in rows if one["statistic"] in names]


_ROWS: dict[str, Callable[..., list[Row]]] = {
    "points": _points,
    "scale": _scale,
    "choice": _choice,
    "choices": _choice,
    "ranking": _ranking,
}


def _weighted(x: Any, names: Sequence[str], weights: pd.Series, row: Callable[..., Row]) -> list[Row]:
    """Weighted results of the people who have a weight; the weights sum to 1 over them."""
    known = weights.reindex(x.index).dropna()
    x, share = x.loc[known.index], known.to_numpy(dtype=np.float64)
    if not len(x) or not share.sum():
        return []
    share = share / share.sum()
    told = f"{weights.attrs.get('method', 'own weights')}; sensitivity only"
    row = partial(row, n=len(x), method=told)
    if weights.name:
        row = partial(row, segment=str(weights.name))
    rows: list[Row] = []
    if "effective_n" in names:
        rows.append(row("effective_n", effective_n(share)))
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
