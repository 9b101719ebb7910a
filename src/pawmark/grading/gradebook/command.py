"""nbgrader's own command line, with what this package spares each process: see `pawmark.grading`.

``python -m pawmark.grading.gradebook.command autograde ...`` is ``nbgrader autograde ...``.
"""

from nbgrader.apps.nbgraderapp import main

if __name__ == "__main__":
    main()
