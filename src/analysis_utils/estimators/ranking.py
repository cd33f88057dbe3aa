"""The priority ranking: mean points with intervals, what few ballots can show of ranks, and other rules of counting."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .ballots import Ballots, competition_ranks, weighted_quantiles
from .intervals import Floats, Integers
from .judges import tau_b
from .rows import SEED, Row, estimate_row

Flags = NDArray[np.bool_]

SET_DRAWS = 100_000
TOP_DRAWS = 50_000
TOP = 3
FEWEST_BALLOTS = 10
"""Below so many ballots the normal law behind the sets is too far off (methodology.md): nothing is ordered."""
MOST_RESAMPLED = 300
"""Up to so many ballots `p_top3` resamples ballots; above, it draws means from their normal limit."""


MOST_REMEMBERED = 8
_SETS: dict[tuple, RankSets] = {}


@dataclass(frozen=True)
class RankSets:
    """`low` and `high` rank per area; `above[j, k]` says that area j is shown to have the larger mean."""

    low: Integers
    high: Integers
    above: Flags


def mean_covariance(ballots: Ballots) -> Floats:
    """Covariance matrix of the mean points: sample covariance of the ballots (n − 1) over n. Needs two ballots."""
    n, totals = ballots.n, ballots.counts @ ballots.points
    squares = ballots.points.T @ (ballots.counts[:, None] * ballots.points)
    return (squares - np.outer(totals, totals) / n) / (n - 1) / n


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
    """
    above = ordered_pairs(ballots, level=level, draws=draws, seed=seed, inflation=inflation)
    low, high = 1 + above.sum(axis=0), len(ballots.items) - above.sum(axis=1)
    for mean in np.unique(ballots.means):
        tied = ballots.means == mean
        low[tied], high[tied] = low[tied].min(), high[tied].max()
    return RankSets(low, high, above)


def remembered_sets(ballots: Ballots) -> RankSets:
    """`confidence_sets` of the same ballots are found once: ranks, tiers and pairs all ask for them."""
    key = (ballots.items, ballots.points.shape, ballots.points.tobytes(), ballots.counts.tobytes())
    if key not in _SETS:
        if len(_SETS) >= MOST_REMEMBERED:
            _SETS.pop(next(iter(_SETS)))
        _SETS[key] = confidence_sets(ballots)
    return _SETS[key]


def ordered_pairs(ballots: Ballots, *, level: float, draws: int, seed: int, inflation: float = 1.0) -> Flags:
    """above[j, k]: the stepdown test shows that area j has a larger mean than area k."""
    size = len(ballots.items)
    above = np.zeros((size, size), dtype=bool)
    if ballots.n < FEWEST_BALLOTS * inflation or size < 2:
        return above
    first, second = _pairs(ballots)
    covariance = mean_covariance(ballots) * inflation
    variance = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
    difference = ballots.means[first] - ballots.means[second]
    constant = variance <= 1e-9 / ballots.n
    if size * (size - 1) * 0.5 ** (ballots.n / inflation) <= 1 - level:
        _mark(above, first, second, np.where(constant, difference, 0.0))
    error = np.sqrt(np.where(constant, 1.0, variance))
    statistic = np.where(constant, 0.0, difference / error)
    order = np.argsort(np.array(ballots.items))
    normal, place = normal_draws(covariance[np.ix_(order, order)], draws, seed), np.argsort(order)
    pairs = [(normal[place[a]], normal[place[b]], e) for a, b, e in zip(first, second, error, strict=True)]
    _mark(above, first, second, _stepdown(statistic, pairs, ~constant, level))
    return above


def _pairs(ballots: Ballots) -> tuple[Integers, Integers]:
    """Index pairs of areas in alphabetical order of their ids, so that the order of options changes no draw."""
    order = np.argsort(np.array(ballots.items))
    upper = np.triu_indices(len(order), 1)
    return order[upper[0]], order[upper[1]]


def normal_draws(covariance: Floats, draws: int, seed: int) -> Floats:
    """areas × draws from the centred normal law with a covariance that may be singular."""
    root = root_of(covariance)
    return root @ np.random.default_rng(seed).standard_normal((len(root), draws))


