"""Hidden checks of assignment 02: pairs of files become arrays that belong together."""

import io
import random
from itertools import islice, product
from pathlib import PurePosixPath
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from pawmark.checks import compare_grey, compare_masks, expect, expect_array, expect_number

RESIZERS = (
    Image.Resampling.NEAREST,
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.BOX,
)
LOGARITHMS = {"natural": 1.0, "base 2": 1 / np.log(2), "base 10": 1 / np.log(10)}


# Inputs that nobody has seen before ----------------------------------------------------------


def picture(rng, height, width):
    """Draw a smooth grey picture: every good way of resizing gives nearly the same."""
    coarse = Image.fromarray(rng.integers(0, 256, (4, 5), dtype=np.uint8))
    gray = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=float)
    low, high = gray.min(), gray.max()
    gray = (gray - low) / max(high - low, 1) * 255
    return gray.astype(np.uint8)


def regions(rng, height, width, values):
    """Draw a mask of large regions that holds every one of the values."""
    field = picture(rng, height, width)
    limits = np.quantile(field, np.linspace(0, 1, len(values) + 1)[1:-1])
    order = rng.permutation(np.array(values, dtype=np.uint8))
    return order[np.digitize(field, limits)]


def rings(rng, side, values):
    """Draw a mask of square rings, one for each value: the same when mirrored or turned."""
    order = rng.permutation(np.array(values, dtype=np.uint8))
    distance = np.abs(np.arange(side) - (side - 1) / 2)
    outward = np.maximum(distance[:, None], distance[None, :]) / (side / 2)
    return order[np.digitize(outward, np.linspace(0, 1, len(values) + 1)[1:-1])]


def encoded(array, form="PNG", mode=None):
    """Return the bytes of an image file."""
    image = Image.fromarray(array)
    if mode is not None:
        image = image.convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, form, **({"quality": 95} if form == "JPEG" else {}))
    return buffer.getvalue()


def photograph(rng, height=120, width=150):
    """Draw a photograph whose three channels are equal; return its pixels and its JPEG bytes."""
    pixels = np.repeat(picture(rng, height, width)[..., None], 3, axis=-1)
    return pixels, encoded(pixels, "JPEG")


def trimap_file(student, mask):
    """Write a trimap where the student's code can read it."""
    return student.folder({"mask.png": encoded(mask)}) + "/mask.png"


def photograph_file(student, content):
    """Write a photograph where the student's code can read it."""
    return student.folder({"photograph.jpg": content}) + "/photograph.jpg"


