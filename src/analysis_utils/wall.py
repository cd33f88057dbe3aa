"""What a kernel under the runner may touch.

A report notebook is *walled*: it opens public tables only, starts no program and asks no other machine, in whatever
library it tries. A notebook that reads private tables (*open*) sees everything and leaves no file behind: what it
shows goes out as references alone (`wording.references`), files are written where a page is made.

This keeps honest code, and curious code, from slipping; it is no lock against somebody who means to get out.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from .errors import DataError

TOLD = "FACHDIALOG_PRIVATE"
OPEN, CLOSED = "open", "closed"
OPEN_IN_RAW = ("round.yml", "findings.yml", "published.yml", "paraphrases.csv")
"""Files of a round that describe it and hold nobody's words."""
UNSEEN = (
    *(f"pyarrow.{name}" for name in ("parquet", "_parquet", "dataset", "_dataset", "feather", "_feather", "fs", "_fs")),
    *(f"pyarrow.{name}" for name in ("csv", "_csv", "json", "_json", "orc", "_orc", "flight", "substrait")),
    *("python_calamine", "lxml", "lxml.etree", "lxml.html", "duckdb", "polars", "fastparquet", "adbc_driver_manager"),
    *("h5py", "pyreadstat", "pyreadr", "connectorx", "datafusion", "chdb", "cffi", "_cffi_backend", "_posixsubprocess"),
)
"""Modules that open files or start programs without Python's noticing; a report has no use for them."""
LOOKED_FOR = ("pyarrow.dataset", "pyarrow._dataset")
"""Those of them that are missing rather than shut: pandas groups text by pyarrow.acero, which does without them."""
UNSEEN_IN = {"pyarrow": ("OSFile", "MemoryMappedFile", "memory_map", "create_memory_map", "input_stream")}
"""The same of modules that pandas cannot do without."""
PROGRAMS = frozenset(
    {
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"),
        *("pty.spawn", "os.startfile", "os.startfile/2", "webbrowser.open"),
    }
)
# On Windows a pair of sockets is made by connecting them.
CONNECTIONS = {"socket.connect", "socket.bind", "socket.sendto"} if sys.platform != "win32" else {"socket.sendto"}
MACHINE_CODE = {"ctypes.dlopen", "ctypes.dlsym", "ctypes.dlsym/handle", "ctypes.call_function"}
_ASK_OF_THEMSELVES = ("font_manager.py", "platform.py", "ctypes/util.py", "uuid.py", "core/pylabtools.py")
"""Library modules that try a program and go on without it: refused, and held against nobody."""
PUBLIC = (".csv", ".jpg")
"""Endings of files that report notebooks may read: tables, and photos of boards that an analyst released."""
# Where modules are opened by the hundred: no place for data.
_LIBRARIES = tuple(sysconfig.get_path(name) + os.sep for name in ("stdlib", "purelib", "platlib"))
_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep  # noqa: PTH100, PTH120
_closed: list[str] = []
refused: list[tuple[int, str]] = []
"""What was refused so far: the number of the cell that was running, and the message."""


class WallError(DataError, PermissionError):
    """Something that a notebook of this kind may not do. Libraries that can do without take it for a missing
    permission."""


def close_if_told() -> bool:
    """Put up what the environment asks for; whether the private tables are out of reach."""
    told = os.environ.get(TOLD)
    if told == CLOSED and not _closed:
        close(Path(os.environ["FACHDIALOG_DATA"]))
    elif told == OPEN and not _closed:
        _closed.append(OPEN)
        sys.addaudithook(_no_files())
    return told == CLOSED


def is_open() -> bool:
    """Whether this is the kernel of a notebook that reads private tables."""
    return OPEN in _closed


def close(data: Path) -> None:
    """From now on this process opens no Parquet file and, below `data`, public files only; it starts no program."""
    _closed.append(CLOSED)
    sys.meta_path.insert(0, _Missing())
    for name in set(UNSEEN) & set(sys.modules) | {"_posixsubprocess"}:
        _shut(name)
    for name, parts in UNSEEN_IN.items():
        for module in (sys.modules.get(name), sys.modules.get(f"{name}.lib")):
            for part in parts if module else ():
                setattr(module, part, _Shut(f"{name}.{part}"))
    sys.addaudithook(_no_private(os.path.realpath(data)))


class _Missing:
    """Makes closed modules that nobody has loaded yet missing ones: libraries ask for some of them just in case."""

    closed = frozenset(UNSEEN)

    def find_spec(self, name: str, *_: object) -> None:
        if name in self.closed:
            message = f"report notebook: expected public tables only, saw {name}, which opens files unseen"
            raise ModuleNotFoundError(message, name=name)


