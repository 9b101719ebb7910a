"""Counts pixel by pixel, without NumPy."""


# %% @NN@-pet-share
def pet_share(trimap):
    count = 0
    total = 0
    for row in trimap:
        for label in row:
            count += label == 1
            total += 1
    return count / total
