"""The four ways of exchange: project or codebook, out or in."""

from __future__ import annotations

from pathlib import Path

from ..errors import DataError
from ..rounds import Round
from .folder import subfolder
from .group_notes import ingest_group_notes
from .refi_import import import_codebook, import_project
from .refi_write import write_codebook_exchange, write_project


def exchange(round_: Round, path: Path, *, is_import: bool, group: str = "", add_codes: bool = False) -> str:
    """Read or write a `.qdpx` or `.qdc`, told by its ending; returns what happened, in words.

    Raises: DataError for another ending, and for what the file's reader or the round's notes refuse.
    """
    kind = path.suffix.lower()
    if kind not in (".qdpx", ".qdc"):
        raise DataError(path, "a file ending in .qdpx (project) or .qdc (codebook)", f"“{path.suffix}”")
    if is_import and kind == ".qdc":
        added = import_codebook(round_, path)
        return (
            "\n".join(f"code added to the codebook: {label}" for label in added) or "the codebook has all these codes"
        )
    if is_import:
        return str(import_project(round_, path, group=group, add_codes=add_codes))
    if not path.parent.is_dir():
        raise DataError(path, "a folder to write into", "none", at=str(path.parent))
    if kind == ".qdc":
        write_codebook_exchange(round_.codebook, path)
        return f"written: {path}"
    notes = ingest_group_notes(round_)
    if notes.is_empty:
        raise DataError(
            subfolder(round_.raw, "notes"), "statements to export", "none", remedy="put the notes there first"
        )
    codings = write_project(notes, path)
    return f"written: {path}, {len(notes.statements)} statements, {codings} codings; it holds what participants said"
