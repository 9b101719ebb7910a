r"""Writes formulas that make links to scripts by other commands than \href.

tries: script in markdown cells
outcome: failed
run: core
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
evil = r"""
$\mmlToken{mtext}[href="javascript:alert(1)"]{click}$ $\require{mml}\mmlToken{mi}[href="javascript:alert(1)"]{x}$
$\csname href\endcsname{javascript:alert(1)}{x}$ $\let\a=\href\a{javascript:alert(1)}{x}$
\begin{equation}\def\b{\href}\b{javascript:alert(1)}{x}\end{equation}
&#92;mmlToken{mtext}[href="javascript:alert(1)"]{x} $\hr<!-- -->ef{javascript:alert(1)}{x}$
"""
for cell in notebook["cells"]:
    if cell["metadata"].get("nbgrader", {}).get("grade_id") == "99-why":
        cell["source"] = evil
notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": evil})
