"""Writes markdown that makes a renderer slow: endless brackets, stars, quotes and links.

tries: huge HTML
outcome: failed
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
new = [("[" * 30_000), ("*a " * 30_000), ("> " * 3_000 + "a"), ("![a](" * 20_000), ("`" * 9 + "a") * 9_000,
       ("<div>" * 50_000), ("|a" * 20_000 + "\n" + "|-" * 20_000), ("$" * 30_001), ("\\\\begin{a}" * 15_000), ("- " * 2_000 + "x")]
for text in new:
    cell = {"cell_type": "markdown", "metadata": {}, "source": text}
    notebook["cells"].append(cell)
