"""One file, whatever tool wrote it, as an `Export`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from . import google_forms, limesurvey, mentimeter, ms_forms, particify, poll_everywhere, table, table_guess, wooclap
from .containers import check_place, read_container
from .export import Export, Plan
from .faults import FileError
from .table import Named


def read(
    path: Path, declared: Sequence[Plan] = (), *, columns: Mapping[str, Named] | None = None, guess: bool = True
) -> Export:
    """Read a workbook, a CSV or a folder with the CSV sheets of one export.

    `columns` say what the columns of a table of no known tool are, by heading. `declared` are questions known from
    elsewhere (title, type, items), matched to what a Mentimeter file does not explain by itself; `guess` also takes
    what then is left, by the look of headings and cells.
    Raises: FileError for a file that is damaged, beyond the bounds or of no known tool.
    """
    if path.suffix.lower() == ".json":
        check_place(path)
        return particify.read(path)
    sheets, problems = read_container(path)
    if columns:
        return table.read(path, sheets, problems, columns)
    for tool in (limesurvey, ms_forms, google_forms, poll_everywhere):
        if found := tool.signs(sheets):
            return tool.read(path, found[0], problems, found[1])
    if found := wooclap.signs(sheets):
        return wooclap.read(path, sheets, found[0], problems, found[1])
    try:
        return mentimeter.read(path, sheets, problems, declared, guess)
    except FileError:
        if guess and not mentimeter.is_meant(sheets) and (other := table_guess.propose(path, sheets, problems)):
            return other
        raise
