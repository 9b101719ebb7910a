"""The minus is forgotten.

names: negative
severity: fatal
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return sum(part * np.log(part) for part in fractions if part > 0)
