"""JupyterLab for a course: what ``pawmark lab`` starts, and the kit's own server extension."""

from importlib.util import find_spec
from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "pawmark.lab"}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Let nbgrader's Validate answer by exercises, and let the server go on while it works.

    Where nbgrader is not installed there is no such button, and nothing to do.
    """
    if find_spec("nbgrader") is None:
        return
    from pawmark.lab.validating import install

    install()
    app.log.info("pawmark: Validate lists every exercise")
