"""The live processes of one submission, and what is to blame when one of them ends.

A process can end long after the cell that ends it: a thread or an alarm strikes later, a hook with
the next cell, a kernel that was told to shut down stops while the next cell runs. So nothing is
named as the cause because it was running at that moment::

    it ended            the earlier cells are replayed, without what was running, and waited for
    they stand          what was running is the cause; it costs itself
    they do not         they are replayed once more, with a pause after each of the student's; the
                        one in whose pause the process ends is the cause, and all begins anew
                        without it: what comes then is as if it had never been there
    neither tells       nobody is named, and a person is asked

All of it takes from the time for the submission, and from a number of processes.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from pawmark.grading.boundary import wire
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.session.kernel import START_LIMIT, CellRun, KernelLost, StudentKernel

MAX_RESTARTS = 14
LOSSES = (Outcome.TIMEOUT, Outcome.CRASHED, Outcome.OUT_OF_MEMORY)

LATER = (
    "something that this cell started or set up ended the Python process later, while other cells "
    "ran or were waited for"
)
_UNKNOWN = (
    "the Python process ended while this ran, and what ended it could not be established; a "
    "person will look at it"
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
DOUBT_GIVEN = (
    "a cell of the assignment itself did not come to its end; what depends on it may be missing "
    "through no fault of the answers"
)
DOUBT_ONCE = "the Python process ended once, and not again when the same was run once more"
DOUBT_SEVERAL = "more than one cell was found to end the Python process some time after it ran"
DOUBT_TIME = (
    "the time for the whole notebook was over before its end: the rest has no points, whoever took "
    "the time"
)

_LONGEST_WAIT = 30.0  # seconds; if something needs more, it is run once more instead
_SEARCH = 120.0  # seconds of pauses in the search for a cause
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
    cpu_seconds: float = 0.0
    memory: int = 0
    doubts: list[str] = field(default_factory=list)
    _kernel: StudentKernel | None = None
    _born: float = 0.0
    _cpu_at_birth: float = 0.0
    _marks: dict[int, float] = field(default_factory=dict)

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

    def doubt(self, reason: str) -> None:
        """Ask a person to look at the submission."""
        if reason not in self.doubts:
            self.doubts.append(reason)

    def run(self, step: Step) -> tuple[CellRun | None, Loss | None]:
        """Run a cell that has not run yet; one that has come to its end is replayed from now on.

        Returns
        -------
        run
            What came of it; None where it could not be run any more.
        loss
            What it cost, where it lost the process.

        Raises
        ------
        CauseFoundError
            If an earlier cell ended the process.
        """

        def do(kernel: StudentKernel) -> _Tried[CellRun | None]:
            run = self._run_in(kernel, step)
            lost = run.outcome if run.outcome in LOSSES else None
            return _Tried(run, lost, run.outcome is None, run.asked)

        run, loss = self._attempt(do, step.origin, step.limit)
        if loss is None:
            self._passed(step)
        return run, loss

    def ask(self, message: wire.Message, limit: float) -> tuple[wire.Message | None, Loss | None]:
        """Ask a question; returns and raises as `run` does."""

        def do(kernel: StudentKernel) -> _Tried[wire.Message | None]:
            try:
                with self._spending():
                    reply = kernel.ask(message, min(limit, self.left))
            except KernelLost as lost:
                return _Tried(None, lost.outcome, False, lost.asked)
            tree = reply.tree
            return _Tried(reply, None, isinstance(tree, dict) and tree.get("status") == "ok")

        return self._attempt(do, Origin.ANSWER, limit)

    def _attempt(
        self, do: Callable[[StudentKernel], _Tried[Value]], origin: Origin, limit: float
    ) -> tuple[Value | None, Loss | None]:
        kernel = self._alive()
        if kernel is None:
            return None, Loss(Outcome.NOT_REACHED)
        in_time = limit <= self.left
        tried = do(kernel)
        if tried.lost is None:
            return tried.value, None
        fall = self._fallen(tried.lost, tried.asked)
        if fall.outcome is Outcome.TIMEOUT:
            return tried.value, self._too_long(origin, in_time)
        verdict = self._verdict(fall)
        if verdict is _Verdict.GUILTY:
            return tried.value, self._guilty(do, fall, origin)
        return self._once_more(do, tried, verdict)

    def _too_long(self, origin: Origin, in_time: bool) -> Loss:
        if not in_time:
            self.doubt(DOUBT_TIME)
            return Loss(Outcome.TIMEOUT, _WHOLE_TIME)
        if origin is Origin.GIVEN:
            self.doubt(DOUBT_GIVEN)
            return Loss(Outcome.TIMEOUT, _GIVEN_TIME)
        return Loss(Outcome.TIMEOUT)

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

    def _guilty(
        self, do: Callable[[StudentKernel], _Tried[Value]], fall: _Fall, origin: Origin
    ) -> Loss:
        """Return the loss of what ended the process all alone, if no cell before it set it up."""
        if not fall.asked:
            try:
                self._look_behind(do, fall.outcome)
            except _OverError:
                self.doubt(DOUBT_UNKNOWN)
        if origin is Origin.GIVEN:
            self.doubt(DOUBT_GIVEN)
            return Loss(fall.outcome, _GIVEN)
        return Loss(fall.outcome)

    def _look_behind(self, do: Callable[[StudentKernel], _Tried[Value]], outcome: Outcome) -> None:
        """Find the student's own cell without which what ended the process does well.

        Such a cell put something that ends it in the place of a function that others call, or
        takes the memory that they need.
        """
        own = [step for step in self.steps if step.origin is Origin.ADDED]
        if not own or not self._is_well_without(own, do):
            return
        for step in reversed(own):
            if len(own) == 1 or self._is_well_without([step], do):
                raise CauseFoundError(step, outcome)

    def _is_well_without(
        self, left_out: Sequence[Step], do: Callable[[StudentKernel], _Tried[Value]]
    ) -> bool:
        kernel = self._kernel if self._replay(without=left_out) is None else None
        well = kernel is not None and do(kernel).well
        self.close()  # something is missing in it
        return well

    def _once_more(
        self,
        do: Callable[[StudentKernel], _Tried[Value]],
        first: _Tried[Value],
        verdict: _Verdict,
    ) -> tuple[Value | None, Loss | None]:
        """Run again what may not have been to blame."""
        kernel = self._alive()
        second = do(kernel) if kernel is not None else None
        if second is not None and second.lost is None:
            self.doubt(DOUBT_ONCE)
            return second.value, None
        self.close()
        if second is not None and verdict is _Verdict.TWICE:
            return first.value, Loss(first.lost or Outcome.CRASHED)
        self.doubt(DOUBT_UNKNOWN)
        return first.value, Loss(Outcome.NOT_REACHED, _UNKNOWN)  # it is not called the cause

    def _alive(self) -> StudentKernel | None:
        """Return a process in which all earlier cells have run, or None when that is over."""
        try:
            while self._kernel is None:
                death = self._replay()
                if death is not None:
                    self._accuse(death.fall)
        except _OverError:
            self.close()
        return self._kernel if self.left > 0 else None

    def _accuse(self, fall: _Fall) -> None:
        """Find the cell that ended a process some time after it had run.

        Raises
        ------
        CauseFoundError
            If there is one. If not, a person is asked, and a cell with which the process ends once
            more is not replayed any more.
        """
        death = self._replay(self._pauses(fall))
        if death is not None and death.paused:
            raise CauseFoundError(death.step, fall.outcome)
        self.doubt(DOUBT_UNKNOWN)
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
            run = self._run_in(kernel, step)
            if run.outcome in LOSSES:
                return _Death(step, False, self._fallen(run.outcome, run.asked))
            self._marks[step.index] = self._age()
            pause = (pauses or {}).get(step.index)
            if pause is not None and not self._stands(pause):
                return _Death(step, True, self._fallen(Outcome.CRASHED))
        return None

    def _start(self) -> StudentKernel:
        self.close()
        while self.started <= MAX_RESTARTS and self.left > 0:
            kernel = self.new_kernel()
            self.started += 1
            with self._spending():
                kernel.start()
            self._kernel, self._marks = kernel, {}
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
            return self._kernel.run("pass", START_LIMIT).outcome not in LOSSES

    def _passed(self, step: Step) -> None:
        self.steps.append(step)
        self._marks[step.index] = self._age()

    def _fallen(self, outcome: Outcome, asked: bool = False) -> _Fall:
        fall = _Fall(outcome, self._age(), dict(self._marks), asked)
        self.close()
        return fall

    def _age(self) -> float:
        return time.monotonic() - self._born

    def _run_in(self, kernel: StudentKernel, step: Step) -> CellRun:
        with self._spending():
            return kernel.run(step.source, min(step.limit, self.left))

    @contextmanager
    def _spending(self) -> Iterator[None]:
        """Take the time of what is done within from the time for the whole submission."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.left -= time.monotonic() - began


def _with_slack(seconds: float) -> float:
    return 1.25 * seconds + _SLACK
