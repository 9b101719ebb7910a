"""Faces of cats and dogs, seen from the front and a little turned.

The frame of a head has its origin between the eyes and the nose; 1 is half the head's width.
"""

from dataclasses import dataclass

import numpy as np

from .brush import Brush, Layer, Paint, Tracer
from .coats import Coat, step
from .looks import mix
from .shapes import Frame, Points, curve, ellipse, ribbon, symmetric

NOSE_DARK = (52.0, 40.0, 38.0)
PINK = (214.0, 142.0, 130.0)
INK = (40.0, 28.0, 24.0)
SHINE = (255.0, 255.0, 252.0)


@dataclass(frozen=True)
class Mood:
    """Where an animal looks, and what its face does.

    Attributes
    ----------
    turn, nod : float
        How far the face is turned sideways and down, -0.3 to 0.3.
    lids : float
        How far the eyes are closed, 0 to 1.
    tongue : bool
        Whether the tongue shows.
    """

    turn: float
    nod: float
    lids: float
    tongue: bool


def draw_cat_head(brush: Brush | Tracer, frame: Frame, coat: Coat, mood: Mood) -> None:
    """Draw the head of a cat."""
    _cat_ears(brush, frame, coat, mood)
    brush.fill(frame, _cat_face(coat), _cat_face_paint(coat, mood))
    flat = coat.look.muzzle < 0.6
    low = -0.1 if flat else 0.0
    x, y = mood.turn, mood.nod
    for side in (-1, 1):
        _whiskers(brush, frame, side, x, y + low)
    muzzle = _muzzle_colour(coat)
    chin = coat.paint(mix(muzzle, coat.main, 0.15), relief=0.5, fluff=0.0)
    brush.fill(frame, ellipse(1.1 * x, 0.66 + y + low, 0.26, 0.2), chin)
    for side in (-1, 1):
        puff = ellipse(side * 0.2 + 1.2 * x, 0.46 + y + low, 0.27, 0.215, side * 0.25)
        brush.fill(frame, puff, coat.paint(muzzle, relief=0.55, fluff=0.0, shadow=0.12))
    _cat_nose(brush, frame, coat, 1.3 * x, 0.25 + y + low)
    for side in (-1, 1):
        place = frame.at(side * 0.43 + 0.8 * x, -0.08 + 0.8 * y, angle=side * 0.16)
        _cat_eye(brush, place, coat, mood)


def _cat_face(coat: Coat) -> Points:
    wide = 1.0 + 0.06 * (coat.look.build - 1)
    right = [(0, -0.80), (0.42, -0.80), (0.82, -0.52), (1.0, 0.02), (0.97, 0.36), (0.72, 0.70)]
    if coat.look.fluff > 0.6:
        right[3:6] = [(1.02, 0.02), (1.12, 0.42), (0.74, 0.74)]
    right += [(0.38, 0.87), (0, 0.92)]
    return symmetric(np.array(right) * [wide, 1.0])


def _cat_face_paint(coat: Coat, mood: Mood) -> Paint:
    layers = []
    pattern = coat.look.pattern
    if pattern in ("tabby", "spotted", "rosettes", "ticked"):
        strength = 0.45 if pattern == "ticked" else 0.8
        layers.append(Layer(coat.light, _around_eyes(mood), strength=0.5))
        layers.append(Layer(coat.dark, marks=_tabby_face(mood), soft=0.025, strength=strength))
    if pattern == "points":
        layers.append(Layer(coat.dark, _face_mask(mood, 0.75), strength=0.85))
    if coat.look.white:
        layers.append(Layer(coat.white, _blaze(mood, 0.1), strength=0.95))
    return coat.paint(
        coat.main, tuple(layers), relief=0.75, fluff=0.1 * coat.look.fluff, shadow=0.3
    )


def _tabby_face(mood: Mood) -> tuple[Points, ...]:
    """Draw the M on the forehead and the lines on the cheeks."""
    x = 0.5 * mood.turn
    marks = []
    for side in (-1, 1):
        for line in (
            [(0.07, -0.82), (0.09, -0.62), (0.05, -0.42)],
            [(0.24, -0.80), (0.27, -0.60), (0.2, -0.42), (0.36, -0.36)],
            [(0.46, -0.72), (0.52, -0.56), (0.48, -0.42)],
            [(0.62, 0.05), (0.8, 0.1), (1.0, 0.04)],
            [(0.58, 0.24), (0.78, 0.32), (0.98, 0.28)],
        ):
            marks.append(ribbon(np.array(line) * [side, 1] + [x, 0], (0.03, 0.09, 0.05)))
    return tuple(marks)


