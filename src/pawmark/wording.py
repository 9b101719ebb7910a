"""Numbers and names in what people read: the same everywhere."""


def plain(number: float) -> str:
    """Return a number as people write it, to hundredths: ``2.5``, and ``3`` instead of ``3.0``."""
    return f"{round(number, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def counted(number: float, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 point``, ``2.5 points``, ``1 is left``.

    Parameters
    ----------
    number
        How many there are.
    one
        What is said of 1.
    many
        What is said of any other number; that of 1 with an s, if left out.
    """
    shown = plain(number)
    return f"{shown} {one if shown == '1' else many or f'{one}s'}"
