"""Hidden checks of 03-iou-per-class: the intersection over union of each class, over all pixels."""

import numpy as np
from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, Variant, close, inputs, switches


def judge(y_true, y_pred, num_classes):
    """Put the places of each class into sets."""
    scores = []
    for label in range(num_classes):
        truth, guess = (
            {place for place, value in enumerate(mask.ravel().tolist()) if value == label}
            for mask in (y_true, y_pred)
        )
        union = len(truth | guess)
        scores.append(len(truth & guess) / union if union else float("nan"))
    return np.array(scores)


def formula(
    y_true,
    y_pred,
    num_classes,
    dice=False,
    union_is_sum=False,
    truth_alone=False,
    guess_alone=False,
    share_of_all=False,
    in_percent=False,
    labels_from_one=False,
    background_left_out=False,
    first_mask=False,
    absent_zero=False,
    absent_one=False,
    absent_raises=False,
    absent_dropped=False,
    missed_nan=False,
    missing_from_truth_nan=False,
):
    """Count for each class, with what may go wrong."""
    if first_mask and y_true.ndim > 2:
        y_true, y_pred = y_true[0], y_pred[0]
    scores = []
    labels = range(1, num_classes + 1) if labels_from_one else range(num_classes)
    for label in labels[1:] if background_left_out else labels:
        truth, guess = y_true == label, y_pred == label
        both, union = int(np.sum(truth & guess)), int(np.sum(truth | guess))
        if dice or union_is_sum:
            whole = int(truth.sum()) + int(guess.sum())
            both = 2 * both if dice else both
        elif truth_alone or guess_alone:
            whole = int(truth.sum() if truth_alone else guess.sum())
        else:
            whole = y_true.size if share_of_all else union
        if not union and absent_raises:
            raise ZeroDivisionError("division by zero")
        if not union and absent_dropped:
            continue
        absent = 0.0 if absent_zero else 1.0 if absent_one else np.nan
        score = both / whole if whole else absent
        if missed_nan and not (truth.any() and guess.any()):
            score = np.nan
        if missing_from_truth_nan and not truth.any():
            score = np.nan
        scores.append(100 * score if in_percent else score)
    return np.array(scores)


def accuracy(y_true, y_pred, num_classes):
    """Compute the part of right pixels, once for each class."""
    return np.full(num_classes, np.mean(y_true == y_pred))


def mean_over_classes(y_true, y_pred, num_classes):
    """Compute one number."""
    return float(np.nanmean(formula(y_true, y_pred, num_classes)))


def mean_over_masks(y_true, y_pred, num_classes):
    """Compute the IoU of each mask, and then the mean."""
    if y_true.ndim < 3:
        return formula(y_true, y_pred, num_classes)
    masks_of_both = zip(y_true, y_pred, strict=True)
    return mean_of_known(np.array([formula(t, p, num_classes) for t, p in masks_of_both]))


def mean_of_known(each):
    """Average along the first axis as np.nanmean does, without its warning."""
    known = ~np.isnan(each)
    counts = known.sum(axis=0)
    return np.where(counts, np.where(known, each, 0).sum(axis=0) / np.maximum(counts, 1), np.nan)


def mean_over_rows(y_true, y_pred, num_classes):
    """Compute the mean over masks, which does the same with the rows of a mask of three axes."""
    if y_true.ndim < 4:
        return mean_over_masks(y_true, y_pred, num_classes)
    each = [mean_over_masks(t, p, num_classes) for t, p in zip(y_true, y_pred, strict=True)]
    return mean_of_known(np.array(each))


def each_mask(y_true, y_pred, num_classes):
    """Compute the IoU of each mask, and leave it there."""
    if y_true.ndim < 3:
        return formula(y_true, y_pred, num_classes)
    return np.stack([formula(t, p, num_classes) for t, p in zip(y_true, y_pred, strict=True)])


