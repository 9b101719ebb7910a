"""Hidden checks of exercise 02-class-prior."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_number

from .replies import numbers


def uneven_targets(rng, labels=(0, 1, 2)):
    """Draw masks in which the classes have different parts, differently in each mask."""
    masks = []
    for _ in range(int(rng.integers(3, 6))):
        shares = rng.dirichlet(np.ones(len(labels)))
        masks.append(rng.choice(np.array(labels, dtype=np.uint8), (15, 20, 1), p=shares))
    masks.append(np.resize(np.array(labels, dtype=np.uint8), (15, 20, 1)))
    return np.stack(masks)


def prior(student, targets):
    """Call `class_prior` and return its fractions."""
    value = student.call("class_prior", targets)
    expect(value is not None, "nothing came back: does the function return the fractions?")
    if isinstance(value, list | tuple):
        value = np.array([expect_number(part, "each fraction") for part in value])
    fractions = numbers(value, "the fractions")
    expect(
        fractions.shape == (3,),
        "return one fraction for each of the three classes, also for one that is absent",
        got=fractions.shape,
        expected=(3,),
    )
    expect(np.isfinite(fractions).all(), "the fractions should be finite numbers")
    return fractions.astype(float)


@pytest.mark.cell("02-class-prior", points=2)
def test_fractions_of_all_pixels(student, rng):
    """Fractions are counted over all pixels of all masks, in the order of the labels."""
    truth = np.zeros(3)
    # Label 1 has the largest or the smallest part, so that sorting shows.
    while sorted(truth)[1] == truth[1] or np.diff(np.sort(truth)).min() < 0.01:
        targets = uneven_targets(rng)
        truth = np.bincount(targets.ravel(), minlength=3) / targets.size
    fractions = prior(student, targets)

    share = fractions / (abs(fractions.sum()) or 1)
    expect(
        np.allclose(share, truth, atol=1e-4) or not np.allclose(sorted(share), sorted(truth)),
        "the right fractions in another order: first label 0, then 1, then 2",
    )
    expect(
        np.allclose(share, truth, atol=1e-4),
        "these are not the parts of all pixels: count each label over all masks",
    )


@pytest.mark.cell("02-class-prior", points=1)
def test_fractions_add_up_to_one(student, rng):
    """The fractions add up to 1."""
    total = prior(student, uneven_targets(rng)).sum()

    expect(
        abs(total - 1) < 1e-4,
        "the fractions should add up to 1: divide the counts by the number of all pixels",
        got=f"{total:.4g}",
        expected=1,
    )


@pytest.mark.cell("02-class-prior", points=1)
def test_absent_class_has_fraction_zero(student, rng):
    """A class that no pixel has gets the fraction 0."""
    for missing in (0, 1, 2):
        labels = tuple(label for label in (0, 1, 2) if label != missing)
        fractions = prior(student, uneven_targets(rng, labels))
        expect(
            fractions[missing] == 0 and np.count_nonzero(fractions) == 2,
            "one class is absent from these masks, and its fraction is not 0",
        )