def _around_eyes(mood: Mood):
    def spectacles(u, v, n):
        left, right = u + 0.43 - 0.8 * mood.turn, u - 0.43 - 0.8 * mood.turn
        near = np.minimum(np.hypot(left, v + 0.08), np.hypot(right, v + 0.08))
        return step(0.45, 0.2, near + 0.1 * n)

    return spectacles


def _face_mask(mood: Mood, size: float):
    return lambda u, v, n: step(
        size, 0.5 * size, np.hypot(u - 1.1 * mood.turn, 0.85 * (v - 0.3 - mood.nod)) + 0.15 * n
    )


def _blaze(mood: Mood, wide: float):
    """White from the muzzle up between the eyes."""

    def blaze(u, v, n):
        across = np.abs(u - mood.turn) + 0.06 * n
        return np.maximum(
            step(wide + 0.05, wide - 0.03, across - 0.12 * step(-0.4, -1.0, v)),
            step(0.05, 0.3, v - mood.nod - 0.25 * across),
        )

    return blaze


def _cat_ears(brush: Brush | Tracer, frame: Frame, coat: Coat, mood: Mood) -> None:
    tall = 1.05 if coat.look.fluff > 0.9 else 1.36 + 0.12 * (1.0 - coat.look.build) * 4
    dark = coat.look.pattern == "points"
    colour = mix(coat.main, coat.dark, 0.85 if dark else 0.2)
    for side in (-1, 1):
        shift = -0.25 * mood.turn
        outer = [(0.18, -0.55), (0.36, -0.95), (0.8, -tall), (0.95, -0.9), (0.98, -0.25)]
        outer = np.array(outer) * [side, 1] + [shift, 0]
        brush.fill(
            frame, _pointed(outer), coat.paint(colour, relief=0.5, fluff=0.03 * coat.look.fluff)
        )
        inner = [(0.36, -0.6), (0.5, -0.95), (0.78, -tall + 0.16), (0.86, -0.8), (0.86, -0.35)]
        inner = np.array(inner) * [side, 1] + [shift, 0]
        pink = mix(PINK, coat.dark if dark else coat.light, 0.35)
        brush.fill(frame, _pointed(inner), Paint(pink, relief=0.4, fur=0.05))


def _pointed(points: Points) -> Points:
    """Draw an ear: smooth sides, and a tip (the third point) that stays a tip."""
    left, right = curve(points[:3], closed=False), curve(points[2:], closed=False)
    return np.vstack([left, right])


def _muzzle_colour(coat: Coat) -> tuple[float, float, float]:
    if coat.look.mask or (coat.look.pattern == "points" and not coat.look.white):
        return mix(coat.dark, coat.main, 0.12)
    if coat.look.pattern == "points":
        return mix(coat.dark, coat.white, 0.85)
    return coat.white


def _cat_nose(brush: Brush | Tracer, frame: Frame, coat: Coat, x: float, y: float) -> None:
    mouth = INK if sum(coat.main) > 250 else (20.0, 14.0, 12.0)
    for side in (-1, 1):
        line = [
            (x, y + 0.1),
            (x, y + 0.2),
            (x + side * 0.12, y + 0.29),
            (x + side * 0.26, y + 0.24),
        ]
        stroke = Paint(mouth, relief=0, fur=0, opacity=0.65)
        brush.fill(frame, ribbon(line, (0.04, 0.045, 0.02)), stroke)
    dark = sum(coat.main) < 330 or coat.look.pattern == "points"
    nose = [(x - 0.15, y - 0.03), (x, y - 0.06), (x + 0.15, y - 0.03), (x + 0.05, y + 0.1)]
    nose += [(x, y + 0.13), (x - 0.05, y + 0.1)]
    colour = mix(NOSE_DARK, PINK, 0.2) if dark else mix(PINK, coat.dark, 0.2)
    brush.fill(frame, curve(nose), Paint(colour, relief=0.7, fur=0))
    glint = Paint(SHINE, relief=0, fur=0, opacity=0.35)
    brush.fill(frame, ellipse(x - 0.05, y - 0.02, 0.035, 0.02), glint)


