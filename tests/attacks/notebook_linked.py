"""Hands in a symbolic link to an honest student's notebook in place of a notebook.

tries: other students' files
outcome: could not be read
earns: 0
"""

# %% hand-in
(folder / name).symlink_to("../../00_honest/99_target/99_target.ipynb")
name = None
