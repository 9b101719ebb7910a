"""Surroundings in cool colours: outdoors, indoors, night, or only soft light."""

import colorsys
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]


@dataclass
class Stage:
    """An empty picture and what is needed to fill it.

    Attributes
    ----------
    width, height : int
        Size in pixels.
    ground : float
        Row on which the animal stands, in pixels; may lie below the picture.
    """

    width: int
    height: int
    ground: float
    rng: np.random.Generator

    @property
    def unit(self) -> float:
        """Length that objects are measured in."""
        return float(np.sqrt(self.width * self.height))

    @property
    def floor(self) -> float:
        """Row where the wall or the sky meets the ground."""
        lowest = 0.88 * self.height
        return min(self.ground - self.unit * self.rng.uniform(0.08, 0.25), lowest)

    def colour(
        self, hue: tuple[float, float], strong: tuple[float, float], bright: tuple[float, float]
    ) -> Colour:
        """Choose a colour: hue in degrees, saturation and brightness from 0 to 1, as ranges."""
        hsv = [self.rng.uniform(*hue) / 360, self.rng.uniform(*strong), self.rng.uniform(*bright)]
        return _rgb(*hsv)


def draw_background(rng: np.random.Generator, width: int, height: int, ground: float) -> np.ndarray:
    """Draw surroundings.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chooses what, and every detail of it.
    width, height : int
        Size in pixels.
    ground : float
        Row on which an animal will stand.

    Returns
    -------
    numpy.ndarray
        float32 of shape (height, width, 3), 0 to 255.
    """
    places = (_meadow, _room, _sofa, _night, _bokeh, _sea, _snow)
    place = places[rng.choice(len(places), p=[0.22, 0.2, 0.16, 0.1, 0.14, 0.1, 0.08])]
    picture = place(Stage(width, height, ground, rng))
    return np.array(picture, "float32")


def _meadow(stage: Stage) -> Image.Image:
    rng, floor = stage.rng, stage.floor
    sky = stage.colour((195, 222), (0.3, 0.62), (0.8, 0.98))
    picture = _gradient(stage, sky, _mix(sky, (236, 246, 252), 0.6), floor)
    _clouds(picture, stage, floor)
    for i in range(3):
        hill = stage.colour((120, 170), (0.25, 0.45), (0.45 - 0.06 * i, 0.68 - 0.06 * i))
        _hills(picture, stage, floor - stage.unit * (0.16 - 0.055 * i), hill)
    _trees(picture, stage, floor)
    picture = picture.filter(ImageFilter.GaussianBlur(stage.unit * rng.uniform(0.004, 0.014)))
    _grass(picture, stage, floor)
    return picture


def _sea(stage: Stage) -> Image.Image:
    rng, floor = stage.rng, stage.floor
    sky = stage.colour((196, 225), (0.3, 0.6), (0.75, 0.98))
    picture = _gradient(stage, sky, _mix(sky, (240, 246, 250), 0.55), floor)
    _clouds(picture, stage, floor)
    pen = ImageDraw.Draw(picture)
    horizon = floor - stage.unit * rng.uniform(0.08, 0.2)
    water = stage.colour((180, 212), (0.55, 0.85), (0.45, 0.72))
    _bands(picture, horizon, floor, water, _mix(water, (200, 235, 240), 0.45))
    for _ in range(40):
        y, x = rng.uniform(horizon, floor), rng.uniform(0, stage.width)
        length = stage.unit * rng.uniform(0.02, 0.09)
        pen.line([x, y, x + length, y], fill=_mix(water, (240, 250, 252), 0.5), width=1)
    sand = stage.colour((190, 215), (0.08, 0.2), (0.62, 0.82))
    _bands(
        picture,
        floor,
        stage.height,
        _mix(sand, (255, 255, 255), 0.2),
        _mix(sand, (60, 70, 90), 0.25),
    )
    picture = picture.filter(ImageFilter.GaussianBlur(stage.unit * rng.uniform(0.003, 0.01)))
    return _speckled(picture, stage, floor, 7)


