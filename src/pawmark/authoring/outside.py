"""From inside to outside: drafts hidden checks of an exercise from the tests in its notebook."""

import ast
import contextlib
import difflib
import io
import json
import os
import shutil
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat import NotebookNode

from pawmark.authoring import asserts
from pawmark.authoring.asserts import Example, Left
from pawmark.authoring.placing import place
from pawmark.authoring.references import Needed, Reference, lost_without
from pawmark.errors import CourseError
from pawmark.grading.boundary import wire
from pawmark.grading.checks.session import CHECKS, check_folder, check_module, module_name
from pawmark.grading.course_folder import assignments, notebooks_of
from pawmark.grading.gradebook import course_settings
from pawmark.grading.intake.cells import exercise_of, is_grade, is_solution
from pawmark.grading.intake.kernels import kernel_of, language_of
from pawmark.grading.intake.sources import problems, require_sources

_WIDTH = 100
_BEGIN, _END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
SHOWN, HIDDEN, ERRORS = "the examples of the notebook", "other examples", "where an error is right"
_STATE = "it does not hold of the reference by itself, so it hangs on what cells above it do"


@dataclass(frozen=True)
class Draft:
    """A drafted specification.

    Attributes
    ----------
    exercise
        The grade_id of the exercise.
    function
        The function that it asks.
    path
        Where it goes, in the course.
    text
        The module.
    examples
        What it asks.
    left
        What of the tests it does not ask.
    lost
        Names that its cell of tests makes for other cells: that cell is not run any more.
    assignment
        The name of its assignment.
    """

    exercise: str
    function: str
    path: Path
    text: str
    examples: tuple[Example, ...]
    left: tuple[Left, ...]
    lost: tuple[str, ...] = ()
    assignment: str = ""

    def remarks(self) -> dict[str, list[str]]:
        """Return what its author should know, by title: what is not asked, what more strictly."""
        left = [f"{one.says} ({one.why})" for one in self.left]
        less = [one.says for one in self.examples if not one.whole]
        lists = {
            "Not carried over, so nothing here looks at it:": left,
            "Asked more strictly than in the notebook: the judge decides whole results:": less,
            "Its cell of tests is not run any more, and cells below need what it makes; make that "
            "in a cell above:": list(self.lost),
        }
        return {title: list(dict.fromkeys(lines)) for title, lines in lists.items() if lines}


def draft(course: Path, exercise: str) -> Draft:
    """Draft the hidden checks of an exercise; nothing is written.

    The reference solution of its notebook is run on the calls that the tests make.

    Parameters
    ----------
    course
        The course folder.
    exercise
        The grade_id of its cell of tests, with or without ``-check``.

    Raises
    ------
    CourseError
        When there is no such exercise, it is checked outside already, or nothing of its tests can
        be asked from outside; the message says what, and what to do.
    """
    cell = _find(course, exercise_of(exercise))
    path = _place_of(course, cell)
    reference = Reference(cell.notebook, cell.number)
    examples, left = _read(course, cell, reference)
    if not examples:
        raise CourseError(
            "\n- ".join([
                f"{cell.where}: nothing in the tests of {cell.exercise} can be asked from outside "
                "by itself. Write its checks by hand (docs/writing-checks.md):",
                *(f"`{one.says}`: {one.why}" for one in left),
                *([] if left else ["there is no test in the cell"]),
            ])
        )  # fmt: skip
    function = _asked_most(examples, reference.functions)
    left += [Left(one.says, f"it asks {one.function}, and the checks of an exercise ask one "
                  "function") for one in examples if one.function != function]  # fmt: skip
    chosen = [one for one in examples if one.function == function]
    needed = reference.needed_by([function, *_names_of(chosen)])
    lost = lost_without(cell.notebook, cell.number)
    made = Draft(
        cell.exercise, function, path, "", tuple(chosen), tuple(left), tuple(lost), cell.assignment
    )
    return replace(made, text=_text(made, needed))


def write(course: Path, made: Draft) -> Path:
    """Write a draft into the course, over nothing that is there.

    Raises
    ------
    CourseError
        When its file is there already, or cannot be written.
    """
    place(course, {made.path: made.text}, "Move it away, and draft it again.")
    return made.path


