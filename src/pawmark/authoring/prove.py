"""Proves the specifications of a course: ``make prove``.

An exercise of which nothing has changed is not proven again, and within an exercise it goes on
where it was stopped. See `proof` for what is tried, and where it is kept.

Run as ``python -m pawmark.authoring.prove [EXERCISE ...] [--shard 1/4]``.
"""

import argparse
import contextlib
import faulthandler
import functools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pawmark import files
from pawmark.authoring import bank, proof
from pawmark.authoring.proof import Killer, Killing, Proof
from pawmark.authoring.proof_page import PAGE, page
from pawmark.errors import CourseError
from pawmark.grading.checks import proving
from pawmark.grading.checks.specification import Exercise
from pawmark.grading.course_folder import find_course
from pawmark.wording import counted

# Seconds after which the process of a mutant ends that no signal interrupts.
STUCK = 180


class Progress:
    """What is done of an exercise, in a file that outlives the process.

    Parameters
    ----------
    path
        The file. Beside it lies one in which `faulthandler` says where it ended the process.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._stuck = path, path.with_suffix(".stuck")
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        self.done: dict[str, Any] = {}
        self._begun = ""
        for line in map(json.loads, filter(lambda text: text.endswith("}"), lines)):
            if "begun" in line:
                self._begun = line["begun"]
            else:
                self.done[line["step"]] = line["came"]
        if self._stuck.is_file() and self._stuck.stat().st_size and self._begun not in self.done:
            self._add({"step": self._begun, "came": []})

    def step(self, name: str, work: Callable[[], Any]) -> Any:
        """Return what came of a step, and do it if it was not done yet.

        A mutant that has to be ended with its process is killed: it would end nowhere else either.
        """
        if name not in self.done:
            self._add({"begun": name})
            with self._stuck.open("w", encoding="utf-8") as told:
                faulthandler.dump_traceback_later(STUCK, exit=True, file=told)
                try:
                    came = work()
                finally:
                    faulthandler.cancel_dump_traceback_later()
            self._add({"step": name, "came": came})
        return self.done[name]

    def _add(self, line: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if "step" in line:
            self.done[line["step"]] = line["came"]


def prove(course: Path, exercise: str, seeds: int, graded: int, progress: Progress) -> Proof:
    """Prove one exercise, from where it was stopped.

    Raises
    ------
    CourseError
        If it has no specification, or its judge is its reference.
    """
    specification = bank.specification_of(course, exercise)
    if specification is None:
        raise CourseError(f"{exercise} has no specification: its checks are test functions.")
    proof.require_own_judge(course, exercise, specification)
    if isinstance(specification, Exercise) and not specification.shared:
        specification = proving.remembering(specification)
    came = proof.digests(course, exercise)
    killer = Killer(course, specification, range(seeds))
    # Libraries are imported and inputs drawn before a mutant is timed: on a busy machine that takes
    # minutes, and the first mutant would count as killed.
    killer.passes({})
    found = []
    whole = proof.all_mutants_of(course, exercise)
    for kind, made in zip(proof.mutants_of(course, exercise), whole, strict=True):
        left = {}
        for mutant in kind:
            cells = {exercise: mutant.source}
            passes = progress.step(mutant.name, functools.partial(killer.passes, cells))
            left |= {mutant.name: len(passes)} if passes else {}
        among = len(made) if len(kind) < len(made) else 0
        found.append(Killing(len(kind), len(kind) - len(left), left, among))
    if "answers" not in progress.done:
        progress.done["answers"] = proof.try_answers(course, specification, seeds, graded)
    fields = progress.done["answers"]
    fields["complaints"] = tuple(fields["complaints"])
    return Proof(exercise, came, seeds, graded, **fields, singles=found[0], pairs=found[1])


def _prove_beside(course: Path, exercise: str, seeds: int, graded: int) -> None:
    """Prove an exercise in a process of its own, which may be stopped and started again."""
    mark = proof.mark_of(course, exercise)
    path = course / "build" / "proof" / f"{exercise}-{seeds}-{mark}.jsonl"
    while True:
        before = path.stat().st_size if path.is_file() else 0
        command = [sys.executable, "-m", "pawmark.authoring.prove", exercise]
        command += ["--seeds", str(seeds), "--graded", str(graded), "--beside", str(path)]
        code = subprocess.run(command, cwd=course, check=False).returncode  # noqa: S603
        if code == 0:
            return
        if not path.is_file() or path.stat().st_size == before:
            raise CourseError(f"Proving {exercise} ended with code {code}; see above.")


def _report(course: Path, exercise: str, seconds: float) -> bool:
    found = proof.read_proof(course, exercise)
    assert found is not None  # it was written just now
    wrong = list(proof.unexplained(course, found))
    print(
        f"{exercise}: {found.caught} of {counted(found.wrong, 'wrong answer')} caught, "
        f"{found.singles.killed} of {counted(found.singles.made, 'mutant')} and "
        f"{found.pairs.killed} of {counted(found.pairs.made, 'pair')} killed ({seconds:.0f} s)",
        flush=True,
    )
    for line in wrong:
        print(f"  ✗ {line}", flush=True)
    return not wrong


def main(arguments: list[str] | None = None) -> int:
    """Prove what is stale, write the page; return how the process ends: 1 with complaints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exercise", nargs="*", help="grade_ids; by default all, as far as stale")
    parser.add_argument("--seeds", type=int, help="seeds to try, by default as many as needed")
    parser.add_argument(
        "--graded", type=int, default=proof.GRADED, help="with how many answers are graded in full"
    )
    parser.add_argument("--shard", default="1/1", help="which part of them: 2/4")
    parser.add_argument("--again", action="store_true", help="also what is not stale")
    parser.add_argument("--beside", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    course = find_course()
    if given.beside is not None:
        # A mutant may write files wherever it is.
        with tempfile.TemporaryDirectory() as away, contextlib.chdir(away):
            found = prove(
                course, given.exercise[0], given.seeds, given.graded, Progress(given.beside)
            )
        proof.write_proof(course, found)
        return 0
    try:
        return _prove_all(course, given)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2


def _prove_all(course: Path, given: argparse.Namespace) -> int:
    number, of = map(int, given.shard.split("/"))
    chosen = (given.exercise or list(proof.specifications(course)))[number - 1 :: of]
    sound = True
    for exercise in chosen:
        began = time.monotonic()
        if given.again or not proof.is_fresh(course, exercise):
            seeds = given.seeds or proof.seeds_of(course, exercise)
            _prove_beside(course, exercise, seeds, given.graded)
        sound = _report(course, exercise, time.monotonic() - began) and sound
    files.write_whole(course / PAGE, page(course).encode())
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
