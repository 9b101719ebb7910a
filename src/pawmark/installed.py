"""Versions of installed libraries, whatever the distribution is called that brings one."""

from importlib import metadata

# Distributions of the same library, which write the same folder: one of them is installed, never
# two. `tensorflow-cpu` is the build for processors alone, of half the size.
SAME = (("tensorflow", "tensorflow-cpu"),)


def version(name: str) -> str:
    """Return the version of a library: that of the distribution of this name, or of its like.

    Parameters
    ----------
    name
        The name of a distribution.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        When none of them is installed.
    """
    found = distributions(name)
    if not found:
        raise metadata.PackageNotFoundError(name)
    return found[min(found, key=lambda other: other != name)]


def distributions(name: str) -> dict[str, str]:
    """Return the installed distributions of a library, each with its version."""
    names = next((names for names in SAME if name in names), (name,))
    return {other: found for other in names if (found := _version(other)) is not None}


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
