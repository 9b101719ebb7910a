"""Bodies of cats and dogs in six poses; each gives back where the head goes.

The frame of a body is about 1 high, with its origin in the middle and the ground at 0.5.
"""

from dataclasses import dataclass, replace

import numpy as np

from .brush import Brush, Paint, Tracer
from .coats import Coat
from .looks import mix
from .shapes import Frame, curve, ellipse, ribbon, symmetric

CLAW = (70.0, 54.0, 46.0)


@dataclass(frozen=True)
class Body:
    """What a pose needs to know: where to draw, with what, and for whom."""

    brush: Brush | Tracer
    frame: Frame
    coat: Coat
    cat: bool
    wag: float  # -1 to 1: how the tail is held

    def fill(self, outline, paint: Paint) -> None:
        """Paint a shape in the frame of the body."""
        self.brush.fill(self.frame, outline, paint)

    def head(self, x: float, y: float, radius: float, angle: float) -> Frame:
        """Give the frame of the head: half its width is the radius."""
        return self.frame.at(x, y, radius, angle)


def portrait(body: Body) -> Frame:
    """Head and shoulders; the rest lies below the picture."""
    wide = 0.3 + 0.1 * body.coat.look.build
    right = [
        (0, -0.25),
        (0.2, -0.22),
        (0.26, 0.05),
        (wide, 0.32),
        (wide + 0.08, 0.7),
        (wide + 0.1, 1.2),
    ]
    body.fill(symmetric([*right, (0, 1.25)]), body.coat.torso(False, flow=0.0))
    _chest(body, 0.3, 0.26, 0.34)
    return body.head(0, -0.18, 0.33 if body.cat else 0.35, 0.12 * body.wag)


def sit_front(body: Body) -> Frame:
    """Sitting, seen from the front."""
    build, coat = body.coat.look.build, body.coat
    _tail_from(body, (0.2, 0.42), 1)
    wide = 0.27 * build
    right = [
        (0, -0.28),
        (0.12, -0.24),
        (0.19 * build, -0.02),
        (wide, 0.26),
        (wide * 0.95, 0.47),
        (0, 0.5),
    ]
    body.fill(symmetric(right), coat.torso(False))
    for side in (-1, 1):
        thigh = ellipse(side * wide * 0.85, 0.34, 0.13 * build, 0.16, side * 0.3)
        body.fill(thigh, coat.thigh(fade=(0.17, 0.34)))
        _paw(body, side * (wide + 0.015), 0.48, 0.095, 0.04)
    _chest(body, -0.04, 0.13 * build, 0.2)
    for side in (-1, 1):
        x = side * 0.082 * build
        _leg(body, [(x * 1.15, 0.0), (x * 1.1, 0.22), (x, 0.45)], (0.13, 0.1, 0.088), shadow=0.3)
        _paw(body, x + side * 0.008, 0.475, 0.068, 0.04)
    return body.head(0, -0.36, 0.23 if body.cat else 0.235, 0.12 * body.wag)


def sit_side(body: Body) -> Frame:
    """Sitting, seen from the side, looking at us."""
    build, coat = body.coat.look.build, body.coat
    _tail_from(body, (0.26, 0.42), 1)
    _leg(body, [(-0.1, 0.0), (-0.11, 0.25), (-0.11, 0.46)], (0.14, 0.09, 0.075), far=True)
    back = [(-0.22, -0.3), (0.0, -0.3), (0.16, -0.08), (0.28 * build, 0.18), (0.33 * build, 0.4)]
    belly = [(0.24, 0.5), (0.02, 0.47), (-0.16, 0.3), (-0.25 * build, 0.04)]
    body.fill(curve(back + belly), coat.torso(True, flow=-0.5))
    body.fill(ellipse(0.15, 0.31, 0.18 * build, 0.19, 0.3), coat.thigh(flow=-0.3, fade=(0.1, 0.32)))
    _paw(body, -0.01, 0.475, 0.13, 0.04)
    _leg(body, [(-0.17, -0.02), (-0.19, 0.22), (-0.19, 0.46)], (0.16, 0.1, 0.08), shadow=0.3)
    _paw(body, -0.215, 0.475, 0.075, 0.04)
    return body.head(-0.16, -0.34, 0.215 if body.cat else 0.225, 0.14 * body.wag)


