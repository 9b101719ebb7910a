"""Photographs of cats and dogs with their trimaps: the original archives, or drawn ones."""

from .generator import GENERATOR_VERSION, synthetic
from .layout import verify
from .photographs import Pets, dataset
from .split import Split, split_names, training_split

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