def _snow(stage: Stage) -> Image.Image:
    rng, floor = stage.rng, stage.floor
    sky = stage.colour((200, 232), (0.25, 0.5), (0.6, 0.88))
    picture = _gradient(stage, sky, _mix(sky, (235, 240, 250), 0.7), floor)
    for i in range(2):
        hill = _mix(sky, (225, 234, 246), 0.35 + 0.3 * i)
        _hills(picture, stage, floor - stage.unit * (0.2 - 0.1 * i), hill, steep=2.2 - i)
    pen = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(4, 10))):
        _fir(pen, stage, rng.uniform(0, stage.width), floor, stage.unit * rng.uniform(0.15, 0.4))
    _bands(picture, floor, stage.height, (226, 234, 246), (176, 194, 222))
    picture = picture.filter(ImageFilter.GaussianBlur(stage.unit * rng.uniform(0.004, 0.01)))
    _flakes(picture, stage)
    return picture


def _night(stage: Stage) -> Image.Image:
    rng, floor = stage.rng, stage.floor
    sky = stage.colour((215, 250), (0.6, 0.8), (0.16, 0.34))
    picture = _gradient(stage, sky, _mix(sky, (86, 110, 170), 0.6), floor)
    pen = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(30, 80))):
        x, y, r = rng.uniform(0, stage.width), rng.uniform(0, floor), rng.uniform(0.4, 1.4)
        pen.ellipse(
            [x - r, y - r, x + r, y + r], fill=_mix(sky, (240, 244, 255), rng.uniform(0.4, 1))
        )
    _glow(
        picture, stage, rng.uniform(0.1, 0.9) * stage.width, rng.uniform(0.08, 0.3) * stage.height
    )
    for i in range(2):
        _hills(
            picture,
            stage,
            floor - stage.unit * (0.14 - 0.08 * i),
            _mix(sky, (40, 80, 110), 0.3 + 0.25 * i),
        )
    grass = stage.colour((165, 215), (0.4, 0.6), (0.2, 0.36))
    _bands(picture, floor, stage.height, grass, _mix(grass, (8, 14, 30), 0.45))
    picture = picture.filter(ImageFilter.GaussianBlur(stage.unit * 0.003))
    return _speckled(picture, stage, floor, 9)


def _bokeh(stage: Stage) -> Image.Image:
    rng = stage.rng
    base = stage.colour((140, 260), (0.35, 0.65), (0.35, 0.8))
    picture = _gradient(
        stage, _mix(base, (240, 250, 255), 0.35), _mix(base, (20, 40, 70), 0.35), stage.height
    )
    for _ in range(int(rng.integers(14, 34))):
        r = stage.unit * rng.uniform(0.03, 0.13)
        x, y = rng.uniform(0, stage.width), rng.uniform(0, stage.height)
        spot = Image.new("L", picture.size)
        ImageDraw.Draw(spot).ellipse([x - r, y - r, x + r, y + r], fill=int(rng.integers(40, 120)))
        hue = (20, 60) if rng.random() < 0.12 else (120, 270)
        picture.paste(stage.colour(hue, (0.2, 0.6), (0.7, 1.0)), mask=spot)
    return picture.filter(ImageFilter.GaussianBlur(stage.unit * rng.uniform(0.008, 0.03)))


def _room(stage: Stage) -> Image.Image:
    rng, floor = stage.rng, stage.floor
    wall = stage.colour((165, 262), (0.14, 0.42), (0.55, 0.86))
    picture = _gradient(
        stage, _mix(wall, (255, 255, 255), 0.12), _mix(wall, (40, 50, 80), 0.15), floor
    )
    _wallpaper(picture, stage, wall, floor)
    _window(picture, stage, floor)
    if rng.random() < 0.6:
        _picture_frame(picture, stage, floor)
    _floorboards(picture, stage, wall, floor)
    if rng.random() < 0.5:
        _rug(picture, stage)
    picture = picture.filter(ImageFilter.GaussianBlur(stage.unit * rng.uniform(0.002, 0.009)))
    return _speckled(picture, stage, floor, 4)


