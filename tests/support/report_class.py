"""Records of a class that never was: strong and weak students, easy and hard checks."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from made_records import make_record

from pawmark.grading.results import record
from pawmark.grading.results.outcomes import CheckResult, ExerciseResult, Exhibit, Outcome
from pawmark.grading.results.record import Record, Run

ASSIGNMENT = "03_encoder_decoder"
BAR, PRIOR = 0.595, 0.87
EXERCISES = {
    "03-conv-params": (2, ["Each filter has one bias.", "One filter sees a square window."]),
    "03-get-model": (
        8,
        [
            "The model has as many parameters as the chapter's.",
            "The output is as large as the image, with a number for each class.",
            "The encoder halves its maps with strides, not with pooling.",
            "No convolution loses pixels at the border.",
            "A relu follows every convolution but the last.",
            "Images with values from 0 to 255 reach the first convolution as 0 to 1.",
        ],
    ),
    "03-train": (5, ["The model learns from the training arrays, as they are.",
                     "Training takes as many epochs and steps as asked for.",
                     "The file holds the model of the epoch with the lowest validation loss."]),
    "03-training": (4, ["On new photographs the best model does better than the class prior.",
                        "On new photographs the best model's loss is that of a sound run."]),
    "03-iou-per-class": (3, ["The IoU of each class is intersection over union.",
                             "A class that is in neither mask gets nan.",
                             "A class that is in one of the two masks only gets 0."]),
}  # fmt: skip
WRONG = ("a pooling layer does the halving; the chapter halves with strides=2",
         "the file holds the model of the last epoch, although an earlier one was better",
         "this is the Dice coefficient: pixels in both masks are counted twice",
         "the number of epochs is not the one asked for: {n} of 6",
         "the rescaling to 0..1 is missing")  # fmt: skip


def make_records(course: Path, count: int = 200, seed: int = 5) -> None:
    """Write records of so many students under ``autograded/`` of a course folder."""
    rng = np.random.default_rng(seed)
    names = [
        (exercise, n) for exercise, (_, checks) in EXERCISES.items() for n in range(len(checks))
    ]
    hardness = dict(zip(names, rng.normal(-0.6, 1.0, len(names)), strict=True))
    hardness[names[0]] = -99.0  # nobody fails it
    hardness[names[1]] = 99.0  # nobody passes it
    for number in range(count):
        student = f"student{number:03}"
        made = _record(rng, student, rng.normal(), hardness, names[2])
        path = record.path_of(course, student, ASSIGNMENT)
        path.parent.mkdir(parents=True)
        path.write_bytes(made.to_bytes())


def _record(rng: Any, student: str, strength: float, hardness: dict, contrary: Any) -> Record:
    undone = strength < -1.7
    chances = {key: _chance(strength, hardness, key, contrary) for key in hardness}
    exercises = []
    for exercise, (points, titles) in EXERCISES.items():
        skipped = undone or rng.random() < 0.12 - 0.08 * strength
        checks = [
            _check(rng, title, points / len(titles), skipped, chances[exercise, n])
            for n, title in enumerate(titles)
        ]
        if exercise == "03-training" and not skipped:
            training = _training(rng, checks[-1].outcome is Outcome.PASSED)
            checks[-1] = replace(checks[-1], exhibit=Exhibit("training", training))
        exercises.append(ExerciseResult(exercise, tuple(checks)))
    seconds = 0.4 if undone else rng.gamma(9, 3.4) + (rng.random() < 0.04) * 170
    return make_record(
        student,
        ASSIGNMENT,
        repairs=("the notebook was called 'mine.ipynb'",) if rng.random() < 0.07 else (),
        run=Run(float(seconds), int(rng.gamma(60, 2.2e7))),
        exercises=tuple(exercises),
    )


def _chance(strength: float, hardness: dict, key: Any, contrary: Any) -> float:
    """Return the chance to pass, by the Rasch model; one check punishes the strong."""
    sign = -1 if key == contrary else 1
    return float(1 / (1 + np.exp(-1.4 * (sign * strength - hardness[key]))))


def _check(rng: Any, title: str, points: float, skipped: bool, chance: float) -> CheckResult:
    outcome, message = "passed", ""
    if skipped:
        outcome, message = "not attempted", "this exercise is not attempted yet"
    elif rng.random() > chance:
        outcome = "failed" if rng.random() < 0.85 else "error in your code"
        text = WRONG[(len(title) + int(rng.exponential(0.6))) % len(WRONG)]
        message = "NameError: name 'np' is not defined"
        if outcome == "failed":
            message = text.format(n=int(rng.integers(2, 6)))
    won = points if outcome == "passed" else 0.0
    name = "test_" + "_".join(title.lower().strip(".").replace("'", "").split()[:6])
    return CheckResult(name, title, Outcome(outcome), won, points, message)


def _training(rng: Any, passed: bool) -> dict:
    floor = rng.uniform(0.31, 0.5) if passed else rng.uniform(0.62, 0.84)
    falls = floor + (1.05 - floor) * np.exp(-np.arange(6) / rng.uniform(0.7, 1.8))
    val = falls + rng.gamma(1, 0.035, 6)
    return {"loss": list(falls - 0.02), "val_loss": list(val), "judged": float(min(val)),
            "bar": BAR, "prior": PRIOR}  # fmt: skip
