"""Saved under another name, with a cell of its own and one that is gone."""

# %% file-name
My copy (1) of *three* tasks.ipynb

# %% extra-cell
helper = 3
print("my own cell", helper)

# %% deleted-cell
01-box-iou-check
