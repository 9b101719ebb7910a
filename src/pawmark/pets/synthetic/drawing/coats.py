"""The coat of one animal: which colour and which markings each part of it wears."""

from dataclasses import dataclass

import numpy as np

from .brush import Colour, Layer, Paint
from .looks import Look, mix, rgb
from .shapes import Points, ellipse, rings

WHITE = (252.0, 246.0, 236.0)


@dataclass(frozen=True)
class Coat:
    """Colours and markings of one animal."""

    look: Look
    main: Colour
    light: Colour
    dark: Colour
    eye: Colour
    seed: int

    @property
    def white(self) -> Colour:
        """Colour of the chest, the paws and the muzzle."""
        return mix(self.light, WHITE, 0.7) if self.look.white else self.light

    @property
    def fur(self) -> float:
        """Strength of the hair's texture."""
        return 0.025 + 0.04 * self.look.fluff if self.look.fluff else 0.012

    def paint(self, colour: Colour, layers: tuple[Layer, ...] = (), **options: float) -> Paint:
        """Paint of this coat: its texture, and tufts as long as its hair."""
        options.setdefault("fur", self.fur)
        options.setdefault("fluff", 0.09 * self.look.fluff**1.3)
        return Paint(colour, layers, **options)

    def torso(self, side: bool, **options: float) -> Paint:
        """Paint of the body, seen from the side or from the front."""
        return self.paint(self.main, self._torso_layers(side), **options)

    def thigh(self, **options: float) -> Paint:
        """Paint of a thigh: the markings of the flank without the light belly."""
        layers = self._torso_layers(True)
        belly = self.look.pattern not in ("patches", "roan")
        return self.paint(self._limb_colour(), layers[1:] if belly else layers, **options)

    def limb(self, points: Points, widths: tuple[float, ...], **options: float) -> Paint:
        """Paint of a leg, a ribbon that ends at the paw."""
        layers = list(self._bars(points, widths, np.linspace(0.3, 0.85, 5)))
        pattern = self.look.pattern
        if pattern == "points":
            layers.append(_below(points, self.dark, 0.45))
        if pattern == "tan_points":
            layers.append(_below(points, self.light, 0.5))
        if self.look.white:
            layers.append(_below(points, self.white, 0.72 if pattern != "points" else 0.85))
        return self.paint(self._limb_colour(), tuple(layers), **options)

    def _limb_colour(self) -> Colour:
        if self.look.pattern == "saddle":
            return mix(self.main, self.white, 0.5 if self.look.white else 0.1)
        return self.main

    def tail(self, points: Points, widths: tuple[float, ...], **options: float) -> Paint:
        """Paint of the tail, a ribbon that starts at the body."""
        layers = list(self._bars(points, widths, np.linspace(0.2, 0.95, 8)))
        if self.look.pattern == "points":
            layers.append(Layer(self.dark, lambda u, v, n: 0.9 + 0.4 * n))
        if self.look.pattern == "saddle" and self.look.white:
            tip = ellipse(*np.asarray(points)[-1], 0.09, 0.09)
            layers.append(Layer(self.white, marks=(tip,), soft=0.02))
        return self.paint(self.main, tuple(layers), **options)

    def _bars(self, points: Points, widths: tuple[float, ...], places: np.ndarray):
        if self.look.pattern in ("tabby", "spotted", "rosettes"):
            bars = tuple(rings(points, widths, places, 0.016))
            yield Layer(self.dark, marks=bars, soft=0.006, strength=0.75)

    def _torso_layers(self, side: bool) -> tuple[Layer, ...]:
        belly = Layer(self.light, _belly(side), strength=0.75)
        makers = {
            "ticked": lambda: (belly, Layer(self.dark, _ticking, strength=0.45)),
            "tabby": lambda: (belly, Layer(self.dark, _stripes(side), strength=0.72)),
            "spotted": lambda: (belly, *self._spots(False)),
            "rosettes": lambda: (belly, *self._spots(True)),
            "points": lambda: (belly, Layer(self.dark, _shaded(side), strength=0.3)),
            "patches": lambda: (Layer(self.white, _patches),),
            "saddle": lambda: (Layer(self.white, _belly(side)), Layer(self.dark, _saddle(side))),
            "tan_points": lambda: (Layer(self.light, _belly(side), strength=0.8),),
            "roan": lambda: self._flecks(),
        }
        return makers.get(self.look.pattern, lambda: (belly,))()

    def _spots(self, hollow: bool) -> tuple[Layer, ...]:
        places, sizes = self._scatter(0.085 if hollow else 0.07)
        r = 0.034 if hollow else 0.021
        outer = tuple(
            ellipse(x, y, r * s * 1.25, r * s, a)
            for (x, y), (s, a) in zip(places, sizes, strict=True)
        )
        layers = [Layer(self.dark, marks=outer, soft=0.005, strength=0.85)]
        if hollow:
            inner = tuple(
                ellipse(x + 0.004, y, r * s * 0.68, r * s * 0.5, a)
                for (x, y), (s, a) in zip(places, sizes, strict=True)
            )
            middle = mix(self.main, self.dark, 0.3)
            layers.append(Layer(middle, marks=inner, soft=0.004, strength=0.9))
        return tuple(layers)

    def _flecks(self) -> tuple[Layer, ...]:
        places, sizes = self._scatter(0.05)
        other = self.dark if sum(self.main) > 450 else mix(self.main, self.white, 0.7)
        marks = tuple(
            ellipse(x, y, 0.012 * s, 0.009 * s, a)
            for (x, y), (s, a) in zip(places, sizes, strict=True)
        )
        return (Layer(self.dark, _few_patches, strength=0.8), Layer(other, marks=marks, soft=0.004))

    def _scatter(self, step: float) -> tuple[np.ndarray, np.ndarray]:
        """Scatter places over the body, about evenly: a grid, shaken."""
        rng = np.random.default_rng(self.seed)
        x, y = np.meshgrid(np.arange(-0.6, 0.6, step), np.arange(-0.6, 0.6, step * 0.9))
        x[1::2] += step / 2
        places = np.stack([x.ravel(), y.ravel()], axis=1)
        places += rng.uniform(-0.3, 0.3, places.shape) * step
        sizes = np.stack(
            [rng.uniform(0.6, 1.25, len(places)), rng.uniform(-0.5, 0.5, len(places))], axis=1
        )
        return places, sizes


