"""A round's Mentimeter export → the tables `voters`, `answers` and `problems`, and an account of the reading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from poll_exports import Export, Plan, Voters, check_cells, check_types, message_without, shown, written

from ..contracts import TABLES
from ..errors import DataError
from ..kept import keep
from ..rounds import Round
from ..tables import make_table, validate, write_table
from .export import read_named, without_collector
from .folder import is_of_survey, named, not_read, possible_exports
from .matching import Match, check_unmatched, match_round
from .problems import EXPORT, Problem, personal_problems, public_problems, told
from .readings import Kept, Switched, effects_table, read_questions, switched_drafts, switched_early
from .rules import Outcome, reactions_only, select_sessions
from .several import together
from .tidy import audience, cells_of, reactions, upvotes_of


@dataclass(frozen=True)
class Survey:
    """What was read. `voters`, `answers`, `problems` follow the `contracts.py`; the rest is for people.

    `totals`: voters, and cells of the question columns (`non_empty` = `consumed` + `set_aside`). `reading`: one row per
    question (id, wording, type, respondents n, answers n, cells set aside). `rule_effects`: one row per rule
    (`readings.effects_table`).
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
    exports = [read_named(path, round_.file) for path in _export_paths(round_)]
    export = exports[0] if len(exports) == 1 else together(round_, exports)
    plans = export.questions
    check_unmatched(round_, export)
    matches, undeclared = match_round(round_, export)
    matched = {id(match.plan) for match in matches}
    problems = [*export.problems, *undeclared, *check_types(export, [p for p in plans if id(p) not in matched])]
    chosen, found, effects = select_sessions(round_, export)
    selected = export if chosen.all() else replace(export, voters=export.voters.only(chosen))
    without_number, faults = check_cells(selected, plans, ("upvotes", "score"))
    read = read_questions(round_, selected, matches)
    gone, silence, effect = reactions_only(round_, selected, read.answered)
    slides = [(f"slide_{p.number}", "slide", reactions(p, selected.voters)) for p in plans if p.type == "slide"]
    answers = _answers(round_, selected, [*read.kept, *slides])
    reading = [_reading_row(match, outcome) for match, outcome in read.outcomes]
    # Every cell is in a table or set aside: of rows without a voter, of sessions that do not count, of columns that
    # nobody takes.
    consumed = read.consumed + sum(cells_of(table) for *_, table in slides) + upvotes_of(selected.voters, matches)
    consumed += export.silent
    set_aside = export.lost + export.voters.cells() - selected.voters.cells() + without_number
    set_aside += sum(len(selected.voters.filled(column)[0]) for column in export.left)
    set_aside += sum(cells_of(outcome.away) for _, outcome in read.outcomes)
    non_empty = export.lost + export.voters.cells() + export.silent
    if consumed + set_aside != non_empty:
        saw = f"{consumed} consumed and {set_aside} set aside of {non_empty}"
        remedy = "this is a fault of the reader, not of the file: please report it"
        raise DataError(export.path, "every cell with content in a table or set aside", saw, remedy=remedy)
    counts = {"non_empty": non_empty, "consumed": consumed, "set_aside": set_aside}
    early = switched_early(round_, export, matches, chosen, effects)
    listed = [*not_read(round_), *problems, *found, *faults, *read.problems, *silence, *personal_problems(answers)]
    effects = [*effects, *effect, *read.effects]
    switched = [*switched_drafts(round_, selected, effects, read.drafts), *early]
    public = public_problems(round_.name, listed, lambda file: file if is_of_survey(file) else EXPORT)
    said = written(export, [plan.title for plan in plans]) if listed else set()
    public["message"] = [message_without(message, said) for message in public["message"]]
    return Survey(
        voters=_voters(round_, selected.voters, read.kept, gone),
        answers=answers,
        problems=keep("problems", validate(public, "problems", where=export.path)),
        totals=keep("totals", {"voters": len(export.voters.rows), **counts}),
        reading=keep("reading", pd.DataFrame(reading)),
        rule_effects=keep("rule_effects", effects_table(round_, effects, read.drafts, switched)),
        rule_answers=_rule_answers(round_, switched),
        found=listed,
    )


def write_survey(round_: Round, survey: Survey) -> None:
    """Write the tables to the round's places. A `rule_answers` of an earlier reading goes where no rule touched one."""
    for name in ("voters", "answers", "problems"):
        write_table(getattr(survey, name), name, round_.table(name))
    if len(survey.rule_answers):
        write_table(survey.rule_answers, "rule_answers", round_.table("rule_answers"))
    else:
        round_.table("rule_answers").unlink(missing_ok=True)


