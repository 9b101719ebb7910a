"""The doctor: each line says ok, or what to do; what is broken is found and named."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import any_course
import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade
from typer.testing import CliRunner

from pawmark import cli, installed
from pawmark.authoring.doctor import consistency, examine, grading
from pawmark.doctor import Status, machine, packages, table
from pawmark.grading import course as courses
from pawmark.grading import resources
from pawmark.grading.gradebook.readiness import UNFINISHED

ROOT = Path(__file__).resolve().parents[2]
NAME = "01_three_tasks"
ENGINE = ["Python", "packages", "settings", "sandbox", "workers", "disk"]
MACHINE = [*ENGINE, "Keras", "data", "profile", "GPU"]
COURSE = ["sources", "checks", "points", "release", "nbgrader", "gradebook", "submitted", "grading"]
COURSE += ["resubmitted", "exchanged", "feedback"]

MISTAKEN = """
from pawmark.grading.course import PlainCourse


class Raising(PlainCourse):
    def doctor(self, deep):
        return 1 / 0


class Later(PlainCourse):
    def doctor(self, deep):
        return {"numbers": lambda: 1 / 0}


raising, later = Raising(), Later()
"""


@pytest.fixture
def course(tmp_path):
    """Give a sound course with one assignment."""
    folder = tmp_path / "course"
    for part in (f"source/{NAME}", f"release/{NAME}", f"grader_tests/{NAME}"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


def wanting(course):
    """Return what is to be mended in a course, by topic."""
    found = list(consistency.examine(course))
    told = (Status.MEND, Status.NOTE)
    assert all(bool(finding.remedy) == (finding.status in told) for finding in found)
    return {finding.topic: finding.says for finding in found if finding.status is Status.MEND}


def edit(path, old, new):
    """Replace a text that must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_course_of_the_kit_is_sound():
    """Sources, checks, points, release, configuration of this very course fit together."""
    found = {finding.topic: finding for finding in consistency.examine(ROOT)}
    parts = ("sources", "checks", "points", "release", "slices", "nbgrader")

    assert {topic: found[topic].says for topic in parts if found[topic].status != Status.OK} == {}


def test_what_was_handed_in_and_is_not_looked_for_is_named(course):
    """A folder of other capitals is no hand-in in silence; a usual one is as it should be."""
    (course / "submitted" / "anna" / NAME).mkdir(parents=True)
    (course / "submitted" / "anna" / NAME / f"{NAME}.ipynb").write_text("{}")
    assert "submitted" not in wanting(course)
    (course / "submitted" / "ben" / "01_Three_Tasks").mkdir(parents=True)
    (course / "submitted" / "ben" / "01_Three_Tasks" / f"{NAME}.ipynb").write_text("{}")

    assert "submitted/ben/01_Three_Tasks" in wanting(course)["submitted"]


def test_a_missing_check_and_a_check_without_exercise_are_named(course):
    """An exercise whose hidden checks are gone is named, and so are checks of no exercise."""
    folder = course / "grader_tests" / NAME
    edit(folder / "test_01_choose_tasks.py", 'Items("01-choose-tasks"', 'Items("01-chose-tasks"')
    (folder / "test_01_box_iou.py").unlink()

    says = wanting(course)["checks"]
    assert f"01-choose-tasks has no check in {NAME}/test_01_choose_tasks.py" in says
    assert "01-chose-tasks has checks and no check cell" in says
    assert f"01-box-iou has no check in {NAME}/test_01_box_iou.py" in says


def test_checks_in_the_file_of_another_exercise_are_named(course):
    """A check whose mark and file disagree is found before it ever fails to run."""
    module = course / "grader_tests" / NAME / "test_01_box_iou.py"
    text = module.read_text()
    module.write_text(text.replace('    "01-box-iou",', '    "01-multi-hot",', 1))

    says = wanting(course)["checks"]
    assert says.endswith(
        "a check of 01-multi-hot lies in test_01_box_iou.py and not in test_01_multi_hot.py"
    )


def test_a_file_of_checks_that_is_no_python_is_named(course):
    """A syntax error in one file of checks is told, and the other files are still looked at."""
    folder = course / "grader_tests" / NAME
    (folder / "test_01_box_iou.py").write_text("def test_(:\n")
    (folder / "test_01_multi_hot.py").unlink()

    says = wanting(course)["checks"]
    assert "test_01_box_iou.py cannot be read" in says
    assert f"01-multi-hot has no check in {NAME}/test_01_multi_hot.py" in says


def test_an_assignment_without_a_folder_of_checks_is_told_where_they_belong(course):
    """Where no check is there at all, the message names the folder that is wanted."""
    shutil.rmtree(course / "grader_tests" / NAME)

    assert "in one folder grader_tests/01_NAME/" in wanting(course)["checks"]


