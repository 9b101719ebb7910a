"""Starts a program of this room: ``python -m pawmark.grading.inside NAME ARGUMENTS...``.

The names are ``runner``, ``sealed_runner`` and ``preloaded``.
"""

import importlib
import sys

from pawmark.grading.boundary.entry_points import spare_address_grammar


def main() -> None:
    """Start the program that the command line names."""
    spare_address_grammar()
    name = sys.argv.pop(1)
    importlib.import_module(f"pawmark.grading.inside.{name}").main()


if __name__ == "__main__":
    main()
