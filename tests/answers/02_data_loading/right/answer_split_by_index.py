"""np.split cuts the arrays; np.where keeps the logarithm finite."""

# %% 02-train-val-split
def train_val_split(inputs, targets, num_val):
    train_inputs, val_inputs = np.split(inputs, [inputs.shape[0] - num_val])
    train_targets, val_targets = np.split(targets, [targets.shape[0] - num_val])
    return [train_inputs, train_targets, val_inputs, val_targets]

# %% 02-class-prior
def class_prior(targets):
    return tuple((targets == label).mean() for label in (0, 1, 2))

# %% 02-prior-loss
def prior_loss(fractions):
    fractions = np.asarray(fractions)
    safe = np.where(fractions > 0, fractions, 1.0)
    return -(fractions * np.log(safe)).sum()
