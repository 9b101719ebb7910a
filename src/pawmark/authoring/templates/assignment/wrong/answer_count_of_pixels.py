"""Returns how many pixels are pet, not which share.

fails: test_share_is_a_part_of_one
says: this counts pixels
"""


# %% @NN@-pet-share
def pet_share(trimap):
    return int(np.sum(trimap == 1))
