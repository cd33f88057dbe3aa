"""All published numbers of a round, in one stable order."""

from __future__ import annotations

import pandas as pd

from ..rounds import Question, Round
from ..tables import TABLES, read_table, validate, write_table
from .ballots import VOTER, read_ballots
from .choices import choice_rows
from .rankings import band_rows, ranking_rows
from .rows import Row, estimate_row
from .scales import scale_rows


def estimate_round(round_: Round, voters: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Every estimate of a round, one row each, as the table `estimates`.

    Parameters: `voters`, one row per voter; `answers`, one row per voter × question × item. Questions come in the
    order of `round.yml`. Same input, same bytes: chance enters with fixed seeds only.
    """
    rows: list[Row] = []
    for question in round_.file.questions:
        if question.type != "slide":
            rows += question_rows(answers[answers["question"] == question.id], question)
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["estimates"].columns])
    frame["round"], frame["provenance"] = round_.name, round_.file.provenance
    return validate(frame, "estimates", where="estimates")


def write_estimates(round_: Round) -> pd.DataFrame:
    """Compute the estimates of a round from its private tables and write them to `estimates.csv`."""
    voters = read_table("voters", round_.table("voters"))
    answers = read_table("answers", round_.table("answers"))
    estimates = estimate_round(round_, voters, answers)
    write_table(estimates, "estimates", round_.table("estimates"))
    return estimates


def question_rows(answers: pd.DataFrame, question: Question, *, segment: str = "all") -> list[Row]:
    """`respondents` and the rows of the question's type; `answers` holds this question's rows only."""
    answers = answers[_is_answer(answers)]
    n = len(answers.drop_duplicates(VOTER))
    rows = [estimate_row(question.id, "respondents", n, segment=segment, n=n, method="count")]
    if question.type in ("single_choice", "multiple_choice"):
        return rows + choice_rows(answers, question, segment=segment)
    if question.type == "scale":
        return rows + scale_rows(answers, question, segment=segment)
    if question.type == "points":
        ballots = read_ballots(answers, question)
        bands = band_rows(ballots, question.id, question.total) if segment == "all" and n else []
        return rows + ranking_rows(ballots, question.id, segment=segment) + bands
    return rows


def _is_answer(answers: pd.DataFrame) -> pd.Series:
    """Rows that say something: an item chosen, a number or a text (an empty cell is no answer)."""
    chosen = (answers["item"] != "") & ~answers["type"].isin(["points", "scale"])
    return answers["value"].notna() | chosen | (answers["text"] != "")
