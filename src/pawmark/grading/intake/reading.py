"""What a file holds that was handed in, seen from its bytes and never from its name.

A notebook of any format from 2 on, whole or cut off, plain or wrapped by a server; a script; or
something else, which is named. Only the text of the cells, pictures pasted into texts and what
cells showed leave it.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pawmark.grading.intake import decoding
from pawmark.grading.intake.budget import Budget
from pawmark.grading.intake.outputs import plain_outputs
from pawmark.grading.intake.skimming import (
    MAX_CELLS,
    SOURCES,
    TOO_LONG,
    CutOffError,
    MalformedError,
    Skimmer,
)
from pawmark.grading.intake.walking import UnreadableError
from pawmark.wording import counted

MAX_SOURCE = 500_000
MAX_SCRIPT = 5_000_000
MAX_PICTURES = 15_000_000
_MAX_OUTPUTS = 100  # of one cell

_KINDS = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture or a recording"),
    (b"PK", "an archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "a document of an old office program (Word, Excel)"),
    (b"7z\xbc\xaf", "a 7z archive, which grading does not open"),
    (b"Rar!", "a RAR archive, which grading does not open"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x28\xb5\x2f\xfd", "an archive of Zstandard, which grading does not open"),
    (b"MSCF", "a cabinet archive, which grading does not open"),
    (b"\x7fELF", "a program, which grading does not start"),
)
_SELF_EXTRACTING = "a program or an archive that unpacks itself, which grading does not start: "
_SELF_EXTRACTING += "hand in the notebook itself, or a .zip"
_OFFICE = (
    (b"word/", "a Word document"),
    (b"xl/", "an Excel workbook"),
    (b"ppt/", "a PowerPoint presentation"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "an OpenDocument text"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file"),
)
_MAIL = re.compile(
    rb"\A(?:(?:From|To|Cc|Date|Subject|Received|Return-Path|Delivered-To|Message-ID"
    rb"|MIME-Version|Content-Type|X-[\w-]+|DKIM-Signature|ARC-[\w-]+|Reply-To):[^\n]*\n"
    rb"(?:[ \t][^\n]*\n)*){3}",
    re.IGNORECASE,
)
_DEEPNOTE = re.compile(rb"^(?:blocks|notebooks|[ \t-]+blocks|[ \t]+notebooks):", re.MULTILINE)
_MARIMO = re.compile(rb"^(?:import marimo\b|app *= *marimo\.App\(|@app\.cell\b)", re.MULTILINE)
_LATEX = re.compile(rb"^[ \t]*\\(?:documentclass\b|begin\{document\})", re.MULTILINE)
_LINK = re.compile(
    rb"\A\s*(?:\[InternetShortcut\]|\[Desktop Entry\](?s:.*)^URL=|https?://\S+\s*\Z"
    rb"|(?:<\?xml(?s:.*))?<plist(?s:.*)<key>URL</key>)",
    re.MULTILINE | re.IGNORECASE,
)
_GOOGLE = re.compile(
    rb'"doc_id"\s*:|"(?:url|open_url)"\s*:\s*"https?://(?:docs|drive|colab\.research)\.google\.'
)
_MAX_LINK = 10_000
_BASE64 = re.compile(
    rb"(?:data:[\w.+/-]*(?:;[\w=.-]+)*;base64,)?([A-Za-z0-9+/]{16}[A-Za-z0-9+/\s]*={0,2})"
)
_LOOK = 20_000
_INSTEAD = ", which grading cannot run: hand in the notebook itself"
_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml|svg)", re.IGNORECASE)
_MARKER = re.compile(rb"^(<{7}|={7}|>{7}|\|{7})(?=[ \r\n]|\Z)", re.MULTILINE)
_PERCENT = re.compile(r"^#[ \t]?(?:%%(?!\w).*|In ?\[[^\]\n]*\]:?|<codecell>|<markdowncell>|\+.*)$")
_PROSE = re.compile(r"\[(markdown|md|raw)\]|<markdowncell>")
_PYTHON = re.compile(
    r"^(?:(?:async +def|def|class) +\w+.*:|import +\w+|from +[\w.]+ +import\b|@\w+|\w+ *=[^=])",
    re.MULTILINE,
)
# Markdown with programs: ```{python}, ```{python name, echo=FALSE}, ```{code-cell}, ```python.
_FENCE = re.compile(
    r"^(`{3,}|~{3,})[ \t]*(?:\{(?:python|code-cell)[ ,}].*|(?:ipython3?|python3?)\b.*)$"
)
# What stands at the head of a program of MyST: lines such as :tags: [a], or a block of YAML.
_OPTIONS = re.compile(r"\A(?:---\n(?:.*\n)*?---[ \t]*(?:\n|\Z)|(?::[\w-]+:.*(?:\n|\Z))+)\n*")
_GRADE_ID = re.compile(r"\bgrade_id\b[\"']?[ \t]*:[ \t]*[\"']?([\w.-]+)")
_HEADER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
_TEXTS = re.compile(r"\n\n\n+|^\+\+\+.*$|^<!-- #(?:end)?(?:region|md|raw)\b.*-->$", re.MULTILINE)
_DEFINES = re.compile(r"^(?:async +def|def|class) +\w+.*:", re.MULTILINE)
_MERGED = "two versions of the file were merged and left side by side (<<<<<<<, >>>>>>>)"
_PICTURES = {
    "image/png": b"\x89PNG\r\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/webp": b"RIFF",
    "image/gif": b"GIF8",
}


@dataclass(frozen=True)
class Cell:
    """The text of a cell, and by what it can be recognised.

    Attributes
    ----------
    kind
        ``code``, ``markdown``, ``raw``, or whatever the file says.
    source
        Its text, with plain line ends.
    cell_id, grade_id
        Its names; empty where it has none.
    pictures
        Pictures that were pasted into it, as notebooks keep them: by name, then by type.
    cut
        Whether not all of its text is here: it was too long.
    outputs
        What it showed when it was handed in, in nbformat's form; as a student wants it to look.
    """

    kind: str
    source: str
    cell_id: str = ""
    grade_id: str = ""
    pictures: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cut: bool = False
    outputs: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Reading:
    """The cells of a file that was handed in.

    Attributes
    ----------
    cells
        The cells; None stands for an entry that is no cell.
    notes
        What was put right, for the student.
    doubts
        Why a person should look at it all the same.
    is_script
        Whether it is a script, which may also lie beside a notebook to help it.
    """

    cells: tuple[Cell | None, ...]
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    is_script: bool = False


def looks_like_notebook(head: bytes) -> bool:
    """Tell by the first bytes (some 4,000) whether the whole file may be a notebook."""
    start = decoding.unified(head)[0].lstrip(b" \t\r\n\x00")
    return start[:1] in (b"{", b"[", b'"', b"<", b"=") and not is_known(start)


def looks_like_text(head: bytes) -> bool:
    """Tell by the first bytes whether a file may be a script."""
    start = decoding.unified(head)[0]
    return bool(start.strip()) and b"\x00" not in start and not is_known(start)


def is_known(start: bytes) -> bool:
    """Tell whether the first bytes are those of a document that is no notebook."""
    magical = any(start.startswith(magic) for magic, _ in _KINDS)
    return magical or _unpacks_itself(start) or bool(_PAGE.match(start))


def office(data: bytes) -> str:
    """Say which document of an office program a zip archive is; empty where it is none."""
    if not (b"[Content_Types].xml" in data or data[30:60].startswith(b"mimetypeapplication/")):
        return ""
    return next((words for mark, words in _OFFICE if mark in data), "")


def described(data: bytes) -> str:
    """Say what a file is that is no notebook, in words for the student."""
    if not data.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        return "it is empty"
    if words := office(data):
        return f"it is {words}{_INSTEAD}"
    for magic, words in _KINDS:
        if data.startswith(magic):
            return f"it is {words}"
    if _unpacks_itself(data):
        return f"it is {_SELF_EXTRACTING}"
    if words := foreign(data):
        return words
    if _PAGE.match(data):
        return "it is a web page"
    if data.lstrip()[:1] in (b"{", b"["):
        return "it is not JSON"
    return "it is no notebook and no script"


def _unpacks_itself(data: bytes) -> bool:
    """Tell whether a file is a program: of Windows, or a script with an archive behind it."""
    return (data.startswith(b"MZ") and b"\x00" in data[:128]) or (
        data.startswith(b"#!") and b"\x00" in data
    )


def foreign(data: bytes) -> str:
    """Say which text it is that could be taken for a notebook or a script, and is none."""
    if _MAIL.match(data[:_LOOK].replace(b"\r\n", b"\n")):
        return "it is an e-mail; hand in the notebook that is attached to it"
    if b"project:" in data and _DEEPNOTE.search(data):
        return "it is a project file of Deepnote; export the notebook there as .ipynb"
    if len(set(_MARIMO.findall(data))) > 1:
        return "it is a notebook of marimo; export it there as .ipynb (marimo export ipynb)"
    if _LATEX.search(data[:_LOOK]):
        return f"it is a document of LaTeX{_INSTEAD}"
    if len(data) < _MAX_LINK and (_LINK.match(data) or _is_link_to_google(data)):
        return "it is a link to a document, and not the document: download it, and hand that in"
    return ""


def _is_link_to_google(data: bytes) -> bool:
    return data.lstrip().startswith(b"{") and bool(_GOOGLE.search(data)) and b'"cells"' not in data


def read(data: bytes, budget: Budget) -> list[Reading]:
    """Read the cells of a file; more than one reading where two versions of it were merged.

    Parameters
    ----------
    data
        The file.
    budget
        What it may cost.

    Raises
    ------
    UnreadableError
        If nothing in it is a notebook or a script; the message says what it is.
    BudgetError
        If it costs too much.
    """
    data, written = decoding.unified(data)
    notes = (f"the file was written in {written}",) if written else ()
    sides = _sides(data)
    if sides is None:
        return [_noted(_version(data, budget), notes, ())]
    doubt = _MERGED
    found = [_try(side, budget) for side in sides]
    if not any(found):
        raise UnreadableError(f"{doubt}, and neither is a notebook")
    return [_noted(reading, notes, (doubt,)) for reading in found if reading is not None]


def _try(data: bytes, budget: Budget) -> Reading | None:
    try:
        return _version(data, budget)
    except UnreadableError:
        return None


def _noted(reading: Reading, notes: tuple[str, ...], doubts: tuple[str, ...]) -> Reading:
    return replace(reading, notes=notes + reading.notes, doubts=doubts + reading.doubts)


def _sides(data: bytes) -> tuple[bytes, bytes] | None:
    """Take the two sides of a merge that was left unfinished apart; None where there is none."""
    marks = {mark[:1] for mark in _MARKER.findall(data)}
    if not {b"<", b"=", b">"} <= marks:
        return None
    ours, theirs, state = [], [], b">"
    for line in data.splitlines(keepends=True):
        mark = _MARKER.match(line)
        if mark:
            state = mark[1][:1]
            continue
        if state in (b">", b"<"):
            ours.append(line)
        if state in (b">", b"="):
            theirs.append(line)
    return b"".join(ours), b"".join(theirs)


def _version(data: bytes, budget: Budget) -> Reading:
    start = data.lstrip(b" \t\r\n\x00")[:1]
    if not start:
        raise UnreadableError("it is empty")
    if start in (b"{", b"[", b'"'):
        return _notebook(data, budget, 0)
    if plain_data := _from_base64(data):
        budget.take_bytes(len(plain_data))
        return _noted(_notebook(plain_data, budget, 0), ("the file was written in base64",), ())
    return _script(data)


def _from_base64(data: bytes) -> bytes:
    """Return what a text in base64 stands for, where that may be a notebook; else nothing.

    Raises
    ------
    UnreadableError
        If it is a file of another kind, which is named.
    """
    found = _BASE64.fullmatch(data.strip())
    if found is None:
        return b""
    try:
        inner = base64.b64decode(b"".join(found[1].split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
    if inner.lstrip().startswith(b"{"):
        return inner
    if is_known(inner) or inner.startswith((b"PK", b"\x1f\x8b")):
        raise UnreadableError(
            "it is a file that was turned into text (base64), as e-mail programs do: hand in the "
            "file itself"
        )
    return b""


def _notebook(data: bytes, budget: Budget, depth: int) -> Reading:
    skimmer, damage = Skimmer(data, budget), ""
    try:
        skimmer.skim()
    except CutOffError:
        damage = "the file is cut off"
    except MalformedError:
        damage = "the file is damaged"
    if not skimmer.found and skimmer.inner and depth < 3:
        return _unwrapped(skimmer.inner, budget, depth)
    if not skimmer.found or not (skimmer.cells or not damage):
        if words := foreign(data):
            raise UnreadableError(words)
        if damage or not data.lstrip().startswith((b"{", b"[")):
            raise UnreadableError("it is not JSON" if not damage else f"it is not JSON: {damage}")
        raise UnreadableError("it has no cells")
    reading = _decoded(skimmer)
    if damage:
        doubt = f"{damage} after {counted(len(skimmer.cells), 'cell')}; only these could be graded"
        reading = replace(reading, doubts=(*reading.doubts, doubt))
    return reading


def _unwrapped(text: bytes, budget: Budget, depth: int) -> Reading:
    """Read a notebook that lies as a text, plain or in base64, in another."""
    inner = _json(text, decoding.UTF8)
    inner = inner if isinstance(inner, str) else ""
    data = inner.encode("utf-8", "replace")
    if not inner.lstrip().startswith(("{", "[")):
        try:
            data = base64.b64decode(data, validate=False)
        except (binascii.Error, ValueError):
            data = b""
    budget.take_bytes(len(data))
    if data.lstrip()[:1] not in (b"{", b"["):
        raise UnreadableError("it has no cells")
    return _notebook(data, budget, depth + 1)


def _decoded(skimmer: Skimmer) -> Reading:
    names = (b"source", b"input", b"metadata")
    texts = b"\n".join(cell.get(name, b"") for cell in skimmer.cells for name in names)
    encoding = decoding.encoding_of(texts)
    notes = []
    if encoding != decoding.UTF8:
        notes.append(f"the file was not written in UTF-8; read as {decoding.name_of(encoding)}")
    doubts = []
    if skimmer.more:
        doubts.append(f"only the first {len(skimmer.cells)} cells were read: there are more")
    pictures = _Pictures()
    cells = [_cell(raw, encoding, pictures) if raw else None for raw in skimmer.cells]
    merged = 0
    for place, cell in enumerate(cells):
        if cell and (sides := _sides(cell.source.encode())):
            cells[place], merged = replace(cell, source=sides[0].decode()), merged + 1
    if merged:
        doubts.append(f"{_MERGED}, in {merged} cell{'s' * (merged > 1)}")
    return Reading(tuple(cells), (*notes, *pictures.notes), tuple(doubts))


def _cell(raw: dict[bytes, bytes], encoding: str, pictures: "_Pictures") -> Cell:
    member = {name.decode(): _json(text, encoding) for name, text in raw.items()}
    kind = _text(member.get("cell_type"))
    source = _source(member.get("source", member.get("input")))
    if kind == "heading":  # of format 3
        level = member.get("level")
        level = level if type(level) is int and 0 < level < 7 else 1
        kind, source = "markdown", f"{'#' * level} {source}"
    nbgrader = _dict(_dict(member.get("metadata")).get("nbgrader"))
    return Cell(
        kind="markdown" if kind == "html" else kind,
        source=source,
        cell_id=_text(member.get("id")),
        grade_id=_text(nbgrader.get("grade_id")),
        pictures={} if kind == "code" else pictures.of(member.get("attachments")),
        cut=TOO_LONG in raw and not any(name in raw for name in SOURCES),
        outputs=tuple(plain_outputs(member.get("outputs"), _MAX_OUTPUTS)) if kind == "code" else (),
    )


def _json(text: bytes, encoding: str) -> Any:
    try:
        return json.loads(text.decode(encoding, "replace"), strict=False)
    except (ValueError, RecursionError, MemoryError):
        return None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _source(value: Any) -> str:
    parts = [_text(part) for part in (value if isinstance(value, list) else [value])]
    # Every line but the last ends in a line end, unless some program has lost them all.
    lost = len(parts) > 1 and not any(part.endswith(("\n", "\r")) for part in parts[:-1])
    return plain(("\n" if lost else "").join(parts))


def plain(text: str) -> str:
    """Return text with plain line ends, without halves of characters, which files cannot hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", "replace").decode("utf-8")