@dataclass(frozen=True)
class _Cell:
    """A cell of tests in its notebook."""

    assignment: str
    path: Path
    notebook: NotebookNode
    number: int
    where: str

    @property
    def exercise(self) -> str:
        return exercise_of(self.notebook.cells[self.number].metadata["nbgrader"]["grade_id"])

    @property
    def text(self) -> str:
        return str(self.notebook.cells[self.number].source)


def _find(course: Path, exercise: str) -> _Cell:
    """Find the cell of tests of an exercise, in whatever assignment."""
    cells = list(_cells(course))
    found = [cell for cell in cells if cell.exercise == exercise]
    if len(found) > 1:
        raise CourseError(
            f"{' and '.join(cell.where for cell in found)} both have an exercise {exercise!r}, and "
            "checks outside are found by that name. Give one of them another grade_id."
        )
    if found:
        return found[0]
    require_sources(course, assignments(course))  # it may stand in one that cannot be read
    tests = sorted({cell.exercise for cell in cells})
    near = _tests_below(course, exercise) or difflib.get_close_matches(exercise, tests, n=1)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(tests)}."
    raise CourseError(f"No cell of tests in source/ has the grade_id {exercise!r}. {hint}")


def _cells(course: Path) -> Iterator[_Cell]:
    for assignment, path, notebook in _notebooks(course):
        where = path.relative_to(course).as_posix()
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                yield _Cell(assignment, path, notebook, number, where)


def _notebooks(course: Path) -> Iterator[tuple[str, Path, NotebookNode]]:
    for assignment in assignments(course):
        for path in notebooks_of(course, assignment):
            if not problems(path):  # of others, `pawmark adopt` and `pawmark prove` tell
                yield assignment, path, nbformat.read(path, as_version=4)


def _tests_below(course: Path, answer: str) -> list[str]:
    """Return the tests that stand below the cell of an answer, up to the next answer."""
    for _, _, notebook in _notebooks(course):
        found: list[str] = []
        inside = False
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if is_solution(cell):
                inside = name == answer
            elif inside and cell.cell_type == "code" and is_grade(cell):
                found.append(exercise_of(name))
        if found:
            return found
    return []


def _place_of(course: Path, cell: _Cell) -> Path:
    """Return where the checks of an exercise go.

    Raises
    ------
    CourseError
        When they are there, or the folder could be taken for that of another exercise.
    """
    if there := _checked_by(course, cell.exercise):
        raise CourseError(
            f"{cell.exercise} is checked outside already, by {there.relative_to(course)}: nothing "
            "was written. To draft it anew, move that file away."
        )
    number = cell.exercise.split("-")[0]
    if any((course / CHECKS).glob(f"{number}_*/")):
        folder = check_folder(course, cell.exercise)
    else:
        own = cell.assignment.startswith(f"{number}_")
        folder = course / CHECKS / (cell.assignment if own else f"{number}_{cell.assignment}")
        _require_found(course, cell, folder.name)
    return folder.relative_to(course) / module_name(cell.exercise)


def _checked_by(course: Path, exercise: str) -> Path | None:
    try:
        return check_module(course, exercise)
    except CourseError:
        return None


def _require_found(course: Path, cell: _Cell, folder: str) -> None:
    """See that a new folder is not found for exercises that have one: then they would have two."""
    for other in {one.exercise for one in _cells(course)} - {cell.exercise}:
        number = other.split("-")[0]
        if folder.startswith(f"{number}_") and any((course / CHECKS).glob(f"{number}_*/")):
            raise CourseError(
                f"The checks of {cell.exercise} would go to {CHECKS}/{folder}/, where those of "
                f"{other} are looked for too. Give {cell.exercise} another grade_id, such as "
                f"{cell.exercise.replace('_', '-')}."
            )


def _read(course: Path, cell: _Cell, reference: Reference) -> tuple[list[Example], list[Left]]:
    """Return the examples in a cell that hold of the reference by itself, and what is left."""
    language = language_of(cell.notebook) or kernel_of(cell.notebook)
    if not language.startswith("python"):
        raise CourseError(
            f"{cell.where} is a notebook of {language}, and checks outside can only ask functions "
            "of Python: leave it checked inside the notebook, or ask for the same in a notebook of "
            "Python."
        )
    try:
        found = asserts.read(
            cell.text, reference.functions, reference.modules, _hidden_lines(course, cell.text)
        )
    except SyntaxError as error:
        raise CourseError(
            f"{cell.where}: the tests of {cell.exercise} are no Python (line {error.lineno}: "
            f"{error.msg}), so nothing can be taken from them."
        ) from error
    examples, left = [], list(found.left)
    for example in found.examples:
        one = replace(example, files=tuple(_files_in(cell.path.parent, example.call)))
        why = _why_not(cell, reference, one)
        if why:
            left.append(Left(one.says, why))
        else:
            examples.append(one)
    return examples, left


