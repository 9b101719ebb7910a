"""Hidden checks of 02-list-pairs: photographs and masks of the same name, by file name."""

from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Place, Slip, Stratum, exact, inputs, switches


def judge(images_dir, trimaps_dir):
    """Look which names the files of both folders have in common."""
    names = names_of(images_dir, ".jpg") & names_of(trimaps_dir, ".png")
    found = sorted(f"{name}.jpg" for name in names)
    return [(f"{images_dir}/{file}", f"{trimaps_dir}/{file[:-4]}.png") for file in found]


def names_of(folder, ending):
    """Return the names of the files with an ending that are not hidden."""
    files = {name for name in files_of(folder) if not name.startswith(".")}
    return {name[: -len(ending)] for name in files if name.endswith(ending)}


def files_of(folder):
    """Return the bare names of a folder's own files, as sorted() has them."""
    start = f"{folder.path}/"
    names = (path[len(start) :] for path in folder.files if path.startswith(start))
    return sorted(name for name in names if name and "/" not in name)


def mask_of(name, masks, until_first_dot, until_jpg, replaced, stripped, beginning):
    """Return the name of the mask that a photograph's name leads to."""
    stem = name.rpartition(".")[0]
    if until_first_dot:
        return name.split(".")[0] + ".png"
    if until_jpg:
        return name.split(".jpg")[0] + ".png"
    if replaced:
        return name.replace(".jpg", ".png")
    if stripped:
        return name.rstrip(".jpg") + ".png"
    if beginning:
        return next((mask for mask in masks if mask.startswith(stem)), "")
    return stem + ".png"


def by_number_in(name):
    """Sort as people do; raises ValueError for names without a number."""
    breed, number = name.rpartition(".")[0].rsplit("_", 1)
    return breed, int(number)


def formula(
    images_dir,
    trimaps_dir,
    bare_names=False,
    mask_first=False,
    zipped=False,
    lone_photographs_kept=False,
    hidden_kept=False,
    every_file=False,
    ending_anywhere=False,
    any_case=False,
    until_first_dot=False,
    replaced=False,
    stripped=False,
    beginning=False,
    without_case=False,
    by_number=False,
    without_ending=False,
):
    """Go through the photographs, with what may go wrong."""
    names, masks = files_of(images_dir), files_of(trimaps_dir)
    if any_case:
        names = [name for name in names if name.lower().endswith(".jpg")]
    elif not every_file:
        found = (".jpg" in name if ending_anywhere else name.endswith(".jpg") for name in names)
        names = [name for name, is_found in zip(names, found, strict=True) if is_found]
    if not hidden_kept:
        names = [name for name in names if zipped or not name.startswith(".")]
    if by_number:
        names = sorted(names, key=by_number_in)
    if without_ending:
        names = sorted(names, key=lambda name: name.rpartition(".")[0])
    if without_case:
        names = sorted(names, key=str.lower)
    if zipped:
        kept = (mask for mask in masks if hidden_kept or not mask.startswith("."))
        pairs = list(zip(names, [mask for mask in kept if mask.endswith(".png")], strict=False))
    else:
        slips = (until_first_dot, ending_anywhere, replaced, stripped, beginning)
        leads = [mask_of(name, masks, *slips) for name in names]
        pairs = [
            (name, mask)
            for name, mask in zip(names, leads, strict=True)
            if mask in masks or lone_photographs_kept
        ]
    if not bare_names:
        pairs = [(f"{images_dir}/{name}", f"{trimaps_dir}/{mask}") for name, mask in pairs]
    return [pair[::-1] for pair in pairs] if mask_first else pairs


