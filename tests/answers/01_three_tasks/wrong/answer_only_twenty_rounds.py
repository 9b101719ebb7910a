"""Numbers spread to neighbours in a fixed number of rounds.

names: twenty-rounds
severity: major
"""

# %% 01-semantic-to-instances
def semantic_to_instances(mask, label):
    here = np.pad(mask == label, 1)
    numbers = np.where(here, np.arange(1, here.size + 1).reshape(here.shape), 0)
    for _ in range(20):
        for axis in (0, 1):
            for step in (-1, 1):
                numbers = np.where(here, np.maximum(numbers, np.roll(numbers, step, axis)), 0)
    values = np.unique(numbers[numbers > 0])
    ids = np.where(here, np.searchsorted(values, numbers) + 1, 0)[1:-1, 1:-1]
    return ids, len(values)
