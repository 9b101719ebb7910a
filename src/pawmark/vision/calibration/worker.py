"""One run in its own process: ``python -m pawmark.vision.calibration.worker OUTCOME < JOB``."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from pawmark import pets
from pawmark.profiles import Profile
from pawmark.vision.calibration.judging import cross_entropy, held_out
from pawmark.vision.calibration.pipelines import RIGHT, Spec


def work(outcome: Path) -> None:
    """Run the job that stands on standard input and write what came of it."""
    job = json.load(sys.stdin)
    spec = Spec(**job["spec"])
    profile = Profile(**{**job["profile"], "img_size": tuple(job["profile"]["img_size"])})
    folder = job["photographs"]
    data = pets.dataset(folder) if folder else pets.synthetic(seed=spec.data_seed)
    split = pets.training_split(profile, data)
    judged = [held_out(seed, profile, data) for seed in job["held_out_seeds"]]
    images = np.concatenate([one.inputs for one in judged])
    probabilities, val_losses = _predict(spec, job["code"], profile, split, images)
    places = np.cumsum([len(one.labels) for one in judged])[:-1]
    losses = [
        round(cross_entropy(part, one.labels), 5)
        for part, one in zip(np.split(probabilities, places), judged, strict=True)
    ]
    result = {
        # Of the set on which it comes nearest to the bar.
        "loss": max(losses) if spec.pipeline == RIGHT else min(losses),
        "losses": losses,
        "prior_loss": round(float(np.mean([one.prior_loss for one in judged])), 5),
        "val_losses": [round(loss, 5) for loss in val_losses],
    }
    outcome.write_text(json.dumps(result), encoding="utf-8")


def _predict(
    spec: Spec, code: str, profile: Profile, split: pets.Split, images: np.ndarray
) -> tuple[np.ndarray, list[float]]:
    """Return a pipeline's probabilities on images, and its validation losses if it trained."""
    counts = np.stack([(split.train_targets[..., 0] == label).mean(axis=0) for label in range(3)])
    by_position = np.moveaxis(counts, 0, -1)
    if spec.pipeline == "class prior":
        prior = by_position.mean(axis=(0, 1))
        return np.broadcast_to(prior, (*images.shape[:3], 3)), []
    if spec.pipeline == "mean mask":
        return np.broadcast_to(by_position, (*images.shape[:3], 3)), []
    reference: dict[str, Any] = {}
    exec(code, reference)  # noqa: S102 - the instructor's own notebook
    return _train(reference, spec, profile, split, images)


def _train(
    reference: dict[str, Any],
    spec: Spec,
    profile: Profile,
    split: pets.Split,
    images: np.ndarray,
) -> tuple[np.ndarray, list[float]]:
    """Build the reference model, train it if the pipeline does, and predict."""
    import keras

    keras.utils.set_random_seed(spec.training_seed)
    model = reference["compile_model"](reference["get_model"](profile.img_size, 3))
    if spec.pipeline == "never trained":
        return model.predict(images, verbose=0), []
    step = 1 if spec.pipeline == "mismatched masks" else 0
    with tempfile.TemporaryDirectory() as folder:
        best = Path(folder, "best.keras")
        history = reference["train"](
            model,
            (split.train_inputs, np.roll(split.train_targets, step, axis=0)),
            (split.val_inputs, np.roll(split.val_targets, step, axis=0)),
            epochs=profile.epochs,
            batch_size=profile.batch_size,
            checkpoint_path=str(best),
        )
        model = keras.models.load_model(best, compile=False)
    return model.predict(images, verbose=0), list(map(float, history.history["val_loss"]))


if __name__ == "__main__":
    work(Path(sys.argv[1]))
