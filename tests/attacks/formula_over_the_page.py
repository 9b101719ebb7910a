r"""Lays a formula with a style of its own over the points on the page.

tries: script in markdown cells
outcome: failed
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
evil = r"""
$\style{position:fixed;top:0;left:0;width:100%;background:white;font-size:9em}{8\ of\ 8}$
$\bbox[background:url(https://example.org/a)]{x}$ $\class{pm-points}{\cssId{pm-total}{8}}$
"""
notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": evil})
