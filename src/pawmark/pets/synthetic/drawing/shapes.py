"""Outlines in plain numbers: curves, ribbons, ellipses, and where they come to lie in a picture."""

from dataclasses import dataclass

import numpy as np

Points = np.ndarray


@dataclass(frozen=True)
class Frame:
    """A place to draw at: maps points of a drawing to pixels.

    Attributes
    ----------
    matrix : numpy.ndarray
        float64 of shape (2, 2): pixels for a step right and a step down in the drawing.
    origin : numpy.ndarray
        float64 of shape (2,): pixel of the drawing's (0, 0).
    """

    matrix: np.ndarray
    origin: np.ndarray

    @property
    def scale(self) -> float:
        """Pixels for a step of length 1."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix))))

    def place(self, points: Points) -> Points:
        """Turn points of the drawing, shape (N, 2), into pixels."""
        return np.asarray(points, float) @ self.matrix.T + self.origin

    def locate(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Turn pixels into points of the drawing."""
        back = np.linalg.inv(self.matrix).astype("float32")
        x, y = x - np.float32(self.origin[0]), y - np.float32(self.origin[1])
        return back[0, 0] * x + back[0, 1] * y, back[1, 0] * x + back[1, 1] * y

    def at(self, x: float, y: float, scale: float = 1.0, angle: float = 0.0) -> "Frame":
        """Give a smaller frame inside this one, turned by an angle in radians."""
        cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
        turned = self.matrix @ np.array([[cos, -sin], [sin, cos]])
        return Frame(turned, self.place([[x, y]])[0])


def frame(x: float, y: float, scale: float, mirrored: bool = False, angle: float = 0.0) -> Frame:
    """Make a frame from a pixel, a size in pixels, and whether left and right are swapped."""
    flip = np.diag([-scale if mirrored else scale, scale])
    return Frame(flip, np.array([x, y], float)).at(0, 0, angle=angle)


def curve(points: Points, closed: bool = True, steps: int = 8) -> Points:
    """Draw a smooth line through points (a Catmull-Rom spline)."""
    points = np.asarray(points, float)
    if closed:
        padded = np.vstack([points[-1:], points, points[:2]])
    else:
        padded = np.vstack([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None, None]
    a, b, c, d = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    line = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2)
    line = line + 0.5 * (3 * b - a - 3 * c + d) * t**3
    line = line.transpose(1, 0, 2).reshape(-1, 2)
    return line if closed else np.vstack([line, points[-1:]])


def symmetric(right: Points, steps: int = 8) -> Points:
    """Close a smooth outline from its right half, given from top to bottom."""
    right = np.asarray(right, float)
    left = mirror(right)[::-1]
    # Points on the axis are in both halves; one of each is enough.
    left = left[np.abs(left[:, 0]) > 1e-9]
    return curve(np.vstack([right, left]), steps=steps)


def mirror(points: Points) -> Points:
    """Swap left and right."""
    return np.asarray(points, float) * [-1, 1]


def ellipse(x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> Points:
    """Draw an ellipse around (x, y), turned by an angle in radians."""
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    px, py = rx * np.cos(t), ry * np.sin(t)
    return np.stack([x + cos * px - sin * py, y + sin * px + cos * py], axis=1)


def ribbon(points: Points, widths: tuple[float, ...]) -> Points:
    """Draw a band along a smooth line, of a width that changes from point to point.

    Both ends are round.
    """
    line, half = _band(points, widths)
    normal = _normals(line)
    t = np.linspace(0, np.pi, 7)[1:-1, None]
    ahead = np.array([normal[-1, 1], -normal[-1, 0]])
    behind = -np.array([normal[0, 1], -normal[0, 0]])
    end = line[-1] + half[-1] * (np.cos(t) * normal[-1] + np.sin(t) * ahead)
    start = line[0] + half[0] * (-np.cos(t) * normal[0] + np.sin(t) * behind)
    left, right = line + half[:, None] * normal, line - half[:, None] * normal
    return np.vstack([left, end, right[::-1], start])


def rings(points: Points, widths: tuple[float, ...], places: np.ndarray, thick: float) -> list:
    """Draw bars across a ribbon, at places between 0 (its start) and 1 (its end)."""
    line, half = _band(points, widths)
    normal = _normals(line)
    along = np.stack([normal[:, 1], -normal[:, 0]], axis=1)
    bars = []
    for i in (np.asarray(places) * (len(line) - 1)).astype(int):
        reach, step = 1.2 * half[i] * normal[i], thick * along[i]
        centre = line[i]
        bars.append(np.array([centre - reach, centre + step, centre + reach, centre - step]))
    return bars


def _band(points: Points, widths: tuple[float, ...]) -> tuple[Points, np.ndarray]:
    line = curve(points, closed=False)
    where = np.linspace(0, 1, len(line))
    return line, np.interp(where, np.linspace(0, 1, len(widths)), widths) / 2


def _normals(line: Points) -> Points:
    step = np.gradient(line, axis=0)
    step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
    return np.stack([-step[:, 1], step[:, 0]], axis=1)


def tufted(points: Points, length: float, rng: np.random.Generator) -> Points:
    """Roughen an outline in pixels into tufts of hair of a length in pixels."""
    closed = np.vstack([points, points[:1]])
    steps = np.linalg.norm(np.diff(closed, axis=0), axis=1)
    distance = np.concatenate([[0.0], np.cumsum(steps)])
    count = int(distance[-1] / 1.5)
    if count < 24:
        return points
    where = np.linspace(0, distance[-1], count, endpoint=False)
    dense = np.stack([np.interp(where, distance, closed[:, i]) for i in (0, 1)], axis=1)
    tufts = max(6, int(distance[-1] / max(0.55 * length, 3.0)))
    ends = np.sort(rng.uniform(0, 1, tufts)) * distance[-1]
    number = np.searchsorted(ends, where)
    starts = np.concatenate([[0.0], ends])[number]
    stops = np.concatenate([ends, [distance[-1]]])[number]
    rise = (where - starts) / np.maximum(stops - starts, 1e-6)
    height = rng.uniform(0.3, 1.0, tufts + 1)[number] * length
    # A tuft rises slowly and falls at once, as hair that leans one way; long hair hangs down.
    lean = _outward(dense) + np.array([0.0, 0.35])
    return dense + lean * (0.62 * height * rise**1.5)[:, None]


def _outward(dense: Points) -> Points:
    normal = _normals(np.vstack([dense[-2:], dense, dense[:2]]))[2:-2]
    x, y = dense[:, 0], dense[:, 1]
    area = np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))
    return -normal if area > 0 else normal
