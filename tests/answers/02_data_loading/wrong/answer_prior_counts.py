"""Counts in place of fractions.

fails: test_fractions_add_up_to_one
says: divide the counts
"""

# %% 02-class-prior
def class_prior(targets):
    return np.bincount(targets.ravel(), minlength=3)
