"""Puts script, handlers and javascript: addresses into rich outputs, errors and terminal codes.

tries: script and ANSI in outputs, %%javascript
outcome: error in your code
run: core
"""

# %% 99-weigh
from IPython.display import HTML, Image, Javascript, Latex, Markdown, SVG, display

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href=' java\nscript:alert(1)'>a</a>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>b</button></form>",
    "<details open ontoggle=alert(1)>d</details>",
    "<div style='background: url(https://example.org/a.png)'>d</div>",
    "<div style='background: u\\72l(https://example.org/a.png)'>d</div>",
    "<div style='background: image-set(\"https://example.org/a.png\" 1x)'>d</div>",
    "<img src='https://example.org/a.png'>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<base href='https://example.org/'><meta http-equiv=refresh content='0;url=https://example.org'>",
    "<!--><script>alert(1)</script>-->",
    "<noscript><p title='</noscript><script>alert(1)</script>'>",
    "</pre></div></body><script>alert(1)</script>",
]
for text in EVIL:
    for form in (HTML, Javascript, Latex, Markdown):
        display(form(text))
    print(text, "\x1b[31m\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07")
    for mime in ("image/png", "image/jpeg", "image/svg+xml", "text/plain", "application/javascript",
                 "application/vnd.jupyter.widget-view+json", "text/latex", "image/webp"):
        display({mime: f'"><{text[1:]}'}, raw=True, metadata={mime: {"width": '1"onload="alert(1)'}})

# %% last
raise type("<script>alert(1)</script>", (Exception,), {})("\x1b[1m<img src=x onerror=alert(1)>")

# %% hand-in
magic = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
for kind in ("javascript", "html", "svg", "markdown", "latex"):
    text = f"%%{kind}\n<script>alert('from a magic')</script>"
    notebook["cells"].append({**magic, "source": text})
