"""Each class counts the same.

fails: test_each_class_counts_by_its_fraction, test_absent_class_costs_nothing
says: a class with few pixels should count little
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return float(-np.mean([np.log(part) for part in fractions if part > 0]))
