"""Hands in a notebook whose metadata are forty megabytes of brackets, gigabytes as objects.

tries: huge or deeply nested metadata, floods of time
outcome: failed, could not be read
earns: 4, 0
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
import json

raw = '{"metadata": {"x": [' + "[]," * 13_000_000 + "0]}, " + json.dumps(notebook)[1:]
