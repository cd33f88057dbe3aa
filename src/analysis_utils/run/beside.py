"""A process beside this one, since Python runs one thread at a time: it draws the pictures of notebooks that read
private tables while pages are put together here, and searches the finished files for what single people said while
their numbers are checked here.

Requests and answers are pickled over the pipes of a process we started ourselves. Whatever happens to it, a search
that was not answered is no search that found nothing.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError
from ..rounds import Round
from .failures import BesideError

if TYPE_CHECKING:
    from ..wording import Made, Picture

PASSED, FOUND, FAILED = "passed", "found", "failed"


class Beside:
    """Starts the process when first needed; `ahead`: before, when told to get ready. As a context manager it ends it
    when left."""

    def __init__(self, *, ahead: bool = False) -> None:
        self._ahead = ahead
        self._process: subprocess.Popen[bytes] | None = None
        self._starting, self._drawing = threading.Lock(), threading.Lock()
        self._unread = 0

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            with suppress(OSError):
                self._in.close()  # it ends when nothing more can be asked
            self._process.kill()
            self._process.wait()
            self._out.close()

    def get_ready(self) -> None:
        """Begin to import, if that is wanted and not under way; returns at once."""
        if self._ahead:
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", f"from {__spec__.name} import main; main()"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )

    def draw(self, picture: Picture, folder: Path) -> Made:
        """`pages.html.saved`. Pages that ask at once wait for each other."""
        from ..wording import saved

        with self._drawing:
            self._ask(saved, picture, folder)
            return self._answer("drawing")

    def prepare(self, round_: Round) -> None:
        """Have the private tables of a round read, which are as they will be when its report is searched."""
        if self._ahead:
            self._ask(_keep_secrets, round_)

    @contextmanager
    def searching(self, round_: Round, files: list[Path]) -> Iterator[None]:
        """Search `files` of a report for what single people said while the block runs.

        Raises: DataError at its end for findings, which also takes the place of what the block raised; BesideError
        when the search failed.
        """
        self._ask(_search, round_, files)
        try:
            yield
        finally:
            self._answer("the leak check")

    def _ask(self, act: Callable[..., Any], *arguments: Any) -> None:
        self._start()
        self._unread += 1
        with suppress(OSError):  # it has died: then there is no answer either
            pickle.dump((act, arguments), self._in)
            self._in.flush()

    def _answer(self, what: str) -> Any:
        """The answer to what was asked last."""
        outcome, value = FAILED, "its process ended unexpectedly; memory used up?"
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            while self._unread:
                self._unread -= 1
                outcome, value = pickle.load(self._out)
        if outcome == FOUND:
            raise DataError.told(value)
        if outcome != PASSED:
            raise BesideError(f"{what} failed: {value}")
        return value

    @property
    def _in(self) -> Any:
        return self._process and self._process.stdin

    @property
    def _out(self) -> Any:
        return self._process and self._process.stdout


_secrets: dict[Path, Any] = {}


def _keep_secrets(round_: Round) -> None:
    from ..leaks import secrets_around

    _secrets.clear()
    with suppress(Exception):  # it will be raised again by the search
        _secrets[round_.processed] = secrets_around(round_)


def _search(round_: Round, files: list[Path]) -> None:
    from ..leaks import check_report

    check_report(round_, files, _secrets.get(round_.processed))


def main() -> None:
    """The process: answers until nothing more can be asked."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    from ..leaks import check  # noqa: F401  slow, and not waited for by now

    while True:
        try:
            act, arguments = pickle.load(sys.stdin.buffer)
        except (EOFError, KeyboardInterrupt):
            return
        pickle.dump(_answered(act, arguments), answers)
        answers.flush()


def _answered(act: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return PASSED, act(*arguments)
    except DataError as fault:
        return FOUND, str(fault)
    except Exception as fault:  # its words may hold what people answered, but for those of the system
        place = traceback.extract_tb(fault.__traceback__)[-1]
        text = f": {fault}" if isinstance(fault, OSError) else ""
        return FAILED, f"{type(fault).__name__}{text} ({place.filename}:{place.lineno})"


if __name__ == "__main__":
    main()
