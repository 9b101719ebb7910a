"""The band along the outline counts as pet.

fails: test_only_the_pet_is_counted
says: the contour is counted as pet
"""


# %% @NN@-pet-share
def pet_share(trimap):
    return float(np.mean(trimap != 2))
