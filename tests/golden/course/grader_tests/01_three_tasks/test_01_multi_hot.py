"""Hidden checks of exercise 01-multi-hot."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_array

from .replies import CATCHING, float_of

# Places of the labels among six classes. Sorting turns the classes around, so that none of these
# sets may be its own mirror image; nor may it be the first places.
PLACES = ((0, 1, 3), (1, 2, 5), (0, 3, 4), (2, 4, 5))


def words(rng, count=6):
    """Invent class names in the reverse of their sorted order."""
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    found = {"".join(rng.choice(letters, 5)) for _ in range(3 * count)}
    return sorted(found, reverse=True)[:count]


def raw_row(value):
    """Return a reply as an array of numbers, whatever its shape; a list will do."""
    expect(value is not None, "nothing came back: does the function return the row?")
    if isinstance(value, list | tuple):
        plain_numbers = all(isinstance(n, int | float | np.number | np.bool_) for n in value)
        expect(plain_numbers, "the row should hold numbers")
        value = np.array([min(max(float_of(n), -1e9), 1e9) for n in value])
    array = expect_array(value, name="the row")
    expect(array.dtype.kind in "biuf", "the row should hold numbers", got=str(array.dtype))
    return array.astype(float)


def row(student, labels, classes):
    """Call `multi_hot`; a table of one row for each label counts as the rows on each other."""
    array = raw_row(student.call("multi_hot", labels, classes))
    if array.ndim == 2 and array.shape[-1] == len(classes):
        array = array.max(axis=0, initial=0)
    expect(
        array.shape == (len(classes),),
        "one number for each class is expected",
        got=array.shape,
        expected=(len(classes),),
    )
    return array


def multi_hot_row(classes, labels):
    """Return the right row."""
    return np.array([float(name in labels) for name in classes])


@pytest.mark.cell("01-multi-hot", points=1)
def test_one_row_a_picture(student, rng):
    """The result is a NumPy array with one place for each class."""
    classes = words(rng)
    value = student.call("multi_hot", [classes[1], classes[4]], classes)
    array = raw_row(value)

    expect(
        array.shape == (6,),
        "one picture has one row, with a place for each class, however many labels it has",
        got=array.shape,
        expected=(6,),
    )
    expect(
        isinstance(value, np.ndarray),
        "return a NumPy array",
        got=type(value).__name__,
        expected="ndarray",
    )


@pytest.mark.cell("01-multi-hot", points=2)
def test_ones_in_the_order_of_the_classes(student, rng):
    """Ones stand at the places of the labels, in the order of the classes given."""
    for places in PLACES:
        classes = words(rng)
        labels = [classes[place] for place in rng.permutation(places)]
        found = row(student, labels, classes)
        right = multi_hot_row(classes, labels)
        expect(
            np.array_equal(np.sort(found), np.sort(right)),
            "a place should hold 1 if its class is on the picture, and 0 if it is not",
        )
        expect(
            np.array_equal(found, right),
            "the ones stand at other places: the order is that of `classes` as given, not the "
            "alphabet's and not that of the labels",
        )


@pytest.mark.cell("01-multi-hot", points=1)
def test_label_named_twice(student, rng):
    """A label that is named twice gives 1."""
    classes = words(rng)
    found = row(student, [classes[4], classes[1], classes[4]], classes)

    expect(
        found.max(initial=0) <= 1,
        "a label that is named twice gives 2: the row says whether, not how often",
    )
    expect(
        np.sum(found == 1) == 2,
        "a label that is named twice comes out wrong: its class is on the picture",
    )


@pytest.mark.cell("01-multi-hot", points=1)
def test_no_labels(student, rng):
    """A picture without labels has a row of zeros."""
    classes = words(rng)
    found = row(student, [], classes)
    expect(row(student, classes[2:3], classes).any(), "a picture with a label has zeros only")

    expect(
        not found.any(), "there is nothing on this picture, so every place should be 0", got=found
    )


@pytest.mark.cell("01-multi-hot", points=1)
def test_unknown_label_is_refused(student, rng):
    """A label that is not among the classes is an error."""
    classes = words(rng)
    row(student, [classes[1]], classes)
    end = student.evaluate(
        "exec(code, space) or space['attempt'](multi_hot, labels, classes)",
        code=CATCHING,
        space={},
        labels=[classes[1], classes[2] + "x"],
        classes=classes,
    )

    expect(
        end == "raised",
        "a label that is not among the classes was lost silently: a misspelt label in the data "
        "would never be noticed",
    )
