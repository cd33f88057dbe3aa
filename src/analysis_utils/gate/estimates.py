"""All published numbers of a round, in one stable order."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..contracts import TABLES
from ..estimators import (
    Alike,
    Row,
    as_rows,
    count_voters,
    estimate_row,
    is_answer,
    paired_rows,
    results_of,
    room_rows,
    silence_rows,
    with_themes,
)
from ..rounds import NO_ANSWER, Question, Round
from ..tables import validate, write_table
from .allowed import apply_gate
from .cut import Segments, compared_questions, segmentation, shown_in, with_groups
from .opened import COUNTED, alike_in, private_frame
from .record import write_record
from .releases import marks, read_people, write_people
from .segment_results import delta_rows, equal_group_rows, planned_test_rows, raked_rows, shown_rows, withheld_row
from .versions import as_released, known_versions, told_apart

Alternatives = Mapping[str, pd.DataFrame]


def estimate_round(
    round_: Round, voters: pd.DataFrame, answers: pd.DataFrame, *, ballot_rules: Alternatives | None = None
) -> pd.DataFrame:
    """Every estimate of a round, one row each, as the table `estimates`.

    Parameters: `voters`, one row per voter; `answers`, one row per voter × question × item; `ballot_rules`, the
    answers as they would be under other rules of the ingest, by the rule's name (robustness only). Questions come in
    the order of `round.yml`. Same input, same bytes: chance enters with fixed seeds only.
    """
    return _estimated(round_, voters, answers, ballot_rules)[0]


def _estimated(
    round_: Round, voters: pd.DataFrame, answers: pd.DataFrame, ballot_rules: Alternatives | None = None
) -> tuple[pd.DataFrame, Segments]:
    declined = answers[(answers["type"] == "scale") & (answers["item"] == NO_ANSWER)]
    answers, segments = with_segments(round_, voters, answers)
    frame = computed_estimates(round_, voters, answers, segments, ballot_rules=ballot_rules, declined=declined)
    return validate(apply_gate(frame, round_, answers, segments), "estimates", where="estimates"), segments


def with_segments(round_: Round, voters: pd.DataFrame, answers: pd.DataFrame) -> tuple[pd.DataFrame, Segments]:
    """The answers that say something, with the voter's `group` and the segment it is `shown` in; and the segments."""
    answers = with_groups(answers[is_answer(answers)], voters)
    segments = segmentation(round_, answers)
    shown = shown_in(segments, answers)
    if close := _told_apart(round_, shown, segments):
        segments = segments.without(close)
        shown = shown_in(segments, answers)
    return shown, segments


def _told_apart(round_: Round, answers: pd.DataFrame, segments: Segments) -> list[str]:
    """Questions whose segments would tell apart few people beside a released version."""
    versions = known_versions(round_, answers)
    found = []
    for question in compared_questions(round_):
        released = [version.questions[question.id] for version in versions if question.id in version.questions]
        if not released or not segments.shown(question.id):
            continue
        now = marks(answers[answers["question"] == question.id])
        if told_apart(now, released, round_.file.disclosure.minimum_base):
            found.append(question.id)
    return found


