"""A whole picture: surroundings, an animal in them, its trimap and the box of its head."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


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


def draw_scene(rng: np.random.Generator, breed: str) -> Scene:
    """Draw an animal of a breed in surroundings of its own."""
    width, height = (int(side) for side in rng.integers(180, 501, 2))
    cool = tuple(
        int(c) for c in (rng.integers(20, 110), rng.integers(90, 190), rng.integers(120, 240))
    )
    warm = tuple(
        int(c) for c in (rng.integers(150, 255), rng.integers(90, 170), rng.integers(20, 90))
    )
    image, mask = Image.new("RGB", (width, height), cool), Image.new("L", (width, height))
    size = 0.75 * np.sqrt(width * height)
    x, y = rng.uniform(0.3, 0.7) * width, rng.uniform(0.35, 0.65) * height
    body = [x - 0.35 * size, y - 0.1 * size, x + 0.35 * size, y + 0.45 * size]
    head = [x - 0.25 * size, y - 0.4 * size, x + 0.25 * size, y + 0.1 * size]
    for draw, colour in ((ImageDraw.Draw(image), warm), (ImageDraw.Draw(mask), 255)):
        draw.ellipse(body, fill=colour)
        draw.ellipse(head, fill=colour)
    soft = np.asarray(mask.filter(ImageFilter.BoxBlur(5)))
    trimap = np.full((height, width), 3, "uint8")
    trimap[soft > 200], trimap[soft < 55] = 1, 2
    box = (
        max(0, int(head[0])),
        max(0, int(head[1])),
        min(width, int(head[2])),
        min(height, int(head[3])),
    )
    return Scene(np.array(image), trimap, box)
