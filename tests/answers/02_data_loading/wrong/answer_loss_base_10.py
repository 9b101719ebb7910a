"""The logarithm is to base 10.

fails: test_natural_logarithm
says: base 10
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return -sum(part * np.log10(part) for part in fractions if part > 0)
