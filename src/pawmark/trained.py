"""What a long training leaves behind: kept beside the notebook, and handed in with it.

This runs in the notebook, a student's or the one in the grader's sandbox. Keras is imported when it
is needed, not with this module.
"""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

from pawmark.errors import DataError

FOLDER = "trained"
MAX_WEIGHTS = 1 << 30

# Where the grader puts what was handed in, before any cell runs.
_RECEIVED = ".pawmark-handed-in"
_WEIGHTS = "model.weights.h5"


def keep(name: str, checkpoint: str | Path, history: Any, folder: str | Path = FOLDER) -> None:
    """Keep a checkpoint and its history beside the notebook, to be handed in with it.

    Parameters
    ----------
    name : str
        What the two files are called: ``NAME.keras`` and ``NAME.json``.
    checkpoint : str or pathlib.Path
        A ``.keras`` file.
    history : keras.callbacks.History
        What ``fit`` returned.
    folder : str or pathlib.Path
        Where they go.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.keras"
    if Path(checkpoint).resolve() != target.resolve():
        shutil.copyfile(checkpoint, target)
    losses = {key: [float(value) for value in values] for key, values in history.history.items()}
    (folder / f"{name}.json").write_text(json.dumps(losses, indent=1) + "\n", encoding="utf-8")
    print(f"kept {target} ({target.stat().st_size / 1e6:.1f} MB) and {folder / f'{name}.json'}")


def handed_in(name: str) -> tuple[Path, Any]:
    """Return the checkpoint's path and the history that were handed in.

    Parameters
    ----------
    name : str
        What the two files are called, without their ends.

    Returns
    -------
    checkpoint : pathlib.Path
    history : keras.callbacks.History

    Raises
    ------
    DataError
        A file was not handed in, or the history holds no losses.
    """
    import keras

    folder = Path.home() / _RECEIVED
    for file in (f"{name}.keras", f"{name}.json"):
        if not (folder / file).is_file():
            raise DataError(
                f"{file} was not handed in. Hand in the folder {FOLDER}/ together with the "
                "notebook: the cell after the training writes it."
            )
    history = keras.callbacks.History()
    history.history = _losses(folder / f"{name}.json")
    history.epoch = list(range(len(history.history["val_loss"])))
    return folder / f"{name}.keras", history


def _losses(path: Path) -> dict[str, list[float]]:
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        losses = {str(key): [float(v) for v in values] for key, values in tree.items()}
        if not losses["loss"] or len(losses["loss"]) != len(losses["val_loss"]):
            raise ValueError("the two lists are not equally long")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(
            f"{path.name} is no history of a training ({error}). Expected are the lists loss and "
            "val_loss, as the cell after the training writes them."
        ) from error
    return losses


def restore(model: Any, checkpoint: str | Path) -> Any:
    """Put the weights of a checkpoint into a model that this notebook's code has built.

    Only numbers are read from the file, by their places in the model: neither the structure nor
    the layers' code that a ``.keras`` file may hold is looked at. So what is judged afterwards is
    the notebook's own model.

    Parameters
    ----------
    model : keras.Model
        A model of the structure that was trained.
    checkpoint : str or pathlib.Path
        A ``.keras`` file.

    Returns
    -------
    keras.Model
        The same model.

    Raises
    ------
    DataError
        The file is damaged, too large, or the checkpoint of another model.
    """
    try:
        with zipfile.ZipFile(checkpoint) as archive:
            size = archive.getinfo(_WEIGHTS).file_size
        if size > MAX_WEIGHTS:
            raise ValueError(f"its weights take {size:,} bytes")
        model.load_weights(str(checkpoint))
    except Exception as error:  # a made-up file fails anywhere in three libraries
        reason = " ".join(str(error).split())[:300]
        raise DataError(
            f"{Path(checkpoint).name} is not the checkpoint of the model that this notebook "
            f"builds ({type(error).__name__}: {reason}). Was the model changed after training?"
        ) from error
    return model
