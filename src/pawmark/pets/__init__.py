"""Photographs of cats and dogs with their trimaps: the original archives, or drawn ones."""

from pawmark.pets.layout import verify
from pawmark.pets.opening import dataset
from pawmark.pets.photographs import Pets
from pawmark.pets.split import Split, split_names, training_split
from pawmark.pets.synthetic.generator import GENERATOR_VERSION, synthetic

__all__ = [
    "GENERATOR_VERSION",
    "Pets",
    "Split",
    "dataset",
    "split_names",
    "synthetic",
    "training_split",
    "verify",
]
