"""Everything that is published of one question for everybody: its results, silence, bounds for the room."""

from __future__ import annotations

import math
from functools import partial

import pandas as pd

from ..errors import DataError
from ..rounds import Question
from .ballots import count_voters
from .intervals import Interval
from .rows import Row, estimate_row

BOUNDED = {
    "share": "room_share",
    "mean_points": "room_mean_points",
    "share_giving_points": "room_share_giving_points",
    "top_box_share": "room_top_box_share",
    "mean": "room_mean",
}
"""Statistics that have worst-case bounds for the room, and the statistic the bounds are published as."""


def silence_rows(
    voters: pd.DataFrame,
    answers: pd.DataFrame,
    question: Question,
    participants: int | None = None,
    declined: pd.DataFrame | None = None,
) -> list[Row]:
    """`nonrespondents`, `not_asked`, `no_answer` (where a scale offers such a label) and, where `round.yml` states the
    participants, `not_in_poll` of a question.

    Parameters: `voters`, all voters of the round; `answers`, the rows of this question that say something; `declined`,
    those of people who chose a label that is no answer. Voters of a session in which nobody did either were not asked
    the question; the others without a row are nonrespondents. Raises: DataError when fewer participants are stated
    than people voted.
    """
    everyone, answered = count_voters(voters), count_voters(answers)
    without = 0 if declined is None else count_voters(declined)
    sessions = {*answers["session"], *(() if declined is None else declined["session"])}
    asked = count_voters(voters[voters["session"].isin(sessions)])
    row = partial(estimate_row, question.id, n=everyone, method="count")
    rows = [row("nonrespondents", asked - answered - without if asked else 0), row("not_asked", everyone - asked)]
    if question.scale and question.scale.no_answers:
        rows.append(row("no_answer", without))
    if participants is None:
        return rows
    if participants < everyone:
        raise DataError(
            "round.yml",
            "at least as many participants as people voted",
            f"{participants} participants and {everyone} voters",
            at="participants",
            remedy="people may have voted on two devices, or in a test session",
        )
    return [*rows, row("not_in_poll", participants - everyone)]


def room_rows(rows: list[Row], question: Question, participants: int | None) -> list[Row]:
    """Worst-case bounds for all `participants` of the room, from the rows of those who answered.

    The bounds take every silent participant to have answered lowest, then highest; they have no estimate. Where all
    answered, both ends are the value itself. No participants stated: no rows. Source: Manski 2003.
    """
    if participants is None:
        return []
    return [
        estimate_row(
            question.id,
            BOUNDED[str(row["statistic"])],
            math.nan,
            item=str(row["item"]),
            interval=_bounds(row, question, participants),
            n=int(str(row["n"])),
            method=f"worst case for {participants} participants",
        )
        for row in rows
        if row["statistic"] in BOUNDED
    ]


def _bounds(row: Row, question: Question, participants: int) -> Interval:
    lowest, highest = 0.0, 1.0
    if row["statistic"] == "mean_points":
        highest = float(question.total)
    if row["statistic"] == "mean" and question.scale is not None:
        lowest, highest = float(question.scale.low), float(question.scale.high)
    n, value = int(str(row["n"])), float(str(row["estimate"]))
    silent = participants - n
    return (n * value + silent * lowest) / participants, (n * value + silent * highest) / participants
