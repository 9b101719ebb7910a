"""Each class counts the same.

names: unweighted
severity: major
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return float(-np.mean([np.log(part) for part in fractions if part > 0]))
