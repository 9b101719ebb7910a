"""A new assignment passes, as it is, what the six assignments of the course pass."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import test_answer_bank
import test_notebooks

from pawmark.authoring.answers import read_answer
from pawmark.authoring.bank import complaints, specification_of
from pawmark.authoring.doctor import Status, consistency
from pawmark.authoring.scaffold import scaffold
from pawmark.errors import CourseError
from pawmark.grading.checks.proving import prove
from pawmark.grading.course_folder import find_assignment

ROOT = Path(__file__).resolve().parents[2]
NAME = "07_share_of_pet"
RULES = [
    test_notebooks.test_points_in_the_text_are_those_of_the_checks,
    test_notebooks.test_every_exercise_has_minutes_and_difficulty,
    test_notebooks.test_opening_says_what_for_and_how_long,
    test_notebooks.test_there_is_thinking_hints_and_a_stretch,
    test_notebooks.test_ids_are_readable_and_belong_to_the_assignment,
    test_notebooks.test_every_answer_has_its_check_and_the_rest_is_locked,
    test_notebooks.test_pictures_in_the_text_have_an_alternative,
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Give a course with one assignment of the kit and a new one."""
    folder = tmp_path_factory.mktemp("course")
    for part in ("source/01_three_tasks", "grader_tests", "scripts"):
        ignored = shutil.ignore_patterns("__pycache__", "0[2-6]_*")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    for file in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / file, folder / file)
    (folder / "src").symlink_to(ROOT / "src")  # the linter tells the package from others by it
    scaffold(folder, NAME)
    return folder


@pytest.fixture
def notebook(course):
    """Give the new source notebook."""
    return nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", as_version=4)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_new_notebook_passes_the_quality_gate(notebook, rule):
    """Points, times, hints, names and locks of a new notebook are as those of the six."""
    rule(notebook)


def test_new_assignment_is_clean(course):
    """The check of source notebooks and the linter find nothing in a new assignment."""
    script = course / "scripts" / "check_notebooks.py"
    checked = subprocess.run(
        [sys.executable, script, course / "source"], capture_output=True, text=True, check=False
    )
    linted = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "source", "grader_tests", "tests"],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "2 notebooks checked, 0 problems" in checked.stdout
    assert linted.returncode == 0, linted.stdout


@pytest.mark.usefixtures("own_cache", "small_pets")
def test_answers_of_a_new_assignment_are_judged_right(course, monkeypatch, small_pets):
    """Its wrong answers are named as they say, and its right one gets everything."""
    monkeypatch.setattr(test_answer_bank, "COURSE", course)
    monkeypatch.setenv("PAWMARK_DATA", str(small_pets.root))
    paths = sorted((course / "tests" / "answers" / NAME).glob("*/*.py"))
    assert {path.parent.name for path in paths} == {"right", "wrong"}

    for path in paths:
        with test_answer_bank.answered(path) as answer:
            (result,) = test_answer_bank.grade(*answer)
        if path.parent.name == "right":
            assert result.points == result.max_points
        else:
            assert list(complaints(read_answer(path), result)) == [], path.name


def test_the_specification_of_a_new_assignment_is_sound(course):
    """Its variants are told apart, keep what their severity says, and constants get nothing."""
    assert prove(specification_of(course, "07-pet-share"), seeds=range(3)) == []


def test_the_doctor_finds_a_new_assignment_sound(course):
    """Checks and points of a new assignment fit; only its release is still to be made."""
    wanting = [f for f in consistency.examine(course) if f.status is Status.MEND]

    assert [finding.topic for finding in wanting] == ["release"]
    assert f"{NAME}: not released" in wanting[0].says


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sharpness", "cannot be the name"),
        ("08_Sharp", "cannot be the name"),
        ("../08_sharp", "cannot be the name"),
        ("01_sharpness", "08_sharpness is free"),
    ],
)
def test_names_that_cannot_be_are_refused(course, name, message):
    """A name that is no name, or a number that is taken, is refused with one that would do."""
    with pytest.raises(CourseError, match=message):
        scaffold(course, name)


def test_nothing_is_overwritten(course):
    """Where one of the files is there already, nothing is written at all."""
    checks = course / "grader_tests" / "09_later" / "test_09_pet_share.py"
    checks.parent.mkdir()
    checks.write_text("# mine\n")

    with pytest.raises(CourseError, match="is there already"):
        scaffold(course, "09_later")

    assert checks.read_text() == "# mine\n"
    assert not (course / "source" / "09_later").exists()
    assert not list(course.glob(".new-*"))
    shutil.rmtree(checks.parent)


def test_a_number_with_checks_of_another_name_is_taken(course):
    """Checks are found by the number alone, so two folders of one number may not come about."""
    (course / "grader_tests" / "09_later").mkdir()

    with pytest.raises(CourseError, match="09 is taken by 09_later"):
        scaffold(course, "09_sooner")

    (course / "grader_tests" / "09_later").rmdir()


def test_a_new_assignment_is_found_by_its_number(course):
    """The commands know a new assignment at once."""
    assert find_assignment(course, "7") == NAME