def stand(body: Body) -> Frame:
    """Standing, seen from the side, looking at us."""
    build, coat = body.coat.look.build, body.coat
    low = 0.5
    up = low - 0.5 * (0.25 + 0.75 * coat.look.legs)  # short legs bring the body down
    _tail_from(body, (0.36, up - 0.06), 1, high=True)
    for x, lean in ((-0.2, 0.03), (0.24, 0.06)):
        _leg(
            body,
            [(x, up + 0.05), (x + lean, up + 0.2), (x + 0.02, low - 0.03)],
            (0.13, 0.08, 0.07),
            far=True,
        )
        _paw(body, x, low - 0.02, 0.06, 0.032, far=True)
    deep = 0.13 + 0.09 * (build - 1) + 0.05
    top = [
        (-0.36, up - 0.24),
        (-0.2, up - 0.2),
        (0.1, up - 0.17),
        (0.32, up - 0.18),
        (0.42, up - 0.04),
    ]
    low_line = [
        (0.38, up + 0.12),
        (0.12, up + 0.11),
        (-0.14, up + deep),
        (-0.33, up + 0.08),
        (-0.42, up - 0.08),
    ]
    body.fill(curve(top + low_line), coat.torso(True, flow=-1.2))
    hind = [(0.3, up + 0.0), (0.36, up + 0.17), (0.3, up + 0.26), (0.34, low - 0.03)]
    _leg(body, hind, (0.22, 0.14, 0.075, 0.07), shadow=0.25)
    _paw(body, 0.32, low - 0.02, 0.065, 0.034)
    fore = [(-0.28, up - 0.0), (-0.29, up + 0.2), (-0.29, low - 0.03)]
    _leg(body, fore, (0.17, 0.1, 0.075), shadow=0.25)
    _paw(body, -0.305, low - 0.02, 0.065, 0.034)
    return body.head(-0.4, up - 0.27, 0.19 if body.cat else 0.205, 0.14 * body.wag)


def lie(body: Body) -> Frame:
    """Lying like a sphinx, seen from the side, looking at us."""
    build, coat = body.coat.look.build, body.coat
    _tail_from(body, (0.5, 0.4), 1)
    _leg(body, [(-0.2, 0.38), (-0.38, 0.44), (-0.54, 0.45)], (0.1, 0.09, 0.075), far=True)
    top = [(-0.34, 0.0), (-0.12, 0.06), (0.16, 0.1 - 0.1 * (build - 1)), (0.42, 0.14), (0.55, 0.34)]
    low_line = [(0.5, 0.48), (0.2, 0.5), (-0.2, 0.49), (-0.38, 0.38), (-0.42, 0.15)]
    body.fill(curve(top + low_line), coat.torso(True, flow=-1.1))
    body.fill(ellipse(0.38, 0.33, 0.17, 0.16, 0.2), coat.thigh(flow=-0.9, fade=(0.16, 0.36)))
    _paw(body, 0.24, 0.47, 0.13, 0.04)
    _leg(body, [(-0.24, 0.34), (-0.3, 0.45), (-0.52, 0.46)], (0.14, 0.1, 0.08), shadow=0.3)
    _paw(body, -0.53, 0.462, 0.075, 0.042)
    return body.head(-0.34, -0.06, 0.21 if body.cat else 0.22, 0.16 * body.wag)


def loaf(body: Body) -> Frame:
    """Lying, seen from the front, the body behind the head."""
    build, coat = body.coat.look.build, body.coat
    _tail_from(body, (0.3, 0.42), 1)
    wide = 0.4 * build
    right = [(0, 0.0), (0.2, 0.02), (wide, 0.22), (wide + 0.02, 0.44), (0.25, 0.5), (0, 0.5)]
    body.fill(symmetric(right), coat.torso(False))
    _chest(body, 0.22, 0.17, 0.2)
    for side in (-1, 1):
        arm = [(side * 0.26, 0.3), (side * 0.2, 0.42), (side * 0.1, 0.46)]
        _leg(body, arm, (0.13, 0.11, 0.09), shadow=0.3)
        _paw(body, side * 0.085, 0.465, 0.075, 0.045)
    return body.head(0, 0.06, 0.25 if body.cat else 0.255, 0.16 * body.wag)


POSES = {
    "portrait": portrait,
    "sit_front": sit_front,
    "sit_side": sit_side,
    "stand": stand,
    "lie": lie,
    "loaf": loaf,
}


