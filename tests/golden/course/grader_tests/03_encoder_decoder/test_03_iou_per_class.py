"""Hidden checks of exercise 03-iou-per-class."""

import numpy as np
import pytest

from pawmark.checks import expect

from .replies import as_numbers


def overlap(truth, guess, classes):
    """Count pixels for each class: in both, in the truth, in the guess."""
    both = [np.sum((truth == c) & (guess == c)) for c in range(classes)]
    in_truth = [np.sum(truth == c) for c in range(classes)]
    in_guess = [np.sum(guess == c) for c in range(classes)]
    return tuple(np.array(counts, dtype=float) for counts in (both, in_truth, in_guess))


def true_iou(truth, guess, classes):
    """Compute the IoU of classes that occur."""
    both, in_truth, in_guess = overlap(truth, guess, classes)
    return both / np.maximum(in_truth + in_guess - both, 1)


def random_masks(rng, shape, classes):
    """Draw a truth of unequal classes and a guess that is right for part of the pixels."""
    shares = rng.dirichlet(np.arange(classes, 0, -1.0) * 3)
    truth = rng.choice(classes, shape, p=shares)
    guess = np.where(rng.uniform(size=shape) < rng.uniform(0.5, 0.8), truth,
                     rng.integers(0, classes, shape))  # fmt: skip
    # Every class occurs in both: absent ones have a check of their own.
    truth.reshape(-1)[:classes] = guess.reshape(-1)[:classes] = np.arange(classes)
    return truth.astype("uint8"), guess


def call_iou(student, truth, guess, classes):
    """Let the student compute; return an array of floats, one for each class."""
    reply = student.call("iou_per_class", truth, guess, classes)
    expect(reply is not None, "iou_per_class returned None: did you forget `return`?")
    values = as_numbers(reply)
    expect(
        values.size != 1 or classes == 1,
        "this is a single number: return the IoU of each class, in the order of the labels",
    )
    expect(
        values.shape == (classes,),
        f"for {classes} classes there should be {classes} numbers",
        got=values.shape,
        expected=(classes,),
    )
    return values


@pytest.mark.cell("03-iou-per-class", points=2)
def test_iou_of_random_masks(student, rng):
    """The IoU of each class is intersection over union."""
    classes = int(rng.integers(3, 7))
    shape = tuple(int(n) for n in rng.integers(12, 25, 2))
    truth, guess = random_masks(rng, shape, classes)

    got = call_iou(student, truth, guess, classes)

    both, in_truth, in_guess = overlap(truth, guess, classes)
    suspects = [
        (np.full(classes, np.mean(truth == guess)), "this is the pixel accuracy, which does not "
         "ask each class on its own"),
        (2 * both / (in_truth + in_guess), "this is the Dice coefficient: pixels in both masks "
         "are counted twice"),
        (both / (in_truth + in_guess), "pixels in both masks are counted twice in the union"),
        (both / in_truth, "this divides by the pixels of the truth alone: pixels that are wrongly "
         "given the class have to count as well"),
        (both / in_guess, "this divides by the pixels of the prediction alone: missed pixels have "
         "to count as well"),
    ]  # fmt: skip
    for values, message in suspects:
        expect(not np.allclose(got, values, atol=1e-6), message)
    expected = both / (in_truth + in_guess - both)
    wrong = [c for c in range(classes) if not np.isclose(got[c], expected[c], atol=1e-6)]
    expect(not wrong, f"the IoU is wrong for the classes {wrong} of {classes}")


@pytest.mark.cell("03-iou-per-class", points=1)
def test_pixels_of_all_masks_count_together(student, rng):
    """The pixels of several masks are counted together."""
    classes = 3
    parts = [random_masks(rng, (9, 11), classes) for _ in range(4)]
    # The masks differ in quality, so that a mean over masks differs from a common count.
    parts += [(truth, truth.copy()) for truth, _ in parts[:2]]
    truth, guess = (np.stack(side) for side in zip(*parts, strict=True))

    got = call_iou(student, truth, guess, classes)

    means = np.mean([true_iou(t, g, classes) for t, g in parts], axis=0)
    expect(
        not np.allclose(got, means, atol=1e-6),
        "this is the mean over the masks: count the pixels of all masks together",
    )
    # Whether the formula is right has a check of its own; here the shape must not matter.
    flat = call_iou(student, truth.reshape(-1, 11), guess.reshape(-1, 11), classes)
    expect(np.allclose(got, flat, atol=1e-6), "several masks give another IoU than their pixels")
    perfect = call_iou(student, truth, truth, classes)
    expect(np.all(perfect > got), "a mask should have a higher IoU with itself than with another")


@pytest.mark.cell("03-iou-per-class", points=1)
def test_absent_class_has_no_iou(student, rng):
    """A class that is in neither mask gets nan."""
    truth, guess = random_masks(rng, (10, 12), 3)
    absent = int(rng.integers(0, 5))
    names = np.array([label for label in range(5) if label != absent][:4])
    truth, guess = names[truth], names[guess]
    absent_too = next(c for c in range(5) if c not in names[:3] and c != absent)

    got = call_iou(student, truth, guess, 5)

    for label in (absent, absent_too):
        expect(
            not np.isclose(got[label], 0) if np.isfinite(got[label]) else True,
            "a class that is in neither mask gets 0, as if the mask were bad: it should get nan",
        )
        expect(
            np.isnan(got[label]),
            "a class that is in neither mask has no IoU: it should get nan",
            got=float(got[label]),
        )
    expect(np.isfinite(got[names[:3]]).all(), "classes that both masks hold get nan")


@pytest.mark.cell("03-iou-per-class", points=1)
def test_missed_class_has_iou_zero(student, rng):
    """A class that is in one of the two masks only gets 0."""
    truth, guess = random_masks(rng, (10, 12), 3)
    missed, invented = np.where(guess == 2, 0, guess), np.where(truth == 2, 0, truth)

    for one, other in ((truth, missed), (invented, guess)):
        got = call_iou(student, one, other, 3)

        expect(
            not np.isnan(got[2]), "a class that is in only one of the masks has an IoU: 0, not nan"
        )
        expect(np.isclose(got[2], 0), "a class that is in only one of the masks should get 0")
        expect(np.all(got[:2] > 0), "classes that both masks hold should get more than 0")
