"""One file, whatever tool wrote it, as an `Export`; and which file it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from . import forms, limesurvey, mentimeter, particify, poll_everywhere, table, wooclap
from .cells import shown, some
from .containers import Sheet, check_place, read_container
from .export import Export, Plan
from .faults import FileError, Problem
from .flat import Tool, head
from .table import Named

_TOOLS = (wooclap.WOOCLAP, limesurvey.LIMESURVEY, forms.MICROSOFT, forms.GOOGLE, poll_everywhere.POLL_EVERYWHERE)


@dataclass(frozen=True)
class Recognised:
    """What a file is: the tool, its form of file, the names of its sheets, how many people and questions it holds, and
    what was odd about it."""

    tool: str
    layout: str
    sheets: list[str]
    people: int
    questions: int
    problems: list[Problem]


def recognise(path: Path) -> Recognised:
    """Which tool wrote a file and what is in it. Raises: FileError as `read`."""
    export = read(path)
    people, questions = len(export.voters.rows), len(export.questions)
    return Recognised(export.tool, export.generation, export.sheets, people, questions, export.problems)


def read(
    path: Path,
    declared: Sequence[Plan] = (),
    *,
    columns: Mapping[str, Named] | None = None,
    all_columns: bool = True,
    guess: bool = True,
) -> Export:
    """Read a workbook, a CSV or a folder with the CSV sheets of one export.

    `columns` say what the columns of a table of no known tool are, by heading; without `all_columns` it may lack some
    of them. `declared` are questions known from elsewhere (title, type, items), matched to what a Mentimeter
    file does not explain by itself; `guess` also takes what then is left, by the look of headings and cells.
    Raises: FileError for a file that is damaged, beyond the bounds or of no known tool.
    """
    if path.suffix.lower() == ".json":
        check_place(path)
        return particify.read(path)
    sheets, problems = read_container(path)
    beside = re.compile("(?!)")
    if columns:
        export = table.read(path, sheets, problems, columns, all_columns)
    elif found := _recognised(sheets):
        tool, sheet, signs = found
        beside = tool.beside
        export = tool.read(path, sheet, sheets, problems, signs)
    else:
        try:
            whole = mentimeter.read(path, sheets, problems, declared, guess)
            return replace(whole, sheets=[sheet.title for sheet in sheets])
        except FileError:
            proposed = table.propose(path, sheets, problems) if guess and not mentimeter.is_meant(sheets) else None
            if proposed is None:
                raise
            export = proposed
    others = [sheet.title for sheet in sheets if any(map(any, sheet.rows)) and not beside.fullmatch(sheet.name)]
    if others := [title for title in others if title != export.voters.sheet]:
        message, seen = "sheets beside that with the answers were not read", f"{len(others)} sheets"
        named = some(map(shown, others))
        export.problems.append(Problem("unknown_sheet", "", message, seen, "set aside", private=named))
    return replace(export, sheets=[sheet.title for sheet in sheets])


def _recognised(sheets: list[Sheet]) -> tuple[Tool, Sheet, str] | None:
    """The tool, the sheet with its answers, and by what it is recognised."""
    pairs = ((tool, sheet, tool.signs(head(sheet))) for tool in _TOOLS for sheet in sheets)
    return next((pair for pair in pairs if pair[2]), None)
