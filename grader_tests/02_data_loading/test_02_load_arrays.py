"""Hidden checks of 02-load-arrays: row i of both arrays comes from pair i.

The text asks for the student's own two functions, and those have exercises of their own. So the
rows are compared with what these functions give in the same process, whatever that is; a slip in
one of them costs nothing here.
"""

import io

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from pawmark.checks import (
    ARGUMENTS,
    RESULT,
    Contract,
    Exercise,
    Inside,
    Place,
    Slip,
    Stratum,
    close,
    inputs,
    satisfying,
    switches,
)

from .pictures import encoded

READ = (
    "[value, [path_to_input_image(i, a[1]) for i, _ in a[0]], "
    "[path_to_target(t, a[1]) for _, t in a[0]]]"
)
WORDS = "two arrays whose rows are what the two functions return for each pair, in their order"


def judge(pairs, img_size):
    """Accept whatever holds the rows of the student's own functions."""
    return satisfying(lambda answer: holds(answer, pairs, img_size), WORDS)


def holds(answer, pairs, img_size):
    """Tell whether both arrays hold their rows."""
    arrays, *singles = answer
    if len(arrays) != 2:
        return False
    files = zip(*pairs, strict=True)
    return all(
        rows_fit(np.asarray(array), own, paths, (len(pairs), *img_size, channels))
        for array, own, paths, channels in zip(arrays, singles, files, (3, 1), strict=True)
    )


def rows_fit(array, own, paths, shape):
    """Tell whether an array holds what the student's function gave for each path."""
    own = [np.asarray(one).ravel() for one in own]
    # A function that gives the same for all files says nothing about their order.
    contents = [path.files[path.path] for path in paths]
    told_apart = len({one.tobytes() for one in own}) == len(set(contents))
    return (
        array.shape == shape
        and told_apart
        and all(
            row.size == one.size and np.allclose(row.ravel(), one, rtol=0, atol=1e-3)
            for row, one in zip(array, own, strict=True)
        )
    )


def form(answer, pairs, img_size):
    """Say what is wrong with the types of the two arrays, or None."""
    inputs, targets = answer[0]
    if not isinstance(inputs, np.ndarray) or not isinstance(targets, np.ndarray):
        return "return two arrays: inputs, targets"
    if inputs.dtype != np.float32:
        return (
            f"the inputs are {inputs.dtype} and should be float32: NumPy makes float64 arrays "
            "unless told otherwise, and they take twice the memory"
        )
    if targets.dtype != np.uint8:
        return f"the targets are {targets.dtype} and should be uint8: labels are small numbers"
    return None


def pixels(path, img_size):
    """Return a picture as it should be read: it has the size that is asked for, or one colour."""
    image = np.asarray(Image.open(io.BytesIO(path.files[path.path])))
    if image.shape[:2] != img_size:
        image = np.broadcast_to(image[:1, :1], (*img_size, *image.shape[2:]))
    return image


def formula(
    pairs,
    img_size,
    both_sorted=False,
    photographs_sorted=False,
    targets_sorted=False,
    backwards=False,
    targets_backwards=False,
    last_repeated=False,
    first_repeated=False,
    last_left_out=False,
    first_left_out=False,
    targets_first=False,
    scaled=False,
    labels_from_one=False,
    a_list_of_pairs=False,
    channels_only=False,
    pairs_once=False,
):
    """Read the files one by one, with what may go wrong."""
    images, trimaps = map(list, zip(*pairs, strict=True))
    if both_sorted:
        images, trimaps = zip(*sorted(pairs, key=lambda p: (p[0].path, p[1].path)), strict=True)
    images = sorted(images, key=str) if photographs_sorted else images
    trimaps = sorted(trimaps, key=str) if targets_sorted else trimaps
    if pairs_once:
        seen = {(str(image), str(trimap)): (image, trimap) for image, trimap in pairs}
        images, trimaps = zip(*seen.values(), strict=True)
    inputs = np.stack([pixels(path, img_size) for path in images]).astype("float32")
    targets = np.stack([pixels(path, img_size)[..., None] - 1 for path in trimaps])
    own = [
        [pixels(path, img_size).astype("float32") for path, _ in pairs],
        [pixels(path, img_size)[..., None] - 1 for _, path in pairs],
    ]
    inputs = inputs[::-1] if backwards else inputs
    targets = targets[::-1] if backwards or targets_backwards else targets
    if last_repeated or first_repeated:
        place = -1 if last_repeated else 0
        inputs, targets = (np.stack([array[place]] * len(pairs)) for array in (inputs, targets))
    rows = slice(int(first_left_out), len(inputs) - int(last_left_out))
    inputs, targets = inputs[rows], targets[rows]
    if not len(inputs):
        raise ValueError("need at least one array to stack")
    inputs = inputs / 255 if scaled else inputs
    targets = targets + 1 if labels_from_one else targets
    targets = targets[..., 0] if channels_only else targets
    if a_list_of_pairs:
        return [list(zip(inputs, targets, strict=True)), *own]
    return [(targets, inputs) if targets_first else (inputs, targets), *own]


