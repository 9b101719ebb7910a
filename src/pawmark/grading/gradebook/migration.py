"""Takes the gradebook along where exercises are renamed, removed or added in mid-term."""

import contextlib
import dataclasses
import json
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    Comment,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.api import Grade as Entry

from pawmark.assignments import short_name
from pawmark.errors import CourseError
from pawmark.files import write_whole
from pawmark.grading.course_folder import KEPT, notebooks_of
from pawmark.grading.gradebook import book, readiness
from pawmark.grading.gradebook.drift import (
    CellFacts,
    Drift,
    cells_in_book,
    cells_of_source,
    drift_of,
)
from pawmark.grading.intake.cells import exercise_of
from pawmark.grading.intake.rebuild import RENAMED
from pawmark.grading.results import record
from pawmark.grading.results.grade import Grade, Part, moved, rounded, waiting_lines
from pawmark.terminal import legible, printable
from pawmark.wording import counted

BACKUPS = KEPT / "backups"


@dataclass(frozen=True)
class Outlook:
    """What a migration makes of the grade of one student.

    Attributes
    ----------
    student
        Whose it is.
    before, after
        The grade as the gradebook has it: with what people gave, and with penalties for lateness.
    gone
        What goes of it, by exercise.
    waiting
        What keeps it from being final then, in words.
    """

    student: str
    before: Grade
    after: Grade
    gone: tuple[Part, ...]
    waiting: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether anything of it is another then, beside names."""
        kept = [(g.score, g.max_score, len(g.waiting)) for g in (self.before, self.after)]
        return kept[0] != kept[1] or any(part.score for part in self.gone)

    def lines(self) -> Iterator[str]:
        """Yield what a person reads: the grade, what goes of it, and what waits then."""
        points = moved(str(self.before), str(self.after))
        yield f"{legible(self.student)}: {points} points"
        for part in self.gone:
            if part.score or part.manual is not None:
                extra = f"{rounded(part.extra_credit):g} on top" if part.extra_credit else ""
                notes = "; ".join(filter(None, [part.by_person, extra]))
                points = counted(rounded(part.score), "point") + (f" ({notes})" if notes else "")
                yield f"  {part.exercise} goes with {points}"
        before, after = (f"{rounded(g.late_penalty):g}" for g in (self.before, self.after))
        if self.before.late_penalty or self.after.late_penalty:
            yield f"  late: {moved(before, after)} taken off, until it is graded again"
        for line in self.waiting:
            yield f"  waits for a person then: {printable(line)}"


@dataclass(frozen=True)
class Plan:
    """What is to become of the exercises that a source no longer has.

    Attributes
    ----------
    drift
        How source and gradebook differ.
    renamed
        New names by old ones.
    removed
        Those that go, with the points that were given for them.
    outlooks
        What becomes of the grade of each student; nothing while something is open.
    """

    drift: Drift
    renamed: Mapping[str, str]
    removed: tuple[str, ...]
    outlooks: tuple[Outlook, ...] = ()

    @property
    def added(self) -> list[str]:
        """Exercises that no hand-in knows."""
        return [name for name in self.drift.new if name not in self.renamed.values()]

    @property
    def open(self) -> list[str]:
        """Exercises of which nobody has said what is to become of them."""
        return [n for n in self.drift.gone if n not in self.renamed and n not in self.removed]

    def lines(self) -> Iterator[str]:
        """Yield what a person reads before it is done."""
        hand_ins = counted(self.drift.hand_ins, "hand-in")
        for name in self.drift.notebooks_gone:
            yield f"the notebook {name}.ipynb goes, with what is there of it in {hand_ins}"
        for name in self.drift.notebooks_new:
            yield f"the notebook {name}.ipynb is new: there is nothing of it in {hand_ins}"
        for old, new in self.renamed.items():
            yield f"{old} is called {new} from now on, in {hand_ins}; all points stay"
        for name in self.removed:
            yield f"{name} goes, with what was given for it in {hand_ins}"
        for name in () if self.open else self.added:
            yield f"{name} is new: if it is worth points, they are waited for in {hand_ins}"
        if self.open:
            yield from self._choices()
        changing = [one for one in self.outlooks if one.changes]
        for one in changing:
            yield from one.lines()
        kept = len(self.outlooks) - len(changing)
        if self.outlooks:
            yield f"final grades that change: {len(changing)}, that stay as they are: {kept}"

    def _choices(self) -> Iterator[str]:
        guesses, number = self.drift.pairs(), short_name(self.drift.assignment)
        yield f"Say what became of {', '.join(self.open)}:"
        for name in self.open:
            new = guesses.get(name, "NEW")
            if any(self.drift.may_be(name, other) for other in self.drift.new):
                yield f"  --rename {name}={new}   it is called {new} now: its points stay"
            yield f"  --remove {name}   it goes, with its points"
        yield f"for example: pawmark migrate {number} " + " ".join(
            f"--rename {name}={guesses[name]}" if name in guesses else f"--remove {name}"
            for name in self.open
        )


def plan(
    course: Path, assignment: str, renamed: Mapping[str, str], removed: Iterable[str]
) -> Plan | None:
    """Return what is to be done; None where source and gradebook have the same exercises.

    Raises
    ------
    CourseError
        When a name is none of those that differ.
    """
    drift, removed = drift_of(course, assignment), tuple(removed)
    if drift is None:
        return None
    wrong = [name for name in (*renamed, *removed) if name not in drift.gone]
    wrong += [name for name in renamed.values() if name not in drift.new]
    if wrong:
        raise CourseError(
            f"{', '.join(wrong)}: not among what differs. Only the gradebook has: "
            f"{', '.join(drift.gone) or 'none'}. Only the source has: "
            f"{', '.join(drift.new) or 'none'}."
        )
    for old, new in renamed.items():
        if not drift.may_be(old, new):
            raise CourseError(
                f"{old} was in another notebook than {new} is: hand-ins have its answers there, so "
                f"its points cannot come along. Put it back into its notebook, or: --remove {old}"
            )
    if len(set(renamed.values())) < len(renamed) or set(renamed) & set(removed):
        raise CourseError("An exercise is either renamed, to a name of its own, or removed.")
    wanted = Plan(drift, renamed, removed)
    return wanted if wanted.open else dataclasses.replace(wanted, outlooks=_look(course, wanted))


def _look(course: Path, wanted: Plan) -> tuple[Outlook, ...]:
    """Do what is wanted in the gradebook, look at the grades, and forget it."""
    reason = readiness.obstacle(course, book.address_of(course))
    if reason is not None:
        raise CourseError(reason)
    sources = _sources(course, wanted)
    with book.opened(course) as gradebook:
        before, after = _carry_out(course, gradebook, wanted, sources)
        gradebook.db.rollback()
    return tuple(
        Outlook(
            who,
            before[who],
            grade,
            _going(before[who], grade, wanted.renamed),
            tuple(waiting_lines(grade, _record_of(course, wanted, who))),
        )
        for who, grade in sorted(after.items())
    )


def _record_of(course: Path, wanted: Plan, student: str) -> record.Record | None:
    with contextlib.suppress(CourseError):  # there is none, or it is damaged: grades need it not
        return record.of_submission(course, student, wanted.drift.assignment)
    return None


def _going(before: Grade, after: Grade, renamed: Mapping[str, str]) -> tuple[Part, ...]:
    """Return the parts of a grade that it no longer has, under a new name neither."""
    left, gone = list(after.parts), []
    for part in before.parts:
        here = dataclasses.replace(part, exercise=renamed.get(part.exercise, part.exercise))
        known = next((name for name in (here, part) if name in left), None)
        if known is None:
            gone.append(part)
        else:
            left.remove(known)  # two notebooks may have exercises of one name
    return tuple(gone)


def _sources(course: Path, wanted: Plan) -> dict[Path, dict[str, CellFacts]]:
    paths = notebooks_of(course, wanted.drift.assignment)
    return {path: cells_of_source(path) for path in paths}


def _carry_out(
    course: Path,
    gradebook: Gradebook,
    wanted: Plan,
    sources: Mapping[Path, Mapping[str, CellFacts]],
) -> tuple[dict[str, Grade], dict[str, Grade]]:
    """Do what is wanted, without committing it; return the grades before and after."""
    name = wanted.drift.assignment
    before = book.grades_of(course, gradebook, name)
    entry = gradebook.find_assignment(name)
    known = {notebook.name: notebook for notebook in entry.notebooks}
    for gone in wanted.drift.notebooks_gone:
        _remove_notebook(gradebook, known[gone])
    for path, cells in sources.items():
        notebook = known.get(path.stem) or _new_notebook(gradebook, entry, path.stem)
        _carry_over(gradebook, notebook, cells, wanted.renamed)
    return before, book.grades_of(course, gradebook, name)


def _gone(notebook: Notebook, cells: Mapping[str, CellFacts]) -> set[str]:
    """Return the exercises of a notebook that its source does not have, or has as others.

    Another notebook of the assignment may have one of the same name, which stays.
    """
    known = cells_in_book(notebook)
    same = {name for name, facts in cells.items() if facts.kinds == known.get(name)}
    return {exercise_of(name) for name in known.keys() - same}


def migrate(course: Path, wanted: Plan) -> Path | None:
    """Carry a plan out: gradebook first, then the names in the source; return the backup.

    Returns
    -------
    pathlib.Path or None
        The copy of the gradebook as it was; None where it is not a file.

    Raises
    ------
    CourseError
        When something is not settled, cannot be written, or grades are others by now than those
        that were shown; then nothing is changed.
    """
    if wanted.open:
        raise CourseError("\n".join(wanted.lines()))
    kept = _backup(course)
    sources = _sources(course, wanted)
    with book.opened(course) as gradebook:
        before, after = _carry_out(course, gradebook, wanted, sources)
        if {one.student: (one.before, one.after) for one in wanted.outlooks} != {
            who: (before[who], grade) for who, grade in after.items()
        }:
            raise CourseError(
                "Nothing was written: somebody has changed grades since these were shown. Give the "
                "command again."
            )
        gradebook.db.commit()
    for path, cells in sources.items():
        own = {exercise_of(name) for name in cells}
        _remember(path, {old: new for old, new in wanted.renamed.items() if new in own})
    return kept


def _carry_over(
    gradebook: Gradebook,
    notebook: Notebook,
    cells: Mapping[str, CellFacts],
    renamed: Mapping[str, str],
) -> None:
    """Give a notebook in the gradebook the cells that its source has."""
    gone = _gone(notebook, cells)
    _rename(notebook, {old: new for old, new in renamed.items() if old in gone})
    gradebook.db.flush()
    _remove(gradebook, notebook, cells)
    gradebook.db.flush()
    gradebook.db.expire_all()
    _add(gradebook, notebook, cells)
    gradebook.db.flush()


def _remove_notebook(gradebook: Gradebook, notebook: Notebook) -> None:
    """Remove a notebook, with what hand-ins have of it."""
    _remove(gradebook, notebook, {})
    gradebook.db.flush()
    gradebook.db.expire_all()
    for hand_in in list(notebook.submissions):
        gradebook.db.delete(hand_in)
    gradebook.db.flush()
    gradebook.db.delete(notebook)
    gradebook.db.flush()


def _new_notebook(gradebook: Gradebook, assignment: Assignment, name: str) -> Notebook:
    """Add a notebook without cells, of which each hand-in has a copy."""
    notebook = Notebook(name=name, assignment=assignment)
    gradebook.db.add(notebook)
    for hand_in in assignment.submissions:
        gradebook.db.add(SubmittedNotebook(notebook=notebook, assignment=hand_in))
    gradebook.db.flush()
    return notebook


def _backup(course: Path) -> Path | None:
    """Copy the gradebook, as it is at one moment, where it is a file."""
    from sqlalchemy.engine import make_url

    url = make_url(book.address_of(course))
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    path = course / BACKUPS / f"gradebook-{time.strftime('%Y%m%d-%H%M%S')}.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(url.database)) as here,
        closing(sqlite3.connect(path)) as copied,
    ):
        here.backup(copied)
    shutil.copymode(url.database, path)
    return path


def _rename(notebook: Notebook, renamed: Mapping[str, str]) -> None:
    for cell in [*notebook._base_cells, *notebook.source_cells]:
        exercise = exercise_of(cell.name)
        if exercise in renamed:
            cell.name = renamed[exercise] + cell.name.removeprefix(exercise)


def _remove(gradebook: Gradebook, notebook: Notebook, cells: Mapping[str, CellFacts]) -> None:
    """Remove what the source does not have, or has as something else, with its grades."""
    known = cells_in_book(notebook)
    stays = {name for name, facts in cells.items() if facts.kinds == known.get(name)}
    for cell in list(notebook._base_cells):
        if cell.name not in stays:
            for entry in [*cell.grades, *cell.comments]:
                gradebook.db.delete(entry)
            gradebook.db.flush()
            gradebook.db.delete(cell)
    for cell in list(notebook.source_cells):
        if cell.name not in stays:
            gradebook.db.delete(cell)


def _add(gradebook: Gradebook, notebook: Notebook, cells: Mapping[str, CellFacts]) -> None:
    """Add what the gradebook lacks; each hand-in waits for it."""
    known = cells_in_book(notebook)
    for name, facts in cells.items():
        if facts.kinds == known.get(name):
            continue
        for kind in sorted(facts.kinds):
            cell = _made(kind, name, facts)
            cell.notebook = notebook
            gradebook.db.add(cell)
            gradebook.db.flush()
            for hand_in in notebook.submissions:
                for entry in _entries(kind, cell.id):
                    entry.notebook = hand_in
                    gradebook.db.add(entry)


def _made(kind: str, name: str, facts: CellFacts) -> Any:
    if kind == "source":
        return SourceCell(
            name=name, cell_type=facts.cell_type, locked=facts.locked, source=facts.source
        )
    if kind == "solution":
        return SolutionCell(name=name)
    made = GradeCell if kind == "grade" else TaskCell
    return made(name=name, max_score=facts.points, cell_type=facts.cell_type)


def _entries(kind: str, ident: str) -> list[Any]:
    """Return what each hand-in has of a cell of a kind."""
    entries: dict[str, list[Any]] = {
        "grade": [Entry(cell_id=ident)] if kind == "grade" else [],
        "solution": [Comment(cell_id=ident)] if kind == "solution" else [],
        "task": [Entry(cell_id=ident), Comment(cell_id=ident)] if kind == "task" else [],
    }
    return entries.get(kind, [])


def _remember(path: Path, renamed: Mapping[str, str]) -> None:
    """Write into the source what its exercises were called: hand-ins have the old names."""
    if not renamed:
        return
    tree = json.loads(path.read_bytes())
    own = tree.setdefault("metadata", {}).setdefault("pawmark", {})
    earlier = {old: renamed.get(new, new) for old, new in own.get(RENAMED, {}).items()}
    own[RENAMED] = earlier | dict(renamed)
    text = json.dumps(tree, indent=1, ensure_ascii=False, sort_keys=True)
    write_whole(path, f"{text}\n".encode())
