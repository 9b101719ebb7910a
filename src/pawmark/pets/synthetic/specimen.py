"""One picture of the synthetic set with everything that belongs to it, written to disk."""

import hashlib
import io
from pathlib import Path

import numpy as np
from PIL import Image

from pawmark.pets.layout import IMAGES, TRIMAPS
from pawmark.pets.synthetic.drawing import Scene, draw_scene

XMLS = "annotations/xmls"

# Pictures of another mode than RGB, as in the original: they must be converted when read.
GRAY_JPEG = "Egyptian_Mau_1"
RGBA_PNG = "Abyssinian_5"


def write_specimen(folder: Path, seed: int, name: str) -> str:
    """Draw a picture and write its photograph, its trimap and, for about half, its head box.

    Parameters
    ----------
    folder : pathlib.Path
        Root of the set; its subfolders exist.
    seed : int
        Seed of the set. The picture depends on the seed and its name only, never on the others.
    name : str
        Breed and number: "Abyssinian_1".

    Returns
    -------
    str
        Digest of all bytes written.
    """
    rng = np.random.default_rng(_entropy(seed, name))
    scene = draw_scene(rng, name.rsplit("_", 1)[0])
    files = {
        f"{IMAGES}/{name}.jpg": _photograph(name, scene.image, rng),
        f"{TRIMAPS}/{name}.png": _encode(Image.fromarray(scene.trimap), "PNG"),
    }
    if rng.random() < 0.5:
        files[f"{XMLS}/{name}.xml"] = _head_box(name, scene).encode()
    digest = hashlib.sha256()
    for path, content in files.items():
        (folder / path).write_bytes(content)
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _entropy(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest()[:16], "big")


def _photograph(name: str, image: np.ndarray, rng: np.random.Generator) -> bytes:
    picture = Image.fromarray(image)
    if name == RGBA_PNG:
        return _encode(picture.convert("RGBA"), "PNG")
    if name == GRAY_JPEG:
        picture = picture.convert("L")
    return _encode(picture, "JPEG", quality=int(rng.integers(84, 95)))


def _encode(picture: Image.Image, form: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def _head_box(name: str, scene: Scene) -> str:
    """Describe the head's box as Pascal VOC does: corners counted from 1."""
    height, width = scene.trimap.shape
    left, top, right, bottom = scene.head
    kind = "cat" if name[0].isupper() else "dog"
    return f"""<annotation>
\t<folder>OXIIIT</folder>
\t<filename>{name}.jpg</filename>
\t<source>
\t\t<database>Pawmark synthetic pets</database>
\t\t<annotation>OXIIIT</annotation>
\t</source>
\t<size>
\t\t<width>{width}</width>
\t\t<height>{height}</height>
\t\t<depth>3</depth>
\t</size>
\t<segmented>0</segmented>
\t<object>
\t\t<name>{kind}</name>
\t\t<pose>Frontal</pose>
\t\t<truncated>0</truncated>
\t\t<occluded>0</occluded>
\t\t<bndbox>
\t\t\t<xmin>{left + 1}</xmin>
\t\t\t<ymin>{top + 1}</ymin>
\t\t\t<xmax>{right}</xmax>
\t\t\t<ymax>{bottom}</ymax>
\t\t</bndbox>
\t\t<difficult>0</difficult>
\t</object>
</annotation>
"""
