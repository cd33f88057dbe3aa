"""One file, whatever tool wrote it, as an `Export`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from . import mentimeter
from .containers import read_container
from .export import Export, Plan


def read(path: Path, declared: Sequence[Plan] = (), *, guess: bool = True) -> Export:
    """Read a workbook, a CSV or a folder with the CSV sheets of one export.

    `declared` are questions known from elsewhere (title, type, items), matched to what the file does not explain by
    itself; `guess` also takes what then is left, by the look of headers and cells.
    Raises: FileError for a file that is damaged, beyond the bounds or of no known tool.
    """
    sheets, problems = read_container(path)
    return mentimeter.read(path, sheets, problems, declared, guess)
