"""Hidden checks of exercise 06-grad-cam."""

from dataclasses import dataclass

import numpy as np
import pytest

from pawmark.checks import compare_heat, expect

from .known_models import build, pooled, random_name, relu
from .replies import alike, numbers


def draw_until(draw, good):
    """Draw until the inputs tell right from wrong with a margin, whatever the seed."""
    for _ in range(1000):
        drawn = draw()
        if good(drawn):
            return drawn
    raise RuntimeError("a thousand draws, and none is telling")


@dataclass(frozen=True)
class Scene:
    """A model with known maps, an image, and how the score depends on each map."""

    model: object
    layer: str
    image: np.ndarray
    maps: np.ndarray
    head: np.ndarray


def heat_of(weighted):
    """Cut off what is negative and divide by the largest value."""
    positive = relu(weighted)
    return positive / max(positive.max(), 1e-12)


def scene(student, keras, rng, maps, head, shift=0.0):
    """Build a model whose only convolution turns its image into the given maps.

    The image has the maps as colours; the convolution passes each on, with a random gain and a
    shift.
    """
    height, width, channels = maps.shape
    classes = head.shape[-1]
    layer = random_name(rng)
    gain = rng.uniform(0.5, 2.0, channels)
    image = ((maps - shift) / gain).astype("float32")
    texts = [f"layers.Conv2D({channels}, 1, activation='relu', name={layer!r})"]
    if head.ndim == 2:
        texts.append("layers.GlobalAveragePooling2D()")
    else:
        texts.append("layers.Flatten()")
    texts.append(f"layers.Dense({classes})")
    dense = head.reshape(-1, classes)
    bias = np.full(channels, shift)
    weights = [np.diag(gain)[None, None], bias, dense, np.zeros(classes)]
    model = build(student, keras, (height, width, channels), texts, weights)
    return Scene(model, layer, image, maps, head)


def ask_heat(student, model, image, layer, index, shape):
    """Let the student draw a heatmap; only its shape is checked here."""
    reply = student.call("grad_cam", model, image, layer, index)
    expect(reply is not None, "grad_cam returned None: did you forget `return`?")
    heat = numbers(reply, "the heatmap")
    expect(
        heat.shape not in ((1, *shape), (*shape, 1)),
        "the heatmap still has an axis of length 1, from the batch or the channels",
        got=heat.shape,
        expected=shape,
    )
    expect(
        heat.shape != image.shape[:2] or shape == image.shape[:2],
        "the heatmap has the size of the image: return one value for each position of the layer's "
        "maps; enlarging is for the overlay",
        got=heat.shape,
        expected=shape,
    )
    expect(
        heat.ndim == 2,
        "the heatmap should have two axes, (height, width): add the channels up",
        got=heat.shape,
        expected=shape,
    )
    expect(
        heat.shape == shape,
        "the heatmap does not have the height and width of the layer's maps",
        got=heat.shape,
        expected=shape,
    )
    return heat


def scaled(heat):
    """Divide by the largest value: whether that was done has a check of its own."""
    largest = np.nanmax(heat) if np.isfinite(heat).any() else 0
    return heat / largest if largest > 0 else heat


def map_size(rng):
    """Draw height and a larger width."""
    return int(rng.integers(4, 7)), int(rng.integers(8, 11))


def unlike(values, others, least=0.15):
    """Tell whether an array differs clearly from all others."""
    return all(np.abs(values - other).max() > least for other in others)


def positive_scene(rng, classes=3):
    """Draw maps and a head of positive weights: relu and absolute values change nothing there."""
    height, width = map_size(rng)
    maps = rng.uniform(0, 40, (height, width, 3)) * (rng.random((height, width, 3)) < 0.6)
    maps[0, :3] = 0  # somewhere there is no heat, so the smallest value is 0
    maps[1, :3] = np.diag(rng.uniform(25, 40, 3))  # each channel has a place of its own
    head = np.stack([rng.permutation([0.1, 0.6, 3.0]) for _ in range(classes)], axis=-1)
    # Scores close enough that no softmax would saturate.
    return maps, head * 1.5 / max(np.ptp(maps.mean(axis=(0, 1)) @ head), 1e-9)


