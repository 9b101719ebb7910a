"""Sends submissions to a Dask scheduler and keeps the recordings that come back."""

import logging
import secrets
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import nbformat

from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading import fingerprint
from pawmark.grading.batch.dask import worker
from pawmark.grading.batch.dask.task import Task, pack
from pawmark.grading.batch.dask.worker import Done
from pawmark.grading.batch.submission import handed_in
from pawmark.grading.course_folder import SUBMITTED, notebooks_of
from pawmark.grading.intake import stand_in
from pawmark.grading.results.outcomes import of_points
from pawmark.grading.run import course_secret, recording
from pawmark.grading.run.pipeline import (
    Job,
    digest_of_checks,
    hidden_checks,
    prepare,
    repair_submission,
)
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.secret import data_seed
from pawmark.settings import HANDED_IN

RETRIES = 1

_CONNECT = 10
# So many submissions lie with the scheduler at once: it keeps them all in memory.
_WAITING = 256
_LOST = (
    "its workers were lost, again and again\n"
    "To try once more: pawmark grade ASSIGNMENT --student STUDENT --force"
)
_MISSING = (
    "pawmark grade --scheduler needs Dask distributed, which is not installed here. Install it: "
    "pip install 'pawmark[cluster]'"
)


@dataclass(frozen=True)
class Order:
    """A task, and where it belongs on this side."""

    student: str
    task: Task
    old: bytes


def run_all(
    course: Path,
    submissions: Sequence[tuple[str, str]],
    scheduler: str,
    report: Callable[[str, str], None],
    message: Callable[[str], None],
    again: bool = False,
) -> None:
    """Fill the recordings of submissions on a cluster.

    Parameters
    ----------
    course
        The course folder.
    submissions
        Assignment and student of each.
    scheduler
        Address of the Dask scheduler.
    report
        Called with a student and what came of the submission, as each is done.
    message
        Called with what else there is to say.
    again
        Try those again that could not be run before.

    Raises
    ------
    CourseError
        If the cluster cannot be used; what was run until then is kept.
    """
    if stand_in.wanted():
        raise CourseError(
            f"With {stand_in.VARIABLE}={HANDED_IN} nothing is trained, and a cluster "
            "has nothing to save: leave --scheduler out."
        )
    names = sorted({name for name, _ in submissions})
    with _connected(scheduler) as client:
        needs = {name: _needs(course, name) for name in names}
        _require_workers(client, needs, message)
        checks = {name: hidden_checks(course, name) for name in names}
        orders = _orders(course, submissions, checks, report, again)
        _Run(client, course, checks, needs, report).run(orders)