def _hidden_lines(course: Path, text: str) -> set[int]:
    """Return the numbers of the lines that students do not see."""
    section = course_settings.load(course).get("ClearHiddenTests", {})
    begin = str(section.get("begin_test_delimeter", _BEGIN))
    end = str(section.get("end_test_delimeter", _END))
    found, inside = set(), False
    for number, line in enumerate(text.splitlines(), 1):
        inside = begin in line or (inside and end not in line)
        found |= {number} if inside else set()
    return found


def _why_not(cell: _Cell, reference: Reference, one: Example) -> str:
    """Say why an example cannot be asked of a function that stands by itself; empty if it can."""
    for value in _texts_in(one.call):
        if value and value not in one.files and (cell.path.parent / value).exists():
            return f"it takes {value}, which lies beside the notebook: give that as a Place"
    needed = reference.needed_by(_names_in(one.test))
    lost = f" ({needed.missing[0]} cannot be had outside the notebook)" if needed.missing else ""
    try:
        with _elsewhere({name: cell.path.parent / name for name in one.files}):
            if not one.raises:
                exec(_compiled(one.test), dict(needed.namespace))  # noqa: S102  (the course's own)
            arguments, result = _carried_out(one, dict(needed.namespace))
    except Exception as error:
        return f"{_STATE}: {type(error).__name__}{lost}"
    try:
        wire.encode(arguments)
        wire.encode(result)
    except wire.WireError as error:
        return f"{error}"
    return ""


def _files_in(folder: Path, called: ast.Call) -> Iterator[str]:
    """Yield the arguments of a call that name a file beside the notebook."""
    values = [*called.args, *(keyword.value for keyword in called.keywords)]
    for name in [value.value for value in values if isinstance(value, ast.Constant)]:
        if not isinstance(name, str) or not name or "\0" in name or name.endswith(".ipynb"):
            continue
        path = PurePosixPath(name)
        inside = not path.is_absolute() and ".." not in path.parts and str(path) == name
        if inside and len(name) < _WIDTH and (folder / name).is_file():
            yield name


