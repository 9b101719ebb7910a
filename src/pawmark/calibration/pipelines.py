"""Pipelines and the runs to make of them: what is right, what is wrong, with which seeds."""

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
        Seed of the drawn training pictures, and of the weights and the order of batches.
    threads : int
        Processor threads that TensorFlow may use.
    """

    pipeline: str
    data_seed: int
    training_seed: int
    threads: int


def plan(runs: int, wrong_runs: int) -> list[Spec]:
    """List runs of the reference, then of each wrong pipeline.

    Data seeds and training seeds change from run to run, the number of threads with every round
    of data seeds.
    """
    counts = {RIGHT: runs, **dict.fromkeys(WRONG, wrong_runs)}
    return [_spec(pipeline, i) for pipeline, count in counts.items() for i in range(count)]


def _spec(pipeline: str, i: int) -> Spec:
    data_seed = DATA_SEEDS[i % len(DATA_SEEDS)]
    return Spec(pipeline, data_seed, 1337 + i, THREADS[i // len(DATA_SEEDS) % len(THREADS)])
