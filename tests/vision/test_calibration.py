"""Calibration: how a loss is computed, when a bar is trusted, and the bar that is committed."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pawmark import pets, profiles
from pawmark.errors import CourseError
from pawmark.vision.calibration import (
    bar_from,
    calibrate,
    cross_entropy,
    named_photographs,
    prior_loss,
    read_bar,
)
from pawmark.vision.calibration.bars import read_sections, read_unfinished, write_section
from pawmark.vision.calibration.evidence import describe, draw_bar, losses_by_pipeline, save_picture
from pawmark.vision.calibration.measuring import fingerprint, reference_code
from pawmark.vision.calibration.pipelines import RIGHT, WRONG, plan

COURSE = Path(__file__).resolve().parents[2]
ONE_SET = (90210,)  # twenty are drawn for minutes
BAR_FILE = COURSE / "grader_tests" / "bars" / "03_encoder_decoder.json"


def test_cross_entropy_is_the_mean_negative_logarithm():
    """The loss is minus the logarithm of the true class's probability, on average."""
    probabilities = np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]])

    loss = cross_entropy(probabilities, np.array([0, 1]))

    assert loss == pytest.approx(-(np.log(0.5) + np.log(0.8)) / 2)


def test_probabilities_that_exceed_one_win_nothing():
    """A model that gives every class a probability of 1 has the loss of ignorance."""
    labels = np.array([0, 1, 2])

    assert cross_entropy(np.ones((3, 3)), labels) == pytest.approx(np.log(3))
    assert np.isfinite(cross_entropy(np.zeros((3, 3)), labels))


def test_prior_loss_is_the_entropy_of_the_fractions():
    """The class prior scores the entropy of the class fractions, absent classes included."""
    assert prior_loss(np.array([0, 0, 1, 1])) == pytest.approx(np.log(2))
    assert prior_loss(np.zeros((3, 4), int)) == 0


def losses(count, low, high):
    """Spread losses evenly."""
    return [float(loss) for loss in np.linspace(low, high, count)]


def wrong(low, count=3):
    """Give every wrong pipeline as many runs of a loss."""
    return {pipeline: [low] * count for pipeline in WRONG}


def test_bar_lies_half_way():
    """The bar is half-way between the worst right and the best wrong run, without doubts."""
    found = bar_from(losses(20, 0.3, 0.4), wrong(0.8))

    assert found["bar"] == pytest.approx(0.6)
    assert found["doubts"] == []


@pytest.mark.parametrize(
    ("right", "others", "doubt"),
    [
        (losses(19, 0.3, 0.4), wrong(0.8), "only 19 reference runs"),
        (losses(20, 0.3, 0.4), wrong(0.8, count=2), "only 2 runs of 'mismatched masks'"),
        (losses(20, 0.3, 0.9), wrong(0.8), "overlap"),
        (losses(20, 0.3, 0.78), wrong(0.8), "standard deviations"),
        ([], wrong(0.8), "no runs of one side"),
    ],
)
def test_doubtful_bars_say_so(right, others, doubt):
    """Too few runs, an overlap or a narrow margin are named."""
    doubts = " / ".join(bar_from(right, others)["doubts"])

    assert doubt in doubts


def test_plan_varies_what_may_vary():
    """Reference runs differ in training seed, data seed and number of threads."""
    specs = [spec for spec in plan(20, 3) if spec.pipeline == RIGHT]

    assert len({spec.training_seed for spec in specs}) == 20
    assert len({spec.data_seed for spec in specs}) >= 4
    assert {spec.threads for spec in specs} == {1, 2}
    assert len(set(plan(20, 3))) == 20 + 3 * len(WRONG)


def test_committed_bar_belongs_to_what_is_here():
    """The bar is trusted, and was measured on this profile, these pictures, this reference."""
    bar = read_bar(BAR_FILE, profiles.QUICK)
    section = json.loads(BAR_FILE.read_text())["sections"]["quick, synthetic"]
    code = reference_code(COURSE, "03_encoder_decoder")

    assert bar.doubts == ()
    assert section["conditions"]["reference_sha256"] == fingerprint(code)
    assert section["conditions"]["generator_version"] == pets.GENERATOR_VERSION


def test_committed_runs_are_told_apart():
    """Every measured right run passes the bar and every wrong one fails it."""
    bar = read_bar(BAR_FILE, profiles.QUICK)
    runs = json.loads(BAR_FILE.read_text())["sections"]["quick, synthetic"]["runs"]
    passed = {True: set(), False: set()}
    for run in runs:
        passed[run["loss"] < bar.loss].add(run["spec"]["pipeline"])

    assert passed == {True: {RIGHT}, False: set(WRONG)}


