"""A mistake in a course's plugin is one readable message, before anything is graded."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pawmark.authoring.doctor.consistency import configuration
from pawmark.doctor.finding import Status
from pawmark.errors import CourseError, DataError
from pawmark.grading import course as courses
from pawmark.grading.course import CoursePlugin, NoData, PlainCourse
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.session import warm

COURSE = Path(__file__).parent / "arithmetic"
PLUGINS = """
from pawmark.errors import DataError
from pawmark.grading.course import PlainCourse


class Bare:
    course_id = "bare"


class Raising(PlainCourse):
    def limits(self):
        return 1 / 0


class Typo(PlainCourse):
    inside = "arithmetic_inside"


class Dataless(PlainCourse):
    def open_data(self, seed):
        raise DataError("The numbers are not here. Fetch them.")


class Lost(PlainCourse):
    def open_data(self, seed):
        return undefined


class Elsewhere(PlainCourse):
    inside = ("nowhere_to_be_found",)


bare, raising, typo, fine = Bare(), Raising(), Typo(), PlainCourse("fine")
dataless, lost, elsewhere = Dataless(), Lost(), Elsewhere()
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give a folder with a module of plugins; afterwards this process has its own plugin again."""
    (tmp_path / "odd_plugins.py").write_text(PLUGINS)
    (tmp_path / "broken_plugins.py").write_text("import no_such_thing\n")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delenv(courses.VARIABLE, raising=False)
    with courses.using(courses.plugin()):
        yield tmp_path
    for name in ("odd_plugins", "broken_plugins"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nonsense", "a module and an object in it are expected, as MODULE:OBJECT"),
        ("nowhere_at_all:course", "no module 'nowhere_at_all' is installed, nor is it in "),
        ("odd_plugins:absent", "odd_plugins has no 'absent'"),
        ("broken_plugins:course", "broken_plugins cannot be imported (No module named"),
        ("odd_plugins:bare", "lacks operations, inside, libraries, left_out, exhibits, open_data"),
        ("odd_plugins:raising", "limits() raised ZeroDivisionError: division by zero"),
        ("odd_plugins:elsewhere", "'nowhere_to_be_found' for the sandbox"),
        ("odd_plugins:typo", "inside is 'arithmetic_inside', and a tuple is expected"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(folder, name, told):
    """The message names the plugin and its mistake, whichever it is."""
    with pytest.raises(CourseError) as refusal:
        courses.use(name, folder)

    assert told in str(refusal.value)
    assert repr(name)[1:-1] in str(refusal.value)


def test_a_member_that_raises_later_is_named_too(folder):
    """What a member raises when it is asked becomes a message; one for people stays as it is."""
    courses.use("odd_plugins:lost", folder)
    with pytest.raises(CourseError, match=r"open_data\(\) raised NameError"):
        courses.open_data(1)

    courses.use("odd_plugins:dataless", folder)
    with pytest.raises(DataError, match=r"^The numbers are not here. Fetch them.$"):
        courses.open_data(1)


def test_the_configuration_names_it_and_the_environment_wins(folder, monkeypatch):
    """``c.Pawmark.plugin`` is read wherever a command begins; ``PAWMARK_PLUGIN`` is above it."""
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.Pawmark.plugin = 'odd_plugins:fine'\n"
    )
    assert courses.use_of(folder).course_id == "fine"
    assert courses.name() == "odd_plugins:fine"

    monkeypatch.setenv(courses.VARIABLE, courses.PLAIN)
    assert courses.use_of(folder).course_id == ""

    monkeypatch.delenv(courses.VARIABLE)
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    assert courses.use_of(folder).course_id == ""
    (folder / "grader_tests").mkdir()
    assert courses.use_of(folder).course_id == "pawmark"


def test_modules_of_the_course_stay_importable(folder):
    """What a configuration could import while it was read, grading can import afterwards."""
    (folder / "of_the_sandbox.py").write_text("OPERATIONS = {}\n")
    (folder / "odd_plugins.py").write_text(PLUGINS + "\n\nfine.operations = ('of_the_sandbox',)\n")
    sys.path.insert(0, str(folder))  # as it is while nbgrader_config.py is run
    courses.use("odd_plugins:fine", folder / "elsewhere")
    sys.path.remove(str(folder))

    courses.use("odd_plugins:fine", folder)

    assert courses.places_inside() == [folder / "of_the_sandbox.py"]


def test_the_doctor_says_it_too(folder):
    """Who asks the doctor reads the same message before anybody has handed in."""
    text = (COURSE / "nbgrader_config.py").read_text()
    (folder / "nbgrader_config.py").write_text(
        text.replace("arithmetic_course:course", "odd_plugins:raising")
    )

    found = configuration(folder)

    assert found.status is Status.MEND
    assert "limits() raised ZeroDivisionError" in found.says


def test_a_course_that_gives_nothing(folder):
    """A course without data and members of its own has what the engine asks for."""
    courses.use(courses.PLAIN)

    assert isinstance(courses.open_data(1), NoData)
    assert courses.find(courses.describe(courses.open_data(1))) == NoData()
    assert set(bubblewrap.environment("/home/student", None)) <= {
        "HOME", "USER", "LOGNAME", "PATH", "LANG", "PYTHONDONTWRITEBYTECODE",
        "CUDA_VISIBLE_DEVICES", "PYTHONPATH",
    }  # fmt: skip
    loaded = warm.libraries_for(["import keras"])
    assert not [name for name in loaded if re.search("keras|matplotlib|pets", name)]
    assert isinstance(PlainCourse("x"), CoursePlugin)


def nbgrader(course, *arguments):
    """Run nbgrader as an instructor does, in a course."""
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env=os.environ
        | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nowhere_at_all:course", "no module 'nowhere_at_all' is installed"),
        ("odd_plugins:lost", "open_data() raised NameError"),
    ],
)
def test_autograde_refuses(tmp_path, name, told):
    """Plain nbgrader says it once, without a traceback, and grades nothing, sandboxed or not."""
    course = Path(shutil.copytree(COURSE, tmp_path / "course"))
    (course / "odd_plugins.py").write_text(PLUGINS)
    handed_in = course / "submitted" / "ann" / "01_sums"
    shutil.copytree(course / "source" / "01_sums", handed_in)
    assert nbgrader(course, "generate_assignment", "01_sums", "--force").returncode == 0
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text().replace("arithmetic_course:course", name))

    done = nbgrader(course, "autograde", "01_sums", "--create")

    assert done.returncode != 0
    assert done.stderr.count(told) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert not list(course.glob("autograded/*/*/*"))
