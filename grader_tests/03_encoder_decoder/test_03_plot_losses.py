"""Hidden checks of 03-plot-losses: dots and a line over the epochs, and which is which.

The figure is read as the student's process tells it (`pawmark.vision.inside:axes`). A label counts
by which loss it names, in English or in Hungarian, and not by its words.
"""

import re

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import RESULT, Inside, Item, Items, inputs

TRAINING = re.compile(r"train|tanít|tanul|képz|betan|edz", re.IGNORECASE)
VALIDATION = re.compile(r"val|érvény|ervény|erveny|ellenőrz|ellenorz|test|teszt", re.IGNORECASE)
EPOCH = re.compile(r"epoch|epok|szakasz|korszak", re.IGNORECASE)
LOSS = re.compile(r"loss|veszteség|veszteseg|entropy|entrópia|hiba|error", re.IGNORECASE)
NOTHING = {"none", "", " "}
LOSSES = {"loss": "training", "val_loss": "validation"}


def look(linestyle, marker):
    """Name what a curve looks like: "dots", "line", "dots and line" or "nothing"."""
    has_line, has_dots = (str(one).lower() not in NOTHING for one in (linestyle, marker))
    return {
        (True, True): "dots and line",
        (True, False): "line",
        (False, True): "dots",
        (False, False): "nothing",
    }[has_line, has_dots]


def roles(texts):
    """Tell which loss each text names; one without a sign of it is what the other is not."""
    found = []
    for text in texts:
        training, validation = bool(TRAINING.search(text)), bool(VALIDATION.search(text))
        word = "training" if training else "validation" if validation else "unknown"
        found.append("both" if training and validation else word)
    if len(found) == 2 and texts[0] != texts[1]:  # "loss" and "val_loss"
        other = {"training": "validation", "validation": "training"}
        for one, two in ((0, 1), (1, 0)):
            if found[one] == "unknown":
                found[one] = other.get(found[two], "unknown")
    return found


def curves_of(axes):
    """Return all that is drawn as dots or lines."""
    points = [one | {"linestyle": "None", "marker": "scatter"} for one in axes["points"]]
    return [*axes["lines"], *points]


def drawn(axes, history, name):
    """Return the curve with the values of a loss; None where there is none."""
    for one in curves_of(axes):
        y = np.asarray(one["y"], dtype=float).ravel()
        if y.shape == (len(history[name]),) and np.allclose(
            y, history[name], atol=1e-6, equal_nan=True
        ):
            return one
    return None


def both(axes, history):
    """Accept a figure that holds both losses, from epoch 1 on."""
    if axes is None:
        return "plot_losses returned None: return the Axes"
    for name, word in LOSSES.items():
        curve = drawn(axes, history, name)
        if curve is None:
            return f"the {word} loss is not in the figure, or not all of its epochs"
        x = np.asarray(curve["x"], dtype=float).ravel()
        epochs = np.arange(1, len(history[name]) + 1)
        x = np.where(np.isnan(x) & np.isnan(history[name]), epochs, x)  # scatter forgets both
        if np.array_equal(x, epochs - 1):
            return "the first epoch is drawn at 0: give the epochs as horizontal positions, from 1"
        if not np.array_equal(x, epochs):
            return "the horizontal positions are not 1, 2, 3…"
    return True


def looks(axes, history):
    """Accept dots for the training loss and a line for the validation loss."""
    curves = [drawn(axes, history, name) for name in LOSSES]
    if None in curves:
        return "one of the two losses is not in the figure, so they cannot be told apart"
    training, validation = (look(one["linestyle"], one["marker"]) for one in curves)
    if training == validation:
        return (
            "only a colour tells the two curves apart: draw the training loss as dots and the "
            "validation loss as a line"
        )
    if training == "line" or validation == "dots":
        return "dots and line are exchanged: the training loss has the dots, validation the line"
    if training == "dots and line":
        return "the dots of the training loss are joined by a line: draw the dots alone"
    if training == "nothing" or validation == "nothing":
        return "one of the two curves is invisible: it has neither a line nor dots"
    return True


def legend(axes, history):
    """Accept a legend that gives each curve, by its look, its own name."""
    curves = [drawn(axes, history, name) for name in LOSSES]
    if None in curves:
        return "one of the two losses is not in the figure, so the legend cannot name it"
    if axes["legend"] is None:
        return "there is no legend"
    entries = [one for one in axes["entries"] if one["text"].strip()]
    if len(entries) < len(LOSSES):
        return "the legend does not name both curves"
    told = dict(zip([one["text"] for one in entries], roles([one["text"] for one in entries]),
                    strict=True))  # fmt: skip
    known = [role for role in told.values() if role != "unknown"]
    if sorted(known) != sorted(LOSSES.values()):
        return (
            "the legend does not tell which curve is the training loss and which the validation "
            "loss: give each a name of its own"
        )
    for one in entries:
        wanted = dict(zip(LOSSES.values(), curves, strict=True)).get(told[one["text"]])
        if wanted is not None and sign(one) != sign(wanted):
            return "the legend calls the training loss validation, or the reverse"
    return legend_by_label(curves)


