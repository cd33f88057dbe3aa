"""What a Mentimeter file holds, without a round: questions, counts, cells and problems, never what people wrote."""

from __future__ import annotations

from collections.abc import Set
from itertools import zip_longest
from pathlib import Path

import numpy as np

from poll_exports import (
    Export,
    Plan,
    check_cells,
    check_types,
    clean,
    label_without,
    message_without,
    shown,
    titles_without,
    type_without,
    written,
)

from ..clean import read_export
from ..rounds import normalise
from .guesses import labels_of


def inspect(path: Path) -> dict:
    """An account of a workbook, a `Voters` CSV or a folder with the CSV sheets of one export.

    Keys: file, tool, generation, voters, sessions, questions, cells, problems (docs/mentimeter.md). Raises: DataError
    where the file is refused.
    """
    export = read_export(path)
    plans = export.questions
    without_number, faults = check_cells(export, plans)
    problems = [*export.problems, *(check_types(export, plans) if export.blocks else []), *faults]
    counts = [len(export.voters.filled(c)[0]) for c in range(len(export.voters.headers))]
    non_empty = export.lost + sum(counts) + export.silent
    set_aside = export.lost + sum(counts[column] for column in export.left) + without_number
    sessions = np.array(export.voters.sessions)
    account = {
        "file": shown(path.name),
        "tool": export.tool,
        "generation": export.generation,
        "voters": len(export.voters.rows),
        "sessions": export.sessions,
        "questions": [
            _question(export, sessions, plan, session)
            for plan in plans
            for session in [block.session for block in plan.blocks] or export.sessions
        ],
        "cells": {"non_empty": non_empty, "consumed": non_empty - set_aside, "set_aside": set_aside},
        "problems": [
            {"rule": one.rule, "place": ", ".join(filter(None, (one.place, one.private))), "message": one.message}
            for one in problems
        ],
    }
    titles = [block.title for block in export.blocks]
    return _without(account, export, written(export, titles)) if problems else account


def _without(account: dict, export: Export, words: Set[str]) -> dict:
    """The account of a damaged file without labels that may be an answer: rows may have changed places in it."""
    headers = export.voters.headers if export.tool == "Mentimeter" else [q["title"] for q in account["questions"]]
    titles = titles_without((q["title"] for q in account["questions"]), headers, words)
    questions = [
        {
            **question,
            "type": label_without(question["type"], words),
            "title": titles[question["title"]],
            "items": [label_without(item, words) for item in question["items"]],
        }
        for question in account["questions"]
    ]
    problems = [{**problem, "message": message_without(problem["message"], words)} for problem in account["problems"]]
    return {**account, "questions": questions, "problems": problems}


def describe(account: dict) -> str:
    """The account for people: totals, one line per question, problems."""
    cells, sessions = account["cells"], ", ".join(map(str, account["sessions"]))
    tool = account["tool"] + (f" ({account['generation']})" if account["generation"] else "")
    lines = [
        f"{account['file']}: {tool}, {account['voters']} voters, sessions {sessions or 'none'}",
        f"  {cells['non_empty']} cells with content: {cells['consumed']} read, {cells['set_aside']} set aside",
    ]
    for question in account["questions"]:
        type_, title = shown(question["type"]), shown(question["title"])
        lines.append(f"  {question['number']:>3}  {type_:<10} n = {question['respondents']:<4} {title}")
        for item, value in zip_longest(question["items"], question["values"]):
            lines.append(f"{'':>22}· {shown(item)}" + ("" if value is None else f"  (value {value})"))
    return "\n".join([*lines, *(f"  {p['rule']}, {p['place']}: {p['message']}" for p in account["problems"])])


def _question(export: Export, sessions: np.ndarray, plan: Plan, session: int) -> dict:
    in_session = sessions == session
    answered = np.zeros(len(in_session), dtype=bool)
    answers = 0
    for use in plan.uses:
        at = export.voters.filled(use.column)[0]
        at = at[in_session[at]]
        answered[at] = True
        answers += len(at) if use.part not in ("upvotes", "name", "emoji", "score") else 0
    steps = labels_of(plan.items) if plan.type in ("choices", "choices_images") else {}
    return {
        "number": plan.number,
        "type": type_without(plan.type),
        "title": clean(plan.title),
        "items": [clean(item) for item in plan.items or _named(export, plan)],
        "values": [steps.get(normalise(clean(item)), "") for item in plan.items] if steps else [],
        "respondents": int(answered.sum()),
        "answers": answers,
        "session": session,
    }


def _named(export: Export, plan: Plan) -> list[str]:
    """Statements that no block prints, because nobody voted: what follows the title in the headers."""
    if export.tool != "Mentimeter":
        return [use.item for use in plan.uses if use.item]
    headers = [export.voters.headers[use.column] for use in plan.uses if use.item]
    return [header.removeprefix(plan.title).lstrip().removeprefix(":").removeprefix(" ") for header in headers]
