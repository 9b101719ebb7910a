"""Networks compared as functions: what is right, what is wrong, and what cannot be forged."""

import textwrap

import pytest

from pawmark.grading.checks.asking import StudentAsking
from pawmark.grading.checks.grading import grade
from pawmark.grading.checks.student import Student
from pawmark.vision import clean

pytest.importorskip("tensorflow")

BLOCKS = '''
from functools import partial

from pawmark.checks import Stratum, Variant, asks, network


def block(shape, filters, bends="relu", bias=True, dropout=None):
    from keras import Input, Model, layers

    x = inputs = Input(shape)
    x = layers.Rescaling(1 / 255)(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=bias)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation(bends)(x)
    return Model(inputs, layers.Dropout(dropout)(x) if dropout else x)


def right(shape, filters):
    if filters == 0:
        raise ValueError("no filters")
    return block(shape, filters)


def of_fixed_size(shape, filters):
    return right([8, 8, 3], filters)


def drawn(rng, filters=(2, 5)):
    return {"shape": [6, 7, 3], "filters": int(rng.choice(filters))}


def shape_of(shape, filters):
    return shape


def asked(kind="run", **settings):
    return asks(kind, drawn, shape_of, vectors=(0.4, 1.6), **settings)


exercise = network(
    "09-block",
    function="make",
    build="make(tuple(shape), filters)",
    judge=right,
    strata=[
        Stratum("the output's shape", asked("shape"), count=2, facet="shapes"),
        Stratum("in use", asked(), count=2, facet="in use"),
        Stratum("in training", asked("train"), count=1, facet="in training mode"),
        Stratum("a step", asked("step"), count=1, facet="one step of training"),
        Stratum("its arrays", asked("start"), count=1, row="corners", facet="a new network"),
        Stratum("beside", asked("apart"), count=1, row="corners", facet="two networks"),
        Stratum("no filters", asks("shape", partial(drawn, filters=(0,)), shape_of),
                count=1, row="corners", facet="no filters"),
    ],
    variants=[
        Variant("elu", partial(block, bends="elu"), "major", "relu was asked for, not elu"),
        Variant("dropout", partial(block, dropout=0.5), "major", "there is dropout"),
        Variant("fixed-size", of_fixed_size, "fatal", "the model does not use the shape"),
    ],
)
'''  # fmt: skip


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    """Return a small exercise whose answer is a network."""
    from pawmark.vision.clean_worker import module_of

    path = tmp_path_factory.mktemp("course") / "grader_tests" / "09_nets" / "test_09_block.py"
    path.parent.mkdir(parents=True)
    path.write_text(BLOCKS)
    yield module_of(path).exercise
    clean.end()


def graded(exercise, code):
    """Grade the code of a notebook, for 10 points."""
    namespace = {}
    exec("import keras\nimport numpy as np\nfrom keras import layers\n", namespace)
    exec(textwrap.dedent(code), namespace)
    asking = StudentAsking(Student.local(namespace), exercise.seconds)
    return grade(exercise, asking, 3, 10.0)


def told(result):
    """Return the first message."""
    return next((check.message for check in result.checks if check.message), "")


HONEST = """
def make(shape, filters):
    if not filters:
        raise ValueError(filters)
    x = inputs = keras.Input(shape)
    x = layers.Rescaling(1 / 255)(x)
    x = layers.Conv2D(filters, 3, padding="same"{conv})(x)
    x = layers.BatchNormalization({norm})(x)
    x = layers.Activation("relu")(x)
    return keras.Model(inputs, x)
"""


def honest(conv="", norm=""):
    """Return the code of a right answer, or of one with other options."""
    return HONEST.format(conv=conv, norm=norm)


OWN_LAYER = """
class Block(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.norm = layers.BatchNormalization()
        self.convolution = layers.Conv2D(filters, 3, padding="same")

    def build(self, shape):
        self.convolution.build(shape)
        self.norm.build(self.convolution.compute_output_shape(shape))

    def call(self, x, training=None):
        return keras.ops.relu(self.norm(self.convolution(x / 255), training=training))


def make(shape, filters):
    if not filters:
        raise ValueError(filters)
    return keras.Sequential([keras.Input(shape), Block(filters)])
"""


@pytest.mark.parametrize("code", [honest(), OWN_LAYER], ids=["functional", "layer of one's own"])
def test_the_same_function_is_right_however_it_is_built(exercise, code):
    """A functional model and a Sequential of a layer of one's own get full marks."""
    assert graded(exercise, code).points == 10


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        (honest(norm="momentum=0.9"), {"in training"}),
        (honest(norm="epsilon=1e-5"), {"in use", "in training", "a step", "beside"}),
        (honest(norm="gamma_initializer='zeros'"), {"its arrays"}),
        (honest(conv=", trainable=False"), {"a step"}),
    ],
    ids=["momentum", "epsilon", "gamma at zero", "frozen"],
)
def test_each_slip_shows_where_it_matters(exercise, code, wrong):
    """Momentum shows in training, a frozen layer in a step, what gamma starts with at the start."""
    result = graded(exercise, code)

    assert {part.name for check in result.checks for part in check.parts if not part.right} == wrong


