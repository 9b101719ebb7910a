"""From inside to outside: a draft asks what the notebook's tests ask, and proves nothing yet."""

import ast
import re

import nbformat
import pytest
from any_course import RELEASED, copy, hand_in, records, release, run, scores
from traitlets.config import Config

from pawmark.authoring import adopting, asserts, judges, outside, sound
from pawmark.authoring.bank import specification_of
from pawmark.authoring.beginning import begin
from pawmark.authoring.proof import require_own_judge
from pawmark.errors import CourseError
from pawmark.grading import course as courses
from pawmark.grading.checks.asking import ProgramAsking
from pawmark.grading.checks.grading import grade
from pawmark.grading.checks.specification import Place, Raises
from pawmark.grading.gradebook import course_settings
from pawmark.grading.sandbox import bubblewrap

needs_sandbox = pytest.mark.skipif(
    bubblewrap.available() is not None, reason=str(bubblewrap.available())
)

# Written from the text of the exercises, by another way than the references.
JUDGES = {
    "squares_visible": "def judge(n):\n    return [k * k for k in list(range(n + 1))[1:]]",
    "squares_hidden": (
        "def judge(n):\n    odd = range(1, 2 * n, 2)\n"
        "    return [sum(odd[: k + 1]) for k in range(n)] if n > 0 else raises(ValueError)"
    ),
    "mean_of_nothing": "def judge(numbers):\n    return raises(ValueError)",
    "test_shout": 'def judge(text):\n    return "".join([*map(str.upper, text), "!"])',
    "test_warn": 'def judge(text):\n    return f"Warning: {text}"',
}
WRONG = {
    "squares": "def squares(n):\n    return [i**2 for i in range(1, n + 1)]",
    "mean": "def mean(numbers):\n    return sum(numbers) / max(len(numbers), 1)",
    "shout": "def shout(text):\n    return text.upper() + '!' if text else ''",
    "warn": "def warn(text):\n    return text + 'a'",
}


@pytest.fixture(autouse=True)
def plugin_of_before():
    """Leave this process the plugin that it had."""
    name = courses.name()
    yield
    courses.use_configured(Config({"Pawmark": {"plugin": name}}), courses.Path())


def with_judge(text, judge):
    """Put a judge in the place of the copied one, as an author does."""
    text = re.sub(r"judge=copied_from_reference\(\w+\)", "judge=judge", text)
    text = text.replace("copied_from_reference", "raises")
    return text.replace("\nexercise = Exercise(", f"\n{judge}\n\n\nexercise = Exercise(")


def drafted(course, exercise):
    """Draft and write; return the draft and its file."""
    made = outside.draft(course, exercise)
    adopting.name_plugin(course)
    return made, course / outside.write(course, made)


def read(text, **changed):
    """Read tests of a function f, another one g, and NumPy."""
    return asserts.read(text, **{"functions": ["f", "g"], "modules": ["np", "math"]} | changed)


@pytest.mark.parametrize(
    ("test", "calls"),
    [
        ("assert f(1) == 2", ["f(1)"]),
        ("assert [1] == f(-1, [2, (3, 'a')], size=None)", ["f(-1, [2, (3, 'a')], size=None)"]),
        ("assert f(1)[-1] == 2 and len(f(2)) == 3", ["f(1)", "f(2)"]),
        ("assert not f({'a': 1.5})", ["f({'a': 1.5})"]),
        ("x = [1, 2]\nassert f(x) == 3", ["f([1, 2])"]),
        ("r = f(4)\nassert r == 3\nassert type(r) is int", ["f(4)", "f(4)"]),
        ("assert np.allclose(f(np.array([1, 2], dtype=np.uint8)), 1)",
         ["f(np.array([1, 2], dtype=np.uint8))"]),
        ("for x, y in [(1, 2), (3, 4)]:\n    assert f(x) == y", ["f(1)", "f(3)"]),
        ("from nose.tools import assert_equal\nassert_equal(f(2), 4, 'no')", ["f(2)"]),
        ("assert all(f(2)[k] == k for k in range(3))", ["f(2)"]),
        ("import pytest\nwith pytest.raises(ValueError):\n    f(0)", ["f(0)"]),
        ("try:\n    f(0)\nexcept KeyError:\n    pass\nelse:\n    assert False", ["f(0)"]),
        ("try:\n    f(0)\n    raise AssertionError\nexcept KeyError:\n    pass", ["f(0)"]),
        ("assert fails(ValueError, f, 0, 1)", ["f(0, 1)"]),
    ],
)  # fmt: skip
def test_calls_with_literals_are_carried_over(test, calls):
    """Whatever a test makes of the result; names that stand for literals are replaced."""
    found = read(test)

    assert [ast.unparse(one.call) for one in found.examples] == calls
    assert found.left == ()


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("assert total == 3", "it looks at state: total of the notebook"),
        ("assert f(data) == 3", "it looks at data of the notebook, too"),
        ("assert f(1) == g(1)", "it asks several functions: f and g"),
        ("assert f(g(1)) == 1", "it asks several functions: f and g"),
        ("print(f(1))", "it prints"),
        ("assert f.__doc__", "it looks at f itself"),
        ("assert f(f(1)) == 1", "the arguments of f are no literals"),
        ("assert f(np.random.rand(3)) == 1", "the arguments of f are no literals"),
        ("assert f(*[1, 2]) == 1", "the arguments of f are no literals"),
        ("x = 1\nx += 1\nassert f(x) == 1", "it looks at x of the notebook, too"),
        ("for x in range(10**6):\n    assert f(x)", "a loop over what is no short list"),
        ("for x in [1]:\n    print(x)", "a loop that holds more than asserts"),
        ("if f(1):\n    raise AssertionError", "it is no assert by itself"),
        ("try:\n    f(1)\nexcept ValueError:\n    print('good')", "what is tried is more than one"),
        ("assert 1 + 1 == 2", "it calls no function that students write"),
        ("### AUTOTEST f(1)", "a generated test"),
    ],
)
def test_what_cannot_be_carried_over_is_named(test, why):
    """With the line and the reason; nothing else is taken of it."""
    found = read(test)

    assert found.examples == ()
    assert why in " / ".join(one.why for one in found.left)


