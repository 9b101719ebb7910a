"""Makes its own folder, with all assignments in it, a symbolic link to an honest student's.

tries: other students' files, exchange-folder tricks
outcome: could not be read
earns: 0
"""

# %% hand-in
folder.rmdir()
folder.parent.rmdir()
folder.parent.symlink_to("00_honest")
name = None
