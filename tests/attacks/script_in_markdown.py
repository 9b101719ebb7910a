"""Writes script into a markdown cell of its own and into the answer that a person grades.

tries: script in markdown cells
outcome: failed
run: core
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
evil = """# Look

<script>alert(1)</script> <img src=x onerror=alert(1)> <a href="javascript:alert(1)">a</a>
[b](javascript:alert(1)) ![c](javascript:alert(1)) [e]: javascript:alert(1)
![d](https://example.org/a.png "title' onload='alert(1)") [e] [f](data:text/html,<script>)
<iframe src="javascript:alert(1)"></iframe> <svg onload=alert(1)></svg> <style>*{}</style>

$\\href{javascript:alert(1)}{e}$ $<script>alert(1)</script>$ $$<img src=x onerror=alert(1)>$$
`<script>alert(1)</script>`

```html
<script>alert(1)</script>
```
"""
for cell in notebook["cells"]:
    if cell["metadata"].get("nbgrader", {}).get("grade_id") == "99-why":
        cell["source"] = evil
note = {"cell_type": "markdown", "metadata": {}, "source": evil, "attachments": {
    "a.png": {"image/png": '"><script>alert(1)</script>', "text/html": "<script>"}}}
notebook["cells"] += [note, {**note, "cell_type": "raw", "metadata": {"format": "text/html"}}]