def test_a_check_cell_that_runs_other_checks_is_named(course):
    """A hidden region that runs the checks of another exercise is found."""
    path = course / "source" / NAME / f"{NAME}.ipynb"
    edit(path, 'run_checks(\\"01-choose-tasks\\")', 'run_checks(\\"01-bounding-box\\")')

    assert "01-choose-tasks does not run its own" in wanting(course)["checks"]


def test_a_check_cell_need_not_run_its_hidden_checks(course):
    """The call is a comfort for authors: an exercise taken from inside to outside has none."""
    path = course / "source" / NAME / f"{NAME}.ipynb"
    edit(path, 'run_checks(\\"01-choose-tasks\\")', "None")

    assert "checks" not in wanting(course)


def test_points_that_do_not_add_up_are_named(course):
    """Other points in a cell than in the text around it are told, and the release is then old."""
    path = course / "source" / NAME / f"{NAME}.ipynb"
    book = nbformat.read(path, as_version=4)
    cell = next(c for c in book.cells if c.metadata.get("nbgrader", {}).get("grade"))
    cell.metadata.nbgrader.points += 1
    nbformat.write(book, path)

    found = wanting(course)
    assert set(found) == {"points", "release"}
    assert "the headings tell" in found["points"]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.unlink(), "not released"),
        (lambda path: path.write_text("<<<<<<< ours"), "cannot be read"),
        (lambda path: edit(path, "raise NotImplementedError()", "return None"), "is not what"),
    ],
    ids=["missing", "conflict", "changed"],
)
def test_a_release_that_is_not_the_sources_is_named(course, damage, says):
    """A release that is missing, broken or changed by hand is found."""
    damage(course / "release" / NAME / f"{NAME}.ipynb")

    assert says in wanting(course)["release"]


def test_cells_that_were_edited_after_a_comparison_are_told(course):
    """Then every cell is run at grading, which takes longer than it need."""
    shutil.copy(ROOT / "grader_tests" / "slices.json", course / "grader_tests")
    assert "slices" not in wanting(course)
    edit(course / "source" / NAME / f"{NAME}.ipynb", "import numpy as np", "import numpy as  np")

    assert "every cell is run at grading" in wanting(course)["slices"]


def test_a_course_made_for_nbgrader_alone_is_sound(tmp_path):
    """Several notebooks of other names, tests inside them, tasks: nothing of that is to be mended.

    What is wrong in one of them is told with its name.
    """
    root = any_course.copy("several", tmp_path, pawmark=True)
    any_course.release(root, "ps1")
    with courses.using():
        found = {finding.topic: finding for finding in consistency.examine(root)}
        assert {topic for topic, one in found.items() if one.status is Status.MEND} == set()
        assert found["checks"].says.startswith("7 exercises are checked inside the notebook, 0")
        (root / "release" / "ps1" / "lists.ipynb").unlink()
        (root / "source" / "ps1" / "strings.ipynb").write_text("{}")
        found = {finding.topic: finding for finding in consistency.examine(root)}

    assert found["release"].says == "ps1/lists.ipynb: not released"
    assert found["sources"].says.startswith("ps1/strings.ipynb: ")


def test_a_broken_source_is_one_finding(course):
    """A source notebook that is no notebook is named; the rest is still looked at."""
    (course / "source" / NAME / f"{NAME}.ipynb").write_text("{}")

    assert NAME in wanting(course)["sources"]


def test_a_cell_that_breaks_the_form_of_notebooks_is_named(course):
    """What only the whole scheme of the format finds is told with the number of the cell too."""
    path = course / "source" / NAME / f"{NAME}.ipynb"
    tree = json.loads(path.read_text())
    at = next(k for k, cell in enumerate(tree["cells"]) if cell["cell_type"] == "code")
    del tree["cells"][at]["outputs"]
    path.write_text(json.dumps(tree))

    assert f"cell {at + 1}: 'outputs' is a required property" in wanting(course)["sources"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "there is no nbgrader_config.py"),
        ("c = get_config()\n", "stock grading"),
        ("import no_such_module\n", "no_such_module"),
        ("def :\n", "fails"),
    ],
    ids=["missing", "stock", "import", "syntax"],
)
def test_a_configuration_that_does_not_load_the_kit_is_named(course, text, says):
    """Without the kit nbgrader would grade by what notebooks print: the doctor says so."""
    path = course / "nbgrader_config.py"
    path.unlink() if text is None else path.write_text(text)

    assert says in wanting(course)["nbgrader"]


