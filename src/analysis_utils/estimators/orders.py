"""Ranking questions: who puts what first, mean ranks with and without what was left unranked, Borda, majorities."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from .ballots import competition_ranks, distinct_ballots
from .intervals import Floats, bca_mean, shares, wilson
from .ranking import FEWEST_BALLOTS, TOP, confidence_sets, standing_rows
from .rows import Row, estimate_row


def order_rows(ranking: pd.DataFrame, question: str, *, unranked: str = "last", segment: str = "all") -> list[Row]:
    """Per option: people who put it first and among the first three with their shares, `mean_rank` (BCa; what somebody
    left out shares the middle of the places left), `mean_rank_given` (of those who ranked it), `borda`, and `rank` with
    its confidence set, `tier`, `could_be_top3` and `p_top3` by mean Borda points; per pair `pair_majority`, the share
    that ranks the first before the second. Where what is unranked is `missing`, there is no order of all options: ranks
    and tiers are left out unless everybody ranked everything. Of partial rankings `rank_given`: the other reading.

    Parameters: `ranking`, people × options, the rank from 1 (first), empty where unranked; `unranked`, last or missing.
    Nobody answered: no rows.
    """
    items, given = [str(item) for item in ranking.columns], ranking.to_numpy(dtype=np.float64)
    n, size = given.shape
    if n == 0:
        return []
    ranks = filled_ranks(given)
    row = partial(estimate_row, question, segment=segment)
    rows: list[Row] = []
    for column, item in enumerate(items):
        first, top = int((given[:, column] == 1).sum()), int((given[:, column] <= TOP).sum())
        rows += shares(row, ("first_count", "share_first"), first, n, item=item)
        if size > TOP:
            rows += shares(row, ("top_three_count", "share_top_three"), top, n, item=item)
        who = ~np.isnan(given[:, column])
        interval, how = bca_mean(ranks[:, column])
        mean = float(ranks[:, column].mean())
        rows.append(row("mean_rank", mean, item=item, interval=interval, n=n, method=f"{how}; unranked share the rest"))
        if who.any():
            mean = float(given[who, column].mean())
            rows.append(row("mean_rank_given", mean, item=item, n=int(who.sum()), method="mean"))
        rows.append(row("borda", float((size - ranks[:, column]).sum()), item=item, n=n, method="options ranked below"))
    if unranked == "last" or not np.isnan(given).any():
        rows += standing_rows(distinct_ballots(size - ranks, items), question, segment=segment)
    if np.isnan(given).any():
        rows += given_rows(given, items, row)
    for one, other in combinations(range(size), 2):
        before, decided = int((ranks[:, one] < ranks[:, other]).sum()), int((ranks[:, one] != ranks[:, other]).sum())
        if decided:
            pair = f"{items[one]}|{items[other]}"
            interval = wilson(before, decided)
            rows.append(
                row("pair_majority", before / decided, item=pair, interval=interval, n=decided, method="Wilson")
            )
    return rows


def given_rows(given: Floats, items: list[str], row: Callable[..., Row]) -> list[Row]:
    """`rank_given`: rank by mean rank among those who ranked an option, what they left out being unknown, with its
    simultaneous confidence set.

    The set is that of `confidence_sets` for the pseudo-values of these means (their influence functions), which have
    their mean and covariance. Options that fewer than ten ranked are ordered before or behind no other; where nobody
    ranked an option it has no row.
    """
    counts = (~np.isnan(given)).sum(axis=0)
    known = np.flatnonzero(counts)
    given, counts = given[:, known], counts[known]
    names, means = [items[place] for place in known], np.asarray(np.nanmean(given, axis=0))
    pseudo = means + np.where(np.isnan(given), 0.0, given - means) * len(given) / counts
    judged = np.flatnonzero(counts >= FEWEST_BALLOTS)
    low, high = np.ones(len(names)), np.full(len(names), float(len(names)))
    if len(judged):
        sets = confidence_sets(distinct_ballots(-pseudo[:, judged], [names[place] for place in judged]))
        low[judged], high[judged] = sets.low, sets.high + len(names) - len(judged)
    how = "mean rank where ranked; stepdown rank sets of its pseudo-values"
    places = competition_ranks(np.asarray(-np.round(means, 9)))
    return [
        row("rank_given", int(rank), item=item, interval=(float(one), float(other)), n=int(count), method=how)
        for item, rank, one, other, count in zip(names, places, low, high, counts, strict=True)
    ]


def filled_ranks(given: Floats) -> Floats:
    """Ranks in which the options somebody left out share the middle of the places that are left (people × options)."""
    size = given.shape[1]
    counts = (~np.isnan(given)).sum(axis=1)
    middle = (counts + 1 + size) / 2
    return np.where(np.isnan(given), middle[:, None], given)
