"""What ``pawmark lab`` starts, and what Validate answers, without a browser."""

import json
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from pawmark.authoring.answers import fill, reference_cells
from pawmark.errors import CourseError
from pawmark.grading.course_folder import assignments
from pawmark.lab.launching import SETTINGS, plan
from pawmark.lab.validating import ReadableValidator

ROOT = Path(__file__).resolve().parents[2]
NAMES = assignments(ROOT)
NUMBER = "01_three_tasks"


@pytest.fixture
def course(tmp_path):
    """Give a course whose notebooks are empty files: nothing here reads them."""
    for kind in ("source", "release"):
        for name in ("01_three_tasks", "02_data_loading"):
            folder = tmp_path / "course" / kind / name
            folder.mkdir(parents=True)
            (folder / f"{name}.ipynb").touch()
    (tmp_path / "course" / "release" / "02_data_loading" / "02_data_loading.ipynb").unlink()
    return tmp_path / "course"


def option(launch, name):
    """Return the value of an option of JupyterLab's command."""
    return next(one.split("=", 1)[1] for one in launch.command if one.startswith(f"--{name}="))


def settings(launch):
    """Return the folders of the kit's settings that JupyterLab reads."""
    return [Path(one).name for one in launch.environment["JUPYTER_CONFIG_PATH"].split(":")[:2]]


@pytest.mark.parametrize("name", ["01", "01_three_tasks"])
def test_a_student_gets_the_released_notebook(course, name):
    """By number or name, from anywhere in the course: the notebook, and no instructor's tools."""
    launch = plan(course / "source", name, options=["--no-browser"])

    assert option(launch, "ServerApp.root_dir") == str(course / "release")
    assert option(launch, "LabApp.default_url") == f"/lab/tree/{NUMBER}/{NUMBER}.ipynb"
    assert launch.command[-1] == "--no-browser"
    assert settings(launch)[0] == "student"


def test_a_student_needs_no_course(tmp_path):
    """A folder with the notebook that was handed out is enough."""
    (tmp_path / f"{NUMBER}.ipynb").touch()

    launch = plan(tmp_path, "01")

    assert option(launch, "ServerApp.root_dir") == str(tmp_path)
    assert option(launch, "LabApp.default_url") == f"/lab/tree/{NUMBER}.ipynb"


def test_an_instructor_gets_the_course(course):
    """Without a name formgrader opens, with a name the source notebook, with all tools."""
    launch, named = plan(course / "source", None, True), plan(course, "02", True)

    assert option(launch, "ServerApp.root_dir") == str(course) == str(launch.folder)
    assert "formgrader=true" in option(launch, "LabApp.default_url")
    assert option(named, "LabApp.default_url").startswith("/lab/tree/source/02_data_loading/")
    assert "student" not in settings(launch)


@pytest.mark.parametrize(
    ("where", "name", "says"),
    [
        ("course", "02", "02_data_loading is not released yet. Write it first: pawmark release"),
        ("course", "01_three_task", "Did you mean 01_three_tasks?"),
        ("empty", None, "There are no notebooks in"),
        ("handed", "07", "There is no notebook '07' here. There are: 01_three_tasks."),
    ],
)
def test_errors_say_what_to_do(course, tmp_path, where, name, says):
    """Who mistypes or stands in the wrong folder reads what there is."""
    for folder in ("empty", "handed"):
        (tmp_path / folder).mkdir()
    (tmp_path / "handed" / f"{NUMBER}.ipynb").touch()

    with pytest.raises(CourseError, match=says.replace("?", r"\?")):
        plan(tmp_path / where, name)


def test_settings_are_whole():
    """Each file of settings is JSON and names only plug-ins and extensions that are installed."""
    files = sorted(SETTINGS.rglob("*.json"))

    assert len(files) == 4
    for path in files:
        assert json.loads(path.read_text(encoding="utf-8"))


def written(text, grade_id="99-words"):
    """Make a written answer whose released text was "YOUR ANSWER HERE"."""
    cell = nbformat.v4.new_markdown_cell("YOUR ANSWER HERE")
    cell.metadata.nbgrader = nbgrader_of(grade_id, grade=True, solution=True)
    cell.metadata.nbgrader.checksum = compute_checksum(cell)
    cell.source = text
    return cell


