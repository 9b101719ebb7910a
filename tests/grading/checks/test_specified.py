"""An exercise with a specification: the right answer decides, a misconception only names it."""

import collections
import importlib
import json
import sys
import textwrap
import types
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import strategies as st

from pawmark.checks import (
    ARGUMENTS,
    RESULT,
    Contract,
    Exercise,
    Inside,
    Item,
    Items,
    Place,
    Remark,
    Slip,
    Stratum,
    Variant,
    close,
    exact,
    inputs,
    one_of,
    raises,
    satisfying,
    switches,
)
from pawmark.errors import CourseError
from pawmark.grading.checks.asking import ProgramAsking, StudentAsking
from pawmark.grading.checks.counterexample import shown_value
from pawmark.grading.checks.grading import grade
from pawmark.grading.checks.proving import (
    prove,
    questions,
    remembering,
    separates,
    tolerance,
    without_variants,
)
from pawmark.grading.checks.strata import draw
from pawmark.grading.checks.student import Student
from pawmark.grading.results.outcomes import ExerciseResult, Outcome
from pawmark.grading.run.execution import Execution
from pawmark.grading.run.recording import from_bytes, to_bytes
from pawmark.grading.sandbox import bubblewrap
from pawmark.grading.sandbox.namespaced import Bubblewrap
from pawmark.grading.secret import PRACTICE
from pawmark.grading.session.kernel import StudentKernel

REPO = Path(__file__).resolve().parents[3]


def area(mask, label):
    """Count the pixels of a label."""
    return int(sum(value == label for value in mask.ravel().tolist()))


def counted(mask, label, at_least=False, summed=False, zero_is_none=False):
    """Count them, with what may go wrong."""
    if zero_is_none and label == 0:
        return 0
    here = mask >= label if at_least else mask == label
    return int(mask[here].sum()) if summed else int(here.sum())


def masks(rng, height, width, labels=(1, 2, 3)):
    """Draw a mask that holds the label."""
    mask = rng.integers(0, 5, (height, width)).astype("uint8")
    label = int(rng.choice(labels))
    mask[0, :2] = label
    mask[1, 0] = 4
    return mask, label


def zero(rng, height, width):
    """Draw a mask and ask for 0."""
    return masks(rng, height, width, (0,))


sides = {"height": st.integers(2, 7), "width": st.integers(2, 7)}


def toy(**changes):
    """Return the toy exercise, some of it changed."""
    settled = {
        "function": "area",
        "judge": area,
        "strata": [
            Stratum("masks of labels", inputs(masks, **sides)),
            Stratum("label 4", inputs(lambda rng, height, width: masks(rng, height, width, (4,)),
                                      **sides)),
            Stratum("label 0", inputs(zero, **sides), row="corners"),
        ],
        "variants": switches(
            counted,
            at_least=Slip("major", "labels above {label} count too: {got} for {expected}"),
            summed=Slip("fatal", "the labels are summed"),
            zero_is_none=Slip("minor", "label 0 counts as well"),
        ),
        "contract": Contract(result=int),
    }  # fmt: skip
    return Exercise("99-area", **settled | changes)


def graded(source, exercise=None, seed=1, points=10.0):
    """Grade source text as a student's."""
    namespace = {"np": np}
    exec(textwrap.dedent(source), namespace)
    asking = StudentAsking(Student.local(namespace), (exercise or toy()).seconds)
    return grade(exercise or toy(), asking, seed, points)


def answer(expression, **more):
    """Grade a function of one line."""
    return graded(f"def area(mask, label):\n    return {expression}", **more)


def points(result):
    """Return what each row pays."""
    return {check.row: check.points for check in result.checks}


def first(result):
    """Return the first row that lost points."""
    return next(check for check in result.checks if check.outcome is not Outcome.PASSED)


