"""Writes files without end, everywhere it can, and many empty ones.

tries: disk floods
stock: not run: it would fill the machine's disk
outcome: failed, error in your code, crashed, timeout, out of memory
earns: 2, 4
"""

# %% 99-weigh
import os

piece, written = b"x" * (16 << 20), 0
for place in ("/tmp", os.path.expanduser("~"), "/dev/shm", "/var/tmp", "/", "/data/pets", "/run"):
    for number in range(90):
        try:
            with open(f"{place}/flood-{number}", "wb") as file:
                written += file.write(piece)
        except OSError as error:
            print(place, number, error)
            break
assert written < 2 << 30, f"CANA" f"RY-disk {written}"
for number in range(90):
    try:
        os.remove(f"/tmp/flood-{number}")
    except OSError:
        pass


def weigh(values):
    return values
