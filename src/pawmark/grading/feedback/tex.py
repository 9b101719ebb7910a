r"""TeX as people write it, taken apart into what Matplotlib sets.

Matplotlib's own reader of formulas wants braces around every argument, knows one name of each sign
and no environments. What is written otherwise here means the same to TeX.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

MAX_DEPTH = 20  # of braces; a formula that people read has four or five

_OTHER_NAMES = {
    r"\le": r"\leq", r"\ge": r"\geq", r"\land": r"\wedge", r"\lor": r"\vee", r"\lnot": r"\neg",
    r"\gets": r"\leftarrow", r"\owns": r"\ni", r"\implies": r"\;\Longrightarrow\;",
    r"\impliedby": r"\;\Longleftarrow\;", r"\iff": r"\;\Longleftrightarrow\;",
    r"\lvert": "|", r"\rvert": "|", r"\lVert": r"\|", r"\rVert": r"\|",
    r"\tfrac": r"\frac", r"\cfrac": r"\dfrac", r"\dbinom": r"\binom", r"\tbinom": r"\binom",
    r"\bm": r"\boldsymbol", r"\pmb": r"\boldsymbol", r"\textrm": r"\text", r"\textnormal": r"\text",
    r"\stackrel": r"\overset", r"\bmod": r"\;\mathrm{mod}\;",
    r"\dotsc": r"\ldots", r"\dotsb": r"\cdots", r"\dotsm": r"\cdots", r"\dotsi": r"\cdots",
}  # fmt: skip
# What only says how large something is to be, or where a limit or a number stands.
_WITHOUT_EFFECT = frozenset({
    r"\displaystyle", r"\textstyle", r"\limits", r"\nolimits", r"\notag", r"\nonumber", r"\big",
    r"\Big", r"\bigg", r"\Bigg", r"\bigl", r"\Bigl", r"\biggl", r"\Biggl", r"\bigr", r"\Bigr",
    r"\biggr", r"\Biggr", r"\bigm", r"\Bigm", r"\biggm", r"\Biggm",
})  # fmt: skip
_ARGUMENTS = {
    **dict.fromkeys((r"\frac", r"\dfrac", r"\binom", r"\overset", r"\underset"), 2),
    **dict.fromkeys((
        r"\sqrt", r"\overline", r"\operatorname", r"\text", r"\boldsymbol",
        r"\mathrm", r"\mathbf", r"\mathit", r"\mathsf", r"\mathtt", r"\mathcal", r"\mathscr",
        r"\mathfrak", r"\mathbb",
    ), 1),
}  # fmt: skip
_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\s+|.", re.DOTALL)

# Environments by how they stand: columns by turns to the right and to the left, or all centred.
_TURNS = ("align", "aligned", "alignat", "split", "eqnarray", "flalign")
_CENTRED = ("gather", "gathered", "equation", "multline", "displaymath", "math", "array")
_DELIMITERS = {
    "cases": (r"\{", ""), "matrix": ("", ""), "smallmatrix": ("", ""), "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"), "Bmatrix": (r"\{", r"\}"), "vmatrix": ("|", "|"),
    "Vmatrix": (r"\|", r"\|"),
}  # fmt: skip
ENVIRONMENTS = (*_TURNS, *_CENTRED, *_DELIMITERS)
_LEFT = re.compile(r"\\left\s*(\\[{|]|\\[A-Za-z]+|[(\[|.])\s*\Z")
_RIGHT = re.compile(r"\A\s*\\right\s*(\\[}|]|\\[A-Za-z]+|[)\]|.])")
_SIGN = re.compile(
    r"\\begin\s*\{(?P<begin>[A-Za-z]+)\*?\}(?:(?<=array\})\s*\{[lcr|\s]*\})?"
    r"|\\end\s*\{(?P<end>[A-Za-z]+)\*?\}"
    r"|(?P<row>\\\\(?:\s*\[[^\[\]]*\])?)|\\.|(?P<open>\{)|(?P<close>\})|(?P<cell>&)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Grid:
    """An environment of rows.

    Attributes
    ----------
    kind
        "turns", "centred", or "matrix".
    rows
        The cells, as TeX; all rows have as many.
    left, right
        What stands around them, as TeX; empty for nothing.
    """

    kind: str
    rows: tuple[tuple[str, ...], ...]
    left: str = ""
    right: str = ""


def pieces_of(tex: str) -> list[str | Grid]:
    """Take a formula apart into what stands beside each other: TeX without environments, and grids.

    Raises
    ------
    ValueError
        When something in it is not closed, or an environment is not known.
    """
    signs = list(_outermost(tex))
    if any(sign["row"] or sign["cell"] for sign in signs):
        return [_grid("aligned", tex)]
    found: list[str | Grid] = []
    last = 0
    for begin, end in zip(signs[::2], signs[1::2], strict=True):
        if begin["begin"] != end["end"]:
            raise ValueError(f"\\begin{{{begin['begin']}}} has another end")
        found += [tex[last : begin.start()], _grid(begin["begin"], tex[begin.end() : end.start()])]
        last = end.end()
    found.append(tex[last:])
    return _with_delimiters(found)


def _outermost(tex: str) -> Iterator[re.Match[str]]:
    """Yield the ends of rows and cells, and the borders of environments, that lie in no other."""
    depth = 0
    for sign in _SIGN.finditer(tex):
        if sign["close"] or sign["end"]:
            depth -= 1
        if depth == 0 and (sign["begin"] or sign["end"] or sign["row"] or sign["cell"]):
            yield sign
        if sign["open"] or sign["begin"]:
            depth += 1
        if not 0 <= depth <= MAX_DEPTH:
            raise ValueError("braces that are not closed, or too many in each other")
    if depth:
        raise ValueError("braces that are not closed")


def _grid(name: str, body: str) -> Grid:
    rows: list[list[str]] = [[]]
    last = 0
    for sign in _outermost(body):
        if sign["row"] or sign["cell"]:
            rows[-1].append(body[last : sign.start()].strip())
            last = sign.end()
        if sign["row"]:
            rows.append([])
    rows[-1].append(body[last:].strip())
    if rows[-1] == [""] and len(rows) > 1:
        rows.pop()
    width = max(map(len, rows))
    width += width % 2 if name in _TURNS else 0
    cells = tuple((*row, *[""] * (width - len(row))) for row in rows)
    if name in _DELIMITERS:
        return Grid("matrix", cells, *_DELIMITERS[name])
    if name not in ENVIRONMENTS:
        raise ValueError(f"\\begin{{{name}}} is not known")
    return Grid("turns" if name in _TURNS else "centred", cells)


def _with_delimiters(found: list[str | Grid]) -> list[str | Grid]:
    r"""Give a grid what stands around it as ``\left(`` and ``\right)``."""
    for place in range(1, len(found) - 1, 2):
        before, grid, after = found[place - 1 : place + 2]
        assert isinstance(before, str)
        assert isinstance(grid, Grid)
        assert isinstance(after, str)
        left, right = _LEFT.search(before), _RIGHT.search(after)
        if left and right:
            around = (sign[1] if sign[1] != "." else "" for sign in (left, right))
            found[place] = Grid(grid.kind, grid.rows, *around)
            found[place - 1], found[place + 1] = before[: left.start()], after[right.end() :]
    return [piece for piece in found if isinstance(piece, Grid) or piece.strip()]


def for_mathtext(tex: str) -> str:
    r"""Return TeX without environments as Matplotlib reads it: ``\frac1p`` as ``\frac{1}{p}``.

    Raises
    ------
    ValueError
        When an argument is missing, or a brace is not closed.
    """
    tokens = deque(_TOKEN.findall(tex))
    written = []
    while tokens:
        written.append(_next(tokens))
    return "".join(written)


def _next(tokens: deque[str]) -> str:
    word = tokens.popleft()
    if word == "{":
        return _group(tokens, "}")
    if word in _WITHOUT_EFFECT:
        return " "
    if word == r"\tag":
        return rf"\qquad\text{{({_argument(tokens)[1:-1]})}}"
    word = _OTHER_NAMES.get(word, word)
    if word == r"\sqrt" and _ahead(tokens) == "[":
        tokens.popleft()
        word += f"[{_group(tokens, ']')[1:-1]}]"
        return word + _argument(tokens)
    return word + "".join(_argument(tokens) for _ in range(_ARGUMENTS.get(word, 0)))


def _group(tokens: deque[str], closing: str) -> str:
    written = []
    while tokens and tokens[0] != closing:
        written.append(_next(tokens))
    if not tokens:
        raise ValueError(f"{closing} is missing")
    tokens.popleft()
    return f"{{{''.join(written)}}}"


def _argument(tokens: deque[str]) -> str:
    ahead = _ahead(tokens)
    if not ahead or ahead == "}":
        raise ValueError("an argument is missing")
    return _next(tokens) if ahead == "{" else f"{{{_next(tokens)}}}"


def _ahead(tokens: deque[str]) -> str:
    """Return the next word that is no space, which it makes the first."""
    while tokens and tokens[0].isspace():
        tokens.popleft()
    return tokens[0] if tokens else ""


__all__ = ["ENVIRONMENTS", "Grid", "for_mathtext", "pieces_of"]
