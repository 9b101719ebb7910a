"""The labels 1, 2 and 3 of the files are counted.

names: old-labels
severity: fatal
"""

# %% 02-class-prior
def class_prior(targets):
    return [float(np.mean(targets == label)) for label in (1, 2, 3)]
