"""Adds up strided slices, one for each place of the kernel."""

# %% 04-strided-conv
def strided_conv(x, kernel, stride=2):
    side = kernel.shape[0]
    sizes = [-(-n // stride) for n in x.shape[:2]]
    padding = []
    for n, outputs in zip(x.shape[:2], sizes, strict=True):
        zeros = max((outputs - 1) * stride + side - n, 0)
        padding.append((zeros // 2, zeros - zeros // 2))
    x = np.pad(x, [*padding, (0, 0)])

    rows, columns = (stride * (n - 1) + 1 for n in sizes)
    return sum(
        x[i : i + rows : stride, j : j + columns : stride] @ kernel[i, j]
        for i in range(side)
        for j in range(side)
    )