def test_a_right_answer_gets_everything():
    """All rows pay in full, in numbers that a person would write."""
    result = answer("int(np.count_nonzero(mask == label))")

    assert points(result) == {"core": 7.0, "corners": 2.0, "contract": 1.0}
    assert result.points == result.max_points == 10
    assert result.drawn_by.startswith("hypothesis ")


def test_one_slip_of_form_costs_one_row():
    """A list around the number has the right value: only the contract pays for it."""
    result = answer("np.array([(mask == label).sum()])")

    assert points(result) == {"core": 7.0, "corners": 2.0, "contract": 0.5}
    assert "int was asked for" in first(result).message


def test_a_corner_costs_the_corners():
    """Who forgets what the text asks besides keeps the core."""
    result = answer("(mask == label).sum() if label else 0")

    assert points(result)["core"] == 7.0
    assert points(result)["corners"] == 0.0
    assert first(result).misconception == "99-area.zero-is-none"


def test_core_keeps_at_most_forty_percent():
    """With any failure among ordinary inputs the core keeps at most 40%."""
    result = answer("int((mask >= label).sum())")

    assert points(result)["core"] == pytest.approx(2.8)
    assert first(result).message.startswith("labels above")
    assert first(result).counterexample.expected is not None


def test_nothing_without_the_core():
    """Corners and contract pay nothing while no ordinary input is right."""
    result = answer("int(mask.sum()) + 1000")

    assert points(result) == {"core": 0.0, "corners": 0.0, "contract": 0.0}
    assert first(result).misconception == ""
    assert first(result).message == "the result is not right for masks of labels"


@pytest.mark.parametrize("value", ["0", "None", "float('nan')", "5e-324", "[]", "label", "mask"])
def test_what_does_nothing_gets_nothing(value):
    """A constant, or an argument handed back, is paid for nothing."""
    assert answer(value).points == 0


def test_whoever_answers_the_same_to_all_gets_nothing():
    """Where most right results are one constant, it is not paid for."""
    apart = Stratum("no such label", inputs(lambda rng, height, width: (
        rng.integers(0, 3, (height, width)), 7), **sides))  # fmt: skip
    result = answer("0", exercise=toy(strata=[*toy().strata, apart]))

    assert result.points == 0


def test_an_error_is_shown_once_with_the_smallest_input():
    """The same error is not written into every row, and the line of the student's code is there."""
    result = answer("xrange(3)")
    told = [check.message for check in result.checks]

    assert "NameError" in told[0]
    assert sum("NameError" in message for message in told) == 1
    assert first(result).outcome is Outcome.STUDENT_ERROR
    assert first(result).counterexample.call.startswith("area([[")


def test_a_misspelt_name_is_no_misconception():
    """A variant that raises there is named for a KeyError, not for a NameError."""

    def lookup(mask, label):
        return {1: 0}[label + 10]

    exercise = toy(variants=[Variant("lookup", lookup, "fatal", "the table lacks {label}")])

    assert first(answer("{}[label]", exercise=exercise)).misconception == "99-area.lookup"
    assert first(answer("nothing", exercise=exercise)).misconception == ""


def test_a_warning_is_no_error():
    """What NumPy warns of is a result, for the answer as for the misconception: here NaN."""

    def mean_of_nothing(mask, label):
        return float(np.mean(mask[mask > 9]))

    exercise = toy(variants=[Variant("mean", mean_of_nothing, "fatal", "nothing has no mean")])

    assert first(answer("float(mask[mask > 9].mean())", exercise=exercise)).message == (
        "nothing has no mean"
    )


def test_two_slips_are_named_together():
    """Where no single variant agrees on every input, pairs of switches are tried."""
    result = answer("int(mask[mask >= label].sum())")

    assert first(result).misconception == "99-area.at-least+summed"


def test_a_variant_is_named_only_if_it_agrees_everywhere():
    """One input on which the variant says something else, and it is not the cause."""
    result = answer(
        "int((mask >= label).sum()) if mask.shape[0] > 2 else int((mask > label).sum())"
    )

    assert first(result).misconception == ""


