"""Hand-ins of every kind, graded by one plain ``nbgrader autograde`` in the real sandbox."""

import os
import re
import shutil
from pathlib import Path

import pytest
from hand_ins import FILE, NAME, REASON, SHAPES, Course, Work, cell_of, put, to_bytes
from nbformat.v4 import new_notebook

from pawmark.grading.sandbox import choice
from pawmark.grading.sandbox.scratch import remove

pytestmark = [
    pytest.mark.skipif(choice.refusal() is not None, reason=str(choice.refusal())),
    pytest.mark.timeout(1800),
]

WORK = Work()
# One of each kind, and all whose way through the sandbox differs.
CORE = [
    *(name for name in SHAPES if name.startswith(("exit", "beside"))),
    "name_ipynb_txt",
    "merge_in_the_metadata",
    "locked_answer_on_top",
    "attempts_canvas",
    "written_with_picture",
    "written_below",
    "written_elsewhere",
    "nothing_but_a_pdf",
    "nothing_but_folders",
]


def hand_in_links(course: Course) -> None:
    """Hand in, as one's own, the folder of somebody else."""
    mine = course.root / "submitted" / "link_to_a_folder" / NAME
    mine.parent.mkdir(parents=True)
    mine.symlink_to(Path("..") / ".." / "00_honest" / NAME)
    (course.root / "submitted" / "link_to_a_student").symlink_to("00_honest")


def hand_in_endless_folders(course: Course) -> None:
    """Hand in folders in folders, more than Python may recurse, and no notebook."""
    folder = course.folder("endless_folders")
    (folder / "x.txt").write_text("x")
    here = os.open(folder, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=here)
        there = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(here)


@pytest.fixture(scope="module")
def course(tmp_path_factory, small_pets):
    """Grade one of each kind, and an honest student at either end."""
    course = Course(tmp_path_factory.mktemp("small"), small_pets.root)
    for student in ("00_honest", "zz_honest"):
        put(course.folder(student), WORK.notebook)
    put(course.folder("untouched"), WORK.untouched)
    for name in CORE:
        SHAPES[name][1](course.folder(name), WORK)
    hand_in_links(course)
    hand_in_endless_folders(course)
    put(course.folder("line\nbreak"), WORK.notebook)
    put(course.folder("blank"), new_notebook())
    inside = WORK.notebook
    cell_of(inside, "double")["source"] = "def double(x):\n    exit()\n    return 2 * x"
    put(course.folder("ends_inside_a_function"), inside)
    course.done = course.nbgrader("autograde", NAME)
    yield course
    remove(course.folder("endless_folders"))  # Python's own way to remove folders recurses


@pytest.mark.parametrize("name", CORE)
def test_hand_ins_get_their_points_or_a_person(course, name):
    """Right answers get all points, however they were handed in; else a person is asked."""
    result = SHAPES[name][0]
    points = 0 if result == "unread" else 10
    asked = result != "full" and not name.startswith("written")

    assert course.grades()[name] == (points, asked), course.done.stderr[-3000:]
    assert course.waits(name) or name == "untouched"


def test_others_have_their_grades(course):
    """What was handed in before, between and after costs nobody else a point."""
    grades = course.grades()

    assert grades["00_honest"] == grades["zz_honest"] == (10, False)
    assert grades["untouched"] == (0, False)
    assert not course.waits("untouched")


def test_a_person_is_named_in_the_log_and_the_status_says_so(course):
    """Each that needs a person is in the log with the reason; the command fails at its end."""
    asked = {student for student, (_, asked) in course.grades().items() if asked}
    named = set(re.findall(r"A person must look: (\w+), ", course.done.stderr))

    assert course.done.returncode == 1
    assert named == (asked | {"written_elsewhere"}) - {"blank"}
    assert "it is a PDF document" in course.done.stderr
    assert "Traceback" not in course.done.stderr


def test_a_name_that_nbgrader_cannot_read_costs_nobody_else_a_grade(course):
    """A line break in a folder's name asks a person; those after it are graded all the same."""
    assert course.done.returncode == 1
    assert r"line\nbreak" in course.done.stderr
    assert "Rename the folder" in course.done.stderr


def test_a_blank_notebook_waits_and_is_no_error(course):
    """A notebook without a cell is graded, as nbgrader does; its grade waits for a person."""
    assert course.grades()["blank"] == (0, True)
    assert "Waits for a person: blank" in course.done.stderr
    assert "it is a notebook without a single cell" in course.page("blank")


@pytest.mark.parametrize("student", ["link_to_a_folder", "link_to_a_student", "endless_folders"])
def test_hostile_folders_gain_nothing_and_ask_a_person(course, student):
    """A folder that is a link, and one without end, are one person's affair."""
    assert course.grades()[student] == (0, True)


