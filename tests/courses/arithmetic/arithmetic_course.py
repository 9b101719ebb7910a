"""The plugin of a course on arithmetic: no photographs, no Keras, no NumPy."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from markupsafe import Markup, escape

from pawmark.doctor.finding import Finding, Look
from pawmark.errors import DataError
from pawmark.grading.checks.student import Student
from pawmark.grading.course import Chart, Checking, Place, PlainCourse

MEASURED = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Measurements:
    """A folder with files of numbers, one a line."""

    root: Path
    identity: str

    @classmethod
    def open(cls, root: Path) -> "Measurements":
        """Open a folder."""
        return cls(root, cls.identity_of(root))

    @staticmethod
    def identity_of(root: Path) -> str:
        """Return the same for the same numbers."""
        files = sorted(root.glob("*.txt"))
        return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]

    def require_unchanged(self) -> None:
        """Raise when a number was changed meanwhile."""
        if self.identity_of(self.root) != self.identity:
            raise DataError(f"{self.root} has changed since grading began. Grade again.")


@dataclass(frozen=True)
class Found:
    """What a student's code found of what there is; an exhibit."""

    found: int
    of: int
    kind: ClassVar[str] = "found"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


class FoundExhibit:
    """Draws how much was found, as a bar."""

    title = "What was found"
    note = ""

    def chart(self, data: Mapping[str, Any]) -> Chart:
        """Draw one student's."""
        return self._chart(f"{data['found']} of {data['of']} were found.", [data])

    def class_chart(self, data: Sequence[Mapping[str, Any]], key: str) -> Chart | None:
        """Draw all of a class."""
        return self._chart(f"What {len(data)} students found.", data) if data else None

    def _chart(self, caption: str, data: Sequence[Mapping[str, Any]]) -> Chart:
        bars = "".join(
            f'<rect y="{12 * number}" width="{100 * one["found"] / one["of"]:g}" height="10"/>'
            for number, one in enumerate(data)
        )
        box = f'viewBox="0 0 100 {12 * len(data)}" role="img" aria-label="{escape(caption)}"'
        return Chart(Markup(f"<svg {box}>{bars}</svg>"), caption)


class ArithmeticStudent(Student):
    """Asks one question more."""

    def parameters(self, name: str) -> list[str]:
        """Return the names of the parameters of a function."""
        return self.question("arithmetic_inside:parameters", name=name)


class ArithmeticFixtures:
    """Gives ``student`` with that question, and ``measured``: a path inside, and what is there."""

    def __init__(self, checking: Checking) -> None:
        self.checking = checking

    @pytest.fixture
    def student(self, student: Student) -> ArithmeticStudent:
        """Return what asks the student's work."""
        return student.extended(ArithmeticStudent)

    @pytest.fixture
    def measured(self) -> tuple[str, list[float]]:
        """Return the path of a file as the student's process sees it, and the numbers in it."""
        lines = (self.checking.data.root / "measured.txt").read_text().split()
        return f"{self.checking.guest_root}/measured.txt", [float(line) for line in lines]


class Arithmetic(PlainCourse):
    """Two assignments on sums and primes."""

    operations = ("arithmetic_inside",)
    exhibits: ClassVar = {Found.kind: FoundExhibit()}

    def open_data(self, seed: int) -> Measurements:
        """Open the folder beside this file."""
        return Measurements.open(MEASURED)

    def describe_data(self, data: Measurements) -> dict[str, Any]:
        """Name the numbers."""
        return {"identity": data.identity}

    def fixtures(self, checking: Checking) -> ArithmeticFixtures:
        """Give the fixtures."""
        return ArithmeticFixtures(checking)

    def preload(self, source: str) -> tuple[str, ...]:
        """Name what notebooks import."""
        return ("arithmetic_inside", "fractions")

    def environment(self, place: Place | None) -> dict[str, str]:
        """Say where the numbers are."""
        return {} if place is None else {"MEASURED": place.data or ""}

    def doctor(self, deep: bool) -> dict[str, Look]:
        """Look whether the numbers are there."""
        return {"numbers": _numbers}


def _numbers() -> Finding:
    count = len((MEASURED / "measured.txt").read_text().split())
    return Finding.ok("numbers", f"{count} numbers to measure")


course = Arithmetic("arithmetic")