def test_variants_of_a_family_have_a_common_message():
    """Several left: what they have in common is said, and where they have nothing, no name."""
    ones = [Variant(name, lambda mask, label: -1, "fatal", name, "one") for name in "ab"]
    family = toy(variants=ones, families={"one": "it is always {got}"})
    strangers = toy(variants=[Variant(name, lambda *_: -1, "fatal", name) for name in "ab"])

    assert first(answer("-1", exercise=family)).message == "it is always -1"
    assert first(answer("-1", exercise=strangers)).misconception == ""


def test_variants_switched_off_change_no_point():
    """What is caught, the judge catches."""
    for expression in ("int((mask >= label).sum())", "int(mask.sum())", "0", "len(mask)"):
        bare = answer(expression, exercise=without_variants(toy()))
        assert points(bare) == points(answer(expression))


def test_the_counterexample_is_small():
    """A refusal that needs three rows is shown on three, not on the first that was drawn."""
    result = answer("(mask == label).sum() + (len(mask) > 2)")
    call = first(result).counterexample.call
    rows = call.count("[") - 1

    assert rows == 3
    assert result.questions <= 18 + 9 + 30


def test_hostile_text_is_cleaned():
    """Control characters of a student's text do not come through, and it is cut."""
    result = answer("'\\x1b[31m\\u202e' + 'a' * 10_000")
    got = first(result).counterexample.got

    assert got.isprintable()
    assert len(got) < 100


@pytest.mark.parametrize(
    ("code", "aspect"),
    [
        ("n = int((mask == label).sum()); mask += 1; return n", "arguments"),
        ("seen.append(0); return int((mask == label).sum()) + (len(seen) > 20) * 0.0", "type"),
        ("seen.append((mask == label).sum()); return seen", "nothing"),
    ],
)
def test_contract(code, aspect):
    """What is changed or of another type costs the contract, and a wrong value more."""
    result = graded(f"seen = []\ndef area(mask, label):\n    {code}")
    keys = [check.misconception for check in result.checks if check.row == "contract"]

    if aspect == "nothing":
        assert result.points == 0
    else:
        assert keys == [f"99-area.contract-{aspect}"]
        assert points(result)["core"] == 7.0


BUFFERS = "buffer, kept = np.zeros(99), {}"


def doubled(values):
    """Double an array."""
    return values * 2.0


DOUBLE = Exercise(
    "99-double",
    function="double",
    judge=doubled,
    strata=[Stratum("arrays", inputs(lambda rng, n: (rng.normal(size=n),), n=st.integers(3, 9)))],
    same=close(rtol=1e-5),
    contract=Contract(result=np.ndarray, dtype="floating"),
)


@pytest.mark.parametrize(
    ("code", "aspect"),
    [
        ("buffer[:len(values)] = values * 2; return buffer[:len(values)]", "again"),
        (
            "out = kept.setdefault(len(values), 2 * values); out[:] = values * 2; return out",
            "again",
        ),
        ("values *= 2; return values", "arguments"),
        ("return [float(value) * 2 for value in values]", "type"),
        ("return (values * 2)[:, None]", "shape"),
    ],
)
def test_contract_of_arrays(code, aspect):
    """A buffer that is used again, an argument that is written over, another form: one row."""
    result = graded(f"{BUFFERS}\ndef double(values):\n    {code}", exercise=DOUBLE)
    slips = [check.misconception for check in result.checks if check.row == "contract"]

    assert points(result)["core"] == 9.0
    assert slips == [f"99-double.contract-{aspect}"]


def test_large_arrays_show_the_first_place():
    """Of a large result the first place that differs is shown, not all of it."""
    wide = Stratum("arrays", inputs(lambda rng, n: (rng.normal(size=n),), n=st.integers(50, 60)))
    exercise = Exercise("99-double", "double", doubled, [wide])
    result = graded(
        "def double(values):\n    out = values * 2\n    out[30] = 7\n    return out",
        exercise=exercise,
    )
    shown = first(result).counterexample

    assert (shown.where, shown.got) == ("[30]", "7")
    assert "array of shape" in shown.call


