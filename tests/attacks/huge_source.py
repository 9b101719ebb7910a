"""Hands in a cell of ten megabytes, larger than what may cross to the sandbox.

tries: huge notebooks
outcome: failed, error in your code
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
for cell in notebook["cells"]:
    if cell["metadata"].get("nbgrader", {}).get("grade_id") == "99-weigh":
        cell["source"] += "\nx = '" + "a" * 10_000_000 + "'"
