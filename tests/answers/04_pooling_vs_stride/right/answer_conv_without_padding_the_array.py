"""Skips the places outside instead of padding."""

# %% 04-strided-conv
def strided_conv(x, kernel, stride=2):
    height, width, side = x.shape[0], x.shape[1], kernel.shape[0]
    rows, columns = -(-height // stride), -(-width // stride)
    top = max((rows - 1) * stride + side - height, 0) // 2
    left = max((columns - 1) * stride + side - width, 0) // 2
    result = np.zeros((rows, columns, kernel.shape[3]))
    for i in range(rows):
        for j in range(columns):
            for a in range(side):
                for b in range(side):
                    row, column = i * stride - top + a, j * stride - left + b
                    if 0 <= row < height and 0 <= column < width:
                        result[i, j] += x[row, column] @ kernel[a, b]
    return result
