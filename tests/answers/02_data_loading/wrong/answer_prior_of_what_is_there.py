"""A class that is absent gets no fraction at all.

fails: test_absent_class_has_fraction_zero
says: also for one that is absent
"""

# %% 02-class-prior
def class_prior(targets):
    _, counts = np.unique(targets, return_counts=True)
    return counts / counts.sum()
