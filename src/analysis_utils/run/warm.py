"""Kernels forked from a warm process, through jupyter_client's own extension point, a kernel provisioner."""

from __future__ import annotations

import asyncio
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
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

NAME = "fachdialog-warm"  # the entry point in pyproject.toml


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
        with self._one_at_a_time:
            self._say({"prepare": True})

    def status(self, pid: int) -> int | None:
        """Exit code of a kernel, None while it runs."""
        return self._ask({"poll": pid})["status"]

    def close(self) -> None:
        """End the warm process and whatever kernels it still has."""
        self._lines.close()
        self._control.close()
        self._process.wait()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._one_at_a_time:
            self._say(request)
            line = self._lines.readline()
        if not line:
            raise RuntimeError("the process from which kernels are forked has ended unexpectedly")
        return json.loads(line)

    def _say(self, request: dict[str, Any]) -> None:
        self._lines.write(json.dumps(request) + "\n")
        self._lines.flush()


class _Forked:
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


class KernelClient(AsyncKernelClient):
    """Ready as soon as the kernel answers. Its model goes on to wait for a fifth of a second in which nothing more
    arrives, to throw that away; nbclient passes over what answers no question of its own."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Raises: RuntimeError when the kernel has died or does not answer for `timeout` seconds."""
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            self.kernel_info()
            with suppress(Empty):
                reply = await self.get_shell_msg(timeout=1)
                if reply["msg_type"] == "kernel_info_reply":
                    await self.get_iopub_msg(timeout=0.2)  # outputs arrive as well, or it is asked again
                    return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout:.0f} seconds")


class KernelManager(AsyncKernelManager):
    """A kernel manager that knows the warm process, if there is one."""

    client_factory = KernelClient
    warm_server: WarmServer | None = None
    draws = True


class WarmProvisioner(LocalProvisioner):
    """Forks the kernel instead of starting a new interpreter; everything else is as for a local kernel.

    Raises: RuntimeError when asked for by a kernel manager without a warm process (JupyterLab, say).
    """

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        server = getattr(self.parent, "warm_server", None)
        if server is None:
            raise RuntimeError("expected a warm process to fork from, saw none: only `fachdialog report` starts one")
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        folder = str(kwargs.get("cwd") or Path.cwd())
        pid = server.fork(arguments, folder, dict(kwargs["env"]), draws=getattr(self.parent, "draws", True))
        self.process = _Forked(server, pid)  # type: ignore[assignment]
        self.pid = self.pgid = pid
        self.cwd = folder  # type: ignore[assignment]
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Ends when the kernel has; its manager would look again after a tenth of a second only."""
        await super().kill(restart)
        end = time.monotonic() + 0.1
        while await self.poll() is None and time.monotonic() < end:
            await asyncio.sleep(0.003)


def can_fork() -> bool:
    """Whether this platform has a fork that is safe to use here (Linux, macOS)."""
    return hasattr(os, "fork") and sys.platform != "win32"
