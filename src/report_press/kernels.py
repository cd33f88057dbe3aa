"""One notebook, one kernel, one result: execution by nbclient, with what a runner has to add to it.

Every kernel is a process of its own with the same surroundings on every machine, a limit of memory and of time. It
behaves as in JupyterLab, whether it was forked from the warm process (a process that has imported the libraries, see
`warm_server.py`) or started afresh.
"""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from .folders import scratch_folder

# A notebook's memory limit counts what it allocates, where the platform can count it (Linux; macOS ignores it).
_LIMIT = "__import__('resource').setrlimit(__import__('resource').RLIMIT_DATA, ({0}, {0}))"


@dataclass(frozen=True)
class Limits:
    """What one notebook may use: `seconds` for all its cells together, `gib` of memory."""

    seconds: float = 600
    gib: float = 4


@dataclass(frozen=True)
class Executed:
    """`told`: what the kernel said at the end."""

    notebook: Any
    told: Any


class NotebookFailedError(Exception):
    """A cell failed. The message names notebook, cell and cause, and where to open it.

    `cell` is the cell's number in the notebook, from 1 (0 when none was begun), `notebook` the notebook as far as it
    was executed, `lab` by what to open it, `name` and `text` those of the exception a cell raised, `told` what the
    kernel said then.
    """

    def __init__(
        self,
        path: Path,
        notebook: Any,
        message: str,
        *,
        lab: str = "",
        name: str = "",
        text: str = "",
        told: Any = None,
    ) -> None:
        self.cell, line = _begun(notebook), ""
        if self.cell:
            line = f"\n      {notebook.cells[self.cell - 1].source.strip().split(chr(10))[0]}"
        at = f", cell {self.cell}" if self.cell else ""
        self.message = re.sub(r"\x1b\[[0-9;]*m", "", message)
        super().__init__(f"{path.name}{at}: {self.message}{line}\n  Open it: {path}{lab} and run it up to this cell.")
        self.path, self.notebook, self.name, self.text, self.told = path, notebook, name, text, told


class Kernels:
    """Gives notebooks their kernels. As a context manager it ends whatever it started when left.

    `libraries`: modules that every kernel finds imported, `later`: those that only some need; `matplotlib`: settings
    of drawings, in place of somebody's own. `warm`: fork kernels from a process that has imported the libraries, where
    the platform can; else start each afresh.
    """

    def __init__(
        self,
        libraries: Sequence[str] = (),
        later: Sequence[str] = (),
        *,
        matplotlib: str = "",
        warm: bool = True,
        limits: Limits = Limits(),
    ) -> None:
        self._libraries, self._later, self._matplotlib = libraries, later, matplotlib
        self._warm, self._limits = warm and can_fork(), limits
        self._server: WarmServer | None = None
        self._folder: Path | None = None
        self._ends = ExitStack()
        self._starting = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def start(self, *, prepare: bool = False) -> Path:
        """Begin to import the libraries, if that is not under way; returns at once, with a folder for the time of the
        run. `prepare`: those that only some need, too, since such notebooks will follow."""
        with self._starting:
            if self._folder is None:
                self._folder = self._ends.enter_context(scratch_folder())
                (self._folder / "matplotlibrc").write_text(self._matplotlib, encoding="utf-8")
            if self._server is None and self._warm:
                self._server = WarmServer(surroundings(self._folder), self._libraries, self._later)
                self._ends.callback(self._server.close)
            if self._server and prepare:
                self._server.prepare()
            return self._folder

    def run(
        self,
        notebook: Any,
        path: Path,
        environment: dict[str, str],
        *,
        before: Sequence[str] = (),
        at_end: str = "'null'",
        all_libraries: bool = True,
    ) -> Executed:
        """Run all cells of `notebook` (read from `path`) with these environment variables. `before`: expressions that
        are evaluated before the first cell; `at_end`: one that gives JSON, evaluated behind the last or the failing
        one. Without `all_libraries` it need not wait for a warm process to import those that only some need.

        Raises: NotebookFailedError, with what was done.
        """
        import asyncio

        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

        from .provisioner import kernel_manager

        home = self.start()
        folder = Path(tempfile.mkdtemp(dir=home))
        manager = kernel_manager(folder, self._server, all_libraries=all_libraries)
        if os.name != "nt":  # sockets that only this user can open, at a place that does not depend on the folder
            manager.transport, manager.ip = "ipc", str(folder / "s")
        end = time.monotonic() + self._limits.seconds
        last = max((i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"), default=-1)
        told = [None]

        async def begin(**_: Any) -> None:
            for expression in (_LIMIT.format(int(self._limits.gib * 2**30)), *before):
                await _evaluate(client, expression)

        async def note(*, cell_index: int = last, **_: Any) -> None:
            if cell_index == last:
                told[0] = json.loads(await _evaluate(client, at_end) or "null")

        async def note_failure(**_: Any) -> None:
            await note()

        client = NotebookClient(
            notebook,
            km=manager,
            timeout_func=lambda _: max(1, int(end - time.monotonic())),
            startup_timeout=120,
            record_timing=False,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(path.parent)}},
            on_notebook_start=begin,
            on_cell_executed=note,
            on_cell_error=note_failure,
        )
        try:
            # nbclient closes only kernels it has created itself, unless told to.
            asyncio.run(client.async_execute(cleanup_kc=True, env=surroundings(home) | environment))
            return Executed(notebook, told[0])
        except CellExecutionError as fault:
            about: dict[str, Any] = {"name": fault.ename, "text": fault.evalue, "told": told[0]}
            raise NotebookFailedError(path, notebook, f"{fault.ename}: {fault.evalue}", **about) from None
        except CellTimeoutError:
            message = f"it ran longer than {self._limits.seconds:.0f} s and was stopped"
        except (DeadKernelError, RuntimeError) as fault:
            message = f"its kernel ended unexpectedly ({str(fault).strip().splitlines()[0]}); memory used up?"
        raise NotebookFailedError(path, notebook, message)


