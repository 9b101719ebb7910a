"""A figure that grows while a model trains: what it shows, and that it touches nothing else."""

import os

import nbformat
import pytest
from nbclient import NotebookClient

from pawmark.figures.watching import watch

# A model as far as `fit` goes: Keras itself takes seconds to import and is not what is tested.
KERAS = """
import sys, types
class Callback:
    params = {"epochs": 3, "steps": 2}
sys.modules["keras"] = types.SimpleNamespace(callbacks=types.SimpleNamespace(Callback=Callback))

class Model:
    def fit(self, x, epochs=1, callbacks=None):
        assert all(isinstance(one, Callback) or one == "own" for one in callbacks or [])
        live = [one for one in callbacks or [] if one != "own"]
        for one in live: one.on_train_begin()
        for epoch in range(3):
            for batch in range(2):
                for one in live: one.on_train_batch_end(batch)
            logs = {"loss": 0.9 - 0.2 * epoch, "val_loss": 0.8 - 0.1 * epoch}
            for one in live: one.on_epoch_end(epoch, logs)
        for one in live: one.on_train_end()
        return len(callbacks or [])

from pawmark.figures.watching import watch
model = watch(Model())
"""


def run(*sources, **environment):
    """Run cells in a kernel; return the outputs of each."""
    cells = [nbformat.v4.new_code_cell(text) for text in sources]
    client = NotebookClient(nbformat.v4.new_notebook(cells=cells))
    with client.setup_kernel(env=os.environ | environment):
        for number, cell in enumerate(cells):
            client.execute_cell(cell, number)
    return [cell.outputs for cell in cells]


def test_the_last_figure_stays_in_the_notebook():
    """When training is over, one output holds the whole curve, with words, and no bar."""
    _, outputs = run(KERAS, "model.fit([1], callbacks=['own'])")

    figure, result = outputs
    assert figure.output_type == "display_data"
    assert (
        'alt="Losses over 3 of 3 epochs: training loss from 0.90 to 0.50;'
        in (figure.data["text/html"])
    )
    assert "<progress" not in figure.data["text/html"]
    assert result.data["text/plain"] == "2"


def test_nothing_is_shown_while_a_submission_is_graded():
    """In the grader's kernel a watched model trains with the student's callbacks alone."""
    _, outputs = run(KERAS, "model.fit([1], callbacks=['own'])", PAWMARK_CHANNEL_FD="99")

    assert [output.output_type for output in outputs] == ["execute_result"]
    assert outputs[0].data["text/plain"] == "1"


@pytest.mark.parametrize("thing", [None, 3, "model"])
def test_what_is_no_model_is_given_back(thing):
    """A student's function that returns something else fails where it did before."""
    assert watch(thing) is thing
