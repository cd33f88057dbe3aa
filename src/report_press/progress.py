"""What a run tells while it works: to a person at a terminal, to a machine (JSON), or nothing but the result.

Events and what is said about each: `round` (name, title, notebooks: a report begins, with all it has), `started`
(notebook), `ended` (notebook, outcome: done, unchanged, failed or skipped because another one failed; seconds),
`finishing` (all notebooks are there), `report` (index, changed, state, seconds: it is in place), `remark` (message:
something to mend in a report that was made), `failure` (message, data_error: it ended without a new report).
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any


class Silent:
    """Tells nothing. `tell` is called from several threads."""

    def tell(self, event: str, **about: Any) -> None: ...

    def close(self) -> None: ...


class Json(Silent):
    """One JSON object per line and event, on standard output."""

    def __init__(self) -> None:
        self._name = ""
        self._lock = threading.Lock()

    def tell(self, event: str, **about: Any) -> None:
        with self._lock:
            self._name = about.pop("name", self._name)
            if "seconds" in about:
                about["seconds"] = round(about["seconds"], 2)
            print(json.dumps({"event": event, "round": self._name, **about}, ensure_ascii=False), flush=True)


class Lines(Silent):
    """For logs: one line per report, remarks and failures, these under `stopped`."""

    def __init__(self, stopped: str) -> None:
        self._stopped = stopped

    def tell(self, event: str, **about: Any) -> None:
        if event == "remark":
            print(about["message"], flush=True)
        elif event == "report":
            print(f"Report ({about['state']}{'' if about['changed'] else ', unchanged'}): {about['index']}", flush=True)
        elif event == "failure":
            print(f"{self._stopped}\n{about['message']}", file=sys.stderr, flush=True)


class Live(Lines):
    """A bar with what runs and how many are left, at a terminal."""

    def __init__(self, stopped: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        super().__init__(stopped)
        columns = (BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._console = Console(highlight=False)
        self._bar = Progress(*columns, console=self._console, transient=True)
        self._running: dict[str, None] = {}
        self._lock = threading.Lock()
        self._task: Any = None

    def tell(self, event: str, **about: Any) -> None:
        with self._lock:
            if event == "round":
                self._print(f"{about['name']}: {about['title']}")
                self._running.clear()
                self._task = self._bar.add_task("looking for what has changed", total=len(about["notebooks"]))
                self._bar.start()
            elif event in ("started", "ended"):
                name, outcome = about["notebook"], about.get("outcome")
                if event == "started":
                    self._running[name] = None
                else:
                    self._running.pop(name, None)
                    if outcome != "unchanged":
                        self._print(f"  {name:<28} {about['seconds']:5.1f} s" if outcome == "done" else
                                    f"  {name:<28} {outcome}")  # fmt: skip
                    self._bar.advance(self._task)
                self._bar.update(self._task, description=", ".join(self._running) or "…")
            elif event == "finishing":
                self._bar.update(self._task, description="writing the pages")
            elif event == "remark":
                self._print(about["message"])
            elif event == "report":
                self.close()
                note = "in" if about["changed"] else "unchanged, checked in"
                self._print(f"Report ({about['state']}, {note} {about['seconds']:.1f} s): {about['index']}")
            else:
                self.close()
                super().tell(event, **about)

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)

    def close(self) -> None:
        if self._task is not None:
            self._bar.stop()
            self._bar.remove_task(self._task)
            self._task = None


def progress(stopped: str, *, as_json: bool = False) -> Silent:
    """The way of telling that fits where standard output goes; `stopped` heads what is said of a failure."""
    return Json() if as_json else (Live if sys.stdout.isatty() else Lines)(stopped)
