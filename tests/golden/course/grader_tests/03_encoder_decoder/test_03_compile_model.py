"""Hidden checks of exercise 03-compile-model."""

import pytest

from pawmark.checks import expect, expect_number
from pawmark.vision.calibration import cross_entropy

from .tiny_models import (
    noisy_targets,
    random_images,
    random_weights,
    tiny_model,
    tiny_probabilities,
)


@pytest.fixture
def compiled(student, keras, rng):
    """Return (model, what compile_model returned, kernel, bias)."""
    kernel, bias = random_weights(rng)
    model = tiny_model(student, keras, (6, 8, 3), kernel, bias)
    returned = student.call("compile_model", model)
    # Forgetting `return` has a check of its own.
    return model, model if returned is None else returned, kernel, bias


@pytest.mark.cell("03-compile-model", points=0.5)
def test_compiled_model_is_returned(student, keras, rng):
    """compile_model returns the model that it was given."""
    model = tiny_model(student, keras, (6, 8, 3), *random_weights(rng))

    returned = student.call("compile_model", model)

    expect(
        returned is not None,
        "compile_model returned None: `model.compile` changes the model and returns nothing",
    )
    same = student.evaluate("returned is model", returned=returned, model=model)
    expect(same is True, "compile_model should return the model that it was given")
    expect(student.model(model).optimizer, "the model comes back without having been compiled")


@pytest.mark.cell("03-compile-model", points=0.5)
def test_optimizer_is_rmsprop(student, compiled):
    """The optimizer is the chapter's."""
    facts = student.model(compiled[1])

    expect(facts.optimizer, "the model has no optimizer: it has not been compiled")
    expect(
        str(facts.optimizer).rsplit(".", 1)[-1].lower() == "rmsprop",
        "the chapter trains with rmsprop",
        got=str(facts.optimizer),
        expected="rmsprop",
    )


@pytest.mark.cell("03-compile-model", points=1)
def test_loss_takes_whole_number_labels(student, compiled, rng):
    """The loss is the cross-entropy for whole-number labels."""
    _, model, kernel, bias = compiled
    name = "".join(c for c in str(student.model(model).loss).lower() if c.isalpha())
    expect(name not in ("none", ""), "the model has no loss: it has not been compiled with one")
    expect(
        not name.endswith("categoricalcrossentropy") or "sparse" in name,
        "this cross-entropy wants one number for each class; our targets hold one whole number "
        "for each pixel: the sparse one is made for that",
        got=name,
    )
    expect(
        "binary" not in name,
        "a binary cross-entropy knows two classes; a pixel here has one of three",
        got=name,
    )
    images = random_images(rng, 5)
    targets = noisy_targets(rng, images, kernel, bias)

    reply = student.evaluate(
        "model.evaluate(images, targets, verbose=0, return_dict=True)['loss']",
        model=model,
        images=images,
        targets=targets,
    )

    loss = expect_number(reply, "the loss")
    expected = cross_entropy(tiny_probabilities(images, kernel, bias), targets[..., 0])
    expect(
        abs(loss - expected) < 1e-3 * max(1, expected),
        "the loss is not the cross-entropy between the predicted probabilities and the labels",
        got=round(loss, 4),
    )