def _sofa(stage: Stage) -> Image.Image:
    rng = stage.rng
    wall = stage.colour((170, 260), (0.1, 0.35), (0.6, 0.88))
    picture = _gradient(stage, wall, _mix(wall, (50, 60, 90), 0.12), stage.height)
    _wallpaper(picture, stage, wall, stage.height)
    cloth = stage.colour((150, 265), (0.3, 0.62), (0.32, 0.68))
    unit, seat = stage.unit, min(stage.ground - 0.03 * stage.unit, 0.9 * stage.height)
    top = seat - unit * rng.uniform(0.35, 0.6)
    pen = ImageDraw.Draw(picture)
    _panel(
        pen,
        [-0.1 * unit, top, stage.width + 0.1 * unit, seat + unit],
        _mix(cloth, (0, 0, 20), 0.12),
        0.08 * unit,
    )
    panels = int(rng.integers(2, 4))
    for i in range(panels):
        left, right = stage.width * i / panels, stage.width * (i + 1) / panels
        _panel(
            pen,
            [left + 3, top + 0.05 * unit, right - 3, seat],
            _mix(cloth, (255, 255, 255), 0.06),
            0.07 * unit,
        )
    for _ in range(int(rng.integers(0, 3))):
        _cushion(pen, stage, seat)
    _panel(
        pen,
        [-0.1 * unit, seat - 0.05 * unit, stage.width + 0.1 * unit, seat + 0.28 * unit],
        _mix(cloth, (255, 255, 255), 0.16),
        0.05 * unit,
    )
    _panel(
        pen,
        [-0.1 * unit, seat + 0.26 * unit, stage.width + 0.1 * unit, stage.height + unit],
        _mix(cloth, (0, 0, 20), 0.22),
        0.03 * unit,
    )
    picture = picture.filter(ImageFilter.GaussianBlur(unit * rng.uniform(0.004, 0.01)))
    return _speckled(picture, stage, top, 5)


def _gradient(stage: Stage, top: Colour, bottom: Colour, down_to: float) -> Image.Image:
    t = np.clip(np.arange(stage.height) / max(down_to, 1), 0, 1)[:, None, None]
    column = (1 - t) * np.array(top, float) + t * np.array(bottom, float)
    rows = np.broadcast_to(column, (stage.height, stage.width, 3)).astype("uint8")
    return Image.fromarray(np.ascontiguousarray(rows))


def _bands(picture: Image.Image, top: float, bottom: float, upper: Colour, lower: Colour) -> None:
    pen = ImageDraw.Draw(picture)
    for y in range(max(0, int(top)), min(picture.height, int(np.ceil(bottom)))):
        share = (y - top) / max(bottom - top, 1)
        pen.line([0, y, picture.width, y], fill=_mix(upper, lower, share))


def _hills(
    picture: Image.Image, stage: Stage, level: float, colour: Colour, steep: float = 1.0
) -> None:
    rng, x = stage.rng, np.linspace(0, stage.width, 60)
    wave = sum(
        np.sin(x / stage.unit * rng.uniform(2, 7) + rng.uniform(0, 6)) * rng.uniform(0.01, 0.035)
        for _ in range(3)
    )
    y = level + steep * wave * stage.unit
    outline = [(0, stage.height), *zip(x, y, strict=True), (stage.width, stage.height)]
    ImageDraw.Draw(picture).polygon(outline, fill=colour)


def _clouds(picture: Image.Image, stage: Stage, floor: float) -> None:
    rng = stage.rng
    veil = Image.new("L", picture.size)
    pen = ImageDraw.Draw(veil)
    for _ in range(int(rng.integers(1, 5))):
        x, y, size = (
            rng.uniform(0, stage.width),
            rng.uniform(0, 0.7 * floor),
            stage.unit * rng.uniform(0.04, 0.1),
        )
        for _ in range(7):
            dx, dy, r = (
                rng.normal(0, 1.5 * size),
                rng.normal(0, 0.3 * size),
                size * rng.uniform(0.5, 1),
            )
            pen.ellipse(
                [x + dx - r, y + dy - 0.7 * r, x + dx + r, y + dy + 0.7 * r],
                fill=int(rng.integers(150, 230)),
            )
    picture.paste((250, 252, 255), mask=veil.filter(ImageFilter.GaussianBlur(0.02 * stage.unit)))


