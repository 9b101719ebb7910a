"""What is behind in a course: grades that are not of what lies there now, pages of older grades."""

import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pawmark.assignments import short_name
from pawmark.doctor.finding import Finding, Status
from pawmark.errors import CourseError
from pawmark.grading.gradebook import feedback, hand_ins
from pawmark.terminal import legible
from pawmark.wording import first_line, listed

Behind = dict[str, list[str]]  # students by assignment

_NAMED = 10


def examine(course: Path) -> Iterator[Finding]:
    """Say of whom grades or pages are behind, and the command that mends it.

    None of it keeps anybody from grading, so it is a note.
    """
    found = sorted(hand_ins.handed_in(course))
    newer = [key for key in found if hand_ins.newer(course, *key) is not None]
    yield _say(
        "resubmitted",
        "nothing was handed in again after it was graded",
        "handed in again, and not graded yet",
        _by_assignment(newer),
        lambda behind: f"pawmark grade {' '.join(map(short_name, behind))}",
    )
    waiting = set(newer)
    yield _say(
        "exchanged",
        "what was graded lies there as it was",
        "other files than were graded, and no timestamp.txt is newer",
        _by_assignment(
            key for key in found if key not in waiting and hand_ins.changed(course, *key)
        ),
        lambda behind: "; ".join(_again(name, students) for name, students in behind.items()),
    )
    try:
        stale = _by_assignment(feedback.stale(course))
    except (CourseError, OSError) as error:
        yield Finding("feedback", Status.SKIPPED, f"cannot be looked at: {first_line(error)}")
        return
    yield _say(
        "feedback",
        "pages show what the grades are",
        "pages show an older grade or comment",
        stale,
        lambda behind: "; ".join(f"nbgrader generate_feedback {name}" for name in behind),
    )


def _by_assignment(keys: Iterable[tuple[str, str]]) -> Behind:
    found: Behind = defaultdict(list)
    for name, who in sorted(keys):
        found[name].append(who)
    return found


def _say(
    topic: str, fine: str, wrong: str, behind: Behind, remedy: Callable[[Behind], str]
) -> Finding:
    if not behind:
        return Finding.ok(topic, fine)
    who = "; ".join(f"{name}: {_names(students)}" for name, students in behind.items())
    return Finding.note(topic, f"{wrong}: {who}", remedy(behind))


def _names(students: list[str]) -> str:
    return listed([legible(name) for name in students], _NAMED)


def _again(name: str, students: list[str]) -> str:
    """Return the command that grades some students again, or all where they are many."""
    chosen = (
        [f"--student {shlex.quote(who)}" for who in students] if len(students) <= _NAMED else []
    )
    return " ".join(["pawmark grade", short_name(name), *chosen, "--force"])
