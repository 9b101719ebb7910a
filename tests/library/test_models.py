"""Tests of `pawmark.models`: one training, then the cache; nothing else changed."""

import random

import numpy as np
import pytest

from pawmark import models, pets
from pawmark.errors import DataError
from pawmark.quiet import quietly


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Keep the models of this module in a cache of their own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("models")
        patch.setenv("PAWMARK_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def classifier(cache, small_pets):
    """Train the classifier on forty photographs: quick, and badly."""
    with quietly():
        return models.cat_or_dog(small_pets)


def files(cache):
    """Return the weight files in the cache."""
    return sorted((cache / "models").glob("cat-or-dog-*/weights.npz"))


def test_scores_for_cat_and_dog(classifier):
    """The model gives two finite scores for each image, and differs from an untrained one."""
    images = np.random.default_rng(0).uniform(0, 255, (3, 128, 128, 3)).astype("float32")

    scores = np.asarray(classifier.model(images))

    assert scores.shape == (3, 2)
    assert np.isfinite(scores).all()
    assert not np.allclose(scores, models.build_classifier()(images))


def test_unseen_photographs_are_shared_equally(classifier, small_pets):
    """As many cats as dogs are kept out of training, and none of them is in it."""
    kinds = [small_pets.species(name) for name in classifier.unseen]
    training = {name for group in models.divide(small_pets).training for name in group}

    assert kinds.count("cat") == kinds.count("dog") > 0
    assert not training & set(classifier.unseen)


def test_second_call_finds_the_weights(classifier, cache, small_pets, monkeypatch):
    """The classifier is trained once; after that the same weights come from the cache."""
    monkeypatch.setattr(models, "train_classifier", lambda *_: pytest.fail("trained a second time"))

    again = models.cat_or_dog(small_pets)

    assert len(files(cache)) == 1
    for first, second in zip(
        classifier.model.get_weights(), again.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(first, second)


def test_other_data_have_another_place(small_pets):
    """The key follows the identity of the data."""
    other = pets.Pets(small_pets.root, "real", "another", small_pets.names)

    assert models.cache_key(other) != models.cache_key(small_pets)


@pytest.mark.parametrize("content", [b"", b"not a zip file", None])
def test_damaged_cache_costs_a_training_only(classifier, cache, small_pets, monkeypatch, content):
    """An empty or broken file, or a folder in its place, leads to another training, no error."""
    (path,) = files(cache)
    whole = path.read_bytes()
    monkeypatch.setattr(models, "train_classifier", lambda *_: classifier.model.get_weights())
    try:
        path.unlink()
        path.mkdir() if content is None else path.write_bytes(content)
        again = models.cat_or_dog(small_pets)
    finally:
        path.rmdir() if path.is_dir() else path.unlink()
        path.write_bytes(whole)

    assert np.array_equal(again.model.get_weights()[0], classifier.model.get_weights()[0])


def test_random_numbers_of_others_are_left_alone(classifier, small_pets):
    """A notebook draws the same numbers whether the classifier was trained or found."""
    random.seed(3)
    np.random.seed(3)
    before = random.getstate(), np.random.get_state()[1].copy()

    models.train_classifier(
        small_pets, models.Names((small_pets.names[:1], small_pets.names[1:2]), ())
    )

    assert random.getstate() == before[0]
    assert np.array_equal(np.random.get_state()[1], before[1])


def test_folding_changes_nothing_but_the_layers(classifier):
    """Without its normalisation the classifier computes what it computed with it."""
    rng = np.random.default_rng(1)
    with_norm, without = models.build_classifier(trainable=True), models.build_classifier()
    with_norm.set_weights(
        [w + np.abs(rng.normal(0, 0.1, w.shape)) for w in with_norm.get_weights()]
    )
    without.set_weights(models.folded(with_norm))
    images = rng.uniform(0, 255, (2, 128, 128, 3)).astype("float32")

    np.testing.assert_allclose(with_norm(images), without(images), rtol=1e-3, atol=1e-3)


def test_one_species_is_not_enough(small_pets):
    """Data without dogs are refused by name."""
    cats = tuple(name for name in small_pets.names if small_pets.species(name) == "cat")

    with pytest.raises(DataError, match="two dogs or more, and this data set has 0"):
        models.cat_or_dog(pets.Pets(small_pets.root, "synthetic", "cats", cats))
