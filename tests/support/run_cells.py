"""Runs the code cells of a source notebook on real photographs, as a student's kernel would.

``python run_cells.py NOTEBOOK [fine-tune]`` prints a JSON line of the cells that raised, by name.
"""

import json
import sys
import traceback
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
HIDDEN = "### BEGIN HIDDEN TESTS"


def run(path: Path) -> tuple[dict, dict[str, str]]:
    """Run all code cells in one namespace; return it, and what each failing cell raised."""
    space: dict = {"__name__": "__main__"}
    raised = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", cell.get("id"))
        try:
            exec("".join(cell["source"]).partition(HIDDEN)[0], space)
        except Exception:
            raised[name] = traceback.format_exc()[-1500:]
    return space, raised


def fine_tune(space: dict) -> list[float]:
    """Train the reference on drawn photographs, then on the real ones; return losses on these."""
    from pawmark import pets, profiles

    keras = space["keras"]
    real, profile = space["split"], profiles.QUICK
    drawn = pets.training_split(profile, pets.synthetic(seed=7, count=80))
    keras.utils.set_random_seed(1337)
    model = space["compile_model"](space["get_model"](profile.img_size, 3))
    losses = []
    for split, epochs in ((drawn, 3), (real, 12)):
        path = Path(space["checkpoint_folder"].name, f"{epochs}.keras")
        train, val = (
            (split.train_inputs, split.train_targets),
            (split.val_inputs, split.val_targets),
        )
        history = space["train"](model, train, val, epochs, 4, str(path))
        losses.append(history.history["loss"])
    return [losses[1][0], losses[1][-1]]


if __name__ == "__main__":
    namespace, failures = run(Path(sys.argv[1]))
    found = {"raised": failures}
    if "fine-tune" in sys.argv:
        found["losses"] = fine_tune(namespace)
    print(json.dumps(found))
