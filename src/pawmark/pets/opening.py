"""Which data set is read: a folder, the downloaded archives, or drawn pictures."""

from pathlib import Path

from pawmark import settings
from pawmark.errors import DataError
from pawmark.pets.fetching import archive
from pawmark.pets.layout import IMAGES, SAMPLE, TRIMAPS, verify
from pawmark.pets.photographs import Pets, open_folder
from pawmark.pets.synthetic.generator import synthetic

VARIABLE = settings.Settings.data.variable


def dataset(root: str | Path | None = None, most: int | None = SAMPLE) -> Pets:
    """Open a data set, verified.

    Parameters
    ----------
    root : str or pathlib.Path, optional
        A folder in the layout of the original archives. When left out, what the environment
        variable PAWMARK_DATA says: a folder, "real" for the downloaded archives, or "synthetic"
        for drawn pictures. When that is not set either, the downloaded archives if there are any,
        else drawn pictures.
    most : int or None
        Open so many photographs and trimaps to verify them; None opens every one.

    Returns
    -------
    Pets
        The data set.

    Raises
    ------
    DataError
        The folder is missing, incomplete, or holds what it must not hold. The message lists every
        problem found.
    """
    chosen = folder_in_use() if root is None else root
    if chosen is None:
        return synthetic()
    folder = Path(chosen).expanduser().absolute()
    problems = verify(folder, most)
    if problems:
        raise _unusable(folder, problems, root is None and bool(settings.here.data))
    return open_folder(folder)


def folder_in_use() -> str | Path | None:
    """Return the folder that is read when none is named; None for the drawn pictures.

    Raises
    ------
    DataError
        PAWMARK_DATA asks for the downloaded archives, and there are none.
    """
    chosen = settings.here.data
    if chosen == settings.SYNTHETIC:
        return None
    if chosen not in ("", settings.REAL):
        return chosen
    folder = archive.downloaded()
    if folder is None and chosen == settings.REAL:
        raise DataError(
            f"{VARIABLE} is {chosen!r}, and the photographs have not been downloaded. Fetch them "
            f"with: pawmark data fetch. Or unset {VARIABLE} to use drawn pictures."
        )
    return folder


def _unusable(folder: Path, problems: tuple[str, ...], from_environment: bool) -> DataError:
    origin = "PAWMARK_DATA points to" if from_environment else "Asked to read"
    listed = "\n".join(f"  - {problem}" for problem in problems)
    return DataError(
        f"{origin} {folder}, which cannot be used as a data set:\n{listed}\n"
        f"Expected there: {IMAGES}/NAME.jpg, and for each of them {TRIMAPS}/NAME.png of the same "
        "size with the values 1, 2 and 3. Unpack images.tar.gz and annotations.tar.gz of the "
        "Oxford-IIIT Pets side by side, or let `pawmark data fetch` do it; `pawmark data check` "
        "names every file. Or leave PAWMARK_DATA unset to use drawn pictures."
    )
