"""A process that has imported the libraries, from which kernels are forked. Run as a file, never imported.

It imports no code of this project, so that every kernel reads that afresh. It stays single-threaded, opens no socket
but the one to its starter, and ends, with all its kernels, when that closes: whatever way the starter died. SIGTERM
ends it at once, in the middle of an import.

Its arguments are the number of its socket, and two lists of modules: those every kernel finds, and those that only some
need. Requests and replies are lines of JSON: `{"fork": {"argv", "cwd", "env", "all_libraries"}}` → `{"pid"}`, `{"poll":
pid}` → `{"status"}` (the exit code as subprocess gives it, null while running), `{"prepare": true}` → no reply. The
first kernels need not wait for what only later ones use: modules of the second list are imported when a notebook needs
them or, once told to prepare, while nothing is asked.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import NoReturn


def main(descriptor: int, libraries: list[str], later: list[str]) -> None:
    del sys.path[0]  # the folder of this file: a kernel does not have it
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # read by ipykernel when imported: whom its kernels outlive not
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # read by the debugger, whose warning nobody could heed
    kernels: dict[int, int | None] = {}
    signal.signal(signal.SIGTERM, lambda *_: _end(kernels))
    control = socket.socket(fileno=descriptor)
    _load(["ipykernel.kernelapp", "ipykernel.debugger", *libraries])
    _serve(control, kernels, later)
    _end(kernels)


def _load(names: Iterable[str]) -> None:
    gc.disable()  # imports make no garbage worth a search
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.set_threshold(100_000, 20, 20)  # a kernel lives for seconds
    gc.enable()
    gc.freeze()  # a kernel's collector passes over what all kernels share


def _serve(control: socket.socket, kernels: dict[int, int | None], missing: list[str]) -> None:
    """`kernels`: exit code of each by process id, None while it runs. `missing`: modules still to import."""
    is_preparing = False

    def import_next() -> bool:
        if is_preparing and missing:
            _load([missing.pop(0)])
        return is_preparing and bool(missing)

    for request in _requests(control, import_next):
        if "prepare" in request:
            is_preparing = True
            continue
        if "fork" in request:
            if request["fork"]["all_libraries"]:
                _load(missing)
                missing.clear()
            reply: dict[str, int | None] = {"pid": _fork(request["fork"], control, kernels)}
        else:
            reply = {"status": _status(kernels, request["poll"])}
        control.sendall(json.dumps(reply).encode() + b"\n")


def _requests(control: socket.socket, idle: Callable[[], bool]) -> Iterator[dict]:
    """What is asked, until nothing more can be. While nothing is, `idle` is called as long as it has something to do;
    a request that has arrived never waits for that."""
    arrived = b""
    while True:
        while b"\n" not in arrived:
            while not select.select([control], [], [], 0)[0] and idle():
                pass
            if not (more := control.recv(2**16)):
                return
            arrived += more
        line, arrived = arrived.split(b"\n", 1)
        yield json.loads(line)


def _status(kernels: dict[int, int | None], pid: int) -> int | None:
    if kernels[pid] is None:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            kernels[pid] = os.waitstatus_to_exitcode(status)
    return kernels[pid]


def _end(kernels: dict[int, int | None]) -> NoReturn:
    """Somebody waits for it, and there is nothing to tidy up. May interrupt anything, so it asks the system nothing."""
    for pid, status in kernels.items():
        if status is None:
            for kill in (os.killpg, os.kill):  # one that was forked just now is not the head of its group yet
                with contextlib.suppress(ProcessLookupError, PermissionError):  # ended by itself (macOS: the latter)
                    kill(pid, signal.SIGKILL)
    os._exit(0)


def _fork(request: dict, control: socket.socket, kernels: dict[int, int | None]) -> int:
    """Process id of a new kernel, noted in `kernels` before this process can be told to end."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        os.close(control.fileno())
        _become_kernel(request)
    kernels[pid] = None
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    return pid


def _become_kernel(request: dict) -> NoReturn:
    """In the child: take on the look of a fresh `python -m ipykernel_launcher`, run the kernel, never return."""
    code = 1
    try:
        os.setsid()
        os.chdir(request["cwd"])
        parent = os.environ["JPY_PARENT_PID"]  # not the parent's id as it is by now, should that have ended
        os.environ.clear()
        os.environ.update(request["env"], JPY_PARENT_PID=parent)
        _reseed()
        launcher = importlib.util.find_spec("ipykernel_launcher")
        sys.argv = [(launcher.origin if launcher else None) or "ipykernel_launcher", *request["argv"]]
        from ipykernel import kernelapp

        kernelapp.launch_new_instance()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _reseed() -> None:
    """Two kernels must not draw the same numbers: as in a fresh process, the seed comes from the system."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(json.loads, sys.argv[2:4]))
