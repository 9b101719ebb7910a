"""Starts a command in a user namespace where root grades: there, another user can be switched to.

``python user_namespace.py UID COMMAND...``. The system limits the number of every user's processes
but root's. A namespace that bubblewrap makes for root knows no user but root, under whatever name;
so this makes it first, and gives it one more user, of a number that nobody on the machine has.
"""

import ctypes
import os
import sys

GUEST_ID = 1000

_NEW_USER = 0x10000000


def main() -> None:
    """Make the namespace and become the command in it; ends with status 125 where that fails."""
    outside, command = int(sys.argv[1]), sys.argv[2:]
    ready, made = os.pipe()
    me = os.getpid()
    helper = os.fork()
    if helper == 0:
        os.close(made)
        os._exit(_write_maps(me, outside) if os.read(ready, 1) else 1)
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER) != 0:
        os._exit(125)
    os.write(made, b"x")
    if os.waitpid(helper, 0)[1] != 0:
        os._exit(125)
    # In the sandbox nobody makes a namespace again, in which more of the kernel could be reached.
    with open("/proc/sys/user/max_user_namespaces", "w") as file:  # noqa: PTH123  (starts faster)
        file.write("0")
    os.close(ready)
    os.close(made)
    os.execvp(command[0], command)  # noqa: S606  (no shell is wanted)


def _write_maps(pid: int, outside: int) -> int:
    try:
        for kind in ("uid_map", "gid_map"):
            with open(f"/proc/{pid}/{kind}", "w") as file:  # noqa: PTH123
                file.write(f"0 0 1\n{GUEST_ID} {outside} 1\n")
    except OSError:
        return 1
    return 0


if __name__ == "__main__":
    main()
