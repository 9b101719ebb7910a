"""The logarithm is to base 2.

names: base-2
severity: fatal
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return -sum(part * np.log2(part) for part in fractions if part > 0)
