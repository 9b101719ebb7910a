"""The logarithm is to base 10.

names: base-10
severity: fatal
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return -sum(part * np.log10(part) for part in fractions if part > 0)
