"""Runs inside the sandbox: starts a Jupyter kernel and executes cells in it as it is told.

``python -m pawmark.grading.inside runner CONTROL_FD CHANNEL_FD LIMITS SPACE``. It sets its own
limits first. Orders come on the control socket, one frame each, and each gets one reply. The
question channel is a second socket, which the kernel inherits: over it the grader asks the
student's namespace. Nothing here is trusted by the grader; student code could replace all of it.
"""

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any, NoReturn

import nbformat
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from pawmark import settings
from pawmark.grading.boundary import wire
from pawmark.grading.boundary.limits import Limits
from pawmark.grading.inside import guest
from pawmark.grading.inside.own_user import become_student

MAX_OUTPUTS = 200
MAX_OUTPUT_BYTES = 4 << 20

# Seconds that a kernel may take until it answers.
_PATIENCE = 120
# Seconds between looks at whether the grader is there, where the system does not tell.
_LOOK = 0.5

# The kernel of this Python.
PYTHON = "python3"
# What nbgrader tells notebooks that it runs for a grade.
_AUTOGRADING = {"NBGRADER_EXECUTION": "autograde"}

_SERVE = '__import__("pawmark.grading.inside.guest", fromlist=["x"]).serve()'
_OUTPUT_TYPES = ("stream", "display_data", "execute_result", "error", "update_display_data")
_NOTE = "\n[further output was dropped: the cell wrote more than is kept]\n"


class CappedClient(NotebookClient):
    """Collects the outputs of one cell as Jupyter does, but not without end."""

    used = 0
    full = False

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Take one message from the kernel, or drop it when the cell has written too much."""
        kind = msg["msg_type"]
        if kind == "clear_output":
            self.used, self.full = 0, False
        elif kind in _OUTPUT_TYPES and not self._fits(msg["content"], cell):
            return self._drop(cell)
        added = super().process_message(msg, cell, cell_index)
        _merge_streams(cell.outputs)
        return added

    def _fits(self, content: dict[str, Any], cell: Any) -> bool:
        # An error is kept even in a full cell: it is short, and the last thing that is wanted.
        self.used += len(json.dumps(content, default=str))
        short = "ename" in content and self.used < MAX_OUTPUT_BYTES + (1 << 20)
        return short or (self.used <= MAX_OUTPUT_BYTES and len(cell.outputs) < MAX_OUTPUTS)

    def _drop(self, cell: Any) -> None:
        if not self.full:
            self.full = True
            cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text=_NOTE))


def _merge_streams(outputs: list[Any]) -> None:
    if len(outputs) < 2 or any(out.output_type != "stream" for out in outputs[-2:]):
        return
    if outputs[-2].name == outputs[-1].name:
        last = outputs.pop()
        outputs[-1].text += last.text


class ForkedKernel:
    """A kernel that is a copy of this process, made before anything was started in it.

    It waits for its command line on standard input. It has the methods of a `subprocess.Popen` that
    Jupyter calls.

    Parameters
    ----------
    channel
        The socket of questions, which it keeps open.
    control
        The socket that it closes.
    """

    stdin = stdout = stderr = None

    def __init__(self, channel: int, control: int) -> None:
        self.returncode: int | None = None
        reading, self._orders = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(control)
            os.close(self._orders)
            os.dup2(reading, 0)
            os.close(reading)
            _become_kernel()
        os.close(reading)

    def go(self, argv: list[str], environment: dict[str, str]) -> None:
        """Let it start, with the arguments of ``ipykernel_launcher`` and its environment."""
        os.write(self._orders, json.dumps([argv, environment]).encode() + b"\n")

    def poll(self) -> int | None:
        """Return its exit code, or None while it lives."""
        if self.returncode is None:
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self) -> int | None:
        """Wait for its end."""
        while self.poll() is None:
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    terminate = kill


def _become_kernel() -> NoReturn:
    """Wait for the command line and be, from then on, what ``ipykernel_launcher`` would be."""
    line = bytearray()
    while not line.endswith(b"\n"):  # byte by byte: nothing that follows belongs to this
        part = os.read(0, 1)
        if not part:
            os._exit(0)
        line += part
    argv, environment = json.loads(line)
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    import ipykernel_launcher
    from ipykernel import kernelapp

    sys.argv = [str(Path(ipykernel_launcher.__file__)), *argv]
    here = str(Path.cwd())
    sys.path[:] = [entry for entry in sys.path if entry not in ("", here)]
    try:
        kernelapp.launch_new_instance()
    finally:
        os._exit(0)


class ForkedProvisioner(LocalProvisioner):
    """Starts no process: it tells the one that waits what to do."""

    forked: ForkedKernel

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Let the waiting copy become the kernel of this command line."""
        # It has what Jupyter calls of a process.
        self.process = self.forked  # type: ignore[assignment]
        self.pid = self.pgid = self.forked.pid
        self.forked.go(cmd[cmd.index("-m") + 2 :], kwargs["env"])
        return self.connection_info


