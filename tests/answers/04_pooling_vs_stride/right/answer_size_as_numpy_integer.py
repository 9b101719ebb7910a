"""The size is a NumPy integer."""

# %% 04-output-size
def output_size(n, kernel, stride, padding):
    starts = np.arange(0, n, stride)
    if padding == "valid":
        starts = starts[starts + kernel <= n]
    return np.int64(starts.size)