def _cat_eye(brush: Brush | Tracer, frame: Frame, coat: Coat, mood: Mood) -> None:
    """Draw an almond eye; it looks where the face turns."""
    open_ = 1 - mood.lids
    upper = [(-0.25, 0.02), (-0.12, -0.15 * open_ - 0.02), (0.06, -0.19 * open_ - 0.02)]
    rest = [(0.22, -0.07 * open_), (0.26, 0.0), (0.14, 0.13), (-0.08, 0.16)]
    almond = curve(upper + rest)
    brush.fill(frame, almond * 1.22, Paint(mix(coat.dark, INK, 0.6), relief=0, fur=0))
    look = 0.25 * mood.turn
    iris = (Layer(mix(coat.eye, INK, 0.55), lambda u, v, n: step(0.12, 0.27, np.hypot(u, v))),)
    iris += (Layer(SHINE, lambda u, v, n: step(0.0, 0.2, v), strength=0.35),)
    pupil = ellipse(look, -0.01, 0.075, 0.155 * open_ + 0.01)
    iris += (Layer((16.0, 12.0, 12.0), marks=(pupil,), soft=0.008),)
    glint = ellipse(look - 0.08, -0.08 * open_, 0.05, 0.05 * open_)
    iris += (Layer(SHINE, marks=(glint,), soft=0.006, strength=0.95),)
    brush.fill(frame, almond, Paint(coat.eye, iris, relief=0, fur=0))


def _whiskers(brush: Brush | Tracer, frame: Frame, side: int, x: float, y: float) -> None:
    for i, drop in enumerate((-0.08, 0.06, 0.2)):
        start = (side * 0.24 + x, 0.42 + y + 0.06 * i)
        middle = (side * 0.85 + 0.8 * x, 0.38 + y + drop)
        end = (side * 1.42 + 0.7 * x, 0.44 + y + 2.2 * drop)
        hair = ribbon([start, middle, end], (0.022, 0.016, 0.004))
        brush.fill(frame, hair, Paint(SHINE, relief=0, fur=0, opacity=0.7, solid=False))


def draw_dog_head(brush: Brush | Tracer, frame: Frame, coat: Coat, mood: Mood) -> None:
    """Draw the head of a dog."""
    ears = coat.look.ears
    hanging = ears in ("drop", "long", "button")
    if not hanging:
        _pricked_ears(brush, frame, coat, mood)
    brush.fill(frame, _dog_face(coat), _dog_face_paint(coat, mood))
    if hanging:
        _hanging_ears(brush, frame, coat, mood)
    for side in (-1, 1):
        place = frame.at(side * 0.38 + 0.75 * mood.turn, -0.18 + 0.7 * mood.nod)
        _dog_eye(brush, place, coat, mood, side)
    _dog_muzzle(brush, frame, coat, mood)


def _dog_face(coat: Coat) -> Points:
    long = min(1.0, coat.look.muzzle)
    right = [(0, -0.86), (0.4, -0.84), (0.74, -0.58), (0.86, -0.1), (0.8, 0.3), (0.6, 0.62)]
    right += [(0.34, 0.74 + 0.1 * long), (0, 0.78 + 0.12 * long)]
    if coat.look.fluff > 0.75 or coat.look.build > 1.2:
        right[3:6] = [(0.96, -0.05), (0.98, 0.38), (0.72, 0.72)]
    return symmetric(right)


def _dog_face_paint(coat: Coat, mood: Mood) -> Paint:
    look, layers = coat.look, []
    if look.pattern in ("patches", "roan", "saddle") and look.white:
        layers.append(Layer(coat.white, _blaze(mood, 0.11)))
    elif look.white:
        layers.append(Layer(coat.white, _cheeks(mood), strength=0.9))
    if look.pattern == "patches" and not look.white:
        layers.append(
            Layer(coat.dark, lambda u, v, n: step(0.3, 0.42, np.abs(u) + 0.3 * n), strength=0.5)
        )
    if look.mask:
        layers.append(Layer(coat.dark, _face_mask(mood, 0.8), strength=0.9))
    if look.pattern == "tan_points":
        layers.append(Layer(coat.light, _cheeks(mood), strength=0.9))
    main = coat.main
    if look.pattern == "patches" and look.white and sum(coat.main) > 620:
        main = coat.dark
    if look.pattern == "roan":
        main = mix(coat.main, coat.dark, 0.75)
        layers.append(Layer(coat.light, _blaze(mood, 0.08), strength=0.9))
    return coat.paint(main, tuple(layers), relief=0.75, fluff=0.12 * look.fluff, shadow=0.3)


