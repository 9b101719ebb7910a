"""Shows as much as one cell may, in each of many cells.

tries: output floods
outcome: failed
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
for _ in range(12):
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "outputs": [],
                              "execution_count": None, "source": "print('x' * 4_000_000)"})
