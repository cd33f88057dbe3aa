"""Change of the people who gave the same self-made code in both rounds: paired, so that each is her own comparison.

Codes are personal data. They are compared here and appear nowhere else.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from scipy import special

from ..crosswalk import ComparedQuestion, ComparedRounds
from .ballots import VOTER
from .pairwise import sign_flip_p
from .rows import NO_INTERVAL, Row, estimate_row

FEWEST_LINKED = 10
"""Fewer people are not shown: a mean of their differences would be close to single answers."""


def linked_rows(
    rounds: ComparedRounds,
    compared: ComparedQuestion,
    first: pd.DataFrame,
    second: pd.DataFrame,
    before: pd.DataFrame,
    after: pd.DataFrame,
) -> list[Row]:
    """`linked_people`, `linked_change_…` (paired t interval) and `linked_p` (paired sign-flip test).

    Parameters: `first`, `second`, people × values of either round (index session, voter); `before`, `after`, all
    answers, in which the codes are found. No rows where `round.yml` names no code, or where the linked people, or those
    of a round who are not linked, are too few to be shown, or where all linked people changed alike in an area that
    not everybody gave the same: that would tell each one's answer.
    """
    settings = rounds.later.file.compare
    if settings is None or settings.link_code is None:
        return []
    codes = [_codes(answers, settings.link_code) for answers in (before, after)]
    pairs = [(codes[0][code], codes[1][code]) for code in sorted(codes[0].keys() & codes[1].keys())]
    pairs = [(one, other) for one, other in pairs if one in first.index and other in second.index]
    left = [len(frame) - len(pairs) for frame in (first, second)]
    minimum = max(side.file.disclosure.minimum_base for side in (rounds.earlier, rounds.later))
    if len(pairs) < FEWEST_LINKED or any(0 < count < minimum for count in left):
        return []
    is_points = compared.after.type == "points"
    statistic = "linked_change_mean_points" if is_points else "linked_change_mean"
    x = first.loc[[one for one, _ in pairs]].to_numpy(dtype=np.float64)
    y = second.loc[[other for _, other in pairs]].to_numpy(dtype=np.float64)
    told = (np.ptp(y - x, axis=0) == 0) & (np.ptp(np.vstack([first, second]), axis=0) > 0)
    if told.any():
        return []
    n, question = len(pairs), compared.after.id
    rows = [estimate_row(question, "linked_people", n, n=n, method="same self-made code in both rounds")]
    for place, column in enumerate(first.columns):
        item = str(column) if is_points else ""
        differences = y[:, place] - x[:, place]
        mean, error = float(differences.mean()), float(differences.std(ddof=1)) / n**0.5
        half = error * float(special.stdtrit(n - 1, 0.975))
        interval = (mean - half, mean + half) if error else NO_INTERVAL
        p, how = sign_flip_p(differences, np.ones(n, dtype=np.int64))
        rows += [
            estimate_row(question, statistic, round(mean, 12), item=item, interval=interval, n=n, method="paired t"),
            estimate_row(question, "linked_p", p, item=item, n=n, method=f"paired {how}"),
        ]
    return rows


def _codes(answers: pd.DataFrame, question: str) -> dict[str, tuple[int, int]]:
    """Voter (session, voter) by code; a code that several people of a round gave links nobody."""
    own = answers[(answers["question"] == question) & (answers["text"] != "")]
    found: dict[str, set[tuple[int, int]]] = {}
    for session, voter, text in own[[*VOTER, "text"]].itertuples(index=False):
        code = re.sub(r"[\W_]", "", str(text)).casefold()
        if code:
            found.setdefault(code, set()).add((int(session), int(voter)))
    return {code: next(iter(voters)) for code, voters in found.items() if len(voters) == 1}
