"""JupyterLab for a course: what ``pawmark lab`` starts, and the kit's own server extension."""

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "pawmark.lab"}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Let nbgrader's Validate answer with a list of exercises, not of failed cells."""
    from nbgrader.server_extensions.validate_assignment import handlers

    from pawmark.lab.validating import ReadableValidator

    handlers.Validator = ReadableValidator
    app.log.info("pawmark: Validate lists every exercise")
