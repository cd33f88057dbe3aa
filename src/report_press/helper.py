"""A process beside this one, since Python runs one thread at a time: it does one thing after the other while something
else is done here.

Requests and answers are pickled over the pipes of a process we started ourselves. Whatever happens to it, work that was
not answered is no work that was done.
"""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self


class HelperError(RuntimeError):
    """Work given to the process beside this one was not done."""


class Helper:
    """Starts the process when first needed. As a context manager it ends it when left. `imports`: a module that it
    imports at once, so that nobody waits for that later."""

    def __init__(self, imports: str) -> None:
        self._imports = imports
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._unread = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            with suppress(OSError):
                self._process.stdin.close()  # type: ignore[union-attr]  # it ends when nothing more can be asked
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()  # type: ignore[union-attr]

    def start(self) -> subprocess.Popen[bytes]:
        """The process; returns at once, whatever it has to import."""
        with self._starting:
            if self._process is None:
                program = f"from {__name__} import main; main({self._imports!r})"
                pipe, command = subprocess.PIPE, [sys.executable, "-c", program]
                self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True)
            return self._process

    def ask(self, act: Callable[..., Any], *arguments: Any) -> None:
        """Have a function called there."""
        process = self.start()
        self._unread += 1
        with suppress(OSError):  # it has died: then there is no answer either
            pickle.dump((act, arguments), process.stdin)  # type: ignore[arg-type]
            process.stdin.flush()  # type: ignore[union-attr]

    def answer(self, what: str) -> Any:
        """The answer to what was asked last, which `what` names. Raises: HelperError where there is none."""
        is_done, value = False, "its process ended unexpectedly; memory used up?"
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            while self._unread:
                self._unread -= 1
                is_done, value = pickle.load(self.start().stdout)  # type: ignore[arg-type]
        if not is_done:
            raise HelperError(f"{what} failed: {value}")
        return value


def main(imports: str) -> None:
    """The process: answers until nothing more can be asked."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    importlib.import_module(imports)
    while True:
        try:
            act, arguments = pickle.load(sys.stdin.buffer)
        except (EOFError, KeyboardInterrupt):
            return
        try:
            told = True, act(*arguments)
        except Exception as fault:  # its words may be somebody's secret, but for those of the system
            place = traceback.extract_tb(fault.__traceback__)[-1]
            text = f": {fault}" if isinstance(fault, OSError) else ""
            told = False, f"{type(fault).__name__}{text} ({place.filename}:{place.lineno})"
        pickle.dump(told, answers)
        answers.flush()
