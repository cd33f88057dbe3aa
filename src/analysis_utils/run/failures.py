"""Ways in which a run can end without a report. The earlier report stays in every one of them."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class NotebookFailedError(Exception):
    """A cell failed. The message names notebook, cell and cause, and where to open it.

    Parameters: `cell` is the cell's number in the notebook, from 1 (0 when none was begun), `line` its first line,
    `notebook` the notebook as far as it was executed.
    """

    def __init__(self, path: Path, cell: int, line: str, message: str, notebook: Any = None) -> None:
        at = f", cell {cell}" if cell else ""
        shown = f"\n      {line}" if line else ""
        super().__init__(f"{path.name}{at}: {message}{shown}\n  Open it: {path} (make lab) and run it up to this cell.")
        self.path, self.cell, self.line, self.message, self.notebook = path, cell, line, message, notebook


class BesideError(RuntimeError):
    """Work given to the process beside this one was not done (`beside.py`)."""


class OutOfSpaceError(Exception):
    """The disk is full; `file` is what could not be written, where that is known."""

    def __init__(self, file: str | None) -> None:
        super().__init__(f"expected room on the disk, saw none while writing {file or 'a file'}; free some and rerun.")


class ReportFailedError(Exception):
    """The report was not written. Its message joins those of all `causes`; `is_data` when every cause is input that
    breaks a rule (DataError)."""

    def __init__(self, causes: list[BaseException], *, is_data: bool) -> None:
        super().__init__("\n".join(str(cause) for cause in causes))
        self.causes, self.is_data = causes, is_data


def no_space(fault: BaseException) -> bool:
    """Whether a failure means that the disk (or the space allowed to this user) is full."""
    if isinstance(fault, OutOfSpaceError) or getattr(fault, "errno", None) in _FULL:
        return True
    return any(f"[Errno {code}]" in str(fault) for code in _FULL)  # raised in a cell, or by many files copied at once