def make_coat(look: Look, rng: np.random.Generator) -> Coat:
    """Choose a coat of a breed and vary it a little, as animals do."""
    colours = [rgb(code) for code in look.coats[rng.integers(len(look.coats))].split()]
    tint = rng.uniform(0.93, 1.06) * (1 + rng.uniform(-0.025, 0.025, 3))
    main, light, dark = (tuple(np.clip(np.array(c) * tint, 0, 255)) for c in colours)
    eye = rgb(look.eyes[rng.integers(len(look.eyes))])
    return Coat(look, main, light, dark, eye, int(rng.integers(2**31)))


def step(low: float, high: float, values: np.ndarray) -> np.ndarray:
    """Rise smoothly from 0 below ``low`` to 1 above ``high``; falls when high < low."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _below(points: Points, colour: Colour, where: float) -> Layer:
    """Cover a leg from a share of its length downwards."""
    y = np.asarray(points)[:, 1]
    level = y[0] + where * (y[-1] - y[0])
    return Layer(colour, lambda u, v, n: step(level - 0.03, level + 0.03, v + 0.06 * n))


def _belly(side: bool):
    if side:
        return lambda u, v, n: step(0.06, 0.2, v + 0.15 * n)
    return lambda u, v, n: step(0.2, 0.06, np.abs(u) + 0.12 * n) * step(-0.35, -0.1, v)


def _stripes(side: bool):
    if side:
        return lambda u, v, n: step(0.0, 0.7, np.sin(44 * u + 9 * v + 5 * n)) * step(0.2, 0.0, v)
    return lambda u, v, n: (
        step(0.0, 0.7, np.sin(40 * v - 16 * np.abs(u) + 5 * n)) * step(0.1, 0.2, np.abs(u))
    )


def _ticking(u, v, n):
    return step(-0.2, 0.5, n + 0.25 * np.sin(90 * v + 60 * u) * n - 0.6 * v)


def _shaded(side: bool):
    return (
        (lambda u, v, n: step(0.1, -0.2, v)) if side else (lambda u, v, n: step(0.1, 0.35, abs(u)))
    )


def _patches(u, v, n):
    return step(-0.02, 0.03, n + 0.12)


def _few_patches(u, v, n):
    return step(0.2, 0.25, n)


def _saddle(side: bool):
    if side:
        return lambda u, v, n: step(0.02, -0.05, v + 0.14 * n)
    return lambda u, v, n: step(0.2, 0.27, np.abs(u) + 0.12 * n) * step(0.45, 0.3, v)