def _cheeks(mood: Mood):
    return lambda u, v, n: step(0.08, 0.3, v - mood.nod - 0.15 * np.abs(u - mood.turn) + 0.1 * n)


def _ear_colour(coat: Coat) -> tuple[float, float, float]:
    dark = {"pug": 0.9, "patches": 1.0, "roan": 0.8, "keeshond": 0.6}
    share = 0.9 if coat.look.mask else dark.get(coat.look.pattern, 0.22)
    if coat.look.pattern == "patches" and sum(coat.main) < 600:
        share = 0.15
    return mix(coat.main, coat.dark, share)


def _pricked_ears(brush: Brush | Tracer, frame: Frame, coat: Coat, mood: Mood) -> None:
    bat = coat.look.ears == "bat"
    tip = (1.25, -1.3) if bat else (0.76, -1.38)
    base = [(0.12, -0.66), (0.34, -1.05), tip, (1.16 if bat else 0.92, -0.8), (0.84, -0.15)]
    small = 0.82 if coat.look.fluff > 0.9 else 1.0
    middle = np.array([0.5, -0.5])
    for side in (-1, 1):
        outer = (middle + (np.array(base) - middle) * small) * [side, 1] + [-0.25 * mood.turn, 0]
        paint = coat.paint(_ear_colour(coat), relief=0.6, fluff=0.05 * coat.look.fluff)
        brush.fill(frame, _pointed(outer), paint)
        inner = outer.mean(axis=0) + (outer - outer.mean(axis=0)) * 0.62 + [0, 0.02]
        pink = mix(PINK, coat.light, 0.5)
        brush.fill(frame, _pointed(inner), Paint(pink, relief=0.5, fur=0.06))


def _hanging_ears(brush: Brush | Tracer, frame: Frame, coat: Coat, mood: Mood) -> None:
    shapes = {
        "drop": [(0.46, -0.80), (0.82, -0.74), (1.1, -0.3), (1.14, 0.28), (0.96, 0.52), (0.8, 0.2)],
        "long": [
            (0.48, -0.72),
            (0.84, -0.66),
            (1.14, -0.1),
            (1.24, 0.7),
            (1.02, 1.08),
            (0.78, 0.6),
        ],
        "button": [
            (0.34, -0.84),
            (0.66, -0.98),
            (0.98, -0.72),
            (1.02, -0.24),
            (0.9, -0.16),
            (0.7, -0.42),
        ],
    }
    last = {"drop": (0.72, -0.3), "long": (0.74, -0.2), "button": (0.5, -0.62)}[coat.look.ears]
    for side in (-1, 1):
        ear = np.array([*shapes[coat.look.ears], last]) * [side, 1] + [0.1 * mood.turn, 0]
        fluff = 0.13 * coat.look.fluff if coat.look.ears != "button" else 0.04 * coat.look.fluff
        paint = coat.paint(_ear_colour(coat), relief=0.75, fluff=fluff, shadow=0.4)
        brush.fill(frame, curve(ear), paint)


def _dog_eye(brush: Brush | Tracer, frame: Frame, coat: Coat, mood: Mood, side: int) -> None:
    flat = coat.look.muzzle < 0.8
    r = 0.165 if flat else 0.14
    open_ = 1 - mood.lids
    if coat.look.pattern == "tan_points":
        brow = Paint(coat.light, relief=0.3, fur=0.05, opacity=0.9)
        brush.fill(frame, ellipse(side * 0.03, -0.27, 0.1, 0.07, side * 0.3), brow)
    rim = ellipse(0, 0, 1.28 * r, (1.1 * open_ + 0.1) * r, side * 0.2)
    brush.fill(frame, rim, Paint(INK, relief=0, fur=0))
    look = 0.12 * mood.turn
    layers = (Layer((14.0, 10.0, 10.0), marks=(ellipse(look, 0, 0.55 * r, 0.6 * r),), soft=0.015),)
    layers += (Layer(coat.eye, lambda u, v, n: step(0, r, v), strength=0.3),)
    glint = ellipse(look - 0.35 * r, -0.38 * r * open_, 0.3 * r, 0.3 * r * open_)
    layers += (Layer(SHINE, marks=(glint,), soft=0.006, strength=0.95),)
    ball = ellipse(0, 0.01, r, r * open_ * 0.95, side * 0.15)
    brush.fill(frame, ball, Paint(mix(coat.eye, INK, 0.15), layers, relief=0, fur=0))


