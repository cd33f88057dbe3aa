"""Results of participant groups before the gate: for an analyst at the screen, never for a file or a page."""

from __future__ import annotations

import pandas as pd

from ..contracts import TABLES
from ..estimators import is_answer
from ..rounds import Round
from ..tables import read_table
from .cut import compared_questions, with_groups

CONFIDENTIAL = "confidential"


def ungated_segments(round_: Round) -> pd.DataFrame:
    """Every row by segment as the table `estimates` has it, with each participant group by itself: none merged, no
    number withheld. It tells about single people, and its status is one that no table of ours is written with.

    Raises: DataError where the private tables of the round are not here.
    """
    # The panel opens without these, which take a second to load.
    from ..estimators import as_rows, estimate_row, results_of
    from .opened import private_frame
    from .segment_results import delta_rows, equal_group_rows

    voters, answers = (read_table(name, round_.table(name)) for name in ("voters", "answers"))
    answers = with_groups(answers[is_answer(answers)], voters)
    answers = answers.assign(shown=answers["group"])
    named = [item for question in round_.with_role("participant_group") for item in question.options.values()]
    groups = tuple(group for group in dict.fromkeys([*named, *answers["group"]]) if (answers["group"] == group).any())
    rows = []
    for question in compared_questions(round_):
        own = answers[answers["question"] == question.id]
        for group in groups:
            x = private_frame(question, own[own["group"] == group])
            rows.append(estimate_row(question.id, "respondents", len(x), segment=group, n=len(x), method="count"))
            rows += as_rows(results_of(x), segment=group)
        if question.type in ("points", "scale"):
            rows += equal_group_rows(own, question, groups)
            rows += delta_rows(own, question, groups) if question.type == "scale" else []
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["estimates"].columns])
    return frame.assign(round=round_.name, provenance=round_.file.provenance, status=CONFIDENTIAL)
