"""Hidden checks of exercise 05-batch-norm."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from pawmark.checks import expect, expect_array

from .layers import EPSILON, MOMENTUM, statistics
from .replies import close, numbers


@dataclass(frozen=True)
class Batch:
    """What goes into `batch_norm`."""

    x: np.ndarray
    gamma: np.ndarray
    beta: np.ndarray
    mean: np.ndarray
    var: np.ndarray

    def arguments(self, training):
        """Return the arguments in the order of the signature."""
        return self.x, self.gamma, self.beta, self.mean, self.var, training


def random_batch(rng, shape=None, plain=False):
    """Draw a batch whose channels differ; `plain` has gamma 1 and beta 0."""
    shape = shape or (int(rng.integers(3, 6)), int(rng.integers(2, 4)), 4, int(rng.integers(5, 8)))
    channels = shape[-1]
    # Means and spreads far apart: no two wrong ways of averaging can agree by luck.
    means = rng.permutation(np.arange(1, channels + 1) * 2.0)
    spreads = rng.permutation(np.linspace(1, 3, channels))
    x = means + spreads * rng.normal(size=shape)
    gamma = rng.permutation(np.linspace(1.5, 3, channels))
    beta = rng.permutation(np.linspace(-2, -0.5, channels))
    moving = rng.permutation(np.linspace(-5, -1, channels)), rng.uniform(4, 8, channels)
    if plain:
        gamma, beta = np.ones(channels), np.zeros(channels)
    return Batch(x, gamma, beta, *moving)


def normalised(batch, mean, var, scale=np.sqrt):
    """Normalise with a given mean and variance."""
    return batch.gamma * (batch.x - mean) / scale(var + EPSILON) + batch.beta


def expect_three_arrays(reply):
    """Fail unless batch_norm returned three things."""
    expect(reply is not None, "batch_norm returned None: did you forget `return`?")
    expect(
        isinstance(reply, tuple | list) and len(reply) == 3,
        "batch_norm should return three arrays, in training and in use: y, moving mean, moving "
        "variance",
        got=type(reply).__name__,
    )


def call_batch_norm(student, batch, training):
    """Return the student's three arrays, the moving ones flat."""
    reply = student.call("batch_norm", *batch.arguments(training))
    expect_three_arrays(reply)
    channels = batch.x.shape[-1]
    y = numbers(reply[0], "the normalised batch", shape=batch.x.shape)
    moving = [
        np.squeeze(numbers(value, name))
        for value, name in zip(reply[1:], ("the moving mean", "the moving variance"), strict=True)
    ]
    for value in moving:
        expect(
            value.shape == (channels,),
            "there should be a moving mean and a moving variance for each channel",
            got=value.shape,
            expected=(channels,),
        )
    return y, *moving


@pytest.mark.cell("05-batch-norm", points=1.5)
def test_channels_are_normalised_over_batch_and_places(student, rng):
    """In training each channel is normalised over the batch and all positions."""
    batch = random_batch(rng, plain=True)

    got, _, _ = call_batch_norm(student, batch, True)

    x = batch.x
    for axes, message in [
        (None, "mean and variance are taken over all channels together: each has its own"),
        ((0,), "each position is normalised by itself: average over height and width as well"),
        ((1, 2), "each image is normalised by itself: average over the batch as well"),
        ((3,), "each position is normalised over its channels: that is layer normalisation"),
        ((1, 2, 3), "each image is normalised by itself, over its channels too"),
    ]:
        mean, var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
        expect(not close(got, normalised(batch, mean, var), 2e-3), message)
    expect(
        not close(got, normalised(batch, batch.mean, batch.var), 2e-3),
        "in training the moving averages normalise the batch: it should be its own mean and "
        "variance",
    )
    mean, var = statistics(x)
    expect(
        not close(got, normalised(batch, mean, var, scale=lambda v: v), 2e-3),
        "the values are divided by the variance: divide by its square root",
    )
    moved = [MOMENTUM * old + (1 - MOMENTUM) * new
             for old, new in ((batch.mean, mean), (batch.var, var))]  # fmt: skip
    expect(
        not close(got, normalised(batch, *moved), 2e-3),
        "the batch is normalised with the moving averages after their step: in training it is "
        "the batch's own mean and variance",
    )
    # With n - 1 in place of n the result differs by several percent.
    expect(
        not close(got, normalised(batch, *statistics(x, ddof=1)), 1e-3),
        "the variance is divided by n - 1: batch normalisation divides by n, as np.var does",
    )
    expect(close(got, normalised(batch, mean, var), 2e-3), "in training the result is wrong")


