"""Where a class stands: its roster and its grades, from gradebook, records and hand-ins."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pawmark.errors import CourseError
from pawmark.grading.course_folder import AUTOGRADED
from pawmark.grading.gradebook import hand_ins, readiness
from pawmark.grading.gradebook.book import Contents, Key, exists
from pawmark.grading.results import record
from pawmark.grading.results.grade import NOT_FINISHED, Person, Standing, standing_of
from pawmark.wording import by_name


@dataclass(frozen=True)
class ClassGrades:
    """Where a whole class stands.

    Attributes
    ----------
    students
        The roster, by name: all whom the gradebook knows, who handed in, or who were graded.
    assignments
        What could be reached in each assignment, by name.
    standings
        By assignment and student, for each of both.
    has_gradebook
        Whether there is a gradebook at all.
    """

    students: tuple[Person, ...]
    assignments: Mapping[str, float]
    standings: Mapping[Key, Standing]
    has_gradebook: bool

    def of(self, assignment: str) -> list[Standing]:
        """Return all standings of an assignment, in the order of the roster."""
        return [self.standings[assignment, person.name] for person in self.students]

    @property
    def all(self) -> list[Standing]:
        """All standings, by assignment."""
        return [standing for name in self.assignments for standing in self.of(name)]


def read_class(
    course: Path, names: Collection[str] = (), autograded: Path | None = None
) -> ClassGrades:
    """Return where a class stands.

    Parameters
    ----------
    course
        The course folder.
    names
        Assignments, by full names; if left out, all of which anything was handed in or graded.
    autograded
        The folder of the records; that of the course if left out.

    Raises
    ------
    CourseError
        When gradebook or a record cannot be read, or there is nothing at all.
    """
    autograded = autograded or course / AUTOGRADED
    records = {(one.assignment, one.student): one for one in record.read_all(autograded)}
    came, book = hand_ins.handed_in(course), Contents.of(course)
    wanted = sorted(names or {name for name, _ in (*records, *came, *book.grades)})
    if not wanted:
        raise CourseError(
            f"No records under {autograded}, and nothing is handed in. Grade something first: "
            "nbgrader autograde ASSIGNMENT"
        )
    people = book.people | {
        who: Person(who)
        for name, who in (*records, *came)
        if name in wanted and who not in book.people
    }
    roster = tuple(people[who] for who in sorted(people, key=by_name))
    standings = {
        (name, person.name): standing_of(
            person,
            name,
            book.grades.get((name, person.name)),
            records.get((name, person.name)),
            (name, person.name) in came,
            tuple(_unfinished(course, name, person.name)),
        )
        for name in wanted
        for person in roster
    }
    most = {name: _most(name, standings, book.worth) for name in wanted}
    return ClassGrades(roster, most, standings, exists(course))


def _unfinished(course: Path, name: str, who: str) -> Iterator[str]:
    """Yield what keeps a grade from being final, beside what the gradebook says."""
    if readiness.mark_of(course, name, who).exists():
        yield NOT_FINISHED
    elif (came := hand_ins.newer(course, name, who)) is not None:
        yield f"handed in again on {came:%Y-%m-%d at %H:%M} (UTC), and that is not graded yet"


def _most(name: str, standings: Mapping[Key, Standing], worth: Mapping[str, float]) -> float:
    found = [one.max_score for one in standings.values() if one.assignment == name and one.grade]
    return max(found, default=worth.get(name, 0.0))