def file_names(rng, count=8):
    """Invent names whose sorted order is neither alphabetic without case nor numeric."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    breed = "".join(rng.choice(list(letters), 5))
    tail = rng.permutation(np.arange(1, 200))[: count - 4]
    fixed = [f"{breed}_2", f"{breed}_10", f"{breed.capitalize()}_30", f"{breed.capitalize()}_4"]
    names = fixed + [f"zz{breed}_{number}" for number in tail]
    return [names[i] for i in rng.permutation(len(names))]


def pair_folders(student, rng, names, images=None, trimaps=None):
    """Make the two folders with a pair for each name, and with files from the extra dicts."""
    small = encoded(picture(rng, 8, 9))
    files = {f"images/{name}.jpg": small for name in names}
    files.update({f"images/{name}": content for name, content in (images or {}).items()})
    files.update({f"trimaps/{name}.png": small for name in reversed(names)})
    files.update({f"trimaps/{name}": content for name, content in (trimaps or {}).items()})
    root = student.folder(files)
    return f"{root}/images", f"{root}/trimaps"


# Reading what comes back ---------------------------------------------------------------------


def with_path(student, function, *arguments):
    """Call a function with its leading text arguments as `Path`, as the notebook does."""
    words, call = {}, []
    for i, argument in enumerate(arguments):
        words[f"a{i}"] = argument
        is_text = isinstance(argument, str)
        call.append(f"__import__('pathlib').Path(a{i})" if is_text else f"a{i}")
    return student.evaluate(f"{function}({', '.join(call)})", **words)


def numbers(value, name="the result"):
    """Return an array of numbers, or fail the check readably."""
    array = expect_array(value, name=name)
    expect(array.dtype.kind in "biuf", f"{name} should hold numbers", got=str(array.dtype))
    return array


def pair_texts(value):
    """Return pairs as two texts each, whatever sort of path and sequence they are."""
    expect(value is not None, "nothing came back: does the function return its list?")
    expect(isinstance(value, list | tuple), "return a list of pairs", got=type(value).__name__)
    pairs = []
    for entry in value:
        fits = isinstance(entry, list | tuple) and len(entry) == 2
        expect(fits, "each entry should hold two paths: the photograph's and the mask's")
        fits = all(isinstance(path, str | PurePosixPath) for path in entry)
        expect(fits, "the entries of a pair should be paths: str or Path")
        pairs.append(tuple(str(path) for path in entry))
    return pairs


def base(path):
    """Return the last part of a path."""
    return PurePosixPath(path).name


def stem(path):
    """Return the name of a file without folder and ending."""
    return PurePosixPath(path).stem


def listed(student, folders):
    """Call `list_pairs` as the notebook does; return bare file names, the photograph first.

    Which of the two comes first has a check of its own.
    """
    value = with_path(student, "list_pairs", *folders)
    expect(pair_texts(value), "the list is empty")
    pairs = [tuple(base(path) for path in pair) for pair in pair_texts(value)]
    return [(b, a) if a.endswith(".png") and b.endswith(".jpg") else (a, b) for a, b in pairs]


def wanted(names):
    """Return the pairs of bare file names that belong to names, in the right order."""
    return [(f"{name}.jpg", f"{name}.png") for name in sorted(names)]


def label_plane(value):
    """Return a mask as (H, W) numbers, forgiving its other faults: they have their own checks."""
    mask = numbers(value, "the mask")
    expect(mask.size > 0, "the mask is empty", got=mask.shape)
    plane = mask[..., 0] if mask.ndim == 3 else mask
    expect(plane.ndim == 2, "a mask has shape (height, width, 1)", got=mask.shape)
    return plane


def standardised(values):
    """Return values free of scale and offset."""
    values = np.clip(np.nan_to_num(np.asarray(values, dtype=float)), -1e6, 1e6)
    return (values - values.mean()) / max(values.std(), 1e-9)


def distance_to(pixels, size, image):
    """How far an image is from a picture resized in the closest of the usual ways, scale-free."""
    height, width = size
    whole = Image.fromarray(pixels)
    resized = [np.asarray(whole.resize((width, height), method)) for method in RESIZERS]
    return min(np.abs(standardised(one) - standardised(image)).mean() for one in resized)


# list_pairs ----------------------------------------------------------------------------------


@pytest.mark.cell("02-list-pairs", points=2)
def test_every_photograph_with_its_mask(student, rng):
    """Every photograph of the given folders is listed with its mask."""
    names = file_names(rng)
    found = listed(student, pair_folders(student, rng, names))

    expect(
        set(found) & set(wanted(names)),
        "these are not files of the folders that were given: does the function use its arguments?",
    )
    expect(
        len(found) == len(names),
        "some pairs are missing or listed twice",
        got=len(found),
        expected=len(names),
    )
    expect(
        {image for image, _ in found} == {f"{name}.jpg" for name in names},
        "some photographs of the folder are not in the list, and others are there twice",
    )
    expect(
        all(stem(image) == stem(trimap) for image, trimap in found),
        "a photograph got the mask of another one",
    )


@pytest.mark.cell("02-list-pairs", points=2)
def test_pairs_sorted_by_name(student, rng):
    """Pairs are sorted by name, as `sorted` does it."""
    names = file_names(rng)
    found = [stem(image) for image, _ in listed(student, pair_folders(student, rng, names))]

    expect(
        found == sorted(found),
        "the pairs are not in the order of sorted(): folders list their files in any order, "
        "capital letters sort before small ones, and _10 before _2",
    )


@pytest.mark.cell("02-list-pairs", points=2)
def test_paired_by_name_not_by_position(student, rng):
    """A photograph or a mask without its partner is left out and shifts nothing."""
    names = file_names(rng)
    lone_image, lone_trimap = names[0], names[1]
    both = names[2:]
    content = encoded(picture(rng, 8, 9))
    found = listed(
        student,
        pair_folders(
            student,
            rng,
            both,
            images={f"{lone_image}.jpg": content},
            trimaps={f"{lone_trimap}.png": content},
        ),
    )

    expect(
        all(stem(image) == stem(trimap) for image, trimap in found),
        "one photograph has no mask here, and from there on photographs got the masks of others: "
        "pair by name, not by position",
    )
    listed_names = {stem(image) for image, _ in found}
    expect(
        not listed_names & {lone_image, lone_trimap},
        "a photograph without a mask, or a mask without a photograph, should be left out",
    )
    expect(set(both) <= listed_names, "a lone file should not cost any other pair")


@pytest.mark.cell("02-list-pairs", points=2)
def test_other_kinds_of_files_left_out(student, rng):
    """Files that are neither photographs nor masks are left out."""
    names = file_names(rng)
    strays = {
        f"{names[0]}.mat": b"MATLAB 5.0",
        f"{names[1]}.jpg.part": b"half a download",
        "Thumbs.db": b"thumbnails",
    }
    found = listed(
        student,
        pair_folders(
            student, rng, names, images=strays, trimaps={f"{names[2]}.png.txt": b"a note"}
        ),
    )

    expect(
        set(found) == set(wanted(names)) and len(found) == len(names),
        "files such as NAME.mat or NAME.jpg.part lie in the folder, and they are no photographs: "
        "look at the end of the name",
        got=f"{len(found)} pairs",
        expected=f"{len(names)} pairs",
    )


@pytest.mark.cell("02-list-pairs", points=2)
def test_hidden_files_left_out(student, rng):
    """Files such as ._NAME.png are left out."""
    names = file_names(rng)
    notes = {f"._{name}.png": b"\x00\x05\x16\x07AppleDouble" for name in names[:3]}
    found = listed(student, pair_folders(student, rng, names, trimaps=notes))

    expect(
        not any(part.startswith(".") for pair in found for part in pair),
        "._NAME.png is no mask, though it ends in .png: names with a dot in front are hidden files",
    )
    expect(
        set(found) == set(wanted(names)),
        "hidden files (._NAME.png) lie between the masks and have disturbed the pairing",
    )


@pytest.mark.cell("02-list-pairs", points=1)
def test_paths_include_the_folder(student, rng):
    """The paths include the folder, so that the files can be opened."""
    folders = pair_folders(student, rng, file_names(rng))
    found = pair_texts(with_path(student, "list_pairs", *folders))

    expect(found, "the list is empty")
    expect(
        all("/" in path for pair in found for path in pair),
        "these are bare file names: without the folder nobody can open them",
    )
    expect(
        all(student.exists(path) for pair in found[:3] for path in pair),
        "some of these paths lead nowhere",
    )


@pytest.mark.cell("02-list-pairs", points=1)
def test_pairs_are_tuples(student, rng):
    """The result is a list of tuples, the photograph first."""
    value = with_path(student, "list_pairs", *pair_folders(student, rng, file_names(rng)))
    pairs = pair_texts(value)

    expect(pairs, "the list is empty")
    expect(isinstance(value, list), "return a list", got=type(value).__name__, expected="list")
    expect(
        all(isinstance(entry, tuple) for entry in value),
        "each pair should be a tuple",
        got=type(value[0]).__name__,
        expected="tuple",
    )
    expect(
        all(image.endswith(".jpg") and trimap.endswith(".png") for image, trimap in pairs),
        "the photograph comes first in each pair, its mask second",
    )


@pytest.mark.cell("02-list-pairs", points=1)
def test_folders_as_text(student, rng):
    """Folders may be given as str as well as Path."""
    names = file_names(rng)
    folders = pair_folders(student, rng, names)
    as_text = pair_texts(student.call("list_pairs", *folders))
    as_path = pair_texts(with_path(student, "list_pairs", *folders))

    expect(as_text, "the list is empty")
    expect(as_text == as_path, "folders given as str and as Path should give the same pairs")


# shuffle_pairs -------------------------------------------------------------------------------


def numbered_pairs(rng, count=30):
    """Make pairs whose names say which belong together."""
    marks = rng.permutation(np.arange(1000))[:count]
    return [(f"images/pet_{mark}.jpg", f"trimaps/pet_{mark}.png") for mark in marks]


def firsts(value):
    """Return the photographs of pairs in their order."""
    return [image for image, _ in pair_texts(value)]


@pytest.mark.cell("02-shuffle-pairs", points=2)
def test_order_of_the_default_seed(student, rng):
    """Without a seed given, the order is that of random.Random(1337).shuffle."""
    pairs = numbered_pairs(rng)
    shuffled = firsts(student.call("shuffle_pairs", pairs))
    reference = [image for image, _ in pairs]
    random.Random(1337).shuffle(reference)

    expect(shuffled != [image for image, _ in pairs], "the pairs come back in their old order")
    expect(
        shuffled == reference,
        "this is not the order that random.Random(1337).shuffle gives: other generators, "
        "`sample` and unseeded shuffling all give other orders",
    )


@pytest.mark.cell("02-shuffle-pairs", points=2)
def test_pairs_stay_together(student, rng):
    """Each photograph keeps its own mask, and no pair is lost."""
    pairs = numbered_pairs(rng)
    shuffled = pair_texts(student.call("shuffle_pairs", pairs))

    expect(
        all(stem(image) == stem(trimap) for image, trimap in shuffled),
        "photographs and masks have been torn apart: both need the same order",
    )
    expect(len(shuffled) == len(pairs), "the number of pairs has changed", got=len(shuffled))
    expect(set(shuffled) == set(pairs), "some pairs are lost and others come twice")


@pytest.mark.cell("02-shuffle-pairs", points=1)
def test_seed_is_used(student, rng):
    """Another seed gives another order."""
    pairs = numbered_pairs(rng)
    seeds = [int(seed) for seed in rng.permutation(np.arange(1, 1000))[:3]]
    orders = [tuple(firsts(student.call("shuffle_pairs", pairs, seed=seed))) for seed in seeds]

    expect(
        len(set(orders)) == len(orders),
        "different seeds give the same order: is the argument `seed` used?",
    )


@pytest.mark.cell("02-shuffle-pairs", points=1)
def test_same_seed_same_order(student, rng):
    """The same seed gives the same order, whatever was drawn before."""
    pairs, seed = numbered_pairs(rng), int(rng.integers(1, 1000))
    once = firsts(student.call("shuffle_pairs", pairs, seed=seed))
    again = firsts(student.call("shuffle_pairs", pairs, seed=seed))

    expect(len(once) == len(pairs), "the number of pairs has changed", got=len(once))
    expect(once == again, "the same seed gave two different orders: start a generator from it")


@pytest.mark.cell("02-shuffle-pairs", points=1)
def test_given_list_unchanged(student, rng):
    """The list that was passed in stays as it was."""
    pairs = numbered_pairs(rng)
    result = student.evaluate("(lambda p: (shuffle_pairs(p), p))(list(pairs))", pairs=pairs)
    shuffled, after = result if isinstance(result, tuple) and len(result) == 2 else (None, None)

    expect(len(pair_texts(shuffled)) == len(pairs), "the number of pairs has changed")
    expect(
        pair_texts(after) == pairs, "the caller's own list has been shuffled: shuffle a copy of it"
    )


# path_to_input_image -------------------------------------------------------------------------


@pytest.mark.cell("02-path-to-input-image", points=2)
def test_image_shape(student, rng):
    """A photograph has shape (height, width, 3), not (width, height, 3)."""
    height, width = (int(n) for n in rng.permutation(np.arange(24, 60))[:2])
    path = photograph_file(student, photograph(rng)[1])
    image = numbers(with_path(student, "path_to_input_image", path, (height, width)), "the image")

    swapped = image.shape[:2] == (width, height)
    expect(
        not swapped,
        "height and width are swapped: img_size is (height, width), Pillow wants (width, height)",
        got=image.shape,
        expected=(height, width, 3),
    )
    expect(
        image.shape == (height, width, 3),
        "the array has another shape than asked for",
        got=image.shape,
        expected=(height, width, 3),
    )


@pytest.mark.cell("02-path-to-input-image", points=1)
def test_image_is_float32(student, rng):
    """A photograph has the dtype float32."""
    path = photograph_file(student, photograph(rng)[1])
    image = numbers(with_path(student, "path_to_input_image", path, (32, 32)), "the image")

    expect(
        image.dtype == np.float32,
        "a model's inputs should be float32: uint8 wraps around in arithmetic, "
        "and float64 doubles the memory",
        got=str(image.dtype),
        expected="float32",
    )


@pytest.mark.cell("02-path-to-input-image", points=2)
def test_image_values_up_to_255(student, rng):
    """Values stay in 0..255: the model divides by itself."""
    path = photograph_file(student, photograph(rng, 48, 48)[1])
    image = numbers(with_path(student, "path_to_input_image", path, (48, 48)), "the image")

    expect(image.size > 0 and np.isfinite(image).all(), "the array is empty or not finite")
    expect(image.min() > -20, "there are values far below 0: the range should be 0..255")
    expect(
        image.max() > 200,
        "the values have been scaled down: keep 0..255, for the model divides by 255 itself",
        got=f"largest value {image.max():.3g} for a picture with white in it",
    )
    expect(image.max() < 280, "there are values far above 255")


@pytest.mark.cell("02-path-to-input-image", points=2)
def test_odd_modes_become_rgb(student, rng):
    """Greyscale, transparent and palette files give three channels too."""
    gray = picture(rng, 40, 40)
    colour = np.repeat(gray[..., None], 3, axis=-1)
    opaque = np.concatenate([colour, np.full_like(colour[..., :1], 255)], axis=-1)
    files = {
        "greyscale": encoded(gray, "JPEG"),
        "transparent": encoded(opaque, "PNG"),
        "palette": encoded(gray, "PNG", "P"),
    }
    for kind, content in files.items():
        path = photograph_file(student, content)
        image = numbers(with_path(student, "path_to_input_image", path, (40, 40)), "the image")
        expect(
            image.ndim == 3 and image.shape[-1] == 3,
            f"a {kind} file should give three channels: convert to RGB after opening",
            got=image.shape,
        )
        near = image.shape == (40, 40, 3) and distance_to(colour, (40, 40), image) < 0.15
        expect(near, f"the colours of a {kind} file have changed: convert it to RGB")


@pytest.mark.cell("02-path-to-input-image", points=1)
def test_channels_red_green_blue(student, rng):
    """The channels are red, green and blue, in this order."""
    red, green, blue = (int(n) for n in rng.permutation([30, 120, 220]))
    pixels = np.full((60, 80, 3), (red, green, blue), dtype=np.uint8)
    path = photograph_file(student, encoded(pixels, "PNG"))
    image = numbers(with_path(student, "path_to_input_image", path, (20, 20)), "the image")

    fits = image.ndim == 3 and image.shape[-1] == 3 and image.size > 0
    expect(fits, "a photograph has shape (height, width, 3)", got=image.shape)
    order = np.argsort(np.nan_to_num(image.astype(float)).mean(axis=(0, 1))).tolist()
    expect(
        order == np.argsort([red, green, blue]).tolist(),
        "the channels are in another order than red, green, blue (OpenCV, for one, reads blue "
        "first)",
    )


@pytest.mark.cell("02-path-to-input-image", points=2)
def test_image_shows_the_whole_photograph(student, rng):
    """The array shows the whole photograph, stretched to the size asked for."""
    pixels, content = photograph(rng, int(rng.integers(80, 160)), int(rng.integers(180, 240)))
    path = photograph_file(student, content)
    image = numbers(with_path(student, "path_to_input_image", path, (64, 64)), "the image")

    expect(image.ndim == 3 and image.size > 0, "a photograph has three axes", got=image.shape)
    expect(
        image.shape == (64, 64, 3) and distance_to(pixels, (64, 64), image) < 0.15,
        "the array does not show the whole photograph: stretch it to the size asked for, "
        "without cropping, padding or turning it",
    )


@pytest.mark.cell("02-path-to-input-image", points=1)
def test_image_path_as_text(student, rng):
    """The path may be given as str as well as Path."""
    path = photograph_file(student, photograph(rng)[1])
    as_text = numbers(student.call("path_to_input_image", path, (32, 32)))
    as_path = numbers(with_path(student, "path_to_input_image", path, (32, 32)))

    expect(as_text.size >= 32 * 32, "the array is too small", got=as_text.shape)
    expect(
        np.array_equal(as_text, as_path),
        "a path given as str and as Path should give the same array",
    )


# path_to_target ------------------------------------------------------------------------------


def nearest(mask, side):
    """Resize a mask to a square without new values."""
    return np.asarray(Image.fromarray(mask).resize((side, side), Image.Resampling.NEAREST))


@pytest.mark.cell("02-path-to-target", points=2)
def test_target_shape(student, rng):
    """A target has shape (height, width, 1)."""
    height, width = (int(n) for n in rng.permutation(np.arange(24, 60))[:2])
    path = trimap_file(student, regions(rng, 90, 110, (1, 2, 3)))
    mask = numbers(with_path(student, "path_to_target", path, (height, width)), "the mask")

    shape = mask.shape
    expect(
        shape[:2] != (width, height),
        "height and width are swapped: img_size is (height, width), Pillow wants (width, height)",
        got=shape,
        expected=(height, width, 1),
    )
    expect(
        shape != (height, width),
        "the channel axis is gone: keep it, even with a single channel",
        got=shape,
        expected=(height, width, 1),
    )
    expect(
        shape != (height, width, 3),
        "the mask was read as a colour image: it has a single channel of labels",
        got=shape,
        expected=(height, width, 1),
    )
    expect(shape == (height, width, 1), "the mask has another shape than asked for", got=shape)


@pytest.mark.cell("02-path-to-target", points=1)
def test_target_is_uint8(student, rng):
    """A target has the dtype uint8."""
    path = trimap_file(student, regions(rng, 60, 60, (1, 2, 3)))
    mask = numbers(with_path(student, "path_to_target", path, (60, 60)), "the mask")

    expect(
        mask.dtype == np.uint8,
        "labels are whole numbers, stored as uint8",
        got=str(mask.dtype),
        expected="uint8",
    )


@pytest.mark.cell("02-path-to-target", points=3)
def test_labels_start_at_zero(student, rng):
    """Mask labels run from 0 to 2."""
    trimap = regions(rng, 80, 80, (1, 2, 3))
    path = trimap_file(student, trimap)
    plane = label_plane(with_path(student, "path_to_target", path, (80, 80)))
    labels, picture = np.unique(plane), compare_masks(plane, trimap - 1)

    got = labels[:5].tolist()
    expect(
        got != [1, 2, 3],
        "labels still start at 1: trimaps hold 1, 2, 3, the model counts from 0",
        got=got,
        expected=[0, 1, 2],
        picture=picture,
    )
    expect(
        not (labels > 250).any(),
        "a label has wrapped around: in uint8, 0 - 1 is 255. Was 1 subtracted twice?",
        got=got,
        expected=[0, 1, 2],
        picture=picture,
    )
    expect(
        got == [0, 1, 2] and len(labels) == 3,
        "these are not the labels 0, 1 and 2",
        got=got,
        expected=[0, 1, 2],
        picture=picture,
    )


@pytest.mark.cell("02-path-to-target", points=3)
def test_labels_keep_their_meaning(student, rng):
    """Pet, background and contour keep their order: 0, 1, 2."""
    trimap = rings(rng, 81, (1, 2, 3))
    plane = label_plane(
        with_path(student, "path_to_target", trimap_file(student, trimap), trimap.shape)
    )

    expect(plane.shape == trimap.shape, "the mask has another size than asked for")
    middles = [np.median(plane[trimap == value]) for value in (1, 2, 3)]
    expect(
        middles[0] < middles[1] < middles[2],
        "the classes have changed places: 0 is the pet, 1 the background, 2 the contour, "
        "in the order of the file's 1, 2 and 3",
        picture=compare_masks(plane, trimap - 1),
    )


@pytest.mark.cell("02-path-to-target", points=3)
def test_resizing_invents_no_labels(student, rng):
    """Resizing a mask makes no class out of two others."""
    trimap = regions(rng, 150, 170, (1, 3))
    path = trimap_file(student, trimap)
    for side in (int(rng.integers(40, 70)), int(rng.integers(180, 220))):
        plane = label_plane(with_path(student, "path_to_target", path, (side, side)))
        labels = np.unique(plane)
        expect(len(labels) > 1, "a mask that holds two classes has come back with one")
        expect(
            len(labels) == 2,
            "resizing has invented a class: this file holds pet (1) and contour (3) only, and "
            "between them has appeared something else. Masks need nearest interpolation",
            picture=compare_masks(plane, nearest(trimap, side) - 1),
        )


@pytest.mark.cell("02-path-to-target", points=2)
def test_target_shows_the_whole_mask(student, rng):
    """Regions stay where they are in the file."""
    trimap = regions(rng, int(rng.integers(90, 140)), int(rng.integers(160, 220)), (1, 2, 3))
    side = int(rng.integers(60, 90))
    path = trimap_file(student, trimap)
    plane = label_plane(with_path(student, "path_to_target", path, (side, side)))

    expect(plane.shape == (side, side), "the mask has another size than asked for")
    truth = nearest(trimap, side)
    kinds = np.unique(plane)[:6]
    expect(len(kinds) > 1, "the mask holds a single label everywhere")
    # Wrong labels have their own checks: any renaming of the regions counts as agreement.
    agreement = max(np.mean(np.choose(truth - 1, k) == plane) for k in product(kinds, repeat=3))
    expect(
        agreement > 0.9,
        "the regions are not where they are in the file: stretch the mask to the size asked for, "
        "without cropping, padding or turning it",
        picture=compare_masks(plane, truth - 1),
    )


@pytest.mark.cell("02-path-to-target", points=1)
def test_target_path_as_text(student, rng):
    """The path may be given as str as well as Path."""
    path = trimap_file(student, regions(rng, 60, 70, (1, 2, 3)))
    as_text = numbers(student.call("path_to_target", path, (32, 32)))
    as_path = numbers(with_path(student, "path_to_target", path, (32, 32)))

    same = np.array_equal(as_text, as_path)
    expect(as_text.size >= 32 * 32, "the array is too small", got=as_text.shape)
    expect(same, "a path given as str and as Path should give the same array")


# target_to_gray ------------------------------------------------------------------------------


def target(rng, height=12, width=17, labels=(0, 1, 2)):
    """Draw a target (H, W, 1) that holds all the labels."""
    cells = rng.permutation(np.resize(np.array(labels, dtype=np.uint8), height * width))
    return cells.reshape(height, width, 1)


@pytest.mark.cell("02-target-to-gray", points=2)
def test_gray_values(student, rng):
    """Labels 0, 1 and 2 become 0, 127 and 254."""
    mask = target(rng)
    gray = numbers(student.call("target_to_gray", mask), "the picture")

    expect(gray.size == mask.size, "one grey value for each pixel", got=gray.shape)
    gray = gray.reshape(mask.shape[:2])
    picture = compare_grey(gray, 127 * mask[..., 0])
    seen = [sorted(set(gray[mask[..., 0] == label].tolist()))[:3] for label in (0, 1, 2)]
    expect(
        seen[2] != [0],
        "the contour is as black as the pet: 256 does not fit into uint8 and starts again at 0",
        got=seen[2],
        expected=[254],
        picture=picture,
    )
    expect(
        seen == [[0], [127], [254]],
        "the grey values are not those asked for",
        got=seen,
        expected=[[0], [127], [254]],
        picture=picture,
    )


@pytest.mark.cell("02-target-to-gray", points=1)
def test_gray_depends_on_the_label_alone(student, rng):
    """A label has the same grey in every mask, even where another class is absent."""
    for labels in ((0, 1), (1, 2), (1,)):
        mask = target(rng, labels=labels)
        gray = numbers(student.call("target_to_gray", mask), "the picture")
        expect(gray.size == mask.size, "one grey value for each pixel", got=gray.shape)
        background = gray.reshape(mask.shape[:2])[mask[..., 0] == 1]
        other = gray.reshape(mask.shape[:2])[mask[..., 0] != 1]
        expect(
            len(set(background.tolist())) == 1 and 100 < background[0] < 150,
            "the greys are stretched to what this mask holds: a mask without one of the classes "
            "would look like another one",
        )
        expect(not (other == background[0]).any(), "two classes have the same grey")


@pytest.mark.cell("02-target-to-gray", points=1)
def test_gray_is_a_flat_picture(student, rng):
    """The picture has shape (H, W)."""
    mask = target(rng)
    gray = numbers(student.call("target_to_gray", mask), "the picture")

    expect(
        gray.shape == mask.shape[:2],
        "the picture should have two axes, without the one for channels",
        got=gray.shape,
        expected=mask.shape[:2],
    )


@pytest.mark.cell("02-target-to-gray", points=1)
def test_gray_is_uint8(student, rng):
    """The picture has the dtype uint8."""
    gray = numbers(student.call("target_to_gray", target(rng)), "the picture")

    expect(
        gray.dtype == np.uint8,
        "grey values are stored as uint8",
        got=str(gray.dtype),
        expected="uint8",
    )


@pytest.mark.cell("02-target-to-gray", points=1)
def test_target_unchanged(student, rng):
    """The target stays as it was."""
    mask = target(rng)
    result = student.evaluate("(lambda t: (target_to_gray(t), t))(t)", t=mask)
    gray, after = result if isinstance(result, tuple) and len(result) == 2 else (None, None)
    after = numbers(after, "the target after the call")

    expect(numbers(gray, "the picture").size == mask.size, "one grey value for each pixel")
    expect(
        np.array_equal(after, mask),
        "the target itself has been changed: the model would learn from grey values",
    )


# load_arrays ---------------------------------------------------------------------------------


def loaded(student, pairs, size):
    """Call `load_arrays` and return its two arrays."""
    paths = "[tuple(map(__import__('pathlib').Path, pair)) for pair in pairs]"
    value = student.evaluate(f"load_arrays({paths}, size)", pairs=pairs, size=size)
    expect(value is not None, "nothing came back: does the function return its arrays?")
    fits = isinstance(value, tuple | list) and len(value) == 2
    expect(fits, "return two arrays: inputs, targets", got=type(value).__name__)
    return numbers(value[0], "inputs"), numbers(value[1], "targets")


def is_rgb(pets, name):
    """Whether a photograph is stored with three channels: other modes have their own check."""
    with Image.open(pets.data.image_path(name)) as image:
        return image.mode == "RGB"


def some_pairs(pets, rng, count=5):
    """Choose pairs of the data set, not in the order of their names."""
    shuffled = (str(name) for name in rng.permutation(pets.names))
    names = list(islice((name for name in shuffled if is_rgb(pets, name)), count))
    if names == sorted(names):
        names.reverse()
    return [(pets.image(name), pets.mask(name)) for name in names]


def own_rows(student, function, paths, size):
    """Read files one by one with the student's own function."""
    rows = [numbers(with_path(student, function, path, size)) for path in paths]
    expect(len({row.shape for row in rows}) == 1, f"{function} gives rows of different shapes")
    return np.stack(rows).astype(float)


