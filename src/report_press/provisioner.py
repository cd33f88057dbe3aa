"""Kernels forked from the warm process, through jupyter_client's own extension point, a kernel provisioner."""

from __future__ import annotations

import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Type

from .kernels import Forked, WarmServer


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


class WarmProvisioner(LocalProvisioner):
    """Forks the kernel instead of starting a new interpreter; everything else is as for a local kernel."""

    server: WarmServer
    all_libraries = True

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        folder = str(kwargs.get("cwd") or Path.cwd())
        pid = self.server.fork(arguments, folder, dict(kwargs["env"]), all_libraries=self.all_libraries)
        self.process = Forked(self.server, pid)  # type: ignore[assignment]
        self.pid = self.pgid = pid
        self.cwd = folder  # type: ignore[assignment]
        return self.connection_info


def kernel_manager(folder: Path, server: WarmServer | None, *, all_libraries: bool) -> AsyncKernelManager:
    """A manager of one kernel: this Python's, whatever kernels the machine has registered under the name python3."""
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    about: dict[str, Any] = {"kernel_id": str(uuid.uuid4())}
    manager = AsyncKernelManager(kernel_name="python3", connection_file=str(folder / "c.json"), **about)
    manager.client_factory = KernelClient  # type: ignore[assignment]
    manager._kernel_spec = about["kernel_spec"] = KernelSpec(argv=argv, display_name="Python 3", language="python")
    if server:
        manager.provisioner = WarmProvisioner(parent=manager, **about)
        manager.provisioner.server, manager.provisioner.all_libraries = server, all_libraries
    return manager
