"""A round's Mentimeter export → the tables `voters`, `answers` and `problems`, and an account of the reading."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from poll_exports import Export, Voters, check_cells, check_types, message_without, shown, written

from ..contracts import TABLES
from ..errors import DataError
from ..kept import keep
from ..rounds import Round, Rules
from ..tables import make_table, validate, write_table
from .drafts import draft_of, items_of, one_word, texts_of, whole_numbers, words
from .effects import Switched, effects_table, switched_drafts, switched_early
from .export import read_named, without_collector
from .folder import is_of_survey, named, not_read, possible_exports
from .matching import Match, check_unmatched, match_round
from .personal import personal_problems
from .problems import EXPORT, Problem, public_problems, told
from .readings import Kept, read_questions
from .rules import Outcome, reactions_only, select_sessions
from .several import together
from .tidy import audience, reactions, upvotes_of


@dataclass(frozen=True)
class Survey:
    """What was read. `voters`, `answers`, `problems` follow the `contracts.py`; the rest is for people.

    `totals`: voters, and cells of the question columns (`non_empty` = `consumed` + `set_aside`). `reading`: one row per
    question (id, wording, type, respondents n, answers n, cells set aside). `rule_effects`: one row per rule
    (`effects.effects_table`).
    `rule_answers`: points as they would be under other rules for ballots, empty where no rule touched a ballot.
    `found`: the problems with what only an analyst may see of them.
    """

    voters: pd.DataFrame
    answers: pd.DataFrame
    problems: pd.DataFrame
    totals: dict[str, int]
    reading: pd.DataFrame
    rule_effects: pd.DataFrame
    rule_answers: pd.DataFrame
    found: list[Problem]

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
        return "\n".join([*lines, *told(self.found, self.problems["message"])])


@without_collector()
def ingest_survey(round_: Round) -> Survey:
    """Read the exports that `round.yml` names and match them to the round.

    Raises: DataError where one is missing, cannot be read or does not fit `round.yml`.
    """
    export = read_files(round_)
    plans = export.questions
    check_unmatched(round_, export)
    matches, undeclared = match_round(round_, export)
    matched = [match.plan for match in matches]
    problems = [*export.problems, *undeclared]
    problems += check_types(export, [plan for plan in plans if not any(plan is other for other in matched)])
    chosen, found, effects = select_sessions(round_, export)
    selected = export if chosen.all() else replace(export, voters=export.voters.only(chosen))
    without_number, faults = check_cells(selected, plans, ("upvotes", "score"))
    read = read_questions(round_, selected, matches)
    gone, silence, effect = reactions_only(round_, selected, read.answered)
    slides = [(f"slide_{p.number}", "slide", reactions(p, selected.voters)) for p in plans if p.type == "slide"]
    answers = _answers(round_, selected, [*read.kept, *slides])
    consumed = read.consumed + sum(table.cells() for _, _, table in slides) + upvotes_of(selected.voters, matches)
    set_aside = _left_out(export, selected) + without_number + read.set_aside
    early = switched_early(round_, export, matches, chosen, effects)
    listed = [*not_read(round_), *problems, *found, *faults, *read.problems, *silence, *personal_problems(answers)]
    effects = [*effects, *effect, *read.effects]
    said = written(export, [plan.title for plan in plans]) if listed else set()
    return Survey(
        voters=_voters(round_, selected.voters, read.kept, gone),
        answers=answers,
        problems=keep("problems", _problems(round_, export, listed, said)),
        totals=keep("totals", _totals(export, consumed + export.silent, set_aside)),
        reading=keep("reading", pd.DataFrame([_reading_row(match, outcome) for match, outcome in read.outcomes])),
        rule_effects=keep("rule_effects", effects_table(round_, effects, read.drafts, early)),
        rule_answers=_rule_answers(round_, switched_drafts(round_, selected, effects, read.drafts), early),
        found=listed,
    )


def _left_out(export: Export, selected: Export) -> int:
    """Cells of rows without a voter, of sessions that do not count and of columns that nobody takes."""
    others = export.voters.cells() - selected.voters.cells()
    return export.lost + others + sum(len(selected.voters.filled(column)[0]) for column in export.left)


def _totals(export: Export, consumed: int, set_aside: int) -> dict[str, int]:
    """The account of all cells. Raises: DataError where a cell is neither in a table nor set aside."""
    non_empty = export.lost + export.voters.cells() + export.silent
    if consumed + set_aside != non_empty:
        saw = f"{consumed} consumed and {set_aside} set aside of {non_empty}"
        remedy = "this is a fault of the reader, not of the file: please report it"
        raise DataError(export.path, "every cell with content in a table or set aside", saw, remedy=remedy)
    return {"voters": len(export.voters.rows), "non_empty": non_empty, "consumed": consumed, "set_aside": set_aside}


def write_survey(round_: Round, survey: Survey) -> None:
    """Write the tables to the round's places. A `rule_answers` of an earlier reading goes where no rule touched one."""
    for name in ("voters", "answers", "problems"):
        write_table(getattr(survey, name), name, round_.table(name))
    if len(survey.rule_answers):
        write_table(survey.rule_answers, "rule_answers", round_.table("rule_answers"))
    else:
        round_.table("rule_answers").unlink(missing_ok=True)


def read_files(round_: Round) -> Export:
    """The answers of all files that `round.yml` names, as one export. Raises: DataError."""
    exports = [read_named(path, round_.file) for path in export_paths(round_)]
    return exports[0] if len(exports) == 1 else together(round_, exports)


