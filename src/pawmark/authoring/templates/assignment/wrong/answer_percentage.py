"""Returns a percentage.

names: percentage
severity: fatal
"""


# %% @NN@-pet-share
def pet_share(trimap):
    return 100 * float(np.mean(trimap == 1))