def class_heats(maps, head):
    """Compute the heatmap of each class."""
    return [heat_of(maps @ head[:, c]) for c in range(head.shape[-1])]


def careless_heats(maps, head):
    """Compute what comes of weights that are not the effects of one score."""
    scores = maps.mean(axis=(0, 1)) @ head
    likely = np.exp(scores - scores.max())
    mean = head @ (likely / likely.sum())
    weights = [np.ones(maps.shape[-1]), maps.mean(axis=(0, 1)), head.sum(axis=-1)]
    weights += [head[:, c] - mean for c in range(head.shape[-1])]  # of a probability
    return [heat_of(maps @ w) for w in weights]


def telling_classes(drawn):
    """Tell whether the classes and careless weights all give different heatmaps."""
    maps, head = drawn
    heats, careless = class_heats(maps, head), careless_heats(maps, head)
    apart = all(unlike(heat, heats[:i] + heats[i + 1 :]) for i, heat in enumerate(heats))
    return apart and all(unlike(heat, careless, 0.1) for heat in heats)


@pytest.mark.cell("06-grad-cam", points=1)
def test_heatmap_has_the_size_of_the_maps(student, keras, rng):
    """The heatmap is as high and wide as the maps of the layer."""
    height, width = map_size(rng)
    layer = random_name(rng)
    texts = [
        "layers.AveragePooling2D(2)",
        f"layers.Conv2D(4, 1, activation='relu', name={layer!r})",
        "layers.GlobalAveragePooling2D()",
        "layers.Dense(2)",
    ]
    weights = [
        rng.uniform(0.1, 1, (1, 1, 3, 4)), np.zeros(4), rng.uniform(0.1, 1, (4, 2)), np.zeros(2)
    ]  # fmt: skip
    model = build(student, keras, (2 * height, 2 * width, 3), texts, weights)
    image = rng.uniform(0, 255, (2 * height, 2 * width, 3)).astype("float32")

    ask_heat(student, model, image, layer, 1, (height, width))


@pytest.mark.cell("06-grad-cam", points=1.5)
def test_channels_count_by_what_they_do_for_the_score(student, keras, rng):
    """Each map is weighted with its effect on the score."""
    maps, head = draw_until(lambda: positive_scene(rng), telling_classes)
    known = scene(student, keras, rng, maps, head)
    scores = maps.mean(axis=(0, 1)) @ head
    # The class that the model would choose: other classes have a check of their own.
    index = int(np.argmax(scores))

    heat = scaled(ask_heat(student, known.model, known.image, known.layer, index, maps.shape[:2]))

    expect(np.isfinite(heat).all(), "the heatmap holds values that are not numbers (nan or inf)")
    suspects = [
        (maps.mean(axis=-1), "this is the plain mean of the maps: each channel has to be weighted "
         "with its effect on the score, the mean of its gradient"),
        (maps @ head.sum(axis=-1), "all scores together are explained here: the gradient of one "
         "score is wanted"),
        (np.ones(maps.shape[:2]), "the heat is the same everywhere: the gradient alone does not "
         "say where the maps respond"),
    ]  # fmt: skip
    picture = compare_heat(heat, heat_of(maps @ head[:, index]))
    for values, message in suspects:
        wrong = heat_of(values)
        if unlike(wrong, [heat_of(maps @ head[:, index])], 0.1):
            expect(not alike(heat, wrong), message, picture=picture)
    expect(
        alike(heat, heat_of(maps @ head[:, index])),
        "the heatmap is not the sum of the maps, each weighted with the mean of the score's "
        "gradient with respect to it",
        picture=picture,
    )


