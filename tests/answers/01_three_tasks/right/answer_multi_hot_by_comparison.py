"""A table of comparisons of truth values, with unknown labels found first."""

# %% 01-multi-hot
def multi_hot(labels, classes):
    unknown = set(labels) - set(classes)
    if unknown:
        raise ValueError(f"unknown labels: {sorted(unknown)}")
    return np.isin(classes, list(labels))
