"""Hidden checks of exercise 06-ascent-step."""

import numpy as np
import pytest

from pawmark.checks import expect

from .replies import alike, numbers


def random_image(rng, shape):
    """Draw an image with values in 60..200."""
    return rng.uniform(60, 200, shape).astype("float32")


def image_shape(rng):
    """Draw the shape of one colour image in a batch."""
    return 1, int(rng.integers(4, 8)), int(rng.integers(8, 12)), 3


def tensor(student, keras, array):
    """Make a tensor in the student's process."""
    return student.evaluate(
        "__import__('types').SimpleNamespace(tensor=keras.ops.convert_to_tensor(array))",
        keras=keras,
        array=np.asarray(array, "float32"),
    )


def take_step(student, keras, image, loss, learning_rate, steps=1, **bindings):
    """Let the student climb; return the new image as an array."""
    holder = tensor(student, keras, image)
    reply = student.evaluate(
        "__import__('functools').reduce("
        "lambda image, _: ascent_step(image, loss_fn, rate), range(steps), holder.tensor)",
        loss_fn=student.evaluate(f"lambda image: {loss}", keras=keras, **bindings),
        holder=holder,
        rate=float(learning_rate),
        steps=steps,
    )
    expect(reply is not None, "ascent_step returned None: did you forget `return`?")
    return numbers(reply, "the new image", shape=np.shape(image))


LINEAR = "keras.ops.sum(image * weights)"


def slopes(rng, shape, length=1.0):
    """Draw a gradient of a given length, with parts of very unequal size."""
    raw = rng.choice([-1.0, 1.0], shape) * 10.0 ** rng.uniform(-1, 1, shape)
    # The colours differ too, so that a length for each colour is another thing than one for all.
    raw = raw * np.array([0.2, 1.0, 5.0])
    return raw / np.linalg.norm(raw) * length


@pytest.mark.cell("06-ascent-step", points=1)
def test_step_goes_uphill(student, keras, rng):
    """The loss grows."""
    shape = image_shape(rng)
    image, gradient = random_image(rng, shape), slopes(rng, shape)

    after = take_step(student, keras, image, LINEAR, 8.0, weights=gradient.astype("float32"))

    growth = float(np.sum((after - image) * gradient))
    expect(not np.isnan(growth), "the new image holds nan")
    expect(
        np.linalg.norm(after) > 0.5 * np.linalg.norm(image),
        "this is not the image any more: return the image plus the step, not the step alone",
    )
    expect(
        growth > -1e-3,
        "the loss has become smaller: this is a step downhill, as in training; here it goes up",
    )
    expect(growth > 1e-3, "the loss has not grown: the image has not moved along the gradient")


@pytest.mark.cell("06-ascent-step", points=1.5)
def test_learning_rate_is_the_length_of_the_step(student, keras, rng):
    """However steep the loss is, the step is as long as the learning rate says."""
    shape = image_shape(rng)
    image, count = random_image(rng, shape), np.prod(shape)
    steep = float(rng.uniform(200, 400))
    for length in (steep, 1 / steep):
        gradient, rate = slopes(rng, shape, length), float(rng.uniform(20, 40))
        after = take_step(student, keras, image, LINEAR, rate, weights=gradient.astype("float32"))
        moved = float(np.linalg.norm(after - image))

        expect(
            not np.isclose(moved, rate * length, rtol=0.02, atol=1e-3),
            "the step is as long as the gradient says: scale the gradient to length 1 first",
        )
        expect(
            not np.isclose(moved, length, rtol=0.02, atol=1e-3)
            and not np.isclose(moved, 1, rtol=0.02),
            "the learning rate does not matter here: the step should be as long as it says",
        )
        expect(
            not np.isclose(moved, rate * np.sqrt(count), rtol=0.03),
            "the step is too long by the square root of the number of values: the length is the "
            "root of the sum of all squares, not of their mean",
        )
        largest = np.abs(gradient).max() / length
        expect(
            not np.isclose(moved, rate / largest, rtol=0.02),
            "here the largest value of the step is as large as the learning rate: divide by the "
            "length of the gradient, not by its largest value",
        )
        expect(
            not np.isclose(moved, rate / length, rtol=0.02),
            "the gradient is divided by the square of its length",
        )
        expect(
            np.isclose(moved, rate, rtol=0.02),
            "the step is not as long as the learning rate",
            got=round(moved / rate, 4),
            expected="1 times the learning rate",
        )


