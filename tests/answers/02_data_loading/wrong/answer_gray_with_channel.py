"""The channel axis stays.

names: contract-shape
severity: minor
"""

# %% 02-target-to-gray
def target_to_gray(target):
    return target * 127
