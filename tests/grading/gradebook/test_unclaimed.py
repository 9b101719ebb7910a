"""What lies among the hand-ins and is nobody's: a line says where, why, and how to mend it."""

import os
import sqlite3

import nbformat
import pytest
from hand_ins import FILE, NAME, Work, put, source_notebook
from made_records import make_record
from nbgrader.api import Gradebook
from rich.console import Console

from pawmark.errors import CourseError
from pawmark.grading.batch import grade_class
from pawmark.grading.gradebook.unclaimed import MAX_LISTED, unclaimed
from pawmark.grading.results import record

WORK = Work()


@pytest.fixture
def course(tmp_path):
    """Give a course in which one student handed in as it should be."""
    folder = tmp_path / "source" / NAME
    folder.mkdir(parents=True)
    nbformat.write(source_notebook(), folder / FILE)
    put(tmp_path / "submitted" / "anna" / NAME, WORK.notebook)
    return tmp_path


def lines(course):
    """Return what a person is told."""
    return [str(one) for one in unclaimed(course, [NAME])]


def test_a_class_that_handed_in_as_usual_troubles_nobody(course):
    """What systems leave, folders without files and an instructor's notes are no hand-ins."""
    submitted = course / "submitted"
    for name in (".DS_Store", "anna/.ipynb_checkpoints/x.ipynb", "anna/Thumbs.db", "README.md"):
        put(submitted, b"x", name)
    (submitted / "ben" / "01_Small").mkdir(parents=True)
    (submitted / "ben" / NAME).mkdir()

    assert lines(course) == []


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Submitted/ben/01_small/01_small.ipynb", "Submitted: not graded: hand-ins are looked for"),
        ("submitted/ben/01_Small/a.ipynb", "If that is meant, rename the folder to 01_small"),
        ("submitted/ben/01-small/a.ipynb", "If that is meant, rename the folder to 01_small"),
        ("submitted/ben/homework/a.ipynb", "a notebook of 01_small lies in it. If that is meant"),
        ("submitted/anna/01_SMALL/a.ipynb", "01_small/ lies beside it: move into it what counts"),
        ("submitted/ben/mine.ipynb", "It is of 01_small. Move it to submitted/ben/01_small/"),
        ("submitted/ben.ipynb", "It is of 01_small. Move it to submitted/STUDENT/01_small/"),
        ("submitted/01_small/ben/a.ipynb", "submitted/01_small/ben: not graded: no assignment"),
    ],
)
def test_nothing_handed_in_is_passed_over(course, place, said):
    """Whatever lies where nobody looks is named, with what to do about it."""
    put(course, WORK.notebook, place)
    [line] = lines(course)

    assert said in line
    assert line.startswith(("submitted/", "Submitted"))


def test_what_cannot_be_read_is_named_as_well(course):
    """A photograph, a link and an archive beside the folders are somebody's hand-in too."""
    put(course / "submitted" / "ben", b"\xff\xd8\xff", "sheet.jpg")
    put(course / "submitted", b"PK\x03\x04", "class.zip")
    (course / "submitted" / "cleo").symlink_to("/")
    found = lines(course)

    assert len(found) == 3
    assert "Move it to submitted/ben/ASSIGNMENT/" in found[0]
    assert "Move it to submitted/STUDENT/ASSIGNMENT/" in found[1]
    assert "links are not followed" in found[2]


@pytest.mark.parametrize("name", [b"an\xffna", b"line\nbreak"])
def test_a_name_that_no_gradebook_holds_asks_a_person(course, name):
    """A folder that is not called in UTF-8, or in two lines, is named."""
    put(course / "submitted" / os.fsdecode(name) / NAME, WORK.notebook)
    [line] = lines(course)

    assert "Rename the folder" in line
    assert grade_class.submitted(course, NAME) == ["anna"]


def test_one_student_under_two_names_asks_a_person(course):
    """Folders that differ in capitals, and one whose student of the class list has no work."""
    put(course / "submitted" / "Anna" / NAME, WORK.notebook)
    put(course / "submitted" / "BEN" / NAME, WORK.notebook)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.add_student("ben")
    told = {line.split(":")[0]: line for line in lines(course)}

    assert told.keys() == {"submitted/Anna", "submitted/anna", "submitted/BEN"}
    assert "and ben is called so too, but for capitals" in told["submitted/BEN"]


def test_a_gradebook_that_is_none_stops_nothing(course):
    """What is wrong with the gradebook is said elsewhere."""
    (course / "gradebook.db").write_bytes(b"no gradebook" * 100)
    with pytest.raises(sqlite3.Error):
        sqlite3.connect(course / "gradebook.db").execute("select * from student")

    assert lines(course) == []


def test_other_assignments_are_left_to_their_own_grading(course):
    """Of another assignment is spoken when that one is graded, or when all is looked at."""
    other = course / "source" / "02_other"
    other.mkdir()
    nbformat.write(nbformat.v4.new_notebook(), other / "02_other.ipynb")
    put(course / "submitted" / "ben" / "02_Other", WORK.notebook)

    assert lines(course) == []
    assert len(unclaimed(course)) == len(unclaimed(course, ["02_other"])) == 1


def test_a_whole_tree_in_the_wrong_place_is_listed_in_part(course):
    """A thousand files in the wrong place make no thousand lines."""
    for number in range(200):
        put(course / "submitted", b"x", f"{number}.txt")

    assert len(lines(course)) == MAX_LISTED + 1
    assert "150 more" in lines(course)[-1]


def test_pawmark_grade_says_it_and_its_status_does(course, capsys):
    """Also where all others are graded already, and where nobody handed in as usual."""
    put(course / "submitted" / "ben" / "01_Small", WORK.notebook)
    path = record.path_of(course, "anna", NAME)
    path.parent.mkdir(parents=True)
    path.write_bytes(make_record("anna", NAME).to_bytes())

    assert grade_class.grade(course, NAME, Console(width=400)) == 1
    assert "A person must look: submitted/ben/01_Small: not graded" in capsys.readouterr().out
    put(course / "submitted" / "cleo" / "02_Other", WORK.notebook)
    with pytest.raises(CourseError, match="A person must look: submitted/cleo/02_Other"):
        grade_class.submitted(course, "02_other")
