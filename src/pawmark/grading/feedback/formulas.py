r"""Formulas in what a person wrote, set as pictures: the page loads nothing and runs nothing.

Matplotlib sets what it knows of TeX (``$\frac{1}{n}\sum_i x_i$``), and environments of rows are
made of such pictures. The rest is shown as it was written, as code.
"""

import base64
import html
import io
import re
from collections.abc import Callable

from pawmark.grading.feedback.tex import ENVIRONMENTS, Grid, for_mathtext, pieces_of

_SIZE = 12.0  # points of the text around
_LINE = 1.5  # em that a row of a grid takes
_MAX_TEXT = 20_000
_MAX_FORMULA = 1000
_MAX_PICTURES = 200
_MAX_NESTED = 3  # grids in each other
# Code is left alone; a dollar before a space, or after one, is money.
_FORMULA = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)"
    r"|\$\$(?P<block>[^$]+?)\$\$"
    r"|\\\[(?P<bracket>.+?)\\\]"
    r"|\\\((?P<round>.+?)\\\)"
    rf"|(?P<rows>\\begin\{{(?P<name>(?:{'|'.join(ENVIRONMENTS)})\*?)\}}.+?\\end\{{(?P=name)\}})"
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
    if len(text) > _MAX_TEXT:
        return render(text)
    # No word of the text, and nothing that Markdown or cleaning would change.
    mark = "formula"
    while mark in text:
        mark += "x"
    made: list[str] = []
    setter = _Setter()

    def kept(match: re.Match[str]) -> str:
        block = match["block"] or match["bracket"] or match["rows"]
        tex = block or match["round"] or match["line"]
        if match["code"] or tex is None:
            return match[0]
        made.append(setter.formula(" ".join(tex.split()), bool(block)) or _as_code(match[0]))
        return f"{mark}{len(made) - 1}z"

    page = render(_FORMULA.sub(kept, text))
    return re.sub(rf"{mark}(\d+)z", lambda match: made[int(match[1])], page)


def _as_code(written: str) -> str:
    # A dollar or a backslash in it begins no formula for a page that sets them by a script.
    return f'<code class="tex2jax_ignore mathjax_ignore">{html.escape(written)}</code>'


class _Setter:
    """Sets the formulas of one text, as many as a page may have."""

    def __init__(self) -> None:
        self._left = _MAX_PICTURES

    def formula(self, tex: str, block: bool) -> str | None:
        """Return a formula as HTML; None for what cannot be set."""
        if not tex or len(tex) > _MAX_FORMULA:
            return None
        kind = "formula block" if block else "formula"
        try:
            pieces = pieces_of(tex)
            if len(pieces) == 1 and isinstance(pieces[0], str):
                return self._image(pieces[0], f'class="{kind}" alt="{html.escape(tex)}"')
            inner = "".join(self._piece(piece, _MAX_NESTED) for piece in pieces)
        except (ValueError, RuntimeError):  # what Matplotlib does not know of TeX, or too much
            return None
        return f'<span class="{kind}" role="img" aria-label="{html.escape(tex)}">{inner}</span>'

    def _piece(self, piece: str | Grid, nested: int) -> str:
        if isinstance(piece, str):
            return self._image(piece)
        if not nested:
            raise ValueError("too many grids in each other")
        cells = "".join(
            f"<span>{''.join(self._piece(one, nested - 1) for one in pieces_of(cell))}</span>"
            for row in piece.rows
            for cell in row
        )
        columns = f"grid-template-columns: repeat({len(piece.rows[0])}, auto)"
        grid = f'<span class="grid {piece.kind}" style="{columns}">{cells}</span>'
        return self._around(piece, piece.left) + grid + self._around(piece, piece.right)

    def _around(self, grid: Grid, sign: str) -> str:
        """Return a bracket as high as a grid."""
        return self._image(sign, 'class="around" alt=""', len(grid.rows) * _LINE) if sign else ""

    def _image(self, tex: str, attributes: str = 'alt=""', times: float = 1.0) -> str:
        self._left -= 1
        if self._left < 0:
            raise ValueError("more pictures than a page may have")
        # Half a second, which every process of grading would wait for, and few comments ask for.
        from matplotlib.figure import Figure
        from matplotlib.font_manager import FontProperties
        from matplotlib.mathtext import MathTextParser

        source, font = f"${for_mathtext(tex)}$", FontProperties(size=_SIZE * times)
        width, height, depth, *_ = MathTextParser("path").parse(source, dpi=72, prop=font)
        figure = Figure(figsize=(max(width, 1) / 72, max(height, 1) / 72))
        figure.text(0, depth / max(height, 1), source, fontproperties=font)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
        data = base64.b64encode(buffer.getvalue()).decode("ascii")
        style = f"height: {height / _SIZE:.3f}em; vertical-align: {-depth / _SIZE:.3f}em"
        style = style if times == 1.0 else style.partition(";")[0]
        return f'<img {attributes} style="{style}" src="data:image/svg+xml;base64,{data}">'


__all__ = ["with_formulas"]