def _trees(picture: Image.Image, stage: Stage, floor: float) -> None:
    rng, pen = stage.rng, ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(0, 6))):
        x, tall = rng.uniform(0, stage.width), stage.unit * rng.uniform(0.15, 0.4)
        leaf = stage.colour((125, 175), (0.35, 0.6), (0.28, 0.5))
        pen.rectangle(
            [x - 0.03 * tall, floor - 0.5 * tall, x + 0.03 * tall, floor], fill=(84, 74, 78)
        )
        for _ in range(9):
            dx, dy, r = (
                rng.normal(0, 0.14 * tall),
                rng.normal(0, 0.12 * tall),
                tall * rng.uniform(0.1, 0.2),
            )
            tone = _mix(leaf, (190, 225, 190), rng.uniform(0, 0.3))
            pen.ellipse(
                [
                    x + dx - r,
                    floor - 0.65 * tall + dy - r,
                    x + dx + r,
                    floor - 0.65 * tall + dy + r,
                ],
                fill=tone,
            )


def _fir(pen: ImageDraw.ImageDraw, stage: Stage, x: float, floor: float, tall: float) -> None:
    green = stage.colour((150, 200), (0.3, 0.5), (0.25, 0.42))
    for i in range(4):
        y, wide = floor - tall * 0.22 * i, tall * (0.24 - 0.045 * i)
        pen.polygon(
            [(x - wide, y), (x + wide, y), (x, y - 0.36 * tall)],
            fill=_mix(green, (235, 242, 250), 0.1 * i),
        )


def _grass(picture: Image.Image, stage: Stage, floor: float) -> None:
    rng, pen = stage.rng, ImageDraw.Draw(picture)
    green = stage.colour((105, 158), (0.38, 0.6), (0.42, 0.66))
    _bands(
        picture,
        floor,
        stage.height,
        _mix(green, (200, 230, 190), 0.25),
        _mix(green, (16, 50, 50), 0.35),
    )
    for _ in range(int(stage.width * 1.6)):
        near = rng.random() ** 0.7
        y = floor + near * (stage.height - floor + 10)
        x, tall = rng.uniform(0, stage.width), stage.unit * (0.012 + 0.045 * near)
        tone = _mix(
            green, (225, 245, 170) if rng.random() < 0.4 else (10, 60, 60), rng.uniform(0.05, 0.4)
        )
        pen.line(
            [x, y, x + rng.normal(0, 0.3) * tall, y - tall],
            fill=tone,
            width=1 + int(near * stage.unit / 260),
        )
    for _ in range(int(rng.integers(0, 24))):
        _flower(pen, stage, floor)


def _flower(pen: ImageDraw.ImageDraw, stage: Stage, floor: float) -> None:
    rng = stage.rng
    near = rng.random()
    x, y, r = (
        rng.uniform(0, stage.width),
        floor + near * (stage.height - floor),
        stage.unit * (0.004 + 0.01 * near),
    )
    petals = ((250, 250, 255), (250, 220, 90), (190, 150, 240), (240, 150, 170))[rng.integers(4)]
    for angle in np.arange(5) * 1.2566:
        px, py = x + r * np.cos(angle), y + r * np.sin(angle)
        pen.ellipse([px - 0.7 * r, py - 0.7 * r, px + 0.7 * r, py + 0.7 * r], fill=petals)
    pen.ellipse([x - 0.5 * r, y - 0.5 * r, x + 0.5 * r, y + 0.5 * r], fill=(240, 200, 70))


def _flakes(picture: Image.Image, stage: Stage) -> None:
    rng, pen = stage.rng, ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(20, 90))):
        x, y, r = rng.uniform(0, stage.width), rng.uniform(0, stage.height), rng.uniform(0.7, 2.4)
        pen.ellipse([x - r, y - r, x + r, y + r], fill=(248, 251, 255))