def compared(student, pets, rng, which):
    """Load pairs at once and one by one; return both, flat, for inputs (0) or targets (1)."""
    function = ("path_to_input_image", "path_to_target")[which]
    pairs, size = some_pairs(pets, rng), (24, 24)
    array = loaded(student, pairs, size)[which].astype(float)
    single = own_rows(student, function, [pair[which] for pair in pairs], size)
    fits = len(array) == len(single) and array.size == single.size
    expect(fits, f"the rows do not have the size of what {function} returns", got=array.shape)
    return SimpleNamespace(
        rows=np.nan_to_num(array.reshape(len(array), -1)),
        single=np.nan_to_num(single.reshape(len(single), -1)),
        function=function,
    )


def nearest_rows(both):
    """For each row, the number of the single image or mask that it is most like."""
    shapes = [np.array([standardised(row) for row in rows]) for rows in (both.rows, both.single)]
    return np.argmax(shapes[0] @ shapes[1].T, axis=1).tolist()


@pytest.mark.cell("02-load-arrays", points=2)
def test_inputs_in_the_order_of_the_pairs(student, pets, rng):
    """Row i of the inputs is the photograph of pair i."""
    both = compared(student, pets, rng, 0)

    expect(
        nearest_rows(both) == list(range(len(both.rows))),
        "the photographs are not in the order of the list of pairs",
    )


