"""Times training of the chapter's model: its plain settings beside XLA and mixed precision.

``python benchmarks/training.py`` on the machine in question. Settings take turns in one run, so
that their ratios hold even where the machine is noisy. On a processor, try ``--size 32``, or see
what the full size needs in memory: ``--settings plain --rounds 1 --steps 1``.
"""

import argparse
import contextlib
import json
import os
import platform
import resource
import statistics
import subprocess
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from pawmark.installed import version

RESULTS = Path(__file__).parent / "results"
EPOCH = 6390  # training photographs of the chapter


@dataclass(frozen=True)
class Setting:
    """How a model is trained: numbers of 32 or of 16 bits, and compiled with XLA or not."""

    name: str
    precision: str
    compiled: bool


SETTINGS = (
    Setting("plain", "float32", False),
    Setting("XLA", "float32", True),
    Setting("mixed precision", "mixed_float16", False),
    Setting("mixed precision, XLA", "mixed_float16", True),
)


def reference() -> dict[str, Any]:
    """Return the functions of assignment 03's reference."""
    from pawmark.vision.calibration import reference_code

    space: dict[str, Any] = {}
    course = Path(__file__).resolve().parents[1]
    exec(reference_code(course, "03_encoder_decoder"), space)  # noqa: S102 - our own notebook
    return space


def operations(model: Any) -> float:
    """Return the multiplications and additions of one training step on one image.

    Two for each weight that meets a value. Backward, a convolution is done twice more: once for the
    gradient of its input and once for that of its weights.
    """
    total = 0.0
    for layer in model.layers:
        if not hasattr(layer, "kernel_size"):
            continue
        # A transposed convolution meets each value of its input with all weights, a convolution
        # each value of its output.
        transposed = "Transpose" in type(layer).__name__
        places = layer.input.shape[1:3] if transposed else layer.output.shape[1:3]
        total += 2.0 * float(np.prod(places)) * float(np.prod(layer.kernel.shape))
    return 3 * total


def traffic(model: Any, bytes_a_number: int) -> float:
    """Return the fewest bytes that one training step moves for one image.

    Every feature map is written once and read once forward; backward it is read again, and its
    gradient is written and read.
    """
    numbers = sum(float(np.prod(layer.output.shape[1:])) for layer in model.layers)
    return 5 * numbers * bytes_a_number


def build(space: dict[str, Any], setting: Setting, size: int) -> Any:
    """Build and compile the reference under a setting."""
    import keras

    keras.mixed_precision.set_global_policy(setting.precision)
    try:
        model = space["get_model"]((size, size), 3)
        model = space["compile_model"](model)
        model.compile(optimizer=model.optimizer, loss=model.loss, jit_compile=setting.compiled)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    return model


def seconds_a_step(model: Any, images: np.ndarray, masks: np.ndarray, steps: int) -> float:
    """Return the median seconds of a training step on one batch."""
    times = []
    for _ in range(steps):
        began = time.perf_counter()
        model.train_on_batch(images, masks)  # returns numbers, so the device has finished
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def device() -> str:
    """Name the graphics card, or else the processor."""
    try:
        command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return f"{platform.machine()} processor, {os.cpu_count()} cores"


def peak_memory() -> dict[str, Any]:
    """Return the most bytes that were in use: of the card, or of this process without one."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        if used := jax.local_devices()[0].memory_stats():
            return {"of": "card", "bytes": used["peak_bytes_in_use"]}
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        if tf.config.list_physical_devices("GPU"):
            used = tf.config.experimental.get_memory_info("GPU:0")
            return {"of": "card", "bytes": int(used["peak"])}
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"of": "process", "bytes": kilobytes * 1024}


def versions() -> dict[str, str]:
    """Return the versions of what computes: a machine may have one backend and not the other."""
    found = {}
    for name in ("keras", "tensorflow", "jax", "numpy"):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def measure(
    settings: list[Setting], size: int, batch: int, rounds: int, steps: int
) -> list[dict[str, Any]]:
    """Time settings in turns, the first of them as the one to compare with."""
    space, rng = reference(), np.random.default_rng(1337)
    images = rng.uniform(0, 255, (batch, size, size, 3)).astype("float32")
    masks = rng.integers(0, 3, (batch, size, size, 1)).astype("uint8")
    models = {setting: build(space, setting, size) for setting in settings}
    for model in models.values():
        seconds_a_step(model, images, masks, 2)  # tracing and compiling are not training
    times: dict[Setting, list[float]] = {setting: [] for setting in settings}
    for _ in range(rounds):
        for setting, model in models.items():
            times[setting].append(seconds_a_step(model, images, masks, steps))
    work = operations(models[settings[0]])
    plain = statistics.median(times[settings[0]])
    return [
        _row(setting, statistics.median(times[setting]), plain, batch, work, models[setting])
        for setting in settings
    ]


def _row(
    setting: Setting, step: float, plain: float, batch: int, work: float, model: Any
) -> dict[str, Any]:
    width = 4 if setting.precision == "float32" else 2
    return asdict(setting) | {
        "milliseconds_a_step": round(step * 1000, 2),
        "images_a_second": round(batch / step, 1),
        "seconds_an_epoch": round(EPOCH / batch * step, 1),
        "times_plain": round(plain / step, 2),
        "teraflops": round(work * batch / step / 1e12, 3),
        "gigabytes_a_second_at_least": round(traffic(model, width) * batch / step / 1e9, 1),
    }


def main() -> None:
    """Measure, print a table, and write it with device and versions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=200, help="height and width in pixels")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each setting")
    parser.add_argument("--steps", type=int, default=10, help="steps in a turn")
    parser.add_argument("--peak-teraflops", type=float, help="of the card, for its 16-bit matrices")
    parser.add_argument("--peak-gigabytes", type=float, help="a second, of the card's memory")
    names = {setting.name: setting for setting in SETTINGS}
    parser.add_argument("--settings", nargs="+", choices=names, default=list(names), metavar="NAME")
    chosen = parser.parse_args()
    import keras

    loaded = psutil.Process().memory_info().rss
    settings = [names[name] for name in chosen.settings]
    rows = measure(settings, chosen.size, chosen.batch, chosen.rounds, chosen.steps)
    for row in rows:
        if chosen.peak_teraflops:
            row["share_of_peak"] = round(row["teraflops"] / chosen.peak_teraflops, 3)
        if chosen.peak_gigabytes:
            share = row["gigabytes_a_second_at_least"] / chosen.peak_gigabytes
            row["share_of_memory"] = round(share, 3)
        print(f"{row['name']:<22}", *(f"{key} {row[key]}" for key in list(row)[3:]), sep="  ")
    report = {
        "device": device(),
        "peak_memory": peak_memory(),
        "process_before_training_bytes": loaded,
        "backend": keras.backend.backend(),
        "versions": versions(),
        "conditions": vars(chosen),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "rows": rows,
    }
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / "training.json"
    target.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {target}")


if __name__ == "__main__":
    main()
