"""One notebook, one kernel, one result: execution by nbclient, with what a runner has to add to it.

Every kernel is a process of its own with the same surroundings on every machine, a limit of memory and of time. It
behaves as in JupyterLab, whether it was forked from the warm process or started afresh.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from .. import wall
from ..errors import DataError
from ..rounds import ASKED
from ..scratch import scratch_folder
from .failures import NotebookFailedError
from .hashes import PACKAGES, SOURCE

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpec

    from .warm import WarmServer

# A notebook's memory limit counts what it allocates, where the platform can count it (Linux; macOS ignores it).
_LIMIT = "__import__('resource').setrlimit(__import__('resource').RLIMIT_DATA, ({0}, {0}))"
# Report notebooks open no private file; the environment says which notebook is one.
_WALL = "__import__('analysis_utils.wall', fromlist=['wall']).close_if_told()"
# What a report notebook draws is shown as a drawing, and offered as a picture.
_PICTURES = "setattr(get_ipython().config.InlineBackend, 'figure_formats', {'svg', 'png'})"
# What went through `publish` is shown where private tables are read, too.
_TABLES = "__import__('analysis_utils.wording.html', fromlist=['html']).show_published()"
# Which modules of our packages the notebook has imported by now, and what the wall refused it.
_MODULES = (
    f"__import__('json').dumps([sorted({{getattr(m, '__file__', None) or '' for n, m in "
    f"list(__import__('sys').modules.items()) if n.split('.')[0] in {PACKAGES}}}), "
    "getattr(__import__('sys').modules.get('analysis_utils.wall'), 'refused', [])])"
)


@dataclass(frozen=True)
class Limits:
    """What one notebook may use: `seconds` for all its cells together, `gib` of memory."""

    seconds: float = 600
    gib: float = 4


@dataclass(frozen=True)
class Executed:
    """`modules`: files of our packages that the notebook imported, relative to where these lie."""

    notebook: Any
    modules: list[str]


class Kernels:
    """Gives notebooks their kernels. As a context manager it ends whatever it started when left.

    `warm`: fork kernels from a process that has imported the libraries, where the platform can; else start each afresh.
    """

    def __init__(self, *, warm: bool = True, limits: Limits = Limits()) -> None:
        self.warm, self.limits = warm, limits
        self._server: WarmServer | None = None
        self._folder: Path | None = None
        self._ends = ExitStack()
        self._starting = threading.Lock()

    def __enter__(self) -> Kernels:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
        self._ends.close()

    def start(self, *, prepare: bool = False) -> None:
        """Begin to import the libraries, if that is not under way; returns at once. `prepare`: those for drawing, too,
        since notebooks that draw will follow."""
        from .warm import WarmServer, can_fork

        with self._starting:
            if self._folder is None:
                self._folder = self._ends.enter_context(scratch_folder())
            if self._server is None and self.warm and can_fork():
                self._server = WarmServer(surroundings(self._folder))
            if self._server and prepare:
                self._server.prepare()

    def execute(self, notebook: Any, path: Path, places: dict[str, str], *, draws: bool = True) -> Executed:
        """Run all cells of `notebook` (read from `path`) with the environment variables `places`. What does not draw
        need not wait for a warm process to import what is needed for that.

        Raises: DataError where a cell raised one or tried what the wall forbids; NotebookFailedError for every other
        failure, with what was done.
        """
        import asyncio

        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

        self.start()
        modules: list[str] = []
        refused: list[tuple[int, str]] = []
        manager = self._manager()
        manager.draws = draws
        is_walled = places.get(wall.TOLD) == wall.CLOSED
        first = _TABLES if ASKED in places else _PICTURES if is_walled else "None"
        client = self._client(notebook, path, manager, modules, refused, first)
        environment = {**surroundings(self._home), **places}
        try:
            # nbclient closes only kernels it has created itself, unless told to.
            asyncio.run(client.async_execute(cleanup_kc=True, env=environment))
        except CellExecutionError as fault:
            _raise_refused(path, notebook, refused)
            if fault.ename == "DataError":
                at = f"{path.name}, cell {_begun(notebook)}: " if ASKED in places else ""
                raise DataError.told(f"{at}{fault.evalue}") from None
            is_private = places.get(wall.TOLD) == "open"
            text = _harmless(fault.ename, fault.evalue, notebook) if is_private else fault.evalue
            raise _failed(path, notebook, f"{fault.ename}: {text}") from None
        except CellTimeoutError:
            message = f"it ran longer than {self.limits.seconds:.0f} s and was stopped"
            raise _failed(path, notebook, message) from None
        except (DeadKernelError, RuntimeError) as fault:
            message = f"its kernel ended unexpectedly ({str(fault).strip().splitlines()[0]}); memory used up?"
            raise _failed(path, notebook, message) from None
        _raise_refused(path, notebook, refused)  # also where the notebook went on without it
        return Executed(notebook, modules)

    @property
    def _home(self) -> Path:
        if self._folder is None:
            raise RuntimeError("Kernels.start was not called")
        return self._folder

    def _client(
        self,
        notebook: Any,
        path: Path,
        manager: Any,
        modules: list[str],
        refused: list[tuple[int, str]],
        first: str,
    ) -> Any:
        """`first` is evaluated before the first cell; `modules` and `refused` are filled with what the kernel knows at
        the end, or when a cell fails."""
        from nbclient import NotebookClient

        end = monotonic() + self.limits.seconds
        last = max((i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"), default=-1)

        async def limit_memory(**_: Any) -> None:
            await _evaluate(client, _LIMIT.format(int(self.limits.gib * 2**30)))
            await _evaluate(client, _WALL)
            await _evaluate(client, first)

        async def note(**_: Any) -> None:
            files, found = json.loads(await _evaluate(client, _MODULES) or "[[], []]")
            modules[:], refused[:] = sorted(_ours(files)), found

        async def note_at_end(*, cell_index: int, **_: Any) -> None:
            if cell_index == last:
                await note()

        client = NotebookClient(
            notebook,
            km=manager,
            timeout_func=lambda _: max(1, int(end - monotonic())),
            startup_timeout=120,
            record_timing=False,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(path.parent)}},
            on_notebook_start=limit_memory,
            on_cell_executed=note_at_end,
            on_cell_error=note,
        )
        return client

    def _manager(self) -> Any:
        from .provisioner import KernelManager

        folder = Path(tempfile.mkdtemp(dir=self._home))
        manager = KernelManager(kernel_name="python3", connection_file=str(folder / "c.json"))
        manager._kernel_spec = _kernel_spec(warm=self._server is not None)
        manager.warm_server = self._server
        if os.name != "nt":  # sockets that only this user can open, at a place that does not depend on the folder
            manager.transport, manager.ip = "ipc", str(folder / "s")
        return manager


def surroundings(home: Path) -> dict[str, str]:
    """Environment variables of every kernel: the caller's, with what could change a result held fixed."""
    environment = {name: value for name, value in os.environ.items() if name != "PLOTLY_RENDERER"}
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return (
        environment
        | dict.fromkeys(threads, "1")
        | {
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "TZ": "UTC",
            "MALLOC_TRIM_THRESHOLD_": str(2**28),  # glibc keeps what pictures take instead of asking for it anew
            "MALLOC_MMAP_THRESHOLD_": str(2**25),
            "SOURCE_DATE_EPOCH": "315532800",  # 1980, the earliest date a zip file can hold
            "IPYTHONDIR": str(home / "ipython"),  # no start-up files, no history of the person who runs this
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "MATPLOTLIBRC": str(_matplotlib_settings(home)),
        }
    )


