"""A process that draws its share of a synthetic set: ``python -m pawmark.pets.synthetic.worker``.

A process of its own, not a fork and not multiprocessing's spawn: forking after TensorFlow has
started threads can hang, and spawn runs the caller's script a second time.
"""

import json
import os
import sys
from pathlib import Path

from pawmark.pets.synthetic.specimen import write_specimen


def main() -> int:
    """Read the order (folder, seed, names) from stdin, draw, and report a JSON line a picture."""
    order = json.load(sys.stdin)
    folder = Path(order["folder"])
    for name in order["names"]:
        try:
            report = {"name": name, "digest": write_specimen(folder, order["seed"], name)}
        except OSError as error:
            report = {"errno": error.errno, "strerror": error.strerror or str(error)}
        try:
            print(json.dumps(report), flush=True)
        except BrokenPipeError:
            # The parent was killed: nobody wants the rest, and nobody reads a message.
            os._exit(1)
        if "errno" in report:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