def root_of(covariance: Floats) -> Floats:
    """A matrix R with R Rᵀ = covariance, which may be singular."""
    values, vectors = np.linalg.eigh(np.atleast_2d(covariance))
    return vectors * np.sqrt(np.maximum(values, 0.0))


def _stepdown(statistic: Floats, pairs: Sequence[tuple[Floats, Floats, float]], usable: Flags, level: float) -> Floats:
    """The statistic where the two-sided family rejects, else 0. `pairs`: drawn means of either area, and the standard
    error of their difference; all pairs together would fill the memory."""
    shown, drawn = np.zeros(len(statistic), dtype=bool), np.empty(len(pairs[0][0]))
    while (still := usable & ~shown).any():
        largest = np.zeros(len(drawn))
        for place in np.flatnonzero(usable).tolist():
            first, second, error = pairs[place]
            np.subtract(first, second, out=drawn)
            np.divide(drawn, error, out=drawn)
            # A rejected pair leaves in the direction shown only; the opposite direction stays in the family.
            (np.abs if still[place] else np.negative if statistic[place] > 0 else np.positive)(drawn, out=drawn)
            np.maximum(largest, drawn, out=largest)
        fresh = still & (np.abs(statistic) > np.quantile(largest, level))
        if not fresh.any():
            break
        shown |= fresh
    return np.where(shown, statistic, 0.0)


def _mark(above: Flags, first: Integers, second: Integers, signed: Floats) -> None:
    above[first[signed > 0], second[signed > 0]] = True
    above[second[signed < 0], first[signed < 0]] = True


def tiers(means: Floats, above: Flags) -> tuple[Integers, Integers]:
    """First and last tier of each area.

    Areas are lined up by their mean (equal means together). A tier is a longest run of neighbours whose first and
    last the data do not put in order. Two areas whose order is open thus always share a tier; an area may belong to
    several tiers in a row, because "not separable" does not carry over (a ~ b and b ~ c do not make a ~ c). Tiers
    are numbered from the top. Two areas without a common tier are always shown to differ.
    """
    levels = np.unique(means)[::-1]
    blocks = [np.flatnonzero(means == level) for level in levels]
    ends: list[int] = []
    for upper in blocks:
        open_to = [b for b, lower in enumerate(blocks) if not above[np.ix_(upper, lower)].all()]
        ends.append(max([*ends[-1:], *open_to]))
    starts = [b for b in range(len(blocks)) if b == 0 or ends[b] > ends[b - 1]]
    low, high = np.zeros(len(means), dtype=np.int64), np.zeros(len(means), dtype=np.int64)
    for b, block in enumerate(blocks):
        member = [number for number, start in enumerate(starts, 1) if start <= b <= ends[start]]
        low[block], high[block] = member[0], member[-1]
    return low, high


def top_shares(ballots: Ballots, *, top: int = TOP, draws: int = TOP_DRAWS, seed: int = SEED) -> Floats:
    """Share of bootstrap samples in which an area is among the first `top` (equal means share the smaller rank).

    A figure of stability under resampling, not a probability of being best.
    """
    order = np.argsort(np.array(ballots.items))
    rng = np.random.default_rng(seed)
    if ballots.n <= MOST_RESAMPLED:
        voters = np.repeat(ballots.points[:, order], ballots.counts, axis=0)
        # Two ballots are drawn at a time, from the table of all pairs.
        pairs = (voters[:, None, :] + voters[None, :, :]).reshape(-1, len(order))
        summed = voters[rng.integers(0, ballots.n, draws)] if ballots.n % 2 else np.zeros((draws, len(order)))
        for _ in range(ballots.n // 2):
            summed += pairs[rng.integers(0, len(pairs), draws)]
        totals = np.ascontiguousarray(summed.T)
    else:
        covariance = mean_covariance(ballots)[np.ix_(order, order)]
        totals = ballots.means[order][:, None] + normal_draws(covariance, draws, seed)
    totals = np.round(totals, 9)
    shares = np.empty(len(order))
    for place, column in enumerate(order):
        shares[column] = np.mean((totals > totals[place]).sum(axis=0) < top)
    return shares


BANDS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)
"""Upper ends of the classes of points, as parts of a ballot's total, that the distribution is published in."""


