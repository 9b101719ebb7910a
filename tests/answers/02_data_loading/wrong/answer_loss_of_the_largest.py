"""Only the most frequent class is looked at.

names: of-the-largest
severity: major
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return float(-np.log(max(fractions)))
