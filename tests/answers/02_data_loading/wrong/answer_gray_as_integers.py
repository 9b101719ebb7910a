"""The picture is int64.

names: contract-dtype
severity: minor
"""

# %% 02-target-to-gray
def target_to_gray(target):
    return target[..., 0].astype(int) * 127
