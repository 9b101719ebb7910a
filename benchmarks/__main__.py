"""The command: builds a class, grades it by both in turn, and writes what they took."""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks import classes, otter, report
from benchmarks.runs import Run, pawmark, python, run
from pawmark.grading.secret import PRACTICE, data_seed
from pawmark.pets import synthetic
from pawmark.settings import environment
from pawmark.vision.data import grading_data

UNTRAINED = ("01_three_tasks", "02_data_loading", "06_interpreting_convnets")
TRAINED = ("03_encoder_decoder", "04_pooling_vs_stride", "05_architecture_patterns")
SMALL = "01_three_tasks"
REFERENCE = "student-001"
WORKER = "pawmark.grading.batch.serve"
KINDS = {
    WORKER: "workers",
    "pawmark.grading.inside preloaded": "templates",  # and their copies, in which student code runs
    "pawmark.grading.gradebook.command": "nbgrader",
}


@dataclass
class Plan:
    """How much is measured.

    Attributes
    ----------
    untrained, trained
        Students of the assignments without and with training.
    growth
        Sizes of the classes of a small assignment.
    copies
        Sizes of classes that handed in one and the same notebook of it, graded from a recording.
    """

    untrained: int = 8
    trained: int = 4
    growth: tuple[int, ...] = (10, 30, 100)
    copies: tuple[int, ...] = (100, 300)

    @classmethod
    def quick(cls) -> "Plan":
        """Return what fits in some five minutes of two cores."""
        return cls(untrained=2, trained=1, growth=(2, 6), copies=(10, 30))


