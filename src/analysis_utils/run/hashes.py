"""What a file held: content hashes, of single files and of whole folders."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
PACKAGES = ("analysis_utils", "cell_guard", "poll_exports", "printed_figures", "refi_qda")
"""What a result is made with: this package, and the tools beside it."""
# Only pages are made with these; no notebook sees them.
_FOR_PAGES_ONLY = ("analysis_utils/pages/template", "analysis_utils/run")


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def joint_hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def files_below(folder: Path) -> list[Path]:
    """Every file below the folder, sorted; hidden ones and compiled code left out."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not _is_litter(path.relative_to(folder)))


def _is_litter(path: Path) -> bool:
    return path.suffix == ".pyc" or any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def folder_hashes(folder: Path) -> dict[str, str]:
    """Hash of every file below the folder, by its path relative to it with forward slashes."""
    return hashes_in(folder, files_below(folder))


def hashes_in(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in files}


def package_files() -> list[Path]:
    """All files of our packages, code and data."""
    return [path for name in PACKAGES for path in files_below(SOURCE / name)]


def notebook_data_files(files: Iterable[Path]) -> list[Path]:
    """Those of our files that a notebook may open without importing them (fonts, word lists)."""
    return [path for path in files if path.suffix != ".py" and not _for_pages(path)]


def _for_pages(path: Path) -> bool:
    return path.relative_to(SOURCE).as_posix().startswith(_FOR_PAGES_ONLY)
