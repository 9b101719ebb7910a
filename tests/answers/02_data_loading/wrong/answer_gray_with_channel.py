"""The channel axis stays.

fails: test_gray_is_a_flat_picture
says: two axes
"""

# %% 02-target-to-gray
def target_to_gray(target):
    return target * 127