class _Pictures:
    """The pictures that were pasted into the texts of one notebook, as far as there is room."""

    def __init__(self) -> None:
        self.left = MAX_PICTURES
        self.notes: list[str] = []

    def of(self, value: Any) -> dict[str, dict[str, str]]:
        kept: dict[str, dict[str, str]] = {}
        for name, forms in _dict(value).items():
            good = {
                mime: _one_line(text)
                for mime, text in _dict(forms).items()
                if mime in _PICTURES and _is_picture(mime, _one_line(text))
            }
            self.left -= sum(map(len, good.values()))
            if good and self.left >= 0:
                kept[plain(name)[:200]] = good
            else:
                self.notes.append(
                    f"the pasted picture {name[:60]!r} was left out: it is of no kind that is "
                    "known here, or the pictures are too large together"
                )
        return kept


def _one_line(value: Any) -> str:
    parts = value if isinstance(value, list) else [value]
    return "".join("".join(map(_text, parts)).split())


def _is_picture(mime: str, text: str) -> bool:
    try:
        return base64.b64decode(text, validate=True).startswith(_PICTURES[mime])
    except (binascii.Error, ValueError):
        return False


def _script(data: bytes) -> Reading:
    if is_known(data) or len(data) > MAX_SCRIPT or b"\x00" in data or foreign(data):
        raise UnreadableError(described(data))
    encoding = decoding.encoding_of(data)
    text = plain(data.decode(encoding, "replace"))
    if not _PYTHON.search(text):
        raise UnreadableError(described(data))
    fenced = _fenced(text)
    cells = fenced or _split(text)
    what = "Markdown with programs in it" if fenced else "a script"
    notes: tuple[str, ...] = (f"the file is {what}; its parts were taken for cells",)
    if encoding != decoding.UTF8:
        notes += (f"the file was not written in UTF-8; read as {decoding.name_of(encoding)}",)
    doubts: list[str] = []
    if len(cells) < 2:
        doubts.append("it is a script and no notebook, and all of it was run as one cell")
    if len(cells) > MAX_CELLS:
        doubts.append(f"only the first {MAX_CELLS} cells were read: there are more")
    return Reading(tuple(cells[:MAX_CELLS]), notes, tuple(doubts), is_script=True)


