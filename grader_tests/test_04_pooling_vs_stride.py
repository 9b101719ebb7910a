"""Hidden checks of assignment 04: pooling, strides, and a fair comparison of the two."""

from dataclasses import dataclass

import numpy as np
import pytest

from pawmark.checks import expect, expect_array, expect_number

FILTERS = (16, 32)
TOLERANCE = 1e-3  # of values near 1 that Keras computes in float32 and we in float64

# Reading what comes back --------------------------------------------------------------------


def numbers(value, name="the result", shape=None):
    """Return an array of finite numbers as float64, or fail the check readably."""
    array = expect_array(value, shape=shape, name=name)
    expect(array.dtype.kind in "biuf", f"{name} should hold numbers", got=str(array.dtype))
    array = array.astype(float)
    expect(np.isfinite(array).all(), f"{name} holds values that are not finite numbers")
    return array


def close(a, b):
    """Tell whether two arrays have one shape and the same values."""
    return a.shape == b.shape and np.allclose(a, b, rtol=0, atol=TOLERANCE)


def distinct(rng, *shape):
    """Draw different whole numbers in random order, as floats; not one of them is 0."""
    count = int(np.prod(shape))
    return (rng.permutation(count) + 1.0).reshape(shape)


# output_size --------------------------------------------------------------------------------


def ask_size(student, n, kernel, stride, padding):
    """Return what the student's output_size says, as a float."""
    return expect_number(student.call("output_size", n, kernel, stride, padding), "the size")


@pytest.mark.cell("04-output-size", points=1)
def test_same_rounds_up(student, rng):
    """With "same", a rest at the end still gets an output."""
    for stride in (2, 3, 4):
        full = int(rng.integers(4, 30))
        n = full * stride + 1

        size = ask_size(student, n, 3, stride, "same")

        expect(
            size != full,
            'with padding "same" the last window may hang over the edge: round up, not down',
            got=(n, stride, size),
        )
        expect(
            size == full + 1,
            f'{n} pixels, stride {stride}: with "same" there is one output for each window that '
            "begins inside",
        )


@pytest.mark.cell("04-output-size", points=1)
def test_same_does_not_depend_on_the_kernel(student, rng):
    """With "same", only the stride decides."""
    n = 12 * int(rng.integers(2, 6))
    for kernel, stride in ((2, 1), (4, 2), (5, 3), (1, 2), (7, 1), (4, 3)):
        size = ask_size(student, n, kernel, stride, "same")
        expect(
            size == n // stride,
            'with padding "same" the kernel\'s width must not matter: there is as much padding as '
            "it takes",
            got=f"{size:g} for {n} pixels, kernel {kernel}, stride {stride}",
        )


@pytest.mark.cell("04-output-size", points=1)
def test_valid_counts_whole_windows(student, rng):
    """With "valid", only windows that fit count."""
    for kernel, stride in ((3, 1), (3, 2), (5, 3), (2, 2), (4, 3), (1, 2)):
        steps = int(rng.integers(3, 12))
        for rest in range(stride):
            n = kernel + steps * stride + rest
            size = ask_size(student, n, kernel, stride, "valid")

            # Whether the result is written as an int has a check of its own.
            expect(
                size != steps,
                "one output too few without padding: the first window needs no step",
            )
            expect(
                not steps + 1 < size <= steps + 2 or size != round(size),
                "one output too many without padding: a window that hangs over the edge counts "
                'for nothing with "valid"',
            )
            expect(
                np.floor(size) == steps + 1,
                f"{n} pixels, kernel {kernel}, stride {stride}: count the windows that lie "
                'inside from end to end, as "valid" asks',
            )


@pytest.mark.cell("04-output-size", points=1)
def test_size_is_a_whole_number(student, rng):
    """A size is an int."""
    for padding in ("same", "valid"):
        for n in (int(rng.integers(20, 40)) * 2, int(rng.integers(20, 40)) * 2 + 1):
            value = student.call("output_size", n, 3, 2, padding)
            expect_number(value, "the size")
            expect(
                isinstance(value, int | np.integer),
                "a size counts pixels: return an int, so that it can be used in a shape",
                got=type(value).__name__,
                expected="int",
            )


# max_pool -----------------------------------------------------------------------------------


def pooled(x, size, reduce=np.max):
    """Pool (H, W, C) as Keras does; a rest at the right and at the bottom falls away."""
    height, width = x.shape[0] // size, x.shape[1] // size
    windows = x[: height * size, : width * size].reshape(height, size, width, size, x.shape[2])
    return reduce(windows, axis=(1, 3))


