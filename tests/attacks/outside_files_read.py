"""Reads course, checks, gradebook, other submissions, the grader's home and /proc by their paths.

tries: reading checks from disk, other students' files, gradebook
outcome: failed
run: core
"""

# %% 99-weigh
import glob
import os

places = [
    "@COURSE@/source", "@COURSE@/grader_tests", "@COURSE@/gradebook.db", "@COURSE@/submitted",
    "@COURSE@/autograded", "@COURSE@/nbgrader_config.py", "@HOME@", "@TEMP@", "/root", "/home",
    "/etc/shadow", "/var", "/run", "/srv", "/mnt", "/proc/1/root", "/proc/1/cwd",
]
for place in places:
    for path in [place, *glob.glob(f"{place}/**", recursive=True, include_hidden=True)][:2000]:
        try:
            print(path, open(path, "rb").read(100_000))
        except OSError:
            pass


def weigh(values):
    return values