def _glow(picture: Image.Image, stage: Stage, x: float, y: float) -> None:
    r = stage.unit * stage.rng.uniform(0.05, 0.09)
    halo = Image.new("L", picture.size)
    ImageDraw.Draw(halo).ellipse([x - 2 * r, y - 2 * r, x + 2 * r, y + 2 * r], fill=90)
    picture.paste((220, 230, 250), mask=halo.filter(ImageFilter.GaussianBlur(r)))
    ImageDraw.Draw(picture).ellipse([x - r, y - r, x + r, y + r], fill=(244, 244, 236))


def _wallpaper(picture: Image.Image, stage: Stage, wall: Colour, floor: float) -> None:
    rng, pen, unit = stage.rng, ImageDraw.Draw(picture), stage.unit
    kind, gap = rng.integers(3), unit * rng.uniform(0.07, 0.14)
    tone = _mix(wall, (255, 255, 255) if rng.random() < 0.6 else (30, 40, 80), 0.16)
    if kind == 0:
        for x in np.arange(-gap * rng.random(), stage.width, gap):
            pen.rectangle([x, 0, x + 0.45 * gap, floor], fill=tone)
    elif kind == 1:
        for i, y in enumerate(np.arange(0, floor, gap)):
            for x in np.arange((i % 2) * gap / 2, stage.width, gap):
                pen.ellipse(
                    [x - 0.12 * gap, y - 0.12 * gap, x + 0.12 * gap, y + 0.12 * gap], fill=tone
                )


def _window(picture: Image.Image, stage: Stage, floor: float) -> None:
    rng, pen, unit = stage.rng, ImageDraw.Draw(picture), stage.unit
    wide, tall = unit * rng.uniform(0.3, 0.5), max(0.3 * unit, 0.7 * floor) * rng.uniform(0.7, 1.0)
    x, y = rng.uniform(-0.1, 0.9) * stage.width, rng.uniform(-0.1, 0.15) * stage.height
    frame_colour = (236, 240, 246) if rng.random() < 0.7 else (150, 120, 96)
    edge = 0.025 * unit
    pen.rectangle([x - edge, y - edge, x + wide + edge, y + tall + edge], fill=frame_colour)
    sky = stage.colour((192, 225), (0.25, 0.5), (0.85, 1.0))
    pen.rectangle([x, y, x + wide, y + tall], fill=sky)
    pen.rectangle(
        [x, y + 0.7 * tall, x + wide, y + tall],
        fill=stage.colour((120, 160), (0.25, 0.45), (0.55, 0.75)),
    )
    pen.rectangle(
        [x + wide / 2 - edge / 2, y, x + wide / 2 + edge / 2, y + tall], fill=frame_colour
    )
    pen.rectangle(
        [x, y + tall / 2 - edge / 2, x + wide, y + tall / 2 + edge / 2], fill=frame_colour
    )
    cloth = stage.colour((170, 280), (0.2, 0.5), (0.6, 0.9))
    for side in (x - 0.14 * unit, x + wide - 0.04 * unit):
        for fold in range(4):
            left = side + fold * 0.045 * unit
            pen.rectangle(
                [left, y - 2 * edge, left + 0.045 * unit, floor],
                fill=_mix(cloth, (30, 40, 80), 0.12 * (fold % 2)),
            )


def _picture_frame(picture: Image.Image, stage: Stage, floor: float) -> None:
    rng, pen, unit = stage.rng, ImageDraw.Draw(picture), stage.unit
    wide, tall = unit * rng.uniform(0.14, 0.24), unit * rng.uniform(0.14, 0.24)
    x, y = rng.uniform(0, stage.width - wide), rng.uniform(0.05, 0.35) * floor
    wood = ((168, 128, 88), (70, 66, 72), (230, 232, 236))[rng.integers(3)]
    pen.rectangle([x, y, x + wide, y + tall], fill=wood)
    edge = 0.018 * unit
    pen.rectangle(
        [x + edge, y + edge, x + wide - edge, y + tall - edge],
        fill=stage.colour((0, 360), (0.1, 0.4), (0.7, 0.95)),
    )
    hill = stage.colour((120, 260), (0.2, 0.5), (0.4, 0.7))
    pen.polygon(
        [
            (x + edge, y + tall - edge),
            (x + wide * 0.55, y + tall * 0.4),
            (x + wide - edge, y + tall - edge),
        ],
        fill=hill,
    )


