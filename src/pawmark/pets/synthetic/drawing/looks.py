"""What the breeds look like: coats, ears, tails and builds."""

from dataclasses import dataclass

from .brush import Colour


@dataclass(frozen=True)
class Look:
    """The look of a breed.

    Attributes
    ----------
    coats : tuple of str
        Coats that occur, each as three colours: main, light (chest, muzzle) and dark (markings).
    pattern : str
        Markings of the coat: plain, ticked, tabby, spotted, rosettes, points, patches, saddle,
        tan_points or roan.
    ears : str
        upright, prick, bat, button, drop or long.
    tail : str
        thin, bushy, plume, curl or stub.
    fluff : float
        Length of the coat, 0 to 1.
    build : float
        Width of the body; 1 is the average of the species.
    muzzle : float
        Length of the face; below 0.6 it is flat.
    legs : float
        Length of the legs; 1 is the average.
    white : bool
        Chest, paws and muzzle are white.
    mask : bool
        The muzzle is dark.
    beard : bool
        Long hair on muzzle and brows.
    eyes : tuple of str
        Colours of eyes that occur.
    """

    coats: tuple[str, ...]
    pattern: str = "plain"
    ears: str = "drop"
    tail: str = "thin"
    fluff: float = 0.15
    build: float = 1.0
    muzzle: float = 1.0
    legs: float = 1.0
    white: bool = False
    mask: bool = False
    beard: bool = False
    eyes: tuple[str, ...] = ("5a3418", "46280f", "6b431d")


GOLD = ("c8902a", "b9a03a", "d0a040")
GREEN = ("9aa844", "a9b35c", "b7a845")
BLUE = ("5f9ccf", "74aedb")

