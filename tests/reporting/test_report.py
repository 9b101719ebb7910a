"""The report on a class: figures, page and CSV, from records of two hundred and of a few."""

import csv
import io
import json
import os
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from made_records import make_record
from nbgrader.api import Gradebook
from page_reading import Reader, axe_findings, needs_browser
from report_class import ASSIGNMENT, make_records
from typer.testing import CliRunner

from pawmark.cli import app
from pawmark.errors import AttentionError, CourseError
from pawmark.grading.gradebook.class_grades import ClassGrades, read_class
from pawmark.grading.results import record
from pawmark.grading.results.grade import Grade, Part, Person, Standing, State
from pawmark.grading.results.outcomes import (
    SAME_REASON,
    CheckResult,
    Counterexample,
    ExerciseResult,
    Outcome,
)
from pawmark.reporting import LMS, export_csv, write_report
from pawmark.reporting.command import run_report
from pawmark.reporting.export import neutral, to_csv
from pawmark.reporting.statistics import (
    MIN_STUDENTS,
    check_figures,
    commonest,
    item_rest_correlation,
)


def make_course(folder: Path, count: int) -> Path:
    """Make a course of one assignment whose class has been graded."""
    source = folder / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    (source / f"{ASSIGNMENT}.ipynb").write_text("{}")
    make_records(folder, count)
    return folder


@pytest.fixture(scope="module")
def big(tmp_path_factory) -> Path:
    """Return a course with two hundred graded submissions and its report."""
    course = make_course(tmp_path_factory.mktemp("big"), 200)
    write_report(read_class(course), course / "report.html")
    return course


@pytest.fixture
def small(tmp_path) -> Path:
    """Return a course with six graded submissions."""
    return make_course(tmp_path, 6)


def change(course: Path, who: str, **fields) -> Path:
    """Change fields of a record."""
    path = course / "autograded" / who / ASSIGNMENT / f"{ASSIGNMENT}.record.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))
    return path


def rows(path: Path) -> list[list[str]]:
    """Read a CSV file as a spreadsheet does."""
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_correlation_leaves_the_check_out_of_the_sum():
    """A check that is all of the score is not correlated with itself: the rest is constant."""
    points = [0.0, 1.0] * MIN_STUDENTS

    assert item_rest_correlation(points, [0.0] * len(points)) is None
    assert item_rest_correlation(points, points) == pytest.approx(1)
    assert item_rest_correlation(points, [1 - p for p in points]) == pytest.approx(-1)


def test_correlation_is_that_of_numpy():
    """The figure is the Pearson correlation."""
    rng = np.random.default_rng(0)
    item, rest = rng.integers(0, 2, 50), rng.normal(size=50)

    assert item_rest_correlation(item, rest) == pytest.approx(np.corrcoef(item, rest)[0, 1])


