"""Files → sheets of plain cells: which kind a file is, and who reads it. Sizes are checked before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .cells import Cell, shown
from .faults import FileError, Problem

MAX_FILE = 300 * 2**20
MAX_CELL = 32_767  # characters, the limit of spreadsheets

_MAGIC = {
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old .xls or password-protected Office file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"<htm": "a web page",
    b"<!DO": "a web page",
    b"<!do": "a web page",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
}
EXPORT_AGAIN = (
    "export it again (Mentimeter: View results → Download → Spreadsheet); of a table of another origin, say what its "
    "columns are under `columns` in round.yml"
)


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows` hold text and numbers, the empty cell is ""; `numbers` says in which row of the file
    each stands (from 1). `name` is empty for a CSV."""

    file: str
    name: str
    rows: list[Sequence[Cell]]
    numbers: list[int] | range

    @property
    def title(self) -> str:
        return self.name or self.file


def read_container(path: Path) -> tuple[list[Sheet], list[Problem]]:
    """All sheets of a workbook, of one CSV file or of a folder of CSV files, and what was odd about the container.

    Raises: FileError where the file is missing, empty, too large, of another kind or broken.
    """
    try:
        return _read(path)
    except OSError as fault:
        saw = fault.strerror or "an error of the file system"
        raise FileError(path, "a file that can be read", saw, remedy="check who may read it") from None


def _read(path: Path) -> tuple[list[Sheet], list[Problem]]:
    check_place(path)
    if path.is_dir():
        endings = (".csv", ".tsv", ".txt")
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in endings and not file.is_dir())
        books = sorted(file.name for file in path.iterdir() if file.suffix.lower() in (".xlsx", ".xlsm"))
        if books:
            remedy = f"name the one that counts: {' or '.join(f'{path.name}/{shown(name, 60)}' for name in books[:4])}"
            saw = "a workbook in it" if len(books) == 1 else f"{len(books)} workbooks in it"
            raise FileError(path, "a file, or a folder with the CSV sheets of one export alone", saw, remedy=remedy)
        if not files:
            raise FileError(path, "a folder with the CSV sheets of one export", "no CSV file", at=str(path.name))
        parts = [_read(file) for file in files]
        return [sheet for sheets, _ in parts for sheet in sheets], [note for _, notes in parts for note in notes]
    head = _head(path)
    if head.startswith(b"PK"):
        from .workbook import read_workbook

        return read_workbook(path)
    from .delimited import read_text

    return read_text(path, head)


def check_place(path: Path) -> None:
    if path.is_symlink():
        raise FileError(path, "a file, not a symbolic link", "a symbolic link", remedy="name the file it points to")
    if not path.exists():
        raise FileError(path, "this file to exist", "nothing", at=str(path.parent), remedy="check name and folder")
    if not path.is_dir() and not path.is_file():
        raise FileError(path, "a regular file", "a device or pipe")


def _head(path: Path) -> bytes:
    size = path.stat().st_size
    if size == 0:
        raise FileError(path, "a Mentimeter export", "an empty file", remedy=EXPORT_AGAIN)
    if size > MAX_FILE:
        raise FileError(path, f"at most {MAX_FILE // 2**20} MiB", f"{size // 2**20} MiB")
    with path.open("rb") as stream:
        head = stream.read(4096)
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise FileError(path, "a Mentimeter export (xlsx or CSV)", kind, remedy=EXPORT_AGAIN)
    if path.suffix.lower() in (".xlsx", ".xlsm") and not head.startswith(b"PK"):
        raise FileError(path, "an xlsx workbook (a zip archive)", "another kind of file", remedy=EXPORT_AGAIN)
    return head
