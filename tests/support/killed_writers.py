"""Kills the writer of grades at its steps, one after another; run as a program of its own.

``python killed_writers.py COURSE ASSIGNMENT FOLDER EVERY`` stages what was handed in, and writes it
in copies of the course: once undisturbed, then killed at each EVERY-th step and written by a rerun.
A step is whatever the interpreter tells of files and folders, a statement that the gradebook is
given, or a commit. Prints one JSON object: who was written, how often the writer was killed, and
after which steps a rerun wrote something else.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from same_grades import files_of, rows_of
from sqlalchemy import event
from sqlalchemy.engine import Engine

from pawmark.grading.gradebook import writer
from pawmark.grading.gradebook.staged import Staged
from pawmark.grading.gradebook.staging import Stager, converter_of

_STEPS = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir")


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do some work in a process that is killed at one of its steps; tell whether it came so far."""
    child = os.fork()
    if child == 0:
        seen = 0

        def count(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen > step:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", count)
        event.listen(Engine, "commit", count)
        sys.addaudithook(lambda name, _: count() if name in _STEPS else None)
        work()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL), status
    return status != 0


def stage(course: Path, assignment: str, folder: Path) -> None:
    """Stage all that was handed in."""
    stager = Stager(course)
    for place in sorted(course.glob(f"submitted/*/{assignment}")):
        (folder / place.parent.name).mkdir(parents=True)
        stager.stage(assignment, place.parent.name, folder / place.parent.name)


def write(course: Path, staged: Path) -> None:
    """Write what was staged, as far as it is not written."""
    found = [Staged.read(path) for path in sorted(staged.iterdir())]
    writer.write(course, converter_of(course), found, force=False)


def written(course: Path) -> tuple:
    """Return all that is there."""
    marks = sorted(path.name for path in (course / ".pawmark" / "unfinished").iterdir())
    return rows_of(f"sqlite:///{course / 'gradebook.db'}"), files_of(course / "autograded"), marks


def main() -> None:
    """Kill at every step, and say what came of it."""
    course, assignment, folder, every = sys.argv[1:]
    kept, work = Path(folder) / "staged", Path(folder) / "work"
    stage(Path(course), assignment, kept)

    def renew() -> None:
        shutil.rmtree(work / "staged", ignore_errors=True)
        shutil.copytree(kept, work / "staged")

    def begin() -> None:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(course, work / "course", symlinks=True)
        renew()

    def do() -> None:
        write(work / "course", work / "staged")

    begin()
    before = files_of(work / "course" / "autograded")
    do()
    right = written(work / "course")
    new = {name.split("/")[0] for name, file in right[1].items() if before.get(name) != file}
    killed, differing = 0, []
    begin()
    while killed_at(killed * int(every), do):
        renew()
        do()
        if written(work / "course") != right:
            differing.append(killed * int(every))
        killed += 1
        begin()
    print(json.dumps({"written": sorted(new), "killed": killed, "differing": differing}))


if __name__ == "__main__":
    main()
