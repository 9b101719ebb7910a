"""What layers compute, by NumPy."""

import numpy as np

EPSILON, MOMENTUM = 1e-3, 0.99  # as in the notebook


def filled(values, *shape):
    """Return the array that `put` makes of these values for a weight of this shape."""
    return np.resize(np.asarray(values, "float32").astype(float), shape)


def convolve(x, kernel):
    """Compute a convolution with "same" padding and odd kernels: (N, H, W, C) -> (N, H, W, F)."""
    reach = kernel.shape[0] // 2
    padded = np.pad(x, ((0, 0), (reach, reach), (reach, reach), (0, 0)))
    height, width = x.shape[1:3]
    return sum(
        padded[:, i : i + height, j : j + width] @ kernel[i, j]
        for i in range(kernel.shape[0])
        for j in range(kernel.shape[1])
    )


def relu(x):
    """Cut negative values at zero."""
    return np.maximum(x, 0)


def statistics(x, ddof=0):
    """Return mean and variance of each channel over all other axes."""
    axes = tuple(range(x.ndim - 1))
    return x.mean(axis=axes), x.var(axis=axes, ddof=ddof)
