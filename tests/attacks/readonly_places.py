"""Changes the Python that runs it, the package and the data that later students are graded with.

tries: writing outside the sandbox
stock: not run: it would change the Python that grades
outcome: failed
"""

# %% 99-weigh
import os
import shutil
import sys

import pawmark

root = os.path.dirname(pawmark.__file__)
for path in (f"{root}/checks.py", f"{root}/grading/inside/guest.py", np.__file__, sys.executable,
             "/data/pets/images",
             f"{os.environ['PAWMARK_DATA']}/images",
             os.environ.get("PAWMARK_PRECOMPUTED", "/data/precomputed"), "/usr/bin/bwrap", "/etc/ld.so.cache"):
    mode = os.stat(path).st_mode if os.path.exists(path) else None
    for attempt in (lambda: os.rename(path, f"{path}.old"),
                    lambda: open(path, "a").write("x"), lambda: os.remove(path),
                    lambda: shutil.rmtree(path)):
        try:
            attempt()
            print("CANA" "RY-changed", path)
        except OSError as error:
            print(path, error)
    try:  # it may also seem to succeed and do nothing
        os.chmod(path, 0o777)
        if os.stat(path).st_mode != mode:
            print("CANA" "RY-changed", path)
    except OSError as error:
        print(path, error)


def weigh(values):
    return values
