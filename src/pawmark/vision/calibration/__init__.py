"""Bars for trained models, set between measured right runs and measured wrong ones.

A *pipeline* is a way to come to a model: the reference, or a wrong one. Every run of a pipeline
happens in a process of its own, on data drawn from one of several seeds, with one of several
training seeds and numbers of threads, and its model is judged on photographs that no run has seen.
The bar lies half-way between the worst right run and the best wrong one.
"""

from pawmark.vision.calibration.bars import Bar, bar_from, read_bar
from pawmark.vision.calibration.judging import HeldOut, cross_entropy, held_out, prior_loss
from pawmark.vision.calibration.measuring import calibrate, named_photographs, reference_code

__all__ = [
    "Bar",
    "HeldOut",
    "bar_from",
    "calibrate",
    "cross_entropy",
    "held_out",
    "named_photographs",
    "prior_loss",
    "read_bar",
    "reference_code",
]
