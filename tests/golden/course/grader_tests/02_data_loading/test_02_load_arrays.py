"""Hidden checks of exercise 02-load-arrays."""

from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from pawmark.checks import expect

from .pictures import standardised
from .replies import numbers, with_path


def loaded(student, pairs, size):
    """Call `load_arrays` and return its two arrays."""
    paths = "[tuple(map(__import__('pathlib').Path, pair)) for pair in pairs]"
    value = student.evaluate(f"load_arrays({paths}, size)", pairs=pairs, size=size)
    expect(value is not None, "nothing came back: does the function return its arrays?")
    fits = isinstance(value, tuple | list) and len(value) == 2
    expect(fits, "return two arrays: inputs, targets", got=type(value).__name__)
    return numbers(value[0], "inputs"), numbers(value[1], "targets")


def is_rgb(pets, name):
    """Whether a photograph is stored with three channels: other modes have their own check."""
    with Image.open(pets.data.image_path(name)) as image:
        return image.mode == "RGB"


def some_pairs(pets, rng, count=5):
    """Choose pairs of the data set, not in the order of their names."""
    shuffled = (str(name) for name in rng.permutation(pets.names))
    names = list(islice((name for name in shuffled if is_rgb(pets, name)), count))
    if names == sorted(names):
        names.reverse()
    return [(pets.image(name), pets.mask(name)) for name in names]


def own_rows(student, function, paths, size):
    """Read files one by one with the student's own function."""
    rows = [numbers(with_path(student, function, path, size)) for path in paths]
    expect(len({row.shape for row in rows}) == 1, f"{function} gives rows of different shapes")
    return np.stack(rows).astype(float)


def compared(student, pets, rng, which):
    """Load pairs at once and one by one; return both, flat, for inputs (0) or targets (1)."""
    function = ("path_to_input_image", "path_to_target")[which]
    pairs, size = some_pairs(pets, rng), (24, 24)
    array = loaded(student, pairs, size)[which].astype(float)
    single = own_rows(student, function, [pair[which] for pair in pairs], size)
    fits = len(array) == len(single) and array.size == single.size
    expect(fits, f"the rows do not have the size of what {function} returns", got=array.shape)
    return SimpleNamespace(
        rows=np.nan_to_num(array.reshape(len(array), -1)),
        single=np.nan_to_num(single.reshape(len(single), -1)),
        function=function,
    )


def nearest_rows(both):
    """For each row, the number of the single image or mask that it is most like."""
    shapes = [np.array([standardised(row) for row in rows]) for rows in (both.rows, both.single)]
    return np.argmax(shapes[0] @ shapes[1].T, axis=1).tolist()


@pytest.mark.cell("02-load-arrays", points=2)
def test_inputs_in_the_order_of_the_pairs(student, pets, rng):
    """Row i of the inputs is the photograph of pair i."""
    both = compared(student, pets, rng, 0)

    expect(
        nearest_rows(both) == list(range(len(both.rows))),
        "the photographs are not in the order of the list of pairs",
    )


@pytest.mark.cell("02-load-arrays", points=2)
def test_targets_in_the_order_of_the_pairs(student, pets, rng):
    """Row i of the targets is the mask of pair i."""
    both = compared(student, pets, rng, 1)

    expect(
        nearest_rows(both) == list(range(len(both.rows))),
        "the masks are not in the order of the list of pairs: photographs and masks no longer "
        "belong together",
    )


@pytest.mark.cell("02-load-arrays", points=1)
def test_rows_keep_their_values(student, pets, rng):
    """Rows have the range that path_to_input_image and path_to_target give."""
    for which in (0, 1):
        both = compared(student, pets, rng, which)
        nearest = both.single[nearest_rows(both)]
        # Another reader of JPEG files or another way of resizing may differ a little.
        allowed = 0.06 * np.ptp(both.single)
        middle = np.abs(both.rows.mean(axis=1) - nearest.mean(axis=1))
        spread = np.abs(both.rows.std(axis=1) - nearest.std(axis=1))
        expect(
            (middle <= allowed).all() and (spread <= allowed).all(),
            f"the values are not those that {both.function} returns: have they been scaled?",
        )


@pytest.mark.cell("02-load-arrays", points=1)
def test_array_shapes(student, pets, rng):
    """The shapes are (N, height, width, 3) and (N, height, width, 1)."""
    count, size = int(rng.integers(2, 5)), (20, 28)
    inputs, targets = loaded(student, some_pairs(pets, rng, count), size)

    expect(
        inputs.shape == (count, *size, 3),
        "the inputs have another shape",
        got=inputs.shape,
        expected=(count, *size, 3),
    )
    expect(
        targets.shape == (count, *size, 1),
        "the targets have another shape",
        got=targets.shape,
        expected=(count, *size, 1),
    )


@pytest.mark.cell("02-load-arrays", points=1)
def test_inputs_are_float32(student, pets, rng):
    """The inputs have the dtype float32."""
    inputs, _ = loaded(student, some_pairs(pets, rng, 2), (16, 16))

    expect(
        inputs.dtype == np.float32,
        "inputs should be float32: NumPy makes float64 arrays unless told otherwise, and they "
        "take twice the memory",
        got=str(inputs.dtype),
        expected="float32",
    )


@pytest.mark.cell("02-load-arrays", points=1)
def test_targets_are_uint8(student, pets, rng):
    """The targets have the dtype uint8."""
    _, targets = loaded(student, some_pairs(pets, rng, 2), (16, 16))

    expect(
        targets.dtype == np.uint8,
        "targets should be uint8: labels are small whole numbers",
        got=str(targets.dtype),
        expected="uint8",
    )