variants = switches(
    formula,
    bare_names=Slip("fatal", "these are bare file names: without the folder nobody can open them"),
    mask_first=Slip("fatal", "the mask comes first in each pair: the photograph should"),
    zipped=Slip(
        "major",
        "two lists are joined by position: where a photograph or a mask has no partner, all that "
        "follow get the wrong one. Pair by name",
    ),
    lone_photographs_kept=Slip(
        "major", "photographs without a mask are listed with one that does not exist"
    ),
    hidden_kept=Slip("minor", "hidden files, with a dot before their name, should be left out"),
    every_file=Slip(
        "minor",
        "files of other kinds, such as NAME.mat, are listed as photographs: they end in .jpg",
    ),
    ending_anywhere=Slip(
        "minor",
        "files such as NAME.jpg.part are listed as photographs: look at the end of the name",
    ),
    any_case=Slip(
        "minor", "NAME.JPG is listed: the text asks for NAME.jpg, and for no other kind of file"
    ),
    until_first_dot=Slip(
        "minor",
        "a name ends at its last dot, and not at the first: with a dot in NAME its mask is lost",
    ),
    replaced=Slip(
        "minor", "`.jpg` is replaced wherever it stands: NAME itself may hold it as well"
    ),
    stripped=Slip(
        "major",
        "`strip` takes away all letters that are in '.jpg', also those at the end of NAME: it is "
        "not an ending that it looks for",
    ),
    beginning=Slip(
        "minor",
        "a mask is taken whose name only begins with NAME: compare the whole of both names",
    ),
    without_case=Slip(
        "major",
        "the pairs are sorted without regard to capitals: in the order of sorted(), capital "
        "letters come first",
    ),
    by_number=Slip(
        "major",
        "the names are sorted by the number in them: in the order of sorted(), _10 comes before _2",
    ),
    without_ending=Slip(
        "minor",
        "the pairs are sorted by NAME alone: in the order of the file names, NAME-2.jpg comes "
        "before NAME.jpg",
    ),
)

LETTERS = list("abcdefghijklmnopqrstuvwxyz")
FOLDERS = [("images", "annotations/trimaps"), ("photos", "masks"), ("a/b", "a/c"), ("x", "y/z")]


def word(rng):
    """Invent a word."""
    return "".join(rng.choice(LETTERS, 5))


def numbered(rng, count):
    """Invent names such as abcde_123."""
    found = {f"{word(rng)}_{rng.integers(100, 1000)}" for _ in range(count)}
    return [str(name) for name in rng.permutation(sorted(found))]


def folders(rng, both, images=(), trimaps=(), text=False, where=None, relative=False):
    """Lay out two folders: names that both have, and further files of each."""
    one, other = where or FOLDERS[rng.integers(len(FOLDERS))]
    paths = [f"{one}/{name}.jpg" for name in both] + [f"{one}/{file}" for file in images]
    paths += [f"{other}/{name}.png" for name in both] + [f"{other}/{file}" for file in trimaps]
    files = {f"{one}/": b"", f"{other}/": b""}
    files.update((str(path), b"content") for path in rng.permutation(paths))
    told = {"as_path": not text, "relative": relative}
    return Place(files, one, **told), Place(files, other, **told)


def plain(rng, count, text=False):
    """Draw pairs, and nothing else."""
    return folders(rng, numbered(rng, count), text=text)


def from_here(rng, count, text):
    """Draw pairs in folders that are told from the working folder."""
    return folders(rng, numbered(rng, count), text=text, relative=True)


def longer_names(rng, count):
    """Draw names that others go on from with what sorts before a dot."""
    short = word(rng)
    longer = [short + sign + str(rng.integers(2, 10)) for sign in " !#+-"]
    return folders(rng, [short, *longer, *numbered(rng, count)])


def special_order(rng, count):
    """Draw names with capitals, and numbers of one and of two digits."""
    breed, other = word(rng), word(rng)
    names = [f"{breed}_{number}" for number in (2, 10, 3)]
    names += [f"{other.capitalize()}_{number}" for number in (4, 30)]
    return folders(rng, [*names, *numbered(rng, count)])


def lettered(rng, count):
    """Draw names that end in letters, those of the ending among them."""
    names = {word(rng) + str(rng.choice(LETTERS)) for _ in range(count)}
    names |= {word(rng) + letter for letter in "jpg"}
    return folders(rng, sorted(names))


def with_lone(rng, count):
    """Draw pairs, and before the last of them photographs and masks without a partner."""
    names = sorted(numbered(rng, count + 3))
    lone = [names.pop(0), names.pop(int(rng.integers(len(names) - 1)))]
    lone = lone if rng.random() < 0.5 else lone[::-1]
    return folders(rng, names, images=[f"{lone[0]}.jpg"], trimaps=[f"{lone[1]}.png"])


def hidden(rng, count):
    """Draw pairs, hidden files that have a partner, and some that have none."""
    names = numbered(rng, count)
    notes = [f"._{name}.png" for name in names]
    return folders(
        rng,
        names,
        images=[f".{names[0]}.jpg", f"._{names[1]}.jpg"],
        trimaps=[f".{names[0]}.png", *notes],
    )


