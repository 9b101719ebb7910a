"""The target itself is multiplied.

names: contract-arguments
severity: minor
"""

# %% 02-target-to-gray
def target_to_gray(target):
    target *= 127
    return target[..., 0]