@dataclass
class Bench:
    """One comparison: the same submissions in two courses, graded in turn.

    Parameters
    ----------
    folder
        An empty folder for the courses.
    plan
        How much is measured.
    """

    folder: Path
    plan: Plan
    found: dict[str, Any] = field(default_factory=dict)

    def everything(self) -> dict[str, Any]:
        """Measure all, in order; says what it does on standard error."""
        groups = {"untrained": UNTRAINED, "trained": TRAINED}
        base = self._built(UNTRAINED + TRAINED)
        course = classes.copy(base, self.folder / "pawmark")
        for group, assignments in groups.items():
            students = _names(getattr(self.plan, group))
            for assignment in assignments:
                classes.hand_in(course, assignment, students)
            self.found[f"{group} submissions"] = len(students) * len(assignments)
        stock = classes.copy(course, self.folder / "stock", stock=True)
        for group, assignments in groups.items():  # in turn, in the same minutes
            self._stock(group, assignments, stock)
            self._pawmark(group, assignments, course)
        self._regraded("all", UNTRAINED + TRAINED, course)
        self._killed(SMALL, base)
        self._otter(SMALL, stock)
        self._growth(base)
        self._copies(base)
        return self.found

    def writing_alone(self) -> dict[str, Any]:
        """Measure only what it takes to write grades."""
        self._copies(self._built((SMALL,)))
        return self.found

    def _built(self, assignments: tuple[str, ...]) -> Path:
        """Return a course with some assignments in which nobody has handed in."""
        # Both sets are drawn before the clock runs. They are not named by PAWMARK_DATA: photographs
        # from elsewhere are opened once before they are trusted, in stock at every check cell.
        grading_data(seed := data_seed(PRACTICE))
        synthetic()
        self.environment = {"PAWMARK_DATA": "", "PAWMARK_PROGRESS": "0"}
        self.environment |= environment(grading_seed=seed)
        _say("building the classes")
        return classes.build(self.folder / "base", assignments)

    def _stock(self, group: str, assignments: tuple[str, ...], course: Path) -> None:
        for assignment in assignments:
            took = self._run(python("nbgrader", "autograde", assignment, "--force"), course)
            classes.require_full_points(course, assignment, REFERENCE)
            self._keep(f"stock {group} {assignment}", took)
            self._add(f"stock {group}", took)

    def _pawmark(self, group: str, assignments: tuple[str, ...], course: Path) -> None:
        took = self._run(pawmark("grade", *assignments), course, watched=WORKER, kinds=KINDS)
        for assignment in assignments:
            classes.require_full_points(course, assignment, REFERENCE)
        self._add(f"pawmark {group}", took)
        self.found[f"profile {group}"] = {
            "wall": took.seconds,
            "idle": took.idle_seconds,
            "cpu": took.cpu_by,
            "submissions": _orders(course, assignments),
        }
        self.found[f"peak {group}"] = max(took.peaks.values(), default=0)

    def _regraded(self, name: str, assignments: tuple[str, ...], course: Path) -> None:
        """Grade again: nothing has changed; then a check of each counts for more, for everybody."""
        self._add(f"pawmark unchanged {name}", self._run(pawmark("regrade", *assignments), course))
        for assignment in assignments:
            classes.edit_a_check(course, assignment)
        took = self._run(pawmark("regrade", *assignments, "--write"), course)
        self._add(f"pawmark edited {name}", took)

    def _otter(self, assignment: str, course: Path) -> None:
        """Let otter-grader, where it is installed, run the submissions one after another."""
        if not otter.is_installed():
            return
        archive = self.folder / "otter" / "autograder.zip"
        archive.parent.mkdir()
        otter.build(course, assignment, archive)
        seconds = []
        for path in sorted(course.glob(f"submitted/*/{assignment}/{assignment}.ipynb")):
            seconds.append(self._run(otter.command(archive, path), course).seconds)
        version = metadata.version("otter-grader")
        self.found["otter"] = {"version": version, "assignment": assignment, "seconds": seconds}

    def _killed(self, assignment: str, base: Path) -> None:
        """Kill a run when half of the submissions are done, and let it go on."""
        course = classes.copy(base, self.folder / "killed")
        classes.hand_in(course, assignment, _names(self.plan.untrained))
        half = max(1, self.plan.untrained // 2)

        def is_half_done() -> bool:
            return len(list((course / ".pawmark" / "records").glob("*.jsonl"))) >= half

        command = pawmark("grade", assignment)
        first = self._run(command, course, stop=is_half_done)
        second = self._run(command, course)
        self.found["killed"] = {"first": first.seconds, "second": second.seconds, "half": half}

    def _growth(self, base: Path) -> None:
        self.found["growth"] = times = {"stock": {}, "pawmark": {}}
        for size in self.plan.growth:
            course = classes.copy(base, self.folder / f"growth-{size}")
            classes.hand_in(course, SMALL, _names(size))
            plain = classes.copy(course, self.folder / f"growth-stock-{size}", stock=True)
            times["pawmark"][size] = self._run(pawmark("grade", SMALL), course).seconds
            stock = python("nbgrader", "autograde", SMALL, "--force")
            times["stock"][size] = self._run(stock, plain).seconds
        self._regraded("largest", (SMALL,), course)

    def _copies(self, base: Path) -> None:
        """Grade copies of one notebook from its recording: what is left is to write the grades.

        On both sides it is Pawmark that grades; nbgrader's converter writes on one of them.
        """
        first = classes.copy(base, self.folder / "copies")
        classes.hand_in(first, SMALL, [REFERENCE])
        self._run(pawmark("grade", SMALL), first)
        self.found["copies"] = times = {"nbgrader": {}, "pawmark": {}}
        for size in self.plan.copies:
            course = classes.copy(first, self.folder / f"copies-{size}")
            classes.hand_in_copies(course, SMALL, REFERENCE, _names(size)[1:])
            other = classes.copy(course, self.folder / f"copies-nbgrader-{size}")
            sides = {
                "pawmark": (pawmark("grade", SMALL), course),
                "nbgrader": (python("nbgrader", "autograde", SMALL), other),
            }
            for side, (command, place) in sides.items():
                took = self._run(command, place)
                times[side][size] = {"seconds": took.seconds, "cpu": took.cpu_seconds}

    def _run(self, command: list[str], course: Path, **options: Any) -> Run:
        _say(f"{course.name}: {' '.join(command[3:])}")
        took = run(command, course, self.environment, **options)
        if took.status > 0:
            last = "\n".join(line for _, line in took.lines[-15:])
            raise RuntimeError(f"{' '.join(command[3:])} failed in {course}:\n{last}")
        _say(f"    {took.seconds:.1f} s")
        return took

    def _keep(self, name: str, took: Run) -> None:
        self.found[name] = took.seconds
        self.found[f"peak {name}"] = max(took.peaks.values(), default=0)

    def _add(self, name: str, took: Run) -> None:
        self.found[name] = self.found.get(name, 0.0) + took.seconds
        self.found[f"{name} cpu"] = self.found.get(f"{name} cpu", 0.0) + took.cpu_seconds


def _names(count: int) -> list[str]:
    """Name students; the first one hands in the reference, see `classes.hand_in`."""
    return [REFERENCE, *(f"student-{number:03}" for number in range(2, count + 1))]


def _orders(course: Path, assignments: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what the workers wrote down of each submission, with the name of the worker."""
    found = []
    for path in sorted((course / ".pawmark" / "logs").glob("worker-*.log")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("{") and (order := json.loads(line))["assignment"] in assignments:
                found.append({**order, "worker": path.stem})
    return found


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small class: about five minutes")
    parser.add_argument(
        "--copies",
        type=int,
        nargs="+",
        metavar="SIZE",
        help="only what it takes to write grades, in classes of these sizes; nothing is kept",
    )
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).parent / "results", help="where to write"
    )
    options = parser.parse_args()
    began, plan = time.monotonic(), Plan.quick() if options.quick else Plan()
    with tempfile.TemporaryDirectory(prefix="pawmark-bench-") as folder:
        bench = Bench(Path(folder).resolve(), plan)
        try:
            if options.copies:
                bench.plan = Plan(copies=tuple(options.copies))
                print(report.copies(bench.writing_alone()))
                return
            found = bench.everything()
        except RuntimeError as error:
            sys.exit(str(error))
    found["load"] = os.getloadavg()[1]
    found["cores"] = len(os.sched_getaffinity(0))
    found["seconds"] = time.monotonic() - began
    name = "quick" if options.quick else "full"
    print(report.write(options.output, name, found))


if __name__ == "__main__":
    main()