def test_an_exercise_without_numbers_tells_what_differs():
    """Numbers with a fraction stay hidden, the right ones too; words, counts and shapes do not."""

    def judge(n):
        return {"kind": "even" if n % 2 == 0 else "odd", "values": np.full(3, n / 4)}

    numbers = [Stratum("numbers", st.tuples(st.integers(1, 9)), facet="a number")]
    exercise = Exercise("99-sort", "sort", judge, numbers, contract=None, shows_numbers=False)
    right = "def sort(n):\n    return {{'kind': {}, 'values': {}}}"
    kind, values = "['even', 'odd'][n % 2]", "np.full(3, n / 4)"
    other = first(graded(right.format(kind, "np.full(3, 0.125)"), exercise=exercise))
    words = first(graded(right.format("'odd'", values), exercise=exercise))
    shape = first(graded("def sort(n):\n    return np.full(3, 0.125)", exercise=exercise))

    assert str(other.counterexample) == "a number gives at values other numbers than expected"
    assert words.counterexample.where == "kind"
    assert (words.counterexample.got, words.counterexample.expected) == ("'odd'", "'even'")
    assert "an array of shape (3,) and dtype float64 came" in shape.counterexample.got
    assert shape.counterexample.expected is None


def test_an_error_may_be_the_right_result():
    """A judge may say that an error, one of several results, or a relation is right."""

    def judge(number):
        if number < 0:
            return raises(ValueError)
        if number == 0:
            return one_of(1.0, -1.0)
        return satisfying(lambda root: abs(root * root - number) < 1e-6, "a root", like=1.0)

    numbers = [Stratum("numbers", st.tuples(st.integers(-3, 9)), count=9)]
    exercise = Exercise("99-root", "root", judge, numbers, contract=None)
    right = "def root(n):\n    if n < 0: raise ValueError\n    return -(n ** 0.5) if n else {}"

    assert graded(right.format(1), exercise=exercise).points == 10
    assert graded(right.format(2), exercise=exercise).points < 10
    for odd in ("'text'", "[[]]", "10 ** 400", "{1: 2}", "np.zeros((3, 3))", "1j"):
        assert graded(f"def root(n):\n    return {odd}", exercise=exercise).points == 0


def test_a_relation_may_say_what_is_wrong():
    """Words that a relation returns refuse the answer, and are told as what came."""

    def judge(number):
        return satisfying(lambda got: got > number or f"{got} is not above {number}", "more")

    numbers = [Stratum("numbers", st.tuples(st.integers(1, 9)))]
    exercise = Exercise("99-more", "more", judge, numbers, contract=None)
    refused = first(graded("def more(n):\n    return 0", exercise=exercise))

    assert graded("def more(n):\n    return n + 1", exercise=exercise).points == 10
    assert refused.counterexample.got == "0 is not above 1"
    assert refused.message.endswith("0 is not above 1")


def test_the_same_seed_asks_the_same():
    """Inputs follow from the seed alone; another seed asks other inputs, and as many."""
    stratum = toy().strata[0]
    keys = [[question.key for _, question in questions(toy(), seed)] for seed in (1, 1, 2)]

    assert keys[0] == keys[1] != keys[2]
    assert len(draw(stratum, 5)) == stratum.count


def test_what_is_loaded_beside_does_not_change_what_is_asked(tmp_path, monkeypatch):
    """Two graders ask the same though one has loaded more: Hypothesis looks into loaded modules."""
    stratum = Stratum("numbers", inputs(lambda _, n: (n,), n=st.integers(0, 10**6)), count=100)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "full_of_numbers.py").write_text(f"numbers = {list(range(600_000, 600_500))}\n")
    before = draw(stratum, 5)
    draw.cache_clear()
    importlib.import_module("full_of_numbers")

    assert [question.args for question in draw(stratum, 5)] == [one.args for one in before]


