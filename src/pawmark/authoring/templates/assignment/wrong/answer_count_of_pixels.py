"""Returns how many pixels are pet, not which share.

names: counted
severity: fatal
"""


# %% @NN@-pet-share
def pet_share(trimap):
    return int(np.sum(trimap == 1))
