"""Writes script into a markdown cell of its own and into the answer that a person grades.

tries: script in markdown cells
outcome: failed
run: core
"""

# %% 99-weigh
def weigh(values):
    return values

# %% 99-why
<script>alert(1)</script> <img src=x onerror=alert(1)>

# %% note
# Look

<script>alert(1)</script> <a href="javascript:alert(1)">a</a> [b](javascript:alert(1))
![c](javascript:alert(1)) ![d](https://example.org/a.png "title' onload='alert(1)")
<iframe src="javascript:alert(1)"></iframe> <svg onload=alert(1)></svg>

$\href{javascript:alert(1)}{e}$