def test_what_asks_for_less_than_the_whole_result_is_known():
    """The judge decides the whole result, and its author should know where that is new."""
    tests = {
        "assert f(1) == 2": True,
        "assert 2 == f(1)": True,
        "assert f(1) is None": True,
        "assert math.isclose(f(1), 2)": False,
        "np.testing.assert_allclose(f(1), 2)": True,
        "np.testing.assert_allclose(f(1), 2, atol=0.1)": False,
        "assert f(1)[0] == 2": False,
        "assert f(1) > 2": False,
        "assert f(1)": False,
        "assert f(1) == f(1)": False,
    }

    assert {test: read(test).examples[0].whole for test in tests} == tests | {
        "assert math.isclose(f(1), 2)": True
    }


def test_a_draft_asks_what_the_notebook_asks(tmp_path):
    """By strata: what students see, what they do not, what should end in an error."""
    course = tmp_path / "mine"
    begin(course)
    made, path = drafted(course, "01-squares-check")
    specification = specification_of(course, "01-squares")
    titles = [stratum.name for stratum in specification.strata]
    reference = grade(specification, ProgramAsking(specification.judge.__wrapped__), 1)
    no_error = grade(specification, ProgramAsking(lambda n: [k * k for k in range(1, n + 1)]), 1)

    assert path == course / "grader_tests" / "01_first_steps" / "test_01_squares.py"
    assert (specification.name, specification.function) == ("01-squares", "squares")
    assert titles == [outside.SHOWN, outside.HIDDEN, outside.ERRORS]
    assert specification.judge(2) == [1, 4]
    assert specification.judge(0) == Raises(ValueError)
    assert (reference.points, no_error.points) == (1, 0.8)
    assert list(made.remarks()) == [
        "Asked more strictly than in the notebook: the judge decides whole results:"
    ]
    assert "# - assert squares(12)[-1] == 144\n" in path.read_text()


def test_nothing_is_overwritten(tmp_path):
    """An exercise that is checked outside is left alone."""
    course = tmp_path / "mine"
    begin(course)
    _, path = drafted(course, "01-squares")
    path.write_text("# mine\n")
    with pytest.raises(CourseError, match="is checked outside already, by grader_tests/01_first"):
        outside.draft(course, "01-squares")

    assert path.read_text() == "# mine\n"


def with_tests(course, **tests):
    """Add cells of tests to the course with a data set, by their grade_id."""
    path = course / "source" / "data1" / "data1.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for name, text in tests.items():
        about = {"grade": True, "grade_id": name, "locked": True, "points": 1,
                 "schema_version": 3, "solution": False, "task": False}  # fmt: skip
        notebook.cells.append(nbformat.v4.new_code_cell(text, metadata={"nbgrader": about}))
    nbformat.write(notebook, path)


