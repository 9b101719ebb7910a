"""The logarithm is to base 2.

fails: test_natural_logarithm
says: base 2
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return -sum(part * np.log2(part) for part in fractions if part > 0)