class _Shut(ModuleType):
    """Stands where a closed module or function was, and says so when used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        _refuse(f"{self.__name__}, which opens files unseen")

    def __call__(self, *_: object, **__: object) -> NoReturn:
        _refuse(f"{self.__name__}, which opens files unseen")


def _shut(name: str) -> None:
    parent, _, child = name.rpartition(".")
    shut = _Shut(name)
    if name == "_posixsubprocess":  # subprocess asks before it starts something; others use this beneath it
        sys.modules[name].__dict__["fork_exec"] = shut
        return
    sys.modules[name] = shut
    if name in LOOKED_FOR:
        del sys.modules[name]
    if child and (holder := sys.modules.get(parent)) is not None:
        setattr(holder, child, shut)


def _no_private(data: str) -> Callable[[str, tuple[Any, ...]], None]:
    """The watch of a walled kernel. What it uses is its own, so that nothing a notebook changes changes it."""
    raw, processed = os.path.join(data, "raw"), os.path.join(data, "processed")  # noqa: PTH118
    desk = os.path.realpath(os.environ.get("FACHDIALOG_PROCESSED", processed))
    desk = os.path.dirname(desk) if desk != processed else desk  # noqa: PTH120
    home = os.path.dirname(os.path.realpath(os.environ.get("IPYTHONDIR", os.devnull)))  # noqa: PTH120
    own = (os.environ.get("IPYTHONDIR", "") + os.sep, os.environ.get("MATPLOTLIBRC", "-"))
    runtime = _runtime_folder()
    realpath, isdir, fsdecode, dirname, basename = (
        os.path.realpath,
        os.path.isdir,
        os.fsdecode,
        os.path.dirname,
        os.path.basename,
    )
    separator, libraries, kept, refuse = os.sep, _LIBRARIES, OPEN_IN_RAW, _refuse

    def below(place: str, folder: str) -> bool:
        return place == folder or place.startswith(folder + separator)

    def is_private(path: object) -> bool:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return False
        text = fsdecode(path)
        if text.startswith(libraries) and ".." not in text:
            return False
        place = realpath(text)
        if place.endswith(".parquet") or (place.startswith("/proc/") and basename(place) in ("mem", "environ")):
            return True
        if below(place, raw):
            return basename(place) not in kept or place.count(separator) > raw.count(separator) + 2
        if below(place, processed) and not below(place, desk):
            return True
        is_of_kernels = bool(home) and home != dirname(os.devnull) and below(place, home) and not text.startswith(own)
        return is_of_kernels or (bool(runtime) and below(place, runtime))

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            if is_private(arguments[0]) or (arguments[1] is None and holds_private(arguments[0])):
                refuse("a private file being opened")
        elif event in ("os.link", "os.symlink", "os.rename", "sqlite3.connect", "os.chdir"):
            if any(is_private(one) for one in arguments[:2]):
                refuse("a private file being used")
        elif event in PROGRAMS:
            refuse("a program being started", by_whom=True)
        elif event in CONNECTIONS:
            refuse("a connection to another program")
        elif event in MACHINE_CODE and not _is_library():
            refuse("machine code being called")

    def holds_private(path: object) -> bool:
        """A folder opened by itself is a way to what lies in it."""
        if not isinstance(path, (str, bytes, os.PathLike)):
            return False
        place = realpath(fsdecode(path))
        return isdir(place) and (below(raw, place) or place == separator) and not _is_library()

    return watch


def _no_files() -> Callable[[str, tuple[Any, ...]], None]:
    """The watch of a kernel that reads private tables: it writes tables, and nothing that goes out as it is."""
    from .contracts import TABLES

    names = re.compile("|".join([*(rf"{name}\.csv" for name in TABLES), r"tafel-[0-9a-f]+\.jpg"]))
    places = {name: os.environ.get(f"FACHDIALOG_{name}") for name in ("REPORTS", "PROCESSED")}
    reports, processed = (os.path.realpath(place) + os.sep if place else "" for place in places.values())
    refuse = _refuse

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], (str, bytes, os.PathLike)):
            return
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        if not flags & (os.O_WRONLY | os.O_RDWR):
            return
        place = os.path.realpath(os.fsdecode(arguments[0]))
        name = os.path.basename(place).removesuffix(".part").removeprefix(".")  # noqa: PTH119
        is_result = bool(reports) and place.startswith(reports)
        is_beside = bool(processed) and place.startswith(processed) and name.endswith(PUBLIC)
        if is_result or (is_beside and not names.fullmatch(name)):
            refuse(f"the file {name}", expected="a notebook that reads private tables to write tables only")

    return watch


def _refuse(what: str, *, expected: str = "", by_whom: bool = False) -> NoReturn:
    if expected:
        remedy = "show it with publish, and it is written with the page"
    else:
        expected, remedy = (
            "public tables only",
            "compute with open_round, let numbers out with publish, and read the estimates here",
        )
    where = "notebook" if is_open() else "report notebook"
    fault = WallError(where, expected, what, remedy=remedy)
    if not (by_whom and _asker().endswith(_ASK_OF_THEMSELVES)):
        refused.append((running_cell(), str(fault)))
    raise fault


def shell() -> Any:
    """The IPython shell of this process; None where there is none, which is found out without importing it."""
    kind = getattr(sys.modules.get("IPython.core.interactiveshell"), "InteractiveShell", None)
    return getattr(kind, "_instance", None)


def running_cell() -> int:
    """Execution count of the cell that is running (the shell counts on as it begins one); 0 outside a kernel."""
    return max(0, int(getattr(shell(), "execution_count", 0)) - 1)


def _asker() -> str:
    """File of the code that asked, beneath the modules that only do what they are asked."""
    frame = sys._getframe(1)
    between = (__file__, f"{os.sep}subprocess.py", f"{os.sep}os.py", f"{os.sep}ctypes{os.sep}__init__.py")
    while frame is not None and frame.f_code.co_filename.endswith(between):
        frame = frame.f_back  # type: ignore[assignment]
    return frame.f_code.co_filename if frame is not None else ""


def _is_library() -> bool:
    return _asker().startswith((*_LIBRARIES, _PACKAGE, "<frozen"))


def _runtime_folder() -> str:
    """Where Jupyter keeps the keys of running kernels."""
    paths = sys.modules.get("jupyter_core.paths")
    return os.path.realpath(paths.jupyter_runtime_dir()) if paths else ""