def test_a_slow_answer_is_an_answer_of_its_own():
    """A loop without end among the corners costs the corners; the process lives on."""
    exercise = toy(seconds=0.2)
    result = graded(
        "def area(mask, label):\n    while label == 0: pass\n    return int((mask == label).sum())",
        exercise=exercise,
    )

    assert points(result) == {"core": 7.0, "corners": 0.0, "contract": 1.0}
    assert first(result).outcome is Outcome.TIMEOUT


def test_not_attempted():
    """What is left as released is not attempted, in each row."""
    result = graded("def area(mask, label):\n    raise NotImplementedError")

    assert {check.outcome for check in result.checks} == {Outcome.NOT_ATTEMPTED}


def test_items_pay_by_item():
    """Each item pays for itself, one call serves several, and nothing expected is shown."""
    exercise = Items(
        "99-tasks",
        "tasks",
        [
            Item("situation A", lambda told: told["A"] == "one" or "there is one thing only"),
            Item("situation B", lambda told: told["B"] == "many", points=3),
        ],
    )
    result = graded("def tasks():\n    return {'A': 'many', 'B': 'many'}", exercise=exercise)

    assert [check.points for check in result.checks] == [0.0, 7.5]
    assert result.checks[0].message == "there is one thing only"
    assert result.checks[0].misconception == "99-tasks.situation A"
    assert graded("def tasks():\n    return 7", exercise=exercise).points == 0
    assert result.questions == 1


def test_items_that_do_not_go_into_the_points_lose_none():
    """Ten points for three items are ten, and not a millionth less."""
    exercise = Items("99-tasks", "tasks", [Item(name, lambda told: told == 7) for name in "abc"])
    result = graded("def tasks():\n    return 7", exercise=exercise)

    assert (result.points, result.max_points) == (10, 10)


def test_places_are_written_beside_the_student():
    """A path can be an argument, and paths in a result are told as those of the folder."""
    files = {"images/a.png": b"1", "images/b.txt": b"2", "empty/": b""}

    def judge(folder):
        return [f"{folder}/{name}" for name in sorted(folder.files) if name.endswith(".png")]

    strata = [Stratum("folders", st.just((Place(files),)))]
    exercise = Exercise("99-list", "listed", judge, strata, same=exact, contract=None)
    right = "def listed(folder):\n    return [str(p) for p in Path(folder).rglob('*.png')]"

    assert graded(f"from pathlib import Path\n{right}", exercise=exercise).points == 10
    assert graded("def listed(folder):\n    return []", exercise=exercise).points == 0


def test_a_place_comes_as_text_or_as_a_path():
    """Where a text allows both, the author says which of them the function gets."""
    kinds = [Place({"a.png": b"1"}, "a.png"), Place({"a.png": b"1"}, "a.png", as_path=True)]
    exercise = Exercise(
        "99-kind", "kind", lambda place: int(place.as_path),
        [Stratum("both", st.sampled_from([(kind,) for kind in kinds]))], same=exact, contract=None,
    )  # fmt: skip
    right = "def kind(place):\n    return int(not isinstance(place, str) and place.exists())"

    assert graded(right, exercise=exercise).points == 10


def test_a_place_may_be_told_from_the_working_folder(monkeypatch, tmp_path):
    """Code that leaves the working folder loses what it is told from there, and is caught."""
    monkeypatch.chdir(tmp_path)
    files = {"images/a.jpg": b"1", "images/b.jpg": b"2"}
    exercise = Exercise(
        "99-list", "names", lambda place: sorted(f"folder:/{path}" for path in place.files),
        [Stratum("folders", st.just((Place(files, "images", relative=True),)))], same=exact,
        contract=None,
    )  # fmt: skip
    right = """
        import os

        def names(folder):
            assert not os.path.isabs(folder)
            return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    """
    wrong = """
        import os

        def names(folder):
            os.chdir(folder)
            return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    """

    assert graded(right, exercise=exercise).points == 10
    assert graded(wrong, exercise=exercise).points == 0
    assert Path.cwd() == tmp_path