@needs_sandbox
def test_a_file_beside_the_notebook_goes_with_the_question(tmp_path):
    """What a call names is a Place with that file: reference, judge and students are given it."""
    course = copy("files", tmp_path, pawmark=True)
    path = course / "source" / "data1" / "data1.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (answer,) = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id")
                 == "total"]  # fmt: skip
    answer.source = (
        "def total(path):\n    ### BEGIN SOLUTION\n    with open(path) as file:\n"
        "        return sum(float(line.split(',')[1]) for line in list(file)[1:])\n"
        "    ### END SOLUTION"
    )
    nbformat.write(notebook, path)
    made, module = drafted(course, "test_total")
    text = with_judge(
        made.text,
        "def judge(place):\n    rows = place.files[place.path].decode().split()[1:]\n"
        "    return sum(float(row.partition(',')[2]) for row in rows)",
    )
    copied = specification_of(course, "test_total").judge
    module.write_text(text)
    place = Place({"a.csv": b"day,mm\nmon,1\ntue,2\n"}, "a.csv")
    held = [line.holds for line in sound.prove(course, "data1") if "gets" in line.says]

    assert [one.files for one in made.examples] == [("data/rain.csv",)]
    assert "Place(FILES, 'data/rain.csv')" in made.text
    assert copied(place) == 3
    assert copied(Place({"b/": b""}, "a.csv")) == Raises(FileNotFoundError)
    assert held == [True, True]


@pytest.mark.parametrize(
    ("name", "exercise", "says"),
    [
        ("several", "shout", "Did you mean test_shout"),
        ("several", "test_shuot", "Did you mean test_shout"),
        ("several", "mean_partial", "a loop that holds more than asserts"),
        ("several", "handed_out", "it calls no function that students write"),
        ("files", "test_takes_a_folder", "it takes data, which lies beside the notebook"),
        ("files", "test_writes", "a specification compares results and no files"),
        ("files", "test_total", "No module named 'helpers'"),
        ("files", "test_wettest", "it looks at state: days of the notebook"),
    ],
)
def test_what_cannot_be_drafted_is_one_message(tmp_path, name, exercise, says):
    """It says why, line by line, or which exercise was meant; nothing is written."""
    course = copy(name, tmp_path, pawmark=True)
    if name == "files":
        with_tests(course, test_takes_a_folder="assert total('data') == 1")
        with_tests(course, test_writes="assert open('out.txt').read() == '8'")
    with pytest.raises(CourseError, match=re.escape(says)):
        outside.draft(course, exercise)

    assert not (course / "grader_tests").exists()


def test_a_source_that_cannot_be_read_is_named_where_an_exercise_is_missing(tmp_path):
    """It may stand in a notebook that is cut off: that one is named, and not that there is none."""
    course = copy("several", tmp_path, pawmark=True)
    path = course / "source" / "ps1" / "strings.ipynb"
    path.write_text(path.read_text()[:-200])

    with pytest.raises(CourseError, match=r"strings\.ipynb: it is cut off or damaged in line"):
        outside.draft(course, "test_shout")


