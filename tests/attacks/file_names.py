"""Names its notebook with HTML, terminal codes and a newline, and adds more notebooks.

tries: file names, path traversal in names
outcome: failed
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
name = "<script>alert(1)<\u2215script>\x1b[31m\n[AutogradeApp | ERROR] %s {0} .. \u202e.ipynb"
for other in ("..\u2215..\u2215source.ipynb", "%2e%2e%2f.ipynb", "-rf.ipynb", "' or 1=1.ipynb"):
    (folder / other).write_text("{}")
