"""Sends execute_reply and status messages of its own on the kernel's sockets, for any cell.

tries: forged execute results and kernel messages
outcome: failed, error in your code, crashed, timeout
"""

# %% 99-weigh
import threading
import time

kernel = get_ipython().kernel


def flood():
    session = kernel.session
    while True:
        try:
            parent = kernel.get_parent("shell")
            content = {"status": "ok", "execution_count": 7, "payload": [], "user_expressions": {}}
            session.send(kernel.shell_stream, "execute_reply", content, parent=parent)
            session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
        except Exception:
            pass
        time.sleep(0.01)


threading.Thread(target=flood, daemon=True).start()


def weigh(values):
    return values
