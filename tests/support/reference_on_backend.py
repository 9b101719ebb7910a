"""Grade an assignment's reference in this process and print every check that it loses.

``KERAS_BACKEND=jax python tests/support/reference_on_backend.py 03_encoder_decoder``: a
process of its own, because Keras takes its backend when it is first imported.
"""

import sys

import nbformat
from test_answer_bank import COURSE, SEED, TRAINING, namespace_of

from pawmark.authoring.answers import reference_cells
from pawmark.grading.checks.session import run_exercise
from pawmark.grading.checks.student import Student
from pawmark.grading.results.outcomes import Outcome
from pawmark.grading.secret import PRACTICE, data_seed
from pawmark.vision.data import grading_data


def lost_by_reference(assignment: str) -> list[str]:
    """Return the checks that the reference loses, with their messages; training is left out."""
    path = COURSE / "source" / assignment / f"{assignment}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    data, student = (
        grading_data(data_seed(PRACTICE)),
        Student.local(namespace_of(assignment, {}, is_trained=False)),
    )
    checked = [name for name in reference_cells(notebook) if f"{name}-check" in path.read_text()]
    results = [
        run_exercise(name, student, COURSE, str(data.root), seed=SEED, data=data)
        for name in checked
        if name != TRAINING
    ]
    checks = [check for result in results for check in result.checks]
    print(f"{len(checks)} checks on {__import__('keras').backend.backend()}")
    return [f"{c.check}: {c.message}" for c in checks if c.outcome is not Outcome.PASSED]


if __name__ == "__main__":
    lost = lost_by_reference(sys.argv[1])
    print("\n".join(lost))
    sys.exit(bool(lost))