def _dog_muzzle(brush: Brush | Tracer, frame: Frame, coat: Coat, mood: Mood) -> None:
    long = coat.look.muzzle
    x, y = (0.8 + 0.5 * long) * mood.turn, mood.nod + (0.02 if long > 0.6 else -0.1)
    colour = (
        _muzzle_colour(coat)
        if coat.look.white or coat.look.mask
        else mix(coat.main, coat.light, 0.75)
    )
    tall = 0.24 + 0.14 * long
    jaw = coat.paint(mix(colour, coat.main, 0.2), relief=0.6, fluff=0.0)
    brush.fill(frame, ellipse(0.95 * x, 0.62 + 0.1 * long + y, 0.3, 0.2), jaw)
    if mood.tongue:
        tongue = curve(
            [
                (x - 0.13, y + 0.66),
                (x + 0.13, y + 0.66),
                (x + 0.14, y + 0.9),
                (x, y + 1.02),
                (x - 0.14, y + 0.9),
            ]
        )
        brush.fill(frame, tongue, Paint((226.0, 116.0, 112.0), relief=0.6, fur=0, shadow=0.2))
    bridge = [
        (0, -0.2),
        (0.17, -0.16),
        (0.3, 0.12),
        (0.5, 0.4),
        (0.47, 0.66),
        (0.24, 0.76),
        (0, 0.68),
    ]
    bridge = symmetric(
        np.array(bridge) * [1.0, 0.55 + 0.45 * min(long, 1.1)] + [0, 0.32 * (1 - min(long, 1.1))]
    )
    layers = ()
    if not (coat.look.white or coat.look.mask):
        layers = (Layer(coat.main, lambda u, v, n: step(0.32, -0.05, v - y), strength=0.9),)
    beard = 0.2 if coat.look.beard else 0.0
    brush.fill(
        frame,
        bridge + np.array([x, y]),
        coat.paint(
            colour, layers, relief=0.65, fluff=max(0.02 * coat.look.fluff, beard), shadow=0.22
        ),
    )
    top = 0.4 - 0.5 * tall * min(long, 1.1) + y + 0.06
    _dog_mouth(brush, frame, x, top + 0.14, 0.62 + 0.1 * long + y)
    _dog_nose(brush, frame, 1.08 * x, top)


def _dog_mouth(brush: Brush | Tracer, frame: Frame, x: float, top: float, low: float) -> None:
    stroke = Paint(INK, relief=0, fur=0, opacity=0.7)
    for side in (-1, 1):
        line = [
            (x, top),
            (x, low - 0.07),
            (x + side * 0.16, low + 0.01),
            (x + side * 0.36, low - 0.07),
        ]
        brush.fill(frame, ribbon(line, (0.035, 0.045, 0.02)), stroke)


def _dog_nose(brush: Brush | Tracer, frame: Frame, x: float, y: float) -> None:
    nose = np.array(
        [
            (-0.2, -0.06),
            (-0.1, -0.13),
            (0.1, -0.13),
            (0.2, -0.06),
            (0.14, 0.09),
            (0, 0.15),
            (-0.14, 0.09),
        ]
    )
    paint = Paint(NOSE_DARK, relief=0.7, fur=0, shadow=0.2)
    brush.fill(frame, curve(nose + np.array([x, y])), paint)
    for side in (-1, 1):
        hole = ellipse(x + side * 0.085, y + 0.03, 0.045, 0.03, side * 0.5)
        brush.fill(frame, hole, Paint((14.0, 10.0, 10.0), relief=0, fur=0))
    glint = Paint(SHINE, relief=0, fur=0, opacity=0.4)
    brush.fill(frame, ellipse(x - 0.05, y - 0.075, 0.075, 0.028), glint)