def test_bar_of_another_profile_is_unknown():
    """No bar is invented for real photographs, or for sizes that were not measured."""
    larger = dataclasses.replace(profiles.QUICK, epochs=7)

    assert read_bar(BAR_FILE, profiles.QUICK, kind="real") is None
    assert read_bar(BAR_FILE, profiles.GPU) is None
    assert read_bar(BAR_FILE, profiles.QUICK).kind == "measured"
    assert "the profile has changed" in " ".join(read_bar(BAR_FILE, larger).doubts)


def test_bar_of_others_says_so():
    """The bar for the real photographs is called published, and carries a doubt."""
    bar = read_bar(BAR_FILE, profiles.GPU, kind="real")

    assert bar.kind == "published"
    assert "published runs" in str(bar)
    assert ["not measured here" in doubt for doubt in bar.doubts] == [True]


def test_picture_shows_every_run(tmp_path):
    """Each run is a mark, right ones of another shape, and the same runs give the same bytes."""
    path = tmp_path / BAR_FILE.name
    path.write_bytes(BAR_FILE.read_bytes())
    section = read_sections(path)["quick, synthetic"]
    axes = draw_bar(section, "title").axes[0]
    marks = [len(row.get_offsets()) for row in axes.collections]

    assert marks == [len(runs) for runs in losses_by_pipeline(section).values()]
    assert sum(marks) == len(section["runs"])
    picture = save_picture(path, "quick, synthetic")
    assert picture.read_bytes() == (BAR_FILE.parent / picture.name).read_bytes()
    assert save_picture(path, "gpu, real") is None  # nothing measured


def test_page_on_bars_quotes_what_was_measured():
    """The sentences of docs/bars.md hold the numbers of the bar file."""
    page = (COURSE / "docs" / "bars.md").read_text(encoding="utf-8")
    sections = read_sections(BAR_FILE)
    runs = losses_by_pipeline(sections["quick, synthetic"])
    wrong_ones = [loss for name, losses in runs.items() if name != RIGHT for loss in losses]

    assert f"{sections['quick, synthetic']['bar']:.3f}" in page
    assert f"{min(runs[RIGHT]):.2f} and\n{max(runs[RIGHT]):.2f}" in page
    assert f"above {min(wrong_ones):.2f}" in page
    assert f"real photographs: {sections['gpu, real']['bar']}" in page


def test_evidence_is_told_in_words(tmp_path):
    """Every pipeline and doubt has its line; without a bar the command that sets one is named."""
    lines = "\n".join(describe(BAR_FILE))

    assert all(name in lines for name in (RIGHT, *WRONG, "published", "doubt"))
    with pytest.raises(CourseError, match="pawmark calibrate 05_x"):
        describe(tmp_path / "05_x.json")


def test_the_old_bar_holds_until_the_new_one_is_measured(tmp_path):
    """Grading in the midst of a calibration uses the bar that was there; --show tells of both."""
    path = tmp_path / BAR_FILE.name
    path.write_bytes(BAR_FILE.read_bytes())
    old = read_sections(path)["gpu, real"]
    new = {**read_sections(path)["quick, synthetic"], "bar": 0.6}
    new["conditions"] = {**new["conditions"], "profile": old["conditions"]["profile"]}

    write_section(path, "03_encoder_decoder", "gpu, real", new, finished=False)
    assert read_bar(path, profiles.GPU, kind="real").loss == old["bar"]
    assert "40 runs measured, and not finished" in "\n".join(describe(path))

    write_section(path, "03_encoder_decoder", "gpu, real", new, finished=True)
    bar = read_bar(path, profiles.GPU, kind="real")
    assert (bar.loss, bar.kind, bar.doubts) == (0.6, "measured", ())
    assert read_unfinished(path) == {}


def test_a_bar_is_measured_on_the_photographs_that_are_named(small_pets, tmp_path, monkeypatch):
    """Nothing named, or drawn ones: none. Real ones: those, and only if there are enough."""
    monkeypatch.delenv("PAWMARK_DATA", raising=False)
    assert named_photographs() is None
    monkeypatch.setenv("PAWMARK_DATA", str(small_pets.root))
    assert named_photographs() is None

    data = undeclared(small_pets, tmp_path)
    monkeypatch.setenv("PAWMARK_DATA", str(data.root))
    assert named_photographs() == data
    with pytest.raises(CourseError, match=r"holds 40 photographs, and a bar .* 500 or more"):
        calibrate("03_encoder_decoder", COURSE, profiles.QUICK, data=named_photographs())


