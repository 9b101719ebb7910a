"""Returns a percentage.

fails: test_share_is_a_part_of_one
says: this is a percentage
"""


# %% @NN@-pet-share
def pet_share(trimap):
    return 100 * float(np.mean(trimap == 1))
