"""nbgrader's converter as Pawmark hardens it: reached by nbgrader's names, set by c.Autograde."""

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import nbgrader.apps.generatefeedbackapp
import pytest
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    Execute,
    GetGrades,
    LimitOutput,
    OverwriteCells,
    SaveAutoGrades,
)
from traitlets.config import Config

from pawmark.grading.feedback.exporter import PrepareFeedback
from pawmark.grading.gradebook import chained
from pawmark.grading.gradebook.config import configure
from pawmark.grading.gradebook.converter import HardenedAutograde
from pawmark.grading.gradebook.exporter import GradingExporter
from pawmark.grading.gradebook.feedback import HardenedGenerateFeedback
from pawmark.grading.gradebook.preprocessors import ExecuteSubmission, SaveTrustedGrades

NAME = "01_one"


@pytest.fixture
def config(monkeypatch):
    """Wire a configuration, and take back afterwards what nbgrader got."""
    monkeypatch.setattr(nbgrader.api, "create_engine", nbgrader.api.create_engine)
    for module in (nbgrader.apps.api, nbgrader.apps.autogradeapp):
        monkeypatch.setattr(module, "Autograde", Autograde)
    for module in (nbgrader.apps.api, nbgrader.apps.generatefeedbackapp):
        monkeypatch.setattr(module, "GenerateFeedback", GenerateFeedback)
    made = Config()
    configure(made)
    return made


def test_both_ways_of_nbgrader_lead_to_it(config):
    """The command line and formgrader make the hardened converter; nbgrader's own stays whole."""
    assert nbgrader.apps.autogradeapp.Autograde is HardenedAutograde
    assert nbgrader.apps.api.Autograde is HardenedAutograde
    assert Autograde.init_notebooks is not HardenedAutograde.init_notebooks
    assert Autograde.__name__ == "Autograde"


def test_sections_and_flags_of_nbgrader_hold(config, tmp_path):
    """What a course sets of c.Autograde and c.CourseDirectory holds, and so do nbgrader's flags."""
    config.Autograde.create_student = False
    config.Autograde.permissions = 644
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.ignore.append("*.bak")
    app = nbgrader.apps.autogradeapp.AutogradeApp(config=config)
    folder = CourseDirectory(parent=app)
    folder.assignment_id = NAME
    plain = HardenedAutograde(coursedir=folder, parent=app)
    app.parse_command_line(["--create", "--force"])
    flagged = HardenedAutograde(coursedir=folder, parent=app)

    assert (plain.create_student, plain.force, plain.permissions) == (False, False, 644)
    assert (flagged.create_student, flagged.force) == (True, True)
    assert flagged.exporter_class is GradingExporter
    assert flagged.coursedir.assignment_id == NAME
    assert flagged.coursedir.root == str(tmp_path)
    assert {"*.record.json", "*.bak"} <= set(flagged.coursedir.ignore)


@pytest.mark.parametrize("content", [b"never", b"\xff", b"", b"9" * 400])
def test_what_is_no_time_counts_as_none(config, tmp_path, content):
    """A timestamp that cannot be read ends nobody's run."""
    (tmp_path / "timestamp.txt").write_bytes(content)
    converter = HardenedAutograde(coursedir=CourseDirectory(config=config))

    assert converter.coursedir.get_existing_timestamp(str(tmp_path)) is None


def test_folders_without_a_notebook_are_found(config, tmp_path):
    """A folder that holds anything is a hand-in; an empty one is none."""
    for student, file in (("anna", f"{NAME}.ipynb"), ("ben", "mine.txt"), ("cleo", None)):
        folder = tmp_path / "submitted" / student / NAME
        folder.mkdir(parents=True)
        if file:
            (folder / file).write_text("{}")
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.assignment_id = NAME
    converter = HardenedAutograde(coursedir=CourseDirectory(config=config), config=config)
    converter.init_notebooks()

    assert converter.for_a_person == []
    assert converter.assignments == {
        str(tmp_path / "submitted" / student / NAME): [
            str(tmp_path / "submitted" / student / NAME / f"{NAME}.ipynb")
        ]
        for student in ("anna", "ben")
    }


def test_what_lies_beside_the_hand_ins_asks_a_person(config, tmp_path, caplog):
    """Names that nbgrader passes over are told, also where it finds no hand-in at all."""
    folder = tmp_path / "submitted" / "anna" / NAME.upper()
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text("{}")
    (tmp_path / "source" / NAME).mkdir(parents=True)
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.assignment_id = NAME
    converter = HardenedAutograde(coursedir=CourseDirectory(config=config), config=config)
    with pytest.raises(NbGraderException):
        converter.init_notebooks()

    assert len(converter.for_a_person) == 1
    assert f"A person must look: submitted/anna/{NAME.upper()}: not graded" in caplog.text


class Own(LimitOutput):
    """A step of the course's own."""


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (
            [Execute, Own, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata],
            [ExecuteSubmission, Own, SaveTrustedGrades, AssignLatePenalties, CheckCellMetadata],
        ),
        (
            ["nbgrader.preprocessors.Execute", "nbgrader.preprocessors.SaveAutoGrades", Own],
            [ExecuteSubmission, SaveTrustedGrades, Own],
        ),
        (
            [Own, AssignLatePenalties],
            [ExecuteSubmission, Own, SaveTrustedGrades, AssignLatePenalties],
        ),
        ([], [ExecuteSubmission, SaveTrustedGrades]),
        (["own.Step"], [ExecuteSubmission, "own.Step", SaveTrustedGrades]),
    ],
)
def test_steps_of_the_course_are_chained(listed, expected):
    """The course's own steps stay in their places; what runs and scores a submission is ours."""
    assert chained.of_grading(listed) == expected


def test_steps_before_the_run_are_the_course_own():
    """Nbgrader's own work on the instructor's cells, which a rebuilt notebook consists of."""
    assert chained.of_sanitizing([OverwriteCells, Own, CheckCellMetadata]) == [Own]


def test_steps_of_feedback_keep_the_summary_and_records_stay_behind(config, tmp_path):
    """A course adds steps and ignores files of its own, and still no hidden seed goes out."""
    config.GenerateFeedback.preprocessors = [GetGrades, Own]
    config.CourseDirectory.ignore = ["*.bak"]
    folder = CourseDirectory(config=config)
    converter = nbgrader.apps.generatefeedbackapp.GenerateFeedback(coursedir=folder, config=config)

    assert isinstance(converter, HardenedGenerateFeedback)
    assert converter.preprocessors == [GetGrades, PrepareFeedback, Own]
    assert converter.coursedir.ignore == ["*.bak", "*.record.json"]


def test_a_hook_of_the_course_runs_and_the_notebook_is_still_adopted(config, tmp_path):
    """The course's hook sees what was handed in; graded is the assignment's own notebook."""
    seen = []
    config.Autograde.pre_convert_hook = lambda **about: seen.append(list(about["notebooks"]))
    converter = HardenedAutograde(coursedir=CourseDirectory(config=config), config=config)
    converter.notebooks = [str(tmp_path / NAME / "mine.ipynb")]
    converter.run_pre_convert_hook()

    assert seen == [[str(tmp_path / NAME / "mine.ipynb")]]
    assert converter.notebooks == [str(tmp_path / NAME / f"{NAME}.ipynb")]
