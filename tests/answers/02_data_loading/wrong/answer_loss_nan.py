"""0 times log(0) is nan.

names: absent-is-nan
severity: minor
"""

# %% 02-prior-loss
def prior_loss(fractions):
    fractions = np.array(fractions)
    return float(-np.sum(fractions * np.log(fractions)))