def test_the_page_of_what_cannot_be_read_tells_the_true_reason(course):
    """The student reads why, and not that nothing was attempted."""
    page = course.page("nothing_but_a_pdf")

    assert "it is a PDF document" in page
    assert "could not be read" in page
    assert "not attempted" not in page


def test_the_page_names_the_file_that_was_graded(course):
    """Of several attempts, the page says which one was graded, and which was not."""
    page = course.page("attempts_canvas")

    assert f"Graded was the file <code>doe_1_3_{NAME}-1.ipynb</code>" in page
    assert "and not graded" in page
    assert f"doe_1_2_{FILE}" in page


def test_the_page_shows_a_pasted_picture(course):
    """A picture that was pasted into a written answer is on the page."""
    page = course.page("written_with_picture")

    assert "data:image/png;base64,iVBOR" in page
    assert "café" in page


def test_the_cell_that_ended_the_process_is_named(course):
    """The page names the cell that ended the process, and blames no exercise."""
    outcomes = [
        check["outcome"]
        for exercise in course.record("exit_alone")["exercises"]
        for check in exercise["checks"]
    ]

    assert outcomes == ["passed", "passed"]
    assert any("'exit()'" in line for line in course.record("exit_alone")["repairs"])


def test_a_function_that_ends_the_process_costs_its_own_exercise(course):
    """exit() inside a function is noticed when it is called, not by the next question."""
    outcomes = {
        exercise["exercise"]: exercise["checks"][0]["outcome"]
        for exercise in course.record("ends_inside_a_function")["exercises"]
    }

    assert outcomes == {"01-double": "crashed", "01-treble": "passed"}


def test_names_of_libraries_are_said(course):
    """Files that would hide a library are left out, and the student reads it."""
    lines = "\n".join(course.record("beside_shadow")["repairs"])

    assert "'numpy.py'" in lines
    assert "'random.py'" in lines
    assert "the name" not in "\n".join(course.record("beside_module")["repairs"])


def test_a_file_beside_the_notebook_makes_it_another_submission(course):
    """An edited helper runs anew: what was kept of the run with the old one does not count."""
    folder = course.folder("beside_module")
    kept = course.record("beside_module")["recording"]
    put(folder, b"def times(x):\n    return 4 * x\n", "helpers.py")
    course.nbgrader("autograde", NAME, "--student", "beside_module", "--force")

    assert course.record("beside_module")["recording"] != kept
    assert course.grades()["beside_module"][0] == 5
    SHAPES["beside_module"][1](folder, WORK)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"PAWMARK_WARM": "1"}, id="warm"),
        pytest.param({"PAWMARK_WARM": "0"}, id="cold"),
        pytest.param({"PAWMARK_SANDBOX": "landlock"}, id="landlock"),
    ],
)
def test_files_lie_beside_the_notebook_in_every_sandbox(course, settings):
    """Read-only copies, however the process was started."""
    done = course.nbgrader(
        "autograde", NAME, "--student", "beside_data", "--force", PAWMARK_FRESH="1", **settings
    )
    if "cannot be confined" in done.stderr or "Landlock is at version" in done.stderr:
        pytest.skip("Landlock is not to be had here")

    assert done.returncode == 0, done.stderr
    assert course.grades()["beside_data"] == (10, False)


@pytest.mark.slow
def test_every_fourth_hand_in_of_these_kinds_costs_nobody_else_a_point(tmp_path, small_pets):
    """All shapes and hostile folders among honest students, who have the grades of a quiet run."""
    quiet = Course(tmp_path / "quiet", small_pets.root)
    honest = {}
    for number in range(3 * len(SHAPES)):
        notebook = [WORK.notebook, WORK.wrong, WORK.untouched][number % 3]
        cell_of(notebook, "space")["source"] = f"# {number % 7}"
        honest[f"{number // 3:03}_{number % 3}"] = to_bytes(notebook)
    for student, data in honest.items():
        put(quiet.folder(student), data)
    shutil.copytree(quiet.root, tmp_path / "loud")
    loud = Course.__new__(Course)
    loud.root, loud.data = tmp_path / "loud", quiet.data
    names = {f"{place:03}_x_{name}": name for place, name in enumerate(SHAPES)}
    for student, name in names.items():
        SHAPES[name][1](loud.folder(student), WORK)
    put(loud.folder("00_honest"), WORK.notebook)
    hand_in_links(loud)
    hand_in_endless_folders(loud)
    assert quiet.nbgrader("autograde", NAME).returncode == 0
    loud.nbgrader("autograde", NAME)
    remove(loud.folder("endless_folders"))
    grades = loud.grades()

    assert {student: grades[student] for student in honest} == quiet.grades()
    for student, name in names.items():
        result = SHAPES[name][0]
        asked = result != "full" and not name.startswith("written")
        assert grades[student] == (0 if result == "unread" else 10, asked), name
    assert REASON
