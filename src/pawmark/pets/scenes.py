"""Drawn scenes with several animals on one picture, with everything that is true about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from PIL import Image, ImageFilter

from pawmark.errors import DataError
from pawmark.pets.breeds import CATS, DOGS
from pawmark.pets.synthetic.drawing.animals import (
    Animal,
    Measure,
    draw_animal,
    make_animal,
    measure,
)
from pawmark.pets.synthetic.drawing.backgrounds import draw_background
from pawmark.pets.synthetic.drawing.bodies import POSES
from pawmark.pets.synthetic.drawing.scene import (
    BACKGROUND,
    CONTOUR,
    FOREGROUND,
    Place,
    _cast_shadow,
    _photograph,
    make_trimap,
)

CLASSES = ("background", "cat", "dog")
MOST = 6
SMALLEST = 120

# Shoulders that leave the picture below belong to a portrait, not to a group.
WHOLE_POSES = tuple(pose for pose in POSES if pose != "portrait")

# Few scenes need a second attempt; a hundred failures mean that the picture is too small.
ATTEMPTS = 100
LEAST_VISIBLE = 0.45
GAP = 4  # pixels between animals that stand apart


@dataclass(frozen=True)
class Resident:
    """One animal of a scene.

    Attributes
    ----------
    number : int
        Its value in `Scene.instances`: 1 for the leftmost animal.
    species : str
        "cat" or "dog".
    breed : str
        One of the 37 breeds.
    box : tuple of int
        (x_min, y_min, x_max, y_max) of what is seen of it, in pixels; the last two excluded.
    """

    number: int
    species: str
    breed: str
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Scene:
    """A picture of several animals, and what is true about it; the arrays are read-only.

    Attributes
    ----------
    image : numpy.ndarray
        uint8 of shape (height, width, 3).
    mask : numpy.ndarray
        uint8 of shape (height, width): 0 background, 1 cat, 2 dog (the order of `CLASSES`).
    trimap : numpy.ndarray
        uint8 of shape (height, width) with the values of the original archives: 1 foreground,
        2 background, 3 contour. Every animal has a contour of its own.
    instances : numpy.ndarray
        uint8 of shape (height, width): 0 background, otherwise the number of the animal.
    animals : tuple of Resident
        The animals in the order of their numbers.
    """

    image: np.ndarray
    mask: np.ndarray
    trimap: np.ndarray
    instances: np.ndarray
    animals: tuple[Resident, ...]


@dataclass(frozen=True)
class _Guest:
    """An animal with its species, its breed and its measures, before it has a place."""

    species: str
    breed: str
    animal: Animal
    extent: Measure

    @property
    def wide(self) -> float:
        """Width at size 1."""
        return float(self.extent.box[2] - self.extent.box[0])

    @property
    def tall(self) -> float:
        """Height at size 1."""
        return float(self.extent.box[3] - self.extent.box[1])


def draw(
    seed: int,
    species: Sequence[str] = ("cat", "dog", "cat"),
    size: tuple[int, int] = (260, 400),
    crowded: bool = False,
) -> Scene:
    """Draw a scene with several animals.

    Parameters
    ----------
    seed : int
        The same arguments give the same pixels.
    species : sequence of str
        "cat" or "dog" for each animal, from left to right.
    size : tuple of int
        Height and width in pixels.
    crowded : bool
        False: no two animals touch. True: every animal touches its neighbour or hides a part of
        it.

    Returns
    -------
    Scene
        The picture with its masks.

    Raises
    ------
    DataError
        No animal, too many, an unknown species, or a picture too small for them.
    """
    height, width = _checked(species, size)
    rng = np.random.default_rng(seed)
    for _ in range(ATTEMPTS):
        guests = [_invite(rng, kind) for kind in species]
        places = _arrange(rng, guests, height, width, crowded)
        canvas, covers = _paint(rng, guests, places, height, width)
        visible = _visible(covers, places)
        if _is_good(visible, covers, crowded):
            return _scene(_photograph(rng, canvas), visible, guests)
    raise DataError(
        f"{len(species)} animals do not fit into a picture of {height} x {width} pixels. "
        "Ask for fewer animals or for a larger (wider) picture."
    )


def _checked(species: Sequence[str], size: tuple[int, int]) -> tuple[int, int]:
    unknown = sorted(set(species) - {"cat", "dog"})
    if unknown or isinstance(species, str):
        raise DataError(
            f'species should be a list of "cat" and "dog", one word for each animal; got '
            f"{species!r}."
        )
    if not 1 <= len(species) <= MOST:
        raise DataError(f"A scene holds 1 to {MOST} animals; asked for {len(species)}.")
    height, width = (int(length) for length in size)
    if min(height, width) < SMALLEST:
        raise DataError(
            f"A scene is at least {SMALLEST} pixels high and wide; asked for {height} x {width}."
        )
    return height, width


def _invite(rng: np.random.Generator, species: str) -> _Guest:
    """Choose an animal of a species that is seen whole."""
    breed = str(rng.choice(CATS if species == "cat" else DOGS))
    animal = make_animal(rng, breed)
    if animal.pose not in WHOLE_POSES:
        animal = replace(animal, pose=str(rng.choice(WHOLE_POSES)))
    return _Guest(species, breed, animal, measure(animal))


def _arrange(
    rng: np.random.Generator, guests: list[_Guest], height: int, width: int, crowded: bool
) -> list[Place]:
    """Place the animals from left to right, with gaps between them or overlapping."""
    sizes, steps, spare = _measures(rng, guests, height, width, crowded)
    shares = rng.dirichlet(np.ones(len(guests) + 1)) * spare
    left = 0.05 * width + shares[0] + (0.5 * (spare - shares[0]) if crowded else 0)
    line = rng.uniform(0.78, 0.93) * height
    places = []
    for i, guest in enumerate(guests):
        places.append(_stand(rng, guest, sizes[i], left, line, height))
        left += sizes[i] * guest.wide + steps[i] + (0 if crowded else shares[i + 1])
    return places


def _measures(
    rng: np.random.Generator, guests: list[_Guest], height: int, width: int, crowded: bool
) -> tuple[list[float], list[float], float]:
    """Choose sizes that fit: of each animal, of the step to the next one, and what is left over."""
    scales = rng.uniform(0.85, 1.15, len(guests))
    wides = scales * [guest.wide for guest in guests]
    # Crowded, each animal shares this part of its width with the next one.
    shared = rng.uniform(0.2, 0.36, len(guests) - 1) if crowded else np.zeros(len(guests) - 1)
    overlaps = shared * np.minimum(wides[:-1], wides[1:])
    needed = wides.sum() - overlaps.sum()
    room = 0.9 * width - (0 if crowded else 2 * GAP * len(guests))
    tallest = max(scale * guest.tall for scale, guest in zip(scales, guests, strict=True))
    size = min(room / needed, 0.82 * height / tallest)
    steps = -overlaps * size if crowded else np.full(len(overlaps), 2 * GAP)
    return (size * scales).tolist(), [*steps.tolist(), 0.0], float(room - size * needed)


def _stand(
    rng: np.random.Generator, guest: _Guest, size: float, left: float, line: float, height: int
) -> Place:
    """Stand an animal about on a line, with its left edge at a column and its ears in sight."""
    mirrored = bool(rng.random() < 0.5)
    box = guest.extent.box
    start = -box[2] if mirrored else box[0]
    ground = min(line + rng.uniform(-0.05, 0.05) * height, 0.97 * height)
    y = max(ground - box[3] * size, -(box[1] - 0.04) * size)
    return Place(float(left - start * size), float(y), float(size), mirrored)


def _nearest_last(places: list[Place]) -> list[int]:
    """Order the animals for drawing: who stands lower in the picture is nearer."""
    return sorted(range(len(places)), key=lambda i: places[i].y + 0.5 * places[i].size)


def _paint(
    rng: np.random.Generator, guests: list[_Guest], places: list[Place], height: int, width: int
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Paint the surroundings and all animals; return the canvas and what each animal covers."""
    farthest = min(place.y + 0.5 * place.size for place in places)
    canvas = draw_background(rng, width, height, farthest)
    for guest, place in zip(guests, places, strict=True):
        _cast_shadow(canvas, guest.animal, place)
    covers = [np.zeros((height, width), bool) for _ in guests]
    for i in _nearest_last(places):
        spot = (places[i].x, places[i].y, places[i].size, places[i].mirrored)
        covers[i] = _solid(draw_animal(canvas, guests[i].animal, *spot, rng).mask)
    return canvas, covers


