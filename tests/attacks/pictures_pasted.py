"""Pastes pictures that are scripts, that are no pictures, and that are not there.

tries: script in markdown cells, huge HTML
outcome: failed
run: core
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
import base64

svg = base64.b64encode(b"<svg onload='alert(1)'><script>alert(1)</script></svg>").decode()
png = base64.b64encode(b"\x89PNG\r\n\x1a\n<script>alert(1)</script>").decode()
names = ['a.png', '"><script>alert(1)</script>', "' onerror='alert(1)", "../../../gradebook.db"]
pictures = {n: {"image/svg+xml": svg, "text/html": svg, "image/png": png} for n in names}
pictures |= {"b": {"image/png": '"><script>alert(1)</script>'}, "c": {"image/svg+xml": svg}, "d": [], "e": 3}
text = "\n".join(f"![x](<attachment:{n}>) ![y](attachment:{n})" for n in [*names, *"bcdef", ""])
for cell in notebook["cells"]:
    if cell["cell_type"] == "markdown":
        cell["source"] = text
        cell["attachments"] = pictures
notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": text, "attachments": pictures})
