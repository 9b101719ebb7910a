"""One animal: chosen from a breed, measured, and drawn onto a canvas with its mask."""

from dataclasses import dataclass

import numpy as np

from .bodies import POSES, Body
from .brush import Brush, Tracer
from .coats import Coat, make_coat
from .heads import Mood, draw_cat_head, draw_dog_head
from .looks import LOOKS
from .shapes import Frame, frame

# Half of what a head's frame holds without ears; ears, jaw and hair reach further.
HEAD_BOX = (-1.12, -1.3, 1.12, 1.0)


@dataclass(frozen=True)
class Animal:
    """A cat or a dog before it has a place in a picture."""

    cat: bool
    coat: Coat
    pose: str
    mood: Mood
    wag: float


@dataclass(frozen=True)
class Drawn:
    """An animal after it was drawn.

    Attributes
    ----------
    mask : numpy.ndarray
        float32 of shape (height, width): how far the animal covers each pixel, 0 to 1.
    head : tuple of float
        Left, top, right, bottom of the head in pixels; may reach beyond the picture.
    """

    mask: np.ndarray
    head: tuple[float, float, float, float]


@dataclass(frozen=True)
class Measure:
    """Extent of an animal of size 1: its box, the box of its head, and the area it covers."""

    box: np.ndarray
    head: np.ndarray
    area: float


def make_animal(rng: np.random.Generator, breed: str) -> Animal:
    """Choose coat, pose and mood of an animal of a breed."""
    names = list(POSES)
    pose = names[rng.choice(len(names), p=[0.2, 0.2, 0.17, 0.18, 0.13, 0.12])]
    cat = breed[0].isupper()
    mood = Mood(
        turn=rng.uniform(-0.26, 0.26),
        nod=rng.uniform(-0.05, 0.1),
        lids=rng.uniform(0.0, 0.35),
        tongue=not cat and rng.random() < 0.4,
    )
    return Animal(cat, make_coat(LOOKS[breed], rng), pose, mood, rng.uniform(-1, 1))


def measure(animal: Animal) -> Measure:
    """Measure an animal without painting it."""
    tracer = Tracer()
    head = _draw(tracer, frame(0, 0, 1.0), animal)
    return Measure(tracer.box(), _head_box(head), tracer.area())


def draw_animal(
    canvas: np.ndarray,
    animal: Animal,
    x: float,
    y: float,
    size: float,
    mirrored: bool,
    rng: np.random.Generator,
) -> Drawn:
    """Draw an animal onto a canvas.

    Parameters
    ----------
    canvas : numpy.ndarray
        float32 of shape (height, width, 3), 0 to 255; changed in place. What is drawn later lies
        in front, so several animals can share a canvas, each with a mask of its own.
    animal : Animal
        Who.
    x, y : float
        Pixel of the middle of the body; the ground is half a size below.
    size : float
        Height of the body, in pixels.
    mirrored : bool
        Whether left and right are swapped.
    rng : numpy.random.Generator
        For the texture of the hair.

    Returns
    -------
    Drawn
        The mask and the box of the head.
    """
    brush = Brush(canvas, rng)
    head = _draw(brush, frame(x, y, size, mirrored), animal)
    return Drawn(brush.coverage, tuple(_head_box(head)))


def _head_box(head: Frame) -> np.ndarray:
    left, top, right, bottom = HEAD_BOX
    corners = head.place(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]))
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)])


def _draw(brush: Brush | Tracer, place: Frame, animal: Animal) -> Frame:
    """Draw body and head; gives back the frame of the head."""
    head = POSES[animal.pose](Body(brush, place, animal.coat, animal.cat, animal.wag))
    draw_head = draw_cat_head if animal.cat else draw_dog_head
    draw_head(brush, head, animal.coat, animal.mood)
    return head
