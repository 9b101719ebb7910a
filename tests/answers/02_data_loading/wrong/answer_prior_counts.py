"""Counts in place of fractions.

names: counted
severity: fatal
"""

# %% 02-class-prior
def class_prior(targets):
    return np.bincount(targets.ravel(), minlength=3)
