"""A class that is absent gets no fraction at all.

names: what-is-there
severity: minor
"""

# %% 02-class-prior
def class_prior(targets):
    _, counts = np.unique(targets, return_counts=True)
    return counts / counts.sum()
