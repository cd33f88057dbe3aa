"""The priority ranking: mean points with intervals, what few ballots can show of ranks, and other rules of counting."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .ballots import Ballots, competition_ranks, distinct_ballots, weighted_quantiles
from .intervals import Floats, Integers, bootstrap_mean, shares, wilson
from .judges import tau_b
from .rows import SEED, Maker, Row

SET_DRAWS = 100_000
TOP_DRAWS = 50_000
TOP = 3
FEWEST_BALLOTS = 10
"""Below so many ballots the normal law behind the sets is too far off (coverage.md): nothing is ordered."""
MOST_RESAMPLED = 300
"""Up to so many ballots `p_top3` resamples ballots; above, it draws means from their normal limit."""


@dataclass(frozen=True)
class RankSets:
    """`low` and `high` rank per area; `above[j, k]` says that area j is shown to have the larger mean."""

    low: Integers
    high: Integers
    above: NDArray[np.bool_]


def mean_covariance(ballots: Ballots) -> Floats:
    """Covariance matrix of the mean points: sample covariance of the ballots (n − 1) over n. Needs two ballots."""
    n, totals = ballots.n, ballots.counts @ ballots.points
    squares = ballots.points.T @ (ballots.counts[:, None] * ballots.points)
    return (squares - np.outer(totals, totals) / n) / (n - 1) / n


def pair_variances(covariance: Floats, first: Integers, second: Integers) -> Floats:
    """Variance of the difference of each two areas' means."""
    return covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]


def root_of(covariance: Floats) -> Floats:
    """A matrix R with R Rᵀ = covariance, which may be singular."""
    values, vectors = np.linalg.eigh(np.atleast_2d(covariance))
    return vectors * np.sqrt(np.maximum(values, 0.0))


def normal_means(ballots: Ballots, draws: int, *, seed: int = SEED, inflation: float = 1.0) -> Floats:
    """areas × draws from the centred normal law of the means, drawn in alphabetical order of the areas' ids, so that
    the order of options changes no draw."""
    order = ballots.order
    root = root_of((mean_covariance(ballots) * inflation)[np.ix_(order, order)])
    return (root @ np.random.default_rng(seed).standard_normal((len(root), draws)))[np.argsort(order)]


def confidence_sets(
    ballots: Ballots, *, level: float = 0.95, draws: int = SET_DRAWS, seed: int = SEED, inflation: float = 1.0
) -> RankSets:
    """Simultaneous confidence sets for the ranks of all areas by mean points.

    All ordered pairs of areas form one family of one-sided tests with studentised differences; the critical value is
    the quantile of the largest difference under the joint normal law with the full covariance; rejected pairs leave
    the family and the test is repeated (stepdown). Rank 1 is the largest mean. Equal means share their bounds (the
    wider ones). A pair whose difference is the same on every ballot has no standard error: it counts as ordered when
    2^-n times the number of ordered pairs is at most 1 − level, else as open. Fewer than ten ballots order nothing.
    `inflation`: the design effect, where ballots are not independent; so many times fewer of them count.
    Source: Mogstad, Romano, Shaikh & Wilhelm 2024.

    Statistics (Points: the ranking):
    - `rank`: 1 + areas with a larger mean (of rankings: Borda points; of choices with `role: priority`: share); ties
      share the smaller rank. Interval: simultaneous rank set. Awkward: fewer than 10 ballots: 1 to number of areas.
      Source: [Mogstad]. Case: g03.
    Statistics (Points: two areas compared):
    - `pair_separated`: 1 where the rank sets put the two in order, else 0. Source: [Mogstad]. Case: g03.
    Statistics (When people do not answer independently):
    - `alike_rank`, `alike_tier`: `rank` and `tier` with the covariance of the means multiplied by the design effect.
      Interval: rank set. Awkward: fewer than 10 effective ballots: nothing is ordered. Source: [Kish], [Mogstad]. Case:
      copied ballots.
    """
    size, means = len(ballots.items), ballots.means
    above = np.zeros((size, size), dtype=bool)
    if ballots.n >= FEWEST_BALLOTS * inflation and size > 1:
        first, second = (ballots.order[place] for place in np.triu_indices(size, 1))
        variance = pair_variances(mean_covariance(ballots) * inflation, first, second)
        difference, constant = means[first] - means[second], variance <= 1e-9 / ballots.n
        error = np.sqrt(np.where(constant, 1.0, variance))
        normal, drawn = normal_means(ballots, draws, seed=seed, inflation=inflation), np.empty(draws)
        shown = constant & (size * (size - 1) * 0.5 ** (ballots.n / inflation) <= 1 - level)
        while (still := ~constant & ~shown).any():
            largest = np.zeros(draws)
            for place in np.flatnonzero(~constant).tolist():  # all pairs together would fill the memory
                np.subtract(normal[first[place]], normal[second[place]], out=drawn)
                np.divide(drawn, error[place], out=drawn)
                # A rejected pair leaves in the direction shown only; the opposite direction stays in the family.
                (np.abs if still[place] else np.negative if difference[place] > 0 else np.positive)(drawn, out=drawn)
                np.maximum(largest, drawn, out=largest)
            fresh = still & (np.abs(difference / error) > np.quantile(largest, level))
            if not fresh.any():
                break
            shown |= fresh
        above[first, second], above[second, first] = shown & (difference > 0), shown & (difference < 0)
    low, high = 1 + above.sum(axis=0), size - above.sum(axis=1)
    for mean in np.unique(means):
        low[means == mean], high[means == mean] = low[means == mean].min(), high[means == mean].max()
    return RankSets(low, high, above)


