"""Files of a report that have passed a check already, so that after a small change only what changed is read again.

What passed counts for as long as what it was compared with is the same (`state`); a file is known by name and content.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .hashes import file_hash


@dataclass(frozen=True)
class Passed:
    """What passed one check. `note` is the file in which that is kept; `root` is the folder names are relative to;
    `forget`: what it says does not count."""

    note: Path
    state: str
    root: Path
    forget: bool = False

    def unknown(self, files: Iterable[Path]) -> list[Path]:
        """Those of the files that have not passed as they are now."""
        known = self._read()
        return [path for path in files if self._mark(path) not in known]

    def keep(self, files: Iterable[Path]) -> None:
        """Note that these files, and no others, have passed."""
        marks = sorted(self._mark(path) for path in files)
        self.note.write_text(json.dumps({"state": self.state, "passed": marks}), encoding="utf-8")

    def _mark(self, path: Path) -> str:
        name = path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name
        return f"{name} {file_hash(path)}"

    def _read(self) -> set[str]:
        """Empty where the check was never passed, or passed beside something else."""
        if self.forget:
            return set()
        try:
            noted = json.loads(self.note.read_text(encoding="utf-8"))
            return set(noted["passed"]) if noted["state"] == self.state else set()
        except (OSError, ValueError, KeyError, TypeError):
            return set()