def test_a_working_folder_that_is_gone_costs_nothing(monkeypatch, tmp_path):
    """Who has entered a temporary folder that was taken away still answers, here and elsewhere."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    files = {"images/a.jpg": b"1"}
    exercise = Exercise(
        "99-list", "names", lambda place: list(place.files),
        [Stratum("folders", st.sampled_from([(Place(files, relative=told),) for told in (0, 1)]))],
        same=exact, contract=None,
    )  # fmt: skip
    code = """
        from pathlib import Path

        def names(folder):
            return [str(path.relative_to(folder)) for path in Path(folder).rglob("*.jpg")]
    """

    assert answer("int((mask == label).sum())").points == 10
    assert graded(code, exercise=exercise).points == 10


def test_places_may_stand_in_lists_of_tuples():
    """A list of pairs of paths is built as such, and a change of the list is the caller's."""
    names = ("images/a.jpg", "masks/a.png")
    files = {name: name.encode() for name in names}
    pairs = [tuple(Place(files, name, as_path=True) for name in names)]

    def judge(pairs):
        return [[place.files[place.path] for place in pair] for pair in pairs]

    strata = [Stratum("pairs", st.just((pairs,)))]
    exercise = Exercise("99-read", "read", judge, strata, same=exact)
    code = "def read(pairs):\n    return [[p.read_bytes() for p in a] for a in {}]"

    assert graded(code.format("pairs"), exercise=exercise).points == 10
    emptied = graded(code.format("[pairs.pop() for _ in range(len(pairs))]"), exercise=exercise)
    assert points(emptied)["core"] == 9.0
    assert points(emptied)["contract"] < 1.0


def test_objects_are_built_and_read_by_the_course(monkeypatch):
    """An operation of a course's own module is named with the module."""
    own = types.ModuleType("own_course")
    own.OPERATIONS = {
        "queue": lambda guest, values: collections.deque(values),
        "listed": lambda guest, queue: list(queue),
    }
    monkeypatch.setitem(sys.modules, "own_course", own)
    queue = Inside("own_course:queue", {"values": [3, 5]}, seen=[3, 5], state="list(value)")
    exercise = Exercise(
        "99-turned", "turned", lambda queue: queue[::-1], [Stratum("queues", st.just((queue,)))],
        read=Inside("own_course:listed", {"queue": RESULT}),
    )  # fmt: skip
    right = "import collections\ndef turned(q):\n    return collections.deque(reversed(q))"

    assert graded(right, exercise=exercise).points == 10
    in_place = graded("def turned(q):\n    q.reverse()\n    return q", exercise=exercise)
    assert points(in_place)["contract"] < 1.0


def test_an_error_on_the_other_input_is_explained_by_the_same():
    """Questions with another input are put to variants as they are to students."""

    def picky(mask, label):
        if label > 2:
            raise ValueError("too large")
        return area(mask, label)

    exercise = toy(variants=[Variant("picky", picky, "major", "labels above 2 raise")])
    source = """
        def area(mask, label):
            if label > 2:
                raise ValueError("too large")
            return int((mask == label).sum())
    """
    for seed in range(4):
        result = graded(source, exercise=exercise, seed=seed)
        assert first(result).misconception == "99-area.picky"


def test_objects_are_built_and_read_beside_the_student():
    """What cannot cross is built by an operation there, and its result read by another."""
    built = Inside(
        "evaluate",
        {"expression": "dict(pairs)", "bindings": {"pairs": [["a", 1]]}},
        seen={"a": 1},
        state="sorted(value)",
    )
    read = Inside(
        "evaluate",
        {"expression": "[r, len(args)]", "bindings": {"r": RESULT, "args": ARGUMENTS}},
    )
    exercise = Exercise(
        "99-sum", "total", lambda table: [sum(table.values()), 1],
        [Stratum("tables", st.just((built,)))], read=read,
    )  # fmt: skip

    assert graded("def total(t):\n    return t['a']", exercise=exercise).points == 10
    changed = graded("def total(t):\n    return t.setdefault('b', 0) + 1", exercise=exercise)
    assert points(changed)["core"] == 9.0
    assert points(changed)["contract"] < 1.0