def ask_pool(student, x, **size):
    """Return what the student's max_pool makes of an array."""
    return numbers(student.call("max_pool", x, **size))


def expect_planes(got, expected, message="the pooled array has the wrong shape"):
    """Fail unless the shapes agree."""
    expect(got.shape == expected.shape, message, got=got.shape, expected=expected.shape)


@pytest.mark.cell("04-max-pool", points=1)
def test_pool_takes_the_largest_of_each_window(student, rng):
    """Each output is the largest value of its window."""
    x = distinct(rng, 6, 10, 1)

    got = ask_pool(student, x)

    expect_planes(got, pooled(x, 2))
    expect(not close(got, pooled(x, 2, np.mean)), "this is the mean of each window: pool the max")
    expect(not close(got, pooled(x, 2, np.min)), "this is the smallest value of each window")
    expect(close(got, pooled(x, 2)), "these are not the largest values of windows of 2 x 2")


@pytest.mark.cell("04-max-pool", points=1)
def test_pool_of_negative_values(student, rng):
    """Windows of negative values keep their largest one."""
    x = -distinct(rng, 6, 8, 1)

    got = ask_pool(student, x)

    expect(
        not (got >= 0).any(),
        "a window that holds only negative values gives 0 or more: the largest of them is "
        "negative, so do not start from zero",
    )
    expect(
        not close(got, pooled(x, 2, np.min)),
        "of negative numbers the largest is the one nearest to 0, not the one farthest from it",
    )


@pytest.mark.cell("04-max-pool", points=1)
def test_pool_keeps_channels_apart(student, rng):
    """Each channel is pooled by itself."""
    x = distinct(rng, 4, 6, 3)
    # The first channel holds the largest values, the last the smallest.
    x = x + np.array([1000.0, 500.0, 0.0])

    got = ask_pool(student, x)

    expect(
        got.ndim == 3 and got.shape[-1] == 3,
        "the channels are gone: pooling looks at height and width, each channel by itself",
        got=got.shape,
        expected=(2, 3, 3),
    )
    expect(
        not (got[..., 1:] > 800).any(),
        "values of one channel turn up in another: pool each channel by itself",
    )
    bands = np.array([1000.0, 500.0, 0.0])
    inside = ((got > bands) & (got <= bands + x[..., 2].size * 3)).all()
    expect(inside, "the channels come out in another order, or with values that were not in them")


