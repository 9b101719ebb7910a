"""nbgrader's own command line, as processes of grading start it.

``python -m pawmark.grading.gradebook.command autograde ...`` is ``nbgrader autograde ...``.
"""

from pawmark.grading.boundary.entry_points import spare_address_grammar


def main() -> None:
    """Run nbgrader."""
    spare_address_grammar()
    from nbgrader.apps.nbgraderapp import main as nbgrader

    nbgrader()


if __name__ == "__main__":
    main()