def test_a_notebook_of_another_kernel_stays_inside(tmp_path, monkeypatch):
    """What is no function of Python cannot be asked; what to do is said, wherever its kernel is."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    course = copy("shell", tmp_path, pawmark=True)
    with pytest.raises(CourseError, match=r"is a notebook of bash, .* leave it checked inside"):
        outside.draft(course, "test_greet")


def test_an_exercise_of_two_notebooks_is_not_taken_over(tmp_path):
    """Checks outside are found by the name alone, so both would be checked by them."""
    course = copy("several", tmp_path, pawmark=True)
    path = course / "source" / "ps1" / "strings.ipynb"
    path.write_text(path.read_text().replace("test_shout", "squares_visible"))
    with pytest.raises(CourseError, match="both have an exercise 'squares_visible'"):
        outside.draft(course, "squares_visible")


def test_what_other_cells_need_of_the_cell_is_named(tmp_path):
    """A cell of tests that is checked outside is not run, so what it makes must stand elsewhere."""
    course = copy("several", tmp_path, pawmark=True)
    (names,) = [
        lines for title, lines in outside.draft(course, "squares_visible").remarks().items()
        if "not run any more" in title
    ]  # fmt: skip

    assert names == ["isclose"]
    assert outside.draft(course, "squares_hidden").lost == ("raises",)
    assert outside.draft(course, "test_shout").lost == ()


def test_a_folder_of_checks_is_that_of_one_exercise(tmp_path):
    """A new folder that would be found for another exercise, too, is refused."""
    course = copy("several", tmp_path, pawmark=True)
    path = course / "source" / "ps1" / "strings.ipynb"
    path.write_text(path.read_text().replace("test_shout", "squares"))
    drafted(course, "squares")
    with pytest.raises(CourseError, match="Give squares_visible another grade_id"):
        outside.draft(course, "squares_visible")


@pytest.mark.parametrize(
    "text",
    [
        '"""Ours."""\n\nfrom pawmark.grading.plugin import configure\n\nconfigure(get_config())\n',
        "conf = get_config()\nconf.CourseDirectory.course_id = 'x'\n",
        "",
    ],
)
def test_a_course_with_checks_outside_has_no_plugin_of_another(tmp_path, text):
    """Left out, it would be that of Pawmark's own course as soon as there are checks outside."""
    course = copy("several", tmp_path, pawmark=False)
    config = course / "nbgrader_config.py"
    config.write_text(text)

    assert adopting.name_plugin(course) == config
    assert course_settings.load(course).Pawmark.plugin == "none"
    assert config.read_text().replace(adopting.PLUGIN, "").split() == text.split()
    assert ast.get_docstring(ast.parse(config.read_text())) == ast.get_docstring(ast.parse(text))
    assert adopting.name_plugin(course) is None


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_judge_that_is_the_reference_proves_nothing(tmp_path, by_hand):
    """Marked as copied or copied by hand, it is refused by one message, until it is another one."""
    course = tmp_path / "mine"
    begin(course)
    made, path = drafted(course, "01-squares")
    if by_hand:
        path.write_text(made.text.replace("copied_from_reference(squares)", "squares"))
    (says,) = [
        line.says for line in sound.copied_judges(course, *source_of(course)) if not line.holds
    ]

    assert says == f"grader_tests/01_first_steps/test_01_squares.py: 01-squares: {judges.NO_PROOF}"
    with pytest.raises(CourseError, match="Write an independent one"):
        require_own_judge(course, "01-squares", specification_of(course, "01-squares"))

    path.write_text(with_judge(made.text, JUDGES["squares_hidden"]))
    assert list(sound.copied_judges(course, *source_of(course))) == []
    require_own_judge(course, "01-squares", specification_of(course, "01-squares"))


def test_checks_that_cannot_be_imported_are_one_line(tmp_path):
    """No traceback: the file, the exercise and the error."""
    course = tmp_path / "mine"
    begin(course)
    _, path = drafted(course, "01-squares")
    path.write_text("from nowhere import nothing\n")
    (line,) = sound.copied_judges(course, *source_of(course))

    assert not line.holds
    assert "cannot be imported (ModuleNotFoundError: No module named 'nowhere')" in line.says


def source_of(course):
    """Return the source notebook of a new course, by path and read."""
    path = course / "source" / "01_first_steps" / "01_first_steps.ipynb"
    return path, nbformat.read(path, as_version=4)


def keep_isclose(course):
    """Import in the first cell what tests of another exercise need, as the draft asks for."""
    path = course / "source" / "ps1" / "lists.ipynb"
    notebook = nbformat.read(path, as_version=4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    first.source = f"from math import isclose\n{first.source}"
    nbformat.write(notebook, path)


@pytest.mark.slow
@needs_sandbox
def test_a_drafted_check_grades_once_its_judge_is_another(tmp_path):
    """Right answers get all points, wrong ones lose theirs, what was handed out has none."""
    course = copy("several", tmp_path, pawmark=True)
    for exercise, judge in JUDGES.items():
        made, path = drafted(course, exercise)
        path.write_text(with_judge(made.text, judge))
    keep_isclose(course)
    release(course, "ps1")
    hand_in(course, "ps1", "ann", {"": ""})
    hand_in(course, "ps1", "ben", WRONG)
    hand_in(course, "ps1", "cem", RELEASED)
    done = run(course, "nbgrader", "autograde", "ps1")
    found = {
        (who, name): points
        for (who, _, name), (points, *_) in scores(course, "ps1").items()
        if name in JUDGES
    }
    results = [one for record in records(course, "ann", "ps1").values()
               for one in record["exercises"]]  # fmt: skip

    assert done.returncode == 0, done.stderr[-3000:]
    assert {name: found["ann", name] for name in JUDGES} == {
        "squares_visible": 1, "squares_hidden": 2, "mean_of_nothing": 1, "test_shout": 2,
        "test_warn": 1,
    }  # fmt: skip
    assert found["ben", "squares_visible"] == 1
    assert found["ben", "squares_hidden"] < 2
    assert found["ben", "test_shout"] < 2
    assert (found["ben", "mean_of_nothing"], found["ben", "test_warn"]) == (0, 0)
    assert {found["cem", name] for name in JUDGES} == {0}
    assert {one["exercise"] for one in results if not one.get("inside")} == set(JUDGES)
