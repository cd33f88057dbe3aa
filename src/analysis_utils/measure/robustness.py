"""Does the order of the areas survive other rules of counting, and the loss of one ballot?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import combinations

import numpy as np

from .agreement import tau_b
from .ballots import Ballots
from .intervals import Floats, Integers
from .rankings import competition_ranks, weighted_quantiles
from .rows import Row, estimate_row

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
    wins, columns = preferences(ballots), ballots.points.T
    middle = np.array([0.5])
    return {
        "mean": ballots.means,
        "trimmed_mean": np.round([trimmed_mean(points, ballots.counts) for points in columns], 12),
        "median": np.array([weighted_quantiles(points, ballots.counts, middle)[0] for points in columns]),
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
) -> list[Row]:
    """Ranks by every rule, the range of ranks over rules and over lost ballots, and tau-b between rules.

    Parameters: `equal_groups`, mean points per area where every group weighs the same; `ballot_rules`, the ballots as
    they are under other rules of the ingest, by the rule's name (item "area|rule"). Nobody answered: no rows.
    """
    if ballots.n == 0:
        return []
    scores = rule_scores(ballots)
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
        rows += [row(SCORES[rule], float(scores[rule][column]), method=f"{rule} score") for rule in SCORES]
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
