"""The course's nbgrader configuration: everything that it wires lives in the package."""

from pawmark.grading.plugin import configure

configure(get_config())  # noqa: F821  (nbgrader defines it)