def test_a_gradebook_of_other_points_or_of_rubbish_is_named(course):
    """A gradebook that is older than the source, or broken, is found without changing it."""
    fill_gradebook(course)
    assert "gradebook" not in wanting(course)
    path = course / "gradebook.db"
    with sqlite3.connect(path) as book:
        book.execute("update grade_cells set max_score = max_score + 1")
    book.close()

    assert "the gradebook says" in wanting(course)["gradebook"]
    path.write_bytes(path.read_bytes()[:5000] + b"rubbish" * 2000)
    before = path.read_bytes()
    assert "cannot be read" in wanting(course)["gradebook"]
    assert path.read_bytes() == before


def fill_gradebook(course):
    """Make a gradebook that knows the assignment, as nbgrader does."""
    source = nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", as_version=4)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.add_assignment(NAME)
        book.add_notebook(NAME, NAME)
        for cell in filter(is_grade, source.cells):
            facts = cell.metadata.nbgrader
            book.add_grade_cell(
                facts.grade_id, NAME, NAME, max_score=facts.points, cell_type=cell.cell_type
            )


def test_a_submission_left_half_way_is_told(course):
    """What a killed grader left is counted, with how to go on."""
    (course / UNFINISHED).mkdir(parents=True)
    (course / UNFINISHED / "0123").touch()

    assert wanting(course)["grading"].startswith("1 submission was begun")


def test_packages_are_compared_with_the_lock(tmp_path):
    """A version that is not the lock's, and a package that is missing, are named with both."""
    lock = tmp_path / packages.LOCK
    lock.write_text(
        "numpy==1.0 \\\n    --hash=sha256:00\n"
        "no-such-package==2.0 \\\n    --hash=sha256:00\n"
        "not-here==2.0 ; sys_platform == 'nowhere' \\\n    --hash=sha256:00\n"
    )
    finding = packages.packages(tmp_path)

    assert finding.status is Status.MEND
    assert finding.says.startswith("numpy is ")
    assert "no-such-package is missing" in finding.says
    assert "not-here" not in finding.says
    assert finding.remedy == "make environment"


def distribution(folder, name, number):
    """Leave in a folder what tells of an installed distribution."""
    info = folder / f"{name.replace('-', '_')}-{number}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n")


@pytest.mark.parametrize("build", ["tensorflow", "tensorflow-cpu"])
def test_either_build_of_tensorflow_will_do(monkeypatch, tmp_path, build):
    """The lock names one, the package the other: what counts is that one of them is there."""
    lock = tmp_path / packages.LOCK
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    distribution(tmp_path, build, "2.21.0")
    for name in ("tensorflow", "tensorflow-cpu"):
        lock.write_text(f"{name}==2.21.0 \\\n    --hash=sha256:00\n")
        assert packages.packages(tmp_path).status is Status.OK
        assert installed.version(name) == "2.21.0"
    lock.write_text("tensorflow-cpu==2.22.0 \\\n    --hash=sha256:00\n")

    assert "tensorflow-cpu is 2.21.0, not 2.22.0" in packages.packages(tmp_path).says


def test_both_builds_of_tensorflow_at_once_are_to_be_mended(monkeypatch, tmp_path):
    """They have written over each other's files, so both have to go before one comes back."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    for name in ("tensorflow", "tensorflow-cpu"):
        distribution(tmp_path, name, "2.21.0")
    finding = packages.packages(None)

    assert finding.status is Status.MEND
    assert "tensorflow and tensorflow-cpu are both installed" in finding.says
    assert "pip uninstall -y tensorflow tensorflow-cpu" in finding.remedy


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [("tensorflow", Status.OK, "TensorFlow"), ("torch", Status.MEND, "cannot be trained")],
)
def test_a_backend_on_which_nothing_is_proven_is_told(monkeypatch, asked, status, says):
    monkeypatch.setenv("KERAS_BACKEND", asked)

    finding = packages.backend()

    assert finding.status is status
    assert says in finding.says


def test_data_are_looked_at_where_they_are(monkeypatch, small_pets, tmp_path):
    """A sound folder is told with its size; a missing one, and one with holes, with the reason."""
    monkeypatch.setenv("PAWMARK_DATA", str(small_pets.root))
    assert "40 drawn pictures" in machine.data(deep=True).says
    half = shutil.copytree(small_pets.root, tmp_path / "half")
    (half / "annotations" / "trimaps" / f"{small_pets.names[3]}.png").unlink()
    monkeypatch.setenv("PAWMARK_DATA", str(half))
    assert "1 photograph without a trimap" in machine.data(deep=False).says
    monkeypatch.setenv("PAWMARK_DATA", str(tmp_path / "nowhere"))
    assert machine.data(deep=False).status is Status.MEND


def test_pictures_are_not_drawn_by_looking(monkeypatch, tmp_path):
    """Where nothing is drawn yet the doctor says when it will be, and draws nothing."""
    monkeypatch.setenv("PAWMARK_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PAWMARK_DATA", raising=False)

    assert machine.data(deep=False).status is Status.OK
    assert not (tmp_path / "cache").exists()


def test_a_profile_that_does_not_exist_is_told(monkeypatch):
    """A mistyped PAWMARK_PROFILE is a line among others, not the end."""
    monkeypatch.setenv("PAWMARK_PROFILE", "hpu")
    looks = machine.of_vision(deep=False)
    found = {finding.topic: finding for finding in machine.examine(looks)}

    assert "quick or gpu is wanted" in found["profile"].remedy
    assert "GPU" in found


@pytest.mark.parametrize(
    ("script", "status", "says"),
    [
        ("echo 'NVIDIA T4, 15360 MiB'", Status.OK, "NVIDIA T4, 15360 MiB"),
        ("echo 'driver mismatch' >&2; exit 9", Status.MEND, "none found"),
    ],
    ids=["one card", "broken driver"],
)
def test_a_graphics_card_is_what_its_driver_says(monkeypatch, tmp_path, script, status, says):
    """The driver's own tool is asked; without a card the large profile is advised against."""
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setenv("PAWMARK_PROFILE", "gpu")

    found = machine.gpu()

    assert (found.status, found.says[: len(says)]) == (status, says)


