"""All windows at once, and one einsum."""

# %% 04-strided-conv
def strided_conv(x, kernel, stride=2):
    side = kernel.shape[0]
    sizes = [-(-n // stride) for n in x.shape[:2]]
    padding = []
    for n, outputs in zip(x.shape[:2], sizes, strict=True):
        zeros = max((outputs - 1) * stride + side - n, 0)
        padding.append((zeros // 2, zeros - zeros // 2))
    x = np.pad(x, [*padding, (0, 0)])

    windows = np.lib.stride_tricks.sliding_window_view(x, (side, side), axis=(0, 1))
    return np.einsum("ijcab,abco->ijo", windows[::stride, ::stride], kernel)