LOOKS = {
    "Abyssinian": Look(
        ("b8703a e0b27c 6a3a1e", "c98850 ecc89a 7c4a28", "a85a2e dca070 5c2c16"),
        "ticked",
        "upright",
        eyes=GOLD + GREEN,
        build=0.9,
    ),
    "Bengal": Look(
        ("cf9550 f0d6a4 5a3218", "d9a765 f4e0b8 6b3d1e"), "rosettes", "upright", eyes=GREEN
    ),
    "Birman": Look(
        ("eadac0 fbf3e4 7a5a44", "efdcc0 fdf6ea 9a6a48"),
        "points",
        "upright",
        "bushy",
        0.7,
        white=True,
        eyes=BLUE,
    ),
    "Bombay": Look(("3b302b 4c3d35 1f1815", "443731 54443b 251c18"), ears="upright", eyes=GOLD),
    "British_Shorthair": Look(
        ("8f8682 b5aaa2 5c5450", "cfa071 f0d8b6 8a5b34", "a49890 c6bab0 6c625c"),
        "plain",
        "upright",
        "bushy",
        0.3,
        1.2,
        0.9,
        eyes=GOLD,
    ),
    "Egyptian_Mau": Look(
        ("c0ae98 e4d8c6 4c3f35", "b89870 e2ccaa 4a3624"), "spotted", "upright", eyes=GREEN
    ),
    "Maine_Coon": Look(
        ("a8754a e2c6a0 4e2f1a", "c98c52 f1d9b6 7b4a24", "8f7a66 d8c8b4 40342a"),
        "tabby",
        "upright",
        "plume",
        0.9,
        1.1,
        white=True,
        eyes=GOLD + GREEN,
    ),
    "Persian": Look(
        ("e9cfa6 fbeed6 c39a66", "f3e6d2 fffaf0 d8bf9c", "c98a55 eccaa0 8e5a30"),
        "plain",
        "upright",
        "plume",
        1.0,
        1.2,
        0.5,
        0.7,
        eyes=GOLD,
    ),
    "Ragdoll": Look(
        ("efe2cd fdf8ee 8c6e58", "f2e4cc fffaf0 a87850"),
        "points",
        "upright",
        "plume",
        0.8,
        1.1,
        white=True,
        eyes=BLUE,
    ),
    "Russian_Blue": Look(
        ("8d8a8c a8a4a4 66605f", "9a9492 b4acaa 6e6866"), ears="upright", eyes=GREEN, build=0.9
    ),
    "Siamese": Look(
        ("ecd9bb f8ecd8 4e3526", "f0e0c6 fbf2e2 6f4a34"), "points", "upright", eyes=BLUE, build=0.85
    ),
    "Sphynx": Look(
        ("e3b59a f0cdb8 b98068", "d9a88c ecc6b0 a8745c"),
        ears="upright",
        fluff=0.0,
        build=0.88,
        eyes=GOLD + BLUE,
    ),
    "american_bulldog": Look(
        ("ead9c2 fbf2e4 b07848", "c99c6a faf0e0 8c5c34"),
        "patches",
        "button",
        build=1.25,
        muzzle=0.8,
        white=True,
    ),
    "american_pit_bull_terrier": Look(
        ("b4763e e9cfae 6a4020", "8a5a38 e6cdb0 4e301c", "a98a72 e8d8c6 665040"),
        ears="button",
        build=1.1,
        muzzle=0.95,
        white=True,
    ),
    "basset_hound": Look(
        ("b0662e fbf1e2 4a2c1a", "c27a3e fdf5e8 5c3520"),
        "saddle",
        "long",
        build=1.15,
        muzzle=1.15,
        legs=0.5,
        white=True,
    ),
    "beagle": Look(("c07a3c fdf4e6 3c2a20", "cc8844 fef6ea 46301f"), "saddle", "drop", white=True),
    "boxer": Look(
        ("b9773c f2e2cc 3a2619", "a4602a f0dcc2 33211a"),
        ears="button",
        tail="stub",
        build=1.05,
        muzzle=0.7,
        white=True,
        mask=True,
    ),
    "chihuahua": Look(
        ("d8a466 f6e4c8 9a6a3a", "b07a46 f0d8b4 6c4424", "e8cda2 fbf0dc b08a58"),
        ears="bat",
        build=0.85,
        muzzle=0.75,
    ),
    "english_cocker_spaniel": Look(
        ("b06a30 d99a5c 7a421a", "c68846 e6b67c 8e5826"), ears="long", tail="stub", fluff=0.6
    ),
    "english_setter": Look(
        ("f3e7d6 fffaf0 8a5a34", "f4ead8 fffaf2 5e4636"), "roan", "long", "plume", 0.6, 0.95, 1.1
    ),
    "german_shorthaired": Look(
        ("6a4028 e4d4c0 44281a", "7a4a2c e8dac8 4a2c1c"), "roan", "drop", "stub", muzzle=1.1
    ),
    "great_pyrenees": Look(
        ("f4e8d4 fffaf0 d4b68c",), ears="drop", tail="plume", fluff=0.85, build=1.25
    ),
    "havanese": Look(
        ("e8cfa8 fcf2e0 a8784a", "c09060 f4e2c6 7c5430", "f3e6d0 fffaf0 c8a478"),
        "patches",
        "long",
        "plume",
        0.9,
        1.0,
        0.7,
        0.75,
        beard=True,
    ),
    "japanese_chin": Look(
        ("f5ebdc fffaf2 3a2c26", "f6ecdc fffaf2 9c5c2c"),
        "patches",
        "long",
        "plume",
        0.8,
        0.95,
        0.45,
        0.75,
        white=True,
    ),
    "keeshond": Look(
        ("9a8a7a e2d4c0 473c34", "a8967f e8dcc6 52453a"),
        "ticked",
        "prick",
        "curl",
        0.95,
        1.1,
        mask=True,
    ),
    "leonberger": Look(
        ("bd7c3c e2b67c 5a3418", "c88a46 e8c08a 4a2c18"),
        ears="drop",
        tail="plume",
        fluff=0.9,
        build=1.2,
        mask=True,
    ),
    "miniature_pinscher": Look(
        ("43312a c07c40 241a16", "a8582a d08c54 70361a"), "tan_points", "prick", "stub", 0.05, 0.85
    ),
    "newfoundland": Look(
        ("42342d 5a473c 221a16", "5c3f2e 75543f 33221a"),
        ears="drop",
        tail="plume",
        fluff=0.9,
        build=1.25,
    ),
    "pomeranian": Look(
        ("de9448 f6d4a0 a8622a", "e8a65c fbe0b8 b87438", "f2dcb8 fff4e0 c89c68"),
        ears="prick",
        tail="curl",
        fluff=1.0,
        build=1.15,
        muzzle=0.65,
        legs=0.8,
    ),
    "pug": Look(
        ("deb984 f0d8ae 2e221c", "d8b078 ecd2a4 33261f"),
        ears="button",
        tail="curl",
        fluff=0.08,
        build=1.2,
        muzzle=0.45,
        legs=0.8,
        mask=True,
    ),
    "saint_bernard": Look(
        ("b86a30 fdf4e6 4e2a18", "c67a3c fdf5e8 5a3018"),
        "patches",
        "drop",
        "plume",
        0.6,
        1.3,
        white=True,
    ),
    "samoyed": Look(
        ("f8eedd fffaf2 dcc4a0",), ears="prick", tail="curl", fluff=1.0, build=1.15, muzzle=0.9
    ),
    "scottish_terrier": Look(
        ("3e322c 52433a 211a17", "c8a070 e2c496 8c6438"),
        ears="prick",
        fluff=0.7,
        muzzle=1.15,
        legs=0.55,
        beard=True,
    ),
    "shiba_inu": Look(
        ("cf7f38 fbeeda 8c4a1c", "d98c46 fdf2e0 9c5624"),
        ears="prick",
        tail="curl",
        fluff=0.35,
        white=True,
    ),
    "staffordshire_bull_terrier": Look(
        ("7e5236 e8d6c2 46291a", "a5683a ead6be 5c361e", "8c8078 e4dcd4 4e4640"),
        ears="button",
        build=1.2,
        muzzle=0.85,
        white=True,
    ),
    "wheaten_terrier": Look(
        ("d6aa6c ecca98 9c7038", "dfb67c f2d6a8 a87c44"),
        ears="button",
        fluff=0.8,
        muzzle=1.05,
        beard=True,
    ),
    "yorkshire_terrier": Look(
        ("c88a48 e6b880 57493f", "bd7c3c deac74 4c4038"),
        "saddle",
        "prick",
        "stub",
        0.85,
        0.85,
        0.75,
        0.7,
        beard=True,
    ),
}


def rgb(code: str) -> Colour:
    """Turn "c8902a" into red, green, blue."""
    return tuple(float(int(code[i : i + 2], 16)) for i in (0, 2, 4))


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Mix two colours; ``share`` is how much of the other goes in."""
    return tuple((1 - share) * a + share * b for a, b in zip(one, other, strict=True))
