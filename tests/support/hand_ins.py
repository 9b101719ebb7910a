"""Hand-ins as people make them, each built from the right answers of one small assignment.

`SHAPES` holds one function for each shape, by kind. Each is given an empty folder and `Work`, and
puts there what somebody would have handed in. What comes of it stands beside it:

``full``
    all points of the checks, and nobody is asked;
``asked``
    all points of the checks, and a person is asked to look;
``unread``
    nothing can be graded, and a person is asked.
"""

# ruff: noqa: D401  (a docstring names the shape, as people do)

import base64
import bz2
import copy
import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from check_files import write_checks
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from pawmark.grading.intake.first_cell import source_of
from pawmark.grading.intake.forms import release_form

NAME = "01_small"
FILE = f"{NAME}.ipynb"
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
REASON = "Because twice is not enough, I say with an accent: café."
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ANSWERS = {
    "01-double": "def double(x):\n    # café\n    return 2 * x",
    "01-treble": "def treble(x):\n    return 3 * x",
}
CHECKS = '''
import pytest
from pawmark.checks import expect


@pytest.mark.cell("01-double")
def test_double(student):
    """double doubles."""
    expect(student.call("double", 2) == 4, "double does not double")


@pytest.mark.cell("01-treble")
def test_treble(student):
    """treble trebles."""
    expect(student.call("treble", 2) == 6, "treble does not treble")
'''


def _flags(grade_id: str, **changed: Any) -> dict[str, Any]:
    usual = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": usual | {"grade_id": grade_id, "schema_version": 3} | changed}


def source_notebook() -> NotebookNode:
    """Write the assignment: two exercises of five points, and a written answer of two."""
    cells = [
        new_markdown_cell("# Small\n\nTwo functions and a reason.", id="intro"),
        new_code_cell(
            "import math\n\nTEN = 10", id="setup", metadata=_flags("01-setup", locked=True)
        ),
    ]
    for name, factor in (("double", 2), ("treble", 3)):
        body = f"### BEGIN SOLUTION\n    return {factor} * x\n    ### END SOLUTION"
        check = f"_got = {name}(1)\nassert _got is not None, 'nothing'\nassert _got == {factor}"
        marks = _flags(f"01-{name}-check", grade=True, locked=True, points=5)
        cells += [
            new_markdown_cell(f"## {name.capitalize()}", id=f"{name}-text"),
            new_code_cell(
                f"def {name}(x):\n    {body}", id=name, metadata=_flags(f"01-{name}", solution=True)
            ),
            new_code_cell(check, id=f"{name}-check", metadata=marks),
        ]
    marks = _flags("01-why", grade=True, solution=True, points=2)
    cells += [
        new_markdown_cell("## Why\n\nSay why, in a sentence.", id="why-text"),
        new_markdown_cell("A model answer.", id="why", metadata=marks),
        new_markdown_cell("## The end", id="end"),
        new_code_cell("# Your own experiments", id="space"),
    ]
    return new_notebook(cells=cells)


@dataclass
class Work:
    """The right answers, as a notebook that a student would have."""

    release: NotebookNode = field(default_factory=lambda: release_form(source_notebook()))

    @property
    def notebook(self) -> dict[str, Any]:
        """A filled-in notebook, as plain JSON, to be changed."""
        notebook = self.untouched
        for cell in notebook["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id in ANSWERS:
                cell["source"] = ANSWERS[grade_id]
            if grade_id == "01-why":
                cell["source"] = REASON
        return notebook

    @property
    def wrong(self) -> dict[str, Any]:
        """A notebook whose answers are all wrong."""
        notebook = self.notebook
        for cell in notebook["cells"]:
            if cell["id"] in ("double", "treble"):
                cell["source"] = f"def {cell['id']}(x):\n    return None"
        return notebook

    @property
    def untouched(self) -> dict[str, Any]:
        """The notebook as it was handed out."""
        return json.loads(json.dumps(self.release))


def cell_of(notebook: dict[str, Any], cell_id: str) -> dict[str, Any]:
    """Return a cell by its id."""
    return next(cell for cell in notebook["cells"] if cell.get("id") == cell_id)


def place_of(notebook: dict[str, Any], cell_id: str) -> int:
    """Return the position of a cell."""
    return notebook["cells"].index(cell_of(notebook, cell_id))


def code(source: str, **more: Any) -> dict[str, Any]:
    """Write a code cell without a name."""
    cell = {"cell_type": "code", "metadata": {}, "source": source}
    return cell | {"outputs": [], "execution_count": None} | more


def text(source: str, **more: Any) -> dict[str, Any]:
    """Write a text cell without a name."""
    return {"cell_type": "markdown", "metadata": {}, "source": source} | more


def to_bytes(content: Any, **options: Any) -> bytes:
    """Write JSON as editors do."""
    return json.dumps(content, **({"indent": 1, "ensure_ascii": False} | options)).encode()


def put(folder: Path, content: Any, name: str = FILE) -> None:
    """Put a file into a submission."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else to_bytes(content))


def zipped(members: dict[str, bytes], times: dict[str, tuple[int, ...]] | None = None) -> bytes:
    """Return a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (times or {}).get(name, (1980, 1, 1, 0, 0, 0)))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()


def of_method(archive: bytes, method: int) -> bytes:
    """Return a zip archive of one file that says to be compressed in another way."""
    data = bytearray(archive)
    data[8:10] = method.to_bytes(2, "little")
    place = data.index(b"PK\x01\x02") + 10
    data[place : place + 2] = method.to_bytes(2, "little")
    return bytes(data)