@pytest.mark.cell("06-grad-cam", points=0.5)
def test_model_gets_the_image_as_it_is(student, keras, rng):
    """The image is given to the model with the values that it has."""
    maps, head = draw_until(lambda: positive_scene(rng), telling_classes)
    # Colours below 20 divided by the gain are dark for this convolution: brightness matters.
    known = scene(student, keras, rng, maps, head, shift=-20.0)
    index = int(np.argmax(maps.mean(axis=(0, 1)) @ head))

    heat = ask_heat(student, known.model, known.image, known.layer, index, maps.shape[:2])

    expect(
        np.nan_to_num(heat).any(),
        "a bright image has no heat, as if it were dark: give it to the model as it is, without "
        "dividing by 255; the model rescales by itself if it has to",
    )


@pytest.mark.cell("06-grad-cam", points=1)
def test_class_is_the_one_asked_for(student, keras, rng):
    """The score of the class that was asked for is explained, likely or not."""
    maps, head = draw_until(lambda: positive_scene(rng), telling_classes)
    known = scene(student, keras, rng, maps, head)
    scores = maps.mean(axis=(0, 1)) @ head
    best, index = int(np.argmax(scores)), int(np.argmin(scores))

    heat = scaled(ask_heat(student, known.model, known.image, known.layer, index, maps.shape[:2]))

    heats = class_heats(maps, head)
    picture = compare_heat(heat, heats[index])
    expect(
        not alike(heat, heats[best]),
        "this is the heatmap of the class with the highest score: explain the class that was "
        "asked for",
        picture=picture,
    )
    others = [c for c in range(len(heats)) if c != index and alike(heat, heats[c])]
    expect(
        not others, "this is the heatmap of another class than the one asked for", picture=picture
    )
    expect(
        alike(heat, heats[index]),
        "for a class that the model does not choose the heatmap is wrong: the gradient of the "
        "score of the class that was asked for is wanted",
        picture=picture,
    )


def two_layers(rng):
    """Draw the weights of a model of two convolutions, and an image.

    Each block of four pixels has a colour of its own, which mostly keeps to one channel.
    """
    height, width = map_size(rng)
    colours = np.eye(3)[rng.integers(0, 3, (height, width))] * rng.uniform(
        80, 250, (height, width, 1)
    )
    colours[0, :3], colours[1, :3] = 0, 200 * np.eye(3)
    image = np.kron(colours, np.ones((2, 2, 1))) * rng.uniform(0.7, 1, (2 * height, 2 * width, 1))
    first, second = rng.uniform(0, 0.1, (3, 4)), rng.uniform(0, 0.1, (4, 3))
    first[:, :3] += np.eye(3)
    second[:3] += np.eye(3)
    head = np.stack([rng.permutation([0.1, 1.0, 4.0]) for _ in range(2)], axis=-1)
    return first, second, head, image.astype("float32")


def two_heats(drawn, index):
    """Compute the heatmaps of both layers, and the plain means of their maps."""
    first, second, head, image = drawn
    early = relu(image @ first)
    late = relu(pooled(early, "mean") @ second)
    # Everything is positive, so the score is linear: the effect of an early channel on it.
    effect = second @ head[:, index]
    return (
        heat_of(early @ effect), heat_of(late @ head[:, index]),
        heat_of(early.mean(-1)), heat_of(late.mean(-1)), heat_of(late @ late.mean((0, 1))),
    )  # fmt: skip


def telling_layers(drawn):
    """Tell whether weighting the channels matters in both layers."""
    early, late, *careless = two_heats(drawn, 1)
    return all(
        unlike(right, [heat for heat in careless if heat.shape == right.shape], 0.1)
        for right in (early, late)
    )


