"""All windows, and then every size-th of them."""

# %% 04-max-pool
def max_pool(x, size=2):
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(0, 1))
    return windows[::size, ::size].max(axis=(-2, -1))