def tarred(
    members: dict[str, bytes], kind: str = "w:gz", times: dict[str, int] | None = None
) -> bytes:
    """Return a tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=kind) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), (times or {}).get(name, 0)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


Make = Callable[[Path, Work], None]
SHAPES: dict[str, tuple[str, Make]] = {}


def shape(result: str) -> Callable[[Make], Make]:
    """Add a shape, with what comes of it."""

    def add(make: Make) -> Make:
        SHAPES[make.__name__] = (result, make)
        return make

    return add


# Editors and servers that keep less of a notebook than there was, or write it otherwise.


@shape("full")
def plain(folder, work):
    """As it should be."""
    put(folder, work.notebook)


@shape("full")
def editor_vscode(folder, work):
    """VS Code of some years: metadata of cells gone, outputs in text cells."""
    notebook = work.notebook
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        if cell["cell_type"] == "markdown":
            cell["outputs"] = []
    put(folder, notebook)


@shape("full")
def editor_kaggle(folder, work):
    """Kaggle: nbgrader's metadata and the ids are gone."""
    notebook = work.notebook
    for cell in notebook["cells"]:
        cell["metadata"] = {"trusted": True}
        del cell["id"]
    notebook["nbformat_minor"] = 4
    put(folder, notebook)


@shape("full")
def editor_colab(folder, work):
    """Colab: ids of its own, a title, and one line for each line of the source."""
    notebook = work.notebook
    notebook["metadata"] = {"colab": {"provenance": [], "name": "homework"}}
    for place, cell in enumerate(notebook["cells"]):
        cell["metadata"]["id"] = cell["id"] = f"x{place}AbCdEf"
        cell["source"] = cell["source"].splitlines(keepends=True)
    put(folder, notebook)


@shape("full")
def editor_colab_first_cell(folder, work):
    """Colab: the release's first cell, run there, a cell that installs more, and Drive's folder."""
    notebook = work.notebook
    install = "# mine\n!pip install --quiet seaborn \\\n  pandas"
    drive = "from google.colab import drive\ndrive.mount('/content/drive')"
    notebook["cells"][1:1] = [code(source_of("pawmark.whl")), code(install), code(drive)]
    for place, cell in enumerate(notebook["cells"]):
        colab = {"id": f"x{place}AbCdEf", "colab": {"base_uri": "https://localhost:8080/"}}
        cell["metadata"] |= colab | {"outputId": "7c0ffee"}
        cell.pop("id", None)
        cell["source"] = cell["source"].splitlines(keepends=True)
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook["metadata"] = {"colab": {"provenance": [], "gpuType": "T4"}, "kernelspec": kernel}
    notebook["metadata"] |= {"language_info": {"name": "python"}, "accelerator": "GPU"}
    notebook["nbformat_minor"] = 0
    put(folder, notebook, "Copy of 01_small.ipynb")


@shape("full")
def editor_vscode_first_cell(folder, work):
    """VS Code of today: languages of cells, its own metadata, and the release's first cell."""
    notebook = work.notebook
    notebook["cells"].insert(1, code(source_of(""), id="pawmark-first"))
    for cell in notebook["cells"]:
        kind = "python" if cell["cell_type"] == "code" else "markdown"
        cell["metadata"]["vscode"] = {"languageId": kind}
    notebook["metadata"] |= {
        "kernelspec": {"display_name": ".venv (3.12.4)", "language": "python", "name": "python3"},
        "vscode": {"interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b"}},
    }
    put(folder, notebook)