class Runner:
    """Serves the orders of the control socket until it is closed."""

    def __init__(
        self, control: socket.socket, channel: int, forked: ForkedKernel | None = None
    ) -> None:
        self.control = control
        self.channel = channel
        self.manager = AsyncKernelManager(kernel_name=PYTHON, transport="ipc")
        if forked is not None:
            self.manager.kernel_id = str(uuid.uuid4())
            provisioner = ForkedProvisioner(
                kernel_id=self.manager.kernel_id,
                kernel_spec=self.manager.kernel_spec,
                parent=self.manager,
            )
            provisioner.forked = forked
            self.manager.provisioner = provisioner
        self.client = CappedClient(
            nbformat.v4.new_notebook(),
            km=self.manager,
            timeout=None,
            allow_errors=True,
            store_widget_state=False,
        )
        self.kernel: AsyncKernelClient  # made by the start
        self.client.on_cell_executed = self._look_at_reply

        self.ends = False

    async def start(self) -> None:
        """Start the kernel and wait until it answers."""
        python = self.manager.kernel_name == PYTHON
        folder = tempfile.mkdtemp(prefix="kernel-")
        self.manager.ip = f"{folder}/ipc"
        self.manager.connection_file = f"{folder}/connection.json"
        await self.manager.start_kernel(
            extra_arguments=["--HistoryManager.hist_file=:memory:"] if python else [],
            independent=True,
            env={**os.environ, **_AUTOGRADING, **settings.environment(channel_fd=self.channel)},
            # Of a kernel without Python nothing is asked: what has to be done, is done here.
            pass_fds=(self.channel,) if python else (),
        )
        self.client.kc = self.kernel = self.manager.client()
        self.kernel.start_channels()
        await self._until_it_answers()
        self.kernel.allow_stdin = False

    async def _until_it_answers(self) -> None:
        """Wait until the kernel answers, and until what it publishes arrives here.

        Jupyter's own way to wait ends with 0.2 s of silence, to be rid of what was published about
        its question. Nobody here takes a message that belongs to another question.
        """
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and not await self._is_dead():
            self.kernel.kernel_info()
            with contextlib.suppress(Empty):
                reply = await self.kernel.get_shell_msg(timeout=1)
                if reply["msg_type"] == "kernel_info_reply":
                    await self.kernel.get_iopub_msg(timeout=0.2)
                    return
        raise RuntimeError(f"The kernel has not answered for {_PATIENCE} s, or it has ended.")

    async def serve(self) -> None:
        """Carry out one order after another, until the grader closes the control socket."""
        threading.Thread(target=self._end_with_grader, daemon=True).start()
        wanted = wire.read_frame(self._receive).tree["kernel"]
        if wanted != PYTHON:
            self.manager.kernel_name = wanted
        await self.start()
        if wanted == PYTHON:
            os.close(self.channel)
        self._reply({"status": "ready", "dead": False})
        while True:
            order = wire.read_frame(self._receive).tree
            if order["op"] == "run":
                self._reply(await self._run(order["source"], order.get("history", True)))
            else:
                self._reply(await self._ask() if wanted == PYTHON else self._answer())

    def _end_with_grader(self) -> NoReturn:
        """Wait until the grader has gone, whatever else goes on here, and end with the kernel."""
        if hasattr(select, "POLLRDHUP"):
            poll = select.poll()
            poll.register(self.control, select.POLLRDHUP)  # no order is read: they are not for here
            poll.poll()
        else:
            _wait_for_parent()
        group = getattr(self.manager.provisioner, "pgid", None)
        if group:
            with contextlib.suppress(OSError):
                os.killpg(group, signal.SIGKILL)
        os._exit(0)

    def _look_at_reply(self, cell: Any, cell_index: int, execute_reply: dict[str, Any]) -> None:
        self.ends = asks_for_the_end(execute_reply)
        content = execute_reply.get("content", {})
        name = content.get("ename")
        shown = [out.get("ename") for out in cell.outputs if out.output_type == "error"]
        if content.get("status") == "error" and name and name not in shown:
            # Whatever keeps the kernel from showing it, a cell that failed has failed.
            error = {"ename": name, "evalue": content.get("evalue", ""), "traceback": []}
            cell.outputs.append(nbformat.v4.new_output("error", **error))

    def _answer(self) -> dict[str, Any]:
        """Do what is asked for, beside a kernel that cannot: files are laid into its folder."""
        guest.serve_by(guest.Guest({}), self.channel)
        return {"status": "ok", "dead": False, "asked": False}

    async def _run(self, source: str, history: bool) -> dict[str, Any]:
        cell = nbformat.v4.new_code_cell(source)
        self.client.nb.cells = [cell]
        self.client.reset_execution_trackers()
        self.client.used, self.client.full = 0, False
        self.ends = False
        try:
            await self.client.async_execute_cell(cell, 0, store_history=history)
        except DeadKernelError:
            return await self._dead(cell)
        except Exception as error:  # whatever the kernel did, the grader gets an answer
            return _result(cell, type(error).__name__, await self._is_dead())
        errors = [output for output in cell.outputs if output.output_type == "error"]
        dead = self.ends or await self._is_dead()
        result = _result(cell, errors[-1].ename if errors else "", dead)
        return {**result, "asked": self.ends}

    async def _ask(self) -> dict[str, Any]:
        ident = self.kernel.execute(_SERVE, silent=True, store_history=False, allow_stdin=False)
        while True:
            try:
                reply = await self.kernel.get_shell_msg(timeout=0.5)
            except Exception:  # nothing came: only a kernel that lives is waited for
                if await self._is_dead():
                    return await self._dead(None)
                continue
            if reply["parent_header"].get("msg_id") == ident:
                status = reply["content"].get("status", "error")
                asked = asks_for_the_end(reply)
                return {"status": status, "dead": asked, "asked": asked}

    async def _is_dead(self) -> bool:
        return not await self.manager.is_alive()

    async def _dead(self, cell: Any) -> dict[str, Any]:
        code = await self.manager.provisioner.poll() if self.manager.provisioner else None
        return {**_result(cell, "", True), "status": "error", "returncode": code}

    def _receive(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            part = self.control.recv(count - len(parts))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def _reply(self, tree: dict[str, Any]) -> None:
        wire.write_frame(self.control.sendall, wire.Message(_plain(tree)))


def _wait_for_parent() -> None:
    """Wait until the grader has gone where it is the parent of this process, as without a sandbox.

    macOS has no way to be told of the end of a connection on which unread orders wait.
    """
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(_LOOK)


def asks_for_the_end(reply: dict[str, Any]) -> bool:
    """Tell whether a kernel ends soon after this answer: ``exit()`` and ``quit()`` do that.

    It would still be alive for a moment, and take the next cell along, which is not to blame.
    """
    payload = reply.get("content", {}).get("payload") or []
    return any(part.get("source") == "ask_exit" for part in payload if isinstance(part, dict))


def _result(cell: Any, error: str, dead: bool) -> dict[str, Any]:
    status = "error" if error or dead else "ok"
    outputs = [] if cell is None else cell.outputs
    return {"status": status, "ename": error, "dead": dead, "outputs": outputs}


def _plain(tree: Any) -> Any:
    """Return JSON without infinities, which the wire refuses and a display may hold."""
    return json.loads(json.dumps(tree, default=str), parse_constant=str)


def main() -> None:
    """Serve the sockets whose numbers are on the command line, within the limits given there."""
    control, channel = (int(number) for number in sys.argv[1:3])
    Limits.from_text(sys.argv[3]).apply(namespaced=sys.argv[4] == "own")
    if sys.argv[4] == "own" and os.getuid() == 0:
        become_student()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    serve(control, channel)


def serve(control: int, channel: int, forked: ForkedKernel | None = None) -> NoReturn:
    """Serve the grader with a kernel of its own, or with one that waits already."""
    serve_by(Runner(socket.socket(fileno=control), channel, forked))


def serve_by(runner: Runner) -> NoReturn:
    """Let a runner serve the grader until it has gone; this process ends then."""
    try:
        asyncio.run(runner.serve())
    except (EOFError, OSError):
        os._exit(0)  # the grader has gone
    finally:
        os._exit(1)
