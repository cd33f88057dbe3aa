"""What a run tells while it works: to a person at a terminal, to a machine (`--json`), or nothing but the result."""

from __future__ import annotations

import json
import sys
import threading
from time import perf_counter
from typing import Any


class Silent:
    """Tells nothing. The methods are called from several threads."""

    def round(self, name: str, title: str, notebooks: list[str]) -> None:
        """A round begins; `notebooks` are all it has."""

    def started(self, notebook: str) -> None: ...

    def ended(self, notebook: str, outcome: str, seconds: float) -> None:
        """`outcome`: done, unchanged, failed, or skipped (because another one failed)."""

    def finishing(self) -> None:
        """All notebooks are there; pages are being written."""

    def report(self, index: str, *, changed: bool, is_draft: bool, seconds: float) -> None:
        """The round is finished and in place."""

    def remark(self, message: str) -> None:
        """Something the analyst may want to mend in a report that was made."""

    def failure(self, message: str, *, is_data: bool) -> None:
        """The round ended without a new report."""

    def close(self) -> None: ...


def _state(is_draft: bool) -> str:
    return "draft" if is_draft else "released"


class Lines(Silent):
    """For logs: one line per round, remarks and failures."""

    def remark(self, message: str) -> None:
        print(message, flush=True)

    def report(self, index: str, *, changed: bool, is_draft: bool, seconds: float) -> None:
        print(f"Report ({_state(is_draft)}{'' if changed else ', unchanged'}): {index}", flush=True)

    def failure(self, message: str, *, is_data: bool) -> None:
        print(f"fachdialog report: stopped; earlier reports are unchanged.\n{message}", file=sys.stderr, flush=True)


class Json(Silent):
    """One JSON object per line and event, on standard output."""

    def __init__(self) -> None:
        self._name = ""
        self._lock = threading.Lock()

    def _tell(self, event: str, **details: Any) -> None:
        with self._lock:
            print(json.dumps({"event": event, "round": self._name, **details}, ensure_ascii=False), flush=True)

    def round(self, name: str, title: str, notebooks: list[str]) -> None:
        self._name = name
        self._tell("round", title=title, notebooks=notebooks)

    def started(self, notebook: str) -> None:
        self._tell("started", notebook=notebook)

    def ended(self, notebook: str, outcome: str, seconds: float) -> None:
        self._tell("ended", notebook=notebook, outcome=outcome, seconds=round(seconds, 2))

    def finishing(self) -> None:
        self._tell("finishing")

    def report(self, index: str, *, changed: bool, is_draft: bool, seconds: float) -> None:
        self._tell("report", index=index, changed=changed, state=_state(is_draft), seconds=round(seconds, 2))

    def remark(self, message: str) -> None:
        self._tell("remark", message=message)

    def failure(self, message: str, *, is_data: bool) -> None:
        self._tell("failure", message=message, data_error=is_data)


class Live(Lines):
    """A bar with what runs and how many are left, at a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._console = Console(highlight=False)
        self._bar = Progress(*columns, console=self._console, transient=True)
        self._running: dict[str, float] = {}
        self._lock = threading.Lock()
        self._task: Any = None

    def round(self, name: str, title: str, notebooks: list[str]) -> None:
        self._console.print(f"{name}: {title}", markup=False)
        self._running.clear()
        self._task = self._bar.add_task("looking for what has changed", total=len(notebooks))
        self._bar.start()

    def started(self, notebook: str) -> None:
        with self._lock:
            self._running[notebook] = perf_counter()
            self._show()

    def ended(self, notebook: str, outcome: str, seconds: float) -> None:
        with self._lock:
            self._running.pop(notebook, None)
            if outcome != "unchanged":
                time = f"{seconds:5.1f} s" if outcome == "done" else outcome
                self._bar.console.print(f"  {notebook:<28} {time}", markup=False)
            self._bar.advance(self._task)
            self._show()

    def finishing(self) -> None:
        self._bar.update(self._task, description="writing the pages")

    def remark(self, message: str) -> None:
        self._bar.console.print(message, markup=False, soft_wrap=True)

    def report(self, index: str, *, changed: bool, is_draft: bool, seconds: float) -> None:
        self.close()
        note = f"in {seconds:.1f} s" if changed else f"unchanged, checked in {seconds:.1f} s"
        self._console.print(f"Report ({_state(is_draft)}, {note}): {index}", markup=False, soft_wrap=True)

    def failure(self, message: str, *, is_data: bool) -> None:
        self.close()
        super().failure(message, is_data=is_data)

    def close(self) -> None:
        if self._task is not None:
            self._bar.stop()
            self._bar.remove_task(self._task)
            self._task = None

    def _show(self) -> None:
        self._bar.update(self._task, description=", ".join(self._running) or "…")


def progress(*, as_json: bool = False) -> Silent:
    """The way of telling that fits where standard output goes."""
    if as_json:
        return Json()
    return Live() if sys.stdout.isatty() else Lines()
