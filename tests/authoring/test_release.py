"""The release: what the source generates, and nothing that students should not see."""

import shutil
from pathlib import Path

import nbformat
import pytest

from pawmark.authoring.answers import is_solution
from pawmark.grading.course_folder import assignments, copy_course, generate
from pawmark.grading.results.outcomes import Outcome

ROOT = Path(__file__).resolve().parents[2]
NAMES = assignments(ROOT)
OTHER_OUTCOMES = set(Outcome) - {Outcome.PASSED}


def read(folder, assignment):
    """Read a notebook of the course."""
    return nbformat.read(ROOT / folder / assignment / f"{assignment}.ipynb", as_version=4)


def regions(notebook, what):
    """Return the non-empty lines between BEGIN and END of a kind of region, stripped."""
    found = []
    for cell in notebook.cells:
        inside = False
        for line in map(str.strip, cell.source.splitlines()):
            if line in (f"### BEGIN {what}", f"### END {what}"):
                inside = line == f"### BEGIN {what}"
            elif inside and line:
                found.append(line)
    return found


@pytest.mark.parametrize("assignment", NAMES)
def test_release_is_what_the_source_generates(assignment, tmp_path):
    """Generating the release again changes no byte, and leaves what was trained behind."""
    course = copy_course(ROOT, tmp_path / "a course", [assignment])
    (course / "source" / assignment / "model.keras").write_bytes(b"stray")
    (course / "source" / assignment / "trained").mkdir()
    (course / "source" / assignment / "trained" / "history.json").write_text("{}")

    made = generate(course, assignment, "generate_assignment", "release")

    files = {path.relative_to(made): path.read_bytes() for path in made.rglob("*.*")}
    kept = ROOT / "release" / assignment
    assert files == {path.relative_to(kept): path.read_bytes() for path in kept.rglob("*.*")}
    shutil.rmtree(made)


@pytest.mark.parametrize("assignment", NAMES)
def test_release_holds_no_hidden_line(assignment):
    """No line of a hidden region is released, nor any delimiter, nor a call of the checks."""
    text = "\n".join(cell.source for cell in read("release", assignment).cells)
    lines = {line.strip() for line in text.splitlines()}

    hidden = regions(read("source", assignment), "HIDDEN TESTS")
    assert hidden
    assert not lines & set(hidden)
    assert not any(
        word in text for word in ("### BEGIN", "### END", "run_checks", "pawmark.checks")
    )


@pytest.mark.parametrize("assignment", NAMES)
def test_release_holds_no_solution(assignment):
    """Every solution cell keeps its head and raises NotImplementedError; no solution line stays."""
    solution = set(regions(read("source", assignment), "SOLUTION"))
    cells = [cell.source for cell in read("release", assignment).cells if is_solution(cell)]

    assert solution
    assert cells
    for source in cells:
        assert source.startswith("def ")
        assert "raise NotImplementedError()" in source
        assert not {line.strip() for line in source.splitlines()} & solution


@pytest.mark.parametrize("assignment", NAMES)
def test_release_has_no_outputs(assignment):
    """No code cell of the release carries an output or an execution count."""
    for cell in read("release", assignment).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("assignment", NAMES)
def test_solution_is_the_source_run_without_a_fault(assignment):
    """Solutions hold the source's cells, outputs without an error, and checks that all pass."""
    source, solution = read("source", assignment), read("solutions", assignment)

    assert [cell.source for cell in solution.cells] == [cell.source for cell in source.cells]
    outputs = [output for cell in solution.cells for output in cell.get("outputs", [])]
    assert all(output.output_type != "error" for output in outputs)
    texts = [output.get("data", {}).get("text/plain", "") for output in outputs]
    tables = [text for text in texts if "[passed]" in text]
    assert len(tables) == sum("run_checks" in cell.source for cell in source.cells)
    assert not any(f"[{outcome}]" in text for text in tables for outcome in OTHER_OUTCOMES)