def computed_estimates(
    round_: Round,
    voters: pd.DataFrame,
    answers: pd.DataFrame,
    segments: Segments,
    *,
    ballot_rules: Alternatives | None = None,
    declined: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """All rows before the gate: never to be published as they are. `answers` come from `with_segments`; `declined` are
    rows of people who chose a label that is no answer."""
    tests = planned_test_rows(answers, round_) if round_.file.segment_tests else {}
    alike = alike_in(round_, voters, answers)
    rows: list[Row] = []
    for question in round_.file.questions:
        if question.type == "slide":
            continue
        own = answers[answers["question"] == question.id]
        without = None if declined is None else declined[declined["question"] == question.id]
        rows += overall_rows(round_, question, voters, own, segments, alike, ballot_rules or {}, without)
        if question in compared_questions(round_):
            rows += segment_rows(round_, question, own, segments, answers)
        rows += _change_rows(round_, question, answers)
        rows += tests.get(question.id, [])
    frame = pd.DataFrame(rows, columns=[column.name for column in TABLES["estimates"].columns])
    frame["round"], frame["provenance"] = round_.name, round_.file.provenance
    return frame


def _change_rows(round_: Round, question: Question, answers: pd.DataFrame) -> list[Row]:
    """How people changed who answered a question twice in the round; none where it was polled once."""
    before = round_.file.before(question) if question.type in ("points", "scale") else None
    if before is None:
        return []
    first, second = (
        pd.DataFrame(private_frame(one, answers[answers["question"] == one.id])) for one in (before, question)
    )
    pairs = [(person, person) for person in first.index.intersection(second.index)]
    how, is_points = f"answered {before.id} and {question.id}", question.type == "points"
    least = round_.file.disclosure.minimum_base
    return paired_rows(question.id, first, second, pairs, minimum=least, is_points=is_points, how=how)


def write_estimates(round_: Round) -> pd.DataFrame:
    """Compute the estimates of a round from its private tables and write them to `estimates.csv`.

    Where the ingest left the table `rule_answers`, the ranking is compared under each rule it holds. What is shown of
    groups, and why not, is written beside it for whoever answers for data protection. Where answers have to stand as
    released, the private tables are written anew with them, so that whatever is computed later agrees, and `errata.csv`
    says of which questions. Raises: DataError for a close copy of a released round.
    """
    present = read_people(round_)
    people, errata = as_released(round_, present)
    if people is not present:
        write_people(people, round_.processed)
    if len(errata):
        write_table(errata, "errata", round_.table("errata"))
    rules = {str(rule): rows for rule, rows in people.rule_answers.groupby("rule", sort=True)}
    polled, segments = _estimated(round_, people.voters, people.answers, rules)
    estimates = with_themes(round_, polled)
    write_table(estimates, "estimates", round_.table("estimates"))
    write_record(round_, polled, segments)
    return estimates


def overall_rows(
    round_: Round,
    question: Question,
    voters: pd.DataFrame,
    answers: pd.DataFrame,
    segments: Segments,
    alike: Alike,
    ballot_rules: Alternatives,
    declined: pd.DataFrame | None = None,
) -> list[Row]:
    """Rows of the segment "all" of one question: its results, who did not answer, bounds for the room, robustness."""
    participants, n = round_.file.participants, count_voters(answers)
    rows = [estimate_row(question.id, "respondents", n, n=n, method="count")]
    if question.type in (*COUNTED, "ranking"):
        others: dict[str, object] = {}
        if question.type == "points":
            equal = pd.DataFrame(equal_group_rows(answers, question, segments.groups(question.id)))
            if len(equal):
                others["equal_groups"] = equal[equal["statistic"] == "mean_points"].set_index("item")["estimate"]
            others["ballot_rules"] = {
                rule: private_frame(question, other[other["question"] == question.id])
                for rule, other in ballot_rules.items()
            }
        frame = private_frame(question, answers)
        frame.attrs["alike"] = alike
        rows += as_rows(results_of(frame, **others))
    silent = silence_rows(voters, answers, question, participants, declined)
    return rows + silent + (room_rows(rows, question, participants) if participants is not None else [])


def segment_rows(
    round_: Round, question: Question, answers: pd.DataFrame, segments: Segments, everything: pd.DataFrame
) -> list[Row]:
    """Rows of one question by segment: shown segments, one emptied row per group that is not, weighted results."""
    rows: list[Row] = []
    for segment in segments.shown(question.id):
        rows += shown_rows(answers, question, segment)
    rows += [withheld_row(question, group, status) for group, status in segments.withheld(question.id)]
    if question.type in ("points", "scale") and segments.shown(question.id):
        rows += equal_group_rows(answers, question, segments.groups(question.id))
        rows += raked_rows(answers, question, round_, segments, everything)
        rows += delta_rows(answers, question, segments.groups(question.id)) if question.type == "scale" else []
    return rows