@pytest.mark.cell("05-batch-norm", points=0.5)
def test_epsilon_is_under_the_root(student, rng):
    """The epsilon is added to the variance, under the root."""
    batch = random_batch(rng, plain=True)
    x = batch.x.copy()
    # One channel hardly varies and one not at all: there the epsilon decides.
    x[..., 0] = 0.02 * (x[..., 0] - x[..., 0].mean()) / x[..., 0].std()
    x[..., 1] = 3.0
    tiny = replace(batch, x=x)

    reply = student.call("batch_norm", *tiny.arguments(True))

    expect(isinstance(reply, tuple | list) and len(reply) > 0, "batch_norm returns no arrays")
    y = expect_array(reply[0], shape=x.shape, name="the normalised batch")
    expect(y.dtype.kind in "biuf", "the normalised batch should hold numbers", got=str(y.dtype))
    expect(
        np.isfinite(y.astype(float)).all(),
        "a channel that is the same everywhere is divided by zero: where is the epsilon?",
    )
    # Gamma is 1 here, and a wrong mean would not change these differences.
    got = float(np.ptp(y[..., 0].astype(float)))
    spread = float(np.ptp(x[..., 0]))
    var = float(np.var(x[..., 0]))
    expect(
        not np.isclose(got, spread / (np.sqrt(var) + EPSILON), rtol=1e-2),
        "the epsilon is added to the root of the variance: it belongs under the root",
    )
    expect(
        not np.isclose(got, spread / np.sqrt(var), rtol=1e-2),
        "the epsilon has no effect: it is added to the variance, under the root",
    )


@pytest.mark.cell("05-batch-norm", points=1)
def test_gamma_scales_and_beta_shifts(student, rng):
    """Gamma scales each channel after the normalisation, then beta shifts it."""
    batch = random_batch(rng)
    ones = np.ones_like(batch.gamma)

    got, _, _ = call_batch_norm(student, batch, True)

    # The normalisation itself is the student's: whether it is right is checked elsewhere.
    shifted, _, _ = call_batch_norm(student, replace(batch, gamma=ones, beta=ones), True)
    gamma, beta, y = batch.gamma, batch.beta, shifted - 1
    expect(not close(got, shifted, 2e-3), "gamma and beta have no effect")
    expect(not close(got, beta * y + gamma, 2e-3), "gamma and beta are swapped: gamma scales")
    expect(
        not close(got, gamma * (y + beta), 2e-3),
        "beta is added before gamma scales: first the scale, then the offset",
    )
    expect(not close(got, gamma * shifted, 2e-3), "beta has no effect")
    expect(not close(got, y + beta, 2e-3), "gamma has no effect")
    expect(close(got, gamma * y + beta, 2e-3), "gamma and beta are not applied as gamma x + beta")


@pytest.mark.cell("05-batch-norm", points=1)
def test_use_normalises_with_the_moving_averages(student, rng):
    """In use the moving averages normalise, whatever else is in the batch."""
    batch = random_batch(rng, plain=True)

    got, _, _ = call_batch_norm(student, batch, False)

    expect(
        not close(got, normalised(batch, *statistics(batch.x)), 2e-3),
        "with training=False the batch's own mean and variance are used: a photograph would get "
        "another answer in other company",
    )
    # Epsilon and the like have checks of their own: the difference from a batch of one must be
    # nil, and the mean and the variance the moving ones to a few parts in a thousand.
    single = replace(batch, x=batch.x[:1])
    alone, _, _ = call_batch_norm(student, single, False)
    expect(
        close(got[:1], alone),
        "with training=False an image gets another result in another batch",
    )
    expected = [normalised(batch, batch.mean, batch.var, scale) for scale in (np.sqrt, np.array)]
    expect(
        any(close(got, want) for want in expected),
        "with training=False the result is not what the moving mean and variance give",
    )


