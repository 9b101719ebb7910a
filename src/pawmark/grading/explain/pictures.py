"""Draws a value that is like a picture, so that people see what a function was given."""

import io
from typing import Any

import numpy as np
from PIL import Image

_LEAST, _MOST = 3, 4096  # pixels a side
_WIDE = 240  # pixels that a small picture is made as wide as
_FEW = 20  # so many numbers are better read


def picture_of(value: Any) -> bytes | None:
    """Return an array as the content of a PNG file; None where it is not like a picture.

    Whole numbers of a few labels, and fractions, are stretched to all greys.
    """
    array = value if isinstance(value, np.ndarray) else None
    if array is None or array.dtype.kind not in "biuf" or array.size <= _FEW:
        return None
    plane = _plane(array)
    if plane is None or not all(_LEAST <= side <= _MOST for side in plane.shape[:2]):
        return None
    buffer = io.BytesIO()
    picture = Image.fromarray(_bytes(plane))
    times = max(1, _WIDE // max(picture.size))
    size = picture.width * times, picture.height * times
    picture.resize(size, Image.Resampling.NEAREST).save(buffer, "PNG")
    return buffer.getvalue()


def _plane(array: np.ndarray) -> np.ndarray | None:
    """Return an array as (H, W) or (H, W, 3); of a batch its first."""
    if array.ndim == 4:
        array = array[0]
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim == 3 and array.shape[0] == 1:
        array = array[0]
    return array if array.ndim == 2 or (array.ndim == 3 and array.shape[-1] == 3) else None


def _bytes(plane: np.ndarray) -> np.ndarray:
    numbers = np.nan_to_num(plane.astype(float))
    low, high = float(numbers.min()), float(numbers.max())
    if plane.dtype == np.uint8 and high > 16:
        return plane
    if plane.ndim == 3 and low >= 0 and 1 < high <= 255:
        low, scale = 0.0, 1.0
    else:
        scale = 255 / (high - low) if high > low else 0.0
    grey: np.ndarray = ((numbers - low) * scale).astype(np.uint8)
    return grey


__all__ = ["picture_of"]
