"""What it takes to prove a specification, and what is kept of it.

Of each exercise the right and the wrong answers of the bank are tried, all variants, and mutants of
the reference solution, over many seeds. What came of it lies beside the answers, in
``tests/answers/NN_name/proof/EXERCISE.json``, with the digests of what it was made of.
"""

import dataclasses
import hashlib
import json
import statistics
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import nbformat

from pawmark import files
from pawmark.authoring import bank, mutants
from pawmark.authoring.answers import reference_cells
from pawmark.authoring.judges import copied_judge
from pawmark.authoring.mutants import Mutant
from pawmark.errors import CourseError
from pawmark.grading.checks import proving
from pawmark.grading.checks.asking import Answer, Asking, Question, StudentAsking
from pawmark.grading.checks.grading import grade
from pawmark.grading.checks.judging import Judge
from pawmark.grading.checks.session import check_module
from pawmark.grading.checks.specification import Exercise, Items, Stratum
from pawmark.grading.checks.strata import DRAWN_BY
from pawmark.grading.course_folder import assignments, source_notebook
from pawmark.grading.intake.cells import exercise_of

Specified = TypeVar("Specified", Exercise, Items, Exercise | Items)

POINTS = 100.0
SEEDS = 20
# Of these, those with which answers and variants are graded in full: points, bands and names. With
# the others it is asked only whether an answer gets full marks, which takes a tenth of the time.
GRADED = 3
PAIRS = 60
ENDLESS = 2.0  # seconds for a call of a mutant: a loop may have become endless


@dataclass(frozen=True)
class Killing:
    """What became of the mutants of a kind.

    Attributes
    ----------
    made, killed
        How many were tried, and how many get less than full marks with every seed.
    survivors
        The others by name, each with the number of seeds with which it gets full marks.
    among
        Of how many those that were tried are a sample; 0 where all were tried.
    """

    made: int = 0
    killed: int = 0
    survivors: dict[str, int] = field(default_factory=dict)
    among: int = 0


@dataclass(frozen=True)
class Proof:
    """What came of proving one exercise.

    Attributes
    ----------
    exercise
        Its grade_id.
    digests
        What it was made of: see `digests`.
    seeds, graded
        How many seeds were tried, and with how many of them answers were graded in full.
    questions
        What a run asks.
    right
        Right answers, the reference among them.
    variants
        How many misconceptions have a name.
    wrong, caught, named
        Wrong answers of the bank; those that lose points with all variants switched off, whatever
        the seed; those of which a misconception is named.
    kept
        The part of the points that a wrong answer keeps, in the median.
    complaints
        Whatever is not as it should be.
    singles, pairs
        Mutants of the reference with one change, and with two.
    """

    exercise: str
    digests: dict[str, str]
    seeds: int
    graded: int
    questions: int = 0
    right: int = 0
    variants: int = 0
    wrong: int = 0
    caught: int = 0
    named: int = 0
    kept: float = 0.0
    complaints: tuple[str, ...] = ()
    singles: Killing = Killing()
    pairs: Killing = Killing()


def exercises_of(course: Path) -> list[str]:
    """Return the exercises of a course that have hidden checks, in its order."""
    found = []
    for assignment in assignments(course):
        notebook = nbformat.read(source_notebook(course, assignment), as_version=4)
        ids = [str(cell.metadata.get("nbgrader", {}).get("grade_id")) for cell in notebook.cells]
        found += [exercise_of(name) for name in ids if exercise_of(name) != name]
    return found


def specifications(course: Path) -> dict[str, Exercise | Items]:
    """Return the specifications of a course by exercise."""
    found = {name: bank.specification_of(course, name) for name in exercises_of(course)}
    return {name: one for name, one in found.items() if one is not None}


def folder_of(course: Path, exercise: str) -> Path:
    """Return where the proofs of an assignment lie."""
    return course / "tests" / "answers" / check_module(course, exercise).parent.name / "proof"


def digests(course: Path, exercise: str) -> dict[str, str]:
    """Return what a proof hangs on: checks, bank, references, and what draws the inputs."""
    module = check_module(course, exercise)
    beside = (path for path in module.parent.glob("*.py") if not path.name.startswith("test_"))
    answers = [p for kind in ("wrong", "right") for p in bank.answers_of(course, exercise, kind)]
    return {
        "checks": _digest(path.read_bytes() for path in [module, *sorted(beside)]),
        "bank": _digest(path.read_bytes() for path in sorted(answers)),
        "reference": _digest(_reference(course, exercise).values()),
        "drawn_by": DRAWN_BY,
    }


def mark_of(course: Path, exercise: str) -> str:
    """Return one digest of all that a proof hangs on."""
    return _digest(digests(course, exercise).values())


def require_own_judge(course: Path, exercise: str, specification: Exercise | Items) -> None:
    """See that the judge of an exercise is not its reference.

    Raises
    ------
    CourseError
        When it is: then whatever agrees proves nothing.
    """
    module = check_module(course, exercise)
    if says := copied_judge(specification, module, _notebook(course, exercise)):
        raise CourseError(f"{module}: {exercise}: {says}.")


