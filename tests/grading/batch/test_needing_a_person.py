"""What a class's grading says at its end: who needs a person, and why."""

from made_records import make_record

from pawmark.grading.batch.grade_class import needing_a_person
from pawmark.grading.results import record
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Outcome


def test_each_reason_has_a_line_and_only_those_just_graded_are_named(tmp_path):
    """Doubts and the grader's own errors are listed; the codes of a terminal are taken out."""
    broken = CheckResult("test_f", "f", Outcome.GRADER_ERROR, 0, 1)
    made = {
        "anna": {"for_a_person": ((None, "it was cut off\x1b[2J"), ("01-f", "it does not run"))},
        "ben": {"exercises": (ExerciseResult("01-g", (broken,)),)},
        "cleo": {},
        "dora": {"for_a_person": ((None, "graded last week"),)},
    }
    for student, fields in made.items():
        path = record.path_of(tmp_path, student, "01_tiny")
        path.parent.mkdir(parents=True)
        path.write_bytes(make_record(student, "01_tiny", **fields).to_bytes())

    assert needing_a_person(tmp_path, "01_tiny", ["anna", "ben", "cleo", "not graded"]) == [
        "  anna, 01_tiny: it was cut off[2J",
        "  anna, 01_tiny: 01-f: it does not run",
        "  ben, 01_tiny: 01-g: a check failed by a mistake of its own",
    ]