def confusion_in_uint8(y_true, y_pred, num_classes):
    """Count pairs of labels that are numbered in the dtype of the labels."""
    truth, guess = (mask.ravel().astype("uint8") for mask in (y_true, y_pred))
    numbers = truth * np.uint8(num_classes) + guess
    table = np.bincount(numbers, minlength=num_classes**2)[: num_classes**2]
    table = table.reshape(num_classes, num_classes)
    both = np.diag(table)
    union = table.sum(axis=0) + table.sum(axis=1) - both
    return np.where(union, both / np.maximum(union, 1), np.nan)


variants = (
    *switches(
        formula,
        dice=Slip(
            "fatal",
            "this is the Dice score, 2 x both over the sum of the two sizes: IoU divides the "
            "pixels in both by those in at least one",
        ),
        union_is_sum=Slip(
            "fatal",
            "pixels in both masks are counted twice in the union: it is smaller than the sum of "
            "the two sizes",
        ),
        truth_alone=Slip(
            "fatal",
            "this divides by the pixels of the truth alone: pixels that are wrongly given the "
            "class have to count as well",
        ),
        guess_alone=Slip(
            "fatal",
            "this divides by the pixels of the prediction alone: missed pixels have to count as "
            "well",
        ),
        share_of_all=Slip(
            "fatal",
            "this divides by all pixels: divide by those that have the class in at least one of "
            "the two",
        ),
        in_percent=Slip("fatal", "an IoU goes from 0 to 1, not to 100"),
        labels_from_one=Slip(
            "fatal", "these are the labels 1 to num_classes: labels go from 0 to num_classes - 1"
        ),
        background_left_out=Slip(
            "fatal", "class 0 is left out: the text asks for one number for each class, 0 first"
        ),
        first_mask=Slip(
            "major", "only the first mask is looked at: the pixels of all masks count together"
        ),
        absent_zero=Slip(
            "minor",
            "a class that is in neither mask gets 0, as if the mask were bad: it should get nan",
        ),
        absent_one=Slip(
            "minor", "a class that is in neither mask gets 1, as if it were found: it has no IoU"
        ),
        absent_raises=Slip(
            "minor", "a class that is in neither mask ends in an error: its result should be nan"
        ),
        absent_dropped=Slip(
            "minor",
            "a class that is in neither mask is left out of the result: its place should hold nan",
        ),
        missed_nan=Slip("minor", "a class that is in only one of the masks has an IoU: 0, not nan"),
        missing_from_truth_nan=Slip(
            "minor",
            "a class that only the prediction holds has an IoU: 0, not nan. Nothing is found, and "
            "something should not have been",
        ),
    ),
    Variant(
        "accuracy",
        accuracy,
        "fatal",
        "this is the pixel accuracy, which does not ask each class on its own",
    ),
    Variant(
        "mean-over-classes",
        mean_over_classes,
        "fatal",
        "this is a single number: return the IoU of each class, in the order of the labels",
    ),
    Variant(
        "mean-over-masks",
        mean_over_masks,
        "major",
        "this is the mean over the masks: count the pixels of all masks together",
    ),
    Variant(
        "mean-over-rows",
        mean_over_rows,
        "major",
        "this is a mean over masks, or over their rows: count the pixels of all masks together",
    ),
    Variant(
        "each-mask",
        each_mask,
        "major",
        "these are numbers for each mask by itself: count the pixels of all masks together",
    ),
    Variant(
        "confusion-in-uint8",
        confusion_in_uint8,
        "minor",
        "y_true * num_classes + y_pred is too large for uint8, the dtype of masks, when there are "
        "many classes: it starts again at 0 after 255",
    ),
)