def _notebook(course: Path, exercise: str) -> nbformat.NotebookNode:
    return nbformat.read(source_notebook(course, _assignment(course, exercise)), as_version=4)


def _reference(course: Path, exercise: str) -> dict[str, str]:
    return reference_cells(_notebook(course, exercise))


def _assignment(course: Path, exercise: str) -> str:
    return check_module(course, exercise).parent.name


def _digest(parts: Any) -> str:
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(hashlib.sha256(data).digest())
    return whole.hexdigest()[:16]


def read_proof(course: Path, exercise: str) -> Proof | None:
    """Return the proof that is kept of an exercise, or None where there is none."""
    path = folder_of(course, exercise) / f"{exercise}.json"
    if not path.is_file():
        return None
    tree = json.loads(path.read_text(encoding="utf-8"))
    for kind in ("singles", "pairs"):
        tree[kind] = Killing(**tree[kind])
    return Proof(**tree | {"complaints": tuple(tree["complaints"])})


def write_proof(course: Path, proof: Proof) -> None:
    """Keep the proof of an exercise."""
    path = folder_of(course, proof.exercise) / f"{proof.exercise}.json"
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(dataclasses.asdict(proof), indent=1, ensure_ascii=False)
    files.write_whole(path, f"{text}\n".encode())


def reasons(course: Path, exercise: str) -> dict[str, str]:
    """Return why mutants of an exercise survive, as a person wrote it, by their names."""
    return {one["mutant"]: one["reason"] for one in notes_on(course, exercise).get("survivor", [])}


def seeds_of(course: Path, exercise: str) -> int:
    """Return with how many seeds an exercise is proven: with fewer where a person says so.

    That is for exercises of networks, where an answer takes long.
    """
    return int(notes_on(course, exercise).get("seeds", SEEDS))


def most_of(course: Path, exercise: str) -> int | None:
    """Return how many mutants of a kind are tried: all (None) where no person says ``mutants =``.

    That is for exercises of which a hundred mutants would be trained or built for an hour.
    """
    most = notes_on(course, exercise).get("mutants")
    return None if most is None else int(most)


def notes_on(course: Path, exercise: str) -> dict[str, Any]:
    """Return what people noted beside the proof of an exercise; empty without such a file."""
    path = folder_of(course, exercise) / f"{exercise}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def unexplained(course: Path, proof: Proof) -> Iterator[str]:
    """Yield what a proof leaves open: complaints, and survivors that nobody gave a reason for."""
    yield from proof.complaints
    known = reasons(course, proof.exercise)
    for kind in (proof.singles, proof.pairs):
        for name, count in kind.survivors.items():
            if not is_explained(name, known):
                yield f"survives with {count} of {proof.seeds} seeds, without a reason: {name}"
    for name in known.keys() - {*proof.singles.survivors, *proof.pairs.survivors}:
        yield f"has a reason to survive, and does not: {name}"


def is_explained(name: str, known: dict[str, str]) -> bool:
    """Tell whether a survivor has a reason: its own, or one for each of its two changes."""
    return name in known or all(part in known for part in name.split(mutants.AND))


class Remembering:
    """Asks each question once.

    Parameters
    ----------
    asking
        Who answers.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._known: dict[str, Answer] = {}

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer each question."""
        new = {q.key: q for q in questions if q.key not in self._known}
        answers = self._asking.ask(list(new.values()))
        self._known.update(zip(new, answers, strict=True))
        return [self._known[question.key] for question in questions]

    def ask_more(self, question: Question) -> Answer | None:
        """Answer one more."""
        return self._asking.ask_more(question)

    def evaluate(self, expression: str) -> bool:
        """Tell whether an expression is true there."""
        return self._asking.evaluate(expression)


class Killer:
    """Tells with which seeds a program gets full marks.

    Parameters
    ----------
    course, specification
        The exercise.
    seeds
        The seeds to try.
    """

    def __init__(self, course: Path, specification: Exercise | Items, seeds: Sequence[int]) -> None:
        self.specification = specification
        self._course, self._seeds = course, seeds
        self._bare = bare(specification)
        self._drawn: dict[int, list[tuple[Stratum, Question]]] = {}
        self._judge = Judge(specification) if isinstance(specification, Exercise) else None

    def passes(self, cells: Mapping[str, str]) -> list[int]:
        """Return the seeds with which the reference gets full marks, some of its cells replaced."""
        try:
            asking = self.ask(cells, ENDLESS)
        except Exception:  # it ends before anybody can ask: nobody gets full marks for that
            return []
        return [seed for seed in self._seeds if self._passes(asking, seed)]

    def ask(self, cells: Mapping[str, str], seconds: float = 60.0) -> StudentAsking:
        """Return the way to the reference with some cells replaced."""
        student = bank.student_of(self._course, self._bare.name, cells)
        return StudentAsking(student, min(self._bare.seconds, seconds))

    def _passes(self, asking: Asking, seed: int) -> bool:
        """Ask one question after the other, since most are refused soon; then grade the rest."""
        if self._judge is not None:
            for stratum, question in self._questions(seed):
                answer = asking.ask([question])[0]
                if not self._judge.decide(stratum, question, answer).right:
                    return False
        result = grade(self._bare, asking, seed, POINTS)
        return result.points >= result.max_points

    def _questions(self, seed: int) -> list[tuple[Stratum, Question]]:
        if seed not in self._drawn and isinstance(self._bare, Exercise):
            self._drawn[seed] = proving.questions(self._bare, seed)
        return self._drawn[seed]


