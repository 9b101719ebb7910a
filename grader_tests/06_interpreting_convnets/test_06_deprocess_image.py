"""Hidden checks of 06-deprocess-image: any numbers as an image for the screen."""

from math import fsum

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, close, inputs, satisfying, switches

# The text says "about": a level up or down by rounding or cutting, and half of one each by 127.5 in
# place of 128, and by dividing by n - 1 or by a scale of 63.75.
LEVELS = 2.0


def levels(image):
    """Compute the levels one by one, before rounding, with sums in full precision."""
    values = np.ravel(image).tolist()
    mean = fsum(values) / len(values)
    deviation = (fsum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    scale = 64 / deviation if deviation else 0.0
    found = [min(max(128 + (value - mean) * scale, 0.0), 255.0) for value in values]
    return np.reshape(found, np.shape(image))


def judge(image):
    """Accept each level that is right but for rounding."""
    right = levels(image)

    def holds(got):
        apart = np.abs(got.astype(float) - right)
        wrong = np.argwhere(~(apart <= LEVELS))
        if not len(wrong):
            return True
        row, column, colour = place = tuple(int(number) for number in wrong[0])
        return (
            f"at row {row}, column {column} the value of colour {colour} is {got[place]:g}, "
            f"and should be about {right[place]:.0f}"
        )

    return satisfying(holds, "mean 128 and standard deviation 64, clipped to 0..255", like=right)


def formula(
    image,
    each_colour=False,
    each_pixel=False,
    stretched=False,
    divided_by_largest=False,
    not_centred=False,
    standardised=False,
    only_clipped=False,
    contrast_of_128=False,
    older_recipe=False,
    contrast_floor=False,
    divided_by_variance=False,
    only_centred=False,
    zero_to_one=False,
    not_clipped=False,
    flat_is_black=False,
    flat_is_kept=False,
):
    """Compute the whole array, with what may go wrong."""
    x = np.asarray(image, float)
    axes = (0, 1) if each_colour else -1 if each_pixel else None
    deviation = x.std(axis=axes, keepdims=True)
    with np.errstate(all="ignore"):  # an image without contrast
        y = (x - x.mean(axis=axes, keepdims=True)) / np.maximum(deviation, 1e-9)
        if contrast_floor:
            y = (x - x.mean()) / max(x.std(), 1)
        if divided_by_variance:
            y = (x - x.mean()) / max(x.var(), 1e-9)
        if only_centred:
            y = (x - x.mean()) / 64
        contrast = 128 if contrast_of_128 else 25.5 if older_recipe else 64
        y = y * (1 if standardised else contrast)
        if not (not_centred or standardised):
            y = y + (127.5 if older_recipe else 128)
        if stretched:
            y = (x - x.min()) / max(np.ptp(x), 1e-9) * 255
        if divided_by_largest:
            y = x / x.max() * 255
        if only_clipped:
            y = x
        if not x.std() and (flat_is_black or flat_is_kept):
            y = np.zeros_like(x) if flat_is_black else x
        if not_clipped:
            return np.trunc(np.nan_to_num(y)) % 256
        y = np.clip(y, 0, 255)
        return y / 255 if zero_to_one else np.nan_to_num(y)


variants = switches(
    formula,
    each_colour=Slip(
        "fatal",
        "each colour is brought to the same mean and contrast by itself, so the colours are lost: "
        "one shift and one scale for all values",
    ),
    each_pixel=Slip(
        "fatal",
        "each pixel is brought to the same mean and contrast by itself: one shift and one scale "
        "for all values",
    ),
    stretched=Slip(
        "fatal",
        "the darkest value becomes 0 and the brightest 255: a single extreme pixel then decides; "
        "use mean and standard deviation",
    ),
    divided_by_largest=Slip(
        "fatal",
        "the values are divided by the largest one: a single extreme pixel then decides; use mean "
        "and standard deviation",
    ),
    not_centred=Slip(
        "fatal", "the mean is still 0, so half of the image is black: it should become 128"
    ),
    standardised=Slip(
        "fatal", "contrast and mean are still 1 and 0: they should become 64 and 128"
    ),
    only_clipped=Slip(
        "fatal", "the values are only clipped: bring mean and contrast into range first"
    ),
    contrast_of_128=Slip(
        "fatal", "the contrast is too strong: the standard deviation should become 64, not 128"
    ),
    older_recipe=Slip(
        "fatal",
        "the standard deviation becomes a tenth of the range, about 26, as in older recipes: it "
        "should become 64",
    ),
    contrast_floor=Slip(
        "major",
        "an image whose standard deviation is below 1 stays pale: whatever its contrast, it "
        "should become 64",
    ),
    divided_by_variance=Slip(
        "fatal", "the values are divided by the variance: divide by its square root"
    ),
    only_centred=Slip(
        "fatal", "the image is centred and keeps its contrast: divide by the standard deviation"
    ),
    zero_to_one=Slip("fatal", "all values lie between 0 and 1: a screen wants 0 to 255"),
    not_clipped=Slip(
        "major",
        "what lies outside 0..255 comes out at the other end: clip before the conversion to "
        "bytes, which start again at 0 after 255",
    ),
    flat_is_black=Slip(
        "minor",
        "an image of a single value comes out black, and not grey: its standard deviation is 0, "
        "and it should become 128 everywhere",
    ),
    flat_is_kept=Slip(
        "minor", "an image of a single value keeps it: it should become 128 everywhere"
    ),
)


def has_bytes(got, image):
    """Say what of the form is wrong, or None."""
    if got.dtype != np.uint8:
        return f"a screen wants bytes: the dtype should be uint8, and it is {got.dtype}"
    if got.shape != image.shape:
        return f"the shape is {got.shape}, and {image.shape} was asked for"
    return None


def colours(rng, height, width, centre, spread, dtype="float32"):
    """Draw an image whose colours differ in mean and contrast, without anything extreme."""
    noise = rng.choice([-1, 1], (height, width, 3)) * rng.uniform(0.7, 1, (height, width, 3))
    noise = noise * rng.permutation([0.9, 1.0, 0.7]) + rng.permutation([-0.15, 0.05, 0.2])
    return ((centre + spread * noise).astype(dtype),)


def extreme(rng, height, width, centre, spread):
    """Draw an image some of whose pixels are far brighter or darker than the others."""
    (image,) = colours(rng, height, width, centre, spread, "float64")
    for sign in (-1, 1):
        row, column = rng.integers(height - 1), rng.integers(width - 1)
        image[row : row + 2, column : column + 2] += sign * spread * rng.uniform(5, 9)
    return (image,)


def flat(rng, height, width, value, dtype):
    """Draw an image of a single value, whose mean is exact in floating point."""
    return (np.full((height, width, 3), value, dtype),)


sides = {"height": st.integers(8, 12), "width": st.integers(10, 16)}
dtype = st.sampled_from(["float32", "float64"])
exercise = Exercise(
    "06-deprocess-image",
    function="deprocess_image",
    judge=judge,
    strata=[
        Stratum(
            "values far above 255",
            inputs(colours, centre=st.integers(400, 900), spread=st.integers(100, 200),
                   dtype=dtype, **sides),
            count=4,
        ),
        Stratum(
            "values around 0",
            inputs(colours, centre=st.integers(-9, 9), spread=st.integers(20, 60), dtype=dtype,
                   **sides),
            count=4,
        ),
        Stratum(
            "images of little contrast",
            inputs(colours, centre=st.integers(1, 9),
                   spread=st.integers(1, 9).map(lambda tenths: tenths / 10), dtype=dtype, **sides),
            count=4,
        ),
        Stratum(
            "images of almost no contrast",
            inputs(colours, centre=st.integers(-1, 1),
                   spread=st.integers(3, 9).map(lambda thousandths: thousandths / 1000),
                   dtype=dtype, **sides),
            row="corners",
            count=3,
        ),
        Stratum(
            "images with some extreme values",
            inputs(extreme, centre=st.integers(-90, 90), spread=st.integers(20, 90), **sides),
            count=4,
        ),
        Stratum(
            "images without any contrast",
            inputs(flat, value=st.integers(-40, 500).filter(lambda value: abs(value - 128) > 9),
                   dtype=dtype, **sides),
            row="corners",
            count=4,
        ),
        Stratum(
            "wide and high images",
            inputs(colours, height=st.sampled_from([2, 70]), width=st.sampled_from([41, 60]),
                   centre=st.integers(-300, 300), spread=st.integers(20, 60)),
            row="corners",
            count=3,
        ),
    ],
    variants=variants,
    same=close(atol=LEVELS),
    contract=Contract(
        result=np.ndarray,
        check=has_bytes,
        messages={
            "arguments": "the image that was given is changed: `-=` and `*=` work in place",
        },
    ),
)  # fmt: skip
