"""Forgetting a round: what single people said is deleted, what was released stays and can be compared with."""

from __future__ import annotations

from pathlib import Path

from .rounds import Round

KEPT_RAW = ("round.yml",)
KEPT_PROCESSED = ("estimates.csv", "changes.csv")


def private_files(round_: Round) -> list[Path]:
    """Everything in the round's raw and processed folders but its description and its estimates, hidden files too."""
    raw = [path for path in _files(round_.raw) if path.relative_to(round_.raw).as_posix() not in KEPT_RAW]
    processed = [
        path for path in _files(round_.processed) if path.relative_to(round_.processed).as_posix() not in KEPT_PROCESSED
    ]
    return [*raw, *processed]


def forget(round_: Round) -> list[Path]:
    """Delete `private_files`; returns them. Copies elsewhere (backups, mail, version control) are not reached."""
    files = private_files(round_)
    for path in files:
        path.unlink()
    for folder in (round_.raw, round_.processed):
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
    return files


def _files(folder: Path) -> list[Path]:
    found = folder.rglob("*") if folder.is_dir() else []
    return sorted(path for path in found if path.is_file() or path.is_symlink())