@pytest.mark.cell("02-load-arrays", points=2)
def test_targets_in_the_order_of_the_pairs(student, pets, rng):
    """Row i of the targets is the mask of pair i."""
    both = compared(student, pets, rng, 1)

    expect(
        nearest_rows(both) == list(range(len(both.rows))),
        "the masks are not in the order of the list of pairs: photographs and masks no longer "
        "belong together",
    )


@pytest.mark.cell("02-load-arrays", points=1)
def test_rows_keep_their_values(student, pets, rng):
    """Rows have the range that path_to_input_image and path_to_target give."""
    for which in (0, 1):
        both = compared(student, pets, rng, which)
        nearest = both.single[nearest_rows(both)]
        # Another reader of JPEG files or another way of resizing may differ a little.
        allowed = 0.06 * np.ptp(both.single)
        middle = np.abs(both.rows.mean(axis=1) - nearest.mean(axis=1))
        spread = np.abs(both.rows.std(axis=1) - nearest.std(axis=1))
        expect(
            (middle <= allowed).all() and (spread <= allowed).all(),
            f"the values are not those that {both.function} returns: have they been scaled?",
        )


@pytest.mark.cell("02-load-arrays", points=1)
def test_array_shapes(student, pets, rng):
    """The shapes are (N, height, width, 3) and (N, height, width, 1)."""
    count, size = int(rng.integers(2, 5)), (20, 28)
    inputs, targets = loaded(student, some_pairs(pets, rng, count), size)

    expect(
        inputs.shape == (count, *size, 3),
        "the inputs have another shape",
        got=inputs.shape,
        expected=(count, *size, 3),
    )
    expect(
        targets.shape == (count, *size, 1),
        "the targets have another shape",
        got=targets.shape,
        expected=(count, *size, 1),
    )