@pytest.mark.cell("04-max-pool", points=1)
def test_pool_drops_what_fills_no_window(student, rng):
    """A rest at the right and at the bottom falls away."""
    for height, width in ((5, 7), (6, 9), (7, 4)):
        x = distinct(rng, height, width, 2)
        whole_windows = (height // 2, width // 2)

        got = ask_pool(student, x)

        expect(
            got.shape[:2] == whole_windows,
            "a row or column that fills no window should fall away, as in Keras",
            got=got.shape[:2],
            expected=whole_windows,
        )
        # A drop at the other end shifts every window; whether it is the max has its own check.
        even = ask_pool(student, x[: height // 2 * 2, : width // 2 * 2])
        expect(close(got, even), "the windows start at the top left; the rest is at the other end")


@pytest.mark.cell("04-max-pool", points=1)
def test_pool_size_is_respected(student, rng):
    """The argument `size` sets the windows and the steps between them."""
    size = int(rng.integers(3, 5))
    x = distinct(rng, 3 * size, 4 * size, 1)
    x[size - 1 :: size, size - 1 :: size] += x.size

    got = ask_pool(student, x, size=size)

    expect(
        got.shape[:2] == (3, 4),
        f"an array of {3 * size} x {4 * size} holds 3 x 4 windows of size {size} side by side: "
        "is `size` used for the window and for the step?",
        got=got.shape[:2],
        expected=(3, 4),
    )
    # For a constant in each window every kind of pooling gives that constant.
    flat = np.kron(distinct(rng, 3, 4), np.ones((size, size)))[..., None]
    constant = ask_pool(student, flat, size=size)
    corners = x.reshape(3, size, 4, size, 1)[:, :2, :, :2].max(axis=(1, 3))
    expect(
        close(constant, pooled(flat, size)) and not close(got, corners),
        f"windows of size {size} overlap, or leave values out: each should begin where the one "
        "before it ends, and be as large as the step",
    )


# collision ----------------------------------------------------------------------------------


def pair_of(value):
    """Return the two arrays of a collision as (H, W, C) floats; nan is let through."""
    expect(value is not None, "collision returned None: did you forget `return`?")
    fits = isinstance(value, tuple | list) and len(value) == 2
    if isinstance(value, np.ndarray) and value.ndim >= 3 and len(value) == 2:
        fits, value = True, (value[0], value[1])
    expect(fits, "return two arrays: `return a, b`", got=type(value).__name__)
    planes = []
    for name, one in zip(("the first array", "the second array"), value, strict=True):
        array = expect_array(one, name=name)
        expect(array.dtype.kind in "biuf", f"{name} should hold numbers", got=str(array.dtype))
        # The wrong number of axes has a check of its own.
        planes.append(array.astype(float)[..., None] if array.ndim == 2 else array.astype(float))
    return planes


@pytest.mark.cell("04-collision", points=1)
def test_collision_gives_two_pictures(student):
    """Both arrays are pictures that max_pool takes, with nothing left over."""
    value = student.call("collision")
    planes = pair_of(value)
    for one in value:
        shape = np.shape(one)
        expect(
            len(shape) == 3,
            "an array of collision should have three axes: height, width, channels",
            got=shape,
        )
        expect(
            shape[2] > 0 and min(shape[:2]) >= 2 and shape[0] % 2 == shape[1] % 2 == 0,
            "height and width should be even and not 0, so that every value lies in a window",
            got=shape,
        )
    expect(
        planes[0].shape == planes[1].shape,
        "the two arrays have different shapes: pictures of one size can be confused, others not",
        got=(planes[0].shape, planes[1].shape),
    )
    expect(
        all(np.isfinite(one).all() for one in planes),
        "the arrays hold values that are not finite numbers: a nan differs even from itself",
    )


@pytest.mark.cell("04-collision", points=1)
def test_collision_pictures_differ(student):
    """The two pictures are different."""
    a, b = pair_of(student.call("collision"))
    # Arrays of different shapes differ, and another check asks for one shape.
    same = a.shape == b.shape and np.array_equal(a, b, equal_nan=True)
    expect(not same, "the two arrays hold the same numbers: a collision needs two pictures")


@pytest.mark.cell("04-collision", points=1)
def test_collision_pools_to_the_same(student):
    """Max pooling cannot tell the two apart."""
    planes = pair_of(student.call("collision"))
    for one in planes:
        expect(one.ndim == 3, "these arrays cannot be pooled", got=one.shape)
    a, b = (pooled(np.nan_to_num(one), 2) for one in planes)
    expect(
        a.shape == b.shape and np.array_equal(a, b),
        "max pooling with windows of 2 x 2 tells these two apart: some window has another maximum",
    )


# strided_conv -------------------------------------------------------------------------------


def convolved(x, kernel, stride, before=None):
    """Convolve (H, W, C) as Keras does with "same", or with ``before`` rows of padding in front."""
    size = [-(-n // stride) for n in x.shape[:2]]
    total = [max((out - 1) * stride + kernel.shape[0] - n, 0)
             for out, n in zip(size, x.shape[:2], strict=True)]  # fmt: skip
    front = [t // 2 for t in total] if before is None else list(before)
    # More zeros than needed at the far end do no harm.
    x = np.pad(x, [(front[0], kernel.shape[0]), (front[1], kernel.shape[0]), (0, 0)])
    out = np.zeros((*size, kernel.shape[3]))
    for i in range(size[0]):
        for j in range(size[1]):
            row, column = i * stride, j * stride
            window = x[row : row + kernel.shape[0], column : column + kernel.shape[1]]
            out[i, j] = np.tensordot(window, kernel, axes=3)
    return out


def ask_conv(student, x, kernel, **stride):
    """Return what the student's strided_conv makes of an array."""
    got = numbers(student.call("strided_conv", x, kernel, **stride))
    expect(got.ndim == 3, "the result has three axes: height, width, filters", got=got.shape)
    return got


def lopsided(rng, size):
    """Draw a kernel of one filter that no turning or mirroring leaves as it is."""
    return (distinct(rng, size, size) / size**2)[:, :, None, None]


def even_handed(rng, size):
    """Draw a kernel of one filter that is the same when flipped or transposed."""
    side = np.arange(size)
    ring = np.maximum(abs(2 * side[:, None] - size + 1), abs(2 * side[None, :] - size + 1))
    return rng.uniform(0.5, 1.5, size + 1)[ring][:, :, None, None]


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_multiplies_window_and_kernel(student, rng):
    """An output is the sum of window times kernel, which is not flipped."""
    x, kernel = distinct(rng, 6, 8, 1) / 10, lopsided(rng, 2)

    got = ask_conv(student, x, kernel)

    expected = convolved(x, kernel, 2)
    expect_planes(got, expected, "the result has the wrong shape")
    flipped = [kernel[::-1, ::-1], kernel.transpose(1, 0, 2, 3), kernel[::-1], kernel[:, ::-1]]
    expect(
        not any(close(got, convolved(x, other, 2)) for other in flipped),
        "the kernel is flipped or transposed: deep learning lays it on the window as it is",
    )
    expect(
        close(got, expected),
        "with a kernel of 2 x 2 and stride 2 there is no padding, and each output should be the "
        "sum of its window times the kernel",
    )


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_sums_over_input_channels(student, rng):
    """A filter adds up all channels of its input, each with its own weights."""
    x = distinct(rng, 4, 6, 3) / 10
    # The four places of a window weigh the same, and no padding is needed.
    weights = distinct(rng, 3, 2) / 3 * [1, -1]
    kernel = np.broadcast_to(weights, (2, 2, 3, 2)).copy()

    got = ask_conv(student, x, kernel)

    expect(
        got.shape[-1] == 2,
        "there should be an output channel for each filter: the last axis of the kernel",
        got=got.shape,
        expected=(2, 3, 2),
    )
    sums = 4 * pooled(x, 2, np.mean)
    expected = sums @ weights
    expect_planes(got, expected, "the result has the wrong shape")
    expect(
        not any(close(got, sums[..., [c]] * weights[c]) for c in range(3)),
        "only one channel of the input is used: a filter sees all of them",
    )
    expect(
        not close(got, expected / 3),
        "the channels of the input are averaged: a filter adds them up",
    )
    expect(
        not close(got, expected[..., ::-1]),
        "the output channels come in another order than the filters",
    )
    expect(
        close(got, expected),
        "the channels of the input should be added up, each with its own weight, for each filter "
        "by itself; negative sums are kept",
    )


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_pads_even_sizes_at_the_end(student, rng):
    """On an even size, stride 2 pads at the bottom and at the right only."""
    x = distinct(rng, 6, 10, 1) / 10
    kernel = even_handed(rng, 3)

    got = ask_conv(student, x, kernel)

    expected = convolved(x, kernel, 2)
    expect(
        not close(got, convolved(x, kernel, 2, before=(1, 1))),
        "the windows begin outside the picture: on an even size, stride 2 and a kernel of 3 need "
        'one row of zeros in all, and "same" puts it at the bottom (and right), not on every side',
    )
    edges = [np.pad(x, [(0, 1), (0, 1), (0, 0)], mode) for mode in ("edge", "reflect", "wrap")]
    expect(
        not any(close(got, convolved(edge, kernel, 2, before=(0, 0))[:3, :5]) for edge in edges),
        "the padding repeats values of the picture: it should be zeros",
    )
    expect(
        got.shape == expected.shape,
        'with "same" the result has half the height and width here: is there padding at all?',
        got=got.shape,
        expected=expected.shape,
    )
    expect(close(got, expected), 'the values at even sizes are not those of "same" padding')


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_pads_odd_sizes_on_both_sides(student, rng):
    """On an odd size, stride 2 with a kernel of 3 pads on both sides."""
    x = distinct(rng, 7, 9, 1) / 10
    kernel = even_handed(rng, 3)

    got = ask_conv(student, x, kernel)

    expected = convolved(x, kernel, 2)
    expect(
        got.shape == expected.shape,
        "on an odd size the last window hangs over the edge and counts: the size is rounded up",
        got=got.shape,
        expected=expected.shape,
    )
    expect(
        not close(got, convolved(x, kernel, 2, before=(0, 0))),
        "on an odd size, stride 2 and a kernel of 3 need two rows of zeros, one on each side: the "
        "padding depends on the size of the picture",
    )
    # Another value than zero for padding has a check of its own: look inside only.
    inside = (slice(1, -1), slice(1, -1))
    expect(close(got[inside], expected[inside]), "the windows do not lie where they should")


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_height_and_width_are_padded_apart(student, rng):
    """Height and width each get the padding that they need."""
    kernel, found = even_handed(rng, 3), []
    for shape in ((6, 9, 1), (9, 6, 1)):
        x = distinct(rng, *shape) / 10
        got = ask_conv(student, x, kernel)

        expected = convolved(x, kernel, 2)
        expect_planes(got, expected, "a picture that is not square gives the wrong shape")
        found += [f for f in (0, 1) if close(got, convolved(x, kernel, 2, before=(f, f)))]
    # Always the same padding, whatever the size, has checks of its own.
    expect(
        found not in ([0, 1], [1, 0]),
        "height and width get the same padding here, though one of them is even and the other "
        "odd: work it out for each by itself",
    )


@pytest.mark.cell("04-strided-conv", points=1)
def test_conv_takes_every_kernel_and_stride(student, rng):
    """Other kernels and strides work, also a kernel narrower than the stride."""
    cases = ((9, 12, 3, 3), (10, 15, 5, 5), (12, 8, 4, 4), (7, 5, 1, 2), (8, 6, 1, 2), (5, 7, 3, 1))
    for height, width, size, stride in cases:
        x, kernel = distinct(rng, height, width, 1) / 10, even_handed(rng, size)
        got = ask_conv(student, x, kernel, stride=stride)

        expected = convolved(x, kernel, stride)
        case = f"{height} x {width} pixels, kernel {size}, stride {stride}"
        # Padding has checks of its own; stride 1 without any is part of them.
        inside = (slice(1, -1), slice(1, -1)) if stride == 1 else (slice(None), slice(None))
        fits = got.shape == expected.shape or (stride == 1 and got.shape == (3, 5, 1))
        expect(
            fits,
            f"wrong shape for {case}: are `stride` and the kernel's own size used?",
            got=got.shape,
            expected=expected.shape,
        )
        fronts = [(front, front) for front in range(size)]
        shifted = [convolved(x, kernel, stride, front)[inside] for front in fronts]
        known = [*shifted, expected[inside]]
        right = any(close(one, candidate) for one in (got, got[inside]) for candidate in known)
        expect(right, f"wrong values for {case}")


# get_segmenter ------------------------------------------------------------------------------

TRACE = """
def trace(model, images):
    import keras
    import numpy

    calls = []

    def watched(layer):
        call = layer.call

        def watching_call(inputs, *args, **kwargs):
            outputs = call(inputs, *args, **kwargs)
            calls.append({
                "transposed": isinstance(layer, keras.layers.Conv2DTranspose),
                "stride": [int(n) for n in layer.strides],
                "inputs": numpy.asarray(inputs),
                "outputs": numpy.asarray(outputs),
            })
            return outputs

        return watching_call

    layers = list(model._flatten_layers(include_self=False))
    watched_layers = [layer for layer in layers if hasattr(layer, "kernel_size")]
    for layer in watched_layers:
        object.__setattr__(layer, "call", watched(layer))
    try:
        model(images, training=False)
    finally:
        for layer in watched_layers:
            object.__delattr__(layer, "call")
    return {"calls": calls, "layers": [type(layer).__name__ for layer in layers]}
"""

REFUSAL = """
def refused(build, *arguments):
    try:
        build(*arguments)
    except NotImplementedError:
        raise
    except ValueError:
        return "ValueError"
    except Exception as error:
        return type(error).__name__
    return "accepted"
"""


@dataclass(frozen=True)
class Conv:
    """What one convolution did to the images: (N, H, W, C) before and after."""

    transposed: bool
    stride: list
    inputs: np.ndarray
    outputs: np.ndarray


@dataclass(frozen=True)
class Version:
    """One version of the student's model: its facts, its convolutions, its layers' classes."""

    facts: object
    convs: tuple[Conv, ...]
    layers: tuple[str, ...]
    images: np.ndarray
    size: tuple[int, int]

    @property
    def encoder(self):
        """Return the convolutions before the first transposed one."""
        kinds = [conv.transposed for conv in self.convs]
        return self.convs[: kinds.index(True)] if True in kinds else self.convs[:-1]

    @property
    def shrinking(self):
        """Return the height and width of the images, and of the smallest map."""
        return self.images.shape[1:3], min(conv.inputs.shape[1:3] for conv in self.convs)

    @property
    def steps(self):
        """Return pairs: what left a convolution of the encoder, and what entered the next."""
        count = len(self.encoder)
        followers = self.convs[1 : count + 1]
        return [(a.outputs, b.inputs) for a, b in zip(self.encoder, followers, strict=False)]


def random_size(rng):
    """Draw a height and a smaller width, both divisible by 4."""
    width = 4 * int(rng.integers(5, 8))
    return width + 4 * int(rng.integers(1, 4)), width


def build(student, size, num_classes, downsampling):
    """Let the student build a model."""
    model = student.call("get_segmenter", size, num_classes, downsampling)
    expect(model is not None, "get_segmenter returned None: did you forget `return`?")
    return model, student.model(model)


def plain_shape(shape):
    """Return a shape as a tuple; an empty one for anything but integers and None."""
    plain = isinstance(shape, tuple | list) and all(n is None or type(n) is int for n in shape)
    return tuple(shape) if plain else ()


@pytest.fixture
def version(student, rng):
    """Return a function that builds and runs one version of the model."""

    def make(downsampling):
        size = random_size(rng)
        model, facts = build(student, size, 3, downsampling)
        shape = plain_shape(facts.input_shape)
        # A model that ignores img_size fails one check about that, and not all the others.
        known = len(shape) == 4 and all(isinstance(n, int) for n in shape[1:3])
        height, width = shape[1:3] if known else size
        images = rng.choice([0.0, 255.0], (2, height, width, 3)).astype("float32")
        student.set_weights(model, plain_weights(rng, student.weights(model)))
        reply = student.evaluate(
            "exec(code, space) or space['trace'](model, images)",
            code=TRACE,
            space={},
            model=model,
            images=images,
        )
        found = read_trace(reply)
        expect(found is not None, "the layers of this model cannot be followed one by one")
        return Version(facts, *found, images, (height, width))

    return make


def plain_weights(rng, weights):
    """Draw weights under which every second filter gives positive values, the others negative.

    Whether there is a relu, and what kind of pooling there is, then shows for certain.
    """
    arrays = weights if isinstance(weights, list) else [None]
    expect(all(isinstance(a, np.ndarray) for a in arrays), "the model's weights cannot be read")
    drawn = []
    for array in arrays:
        sizes = np.full(array.shape, 1 / max(np.prod(array.shape[:-1]), 1))
        signs = np.where(np.arange(array.shape[-1]) % 2 == 0, 1, -1) if array.ndim else 1
        values = rng.uniform(0.5, 1.5, array.shape) * sizes * signs
        drawn.append((values if array.ndim == 4 else 0 * sizes).astype("float32"))
    return drawn


def read_trace(reply):
    """Return (convolutions, classes of layers), or None for whatever else arrives."""
    try:
        convs = tuple(Conv(**call) for call in reply["calls"])
        names = tuple(map(str, reply["layers"]))
    except (KeyError, TypeError):
        return None
    arrays = [array for conv in convs for array in (conv.inputs, conv.outputs)]
    sound = all(
        isinstance(array, np.ndarray) and array.dtype.kind == "f" and array.ndim == 4
        for array in arrays
    )
    return (convs, names) if sound and convs else None


def counted(kernel_size, in_channels, out_channels):
    """Count the parameters of a convolution layer."""
    return (kernel_size**2 * in_channels + 1) * out_channels


def expected_params(num_classes):
    """Count the parameters of the model of the table, encoder and decoder."""
    channels = (3, *FILTERS)
    total = counted(3, FILTERS[0], num_classes)
    for before, filters in zip(channels, FILTERS, strict=False):
        total += counted(3, before, filters) + counted(3, filters, filters)
    for before, filters in zip((FILTERS[-1], *FILTERS[::-1]), FILTERS[::-1], strict=False):
        total += counted(3, before, filters) + counted(3, filters, filters)
    return total


def batch_pooled(x, reduce=np.max):
    """Pool (N, H, W, C) with windows of 2 x 2."""
    return np.stack([pooled(one, 2, reduce) for one in x.astype(float)])


def relu(x):
    """Set negative values to 0."""
    return np.maximum(x.astype(float), 0)


def name_of(downsampling):
    """Name a version as the messages do."""
    return f'the "{downsampling}" version'


VERSIONS = ("stride", "maxpool")


@pytest.mark.cell("04-get-segmenter", points=1)
def test_both_have_the_same_parameters(student, rng):
    """Both versions have the parameters of the table."""
    classes = int(rng.integers(4, 9))
    counts = {}
    for downsampling in VERSIONS:
        facts = build(student, random_size(rng), classes, downsampling)[1]
        # A model that ignores num_classes fails one check about that, and not this one.
        last = (plain_shape(facts.output_shape) or (None,))[-1] or classes
        counts[downsampling] = int(facts.params or 0) - expected_params(last)
    expect(
        counts["stride"] == counts["maxpool"],
        "the two versions have different numbers of parameters, so a difference in their results "
        "could come from that: pooling adds no layer with weights and replaces none",
        got=counts["maxpool"] - counts["stride"],
        expected=0,
    )
    expect(
        counts["stride"] == 0,
        "the number of parameters is not that of the table: filters, kernels, layers, decode",
        got=f"{counts['stride']:+d} parameters",
    )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_output_fits_every_image(student, rng):
    """Both versions give each pixel a number for each class."""
    for downsampling in VERSIONS:
        size, classes = random_size(rng), int(rng.integers(4, 9))
        shape = plain_shape(build(student, size, classes, downsampling)[1].output_shape)
        expect(
            shape == (None, *size, classes),
            f"for images of {size[0]} x {size[1]} pixels and {classes} classes the output of "
            f"{name_of(downsampling)} has the wrong shape: two halvings, padding in every layer, "
            "img_size and num_classes as given",
            got=shape,
            expected=(None, *size, classes),
        )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_stride_version_halves_with_strides(version):
    """The "stride" version halves with strides and holds no pooling."""
    model = version("stride")
    pooling = [name for name in model.layers if "pool" in name.lower()]
    expect(not pooling, 'the "stride" version holds a pooling layer', got=pooling)
    strides = [tuple(conv.stride) for conv in model.encoder]
    expect((2, 2) in strides, 'no convolution of the "stride" version has strides=2', got=strides)
    # Other numbers of layers change the parameter count, which has a check of its own.
    expected = [(2, 2), (1, 1)] * len(FILTERS)
    expect(
        strides == expected or len(strides) != len(expected),
        "the first convolution of each pair does the halving, with strides=2",
        got=strides,
        expected=expected,
    )


@pytest.mark.cell("04-get-segmenter", points=2)
def test_maxpool_version_halves_with_max_pooling(version):
    """The "maxpool" version halves with max pooling alone, after the first of each pair."""
    model = version("maxpool")
    strided = [conv.stride for conv in model.encoder if conv.stride != [1, 1]]
    expect(
        not strided,
        'the "maxpool" version still has convolutions with strides: pooling alone should halve',
        got=len(strided),
        expected=0,
    )
    before, after = (np.array(shape) for shape in model.shrinking)
    # Other numbers of layers change the parameter count, which has a check of its own.
    if len(model.encoder) != 2 * len(FILTERS):
        expect(
            np.all(after * 2 ** len(FILTERS) == before),
            'in the "maxpool" version the maps do not shrink to a quarter of height and width',
            got=f"{tuple(before.tolist())} to {tuple(after.tolist())}",
        )
        return
    for number, (before, after) in enumerate(model.steps):
        # Whether a relu stands between has a check of its own.
        plain, bent = before.astype(float), relu(before)
        largest = [batch_pooled(plain), batch_pooled(bent)]
        averages = [batch_pooled(plain, np.mean), batch_pooled(bent, np.mean)]
        averages.append(relu(averages[0]))
        halves = after.shape[1] < before.shape[1]
        expect(
            halves == (number % 2 == 0),
            "the pooling stands in another place than in the table: directly after the first "
            "convolution of each pair, before the second",
            got=f"{before.shape[1:3]} to {after.shape[1:3]} after convolution {number + 1}",
        )
        if halves:
            expect(
                not any(close(after.astype(float), one) for one in averages),
                "this is average pooling: it takes the mean of a window, not its maximum",
            )
            expect(
                any(close(after.astype(float), one) for one in largest),
                "what enters the second convolution of a pair is not the max-pooled output of the "
                "first",
            )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_relu_after_each_convolution(version):
    """A relu follows every convolution of the encoder, in both versions."""
    for downsampling in VERSIONS:
        steps = version(downsampling).steps
        expect(len(steps) > 0, f"{name_of(downsampling)} has no convolution before its decoder")
        negative = [i + 1 for i, (_, after) in enumerate(steps) if not after.min() >= 0]
        expect(
            not negative,
            f"in {name_of(downsampling)} negative values leave a convolution and enter the next: "
            "a relu is missing",
            got=f"after convolution {negative}",
        )
        soft = [i + 1 for i, (_, after) in enumerate(steps) if after.min() > 0]
        expect(
            not soft,
            f"in {name_of(downsampling)} something other than relu follows a convolution: relu "
            "turns every negative value into exactly 0",
            got=f"after convolution {soft}",
        )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_inputs_are_rescaled(version):
    """Images with values from 0 to 255 reach the first convolution as 0 to 1, in both versions."""
    for downsampling in VERSIONS:
        model = version(downsampling)
        seen = model.convs[0].inputs.astype(float)
        # Pooling in the wrong place has a check of its own.
        images = [model.images.astype(float), batch_pooled(model.images)]
        low, high = (round(float(value), 2) for value in (seen.min(), seen.max()))
        expect(
            not any(close(seen, image) for image in images),
            f"in {name_of(downsampling)} the first convolution sees values from 0 to 255: the "
            "rescaling to 0..1 is missing",
            got=(low, high),
        )
        expect(
            any(close(seen, image / 255) for image in images),
            f"in {name_of(downsampling)} the rescaling is not the one from 0..255 to 0..1",
            got=(low, high),
            expected=(0, 1),
        )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_decoder_is_the_given_one(version):
    """Both versions end with the given decoder."""
    for downsampling in VERSIONS:
        model = version(downsampling)
        kinds = [conv.transposed for conv in model.convs[-5:]]
        expect(
            kinds == [True] * 4 + [False],
            f"{name_of(downsampling)} does not end with the decoder that is given: "
            "decode(x, num_classes) makes the probabilities from the last feature map",
        )


@pytest.mark.cell("04-get-segmenter", points=1)
def test_other_words_are_refused(student):
    """A misspelt way of halving raises a ValueError."""
    for downsampling in VERSIONS:  # what refuses every word refuses too much
        student.call("get_segmenter", (16, 16), 3, downsampling)
    for word in ("max_pool", "strides", "average", ""):
        reply = student.evaluate(
            "exec(code, space) or space['refused'](get_segmenter, size, 3, word)",
            code=REFUSAL,
            space={},
            size=(16, 16),
            word=word,
        )
        expect(
            reply != "accepted",
            f"downsampling={word!r} builds a model without complaint: a misspelt word would "
            "compare a model with itself. Raise a ValueError",
        )
        expect(
            reply == "ValueError",
            f"downsampling={word!r} should raise a ValueError",
            got=str(reply)[:100],
            expected="ValueError",
        )


# verdict ------------------------------------------------------------------------------------


def apart(rng, low, high, gap):
    """Draw two lists of different lengths, all of the first below all of the second."""
    middle = float(rng.uniform(low, high))
    first = middle - gap - rng.uniform(0, gap, int(rng.integers(3, 5)))
    second = middle + gap + rng.uniform(0, gap, int(rng.integers(5, 7)))
    return [float(v) for v in first], [float(v) for v in second]


def ask_verdict(student, stride, maxpool, lower_is_better):
    """Return the student's verdict, one of the three words."""
    word = student.call("verdict", stride, maxpool, lower_is_better)
    expect(word is not None, "verdict returned None: is a return missing on some path?")
    expect(
        isinstance(word, str) and word in ("stride", "maxpool", "undecided"),
        'verdict should return "stride", "maxpool" or "undecided"',
        got=str(word)[:60],
    )
    return word


@pytest.mark.cell("04-verdict", points=1)
def test_verdict_names_the_better(student, rng):
    """Where all runs of one are better than all of the other, it wins."""
    low, high = apart(rng, 0.3, 0.6, 0.05)
    cases = (
        (low, high, True, "stride"),
        (high, low, True, "maxpool"),
        (high, low, False, "stride"),
        (low, high, False, "maxpool"),
    )
    for stride, maxpool, lower_is_better, expected in cases:
        word = ask_verdict(student, stride, maxpool, lower_is_better)
        expect(
            word != "undecided",
            "every run of one is better than every run of the other, and the verdict is undecided",
        )
        expect(
            word == expected,
            "the worse of the two wins: of a loss the lower is better, of an IoU the higher, and "
            "lower_is_better says which it is",
            got=f"{word} with lower_is_better={lower_is_better}",
        )


@pytest.mark.cell("04-verdict", points=1)
def test_verdict_on_overlapping_runs(student, rng):
    """Where the runs overlap, they decide nothing."""
    low, high = apart(rng, 0.3, 0.6, 0.05)
    # One run of the better side falls behind, and the means stay far apart.
    late = [*low, (min(high) + max(high)) / 2]
    base = float(rng.uniform(0.3, 0.5))
    # Run for run the first is better, and yet the two lists overlap.
    ladder = [base + 0.1 * i for i in range(4)]
    shifted = [value + 0.05 for value in ladder]
    for stride, maxpool in ((late, high), (high, late), (ladder, shifted), (shifted, ladder)):
        for lower_is_better in (True, False):
            word = ask_verdict(student, stride, maxpool, lower_is_better)
            expect(
                word == "undecided",
                "the runs of the two overlap, and the verdict still names a winner: a better mean, "
                "a better best run, or a win seed by seed, is not every run better than every run",
                got=word,
                expected="undecided",
            )


@pytest.mark.cell("04-verdict", points=1)
def test_verdict_on_a_tie(student, rng):
    """Equal runs decide nothing."""
    base = float(rng.uniform(0.3, 0.5))
    lower, upper = [base - 0.1, base], [base, base + 0.1]
    for stride, maxpool in (([base] * 3, [base] * 3), (lower, upper), (upper, lower)):
        for lower_is_better in (True, False):
            word = ask_verdict(student, stride, maxpool, lower_is_better)
            expect(
                word == "undecided",
                "a run of one equals a run of the other: equal is not better, so they decide "
                "nothing",
                got=word,
                expected="undecided",
            )