def masks(rng, shape, labels, num_classes, dtypes=("int64", "int64")):
    """Draw a truth of unequal classes and a guess that is right for part of the pixels."""
    labels = np.array(labels)
    shares = rng.dirichlet(np.linspace(6, 2, len(labels)))
    truth = rng.choice(labels, shape, p=shares)
    # Each part of the pixels has a quality of its own, so that a mean over masks shows.
    quality = np.linspace(0.2, 0.9, shape[0]).reshape(-1, *[1] * (len(shape) - 1))
    right = rng.uniform(size=shape) < quality
    guess = np.where(right, truth, rng.choice(labels, shape))
    # Every class occurs in both.
    places = rng.permutation(truth.size)[: len(labels)]
    truth.flat[places] = guess.flat[places] = labels
    return truth.astype(dtypes[0]), guess.astype(dtypes[1]), num_classes


def one_mask(rng, height, width, classes):
    """Draw a single mask of two axes."""
    return masks(rng, (height, width), range(classes), classes)


def several(rng, number, height, width, classes, last=()):
    """Draw several masks, the truth in the dtype of masks."""
    return masks(rng, (number, height, width, *last), range(classes), classes, ("uint8", "int64"))


def absent(rng, height, width, classes):
    """Draw masks without one of the classes, any of them."""
    lacking = int(rng.integers(classes))
    labels = [label for label in range(classes) if label != lacking]
    return masks(rng, (height, width), labels, classes)


def in_one(rng, height, width, classes, truth):
    """Draw masks of which one has a class that the other lacks."""
    both = one_mask(rng, height, width, classes)
    lacking = int(rng.integers(classes))
    other = (lacking + 1) % classes
    changed = both[0 if truth else 1]
    changed[changed == lacking] = other
    return both


def many_classes(rng, height, width, classes):
    """Draw masks of many classes, stored as uint8."""
    return masks(rng, (height, width), range(classes), classes, ("uint8", "uint8"))


def nothing(_rng, height, classes):
    """Draw arrays without a single pixel."""
    empty = np.zeros((height, 0), dtype="int64")
    return empty, empty.copy(), classes


def flat(rng, count, classes):
    """Draw pixels along one axis."""
    return masks(rng, (count,), range(classes), classes, ("uint8", "uint8"))


sides = {"height": st.integers(4, 7), "width": st.integers(5, 9)}
few = {"classes": st.integers(2, 4)}

exercise = Exercise(
    "03-iou-per-class",
    function="iou_per_class",
    judge=judge,
    strata=[
        Stratum("a single mask", inputs(one_mask, **sides, **few)),
        Stratum("several masks", inputs(several, number=st.integers(2, 5), **sides, **few)),
        Stratum(
            "several masks with a last axis of length 1",
            inputs(several, number=st.integers(2, 5), last=st.just((1,)), **sides, **few),
        ),
        Stratum(
            "masks of many pixels",
            inputs(one_mask, height=st.integers(50, 60), width=st.integers(40, 70), **few),
            count=3,
        ),
        Stratum(
            "a class in neither mask",
            inputs(absent, classes=st.integers(3, 5), **sides),
            row="corners",
            count=8,
        ),
        Stratum(
            "a class that only the truth holds",
            inputs(in_one, classes=st.integers(3, 4), truth=st.just(False), **sides),
            row="corners",
            count=4,
        ),
        Stratum(
            "a class that only the prediction holds",
            inputs(in_one, classes=st.integers(3, 4), truth=st.just(True), **sides),
            row="corners",
            count=4,
        ),
        Stratum(
            "many classes in uint8",
            inputs(many_classes, classes=st.integers(20, 25), height=st.integers(9, 12),
                   width=st.integers(8, 12)),
            row="corners",
            count=4,
        ),
        Stratum(
            "pixels along a single axis",
            inputs(flat, count=st.integers(8, 20), **few),
            row="corners",
            count=4,
        ),
        Stratum(
            "no pixels at all",
            inputs(nothing, height=st.integers(0, 3), **few),
            row="corners",
            count=2,
        ),
    ],
    variants=variants,
    same=close(atol=1e-6),
    contract=Contract(result=(np.ndarray, list, tuple), dtype="floating"),
)  # fmt: skip
