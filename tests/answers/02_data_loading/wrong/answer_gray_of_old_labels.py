"""1 is subtracted as if the labels still began at 1, and wraps around.

names: old-labels
severity: fatal
"""

# %% 02-target-to-gray
def target_to_gray(target):
    return (target[..., 0] - np.uint8(1)) * np.uint8(127)
