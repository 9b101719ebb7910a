"""A figure of the losses that grows while a model trains, and stays when it has trained."""

import functools
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
from IPython.display import DisplayHandle, display

from pawmark.figures.style import INK, OKABE_ITO, STYLE, element, figure
from pawmark.visible import IN_GRADER

SECONDS = 0.5  # between two moves of the bar

_LINES = {
    "loss": ("training", OKABE_ITO["orange"], "o"),
    "val_loss": ("validation", OKABE_ITO["blue"], "s"),
}


def watch(model: Any) -> Any:
    """Show the losses of every ``fit`` of a model from now on, while it runs.

    The figure is an output of the cell, so it is still there in the saved notebook. Outside of a
    notebook, and while a submission is graded, nothing is shown and the model is left as it is.

    Parameters
    ----------
    model : keras.Model
        A compiled model. What is no model is given back as it is.

    Returns
    -------
    keras.Model
        The same model.
    """
    if hasattr(model, "fit") and _is_shown():
        model.fit = _watched(model.fit)
    return model


def _is_shown() -> bool:
    if IN_GRADER in os.environ or "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


def _watched(fit: Any) -> Any:
    @functools.wraps(fit)
    def fit_and_show(*arguments: Any, callbacks: Any = None, **options: Any) -> Any:
        given = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
        known = [one for one in given if one is not None]
        return fit(*arguments, callbacks=[*known, _callback()], **options)

    return fit_and_show


def _callback() -> Any:
    """Make the callback; Keras is imported by then, and must not be with this module."""
    import keras

    class Live(keras.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            self.live = LiveLosses(self.params.get("epochs") or 1, self.params.get("steps"))

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.live.step(batch + 1)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.live.epoch(logs or {})

        def on_train_end(self, logs: Any = None) -> None:
            self.live.finish()

    return Live()


class LiveLosses:
    """One output of a cell: a bar of progress and the losses so far."""

    def __init__(self, epochs: int, steps: int | None) -> None:
        self.epochs, self.steps = epochs, steps
        self.losses: dict[str, list[float]] = {name: [] for name in _LINES}
        self.picture, self.shown_at, self.done = "", time.monotonic(), 0
        self.handle: DisplayHandle = display(self._bundle(0), raw=True, display_id=True)

    def step(self, number: int) -> None:
        """Move the bar, now and then."""
        if time.monotonic() - self.shown_at > SECONDS:
            self._update(number)

    def epoch(self, logs: Mapping[str, Any]) -> None:
        """Take the losses of an epoch and draw the curves again."""
        self.done += 1
        for name, values in self.losses.items():
            if name in logs:
                values.append(float(logs[name]))
        self.picture = element(*self._drawn())
        self._update(0)

    def finish(self) -> None:
        """Leave the figure alone."""
        self.handle.update(self._bundle(None), raw=True)

    def _update(self, step: int) -> None:
        self.shown_at = time.monotonic()
        self.handle.update(self._bundle(step), raw=True)

    def _bundle(self, step: int | None) -> dict[str, str]:
        if step is None:
            return {"text/html": self.picture, "text/plain": f"Figure: {self._words()}"}
        share = (self.done + step / (self.steps or max(step, 1))) / self.epochs
        words = f"epoch {min(self.done + 1, self.epochs)} of {self.epochs}"
        bar = f'<progress max="1" value="{min(share, 1):.3f}" aria-label="training"></progress>'
        page = f"<div>{bar} {words}</div>{self.picture}"
        return {"text/html": page, "text/plain": f"Training: {words}"}

    def _words(self) -> str:
        parts = [
            f"{_LINES[name][0]} loss from {values[0]:.2f} to {values[-1]:.2f}"
            for name, values in self.losses.items()
            if values
        ]
        return f"Losses over {self.done} of {self.epochs} epochs: {'; '.join(parts)}."

    def _drawn(self) -> tuple[Any, str]:
        with mpl.rc_context(dict(STYLE)):
            fig = figure(6.4, 2.6)
            ax = fig.subplots()
            for name, (label, colour, marker) in _LINES.items():
                values = self.losses[name]
                epochs = range(1, len(values) + 1)
                ax.plot(epochs, values, color=colour, marker=marker, label=label)
            # The whole way from the start: the figure does not jump about while it grows.
            ax.set_xlim(0.5, self.epochs + 0.5)
            ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
            ax.set(xlabel="epoch", ylabel="loss")
            ax.grid(axis="y")
            ax.tick_params(colors=INK)
            fig.legend(loc="outside right center")
            return fig, self._words()
