"""Hidden checks of 05-species-label: cat or dog, by the file name of a photograph."""

from hypothesis import strategies as st

from pawmark.checks import Contract, Exercise, Slip, Stratum, exact, inputs, switches

CATS = (
    ("Abyssinian", "Bengal", "Birman", "Bombay", "Persian", "Ragdoll", "Siamese", "Sphynx"),
    ("British_Shorthair", "Egyptian_Mau", "Maine_Coon", "Russian_Blue"),
)
DOGS = (
    ("beagle", "boxer", "chihuahua", "havanese", "keeshond", "leonberger", "pomeranian", "pug",
     "samoyed"),
    ("american_bulldog", "basset_hound", "english_setter", "german_shorthaired", "great_pyrenees",
     "japanese_chin", "miniature_pinscher", "saint_bernard", "scottish_terrier", "shiba_inu",
     "wheaten_terrier", "yorkshire_terrier"),
)  # fmt: skip


def judge(path):
    """Look the breed up among those of cats."""
    name = path[path.rfind("/") + 1 :]
    breed = name[: name.rfind("_")]
    return 0 if any(breed in breeds for breeds in CATS) else 1


def formula(
    path,
    swapped=False,
    first_of_path=False,
    place_in_path=False,
    second_part=False,
    capital_in_path=False,
    capital_in_file_name=False,
    several_words_dogs=False,
    several_words_cats=False,
    always_dog=False,
    always_cat=False,
    in_words=False,
):
    """Look at the first letter of the file name, with what may go wrong."""
    parts = path.split("/")
    name = parts[-1]
    if second_part:
        name = parts[min(1, len(parts) - 1)]
    is_cat = name[:1].isupper()
    if first_of_path or place_in_path:
        is_cat = path[len("images/") if place_in_path else 0].isupper()
    if capital_in_path:
        is_cat = path != path.lower()
    if capital_in_file_name:
        is_cat = name != name.lower()
    if "_" in name.rpartition("_")[0] and (several_words_dogs or several_words_cats):
        is_cat = several_words_cats
    if always_dog or always_cat:
        is_cat = always_cat
    if swapped:
        is_cat = not is_cat
    if in_words:
        return "cat" if is_cat else "dog"
    return 0 if is_cat else 1


variants = switches(
    formula,
    swapped=Slip(
        "fatal", "cats and dogs are swapped: a capital letter means a cat, and cats are 0"
    ),
    first_of_path=Slip(
        "fatal",
        "the first letter of the whole path decides here, which is that of a folder: look at the "
        "first letter of the file name",
    ),
    place_in_path=Slip(
        "major",
        "the letter at one fixed place of the path decides: the folders in front may have names "
        "of any length. {path} gets {got}",
    ),
    second_part=Slip(
        "major",
        "the second part of the path is taken for the file name: there may be any number of "
        "folders, and the file name is the last part",
    ),
    capital_in_path=Slip(
        "major",
        "a capital letter anywhere in the path makes a cat here: the folders say nothing, nor "
        "does the ending. Look at the first letter of the file name",
    ),
    capital_in_file_name=Slip(
        "minor",
        "a capital letter anywhere in the file name makes a cat here, also in an ending such as "
        ".JPG: look at its first letter",
    ),
    several_words_dogs=Slip(
        "major",
        "breeds of several words are all dogs here: look at the first letter of the file name "
        "alone",
    ),
    several_words_cats=Slip(
        "major",
        "breeds of several words are all cats here: look at the first letter of the file name "
        "alone",
    ),
    always_dog=Slip(
        "fatal",
        "every photograph gets 1: what you ask of the path is true of none, or of all. Look at "
        "the first letter of the file name, and at nothing else",
    ),
    always_cat=Slip(
        "fatal",
        "every photograph gets 0: what you ask of the path is true of none, or of all. Look at "
        "the first letter of the file name, and at nothing else",
    ),
    in_words=Slip("fatal", "a label is a number here, 0 for a cat and 1 for a dog, not a word"),
)

FOLDER = ["Photographs", "Cats", ".", "..", "my.Pets", "all_Images", "x", "2024", "Oxford",
          "run_3", "Album_12"]  # fmt: skip
FOLDERS = [
    "Cats/Dogs", "/data/Oxford_Pets/Images", "/home/cats/dogs", "Albums/2024", "photos/Summer",
    "x/Y/z", "run_3", "Run_4/cats_5", "datasets/oxford/all_Images", "a/b/c/d", "./Pets", "B/c",
]  # fmt: skip


def file_name(rng, number, words, is_cat, ending=".jpg"):
    """Invent the file name of a photograph of a breed of one word (0) or several (1)."""
    breeds = (CATS if is_cat else DOGS)[words]
    return f"{breeds[rng.integers(len(breeds))]}_{number}{ending}"


def plain(rng, number, is_cat, words, folder):
    """Draw a photograph in one folder."""
    return (f"{folder}/{file_name(rng, number, words, is_cat)}",)


def foreign(rng, number, is_cat, words, depth):
    """Draw a photograph in folders of any name, of another species among them."""
    folders = [FOLDER[rng.integers(len(FOLDER))] for _ in range(depth)]
    folders.append(file_name(rng, 1, int(rng.integers(2)), not is_cat)[:-6])
    return (f"{'/'.join(folders)}/{file_name(rng, number, words, is_cat)}",)


def alone(rng, number, is_cat, words):
    """Draw a file name without any folder."""
    return (file_name(rng, number, words, is_cat),)


def capital_ending(rng, number, is_cat, words):
    """Draw a photograph whose ending is written in capitals."""
    ending = [".JPG", ".JPEG"][rng.integers(2)]
    return (f"images/{file_name(rng, number, words, is_cat, ending)}",)


# So many that each of the four kinds is among them: cats and dogs, of one word and of several.
MANY = 24
pet = {"number": st.integers(1, 250), "is_cat": st.booleans()}
words = st.integers(0, 1)

exercise = Exercise(
    "05-species-label",
    function="species_label",
    judge=judge,
    strata=[
        Stratum(
            "breeds of one word",
            inputs(plain, words=st.just(0), folder=st.just("images"), **pet),
            count=10,
        ),
        Stratum(
            "breeds of several words",
            inputs(plain, words=st.just(1), folder=st.just("images"), **pet),
            count=10,
        ),
        Stratum(
            "a folder of another name",
            inputs(plain, words=words, folder=st.sampled_from(FOLDER), **pet),
            count=MANY,
        ),
        Stratum(
            "several folders",
            inputs(plain, words=words, folder=st.sampled_from(FOLDERS), **pet),
            count=MANY,
        ),
        Stratum(
            "folders named after the other species",
            inputs(foreign, words=words, depth=st.integers(0, 2), **pet),
            row="corners",
            count=MANY,
        ),
        Stratum("a file name alone", inputs(alone, words=words, **pet), row="corners", count=MANY),
        Stratum(
            "endings in capitals",
            inputs(capital_ending, words=words, **pet),
            row="corners",
            count=MANY,
        ),
    ],
    variants=variants,
    same=exact,
    contract=Contract(result=int, keeps_arguments=False),
)
