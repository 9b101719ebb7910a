"""Hidden checks of exercise 02-path-to-input-image."""

import numpy as np
import pytest
from PIL import Image

from pawmark.checks import expect

from .pictures import encoded, picture, standardised
from .replies import numbers, with_path

RESIZERS = (
    Image.Resampling.NEAREST,
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.BOX,
)


def photograph(rng, height=120, width=150):
    """Draw a photograph whose three channels are equal; return its pixels and its JPEG bytes."""
    pixels = np.repeat(picture(rng, height, width)[..., None], 3, axis=-1)
    return pixels, encoded(pixels, "JPEG")


def photograph_file(student, content):
    """Write a photograph where the student's code can read it."""
    return student.folder({"photograph.jpg": content}) + "/photograph.jpg"


def distance_to(pixels, size, image):
    """How far an image is from a picture resized in the closest of the usual ways, scale-free."""
    height, width = size
    whole = Image.fromarray(pixels)
    resized = [np.asarray(whole.resize((width, height), method)) for method in RESIZERS]
    return min(np.abs(standardised(one) - standardised(image)).mean() for one in resized)


@pytest.mark.cell("02-path-to-input-image", points=2)
def test_image_shape(student, rng):
    """A photograph has shape (height, width, 3), not (width, height, 3)."""
    height, width = (int(n) for n in rng.permutation(np.arange(24, 60))[:2])
    path = photograph_file(student, photograph(rng)[1])
    image = numbers(with_path(student, "path_to_input_image", path, (height, width)), "the image")

    swapped = image.shape[:2] == (width, height)
    expect(
        not swapped,
        "height and width are swapped: img_size is (height, width), Pillow wants (width, height)",
        got=image.shape,
        expected=(height, width, 3),
    )
    expect(
        image.shape == (height, width, 3),
        "the array has another shape than asked for",
        got=image.shape,
        expected=(height, width, 3),
    )


@pytest.mark.cell("02-path-to-input-image", points=1)
def test_image_is_float32(student, rng):
    """A photograph has the dtype float32."""
    path = photograph_file(student, photograph(rng)[1])
    image = numbers(with_path(student, "path_to_input_image", path, (32, 32)), "the image")

    expect(
        image.dtype == np.float32,
        "a model's inputs should be float32: uint8 wraps around in arithmetic, "
        "and float64 doubles the memory",
        got=str(image.dtype),
        expected="float32",
    )


@pytest.mark.cell("02-path-to-input-image", points=2)
def test_image_values_up_to_255(student, rng):
    """Values stay in 0..255: the model divides by itself."""
    path = photograph_file(student, photograph(rng, 48, 48)[1])
    image = numbers(with_path(student, "path_to_input_image", path, (48, 48)), "the image")

    expect(image.size > 0 and np.isfinite(image).all(), "the array is empty or not finite")
    expect(image.min() > -20, "there are values far below 0: the range should be 0..255")
    expect(
        image.max() > 200,
        "the values have been scaled down: keep 0..255, for the model divides by 255 itself",
        got=f"largest value {image.max():.3g} for a picture with white in it",
    )
    expect(image.max() < 280, "there are values far above 255")


@pytest.mark.cell("02-path-to-input-image", points=2)
def test_odd_modes_become_rgb(student, rng):
    """Greyscale, transparent and palette files give three channels too."""
    gray = picture(rng, 40, 40)
    colour = np.repeat(gray[..., None], 3, axis=-1)
    opaque = np.concatenate([colour, np.full_like(colour[..., :1], 255)], axis=-1)
    files = {
        "greyscale": encoded(gray, "JPEG"),
        "transparent": encoded(opaque, "PNG"),
        "palette": encoded(gray, "PNG", "P"),
    }
    for kind, content in files.items():
        path = photograph_file(student, content)
        image = numbers(with_path(student, "path_to_input_image", path, (40, 40)), "the image")
        expect(
            image.ndim == 3 and image.shape[-1] == 3,
            f"a {kind} file should give three channels: convert to RGB after opening",
            got=image.shape,
        )
        near = image.shape == (40, 40, 3) and distance_to(colour, (40, 40), image) < 0.15
        expect(near, f"the colours of a {kind} file have changed: convert it to RGB")


@pytest.mark.cell("02-path-to-input-image", points=1)
def test_channels_red_green_blue(student, rng):
    """The channels are red, green and blue, in this order."""
    red, green, blue = (int(n) for n in rng.permutation([30, 120, 220]))
    pixels = np.full((60, 80, 3), (red, green, blue), dtype=np.uint8)
    path = photograph_file(student, encoded(pixels, "PNG"))
    image = numbers(with_path(student, "path_to_input_image", path, (20, 20)), "the image")

    fits = image.ndim == 3 and image.shape[-1] == 3 and image.size > 0
    expect(fits, "a photograph has shape (height, width, 3)", got=image.shape)
    order = np.argsort(np.nan_to_num(image.astype(float)).mean(axis=(0, 1))).tolist()
    expect(
        order == np.argsort([red, green, blue]).tolist(),
        "the channels are in another order than red, green, blue (OpenCV, for one, reads blue "
        "first)",
    )


@pytest.mark.cell("02-path-to-input-image", points=2)
def test_image_shows_the_whole_photograph(student, rng):
    """The array shows the whole photograph, stretched to the size asked for."""
    pixels, content = photograph(rng, int(rng.integers(80, 160)), int(rng.integers(180, 240)))
    path = photograph_file(student, content)
    image = numbers(with_path(student, "path_to_input_image", path, (64, 64)), "the image")

    expect(image.ndim == 3 and image.size > 0, "a photograph has three axes", got=image.shape)
    expect(
        image.shape == (64, 64, 3) and distance_to(pixels, (64, 64), image) < 0.15,
        "the array does not show the whole photograph: stretch it to the size asked for, "
        "without cropping, padding or turning it",
    )


@pytest.mark.cell("02-path-to-input-image", points=1)
def test_image_path_as_text(student, rng):
    """The path may be given as str as well as Path."""
    path = photograph_file(student, photograph(rng)[1])
    as_text = numbers(student.call("path_to_input_image", path, (32, 32)))
    as_path = numbers(with_path(student, "path_to_input_image", path, (32, 32)))

    expect(as_text.size >= 32 * 32, "the array is too small", got=as_text.shape)
    expect(
        np.array_equal(as_text, as_path),
        "a path given as str and as Path should give the same array",
    )