@pytest.mark.cell("05-batch-norm", points=1)
def test_moving_averages_take_a_small_step(student, rng):
    """In training the moving averages take a small step towards the batch."""
    batch = random_batch(rng)
    mean, var = statistics(batch.x)

    _, got_mean, got_var = call_batch_norm(student, batch, True)

    def step(old, new, momentum=MOMENTUM):
        return momentum * old + (1 - momentum) * new

    expect(
        not (close(got_mean, batch.mean, 1e-6) and close(got_var, batch.var, 1e-6)),
        "the moving averages do not move in training",
    )
    expect(
        not close(got_mean, mean, 1e-6),
        "the batch's own mean comes back: the moving mean takes a step towards it",
    )
    expect(
        not close(got_mean, step(batch.mean, mean, 1 - MOMENTUM), 1e-4),
        "the momentum is the weight of the old average, not that of the batch",
    )
    expect(close(got_mean, step(batch.mean, mean), 1e-4), "the new moving mean is wrong")
    expect(
        not close(got_var, step(batch.var, np.sqrt(var)), 1e-5),
        "the moving variance takes its step towards the standard deviation",
    )
    unbiased = statistics(batch.x, ddof=1)[1]
    expect(
        not close(got_var, step(batch.var, unbiased), 1e-5),
        "the variance of the batch is divided by n - 1: it is divided by n, as np.var does",
    )
    expect(close(got_var, step(batch.var, var), 1e-5), "the new moving variance is wrong")


@pytest.mark.cell("05-batch-norm", points=0.5)
def test_use_leaves_the_averages_alone(student, rng):
    """In use the moving averages come back with the same values."""
    batch = random_batch(rng)

    _, mean, var = call_batch_norm(student, batch, False)

    expect(
        close(mean, batch.mean, 1e-6) and close(var, batch.var, 1e-6),
        "with training=False the moving averages change: a network in use would go on learning",
    )


@pytest.mark.cell("05-batch-norm", points=0.5)
def test_arrays_that_come_in_stay_as_they_are(student, rng):
    """The arrays that come in are not changed."""
    batch = random_batch(rng)
    for training in (True, False):
        reply = student.evaluate(
            "[batch_norm(x, gamma, beta, mean, var, training), x, gamma, beta, mean, var]",
            x=batch.x,
            gamma=batch.gamma,
            beta=batch.beta,
            mean=batch.mean,
            var=batch.var,
            training=training,
        )
        expect(isinstance(reply, list) and len(reply) == 6, "batch_norm gives no readable answer")
        returned, *after = reply
        expect_three_arrays(returned)
        before = (batch.x, batch.gamma, batch.beta, batch.mean, batch.var)
        changed = [
            name
            for name, was, now in zip(
                ("x", "gamma", "beta", "moving_mean", "moving_var"), before, after, strict=True
            )
            if not np.array_equal(was, now)
        ]

        expect(
            not changed,
            "an array that came in has been changed in place: return new arrays",
            got=", ".join(changed),
        )


@pytest.mark.cell("05-batch-norm", points=1)
def test_any_number_of_axes(student, rng):
    """Batches of vectors, and of anything else with channels last, are normalised as well."""
    channels = int(rng.integers(5, 8))
    for shape in [(int(rng.integers(6, 9)), channels), (3, 2, 2, 4, channels)]:
        batch = random_batch(rng, shape)

        _, mean, _ = call_batch_norm(student, batch, True)

        axes = tuple(range(batch.x.ndim - 1))
        # Only how the averaging runs over the axes is judged here, not the size of the step.
        step, whole = mean - batch.mean, batch.x.mean(axis=axes) - batch.mean
        share = float(step @ whole / (whole @ whole))
        expect(
            close(step, share * whole, 1e-3),
            f"with {batch.x.ndim} axes the mean is not that of each channel: the last axis holds "
            "the channels, and all others are averaged over",
        )
