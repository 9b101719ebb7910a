"""Hands in a cell that is longer than what may cross to a process.

tries: huge source
outcome: failed
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
notebook["cells"].append({"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
                          "source": "x = '''" + "€" * 3_200_000 + "'''"})