@pytest.mark.cell("02-load-arrays", points=1)
def test_inputs_are_float32(student, pets, rng):
    """The inputs have the dtype float32."""
    inputs, _ = loaded(student, some_pairs(pets, rng, 2), (16, 16))

    expect(
        inputs.dtype == np.float32,
        "inputs should be float32: NumPy makes float64 arrays unless told otherwise, and they "
        "take twice the memory",
        got=str(inputs.dtype),
        expected="float32",
    )


@pytest.mark.cell("02-load-arrays", points=1)
def test_targets_are_uint8(student, pets, rng):
    """The targets have the dtype uint8."""
    _, targets = loaded(student, some_pairs(pets, rng, 2), (16, 16))

    expect(
        targets.dtype == np.uint8,
        "targets should be uint8: labels are small whole numbers",
        got=str(targets.dtype),
        expected="uint8",
    )


# class_prior ---------------------------------------------------------------------------------


def uneven_targets(rng, labels=(0, 1, 2)):
    """Draw masks in which the classes have different parts, differently in each mask."""
    masks = []
    for _ in range(int(rng.integers(3, 6))):
        shares = rng.dirichlet(np.ones(len(labels)))
        masks.append(rng.choice(np.array(labels, dtype=np.uint8), (15, 20, 1), p=shares))
    masks.append(np.resize(np.array(labels, dtype=np.uint8), (15, 20, 1)))
    return np.stack(masks)