def standing_rows(ballots: Ballots, question: str, *, segment: str = "all") -> list[Row]:
    """`rank` with its simultaneous confidence set, `tier`, `could_be_top3` and `p_top3`, area by area.

    On a `tier` row, estimate and low are the first tier an area belongs to, high the last. `could_be_top3` is 1 when
    the rank set reaches rank 3.
    """
    sets = remembered_sets(ballots)
    first, last = tiers(ballots.means, sets.above)
    ranks, stability = competition_ranks(ballots.means), top_shares(ballots)
    how = f"stepdown rank sets, {SET_DRAWS} draws, seed {SEED}"
    if ballots.n < FEWEST_BALLOTS:
        how = f"fewer than {FEWEST_BALLOTS} ballots order nothing"
    drawn = "bootstrap" if ballots.n <= MOST_RESAMPLED else "normal limit of the bootstrap"
    rows: list[Row] = []
    for column, item in enumerate(ballots.items):
        row = partial(estimate_row, question, item=item, segment=segment, n=ballots.n)
        low, high = float(sets.low[column]), float(sets.high[column])
        tier = (float(first[column]), float(last[column]))
        rows += [
            row("rank", int(ranks[column]), interval=(low, high), method=how),
            row("tier", tier[0], interval=tier, method=how),
            row("could_be_top3", float(low <= TOP), method=how),
            row("p_top3", float(stability[column]), method=f"stability: {drawn}, {TOP_DRAWS} draws, seed {SEED}"),
        ]
    return rows


def band_rows(ballots: Ballots, question: str, total: float) -> list[Row]:
    """`points_band_count`: people per area and class of points; the item is "area|0", "area|1-10" and so on.

    Small totals have fewer classes: those that would hold no whole number are left out.
    """
    rows: list[Row] = []
    ends = sorted({round(part * total) for part in BANDS})
    for column, area in enumerate(ballots.items):
        points, counts = ballots.held[column]
        for below, end in zip([-1, *ends], ends, strict=False):
            label = str(end) if below + 1 == end else f"{below + 1}-{end}"
            people = int(counts[(points > below) & (points <= end)].sum())
            rows.append(
                estimate_row(question, "points_band_count", people, item=f"{area}|{label}", n=ballots.n, method="count")
            )
    return rows


TRIMMED = 0.1
SCORES = {"trimmed_mean": "trimmed_mean_points", "borda": "borda", "plurality": "plurality", "copeland": "copeland"}
"""Rules whose score is published as well, with its statistic (median and share have rows of their own)."""


def trimmed_mean(values: Floats, counts: Integers, *, part: float = TRIMMED) -> float:
    """Mean without the ⌊n · part⌋ smallest and as many largest values (R's mean(trim = part))."""
    n, order = int(counts.sum()), np.argsort(values, kind="stable")
    cut = int(n * part)
    ends = np.cumsum(counts[order])
    kept = np.maximum(0, np.minimum(ends, n - cut) - np.maximum(ends - counts[order], cut))
    return float(kept @ values[order] / (n - 2 * cut))


def preferences(ballots: Ballots) -> Integers:
    """areas × areas: people who gave the row's area more points than the column's."""
    size = len(ballots.items)
    wins = np.zeros((size, size), dtype=np.int64)
    for a in range(size):
        wins[a] = ballots.counts @ (ballots.points[:, [a]] > ballots.points)
    return wins


def borda_scores(wins: Integers, n: int) -> Floats:
    """Borda points: per ballot, areas ranked below plus half of those ranked equal, summed over people."""
    ties = n - wins - wins.T
    np.fill_diagonal(ties, 0)
    return wins.sum(axis=1) + ties.sum(axis=1) / 2


def copeland_scores(wins: Integers) -> Floats:
    """Duels won plus half of those drawn. An area is a Condorcet winner when it wins all."""
    return (wins > wins.T).sum(axis=1) + ((wins == wins.T).sum(axis=1) - 1) / 2


def plurality_scores(ballots: Ballots) -> Floats:
    """Each ballot is one vote for its largest area, split evenly where several are largest."""
    largest = ballots.points == ballots.points.max(axis=1, keepdims=True)
    return np.round(ballots.counts @ (largest / largest.sum(axis=1, keepdims=True)), 12)


