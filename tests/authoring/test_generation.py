"""Release and solutions are written again only where something changed, and then as ever."""

import shutil

import pytest
from attack_course import NAME, REPO, source_notebook
from nbformat import write

from pawmark.authoring.generating import causes_of, refresh
from pawmark.grading.course_folder import generate

OTHER = "98_other"
RELEASE = ("generate_assignment", "release")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Give a course of two assignments."""
    course = tmp_path_factory.mktemp("a course")
    for name in (NAME, OTHER):
        (course / "source" / name).mkdir(parents=True)
        path = course / "source" / name / f"{name}.ipynb"
        write(source_notebook(), path)
        path.write_text(path.read_text().replace('"99-', f'"{name[:2]}-'))
    for name in (NAME, OTHER):
        (course / "grader_tests" / name).mkdir(parents=True)
        (course / "grader_tests" / name / f"test_{name[:2]}_mean.py").touch()
    shutil.copy(REPO / "nbgrader_config.py", course)
    return course


def written(course, subcommand="generate_assignment", target="release", **options):
    """Refresh and return the names of what was written."""
    made = refresh(course, [NAME, OTHER], subcommand, target, **options)
    return {one.folder.name for one in made if one.written}


def test_only_what_changed_is_written(course):
    """Source, result and configuration decide; a stray model does not; the bytes are the same."""
    assert written(course) == {NAME, OTHER}
    files = {path: path.read_bytes() for path in (course / "release").rglob("*.*")}
    assert written(course) == set()
    (course / "source" / NAME / "model.keras").write_bytes(b"stray")
    (course / "source" / OTHER / "notes.txt").write_text("new")
    made = course / "release" / NAME / f"{NAME}.ipynb"
    before = made.stat().st_mtime_ns
    assert written(course) == {OTHER}
    assert made.stat().st_mtime_ns == before
    assert (course / "release" / OTHER / "notes.txt").read_text() == "new"
    made.write_bytes(b"edited by hand")
    assert written(course) == {NAME}

    (course / "source" / OTHER / "notes.txt").unlink()
    generate(course, OTHER, *RELEASE)
    assert {path: path.read_bytes() for path in (course / "release").rglob("*.*")} == files


def test_solutions_depend_on_checks_and_profile(course, monkeypatch, small_pets):
    """Mended checks and another profile ask for a new solution; checks of others do not.

    What stands beside the exercises' files belongs to the assignment, and what stands beside the
    folders to all.
    """
    monkeypatch.setenv("PAWMARK_DATA", str(small_pets.root))
    solution = "generate_solution"
    before = causes_of(course, NAME, solution), causes_of(course, OTHER, solution)
    for own in (f"test_{NAME[:2]}_mean.py", "replies.py"):
        (course / "grader_tests" / NAME / own).write_text("# mended\n")
        after = causes_of(course, NAME, solution), causes_of(course, OTHER, solution)
        assert (before[0] == after[0], before[1] == after[1]) == (False, True)
        before = after
    (course / "grader_tests" / "conftest.py").write_text("# for all\n")
    after = causes_of(course, NAME, solution), causes_of(course, OTHER, solution)
    assert (before[0] == after[0], before[1] == after[1]) == (False, False)
    monkeypatch.setenv("PAWMARK_PROFILE", "gpu")
    assert causes_of(course, NAME, solution) != after[0]