def test_few_students_have_no_correlation():
    """Below the minimum nothing is said, rather than something that is chance."""
    points = [0.0, 1.0] * (MIN_STUDENTS // 2)

    assert item_rest_correlation(points, points) is not None
    assert item_rest_correlation(points[:-1], points[:-1]) is None


def test_odd_checks_are_flagged(big):
    """A check that all pass, one that none passes and one that punishes the strong are named."""
    figures = check_figures(read_class(big).of(ASSIGNMENT))
    flags = {figure.title: figure.flag for figure in figures}

    assert flags["Each filter has one bias."] == "nobody fails"
    assert flags["One filter sees a square window."] == "nobody passes"
    assert (
        flags["The model has as many parameters as the chapter's."] == "stronger students fail it"
    )
    assert sum(map(bool, flags.values())) == 3


def test_each_outcome_is_counted_once(big):
    """The counts of a check add up to the class; shares are of those who attempted it."""
    for figure in check_figures(read_class(big).of(ASSIGNMENT)):
        assert sum(figure.counts) == 200
        assert figure.share == figure.passed / figure.attempts


def test_messages_that_differ_in_numbers_count_as_one(big):
    """Students are counted, not messages, and 2 of 6 says the same as 3 of 6."""
    said = commonest(read_class(big).of(ASSIGNMENT), "failed", 50)
    epochs = [s for s in said if "number of epochs" in s.text and s.exercise == "03-train"]

    assert len(epochs) == 1
    assert 1 < epochs[0].students <= 200
    assert [s.students for s in said] == sorted((s.students for s in said), reverse=True)


def test_page_runs_and_loads_nothing(big):
    """The report is one file without scripts; its charts are within it, with their texts."""
    text = (big / "report.html").read_text(encoding="utf-8")

    assert Reader(text).found == []
    assert len(re.findall(r'<svg [^>]*role="img" aria-label="[^"]{30,}"', text)) == 3
    assert len(text) < 3_000_000


def test_page_says_what_matters(big):
    """Scores, misconceptions, flags, training and time are told in words too."""
    shown = " ".join(" ".join(Reader((big / "report.html").read_text()).text).split())

    for words in ("200 submissions; mean", "Commonest misconceptions", "Nobody passes: 1 check",
                  "Stronger students fail it: 1 check", "Nobody fails: 1 check",
                  "training runs by epoch", "Longest: student"):  # fmt: skip
        assert words in shown


def test_a_reason_to_wait_is_told_once(small):
    """Who waits for the same stands in one line."""
    write_report(read_class(small), small / "report.html")
    shown = " ".join(" ".join(Reader((small / "report.html").read_text()).text).split())

    assert shown.count("the gradebook does not hold them") == 1
    assert "student000, student001, student002" in shown


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible(big, scheme):
    """The axe rules find nothing on the report, opened out, light and dark."""
    pytest.importorskip("axe_playwright_python")

    assert axe_findings(big / "report.html", scheme) == []


def test_names_and_messages_are_text(small):
    """What students wrote, names and messages, is escaped wherever it stands."""
    attack = "<script>alert(1)</script>"
    path = change(small, "student001", student=attack, repairs=[f"was called {attack!r}"])
    tree = json.loads(path.read_text())
    for exercise in tree["exercises"]:
        for check in exercise["checks"]:
            check.update(outcome="error in your code", points=0, message=f"Error: {attack}`")
    path.write_text(json.dumps(tree))

    write_report(read_class(small), small / "report.html")
    text = (small / "report.html").read_text()

    assert Reader(text).found == []
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_small_class_has_no_discrimination(small):
    """Six students give counts and no correlations, and nothing is called odd."""
    figures = check_figures(read_class(small).of(ASSIGNMENT))

    assert {figure.discrimination for figure in figures} == {None}
    assert {figure.flag for figure in figures} == {""}


def test_one_submission_makes_a_report(tmp_path):
    """A class of one, of whose process no time and no memory were seen, is no error."""
    course = make_course(tmp_path, 1)
    change(course, "student000", run={"seconds": 0.0, "memory": 0})

    write_report(read_class(course), course / "report.html")

    assert "1 submission" in (course / "report.html").read_text()


def test_one_is_no_plural(tmp_path, monkeypatch):
    """Of a class of one, command and page say one submission, one student and one grade."""
    make_course(tmp_path, 1)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AttentionError, match="1 grade is not final"):
        list(run_report(["03"], None, tmp_path / "c.csv", None))
    said = "\n".join(run_report(["03"], None, tmp_path / "c.csv", None, not_final=True))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")

    assert "1 submission of 03_encoder_decoder\n1 is not final; the page says why" in said
    assert "c.csv: 1 student\n" in said
    assert "Show 1 student<" in page
    assert "1 submission waits for a person" in page
    assert "1 submission; mean" in page


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1"])  # noqa: RUF001
def test_formulas_are_neutralised(text):
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    assert str(neutral(text)).startswith("'")
    assert next(csv.reader(io.StringIO(to_csv([[text]]))))[0].startswith("'")


@pytest.mark.parametrize("separator", [";", "; ", ",", "\t", "|", "\n", '";"', "\r\n"])
@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"])
def test_formulas_after_a_separator_are_neutralised(separator, formula):
    """A spreadsheet that splits at another sign than the comma finds no formula either."""
    text = to_csv([[f"Ada{separator}{formula}"]])
    cells = re.split(r"[;,|\t\n]", text.strip().strip('"'))

    assert [cell for cell in cells if re.match(r"[ \"]*[-=+@]", cell)] == []


@pytest.mark.parametrize("cell", ["ada", "ada@example.org", "a-b", -1.5, 0, ""])
def test_other_cells_stay(cell):
    """Names, addresses and numbers, negative ones too, stay as they are."""
    assert neutral(cell) == cell


def test_spreadsheet_has_a_row_for_each_submission(small):
    """Every submission has its score, its time and the points of each exercise."""
    export_csv(read_class(small), small / "scores.csv")
    head, *body = rows(small / "scores.csv")

    assert len(body) == 6
    first = dict(zip(head, body[0], strict=True))
    assert first["student"] == "student000"
    exercises = [float(first[name]) for name in head if name.startswith("03-")]
    assert float(first["score"]) == pytest.approx(sum(exercises), abs=0.03)
    assert float(first["seconds"]) > 0


