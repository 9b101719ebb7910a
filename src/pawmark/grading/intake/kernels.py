"""Which of Jupyter's kernels runs a notebook: that of the source, whatever a student's says."""

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
        When it is not installed.
    """
    wanted = notebook.metadata.get("kernelspec") or {}
    told = notebook.metadata.get("language_info") or {}
    name = str(wanted.get("name") or PYTHON)
    language = str(wanted.get("language") or told.get("name") or name).lower()
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
    return PYTHON if str(found.language).lower() == "python" else name