def undeclared(drawn, tmp_path):
    """Copy drawn pictures without the file that says so: they pass for photographs."""
    root = tmp_path / "photographs"
    for folder in (drawn.images_dir, drawn.trimaps_dir):
        shutil.copytree(folder, root / folder.relative_to(drawn.root))
    return pets.dataset(root)


def test_comments_leave_the_reference_as_it_is():
    """Words do not ask for new measurements, nor do other functions; another number does."""
    reference = fingerprint("def train(a):\n    return 1")

    assert fingerprint("def train(a):\n    'Doc.'\n    return 1  # one\n\nb = 2") == reference
    assert fingerprint("def train(a):\n    return 2") != reference


def test_assignment_without_training_is_refused(tmp_path):
    """An unknown assignment, or one that trains nothing, gets one readable message."""
    with pytest.raises(CourseError, match="No source notebook"):
        calibrate("99_nothing", tmp_path)
    with pytest.raises(CourseError, match="no training run to calibrate"):
        reference_code(COURSE, "02_data_loading")


def course_with(tmp_path, extra=""):
    """Make a course whose model is quick to train."""
    code = """
import keras

def get_model(img_size, num_classes):
    return keras.Sequential(
        [keras.Input((*img_size, 3)), keras.layers.Conv2D(num_classes, 1, activation="softmax")]
    )

def compile_model(model):
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy")
    return model

def train(model, train_data, val_data, epochs, batch_size, checkpoint_path):
    keep = keras.callbacks.ModelCheckpoint(checkpoint_path, save_best_only=True)
    return model.fit(*train_data, epochs=epochs, batch_size=batch_size, verbose=0,
                     validation_data=val_data, callbacks=[keep])
"""
    marks = {"nbgrader": {"solution": True}}
    cell = {"cell_type": "code", "metadata": marks, "source": (code + extra).splitlines(True)}
    folder = tmp_path / "source" / "x"
    folder.mkdir(parents=True)
    (folder / "x.ipynb").write_text(json.dumps({"cells": [cell]}))
    return tmp_path


@pytest.mark.slow
def test_calibration_goes_on_where_it_stopped(tmp_path):
    """Finished runs are kept when a later run fails or the work is stopped."""
    course = course_with(tmp_path)
    small = dataclasses.replace(profiles.QUICK, img_size=(8, 8), epochs=1)
    lines = []

    def stop_after_two(line):
        lines.append(line)
        if len(lines) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate("x", course, small, runs=2, say=stop_after_two, held_out_seeds=ONE_SET)
    lines.clear()
    path = course / "grader_tests" / "bars" / "x.json"
    assert read_bar(path, small) is None
    calibrate("x", course, small, runs=2, say=lines.append, held_out_seeds=ONE_SET)

    assert lines[0].startswith("quick, synthetic: 2 runs measured before")
    assert len(json.loads(path.read_text())["sections"]["quick, synthetic"]["runs"]) == 14
    assert "doubt: only 2 reference runs" in lines[-1]


@pytest.mark.slow
def test_a_bar_is_measured_on_real_photographs(small_pets, tmp_path):
    """Runs learn from the photographs that are there, and are judged on their validation part."""
    data = undeclared(small_pets, tmp_path)
    small = dataclasses.replace(
        profiles.QUICK, img_size=(8, 8), num_train=30, num_val=10, epochs=1, batch_size=10
    )

    path = calibrate("x", course_with(tmp_path), small, runs=2, say=lambda line: None, data=data)
    section = read_sections(path)["quick, real"]

    assert {run["spec"]["data_seed"] for run in section["runs"]} == {1337}
    assert section["conditions"]["photographs"] == 40
    assert section["conditions"]["held_out"].startswith("validation part")
    _, names = pets.split_names(small, data)
    labels = data.arrays(small.img_size, names)[1][..., 0]
    assert section["runs"][0]["prior_loss"] == pytest.approx(prior_loss(labels), abs=1e-5)
    assert read_bar(path, small, kind="real").kind == "measured"
    assert path.with_name("x-quick-real.svg").is_file()


@pytest.mark.slow
def test_failing_reference_is_reported(tmp_path):
    """A reference that raises gives one message with the end of its traceback."""
    course = course_with(tmp_path, "\nraise ValueError('broken reference')\n")

    with pytest.raises(CourseError, match="broken reference"):
        calibrate("x", course, profiles.QUICK, 1, lambda line: None, held_out_seeds=ONE_SET)
