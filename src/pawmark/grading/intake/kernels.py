"""Which of Jupyter's kernels runs a notebook: that of the source, whatever a student's says."""

import sys
from pathlib import Path

from nbformat import NotebookNode

from pawmark.errors import CourseError

# The kernel of the Python that grades.
PYTHON = "python3"


def kernel_of(notebook: NotebookNode) -> str:
    """Return the name of the kernel that runs a notebook.

    Parameters
    ----------
    notebook
        One that has the metadata of its source.

    Raises
    ------
    CourseError
        When it is not installed, or where the sandbox does not show it.
    """
    wanted = notebook.metadata.get("kernelspec") or {}
    name = str(wanted.get("name") or PYTHON)
    language = language_of(notebook) or name.lower()
    if language.startswith("python") or name == PYTHON:
        return PYTHON
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        found = KernelSpecManager().get_kernel_spec(name)
    except NoSuchKernel as error:
        raise CourseError(
            f"The source wants the kernel {name!r}, which is not installed here: jupyter "
            "kernelspec list shows those that are. Install it where grading runs, or choose "
            "another kernel in the source notebook."
        ) from error
    if str(found.language).lower() == "python":
        return PYTHON
    if not _is_shown(Path(found.resource_dir)):
        raise CourseError(
            f"The kernel {name!r} lies in {found.resource_dir}, which the sandbox does not show. "
            "Install it for the Python that grades: jupyter kernelspec install --sys-prefix "
            f"--name {name} {found.resource_dir}"
        )
    return name


def language_of(notebook: NotebookNode) -> str:
    """Return the language that a notebook says it is written in; empty where it says none."""
    wanted = notebook.metadata.get("kernelspec") or {}
    told = notebook.metadata.get("language_info") or {}
    return str(wanted.get("language") or told.get("name") or "").lower()


def _is_shown(folder: Path) -> bool:
    """Tell whether the sandbox shows a folder: what is installed, and nobody's home."""
    shown = {Path(sys.prefix), Path(sys.base_prefix), Path("/usr")}
    return any(folder.resolve().is_relative_to(one.resolve()) for one in shown)
