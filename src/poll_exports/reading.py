"""One file, whatever tool wrote it, as an `Export`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from . import google_forms, limesurvey, mentimeter, ms_forms, particify, poll_everywhere, table, table_guess, wooclap
from .cells import shown, some
from .containers import Sheet, check_place, read_container
from .export import Export, Plan
from .faults import FileError, Problem
from .table import Named


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
    if not columns and (found := wooclap.signs(sheets)):
        return wooclap.read(path, sheets, found[0], problems, found[1])
    export = _flat(path, sheets, problems, columns, all_columns)
    if export is None:
        try:
            return mentimeter.read(path, sheets, problems, declared, guess)
        except FileError:
            export = table_guess.propose(path, sheets, problems) if guess and not mentimeter.is_meant(sheets) else None
            if export is None:
                raise
    others = [sheet for sheet in sheets if sheet.title != export.voters.sheet and any(map(any, sheet.rows))]
    if others:
        message, seen = "sheets beside that with the answers were not read", f"{len(others)} sheets"
        named = some(shown(sheet.title) for sheet in others)
        export.problems.append(Problem("unknown_sheet", "", message, seen, "set aside", private=named))
    return export


def _flat(
    path: Path, sheets: list[Sheet], problems: list[Problem], columns: Mapping[str, Named] | None, whole: bool
) -> Export | None:
    """A file with one sheet that holds all answers; None where it is of no such tool."""
    if columns:
        return table.read(path, sheets, problems, columns, whole)
    for tool in (limesurvey, ms_forms, google_forms, poll_everywhere):
        if found := tool.signs(sheets):
            return tool.read(path, found[0], problems, found[1])
    return None