def prior(student, targets):
    """Call `class_prior` and return its fractions."""
    value = student.call("class_prior", targets)
    expect(value is not None, "nothing came back: does the function return the fractions?")
    if isinstance(value, list | tuple):
        value = np.array([expect_number(part, "each fraction") for part in value])
    fractions = numbers(value, "the fractions")
    expect(
        fractions.shape == (3,),
        "return one fraction for each of the three classes, also for one that is absent",
        got=fractions.shape,
        expected=(3,),
    )
    expect(np.isfinite(fractions).all(), "the fractions should be finite numbers")
    return fractions.astype(float)


@pytest.mark.cell("02-class-prior", points=2)
def test_fractions_of_all_pixels(student, rng):
    """Fractions are counted over all pixels of all masks, in the order of the labels."""
    truth = np.zeros(3)
    # Label 1 has the largest or the smallest part, so that sorting shows.
    while sorted(truth)[1] == truth[1] or np.diff(np.sort(truth)).min() < 0.01:
        targets = uneven_targets(rng)
        truth = np.bincount(targets.ravel(), minlength=3) / targets.size
    fractions = prior(student, targets)

    share = fractions / (abs(fractions.sum()) or 1)
    expect(
        np.allclose(share, truth, atol=1e-4) or not np.allclose(sorted(share), sorted(truth)),
        "the right fractions in another order: first label 0, then 1, then 2",
    )
    expect(
        np.allclose(share, truth, atol=1e-4),
        "these are not the parts of all pixels: count each label over all masks",
    )


