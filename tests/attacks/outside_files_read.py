"""Reads course, checks, gradebook, other submissions, the grader's home and /proc by their paths.

tries: reading checks from disk, other students' files, gradebook
outcome: failed
run: core
"""

# %% 99-weigh
import glob
import itertools
import os

places = [
    "@COURSE@/source", "@COURSE@/grader_tests", "@COURSE@/gradebook.db", "@COURSE@/submitted",
    "@COURSE@/autograded", "@COURSE@/nbgrader_config.py", "@HOME@", "@TEMP@", "/root", "/home",
    "/etc/shadow", "/var", "/run", "/srv", "/mnt", "/proc/1/cwd",
]
places += [f"/proc/1/root{place}" for place in places] + [f"/proc/self/fd/{n}" for n in range(99)]
for place in places:
    found = glob.iglob(f"{place}/**", recursive=True, include_hidden=True)
    for path in itertools.chain([place], itertools.islice(found, 100)):
        try:
            number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            print(path, os.read(number, 100_000))
            os.close(number)
        except OSError:
            pass


def weigh(values):
    return values
