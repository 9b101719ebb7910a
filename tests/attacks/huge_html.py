"""Displays HTML of megabytes, and HTML whose nesting makes parsers slow or run out of stack.

tries: huge HTML
outcome: failed
"""

# %% first
from IPython.display import HTML, display

display(HTML("<div>" * 150_000))

# %% 99-weigh
display(HTML("<b><p>" * 60_000))
display(HTML("<table><tr><td>" * 20_000 + "x"))


def weigh(values):
    return values

# %% last
display(HTML("<p>a &amp; b</p>" * 200_000))
