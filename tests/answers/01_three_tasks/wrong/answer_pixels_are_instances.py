"""Every pixel is an instance.

names: each-pixel
severity: fatal
"""

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    here = mask == label
    return np.where(here, np.cumsum(here).reshape(mask.shape), 0), int(here.sum())
