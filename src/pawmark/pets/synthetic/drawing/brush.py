"""What paints an outline: shape, colour, pattern, fur, soft light, and the coverage it leaves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .shapes import Frame, Points, tufted

Colour = tuple[float, float, float]
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels
Part = tuple[slice, slice]  # the rows and columns of a box
Field = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]

FINER = 4  # an outline is filled on a grid this much finer, then averaged: smooth edges
LIGHT = np.array([-0.55, -0.83])  # from the upper left
_STREAKS = 1180  # side of the texture that tiles of hair are cut from: they turn inside of it


@dataclass(frozen=True)
class Layer:
    """A colour that covers a part of a shape.

    Either ``field(x, y, noise)`` gives the strength 0..1 at each point of the drawing, or
    ``marks`` are outlines, blurred by ``soft`` (a length in the drawing).
    """

    colour: Colour
    field: Field | None = None
    marks: tuple[Points, ...] = ()
    soft: float = 0.01
    strength: float = 1.0


@dataclass(frozen=True)
class Paint:
    """How to fill a shape.

    Attributes
    ----------
    colour : tuple of float
        Red, green, blue, 0 to 255.
    layers : tuple of Layer
        Markings, painted in turn.
    relief : float
        How round the shape looks: 0 flat, 1 like a pillow.
    fur : float
        Strength of the hair's texture.
    flow : float
        Direction of the hair in the drawing, in radians from straight down.
    fluff : float
        Length of the tufts at the edge, in the drawing.
    shadow : float
        How much the shape darkens what lies just behind it.
    opacity : float
        1 covers everything.
    fade : tuple of float, optional
        Rows of the drawing between which the shape comes into sight: a leg grows out of a body.
    solid : bool
        Whether the shape counts as a part of the animal; whiskers do not.
    """

    colour: Colour
    layers: tuple[Layer, ...] = ()
    relief: float = 0.8
    fur: float = 0.1
    flow: float = 0.0
    fluff: float = 0.0
    shadow: float = 0.0
    opacity: float = 1.0
    fade: tuple[float, float] | None = None
    solid: bool = True


@dataclass
class Brush:
    """Paints shapes on a canvas and remembers what they cover.

    Attributes
    ----------
    canvas : numpy.ndarray
        float32 of shape (height, width, 3), 0 to 255; changed in place.
    rng : numpy.random.Generator
        For texture only: it does not change any shape but the tufts of an edge.
    coverage : numpy.ndarray
        float32 of shape (height, width), 0 to 1: how far solid shapes cover a pixel.
    """

    canvas: np.ndarray
    rng: np.random.Generator
    coverage: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.coverage = np.zeros(self.canvas.shape[:2], "float32")

    def fill(self, frame: Frame, outline: Points, paint: Paint) -> None:
        """Paint one shape, given by its outline in a frame."""
        points = frame.place(outline)
        if paint.fluff:
            points = tufted(points, paint.fluff * frame.scale, self.rng)
        reach = 0.09 * float(np.ptp(points, axis=0).max()) if paint.shadow else 0.0
        box = self._box(points, 2 + 2 * reach)
        if box is None:
            return
        stencil = _stencil([points], box)
        part = (slice(box[1], box[3]), slice(box[0], box[2]))
        alpha = np.asarray(stencil, "float32") / 255
        if paint.shadow and not paint.fade:
            self._darken(part, stencil, reach, paint.shadow)
        colour = self._colour(frame, box, stencil, points, paint)
        if paint.fade:
            alpha = alpha * self._fading(frame, box, paint.fade)
        region = self.canvas[part]
        region += (colour - region) * (alpha * np.float32(paint.opacity))[..., None]
        if paint.solid:
            np.maximum(self.coverage[part], alpha, out=self.coverage[part])

    def _box(self, points: Points, margin: float) -> Box | None:
        height, width = self.coverage.shape
        low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
        left, top = max(0, int(low[0])), max(0, int(low[1]))
        right, bottom = min(width, int(high[0]) + 1), min(height, int(high[1]) + 1)
        return (left, top, right, bottom) if right - left > 1 and bottom - top > 1 else None

    def _darken(self, part: Part, stencil: Image.Image, reach: float, strength: float) -> None:
        """Let a shape cast a soft shadow on the animal behind it."""
        blurred = np.asarray(stencil.filter(ImageFilter.GaussianBlur(reach)), "float32") / 255
        dark = blurred * self.coverage[part] * np.float32(strength)
        self.canvas[part] *= 1 - dark[..., None] * np.array([0.9, 1.0, 1.0], "float32")

    def _colour(
        self, frame: Frame, box: Box, stencil: Image.Image, points: Points, paint: Paint
    ) -> np.ndarray:
        shape = (box[3] - box[1], box[2] - box[0])
        colour = np.full((*shape, 3), paint.colour, "float32")
        for layer in paint.layers:
            weight = self._weight(frame, box, layer)
            colour += (np.array(layer.colour, "float32") - colour) * weight[..., None]
        if paint.fur:
            hair = self._hair(frame, shape, paint.flow)
            colour *= 1 + np.float32(paint.fur) * hair[..., None]
        if paint.relief:
            size = float(np.ptp(points, axis=0).min())
            colour = _lit(colour, _relief(stencil, size) * np.float32(paint.relief))
        return np.clip(colour, 0, 255)

    def _weight(self, frame: Frame, box: Box, layer: Layer) -> np.ndarray:
        shape = (box[3] - box[1], box[2] - box[0])
        if layer.field is None:
            marks = _stencil([frame.place(mark) for mark in layer.marks], box)
            marks = marks.filter(ImageFilter.GaussianBlur(layer.soft * frame.scale))
            return np.asarray(marks, "float32") * np.float32(layer.strength / 255)
        y, x = np.mgrid[box[1] : box[3], box[0] : box[2]].astype("float32")
        u, v = frame.locate(x + 0.5, y + 0.5)
        cell = 0.22 * frame.scale
        grid = (max(3, int(shape[0] / cell) + 3), max(3, int(shape[1] / cell) + 3))
        noise = Image.fromarray(self.rng.random(grid, "float32") - np.float32(0.5))
        noise = np.asarray(noise.resize((shape[1], shape[0]), Image.Resampling.BICUBIC))
        return np.clip(layer.field(u, v, noise), 0, 1) * np.float32(layer.strength)

    def _fading(self, frame: Frame, box: Box, fade: tuple[float, float]) -> np.ndarray:
        y, x = np.mgrid[box[1] : box[3], box[0] : box[2]].astype("float32")
        _, v = frame.locate(x + 0.5, y + 0.5)
        share = np.clip((v - fade[0]) / (fade[1] - fade[0]), 0, 1)
        return share * share * (3 - 2 * share)

    def _hair(self, frame: Frame, shape: tuple[int, int], flow: float) -> np.ndarray:
        down = frame.matrix @ [-np.sin(flow), np.cos(flow)]
        angle = np.arctan2(down[1], down[0]) - np.pi / 2
        tile = hair_tile(round(angle / np.pi * 8) % 8)
        top, left = self.rng.integers(0, 64, 2)
        times = [-(-(side + 64) // edge) for side, edge in zip(shape, tile.shape, strict=True)]
        tile = np.tile(tile, times) if max(times) > 1 else tile
        return tile[top : top + shape[0], left : left + shape[1]]


class Tracer:
    """Takes the place of a brush to measure an animal: it only gathers outlines."""

    def __init__(self) -> None:
        self.outlines: list[Points] = []

    def fill(self, frame: Frame, outline: Points, paint: Paint) -> None:
        """Keep the outline of a solid shape."""
        if paint.solid:
            self.outlines.append(frame.place(outline))

    def box(self) -> np.ndarray:
        """Give left, top, right, bottom of all outlines."""
        points = np.vstack(self.outlines)
        return np.concatenate([points.min(axis=0), points.max(axis=0)])

    def area(self, grid: int = 96) -> float:
        """Give the area that the outlines cover together, in square units of the drawing."""
        box = self.box()
        unit = max(box[2] - box[0], box[3] - box[1]) / grid
        picture = Image.new("L", (grid + 2, grid + 2))
        pen = ImageDraw.Draw(picture)
        for outline in self.outlines:
            pen.polygon(_flat((outline - box[:2]) / unit), fill=1)
        return float(np.asarray(picture).sum()) * unit**2


def _stencil(outlines: list[Points], box: Box) -> Image.Image:
    """Fill outlines with 255, as seen through a box of pixels."""
    size = (FINER * (box[2] - box[0]), FINER * (box[3] - box[1]))
    picture = Image.new("L", size)
    pen = ImageDraw.Draw(picture)
    for points in outlines:
        pen.polygon(_flat((points - box[:2]) * FINER), fill=255)
    return picture.reduce(FINER)


def _flat(points: Points) -> list[float]:
    return points.ravel().tolist()


def _relief(stencil: Image.Image, size: float) -> np.ndarray:
    """Light a flat shape as if it were round: slopes of its blurred outline towards the light."""
    radius = max(1.0, 0.22 * size)
    # Blurred at a lower resolution: nobody sees the difference, and it is several times faster.
    shrink = max(1, int(radius / 4))
    small = stencil.reduce(shrink) if shrink > 1 else stencil
    small = small.filter(ImageFilter.GaussianBlur(radius / shrink))
    high = np.asarray(small, "float32") / 255
    rise_y, rise_x = np.gradient(high) if min(high.shape) > 1 else (0 * high, 0 * high)
    slope = (rise_x * LIGHT[0] + rise_y * LIGHT[1]) * (-2.2 * radius / shrink)
    shade = (slope - 0.55 * (1 - high) ** 2).astype("float32")
    if shrink == 1:
        return shade
    picture = Image.fromarray(shade).resize(stencil.size, Image.Resampling.BILINEAR)
    return np.asarray(picture)


def _lit(colour: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Brighten towards a warm white, darken towards a warm shade."""
    bright = np.clip(light, 0, 1)[..., None] * np.array([0.5, 0.47, 0.4], "float32")
    dark = np.clip(-light, 0, 1)[..., None] * np.array([0.62, 0.7, 0.72], "float32")
    return (colour + (255 - colour) * bright) * (1 - dark)


@cache
def hair_tile(direction: int) -> np.ndarray:
    """Make the texture of hair that runs in one of 8 directions, 0 being down.

    Returns
    -------
    numpy.ndarray
        float32 of shape (832, 832) with a standard deviation of 1 around 0.
    """
    turned = _streaks().rotate(-22.5 * direction, Image.Resampling.BILINEAR)
    margin = (_STREAKS - 832) // 2
    tile = np.asarray(turned)[margin : margin + 832, margin : margin + 832]
    return ((tile - tile.mean()) / tile.std()).astype("float32")


@cache
def _streaks() -> Image.Image:
    """Make streaks that run downwards."""
    rng = np.random.default_rng(8)
    noise = rng.standard_normal((_STREAKS, _STREAKS), "float32")
    return Image.fromarray(_smear(noise, 9) + 0.8 * _smear(np.roll(noise, 411, axis=1), 21))


def _smear(noise: np.ndarray, length: int) -> np.ndarray:
    """Average over a run of pixels downwards."""
    total = np.cumsum(np.vstack([noise[-length:], noise]), axis=0, dtype="float64")
    return ((total[length:] - total[:-length]) / np.sqrt(length)).astype("float32")
