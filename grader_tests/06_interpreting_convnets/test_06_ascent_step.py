"""Hidden checks of 06-ascent-step: one step uphill, as long as the learning rate."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import (
    RESULT,
    Contract,
    Exercise,
    Inside,
    Slip,
    Stratum,
    close,
    inputs,
    switches,
)

# Right answers keep the length above zero in different ways, by up to about 1e-5: a step on the
# gentlest slopes is of such a length that this stays within the bound.
BOUND = 0.01
GENTLEST = 1.2e-4
# Code for the student's process holds no answer: arrays, and how they make a number.
LOSS = (
    "(lambda tf: lambda image: tf.reduce_sum(weights * image)"
    " - tf.reduce_sum(curvature * (image - summit) ** 2) / 2)(__import__('tensorflow'))"
)
SHUT = (
    "(lambda tf: lambda image: tf.reduce_mean(tf.nn.relu(image - 1000.0)))"
    "(__import__('tensorflow'))"
)
TENSOR = "__import__('tensorflow').constant(array)"
# A tensor crosses as an array: what is none becomes a list, which only the contract pays for.
READ = (
    "value if __import__('tensorflow').is_tensor(value)"
    " else __import__('numpy').asarray(value).tolist()"
)


@dataclass(frozen=True)
class Hill:
    """A loss: linear, minus a bowl whose summit is known."""

    weights: np.ndarray
    curvature: np.ndarray
    summit: np.ndarray

    def gradient(self, image):
        """Return its gradient at an image."""
        return self.weights - self.curvature * (image - self.summit)


def judge(image, loss_fn, learning_rate):
    """Climb along the gradient, which is known; its length is found without overflow."""
    slope = loss_fn.gradient(np.asarray(image, float))
    largest = float(np.abs(slope).max(initial=0))
    if largest == 0:
        return image.astype(float)
    direction = slope / largest
    return image + learning_rate * direction / np.sqrt(np.vdot(direction, direction))


def formula(
    image,
    loss_fn,
    learning_rate,
    downhill=False,
    not_scaled=False,
    rate_ignored=False,
    squared_length=False,
    root_mean_square=False,
    by_largest=False,
    by_sum_of_sizes=False,
    shortened_only=False,
    each_pixel=False,
    each_colour=False,
    each_image=False,
    signs=False,
    signs_of_right_length=False,
    sizes=False,
    centred=False,
    small_is_none=False,
    epsilon_1e3=False,
    epsilon_1e2=False,
    rescaled_first=False,
    rescaled_first_floored=False,
    clipped=False,
    zero_to_one=False,
    step_alone=False,
    unmoved=False,
    nan_on_flat_ground=False,
):
    """Take the step, with what may go wrong."""
    x = np.asarray(image, float)
    rescaled = rescaled_first or rescaled_first_floored
    slope = loss_fn.gradient(x / 255) / 255 if rescaled else loss_fn.gradient(x)
    if centred:
        slope = slope - slope.mean()
    if sizes:
        slope = np.abs(slope)
    if signs or signs_of_right_length:
        slope = np.sign(slope)
    axes = None
    if x.ndim > 1 and (each_pixel or each_colour):
        axes = -1 if each_pixel else tuple(range(1, x.ndim - 1)) or 0
    if each_image:
        axes = tuple(range(1, x.ndim)) or 0
    length = np.sqrt(np.sum(slope**2, axis=axes, keepdims=True))
    whole = float(length.max())
    if not_scaled or signs:
        length = 1.0
    if squared_length:
        length = length**2
    if root_mean_square:
        length = length / np.sqrt(x.size)
    if by_largest:
        length = np.abs(slope).max()
    if by_sum_of_sizes:
        length = np.abs(slope).sum()
    if shortened_only:
        length = max(whole, 1.0)
    if rescaled_first_floored:
        length = max(whole, 1e-6)
    length = length + (1e-3 * epsilon_1e3 + 1e-2 * epsilon_1e2)
    with np.errstate(all="ignore"):
        step = (1 if rate_ignored else learning_rate) * slope / length
    if not nan_on_flat_ground:
        step = np.nan_to_num(step, nan=0.0)
    if unmoved or (small_is_none and whole < 1e-3):
        step = np.zeros_like(x)
    after = x - step if downhill else x + step
    if step_alone:
        return step
    if clipped:
        after = np.clip(after, 0, 255)
    return after / 255 if zero_to_one else after


EPSILON = (
    "the number that keeps the length away from 0 is too large: on gentle slopes the step is "
    "shorter than the learning rate"
)
RESCALED = (
    "the gradient is not that of the loss at the image that is given: call loss_fn on this very "
    "image, unchanged, and not on one divided by 255"
)

variants = switches(
    formula,
    downhill=Slip(
        "fatal",
        "the loss has become smaller: this is a step downhill, as in training; here it goes up",
    ),
    not_scaled=Slip(
        "fatal", "the step is as long as the gradient says: scale the gradient to length 1 first"
    ),
    rate_ignored=Slip(
        "fatal",
        "the learning rate does not matter here: the step should be as long as it says, and not "
        "of length 1",
    ),
    squared_length=Slip("fatal", "the gradient is divided by the square of its length"),
    root_mean_square=Slip(
        "fatal",
        "the step is too long by the square root of the number of values: the length is the root "
        "of the sum of all squares, not of their mean",
    ),
    by_largest=Slip(
        "fatal",
        "the largest value of the step is as large as the learning rate: divide by the length of "
        "the gradient, not by its largest value",
    ),
    by_sum_of_sizes=Slip(
        "fatal",
        "the gradient is divided by the sum of the sizes of its values: its length is the root of "
        "the sum of their squares",
    ),
    shortened_only=Slip(
        "major",
        "long gradients are shortened to length 1, and short ones stay short: scale those up as "
        "well",
    ),
    each_pixel=Slip(
        "fatal",
        "the gradient is scaled for each pixel by itself: one length for all of its values",
    ),
    each_colour=Slip(
        "fatal",
        "the gradient is scaled for each colour by itself: one length for all of its values",
    ),
    each_image=Slip(
        "minor",
        "the gradient is scaled for each part of the first axis by itself: its length is the root "
        "of the sum of *all* its squares, whatever the shape",
    ),
    signs=Slip(
        "fatal",
        "every value moves equally far: only the signs of the gradient are used, and its "
        "proportions are lost",
    ),
    signs_of_right_length=Slip(
        "fatal",
        "every value moves equally far: only the signs of the gradient are used, and its "
        "proportions are lost",
    ),
    sizes=Slip("fatal", "the sizes of the gradient are used, without their signs"),
    centred=Slip(
        "fatal",
        "the step does not have the direction of the gradient: the mean of the gradient is "
        "taken away from it",
    ),
    small_is_none=Slip(
        "major",
        "on gentle slopes the image has not moved: only where the gradient is exactly zero it "
        "stays as it was, and everywhere else the step is as long as the learning rate",
    ),
    epsilon_1e3=Slip("major", EPSILON, family="epsilon"),
    epsilon_1e2=Slip("major", EPSILON, family="epsilon"),
    rescaled_first=Slip("major", RESCALED, family="rescaled"),
    rescaled_first_floored=Slip("major", RESCALED, family="rescaled"),
    clipped=Slip(
        "minor",
        "the new image is clipped to 0..255: bringing it into that range is for the display, and "
        "the climb goes on without it",
    ),
    zero_to_one=Slip("fatal", "the new image is brought into 0..1: only the step should change it"),
    step_alone=Slip(
        "fatal",
        "this is the step alone, and not the image any more: return the image plus the step",
    ),
    unmoved=Slip("fatal", "the image comes back as it was: it has not moved at all"),
    nan_on_flat_ground=Slip(
        "minor",
        "where the gradient is zero the image becomes nan: its length is 0, and 0 / 0 is no number",
    ),
)


def show(image, loss_fn, learning_rate):
    """Write a call for people."""
    length = np.linalg.norm(loss_fn.gradient(np.asarray(image, float)))
    return (
        f"ascent_step(<a tensor of shape {image.shape}>, <a loss whose gradient there has length "
        f"{length:.3g}>, {learning_rate:.3g})"
    )


def argument(image):
    """Describe an image as a tensor beside the student's code."""
    built = {"expression": TENSOR, "bindings": {"array": image}}
    return Inside("evaluate", built, seen=image)


