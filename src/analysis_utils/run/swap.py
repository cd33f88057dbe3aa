"""Putting finished folders where earlier ones are, so that at every moment a whole one is there.

The new folders of a round are built beside the final places, in `.<round>.building/<round>`. A note beside them,
written when both are whole, lets the next run finish a move in which this one was killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError
from ..rounds import Round
from ..scratch import take
from .hashes import hashes_in


@dataclass(frozen=True)
class Places:
    """Where one of a round's folders is (`final`) and where its successor is built (`built`)."""

    final: Path

    @property
    def workshop(self) -> Path:
        return self.final.with_name(f".{self.final.name}.building")

    @property
    def built(self) -> Path:
        return self.workshop / self.final.name

    @property
    def lock(self) -> Path:
        return self.final.with_name(f".{self.final.name}.lock")

    def prepare(self, mode: int = 0o755) -> None:
        self.workshop.mkdir(parents=True, exist_ok=True)
        self.workshop.chmod(mode)


Hashes = dict[str, str]
NOTED = ".run/doit.json"
"""What was done from what: the notes of a run, in the folder of the tables."""


@dataclass(frozen=True)
class Move:
    """Both folders of a round, moved together: tables first, so that a report never shows numbers it has no tables
    for."""

    processed: Places
    reports: Places

    @staticmethod
    def of(round_: Round) -> Move:
        return Move(Places(round_.processed), Places(round_.reports))

    @property
    def note(self) -> Path:
        return self.processed.workshop / "whole.json"

    def is_in_place(self, tables: Hashes, pages: Hashes) -> bool:
        """Whether both final folders hold these files, unaltered."""
        return _holds(self.processed.final, tables) and _holds(self.reports.final, pages)

    def commit(self, tables: Hashes, pages: Hashes) -> None:
        """Move both folders in; from the note on, a killed move is finished by the next run.

        What the run noted for the next one counts as part of the tables: where only that differs, it is moved in too.
        """
        noted = self.processed.built / NOTED
        if noted.is_file():
            tables = {**tables, **hashes_in(self.processed.built, [noted])}
        part = self.note.with_suffix(".part")
        content = {"reports": str(self.reports.final), "tables": tables, "pages": pages}
        part.write_text(json.dumps(content), encoding="utf-8")
        part.replace(self.note)
        self.reports.final.with_name(f"{self.reports.final.name}.pdf").unlink(missing_ok=True)  # where it used to lie
        self._finish(tables, pages)

    def recover(self) -> None:
        """Finish a move that was killed, and drop pages that were not finished."""
        if self.note.is_file():
            content = json.loads(self.note.read_text(encoding="utf-8"))
            earlier = Move(self.processed, Places(Path(content["reports"])))
            earlier._finish(content["tables"], content["pages"])
        shutil.rmtree(self.reports.workshop, ignore_errors=True)

    def _finish(self, tables: Hashes, pages: Hashes) -> None:
        for places, hashes in ((self.processed, tables), (self.reports, pages)):
            if not _holds(places.final, hashes) and _holds(places.built, hashes):
                put_in_place(places.built, places.final)
        self.note.unlink(missing_ok=True)
        self.clear()

    def clear(self) -> None:
        """Delete what is left beside the final places (after a move: the earlier folders)."""
        for places in (self.reports, self.processed):
            shutil.rmtree(places.workshop, ignore_errors=True)


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
    first, second = os.fsencode(one), os.fsencode(other)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            at_current = -100
            code = library.renameat2(at_current, first, at_current, second, ctypes.c_uint(2))
        elif sys.platform == "darwin":
            code = library.renamex_np(first, second, ctypes.c_uint(2))
        else:
            return False
    except (AttributeError, OSError, TypeError):
        return False
    if code == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))


@contextlib.contextmanager
def only_run(round_: Round) -> Iterator[None]:
    """Hold both places of a round for this process. Ends with the process, however that ends.

    Raises: DataError when another run holds one of them.
    """
    with contextlib.ExitStack() as stack:
        for places in (Places(round_.processed), Places(round_.reports)):
            places.lock.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(places.lock.open("a", encoding="utf-8"))
            if not take(file):
                raise DataError(
                    round_.name,
                    "no other run of this round",
                    "one in progress",
                    at=str(places.final),
                    remedy="wait until it has ended",
                )
        yield
