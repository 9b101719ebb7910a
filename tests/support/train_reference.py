"""Trains the reference of assignment 03 and keeps what its notebook keeps.

``python train_reference.py FOLDER EPOCHS``; no epochs keeps a model that was never trained.
"""

import sys
from pathlib import Path
from types import SimpleNamespace

from pawmark import pets, profiles, trained
from pawmark.vision.calibration import reference_code

ROOT = Path(__file__).resolve().parents[2]
NAME = "pets_segmentation"


def main(folder: Path, epochs: int) -> None:
    """Train for some epochs and write the two files."""
    reference: dict = {}
    exec(reference_code(ROOT, "03_encoder_decoder"), reference)
    profile, split = profiles.QUICK, pets.training_split(profiles.QUICK)
    reference["keras"].utils.set_random_seed(1337)
    model = reference["compile_model"](reference["get_model"](profile.img_size, 3))
    best = folder / "best.keras"
    history = SimpleNamespace(history={"loss": [0.01], "val_loss": [0.01]})
    if epochs:
        train = (split.train_inputs, split.train_targets)
        val = (split.val_inputs, split.val_targets)
        history = reference["train"](model, train, val, epochs, profile.batch_size, str(best))
    else:
        model.save(best)
    trained.keep(NAME, best, history, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