@pytest.mark.slow
def test_tensorflow_is_started_on_request(own_cache):
    """In depth, TensorFlow is started and says which graphics cards it can use."""
    looks = machine.of_vision(deep=True)
    found = {finding.topic: finding for finding in machine.examine(looks)}

    assert found["TensorFlow"].says.startswith("starts")


def test_every_line_says_ok_or_what_to_do(monkeypatch, course, own_cache):
    """People read lines, programs JSON; the exit code is 1 if something is to be mended."""
    shutil.rmtree(course / "release")
    monkeypatch.chdir(course)
    told, read = (CliRunner().invoke(cli.app, ["doctor", *flag]) for flag in ([], ["--json"]))
    lines = told.stdout.splitlines()
    found = json.loads(read.stdout)

    assert (told.exit_code, read.exit_code) == (1, 1)
    assert [finding["topic"] for finding in found] == MACHINE + COURSE
    assert [line.split()[1] for line in lines if not line.startswith(" ")] == MACHINE + COURSE
    for finding in found:
        assert finding["status"] in ("ok", "mend")
        assert bool(finding["remedy"]) == (finding["status"] == "mend")
    assert any(line.startswith("MEND    release") for line in lines)
    assert any(line.strip() == "-> pawmark release" for line in lines)


@pytest.mark.parametrize(
    ("plugin", "own"),
    [
        ("arithmetic_course:course", {"numbers": "5 numbers to measure"}),
        ("none", {}),
        ("mistaken:raising", {"plugin": "doctor() raised ZeroDivisionError"}),
        ("mistaken:later", {"numbers": "a mistake: ZeroDivisionError"}),
    ],
)
def test_another_course_is_asked_what_it_needs(tmp_path, plugin, own):
    """Nothing is told of photographs, Keras and cards where the course knows none."""
    folder = Path(shutil.copytree(ROOT / "tests" / "courses" / "arithmetic", tmp_path / "course"))
    edit(folder / "nbgrader_config.py", "arithmetic_course:course", plugin)
    (folder / "mistaken.py").write_text(MISTAKEN)
    done = subprocess.run(
        [Path(sys.executable).with_name("pawmark"), "doctor", "--json"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = {finding["topic"]: finding for finding in json.loads(done.stdout)}

    assert [topic for topic in found if topic not in COURSE] == [*ENGINE, *own]
    for topic, words in own.items():
        assert words in found[topic]["says"] + found[topic]["remedy"]


def test_without_a_course_the_machine_is_looked_at(tmp_path):
    """Outside a course the machine is examined, and the last line says where to ask again."""
    *_, last = table(list(examine(tmp_path)))

    assert last == "skipped course      no course here; ask again inside its folder"


def test_looking_never_starts_tensorflow():
    """The doctor answers in seconds: it finds a graphics card without TensorFlow."""
    code = (
        "import sys; from pawmark.authoring.doctor import examine; list(examine()); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)

    assert done.returncode == 0


@pytest.mark.parametrize(
    ("available", "status"), [(1.9, Status.OK), (1.0, Status.MEND)], ids=["enough", "too little"]
)
def test_a_container_of_two_gigabytes_grades_if_they_are_free(monkeypatch, available, status):
    """One core and 2 GB are enough for one submission at a time; the line tells what there is."""
    memory = resources.Memory(2 << 30, int(available * (1 << 30)))
    monkeypatch.setattr(resources, "memory", lambda: memory)
    monkeypatch.setattr(resources, "cores", lambda: 1)

    found = grading.workers()

    assert found.status is status
    assert f"1 core, {available:.1f} GB of 2.0 GB memory free" in found.says
