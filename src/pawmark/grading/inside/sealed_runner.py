"""The runner of a submission where there are no name spaces: as `runner`, but sealed.

``python -m pawmark.grading.inside sealed_runner CONTROL_FD CHANNEL_FD LIMITS ORDERS``. Landlock
does not ask who connects to a socket that has a name in a folder, and one of those may lead to a
service that starts programs. Runner and kernel meet over such sockets. When they have met, both
give up connecting for good: the kernel before any of a student's code runs in it.
"""

import socket
import sys
from typing import NoReturn

from jupyter_client.manager import AsyncKernelManager

from pawmark.grading.boundary import seccomp
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.inside.runner import Runner, serve_by

_SEAL = '__import__("pawmark.grading.boundary.seccomp", fromlist=["x"]).seal()'


class CloserManager(AsyncKernelManager):
    """Starts a kernel that is locked in more closely than this process.

    Attributes
    ----------
    orders
        What the kernel may reach; see `supervisor.Orders`.
    """

    orders = ""

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Return the kernel's command, behind one that locks itself in and becomes it."""
        command = super().format_kernel_cmd(extra_arguments)
        return [
            sys.executable,
            "-m",
            "pawmark.grading.sandbox.supervisor",
            "kernel",
            self.orders,
            *command,
        ]


class SealedRunner(Runner):
    """A runner that connects to nothing but its kernel."""

    def __init__(self, control: socket.socket, channel: int, orders: str) -> None:
        super().__init__(control, channel)
        self.manager = CloserManager(kernel_name="python3", transport="ipc")
        self.manager.orders = orders
        self.client.km = self.manager

    async def start(self) -> None:
        """Start the kernel, then seal it and this process."""
        await super().start()
        ident = self.kernel.execute(_SEAL, silent=True, store_history=False, allow_stdin=False)
        while True:
            reply = await self.kernel.get_shell_msg(timeout=60)
            if reply["parent_header"].get("msg_id") == ident:
                break
        if reply["content"].get("status") != "ok":
            raise OSError("the kernel could not be sealed")
        seccomp.seal()


def main() -> NoReturn:
    """Serve the sockets whose numbers are on the command line, within the limits given there."""
    control, channel = (int(number) for number in sys.argv[1:3])
    Limits.from_text(sys.argv[3]).apply(namespaced=True)
    serve_by(SealedRunner(socket.socket(fileno=control), channel, sys.argv[4]))
