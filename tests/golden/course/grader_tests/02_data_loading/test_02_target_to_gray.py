"""Hidden checks of exercise 02-target-to-gray."""

import numpy as np
import pytest

from pawmark.checks import compare_grey, expect

from .replies import numbers


def target(rng, height=12, width=17, labels=(0, 1, 2)):
    """Draw a target (H, W, 1) that holds all the labels."""
    cells = rng.permutation(np.resize(np.array(labels, dtype=np.uint8), height * width))
    return cells.reshape(height, width, 1)


@pytest.mark.cell("02-target-to-gray", points=2)
def test_gray_values(student, rng):
    """Labels 0, 1 and 2 become 0, 127 and 254."""
    mask = target(rng)
    gray = numbers(student.call("target_to_gray", mask), "the picture")

    expect(gray.size == mask.size, "one grey value for each pixel", got=gray.shape)
    gray = gray.reshape(mask.shape[:2])
    picture = compare_grey(gray, 127 * mask[..., 0])
    seen = [sorted(set(gray[mask[..., 0] == label].tolist()))[:3] for label in (0, 1, 2)]
    expect(
        seen[2] != [0],
        "the contour is as black as the pet: 256 does not fit into uint8 and starts again at 0",
        got=seen[2],
        expected=[254],
        picture=picture,
    )
    expect(
        seen == [[0], [127], [254]],
        "the grey values are not those asked for",
        got=seen,
        expected=[[0], [127], [254]],
        picture=picture,
    )


@pytest.mark.cell("02-target-to-gray", points=1)
def test_gray_depends_on_the_label_alone(student, rng):
    """A label has the same grey in every mask, even where another class is absent."""
    for labels in ((0, 1), (1, 2), (1,)):
        mask = target(rng, labels=labels)
        gray = numbers(student.call("target_to_gray", mask), "the picture")
        expect(gray.size == mask.size, "one grey value for each pixel", got=gray.shape)
        background = gray.reshape(mask.shape[:2])[mask[..., 0] == 1]
        other = gray.reshape(mask.shape[:2])[mask[..., 0] != 1]
        expect(
            len(set(background.tolist())) == 1 and 100 < background[0] < 150,
            "the greys are stretched to what this mask holds: a mask without one of the classes "
            "would look like another one",
        )
        expect(not (other == background[0]).any(), "two classes have the same grey")


@pytest.mark.cell("02-target-to-gray", points=1)
def test_gray_is_a_flat_picture(student, rng):
    """The picture has shape (H, W)."""
    mask = target(rng)
    gray = numbers(student.call("target_to_gray", mask), "the picture")

    expect(
        gray.shape == mask.shape[:2],
        "the picture should have two axes, without the one for channels",
        got=gray.shape,
        expected=mask.shape[:2],
    )


@pytest.mark.cell("02-target-to-gray", points=1)
def test_gray_is_uint8(student, rng):
    """The picture has the dtype uint8."""
    gray = numbers(student.call("target_to_gray", target(rng)), "the picture")

    expect(
        gray.dtype == np.uint8,
        "grey values are stored as uint8",
        got=str(gray.dtype),
        expected="uint8",
    )


@pytest.mark.cell("02-target-to-gray", points=1)
def test_target_unchanged(student, rng):
    """The target stays as it was."""
    mask = target(rng)
    result = student.evaluate("(lambda t: (target_to_gray(t), t))(t)", t=mask)
    gray, after = result if isinstance(result, tuple) and len(result) == 2 else (None, None)
    after = numbers(after, "the target after the call")

    expect(numbers(gray, "the picture").size == mask.size, "one grey value for each pixel")
    expect(
        np.array_equal(after, mask),
        "the target itself has been changed: the model would learn from grey values",
    )