sets_of = lru_cache(maxsize=8)(confidence_sets)
"""Found once for the same ballots: ranks, tiers and pairs all ask for them."""


def tiers(means: Floats, above: NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """First and last tier of each area.

    Areas are lined up by their mean (equal means together). A tier is a longest run of neighbours whose first and
    last the data do not put in order. Two areas whose order is open thus always share a tier; an area may belong to
    several tiers in a row, because "not separable" does not carry over (a ~ b and b ~ c do not make a ~ c). Tiers
    are numbered from the top. Two areas without a common tier are always shown to differ.

    Statistics (Points: the ranking):
    - `tier`: first (estimate, low) and last (high) tier of the area. Awkward: ties are in the same tiers. Source:
      [Piepho]. Case: hand-counted.
    """
    blocks = [np.flatnonzero(means == level) for level in np.unique(means)[::-1]]
    ends: list[int] = []
    for upper in blocks:
        open_to = [b for b, lower in enumerate(blocks) if not above[np.ix_(upper, lower)].all()]
        ends.append(max([*ends[-1:], *open_to]))
    starts = [b for b in range(len(blocks)) if b == 0 or ends[b] > ends[b - 1]]
    low, high = np.zeros((2, len(means)), dtype=np.int64)
    for b, block in enumerate(blocks):
        member = [number for number, start in enumerate(starts, 1) if start <= b <= ends[start]]
        low[block], high[block] = member[0], member[-1]
    return low, high


def top_shares(ballots: Ballots) -> Floats:
    """Share of bootstrap samples in which an area is among the first three (equal means share the smaller rank).

    A figure of stability under resampling, not a probability of being best.

    Statistics (Points: the ranking):
    - `p_top3`: share of bootstrap samples in which the area is among the first three. Awkward: ties share the smaller
      rank. Case: g02.
    """
    if ballots.n <= MOST_RESAMPLED:
        rng = np.random.default_rng(SEED)
        voters = np.repeat(ballots.points, ballots.counts, axis=0)
        # Two ballots are drawn at a time, from the table of all pairs.
        pairs = (voters[:, None, :] + voters[None, :, :]).reshape(-1, voters.shape[1])
        summed = (
            voters[rng.integers(0, ballots.n, TOP_DRAWS)] if ballots.n % 2 else np.zeros((TOP_DRAWS, len(pairs[0])))
        )
        for _ in range(ballots.n // 2):
            summed += pairs[rng.integers(0, len(pairs), TOP_DRAWS)]
        totals = np.ascontiguousarray(summed.T)
    else:
        totals = ballots.means[:, None] + normal_means(ballots, TOP_DRAWS)
    totals = np.round(totals, 9)
    return np.array([np.mean((totals > own).sum(axis=0) < TOP) for own in totals])


BANDS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)
"""Upper ends of the classes of points, as parts of a ballot's total, that the distribution is published in."""


def standing_rows(ballots: Ballots, row: Maker) -> list[Row]:
    """`rank` with its simultaneous confidence set, `tier`, `could_be_top3` and `p_top3`, area by area.

    On a `tier` row, estimate and low are the first tier an area belongs to, high the last. `could_be_top3` is 1 when
    the rank set reaches rank 3.

    Statistics (Points: the ranking):
    - `could_be_top3`: 1 where the rank set reaches rank 3, else 0. Awkward: three areas or fewer: 1. Source: [Mogstad].
      Case: g03.
    """
    sets = sets_of(ballots)
    how = f"stepdown rank sets, {SET_DRAWS} draws, seed {SEED}"
    if ballots.n < FEWEST_BALLOTS:
        how = f"fewer than {FEWEST_BALLOTS} ballots order nothing"
    drawn = "bootstrap" if ballots.n <= MOST_RESAMPLED else "normal limit of the bootstrap"
    columns = (competition_ranks(ballots.means), sets.low, sets.high, *tiers(ballots.means, sets.above))
    rows: list[Row] = []
    for item, stable, numbers in zip(ballots.items, top_shares(ballots), np.array(columns).T, strict=True):
        own = partial(row, item=item, n=ballots.n)
        rank, low, high, first, last = map(float, numbers)
        rows += [
            own("rank", int(rank), interval=(low, high), method=how),
            own("tier", first, interval=(first, last), method=how),
            own("could_be_top3", float(low <= TOP), method=how),
            own("p_top3", float(stable), method=f"stability: {drawn}, {TOP_DRAWS} draws, seed {SEED}"),
        ]
    return rows


def band_rows(ballots: Ballots, row: Maker, total: float) -> list[Row]:
    """`points_band_count`: people per area and class of points; the item is "area|0", "area|1-10" and so on.

    Small totals have fewer classes: those that would hold no whole number are left out.

    Statistics (Points: the ranking):
    - `points_band_count`: people per class of points: 0, up to 10, 20, 30, 50, 100 % of the total. Case: hand-counted.
    """
    ends = sorted({round(part * total) for part in BANDS})
    rows: list[Row] = []
    for area, (points, counts) in zip(ballots.items, ballots.held, strict=True):
        for below, end in zip([-1, *ends], ends, strict=False):
            label = str(end) if below + 1 == end else f"{below + 1}-{end}"
            people = int(counts[(points > below) & (points <= end)].sum())
            rows.append(row("points_band_count", people, item=f"{area}|{label}", n=ballots.n, method="count"))
    return rows


TRIMMED = 0.1
SCORES = {"trimmed_mean": "trimmed_mean_points", "borda": "borda", "plurality": "plurality", "copeland": "copeland"}
"""Rules whose score is published as well, with its statistic (median and share have rows of their own)."""


def trimmed_mean(values: Floats, counts: Integers) -> float:
    """Mean without the ⌊n / 10⌋ smallest and as many largest values (R's mean(trim = 0.1)).

    Statistics (Points: does the order survive?):
    - `trimmed_mean_points`: mean without the ⌊n/10⌋ smallest and largest values. Awkward: n < 10: the mean. Source: R
      `mean(trim)`. Case: g10.
    """
    n, order = int(counts.sum()), np.argsort(values, kind="stable")
    cut, ends = int(n * TRIMMED), np.cumsum(counts[order])
    kept = np.maximum(0, np.minimum(ends, n - cut) - np.maximum(ends - counts[order], cut))
    return float(kept @ values[order] / (n - 2 * cut))


def preferences(ballots: Ballots) -> Integers:
    """areas × areas: people who gave the row's area more points than the column's."""
    return np.array([ballots.counts @ (own[:, None] > ballots.points) for own in ballots.points.T])


def borda_scores(wins: Integers, n: int) -> Floats:
    """Borda points: per ballot, areas ranked below plus half of those ranked equal, summed over people.

    Statistics (Points: does the order survive?):
    - `borda`: per ballot: areas ranked below plus half of those ranked equal; summed. Source: [Borda]. Case: g10.
    """
    return (n * (len(wins) - 1) + wins.sum(axis=1) - wins.sum(axis=0)) / 2


def copeland_scores(wins: Integers) -> Floats:
    """Duels won plus half of those drawn. An area is a Condorcet winner when it wins all.

    Statistics (Points: does the order survive?):
    - `copeland`: duels won plus half of those drawn. Source: [Copeland]. Case: g10.
    """
    return (wins > wins.T).sum(axis=1) + ((wins == wins.T).sum(axis=1) - 1) / 2


def rule_scores(ballots: Ballots) -> dict[str, Floats]:
    """Score of each area by each rule that needs the ballots alone; larger is better, the mean comes first. Plurality:
    each ballot is one vote for its largest area, split evenly where several are largest.

    Statistics (Points: does the order survive?):
    - `plurality`: one vote per ballot for its largest area, split evenly on ties. Case: g10.
    - `rank_by_trimmed_mean`: rank by the trimmed mean. Awkward: ties share the smaller rank. Case: g10.
    - `rank_by_median`: rank by the median. Awkward: many ties are normal. Case: g10.
    - `rank_by_share_giving`: rank by the share giving points. Case: g10.
    - `rank_by_borda`: rank by Borda points. Source: [Borda]. Case: g10.
    - `rank_by_plurality`: rank by plurality votes. Case: g10.
    - `rank_by_copeland`: rank by Copeland score. Source: [Copeland]. Case: g10.
    """
    wins, largest = preferences(ballots), ballots.points == ballots.points.max(axis=1, keepdims=True)
    return {
        "mean": ballots.means,
        "trimmed_mean": np.round([trimmed_mean(*column) for column in ballots.held], 12),
        "median": np.array([weighted_quantiles(*column, np.array([0.5]))[0] for column in ballots.held]),
        "share_giving": ballots.givers / ballots.n,
        "borda": borda_scores(wins, ballots.n),
        "plurality": np.round(ballots.counts @ (largest / largest.sum(axis=1, keepdims=True)), 12),
        "copeland": copeland_scores(wins),
    }


def leave_one_out_ranks(ballots: Ballots) -> tuple[Integers, Integers]:
    """Smallest and largest rank of each area by mean points over all ballots and each set of all but one.

    Statistics (Points: does the order survive?):
    - `rank_leave_one_out`: rank by the mean; low and high: the same over all ballots and all but any one. Interval:
      range. Awkward: one ballot: no row. Case: g10.
    """
    totals = np.round(ballots.counts @ ballots.points - ballots.points, 9)
    now, low, high = (competition_ranks(ballots.means) for _ in range(3))
    for column, rank in enumerate(now.tolist()):
        ranks = 1 + (totals > totals[:, [column]]).sum(axis=1)
        low[column], high[column] = min(rank, ranks.min()), max(rank, ranks.max())
    return low, high


def robustness_rows(
    ballots: Ballots,
    row: Maker,
    *,
    equal_groups: Mapping[str, float],
    ballot_rules: Mapping[str, Ballots],
    rules: Collection[str] | None = None,
) -> list[Row]:
    """Ranks by every rule, the range of ranks over rules and over lost ballots, `rank_by_ballot_rule` ("area|rule"),
    and tau-b between rules (`rule_tau_b`, "rule|rule").

    Parameters: `rules`, those of `rule_scores` that mean something (default: all); `equal_groups`, mean points per area
    where every group weighs the same; `ballot_rules`, the ballots as they are under other rules of the ingest, by the
    rule's name. Nobody answered: no rows.

    Statistics (Points: does the order survive?):
    - `condorcet_winner`: 1 where the area wins every duel, else 0. Awkward: a drawn duel: 0. Source: [Copeland]. Case:
      g10.
    - `rank_over_rules`: rank by the mean; low and high: smallest and largest rank over all rules above. Interval:
      range. Awkward: no shown groups: without the rank by equal groups. Case: g10.
    """
    if ballots.n == 0:
        return []
    scores = {rule: score for rule, score in rule_scores(ballots).items() if rules is None or rule in rules}
    if equal_groups:
        scores["equal_groups"] = np.round([equal_groups[item] for item in ballots.items], 12)
    others = {rule: other.means for rule, other in ballot_rules.items() if other.n}
    every = scores | {f"ballot_rule_{rule}": means for rule, means in others.items()}
    ranks = {rule: competition_ranks(values) for rule, values in every.items()}
    now, (low, high) = competition_ranks(ballots.means), leave_one_out_ranks(ballots)
    everybody, rows = partial(row, n=ballots.n), list[Row]()
    for column, item in enumerate(ballots.items):
        row, span = partial(everybody, item=item), [int(places[column]) for places in ranks.values()]
        rows += [
            row(name, float(scores[rule][column]), method=f"{rule} score")
            for rule, name in SCORES.items()
            if rule in scores
        ]
        if "copeland" in scores:
            wins_all = float(scores["copeland"][column] == len(ballots.items) - 1)
            rows.append(row("condorcet_winner", wins_all, method="wins every duel"))
        rows += [
            row(f"rank_by_{rule}", int(ranks[rule][column]), method="ties share the smaller rank")
            for rule in scores
            if rule != "mean"
        ]
        rank, ends = int(now[column]), (float(low[column]), float(high[column]))
        if span:
            rows.append(row("rank_over_rules", rank, interval=(min(span), max(span)), method=f"{len(span)} rules"))
        if ballots.n > 1:
            rows.append(row("rank_leave_one_out", rank, interval=ends, method="every ballot left out once"))
    told = "rank of the mean under the other rule"
    for rule in others:
        places = zip(ballots.items, ranks[f"ballot_rule_{rule}"].tolist(), strict=True)
        rows += [everybody("rank_by_ballot_rule", rank, item=f"{item}|{rule}", method=told) for item, rank in places]
    for (a, x), (b, y) in combinations(every.items(), 2):
        tau = tau_b(x, y)
        how = "undefined: one of the rules ties all areas" if np.isnan(tau) else "tau-b of the scores"
        rows.append(everybody("rule_tau_b", tau, item=f"{a}|{b}", method=how))
    return rows


def order_rows(ranking: pd.DataFrame, row: Maker) -> list[Row]:
    """Of a ranking, per option: people who put it first and among the first three with their shares, `mean_rank` (BCa;
    what somebody left out shares the middle of the places left), `mean_rank_given` (of those who ranked it), `borda`,
    and `rank` with its confidence set, `tier`, `could_be_top3` and `p_top3` by mean Borda points; per pair
    `pair_majority`, the share that ranks the first before the second. Where what is unranked is `missing`, there is no
    order of all options: ranks and tiers are left out unless everybody ranked everything. Of partial rankings
    `rank_given`: the other reading.

    Parameters: `ranking`, people × options, the rank from 1 (first), empty where unranked; `attrs["unranked"]`, last or
    missing. Nobody answered: no rows.

    Statistics (Everybody):
    - `first_count`, `share_first`: rankings: people who put an option first, and their share of those who ranked
      anything. Interval: Wilson. Case: hand-counted.
    - `top_three_count`, `share_top_three`: the same for the first three places. Interval: Wilson. Awkward: three
      options or fewer: no rows. Case: hand-counted.
    - `mean_rank`: mean rank; options somebody left out share the middle of the places left. Interval: BCa. Awkward:
      `borda`, `rank` and `tier` of a ranking rest on the same ranks; with `unranked: missing` in `round.yml` and
      partial rankings no rank and no tier. Source: [Borda]. Case: hand-counted.
    - `mean_rank_given`: mean rank among those who ranked the option. Awkward: nobody ranked it: no row. Case:
      hand-counted.
    - `rank_given`: partial rankings: rank by mean rank among those who ranked the option, what they left out being
      unknown. Interval: simultaneous rank set of the means' pseudo-values (mean + (rank − mean) · n / rankers where
      ranked, else the mean). Awkward: fewer than 10 ranked it: every place. Source: [Mogstad]. Case: whole rankings: as
      `rank`.
    - `pair_majority`: item "a|b": share that ranks a before b, of those who tell them apart. Interval: Wilson. Awkward:
      nobody does: no row. Case: hand-counted.
    """
    items, given = [str(item) for item in ranking.columns], ranking.to_numpy(dtype=np.float64)
    n, size = given.shape
    if n == 0:
        return []
    ranks, is_partial = filled_ranks(given), bool(np.isnan(given).any())
    rows: list[Row] = []
    for item, own, filled in zip(items, given.T, ranks.T, strict=True):
        rows += shares(row, ("first_count", "share_first"), int((own == 1).sum()), n, item=item)
        if size > TOP:
            rows += shares(row, ("top_three_count", "share_top_three"), int((own <= TOP).sum()), n, item=item)
        (interval, how), ranked = bootstrap_mean(filled), own[~np.isnan(own)]
        how += "; unranked share the rest"
        rows.append(row("mean_rank", float(filled.mean()), item=item, interval=interval, n=n, method=how))
        if len(ranked):
            rows.append(row("mean_rank_given", float(ranked.mean()), item=item, n=len(ranked), method="mean"))
        rows.append(row("borda", float((size - filled).sum()), item=item, n=n, method="options ranked below"))
    if ranking.attrs["unranked"] == "last" or not is_partial:
        rows += standing_rows(distinct_ballots(size - ranks, items), row)
    if is_partial:
        rows += _given_rows(given, items, row)
    for one, other in combinations(range(size), 2):
        before, decided = int((ranks[:, one] < ranks[:, other]).sum()), int((ranks[:, one] != ranks[:, other]).sum())
        if decided:
            told = partial(row, item=f"{items[one]}|{items[other]}", n=decided, method="Wilson")
            rows.append(told("pair_majority", before / decided, interval=wilson(before, decided)))
    return rows


def _given_rows(given: Floats, items: list[str], row: Maker) -> list[Row]:
    """`rank_given`: rank by mean rank among those who ranked an option, what they left out being unknown, with its
    simultaneous confidence set.

    The set is that of `confidence_sets` for the pseudo-values of these means (their influence functions), which have
    their mean and covariance. Options that fewer than ten ranked are ordered before or behind no other; where nobody
    ranked an option it has no row.
    """
    counts = (~np.isnan(given)).sum(axis=0)
    known = np.flatnonzero(counts)
    given, counts, names = given[:, known], counts[known], [items[place] for place in known]
    means = np.asarray(np.nanmean(given, axis=0))
    pseudo = means + np.where(np.isnan(given), 0.0, given - means) * len(given) / counts
    judged = np.flatnonzero(counts >= FEWEST_BALLOTS)
    low, high = np.ones(len(names)), np.full(len(names), float(len(names)))
    if len(judged):
        sets = confidence_sets(distinct_ballots(-pseudo[:, judged], [names[place] for place in judged]))
        low[judged], high[judged] = sets.low, sets.high + len(names) - len(judged)
    how = "mean rank where ranked; stepdown rank sets of its pseudo-values"
    columns = zip(names, competition_ranks(-np.round(means, 9)), low, high, counts, strict=True)
    return [
        row("rank_given", int(rank), item=item, interval=(float(one), float(other)), n=int(count), method=how)
        for item, rank, one, other, count in columns
    ]


def filled_ranks(given: Floats) -> Floats:
    """Ranks in which the options somebody left out share the middle of the places that are left (people × options)."""
    middle = ((~np.isnan(given)).sum(axis=1) + 1 + given.shape[1]) / 2
    return np.where(np.isnan(given), middle[:, None], given)
