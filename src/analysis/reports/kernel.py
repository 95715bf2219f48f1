"""A notebook kernel forked from this process: what is imported here is loaded there, which saves a start of Python."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import run_sync

from analysis.reports.runner import PROCESSES


class Kernel(PROCESSES.Process):
    """A forked process with the methods that Jupyter expects of a started one."""

    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        """The exit code, or nothing while it runs."""
        return self.exitcode

    def wait(self) -> int | None:
        """The exit code once it has ended."""
        self.join()
        return self.poll()

    def send_signal(self, signum: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, signum)


class ForkedProvisioner(LocalProvisioner):
    """Starts the kernel by telling a forked process where to listen; a further start, if needed, is an ordinary one."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # Forked at once, before this process has threads and sockets; it waits to be told its connection file.
        waiting, self._tell = PROCESSES.Pipe(duplex=False)
        self._forked: Kernel | None = Kernel(target=_serve, args=(waiting, self._tell), daemon=True)
        self._forked.start()
        waiting.close()

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> Any:
        """Let the forked process become the kernel that `cmd` would start."""
        if self._forked is None:
            return await super().launch_kernel(cmd, **settings)
        self._tell.send((cmd[cmd.index("-f") + 1], os.getcwd()))  # noqa: PTH109 - a string for chdir
        self.process, self._forked = self._forked, None
        self.pid = self.process.pid
        return self.connection_info


@contextmanager
def forked() -> Iterator[Any]:
    """A manager of one forked kernel, which is ended with the block."""
    manager: Any = AsyncKernelManager(kernel_name="python3", transport_encryption="auto")
    manager.provisioner = ForkedProvisioner(kernel_id="forked", kernel_spec=manager.kernel_spec, parent=manager)
    try:
        yield manager
    finally:
        if manager.has_kernel:
            run_sync(manager.shutdown_kernel)(now=True)


def _serve(waiting: Any, tell: Any) -> None:
    """Wait for the connection file, then be its kernel until the parent process ends it or is gone."""
    from ipykernel.kernelapp import IPKernelApp

    tell.close()  # so that the end of the parent ends the waiting
    connection_file, folder = waiting.recv()
    os.chdir(folder)
    time.tzset()  # the time zone of the stage, which came after the start of Python
    sys.modules["debugpy"] = None  # type: ignore[assignment] # nobody debugs a stage, and loading it takes time
    IPKernelApp.launch_instance(
        argv=["-f", connection_file, f"--IPKernelApp.parent_handle={os.getppid()}", "--HistoryManager.enabled=False"]
    )