def _fenced(text: str) -> list[Cell]:
    """Cut Markdown at its fences: Quarto's, R Markdown's and Jupytext's; empty where it is none."""
    if any(map(_PERCENT.match, text.split("\n"))):
        return []
    cells: list[Cell] = []
    lines: list[str] = []
    fence = ""

    def close(kind: str) -> None:
        whole = "\n".join(lines).strip("\n")
        if kind == "code" and whole:
            cells.append(_program(whole))
        elif kind != "code":
            parts = _TEXTS.split(whole)
            cells.extend(Cell(kind, part.strip("\n")) for part in parts if part.strip())
        lines.clear()

    for line in _HEADER.sub("", text).split("\n"):
        opened = None if fence else _FENCE.match(line)
        if opened or (fence and line.strip() == fence):
            close("code" if fence else "markdown")
            fence = opened[1] if opened else ""
        else:
            lines.append(line)
    close("code" if fence else "markdown")
    prose = "\n".join(cell.source for cell in cells if cell.kind != "code")
    programs = any(cell.kind == "code" for cell in cells)
    return cells if programs and not _DEFINES.search(prose) else []


def _program(text: str) -> Cell:
    """Take the options at the head of a program away; they may hold the name of its cell."""
    options = _OPTIONS.match(text)
    name = _GRADE_ID.search(options[0]) if options else None
    source = text[options.end() :] if options else text
    return Cell("code", source.strip("\n"), grade_id=name[1] if name else "")


