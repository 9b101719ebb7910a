"""The fractions are sorted, the largest first.

fails: test_fractions_of_all_pixels, test_absent_class_has_fraction_zero
says: in another order
"""

# %% 02-class-prior
def class_prior(targets):
    fractions = np.bincount(targets.ravel(), minlength=3) / targets.size
    return np.sort(fractions)[::-1]
