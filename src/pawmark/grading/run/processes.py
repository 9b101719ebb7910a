"""The live processes of one submission, and what is to blame when one ends or stops answering.

A process can end long after the cell that ends it: a thread or an alarm strikes later, a hook with
the next cell, a kernel that was told to shut down stops while the next cell runs. So nothing is
named as the cause because it was running at that moment::

    it ended            the earlier cells are replayed, without what was running, and waited for
    they stand          what was running is the cause; it costs itself
    they do not         they are replayed once more, with a pause after each of the student's; the
                        one in whose pause the process ends is the cause, and all begins anew
                        without it: what comes then is as if it had never been there
    neither tells       nobody is named, and a person is asked

A process can stop answering as well as end, and as late: it is halted, or something in it never
lets go. Then what was running is tried without any other code of the student's::

    it hangs again      it hangs all alone: it is the cause, and costs itself
    it does not         the earlier cells are replayed and waited for; if the process stops
                        answering then, it is searched for the cause as above, and if it does not,
                        for a cell of the student's own without which what was running does well
    neither tells       nobody is named, and a person is asked; after two in a row nothing more is
                        tried, as each costs its whole time

All of it takes from the time for the submission, and from a number of processes.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Generic, TypeVar

from pawmark.grading.boundary import wire
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.session.kernel import START_LIMIT, CellRun, KernelLost, StudentKernel

MAX_RESTARTS = 14
MAX_SILENCE = 20.0  # seconds in which a process answers that is asked to do nothing
LOSSES = (Outcome.TIMEOUT, Outcome.CRASHED, Outcome.OUT_OF_MEMORY)

LATER = (
    "something that this cell started or set up ended the Python process later, while other cells "
    "ran or were waited for"
)
LATER_SILENT = (
    "something that this cell started or set up kept the Python process from answering later, "
    "while other cells ran or were waited for"
)
_UNKNOWN = (
    "the Python process ended while this ran, and what ended it could not be established; a "
    "person will look at it"
)
_SILENT = (
    "the Python process stopped answering while this ran; it was not this answer's doing as far as "
    "can be told, and a person will look at it"
)
_GIVEN = (
    "the Python process ended while this cell of the assignment ran; it may be what it calls, and "
    "a person will look at it"
)
_GIVEN_TIME = (
    "this cell of the assignment did not finish within its time; it may be what it calls, and a "
    "person will look at it"
)
_WHOLE_TIME = "the time for the whole notebook was over while this ran; a person will look at it"

DOUBT_UNKNOWN = (
    "the Python process ended, and running the earlier cells again did not show which of them "
    "ends it: points may be missing through no fault of these answers"
)
DOUBT_SILENT = (
    "the Python process stopped answering, and running the earlier cells again did not show which "
    "of them keeps it from that: points may be missing through no fault of these answers"
)
DOUBT_LEFT_OUT = (
    "a cell kept the Python process from answering; it was left out, and all else ran without it"
)
DOUBT_GIVEN = (
    "a cell of the assignment itself did not come to its end; what depends on it may be missing "
    "through no fault of the answers"
)
DOUBT_ONCE = (
    "the Python process ended or stopped answering once, and not again when the same was run once "
    "more"
)
DOUBT_SEVERAL = (
    "more than one cell was found to end the Python process, or to keep it from answering, some "
    "time after it ran"
)
DOUBT_TIME = (
    "the time for the whole notebook was over before its end: the rest has no points, whoever took "
    "the time"
)

_LONGEST_WAIT = 30.0  # seconds; if something needs more, it is run once more instead
_SEARCH = 120.0  # seconds of pauses in the search for a cause
_AGAIN = 30.0  # seconds more than it took, and three times, that something may take again
_MAX_SILENT = 2  # things in a row that hang for no known cause, after which nothing more is tried
_SLACK = 1.0  # seconds more than it took, and a quarter

Value = TypeVar("Value")


class Origin(Enum):
    """Whose a cell is."""

    GIVEN = "the assignment's"
    ANSWER = "an answer"
    ADDED = "the student's own"


@dataclass(frozen=True)
class Step:
    """A cell to run.

    Attributes
    ----------
    index
        Its position in the notebook.
    source
        Its code.
    limit
        Seconds that it may take.
    origin
        Whose it is.
    """

    index: int
    source: str
    limit: float
    origin: Origin


@dataclass(frozen=True)
class Loss:
    """What a cell or a question cost; the words are for people, and empty where nothing is odd."""

    outcome: Outcome
    words: str = ""


class CauseFoundError(Exception):
    """A cell was found that ended the process after it had run: all begins anew without it.

    Attributes
    ----------
    step
        The cell.
    outcome
        How the process ended.
    """

    def __init__(self, step: Step, outcome: Outcome) -> None:
        super().__init__(f"cell {step.index} ended the process")
        self.step = step
        self.outcome = outcome


class _OverError(Exception):
    """There are no more processes, or no more time."""


@dataclass(frozen=True)
class _Fall:
    """The end of a process: how, at which age, and how old it was when each cell had run."""

    outcome: Outcome
    age: float
    marks: Mapping[int, float]
    asked: bool = False


@dataclass(frozen=True)
class _Death:
    """The end of a process in a replay: at which cell, and whether in the pause after it."""

    step: Step
    paused: bool
    fall: _Fall


@dataclass(frozen=True)
class _Tried(Generic[Value]):
    """What came of running something: how it ended the process, and whether all was well."""

    value: Value
    lost: Outcome | None
    well: bool
    asked: bool = False
    seconds: float = 0.0


@dataclass(frozen=True)
class _Work(Generic[Value]):
    """Something to run: how, for so many seconds at most, whose it is, and which cells hold it."""

    do: Callable[[StudentKernel, float], _Tried[Value]]
    limit: float
    origin: Origin
    own: Collection[int]


class _Verdict(Enum):
    GUILTY = "what ran is the cause"
    TWICE = "it is the cause if it does the same again"
    UNKNOWN = "the cause is not known"


@dataclass
class Processes:
    """Runs cells and asks questions, in a process that is started again when it is lost.

    Parameters
    ----------
    new_kernel
        Makes a fresh, not yet started process for student code.
    handed_over
        The messages that bring the files of the submission into a new process.
    left
        Seconds for all that runs.

    Attributes
    ----------
    steps
        The cells that have run to their end, in order.
    started
        How many processes were started.
    renewed
        How many of them were ended on purpose.
    cpu_seconds
        Processor time that student code took in them; not that of processes that were lost.
    memory
        The most bytes that they were seen to use.
    doubts
        Why a person should look at the submission.
    """

    new_kernel: Callable[[], StudentKernel]
    handed_over: Callable[[], Sequence[wire.Message]]
    left: float
    steps: list[Step] = field(default_factory=list)
    started: int = 0
    renewed: int = 0
    cpu_seconds: float = 0.0
    memory: int = 0
    doubts: list[str] = field(default_factory=list)
    _kernel: StudentKernel | None = None
    _born: float = 0.0
    _cpu_at_birth: float = 0.0
    _marks: dict[int, float] = field(default_factory=dict)
    _took: dict[int, float] = field(default_factory=dict)
    _behind: list[Step] = field(default_factory=list)
    _silent: int = 0

    @property
    def running(self) -> bool:
        """Whether there is a process that could be asked."""
        return self._kernel is not None

    def adopt(self, kernel: StudentKernel) -> None:
        """Take a process that runs already for the only one there is."""
        self._kernel, self.started, self._born = kernel, MAX_RESTARTS + 1, time.monotonic()

    def close(self) -> None:
        """End the process."""
        if self._kernel is not None:
            spent = self._kernel.used().cpu_seconds
            self.cpu_seconds += max(spent - self._cpu_at_birth, 0.0)
            self._kernel.close()
            self.memory = max(self.memory, self._kernel.peak_memory)
            self._kernel = None

    def forget(self) -> None:
        """Begin anew: no cell has run."""
        self.close()
        self.steps.clear()
        self._silent = 0

    def doubt(self, reason: str) -> None:
        """Ask a person to look at the submission."""
        if reason not in self.doubts:
            self.doubts.append(reason)

    def recorded(self, step: Step) -> None:
        """Take a cell for one that has run to its end; a process that runs already runs it later.

        That is when the process is needed again.
        """
        self.steps.append(step)
        if self.running:
            self._behind.append(step)

    def run(self, step: Step, own: Collection[int] = ()) -> tuple[CellRun | None, Loss | None]:
        """Run a cell that has not run yet; one that has come to its end is replayed from now on.

        Parameters
        ----------
        step
            The cell.
        own
            The positions of the cells that it is about, which are not looked at as causes.

        Returns
        -------
        run
            What came of it; None where it could not be run any more.
        loss
            What it cost, where it lost the process.

        Raises
        ------
        CauseFoundError
            If an earlier cell ended the process, or kept it from answering.
        """

        def do(kernel: StudentKernel, limit: float) -> _Tried[CellRun | None]:
            run = self._run_in(kernel, step, limit)
            lost = run.outcome if run.outcome in LOSSES else None
            return _Tried(run, lost, run.outcome is None, run.asked, run.seconds)

        run, loss = self._attempt(_Work(do, step.limit, step.origin, [step.index, *own]))
        if loss is None:
            self._passed(step, run)
        return run, loss

    def run_and_forget(
        self, step: Step, own: Collection[int] = ()
    ) -> tuple[CellRun | None, Loss | None]:
        """Run something in a process that nothing else runs in afterwards.

        It takes and returns what `run` does. The next thing to run begins in a new process, in
        which the earlier cells are replayed: that is none of those that are lost.
        """

        def do(kernel: StudentKernel, limit: float) -> _Tried[CellRun | None]:
            with self._spending():
                run = kernel.run(step.source, min(limit, self.left), history=False)
            lost = run.outcome if run.outcome in LOSSES else None
            return _Tried(run, lost, run.outcome is None, run.asked, run.seconds)

        run, loss = self._attempt(_Work(do, step.limit, step.origin, [step.index, *own]))
        if self.running:
            self.close()
            self.renewed += 1
        return run, loss

    def ask(
        self, message: wire.Message, limit: float, own: Collection[int] = ()
    ) -> tuple[wire.Message | None, Loss | None]:
        """Ask a question about cells, which are named by their positions.

        It returns and raises as `run` does.
        """

        def do(kernel: StudentKernel, limit: float) -> _Tried[wire.Message | None]:
            began = time.monotonic()
            try:
                with self._spending():
                    reply = kernel.ask(message, min(limit, self.left))
            except KernelLost as lost:
                return _Tried(None, lost.outcome, False, lost.asked)
            return _Tried(reply, None, _is_well(reply), seconds=time.monotonic() - began)

        return self._attempt(_Work(do, limit, Origin.ANSWER, own))

    def _attempt(self, work: _Work[Value]) -> tuple[Value | None, Loss | None]:
        kernel = self._alive()
        if kernel is None:
            return None, Loss(Outcome.NOT_REACHED)
        in_time, began = work.limit <= self.left, self._age()
        tried = work.do(kernel, work.limit)
        if tried.lost is None:
            self._silent = 0
            return tried.value, None
        if tried.lost is Outcome.TIMEOUT:
            fall = self._fallen(tried.lost, age=began)
            if not in_time:
                self.doubt(DOUBT_TIME)
                return tried.value, Loss(Outcome.TIMEOUT, _WHOLE_TIME)
            return self._hung(work, tried, fall)
        fall = self._fallen(tried.lost, tried.asked)
        verdict = self._verdict(fall)
        if verdict is _Verdict.GUILTY:
            return tried.value, self._guilty(work, fall)
        return self._once_more(work, tried, verdict)

    def _hung(
        self, work: _Work[Value], tried: _Tried[Value], fall: _Fall
    ) -> tuple[Value | None, Loss | None]:
        """Find out whether what did not come to its end in time is to blame for that."""
        verdict = self._verdict_on_silence(work, fall)
        if verdict is _Verdict.GUILTY:
            return tried.value, self._too_long(work.origin)
        if verdict is _Verdict.UNKNOWN:
            self._silent += 1
        if work.origin is Origin.GIVEN:
            return tried.value, self._too_long(work.origin)
        return self._once_more(work, tried, verdict)

    def _too_long(self, origin: Origin) -> Loss:
        if origin is Origin.GIVEN:
            self.doubt(DOUBT_GIVEN)
            return Loss(Outcome.TIMEOUT, _GIVEN_TIME)
        return Loss(Outcome.TIMEOUT)

    def _verdict_on_silence(self, work: _Work[Value], fall: _Fall) -> _Verdict:
        """Tell whether what ran when the process stopped answering is to blame.

        Raises
        ------
        CauseFoundError
            If an earlier cell is.
        """
        others = [
            step
            for step in self.steps
            if step.origin is not Origin.GIVEN and step.index not in work.own
        ]
        if not others:
            return _Verdict.GUILTY
        try:
            alone = self._without(others, work, work.limit)
            if alone is None or self.left <= 0:
                return _Verdict.UNKNOWN
            if alone.lost is not None:
                return _Verdict.GUILTY
            fall = replace(fall, age=fall.age + alone.seconds)
            if self._stays(fall):
                self._look_behind(work, fall.outcome, _again(alone.seconds))
                return _Verdict.UNKNOWN if alone.well else _Verdict.TWICE
            self._accuse(fall)
        except _OverError:
            self.doubt(DOUBT_SILENT)
        return _Verdict.UNKNOWN

    def _stays(self, fall: _Fall) -> bool:
        """Tell whether the earlier cells alone leave a process that answers at the age of a fall.

        Seconds that are more than it can be waited for are not.
        """
        if self._replay() is not None:
            return False
        wait = _with_slack(fall.age) - self._age()
        stands = self._stands(min(wait, _LONGEST_WAIT))
        self.close()
        return stands

    def _verdict(self, fall: _Fall) -> _Verdict:
        """Tell whether what ran when the process ended is to blame.

        The cells before it are replayed, and then waited for as long as the process had lived.
        """
        try:
            death = self._replay()
            if death is None:
                wait = 0.0 if fall.asked else _with_slack(fall.age) - self._age()
                if wait > _LONGEST_WAIT:
                    return _Verdict.TWICE
                if self._stands(wait):
                    return _Verdict.GUILTY
                self._fallen(fall.outcome)
            self._accuse(fall)
        except _OverError:
            self.doubt(DOUBT_UNKNOWN)
        return _Verdict.UNKNOWN

    def _guilty(self, work: _Work[Value], fall: _Fall) -> Loss:
        """Return the loss of what ended the process all alone, if no cell before it set it up."""
        if not fall.asked:
            try:
                self._look_behind(work, fall.outcome, work.limit)
            except _OverError:
                self.doubt(DOUBT_UNKNOWN)
        if work.origin is Origin.GIVEN:
            self.doubt(DOUBT_GIVEN)
            return Loss(fall.outcome, _GIVEN)
        return Loss(fall.outcome)

    def _look_behind(self, work: _Work[Value], outcome: Outcome, limit: float) -> None:
        """Find the student's own cell without which what was lost does well.

        Such a cell put something that ends the process in the place of a function that others call,
        takes the memory that they need, or the processor.
        """
        suspects = [step for step in self.steps if step.origin is Origin.ADDED]
        if not suspects or not self._is_well_without(suspects, work, limit):
            return
        sure = True
        while len(suspects) > 1:
            later = suspects[len(suspects) // 2 :]
            sure = self._is_well_without(later, work, limit)
            suspects = later if sure else suspects[: len(suspects) // 2]
        if sure or self._is_well_without(suspects, work, limit):
            raise CauseFoundError(suspects[0], outcome)

    def _is_well_without(self, left_out: Sequence[Step], work: _Work[Value], limit: float) -> bool:
        tried = self._without(left_out, work, limit)
        return tried is not None and tried.well

    def _without(
        self, left_out: Sequence[Step], work: _Work[Value], limit: float
    ) -> _Tried[Value] | None:
        """Do something in a process without some cells; None where the others lose it before."""
        kernel = self._kernel if self._replay(without=left_out) is None else None
        tried = None if kernel is None else work.do(kernel, min(limit, work.limit))
        self.close()  # something is missing in it
        return tried

    def _once_more(
        self, work: _Work[Value], first: _Tried[Value], verdict: _Verdict
    ) -> tuple[Value | None, Loss | None]:
        """Run again what may not have been to blame."""
        kernel = self._alive()
        second = work.do(kernel, work.limit) if kernel is not None else None
        if second is not None and second.lost is None:
            self.doubt(DOUBT_ONCE)
            self._silent = 0
            return second.value, None
        self.close()
        if second is not None and verdict is _Verdict.TWICE:
            return first.value, Loss(first.lost or Outcome.CRASHED)
        silent = first.lost is Outcome.TIMEOUT
        self.doubt(DOUBT_SILENT if silent else DOUBT_UNKNOWN)
        # It is not called the cause.
        return first.value, Loss(Outcome.NOT_REACHED, _SILENT if silent else _UNKNOWN)

    def _alive(self) -> StudentKernel | None:
        """Return a process in which all earlier cells have run, or None when that is over."""
        if self._silent >= _MAX_SILENT:
            self.close()
            return None
        self._catch_up()
        try:
            while self._kernel is None:
                death = self._replay()
                if death is not None:
                    self._accuse(death.fall)
        except _OverError:
            self.close()
        return self._kernel if self.left > 0 else None

    def _catch_up(self) -> None:
        """Run in the process the cells that were taken from a recording since it was started.

        A process that is lost by that is closed: in the next one all earlier cells are replayed.
        """
        behind, self._behind = self._behind, []
        for step in behind:
            if self._kernel is None:
                return
            run = self._run_in(self._kernel, step, self._limit_again(step))
            self._marks[step.index] = self._age()
            if run.outcome in LOSSES:
                self.close()

    def _accuse(self, fall: _Fall) -> None:
        """Find the cell that ended a process, or kept it from answering, after it had run.

        Raises
        ------
        CauseFoundError
            If there is one. If not, a person is asked, and a cell with which the process ends once
            more is not replayed any more.
        """
        death = self._replay(self._pauses(fall))
        if death is not None and death.paused:
            raise CauseFoundError(death.step, fall.outcome)
        self.doubt(DOUBT_SILENT if fall.outcome is Outcome.TIMEOUT else DOUBT_UNKNOWN)
        self.close()
        if death is not None:
            self.steps.remove(death.step)

    def _pauses(self, fall: _Fall) -> dict[int, float]:
        """Return how long to wait after each of the student's cells, so that it may strike."""
        own = [step.index for step in self.steps if step.origin is not Origin.GIVEN]
        share = min(_SEARCH, self.left / 4) / max(len(own), 1)
        needed = {index: _with_slack(fall.age - fall.marks.get(index, 0.0)) for index in own}
        return {index: min(seconds, share) for index, seconds in needed.items()}

    def _replay(
        self, pauses: Mapping[int, float] | None = None, without: Sequence[Step] = ()
    ) -> _Death | None:
        """Run the earlier cells in a new process; return where it ended, None if it stands."""
        kernel = self._start()
        for step in [step for step in self.steps if step not in without]:
            began = self._age()
            run = self._run_in(kernel, step, self._limit_again(step))
            if run.outcome in LOSSES:
                age = began if run.outcome is Outcome.TIMEOUT else None
                return _Death(step, False, self._fallen(run.outcome, run.asked, age))
            self._marks[step.index] = self._age()
            pause = (pauses or {}).get(step.index)
            if pause is not None and not self._stands(pause):
                return _Death(step, True, self._fallen(Outcome.CRASHED))
        return None

    def _start(self) -> StudentKernel:
        self.close()
        while self.started <= MAX_RESTARTS + self.renewed and self.left > 0:
            kernel = self.new_kernel()
            self.started += 1
            with self._spending():
                kernel.start()
            self._kernel, self._marks = kernel, {}
            self._behind.clear()
            self._cpu_at_birth = kernel.used().cpu_seconds
            if self._is_handed_over(kernel):
                self._born = time.monotonic()
                return kernel
            self.close()
        raise _OverError

    def _is_handed_over(self, kernel: StudentKernel) -> bool:
        """Give a new process the files that were handed in, before any code runs in it."""
        try:
            for message in self.handed_over():
                kernel.ask(message, START_LIMIT)
        except KernelLost:
            return False
        return True

    def _stands(self, seconds: float) -> bool:
        """Wait, and tell whether the process still runs a cell that does nothing."""
        if self._kernel is None:
            return False
        with self._spending():
            time.sleep(max(min(seconds, self.left), 0.0))
            return self._kernel.run("pass", MAX_SILENCE).outcome not in LOSSES

    def _passed(self, step: Step, run: CellRun | None) -> None:
        self.steps.append(step)
        self._marks[step.index] = self._age()
        self._took[step.index] = step.limit if run is None else run.seconds

    def _limit_again(self, step: Step) -> float:
        """Return how long a cell may take in a replay, given what it took before."""
        return min(step.limit, _again(self._took.get(step.index, step.limit)))

    def _fallen(self, outcome: Outcome, asked: bool = False, age: float | None = None) -> _Fall:
        fall = _Fall(outcome, self._age() if age is None else age, dict(self._marks), asked)
        self.close()
        return fall

    def _age(self) -> float:
        return time.monotonic() - self._born

    def _run_in(self, kernel: StudentKernel, step: Step, limit: float) -> CellRun:
        with self._spending():
            return kernel.run(step.source, min(limit, self.left))

    @contextmanager
    def _spending(self) -> Iterator[None]:
        """Take the time of what is done within from the time for the whole submission."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.left -= time.monotonic() - began


def _is_well(reply: wire.Message) -> bool:
    """Tell whether a question was answered, by the form of the reply: decoding may take long."""
    tree = reply.tree
    pairs = tree.get("v") if isinstance(tree, dict) else None
    return isinstance(pairs, list) and ["status", "ok"] in pairs


def _again(seconds: float) -> float:
    return 4 * seconds + _AGAIN


def _with_slack(seconds: float) -> float:
    return 1.25 * seconds + _SLACK
