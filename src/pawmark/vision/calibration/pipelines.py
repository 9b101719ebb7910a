"""Pipelines and the runs to make of them: what is right, what is wrong, with which seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

RIGHT = "reference"
WRONG = ("mismatched masks", "never trained", "class prior", "mean mask")

# The first is the students' default; the others stand for what a grader may draw.
DATA_SEEDS = (1337, 2, 71, 828, 1828)
THREADS = (2, 1)


@dataclass(frozen=True, order=True)
class Spec:
    """What fixes one run, but for the machine.

    Attributes
    ----------
    pipeline : str
        The reference or one of the wrong pipelines.
    data_seed, training_seed : int
        Seed of the training pictures where they are drawn, and of the weights and the order of
        batches.
    threads : int
        Processor threads that TensorFlow may use.
    """

    pipeline: str
    data_seed: int
    training_seed: int
    threads: int


def plan(runs: int, wrong_runs: int, data_seeds: Sequence[int] = DATA_SEEDS) -> list[Spec]:
    """List runs of the reference, then of each wrong pipeline.

    Data seeds and training seeds change from run to run, the number of threads with every round
    of data seeds. Real photographs are what they are: they have one data seed.
    """
    counts = {RIGHT: runs, **dict.fromkeys(WRONG, wrong_runs)}
    return [
        _spec(pipeline, i, data_seeds) for pipeline, count in counts.items() for i in range(count)
    ]


def _spec(pipeline: str, i: int, data_seeds: Sequence[int]) -> Spec:
    turn, place = divmod(i, len(data_seeds))
    return Spec(pipeline, data_seeds[place], 1337 + i, THREADS[turn % len(THREADS)])
