"""The share of wrong pixels in place of the cross-entropy.

fails: test_each_class_counts_by_its_fraction, test_natural_logarithm
says: minus the logarithm
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return 1 - max(fractions)
