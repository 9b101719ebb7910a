"""What an attack came to: points, others' grades, secrets and script, read off a graded course."""

import contextlib
import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from attack_course import CANARY, NAME, Attack, Course
from nbgrader.api import SubmittedAssignment

SECRETS = frozenset(
    ["source", "checks", "configuration", "grader", "elsewhere", "environment", "gradebook"]
) | {"submission"}
_CODE = re.compile(r"^\s*(javascript|vbscript|data:text|data:image/svg)", re.IGNORECASE)
_ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "srcset", "background"}
_FORBIDDEN = {"iframe", "object", "embed", "form", "base", "frame", "svg", "math", "audio", "video"}


class Page(HTMLParser):
    """Collects everything in a page that can run or load something.

    Attributes
    ----------
    found
        One line for each such thing.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()
        self.inside: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Keep tags that load something, and attributes that do."""
        if tag in _FORBIDDEN:
            self.found.add(f"<{tag}>")
        self.inside = tag if tag in ("script", "style") else None
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        remote = tag != "a" and name in _ADDRESSES and not value.startswith("data:image/")
        style = name == "style" and re.search(r"url|image-set|expression|src\(|\\", value, re.I)
        code = name in _ADDRESSES and _CODE.match(value)
        if name.startswith("on") or name == "srcdoc" or remote or style or code:
            self.found.add(f"<{tag} {name}={value[:300]!r}>")

    def handle_endtag(self, tag: str) -> None:
        """Leave a script or a style sheet."""
        self.inside = None

    def handle_data(self, data: str) -> None:
        """Keep the text of scripts and style sheets."""
        if self.inside and data.strip():
            self.found.add(f"<{self.inside}> {data[:300]}")


@dataclass(frozen=True)
class Aftermath:
    """What grading has done to everything but the attacks' own results.

    Attributes
    ----------
    ungraded
        Others who have no grade.
    robbed
        Others who have other points than they earn.
    changed
        Files that are not as they were.
    survivors
        Processes that were left behind.
    """

    ungraded: tuple[str, ...]
    robbed: tuple[str, ...]
    changed: tuple[str, ...]
    survivors: int

    @property
    def successes(self) -> list[str]:
        """Return what an attack has achieved here, in words."""
        told = []
        if self.ungraded:
            told.append("leaves others without a grade")
        if self.robbed:
            told.append("changes the points of others")
        if self.changed:
            told.append("changes files outside")
        if self.survivors:
            told.append("leaves processes behind")
        return told


def aftermath(course: Course, earned: dict[str, float], survivors: int) -> Aftermath:
    """Compare a graded course with what it should be.

    Parameters
    ----------
    course
        The course; ``before`` is its fingerprint before grading.
    earned
        Points that each of the others earns.
    survivors
        How many processes an attack has left.
    """
    scores = grades(course)
    ungraded = [student for student in earned if student not in scores]
    robbed = [who for who in earned if who not in ungraded and scores[who] != earned[who]]
    changed = {path for path, _ in course.before.items() ^ course.fingerprint().items()}
    return Aftermath(tuple(ungraded), tuple(robbed), tuple(sorted(changed)), survivors)


def grades(course: Course) -> dict[str, float]:
    """Return the points of all who have a score for each exercise and a graded notebook."""
    found = {path.parts[-3] for path in course.root.glob(f"autograded/*/{NAME}/{NAME}.ipynb")}
    with course.gradebook() as gradebook:
        return {
            submission.student_id: submission.score
            for submission in gradebook.assignment_submissions(NAME)
            if submission.student_id in found and not _unscored(submission)
        }


def _unscored(submission: SubmittedAssignment) -> bool:
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return any(grade.auto_score is None for grade in grades if grade.cell.cell_type == "code")


def successes(course: Course, attack: Attack, ordinary: str) -> list[str]:
    """Return what an attack has achieved for or about itself, in words.

    Parameters
    ----------
    course
        The graded course, with feedback pages.
    attack
        Who has been graded in it.
    ordinary
        A student whose page and outputs show what everybody's show.
    """
    told = []
    points = grades(course).get(attack.student)
    if points is None:
        told.append("left without a grade")
    elif points > max(attack.earns):
        told.append(f"gains {points - max(attack.earns):g} points")
    seen = secrets_seen(course, attack.student) - secrets_seen(course, ordinary)
    if seen & SECRETS:
        told.append(f"reads {', '.join(sorted(seen & SECRETS))}")
    if seen - SECRETS:
        told.append(f"does what it tries: {', '.join(sorted(seen - SECRETS))}")
    if _active(course, attack.student) - _active(course, ordinary):
        told.append("script in the feedback")
    if points is not None and not _page_of(course, attack.student).exists():
        told.append("left without feedback")
    return told


def secrets_seen(course: Course, student: str) -> set[str]:
    """Return the marks of secrets in what a student's code put out, or grading laid beside it."""
    folder = course.folder("autograded", student)
    texts = [
        path.read_text(errors="replace")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".ipynb"
    ]
    notebook = folder / f"{NAME}.ipynb"
    with contextlib.suppress(OSError, ValueError):  # absent, or left half-written
        cells = json.loads(notebook.read_text())["cells"]
        # Without sources: they hold what the instructor wrote, also where nobody read it.
        texts.append(json.dumps([cell.get("outputs") for cell in cells]))
    seen = set(re.findall(rf"{CANARY}(\w+)", "\n".join(texts)))
    # Pieces of memory end anywhere, in the middle of a mark too.
    return {
        name for name in seen if name in SECRETS or not any(s.startswith(name) for s in SECRETS)
    }


def _page_of(course: Course, student: str) -> Path:
    return course.folder("feedback", student) / f"{NAME}.html"


def _active(course: Course, student: str) -> set[str]:
    path = _page_of(course, student)
    return Page(path.read_text(errors="replace")).found if path.exists() else set()