@pytest.mark.cell("02-class-prior", points=1)
def test_fractions_add_up_to_one(student, rng):
    """The fractions add up to 1."""
    total = prior(student, uneven_targets(rng)).sum()

    expect(
        abs(total - 1) < 1e-4,
        "the fractions should add up to 1: divide the counts by the number of all pixels",
        got=f"{total:.4g}",
        expected=1,
    )


@pytest.mark.cell("02-class-prior", points=1)
def test_absent_class_has_fraction_zero(student, rng):
    """A class that no pixel has gets the fraction 0."""
    for missing in (0, 1, 2):
        labels = tuple(label for label in (0, 1, 2) if label != missing)
        fractions = prior(student, uneven_targets(rng, labels))
        expect(
            fractions[missing] == 0 and np.count_nonzero(fractions) == 2,
            "one class is absent from these masks, and its fraction is not 0",
        )


# prior_loss ----------------------------------------------------------------------------------


def entropy(fractions):
    """Mean cross-entropy of the prior itself, in nats."""
    present = np.array([part for part in fractions if part > 0])
    return float(-np.sum(present * np.log(present)))


def loss(student, fractions):
    """Call `prior_loss` and return a finite number."""
    value = expect_number(student.call("prior_loss", list(fractions)), "the loss")
    expect(np.isfinite(value), "the loss should be a finite number", got=str(value))
    return value


