"""What a file held: content hashes, of files and of whole folders, and which files passed a check as they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def joint_hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def files_below(folder: Path) -> list[Path]:
    """Every file below the folder, sorted; hidden ones and compiled code left out."""
    found = (path for path in folder.rglob("*") if path.suffix != ".pyc" and path.is_file())
    return sorted(path for path in found if not any(part[0] == "." for part in path.relative_to(folder).parts))


def hashes_in(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    """Hash of each file by its path relative to the folder, with forward slashes."""
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in files}


def folder_hashes(folder: Path) -> dict[str, str]:
    return hashes_in(folder, files_below(folder))


@dataclass(frozen=True)
class Passed:
    """Files that have passed a check already, so that after a small change only what changed is read again. What passed
    counts for as long as what it was compared with is the same (`state`); a file is known by name and content. `note`
    is the file in which that is kept; `root` is the folder names are relative to; `forget`: what it says does not
    count."""

    note: Path
    state: str
    root: Path
    forget: bool = False

    def unknown(self, files: Iterable[Path]) -> list[Path]:
        """Those of the files that have not passed as they are now."""
        known: set[str] = set()
        try:
            noted = json.loads(self.note.read_text(encoding="utf-8"))
            if noted["state"] == self.state and not self.forget:
                known = set(noted["passed"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # never passed, or a note that was not written to its end
        return [path for path in files if self._mark(path) not in known]

    def keep(self, files: Iterable[Path]) -> None:
        """Note that these files, and no others, have passed."""
        marks = sorted(map(self._mark, files))
        self.note.write_text(json.dumps({"state": self.state, "passed": marks}), encoding="utf-8")

    def _mark(self, path: Path) -> str:
        name = path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name
        return f"{name} {file_hash(path)}"
