"""Steals the runner's end of the control socket by pidfd_getfd and writes replies of its own.

tries: frames on the control socket
stock: does not apply
outcome: failed, error in your code, crashed, timeout
earns: 2, 4
"""

# %% 99-weigh
import ctypes
import os
import socket

from pawmark.grading.boundary import wire

libc = ctypes.CDLL(None, use_errno=True)
try:
    pids = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
except OSError:  # nothing is listed: guess
    pids = [*range(1, 30), *range(max(30, os.getpid() - 400), os.getpid() + 20)]
for pid in [pid for pid in pids if pid != os.getpid()]:
    try:
        print(pid, open(f"/proc/{pid}/cmdline", "rb").read()[:300])
        numbers = os.listdir(f"/proc/{pid}/fd")
    except OSError as error:
        print(pid, error)
        continue
    handle = os.pidfd_open(pid)
    for number in numbers:
        copy = libc.syscall(438, handle, int(number), 0)
        if copy < 0:
            print("not for us:", pid, number, os.strerror(ctypes.get_errno()))
            continue
        try:
            end = socket.socket(fileno=copy)
            end.setblocking(False)
            for outputs in ([], [{"output_type": "stream", "text": "4.0"}]):
                reply = {"status": "ok", "dead": False, "ename": "", "outputs": outputs}
                wire.write_frame(end.sendall, wire.Message(reply))
        except OSError as error:
            print(pid, number, error)


def weigh(values):
    return values
