"""pathlib takes the path apart, and the label is a truth value of NumPy made a number."""

# %% 05-species-label
from pathlib import PurePosixPath


def species_label(path):
    return np.int64(PurePosixPath(path).stem[0].islower())
