"""The characters of a file that does not say how it is written.

Notebooks are UTF-8. Editors on all systems have written others: with a byte order mark, in UTF-16,
or in the code page of the system. All code pages here agree on ASCII, and so on code; what is to
be decided is how letters with accents in comments and texts are read.
"""

import codecs

UTF8 = "utf-8"

_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# In the order in which they are believed: Windows, old Macintosh, and what decodes anything.
_PAGES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "latin-1": "ISO 8859-1"}
_NAMES = {**_PAGES, UTF8: "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
          "utf-32-le": "UTF-32", "utf-32-be": "UTF-32"}  # fmt: skip
_USUAL = frozenset(  # letters and signs of the languages of Western Europe
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßÀÁÂÄÅÇÉÈÊÑÖÓÜÚÍØÆŒ–—‘’“”„…€£§°±×÷µ«»©®²³½·•™¡¿"  # noqa: RUF001
)
_SAMPLE = 200_000


def unified(data: bytes) -> tuple[bytes, str]:
    """Take the byte order mark off, and turn what is not written byte by byte into UTF-8.

    Parameters
    ----------
    data
        A file.

    Returns
    -------
    data
        The same text, in which ASCII characters are single bytes.
    name
        How it was written, for people; empty where that is nothing unusual.
    """
    encoding = _marked(data) or _unmarked(data)
    if encoding is None:
        return data, ""
    if encoding == UTF8:
        return data[len(codecs.BOM_UTF8) :], ""
    text = data.decode(encoding, "replace").removeprefix("\ufeff")
    return text.encode(UTF8, "replace"), _NAMES[encoding]


def _marked(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def _unmarked(data: bytes) -> str | None:
    """Recognise UTF-16 and UTF-32 without a mark by the zero bytes of their ASCII characters."""
    head = data[:400]
    zeros = [head[place::4].count(0) / max(len(head[place::4]), 1) for place in range(4)]
    most = [share > 0.9 for share in zeros]
    forms: dict[tuple[bool, ...], str] = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }
    return forms.get(tuple(most)) if len(head) >= 8 else None


def encoding_of(data: bytes) -> str:
    """Tell in which encoding bytes are written that are ASCII for the most part.

    Where single bytes are letters with an accent, it is the code page in which most of them are
    characters that people use.
    """
    try:
        data.decode(UTF8)
    except UnicodeDecodeError:
        high = data.translate(None, bytes(range(128)))[:_SAMPLE]
        return UTF8 if _is_hurt_utf8(data) else _page_of(high)
    return UTF8


def _is_hurt_utf8(data: bytes) -> bool:
    """Tell whether all but a few of the characters beyond ASCII are good UTF-8."""
    text = data.decode(UTF8, "replace")
    bad = text.count("\ufffd")
    return bad * 10 <= sum(not letter.isascii() for letter in text[: 10 * _SAMPLE]) - bad


def _page_of(high: bytes) -> str:
    def usual(encoding: str) -> int:
        try:
            return sum(1 if letter in _USUAL else -1 for letter in high.decode(encoding))
        except UnicodeDecodeError:
            return -len(high) - 1

    return max(_PAGES, key=usual)  # the first of equals


def name_of(encoding: str) -> str:
    """Return what people call an encoding of `encoding_of`."""
    return _NAMES[encoding]
