"""The record of a graded submission: one type, written and read in one place."""

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pawmark
from pawmark.errors import CourseError
from pawmark.grading.results import record
from pawmark.grading.results.outcomes import (
    CheckResult,
    Counterexample,
    ExerciseResult,
    Exhibit,
    Outcome,
    Part,
    Picture,
)
from pawmark.grading.results.record import Record, Run

NAME = "02_data_loading"
PLACE = record.path_of(Path(), "anna", NAME)
# A file name that is no UTF-8 has lone surrogates, and comes into a record by what was repaired.
TEXT = st.text(st.characters(), max_size=20)
NUMBERS = st.floats(0, 1e6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
CHECKS = st.builds(
    CheckResult,
    check=TEXT,
    title=TEXT,
    outcome=st.sampled_from(Outcome),
    points=NUMBERS,
    max_points=NUMBERS,
    message=TEXT,
    got=st.none() | TEXT,
    picture=st.none() | st.builds(Picture, png=TEXT, alt=TEXT, width=st.integers(1, 999)),
    exhibit=st.none() | st.builds(Exhibit, kind=TEXT, data=st.dictionaries(TEXT, JSON, max_size=3)),
    parts=st.lists(st.builds(Part, name=TEXT, right=st.booleans()), max_size=2).map(tuple),
    counterexample=st.none() | st.builds(Counterexample, call=TEXT, got=TEXT),
)
EXERCISES = st.builds(
    ExerciseResult,
    exercise=TEXT,
    checks=st.lists(CHECKS, max_size=2).map(tuple),
    remarks=st.lists(TEXT, max_size=2).map(tuple),
    questions=st.integers(0, 99),
    drawn_by=TEXT,
)
RECORDS = st.builds(
    Record,
    student=TEXT,
    assignment=TEXT,
    repairs=st.lists(TEXT, max_size=2).map(tuple),
    graded=TEXT,
    for_a_person=st.lists(st.tuples(st.none() | TEXT, TEXT), max_size=2).map(tuple),
    sandbox=TEXT,
    data=TEXT,
    recording=TEXT,
    handed_in=st.dictionaries(TEXT, TEXT, max_size=2),
    checks=TEXT,
    seed=st.integers(0, 2**128),
    seconds=NUMBERS,
    run=st.builds(Run, seconds=NUMBERS, memory=st.integers(0, 2**45)),
    exercises=st.lists(EXERCISES, max_size=2).map(tuple),
)
LOST = CheckResult("test_labels", "Labels.", Outcome.FAILED, 0, 2, "swapped")
MADE = Record(
    student="anna",
    assignment=NAME,
    repairs=("renamed",),
    graded="mine.ipynb",
    for_a_person=((None, "two notebooks"),),
    sandbox="bubblewrap",
    data="d" * 8,
    recording="a1",
    handed_in={"model.keras": "f" * 8},
    checks="c" * 8,
    seed=7,
    seconds=3.25,
    run=Run(1.5, 10**9),
    exercises=(ExerciseResult("02-path", (LOST,)),),
)


@pytest.fixture
def path(tmp_path):
    """Give the place of anna's record in a course."""
    place = record.path_of(tmp_path, "anna", NAME)
    place.parent.mkdir(parents=True)
    return place


def tree_of(made=MADE):
    """Return a record as the JSON object of its file."""
    return json.loads(made.to_bytes())


@settings(max_examples=60, deadline=None)
@given(RECORDS)
def test_what_is_written_is_read_again(made):
    """Whatever a record says, its file says the same."""
    assert record.from_bytes(made.to_bytes(), PLACE) == made


def test_a_record_is_read_from_its_file(path):
    """The file names the version of its form, and gives the record back."""
    path.write_bytes(MADE.to_bytes())

    assert record.read(path) == MADE
    assert json.loads(path.read_bytes())["version"] == record.VERSION
    assert record.read_all(path.parents[2]) == [MADE]


def test_a_curve_that_is_no_number_survives(path):
    """A training that went astray has NaN in what its check shows."""
    shown = Exhibit("training", {"loss": [1.0, float("nan")]})
    check = dataclasses.replace(LOST, exhibit=shown)
    made = dataclasses.replace(MADE, exercises=(ExerciseResult("02-path", (check,)),))
    path.write_bytes(made.to_bytes())

    loss = record.read(path).exercises[0].checks[0].exhibit.data["loss"]
    assert loss[0] == 1.0
    assert loss[1] != loss[1]


def test_one_version_back_is_read(path):
    """Files of the version before name no version, and call curves and recordings otherwise."""
    tree = tree_of()
    del tree["version"]
    tree["tape"] = tree.pop("recording")
    check = tree["exercises"][0]["checks"][0]
    del check["exhibit"]
    check["training"] = {"loss": [1.0]}
    path.write_text(json.dumps(tree))

    exhibit = Exhibit("training", {"loss": [1.0]})
    checks = (dataclasses.replace(LOST, exhibit=exhibit),)
    exercises = (dataclasses.replace(MADE.exercises[0], checks=checks),)
    assert record.read(path) == dataclasses.replace(MADE, exercises=exercises)


def test_a_file_that_the_version_before_wrote_is_read(path):
    """It is kept as it was written, before records had a version."""
    path.write_bytes((Path(__file__).parent / "version_1.record.json").read_bytes())

    found = record.read(path)
    assert (found.student, found.graded) == ("anna", "01_three_tasks.ipynb")
    assert found.points == pytest.approx(1.666667)
    assert [check.check for _, check in found.lost] == [
        "test_only_the_class_asked_for",
        "test_class_that_does_not_occur",
    ]
    assert not found.needs_person


@pytest.mark.parametrize(
    ("version", "mended"),
    [
        (record.VERSION - 2, rf"nbgrader autograde {NAME} --force"),
        (record.VERSION + 1, "pip install --upgrade pawmark"),
    ],
)
def test_other_versions_are_refused_with_what_mends(path, version, mended):
    """What is too old must be graded again; what is newer needs a newer Pawmark."""
    path.write_text(json.dumps(tree_of() | {"version": version}))

    with pytest.raises(CourseError, match=mended) as refused:
        record.read(path)
    assert str(path) in str(refused.value)
    assert f"version {version}" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Expecting value"),
        (MADE.to_bytes()[:100], "Expecting property name"),
        (b"\xff\xfe", "utf-8"),
        (b"[]", "a JSON object"),
        (b"[" * 200_000, "recursion"),
        (json.dumps(tree_of() | {"version": "two"}).encode(), "version"),
        (json.dumps(tree_of() | {"seed": "x"}).encode(), r"\$\.seed"),
        (json.dumps(tree_of() | {"exercises": [{"exercise": 1}]}).encode(), r"exercises\[0\]"),
        (json.dumps({"student": "anna"}).encode(), "'exercises' is missing"),
        (json.dumps({"student": "anna", "exercises": []}).encode(), "missing required field"),
    ],
    ids=lambda value: None if isinstance(value, str) else "file",
)
def test_damage_is_told_by_the_name_of_the_file(path, content, said):
    """A damaged record is one message: which file, what is wrong with it, what mends it."""
    path.write_bytes(content)

    with pytest.raises(CourseError, match=said) as refused:
        record.read(path)
    assert str(path) in str(refused.value)
    assert f"nbgrader autograde {NAME} --student anna --force" in str(refused.value)


def test_a_record_that_is_not_there_is_told(path):
    """So is one that is missing."""
    with pytest.raises(CourseError, match="No such file"):
        record.read(path)


def test_files_of_students_are_no_records(path):
    """Only the file that grading writes counts, whatever else is called so."""
    path.write_bytes(MADE.to_bytes())
    (path.parent / "zzz.record.json").write_text("{}")

    assert record.read_all(path.parents[2]) == [MADE]


def test_records_are_known_in_one_place():
    """The name is spelt where a course's paths are: who wants a record asks `record`."""
    root = Path(pawmark.__file__).parent
    named = [path for path in root.rglob("*.py") if "record.json" in path.read_text("utf-8")]

    assert {path.name for path in named} == {"course_folder.py", "record.py"}
