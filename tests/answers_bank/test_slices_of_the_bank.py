"""Slices of the answers of the bank: what is left out, and that nothing comes out differently."""

import functools
from dataclasses import replace
from pathlib import Path

import msgspec
import nbformat
import pytest
from nbformat import NotebookNode

from pawmark import settings
from pawmark.authoring.answers import fill, read_answer, reference_cells
from pawmark.grading import course as courses
from pawmark.grading.intake.choosing import choose
from pawmark.grading.intake.finding import find
from pawmark.grading.intake.release_form import release_of
from pawmark.grading.results.outcomes import ExerciseResult
from pawmark.grading.run import names, proven, slices
from pawmark.grading.run.execution import Execution
from pawmark.grading.run.pipeline import execution, not_attempted_in, part_of
from pawmark.grading.run.run_settings import RunSettings
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.secret import PRACTICE, data_seed, of_checks
from pawmark.grading.session import warm

COURSE = Path(__file__).resolve().parents[2]
ANSWERS = COURSE / "tests" / "answers"
# Of the assignment's own cells, those that a grade needs; 04 with its written answer left out.
NEEDED = {
    "01_three_tasks": ["01-setup"],
    "02_data_loading": ["02-setup"],
    "03_encoder_decoder": ["03-imports", "03-data", "03-prior", "03-training-run", "03-keep"],
    "04_pooling_vs_stride": ["04-setup", "04-decoder"],
    "05_architecture_patterns": ["05-imports"],
    "06_interpreting_convnets": ["06-setup"],
}
WRITTEN = frozenset({"04-recommendation"})


def both_ways() -> list:
    """Return three answers of each assignment, two wrong ones and a right one; one is quick."""
    params = []
    for assignment in NEEDED:
        wrong, right = (
            sorted((ANSWERS / assignment / kind).glob("*.py")) for kind in ("wrong", "right")
        )
        for path in (wrong[0], wrong[len(wrong) // 2], right[0]):
            marks = [] if path == wrong[0] and assignment[:2] == "01" else [pytest.mark.slow]
            name = f"{assignment[:2]}-{path.stem}"
            params.append(pytest.param(assignment, path, id=name, marks=marks))
    return params


@functools.cache
def told(text: str) -> slices.CellNames:
    """Read a cell in this process, once for all answers that share it."""
    return msgspec.convert(names.told(text), slices.CellNames)


@functools.cache
def release(assignment: str) -> NotebookNode:
    """Return what students get."""
    path = COURSE / "source" / assignment / f"{assignment}.ipynb"
    return release_of(path.read_bytes(), COURSE / "build" / "slices")


def filled(assignment: str, answer: Path | None) -> NotebookNode:
    """Return a notebook with the reference's cells, some replaced by those of an answer."""
    path = COURSE / "source" / assignment / f"{assignment}.ipynb"
    cells = reference_cells(nbformat.read(path, as_version=4))
    own = {} if answer is None else read_answer(answer).cells
    return fill(release(assignment), cells | own)


def left_out(assignment: str, answer: Path | None) -> slices.Slice:
    """Return what is left out of it."""
    notebook = filled(assignment, answer)
    shown = proven.proven(COURSE, notebook)
    return part_of(notebook, WRITTEN, COURSE, {}, settings.RUN, shown)


@pytest.mark.parametrize("assignment", NEEDED)
def test_what_the_bank_needs(assignment, monkeypatch):
    """Of the reference only the named cells are run, and hardly an answer of the bank whole."""
    monkeypatch.setattr(slices, "read_names", lambda texts: [told(text) for text in texts])
    part = left_out(assignment, None)
    given = [
        cell.metadata["nbgrader"]["grade_id"]
        for index, cell in enumerate(filled(assignment, None).cells)
        if cell.cell_type == "code" and index not in part.left_out
        if "grade_id" in cell.metadata.get("nbgrader", {})
        if not (cell.metadata["nbgrader"]["solution"] or cell.metadata["nbgrader"]["grade"])
    ]
    assert given == NEEDED[assignment]

    parts = {path: left_out(assignment, path) for path in (ANSWERS / assignment).glob("*/*.py")}
    assert len(parts) > 20
    whole = {path.stem: one.whole for path, one in parts.items() if one.whole}
    assert len(whole) < 0.05 * len(parts), whole
    same = sum(one.left_out == part.left_out for one in parts.values())
    assert same > 0.9 * len(parts)


@pytest.fixture
def data(monkeypatch) -> courses.Data:
    """Give the data of grading, in small sizes, and start every process warm."""
    monkeypatch.setenv("PAWMARK_PROFILE", "quick")
    monkeypatch.setenv("PAWMARK_WARM", "1")
    yield courses.open_data(data_seed(PRACTICE))
    warm.close()


def graded(assignment: str, answer: Path, data: courses.Data, run: str, folder: Path) -> Execution:
    """Run an answer in the sandbox and its checks outside, whole or what a grade needs."""
    folder.mkdir()
    nbformat.write(filled(assignment, answer), folder / f"{assignment}.ipynb")
    repaired = choose(release(assignment), find(folder), f"{assignment}.ipynb")
    # As where the written answer is left as it was handed out: nobody reads what stands above it.
    not_attempted = not_attempted_in(repaired.notebook, repaired) | WRITTEN
    done = execution(
        repaired.notebook,
        not_attempted,
        repaired.beside,
        COURSE,
        data,
        replace(RunSettings.here(), run=run),
        7,
        of_checks(PRACTICE, assignment),
        {},
    )
    done.run()
    return done


def seen(result: ExerciseResult) -> list:
    """Return what a student sees of an exercise, but for tracebacks, which name processes."""
    checks = (replace(check, detail="", picture=None) for check in result.checks)
    return [result.points, *(check for check in checks)]


@pytest.mark.skipif(bubblewrap.available() is not None, reason=str(bubblewrap.available()))
@pytest.mark.parametrize(("assignment", "answer"), both_ways())
def test_both_ways_come_out_the_same(assignment, answer, data, tmp_path):
    """Scores, outcomes and messages of a slice are those of a whole run, and it takes less."""
    part = graded(assignment, answer, data, settings.NEEDED, tmp_path / "part")
    whole = graded(assignment, answer, data, settings.ALL, tmp_path / "whole")

    assert part.left_out
    assert not whole.left_out
    for exercise, result in whole.results.items():
        assert seen(part.results[exercise]) == seen(result)
    assert part.doubts == whole.doubts
    assert part.recording.seconds < whole.recording.seconds
