"""Choice questions: how many people chose each option, and their share with a Wilson interval."""

from __future__ import annotations

import pandas as pd

from ..round_file import Question
from .ballots import VOTER, count_voters
from .intervals import wilson
from .rows import Row, estimate_row


def choice_rows(answers: pd.DataFrame, question: Question, *, segment: str = "all") -> list[Row]:
    """`count` and `share` per option in the order of `round.yml`, options nobody chose included.

    Parameters: `answers`, one row per voter × chosen option of this question. The base n is the people who chose
    anything; with several choices per person the shares need not sum to 1. Nobody answered: no rows.
    """
    chosen = answers[answers["item"] != ""].drop_duplicates([*VOTER, "item"])
    n = count_voters(chosen)
    if n == 0:
        return []
    counts = chosen["item"].value_counts()
    rows: list[Row] = []
    for item in dict.fromkeys(question.options.values()):
        count = int(counts.get(item, 0))
        rows += share_rows(question.id, "count", "share", count, n, item=item, segment=segment)
    return rows


def share_rows(
    question: str, counted: str, shared: str, count: int, n: int, *, item: str = "", segment: str = "all"
) -> list[Row]:
    """A number of people and the share they are of n, with its Wilson interval, under the two statistics named."""
    return [
        estimate_row(question, counted, count, item=item, segment=segment, n=n, method="count"),
        estimate_row(
            question, shared, count / n, item=item, segment=segment, interval=wilson(count, n), n=n, method="Wilson"
        ),
    ]