def _matplotlib_settings(home: Path) -> Path:
    """Settings of our own, so that nobody's personal ones change a picture, and every drawing has the same ids."""
    place = home / "matplotlibrc"
    if not place.is_file():
        place.write_text("svg.hashsalt: fachdialog\nsvg.fonttype: path\n", encoding="utf-8")
    return place


def _kernel_spec(*, warm: bool) -> KernelSpec:
    """This Python's kernel, whatever kernels the machine has registered under the name python3."""
    from jupyter_client.kernelspec import KernelSpec

    from .provisioner import NAME

    metadata = {"kernel_provisioner": {"provisioner_name": NAME}} if warm else {}
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    return KernelSpec(argv=argv, display_name="Python 3", language="python", metadata=metadata)


async def _evaluate(client: Any, expression: str) -> str:
    """Value of a text expression in the notebook's kernel, without a trace in the notebook; empty if it failed."""
    message = client.kc.execute("", silent=True, store_history=False, user_expressions={"it": expression})
    reply = await client.async_wait_for_reply(message)
    found = reply["content"].get("user_expressions", {}).get("it", {}) if reply else {}
    text = found.get("data", {}).get("text/plain", "")
    return ast.literal_eval(text) if text.startswith(("'", '"')) else ""


def _ours(files: list[str]) -> list[str]:
    paths = (Path(file).resolve() for file in files if file)
    return [path.relative_to(SOURCE).as_posix() for path in paths if path.is_relative_to(SOURCE)]


def _raise_refused(path: Path, notebook: Any, refused: list[tuple[int, str]]) -> None:
    """Raises: DataError for the first thing the wall refused, with its cell."""
    for count, message in refused:
        cell = next((at for at, cell in enumerate(notebook.cells, 1) if cell.get("execution_count") == count), 0)
        raise DataError.told(f"{path.name}, cell {cell}: {message}")


_OF_SOURCE = ("NameError", "KeyError", "AttributeError", "ImportError", "ModuleNotFoundError")


def _harmless(name: str, text: str, notebook: Any) -> str:
    """As much of an exception's text as cannot hold what people answered: what the system says of a file, and names
    that stand in the notebook's own source."""
    if number := re.match(r"\[Errno (\d+)\]", text):
        return f"{number[0]} {os.strerror(int(number[1]))}"
    quoted = re.findall(r"'([^']*)'", text)
    source = "\n".join(cell.source for cell in notebook.cells)
    if name in _OF_SOURCE and quoted and re.search(rf"(?<!\w){re.escape(quoted[-1])}(?!\w)", source):
        return f"“{quoted[-1]}”"
    return "its text is not shown here, because it may hold what people answered"


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


def _failed(path: Path, notebook: Any, message: str) -> NotebookFailedError:
    begun = _begun(notebook)
    source = notebook.cells[begun - 1].source.strip().splitlines() if begun else []
    message = re.sub(r"\x1b\[[0-9;]*m", "", message)
    return NotebookFailedError(path, begun, source[0] if source else "", message, notebook)