def _leg(body: Body, line, widths, far: bool = False, shadow: float = 0.0) -> None:
    stout = 0.6 + 0.4 * body.coat.look.build
    widths = tuple(w * stout * (1 + 0.12 * body.coat.look.fluff) for w in widths)
    fluff = 0.05 * body.coat.look.fluff
    rows = np.array(line)[:, 1]
    # A leg that hangs down grows out of the body; one that lies on the ground lies before it.
    grown = shadow and rows[-1] - rows[0] > 0.2
    fade = (rows[0] - 0.04, rows[0] + 0.13) if grown else None
    options = {"shadow": shadow, "fluff": fluff, "relief": 0.6, "fade": fade}
    paint = body.coat.limb(np.array(line), widths, **options)
    body.fill(ribbon(line, widths), _shaded(paint) if far else paint)


def _paw(body: Body, x: float, y: float, rx: float, ry: float, far: bool = False) -> None:
    coat = body.coat
    colour = coat.white if coat.look.white else coat.main
    if coat.look.pattern == "points" and not coat.look.white:
        colour = coat.dark
    if coat.look.pattern == "tan_points":
        colour = coat.light
    paint = coat.paint(colour, relief=0.6, fluff=0.0, shadow=0.0 if far else 0.15)
    body.fill(ellipse(x, y, rx, ry), _shaded(paint) if far else paint)
    toe = Paint(mix(colour, CLAW, 0.6), relief=0, fur=0, opacity=0.6)
    if not far and rx < 0.1:
        for shift in (-0.35, 0.3):
            line = [(x + shift * rx, y + 0.1 * ry), (x + shift * rx * 1.05, y + 0.85 * ry)]
            body.fill(ribbon(line, (0.006, 0.01)), toe)


def _shaded(paint: Paint) -> Paint:
    """Make a paint darker, for a leg on the far side."""

    def dim(colour):
        return tuple(0.72 * c for c in colour)

    layers = tuple(replace(layer, colour=dim(layer.colour)) for layer in paint.layers)
    return replace(paint, colour=dim(paint.colour), layers=layers)


def _chest(body: Body, y: float, wide: float, tall: float) -> None:
    """Paint a bib: white where the breed has one, else only a little lighter."""
    coat = body.coat
    if (
        coat.look.pattern in ("plain", "points", "ticked")
        and not coat.look.white
        and coat.look.fluff < 0.3
    ):
        return
    colour = coat.white if coat.look.white else mix(coat.main, coat.light, 0.7)
    paint = coat.paint(colour, relief=0.35, fluff=0.05 + 0.05 * coat.look.fluff, opacity=0.85)
    body.fill(ellipse(0, y, wide, tall), paint)


def _tail_from(body: Body, base: tuple[float, float], side: int, high: bool = False) -> None:
    kind, wag = body.coat.look.tail, body.wag
    x, y = base
    paths = {
        "thin": [(0, 0), (0.14, 0.03), (0.25, -0.06), (0.24, -0.26 - 0.1 * wag)],
        "bushy": [(0, 0), (0.14, 0.03), (0.25, -0.06), (0.26, -0.24 - 0.1 * wag)],
        "plume": [(0, 0), (0.15, 0.0), (0.28, -0.12), (0.3, -0.32 - 0.06 * wag)],
        "curl": [(-0.02, -0.05), (0.08, -0.2), (0.02, -0.34), (-0.12, -0.3), (-0.12, -0.18)],
        "stub": [(0, 0), (0.05, -0.03), (0.09, -0.08)],
    }
    if high and kind in ("thin", "bushy", "plume"):
        line = [(0, 0), (0.12, -0.02), (0.2, -0.16), (0.2 + 0.08 * wag, -0.36)]
    else:
        line = paths[kind]
    widths = {
        "thin": (0.075, 0.065, 0.055, 0.04),
        "bushy": (0.09, 0.1, 0.1, 0.06),
        "plume": (0.1, 0.16, 0.2, 0.1),
        "curl": (0.12, 0.15, 0.14, 0.08),
        "stub": (0.08, 0.08, 0.06),
    }[kind]
    line = np.array(line) * [side, 1] + [x, y]
    fluff = 0.1 * body.coat.look.fluff
    body.fill(ribbon(line, widths), body.coat.tail(line, widths, fluff=fluff, relief=0.6))
