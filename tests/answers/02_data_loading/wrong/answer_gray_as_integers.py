"""The picture is int64.

fails: test_gray_is_uint8
says: stored as uint8
"""

# %% 02-target-to-gray
def target_to_gray(target):
    return target[..., 0].astype(int) * 127