def to_format(notebook: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a notebook in format 2 or 3."""
    cells = []
    for cell in notebook["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            old |= {"input": cell["source"], "language": "python", "outputs": []}
            old["collapsed"] = False
        elif cell["source"].startswith("## ") and number == 3:
            line, _, rest = cell["source"].partition("\n")
            old |= {"cell_type": "heading", "level": 2, "source": line[3:]}
            if rest.strip():
                cells.append(old)
                old = {"cell_type": "markdown", "metadata": {}, "source": rest.strip()}
        else:
            old["source"] = cell["source"]
        cells.append(old)
    sheets = [{"cells": cells, "metadata": {}}]
    return {"metadata": {"name": ""}, "nbformat": number, "nbformat_minor": 0, "worksheets": sheets}


@shape("full")
def editor_format_3(folder, work):
    """A notebook of format 3: sheets, and headings that are cells."""
    put(folder, to_format(work.notebook, 3))


@shape("full")
def editor_format_2(folder, work):
    """A notebook of format 2."""
    put(folder, to_format(work.notebook, 2))


@shape("full")
def editor_null_source(folder, work):
    """Cells without metadata, and an empty one whose source is null."""
    notebook = work.notebook
    for cell in notebook["cells"]:
        del cell["metadata"]
    notebook["cells"].append({"cell_type": "code", "source": None, "outputs": []})
    put(folder, notebook)


@shape("full")
def editor_list_of_cells(folder, work):
    """Only the list of cells, as some exports write it."""
    put(folder, work.notebook["cells"])


@shape("full")
def editor_copied_cells(folder, work):
    """An answer and its check copied with their ids, below."""
    notebook = work.notebook
    notebook["cells"] += copy.deepcopy(notebook["cells"][3:5])
    put(folder, notebook)


@shape("full")
def editor_raw_newlines(folder, work):
    """A tool that writes line ends into strings as they are, and a comma too many."""
    data = to_bytes(work.notebook, indent=None).replace(b"x):\\n", b"x):\n")
    put(folder, data[:-1] + b",}")


# Names.


@shape("full")
def name_ipynb_txt(folder, work):
    """A browser saved NAME.ipynb.txt."""
    put(folder, work.notebook, f"{FILE}.txt")


@shape("full")
def name_json(folder, work):
    """A browser saved NAME.json."""
    put(folder, work.notebook, f"{NAME}.json")


@shape("full")
def name_nothing(folder, work):
    """A name without an end, in a folder."""
    put(folder, work.notebook, "my homework/final")


@shape("full")
def name_pdf(folder, work):
    """A notebook that is called a PDF."""
    put(folder, work.notebook, f"{NAME}.pdf")


# Encodings.


def _encoded(folder: Path, work: Work, encoding: str, mark: bytes = b"") -> None:
    put(folder, mark + to_bytes(work.notebook).decode().encode(encoding))


@shape("full")
def encoding_cp1252(folder, work):
    """Saved by a Windows tool in its code page."""
    _encoded(folder, work, "cp1252")


@shape("full")
def encoding_mac_roman(folder, work):
    """Saved by an old Macintosh tool."""
    _encoded(folder, work, "mac_roman")


@shape("full")
def encoding_utf8_mark(folder, work):
    """UTF-8 with a byte order mark and Windows' line ends."""
    put(folder, b"\xef\xbb\xbf" + to_bytes(work.notebook).replace(b"\n", b"\r\n"))


@shape("full")
def encoding_utf16(folder, work):
    """PowerShell's UTF-16 with a byte order mark."""
    _encoded(folder, work, "utf-16-le", b"\xff\xfe")


@shape("full")
def encoding_utf16_unmarked(folder, work):
    """UTF-16 of the other order without a mark."""
    _encoded(folder, work, "utf-16-be")


@shape("full")
def encoding_one_bad_byte(folder, work):
    """UTF-8 in which one byte was lost."""
    data = to_bytes(work.notebook).replace("café".encode(), "caféééééééééé".encode())
    put(folder, data.replace("é".encode(), b"\xc3", 1))


# Two versions of a file, left side by side.


@shape("asked")
def merge_in_the_metadata(folder, work):
    """A conflict that touches no cell."""
    data = to_bytes(work.notebook)
    line = b' "nbformat": 4,\n'
    put(
        folder,
        data.replace(line, b"<<<<<<< HEAD\n" + line + b"=======\n" + line + b">>>>>>> main\n"),
    )


@shape("asked")
def merge_of_answers(folder, work):
    """A conflict in an answer: one side is right, the other was never written."""
    data = to_bytes(work.notebook)
    mine = json.dumps(ANSWERS["01-double"], ensure_ascii=False).encode()
    line = next(line for line in data.splitlines(keepends=True) if mine in line)
    stub = textwrap.indent(STUB, "    ")
    other = line.replace(mine, json.dumps(f"def double(x):\n{stub}").encode())
    marked = b"<<<<<<< HEAD\n" + other + b"||||||| base\n" + other + b"=======\n" + line
    put(folder, data.replace(line, marked + b">>>>>>> 1234567 (mine)\n"))


@shape("asked")
def merge_in_a_cell(folder, work):
    """Nbdime left the markers in the text of a cell."""
    notebook = work.notebook
    cell = cell_of(notebook, "treble")
    cell["source"] = f"<<<<<<< local\n{cell['source']}\n=======\npass\n>>>>>>> remote"
    put(folder, notebook)


@shape("asked")
def merge_of_scripts(folder, work):
    """A conflict in a script with cells."""
    script = _percent(work.notebook, "# %%")
    put(
        folder,
        script.replace("TEN = 10", "<<<<<<< a\nTEN = 10\n=======\nTEN = 11\n>>>>>>> b").encode(),
        "a.py",
    )


# Files that are cut off.


@shape("asked")
def cut_after_the_answers(folder, work):
    """The last cells are missing, and one was torn."""
    data = to_bytes(work.notebook)
    put(folder, data[: data.index(b"The end")])


@shape("asked")
def cut_in_the_outputs(folder, work):
    """A full disk: the file ends in the middle of a picture."""
    notebook = work.notebook
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBO" * 5000}}
    notebook["cells"][-1]["outputs"] = [picture]
    data = to_bytes(notebook)
    put(folder, data[: data.rindex(b"iVBO")])


@shape("asked")
def cut_archive(folder, work):
    """A download that broke off: the list of an archive's files is missing."""
    data = zipped({"hw/work.ipynb": to_bytes(work.notebook), "hw/more.bin": bytes(range(256)) * 40})
    put(folder, data[: data.index(b"PK\x01\x02")], "download.zip")


@shape("asked")
def cut_and_overwritten(folder, work):
    """Another program wrote over the end of the file."""
    data = to_bytes(work.notebook)
    put(folder, data[: data.index(b"The end")] + b'" \x01\x02 ?? }{')


# Outputs, which are dropped.


def with_outputs(work: Work, size: int) -> bytes:
    """Return a notebook with so many bytes of outputs."""
    notebook = work.notebook
    html = '<div class="plot">' + "x" * 3000 + "</div>\n"
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": [html] * (size // len(html))},
        {"output_type": "display_data", "data": {"text/html": html * 50}, "metadata": {}},
    ]
    cell_of(notebook, "double")["outputs"] = outputs
    return to_bytes(notebook)


@shape("full")
def outputs_of_megabytes(folder, work):
    """Some megabytes of saved outputs in one cell."""
    put(folder, with_outputs(work, 4_000_000))


@shape("full")
def outputs_in_metadata(folder, work):
    """Megabytes of widgets in the notebook's metadata, before the cells."""
    state = {f"w{n}": {"data": "y" * 1000, "more": [[]] * 50} for n in range(2000)}
    put(folder, {"metadata": {"widgets": state}} | work.notebook)


@shape("full")
def outputs_in_texts(folder, work):
    """Megabytes in the members of cells that nobody knows."""
    notebook = work.notebook
    for cell in notebook["cells"]:
        cell["history"] = [{"source": "pass"}] * 5_000
    put(folder, notebook)


# Archives.


@shape("full")
def archive_zip_in_zip(folder, work):
    """A download of an LMS: a zip in a zip, with a Macintosh's companions."""
    inner = zipped(
        {"hw/My Work.ipynb": to_bytes(work.notebook), "__MACOSX/hw/._My Work.ipynb": b"\0\5"}
    )
    put(folder, zipped({"submission/inner.zip": inner}), "download.zip")


