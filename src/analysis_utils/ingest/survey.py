"""A round's Mentimeter export → the tables `voters`, `answers` and `problems`, and an account of the reading."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import DataError
from ..rounds import Round
from ..tables import validate, write_table
from .checks import check_blocks
from .joining import join, plans_of
from .layout import Export, read_export
from .matching import Match, match_round
from .problems import Problem
from .question_types import Plan
from .rules import Effect, apply_rules
from .tidy import draft, filled, frame_of


@dataclass(frozen=True)
class Survey:
    """What was read. `voters`, `answers`, `problems` follow the contracts in `tables.py`; the rest is for people.

    `totals`: voters, and cells of the question columns (`non_empty` = `consumed` + `set_aside`). `reading`: one row per
    question (id, wording, type, respondents n, answers n, cells set aside). `rule_effects`: one row per rule that found
    something (question, rule, action, ballots touched, n before and after, whether the ranking would change).
    """

    voters: pd.DataFrame
    answers: pd.DataFrame
    problems: pd.DataFrame
    totals: dict[str, int]
    reading: pd.DataFrame
    rule_effects: pd.DataFrame

    def summary(self) -> str:
        """What `fachdialog check` prints: totals, n per question, problems."""
        cells = self.totals
        lines = [
            f"{cells['voters']} voters; {cells['non_empty']} cells with content: {cells['consumed']} read, "
            f"{cells['set_aside']} set aside",
            "",
            *(f"  n = {row.respondents:>4}  {row.question} ({row.type})" for row in self.reading.itertuples()),
            "",
        ]
        found = [f"  {row.action}: {row.message} ({row.place})" for row in self.problems.itertuples()]
        return "\n".join([*lines, f"{len(found)} problems" if found else "no problems", *found])


def ingest_survey(round_: Round) -> Survey:
    """Read the export that `round.yml` names and match it to the round.

    Raises: DataError where the export is missing, cannot be read or does not fit `round.yml`.
    """
    export = read_export(export_path(round_))
    plans = plans_of(export.blocks)
    left, problems = join(export, plans)
    matches, undeclared = match_round(round_, export, plans)
    problems = [*export.problems, *problems, *undeclared, *check_blocks(export, plans)]
    kept: list[tuple[str, str, pd.DataFrame]] = []
    aside, effects = 0, list[Effect]()
    rows = []
    for match in matches:
        stay, away, found, effect = apply_rules(round_, export, match, draft(match, export.voters))
        problems += found
        effects += effect
        kept.append((match.question.id, match.question.type, stay))
        aside += int((away["column"] >= 0).sum())
        rows.append(_reading_row(match, stay, away))
    kept += [(f"slide_{plan.number}", "slide", _reactions(plan, export)) for plan in plans if plan.type == "slide"]
    non_empty = export.lost + sum(len(filled(column)[0]) for column in export.voters.columns)
    aside += export.lost + sum(len(filled(export.voters.columns[column])[0]) for column in left)
    answers = _answers(round_, export, kept)
    return Survey(
        voters=_voters(round_, export, answers),
        answers=answers,
        problems=_problems(round_, export, problems),
        totals={
            "voters": len(export.voters.rows),
            "non_empty": non_empty,
            "consumed": non_empty - aside,
            "set_aside": aside,
        },
        reading=pd.DataFrame(rows),
        rule_effects=_effects(effects),
    )


def write_survey(round_: Round, survey: Survey) -> None:
    """Write the three tables to the round's places."""
    for name in ("voters", "answers", "problems"):
        write_table(getattr(survey, name), name, round_.table(name))


def export_path(round_: Round) -> Path:
    """The export that `round.yml` names, which must lie in the round's own folder."""
    name = round_.file.export
    path = round_.raw / name
    if Path(name).is_absolute() or ".." in Path(name).parts or not name.strip():
        remedy = "put the file into the round's folder and give its name alone"
        raise DataError(round_.raw / "round.yml", "an export in the round's folder", repr(name), "export", remedy)
    return path


def _reading_row(match: Match, stay: pd.DataFrame, away: pd.DataFrame) -> dict[str, object]:
    return {
        "question": match.question.id,
        "wording": match.question.wording,
        "type": match.question.type,
        "respondents": int(stay["voter_at"].nunique()),
        "answers": len(stay),
        "set_aside": int((away["column"] >= 0).sum()),
    }


def _reactions(plan: Plan, export: Export) -> pd.DataFrame:
    parts = [frame_of(filled(export.voters.columns[use.column])[0], use.column, item="reaction") for use in plan.uses]
    return pd.concat(parts, ignore_index=True) if parts else frame_of([], -1)


def _answers(round_: Round, export: Export, kept: list[tuple[str, str, pd.DataFrame]]) -> pd.DataFrame:
    sessions, numbers = np.array(export.voters.sessions), np.array(export.voters.numbers)
    frames = []
    for question, type_, frame in kept:
        at = frame["voter_at"].to_numpy()
        columns = {"session": sessions[at] if len(at) else [], "voter": numbers[at] if len(at) else []}
        frames.append(frame[["item", "value", "text", "pick_order"]].assign(question=question, type=type_, **columns))
    whole = pd.concat(frames, ignore_index=True).assign(round=round_.name)
    whole = whole.sort_values(["session", "voter"], kind="stable")
    return validate(whole, "answers", where=export.path)


def _voters(round_: Round, export: Export, answers: pd.DataFrame) -> pd.DataFrame:
    voters = pd.DataFrame({"session": export.voters.sessions, "voter": export.voters.numbers})
    voters.insert(0, "round", round_.name)
    group = round_.with_role("participant_group")
    segment = answers[answers["question"] == (group[0].id if group else "")][["session", "voter", "item"]]
    segment = segment.drop_duplicates(["session", "voter"]).rename(columns={"item": "segment"})
    joined = voters.astype({"session": "Int64", "voter": "Int64"}).merge(segment, how="left", on=["session", "voter"])
    return validate(joined, "voters", where=export.path)


def _problems(round_: Round, export: Export, problems: list[Problem]) -> pd.DataFrame:
    columns = ["file", "place", "rule", "seen", "action", "message"]
    rows = [
        [problem.file or export.path.name, *(getattr(problem, name) for name in columns[1:])] for problem in problems
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(0, "round", round_.name)
    return validate(frame, "problems", where=export.path)


def _effects(effects: list[Effect]) -> pd.DataFrame:
    columns = ["question", "rule", "action", "ballots", "n_before", "n_after"]
    return pd.DataFrame([[getattr(effect, name) for name in columns] for effect in effects], columns=columns)
