"""Takes over the runner's sockets and sends outputs with broken text, counts and types.

tries: frames on the control socket
stock: does not apply
outcome: failed, error in your code, crashed, timeout
earns: 2, 4
"""

# %% 99-weigh
import ctypes
import os
import signal
import socket
import time

from pawmark.grading.boundary import wire

libc = ctypes.CDLL(None, use_errno=True)
outputs = [
    {"output_type": "stream", "name": "stdout", "text": "\ud800 broken \x00"},
    {"output_type": "execute_result", "execution_count": -5, "data": {"text/plain": "\udfff"}},
    {"output_type": "execute_result", "execution_count": 10**400, "data": {"\ud800": "a"}},
    {"output_type": "error", "ename": "\ud800", "evalue": "\ud800", "traceback": ["\ud800"] * 99},
    {"output_type": "display_data", "data": {"text/html": "<b>\ud800</b>"}, "metadata": {"a": 1}},
    {"output_type": "\ud800"}, {"output_type": ["stream"]}, {"output_type": {"a": 1}}, 7, None,
]
try:
    pids = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
except OSError:  # nothing is listed: guess
    pids = [*range(1, 30), *range(max(30, os.getpid() - 400), os.getpid() + 20)]
for pid in [pid for pid in pids if pid != os.getpid()]:
    try:
        numbers = os.listdir(f"/proc/{pid}/fd")
        handle = os.pidfd_open(pid)
        os.kill(pid, signal.SIGSTOP if pid > 2 else 0)
    except OSError as error:
        print(pid, error)
        continue
    for number in numbers:
        copy = libc.syscall(438, handle, int(number), 0)
        try:
            end = socket.socket(fileno=copy) if copy >= 0 else None
            end and end.setblocking(False)
            for _ in range(8 if end else 0):
                reply = {"status": "ok", "dead": False, "ename": "\ud800", "outputs": outputs}
                wire.write_frame(end.sendall, wire.Message(reply))
        except OSError as error:
            print(pid, number, error)


def weigh(values):
    return values
