"""A points question: everything that is published about it, for everybody or for one segment."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..round_file import Question
from .ballots import read_ballots
from .pairwise import FLIPS, pair_rows
from .power import power_rows
from .rank_sets import FEWEST_BALLOTS, SEGMENT_PART, SET_DRAWS, rank_sets
from .rankings import band_rows, ranking_rows
from .robustness import robustness_rows
from .rows import Row


def points_rows(
    answers: pd.DataFrame,
    question: Question,
    *,
    segment: str = "all",
    equal_groups: Mapping[str, float] | None = None,
    ballot_rules: Mapping[str, pd.DataFrame] | None = None,
) -> list[Row]:
    """Ranking, distribution, pairs of areas and other rules of counting.

    Parameters: `answers`, one row per voter × area of this question, `value` in points; `equal_groups`, mean points
    per area where every group weighs the same; `ballot_rules`, the answers under other rules of the ingest, by the
    rule's name. A segment has no classes of points, and pairs and other rules from ten ballots on only. Nobody
    answered: no rows.
    """
    ballots = read_ballots(answers, question)
    if ballots.n == 0:
        return []
    part = 1 if segment == "all" else SEGMENT_PART
    sets = rank_sets(ballots, draws=SET_DRAWS // part)
    rows = ranking_rows(ballots, question.id, sets, segment=segment, part=part)
    if segment == "all":
        rows += band_rows(ballots, question.id, question.total) + power_rows(ballots, question.id)
    if segment != "all" and ballots.n < FEWEST_BALLOTS:
        return rows
    others = {
        rule: read_ballots(other[other["question"] == question.id], question)
        for rule, other in (ballot_rules or {}).items()
    }
    rows += pair_rows(ballots, question.id, sets, segment=segment, flips=FLIPS // part)
    return rows + robustness_rows(ballots, question.id, segment=segment, equal_groups=equal_groups, ballot_rules=others)
