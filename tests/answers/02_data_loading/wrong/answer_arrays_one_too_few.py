"""The last pair is left out.

names: last-left-out
severity: fatal
"""

# %% 02-load-arrays
def load_arrays(pairs, img_size):
    inputs, targets = [], []
    for i in range(len(pairs) - 1):
        inputs.append(path_to_input_image(pairs[i][0], img_size))
        targets.append(path_to_target(pairs[i][1], img_size))
    return np.stack(inputs), np.stack(targets)
