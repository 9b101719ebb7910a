"""Tests of `pawmark.figures.pooling`: what reaches the notebook, and what is refused."""

import numpy as np
import pytest

from pawmark.figures import pooling, style


@pytest.fixture
def shown(monkeypatch):
    """Collect what the figure functions hand to the notebook."""
    bundles = []
    monkeypatch.setattr(style, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


@pytest.fixture
def drawn(monkeypatch):
    """Collect the figures that the figure functions show."""
    figures = []
    monkeypatch.setattr(pooling, "show", lambda fig, alt: figures.append(fig))
    return figures


def texts(axes):
    """Return the texts that stand in the axes."""
    return [text.get_text() for text in axes.texts]


def test_numbers_carry_alt_text(shown):
    """Several small arrays make one picture with its alternative text."""
    pooling.show_numbers([("a", np.eye(4)), ("b", np.eye(2)[..., None])], alt="a < b", window=2)

    (bundle,) = shown
    assert 'alt="a &lt; b"' in bundle["text/html"]


def test_numbers_stand_in_their_cells(drawn):
    """Each cell holds its number, rounded, and never a minus zero."""
    pooling.show_numbers([("a", [[1.0, 2.126], [-0.001, 40]])], alt="four numbers")

    assert texts(drawn[0].axes[0]) == ["1", "2.13", "0", "40"]


def test_windows_are_framed_in_the_first_panels_only(drawn):
    """Thick borders mark whole windows; the results beside them have none."""
    panels = [("in", np.zeros((5, 4))), ("out", np.zeros((2, 2)))]
    pooling.show_numbers(panels, alt="windows", window=2)

    assert [len(ax.patches) for ax in drawn[0].axes] == [4, 0]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((13, 2)), "at most 12"),
        (np.zeros((2, 2, 3)), "has shape"),
        (np.zeros((0, 2)), "has shape"),
        (np.array([[np.nan]]), "finite"),
        (np.array([["a"]]), "finite"),
    ],
)
def test_numbers_refuse_what_cannot_be_read(array, message):
    """Large arrays, colours and odd values are refused with a reason."""
    with pytest.raises(ValueError, match=message):
        pooling.show_numbers([("a", array)], alt="odd")
    with pytest.raises(ValueError, match="no array"):
        pooling.show_numbers([], alt="none")


def test_padding_of_even_and_odd_rows(drawn):
    """Stride 2 with a kernel of 3 pads 8 pixels at the end, and 7 pixels on both sides."""
    pooling.show_windows((8, 7), kernel=3, stride=2, alt="two rows")

    hatched = [[p.get_x() for p in ax.patches if p.get_hatch()] for ax in drawn[0].axes]
    assert hatched == [[8], [-1, 7]]
    assert all("output 3" in texts(ax) and "output 4" not in texts(ax) for ax in drawn[0].axes)


def test_every_run_is_a_point(drawn):
    """Each measure has a panel, each way a column, each run a point, and runs pair up by lines."""
    scores = {
        "stride": {"loss": [0.2, 0.3, 0.25], "IoU": [0.7, 0.6, 0.65]},
        "maxpool": {"loss": [0.3, 0.4, 0.35], "IoU": [0.5, 0.6, 0.55]},
    }
    pooling.show_comparison(scores, {"loss": "lower", "IoU": "higher"}, alt="six runs")

    panels = drawn[0].axes
    assert [ax.get_title() for ax in panels] == ["loss\nlower is better", "IoU\nhigher is better"]
    points = [
        c.get_offsets()[:, 1].tolist() for c in panels[0].collections if len(c.get_offsets()) == 3
    ]
    assert points == [scores["stride"]["loss"], scores["maxpool"]["loss"]]
    assert len(panels[0].lines) == 3
    markers = [m for m, _ in pooling.MARKS]
    assert len(set(markers)) == len(markers)


def test_too_many_ways_are_refused():
    """There are as many ways as marks that are told apart without colour."""
    scores = {str(i): {"loss": [1.0]} for i in range(4)}
    with pytest.raises(ValueError, match="4 ways"):
        pooling.show_comparison(scores, {"loss": "lower"}, alt="many")


def test_two_predictions_show_what_is_wrong(drawn):
    """Each prediction stands above its wrong pixels and their share."""
    truth = np.zeros((4, 5, 1), int)
    mask = truth[..., 0].copy()
    mask[0, 0] = 1
    pooling.show_two_predictions(
        np.zeros((4, 5, 3)), truth, {"right": truth, "nearly": mask}, alt="two masks"
    )

    titles = [ax.get_title() for ax in drawn[0].axes]
    assert titles[1:3] == ["right", "nearly"]
    assert titles[4:] == ["wrong (black): 0.0%", "wrong (black): 5.0%"]
