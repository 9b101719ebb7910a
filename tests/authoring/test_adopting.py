"""Taking on a course that was made for nbgrader, beginning one, and trying what should hold."""

import json

import pytest
from any_course import copy
from traitlets.config import Config

from pawmark.authoring import adopting, sound
from pawmark.authoring.adopting import How
from pawmark.authoring.beginning import begin
from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.gradebook import course_settings
from pawmark.grading.sandbox import bubblewrap

needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)


@pytest.fixture(autouse=True)
def plugin_of_before():
    """Leave this process the plugin that it had."""
    name = courses.name()
    yield
    courses.use_configured(Config({"Pawmark": {"plugin": name}}), courses.Path())


def test_each_exercise_is_told(tmp_path):
    """How it would be graded, by notebook; nothing is wrong with this course."""
    found = adopting.look(copy("several", tmp_path, pawmark=False))

    assert found.counts() == {How.OUTSIDE: 0, How.INSIDE: 7, How.BY_A_PERSON: 3}
    assert {place.notebook for place in found.places} == {
        "source/ps1/lists.ipynb", "source/ps1/strings.ipynb",
    }  # fmt: skip
    assert (found.wrong, found.wired) == ((), False)


def test_an_exercise_with_checks_outside_is_told(tmp_path):
    """One exercise after the other may be moved."""
    course = copy("several", tmp_path, pawmark=False)
    (course / "grader_tests" / "test_shout_words").mkdir(parents=True)
    (course / "grader_tests" / "test_shout_words" / "test_test_shout.py").touch()
    found = adopting.look(course)

    assert [place.name for place in found.places if place.how is How.OUTSIDE] == ["test_shout"]


def test_what_would_break_is_told(tmp_path):
    """A kernel that is not installed, folders elsewhere, two cells that would be one exercise."""
    course = copy("files", tmp_path, pawmark=False)
    path = course / "source" / "data1" / "data1.ipynb"
    tree = json.loads(path.read_text())
    tree["metadata"] = {"kernelspec": {"name": "cobol", "language": "cobol", "display_name": "C"}}
    tests = [c for c in tree["cells"] if c["metadata"].get("nbgrader", {}).get("grade")]
    tests[1]["metadata"]["nbgrader"]["grade_id"] = "test_total-check"
    path.write_text(json.dumps(tree))
    with (course / "nbgrader_config.py").open("a") as file:
        file.write('c.CourseDirectory.source_directory = "assignments"\n')
    told = "\n".join(adopting.look(course).wrong)

    assert "the kernel 'cobol', which is not installed" in told
    assert "test_total and test_total-check would be taken for one exercise" in told
    assert "source_directory is 'assignments'" in told


def test_generated_tests_without_their_templates_are_told(tmp_path):
    """The file that nbgrader needs for AUTOTEST is named; one notebook keeps no other untried."""
    course = copy("several", tmp_path, pawmark=True)
    (course / "autotests.yml").unlink(missing_ok=True)
    path = course / "source" / "ps1" / "lists.ipynb"
    tree = json.loads(path.read_text())
    tests = [c for c in tree["cells"] if c["metadata"].get("nbgrader", {}).get("grade")]
    tests[0]["source"] = ["### AUTOTEST squares(2)"]
    path.write_text(json.dumps(tree))
    told = "\n".join(adopting.look(course).wrong)
    lines = list(sound.prove(course, "ps1"))
    mend = [line.says for line in lines if not line.holds]

    assert "source/ps1/lists.ipynb: its generated tests (AUTOTEST) need autotests.yml" in told
    assert "source/ps1/lists.ipynb: no release can be made of it, as InstantiateTests" in mend[0]
    assert "autotests.yml" in mend[0]
    assert any("strings.ipynb" in line.says for line in lines)


def test_a_kernel_that_the_sandbox_does_not_show_is_told(tmp_path, monkeypatch):
    """One in somebody's home is found here and not there: a line says how to install it."""
    folder = tmp_path / "jupyter" / "kernels" / "cobol"
    folder.mkdir(parents=True)
    spec = {"argv": ["cobol"], "display_name": "Cobol", "language": "cobol"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    course = copy("files", tmp_path, pawmark=False)
    path = course / "source" / "data1" / "data1.ipynb"
    tree = json.loads(path.read_text())
    tree["metadata"] = {"kernelspec": {"name": "cobol", "language": "cobol", "display_name": "C"}}
    path.write_text(json.dumps(tree))
    (told,) = adopting.look(course).wrong

    assert "lies in" in told
    assert f"jupyter kernelspec install --sys-prefix --name cobol {folder}" in told


def test_a_course_may_call_its_configuration_anything(tmp_path):
    """The lines that are added need no name of the course's."""
    course = copy("several", tmp_path, pawmark=False)
    path = course / "nbgrader_config.py"
    path.write_text(
        path.read_text().replace("c = get_config()", "conf = get_config()").replace("c.", "conf.")
    )
    adopting.wire(course)

    assert course_settings.load(course).Autograde.exporter_class.__name__ == "GradingExporter"


def test_the_lines_are_added_once(tmp_path):
    """What the course has set stays; a second time nothing is written."""
    course = copy("several", tmp_path, pawmark=False)
    path = adopting.wire(course)
    config = course_settings.load(course)

    assert path == course / "nbgrader_config.py"
    assert config.CourseDirectory.course_id == "several"
    assert config.Autograde.exporter_class.__name__ == "GradingExporter"
    assert adopting.wire(course) is None
    assert adopting.look(course).wired


def test_a_course_begins_whole_or_not_at_all(tmp_path):
    """What was there already is not written over."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    with pytest.raises(CourseError, match="is not empty"):
        begin(tmp_path / "mine")

    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


@needs_sandbox
def test_what_is_begun_holds_and_a_mistake_is_found(tmp_path):
    """The new course is sound; a reference that is not, and tests that all pass, are named."""
    course = tmp_path / "mine"
    begin(course)
    courses.use_configured(course_settings.load(course), course)
    lines = list(sound.prove(course, "01_first_steps"))
    path = course / "source" / "01_first_steps" / "01_first_steps.ipynb"
    text = path.read_text()
    path.write_text(text.replace("number**2 for", "number**3 for"))
    wrong = [line.says for line in sound.prove(course, "01_first_steps") if not line.holds]
    answers = course / "tests" / "answers" / "01_first_steps"
    for kind, body in (("right", "**2"), ("wrong", "**2")):
        (answers / kind).mkdir(parents=True)
        (answers / kind / "answer_map.py").write_text(
            f'"""Squares."""\n# %% 01-squares\ndef squares(n):\n    if n < 1:\n'
            f"        raise ValueError\n    return [k{body} for k in range(1, n + 1)]\n"
        )
    path.write_text(text)
    answered = {line.says.split(":")[0]: line.holds for line in sound.prove(course, path.stem)}

    assert all(line.holds for line in lines)
    assert len(lines) == 3
    assert wrong == [
        "source/01_first_steps/01_first_steps.ipynb: the reference gets 0 of 2 points "
        "(01-squares 0 of 2)"
    ]
    assert answered["tests/answers/01_first_steps/right/answer_map.py"]
    assert not answered["tests/answers/01_first_steps/wrong/answer_map.py"]