@shape("full")
def archive_tgz(folder, work):
    """A tar.gz."""
    put(folder, tarred({"hw/a.ipynb": to_bytes(work.notebook)}), "hw.tar.gz")


@shape("full")
def archive_xz_without_a_name(folder, work):
    """A tar.xz that lost its end, within a folder."""
    put(folder, tarred({"a.ipynb": to_bytes(work.notebook)}, "w:xz"), "x/handin")


@shape("full")
def archive_tar_in_zip(folder, work):
    """A tar.bz2 in a zip."""
    inner = tarred({"a.ipynb": to_bytes(work.notebook)}, "w:bz2")
    put(folder, zipped({"all.tbz": inner}), "all.zip")


@shape("full")
def archive_of_one_file(folder, work):
    """A notebook that was compressed alone."""
    put(folder, gzip.compress(to_bytes(work.notebook)), f"{FILE}.gz")


@shape("full")
def archive_bz2_of_one_file(folder, work):
    """A notebook that was compressed alone, in another way."""
    put(folder, bz2.compress(to_bytes(work.notebook)), "a.bz2")


# Wrapped by a server.


@shape("full")
def wrapped_by_contents(folder, work):
    """The JSON of Jupyter's contents API."""
    put(folder, {"name": FILE, "type": "notebook", "format": "json", "content": work.notebook})


@shape("full")
def wrapped_as_text(folder, work):
    """The contents API, asked for a file: the notebook is a string."""
    content = to_bytes(work.notebook).decode()
    put(folder, {"name": FILE, "type": "file", "format": "text", "content": content})


@shape("full")
def wrapped_as_base64(folder, work):
    """The contents API, asked for bytes."""
    content = base64.encodebytes(to_bytes(work.notebook)).decode()
    put(folder, {"name": FILE, "type": "file", "format": "base64", "content": content})


@shape("full")
def wrapped_twice(folder, work):
    """JSON written as a JSON string."""
    put(folder, json.dumps(to_bytes(work.notebook).decode()).encode())


# Scripts.


def _percent(notebook: dict[str, Any], mark: str) -> str:
    parts = []
    for cell in notebook["cells"]:
        lines = cell["source"].split("\n")
        if cell["cell_type"] == "markdown":
            parts.append(
                "\n".join([f"{mark} [markdown]", *(f"# {line}".rstrip() for line in lines)])
            )
        else:
            parts.append("\n".join([mark, *lines]))
    return "\n\n".join(parts) + "\n"


@shape("full")
def script_percent(folder, work):
    """A script with cells, as VS Code and Spyder export it."""
    put(folder, _percent(work.notebook, "# %%").encode(), f"{NAME}.py")


@shape("full")
def script_exported(folder, work):
    """Jupyter's own export as a script: texts are comments."""
    parts = ["#!/usr/bin/env python\n# coding: utf-8\n"]
    for cell in work.notebook["cells"]:
        if cell["cell_type"] == "markdown":
            parts.append("\n".join(f"# {line}" for line in cell["source"].split("\n")) + "\n")
        else:
            parts.append(f"# In[ ]:\n\n\n{cell['source']}\n")
    put(folder, "\n\n".join(parts).encode(), f"{NAME}.txt")


@shape("full")
def script_light(folder, work):
    """A script of jupytext in UTF-16."""
    parts = [
        f"# +\n{cell['source']}" for cell in work.notebook["cells"] if cell["cell_type"] == "code"
    ]
    put(folder, ("# -\n" + "\n\n".join(parts)).encode("utf-16"), "work.py")


@shape("asked")
def script_plain(folder, work):
    """A script without cells."""
    put(folder, "\n\n\n".join(ANSWERS.values()).encode(), "solution.py")


def _markdown(notebook: dict[str, Any], fence: str, head: str = "") -> bytes:
    parts = [
        cell["source"] if cell["cell_type"] == "markdown" else f"{fence}\n{cell['source']}\n```"
        for cell in notebook["cells"]
    ]
    return (head + "\n\n\n".join(parts) + "\n").encode()


@shape("full")
def markdown_quarto(folder, work):
    """Quarto: Markdown with programs in fences, and a header."""
    head = "---\ntitle: Small\njupyter: python3\n---\n\n"
    put(folder, _markdown(work.notebook, "```{python}\n#| echo: false", head), f"{NAME}.qmd")


@shape("full")
def markdown_r(folder, work):
    """R Markdown, whose programs have names and options."""
    put(folder, _markdown(work.notebook, "```{python part, echo=FALSE}"), f"{NAME}.Rmd")


@shape("full")
def markdown_jupytext(folder, work):
    """Jupytext's Markdown."""
    head = "---\njupyter:\n  jupytext:\n    formats: md\n---\n\n"
    put(folder, _markdown(work.notebook, "```python", head), f"{NAME}.md")


@shape("full")
def markdown_myst(folder, work):
    """MyST's Markdown, with a mark between texts."""
    put(folder, _markdown(work.notebook, "```{code-cell} ipython3", "+++\n\n"), f"{NAME}.myst.md")


# Cells of which not all can be used.


@shape("asked")
def long_answer(folder, work):
    """An answer with a picture's bytes pasted below it, which are longer than a cell may be."""
    notebook = work.notebook
    cell_of(notebook, "double")["source"] += "\n# " + "x" * 600_000
    put(folder, notebook)


@shape("asked")
def long_helper(folder, work):
    """The same in a cell of the student's own."""
    notebook = work.notebook
    notebook["cells"].insert(3, code("helper = 1\n# " + "x" * 600_000))
    put(folder, notebook)


