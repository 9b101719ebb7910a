"""Padding "valid" in place of "same".

fails: test_conv_pads_even_sizes_at_the_end, test_conv_pads_odd_sizes_on_both_sides, test_conv_height_and_width_are_padded_apart
says: is there padding at all
"""

# %% 04-strided-conv
def strided_conv(x, kernel, stride=2):
    side = kernel.shape[0]
    sizes = [(n - side) // stride + 1 for n in x.shape[:2]]
    result = np.zeros((*sizes, kernel.shape[3]))
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            window = x[i * stride : i * stride + side, j * stride : j * stride + side]
            result[i, j] = np.tensordot(window, kernel, axes=3)
    return result
