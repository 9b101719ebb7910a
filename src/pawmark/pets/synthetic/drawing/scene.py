"""A whole picture: surroundings, an animal in them, its trimap and the box of its head."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .animals import Animal, Drawn, Measure, draw_animal, make_animal, measure
from .backgrounds import draw_background

FOREGROUND, BACKGROUND, CONTOUR = 1, 2, 3


@dataclass(frozen=True)
class Scene:
    """A drawn picture.

    Attributes
    ----------
    image : numpy.ndarray
        uint8 of shape (height, width, 3).
    trimap : numpy.ndarray
        uint8 of shape (height, width): 1 foreground, 2 background, 3 contour.
    head : tuple of int
        Left, top, right, bottom of the head in pixels, counted from 0; right and bottom excluded.
    """

    image: np.ndarray
    trimap: np.ndarray
    head: tuple[int, int, int, int]


@dataclass(frozen=True)
class Place:
    """Where an animal comes to stand, and how large."""

    x: float
    y: float
    size: float
    mirrored: bool


def draw_scene(rng: np.random.Generator, breed: str) -> Scene:
    """Draw an animal of a breed in surroundings of its own.

    Parameters
    ----------
    rng : numpy.random.Generator
        Decides everything; the same state gives the same pixels.
    breed : str
        One of the 37 breeds; a capital letter means a cat.

    Returns
    -------
    Scene
        Photograph, trimap and head, 180 to 500 pixels a side.
    """
    animal = make_animal(rng, breed)
    extent = measure(animal)
    width, height = _picture_size(rng)
    place = _find_place(rng, animal, extent, width, height)
    canvas = draw_background(rng, width, height, place.y + 0.5 * place.size)
    _cast_shadow(canvas, animal, place)
    drawn = draw_animal(canvas, animal, place.x, place.y, place.size, place.mirrored, rng)
    return Scene(_photograph(rng, canvas), make_trimap(drawn.mask), _head_box(drawn))


def make_trimap(mask: np.ndarray) -> np.ndarray:
    """Turn a mask into a trimap with a band of contour along the animal's edge.

    Parameters
    ----------
    mask : numpy.ndarray
        float32 of shape (height, width), 0 to 1.

    Returns
    -------
    numpy.ndarray
        uint8 of shape (height, width). Foreground and background never touch.
    """
    height, width = mask.shape
    radius = max(2, round(0.016 * np.sqrt(height * width)))
    whole = Image.fromarray(np.where(mask > 0.5, 255, 0).astype("uint8"))
    near = np.asarray(whole.filter(ImageFilter.BoxBlur(radius)))
    trimap = np.full(mask.shape, CONTOUR, "uint8")
    trimap[near >= 235] = FOREGROUND
    trimap[near <= 20] = BACKGROUND
    return trimap


def _picture_size(rng: np.random.Generator) -> tuple[int, int]:
    """Choose width and height: landscape, portrait or square."""
    long = int(rng.integers(280, 501))
    short = int(max(180, long * rng.uniform(0.6, 0.85)))
    return ((long, short), (short, long), (long, long))[rng.choice(3, p=[0.5, 0.3, 0.2])]


def _find_place(
    rng: np.random.Generator, animal: Animal, extent: Measure, width: int, height: int
) -> Place:
    """Choose size and place: anywhere, as long as the head is in the picture."""
    box = extent.box
    wide, tall = box[2] - box[0], box[3] - box[1]
    size = np.sqrt(rng.uniform(0.34, 0.56) * width * height / extent.area)
    size = float(min(size, 1.12 * width / wide, 1.15 * height / tall))
    mirrored = bool(rng.random() < 0.5)
    left, right = _turned(box, mirrored)
    over = 0.16 * size * wide
    head_left, head_right = _turned(extent.head, mirrored)
    x = _between(rng, -over - left * size, width + over - right * size)
    spare = 0.12 * (head_right - head_left) * size
    # Later bounds win: in a narrow picture rather an ear is cut off than the other half.
    x = min(max(x, -head_left * size - spare), width - head_right * size + spare)
    return Place(x, _row(rng, animal, extent, size, height), size, mirrored)


def _turned(box: np.ndarray, mirrored: bool) -> tuple[float, float]:
    return (-box[2], -box[0]) if mirrored else (box[0], box[2])


def _row(
    rng: np.random.Generator, animal: Animal, extent: Measure, size: float, height: int
) -> float:
    """Choose the row of the middle of the body: the ears stay in the picture, paws may not."""
    highest = -(extent.box[1] + 0.03) * size
    if animal.pose == "portrait":
        # Shoulders must leave the picture below, or the animal would float.
        return max(_between(rng, height - 0.95 * size, height - 0.5 * size), highest)
    return _between(rng, highest, height - 0.38 * size)


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    low, high = min(low, high), max(low, high)
    return float(low + (high - low) * rng.beta(0.75, 0.75))


def _cast_shadow(canvas: np.ndarray, animal: Animal, place: Place) -> None:
    """Darken the ground under the animal."""
    if animal.pose == "portrait":
        return
    height, width = canvas.shape[:2]
    x, y, size = place.x, place.y + 0.48 * place.size, place.size
    half = 0.55 * size if animal.pose in ("stand", "lie") else 0.4 * size
    shade = Image.new("L", (width, height))
    pen = ImageDraw.Draw(shade)
    pen.ellipse([x - half, y - 0.07 * size, x + half * 1.15, y + 0.08 * size], fill=150)
    shade = np.asarray(shade.filter(ImageFilter.GaussianBlur(0.03 * size)), "float32") / 255
    canvas *= 1 - shade[..., None] * np.array([0.75, 0.7, 0.6], "float32")


def _photograph(rng: np.random.Generator, canvas: np.ndarray) -> np.ndarray:
    """Finish a picture as a camera would: darker corners, a little grain, another exposure."""
    height, width = canvas.shape[:2]
    y = np.linspace(-1, 1, height, dtype="float32")[:, None]
    x = np.linspace(-1, 1, width, dtype="float32")[None, :]
    corners = 1 - np.float32(rng.uniform(0.03, 0.13)) * (x * x + y * y)
    balance = rng.uniform(0.92, 1.06) * rng.uniform(0.975, 1.025, 3)
    exposed = canvas * corners[..., None] * balance.astype("float32")
    exposed += rng.standard_normal((height, width, 1), "float32") * np.float32(rng.uniform(1, 4))
    return np.clip(exposed, 0, 255).astype("uint8")


def _head_box(drawn: Drawn) -> tuple[int, int, int, int]:
    height, width = drawn.mask.shape
    left, top, right, bottom = drawn.head
    left, top = max(0, int(left)), max(0, int(top))
    return left, top, min(width, int(np.ceil(right))), min(height, int(np.ceil(bottom)))
