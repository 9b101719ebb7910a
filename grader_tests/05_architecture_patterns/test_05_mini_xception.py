"""Hidden checks of exercise 05-mini-xception."""

from dataclasses import dataclass

import numpy as np
import pytest

from pawmark.checks import expect

from .replies import close, plain_shape
from .student_models import Tools

XCEPTION_PARAMS = 721_857  # 180 x 180 x 3, two classes; of the chapter's own small Xception
WIDTHS = (32, 64, 128, 256, 512)


@dataclass(frozen=True)
class ConvCall:
    """What entered one convolution."""

    kind: str
    depthwise: bool
    kernel: list
    size: list
    low: float
    high: float
    zeros: float
    inputs: object


@dataclass(frozen=True)
class Part:
    """A layer or operation of a network; `rate` is -1 where there is none."""

    kind: str
    of_keras: bool
    rate: float


@dataclass(frozen=True)
class Network:
    """A student's network with the size of its images and its facts."""

    tools: Tools
    handle: object
    facts: object
    size: tuple[int, int]

    def images(self, rng, count=2):
        """Draw noise with values from 0 to 255 that the network accepts."""
        shape = plain_shape(self.facts.input_shape)
        known = len(shape) == 4 and all(isinstance(n, int) for n in shape[1:3])
        size = shape[1:3] if known else self.size
        return rng.uniform(0, 255, (count, *size, 3)).astype("float32")

    def parts(self):
        """Return the layers and operations of the network, also those inside other layers."""
        reply = self.tools.ask("parts", self.handle)
        try:
            return [Part(str(kind), keras is True, float(rate)) for kind, keras, rate in reply]
        except (TypeError, ValueError):
            expect(False, "the layers of this network cannot be read")

    def follow(self, images):
        """Return the convolutions in the order in which they ran."""
        reply = self.tools.ask("follow", self.handle, images)
        try:
            calls = [ConvCall(**call) for call in reply]
            sound = all(
                isinstance(n, float) for c in calls for n in (c.low, c.high, c.zeros)
            ) and all(isinstance(n, int) for c in calls for n in (*c.size, *c.kernel))
        except TypeError:
            calls, sound = [], False
        expect(sound and len(calls) > 0, "the convolutions of this network cannot be followed")
        return calls


def build_network(tools, size, num_classes):
    """Let the student build a network."""
    handle = tools.student.call("mini_xception", (*size, 3), num_classes)
    expect(handle is not None, "mini_xception returned None: did you forget `return`?")
    return Network(tools, handle, tools.student.model(handle), size)


def random_size(rng):
    """Draw a height and a smaller width that no network of five halvings divides evenly."""
    width = 2 * int(rng.integers(22, 26)) + 1
    return width + 2 * int(rng.integers(2, 6)), width


@pytest.fixture
def network(tools, rng):
    """Return the student's network for two classes and an image size that is drawn anew."""
    return build_network(tools, random_size(rng), 2)


def disturb(network):
    """Give the normalisations offsets and averages that show in which order things happen."""
    network.tools.put(
        network.handle,
        beta=np.resize([-0.5, 0.4, 0.1], 512),
        moving_mean=np.resize([0.05, -0.05], 512),
    )


@pytest.mark.cell("05-mini-xception", points=1)
def test_network_has_the_right_number_of_parameters(tools, rng):
    """The network has as many parameters as the table, whatever the image size."""
    network = build_network(tools, (180, 180), 2)
    expect(
        network.facts.params == XCEPTION_PARAMS,
        "the number of parameters is wrong: compare each line of the summary with the tables "
        "(filters, kernel sizes, biases, where the normalisations stand)",
        got=network.facts.params,
        expected=XCEPTION_PARAMS,
    )
    size, classes = random_size(rng), int(rng.integers(3, 9))
    other = build_network(tools, size, classes)
    expected = XCEPTION_PARAMS + (classes - 1) * (WIDTHS[-1] + 1)
    outputs = (plain_shape(other.facts.output_shape) or (None,))[-1]
    if outputs == classes:  # the shape of the output has a check of its own
        expect(
            other.facts.params == expected,
            f"for images of {size[0]} x {size[1]} pixels and {classes} classes the number of "
            "parameters is wrong: it should not depend on the image size",
            got=other.facts.params,
            expected=expected,
        )


@pytest.mark.cell("05-mini-xception", points=0.5)
def test_two_classes_have_one_sigmoid(network, rng):
    """For two classes the network gives one probability."""
    check_output(network, rng, 2)


