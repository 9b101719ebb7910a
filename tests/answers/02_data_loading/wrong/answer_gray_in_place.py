"""The target itself is multiplied.

fails: test_target_unchanged
says: the model would learn from grey values
"""

# %% 02-target-to-gray
def target_to_gray(target):
    target *= 127
    return target[..., 0]
