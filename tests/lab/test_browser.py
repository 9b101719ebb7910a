"""Real Chromium on real JupyterLab and formgrader: what students and instructors do and see."""

import json
import shutil
from dataclasses import dataclass
from urllib.parse import urlsplit

import nbformat
import pytest
from browser import (
    ROOT,
    Notebook,
    chromium,
    expect,
    needs_browser,
    screenshot,
    serve,
)
from nbgrader.api import Gradebook

from pawmark.authoring.answers import fill, reference_cells
from pawmark.grading.course_folder import assignments, copy_course, run_nbgrader
from pawmark.grading.sandbox import bubblewrap

pytestmark = needs_browser

FIRST, WRITTEN = "01_three_tasks", "04_pooling_vs_stride"
ANSWER = "Keep the **pooling**: my runs overlap on all three measures."


def read(folder, name):
    return nbformat.read(ROOT / folder / name / f"{name}.ipynb", as_version=4)


def ids_of(notebook):
    return [cell.id for cell in notebook.cells]


@dataclass(frozen=True)
class Visit:
    """What a student saw, as text."""

    tools: str
    kernel: str
    figure: str
    undone: str
    wrong: str
    right: str
    validated: str
    addresses: frozenset[str]
    saved: nbformat.NotebookNode


@pytest.fixture(scope="module")
def visit(tmp_path_factory):
    """Do what a student does with the first exercise of a released notebook; remember it all."""
    folder = tmp_path_factory.mktemp("student") / "handed out"
    folder.mkdir()
    shutil.copy(ROOT / "release" / FIRST / f"{FIRST}.ipynb", folder)
    right = reference_cells(read("source", FIRST))["01-choose-tasks"]
    seen, addresses = {}, set()
    with serve(folder, "lab", "01") as server, chromium() as page:
        page.on("request", lambda request: addresses.add(urlsplit(request.url).netloc))
        notebook = Notebook.open(page, server, ids_of(read("release", FIRST)))
        seen["tools"] = page.locator("body").inner_text()
        notebook.run("setup")
        seen["kernel"] = page.locator(".jp-Toolbar-kernelName").inner_text()
        notebook.run("three-tasks-figure").locator("img").wait_for()
        seen["figure"] = notebook.output("three-tasks-figure").locator("img").get_attribute("alt")
        screenshot(page, "student-figure")
        notebook.run("task-names")
        seen["undone"] = notebook.run("choose-tasks", "choose-tasks-check").inner_text()
        screenshot(page, "student-not-attempted")
        notebook.write("choose-tasks", 'def choose_tasks():\n    return {"A": "segmentation"}\n')
        seen["wrong"] = notebook.run("choose-tasks", "choose-tasks-check").inner_text()
        screenshot(page, "student-wrong-answer")
        notebook.write("choose-tasks", right)
        output = notebook.run("choose-tasks", "choose-tasks-check")
        seen["right"] = output.inner_text()
        output.locator("summary").click()
        screenshot(page, "student-right-answer")
        notebook.toolbar("Validate").click()
        page.locator(".jp-Dialog #validation-message").wait_for(timeout=120_000)
        screenshot(page, "student-validate")
        seen["validated"] = page.locator(".jp-Dialog").inner_text()
        seen["saved"] = nbformat.read(folder / f"{FIRST}.ipynb", as_version=4)
    return Visit(**seen, addresses=frozenset(addresses - {""}))


def test_pawmark_lab_opens_the_notebook_ready_to_work(visit):
    """A folder with the notebook is enough: kernel and data are there, but no grading tools."""
    assert visit.kernel == "Python 3 (ipykernel)"
    assert "two cats and a dog" in visit.figure
    assert "Validate" in visit.tools
    assert "Create Assignment" not in visit.tools
    assert "Nbgrader" not in visit.tools


def test_nothing_is_asked_of_the_network(visit):
    """All that the browser loads comes from the one server: a room without a network is enough."""
    (address,) = visit.addresses

    assert address.startswith("127.0.0.1:")


def test_an_undone_exercise_is_named_in_the_browser(visit):
    """The check of an exercise that was not begun says which one, without a traceback."""
    assert "Not attempted yet: choose_tasks" in visit.undone
    assert "Traceback" not in visit.undone


def test_a_wrong_answer_shows_the_hint_in_a_table(visit):
    """A wrong answer fails one check with its hint; the rows tell passed from not reached."""
    assert "1 of 4 visible checks passed" in visit.wrong
    assert "no answer yet for B, C, D" in visit.wrong
    assert "○ not reached" in visit.wrong
    assert "Traceback" not in visit.wrong