variants = switches(
    formula,
    both_sorted=Slip(
        "major", "the pairs are sorted before they are read: row i belongs to pair i of the list"
    ),
    photographs_sorted=Slip(
        "major",
        "the photographs are read in the order of their names and the masks in that of the list: "
        "they no longer belong together",
    ),
    targets_sorted=Slip(
        "major",
        "the masks are read in the order of their names and the photographs in that of the list: "
        "they no longer belong together",
    ),
    backwards=Slip("major", "the rows come in reverse order: row 0 belongs to the first pair"),
    targets_backwards=Slip(
        "major",
        "the masks come in reverse order, so photographs and masks no longer belong together",
    ),
    last_repeated=Slip("major", "every row holds the last pair: does the loop write to row i?"),
    first_repeated=Slip("major", "every row holds the first pair"),
    last_left_out=Slip("fatal", "the last pair is left out"),
    first_left_out=Slip("fatal", "the first pair is left out"),
    targets_first=Slip("fatal", "the targets come first: return inputs, targets"),
    scaled=Slip(
        "fatal",
        "the values are not those that path_to_input_image returns: they have been divided by 255",
    ),
    labels_from_one=Slip(
        "fatal", "the values are not those that path_to_target returns: they are larger by one"
    ),
    a_list_of_pairs=Slip(
        "fatal", "this is a list with a pair of arrays for each photograph: return two arrays"
    ),
    channels_only=Slip("fatal", "the targets lack their last axis, of length 1"),
    pairs_once=Slip("minor", "a pair that is twice in the list is read once: each has a row"),
)


def picture(rng, height, width, level):
    """Draw a photograph of blocks and a trimap with its labels, both loss-free."""
    colours = rng.integers(0, 40, (height, width, 3)) + 45 * level
    trimap = rng.integers(1, 4, (height, width))
    return encoded(colours.astype("uint8")), encoded(trimap.astype("uint8"))


def plain(rng, height, width, level):
    """Draw a photograph of one colour and a trimap of one label: any size fits."""
    colour = np.full((height, width, 3), rng.integers(0, 40, 3) + 45 * level)
    trimap = np.full((height, width), 1 + level % 3)
    return encoded(colour.astype("uint8")), encoded(trimap.astype("uint8"))


def pairs_of(rng, number, height, width, order="any", text=False, many_sizes=False, folders=1):
    """Draw pairs with a size; the names of the masks are in another order than the photographs'."""
    number = min(number, 3) if many_sizes else number
    names = sorted(f"{'abcdefghijklm'[n]}_{rng.integers(10, 99)}" for n in range(number))
    other = sorted(f"{'nopqrstuvwxyz'[n]}_{rng.integers(10, 99)}" for n in range(number))
    places = orders(rng, number) if order == "any" else [list(range(number))] * 2
    if folders > 1:  # of equal names
        names = other = [names[0]] * number
    files = {}
    for n in range(number):
        beside = f"day_{n}/" if folders > 1 else ""
        kind = plain if many_sizes else picture
        sides = (height + n, width + 2 * n) if many_sizes else (height, width)
        contents = kind(rng, *sides, n)
        files[f"{beside}images/{names[places[0][n]]}.jpg"] = contents[0]
        files[f"{beside}masks/{other[places[1][n]]}.png"] = contents[1]
    paths = list(files)
    pairs = [
        tuple(Place(files, path, as_path=not text) for path in two)
        for two in zip(paths[::2], paths[1::2], strict=True)
    ]
    return [*pairs, pairs[0]] if order == "twice" else pairs, (height, width)


def orders(rng, number):
    """Draw two orders, neither of them sorted, nor one the reverse of it."""
    found = []
    while len(found) < 2:
        order = rng.permutation(number).tolist()
        if order != sorted(order) and order not in found:
            found.append(order)
    return found


sides = {"height": st.integers(4, 7), "width": st.integers(8, 10)}

exercise = Exercise(
    "02-load-arrays",
    function="load_arrays",
    judge=judge,
    strata=[
        Stratum(
            "pairs in the order of their names",
            inputs(pairs_of, number=st.integers(3, 4), order=st.just("sorted"), **sides),
            count=3,
        ),
        Stratum("pairs in any order", inputs(pairs_of, number=st.integers(3, 4), **sides), count=4),
        Stratum("a single pair", inputs(pairs_of, number=st.just(1), order=st.just("sorted"),
                                        **sides), count=3),
        Stratum("many pairs", inputs(pairs_of, number=st.integers(11, 12), **sides), count=2),
        Stratum(
            "photographs of several sizes",
            inputs(pairs_of, number=st.just(3), many_sizes=st.just(True), **sides),
            row="corners",
            count=3,
        ),
        Stratum(
            "a pair that is twice in the list",
            inputs(pairs_of, number=st.integers(2, 3), order=st.just("twice"), **sides),
            row="corners",
            count=2,
        ),
        Stratum(
            "files of one name in several folders",
            inputs(pairs_of, number=st.just(3), folders=st.just(3), **sides),
            row="corners",
            count=2,
        ),
        Stratum(
            "paths given as text",
            inputs(pairs_of, number=st.integers(2, 3), order=st.just("sorted"),
                   text=st.just(True), **sides),
            row="corners",
            count=2,
        ),
    ],
    variants=variants,
    same=close(atol=1e-3),
    contract=Contract(check=form),
    read=Inside(
        "evaluate", {"expression": READ, "bindings": {"value": RESULT, "a": ARGUMENTS}}
    ),
    show=lambda pairs, img_size: f"load_arrays({[tuple(map(str, pair)) for pair in pairs]}, "
    f"{img_size})",
)  # fmt: skip
