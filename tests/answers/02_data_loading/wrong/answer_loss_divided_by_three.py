"""The weighted sum is divided by the number of classes.

names: divided
severity: fatal
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return float(-np.mean([part * np.log(part) if part > 0 else 0.0 for part in fractions]))
