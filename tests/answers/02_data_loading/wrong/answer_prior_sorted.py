"""The fractions are sorted, the largest first.

names: largest-first
severity: fatal
"""

# %% 02-class-prior
def class_prior(targets):
    fractions = np.bincount(targets.ravel(), minlength=3) / targets.size
    return np.sort(fractions)[::-1]