def test_spreadsheet_has_the_rows_of_an_exercise_and_what_was_told(tmp_path):
    """Of an exercise with rows each row has a column, and so have misconception and example."""
    make_course(tmp_path, 1)
    shown = Counterexample("f(2)", "=1+1", "4", "[0]")
    rows_of = (
        CheckResult("core", "Right", Outcome.FAILED, 1.4, 3.5, message="the last is missing",
                    row="core", misconception="03-row.last", counterexample=shown),
        CheckResult("corners", "Right", Outcome.FAILED, 0.5, 1.0, message=SAME_REASON,
                    row="corners"),
    )  # fmt: skip
    made = make_record("zoe", ASSIGNMENT, exercises=(ExerciseResult("03-row", rows_of),))
    path = record.path_of(tmp_path, "zoe", ASSIGNMENT)
    path.parent.mkdir(parents=True)
    path.write_bytes(made.to_bytes())

    export_csv(read_class(tmp_path), tmp_path / "scores.csv")
    head, *body = rows(tmp_path / "scores.csv")
    (other, zoe) = (dict(zip(head, row, strict=True)) for row in body)

    assert (zoe["03-row: core"], zoe["03-row: corners"]) == ("1.4", "0.5")
    assert zoe["03-row: misconception"] == "03-row.last"
    assert zoe["03-row: told"] == (
        "the last is missing (f(2) gives at [0] =1+1, and 4 was expected)"
    )
    assert other["03-row: core"] == other["03-row: told"] == ""
    assert "03-row: contract" not in head


def test_exercises_of_one_name_stand_in_the_spreadsheet_with_their_sum(tmp_path):
    """Two notebooks of an assignment may have them: the columns still add up."""
    person = Person("ann")
    parts = tuple(Part("same", points, 2, automatic=points) for points in (0.5, 1.25))
    one = Standing(person, "ps1", State.FINAL, Grade(parts))
    export_csv(ClassGrades((person,), {"ps1": 4}, {("ps1", "ann"): one}, True), tmp_path / "s.csv")

    head, row = rows(tmp_path / "s.csv")
    told = dict(zip(head, row, strict=True))
    assert head.count("same") == 1
    assert told["same"] == told["before penalty"] == told["score"] == "1.75"


def test_every_list_has_one_order_of_names(tmp_path, monkeypatch):
    """Accents and capitals do not send a student to the end, in no command and no file."""
    make_course(tmp_path, 0)
    names = ["anna", "Árpád", "bela", "Cem", "dóra", "zoe"]
    for name in reversed(names):
        path = record.path_of(tmp_path, name, ASSIGNMENT)
        path.parent.mkdir(parents=True)
        path.write_bytes(make_record(name, ASSIGNMENT).to_bytes())
    monkeypatch.chdir(tmp_path)
    found = read_class(tmp_path)
    for form in (None, LMS.MOODLE, LMS.CANVAS):
        export_csv(found, tmp_path / f"{form}.csv", form)
    write_report(found, tmp_path / "report.html")
    printed = CliRunner().invoke(app, ["grades"]).output
    page = (tmp_path / "report.html").read_text(encoding="utf-8").partition("All students")[2]

    assert [row[0] for row in rows(tmp_path / "None.csv")[1:]] == names
    assert [row[0] for row in rows(tmp_path / "moodle.csv")[1:]] == names
    assert [row[3] for row in rows(tmp_path / "canvas.csv")[2:]] == names
    assert re.findall("|".join(names), printed)[: len(names)] == names
    assert re.findall(r'<th scope="row">(.*?)</th>', page) == names


def test_moodle_and_canvas_files(small):
    """Moodle gets a user and a grade a row; Canvas its five columns and the points possible."""
    found = read_class(small)
    export_csv(found, small / "m.csv", LMS.MOODLE)
    export_csv(found, small / "c.csv", LMS.CANVAS)
    moodle, canvas = rows(small / "m.csv"), rows(small / "c.csv")

    assert moodle[0] == ["Username", "ID number", "First name", "Last name", "Email address",
                         ASSIGNMENT]  # fmt: skip
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", ASSIGNMENT]
    assert canvas[1][0].strip() == "Points Possible"
    assert float(canvas[1][-1]) == pytest.approx(22)
    assert [row[0] for row in moodle[1:]] == [row[3] for row in canvas[2:]]
    assert [row[-1] for row in moodle[1:]] == [row[-1] for row in canvas[2:]]


def test_no_file_is_written_without_a_gradebook(small, monkeypatch):
    """Points of the checks alone are no grades: the file is refused, the reason named."""
    monkeypatch.chdir(small)

    with pytest.raises(AttentionError, match="the gradebook does not hold them") as refused:
        list(run_report(["03"], None, small / "c.csv", "canvas"))

    assert refused.value.exit_code == 3
    assert "c.csv is not written: 6 grades are not final" in str(refused.value)
    assert not (small / "c.csv").exists()


