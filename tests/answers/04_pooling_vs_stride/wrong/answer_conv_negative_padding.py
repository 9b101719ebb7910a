"""Forgets that a narrow kernel needs no padding: np.pad refuses a negative number.

names: negative-padding
severity: minor
"""

# %% 04-strided-conv
def strided_conv(x, kernel, stride=2):
    side = kernel.shape[0]
    sizes = [-(-n // stride) for n in x.shape[:2]]
    padding = []
    for n, outputs in zip(x.shape[:2], sizes, strict=True):
        zeros = (outputs - 1) * stride + side - n
        padding.append((zeros // 2, zeros - zeros // 2))
    x = np.pad(x, [*padding, (0, 0)])

    result = np.zeros((*sizes, kernel.shape[3]))
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            window = x[i * stride : i * stride + side, j * stride : j * stride + side]
            result[i, j] = np.tensordot(window, kernel, axes=3)
    return result
