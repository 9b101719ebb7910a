"""The largest label of the mask becomes 254.

names: stretched
severity: major
"""

# %% 02-target-to-gray
def target_to_gray(target):
    plane = target[..., 0].astype("float32")
    return (plane / max(plane.max(), 1) * 254).astype("uint8")
