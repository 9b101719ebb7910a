r"""Formulas in what a person wrote, set as pictures: the page loads nothing and runs nothing.

Matplotlib sets what it knows of TeX (``$\frac{1}{n}\sum_i x_i$``); the rest is shown as it was
written.
"""

import base64
import html
import io
import re
from collections.abc import Callable

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

_SIZE = 12.0  # points of the text around
_MAX_FORMULA = 500
_MAX_FORMULAS = 50
# Code is left alone; a dollar before a space, or after one, is money.
_FORMULA = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)"
    r"|\$\$(?P<block>[^$]+?)\$\$"
    r"|\\\[(?P<bracket>.+?)\\\]"
    r"|\\\((?P<round>.+?)\\\)"
    r"|(?<![\\$\w])\$(?P<line>[^\s$](?:[^$\n]*[^\s$\\])?)\$(?!\d)",
    re.DOTALL,
)


def with_formulas(text: str, render: Callable[[str], str]) -> str:
    """Return a text in Markdown as HTML, with its formulas set.

    Parameters
    ----------
    text
        What a person wrote.
    render
        Makes safe HTML of Markdown.
    """
    # No word of the text, and nothing that Markdown or cleaning would change.
    mark = "formula"
    while mark in text:
        mark += "x"
    drawn: list[str] = []

    def kept(match: re.Match[str]) -> str:
        block = match["block"] or match["bracket"]
        tex = block or match["round"] or match["line"]
        if match["code"] or tex is None or len(drawn) >= _MAX_FORMULAS:
            return match[0]
        image = _image(" ".join(tex.split()), bool(block))
        if image is None:
            return match[0]
        drawn.append(image)
        return f"{mark}{len(drawn) - 1}z"

    page = render(_FORMULA.sub(kept, text))
    return re.sub(rf"{mark}(\d+)z", lambda match: drawn[int(match[1])], page)


def _image(tex: str, block: bool) -> str | None:
    """Return a formula as a picture in HTML; None for what cannot be set."""
    if not tex or len(tex) > _MAX_FORMULA:
        return None
    source, font = f"${tex}$", FontProperties(size=_SIZE)
    try:
        width, height, depth, *_ = MathTextParser("path").parse(source, dpi=72, prop=font)
        figure = Figure(figsize=(max(width, 1) / 72, max(height, 1) / 72))
        figure.text(0, depth / max(height, 1), source, fontproperties=font)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    except (ValueError, RuntimeError):  # what Matplotlib does not know of TeX
        return None
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    style = f"height: {height / _SIZE:.3f}em; vertical-align: {-depth / _SIZE:.3f}em"
    kind = "formula block" if block else "formula"
    return (
        f'<img class="{kind}" style="{style}" alt="{html.escape(tex)}" '
        f'src="data:image/svg+xml;base64,{data}">'
    )


__all__ = ["with_formulas"]