def test_remarks_cost_nothing():
    """A remark is for a person to read."""
    looked = Remark("own-function", "'count_nonzero' in area.__code__.co_names", "NumPy counts")
    result = answer("int(np.count_nonzero(mask == label))", exercise=toy(remarks=[looked]))

    assert (result.points, result.remarks) == (10, ("NumPy counts",))


def test_results_travel_as_json():
    """Rows, parts, misconception and counterexample come back as they were."""
    result = answer("int((mask >= label).sum())")

    assert ExerciseResult.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_a_sound_specification_has_no_complaints():
    """The toy exercise is sound: right programs accepted, bands, separation, tolerance."""
    assert prove(toy(), {"reference": ProgramAsking(counted)}, range(3)) == []


def test_complaints():
    """An author hears of variants that are equal or right, of bands and of a loose tolerance."""
    same = Variant("same", lambda mask, label: int((mask >= label).sum()), "major", "as well")
    right = Variant("right", counted, "minor", "is right")
    light = Variant("light", lambda mask, label: 0, "minor", "nothing counts")
    found = list(separates(toy(variants=[*toy().variants, same, right]), range(2)))

    assert any("'at-least' and 'same' are equal everywhere" in line for line in found)
    assert any("'right' is right on all inputs" in line for line in found)
    assert any("'light' keeps 0%" in line for line in prove(toy(variants=[light]), seeds=[1]))
    near = Variant("near", lambda values: values * 2.00003, "fatal", "nearly")
    exercise = Exercise("99-double", "double", doubled, DOUBLE.strata, [near], close(rtol=1e-5))
    assert any("too wide" in line for line in tolerance(exercise, {}, range(2)))


def test_a_judge_may_be_asked_once_for_many_gradings():
    """A proof grades many programs with one judge, who decides each input once, and as before."""
    asked = []

    def judge(mask, label):
        asked.append(label)
        return area(mask, label)

    exercise = remembering(toy(judge=judge))
    results = [grade(exercise, ProgramAsking(counted), 1, 10.0) for _ in range(2)]

    assert exercise.parameters == ("mask", "label")
    assert len(asked) <= results[0].questions
    assert results[0] == results[1] == grade(toy(), ProgramAsking(counted), 1, 10.0)


def test_a_variant_that_always_raises_is_a_mistake_of_the_author():
    """It would name whoever has any error of that class; one that raises sometimes is a variant."""
    misspelt = Variant(
        "misspelt", lambda mask, label: mask.summ(), "fatal", "the labels are summed"
    )

    def small_only(mask, label):
        if mask.size > 20:
            raise AttributeError("it is too large")
        return counted(mask, label)

    sometimes = Variant("sometimes", small_only, "major", "large masks end in an error")
    found = list(separates(toy(variants=[misspelt, sometimes]), range(2)))

    assert len(found) == 1, found
    assert "'misspelt' raises on every input" in found[0]
    assert "AttributeError: 'numpy.ndarray' object has no attribute 'summ'" in found[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"strata": [Stratum("x", st.just(()), row="corners")]}, "no stratum has row"),
        ({"variants": switches(counted, summed=Slip("major", "{what}"))}, "names {what}"),
        ({"variants": switches(counted, summed=Slip("major", "{got.real}"))}, "plain names"),
        ({"strata": [toy().strata[0], toy().strata[0]]}, "two of its stratum"),
    ],
)
def test_what_cannot_work_is_said_at_once(changes, words):
    """A specification that cannot work is refused with what to mend."""
    with pytest.raises(CourseError, match=words):
        toy(**changes)


