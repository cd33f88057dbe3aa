"""Folders for the time of a run, in the system's place for such. What a killed run left is cleared by the next one."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PREFIX = "fachdialog-"
ALIVE = ".alive"
YOUNG = 60
"""Seconds in which a folder may not have its lock yet."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder of its own for as long as the block runs, held by a lock that ends with this process."""
    clear_dead()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with (folder / ALIVE).open("w", encoding="utf-8") as held:
            take(held)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_dead() -> None:
    """Delete scratch folders of ours whose process has gone; those of others, and of runs at work, stay."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            about = folder.lstat()
            is_ours = not folder.is_symlink() and (not hasattr(os, "getuid") or about.st_uid == os.getuid())
            if not is_ours or time.time() - about.st_mtime < YOUNG or not (folder / ALIVE).is_file():
                continue
            with (folder / ALIVE).open("a", encoding="utf-8") as held:
                is_dead = take(held)
            if is_dead:
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