@pytest.mark.cell("05-mini-xception", points=0.5)
def test_more_classes_have_a_softmax(tools, rng):
    """For more classes the network gives probabilities that add up to 1."""
    classes = int(rng.integers(3, 9))
    check_output(build_network(tools, random_size(rng), classes), rng, classes)


def check_output(network, rng, classes):
    """Compare the output with the right function of known scores."""
    units = 1 if classes == 2 else classes
    shape = plain_shape(network.facts.output_shape)
    expect(
        shape == (None, units),
        f"for {classes} classes the output has the wrong number of units",
        got=shape,
        expected=(None, units),
    )
    weights = network.tools.names(network.handle)
    dense = [name for name, shape in weights if len(shape) == 2]
    expect(dense == ["kernel"], "the network should have exactly one dense layer", got=dense)
    bias = rng.permutation(np.linspace(-1.5, 2.5, units)) if units > 1 else np.array([1.3])
    # The dense kernel is emptied: only its biases are left, and what is made of them.
    network.tools.put(network.handle, kernel=0.0, bias=bias)

    got = network.tools.run(network.handle, network.images(rng))[0]

    sigmoid, powers = 1 / (1 + np.exp(-bias)), np.exp(bias)
    softmax = powers / powers.sum()
    expect(
        units > 1 or not close(got, softmax),
        "a softmax over a single unit is always 1: one unit takes a sigmoid",
    )
    expect(not close(got, bias), "the output is not a probability: its activation is missing")
    expect(
        units == 1 or not close(got, sigmoid),
        "a sigmoid treats each class by itself: with several classes the probabilities should add "
        "up to 1",
    )
    expect(close(got, sigmoid if units == 1 else softmax), "the output has the wrong activation")


@pytest.mark.cell("05-mini-xception", points=1)
def test_images_are_rescaled(network, rng):
    """Images with values from 0 to 255 reach the first convolution as 0 to 1."""
    images = network.images(rng)

    first = network.follow(images)[0]

    seen = first.inputs
    expect(
        isinstance(seen, np.ndarray) and seen.shape == images.shape,
        "the first convolution does not see the images",
    )
    expect(
        not close(seen, images),
        "the first convolution sees values from 0 to 255: the rescaling to 0..1 is missing",
        got=(round(first.low, 2), round(first.high, 2)),
    )
    expect(
        close(seen, images / 255),
        "the rescaling is not the one from 0..255 to 0..1",
        got=(round(first.low, 2), round(first.high, 2)),
        expected=(0, 1),
    )


@pytest.mark.cell("05-mini-xception", points=1)
def test_convolutions_of_the_blocks_are_separable(network, rng):
    """The first convolution is an ordinary one, those of the blocks are separable."""
    calls = network.follow(network.images(rng))
    wide = [call for call in calls if call.kernel == [3, 3]]
    ordinary = [call for call in wide if not call.depthwise]

    expect(not calls[0].depthwise, "the first convolution should not be separable")
    expect(
        not ordinary,
        f"{len(ordinary)} of {len(wide)} 3 x 3 convolutions are ordinary ones: those of the "
        "blocks are separable",
    )
    expect(
        len(wide) == 10,
        "five blocks of two separable 3 x 3 convolutions make ten",
        got=len(wide),
        expected=10,
    )


@pytest.mark.cell("05-mini-xception", points=1)
def test_normalisation_and_relu_come_first(network, rng):
    """In a block, normalisation and relu come before each separable convolution."""
    disturb(network)

    # Whether they are separable has a check of its own.
    calls = [c for c in network.follow(network.images(rng)) if c.kernel == [3, 3]]

    expect(len(calls) > 0, "the network has no 3 x 3 convolution")
    negative = [call for call in calls if call.low < 0]
    expect(
        not negative,
        f"negative values enter {len(negative)} of {len(calls)} convolutions: what "
        "stands directly before each of them is a relu, and the normalisation before that",
    )
    soft = [call for call in calls if call.zeros == 0]
    expect(
        not soft,
        f"before {len(soft)} of {len(calls)} convolutions there is something other "
        "than relu, which turns every negative value into exactly 0",
    )


