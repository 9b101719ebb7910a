"""Training by arithmetic: what a tiny model must come to, without Keras.

Each pixel is classified by its own three values, divided by 255: a kernel (3, classes), a bias, a
softmax. Its gradient is known, so steps of SGD and RMSprop are a few lines in float64.
"""

import hashlib
import secrets

import numpy as np

from pawmark.vision import checkpoints

# Files that this side has made up: read by their arrays, and not taken for a student's.
_NONCE = secrets.token_bytes(16)
_made: dict[str, list[np.ndarray]] = {}


class Pixels:
    """The model, with its optimizer's memory."""

    def __init__(self, kernel, bias, optimizer="SGD", rate=0.0, **_):
        self.kernel, self.bias = np.array(kernel, float), np.array(bias, float)
        self.optimizer, self.rate = optimizer, float(np.float32(rate))
        self.squares = [np.zeros_like(self.kernel), np.zeros_like(self.bias)]

    @property
    def arrays(self):
        """Its arrays as Keras has them."""
        return [self.kernel[None, None].copy(), self.bias.copy()]

    def probabilities(self, images):
        """Predict for images with values from 0 to 255."""
        scores = np.asarray(images, float) / 255 @ self.kernel + self.bias
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    def loss(self, images, masks):
        """Return the mean cross-entropy of whole-number labels."""
        labels = np.asarray(masks, int)
        chosen = np.take_along_axis(self.probabilities(images), labels, axis=-1)
        return float(-np.log(np.maximum(chosen, 1e-7)).mean())

    def gradients(self, images, masks):
        """Return the slopes of the loss: of kernel and bias."""
        pixels = np.asarray(images, float).reshape(-1, 3) / 255
        off = self.probabilities(images).reshape(len(pixels), -1)
        off[np.arange(len(pixels)), np.asarray(masks, int).ravel()] -= 1
        return [pixels.T @ off / len(pixels), off.mean(axis=0)]

    def step(self, images, masks):
        """Take one step of the optimizer; return the loss before it."""
        loss = self.loss(images, masks)
        for array, move in zip((self.kernel, self.bias), self.moves(images, masks), strict=True):
            array += move
        return loss

    def moves(self, images, masks):
        """Return what a step adds to kernel and bias, and remember the gradient's squares."""
        found = []
        for place, slope in enumerate(self.gradients(images, masks)):
            if self.optimizer == "RMSprop":
                self.squares[place] = 0.9 * self.squares[place] + 0.1 * slope**2
                slope = slope / np.sqrt(self.squares[place] + 1e-7)
            found.append(-self.rate * slope)
        return found


def file_of(arrays):
    """Return what stands for the content of a file with some arrays."""
    data = b"PK" + _NONCE + b"".join(np.ascontiguousarray(one).tobytes() for one in arrays)
    _made[hashlib.sha256(data).hexdigest()] = [np.array(one) for one in arrays]
    return data


def arrays_in(data):
    """Return the arrays in a file, a student's or one of `file_of`; empty where it is none."""
    known = _made.get(hashlib.sha256(data).hexdigest())
    return known if known is not None else checkpoints.arrays(data) or []


def photographs(rng, count, size=(3, 4)):
    """Draw noise with values from 0 to 255, and a label for each pixel."""
    images = rng.integers(0, 256, (count, *size, 3)).astype("float32")
    return images, rng.integers(0, 3, (count, *size, 1)).astype("uint8")


def weights(rng):
    """Draw a kernel and a bias under which no probability is close to 0."""
    return rng.normal(0, 1, (3, 3)).astype("float32"), rng.normal(0, 0.5, 3).astype("float32")
