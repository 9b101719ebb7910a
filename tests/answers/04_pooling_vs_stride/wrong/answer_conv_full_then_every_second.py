"""Convolves with stride 1 and keeps every second value, which shifts the windows.

names: half-in-front
severity: major
"""

# %% 04-strided-conv
def strided_conv(x, kernel, stride=2):
    side, step = kernel.shape[0], stride
    stride = 1
    sizes = x.shape[:2]
    front = (side - 1) // 2
    x = np.pad(x, [(front, side), (front, side), (0, 0)])

    result = np.zeros((*sizes, kernel.shape[3]))
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            window = x[i * stride : i * stride + side, j * stride : j * stride + side]
            result[i, j] = np.tensordot(window, kernel, axes=3)
    return result[::step, ::step]
