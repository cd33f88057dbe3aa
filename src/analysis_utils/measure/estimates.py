"""All published numbers of a round, in one stable order."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..contracts import TABLES
from ..round_file import Question
from ..rounds import Round
from ..tables import read_table, validate, write_table
from .ballots import VOTER, count_voters
from .choices import choice_rows
from .disclosure import apply_gate
from .points import points_rows
from .releases import is_answer
from .robustness import over_shown_rules
from .room import room_rows, silence_rows
from .rows import Row, estimate_row
from .scales import scale_rows
from .segment_results import delta_rows, equal_group_rows, planned_test_rows, raked_rows
from .segments import UNSTATED, Segmentation, compared_questions, segmentation, with_groups
from .theme_estimates import with_themes
from .versions import refuse_close
from .withholding import withheld_rows

Alternatives = Mapping[str, pd.DataFrame]


def estimate_round(
    round_: Round, voters: pd.DataFrame, answers: pd.DataFrame, *, ballot_rules: Alternatives | None = None
) -> pd.DataFrame:
    """Every estimate of a round, one row each, as the table `estimates`.

    Parameters: `voters`, one row per voter; `answers`, one row per voter × question × item; `ballot_rules`, the
    answers as they would be under other rules of the ingest, by the rule's name (robustness only). Questions come in
    the order of `round.yml`. Same input, same bytes: chance enters with fixed seeds only.

    Raises: DataError where a released version and this one would give away the few people between them.
    """
    answers, segments = with_segments(round_, voters, answers)
    refuse_close(round_, answers)
    frame = computed_estimates(round_, voters, answers, segments, ballot_rules=ballot_rules)
    gated = over_shown_rules(apply_gate(frame, round_, answers, segments))
    return validate(gated, "estimates", where="estimates")


def with_segments(round_: Round, voters: pd.DataFrame, answers: pd.DataFrame) -> tuple[pd.DataFrame, Segmentation]:
    """The answers that say something, with the voter's `group` and the segment it is `shown` in; and the segments."""
    answers = with_groups(answers[is_answer(answers)], voters)
    segments = segmentation(round_, answers)
    return shown_in(segments, answers), segments


def shown_in(segments: Segmentation, answers: pd.DataFrame) -> pd.DataFrame:
    """The answers of groups with the segment each is `shown` in."""
    answers = answers.assign(shown=answers["group"].map(segments.assigned).fillna(UNSTATED))
    return answers[[*VOTER, "question", "item", "value", "group", "shown"]]


def computed_estimates(
    round_: Round,
    voters: pd.DataFrame,
    answers: pd.DataFrame,
    segments: Segmentation,
    *,
    ballot_rules: Alternatives | None = None,
) -> pd.DataFrame:
    """All rows before the gate: never to be published as they are. `answers` come from `with_segments`."""
    tests = planned_test_rows(answers, round_, segments.groups) if round_.file.segment_tests else {}
    rows: list[Row] = []
    for question in round_.file.questions:
        if question.type == "slide":
            continue
        own = answers[answers["question"] == question.id]
        rows += overall_rows(round_, question, voters, own, segments, ballot_rules or {})
        if question in compared_questions(round_):
            rows += segment_rows(round_, question, own, segments, answers)
        rows += tests.get(question.id, [])
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["estimates"].columns])
    frame["round"], frame["provenance"] = round_.name, round_.file.provenance
    return frame


def write_estimates(round_: Round) -> pd.DataFrame:
    """Compute the estimates of a round from its private tables and write them to `estimates.csv`.

    Where the ingest left the table `rule_answers`, the ranking is compared under each rule it holds.
    """
    voters = read_table("voters", round_.table("voters"))
    answers = read_table("answers", round_.table("answers"))
    estimates = with_themes(round_, estimate_round(round_, voters, answers, ballot_rules=_ballot_rules(round_)))
    write_table(estimates, "estimates", round_.table("estimates"))
    return estimates


def _ballot_rules(round_: Round) -> dict[str, pd.DataFrame]:
    """Points as they would be under other rules of the ingest, by the rule's name."""
    if not round_.table("rule_answers").is_file():
        return {}
    switched = read_table("rule_answers", round_.table("rule_answers"))
    return {str(rule): rows for rule, rows in switched.groupby("rule", sort=True)}


def overall_rows(
    round_: Round,
    question: Question,
    voters: pd.DataFrame,
    answers: pd.DataFrame,
    segments: Segmentation,
    ballot_rules: Alternatives,
) -> list[Row]:
    """Rows of the segment "all" of one question: its results, who did not answer, bounds for the room, robustness."""
    participants = round_.file.participants
    equal: dict[str, float] = {}
    if question.type == "points":
        weighted = equal_group_rows(answers, question, segments.groups)
        equal = {str(row["item"]): float(str(row["estimate"])) for row in weighted if row["statistic"] == "mean_points"}
    rows = question_rows(answers, question, equal_groups=equal, ballot_rules=ballot_rules)
    return rows + silence_rows(voters, answers, question, participants) + room_rows(rows, question, participants)


def question_rows(
    answers: pd.DataFrame,
    question: Question,
    *,
    segment: str = "all",
    equal_groups: Mapping[str, float] | None = None,
    ballot_rules: Alternatives | None = None,
) -> list[Row]:
    """`respondents` and the rows of the question's type; `answers` holds this question's rows only.

    The last two arguments are those of `points_rows`. Open answers, word clouds and the like: `respondents` only.
    """
    n = count_voters(answers)
    rows = [estimate_row(question.id, "respondents", n, segment=segment, n=n, method="count")]
    if question.type in ("single_choice", "multiple_choice"):
        return rows + choice_rows(answers, question, segment=segment)
    if question.type == "scale":
        return rows + scale_rows(answers, question, segment=segment)
    if question.type == "points":
        return rows + points_rows(
            answers, question, segment=segment, equal_groups=equal_groups, ballot_rules=ballot_rules
        )
    return rows


def segment_rows(
    round_: Round, question: Question, answers: pd.DataFrame, segments: Segmentation, everything: pd.DataFrame
) -> list[Row]:
    """Rows of one question by segment: shown segments, emptied rows of merged groups, weighted results."""
    rows: list[Row] = []
    if not segments.shown:
        return rows
    for segment in segments.shown:
        rows += question_rows(answers[answers["shown"] == segment], question, segment=segment)
    for group, status in segments.withheld.items():
        rows += withheld_rows(question.id, question.type, list(question.options.values()), group, status)
    if question.type in ("points", "scale"):
        rows += equal_group_rows(answers, question, segments.groups)
        rows += raked_rows(answers, question, round_, segments, everything)
    return rows + (delta_rows(answers, question, segments.groups) if question.type == "scale" else [])
