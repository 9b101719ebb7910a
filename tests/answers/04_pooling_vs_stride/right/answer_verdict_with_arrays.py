"""NumPy arrays, a sign, and sorted runs."""

# %% 04-verdict
def verdict(stride, maxpool, lower_is_better):
    sign = 1 if lower_is_better else -1
    a, b = np.sort(sign * np.asarray(stride)), np.sort(sign * np.asarray(maxpool))
    words = np.array(["undecided", "stride", "maxpool"])
    return str(words[1 * (a[-1] < b[0]) + 2 * (b[-1] < a[0])])