def surroundings(home: Path) -> dict[str, str]:
    """Environment variables of every kernel: the caller's, with what could change a result held fixed."""
    environment = {name: value for name, value in os.environ.items() if name != "PLOTLY_RENDERER"}
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    fixed = {
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "TZ": "UTC",
        "MALLOC_TRIM_THRESHOLD_": str(2**28),  # glibc keeps what pictures take instead of asking for it anew
        "MALLOC_MMAP_THRESHOLD_": str(2**25),
        "SOURCE_DATE_EPOCH": "315532800",  # 1980, the earliest date a zip file can hold
        "IPYTHONDIR": str(home / "ipython"),  # no start-up files, no history of the person who runs this
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MATPLOTLIBRC": str(home / "matplotlibrc"),
    }
    return environment | dict.fromkeys(threads, "1") | fixed


async def _evaluate(client: Any, expression: str) -> str:
    """Value of a text expression in the notebook's kernel, without a trace in the notebook; empty if it failed."""
    message = client.kc.execute("", silent=True, store_history=False, user_expressions={"it": expression})
    reply = await client.async_wait_for_reply(message)
    found = reply["content"].get("user_expressions", {}).get("it", {}) if reply else {}
    text = found.get("data", {}).get("text/plain", "")
    return ast.literal_eval(text) if text.startswith(("'", '"')) else ""


def _begun(notebook: Any) -> int:
    """Number of the first cell with an error, else of the last that was begun."""
    begun = 0
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        if any(output.output_type == "error" for output in cell.outputs):
            return number
        if cell.execution_count is not None or cell.outputs:
            begun = number
    return begun


def can_fork() -> bool:
    """Whether this platform has a fork that is safe to use here (Linux, macOS)."""
    return hasattr(os, "fork") and sys.platform != "win32"


class WarmServer:
    """The warm process. Starting it returns at once; the first kernel waits until the libraries are in."""

    def __init__(self, environment: dict[str, str], libraries: Sequence[str], later: Sequence[str]) -> None:
        self._control, theirs = socket.socketpair()
        program = str(Path(__file__).with_name("warm_server.py"))
        lists = [json.dumps(list(names)) for names in (libraries, later)]
        self._process = subprocess.Popen(
            [sys.executable, program, str(theirs.fileno()), *lists],
            env=environment,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._lines = self._control.makefile("rw", encoding="utf-8")
        self._one_at_a_time = threading.Lock()

    def fork(self, argv: list[str], cwd: str, env: dict[str, str], *, all_libraries: bool) -> int:
        """Process id of a new kernel."""
        return self._ask({"fork": {"argv": argv, "cwd": cwd, "env": env, "all_libraries": all_libraries}})["pid"]

    def prepare(self) -> None:
        """Import what only some notebooks need, while nothing else is to be done."""
        with self._one_at_a_time, suppress(ConnectionError):  # whoever asks for a kernel is told that it has ended
            self._say({"prepare": True})

    def status(self, pid: int) -> int | None:
        """Exit code of a kernel, None while it runs; none outlives the warm process."""
        if self._lines.closed:
            return -signal.SIGKILL
        return self._ask({"poll": pid})["status"]

    def close(self) -> None:
        """End the warm process and whatever kernels it still has, whatever it is doing; who waits for an answer of it
        is told that it has ended."""
        self._process.terminate()
        self._process.wait()
        with suppress(OSError):
            self._lines.close()
        self._control.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        line = ""
        with self._one_at_a_time, suppress(ConnectionError):
            self._say(request)
            line = self._lines.readline()
        if not line:
            raise RuntimeError("the process from which kernels are forked has ended unexpectedly")
        return json.loads(line)

    def _say(self, request: dict[str, Any]) -> None:
        self._lines.write(json.dumps(request) + "\n")
        self._lines.flush()


class Forked:
    """What a provisioner expects of a process it started."""

    stdin = stdout = stderr = None

    def __init__(self, server: WarmServer, pid: int) -> None:
        self._server, self.pid = server, pid

    def poll(self) -> int | None:
        return self._server.status(self.pid)

    def wait(self) -> int:
        while (status := self.poll()) is None:
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)
