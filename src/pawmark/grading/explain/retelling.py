"""Retells how a submission was graded, from its recording: each lost check with what was asked.

The hidden checks run once more, and the recording answers them: no student code runs where it holds
all answers, as it does after grading.
"""

import difflib
import shlex
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from pawmark.assignments import short_name
from pawmark.errors import CourseError
from pawmark.grading.batch.submission import jobs_of
from pawmark.grading.boundary import wire
from pawmark.grading.checks.asking import Answer, Lost, Question, Raised, Repeated, seen
from pawmark.grading.checks.counterexample import counterexample, shown_value
from pawmark.grading.checks.judging import Judged
from pawmark.grading.checks.specification import (
    CONTRACT,
    Exercise,
    Items,
    OneOf,
    Raises,
    Satisfying,
)
from pawmark.grading.checks.watching import Place
from pawmark.grading.course_folder import SUBMITTED
from pawmark.grading.explain.expecting import expected_of
from pawmark.grading.intake.sources import require_sources
from pawmark.grading.intake.walking import is_empty
from pawmark.grading.results import record
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult
from pawmark.grading.run.pipeline import Job

MOST = 5


@dataclass(frozen=True)
class Asked:
    """One question and what became of it.

    Attributes
    ----------
    text
        The question as a call.
    question
        The question as it was sent.
    inputs
        What the function was given, by name; only values that the trusted side has.
    came
        What came, as a tree of plain data: see `repeating.came_of`. None where nothing came.
    got
        What came, for people.
    expected
        What should have come, for people; empty where a check in words decides.
    wanted
        The right result as a value, or None.
    why
        Why the answer was refused; empty where it was not, or where the check's message says all.
    """

    text: str
    question: wire.Message
    inputs: tuple[tuple[str, Any], ...]
    came: dict[str, Any] | None
    got: str
    expected: str = ""
    wanted: Any = None
    why: str = ""


@dataclass(frozen=True)
class LostCheck:
    """A check that lost points.

    Attributes
    ----------
    exercise
        The grade_id of the exercise.
    result
        What came of the check.
    asked
        What was asked for it: of rows the refused answers, the smallest first; of a function all.
    place
        Where in the hidden checks it was refused, or None.
    expected
        What was expected where no answer came: see `expecting.expected_of`.
    """

    exercise: str
    result: CheckResult
    asked: tuple[Asked, ...] = ()
    place: Place | None = None
    expected: str = ""


@dataclass(frozen=True)
class Retold:
    """A submission, with its lost checks.

    Attributes
    ----------
    student, assignment
        Whose it is, and of what.
    notebooks
        The mended notebooks that were graded and hold what is told of; mostly there is one.
    lost
        The lost checks, in the order of the notebook.
    guest_root
        The folder of the data as the student's process saw it, empty for none.
    root
        Where that folder is for the grader, empty for none.
    live
        How many processes of the student's were started to tell it; 0 where all was recorded.
    note
        What else is to be known of it, in a sentence; empty where this is why the grade is so.
    named
        The exercise or check that is told; empty where all that lost points are.
    """

    student: str
    assignment: str
    notebooks: tuple[NotebookNode, ...]
    lost: tuple[LostCheck, ...]
    guest_root: str
    root: str
    live: int
    note: str = ""
    named: str = ""


def retell(
    course: Path,
    assignment: str,
    student: str,
    which: str | None = None,
    by_people: Collection[str] = (),
) -> Retold:
    """Retell how a submission was graded.

    Parameters
    ----------
    course, assignment, student
        Which submission.
    which
        An exercise, or a check or a row of one (``01-box``, ``test_empty``, ``01-box:core``); all
        that lost points if left out.
    by_people
        Exercises of which there is something to tell though no check of theirs lost a point.

    Raises
    ------
    CourseError
        When nothing was handed in, or nothing of that name lost a point.
    """
    folder = course / SUBMITTED / student / assignment
    # A path is nobody's name, wherever it leads.
    if Path(student).name != student or not folder.is_dir() or is_empty(folder):
        raise CourseError(_not_handed_in(course, assignment, student))
    require_sources(course, [assignment])
    jobs = jobs_of(course, assignment, student)
    note = _require_what_was_graded(course, assignment, student, jobs)
    told = [_tell(job, which) for job in jobs]
    results = [result for one in told for result in one.done.results.values()]
    chosen = tuple(lost for one in told for lost in one.chosen)
    if which is not None and not chosen and which not in by_people:
        raise CourseError(_unknown(which, [lost for one in told for lost in one.lost], results))
    root = jobs[0].data.root
    meant = [one for one in told if one.chosen] or told
    return Retold(
        student,
        assignment,
        tuple(one.done.notebook for one in meant),
        chosen,
        told[0].done.guest_root if root is not None else "",
        "" if root is None else str(root),
        sum(one.done.live for one in told),
        note,
        which or "",
    )


