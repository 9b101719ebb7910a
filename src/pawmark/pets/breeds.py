"""The 37 breeds of the Oxford-IIIT Pets, with their names and numbers."""

from dataclasses import dataclass

CATS = (
    "Abyssinian",
    "Bengal",
    "Birman",
    "Bombay",
    "British_Shorthair",
    "Egyptian_Mau",
    "Maine_Coon",
    "Persian",
    "Ragdoll",
    "Russian_Blue",
    "Siamese",
    "Sphynx",
)
DOGS = (
    "american_bulldog",
    "american_pit_bull_terrier",
    "basset_hound",
    "beagle",
    "boxer",
    "chihuahua",
    "english_cocker_spaniel",
    "english_setter",
    "german_shorthaired",
    "great_pyrenees",
    "havanese",
    "japanese_chin",
    "keeshond",
    "leonberger",
    "miniature_pinscher",
    "newfoundland",
    "pomeranian",
    "pug",
    "saint_bernard",
    "samoyed",
    "scottish_terrier",
    "shiba_inu",
    "staffordshire_bull_terrier",
    "wheaten_terrier",
    "yorkshire_terrier",
)


@dataclass(frozen=True)
class Breed:
    """A breed: its name (a capital letter means cat) and its numbers in list.txt."""

    name: str
    class_id: int
    breed_id: int

    @property
    def species(self) -> str:
        """Species of the breed: "cat" or "dog"."""
        return "cat" if self.name[0].isupper() else "dog"


def _breeds() -> tuple[Breed, ...]:
    # The original counts classes over both species, in alphabetical order whatever the case.
    names = sorted(CATS + DOGS, key=str.lower)
    ids = {name: i for group in (CATS, DOGS) for i, name in enumerate(group, start=1)}
    return tuple(Breed(name, i, ids[name]) for i, name in enumerate(names, start=1))


BREEDS = _breeds()
