"""The band along the outline counts as pet.

names: contour-is-pet
severity: major
"""


# %% @NN@-pet-share
def pet_share(trimap):
    return float(np.mean(trimap != 2))