@contextmanager
def _connected(scheduler: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError:
        raise CourseError(_MISSING) from None
    with _silent(), _client(Client, scheduler) as client:
        yield client


@contextmanager
def _silent() -> Iterator[None]:
    """Keep the library's log back: what goes wrong comes as an exception too."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)


def _client(make: Callable[..., Any], scheduler: str) -> Any:
    try:
        return make(scheduler, timeout=_CONNECT, set_as_default=False, name="pawmark")
    except (OSError, ValueError, TimeoutError) as error:
        raise CourseError(
            f"No Dask scheduler answers at {scheduler} ({error}). Start one with 'dask scheduler', "
            "and give its address as it prints it: tcp://HOST:8786"
        ) from None


def _require_workers(
    client: Any, needs: Mapping[str, dict[str, int]], message: Callable[[str], None]
) -> None:
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    if not workers:
        message("no worker yet; waiting for one (Ctrl-C ends this)")
        return
    threads = sum(entry["nthreads"] for entry in workers)
    message(f"workers: {len(workers)}; submissions at once: {threads}")
    for name, wanted in needs.items():
        if not any(_offers(entry, wanted) for entry in workers):
            resources = ", ".join(f"{what}={count}" for what, count in wanted.items())
            raise CourseError(
                f"{name} needs what no worker offers: {resources}. Start one with: "
                f"dask worker ADDRESS --nthreads 1 --resources {resources.replace(', ', ' ')}"
            )


def _needs(course: Path, assignment: str) -> dict[str, int]:
    """Return what a worker must offer to run an assignment."""
    needed: dict[str, int] = {}
    for path in notebooks_of(course, assignment):
        wanted = courses.plugin().needs(nbformat.read(path, as_version=4))
        needed |= {name: max(count, needed.get(name, 0)) for name, count in wanted.items()}
    return needed


def _offers(worker: Mapping[str, Any], wanted: Mapping[str, int]) -> bool:
    offered = worker.get("resources", {})
    return all(offered.get(name, 0) >= count for name, count in wanted.items())


def _orders(
    course: Path,
    submissions: Iterable[tuple[str, str]],
    checks: Mapping[str, Mapping[str, bytes]],
    report: Callable[[str, str], None],
    again: bool,
) -> Iterator[Order]:
    """Prepare the submissions one by one; those that have been run already are only reported."""
    settings = RunSettings.here()
    data = courses.open_data(data_seed(course_secret.of(course)))
    digests = {name: digest_of_checks(files) for name, files in checks.items()}
    sent: set[str] = set()
    notebooks = (
        (assignment, student, course / SUBMITTED / student / assignment, source)
        for assignment, student in submissions
        for source in handed_in(course, assignment, course / SUBMITTED / student / assignment)
    )
    for assignment, student, folder, source in notebooks:
        repaired = repair_submission(source, folder, course)
        digest = digests[assignment]
        job = prepare(course, assignment, repaired, data, settings, checks=digest)
        old = job.load()
        if old is not None and old.gave_up and again:
            old = None
        if old is not None and (old.gave_up or old.about.get("checks") == digest):
            report(student, _not_run(old.gave_up) or "was run already")
        elif job.key in sent:
            report(student, "the same as another submission, which is run for both")
        else:
            sent.add(job.key)
            task = _task_of(job)
            yield Order(student, task, b"" if old is None else recording.to_bytes(old))


def _task_of(job: Job) -> Task:
    return Task(
        key=job.key,
        assignment=job.about["assignment"],
        checks=job.about["checks"],
        notebook=job.notebook,
        not_attempted=job.not_attempted,
        beside=dict(job.beside),
        settings=job.settings,
        seed=job.seed(),
        secret=job.secret.key,
        plugin=courses.name(),
        data=courses.describe(job.data),
        fingerprint=fingerprint.of_installation(),
        variables=recording.variables(),
    )


def _not_run(text: str) -> str:
    return f"not run: {text.splitlines()[0]}" if text else ""


class _Run:
    """One run of many orders on a cluster.

    Parameters
    ----------
    client
        Connected to the scheduler.
    course
        The course folder, which takes the recordings.
    checks
        Files of the hidden checks, by assignment.
    needs
        What a worker must offer, by assignment.
    report
        Called with a student and what came of the submission.
    """

    def __init__(
        self,
        client: Any,
        course: Path,
        checks: Mapping[str, Mapping[str, bytes]],
        needs: Mapping[str, dict[str, int]],
        report: Callable[[str, str], None],
    ) -> None:
        self.client = client
        self.course = course
        self.checks = checks
        self.needs = needs
        self.report = report
        self.name = secrets.token_hex(4)
        self.sent: dict[str, Any] = {}
        self.suspects: list[Order] | None = []
        self.waiting: dict[Any, Order] = {}

    def run(self, orders: Iterator[Order]) -> None:
        """Run all orders, and those that were on lost workers once more, each alone.

        Not every one of them is to blame: a worker that is lost takes along what waits there.
        """
        try:
            self._run(orders, _WAITING)
            suspects, self.suspects = self.suspects or [], None
            self._forget()
            self._run(iter(suspects), 1)
        finally:
            self._forget()

    def _forget(self) -> None:
        if self.client.status == "running":
            self.client.cancel([*self.waiting, *self.sent.values()])
        self.sent.clear()
        self.name = secrets.token_hex(4)  # what another run left on the workers is not ours

    def _run(self, orders: Iterator[Order], most: int) -> None:
        """Run orders; some of them wait at the scheduler, the others here."""
        from distributed import as_completed

        first = [self._submit(order) for order in islice(orders, most)]
        done = as_completed(first, loop=self.client.loop)
        for future in done:
            self._finish(future, self.waiting.pop(future))
            for order in islice(orders, 1):
                done.add(self._submit(order))

    def _submit(self, order: Order) -> Any:
        task = order.task
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")  # an old recording can be
            future = self.client.submit(
                worker.run,
                task.to_bytes(),
                self._checks_of(task),
                order.old,
                task.variables,
                key=f"pawmark-run-{task.key}-{self.name}",
                resources=self.needs[task.assignment],
                retries=RETRIES,
            )
        self.waiting[future] = order
        return future

    def _checks_of(self, task: Task) -> Any:
        """Return the hidden checks as something that a worker fetches once.

        They are the result of a task, and not scattered: so they can be had again when the worker
        that held them is lost.
        """
        if task.checks not in self.sent:
            packed = pack(self.checks[task.assignment])
            key = f"pawmark-checks-{task.checks}-{self.name}"
            self.sent[task.checks] = self.client.submit(bytes, packed, key=key)
        return self.sent[task.checks]

    def _finish(self, future: Any, order: Order) -> None:
        done = self._result(future)
        if done is None and self.suspects is not None:
            self.suspects.append(order)
            return
        done = done or _LOST
        if isinstance(done, str):
            done = "".join(c for c in done if c.isprintable() or c == "\n")
            failed = recording.Recording(0, order.task.settings.sandbox, gave_up=done)
            failed.about = {"assignment": order.task.assignment, "checks": order.task.checks}
            self._keep(order, recording.to_bytes(failed))
            self.report(order.student, _not_run(done))
            return
        if done.refused:
            raise CourseError(f"{done.refused} What was run until now is kept.")
        self._keep(order, done.recording)
        points = of_points(done.points, done.max_points)
        self.report(order.student, f"{points} by the checks, {done.seconds:.0f} s")

    def _keep(self, order: Order, data: bytes) -> None:
        try:
            recording.write(self.course, order.task.key, data)
        except OSError as error:
            raise CourseError(f"A record cannot be written: {error}") from error

    def _result(self, future: Any) -> Done | str | None:
        """Return an order's result, or why it could not be run; None when workers were lost."""
        from distributed import KilledWorker

        if future.status == "finished":
            result: Done = future.result()
            return result
        if future.status != "error":
            raise CourseError(
                "The scheduler is gone, or somebody cancelled the tasks. What was run is kept; the "
                "same command goes on from there."
            )
        error = future.exception()
        if isinstance(error, KilledWorker):
            return None
        # The scheduler loads what is sent to it, and wraps what goes wrong with that.
        unloaded = isinstance(error, ImportError | AttributeError)
        if unloaded or "deserialization of the task graph" in str(error):
            raise CourseError(
                "A worker or the scheduler has no pawmark, or another version of it. Install the "
                "same versions on all machines (pip install 'pawmark[cluster]'), and start them "
                "again."
            )
        return f"it failed on {RETRIES + 1} workers: {error}"
