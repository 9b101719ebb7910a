"""The minus is forgotten.

fails: test_loss_is_not_negative
says: begins with a minus
"""

# %% 02-prior-loss
def prior_loss(fractions):
    return sum(part * np.log(part) for part in fractions if part > 0)