def legend_by_label(curves):
    """Refuse labels that say the opposite, where the two curves look the same in the legend."""
    if sign(curves[0]) == sign(curves[1]):
        words = roles([one["label"] for one in curves])
        if words == list(reversed(LOSSES.values())):
            return "the legend calls the training loss validation, or the reverse"
    return True


def sign(one):
    """Return what a curve, or an entry of a legend, looks like."""
    return look(one["linestyle"], one["marker"])


def named(axes, history):
    """Accept names on both axes that are not exchanged."""
    if None in [drawn(axes, history, name) for name in LOSSES]:
        return "one of the two losses is not in the figure, so there is nothing to be named"
    for word, text, own, other in (
        ("horizontal", axes["xlabel"], EPOCH, LOSS),
        ("vertical", axes["ylabel"], LOSS, EPOCH),
    ):
        if not text.strip():
            return f"the {word} axis has no name: use set_xlabel and set_ylabel"
        if other.search(text) and not own.search(text):
            return "the names of the axes are exchanged: epochs go across, and the loss goes up"
    return True


def alone(axes, history):
    """Accept a figure of its own, beside one that was there."""
    if any(len(one["y"]) == len(EARLIER) and np.allclose(one["y"], EARLIER)
           for one in curves_of(axes)):  # fmt: skip
        return "the curves are drawn into a figure that was there already: make a new one each time"
    return both(axes, history)


def values(rng, epochs, lost=0, backwards=False):
    """Draw losses, the last of them not numbers, and a history that holds more."""
    numbers = rng.permutation(np.arange(100, 999))[: 2 * epochs].reshape(2, epochs) / 1000
    found = {name: [float(n) for n in row] for name, row in zip(LOSSES, numbers, strict=True)}
    for row in found.values():
        row[epochs - lost :] = [float("nan")] * lost
    if backwards:
        accuracy = [float(n) for n in np.round(rng.uniform(0, 1, epochs), 3)]
        found = {"accuracy": accuracy} | dict(reversed(found.items()))
    return found


def history(rng, epochs, **more):
    """Describe a History of losses."""
    found = values(rng, epochs, **more)
    return (Inside("pawmark.vision.inside:history", {"values": found}, seen=found),)


def beside_a_figure(rng, epochs):
    """Describe a History, while a figure is there already."""
    found = values(rng, epochs)
    return (Inside("evaluate", {"expression": OPENED, "bindings": found_of(found)}, seen=found),)


def drawn_before(rng, epochs):
    """Describe a History that has been drawn already."""
    found = values(rng, epochs)
    return (Inside("evaluate", {"expression": TWICE, "bindings": found_of(found)}, seen=found),)


def found_of(found):
    """Return what `OPENED` needs."""
    return {"losses": found, "earlier": EARLIER}


# A History; and two figures with a curve, as an earlier call and another cell would leave them.
OPENED = (
    "[History := __import__('keras').callbacks.History, before := History(), h := History(), "
    "setattr(before, 'history', {'loss': earlier, 'val_loss': earlier}), plot_losses(before), "
    "setattr(h, 'history', losses), __import__('matplotlib.pyplot').pyplot.plot(earlier), h][-1]"
)
TWICE = (
    "[h := __import__('keras').callbacks.History(), setattr(h, 'history', losses), "
    "plot_losses(h), h][-1]"
)
EARLIER = [0.25, 0.75, 0.5]
some = {"epochs": st.integers(4, 11)}

exercise = Items(
    "03-plot-losses",
    function="plot_losses",
    read=Inside("pawmark.vision.inside:axes", {"axes": RESULT}),
    items=[
        Item("both losses, from epoch 1 on", both, inputs(history, **some), count=2, points=3),
        Item("dots and a line", looks, inputs(history, **some), count=2, points=2),
        Item("a legend that names the curves", legend, inputs(history, **some), count=2, points=2),
        Item("names on both axes", named, inputs(history, **some)),
        Item("a single epoch", both, inputs(history, epochs=st.just(1)), points=0.5),
        Item(
            "losses that are not numbers",
            both,
            inputs(history, lost=st.integers(1, 3), **some),
            points=0.5,
        ),
        Item(
            "a history that holds more",
            both,
            inputs(history, backwards=st.just(True), **some),
            points=0.5,
        ),
        Item("a history drawn once more", both, inputs(drawn_before, **some), points=0.5),
        Item("a new figure", alone, inputs(beside_a_figure, **some), points=0.5),
    ],
)
