"""The wall at run time: in a kernel that renders a report, private files do not open.

The runner gives report notebooks folders without private tables; this closes the other ways to them. It keeps honest
code from slipping, in whatever library it opens files; it is no lock against somebody who wants to get out.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

from .errors import DataError

TOLD = "FACHDIALOG_PRIVATE"
CLOSED = "closed"
OPEN_IN_RAW = ("round.yml", "findings.yml", "published.yml", "paraphrases.csv")
"""Files of a round that describe it and hold nobody's words."""
READERS = ("pyarrow.parquet", "pyarrow._parquet", "pyarrow.dataset", "pyarrow._dataset", "pyarrow.feather")
"""Modules that open private tables without Python's own open; a report has no use for them."""
_closed: list[Path] = []
# Where modules are opened by the hundred: no place for data.
_LIBRARIES = tuple(sysconfig.get_path(name) + os.sep for name in ("stdlib", "purelib", "platlib"))


def close_if_told() -> bool:
    """Close the wall where the environment says so; whether it is closed."""
    if os.environ.get(TOLD) == CLOSED and not _closed:
        close(Path(os.environ["FACHDIALOG_DATA"]))
    return bool(_closed)


def close(data: Path) -> None:
    """From now on this process opens no Parquet file and, below `data/raw`, descriptions of rounds only."""
    _closed.append(data.resolve())
    for name in READERS:
        sys.modules[name] = None  # type: ignore[assignment]
    sys.addaudithook(_watch)


def is_private(path: object) -> bool:
    """Whether a path is on the other side of the wall."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    text = os.fsdecode(path)
    if text.startswith(_LIBRARIES) and ".." not in text:
        return False
    place = Path(os.path.realpath(text))
    if place.suffix == ".parquet":
        return True
    raw = [data / "raw" for data in _closed]
    return any(place.is_relative_to(folder) for folder in raw) and place.name not in OPEN_IN_RAW


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and is_private(arguments[0]):
        remedy = "compute in `measure`, from an ingest notebook, and read the estimates here"
        raise DataError("report notebook", "public tables only", "a private file being opened", remedy=remedy)
