"""What a course sets in its nbgrader_config.py: refused, heard everywhere, and left alone."""

import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from attack_course import HONEST, NAME, Course
from traitlets.config import Config
from traitlets.log import get_logger

from pawmark import settings
from pawmark.errors import CourseError, SettingsError
from pawmark.grading.batch.dask import worker
from pawmark.grading.course_folder import find_course
from pawmark.grading.gradebook import course_settings
from pawmark.grading.plugin import configure

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = {
    "pawmark": "from pawmark.cli import main; main()",
    "nbgrader": "from nbgrader.apps.nbgraderapp import main; main()",
}
BEGIN = "from pawmark.grading.plugin import configure\nc = get_config()\nconfigure(c)\n"


@pytest.fixture(autouse=True)
def clean():
    """Take back what a test adopts."""
    yield
    settings.adopt({}, Path())


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory, small_pets):
    """Give a small course with one submission."""
    course = Course(tmp_path_factory.mktemp("settings"), small_pets.root)
    course.build()
    course.hand_in("anna", HONEST)
    return course


@pytest.fixture
def course(handed_in, tmp_path, monkeypatch):
    """Give a copy of the course, to grade in, and an environment in which only its data is set."""
    for name in [name for name in os.environ if name.startswith(settings.PREFIX)]:
        monkeypatch.delenv(name)
    for name in ("HOME", "PAWMARK_DATA", "PYTHONPATH"):
        monkeypatch.setenv(name, handed_in.environment[name])
    return Path(shutil.copytree(handed_in.root, tmp_path / "course"))


def run(course, program, *arguments, **environment):
    """Run pawmark or nbgrader in a course, and return how it ended."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAMS[program], *arguments],
        cwd=course,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    "command",
    [
        ("nbgrader", "autograde", NAME),
        ("pawmark", "grade", NAME),
        ("pawmark", "regrade", NAME),
        ("pawmark", "doctor"),
    ],
    ids=lambda command: "-".join(command[:2]),
)
def test_wrong_settings_are_refused(course, command):
    """Every command that grades names all that is wrong, without a traceback, and runs nothing."""
    (course / "nbgrader_config.py").write_text(BEGIN + "c.Pawmark.cell_timeout = 'long'\n")
    if "regrade" in command:
        shutil.copytree(course / "submitted", course / "autograded")
        (course / "autograded" / "anna" / NAME / f"{NAME}.record.json").write_text("{}")
    done = run(course, *command, PAWMARK_MEMORY_GB="lots", PAWMARK_SEED="abc")
    said = done.stdout + done.stderr

    assert done.returncode != 0
    for words in (
        "PAWMARK_MEMORY_GB is 'lots': gigabytes are wanted",
        "PAWMARK_SEED is 'abc': a whole number is wanted",
        "c.Pawmark.cell_timeout in nbgrader_config.py is 'long': seconds are wanted",
    ):
        assert words in said
    assert "Traceback" not in said
    assert not (course / ".pawmark" / "records").exists()


def test_wrong_settings_of_a_cluster_worker(monkeypatch):
    """A worker of a cluster refuses with the name of what is wrong on its machine."""
    monkeypatch.setenv("PAWMARK_GRADEBOOK_WAIT", "abc")
    done = worker.run(b"{}", b"{}", b"", {})

    assert "PAWMARK_GRADEBOOK_WAIT is 'abc': seconds are wanted" in done.refused


def test_settings_of_a_course_reach_its_workers(course):
    """What stands in nbgrader_config.py holds for the workers, and for nbgrader after them."""
    (course / "nbgrader_config.py").write_text(
        BEGIN + "c.Pawmark.sandbox = 'none'\nc.Pawmark.memory_gb = 3\nc.Pawmark.memori = 3\n"
    )
    done = run(course, "pawmark", "grade", NAME, "--workers", "1", PAWMARK_SUBMISSION_TIMOUT="9")
    record = json.loads((course / "autograded" / "anna" / NAME / f"{NAME}.record.json").read_text())
    recordings = list((course / ".pawmark" / "records").glob("*.jsonl"))
    log = (course / ".pawmark" / "logs" / f"autograde-{NAME}.log").read_text()
    after = run(course, "nbgrader", "autograde", NAME, "--force").stderr

    assert done.returncode == 0, done.stdout + done.stderr
    assert record["sandbox"] == "none"
    assert len(recordings) == 1
    assert log == "Written: anna\n"
    assert "warning: c.Pawmark.memori is no setting of Pawmark" in done.stderr
    assert "warning: PAWMARK_SUBMISSION_TIMOUT is no setting of Pawmark" in done.stderr
    assert "Unchanged since it was last run" in after  # same limits, same sandbox, same key
    assert after.count("c.Pawmark.memori is no setting of Pawmark") == 1
    assert "Did you mean c.Pawmark.memory_gb?" in after


def test_doctor_lists_settings_and_slips(course):
    """The doctor says what is set, by whom it may be, and what only looks like a setting."""
    (course / "nbgrader_config.py").write_text(BEGIN + "c.Pawmark.memory_gb = 3\n")
    good = run(course, "pawmark", "doctor").stdout
    slip = run(course, "pawmark", "doctor", PAWMARK_MEMRY_GB="3")

    assert any("settings" in line and "PAWMARK_MEMORY_GB" in line for line in good.splitlines())
    assert "PAWMARK_MEMRY_GB is no setting of Pawmark" in slip.stdout
    assert "Did you mean PAWMARK_MEMORY_GB?" in slip.stdout
    assert slip.returncode == 1


def test_configuration_that_fails_is_named(tmp_path):
    """An error in nbgrader_config.py is one message with its file, not a traceback."""
    (tmp_path / "nbgrader_config.py").write_text("c.Pawmark.memory_gb = 1 / 0\n")

    with pytest.raises(CourseError, match=r"nbgrader_config\.py cannot be used: ZeroDivisionError"):
        course_settings.load(tmp_path)


def test_reading_a_configuration_leaves_logging_alone(tmp_path):
    """A handler of another library, and its stream, are as open after the reading as before."""
    (tmp_path / "nbgrader_config.py").write_text("c.Pawmark.memory_gb = 5\n")
    (tmp_path / "nbgrader_config.json").write_text('{"Pawmark": {"cpus": 1}}')
    code = (
        "import io, logging, sys; from pathlib import Path\n"
        "class Closing(logging.StreamHandler):\n"
        "    def close(self):\n"
        "        self.stream.close()\n"
        "handler = Closing(io.StringIO()); logging.getLogger('a library').addHandler(handler)\n"
        "from pawmark.grading.gradebook import course_settings\n"
        "given = course_settings.given(course_settings.load(Path(sys.argv[1])))\n"
        "print(given, handler.stream.closed)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert done.stdout.strip() == "{'memory_gb': 5, 'cpus': 1} False", done.stderr


def test_configuration_may_import_what_lies_beside_it(tmp_path):
    """As under nbgrader, a course's configuration imports modules of the course."""
    (tmp_path / "sizes_of_this_course.py").write_text("MEMORY = 5\n")
    (tmp_path / "nbgrader_config.py").write_text(
        "from sizes_of_this_course import MEMORY\nc.Pawmark.memory_gb = MEMORY\n"
    )
    before = list(sys.path)

    assert course_settings.given(course_settings.load(tmp_path)) == {"memory_gb": 5}
    assert sys.path == before