def test_severities_are_three():
    """A severity of another name is refused."""
    with pytest.raises(CourseError, match="there are fatal, major, minor"):
        Variant("a", counted, "bad", "a")


FILE = "grader_tests/07_sums/test_07_add.py"
SPECIFICATION = '''
from hypothesis import strategies as st
from pawmark.checks import Exercise, Stratum, Variant, inputs


def judge(a, b):
    """Add."""
    return a + b {judged}


numbers = st.tuples(st.integers(1, 99), st.integers(1, 99))
exercise = Exercise(
    "07-add", "add", judge, [Stratum("numbers", numbers)],
    [Variant("product", lambda a, b: a * b, "fatal", "{message}")],
)
'''


@pytest.fixture
def course(tmp_path):
    """Give a course with one specified exercise, and what writes it anew."""

    def write(message="it multiplies", judged=""):
        folder = tmp_path / "grader_tests" / "07_sums"
        folder.mkdir(parents=True, exist_ok=True)
        text = SPECIFICATION.format(message=message, judged=judged)
        (folder / "test_07_add.py").write_text(text)
        return tmp_path

    return write


def notebook(source):
    """Return a notebook with one answer and its check cell."""
    cells = [nbformat.v4.new_code_cell(source), nbformat.v4.new_code_cell("")]
    for cell, name, grade_it in zip(cells, ("07-add", "07-add-check"), (False, True), strict=True):
        cell.metadata["nbgrader"] = {
            "grade_id": name, "grade": grade_it, "solution": not grade_it, "points": 4,
        }  # fmt: skip
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.skipif(bubblewrap.available() is not None, reason=str(bubblewrap.available()))
def test_an_edit_of_message_or_judge_asks_nothing_of_the_student(course, small_pets):
    """Recordings are by single input: words, points and judge change, and no process starts."""

    def run(folder, old=None):
        execution = Execution(
            notebook=notebook("def add(a, b):\n    return a * b"),
            not_attempted=frozenset(),
            course=folder,
            data=small_pets,
            guest_root="/nowhere",
            new_kernel=lambda: StudentKernel(Bubblewrap()),
            seed=5,
            secret=PRACTICE,
            sandbox="bubblewrap",
            timeout=30,
            about={"checks": (folder / FILE).read_text()},
            old=old,
        )
        return execution.run()["07-add"], execution

    result, live = run(course())
    assert first(result).message == "it multiplies"
    assert live.live == 1
    recording = from_bytes(to_bytes(live.recording))
    assert len(to_bytes(live.recording)) < 100_000

    again, replayed = run(course(message="a product"), recording)
    assert (first(again).message, replayed.live) == ("a product", 0)
    other, judged = run(course(judged="- 1"), recording)
    assert (other.points, judged.live) == (0, 0)
    fresh, asked = run(course(message="anew"), from_bytes(to_bytes(asked_again(recording))))
    assert (fresh.points, asked.live) == (result.points, 1)


def asked_again(recording):
    """Forget the answers of a recording."""
    recording.probes.clear()
    return recording


def test_the_example_of_the_docs_is_sound():
    """What authors copy from the page on checks is a specification without complaints."""
    page = (REPO / "docs" / "writing-checks.md").read_text(encoding="utf-8")
    namespace = {}
    exec(page.split("```python\n", 1)[1].split("```", 1)[0], namespace)
    reference = ProgramAsking(namespace["formula"])

    assert prove(namespace["exercise"], {"reference": reference}, range(2)) == []


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"2 4\n", r"b'2 4\n'"),
        (b"", "b''"),
        (b"\x89PNG\r", "<5 bytes>"),
        ("é".encode(), "<2 bytes>"),
        (b"9" * 61, "<61 bytes>"),
        (b"\x1b[2J", "<4 bytes>"),
    ],
)
def test_a_short_file_of_text_is_shown(content, shown):
    """What a question hands over as a file can be read where it is short, and does nothing."""
    assert shown_value(content) == shown
