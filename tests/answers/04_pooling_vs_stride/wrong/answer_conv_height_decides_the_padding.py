"""The width gets the padding that the height needs.

names: of-height
severity: major
"""

# %% 04-strided-conv
def strided_conv(x, kernel, stride=2):
    side = kernel.shape[0]
    sizes = [-(-n // stride) for n in x.shape[:2]]
    zeros = max((sizes[0] - 1) * stride + side - x.shape[0], 0)
    x = np.pad(x, [(zeros // 2, side), (zeros // 2, side), (0, 0)])

    result = np.zeros((*sizes, kernel.shape[3]))
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            window = x[i * stride : i * stride + side, j * stride : j * stride + side]
            result[i, j] = np.tensordot(window, kernel, axes=3)
    return result