def _floorboards(picture: Image.Image, stage: Stage, wall: Colour, floor: float) -> None:
    rng, pen, unit = stage.rng, ImageDraw.Draw(picture), stage.unit
    # Some floors are of wood: animals must not be the only warm thing in the picture.
    wooden = rng.random() < 0.3
    tone = (
        stage.colour((24, 34), (0.18, 0.32), (0.5, 0.72))
        if wooden
        else stage.colour((185, 265), (0.08, 0.28), (0.42, 0.7))
    )
    _bands(
        picture,
        floor,
        stage.height,
        _mix(tone, (255, 255, 255), 0.12),
        _mix(tone, (20, 20, 40), 0.18),
    )
    pen.rectangle(
        [0, floor - 0.03 * unit, stage.width, floor], fill=_mix(wall, (255, 255, 255), 0.55)
    )
    middle = stage.width / 2
    for x in np.arange(-3 * stage.width, 4 * stage.width, 0.16 * unit):
        pen.line(
            [middle + (x - middle) * 0.55, floor, x, stage.height],
            fill=_mix(tone, (20, 20, 40), 0.22),
            width=1,
        )


def _rug(picture: Image.Image, stage: Stage) -> None:
    rng, pen, unit = stage.rng, ImageDraw.Draw(picture), stage.unit
    x, y = rng.uniform(0.3, 0.7) * stage.width, stage.ground
    cloth = stage.colour((160, 290), (0.25, 0.55), (0.4, 0.75))
    for share, light in ((1.0, 0.0), (0.86, 0.35), (0.78, 0.08)):
        pen.ellipse(
            [
                x - 0.6 * unit * share,
                y - 0.12 * unit * share,
                x + 0.6 * unit * share,
                y + 0.12 * unit * share,
            ],
            fill=_mix(cloth, (255, 255, 255), light),
        )


def _cushion(pen: ImageDraw.ImageDraw, stage: Stage, seat: float) -> None:
    rng, unit = stage.rng, stage.unit
    x, size = rng.uniform(0, stage.width), unit * rng.uniform(0.2, 0.3)
    hue = (8, 45) if rng.random() < 0.25 else (140, 300)
    tone = stage.colour(hue, (0.2, 0.5), (0.6, 0.9))
    _panel(pen, [x, seat - size, x + size, seat], tone, 0.25 * size)
    _panel(
        pen,
        [x + 0.1 * size, seat - 0.9 * size, x + 0.85 * size, seat - 0.1 * size],
        _mix(tone, (255, 255, 255), 0.14),
        0.2 * size,
    )


def _panel(pen: ImageDraw.ImageDraw, box: list[float], colour: Colour, radius: float) -> None:
    pen.rounded_rectangle(box, radius=radius, fill=colour)


def _speckled(picture: Image.Image, stage: Stage, floor: float, strength: float) -> Image.Image:
    """Give the ground a texture: sand, carpet, cloth."""
    values = np.asarray(picture, "float32").copy()
    start = max(0, int(floor))
    noise = stage.rng.standard_normal((stage.height - start, stage.width, 1), "float32")
    values[start:] += np.float32(strength) * noise
    return Image.fromarray(np.clip(values, 0, 255).astype("uint8"))


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    return tuple(int((1 - share) * a + share * b) for a, b in zip(one, other, strict=True))


def _rgb(hue: float, saturation: float, value: float) -> Colour:
    return tuple(int(255 * c) for c in colorsys.hsv_to_rgb(hue, saturation, value))