def loss(image, weights, curvature=None, summit=None, expression=LOSS):
    """Describe a loss function beside the student's code."""
    zeros = np.zeros_like(image)
    arrays = [zeros if array is None else array for array in (weights, curvature, summit)]
    arrays = [np.asarray(array, "float32") for array in arrays]
    bindings = dict(zip(("weights", "curvature", "summit"), arrays, strict=True))
    built = {"expression": expression, "bindings": bindings}
    return Inside("evaluate", built, seen=Hill(*(array.astype(float) for array in arrays)))


def picture(rng, shape, low=60, high=200):
    """Draw an image of values far from 0 and from 255."""
    return rng.uniform(low, high, shape).astype("float32")


def direction(rng, shape):
    """Draw a gradient of length 1, with parts of very unequal size, most of them positive."""
    raw = rng.choice([-1.0, 1.0, 1.0, 1.0], shape) * 10.0 ** rng.uniform(-1, 0.5, shape)
    if len(shape) > 1:
        raw = raw * rng.permutation(np.geomspace(0.4, 2.5, shape[-1]))
    return raw / np.linalg.norm(raw)


def slope(rng, shape, power, rate):
    """Draw an even slope whose length is a power of ten."""
    image = picture(rng, shape)
    return argument(image), loss(image, direction(rng, shape) * 10.0**power), float(rate)