def _not_handed_in(course: Path, assignment: str, student: str) -> str:
    known = [folder.name for folder in (course / SUBMITTED).glob("*") if folder.is_dir()]
    near = difflib.get_close_matches(student, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near and student not in known else ""
    return (
        f"Not handed in by {student!r}: {assignment}. There is nothing in {SUBMITTED}/{student}/"
        f"{assignment}/ of {course}.{hint}"
    )


def _require_what_was_graded(
    course: Path, assignment: str, student: str, jobs: Sequence[Job]
) -> str:
    """Make sure that what lies there is what the grade comes from; say what else has changed.

    Raises
    ------
    CourseError
        When something else was graded: what is told would not be why the grade is what it is.
    """
    if not record.paths_of(course, student, assignment):
        return "It has not been graded yet: this is what grading would give."
    graded = record.of_submission(course, student, assignment)
    regrade = f"pawmark regrade {short_name(assignment)} --student {shlex.quote(student)}"
    if graded.recording != record.JOINED.join(job.key for job in jobs):
        raise CourseError(
            f"What lies in {SUBMITTED}/{student}/{assignment}/, or how it is run, is not what the "
            "grade comes from, so the losses of one would be told beside the points of the other. "
            f"See what it would get: {regrade}. Once that is written, ask again."
        )
    if {job.about["checks"] for job in jobs} != {graded.checks}:
        return (
            "The checks, or Pawmark, have changed since it was graded: this is what they say now. "
            f"What that changes: {regrade}"
        )
    return ""


@dataclass(frozen=True)
class _Told:
    """What came of one notebook: all that was lost in it, and what of that is asked for."""

    done: Any
    lost: tuple[LostCheck, ...]
    chosen: tuple[LostCheck, ...]


def _tell(job: Job, which: str | None) -> _Told:
    listener = _Listener()
    done = job.run(listener)
    lost = tuple(one for result in done.results.values() for one in _lost_of(result, listener))
    return _Told(done, lost, tuple(one for one in lost if which is None or _is_meant(one, which)))


def _is_meant(one: LostCheck, which: str) -> bool:
    names = {one.exercise, one.result.check, f"{one.exercise}:{one.result.check}"}
    return which in names | {f"{one.exercise}:{one.result.row}"}


def _unknown(which: str, lost: Sequence[LostCheck], results: Sequence[ExerciseResult]) -> str:
    known = {r.exercise for r in results} | {c.check for r in results for c in r.checks}
    if which.partition(":")[0] in known:
        return f"{which} lost no point."
    there = dict.fromkeys(f"{one.exercise}:{one.result.check}" for one in lost)
    where = f"Points were lost in: {', '.join(there)}." if there else "No check lost a point."
    return f"There is no exercise or check {which!r}. {where}"


def _lost_of(result: ExerciseResult, listener: "_Listener") -> list[LostCheck]:
    return [
        _lost(result.exercise, check, listener)
        for check in result.checks
        if check.points < check.max_points
    ]


def _lost(exercise: str, check: CheckResult, listener: "_Listener") -> LostCheck:
    asked = tuple(listener.asked_for(exercise, check))
    place = listener.places.get((exercise, check.check))
    return LostCheck(exercise, check, asked, place, expected_of(check, place))


class _Listener:
    """Keeps what checks ask, and how answers are judged."""

    def __init__(self) -> None:
        self.places: dict[tuple[str, str], Place] = {}
        self._functions: dict[tuple[str, str], list[Asked]] = defaultdict(list)
        self._judged: dict[str, tuple[Exercise, list[Judged]]] = {}
        self._items: dict[tuple[str, str], dict[str, Asked]] = defaultdict(dict)

    def begun(self, exercise: str, check: str) -> None:
        """Forget what a check asked that begins again."""
        self._functions.pop((exercise, check), None)

    def asked(
        self, exercise: str, check: str, question: wire.Message, reply: wire.Message | None
    ) -> None:
        """Keep a question of a function."""
        self._functions[exercise, check].append(_of_function(question, reply))

    def refused(self, exercise: str, check: str, place: Place) -> None:
        """Keep where a check was refused."""
        self.places[exercise, check] = place

    def judged(self, exercise: Exercise, judged: Sequence[Judged]) -> None:
        """Keep all answers of an exercise with a specification."""
        self._judged[exercise.name] = exercise, list(judged)

    def decided(
        self, exercise: Items, item: str, question: Question, answer: Answer, refused: bool
    ) -> None:
        """Keep the answer to an item that was refused."""
        if refused:
            self._items[exercise.name, item][question.key] = _of_item(question, answer)

    def asked_for(self, exercise: str, check: CheckResult) -> list[Asked]:
        """Return what was asked for a check that lost points."""
        if check.row == "item":
            return list(self._items[exercise, check.check].values())[:MOST]
        if not check.row:
            return self._functions[exercise, check.check]
        if exercise not in self._judged:
            return []
        specification, judged = self._judged[exercise]
        # A row that is not paid without right results has nothing wrong of its own.
        found = [one for one in judged if _is_of_row(one, check.row)]
        found = found or [one for one in judged if not one.right]
        found.sort(key=lambda one: (isinstance(one.answer, Lost), one.question.size))
        return [_of_judged(specification, one) for one in found[:MOST]]


def _is_of_row(one: Judged, row: str) -> bool:
    if row == CONTRACT:
        return bool(one.slips)
    return not one.right and one.stratum.row == row


def _of_judged(exercise: Exercise, one: Judged) -> Asked:
    shown = counterexample(exercise, one)
    args, kwargs = seen(one.question.input)
    names = [*exercise.parameters, *(f"argument {n + 1}" for n in range(len(args)))]
    inputs = (*zip(names, args, strict=False), *kwargs.items())
    plain = not isinstance(one.expected, Raises | OneOf | Satisfying)
    why = "; ".join(words for _, words in one.slips) or one.reason
    return Asked(
        text=shown.call,
        question=one.question.message,
        inputs=inputs,
        came=_came(one.answer),
        got=shown.got + (f" at {shown.where}" if shown.where else ""),
        expected=_expected(one),
        wanted=one.expected if plain else None,
        why=why,
    )


def _expected(one: Judged) -> str:
    if isinstance(one.expected, Satisfying):
        return one.expected.words
    if isinstance(one.expected, OneOf):
        return " or ".join(shown_value(result) for result in one.expected.results[:3])
    return str(one.expected) if isinstance(one.expected, Raises) else shown_value(one.expected)


def _of_item(question: Question, answer: Answer) -> Asked:
    args, kwargs = seen(question.input)
    given = [*(shown_value(v) for v in args), *(f"{k}={shown_value(v)}" for k, v in kwargs.items())]
    return Asked(
        text=f"{question.function}({', '.join(given)})",
        question=question.message,
        inputs=tuple((f"argument {n + 1}", value) for n, value in enumerate(args)),
        came=_came(answer),
        got=_got(answer),
    )


def _came(answer: Answer) -> dict[str, Any] | None:
    """Return an answer as the student's process gave it."""
    if isinstance(answer, Lost):
        return None
    if isinstance(answer, Raised):
        return {"error": answer.kind, "message": answer.message}
    if isinstance(answer, Repeated):
        parts = {"first": answer.first, "later": answer.later, "again": answer.again}
        return {"value": {**parts, "changed": list(answer.changed)}}
    return {"value": {"value": answer.value, "changed": list(answer.changed)}}


def _got(answer: Answer) -> str:
    if isinstance(answer, Lost):
        return answer.message
    if isinstance(answer, Raised):
        return f"{answer.kind}: {answer.message}".rstrip(": ")
    return shown_value(answer.first if isinstance(answer, Repeated) else answer.value)


def _of_function(question: wire.Message, reply: wire.Message | None) -> Asked:
    asked = wire.decode(question, lambda number: f"<object {number}>")
    came = None if reply is None else came_of(reply)
    args = asked["args"]
    inputs = tuple(_inputs(asked["op"], args))
    return Asked(
        text=_call_text(asked["op"], args),
        question=question,
        inputs=inputs,
        came=came,
        got=_got_of(came),
    )


def _inputs(op: str, args: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return what a question hands over, by name; of a course's own operation all of it."""
    given = args.get("args")
    told = () if ":" in op else ("name", "expression")
    named = {k: v for k, v in args.items() if k not in (*told, "args", "kwargs")}
    positional = [(f"argument {n + 1}", value) for n, value in enumerate(given or ())]
    return [*positional, *dict(args.get("kwargs") or {}).items(), *named.items()]


def _call_text(op: str, args: dict[str, Any]) -> str:
    if op == "evaluate":
        return str(args["expression"])
    name = str(args["name"]) if op == "call" else op.rpartition(":")[2]
    given = [
        shown_value(value) if key.startswith("argument ") else f"{key}={shown_value(value)}"
        for key, value in _inputs(op, args)
    ]
    return f"{name}({', '.join(given)})"


def _got_of(came: dict[str, Any] | None) -> str:
    if came is None:
        return "no answer: its process was lost"
    if "error" in came:
        return f"{came['error']}: {came['message']}".rstrip(": ")
    return shown_value(came["value"])


def came_of(reply: wire.Message) -> dict[str, Any]:
    """Return what a reply of a student's process says: a value, or an error with its message."""
    try:
        told = wire.decode(reply)
        if told.get("status") == "ok":
            return {"value": told["value"]}
        kind = told.get("type") or told["status"]
        return {"error": str(kind), "message": str(told.get("message", ""))}
    except (wire.WireError, AttributeError, KeyError) as error:
        return {"error": "an answer that cannot be read", "message": str(error)}