def test_a_right_answer_passes(visit):
    """The same checks pass on the right answer, and say that more follow at grading."""
    assert "4 of 4 visible checks passed" in visit.right
    assert "More checks run at grading" in visit.right


def test_validate_says_where_each_exercise_stands(visit):
    """Validate, nbgrader's button, names what passes and what is not attempted."""
    assert "1 of 6 exercises pass their visible checks, 5 not attempted yet." in visit.validated
    assert "✓ passed         01-choose-tasks, 5 points" in visit.validated
    assert visit.validated.count("○ not attempted") == 5
    assert "following cell failed" not in visit.validated


def test_what_was_seen_is_saved(visit):
    """Figure and table are in the saved notebook; the check cell is as it was released."""
    cells = {cell.id: cell for cell in visit.saved.cells}
    released = {cell.id: cell for cell in read("release", FIRST).cells}

    assert "<img alt=" in cells["three-tasks-figure"].outputs[0].data["text/html"]
    shown = [output.get("data", {}) for output in cells["choose-tasks-check"].outputs]
    assert any("4 of 4 visible checks" in data.get("text/plain", "") for data in shown)
    assert cells["choose-tasks-check"].source == released["choose-tasks-check"].source


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade one submission of 04: two right answers, a wrong one, and a text."""
    if reason := bubblewrap.available():
        pytest.skip(f"no sandbox: {reason}")
    folder = tmp_path_factory.mktemp("instructor")
    course = copy_course(ROOT, folder / "course", assignments(ROOT))
    assert run_nbgrader(course, "generate_assignment", WRITTEN, log=folder / "generate.log") == 0
    reference = reference_cells(read("source", WRITTEN))
    answers = {name: reference[name] for name in ("04-output-size", "04-collision")}
    answers["04-verdict"] = "def verdict(stride, maxpool, lower_is_better):\n    return 'stride'\n"
    notebook = fill(nbformat.read(course / "release" / WRITTEN / f"{WRITTEN}.ipynb", 4), answers)
    next(cell for cell in notebook.cells if cell.id == "recommendation").source = ANSWER
    handed_in = course / "submitted" / "ada" / WRITTEN
    handed_in.mkdir(parents=True)
    nbformat.write(notebook, handed_in / f"{WRITTEN}.ipynb")
    assert run_nbgrader(course, "autograde", WRITTEN, log=folder / "autograde.log") == 0
    return course


@pytest.mark.slow
def test_an_instructor_grades_a_written_answer(graded):
    """Formgrader lists the course, shows check tables and the rubric, and the score is kept."""
    with serve(graded, "lab", "--instructor") as server, chromium() as page:
        page.set_viewport_size({"width": 1600, "height": 1200})
        page.goto(server.address(""))
        grader = page.frame_locator("#formgrader iframe")
        for name in assignments(ROOT):
            grader.get_by_role("link", name=name).first.wait_for()
        screenshot(page, "formgrader-assignments")
        grader.get_by_role("link", name="Manual Grading").click()
        for link in (WRITTEN, WRITTEN, "Submission #1"):
            grader.locator("td").get_by_role("link", name=link).click()
        score = grader.locator('input[id="04-recommendation"]')
        score.wait_for()
        verdict = grader.locator("table", has_text="04-verdict: 0 of 2 points")
        verdict.scroll_into_view_if_needed()
        expect(verdict).to_contain_text("Where the runs overlap, they decide nothing.")
        screenshot(page, "formgrader-check-table")
        expect(grader.locator("body")).to_contain_text("rubric, 4 points, one for each line")
        score.evaluate("box => box.scrollIntoView({block: 'end'})")
        screenshot(page, "formgrader-rubric")
        comment = grader.locator('textarea[id="04-recommendation-comment"]')
        with page.expect_response(lambda answer: "/api/grade/" in answer.url):
            score.fill("3.5")
            score.press("Tab")
        with page.expect_response(lambda answer: "/api/comment/" in answer.url):
            comment.fill("Set the distance against the spread.")
            comment.press("Tab")
        screenshot(page, "formgrader-graded")
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}", "pawmark") as gradebook:
        grade = gradebook.find_grade("04-recommendation", WRITTEN, WRITTEN, "ada")
        comment = gradebook.find_comment("04-recommendation", WRITTEN, WRITTEN, "ada")
        assert (grade.manual_score, grade.score, grade.needs_manual_grade) == (3.5, 3.5, False)
        assert comment.comment == "Set the distance against the spread."
        assert gradebook.find_submission(WRITTEN, "ada").score == pytest.approx(3 + 2 + 3.5)


@pytest.mark.slow
def test_rubrics_stay_out_of_feedback(graded, tmp_path):
    """The page that a student gets holds the answer and the score, and no word of the rubric."""
    log = tmp_path / "log"
    assert run_nbgrader(graded, "generate_feedback", WRITTEN, "--force", log=log) == 0

    page = (graded / "feedback" / "ada" / WRITTEN / f"{WRITTEN}.html").read_text(encoding="utf-8")
    assert "my runs overlap" in page
    assert "rubric" not in page.lower()
    assert "An answer that gets all four" not in page


@pytest.mark.slow
def test_create_assignment_shows_the_source(graded):
    """The toolbar of the source notebook knows its grade ids, points and locks."""
    with serve(graded, "lab", "--instructor", "01") as server, chromium() as page:
        page.goto(server.address(""))
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.get_by_text("Create Assignment", exact=True).click()
        panel = page.locator("#nbgrader-create_assignemnt")
        panel.get_by_text("Total points:").wait_for()
        boxes = panel.locator("input")
        expect(boxes.first).to_have_value("26")
        values = {boxes.nth(number).input_value() for number in range(boxes.count())}
        screenshot(page, "create-assignment")
    wanted = {
        cell.metadata.nbgrader.grade_id
        for cell in read("source", FIRST).cells
        if "nbgrader" in cell.metadata
    }
    assert wanted <= values


@pytest.mark.slow
def test_the_dark_theme_shows_everything(tmp_path):
    """Figure, table and text of a check are there in JupyterLab's dark theme; a picture is kept."""
    home = tmp_path / "home"
    theme = home / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    theme.mkdir(parents=True)
    (theme / "themes.jupyterlab-settings").write_text(json.dumps({"theme": "JupyterLab Dark"}))
    folder = tmp_path / "handed out"
    folder.mkdir()
    shutil.copy(ROOT / "release" / FIRST / f"{FIRST}.ipynb", folder)
    with serve(folder, "lab", "01", home=home) as server, chromium("dark") as page:
        notebook = Notebook.open(page, server, ids_of(read("release", FIRST)))
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
        notebook.run("setup", "three-tasks-figure").locator("img").scroll_into_view_if_needed()
        screenshot(page, "dark-figure")
        notebook.run("task-names")
        notebook.write("choose-tasks", 'def choose_tasks():\n    return {"A": "segmentation"}\n')
        output = notebook.run("choose-tasks", "choose-tasks-check")
        expect(output).to_contain_text("1 of 4 visible checks passed")
        screenshot(page, "dark-wrong-answer")
        output = notebook.run("output-head", "output-head-check")
        expect(output).to_contain_text("Not attempted yet: output_head")
        screenshot(page, "dark-not-attempted")