@contextlib.contextmanager
def _elsewhere(files: Mapping[str, Path]) -> Iterator[None]:
    """Run something in a folder with nothing but some files, silently."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="pawmark-") as folder:
        for name, path in files.items():
            copied = Path(folder, name)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copied)
        os.chdir(folder)
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(
                io.StringIO()
            ):  # fmt: skip
                yield
        finally:
            os.chdir(before)


def _compiled(test: ast.stmt) -> Any:
    return compile(ast.Module([test], []), "<tests>", "exec")


def _carried_out(one: Example, namespace: dict[str, Any]) -> tuple[list[Any], Any]:
    """Return the arguments of an example and what the reference makes of them.

    Raises
    ------
    Exception
        What the reference raises; an AssertionError where it should raise an error and does not.
    """
    given: list[Any] = []

    def keep(*args: Any, **kwargs: Any) -> None:
        given.extend([list(args), kwargs])

    called = ast.fix_missing_locations(ast.Expression(one.call))
    function = namespace[one.function]
    eval(compile(called, "<tests>", "eval"), {**namespace, one.function: keep})  # noqa: S307
    try:
        result = function(*given[0], **given[1])
    except Exception as error:
        if one.raises in [kind.__name__ for kind in type(error).__mro__]:
            return given, None
        raise
    assert not one.raises, "the reference raises nothing"
    return given, result


def _texts_in(node: ast.AST) -> list[str]:
    found = [node.value for node in ast.walk(node) if isinstance(node, ast.Constant)]
    return [v for v in found if isinstance(v, str) and len(v) < 200 and "\0" not in v]


def _names_of(examples: Sequence[Example]) -> list[str]:
    """Return the names that calls need, beside the function."""
    return list(dict.fromkeys(name for one in examples for name in _names_in(one.call)))


def _names_in(node: ast.AST) -> list[str]:
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]


def _asked_most(examples: Sequence[Example], functions: Sequence[str]) -> str:
    """Return the function that most examples ask; of equals the one whose answer comes last."""
    counts = Counter(one.function for one in examples)
    return max(counts, key=lambda name: (counts[name], functions.index(name)))


def _text(made: Draft, needed: Needed) -> str:
    """Write the module."""
    strata = list(_strata(made.examples))
    keywords = any(one.call.keywords for one in made.examples)
    files = sorted({name for one in made.examples for name in one.files})
    names = ["Exercise", *(["Place"] if files else []), "Stratum",
             *(["call"] if keywords else []), "copied_from_reference"]  # fmt: skip
    imports = sorted({*needed.imports, *(["from pathlib import Path"] if files else [])})
    parts = [
        f'"""Checks of {made.exercise}, drafted from the tests in its notebook."""\n',
        *_comments(made),
        *([*imports, ""] if imports else []),
        "from hypothesis import strategies as st\n",
        f"from pawmark.checks import {', '.join(names)}\n",
        *(_of_files(made.assignment, files) if files else []),
        *(f"\n{text}\n" for text in needed.rest),
        "\nexercise = Exercise(",
        f'    "{made.exercise}",',
        f'    function="{made.function}",',
        "    # The reference solution itself. It shares every mistake of the reference, so it",
        "    # proves nothing, and `pawmark prove` refuses it. Write a function `judge` from the",
        "    # text of the exercise, by another way, and say `judge=judge`; where an error is the",
        "    # right result, it returns `raises(ValueError)`. Then remove the copy above.",
        f"    judge=copied_from_reference({made.function}),",
        "    strata=[",
        "        # Whoever has seen a list of examples can answer it by heart: draw inputs, too.",
        *strata,
        "    ],",
        "    # `Contract()` asks, too, that arguments stay as they were and nothing is kept.",
        "    contract=None,",
        ")",
    ]
    return "\n".join(parts) + "\n"


def _of_files(assignment: str, files: Sequence[str]) -> Iterator[str]:
    """Yield the lines that read the files which questions bring along."""
    yield "# Other files than those beside the notebook cannot be answered by heart."
    yield f'SOURCE = Path(__file__).parents[2] / "source" / {_quoted(assignment)}'
    yield "FILES = {"
    for name in files:
        yield f"    {_quoted(name)}: (SOURCE / {_quoted(name)}).read_bytes(),"
    yield "}\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comments(made: Draft) -> Iterator[str]:
    for title, lines in made.remarks().items():
        yield f"# {title}"
        for line in lines:
            yield from textwrap.wrap(
                line, _WIDTH - 1, initial_indent="# - ", subsequent_indent="#   ",
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
        yield ""


def _strata(examples: Sequence[Example]) -> Iterator[str]:
    """Yield the strata: what students see, what they do not, and what should end in an error."""
    known: set[str] = set()
    groups: dict[str, list[Example]] = {SHOWN: [], HIDDEN: [], ERRORS: []}
    for one in examples:
        text = _input(one)
        if text not in known:
            known.add(text)
            groups[ERRORS if one.raises else HIDDEN if one.hidden else SHOWN].append(one)
    ordinary = any(groups[name] for name in (SHOWN, HIDDEN))
    for name, group in groups.items():
        if group:
            row = ['            row="corners",'] if name == ERRORS and ordinary else []
            yield "        Stratum("
            yield f'            "{name}",'
            yield "            st.sampled_from(["
            for one in group:
                yield f"                # {one.says}"
                yield f"                {_input(one)},"
            yield "            ]),"
            yield from row
            yield f"            count={len(group)},"
            yield "        ),"


def _input(one: Example) -> str:
    """Write the arguments of a call as an input."""
    args = [_placed(value, one.files) for value in one.call.args]
    if not one.call.keywords:
        return ast.unparse(ast.Tuple(args, ast.Load()))
    keywords = [ast.keyword(k.arg, _placed(k.value, one.files)) for k in one.call.keywords]
    return ast.unparse(ast.Call(ast.Name("call", ast.Load()), args, keywords))


def _placed(value: ast.expr, files: Sequence[str]) -> ast.expr:
    if isinstance(value, ast.Constant) and value.value in files:
        return ast.Call(ast.Name("Place", ast.Load()), [ast.Name("FILES", ast.Load()), value], [])
    return value


__all__ = ["Draft", "draft", "write"]