def _solid(coverage: np.ndarray) -> np.ndarray:
    """Turn a coverage into a mask without single hairs."""
    picture = Image.fromarray((255 * coverage).astype("uint8"))
    return np.asarray(picture.filter(ImageFilter.BoxBlur(2))) > 127


def _visible(covers: list[np.ndarray], places: list[Place]) -> list[np.ndarray]:
    """Take away from each animal what nearer ones hide."""
    visible = [cover.copy() for cover in covers]
    hidden = np.zeros(covers[0].shape, bool)
    for i in reversed(_nearest_last(places)):
        visible[i] = _without_slivers(visible[i] & ~hidden)
        hidden |= covers[i]
    return visible


def _without_slivers(mask: np.ndarray) -> np.ndarray:
    """Drop what is at most two pixels wide, such as the rim that looks out behind a neighbour."""
    picture = Image.fromarray(np.where(mask, 255, 0).astype("uint8"))
    opened = picture.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(3))
    return mask & (np.asarray(opened) > 0)


def _is_good(visible: list[np.ndarray], covers: list[np.ndarray], crowded: bool) -> bool:
    """Tell whether enough is seen of each animal, and whether they touch as they should."""
    pairs = zip(visible, covers, strict=True)
    if any(seen.sum() < max(LEAST_VISIBLE * cover.sum(), 1) for seen, cover in pairs):
        return False
    if crowded:
        return all(bool(np.any(_grown(a, 1) & b)) for a, b in pairwise(visible))
    grown = sum(_grown(mask, GAP // 2).astype(int) for mask in visible)
    return bool(grown.max() <= 1)


def _grown(mask: np.ndarray, radius: int) -> np.ndarray:
    """Widen a mask on all sides."""
    picture = Image.fromarray(np.where(mask, 255, 0).astype("uint8"))
    return np.asarray(picture.filter(ImageFilter.MaxFilter(2 * radius + 1))) > 0


def _scene(image: np.ndarray, visible: list[np.ndarray], guests: list[_Guest]) -> Scene:
    """Put the masks of all animals together."""
    mask, instances = (np.zeros(image.shape[:2], "uint8") for _ in range(2))
    trimap = np.full(mask.shape, BACKGROUND, "uint8")
    animals = []
    trimaps = [make_trimap(seen.astype("float32")) for seen in visible]
    for value in (CONTOUR, FOREGROUND):
        for own in trimaps:
            trimap[own == value] = value
    for number, (seen, guest) in enumerate(zip(visible, guests, strict=True), start=1):
        mask[seen] = CLASSES.index(guest.species)
        instances[seen] = number
        animals.append(Resident(number, guest.species, guest.breed, _box(seen)))
    for array in (image, mask, trimap, instances):
        array.flags.writeable = False
    return Scene(image, mask, trimap, instances, tuple(animals))


def _box(seen: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