@pytest.mark.cell("06-ascent-step", points=1)
def test_step_follows_the_gradient(student, keras, rng):
    """The step has the direction of the gradient, each part in proportion."""
    shape = image_shape(rng)
    image, gradient = random_image(rng, shape), slopes(rng, shape)

    step = (
        take_step(student, keras, image, LINEAR, 12.0, weights=gradient.astype("float32")) - image
    )

    length = np.linalg.norm(step)
    expect(np.isfinite(length) and length > 1e-6, "the image has not moved")
    # Uphill or downhill has a check of its own.
    direction = step / length * np.sign(np.sum(step * gradient) or 1)
    sizes = np.abs(direction)
    expect(
        sizes.max() > 1.02 * sizes.min(),
        "every value moves equally far: only the signs of the gradient are used, and its "
        "proportions are lost",
    )
    for axis, what in ((-1, "pixel"), ((1, 2), "colour")):
        scaled = gradient / np.linalg.norm(gradient, axis=axis, keepdims=True)
        expect(
            not alike(direction, scaled / np.linalg.norm(scaled)),
            f"the gradient is scaled for each {what} by itself: one length for all of its values",
        )
    expect(
        alike(direction, gradient),
        "the step does not have the direction of the gradient",
    )


@pytest.mark.cell("06-ascent-step", points=1)
def test_no_slope_no_step(student, keras, rng):
    """Where the gradient is zero, the image stays as it is."""
    image = random_image(rng, image_shape(rng))

    # A relu that is shut at every position.
    shut = "keras.ops.mean(keras.ops.relu(image - 1000.0))"
    after = take_step(student, keras, image, shut, float(rng.uniform(20, 40)))

    expect(
        not np.isnan(after).any(),
        "where the gradient is zero the image becomes nan: its length is 0, and 0 / 0 is no number",
    )
    expect(
        np.allclose(after, image, atol=1e-2),
        "where the gradient is zero the image should stay as it is",
    )


@pytest.mark.cell("06-ascent-step", points=0.5)
def test_gradient_is_taken_at_the_image(student, keras, rng):
    """The gradient is that of the loss at the image as it is given."""
    shape = image_shape(rng)
    image = random_image(rng, shape)
    # A hill whose summit is near: on which side of it one stands decides where uphill is.
    side = rng.choice([-1.0, 1.0], shape)
    summit = (image + side * rng.uniform(20, 50, shape)).astype("float32")
    hill = "-keras.ops.sum((image - summit) ** 2)"

    step = take_step(student, keras, image, hill, 4.0, summit=summit) - image

    # Length, proportions and sign have checks of their own.
    expect(np.isfinite(step).all(), "the new image holds nan or inf")
    towards = np.sign(step) * np.sign(np.sum(step * side) or 1)
    expect(
        np.mean(towards == side) > 0.99,
        "the gradient is not that of the loss at the image that is given: call loss_fn on this "
        "very image, unchanged",
    )


@pytest.mark.cell("06-ascent-step", points=0.5)
def test_steps_follow_one_another(student, keras, rng):
    """What a step returns is an image for the next step."""
    shape = image_shape(rng)
    image, gradient = random_image(rng, shape), slopes(rng, shape).astype("float32")

    one, three = (
        take_step(student, keras, image, LINEAR, 5.0, steps, weights=gradient) - image
        for steps in (1, 3)
    )

    # On an even slope the third step is like the first, whatever its length.
    expect(np.abs(one).max() > 1e-6, "the image has not moved")
    expect(
        alike(three, 3 * one, 0.05),
        "three steps in a row do not lead three times as far as one: start from the image that is "
        "given, and return the image, not the step alone",
    )


@pytest.mark.cell("06-ascent-step", points=0.5)
def test_values_may_leave_the_range_of_a_photograph(student, keras, rng):
    """The climb does not clip: that is for the display."""
    shape = image_shape(rng)
    image = random_image(rng, shape)
    image[:, :2], image[:, 2:] = 1.0, 254.0
    gradient = np.where(image > 100, 1.0, -1.0).astype("float32")

    after = take_step(student, keras, image, LINEAR, 6.0 * np.sqrt(gradient.size), weights=gradient)

    expect((np.abs(after - image) > 1e-4).any(), "the image has not moved")
    clipped = np.where(gradient > 0, 255, 0)
    expect(
        not np.allclose(after, clipped, atol=1e-3),
        "the new image is clipped to 0..255: bringing it into that range is for the display, and "
        "the climb goes on without it",
    )
    expect(
        after.max() > 2 or image.max() < 2,
        "the new image is brought into 0..1: only the step should change it",
    )