@pytest.mark.cell("05-mini-xception", points=1)
def test_blocks_halve_with_max_pooling(network, rng):
    """Each block halves the maps with max pooling."""
    images = network.images(rng)
    calls = [c for c in network.follow(images) if c.kernel == [3, 3]]
    height, width = (n - 4 for n in images.shape[1:3])  # 5 x 5 kernels without padding
    expected = []
    for _ in WIDTHS:
        expected += [[height, width]] * 2
        height, width = -(-height // 2), -(-width // 2)

    sizes = [call.size for call in calls]

    expect(
        sizes[:1] == expected[:1],
        "the first convolution has 5 x 5 kernels and no padding: it should take two pixels away "
        "at each border, and no more",
        got=sizes[:1],
        expected=expected[:1],
    )
    expect(
        sizes == expected,
        "height and width are not halved (rounded up) once at the end of each block",
        got=sizes,
    )
    parts = network.parts()
    kinds = [part.kind.lower().replace("_", "") for part in parts]
    averaged = [kind for kind in kinds if "averagepool" in kind and "global" not in kind]
    expect(not averaged, "the blocks average their maps; they should take the maximum")
    maxima = [kind for kind in kinds if "maxpool" in kind and "global" not in kind]
    # A layer of the student's own may pool inside, where it does not show.
    hidden = not maxima and not all(part.of_keras for part in parts)
    expect(
        len(maxima) == 5 or hidden,
        "each of the five blocks ends in a max pooling, and there is no other",
        got=len(maxima),
        expected=5,
    )


@pytest.mark.cell("05-mini-xception", points=1.5)
def test_shortcuts_are_added_and_linear(network, rng):
    """Along the shortcuts nothing bends: the sum of two ways, without activation."""
    tools, handle = network.tools, network.handle
    # With empty kernels of 3 x 3, depthwise or not, only the shortcuts are left.
    tools.put(handle, depthwise_kernel3=0.0, kernel3=0.0, beta=0.0, moving_mean=0.0)
    undo = inverse_activation(network, rng)
    if undo is None:  # an unknown output, which has a check of its own
        return
    images = opposites(network, rng)
    scores = []
    for _ in range(8):  # one dense layer might by luck not see what bends
        tools.put(handle, kernel=rng.choice([-0.002, 0.002], 997), bias=0.0)
        scores.append(undo(tools.run(handle, images).reshape(3, -1)[:, 0]))
    first, second, middle = np.transpose(scores)

    spread = np.linalg.norm(second - first)
    expect(
        spread > 1e-6,
        "when the separable convolutions give zeros, nothing of the image reaches the output: "
        "the input of a block should be added to its output",
    )
    expect(
        np.linalg.norm(middle - (first + second) / 2) < 1e-2 * spread,
        "something bends along the shortcuts, such as an activation or a pooling: they should be "
        "1 x 1 convolutions and sums alone, with the average pooling at the end",
    )


def opposites(network, rng):
    """Return two images of opposite colours in fine checks, and the one halfway between them."""
    first, second = 0.3 * network.images(rng, 2)
    rows, columns = np.indices(first.shape[:2])
    checks = 170.0 * ((rows + columns) % 2)[..., None] * [1, 0, 0]
    others = 170.0 * ((rows + columns + 1) % 2)[..., None] * [0, 1, 1]
    first, second = first + checks + others, second + 170 - checks - others
    return np.stack([first, second, (first + second) / 2])


def inverse_activation(network, rng):
    """Return the function that undoes the activation of the output; None if it is unknown."""
    # The dense layer's biases alone: 1.3 for a single unit, 1.3 and 0 for two.
    network.tools.put(network.handle, kernel=0.0, bias=[1.3, 0.0])
    value = network.tools.run(network.handle, network.images(rng, 1)).ravel()[0]
    if np.isclose(value, 1.3, atol=1e-3):
        return np.array
    if np.isclose(value, 1 / (1 + np.exp(-1.3)), atol=1e-3):
        return lambda p: np.log(np.clip(p, 1e-7, 1)) - np.log(np.clip(1 - p, 1e-7, 1))
    return None


@pytest.mark.cell("05-mini-xception", points=0.5)
def test_dropout_before_the_output(network):
    """Half of the values are dropped in training before the output."""
    rates = [part.rate for part in network.parts() if part.kind == "Dropout"]

    expect(len(rates) > 0, "the dropout before the output is missing")
    expect(len(rates) == 1, "there should be one dropout only", got=len(rates), expected=1)
    expect(rates == [0.5], "the dropout has the wrong rate", got=rates[0], expected=0.5)
