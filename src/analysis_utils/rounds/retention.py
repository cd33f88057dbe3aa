"""Forgetting a round: what single people said is deleted, what was released stays and can be compared with."""

from __future__ import annotations

from pathlib import Path

from .folders import Round

KEPT_RAW = ("round.yml",)
KEPT_PROCESSED = ("estimates.csv", "changes.csv")


def private_files(round_: Round) -> list[Path]:
    """Everything in the round's raw and processed folders but its description and its estimates, hidden files too, and
    whatever a run that failed or was killed left beside them."""
    raw = [path for path in _files(round_.raw) if path.relative_to(round_.raw).as_posix() not in KEPT_RAW]
    processed = [
        path for path in _files(round_.processed) if path.relative_to(round_.processed).as_posix() not in KEPT_PROCESSED
    ]
    unfinished = [path for folder in _workshops(round_) for path in _files(folder)]
    return [*raw, *processed, *unfinished]


def forget(round_: Round) -> list[Path]:
    """Delete `private_files`; returns them. Copies elsewhere (backups, mail, version control) are not reached."""
    files = private_files(round_)
    for path in files:
        path.unlink()
    for folder in (round_.raw, round_.processed, *_workshops(round_)):
        for path in sorted([folder, *folder.rglob("*")], reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
    return files


def _workshops(round_: Round) -> list[Path]:
    """Where a run builds what it moves into the final folders when it is whole."""
    return [folder.with_name(f".{folder.name}.building") for folder in (round_.processed, round_.reports)]


def _files(folder: Path) -> list[Path]:
    found = folder.rglob("*") if folder.is_dir() else []
    return sorted(path for path in found if path.is_file() or path.is_symlink())
