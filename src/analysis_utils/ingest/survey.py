"""A round's Mentimeter export → the tables `voters`, `answers` and `problems`, and an account of the reading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import DataError
from ..rounds import Round
from ..tables import validate, write_table
from .checks import check_blocks, check_cells, check_types
from .corrections import correct, read_corrections
from .effects import effects_table
from .joining import plans_of
from .layout import Export, Voters, read_export
from .matching import Match, check_unmatched, match_round
from .problems import Problem
from .rules import Outcome, apply_rules, identical_ballots, reactions_only, select_sessions
from .tidy import audience, draft, filled, reactions
from .without_blocks import join_round

_Kept = list[tuple[str, str, pd.DataFrame]]  # question id, type, draft


@dataclass(frozen=True)
class Survey:
    """What was read. `voters`, `answers`, `problems` follow the contracts in `tables.py`; the rest is for people.

    `totals`: voters, and cells of the question columns (`non_empty` = `consumed` + `set_aside`). `reading`: one row per
    question (id, wording, type, respondents n, answers n, cells set aside). `rule_effects`: one row per rule
    (`effects.effects_table`).
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
        count = "1 problem" if len(found) == 1 else f"{len(found) or 'no'} problems"
        return "\n".join([*lines, count, *found])


def ingest_survey(round_: Round) -> Survey:
    """Read the export that `round.yml` names and match it to the round.

    Raises: DataError where the export is missing, cannot be read or does not fit `round.yml`.
    """
    export = read_export(export_path(round_))
    plans, left, problems = join_round(round_, export, plans_of(export.blocks))
    check_unmatched(round_, export, plans, left)
    matches, undeclared = match_round(round_, export, plans)
    problems = [*export.problems, *problems, *undeclared, *check_blocks(export, plans)]
    problems += check_types(export, [plan for plan in plans if not any(match.plan is plan for match in matches)])
    chosen, found, effects = select_sessions(round_, export)
    selected = export if chosen.all() else replace(export, voters=_subset(export.voters, chosen))
    without_number, faults = check_cells(selected, plans, ("upvotes", "score"))
    _, same, effect = identical_ballots(selected, matches)
    problems += [*found, *faults, *same]
    outcomes, drafts, corrected = _outcomes(round_, selected, matches)
    problems += corrected + [problem for outcome in outcomes for problem in outcome.problems]
    answered = np.zeros(len(selected.voters.rows), dtype=bool)
    for table in drafts.values():
        answered[table["voter_at"]] = True
    gone, found, silence = reactions_only(round_, selected, answered)
    effects += [*effect, *silence, *(effect for outcome in outcomes for effect in outcome.effects)]
    voters = selected.voters
    kept: _Kept = [(m.question.id, m.question.type, o.stay) for m, o in zip(matches, outcomes, strict=True)]
    kept += [(f"slide_{plan.number}", "slide", reactions(plan, voters)) for plan in plans if plan.type == "slide"]
    set_aside = _set_aside(export, selected, left, outcomes) + without_number
    answers = _answers(round_, export, voters, kept)
    return Survey(
        voters=_voters(round_, voters, answers, gone),
        answers=answers,
        problems=_problems(round_, export, problems + found),
        totals=_totals(export, set_aside),
        reading=pd.DataFrame([_reading_row(m, o) for m, o in zip(matches, outcomes, strict=True)]),
        rule_effects=effects_table(round_, effects, drafts),
    )


def _outcomes(
    round_: Round, export: Export, matches: list[Match]
) -> tuple[list[Outcome], dict[str, pd.DataFrame], list[Problem]]:
    """Every question tidied, corrected and judged; the drafts before any rule; the rows about corrections."""
    corrections = read_corrections(round_)
    drafts: dict[str, pd.DataFrame] = {}
    outcomes, problems = [], list[Problem]()
    for match in matches:
        table, found = correct(round_, export, match, draft(match, export.voters), corrections)
        problems += found
        drafts[match.question.id] = table
        outcomes.append(apply_rules(round_, export, match, table))
    return outcomes, drafts, problems


def _subset(voters: Voters, chosen: np.ndarray) -> Voters:
    """The sheet with only the chosen voters."""
    at = np.flatnonzero(chosen).tolist()
    return replace(
        voters,
        columns=[[column[i] for i in at] for column in voters.columns],
        rows=[voters.rows[i] for i in at],
        dates=[voters.dates[i] for i in at],
        sessions=[voters.sessions[i] for i in at],
        numbers=[voters.numbers[i] for i in at],
    )


def _cells(voters: Voters) -> int:
    return sum(len(filled(column)[0]) for column in voters.columns)


def _set_aside(export: Export, selected: Export, left: list[int], outcomes: list[Outcome]) -> int:
    """Cells that no table has: of rows without a voter, of sessions and columns left out, of answers against a rule."""
    others = _cells(export.voters) - _cells(selected.voters) if selected is not export else 0
    unmatched = sum(len(filled(selected.voters.columns[column])[0]) for column in left)
    return export.lost + others + unmatched + sum(int((o.away["column"] >= 0).sum()) for o in outcomes)


def _totals(export: Export, set_aside: int) -> dict[str, int]:
    non_empty = export.lost + _cells(export.voters)
    return {
        "voters": len(export.voters.rows),
        "non_empty": non_empty,
        "consumed": non_empty - set_aside,
        "set_aside": set_aside,
    }


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


def _reading_row(match: Match, outcome: Outcome) -> dict[str, object]:
    return {
        "question": match.question.id,
        "wording": match.question.wording,
        "type": match.question.type,
        "respondents": int(outcome.stay["voter_at"].nunique()),
        "answers": int((outcome.stay["column"] >= 0).sum()),
        "set_aside": int((outcome.away["column"] >= 0).sum()),
    }


def _answers(round_: Round, export: Export, voters: Voters, kept: _Kept) -> pd.DataFrame:
    sessions, numbers = np.array(voters.sessions, dtype=np.int64), np.array(voters.numbers, dtype=np.int64)
    frames = []
    for question, type_, table in kept:
        at = table["voter_at"].to_numpy()
        frame = table[["item", "value", "text", "pick_order"]].astype({"item": object, "text": object})
        frames.append(frame.assign(session=sessions[at], voter=numbers[at], question=question, type=type_))
    if export.audience:
        frames.append(audience(export.audience).assign(question="questions_from_audience", type="audience"))
    whole = pd.concat(frames, ignore_index=True).assign(round=round_.name)
    return validate(whole.sort_values(["session", "voter"], kind="stable"), "answers", where=export.path)


def _voters(round_: Round, voters: Voters, answers: pd.DataFrame, gone: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame({"session": voters.sessions, "voter": voters.numbers}, dtype="Int64")
    frame = frame[~np.isin(np.arange(len(frame)), gone)]
    frame.insert(0, "round", round_.name)
    group = round_.with_role("participant_group")
    segment = answers[answers["question"] == (group[0].id if group else "")][["session", "voter", "item"]]
    segment = segment.drop_duplicates(["session", "voter"]).rename(columns={"item": "segment"})
    return validate(frame.merge(segment, how="left", on=["session", "voter"]), "voters", where="voters")


def _problems(round_: Round, export: Export, problems: list[Problem]) -> pd.DataFrame:
    columns = ["file", "place", "rule", "seen", "action", "message"]
    rows = [
        [problem.file or export.path.name, *(getattr(problem, name) for name in columns[1:])] for problem in problems
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(0, "round", round_.name)
    return validate(frame, "problems", where=export.path)
