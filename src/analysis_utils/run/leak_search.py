"""The leak check in a process of its own: it imports what it needs while notebooks run, and searches the finished files
while their numbers are checked here.

Requests and answers are pickled over the pipes of a process we started ourselves. Whatever happens to it, a search
that was not answered is no search that found nothing.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..rounds import Round

PASSED, FOUND, FAILED = "passed", "found", "failed"


class LeakSearch:
    """Starts the process when told to, or at the first search; as a context manager it ends it when left."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    def __enter__(self) -> LeakSearch:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            with suppress(OSError):
                self._in.close()  # it ends when nothing more can be asked
            self._process.kill()
            self._process.wait()
            self._out.close()

    def start(self) -> None:
        """Begin to import, if that is not under way; returns at once."""
        with self._starting:
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", __spec__.name],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )

    def prepare(self, round_: Round) -> None:
        """Have the private tables of a round read, which are as they will be when its report is searched."""
        self._ask((round_, None))

    @contextmanager
    def beside(self, round_: Round, files: list[Path]) -> Iterator[None]:
        """Search `files` of a report for what single people said while the block runs.

        Raises: DataError at its end for findings, which also takes the place of what the block raised; RuntimeError
        when the search failed.
        """
        self._ask((round_, files))
        try:
            yield
        finally:
            self._end()

    def _ask(self, request: tuple[Round, list[Path] | None]) -> None:
        self.start()
        with suppress(OSError):  # it has died: then there is no answer either
            pickle.dump(request, self._in)
            self._in.flush()

    def _end(self) -> None:
        try:
            outcome, message = pickle.load(self._out)
        except (EOFError, OSError, pickle.UnpicklingError):
            outcome, message = FAILED, "its process ended unexpectedly; memory used up?"
        if outcome == FOUND:
            raise DataError.told(message)
        if outcome != PASSED:
            raise RuntimeError(f"the leak check failed: {message}")

    @property
    def _in(self) -> Any:
        return self._process and self._process.stdin

    @property
    def _out(self) -> Any:
        return self._process and self._process.stdout


def main() -> None:
    """The process: answers until nothing more can be asked. It gives way to the notebooks; nobody waits for it then."""
    if hasattr(os, "nice"):
        os.nice(10)
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    from ..leaks.check import secrets_around  # slow, and not waited for by now

    prepared, secrets = Path(), None
    while True:
        try:
            round_, files = pickle.load(sys.stdin.buffer)
        except (EOFError, KeyboardInterrupt):
            return
        if files is None:
            prepared, secrets = round_.processed, None
            with suppress(Exception):  # it will be raised again by the search
                secrets = secrets_around(round_)
            continue
        pickle.dump(_searched(round_, files, secrets if prepared == round_.processed else None), answers)
        answers.flush()


def _searched(round_: Round, files: list[Path], secrets: Any) -> tuple[str, str]:
    from ..leaks.check import check_report

    try:
        check_report(round_, files, secrets)
    except DataError as fault:
        return FOUND, str(fault)
    except Exception as fault:
        return FAILED, f"{type(fault).__name__}: {fault}"
    return PASSED, ""


if __name__ == "__main__":
    main()