def rule_scores(ballots: Ballots) -> dict[str, Floats]:
    """Score of each area by each rule that needs the ballots alone; larger is better, the mean comes first."""
    wins, middle = preferences(ballots), np.array([0.5])
    return {
        "mean": ballots.means,
        "trimmed_mean": np.round([trimmed_mean(*column) for column in ballots.held], 12),
        "median": np.array([weighted_quantiles(*column, middle)[0] for column in ballots.held]),
        "share_giving": ballots.givers / ballots.n,
        "borda": borda_scores(wins, ballots.n),
        "plurality": plurality_scores(ballots),
        "copeland": copeland_scores(wins),
    }


def leave_one_out_ranks(ballots: Ballots) -> tuple[Integers, Integers]:
    """Smallest and largest rank of each area by mean points over all ballots and each set of all but one."""
    totals = np.round(ballots.counts @ ballots.points - ballots.points, 9)
    low = competition_ranks(ballots.means)
    high = low.copy()
    for column in range(len(ballots.items)):
        ranks = 1 + (totals > totals[:, [column]]).sum(axis=1)
        low[column], high[column] = min(low[column], ranks.min()), max(high[column], ranks.max())
    return low, high


def robustness_rows(
    ballots: Ballots,
    question: str,
    *,
    segment: str = "all",
    equal_groups: Mapping[str, float] | None = None,
    ballot_rules: Mapping[str, Ballots] | None = None,
    rules: Collection[str] | None = None,
) -> list[Row]:
    """Ranks by every rule, the range of ranks over rules and over lost ballots, and tau-b between rules.

    Parameters: `rules`, those of `rule_scores` that mean something (default: all); `equal_groups`, mean points per area
    where every group weighs the same; `ballot_rules`, the ballots as they are under other rules of the ingest, by the
    rule's name (item "area|rule"). Nobody answered: no rows.
    """
    if ballots.n == 0:
        return []
    scores = {rule: score for rule, score in rule_scores(ballots).items() if rules is None or rule in rules}
    if equal_groups:
        scores["equal_groups"] = np.round([equal_groups[item] for item in ballots.items], 12)
    others = {rule: other.means for rule, other in (ballot_rules or {}).items() if other.n}
    every = scores | {f"ballot_rule_{rule}": means for rule, means in others.items()}
    ranks = {rule: competition_ranks(values) for rule, values in every.items()}
    low, high = leave_one_out_ranks(ballots)
    rows: list[Row] = []
    for column, item in enumerate(ballots.items):
        row = partial(estimate_row, question, item=item, segment=segment, n=ballots.n)
        span = [int(places[column]) for places in ranks.values()]
        rank = int(ranks["mean"][column])
        rows += [
            row(SCORES[rule], float(scores[rule][column]), method=f"{rule} score") for rule in SCORES if rule in scores
        ]
        wins_all = float(scores["copeland"][column] == len(ballots.items) - 1)
        rows.append(row("condorcet_winner", wins_all, method="wins every duel"))
        rows += [
            row(f"rank_by_{rule}", int(ranks[rule][column]), method="ties share the smaller rank")
            for rule in scores
            if rule != "mean"
        ]
        rows.append(row("rank_over_rules", rank, interval=(min(span), max(span)), method=f"{len(span)} rules"))
        if ballots.n > 1:
            ends = (float(low[column]), float(high[column]))
            rows.append(row("rank_leave_one_out", rank, interval=ends, method="every ballot left out once"))
    return rows + _rule_rows(ballots, question, segment, every, others)


def _rule_rows(
    ballots: Ballots, question: str, segment: str, every: Mapping[str, Floats], others: Mapping[str, Floats]
) -> list[Row]:
    """`rank_by_ballot_rule` ("area|rule") and `rule_tau_b` ("rule|rule")."""
    row = partial(estimate_row, question, segment=segment, n=ballots.n)
    rows = [
        row("rank_by_ballot_rule", int(rank), item=f"{item}|{rule}", method="rank of the mean under the other rule")
        for rule, means in others.items()
        for item, rank in zip(ballots.items, competition_ranks(means), strict=True)
    ]
    for (a, x), (b, y) in combinations(every.items(), 2):
        tau = tau_b(np.asarray(x), np.asarray(y))
        how = "undefined: one of the rules ties all areas" if np.isnan(tau) else "tau-b of the scores"
        rows.append(row("rule_tau_b", tau, item=f"{a}|{b}", method=how))
    return rows
