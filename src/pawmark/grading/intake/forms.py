"""What becomes of a source notebook: nbgrader's own steps, as the course has set them."""

import contextlib
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from traitlets.config import Config

from pawmark.errors import CourseError
from pawmark.grading.intake.cells import is_grade, is_solution


@dataclass(frozen=True)
class Forms:
    """What a source notebook gives.

    Attributes
    ----------
    release
        What students get: without solutions and hidden tests.
    tests
        The text of each cell of tests with its hidden ones, by grade_id, and nbgrader's checksum of
        it: what its gradebook keeps.
    """

    release: NotebookNode
    tests: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def release_form(source: NotebookNode) -> NotebookNode:
    """Make what students get from a source notebook, as ``nbgrader generate_assignment`` does.

    Parameters
    ----------
    source
        The notebook with solutions and hidden tests; it is not modified.

    Returns
    -------
    NotebookNode
        The release.
    """
    return make(source).release


def make(
    source: NotebookNode,
    config: Mapping[str, Any] | None = None,
    path: Path | None = None,
    course: Path | None = None,
) -> Forms:
    """Take a source notebook through the steps of ``nbgrader generate_assignment``.

    Nothing is written. Where it asks for generated tests (AUTOTEST), the notebook itself is run, as
    nbgrader does: it is the instructor's.

    Parameters
    ----------
    source
        The notebook with solutions and hidden tests; it is not modified.
    config
        The course's configuration; nbgrader's own if left out.
    path
        Its file, by which steps find what lies beside it.
    course
        The course folder, from which headers, footers and templates of tests are found.

    Raises
    ------
    CourseError
        When a step fails; the message says which, and why.
    """
    from nbgrader.converters.generate_assignment import GenerateAssignment
    from nbgrader.preprocessors import ClearHiddenTests, SaveCells

    settings = _plain(config)
    notebook, tests = copy.deepcopy(source), None
    resources: dict[str, Any] = {"metadata": {"path": str(path.parent)}} if path else {}
    with _within(course):
        for step in map(_class_of, GenerateAssignment(config=settings).preprocessors):
            if tests is None and issubclass(step, SaveCells | ClearHiddenTests):
                tests = _tests_in(notebook)
            if not issubclass(step, SaveCells):
                try:
                    notebook, resources = step(config=settings).preprocess(notebook, resources)
                except Exception as error:  # whatever nbgrader's and the course's own steps raise
                    where = f"source/{path.parent.name}/{path.name}: " if path else ""
                    raise CourseError(where + _failed(step, error)) from error
    return Forms(notebook, _tests_in(notebook) if tests is None else tests)


def _failed(step: type, error: Exception) -> str:
    lines = str(error).strip().splitlines()
    why = f"{type(error).__name__}: {lines[-1]}" if lines else type(error).__name__
    return (
        f"no release can be made of it, as {step.__name__}, a step of nbgrader "
        f"generate_assignment, fails ({why}). Mend what it names."
    )


def _plain(config: Mapping[str, Any] | None) -> Config:
    """Return the part of a configuration that these steps take, for classes made without parents.

    ``configure`` may be among what a configuration does, and leaves live classes in it: nothing of
    those is copied here.
    """
    return Config({name: section for name, section in (config or {}).items() if name[:1].isupper()})


def _class_of(step: Any) -> Any:
    if isinstance(step, str):
        from traitlets.utils.importstring import import_item

        return import_item(step)
    return step


def _tests_in(notebook: NotebookNode) -> dict[str, tuple[str, str]]:
    return {
        str(cell.metadata.nbgrader.grade_id): (
            str(cell.source),
            str(cell.metadata.nbgrader.get("checksum", "")),
        )
        for cell in notebook.cells
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)
    }


@contextlib.contextmanager
def _within(course: Path | None) -> Iterator[None]:
    if course is None:
        yield
    else:
        with contextlib.chdir(course):
            yield
