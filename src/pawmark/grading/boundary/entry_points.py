"""What each program of grading does first, before it imports what reads notebooks."""

import sys


def spare_address_grammar() -> None:
    """Keep jsonschema from compiling a grammar of international web addresses.

    Every reader of notebooks imports it, and the grammar would take a second of each process. No
    schema here asks for one, and jsonschema takes the package as one that is not installed.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
