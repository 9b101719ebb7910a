"""Tells lost checks in the terminal."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pawmark.grading.checks.counterexample import shown_value
from pawmark.grading.explain.pictures import picture_of
from pawmark.grading.explain.retelling import Asked, LostCheck, Retold
from pawmark.grading.results.grade import Standing
from pawmark.grading.results.outcomes import show_points
from pawmark.terminal import legible, printable
from pawmark.wording import counted

_NONE = "No check lost a point."
_MOST = 12  # questions of one check that are listed


def lines_of(
    retold: Retold, standing: Standing, course: Path, comments: Mapping[str, str]
) -> Iterator[str]:
    """Yield lines: the grade, then each lost check with what was asked, and why it was refused.

    Parameters
    ----------
    retold, standing, course
        What is told, of which grade, in which course.
    comments
        What people wrote, by exercise.
    """
    yield legible(f"{retold.student}, {retold.assignment}: {standing}")
    yield from map(printable, _by_people(standing))
    yield from map(printable, _comments(comments))
    if retold.note:
        yield printable(retold.note)
    if not retold.lost:
        yield f"No check of {legible(retold.named)} lost a point." if retold.named else _NONE
    for one in retold.lost:
        yield ""
        yield from (printable(line) for line in _check(one, course))
    if retold.live:
        yield ""
        yield "Not all of it was recorded: the student's code ran once more, in the sandbox."


def _by_people(standing: Standing) -> Iterator[str]:
    if standing.grade is None:
        return
    for part in standing.grade.parts:
        if part.manual is not None:
            yield f"  {part.exercise}: {part.by_person}"
        if part.extra_credit:
            yield f"  {part.exercise}: {counted(part.extra_credit, 'point')} extra credit"
    if standing.late_penalty:
        yield f"  late: {counted(standing.late_penalty, 'point')} taken off"
    yield from (f"  waits: {line}" for line in standing.waiting)


def _comments(comments: Mapping[str, str]) -> Iterator[str]:
    """Yield what people wrote: a text of one line beside its exercise, a longer one below it."""
    for exercise, text in comments.items():
        first, *more = text.strip().splitlines()
        if more:
            yield f"  {exercise}: a person wrote:"
            yield from (f"    {line}".rstrip() for line in (first, *more))
        else:
            yield f"  {exercise}: a person wrote: {first}"


def _check(one: LostCheck, course: Path) -> Iterator[str]:
    result = one.result
    row = f"{result.row}: " if result.row and result.row != "item" else ""
    points = show_points(result.points, result.max_points)
    yield f"{one.exercise}, {row}{result.title} {points}, {result.outcome.value}"
    if result.message:
        yield f"  why       {result.message}"
    for part in result.parts:
        yield f"  {'right' if part.right else 'not right':9} {part.name}"
    if one.place is not None:
        file = Path(one.place.file)
        file = file.relative_to(course) if file.is_relative_to(course) else file
        yield f"  refused   {file}, line {one.place.line}: {one.place.source}"
    for asked in one.asked[:_MOST]:
        yield from _asked(asked)
    if len(one.asked) > _MOST:
        yield f"  and {counted(len(one.asked) - _MOST, 'more question')}; --notebook has all"
    expected = one.expected or result.expected
    if expected and not any(asked.expected for asked in one.asked):
        yield f"  expected  {expected}"


def _asked(asked: Asked) -> Iterator[str]:
    yield f"  asked     {asked.text}"
    for name, value in asked.inputs:
        if picture_of(value) is not None:
            yield f"    {name} = {shown_value(value)}, a picture: --notebook shows it"
    yield f"  answered  {asked.got}"
    if asked.expected:
        yield f"  expected  {asked.expected}"
    if asked.why:
        yield f"  refused   {asked.why}"


__all__ = ["lines_of"]