@shape("full")
def control_characters(folder, work):
    """A zero byte in an answer, which an editor wrote and does not show."""
    notebook = work.notebook
    cell_of(notebook, "double")["source"] += "\0\n"
    put(folder, notebook)


@shape("asked")
def long_note(folder, work):
    """A log of half a million letters, kept in a note of the student's own."""
    notebook = work.notebook
    note = {"cell_type": "markdown", "metadata": {}, "source": "epoch 1\n" * 80_000}
    notebook["cells"].insert(3, note)
    put(folder, notebook)


@shape("full")
def control_colours(folder, work):
    """The codes of a terminal's colours in a comment, pasted with an error message."""
    notebook = work.notebook
    cell_of(notebook, "double")["source"] += "\n# \x1b[31mNameError\x1b[0m\n"
    put(folder, notebook)


@shape("full")
def control_feed(folder, work):
    """A form feed between two lines, as old editors write it."""
    notebook = work.notebook
    cell_of(notebook, "double")["source"] += "\n\x0c\n"
    put(folder, notebook)


@shape("asked")
def attempts_in_a_checkpoint(folder, work):
    """A notebook that was opened anew, and the answers in the copy that Jupyter saved."""
    put(folder, work.untouched)
    (folder / ".ipynb_checkpoints").mkdir()
    put(folder / ".ipynb_checkpoints", work.notebook, f"{NAME}-checkpoint.ipynb")


# What cannot be graded.