def test_a_file_that_is_asked_for_all_the_same_says_what_waits(small):
    """The spreadsheet has a column for what keeps a grade from being final."""
    path = change(small, "student002")
    tree = json.loads(path.read_text())
    tree["exercises"][0]["checks"][0]["outcome"] = "grader error"
    path.write_text(json.dumps(tree))

    export_csv(read_class(small), small / "all.csv")

    assert "mistake of its own" in (small / "all.csv").read_text(encoding="utf-8-sig")


def test_scores_are_those_of_the_gradebook(small, monkeypatch):
    """Where the gradebook knows a submission its score counts, with what people gave and took."""
    # A new gradebook starts alembic by its bare name.
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    with Gradebook(f"sqlite:///{small / 'gradebook.db'}", "pawmark") as gradebook:
        gradebook.add_student("student003", first_name="Ada", last_name="L", lms_user_id="77")
        gradebook.add_assignment(ASSIGNMENT)
        gradebook.add_notebook(ASSIGNMENT, ASSIGNMENT)
        gradebook.add_grade_cell("why", ASSIGNMENT, ASSIGNMENT, max_score=10, cell_type="markdown")
        gradebook.add_submission(ASSIGNMENT, "student003")
        grade = gradebook.find_grade("why", ASSIGNMENT, ASSIGNMENT, "student003")
        grade.manual_score, grade.needs_manual_grade = 7, False
        notebook = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "student003")
        notebook.late_submission_penalty = 2
        gradebook.db.commit()

    submission = read_class(small).of(ASSIGNMENT)[3]
    export_csv(read_class(small), small / "c.csv", LMS.CANVAS)

    assert (submission.score, submission.max_score, submission.late_penalty) == (5, 10, 2)
    assert submission.is_final
    assert rows(small / "c.csv")[5][:4] == ["L, Ada", "77", "", "student003"]
    write_report(read_class(small), small / "report.html")
    text = " ".join(" ".join(Reader((small / "report.html").read_text()).text).split())
    assert text.count("why: 7 by a person; late: 2 points taken off") == 1
    assert text.count("why (1 student has points by a person)") == 1


def test_command_writes_page_and_scores(small, monkeypatch):
    """``pawmark report`` says what it wrote."""
    monkeypatch.chdir(small)
    words = ["report", "03", "--csv", "s.csv", "--lms", "Moodle", "--not-final"]
    done = CliRunner().invoke(app, words)

    assert done.exit_code == 0, done.output
    assert "6 submissions of 03_encoder_decoder" in done.output
    assert (small / "report.html").exists()
    assert len(rows(small / "s.csv")) == 7


def test_an_assignment_of_which_nothing_is_graded_is_said_to_be_missing(small, monkeypatch):
    """The page leaves it out, so the command does not say that it is there."""
    for folder in ("source/04_later", "submitted/student001/04_later"):
        (small / folder).mkdir(parents=True)
        (small / folder / "04_later.ipynb").write_text("{}")
    monkeypatch.chdir(small)
    done = CliRunner().invoke(app, ["report"])

    assert f"6 submissions of {ASSIGNMENT}\n" in done.output
    assert "not on the page, since nothing is graded of it yet: 04_later" in done.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--lms", "moodle"], "--csv FILE"),
        (["--csv", "s.csv", "--lms", "blackboard"], "moodle or canvas"),
        (["9"], "no assignment"),
        (["--output", "nowhere/report.html"], "cannot be written"),
        (["--not-final"], "--not-final is about the file of grades: say where to"),
        (["--absent-zero"], "--absent-zero is about the file of grades: say where to"),
        (["--csv", "one.csv", "--output", "./one.csv"], "give them two names"),
    ],
)
def test_command_refuses_what_it_cannot_do(small, monkeypatch, arguments, says):
    """Each mistake has a message that says how to mend it, and leaves nothing half-written."""
    monkeypatch.chdir(small)
    done = CliRunner().invoke(app, ["report", *arguments])

    assert isinstance(done.exception, CourseError)
    assert says in str(done.exception)
    assert not list(small.glob(".report*"))


def test_course_without_records_says_so(small):
    """Before anything is graded the report says what to do."""
    shutil.rmtree(small / "autograded")

    with pytest.raises(CourseError, match="Grade something first"):
        read_class(small)


def test_broken_record_is_named(small):
    """A record that is cut short stops the report with the name of the file."""
    path = change(small, "student004")
    path.write_text(path.read_text()[:100])

    with pytest.raises(CourseError, match="student004"):
        read_class(small)
