"""What the process beside this one does for a report: it draws the pictures of notebooks that read private tables while
pages are put together here, and searches the finished files for what single people said while their numbers are
checked here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report_press import Helper

from ..errors import DataError
from ..rounds import Round

if TYPE_CHECKING:
    from ..wording import Made, Picture


class Beside(Helper):
    """`ahead`: it begins to import, and to read private tables, as soon as it is told that it will be needed."""

    def __init__(self, *, ahead: bool = False) -> None:
        super().__init__("analysis_utils.verify.leaks")
        self._ahead = ahead
        self._drawing = threading.Lock()

    def get_ready(self) -> None:
        if self._ahead:
            self.start()

    def draw(self, picture: Picture, folder: Path) -> Made:
        """`wording.saved`. Pages that ask at once wait for each other."""
        from ..wording import saved

        with self._drawing:
            return self._done("drawing", saved, picture, folder)

    def prepare(self, round_: Round) -> None:
        """Have the private tables of a round read, which are as they will be when its report is searched."""
        if self._ahead:
            self.ask(_keep_secrets, round_)

    @contextmanager
    def searching(self, round_: Round, files: list[Path]) -> Iterator[None]:
        """Search `files` of a report for what single people said while the block runs.

        Raises: DataError at its end for findings, which also takes the place of what the block raised; HelperError
        when the search failed.
        """
        self.ask(_told, _search, round_, files)
        try:
            yield
        finally:
            self._done("the leak check")

    def _done(self, what: str, *asked: Any) -> Any:
        if asked:
            self.ask(_told, *asked)
        message, value = self.answer(what)
        if message:
            raise DataError.told(message)
        return value


def _told(act: Callable[..., Any], *arguments: Any) -> tuple[str, Any]:
    """What it gave; or, in words for an analyst, why not."""
    try:
        return "", act(*arguments)
    except DataError as fault:
        return str(fault), None


_secrets: dict[Path, Any] = {}


def _keep_secrets(round_: Round) -> None:
    from ..verify import secrets_around

    _secrets.clear()
    with suppress(Exception):  # it will be raised again by the search
        _secrets[round_.processed] = secrets_around(round_)


def _search(round_: Round, files: list[Path]) -> None:
    from ..verify import check_report

    check_report(round_, files, _secrets.get(round_.processed))
