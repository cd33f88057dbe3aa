"""The warm process, seen from the one that starts it: slow imports are under way before anything else is imported."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any


class WarmServer:
    """The warm process. Starting it returns at once; the first kernel waits until the libraries are in."""

    def __init__(self, environment: dict[str, str]) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, str(Path(__file__).with_name("warm_server.py")), str(theirs.fileno())]
        self._process = subprocess.Popen(
            command,
            env=environment,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._control = ours
        self._lines = ours.makefile("rw", encoding="utf-8")
        self._one_at_a_time = threading.Lock()

    def fork(self, argv: list[str], cwd: str, env: dict[str, str], *, draws: bool) -> int:
        """Process id of a new kernel. One that `draws` waits for the libraries for that."""
        return self._ask({"fork": {"argv": argv, "cwd": cwd, "env": env, "draws": draws}})["pid"]

    def prepare(self) -> None:
        """Import what notebooks that draw will need, while nothing else is to be done."""
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


def can_fork() -> bool:
    """Whether this platform has a fork that is safe to use here (Linux, macOS)."""
    return hasattr(os, "fork") and sys.platform != "win32"
