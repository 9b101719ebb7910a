"""Hands in a symbolic link to an honest student's folder in place of a folder.

tries: other students' files, exchange-folder tricks
outcome: could not be read
earns: 0
run: core
"""

# %% hand-in
folder.rmdir()
folder.symlink_to("../00_honest/99_target")
name = None
