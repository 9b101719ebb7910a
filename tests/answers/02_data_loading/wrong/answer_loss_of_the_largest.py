"""Only the most frequent class is looked at.

fails: test_each_class_counts_by_its_fraction
says: not the mean over all pixels
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return float(-np.log(max(fractions)))
