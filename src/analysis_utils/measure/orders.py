"""Ranking questions: who puts what first, mean ranks with and without what was left unranked, Borda, majorities."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from ..round_file import Question
from .ballots import VOTER, Ballots, distinct_ballots
from .choices import share_rows
from .intervals import Floats, wilson
from .rank_sets import SEGMENT_PART, SET_DRAWS, TOP, rank_sets
from .rankings import standing_rows
from .rows import Row, estimate_row


def order_rows(answers: pd.DataFrame, question: Question, *, segment: str = "all") -> list[Row]:
    """Per option: people who put it first and among the first three with their shares, `mean_rank` (what somebody left
    out shares the middle of the places left), `mean_rank_given` (of those who ranked it), `borda`, and `rank` with its
    confidence set and `tier` by mean Borda points; per pair `pair_majority`, the share that ranks the first before the
    second. Where round.yml says that what is unranked is `missing`, there is no order of all options: ranks and
    tiers are left out unless everybody ranked everything.

    Parameters: `answers`, one row per voter × ranked option, `value` the rank from 1 (first). Nobody answered: no rows.
    """
    items = list(question.options.values())
    wide = answers.pivot_table("value", VOTER, "item", observed=True).reindex(columns=items)
    given = wide.to_numpy(dtype=np.float64)
    n, size = given.shape
    if n == 0:
        return []
    ranks = filled_ranks(given)
    row = partial(estimate_row, question.id, segment=segment)
    rows: list[Row] = []
    for column, item in enumerate(items):
        first, top = int((given[:, column] == 1).sum()), int((given[:, column] <= TOP).sum())
        rows += share_rows(question.id, "first_count", "share_first", first, n, item=item, segment=segment)
        if size > TOP:
            rows += share_rows(question.id, "top_three_count", "share_top_three", top, n, item=item, segment=segment)
        who = ~np.isnan(given[:, column])
        rows.append(
            row("mean_rank", float(ranks[:, column].mean()), item=item, n=n, method="unranked share what is left")
        )
        if who.any():
            rows.append(
                row("mean_rank_given", float(given[who, column].mean()), item=item, n=int(who.sum()), method="mean")
            )
        rows.append(row("borda", float((size - ranks[:, column]).sum()), item=item, n=n, method="options ranked below"))
    if question.unranked == "last" or not np.isnan(given).any():
        part = 1 if segment == "all" else SEGMENT_PART
        ballots: Ballots = distinct_ballots(size - ranks, items)
        sets = rank_sets(ballots, draws=SET_DRAWS // part)
        standing = standing_rows(ballots, question.id, sets, segment=segment, part=part)
        rows += [one for one in standing if one["statistic"] in ("rank", "tier")]
    for one, other in combinations(range(size), 2):
        before, decided = int((ranks[:, one] < ranks[:, other]).sum()), int((ranks[:, one] != ranks[:, other]).sum())
        if decided:
            pair = f"{items[one]}|{items[other]}"
            interval = wilson(before, decided)
            rows.append(
                row("pair_majority", before / decided, item=pair, interval=interval, n=decided, method="Wilson")
            )
    return rows


def filled_ranks(given: Floats) -> Floats:
    """Ranks in which the options somebody left out share the middle of the places that are left (people × options)."""
    size = given.shape[1]
    counts = (~np.isnan(given)).sum(axis=1)
    middle = (counts + 1 + size) / 2
    return np.where(np.isnan(given), middle[:, None], given)
