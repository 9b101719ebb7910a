"""Makes outputs of student code safe to show in feedback, formgrader and reports."""

import html
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import bleach
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from nbformat import NotebookNode

from pawmark.grading.boundary import formulas

# What cleaning costs grows with the square of the number of tags.
MAX_TAGS = 5000
MAX_TAGS_OF_A_NOTEBOOK = 20_000
MAX_MARKDOWN = 200_000
MAX_CHARACTERS = 20_000_000
MAX_COPIED = 500_000_000
_MAX_ENVIRONMENTS = 500  # the markdown renderer takes each \begin for a way to the text's end

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
_PLAIN = frozenset({"alt", "title", "scope", "colspan", "rowspan", "width", "height", "open"})
_STYLES = ("max-width", "width", "height", "background", "background-color", "color", "border",
           "border-radius", "padding", "margin", "text-align", "display")  # fmt: skip
_COLOUR = re.compile(r"\x1b(\[[0-9;]*[A-Za-z]?)?")
_DROPPED = "[an output was dropped: the notebook shows more than is kept]\n"
# A function of CSS may load something, and so may one whose name is spelled with escapes.
_LOADS_NOTHING = re.compile(r"([^()\\@]|\b(rgb|hsl)a?\([^()\\]*\))*", re.IGNORECASE)
_IMAGES = tuple(f"data:image/{kind};base64," for kind in ("webp", "png", "jpeg", "gif"))
_SAFE_TYPES = frozenset({"text/plain", "image/png", "image/jpeg"})
_SPELLED = re.compile(r"&(?:#0*(\d{1,7})|#x0*([0-9a-f]{1,6})|(bsol));?", re.IGNORECASE)


def _allowed(tag: str, name: str, value: str) -> bool:
    if name in _PLAIN:
        return True
    if name == "style":
        return _LOADS_NOTHING.fullmatch(value) is not None
    if tag == "img" and name == "src":
        return value.startswith(_IMAGES)
    return tag == "a" and name == "href" and value.startswith(("https://", "http://", "#"))


def clean_html(text: str) -> str:
    """Return HTML that holds no script, no remote address but links, no form, no odd formula."""
    page = bleach.clean(
        text,
        tags=_TAGS,
        attributes=_allowed,
        protocols={"https", "http", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES),
        strip=True,
    )
    return formulas.only_known(_SPELLED.sub(_spelled_out, page))


def _spelled_out(match: re.Match[str]) -> str:
    """Write letters and backslashes as themselves, which a browser would do before MathJax."""
    decimal, hexadecimal, _ = match.groups()
    code = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else ord("\\")
    letter = chr(code) if code < 128 else ""
    return letter if letter.isalpha() or letter == "\\" else match[0]


class Cleaner:
    """Makes the outputs of one notebook safe to show, and drops what is too much of them."""

    def __init__(self) -> None:
        self.tags = MAX_TAGS_OF_A_NOTEBOOK
        self.characters = MAX_CHARACTERS

    def clean(self, outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
        """Return outputs whose rich forms are pictures, plain text or cleaned HTML."""
        return [self._output(output) for output in outputs]

    def _output(self, output: NotebookNode) -> NotebookNode:
        self.characters -= len(json.dumps(output))
        if self.characters < 0:
            return NotebookNode(output_type="stream", name="stderr", text=_DROPPED)
        if output.output_type in ("display_data", "execute_result"):
            data = NotebookNode(self._rich(output.data))
            return NotebookNode({**output, "data": data, "metadata": NotebookNode()})
        lines = {"traceback": _calm("\n".join(output.get("traceback", []))).split("\n")}
        text = {name: _calm(output[name]) for name in ("text", "evalue") if name in output}
        return NotebookNode({**output, **text, **(lines if "traceback" in output else {})})

    def _rich(self, data: dict[str, str]) -> dict[str, str]:
        kept = {mime: _calm(value) for mime, value in data.items() if mime in _SAFE_TYPES}
        page = str(data.get("text/html", ""))
        self.tags -= (tags := page.count("<"))
        if "text/html" in data and tags <= MAX_TAGS and self.tags >= 0:
            kept["text/html"] = clean_html(page)
        return kept


def _calm(text: str) -> str:
    """Drop terminal colours that are too many: each takes a copy of the text that follows it."""
    if text.count("\x1b") * len(text) < MAX_COPIED:
        return text
    return _COLOUR.sub("", text)


@pass_context
def render_markdown(context: Any, source: str) -> str:
    """Turn markdown into HTML that is safe to show, as a filter of nbconvert's templates.

    Comments and markdown cells may hold what a student wrote.
    """
    # Where outputs are cleaned, and nothing is rendered, nobody should wait for it.
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    if len(source) > MAX_MARKDOWN or source.count("\\begin") > _MAX_ENVIRONMENTS:
        return _as_written(source)
    cell = context.get("cell", {})
    attachments = _Pasted(cell.get("attachments", {}))
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    page = MarkdownWithMath(renderer=renderer).render(source)
    return clean_html(page) if page.count("<") <= MAX_TAGS else _as_written(source)


class _Pasted(dict[str, Any]):
    """Pictures that were pasted into a text, by name; one that is missing is left out.

    To the renderer it would be an error, and then nobody could read the rest of the notebook.
    """

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> dict[str, str]:
        return self.get(unquote(name)) or {"image/missing": ""}


def unchanged(text: str) -> str:
    """Stand for a filter that looks for links to Jupyter's old file server.

    Its pattern takes a minute for a line of brackets, and no notebook here has such links.
    """
    return text


def _as_written(source: str) -> str:
    return formulas.only_known(f"<pre>{html.escape(source[:MAX_MARKDOWN])}</pre>")