@pytest.mark.cell("02-prior-loss", points=2)
def test_each_class_counts_by_its_fraction(student, rng):
    """Classes count by how many pixels they have."""
    thirds = [1 / 3] * 3
    unit = loss(student, thirds) / entropy(thirds)
    expect(abs(unit) > 1e-6, "the loss of three equal classes should not be 0")
    for _ in range(3):
        fractions = [float(part) for part in rng.dirichlet([4, 2, 1])]
        fractions = [0.98 * part + 0.02 / 3 for part in fractions]
        expect(
            abs(loss(student, fractions) / unit - entropy(fractions)) < 1e-3,
            "this is not the mean over all pixels: a class with few pixels should count little, "
            "and each pixel pays minus the logarithm of its own class's probability",
        )


@pytest.mark.cell("02-prior-loss", points=1)
def test_natural_logarithm(student):
    """The logarithm is the natural one, and nothing else is divided by."""
    thirds = [1 / 3] * 3
    value = abs(loss(student, thirds)) / entropy(thirds)
    base_2, base_10 = (abs(value - LOGARITHMS[kind]) < 1e-3 for kind in ("base 2", "base 10"))

    expect(not base_2, "this is the logarithm to base 2; losses in Keras use the natural one")
    expect(not base_10, "this is the logarithm to base 10; losses in Keras use the natural one")
    expect(
        abs(value - 1) < 1e-3,
        "the loss of three equal classes is wrong by a factor: the fractions already are the "
        "weights of a mean",
        got=f"{value * entropy(thirds):.4f}",
        expected=f"{entropy(thirds):.4f}",
    )


@pytest.mark.cell("02-prior-loss", points=1)
def test_loss_is_not_negative(student, rng):
    """A loss is above zero."""
    value = loss(student, [0.2, 0.5, 0.3])

    expect(
        value > 0, "the loss is negative: the definition begins with a minus", got=f"{value:.3f}"
    )


@pytest.mark.cell("02-prior-loss", points=2)
def test_absent_class_costs_nothing(student, rng):
    """A class that never occurs adds nothing."""
    part = float(rng.uniform(0.2, 0.8))
    fractions = [part, 1 - part]
    fractions.insert(int(rng.integers(0, 3)), 0.0)
    value = expect_number(student.call("prior_loss", fractions), "the loss")

    expect(
        np.isfinite(value),
        "with an absent class the loss is not a number: 0 times log(0) counts as 0 here",
        got=str(value),
    )
    # A class that hardly ever occurs must cost hardly more than one that never does.
    rare = [1e-9 if part == 0 else part - 5e-10 for part in fractions]
    expect(
        abs(value - loss(student, rare)) < 1e-3,
        "with an absent class the loss comes out wrong: that class should add nothing",
    )