def bare(specification: Exercise | Items) -> Exercise | Items:
    """Return a specification with all variants switched off, which looks for no smaller input."""
    if isinstance(specification, Items):
        return specification
    return dataclasses.replace(proving.without_variants(specification), shrinking=0)


def _quick(specification: Specified) -> Specified:
    """Return a specification that looks for no smaller input."""
    if isinstance(specification, Items):
        return specification
    return dataclasses.replace(specification, shrinking=0)


def try_answers(
    course: Path, specification: Exercise | Items, seeds: int, graded: int
) -> dict[str, Any]:
    """Try right answers, variants and wrong answers; return those fields of a `Proof`.

    Parameters
    ----------
    course, specification
        The exercise.
    seeds, graded
        As in a `Proof`.
    """
    right = {
        name: Remembering(asking)
        for name, asking in bank.right_answers(course, specification).items()
    }
    found: list[str] = []
    if isinstance(specification, Exercise):
        found += proving.prove(_quick(specification), right, range(graded))
        found += proving.accepts(_quick(specification), right, range(graded, seeds))
    else:
        found += _items_refuse(specification, right, range(seeds))
    killer = Killer(course, specification, range(seeds))
    wrong = bank.answers_of(course, specification.name, "wrong")
    tried = [_try_wrong(killer, path.stem, answer, range(graded)) for path, answer in wrong.items()]
    for one in tried:
        found += one.complaints
    return {
        "questions": _count_of_questions(specification),
        "right": len(right),
        "variants": len(specification.variants) if isinstance(specification, Exercise) else 0,
        "wrong": len(wrong),
        "caught": sum(one.is_caught for one in tried),
        "named": sum(one.is_named for one in tried),
        "kept": round(statistics.median([one.kept for one in tried] or [0.0]), 3),
        "complaints": list(dict.fromkeys(found)),
    }


@dataclass(frozen=True)
class _Tried:
    """What became of a wrong answer: see `Proof`."""

    kept: float
    is_caught: bool
    is_named: bool
    complaints: tuple[str, ...]


def _try_wrong(killer: "Killer", name: str, answer: bank.Answer, graded: Sequence[int]) -> _Tried:
    """Grade a wrong answer in full with a few seeds, and ask with all whether it is caught."""
    specification = killer.specification
    asking = Remembering(killer.ask(answer.cells))
    found, shares, names = [], [], set()
    for seed in graded:
        result = grade(_quick(specification), asking, seed, POINTS)
        shares.append(result.points / result.max_points)
        names.add(" ".join(sorted({check.misconception for check in result.checks} - {""})))
        found += [f"{name} (seed {seed}): {line}" for line in bank.complaints(answer, result)]
    if len(set(shares)) > 1 or len(names) > 1:
        found.append(f"the verdict on {name} hangs on the seed: {shares}, {names}")
    passes = killer.passes(answer.cells)
    if passes:
        found.append(f"{name} gets full marks without variants, with the seeds {passes}")
    return _Tried(statistics.median(shares), not passes, names != {""}, tuple(found))


def _items_refuse(
    specification: Items, right: Mapping[str, Asking], seeds: Sequence[int]
) -> Iterator[str]:
    for name, asking in right.items():
        for seed in seeds:
            for check in grade(specification, asking, seed, POINTS).checks:
                if check.points < check.max_points:
                    yield f"{name} loses {check.title} (seed {seed}): {check.message}"


def _count_of_questions(specification: Exercise | Items) -> int:
    if isinstance(specification, Exercise):
        return len(proving.questions(specification, 0))
    return sum(item.count for item in specification.items)


def mutants_of(course: Path, exercise: str) -> tuple[list[Mutant], list[Mutant]]:
    """Return the mutants of a reference solution that are tried: with one change, and with two."""
    made, pairs = all_mutants_of(course, exercise)
    most = most_of(course, exercise)
    if most is None:
        return made, pairs
    return mutants.drawn(made, most), mutants.drawn(pairs, most // 2)


def all_mutants_of(course: Path, exercise: str) -> tuple[list[Mutant], list[Mutant]]:
    """Return all mutants with one change, and the pairs of changes that are drawn."""
    source = _reference(course, exercise)[exercise]
    return mutants.singles(source), mutants.pairs(source, PAIRS)


def is_fresh(course: Path, exercise: str) -> bool:
    """Tell whether what is kept of an exercise is of its checks, bank and reference as they are."""
    proof = read_proof(course, exercise)
    if proof is None or proof.seeds < seeds_of(course, exercise):
        return False
    if proof.singles.among and proof.singles.made != most_of(course, exercise):
        return False
    return proof.digests == digests(course, exercise)
