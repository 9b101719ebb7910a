"""Writes honest and hostile checkpoints, restores each, and prints what came of it as JSON.

``python restoring.py FOLDER``, in a process of its own, since it brings in Keras.
"""

import contextlib
import json
import os
import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def model_of(width: int):
    """Build a tiny model."""
    import keras

    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(width, activation="relu")(inputs)
    return keras.Model(inputs, keras.layers.Dense(3)(hidden))


def swap(source: Path, target: Path, **members: bytes) -> Path:
    """Copy a .keras archive with some members replaced; the underscore stands for a dot."""
    new = {name.replace("__", "."): content for name, content in members.items()}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in [*old.namelist(), *(set(new) - set(old.namelist()))]:
            out.writestr(name, new.get(name) or old.read(name))
    return target


def lambda_config(canary: Path) -> bytes:
    """Describe a model with a Lambda layer whose code writes a file."""
    import keras

    # Keras keeps the byte code of a lambda, and only the name of a function.
    write = eval(f"lambda x: (open({str(canary)!r}, 'w').close(), x)[1]")
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Lambda(write)(inputs))
    path = canary.with_suffix(".keras")
    model.save(path)
    canary.unlink()
    with zipfile.ZipFile(path) as archive:
        return archive.read("config.json")


def module_config(canary: Path) -> bytes:
    """Describe a model whose layer is a function of the operating system."""
    layer = {"module": "os", "class_name": "system", "config": f"touch {canary}"}
    layer["registered_name"] = None
    config = {"config": {"layers": [layer]}, "module": "keras", "class_name": "Sequential"}
    return json.dumps(config).encode()


def write_all(folder: Path) -> dict[str, Path]:
    """Write the checkpoints by name."""
    honest = folder / "honest.keras"
    model_of(8).save(honest)
    model_of(9).save(folder / "wider.keras")
    canary = folder / "canary"
    kinds = {
        "lambda": {"config__json": lambda_config(canary)},
        "module": {"config__json": module_config(canary)},
        "bomb": {"model__weights__h5": bytes(300_000_000)},
        "noise": {"model__weights__h5": os.urandom(5000)},
    }
    made = {name: swap(honest, folder / f"{name}.keras", **what) for name, what in kinds.items()}
    (folder / "text.keras").write_text("not a checkpoint")
    (folder / "empty.keras").write_bytes(b"")
    with zipfile.ZipFile(folder / "hollow.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    shutil.copy(folder / "wider.keras", folder / "other.keras")
    names = ("honest", "other", "text", "empty", "hollow")
    return made | {name: folder / f"{name}.keras" for name in names}


def main(folder: Path) -> None:
    """Restore all and report: weights as the honest ones, or the message."""
    from pawmark import trained
    from pawmark.errors import DataError

    files = write_all(folder)
    wanted = model_of(8)
    wanted.load_weights(files["honest"])
    # Half of the bomb is enough to refuse, and keeps the test small.
    trained.MAX_WEIGHTS = 150_000_000
    found = {}
    for name, path in files.items():
        try:
            weights = trained.restore(model_of(8), path).get_weights()
            same = all(map(np.array_equal, weights, wanted.get_weights()))
            found[name] = "as the honest one" if same else "other weights"
        except DataError as error:
            found[name] = str(error)
    found["canary"] = (folder / "canary").exists()
    found["armed"] = armed(files["lambda"], folder / "canary")
    found["histories"] = histories(folder)
    print(json.dumps(found))


def armed(path: Path, canary: Path) -> bool:
    """Load a checkpoint in the way that is dangerous; tell whether its code has run."""
    import keras

    # The weights do not fit this model; by then its code has run.
    with contextlib.suppress(Exception):
        keras.saving.load_model(path, safe_mode=False, compile=False)
    return canary.exists()


def histories(folder: Path) -> list[str]:
    """Read broken histories; return the messages."""
    from pawmark import trained
    from pawmark.errors import DataError
    from pawmark.grading.inside.guest import Guest
    from pawmark.grading.intake.stand_in import message_for

    os.environ["HOME"] = str(folder)
    guest = Guest({})
    said = []
    for text in ("", "[]", '{"loss": [1]}', '{"loss": [1], "val_loss": ["x"]}', "[" * 100_000):
        guest.answer(message_for({"a.keras": b"", "a.json": text.encode()}))
        try:
            trained.handed_in("a")
        except DataError as error:
            said.append(str(error))
    guest.answer(message_for({"a.json": b'{"loss": [1, 0.5], "val_loss": [1, 0.7]}'}))
    _, history = trained.handed_in("a")
    said.append(str(history.history["val_loss"]))
    return said


if __name__ == "__main__":
    main(Path(sys.argv[1]))