def partly(rng, shape, power, rate, balanced):
    """Draw a slope that looks at a part of the image only; ``balanced``: its sum is exactly 0."""
    weights = np.zeros(np.prod(shape), dtype="float32")
    half = max(1, weights.size // 4)
    steep = np.round(rng.uniform(0.5, 1, half) * 64) / 64 * 2.0 ** np.round(power * 3)
    places = rng.permutation(weights.size)[: 2 * half]
    weights[places[:half]] = steep
    weights[places[half:]] = -steep if balanced else steep / 2
    image = picture(rng, shape)
    return argument(image), loss(image, weights.reshape(shape)), float(rate)


def gentlest(rng, shape, length):
    """Draw a slope that hardly rises, and a step of which any way to avoid 0 / 0 is right."""
    image, way = picture(rng, shape), direction(rng, shape)
    rate = 10.5 * BOUND / np.abs(way).max()
    return argument(image), loss(image, way * length), float(rate)


def hill(rng, shape, power, rate):
    """Draw a hill: where one stands decides where uphill is."""
    image = picture(rng, shape)
    summit = image + rng.choice([-1.0, 1.0], shape) * 10.0 ** rng.uniform(0, 1.6, shape)
    curvature = rng.uniform(0.5, 2, shape) * 10.0**power
    weights = rng.normal(0, 3, shape) * 10.0**power
    return argument(image), loss(image, weights, curvature, summit), float(rate)


def at_the_ends(rng, shape, rate):
    """Draw an image of values near 0 and 255, and a slope that leads out of them."""
    bright = rng.random(shape) < 0.5
    bright.flat[:2] = True, False
    image = np.where(bright, 254.0, 1.0).astype("float32")
    way = np.where(bright, 1, -1) * rng.uniform(0.5, 1, shape)
    return argument(image), loss(image, way), float(rate)


def level(rng, shape, rate, shut):
    """Draw flat ground: a relu that is shut at every position, or nothing that matters."""
    image = picture(rng, shape)
    return argument(image), loss(image, None, expression=SHUT if shut else LOSS), float(rate)


small = st.tuples(st.just(1), st.integers(2, 3), st.integers(2, 4), st.just(3))
rate, power = st.integers(4, 30), st.floats(-1.5, -0.5)
odd_shapes = st.sampled_from([(2, 2, 3, 3), (4, 2, 2, 3), (3, 4, 5), (3, 5), (2, 2, 3, 1), (7,)])

exercise = Exercise(
    "06-ascent-step",
    function="ascent_step",
    judge=judge,
    strata=[
        Stratum(
            "steep slopes",
            inputs(slope, shape=small, power=st.floats(1, 4), rate=rate),
        ),
        Stratum("gentle slopes", inputs(slope, shape=small, power=power, rate=rate)),
        Stratum(
            "slopes that hardly rise",
            inputs(gentlest, shape=small, length=st.floats(GENTLEST, 8e-4)),
        ),
        Stratum(
            "hills, where the gradient is not everywhere the same",
            inputs(hill, shape=small, power=st.floats(0.5, 2), rate=rate),
        ),
        Stratum(
            "slopes of a part of the image only",
            inputs(partly, shape=small, power=st.floats(0, 2), rate=rate, balanced=st.booleans()),
            row="corners",
            count=4,
        ),
        Stratum(
            "no slope at all",
            inputs(level, shape=small, rate=rate, shut=st.booleans()),
            row="corners",
            count=4,
        ),
        Stratum(
            "several images at once, and other shapes",
            inputs(slope, shape=odd_shapes, power=st.floats(-1, 3), rate=rate),
            row="corners",
        ),
        Stratum(
            "steps that leave 0..255",
            inputs(at_the_ends, shape=small, rate=st.integers(40, 90)),
            row="corners",
            count=4,
        ),
    ],
    variants=variants,
    families={"epsilon": EPSILON, "rescaled": RESCALED},
    same=close(atol=BOUND),
    contract=Contract(
        result=np.ndarray,
        dtype="float32",
        messages={
            "type": "a tensor was asked for: another step may follow, and its tape cannot watch "
            "anything else",
            "dtype": "a tensor of float32 was asked for, as the image is",
        },
    ),
    read=Inside("evaluate", {"expression": READ, "bindings": {"value": RESULT}}),
    show=show,
)
