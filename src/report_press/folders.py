"""Putting finished folders where earlier ones are, so that at every moment a whole one is there; and folders for the
time of a run.

The new folders of a report are built beside the final places, in `.<name>.building/<name>`. A note beside them,
written when both are whole, lets the next run finish a move in which this one was killed.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .hashes import hashes_in

Hashes = dict[str, str]
NOTED = ".run/notes.json"
"""What was done from what: the notes of a run, in the folder of the tables."""
PREFIX = "report-press-"
ALIVE = ".alive"
YOUNG = 60
"""Seconds in which a folder may not have its lock yet."""


class BusyError(Exception):
    """Another run holds a place (`final`)."""

    def __init__(self, final: Path) -> None:
        super().__init__(f"another run is writing {final}")
        self.final = final


@dataclass(frozen=True)
class Places:
    """Where a folder is (`final`) and where its successor is built (`built`)."""

    final: Path

    @property
    def workshop(self) -> Path:
        return self.final.with_name(f".{self.final.name}.building")

    @property
    def built(self) -> Path:
        return self.workshop / self.final.name

    def prepare(self, mode: int = 0o755) -> None:
        self.workshop.mkdir(parents=True, exist_ok=True)
        self.workshop.chmod(mode)


@dataclass(frozen=True)
class Move:
    """The tables and the pages of a report, moved together: tables first, so that a page never shows numbers it has no
    tables for."""

    tables: Places
    pages: Places

    @property
    def note(self) -> Path:
        return self.tables.workshop / "whole.json"

    def is_in_place(self, tables: Hashes, pages: Hashes) -> bool:
        """Whether both final folders hold these files, unaltered."""
        return _holds(self.tables.final, tables) and _holds(self.pages.final, pages)

    def open_workshop(self) -> Path:
        """The folder in which tables are built, holding what the last run left: what is unchanged there is not done
        again. A run that failed or was killed leaves its folder; nothing in it is trusted that has not the noted
        hash."""
        self.recover()
        if not (self.tables.built / NOTED).is_file():
            shutil.rmtree(self.tables.workshop, ignore_errors=True)
            self.tables.prepare(0o700)
            if self.tables.final.is_dir():
                shutil.copytree(self.tables.final, self.tables.built)
        (self.tables.built / NOTED).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.tables.built.chmod(0o700)
        return self.tables.built

    def commit(self, tables: Hashes, pages: Hashes) -> None:
        """Move both folders in; from the note on, a killed move is finished by the next run.

        What the run noted for the next one counts as part of the tables: where only that differs, it is moved in too.
        """
        noted = self.tables.built / NOTED
        if noted.is_file():
            tables = tables | hashes_in(self.tables.built, [noted])
        part = self.note.with_suffix(".part")
        content = {"reports": str(self.pages.final), "tables": tables, "pages": pages}
        part.write_text(json.dumps(content), encoding="utf-8")
        part.replace(self.note)
        self._finish(tables, pages)

    def recover(self) -> None:
        """Finish a move that was killed, and drop pages that were not finished."""
        if self.note.is_file():
            content = json.loads(self.note.read_text(encoding="utf-8"))
            Move(self.tables, Places(Path(content["reports"])))._finish(content["tables"], content["pages"])
        shutil.rmtree(self.pages.workshop, ignore_errors=True)

    def _finish(self, tables: Hashes, pages: Hashes) -> None:
        for places, hashes in ((self.tables, tables), (self.pages, pages)):
            if not _holds(places.final, hashes) and _holds(places.built, hashes):
                put_in_place(places.built, places.final)
        self.note.unlink(missing_ok=True)
        self.clear()

    def clear(self) -> None:
        """Delete what is left beside the final places (after a move: the earlier folders)."""
        for places in (self.pages, self.tables):
            shutil.rmtree(places.workshop, ignore_errors=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold both places for this process. Ends with the process, however that ends.

        Raises: BusyError when another run holds one of them.
        """
        with ExitStack() as stack:
            for final in (self.tables.final, self.pages.final):
                final.parent.mkdir(parents=True, exist_ok=True)
                file = stack.enter_context(final.with_name(f".{final.name}.lock").open("a", encoding="utf-8"))
                if not take(file):
                    raise BusyError(final)
            yield


def _holds(folder: Path, hashes: Hashes) -> bool:
    try:
        return hashes_in(folder, [folder / name for name in hashes]) == hashes
    except OSError:
        return False


def put_in_place(built: Path, final: Path) -> None:
    """`final` becomes what `built` was. Where the system can exchange two folders in one step, there is no moment
    without a whole folder at `final`; elsewhere there are two renames, and `recover` finishes what a kill cut short."""
    if not final.exists():
        built.rename(final)
    elif not _exchange(built, final):
        old = built.with_name(f"{built.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        final.rename(old)
        built.rename(final)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step (Linux renameat2, macOS renamex_np); False where that is not to be had."""
    first, second, swap = os.fsencode(one), os.fsencode(other), ctypes.c_uint(2)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            at_current = -100
            code = library.renameat2(at_current, first, at_current, second, swap)
        elif sys.platform == "darwin":
            code = library.renamex_np(first, second, swap)
        else:
            return False
    except (AttributeError, OSError, TypeError):
        return False
    number = ctypes.get_errno()
    if code and number not in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        raise OSError(number, os.strerror(number), str(other))
    return not code


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder in the system's place for such, for as long as the block runs, held by a lock that ends with this
    process. What a killed run left is cleared by the next one; folders of others, and of runs at work, stay."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            about = folder.lstat()
            is_ours = not folder.is_symlink() and (not hasattr(os, "getuid") or about.st_uid == os.getuid())
            if is_ours and time.time() - about.st_mtime >= YOUNG and (folder / ALIVE).is_file():
                with (folder / ALIVE).open("a", encoding="utf-8") as held:
                    is_dead = take(held)
                if is_dead:
                    shutil.rmtree(folder, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with (folder / ALIVE).open("w", encoding="utf-8") as held:
            take(held)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def take(file: IO[str]) -> bool:
    """Lock a file for this process, if no other holds it. The lock ends with the process, however that ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def no_space(fault: BaseException) -> bool:
    """Whether a failure means that the disk (or the space allowed to this user) is full; also where it was raised in a
    cell, or by many files copied at once."""
    return getattr(fault, "errno", None) in _FULL or any(f"[Errno {code}]" in str(fault) for code in _FULL)
