"""Hidden checks of exercise 02-prior-loss."""

import numpy as np
import pytest

from pawmark.checks import expect, expect_number

LOGARITHMS = {"natural": 1.0, "base 2": 1 / np.log(2), "base 10": 1 / np.log(10)}


def entropy(fractions):
    """Mean cross-entropy of the prior itself, in nats."""
    present = np.array([part for part in fractions if part > 0])
    return float(-np.sum(present * np.log(present)))


def loss(student, fractions):
    """Call `prior_loss` and return a finite number."""
    value = expect_number(student.call("prior_loss", list(fractions)), "the loss")
    expect(np.isfinite(value), "the loss should be a finite number", got=str(value))
    return value


@pytest.mark.cell("02-prior-loss", points=2)
def test_each_class_counts_by_its_fraction(student, rng):
    """Classes count by how many pixels they have."""
    thirds = [1 / 3] * 3
    unit = loss(student, thirds) / entropy(thirds)
    expect(abs(unit) > 1e-6, "the loss of three equal classes should not be 0")
    for _ in range(3):
        fractions = [float(part) for part in rng.dirichlet([4, 2, 1])]
        fractions = [0.98 * part + 0.02 / 3 for part in fractions]
        expect(
            abs(loss(student, fractions) / unit - entropy(fractions)) < 1e-3,
            "this is not the mean over all pixels: a class with few pixels should count little, "
            "and each pixel pays minus the logarithm of its own class's probability",
        )


@pytest.mark.cell("02-prior-loss", points=1)
def test_natural_logarithm(student):
    """The logarithm is the natural one, and nothing else is divided by."""
    thirds = [1 / 3] * 3
    value = abs(loss(student, thirds)) / entropy(thirds)
    base_2, base_10 = (abs(value - LOGARITHMS[kind]) < 1e-3 for kind in ("base 2", "base 10"))

    expect(not base_2, "this is the logarithm to base 2; losses in Keras use the natural one")
    expect(not base_10, "this is the logarithm to base 10; losses in Keras use the natural one")
    expect(
        abs(value - 1) < 1e-3,
        "the loss of three equal classes is wrong by a factor: the fractions already are the "
        "weights of a mean",
        got=f"{value * entropy(thirds):.4f}",
        expected=f"{entropy(thirds):.4f}",
    )


@pytest.mark.cell("02-prior-loss", points=1)
def test_loss_is_not_negative(student, rng):
    """A loss is above zero."""
    value = loss(student, [0.2, 0.5, 0.3])

    expect(
        value > 0, "the loss is negative: the definition begins with a minus", got=f"{value:.3f}"
    )


@pytest.mark.cell("02-prior-loss", points=2)
def test_absent_class_costs_nothing(student, rng):
    """A class that never occurs adds nothing."""
    part = float(rng.uniform(0.2, 0.8))
    fractions = [part, 1 - part]
    fractions.insert(int(rng.integers(0, 3)), 0.0)
    value = expect_number(student.call("prior_loss", fractions), "the loss")

    expect(
        np.isfinite(value),
        "with an absent class the loss is not a number: 0 times log(0) counts as 0 here",
        got=str(value),
    )
    # A class that hardly ever occurs must cost hardly more than one that never does.
    rare = [1e-9 if part == 0 else part - 5e-10 for part in fractions]
    expect(
        abs(value - loss(student, rare)) < 1e-3,
        "with an absent class the loss comes out wrong: that class should add nothing",
    )