def test_values_that_are_only_looked_at(monkeypatch):
    """Reading a setting in the configuration sets nothing; adding to a list does."""
    config = Config()
    assert not config.Pawmark.get("memory_gb")
    config.Pawmark.mirrors.append("http://a")

    assert course_settings.given(config) == {"mirrors": ["http://a"]}


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ({}, None),
        ({"timeout": 2}, 2.0),
        ({"timeout": "3"}, 3.0),
        ({"timeout": None}, 86400.0),
        ({"timeout": -1}, 86400.0),
    ],
)
def test_the_time_that_a_course_gives_a_cell_holds(said, limit):
    """``c.Execute.timeout``, nbgrader's own setting, unless Pawmark's says something else."""
    config = Config()
    configure(config)
    config.Execute.update(said)
    assert course_settings.given(config).get("cell_timeout") == limit

    config.Pawmark.cell_timeout = 7
    assert course_settings.given(config)["cell_timeout"] == 7


def test_configure_leaves_what_was_set_before(caplog, monkeypatch):
    """What the course set before the call stays, is named in the log, and the rest is added."""
    monkeypatch.setattr("pawmark.grading.gradebook.config.said", set())  # by tests before it
    config = Config()
    config.CourseDirectory.course_id = "vision101"
    config.CourseDirectory.ignore = ["*.bak"]
    config.GenerateFeedback.preprocessors = ["mine"]
    config.Autograde.exporter_class = "theirs"
    log = get_logger()  # nbgrader's own, if a test before has started an application
    log.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.DEBUG, logger=log.name):
            configure(config)
    finally:
        log.removeHandler(caplog.handler)

    assert config.CourseDirectory.course_id == "vision101"
    assert config.CourseDirectory.ignore == ["*.bak"]
    assert config.GenerateFeedback.preprocessors == ["mine"]
    assert config.Autograde.exporter_class == "theirs"
    assert config.CourseDirectory.solution_directory == "solutions"
    for name in ("CourseDirectory.course_id", "GenerateFeedback.preprocessors"):
        assert f"leaves c.{name} to the course" in caplog.text
    assert "submissions are run without Pawmark's sandbox" in caplog.text
    assert "adds to the configuration: CourseDirectory.solution_directory" in caplog.text


def test_what_is_set_after_configure_holds():
    """What the course sets after the call wins, or is added, and another course sees none of it."""
    config = Config()
    configure(config)
    config.CourseDirectory.course_id = "vision101"
    config.CourseDirectory.ignore.append("*.bak")
    other = Config()
    configure(other)

    assert config.CourseDirectory.course_id == "vision101"
    assert {"*.record.json", "*.bak"} <= set(config.CourseDirectory.ignore)
    assert "*.bak" not in other.CourseDirectory.ignore


def test_what_a_course_adds_before_configure_is_added():
    """Before the call, too, a course may add to a list without losing what Pawmark puts there."""
    config = Config()
    config.CourseDirectory.ignore.append("*.bak")
    configure(config)

    assert {"*.record.json", "*.bak"} <= set(config.CourseDirectory.ignore)


def test_one_rule_for_the_course(course, monkeypatch, tmp_path):
    """PAWMARK_COURSE names the course; without it the nearest around the working directory does."""
    inside = course / "source" / NAME
    monkeypatch.delenv("PAWMARK_COURSE", raising=False)
    monkeypatch.chdir(inside)
    assert find_course() == course.resolve()

    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PAWMARK_COURSE", str(course))
    assert find_course() == course.resolve()
    assert find_course(ROOT / "source") == ROOT

    monkeypatch.setenv("PAWMARK_COURSE", str(tmp_path))
    with pytest.raises(CourseError, match=r"PAWMARK_COURSE names .* which is no course"):
        find_course()


def test_settings_error_is_of_the_course():
    """Who catches errors of the course catches those of its settings."""
    assert issubclass(SettingsError, CourseError)
