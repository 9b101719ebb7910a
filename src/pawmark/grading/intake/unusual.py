"""Characters that programs of texts put in the place of those that Python knows."""

import unicodedata

# What stands for a sign of Python's, by that sign: its name, and the characters.
_SIGNS = {
    '"': ("a curly quote", "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u301d\u301e"),
    "'": ("a curly quote", "\u2018\u2019\u201a\u201b\u2039\u203a\u2032\u00b4"),
    "-": ("a dash", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"),
    "*": ("a sign for times", "\u00d7\u2217\u22c5"),
    "/": ("a sign for a fraction", "\u00f7\u2044\u2215"),
    "...": ("an ellipsis", "\u2026"),
    "<=": ("a sign for less or equal", "\u2264"),
    ">=": ("a sign for greater or equal", "\u2265"),
    "!=": ("a sign for unequal", "\u2260"),
}
_MEANT = {sign: (name, meant) for meant, (name, signs) in _SIGNS.items() for sign in signs}


def unusual_in(source: str, line: int) -> str:
    """Name the first character in a line of a program that Python does not take for what it is.

    Parameters
    ----------
    source
        The program; in texts and comments such characters are nothing unusual, so ask only about a
        line that Python refuses.
    line
        The line, from 1.

    Returns
    -------
    str
        For people: what it is, where, and what to write; empty where there is none.
    """
    lines = source.split("\n")
    if not 0 < line <= len(lines):
        return ""
    return next((words for sign in lines[line - 1] if (words := _words(sign, line))), "")


def _words(sign: str, line: int) -> str:
    if sign.isascii():
        return ""
    if sign in _MEANT:
        name, meant = _MEANT[sign]
        return f"{name} {sign} in line {line}; Python wants {meant}"
    code = f"U+{ord(sign):04X}"
    kind = unicodedata.category(sign)
    if kind in ("Zs", "Zl", "Zp"):
        return f"an unusual space ({code}) in line {line}; Python wants an ordinary one"
    if kind in ("Cf", "Cc", "Co", "Cn"):
        return f"a character that editors do not show ({code}) in line {line}; delete it"
    plain = unicodedata.normalize("NFKC", sign)
    if plain != sign and plain.isascii() and not plain.isalnum():  # full-width signs
        return f"a wide sign {sign} in line {line}; Python wants {plain}"
    return ""