def other_kinds(rng, count):
    """Draw pairs, and files of other kinds."""
    names = numbered(rng, count + 3)
    lone, names = names[:2], names[2:]
    return folders(
        rng,
        names,
        images=[f"{names[0]}.mat", f"{names[1]}.jpg.part", f"{names[0]}.png", f"{lone[0]}.jpeg",
                f"{lone[1]}.jpg.part", "Thumbs.db", "README"],
        trimaps=[f"{names[1]}.png.txt", f"{names[0]}.jpg", f"{lone[0]}.png", f"{lone[1]}.png"],
    )  # fmt: skip


def capital_endings(rng, count):
    """Draw pairs, and photographs or masks whose endings have capitals."""
    names = numbered(rng, count + 3)
    lone, names = names[:2], names[2:]
    return folders(
        rng,
        names,
        images=[f"{lone[0]}.JPG", f"{lone[1]}.jpg"],
        trimaps=[f"{lone[0]}.png", f"{lone[1]}.PNG"],
    )


def dotted(rng, count):
    """Draw names that hold dots, or .jpg itself."""
    names = numbered(rng, count)
    first, second, third = (word(rng) for _ in range(3))
    names += [f"{first}.{word(rng)}_{rng.integers(10, 99)}", f"{second}.jpg_{rng.integers(10, 99)}"]
    where = ("set.jpg/a", "set.png/b") if rng.random() < 0.5 else None
    return folders(rng, names, trimaps=[f"{first}.png", f"{third}.png"], where=where)


def beginnings(rng, count):
    """Draw names of which some are the beginning of others."""
    names = numbered(rng, count)
    short = word(rng)
    names += [f"{short}_1", f"{short}_12", f"{short}_123", short]
    lone = f"{names[0][:-1]}"
    return folders(rng, names, images=[f"{lone}.jpg"], trimaps=[f"{short}_.png"])


def within_hidden(rng, count):
    """Draw pairs in folders that lie within a hidden one."""
    home = f".{word(rng)}"
    return folders(rng, numbered(rng, count), where=(f"{home}/images", f"{home}/masks"))


def folders_below(rng, count):
    """Draw pairs, and folders below with more photographs and masks, which are not asked for."""
    names = numbered(rng, count + 3)
    lone, names = names[:3], names[3:]
    images = [f"old/{lone[0]}.jpg", f"old/{lone[2]}.jpg", f"{lone[1]}.jpg"]
    return folders(
        rng,
        names,
        images=images,
        trimaps=[f"{lone[0]}.png", f"old/{lone[1]}.png", f"old/{lone[2]}.png"],
    )


def no_pairs(rng, count):
    """Draw photographs and masks of which none belong together, or nothing."""
    names = numbered(rng, 2 * count)
    return folders(
        rng, [], [f"{name}.jpg" for name in names[:count]], [f"{n}.png" for n in names[count:]]
    )


few = st.integers(2, 8)

exercise = Exercise(
    "02-list-pairs",
    function="list_pairs",
    judge=judge,
    strata=[
        Stratum("a mask for each photograph", inputs(plain, count=few)),
        Stratum("names with capitals and numbers", inputs(special_order, count=few), count=4),
        Stratum("names that end in letters", inputs(lettered, count=few), count=4),
        Stratum("photographs and masks without a partner", inputs(with_lone, count=few)),
        Stratum("hidden files", inputs(hidden, count=few), row="corners", count=4),
        Stratum("files of other kinds", inputs(other_kinds, count=few), row="corners", count=4),
        Stratum("endings in capitals", inputs(capital_endings, count=few), row="corners", count=4),
        Stratum("names with dots", inputs(dotted, count=few), row="corners", count=4),
        Stratum(
            "names that are the beginning of others",
            inputs(beginnings, count=few),
            row="corners",
            count=4,
        ),
        Stratum("a hidden folder above", inputs(within_hidden, count=few), row="corners", count=2),
        Stratum("folders below", inputs(folders_below, count=few), row="corners", count=3),
        Stratum(
            "folders given as text",
            inputs(plain, count=few, text=st.just(True)),
            row="corners",
            count=3,
        ),
        Stratum(
            "folders told from the working folder",
            inputs(from_here, count=few, text=st.booleans()),
            row="corners",
            count=3,
        ),
        Stratum(
            "names that go on with a sign",
            inputs(longer_names, count=few),
            row="corners",
            count=3,
        ),
        Stratum(
            "folders without any pair",
            inputs(no_pairs, count=st.integers(0, 4)),
            row="corners",
            count=3,
        ),
    ],
    variants=variants,
    same=exact,
    contract=Contract(
        result=list, items=tuple, messages={"type": "return a list of tuples: (image, trimap)"}
    ),
)