def _export_paths(round_: Round) -> list[Path]:
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
    if len(round_.file.files) > 1:
        remedy = f"put it there, or take it out of exports; there are {', '.join(names) or 'no others'}"
    found = []
    for name in round_.file.files:
        path = named(round_.raw, name)
        if Path(name).is_absolute() or ".." in Path(name).parts or not name.strip():
            hint = "put the file into the round's folder and give its name alone"
            raise DataError(file, "an export in the round's folder", repr(name), "export", hint)
        if not path.exists():
            raise DataError(path, "this file to exist", "nothing", at=f"the folder {round_.name}", remedy=remedy)
        found.append(path)
    return found


def _reading_row(match: Match, outcome: Outcome) -> dict[str, object]:
    return {
        "question": match.question.id,
        "wording": match.question.full_wording,
        "type": match.question.type,
        "respondents": outcome.stay["voter_at"].nunique(),
        "answers": cells_of(outcome.stay),
        "set_aside": cells_of(outcome.away),
    }


def _answers(round_: Round, export: Export, kept: Kept, *, with_audience: bool = True) -> pd.DataFrame:
    """One table, sorted by session and voter, then in the order of round.yml."""
    nothing = reactions(Plan(0, "slide", ""), export.voters)
    names, types, tables = zip(*kept, strict=True) if kept else (("",), ("",), (nothing,))
    sessions, numbers = (np.array(ids, dtype=np.int64) for ids in (export.voters.sessions, export.voters.numbers))
    by_number = np.empty(len(numbers), dtype=np.int32)
    by_number[np.lexsort((numbers, sessions))] = np.arange(len(numbers), dtype=np.int32)
    rows = pd.concat([table[["voter_at", "value", "text", "order"]] for table in tables], ignore_index=True)
    order = np.argsort(by_number[rows["voter_at"]], kind="stable")
    rows = rows.iloc[order]
    at = rows["voter_at"].to_numpy()
    question = np.repeat(np.arange(len(tables), dtype=np.int16), [len(table) for table in tables])[order]
    frame = pd.DataFrame(
        {
            "round": pd.Categorical([round_.name]).take(np.zeros(len(at), dtype=np.int8)),
            "session": pd.array(sessions[at], dtype="Int64"),
            "voter": pd.array(numbers[at], dtype="Int64"),
            "question": pd.Categorical(names).take(question),
            "type": pd.Categorical(types).take(question),
            "item": union_categoricals([table["item"] for table in tables]).take(order),
            "value": rows["value"].to_numpy(),
            "text": rows["text"].array,
            "pick_order": pd.arrays.IntegerArray(rows["order"].to_numpy(np.int64), (rows["order"] == 0).to_numpy()),
        },
        copy=False,
    )
    if export.audience and with_audience:
        asked = audience(export.audience).assign(round=round_.name, question="questions_from_audience", type="audience")
        frame = pd.concat([frame, asked], ignore_index=True)
    return validate(frame, "answers", where=export.path)


def _rule_answers(round_: Round, switched: list[Switched]) -> pd.DataFrame:
    """The table `rule_answers`: points as under the opposite of each rule, each as in `answers`."""
    columns = [column.name for column in TABLES["rule_answers"].columns]
    parts = [
        _answers(round_, one.export, [(one.question, "points", one.draft)], with_audience=False).assign(rule=one.rule)
        for one in switched
    ]
    if not parts:
        return make_table("rule_answers", [])
    return validate(pd.concat(parts, ignore_index=True)[columns], "rule_answers", where=round_.name)


def _voters(round_: Round, voters: Voters, kept: Kept, gone: np.ndarray) -> pd.DataFrame:
    """One row per voter; `segment` is the first participant group the voter named."""
    frame = pd.DataFrame({"round": round_.name, "session": voters.sessions, "voter": voters.numbers})
    frame["segment"] = ""
    group = round_.with_role("participant_group")
    for table in (table for name, _, table in kept if group and name == group[0].id):
        first = table.drop_duplicates("voter_at")
        frame.loc[first["voter_at"].to_numpy(), "segment"] = first["item"].astype(str).to_numpy()
    return validate(frame.drop(gone.tolist()), "voters", where="voters")
