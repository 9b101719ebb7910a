"""The rubric of a written answer, beside the answer, in formgrader and nowhere else."""

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

FORMGRADER = "formgrade"
_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"
_FRAME = """\
<div style="border: 1px solid #8c959f; border-radius: 4px; padding: 0.6em 1em; margin: 0 0 1em;
background: #f6f8fa; color: #1f2328">

*From the source notebook; students do not see this.*

{rubric}

</div>"""


class ShowRubric(Preprocessor):
    """Puts the source's text above each written answer when formgrader shows a submission.

    It works on the page alone: the autograded notebook stays as it is, so nothing of it can get
    into feedback, whose pages are made with another template and without a submission's id.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Insert a text cell above each written answer that has a rubric."""
        template = getattr(self.parent, "template_name", "")
        if template != FORMGRADER or "submission_id" not in resources:
            return nb, resources
        rubrics = _rubrics(_source_of(resources))
        cells = []
        for cell in nb.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if _is_written(cell) and grade_id in rubrics:
                cells.append(nbformat.v4.new_markdown_cell(_FRAME.format(rubric=rubrics[grade_id])))
            cells.append(cell)
        nb.cells = cells
        return nb, resources


def _is_written(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "markdown" and is_grade(cell) and is_solution(cell))


def _source_of(resources: Any) -> Path | None:
    """Return the source notebook: ``source/`` lies in a folder above the autograded one."""
    assignment, notebook = resources["assignment_id"], resources["notebook_id"]
    for folder in Path(resources["metadata"]["path"]).absolute().parents:
        path: Path = folder / "source" / assignment / f"{notebook}.ipynb"

        if path.is_file():
            return path
    return None


def _rubrics(path: Path | None) -> dict[str, str]:
    """Return the text that the source holds in the place of each written answer."""
    if path is None:
        return {}
    found = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if _is_written(cell) and _BEGIN in cell.source:
            text = cell.source.partition(_BEGIN)[2].partition(_END)[0].strip()
            found[cell.metadata.nbgrader.grade_id] = text
    return found