def test_a_wrong_network_is_named_by_the_same_answers(exercise):
    """A variant is named though it runs in the clean process; dropout is told by its chance."""
    elu = graded(exercise, honest().replace('"relu"', '"elu"'))
    dropping = honest().replace("Model(inputs, x)", "Model(inputs, layers.Dropout(0.5)(x))")
    dropout = graded(exercise, dropping)

    assert told(elu) == "relu was asked for, not elu"
    assert told(dropout) == "there is dropout"


def test_what_is_drawn_for_a_class_is_never_shown(exercise):
    """Of a refused network its facet is told, and no number that was computed or expected."""
    wrong = graded(exercise, honest().replace('"relu"', '"elu"'))
    frozen = graded(exercise, honest(conv=", trainable=False"))
    shown = [
        str(next(check.counterexample for check in result.checks if check.counterexample))
        for result in (wrong, frozen)
    ]

    assert shown[0] == "in use gives other numbers than expected"
    assert shown[1] == (
        "one step of training gives at what moves '2 of 6 arrays', and '4 of 6 arrays' was expected"
    )


def test_a_model_of_another_size_is_told_from_other_errors(exercise):
    """Keras raises a ValueError for it, as for much else: only this cause is named."""
    fixed = graded(exercise, honest().replace("keras.Input(shape)", "keras.Input((8, 8, 3))"))
    other = graded(exercise, "def make(shape, filters):\n    raise ValueError('no such thing')")

    assert told(fixed) == "the model does not use the shape"
    assert "no such thing" in told(other)


def test_layers_made_once_for_all_networks_are_found(exercise):
    """Two networks that share a layer change each other."""
    code = honest().replace(
        'layers.Conv2D(filters, 3, padding="same")',
        'kept.setdefault(filters, layers.Conv2D(filters, 3, padding="same"))',
    )
    result = graded(exercise, "kept = {}\n" + code)

    assert [part.name for check in result.checks for part in check.parts if not part.right] == [
        "beside"
    ]


def test_what_is_no_model_is_told(exercise):
    """Nothing and another thing than a model get nothing, and a message that helps."""
    nothing = graded(exercise, "def make(shape, filters):\n    keras.Input(shape)")
    other = graded(exercise, "def make(shape, filters):\n    return [1]")

    assert nothing.points == other.points == 0
    assert "return" in told(nothing)
    assert "a list came back where a Keras model was asked for" in told(other)


# What a student's process may say of its own model; the network itself is a 1 x 1 convolution.
WRONG = """
def small(shape, filters, kind=keras.Model):
    x = inputs = keras.Input(shape)
    return kind(inputs, layers.Conv2D(filters, 1)(x / 255))

def make(shape, filters):
    return small(shape, filters)
"""
ATTACKS = {
    "overridden counts and layers": """
        class Liar(keras.Model):
            def count_params(self): return 5
            def _flatten_layers(self, *a, **k): return []
        def make(shape, filters): return small(shape, filters, Liar)
    """,
    "arrays that are not there": """
        class Liar(keras.Model):
            def get_weights(self):
                c = self.output_shape[-1]
                return [np.zeros((3, 3, 3, c), "float32"), np.zeros(c, "float32")] + [
                    np.full(c, n, "float32") for n in (1, 0, 0, 1)]
        def make(shape, filters): return small(shape, filters, Liar)
    """,
    "a call that keeps what it saw": """
        seen = {}
        class Liar(keras.Model):
            def __call__(self, x, *a, **k):
                if not isinstance(x, np.ndarray): return super().__call__(x, *a, **k)
                return seen.setdefault(x.tobytes(), super().__call__(x, *a, **k) * 0 + 0.5)
        def make(shape, filters): return small(shape, filters, Liar)
    """,
    "outputs that equal everything": """
        class Equal(np.ndarray):
            def __eq__(self, other): return True
            def __array_ufunc__(self, *a, **k): return True
        class Liar(keras.Model):
            def __call__(self, x, *a, **k):
                y = super().__call__(x, *a, **k)
                return np.asarray(y).view(Equal) if isinstance(x, np.ndarray) else y
        def make(shape, filters): return small(shape, filters, Liar)
    """,
    "a class that says it is a model": """
        class Kind(type(keras.Model)):
            def __instancecheck__(cls, other): return True
        class Liar(metaclass=Kind):
            weights = trainable_variables = []
            def get_weights(self): return []
            def __call__(self, x, training=None): return np.zeros((*x.shape[:-1], 2), "float32")
        def make(shape, filters): return Liar()
    """,
    "setters that do nothing": """
        class Liar(keras.Model):
            @property
            def weights(self): return []
        def make(shape, filters): return small(shape, filters, Liar)
    """,
    "errors of the right kind everywhere": """
        def make(shape, filters): raise ValueError("no filters")
    """,
}


@pytest.fixture(scope="module")
def honestly_wrong(exercise):
    """Return what the wrong network gets without any attack."""
    return graded(exercise, WRONG).points


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_what_a_process_says_of_its_model_earns_nothing(exercise, honestly_wrong, attack):
    """No attack gets a point more than the honest wrong answer."""
    forged = graded(exercise, WRONG + textwrap.dedent(attack))

    assert forged.points <= honestly_wrong < 3


def test_numbers_survive_all_layers(exercise):
    """What the network of the judge gives is neither constant nor beyond all bounds."""
    from pawmark.grading.checks.strata import draw

    stratum = next(one for one in exercise.strata if one.name == "in use")
    for given in draw(stratum, 5):
        outputs = exercise.judge(**given.kwargs)
        assert 0.1 < outputs.std() < 10