TRAINING = """
import os, time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np

from pawmark.figures.watching import watch
from pawmark.quiet import quietly

with quietly():
    import keras

    keras.ops.zeros(1)
inputs = np.random.default_rng(1).random((80, 4))
targets = inputs.argmax(axis=-1)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
slowly = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: time.sleep(0.1))
"""
FIT = """
history = watch(model).fit(
    inputs, targets, epochs=6, batch_size=8, validation_data=(inputs, targets),
    callbacks=[slowly], verbose=0,
)
"""


@pytest.mark.slow
def test_training_shows_its_losses_and_keeps_them(tmp_path):
    """A bar and the losses are seen while a model trains; the figure is in the saved file."""
    folder = tmp_path / "handed out"
    folder.mkdir()
    path = folder / "03_training.ipynb"
    ids = ["setup", "training"]
    cells = [nbformat.v4.new_code_cell(TRAINING), nbformat.v4.new_code_cell(FIT)]
    for cell, cell_id in zip(cells, ids, strict=True):
        cell.id = cell_id
    metadata = read("release", FIRST).metadata
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    with serve(folder, "lab", "03") as server, chromium() as page:
        notebook = Notebook.open(page, server, ids)
        notebook.run("setup")
        notebook.start("training")
        output = notebook.output("training")
        expect(output.locator("progress")).to_be_visible()
        expect(output.locator("img")).to_be_visible()
        screenshot(page, "training-live")
        notebook.wait_until_done("training")
        expect(output.locator("progress")).to_have_count(0)
        alt = output.locator("img").get_attribute("alt")
        screenshot(page, "training-done")
        with page.expect_response(lambda answer: answer.request.method == "PUT"):
            page.keyboard.press("Control+S")
    saved = nbformat.read(path, as_version=4)
    assert alt.startswith("Losses over 6 of 6 epochs: training loss from")
    assert any(alt in one.get("data", {}).get("text/html", "") for one in saved.cells[1].outputs)