@pytest.mark.cell("06-grad-cam", points=1)
def test_layer_is_the_one_asked_for(student, keras, rng):
    """Any layer can be asked for, by its name."""
    drawn = draw_until(lambda: two_layers(rng), telling_layers)
    first, second, head, image = drawn
    names = [random_name(rng), random_name(rng)]
    texts = [
        f"layers.Conv2D(4, 1, activation='relu', name={names[0]!r})",
        "layers.AveragePooling2D(2)",
        f"layers.Conv2D(3, 1, activation='relu', name={names[1]!r})",
        "layers.GlobalAveragePooling2D()",
        "layers.Dense(2)",
    ]
    weights = [first[None, None], np.zeros(4), second[None, None], np.zeros(3), head, np.zeros(2)]
    model = build(student, keras, image.shape, texts, weights)
    height, width = image.shape[:2]
    sizes = [(height, width), (height // 2, width // 2)]

    heats = []
    for name, size, which in zip(names, sizes, ("first", "last"), strict=True):
        reply = student.call("grad_cam", model, image, name, 1)
        expect(reply is not None, "grad_cam returned None: did you forget `return`?")
        heat = numbers(reply, "the heatmap")
        heats.append(scaled(np.squeeze(heat)))
        other = sizes[0] if size == sizes[1] else sizes[1]
        expect(
            heats[-1].shape != other or (which == "last" and heats[0].shape == other),
            f"asked for the {which} of two convolutions, the heatmap has the size of the other",
            got=heat.shape,
            expected=size,
        )
        expect(
            heats[-1].shape in sizes and np.isfinite(heats[-1]).all(),
            "the heatmap has the size of neither convolution, or holds nan",
            got=heat.shape,
            expected=size,
        )
    # Whether the weights are right at all has a check of its own; then they must be here too.
    early, late, *_ = two_heats(drawn, 1)
    expect(
        alike(heats[0], early) or not alike(heats[1], late),
        "the heatmap is right for the last convolution, and wrong for an earlier one: what is its "
        "gradient? The weights of the last layer of the model say nothing about it",
    )


@pytest.mark.cell("06-grad-cam", points=1)
def test_gradients_are_averaged_over_positions(student, keras, rng):
    """A channel has one weight: the mean of its gradient over all positions."""

    def draw():
        height, width = map_size(rng)
        maps = rng.uniform(0, 40, (height, width, 3)) * (rng.random((height, width, 3)) < 0.6)
        maps[0, :3], maps[1, :3] = 0, np.diag(rng.uniform(25, 40, 3))
        slope = rng.normal(0, 2, (height, width, 3, 2))
        means = np.stack([rng.permutation([0.3, 0.8, 2.0]) for _ in range(2)], axis=-1)
        return maps, slope - slope.mean(axis=(0, 1)) + means

    def wrong_ways(maps, head):
        slope = head[..., 0]
        return [
            ((maps * slope).sum(-1), "the gradient of each position is multiplied with the map "
             "there: average the gradient over all positions first, so that a channel has one "
             "weight"),
            (maps @ slope.max(axis=(0, 1)), "the largest gradient of a channel is its weight "
             "here: take the mean over all positions"),
            (maps @ relu(slope).mean(axis=(0, 1)), "negative gradients are left out before "
             "averaging: only the heatmap itself is cut off at zero"),
            (maps @ np.abs(slope).mean(axis=(0, 1)), "the sizes of the gradients are averaged, "
             "without their signs"),
            (maps @ slope[0, 0], "the gradient at one position stands for all: average over all "
             "positions"),
        ]  # fmt: skip

    def telling(drawn):
        maps, head = drawn
        means = head[..., 0].mean(axis=(0, 1))
        wrong = [heat_of(values) for values, _ in wrong_ways(maps, head)]
        scores = (maps[..., None] * head).sum(axis=(0, 1, 2))
        right = heat_of(maps @ means)
        careless = careless_heats(maps, head.mean(axis=(0, 1)))
        return scores[0] > scores[1] and unlike(right, wrong + careless, 0.1)

    maps, head = draw_until(draw, telling)
    known = scene(student, keras, rng, maps, head)

    heat = scaled(ask_heat(student, known.model, known.image, known.layer, 0, maps.shape[:2]))

    expect(np.isfinite(heat).all(), "the heatmap holds values that are not numbers (nan or inf)")
    right = heat_of(maps @ head[..., 0].mean(axis=(0, 1)))
    picture = compare_heat(heat, right)
    for values, message in wrong_ways(maps, head):
        expect(not alike(heat, heat_of(values)), message, picture=picture)
    expect(
        alike(heat, right),
        "where the gradient differs from position to position the heatmap is wrong: the weight of "
        "a channel is the mean of its gradient over all positions",
        picture=picture,
    )


def opposed(rng):
    """Draw two channels, one for the class and a stronger one against it, that meet in places.

    A third channel is silent, and the other class is less likely still.
    """
    height, width = map_size(rng)
    here = np.zeros((height, width, 3))
    here[1:, : width // 2, 0] = rng.uniform(10, 20, (height - 1, width // 2))
    here[1:, width // 2 - 2 :, 1] = rng.uniform(30, 40, (height - 1, width - width // 2 + 2))
    head = np.array([[1.0, -5.0], [-float(rng.uniform(1.5, 2.0)), -5.0], [1.0, 1.0]]) / 100
    return here, head


@pytest.mark.cell("06-grad-cam", points=1)
def test_evidence_against_the_class_is_cut_off(student, keras, rng):
    """Places that speak against the class have no heat."""
    maps, head = opposed(rng)
    known = scene(student, keras, rng, maps, head)

    heat = ask_heat(student, known.model, known.image, known.layer, 0, maps.shape[:2])

    expect(np.isfinite(heat).all(), "the heatmap holds values that are not numbers (nan or inf)")
    picture = compare_heat(heat, heat_of(maps @ head[:, 0]))
    against = maps[..., 1] > 0
    both, silent = against & (maps[..., 0] > 0), ~maps.any(axis=-1)
    expect(
        heat.min() > -1e-6,
        "the heatmap holds negative values: cut them off at zero",
        got=round(float(heat.min()), 3),
        picture=picture,
    )
    expect(
        heat[silent].max() < 0.02,
        "where no channel responds there is heat: cut off at zero instead of moving the smallest "
        "value to 0",
        picture=picture,
    )
    favour = ~against & (maps[..., 0] > 0)
    expect(
        heat[favour].max() > 0,
        "there is no heat where the only channel that responds speaks for the class",
        picture=picture,
    )
    only = against & ~both
    expect(
        heat[only].max() < 0.02,
        "places that speak against the class have heat, as if for it: cut off what is negative, "
        "do not take its absolute value",
        picture=picture,
    )
    expect(
        heat[both].max() < 0.02,
        "where the evidence against the class is stronger than that for it, there should be no "
        "heat: add up all channels first, and cut off at zero then",
        picture=picture,
    )


@pytest.mark.cell("06-grad-cam", points=0.5)
def test_hottest_place_has_heat_one(student, keras, rng):
    """Heat runs from 0 to 1, whatever the size of scores and maps."""
    for size in (1e-3, 4.0):
        maps, head = draw_until(lambda: positive_scene(rng), telling_classes)
        known = scene(student, keras, rng, maps, head * size)

        heat = ask_heat(student, known.model, known.image, known.layer, 0, maps.shape[:2])

        expect(np.isfinite(heat).all(), "the heatmap holds nan or inf")
        expect(
            np.isclose(heat.max(), 1, atol=0.01),
            "the hottest place should have the value 1: divide by the largest value",
            got=f"{heat.max():.3g}",
            expected=1,
        )


@pytest.mark.cell("06-grad-cam", points=0.5)
def test_no_evidence_no_heat(student, keras, rng):
    """Where nothing speaks for the class, the heatmap is zero everywhere."""
    maps, head = positive_scene(rng)
    known = scene(student, keras, rng, maps, -head)

    heat = ask_heat(student, known.model, known.image, known.layer, 0, maps.shape[:2])

    expect(
        not np.isnan(heat).any(),
        "where nothing speaks for the class the heatmap is nan: it is divided by its largest "
        "value, which is 0",
    )
    expect(
        np.allclose(heat, 0, atol=1e-6),
        "where nothing speaks for the class the heatmap should be zero everywhere",
    )