def export_paths(round_: Round) -> list[Path]:
    """The files that `round.yml` names, which must lie in the round's own folder. Raises: DataError."""
    there, file = possible_exports(round_.raw), round_.raw / "round.yml"
    names = [shown(one.name, 60) for one in there]
    lines = " or ".join(f"“export: {name}”" for name in names[:4])
    if len(names) > 1:
        lines += f", or if all of them count “exports: [{', '.join(names[:8])}]”,"
    remedy = f"write {lines} in round.yml" if there else f"put the file of the poll tool into {round_.raw}"
    if not round_.file.files:
        saw = f"{len(there)} files that may be it" if there else "no file that may be it"
        raise DataError(file, "the file with the answers, named after export", saw, at="export", remedy=remedy)
    found = []
    for name in round_.file.files:
        path = named(round_.raw, name)
        if Path(name).is_absolute() or ".." in Path(name).parts or not name.strip():
            hint = "put the file into the round's folder and give its name alone"
            raise DataError(file, "an export in the round's folder", repr(name), "export", hint)
        if not path.exists() and len(round_.file.files) > 1:
            hint = f"put it there, or take it out of exports; there are {', '.join(names) or 'no others'}"
            raise DataError(path, "this file to exist", "nothing", f"the folder {round_.name}", hint)
        if not path.exists():
            raise DataError(path, "this file to exist", "nothing", at=f"the folder {round_.name}", remedy=remedy)
        found.append(path)
    return found


def _reading_row(match: Match, outcome: Outcome) -> dict[str, object]:
    return {
        "question": match.question.id,
        "wording": match.question.full_wording,
        "type": match.question.type,
        "respondents": len(outcome.stay.voters()),
        "answers": outcome.stay.cells(),
        "set_aside": outcome.away.cells(),
    }


def _answers(round_: Round, export: Export, kept: Kept, *, with_audience: bool = True) -> pd.DataFrame:
    """One table, sorted by session and voter, then in the order of round.yml."""
    voters = export.voters
    tables = [table for _, _, table in kept] or [draft_of([], -1)]
    sessions, numbers = np.array(voters.sessions, dtype=np.int64), np.array(voters.numbers, dtype=np.int64)
    by_number = np.lexsort((numbers, sessions))
    at = np.concatenate([table.voter_at for table in tables])
    is_sorted = bool((by_number[1:] > by_number[:-1]).all())
    order = np.argsort(at if is_sorted else np.argsort(by_number).astype(np.int32)[at], kind="stable")
    at = at[order]
    names = np.repeat(np.arange(len(kept), dtype=np.int16), [len(table) for _, _, table in kept])[order]
    columns = {
        "round": one_word(round_.name, len(order)),
        "session": whole_numbers(sessions[at]),
        "voter": whole_numbers(numbers[at]),
        "question": words([name for name, _, _ in kept], names),
        "type": words([type_ for _, type_, _ in kept], names),
        "item": items_of(tables, order),
        "value": np.concatenate([table.value for table in tables])[order],
        "text": texts_of(tables, order),
        "pick_order": whole_numbers(np.concatenate([table.order for table in tables])[order], none=0),
    }
    frame = pd.DataFrame(columns, copy=False)
    if export.audience and with_audience:
        asked = audience(export.audience).assign(round=round_.name, question="questions_from_audience", type="audience")
        frame = pd.concat([frame, asked], ignore_index=True)
    return validate(frame, "answers", where=export.path)


def _rule_answers(round_: Round, *switched: Iterable[Switched]) -> pd.DataFrame:
    """The table `rule_answers`, in the order of the rules in `round.yml`, then as `answers`."""
    columns = [column.name for column in TABLES["rule_answers"].columns]
    rules = list(Rules.model_fields)
    parts = []
    for one in (one for many in switched for one in many):
        part = _answers(round_, one.export, [(one.question, "points", one.draft)], with_audience=False)
        named = words(rules, np.full(len(part), rules.index(one.rule), dtype=np.int8))
        parts.append(part.assign(rule=named)[columns])
    if not parts:
        return _no_rule_answers().copy()
    return validate(pd.concat(parts, ignore_index=True), "rule_answers", where=round_.name)


@cache
def _no_rule_answers() -> pd.DataFrame:
    return make_table("rule_answers", [])


def _voters(round_: Round, voters: Voters, kept: Kept, gone: np.ndarray) -> pd.DataFrame:
    """One row per voter; `segment` is the first participant group the voter named."""
    frame = pd.DataFrame({"session": voters.sessions, "voter": voters.numbers}, dtype="Int64")
    frame.insert(0, "round", round_.name)
    segment = np.full(len(frame), "", dtype=object)
    group = round_.with_role("participant_group")
    for table in (table for name, _, table in kept if group and name == group[0].id):
        at, first = np.unique(table.voter_at, return_index=True)
        segment[at] = table.item_words()[first]
    frame["segment"] = segment
    return validate(frame[~np.isin(np.arange(len(frame)), gone)], "voters", where="voters")


def _problems(round_: Round, export: Export, problems: list[Problem], words: Set[str]) -> pd.DataFrame:
    frame = public_problems(round_.name, problems, lambda file: file if is_of_survey(file) else EXPORT)
    frame["message"] = [message_without(message, words) for message in frame["message"]]
    return validate(frame, "problems", where=export.path)