def _split(text: str) -> list[Cell]:
    """Split a script into cells at the marks of editors: ``# %%``, ``# In[1]:``, ``# +``."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in text.split("\n"):
        if _PERCENT.match(line):
            parts.append((line, []))
        else:
            parts[-1][1].append(line)
    cells = []
    for head, lines in parts:
        if _PROSE.search(head):
            cells.append(Cell("markdown", _uncommented("\n".join(lines))))
        else:
            cells += _code_and_text("\n".join(lines), "In" in head[:5] or not head)
    return [cell for cell in cells if cell.source.strip()]


def _code_and_text(text: str, exported: bool) -> list[Cell]:
    """Take the comments apart that Jupyter's own export makes of the text below a cell."""
    lines = text.split("\n")
    begin = _comments_at_the_end(lines) if exported else len(lines)
    cells = [Cell("code", "\n".join(lines[:begin]).strip("\n"))]
    return [*cells, Cell("markdown", _uncommented("\n".join(lines[begin:])))]


def _comments_at_the_end(lines: list[str]) -> int:
    """Return where the comments begin that end some lines, if two empty lines stand before them."""
    begin = place = len(lines)
    while place and (not lines[place - 1].strip() or lines[place - 1].startswith("#")):
        place -= 1
        if place == 0 or not any(line.strip() for line in lines[max(place - 2, 0) : place]):
            begin = place
    return begin


def _uncommented(text: str) -> str:
    text = text.strip("\n")
    if text.startswith(('"""', "'''")):
        return text.strip("\"'\n")
    return "\n".join(re.sub(r"^#[ ]?", "", line) for line in text.split("\n")).strip("\n")
