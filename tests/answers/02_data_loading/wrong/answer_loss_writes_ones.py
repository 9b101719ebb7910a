"""Fractions of 0 become 1 in the caller's own array, so that their logarithm is 0.

names: contract-arguments
severity: minor
"""

# %% 02-prior-loss
def prior_loss(fractions):
    p = np.asarray(fractions, dtype=float)
    p[p == 0] = 1
    return float(-np.sum(p * np.log(p)))
