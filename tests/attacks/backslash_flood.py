r"""Writes a hundred thousand commands of TeX into a cell, and a million into an output.

tries: huge markdown
outcome: failed
"""

# %% 99-weigh
from IPython.display import HTML, display

display(HTML("$" + "\\x" * 1_000_000 + "$"))


def weigh(values):
    return values

# %% hand-in
evil = "$" + "\\x" * 95_000 + "$"
notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": evil})
