"""Results of participant groups before the gate: for an analyst at the screen, never for a file or a page."""

from __future__ import annotations

import pandas as pd

from ..contracts import TABLES
from ..rounds import Round
from ..tables import read_table

CONFIDENTIAL = "confidential"


def ungated_segments(round_: Round) -> pd.DataFrame:
    """Every row by segment as the table `estimates` has it, with each participant group by itself: none merged, no
    number withheld. It tells about single people, and its status is one that no table of ours is written with.

    Raises: DataError where the private tables of the round are not here.
    """
    from .estimates import segment_rows, shown_in  # the panel opens without these, which take a second to load
    from .releases import is_answer
    from .segments import Segmentation, compared_questions, with_groups

    voters, answers = (read_table(name, round_.table(name)) for name in ("voters", "answers"))
    answers = with_groups(answers[is_answer(answers)], voters)
    named = [item for question in round_.with_role("participant_group") for item in question.options.values()]
    groups = [group for group in dict.fromkeys([*named, *answers["group"]]) if (answers["group"] == group).any()]
    each_alone = Segmentation({group: group for group in groups}, {}, tuple(groups))
    answers = shown_in(each_alone, answers)
    rows = []
    for question in compared_questions(round_):
        own = answers[answers["question"] == question.id]
        rows += segment_rows(round_, question, own, each_alone, answers)
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["estimates"].columns])
    return frame.assign(round=round_.name, provenance=round_.file.provenance, status=CONFIDENTIAL)