def nbgrader_of(grade_id, grade=False, solution=False):
    """Make the metadata of a cell."""
    values = {
        "schema_version": 3, "grade_id": grade_id, "grade": grade, "solution": solution,
        "locked": not solution, "task": False, "points": 2,
    }  # fmt: skip
    return nbformat.from_dict(values)


def code(source, grade_id, **kind):
    """Make a code cell."""
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata.nbgrader = nbgrader_of(grade_id, **kind)
    return cell


def validate(folder, cells):
    """Validate a notebook of these cells."""
    path = folder / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return ReadableValidator().validate(str(path))


def test_validate_lists_every_exercise(tmp_path):
    """What passes, what fails with its hint, what is not attempted, and what waits for another."""
    cells = [
        code("import pawmark.figures", "99-setup"),
        code("def a():\n    return 1", "99-a", solution=True),
        code("assert a() == 1, 'not one'", "99-a-check", grade=True),
        code("def b():\n    return 1", "99-b", solution=True),
        code("assert b() == 2, f'<b>{b()}</b> is not two'", "99-b-check", grade=True),
        code("def c():\n    raise NotImplementedError()", "99-c", solution=True),
        code("assert c() == 3, 'not three'", "99-c-check", grade=True),
        code("made = c()", "99-run"),
        code("assert made == 3, 'not three'", "99-made-check", grade=True),
        code("{}['x']", "99-d-check", grade=True),
        written("My answer."),
        written("YOUR ANSWER HERE", "99-more-words"),
    ]

    (answer,) = validate(tmp_path, cells)["failed"]

    assert answer["source"] == (
        "2 of 7 exercises pass their visible checks, 2 failed, 3 not attempted yet."
    )
    assert [line.strip() for line in answer["raw_error"].splitlines()] == [
        "✓ passed         99-a, 2 points",
        "✗ failed         99-b, 2 points",
        "<b>1</b> is not two",
        "○ not attempted  99-c, 2 points",
        "○ not attempted  99-made, 2 points",
        "it waits for an exercise above",
        "✗ failed         99-d, 2 points",
        "KeyError: 'x'",
        "✓ written        99-words, 2 points",
        "a person reads it",
        "○ not attempted  99-more-words, 2 points",
        "",
        "More checks run at grading, on other inputs.",
    ]
    assert "&lt;b&gt;1&lt;/b&gt;" in answer["error"]


def test_validate_is_content_when_all_pass(tmp_path):
    """Where everything passes, nbgrader's own page says so."""
    assert validate(tmp_path, [code("assert True, 'x'", "99-a-check", grade=True)]) == {}


def test_validate_names_a_changed_check(tmp_path):
    """A check cell that was changed is named, as in nbgrader."""
    cell = code("assert True, 'x'", "99-a-check", grade=True)
    cell.metadata.nbgrader.checksum = "0" * 32

    assert validate(tmp_path, [cell]) == {"changed": [{"source": "assert True, 'x'"}]}


def released(name):
    return nbformat.read(ROOT / "release" / name / f"{name}.ipynb", as_version=4)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_validate_of_an_untouched_release(name, tmp_path):
    """Every exercise of a fresh notebook is not attempted; nothing else is said of it."""
    (answer,) = validate(tmp_path, released(name).cells)["failed"]

    assert "0 of" in answer["source"]
    lines = [line for line in answer["raw_error"].splitlines() if line]
    assert all(
        line.startswith("○ not attempted")
        or line.strip()
        in ("it waits for an exercise above", "More checks run at grading, on other inputs.")
        for line in lines
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_validate_of_the_reference(name, tmp_path):
    """With the reference's code all exercises pass, and no cell warns; a text is still missing."""
    source = nbformat.read(ROOT / "source" / name / f"{name}.ipynb", as_version=4)
    path = tmp_path / f"{name}.ipynb"
    nbformat.write(fill(released(name), reference_cells(source)), path)
    validator = ReadableValidator()

    validator.validate(str(path))

    assert {one.outcome for one in validator.standings if one.exercise != "04-recommendation"} == {
        "passed"
    }
    outputs = [output for cell in validator.notebook.cells for output in cell.get("outputs", [])]
    assert [one for one in outputs if one.get("name") == "stderr"] == []
    assert [one for one in outputs if one.output_type == "error"] == []
