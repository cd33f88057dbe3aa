"""Kernels forked from the warm process, through jupyter_client's own extension point, a kernel provisioner."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Type

from .warm import Forked, WarmServer

NAME = "fachdialog-warm"  # the entry point in pyproject.toml


class ShellChannel(AsyncZMQSocketChannel):
    """Looks every second whether an answer is there. One that comes at the moment in which a widget sends something
    wakes nobody (jupyter_client sends past the socket at which it waits): the notebook stood still for ten minutes."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # type: ignore[override]
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            try:
                return await super().get_msg(max(0.0, min(1.0, end - time.monotonic())))
            except Empty:
                if time.monotonic() >= end:
                    raise


class KernelClient(AsyncKernelClient):
    """Ready as soon as the kernel answers. Its model goes on to wait for a fifth of a second in which nothing more
    arrives, to throw that away; nbclient passes over what answers no question of its own."""

    shell_channel_class = Type(ShellChannel)  # type: ignore[assignment]

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
        self.process = Forked(server, pid)  # type: ignore[assignment]
        self.pid = self.pgid = pid
        self.cwd = folder  # type: ignore[assignment]
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Ends when the kernel has; its manager would look again after a tenth of a second only."""
        await super().kill(restart)
        end = time.monotonic() + 0.1
        while await self.poll() is None and time.monotonic() < end:
            await asyncio.sleep(0.003)