@shape("unread")
def nothing_but_a_pdf(folder, work):
    """A PDF."""
    put(folder, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", f"{NAME}.pdf")


@shape("unread")
def nothing_but_a_web_page(folder, work):
    """An export as HTML, under the name of the notebook."""
    put(folder, b"<!DOCTYPE html>\n<html><body>my work</body></html>")


@shape("unread")
def nothing_but_a_document(folder, work):
    """A document of an office program."""
    put(folder, zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<w/>"}), "hw.docx")


@shape("unread")
def nothing_but_a_rich_text(folder, work):
    """A text document under the name of the notebook."""
    put(folder, b"{\\rtf1\\ansi def double(x): return 2 * x}")


@shape("unread")
def nothing_but_an_open_document(folder, work):
    """A document of LibreOffice."""
    kind = b"application/vnd.oasis.opendocument.text"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", b"<x>def double(x): return 2 * x</x>")
    put(folder, buffer.getvalue(), "hw.odt")


@shape("unread")
def nothing_but_a_mail(folder, work):
    """An e-mail with the notebook in it."""
    head = "From: a@example.org\r\nTo: b@example.org\r\nSubject: homework\r\n"
    head += "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
    put(folder, head.encode() + b"x = 1\r\nimport math\r\n", "homework.eml")


@shape("unread")
def nothing_but_a_project_of_deepnote(folder, work):
    """A project file of another service."""
    content = "metadata:\n  createdAt: now\nproject:\n  notebooks:\n    - blocks:\n"
    put(folder, (content + "        - content: |-\nx = 1\n").encode(), "hw.deepnote")


@shape("full")
def wrapped_in_base64(folder, work):
    """A notebook that an e-mail program turned into text, without an end that says so."""
    put(folder, base64.encodebytes(to_bytes(work.notebook)), "attachment.txt")


@shape("full")
def wrapped_in_an_address(folder, work):
    """The same as the address that a browser makes of a file."""
    data = base64.b64encode(to_bytes(work.notebook))
    put(folder, b"data:application/x-ipynb+json;base64," + data, "download")


@shape("unread")
def nothing_but_an_archive_in_base64(folder, work):
    """An archive that an e-mail program turned into text."""
    put(folder, base64.encodebytes(zipped({"a.ipynb": to_bytes(work.notebook)})), "hw.zip")


@shape("unread")
def nothing_but_marimo(folder, work):
    """A notebook of another kind, whose cells are functions of a script."""
    cells = "".join(
        f"@app.cell\ndef _():\n    {source.replace(chr(10), chr(10) + '    ')}\n    return\n\n\n"
        for source in ANSWERS.values()
    )
    put(folder, f"import marimo\n\napp = marimo.App()\n\n\n{cells}".encode(), "homework.py")


@shape("unread")
def nothing_but_latex(folder, work):
    """A report with the programs in it."""
    listing = f"\\begin{{lstlisting}}\n{ANSWERS['01-double']}\n\\end{{lstlisting}}"
    report = f"\\documentclass{{article}}\n\\begin{{document}}\n{listing}\n\\end{{document}}\n"
    put(folder, report.encode(), "report.txt")


@shape("unread")
def nothing_but_a_link_to_google(folder, work):
    """What Google's program for the desktop leaves in the place of a document."""
    put(folder, {"url": "https://docs.google.com/open?id=1", "doc_id": "1"}, "homework.gdoc")


@shape("unread")
def nothing_but_a_shortcut(folder, work):
    """A link that Windows keeps as a file."""
    link = b"[InternetShortcut]\r\nURL=https://colab.research.google.com/drive/1\r\n"
    put(folder, link, "homework.url")


@shape("unread")
def nothing_but_an_archive_that_unpacks_itself(folder, work):
    """A program of Windows with an archive behind it."""
    data = b"MZ\x90\0" + bytes(600) + zipped({"a.ipynb": to_bytes(work.notebook)})
    put(folder, data, "homework.exe")


@shape("unread")
def nothing_but_a_script_that_unpacks_itself(folder, work):
    """The same for Unix: a script of the shell, and an archive behind it."""
    script = b"#!/bin/sh\n" + b"# skip\n" * 700 + b"exit 0\n"
    put(folder, script + tarred({"a.ipynb": to_bytes(work.notebook)}), "homework")


@shape("unread")
def nothing_but_an_unusual_archive(folder, work):
    """A zip that Windows 11 makes with Zstandard: sound, and not to be opened here."""
    put(folder, of_method(zipped({"a.ipynb": to_bytes(work.notebook)}), 93), "homework.zip")


@shape("unread")
def nothing_but_zstandard(folder, work):
    """A tar archive compressed by Zstandard."""
    put(folder, b"\x28\xb5\x2f\xfd" + bytes(60), "homework.tar.zst")


@shape("unread")
def nothing_but_a_folder_of_that_name(folder, work):
    """A folder that is called like the notebook, with a text in it."""
    put(folder, b"My work was here.", f"{FILE}/readme.txt")


@shape("unread")
def nothing_but_a_picture(folder, work):
    """A picture of the screen."""
    put(folder, PNG, "Screenshot 2026-11-28.png")


@shape("unread")
def nothing_but_a_note(folder, work):
    """A text that says sorry."""
    put(folder, b"Sorry, my computer broke.", "readme.txt")


@shape("unread")
def nothing_in_the_file(folder, work):
    """A file of no bytes."""
    put(folder, b"")


@shape("unread")
def nothing_but_zeros(folder, work):
    """A file that a full disk left: zero bytes only."""
    put(folder, bytes(5000))


@shape("unread")
def nothing_of_this_assignment(folder, work):
    """A notebook of something else."""
    put(folder, new_notebook(cells=[new_code_cell("print('hello')"), new_markdown_cell("Other")]))


@shape("unread")
def nothing_of_this_but_another_assignment(folder, work):
    """The notebook of another assignment, which has cells of the same ids."""
    other = {
        '"01-': '"02-',
        "double(": "halve(",
        "treble(": "third(",
        "Double": "Halve",
        "Treble": "Third",
        "Small": "Other",
        "Say why": "Say how",
        "TEN = 10": "TWELVE = 12",
    }
    content = to_bytes(work.notebook).decode()
    for ours, theirs in other.items():
        content = content.replace(ours, theirs)
    put(folder, content.encode())


@shape("unread")
def nothing_but_brackets(folder, work):
    """JSON that is nested without end."""
    put(folder, b"[" * 200_000)


@shape("unread")
def nothing_but_folders(folder, work):
    """Folders in folders, and no file."""
    (folder / "a" / "b" / "c").mkdir(parents=True)


@shape("unread")
def nothing_but_a_locked_archive(folder, work):
    """An archive with a password."""
    data = bytearray(zipped({"a.ipynb": to_bytes(work.notebook)}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    put(folder, bytes(data), "secret.zip")


@shape("unread")
def nothing_but_7z(folder, work):
    """An archive of a kind that is not opened."""
    put(folder, b"7z\xbc\xaf\x27\x1c" + bytes(60), "work.7z")


# Several notebooks.


@shape("full")
def attempts_canvas(folder, work):
    """Canvas: the first attempt, all wrong, and the second with -1."""
    put(folder, work.wrong, f"doe_1_2_{FILE}")
    put(folder, work.notebook, f"doe_1_3_{NAME}-1.ipynb")


@shape("full")
def attempts_canvas_late(folder, work):
    """Canvas: the second attempt was late."""
    put(folder, work.wrong, f"doejane_77_900_{FILE}")
    put(folder, work.notebook, f"doejane_LATE_77_850_{FILE}")


@shape("full")
def attempts_numbered(folder, work):
    """A browser's download of the second and the third time."""
    put(folder, work.wrong, FILE)
    put(folder, work.wrong, f"{NAME} (2).ipynb")
    put(folder, work.notebook, f"{NAME} (11).ipynb")


@shape("full")
def attempts_copy(folder, work):
    """JupyterLab's copy."""
    put(folder, work.wrong, FILE)
    put(folder, work.notebook, f"{NAME}-Copy1.ipynb")


@shape("full")
def attempts_version(folder, work):
    """The student's own numbers."""
    put(folder, work.wrong, "homework_v1.ipynb")
    put(folder, work.notebook, "homework_v2.ipynb")


@shape("full")
def attempts_dated(folder, work):
    """Blackboard: the date of each attempt in the name; the earlier one comes later in order."""
    put(folder, work.notebook, f"a_attempt_2026-11-28-09-15-00_{FILE}")
    put(folder, work.wrong, f"b_attempt_2026-11-27-23-59-00_{FILE}")


@shape("full")
def attempts_written_date(folder, work):
    """Brightspace: the date in words."""
    put(folder, work.notebook, f"12-34 - Jane Doe - Nov 28, 2026 1215 PM - {FILE}")
    put(folder, work.wrong, f"12-34 - Jane Doe - Nov 28, 2026 1105 AM - {FILE}")


@shape("full")
def attempts_in_an_archive(folder, work):
    """A student's archive: the times of the files tell, whatever they are called."""
    times = {"a.ipynb": (2026, 11, 28, 12, 0, 0), "z.ipynb": (2026, 11, 27, 12, 0, 0)}
    members = {"a.ipynb": to_bytes(work.notebook), "z.ipynb": to_bytes(work.wrong)}
    put(folder, zipped(members, times), "all.zip")


@shape("full")
def attempts_in_a_tar(folder, work):
    """The same in a tar archive."""
    members = {"v2/x.ipynb": to_bytes(work.wrong), "v1/x.ipynb": to_bytes(work.notebook)}
    put(folder, tarred(members, times={"v2/x.ipynb": 10**9, "v1/x.ipynb": 10**9 + 600}), "all.tgz")


@shape("full")
def attempts_equal(folder, work):
    """The same notebook twice, under names that tell nothing."""
    put(folder, work.notebook, "one.ipynb")
    put(folder, work.notebook, "other.ipynb")


@shape("full")
def attempts_one_untouched(folder, work):
    """The release, and the work under another name."""
    put(folder, work.untouched)
    put(folder, work.notebook, "my copy.ipynb")


@shape("asked")
def attempts_unknown(folder, work):
    """Two notebooks of which nobody knows which is the last."""
    half = work.notebook
    cell_of(half, "treble")["source"] = cell_of(work.untouched, "treble")["source"]
    put(folder, half, "a.ipynb")
    put(folder, work.notebook, "b.ipynb")


@shape("asked")
def attempts_last_is_broken(folder, work):
    """A second attempt that cannot be read."""
    put(folder, work.notebook)
    put(folder, b'{"cells": [{"cell', f"{NAME} (1).ipynb")


# Code in cells that are locked.


@shape("full")
def locked_answer_on_top(folder, work):
    """The answer at the top of the check cell, and the stub left."""
    notebook = work.notebook
    answer, check = cell_of(notebook, "double"), cell_of(notebook, "double-check")
    check["source"] = f"{answer['source']}\n\n{check['source']}"
    answer["source"] = cell_of(work.untouched, "double")["source"]
    put(folder, notebook)


@shape("full")
def locked_answer_below(folder, work):
    """The answer at the end of the check cell, one of its lines commented out."""
    notebook = work.notebook
    answer, check = cell_of(notebook, "double"), cell_of(notebook, "double-check")
    lines = check["source"].replace("assert _got == 2", "# assert _got == 2")
    check["source"] = f"{lines}\n\n{answer['source']}"
    answer["source"] = cell_of(work.untouched, "double")["source"]
    put(folder, notebook)


@shape("full")
def locked_cells_merged(folder, work):
    """The answer merged into the check cell below it: the answer's own cell is gone."""
    notebook = work.notebook
    answer, check = cell_of(notebook, "treble"), cell_of(notebook, "treble-check")
    check["source"] = f"{answer['source']}\n\n{check['source']}"
    notebook["cells"].remove(answer)
    put(folder, notebook)


@shape("full")
def locked_setup_extended(folder, work):
    """An import that the answers need, in the locked cell at the top."""
    notebook = work.notebook
    cell_of(notebook, "setup")["source"] += "\nfrom operator import mul\nTHREE = TEN - 7"
    cell_of(notebook, "treble")["source"] = "def treble(x):\n    return mul(THREE, x)"
    put(folder, notebook)


# Processes that end.


def _with_cell(work: Work, source: str, after: str) -> dict[str, Any]:
    notebook = work.notebook
    notebook["cells"].insert(place_of(notebook, after) + 1, code(source))
    return notebook


@shape("full")
def exit_alone(folder, work):
    """exit() in a cell of its own after the first exercise."""
    put(folder, _with_cell(work, "exit()", "double-check"))


@shape("full")
def exit_quit(folder, work):
    """quit() before everything, and again at the end."""
    notebook = _with_cell(work, "quit()", "setup")
    notebook["cells"].append(code("print('done')\nquit()"))
    put(folder, notebook)


@shape("full")
def exit_of_python(folder, work):
    """sys.exit() between the exercises."""
    put(folder, _with_cell(work, "import sys\nsys.exit(0)", "double-check"))


@shape("full")
def exit_at_once(folder, work):
    """os._exit() between the exercises."""
    put(folder, _with_cell(work, "import os\nos._exit(1)", "double-check"))


@shape("full")
def exit_without_brackets(folder, work):
    """Only the word, which IPython takes for a call."""
    put(folder, _with_cell(work, "exit", "double-check"))


@shape("full")
def exit_later(folder, work):
    """A shutdown that a cell asks for, which strikes in the cells after it."""
    source = "import IPython\nIPython.Application.instance().kernel.do_shutdown(True)"
    put(folder, _with_cell(work, source, "double-check"))


# Files beside the notebook.


def _helped(work: Work, line: str, call: str) -> dict[str, Any]:
    notebook = work.notebook
    cell_of(notebook, "treble")["source"] = f"{line}\n\ndef treble(x):\n    return {call}"
    return notebook


@shape("full")
def beside_module(folder, work):
    """helpers.py beside the notebook."""
    put(folder, _helped(work, "import helpers", "helpers.times(x)"))
    put(folder, b"def times(x):\n    return 3 * x\n", "helpers.py")


@shape("full")
def beside_package(folder, work):
    """A folder with modules, in an archive with the notebook."""
    members = {
        "hw/a.ipynb": to_bytes(_helped(work, "from tools.sums import times", "times(x)")),
        "hw/tools/__init__.py": b"",
        "hw/tools/sums.py": b"def times(x):\n    return 3 * x\n",
    }
    put(folder, zipped(members), "hw.zip")


@shape("full")
def beside_canvas(folder, work):
    """Canvas puts the same words before every file."""
    put(folder, _helped(work, "import helpers", "helpers.times(x)"), f"doe_5_6_{FILE}")
    put(folder, b"def times(x):\n    return 3 * x\n", "doe_5_7_helpers.py")


@shape("full")
def beside_data(folder, work):
    """A picture and a table, which the answer reads and may not change."""
    line = "from pathlib import Path\n\nassert Path('plot.png').stat().st_mode & 0o222 == 0"
    put(folder, _helped(work, line, "x * int(Path('data/n.csv').read_text())"))
    put(folder, PNG, "plot.png")
    put(folder, b"3", "data/n.csv")


@shape("full")
def beside_shadow(folder, work):
    """numpy.py, which would hide the library, is left out."""
    put(folder, _helped(work, "import numpy as np", "int(np.multiply(3, x))"))
    put(folder, b"raise ImportError('mine')", "numpy.py")
    put(folder, b"raise ImportError('mine')", "random.py")


@shape("full")
def beside_course_file(folder, work):
    """A file that the assignment itself brings, which the student's cannot replace."""
    put(folder, _helped(work, "from pathlib import Path", "x * int(Path('three.txt').read_text())"))
    put(folder, b"4", "three.txt")


# Written answers. A person grades them, so what counts is that they come there.


@shape("full")
def written_below(folder, work):
    """In a new cell below the placeholder."""
    notebook = work.notebook
    cell_of(notebook, "why")["source"] = "YOUR ANSWER HERE"
    notebook["cells"].insert(place_of(notebook, "why") + 1, text(REASON))
    put(folder, notebook)


@shape("full")
def written_above(folder, work):
    """In a new cell above the placeholder."""
    notebook = work.notebook
    cell_of(notebook, "why")["source"] = "YOUR ANSWER HERE"
    notebook["cells"].insert(place_of(notebook, "why"), text(REASON))
    put(folder, notebook)


@shape("full")
def written_without_metadata(folder, work):
    """The cell has lost its names."""
    notebook = work.notebook
    cell = cell_of(notebook, "why")
    del cell["id"]
    cell["metadata"] = {}
    put(folder, notebook)


@shape("full")
def written_as_code(folder, work):
    """The cell became a code cell, and lost its names."""
    notebook = work.notebook
    place = place_of(notebook, "why")
    notebook["cells"][place] = code(REASON)
    put(folder, notebook)


@shape("full")
def written_as_raw(folder, work):
    """The cell became raw text."""
    notebook = work.notebook
    cell_of(notebook, "why")["cell_type"] = "raw"
    put(folder, notebook)


@shape("full")
def written_in_the_task(folder, work):
    """Below the text of the task itself."""
    notebook = work.notebook
    cell_of(notebook, "why")["source"] = "YOUR ANSWER HERE"
    cell_of(notebook, "why-text")["source"] += f"\n\n{REASON}"
    put(folder, notebook)


@shape("full")
def written_with_picture(folder, work):
    """With a pasted picture."""
    notebook = work.notebook
    cell = cell_of(notebook, "why")
    cell["source"] = f"{REASON}\n\n![plot](attachment:plot.png)"
    cell["attachments"] = {"plot.png": {"image/png": base64.b64encode(PNG).decode()}}
    put(folder, notebook)


@shape("full")
def written_below_with_picture(folder, work):
    """Below the placeholder, with a picture in a cell of its own."""
    notebook = work.notebook
    cell_of(notebook, "why")["source"] = "YOUR ANSWER HERE"
    picture = {"a b.png": {"image/png": base64.encodebytes(PNG).decode()}}
    cells = [text(REASON), text("![](attachment:a%20b.png)", attachments=picture)]
    place = place_of(notebook, "why") + 1
    notebook["cells"][place:place] = cells
    put(folder, notebook)


@shape("asked")
def written_elsewhere(folder, work):
    """At the other end of the notebook."""
    notebook = work.notebook
    cell_of(notebook, "why")["source"] = "YOUR ANSWER HERE"
    notebook["cells"].append(text(REASON))
    notebook["cells"].append(code("1"))
    notebook["cells"].insert(0, text(REASON))
    put(folder, notebook)


@shape("asked")
def written_as_program(folder, work):
    """As a program that prints it, below the placeholder."""
    notebook = work.notebook
    cell_of(notebook, "why")["source"] = "YOUR ANSWER HERE"
    notebook["cells"].insert(place_of(notebook, "why") + 1, code(f"print({REASON!r})"))
    put(folder, notebook)


# A course in which they are graded.


class Course:
    """A course with the small assignment, released, and graded by plain nbgrader.

    Parameters
    ----------
    folder
        An empty folder to build it in.
    data
        The data set that grading shows to students.
    """

    def __init__(self, folder: Path, data: Path) -> None:
        self.root = folder
        self.data = data
        source = folder / "source" / NAME
        source.mkdir(parents=True)
        nbformat.write(source_notebook(), source / FILE)
        (source / "three.txt").write_text("3")
        write_checks(folder, NAME, CHECKS)
        config = Path(__file__).parents[2] / "nbgrader_config.py"
        (folder / "nbgrader_config.py").write_bytes(config.read_bytes())
        done = self.nbgrader("generate_assignment", NAME)
        assert done.returncode == 0, done.stderr

    def nbgrader(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
        """Run nbgrader as an instructor does."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        settings = {"PATH": path, "PAWMARK_DATA": str(self.data), "PAWMARK_CELL_TIMEOUT": "30"}
        return subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=self.root,
            env=os.environ | settings | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=1500,
        )

    def folder(self, student: str) -> Path:
        """Return the folder of a student's submission, and make it."""
        folder = self.root / "submitted" / student / NAME
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def grades(self) -> dict[str, tuple[float, bool]]:
        """Return what the checks gave, and whether a person is asked about them, by student.

        The written answer, which always waits for a person, does not count.
        """
        found = {}
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "pawmark") as gradebook:
            for submission in gradebook.assignment_submissions(NAME):
                grades = [grade for book in submission.notebooks for grade in book.grades]
                checks = [grade for grade in grades if grade.name != "01-why"]
                score = sum(grade.auto_score or 0.0 for grade in checks)
                asked = any(grade.needs_manual_grade for grade in checks)
                found[submission.student_id] = (score, asked)
        return found

    def waits(self, student: str) -> bool:
        """Tell whether the written answer waits for a person."""
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "pawmark") as gradebook:
            return gradebook.find_grade("01-why", NAME, NAME, student).needs_manual_grade

    def record(self, student: str) -> dict[str, Any]:
        """Return the record of a submission."""
        path = self.root / "autograded" / student / NAME / f"{NAME}.record.json"
        return json.loads(path.read_text())

    def page(self, student: str) -> str:
        """Make the feedback page of a student, and return it."""
        done = self.nbgrader("generate_feedback", NAME, "--student", student, "--force")
        assert done.returncode == 0, done.stderr
        return (self.root / "feedback" / student / NAME / f"{NAME}.html").read_text()
